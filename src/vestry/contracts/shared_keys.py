"""Keys that are another source's: a return that calls a child by the number of the case management system.

A part says so by `same_key_as: source.part`. Said in one table, it holds for the part of that name in every table of
the source, since all of them speak of one thing.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from vestry.contracts.complaints import suggestion
from vestry.contracts.contract import Contract
from vestry.contracts.passages import Passage

SourcePart = tuple[str, str]
"""A part by its source and its name."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Checked:
    """A contract as it was read, and the passage that is its whole document."""

    contract: Contract
    top: Passage


def key_owners(contracts: Iterable[Contract]) -> dict[SourcePart, SourcePart]:
    """Each part whose key is another's -> the part whose key it is."""
    return {
        (contract.source, part.name): part.same_key_as
        for contract in contracts
        for table in contract.tables
        for part in table.parts
        if part.same_key_as is not None
    }


def check_shared_keys(checked: Sequence[Checked], *, all_read: bool = True) -> None:
    """Complain of every `same_key_as` that names what no contract of the place has, or what cannot own a key.

    A contract that has problems of its own is still asked for its parts. Not `all_read`: some file could not be read
    as a contract at all, so a source that is not found may be its.
    """
    by_source = {c.contract.source: c.contract for c in reversed(checked)}
    owners = key_owners(by_source.values())
    for one in checked:
        said: dict[str, SourcePart] = {}
        for name, kind, passage, owner in _said(one):
            if said.setdefault(name, owner) != owner:
                passage.wrong(
                    f"Another table says that the part `{name}` has another source's key.",
                    "say one of the two",
                )
            elif (one.contract.source, name) == owner:
                passage.wrong(f"The part `{name}` is `same_key_as` itself.", "name a part of another source")
            elif owner[0] in by_source or all_read:
                _check(passage, kind, owner, by_source, owners)


def _check(
    passage: Passage,
    kind: str,
    owner: SourcePart,
    by_source: Mapping[str, Contract],
    owners: Mapping[SourcePart, SourcePart],
) -> None:
    source, part = owner
    if source not in by_source:
        passage.wrong("`same_key_as` names a source that no contract is of.", suggestion(source, by_source))
        return
    parts = {(p.name, p.kind) for t in by_source[source].tables for p in t.parts}
    names = {name for name, _ in parts}
    if part not in names:
        passage.wrong(f"`same_key_as` names a part that `{source}` does not have.", suggestion(part, names))
    elif (part, kind) not in parts:
        passage.wrong("`same_key_as` names a part of another kind.", f"name a part of kind {kind}")
    elif owner in owners:
        passage.wrong(
            f"`{source}.{part}` has itself the key of another part.", f"name {'.'.join(owners[owner])}"
        )


def _said(one: Checked) -> Iterator[tuple[str, str, Passage, SourcePart]]:
    """(part, its kind, where it says so, whose key it has) of every part of a contract that has another's key."""
    schemas = one.top.below("schema")
    spots = {
        s.value["name"]: s
        for s in (schemas.items() if schemas is not None else ())
        if isinstance(s.value, dict) and isinstance(s.value.get("name"), str)
    }
    for table in one.contract.tables:
        for part in table.parts:
            if part.same_key_as is not None:
                passage = spots[table.name].settings("table").get("vestry.describes", one.top)
                for step in (part.name, "same_key_as"):
                    passage = passage.below(step) or passage
                yield part.name, part.kind, passage, part.same_key_as
