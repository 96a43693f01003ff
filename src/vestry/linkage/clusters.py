"""Clusters: which units are one entity, given the pairs that joined them and the rules that keep them apart.

Connected components alone overreach: one wrong pair joins two households of records. So a component in which
some rule is broken is taken apart and put together again strongest pair first, never joining two sides that
the rules keep apart. Whole components are found in columns, and only those in doubt one at a time; nothing depends
on the order in which pairs arrive.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass, field
from typing import Any, Final, Generic, TypeVar

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from vestry.linkage.components import Numbers, components
from vestry.linkage.identifiers import YEARS_APART

BY_REVIEWER: Final = "reviewer"
BY_IDENTIFIER: Final = "identifier"
BY_REPEAT: Final = "repeat"
BY_MODEL: Final = "model"
STRENGTH: Final = {BY_REVIEWER: 0, BY_IDENTIFIER: 1, BY_REPEAT: 2, BY_MODEL: 2}


@dataclass(frozen=True, slots=True, kw_only=True)
class Edge:
    """A pair that joins: `probability` 0 to 1, `weight` in bits; `rest`, of one that a number joins, bits of all else."""

    left: str
    right: str
    decided_by: str
    probability: float = 1.0
    weight: float = 0.0
    rest: float | None = None


EDGES: Final = pa.schema(
    [
        ("left", pa.int64()), ("right", pa.int64()), ("decided_by", pa.string()), ("probability", pa.float64()),
        ("weight", pa.float64()), ("rest", pa.float64()),
    ]
)  # fmt: skip
"""`Edge`s of units by their numbers: from 0, in the order of their names."""
NUMBERS: Final = pa.schema([("unit_no", pa.int64()), ("number", pa.string())])
BORN: Final = pa.schema([("unit_no", pa.int64()), ("year", pa.int64())])
HELD: Final = pa.schema(
    [("unit_no", pa.int64())] + [(name, pa.string()) for name in ("register", "first_as_at", "last_as_at")]
)

Joining = tuple[int, int, int]
"""Two units that a pair joins, by their numbers, and who says so, as `STRENGTH`."""
GIANT: Final = 100
"""No score makes a cluster of more units than this. Nobody in a county of 290,000 was in forty; a chain of pairs that each look
right puts whole streets together."""
T = TypeVar("T")
U = TypeVar("U", str, int)


@dataclass(frozen=True, slots=True, kw_only=True)
class Rules(Generic[U]):
    """What keeps a few units apart: units by their names, or by their numbers.

    `numbers`: valid numbers of a unit, of which one entity has at most one in common. `held`: for units of a register
    that holds each thing once, `(register, first as-at, last as-at)`: two that overlap are two things.
    `born`: years of birth that are said of a unit. `apart`: pairs that a reviewer said are different; each in both orders.
    """

    numbers: Mapping[U, frozenset[str]] = field(default_factory=dict)
    born: Mapping[U, frozenset[int]] = field(default_factory=dict)
    held: Mapping[U, tuple[str, str, str]] = field(default_factory=dict)
    apart: frozenset[tuple[U, U]] = frozenset()


@dataclass(slots=True)
class _Group:
    units: list[int]
    numbers: frozenset[str]
    born: frozenset[int]
    spans: dict[str, list[tuple[str, str]]]


@dataclass(frozen=True, slots=True, kw_only=True)
class RuleTables:
    """`Rules` of many units, in tables: `numbers` and `born` have a row for each that a unit has, `held` one for each unit.

    Units are numbered as in `EDGES`.
    """

    numbers: pa.Table = field(default_factory=NUMBERS.empty_table)
    born: pa.Table = field(default_factory=BORN.empty_table)
    held: pa.Table = field(default_factory=HELD.empty_table)
    apart: frozenset[tuple[int, int]] = frozenset()

    @classmethod
    def of(cls, rules: Rules[str], number_of: Mapping[str, int]) -> RuleTables:
        """The same rules. Raises KeyError for a unit without a number."""
        numbers = [{"unit_no": number_of[u], "number": n} for u, said in rules.numbers.items() for n in said]
        born = [{"unit_no": number_of[u], "year": y} for u, years in rules.born.items() for y in years]
        held = [
            dict(zip(HELD.names, (number_of[unit], *span), strict=True)) for unit, span in rules.held.items()
        ]
        return cls(
            numbers=pa.Table.from_pylist(numbers, schema=NUMBERS),
            born=pa.Table.from_pylist(born, schema=BORN),
            held=pa.Table.from_pylist(held, schema=HELD),
            apart=frozenset(
                (number_of[a], number_of[b]) for a, b in rules.apart if a in number_of and b in number_of
            ),
        )

    def among(self, units: Numbers) -> Rules[int]:
        """What they say of a few units."""
        some = pa.array(units)
        numbers: dict[int, frozenset[str]] = _sets(self.numbers, some)
        born: dict[int, frozenset[int]] = _sets(self.born, some)
        held = self.held.filter(pc.is_in(self.held["unit_no"], value_set=some))
        unit_nos, *spans = (held[c].to_pylist() for c in HELD.names)
        return Rules(
            numbers=numbers,
            born=born,
            held=dict(zip(unit_nos, zip(*spans, strict=True), strict=True)),
            apart=self.apart,
        )


def _sets(said: pa.Table, units: pa.Array) -> dict[int, frozenset[Any]]:
    """Of each of `units`, the set of what the second column says of it."""
    found: dict[int, set[Any]] = defaultdict(set)
    some = said.filter(pc.is_in(said["unit_no"], value_set=units))
    for unit, value in zip(*(column.to_pylist() for column in some.columns), strict=True):
        found[unit].add(value)
    return {unit: frozenset(values) for unit, values in found.items()}


def clusters(units: Sequence[str], edges: Sequence[Edge], rules: Rules[str]) -> dict[str, str]:
    """Unit -> cluster, named by the smallest unit in it. Every unit is in exactly one cluster.

    Units without edges are clusters of their own. Raises KeyError when an edge names an unknown unit.
    """
    names = sorted(units)
    number_of = {name: number for number, name in enumerate(names)}
    table = pa.Table.from_pylist(
        [{**asdict(e), "left": number_of[e.left], "right": number_of[e.right]} for e in edges], schema=EDGES
    )
    found = clusters_of(len(names), table, RuleTables.of(rules, number_of))
    return {name: names[first] for name, first in zip(names, found.tolist(), strict=True)}


def clusters_of(units: int, edges: pa.Table, rules: RuleTables) -> Numbers:
    """As `clusters`, of so many units by their numbers: for each, the first of its cluster.

    Of many millions, few are looked at singly. `edges` as `EDGES`.
    """
    left, right = (edges[side].to_numpy() for side in ("left", "right"))
    component = components(left, right, units)
    cluster = component.copy()
    suspect = np.zeros(units, bool)
    suspect[_suspects(component, rules)] = True
    doubtful = np.flatnonzero(suspect[component])
    in_doubt = edges.filter(pa.array(suspect[component[left]]))
    said, joined_by = rules.among(doubtful), _strongest_first(in_doubt, component)
    for found, together in _grouped(component[doubtful], doubtful.tolist()).items():
        for group in mended(together, joined_by.get(found, ()), said):
            first_of = min(group)
            for unit in group:
                cluster[unit] = first_of
    return cluster


def _grouped(keys: Numbers, values: Iterable[T]) -> dict[int, list[T]]:
    found: dict[int, list[T]] = defaultdict(list)
    for key, value in zip(keys.tolist(), values, strict=True):
        found[key].append(value)
    return found


def _strongest_first(edges: pa.Table, component: Numbers) -> dict[int, list[Joining]]:
    """The edges of each component: a reviewer's word before an identifier, an identifier before a score."""
    left, right = (edges[side].to_numpy() for side in ("left", "right"))
    by = edges["decided_by"]
    standing = np.zeros(len(edges), np.int64)
    for name, strength in STRENGTH.items():
        standing[pc.equal(by, name).to_numpy()] = strength
    weight = pc.fill_null(edges["weight"], 0.0).to_numpy()
    order = np.lexsort((right, left, -edges["probability"].to_numpy(), -weight, standing))
    columns = (column[order].tolist() for column in (left, right, standing))
    return _grouped(component[left[order]], zip(*columns, strict=True))


def _suspects(component: Numbers, rules: RuleTables) -> Numbers:
    """The components in which some rule could keep two units apart: they must be put together with care."""
    of_number = component[rules.numbers["unit_no"].to_numpy()]
    said = pa.table({"component": of_number, "number": rules.numbers["number"]})
    counted = said.group_by("component").aggregate([("number", "count_distinct")])
    numbered = counted.filter(pc.greater(counted["number_count_distinct"], 1))["component"].to_numpy()
    aged = _ages_apart(component, rules.born)
    held = rules.held.append_column("component", [component[rules.held["unit_no"].to_numpy()]])
    held = held.sort_by([(c, "ascending") for c in ("component", "register", "first_as_at", "last_as_at")])
    # Where any two spans overlap, some two that stand next to each other do.
    one, next_ = held.slice(0, max(len(held) - 1, 0)), held.slice(1)
    beside = pc.and_(
        pc.and_(pc.equal(one["component"], next_["component"]), pc.equal(one["register"], next_["register"])),
        pc.less_equal(next_["first_as_at"], one["last_as_at"]),
    )
    listed = one.filter(beside)["component"].to_numpy()
    one, other = (component[np.array([pair[side] for pair in rules.apart], np.int64)] for side in (0, 1))
    giant = np.flatnonzero(np.bincount(component) > GIANT)
    return np.concatenate([numbered, aged, listed, one[one == other], giant])


def _ages_apart(component: Numbers, born: pa.Table) -> Numbers:
    """The components in which two years of birth are too far apart."""
    of_unit, year = component[born["unit_no"].to_numpy()], born["year"].to_numpy()
    first = np.full(len(component), np.iinfo(np.int64).max)
    last = np.full(len(component), -1)
    np.minimum.at(first, of_unit, year)
    np.maximum.at(last, of_unit, year)
    return np.flatnonzero((last >= 0) & (last - first > YEARS_APART))


def mended(units: Iterable[int], edges: Iterable[Joining], rules: Rules[int]) -> list[list[int]]:
    """One component put together again, pair by pair as they come, keeping apart what the rules keep apart."""
    group_of = {unit: _alone(unit, rules) for unit in units}
    for one, other, standing in edges:
        left, right = group_of[one], group_of[other]
        if left is right:
            continue
        if standing > STRENGTH[BY_REVIEWER] and _kept_apart(left, right, rules):
            continue
        if standing > STRENGTH[BY_IDENTIFIER] and len(left.units) + len(right.units) > GIANT:
            continue
        _join(left, right)
        for unit in right.units:
            group_of[unit] = left
    seen: dict[int, list[int]] = {}
    for group in group_of.values():
        seen[id(group)] = group.units
    return list(seen.values())


def _alone(unit: int, rules: Rules[int]) -> _Group:
    spans: dict[str, list[tuple[str, str]]] = {}
    if unit in rules.held:
        source, first, last = rules.held[unit]
        spans[source] = [(first, last)]
    numbers = rules.numbers.get(unit, frozenset())
    return _Group(units=[unit], numbers=numbers, born=rules.born.get(unit, frozenset()), spans=spans)


def _join(left: _Group, right: _Group) -> None:
    left.units = left.units + right.units
    left.numbers |= right.numbers
    left.born |= right.born
    for source, spans in right.spans.items():
        left.spans.setdefault(source, []).extend(spans)


def _kept_apart(left: _Group, right: _Group, rules: Rules[int]) -> bool:
    if left.numbers and right.numbers and left.numbers.isdisjoint(right.numbers):
        return True
    if left.born and right.born and born_apart(left.born, right.born):
        return True
    for source, spans in left.spans.items():
        for first, last in right.spans.get(source, ()):
            if any(first <= other_last and other_first <= last for other_first, other_last in spans):
                return True
    return bool(rules.apart) and any((a, b) in rules.apart for a in left.units for b in right.units)


def born_apart(left: Iterable[int], right: Iterable[int]) -> bool:
    """Whether every year of birth of the one is too far from every one of the other to be one person's."""
    return all(abs(a - b) > YEARS_APART for a in left for b in right)
