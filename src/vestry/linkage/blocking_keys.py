"""Blocking rules as keys: what one record shares with another where a rule brings the two together.

A rule is a DuckDB condition on `l.` and `r.`. Its equalities between something of the one and something of the other
are hashed into a key, so that who shares a block with a new record is looked up and not searched for. What else
a rule says is tested on those few that were found.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Final

HASHED: Final = "hash({}) >> 24"
"""SQL of a key: 40 bits. Two that clash by chance cost one comparison too many."""
LOW_BITS: Final = 24
"""Of these, the last so many tell the keys of one row of `match_keys` apart; the others name the row."""

_SIDED: Final = re.compile(r"\b([lr])\.(\w+)")


@dataclass(frozen=True, slots=True, kw_only=True)
class RuleKeys:
    """The keys of one rule. `left` and `right` are SQL expressions on `p.`, in the same order: a pair is in one block
    where what `left` makes of the one is what `right` makes of the other.
    """

    name: str
    left: tuple[str, ...]
    right: tuple[str, ...]

    @property
    def both_ways(self) -> bool:
        """Whether either side makes the same of a record."""
        return self.left == self.right

    def known(self) -> tuple[tuple[str, tuple[str, ...]], ...]:
        """(mark, expressions) of the keys under which a known profile is kept."""
        if self.both_ways:
            return ((self.name, self.left),)
        return ((f"{self.name} l", self.left), (f"{self.name} r", self.right))

    def sought(self) -> tuple[tuple[str, tuple[str, ...]], ...]:
        """(mark, expressions) of the keys by which those are found that share a block with a new record."""
        if self.both_ways:
            return ((self.name, self.left),)
        return ((f"{self.name} r", self.left), (f"{self.name} l", self.right))


def rule_keys(kind: str, rules: Sequence[str]) -> tuple[RuleKeys, ...]:
    """The keys of every rule of the design for `kind`. Raises ValueError for a rule without an equality of two sides."""
    return tuple(_keys(f"{kind} {at}", rule) for at, rule in enumerate(rules))


def key_sql(mark: str, expressions: Sequence[str]) -> str:
    """SQL of the key of a profile `p`: null where any of the expressions is."""
    given = " AND ".join(f"{e} IS NOT NULL" for e in expressions)
    return f"CASE WHEN {given} THEN {HASHED.format(', '.join((_text(mark), *expressions)))} END"


def columns_of(rules: Iterable[str], conditions: Iterable[str], among: Sequence[str]) -> list[str]:
    """Of the columns `among`, in order, those that a blocking rule or a condition (on `x_l`, `x_r`) reads."""
    read = {name for rule in rules for _, name in _SIDED.findall(rule)}
    words = {word for condition in conditions for word in re.findall(r"\b\w+\b", condition)}
    return [c for c in among if c in read or f"{c}_l" in words or f"{c}_r" in words]


def _keys(name: str, rule: str) -> RuleKeys:
    pairs = []
    for part in _parts(rule):
        first, equal, second = part.partition(" = ")
        sides = [{side for side, _ in _SIDED.findall(text)} for text in (first, second)]
        if equal and sides in ([{"l"}, {"r"}], [{"r"}, {"l"}]):
            left, right = (first, second) if sides[0] == {"l"} else (second, first)
            pairs.append((_of_one(left), _of_one(right)))
    if not pairs:
        raise ValueError(f"blocking rule {name} compares nothing of one record with something of another")
    return RuleKeys(name=name, left=tuple(p[0] for p in pairs), right=tuple(p[1] for p in pairs))


def _of_one(expression: str) -> str:
    return _SIDED.sub(r"p.\2", expression.strip())


def _parts(rule: str) -> list[str]:
    """What stands between the ANDs of a rule that are in no brackets; a rule with an OR outside them is one part."""
    depth, parts = 0, [""]
    for piece in re.split(r"(\(|\)|\bAND\b|\bOR\b)", rule):
        depth += {"(": 1, ")": -1}.get(piece, 0)
        if depth == 0 and piece == "OR":
            return [""]
        if depth == 0 and piece == "AND":
            parts.append("")
        else:
            parts[-1] += piece
    return [part.strip() for part in parts]


def _text(text: str) -> str:
    return "'" + text.replace("'", "''") + "'"
