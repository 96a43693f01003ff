"""Who a new record is, as an answer: entities in order of likelihood, the decision, and why. Part of `twin.reader`."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum
from typing import Any, Final, Protocol

from vestry.linkage.clusters import born_apart
from vestry.linkage.desk import Desks
from vestry.linkage.one_record import KnownEntity, Looked, OneRecord, ProfileMatch
from vestry.linkage.rule_names import LINK_FROM, REVIEW_FROM, YEARS
from vestry.linkage.two_compared import Mover, TwoCompared
from vestry.linkage.two_records import Pairs, compare_two, told_by
from vestry.linkage.typed import StandardRecord
from vestry.model.identifiers import KIND_ENDS
from vestry.place import Thresholds
from vestry.twin.answers import Evidence
from vestry.twin.search import Rows, address_of, among, name_of

_NUMBER_OF_ONE: Final = {"person": "nhs_number"}
"""Of one entity's valid numbers of this field, one is the only one: another says that it is somebody else. As clusters."""

_OF_A_KIND: Final = "other_number"
_SPELT: Final = {"nhs_number": "NHS number"}
_BORN: Final = "birth_date"


class Outcome(StrEnum):
    """What a match comes to. Only of `MATCH` there is one entity that the record may be put to without asking."""

    MATCH = "match"
    POSSIBLE = "possible"
    NONE = "none"


@dataclass(frozen=True, slots=True, kw_only=True)
class MatchedEntity:
    """One entity that the record may be of, with the strongest evidence of any of its records.

    `weight` is in bits, None where an identifier alone decides. `records` are those of its records that speak for it;
    `apart` says why it cannot be, likely as it looks.
    """

    entity_id: str
    kind: str
    name: str
    born: str
    address: str
    postcode: str
    current: bool
    probability: float
    weight: float | None
    decided_by: str
    evidence: tuple[Evidence, ...]
    records: tuple[str, ...]
    apart: str = ""

    @property
    def before(self) -> float | None:
        """The bits of the odds before comparing: what `weight` has beside the evidence's. None where nothing was scored."""
        scored = [e.weight for e in self.evidence if e.weight is not None]
        return None if self.weight is None or not scored else self.weight - sum(scored)


@dataclass(frozen=True, slots=True, kw_only=True)
class Matched:
    """Who a record is. `found` has the likeliest first; `compared` counts profiles, `left_out` those too many to compare."""

    release_id: str
    outcome: Outcome
    why: str
    found: tuple[MatchedEntity, ...]
    more: int
    compared: int
    left_out: int

    @property
    def entity_id(self) -> str | None:
        """The one whom the record is of; None unless it is sure."""
        return self.found[0].entity_id if self.outcome is Outcome.MATCH else None


class Heed(Protocol):
    """What somebody may be told of who a record is: `sharing.matching.Heed`."""

    def speaking(self, records: Mapping[str, Sequence[str]]) -> Collection[str]:
        """Of the records of each entity, those that may speak for it."""
        ...

    def tells(self, entity_id: str, field: str) -> bool:
        """Whether it may be told what an entity has in `field`."""
        ...


class Matching:
    """Matching with one release: what it reads first is read once. Safe to share between threads."""

    def __init__(self) -> None:
        self._desks = Desks()
        self._one_record = OneRecord(self._desks)
        self._rules: _Rules | None = None
        self._kinds: Sequence[str] | None = None

    def close(self) -> None:
        """Let go of the release."""
        self._one_record.close()

    def matched(
        self, cursor: Any, record: StandardRecord, release_id: str, heed: Heed | None = None
    ) -> Matched:
        """Look, and tell entity by entity, of no more than `heed` lets. `cursor` is on the release. Raises MatchUnavailable."""
        rules = self._rules = self._rules or _Rules.read(Rows(cursor))
        # Of those who live with the two, whoever may be told of one may not be told of the other.
        looked = self._one_record.look(
            cursor, record, at_least=rules.thresholds.review, companions=heed is None
        )
        if heed is not None:
            looked = _heeded(looked, heed)
        strongest: dict[int, ProfileMatch] = {}
        speaking: dict[int, list[str]] = {}
        for match in looked.matches:
            for holder in match.holders:
                strongest.setdefault(holder.entity_no, match)
                speaking.setdefault(holder.entity_no, []).append(holder.record_id)
        found = []
        for number, match in strongest.items():
            if (entity := looked.entities.get(number)) is None:
                continue
            # Of birth dates only what those records say that may speak is asked: so it may be told, whatever others say.
            said_by = None if heed is None else speaking[number]
            reasons = _apart(record, looked, number, match, rules, Rows(cursor), said_by)
            apart = next(
                (
                    why
                    for field, why in reasons
                    if heed is None or field == _BORN or heed.tells(entity.entity_id, field)
                ),
                "",
            )
            found.append(_entity(record, entity, match, tuple(dict.fromkeys(speaking[number])), apart))
        found.sort(key=lambda f: bool(f.apart))  # what cannot be comes last; else as it was
        outcome, why = decided(found, rules.thresholds, record.kind)
        if looked.left_out:
            why += f" {looked.left_out:,} more share something common with it and were not compared."
        if heed is None and (numbered := record.value(_OF_A_KIND)):
            self._kinds = _kinds_held(Rows(cursor)) if self._kinds is None else self._kinds
            why += _of_no_kind(numbered, self._kinds)
        return Matched(
            release_id=release_id,
            outcome=outcome,
            why=why,
            found=tuple(found),
            more=len(strongest) - len(found),
            compared=looked.compared,
            left_out=looked.left_out,
        )

    def on(self, cursor: Any) -> Comparing:
        """Comparing records of the release, which `cursor` is on."""
        return Comparing(self._desks, cursor)


class Comparing:
    """Compares two records of one release: `linkage.two_records`."""

    def __init__(self, desks: Desks, cursor: Any) -> None:
        self._desks = desks
        self._cursor = cursor

    def compared(self, kind: str, pairs: Pairs, *, companions: bool) -> Sequence[TwoCompared | None]:
        """What each pair comes to, with what is known of those who live with the two, or without."""
        return compare_two(self._desks, self._cursor, kind, pairs, companions=companions)

    def told_by(self, kind: str, pairs: Pairs) -> Sequence[Sequence[Mover]]:
        """Who tells of each pair, having lived with both."""
        return told_by(self._desks, self._cursor, kind, pairs)


def decided(found: Sequence[MatchedEntity], thresholds: Thresholds, kind: str) -> tuple[Outcome, str]:
    """What the likeliest entities come to, and why in a sentence. `found` has the likeliest first."""
    if not found:
        return Outcome.NONE, f"No record is as likely as {thresholds.review:g} to be of the same {kind}."
    may_be = [f for f in found if not f.apart]
    if not may_be:
        return Outcome.POSSIBLE, f"The likeliest cannot be: {found[0].apart}."
    by_number = [f for f in may_be if f.decided_by == "identifier"]
    if len(by_number) == 1:
        return Outcome.MATCH, "An identifier that both hold decides."
    if by_number:
        return Outcome.POSSIBLE, f"{len(by_number)} hold the identifiers given; they cannot all be."
    sure = [f for f in may_be if f.probability >= thresholds.link]
    if len(sure) == 1:
        return Outcome.MATCH, f"Its probability is at least {thresholds.link:g}."
    if sure:
        return Outcome.POSSIBLE, f"{len(sure)} are as likely as {thresholds.link:g}: a person should look."
    return (
        Outcome.POSSIBLE,
        f"The likeliest is between {thresholds.review:g} and {thresholds.link:g}: a person should look.",
    )


def _kinds_held(rows: Rows) -> tuple[str, ...]:
    """The kinds of other numbers that any record has, as people write them: uln."""
    kind = f"lower(split_part({_OF_A_KIND}, '{KIND_ENDS}', 1))"
    said = rows.of(
        f"SELECT DISTINCT {kind} AS kind FROM records WHERE {_OF_A_KIND} IS NOT NULL ORDER BY kind"
    )
    return tuple(row["kind"] for row in said)


def _of_no_kind(number: str, held: Sequence[str]) -> str:
    """That a number is compared with none, being of a kind that no record has. The kind is not said again: it was typed."""
    if number.partition(KIND_ENDS)[0].lower() in held:
        return ""
    there_are = f": there are {', '.join(held)}" if held else ", nor of any other"
    return f" No source of this place has numbers of the kind that was given as other_number{there_are}."


def _heeded(looked: Looked, heed: Heed) -> Looked:
    """Only what may be told: matches by records that may speak, and whoever is known by one of these."""
    records: dict[str, list[str]] = {}
    for match in looked.matches:
        for holder in match.holders:
            if holder.entity_no in looked.entities:
                records.setdefault(looked.entities[holder.entity_no].entity_id, []).append(holder.record_id)
    speaking = heed.speaking(records)
    matches = [
        replace(match, holders=tuple(h for h in match.holders if h.record_id in speaking))
        for match in looked.matches
    ]
    return replace(looked, matches=tuple(m for m in matches if m.holders), left_out=0)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Rules:
    """What the build went by: its thresholds, and whether birth dates many years apart are two people's (`years_part`)."""

    thresholds: Thresholds
    years_part: bool

    @classmethod
    def read(cls, rows: Rows) -> _Rules:
        """The usual ones where the release does not say."""
        said = {
            row["rule"]: float(row["value"])
            for row in rows.of("SELECT * FROM linkage_rules WHERE source IS NULL AND value IS NOT NULL")
        }
        usual = Thresholds()
        link, review = said.get(LINK_FROM, usual.link), said.get(REVIEW_FROM, usual.review)
        return cls(thresholds=Thresholds(link=link, review=review), years_part=bool(said.get(YEARS, 1)))


def _entity(
    record: StandardRecord, known: KnownEntity, match: ProfileMatch, speaking: tuple[str, ...], apart: str
) -> MatchedEntity:
    return MatchedEntity(
        entity_id=known.entity_id,
        kind=record.kind,
        name=name_of(record.kind, known.values),
        born=known.values.get("birth_date", ""),
        address=address_of(known.values),
        postcode=known.values["postcode"],
        current=known.values["current"] == "true",
        probability=match.probability,
        weight=match.weight,
        decided_by="identifier" if match.decides else "model",
        evidence=tuple(
            Evidence(field=c.field, agreement=c.agreement, weight=c.weight) for c in match.compared
        ),
        records=speaking,
        apart=apart,
    )


def _apart(
    record: StandardRecord,
    looked: Looked,
    entity: int,
    match: ProfileMatch,
    rules: _Rules,
    rows: Rows,
    said_by: Sequence[str] | None,
) -> Iterator[tuple[str, str]]:
    """Why an entity cannot be the record's, each with the field that it is told by: it holds another number of which one entity
    has only one; where no number joins them, all birth dates that are said of it are too many years from the record's; all else
    speaks against the number that both hold. A number that is doubted says nothing of others.

    Birth dates are those that all its records say, or where only some may speak, those that are `said_by` these.
    """
    number = _NUMBER_OF_ONE.get(record.kind, "")
    known = looked.entities[entity]
    mine, theirs = record.value(number), known.values.get(number, "")
    if mine and theirs and mine != theirs and number not in match.numbers:
        holders = [m for m in looked.matches if number in m.numbers]
        if not holders or not all(m.doubted for m in holders):
            yield number, f"it has another {_SPELT[number]}"
    born = _year(record.value(_BORN))
    if rules.years_part and born and not match.decides:
        said = _years_said(rows, known, said_by, born)
        if said and born_apart(born, said):
            yield _BORN, "its birth date is too many years from this one"
    if match.numbers and not match.decides and match.probability < rules.thresholds.link:
        yield number, "it holds the same number, and all else speaks against it"


def _year(date: str) -> list[int]:
    return [int(date[:4])] if date[:4].isdecimal() and len(date) >= 4 else []


def _years_said(rows: Rows, known: KnownEntity, said_by: Sequence[str] | None, born: list[int]) -> list[int]:
    """The years of birth that any source says of an entity, or those of its records alone that it is `said_by`."""
    if said_by is not None:
        which, parameters = among("record_id", said_by)
        told = rows.of(f"SELECT DISTINCT birth_date AS value FROM records WHERE {which}", parameters)
    else:
        # What is shown of an entity is asked first: to ask all that its records say takes longer.
        shown = _year(known.values.get(_BORN, ""))
        if not shown or not born_apart(born, shown):
            return shown
        sql = f"SELECT DISTINCT value FROM claims WHERE entity_id = $1 AND field = '{_BORN}'"
        told = rows.of(sql, [known.entity_id])
    return [year for row in told for year in _year(row["value"] or "")]
