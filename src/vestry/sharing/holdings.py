"""Which fields a source holds at all, by its contract: what an agreement shares beyond them it shares in words only."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Final

from vestry.contracts.contract import Contract, Table
from vestry.model import kinds
from vestry.sharing.categories import CATEGORIES, DEALING, FIELDS

Holdings = Mapping[str, frozenset[str]]
"""Source -> its fields. A source that is not there is not known, and taken to hold whatever is asked of it."""

_POSTAL: Final = frozenset(f for f in CATEGORIES["address"] if f.startswith("postal_"))
_HOME: Final = frozenset(CATEGORIES["address"]) - _POSTAL
"""Whoever sends an address, sends all that a build finds by it: the property, the street, the position."""

_WRITTEN: Final = {"full_name": ("family_name", "given_names")}


def holdings(contracts: Mapping[str, Contract]) -> Holdings:
    """The fields of every source, by its contract."""
    return {name: frozenset(_of_tables(contract.tables)) for name, contract in contracts.items()}


def _of_tables(tables: Iterable[Table]) -> Iterable[str]:
    for table in tables:
        kind_of = {part.name: part.kind for part in table.parts}
        for part in table.parts:
            said = part.attributes.keys()
            if part.kind == kinds.EPISODE:
                yield f"{DEALING}service"
            if "lives_at" in said:
                yield from ("residence", "household")
            if said & kinds.RELATIONSHIP_ATTRIBUTES.keys():
                yield "relationship"
        for target in (t for column in table.columns for t in column.targets):
            yield from _of_target(kind_of.get(target.part, ""), target.field)


def _of_target(kind: str, name: str) -> Iterable[str]:
    if kind == kinds.EPISODE:
        return (f"{DEALING}{name}",)
    if kind == kinds.ADDRESS:
        return _POSTAL
    if kind == kinds.PROPERTY:
        return _HOME
    if kind not in (kinds.PERSON, kinds.ORGANISATION):
        return ()  # a gazetteer, areas, or a list of identities that are sealed: nothing that anybody is shown
    return [field for field in _WRITTEN.get(name, (name,)) if field in FIELDS]


def held(fields: Iterable[str], source: str, known: Holdings) -> tuple[str, ...]:
    """Those of `fields` that the source holds, in their order; all of them where nothing is known of it."""
    return tuple(f for f in fields if source not in known or f in known[source])
