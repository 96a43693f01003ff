"""The whole evaluation: what the truth has, section by section, and a word on each section that is left out."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from vestry.errors import Problem, TruthInvalid
from vestry.linkage.evaluation.addresses import Addresses, addresses, load_addresses, spoken_of
from vestry.linkage.evaluation.groups import MOST_GROUPS, load_groups
from vestry.linkage.evaluation.households import Households, households
from vestry.linkage.evaluation.joined import Records, measured
from vestry.linkage.evaluation.known import load_known, load_sources
from vestry.linkage.evaluation.source_pairs import kinds_of_source
from vestry.linkage.evaluation.streams import Reading, number, workspace
from vestry.linkage.evaluation.truth import Problems, Truth, find_truth, load
from vestry.linkage.evaluation.withheld import StandingRules, load_rules
from vestry.model import kinds

PEOPLE: Final = "people"
BUSINESSES: Final = "businesses"
HOUSEHOLDS: Final = "households"
ADDRESSES: Final = "addresses"
SECTIONS: Final = (PEOPLE, BUSINESSES, HOUSEHOLDS, ADDRESSES)

NEEDS: Final = {
    PEOPLE: ("people",),
    BUSINESSES: ("organisations",),
    HOUSEHOLDS: ("households", "people"),
    ADDRESSES: ("addresses",),
}
"""Section -> the files of a truth folder without which it is left out."""

TO_BUILD_AGAIN: Final = (
    "Identifiers withheld: left out. This release was built before releases kept the rules of linkage; "
    "build again with: vestry build --again"
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Evaluation:
    """A release held against a truth. `on` is the day that the release describes.

    A section is None where the truth does not speak of it, or it was not asked for; `left_out` says which and why.
    A truth in one file may say which properties are one (`properties`); `absent` are the records in it, of whatever
    kind, that the twin does not have.
    """

    on: str
    people: Records | None = None
    businesses: Records | None = None
    properties: Records | None = None
    households: Households | None = None
    addresses: Addresses | None = None
    absent: int = 0
    left_out: tuple[str, ...] = ()


def evaluate(
    read: Reading, truth: Path, *, only: Collection[str] = SECTIONS, memory: str | None = None
) -> Evaluation:
    """Hold the release that `read` reads against a truth: one file, or a folder (see `evaluation.truth`).

    `only` are the sections wanted; `memory` ("4GB") caps what is taken. Raises TruthInvalid, with every problem.
    """
    with workspace(memory) as connection:
        organisations, day = load_sources(connection, read)
        found = find_truth(truth)
        at = _Work(
            connection=connection,
            read=read,
            truth=found,
            problems=Problems(path=truth),
            rules=load_rules(connection, read),
            source_kinds=kinds_of_source(organisations),
            day=day,
            wanted=tuple(s for s in SECTIONS if s in only),
        )
        return _of_folder(at) if found.is_folder else _of_one_file(at)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Work:
    """What the sections share."""

    connection: Any
    read: Reading
    truth: Truth
    problems: Problems
    rules: StandingRules
    source_kinds: Mapping[str, str]
    day: str
    wanted: tuple[str, ...]

    def known(self, kind: str, name: str) -> tuple[int, int]:
        """(records of a file of the truth that both know, records in it); a file with none of those has a problem."""
        if not load(self.connection, self.truth, name, self.problems):
            return 0, 0
        rows = number(self.connection, f"SELECT count(*) FROM truth_{name}")
        both = load_known(self.connection, self.read, kind, name)
        self.connection.execute(f"DROP TABLE truth_{name}")
        self.none_known(both, name)
        return both, rows

    def none_known(self, both: int, name: str, of: str = "") -> None:
        """A file that names nothing the twin has (`of` some sections alone) is no truth about it."""
        if not both:
            self.problems.add(
                f"The truth names no record of the twin{f' that is of {of}' if of else ''}.",
                where=self.truth.files[name],
                fix="check that its source, source_key and part are those of: vestry export crossref"
                + ("; or ask for other sections" if of else ""),
            )

    def measured(self, kind: str, counts: tuple[int, int], attributes: Sequence[str] = ()) -> Records:
        """The measures of the records that both know, of as many as the truth has (`counts`)."""
        both, rows = counts
        return measured(
            self.connection,
            self.read,
            kind,
            (both, rows - both),
            rules=None if kind == kinds.PROPERTY else self.rules,
            source_kinds=self.source_kinds,
            attributes=attributes,
        )


def _of_one_file(at: _Work) -> Evaluation:
    left_out = _not_in_one_file(at)
    asked = " or ".join(s for s in at.wanted if s != HOUSEHOLDS) if at.wanted != SECTIONS else ""
    both: dict[str, int] = {}
    rows = 0
    if load(at.connection, at.truth, "records", at.problems):
        rows = number(at.connection, "SELECT count(*) FROM truth_records")
        for kind, section in (
            (kinds.PERSON, PEOPLE), (kinds.ORGANISATION, BUSINESSES), (kinds.PROPERTY, ADDRESSES),
        ):  # fmt: skip
            if section in at.wanted:
                both[kind] = load_known(at.connection, at.read, kind, "records")
        at.none_known(sum(both.values()), "records", asked)
    at.problems.settle()
    found = {kind: at.measured(kind, (n, n)) for kind, n in both.items() if n}
    return Evaluation(
        on=at.day,
        people=found.get(kinds.PERSON),
        businesses=found.get(kinds.ORGANISATION),
        properties=found.get(kinds.PROPERTY),
        absent=rows - sum(both.values()),
        left_out=(*left_out, *_without_rules(at, found.keys() - {kinds.PROPERTY})),
    )


def _not_in_one_file(at: _Work) -> tuple[str, ...]:
    """A sentence on households, where they were asked for: one file says of records what they are of, and not who lives
    together. Raises TruthInvalid where nothing else was."""
    if at.wanted == SECTIONS or HOUSEHOLDS not in at.wanted:
        return ()
    files = " and ".join(f"{name}.csv" for name in NEEDS[HOUSEHOLDS])
    if at.wanted == (HOUSEHOLDS,):
        raise TruthInvalid(
            "A truth in one file does not say who lives together.",
            where=str(at.truth.path),
            fix=f"give a folder that holds {files}; or ask for other sections",
        )
    return (f"Households: left out; a truth in one file does not say who lives together. Give {files}.",)


def _of_folder(at: _Work) -> Evaluation:
    possible, left_out = _possible(at)
    # Addresses first, and put away: with them the records of people would not fit in the same memory.
    of_addresses = _addresses(at) if ADDRESSES in possible else None
    counts: dict[str, tuple[int, int]] = {}
    attributes: list[str] = []
    if PEOPLE in possible or HOUSEHOLDS in possible:
        counts[PEOPLE] = at.known(kinds.PERSON, "people")
    if PEOPLE in possible and counts[PEOPLE][0]:
        attributes, said = _attributes(at)
        left_out += said
    if BUSINESSES in possible:
        counts[BUSINESSES] = at.known(kinds.ORGANISATION, "organisations")
    if HOUSEHOLDS in possible:
        load(at.connection, at.truth, "households", at.problems)
    at.problems.settle()
    people = at.measured(kinds.PERSON, counts[PEOPLE], attributes) if PEOPLE in possible else None
    businesses = at.measured(kinds.ORGANISATION, counts[BUSINESSES]) if BUSINESSES in possible else None
    return Evaluation(
        on=at.day,
        people=people,
        businesses=businesses,
        households=households(at.connection, at.read, at.day) if HOUSEHOLDS in possible else None,
        addresses=of_addresses,
        left_out=(*left_out, *_without_rules(at, [r for r in (people, businesses) if r])),
    )


def _possible(at: _Work) -> tuple[list[str], list[str]]:
    """(sections whose files are there, a sentence on each that is left out). Raises TruthInvalid if none is there."""
    lacking = {s: [n for n in NEEDS[s] if n not in at.truth.files] for s in at.wanted}
    possible = [s for s in at.wanted if not lacking[s]]
    left_out = [
        f"{section.capitalize()}: left out; the truth has no {' and no '.join(f'{n}.csv' for n in names)}."
        for section, names in lacking.items()
        if names
    ]
    if not possible:
        raise TruthInvalid(
            "The truth holds nothing of what was asked for.",
            where=str(at.truth.path),
            problems=[Problem(what=said, fix="add it, or ask for other sections") for said in left_out],
        )
    return possible, left_out


def _addresses(at: _Work) -> Addresses | None:
    if not load(at.connection, at.truth, "addresses", at.problems):
        return None
    both = load_addresses(at.connection, at.read)
    at.none_known(both, "addresses")
    absent = spoken_of(at.connection) - both
    at.connection.execute("DROP TABLE truth_addresses")
    found = addresses(at.connection, absent, at.source_kinds)
    at.connection.execute("DROP TABLE known_addresses")
    return found


def _attributes(at: _Work) -> tuple[list[str], list[str]]:
    """The attributes of people to look at in groups, and what to say of those that are left out."""
    if "residents" not in at.truth.files:
        return [], ["Groups of people: left out; the truth has no residents.csv."]
    if not load(at.connection, at.truth, "residents", at.problems):
        return [], []
    attributes, left = load_groups(at.connection, at.day)
    return attributes, [
        f"Groups by {name}: left out; it has more than {MOST_GROUPS} values." for name in left
    ]


def _without_rules(at: _Work, found: Collection[Any]) -> tuple[str, ...]:
    return (TO_BUILD_AGAIN,) if found and at.rules.link_from is None else ()
