"""What one request may see of a release, and what it came to see: decisions on demand, remembered, and told to the audit log."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from typing import Any, Final, Protocol

from vestry.sharing.agreements.agreement import Share
from vestry.sharing.categories import CATEGORIES, FIELDS
from vestry.sharing.decision import Decision, Reach, decide_of, reach
from vestry.sharing.grants import OWN, Opened
from vestry.sharing.markers import Marked, Markers, Marks, marks
from vestry.sharing.precision import INDEX_ONLY, WHOLE, WITHHELD
from vestry.sharing.refusals import Reason, reason
from vestry.sharing.subjects import SourceFacts, Subject


class Whom(Protocol):
    """`twin.whom.Whom`."""

    def subjects(self, ids: Collection[str]) -> Mapping[str, Mapping[str, Any]]: ...
    def led_to(self, ids: Collection[str]) -> Mapping[str, Mapping[str, bool]]: ...


KEY: Final = "dealing.reference"
"""The field that an agreement must share for the key of a record to be seen, or somebody to be found by it."""

Alike = tuple[str, ...]
"""Reasons, in order, by which a decision tells one person from another."""

_UNKNOWN: Final = Decision(level=WITHHELD, reason=reason("source"))
"""On a source of which no contract says whose it is."""


@dataclass(slots=True)
class Sight:
    """One request's view. What is `shown` or `refused` through it is remembered for the audit entry. `holding` says of which
    sources the release has a field that few hold, for contracts may have changed since it was built; without it, of any."""

    opened: Opened
    sources: Mapping[str, SourceFacts]
    markers: Markers
    holding: Callable[[str], Collection[str]] | None = None
    fields: set[str] = field(default_factory=set)
    agreements: set[str] = field(default_factory=set)
    withheld: set[str] = field(default_factory=set)
    _holding: dict[str, Collection[str]] = field(default_factory=dict)
    _decided: dict[tuple[Alike, str, str], Decision] = field(default_factory=dict)
    _reaches: dict[str, tuple[Alike, Reach]] = field(default_factory=dict)
    _subjects: dict[str, Subject | None] = field(default_factory=dict)
    _of_agreements: tuple[Opened, Reach] | None = None
    _fields_of: dict[str, Sequence[str]] = field(default_factory=dict)
    _kinds: dict[int, Mapping[tuple[bool, bool], SourceFacts]] = field(default_factory=dict)

    def subjects(self, whom: Whom, ids: Collection[str]) -> dict[str, Subject]:
        """Whom these ids, each its own successor, are of. An id that the release says nothing of is left out."""
        new = [entity_id for entity_id in ids if entity_id not in self._subjects]
        if new:
            rows = whom.subjects(new)
            led = whom.led_to(list(rows))
            marked: dict[str, list[Marked]] = {}
            for one in self.markers.on({former for each in led.values() for former in each}):
                marked.setdefault(one.entity_id, []).append(one)
            for entity_id in new:
                row = rows.get(entity_id)
                on = [m for former in led.get(entity_id, ()) for m in marked.get(former, ())]
                self._subjects[entity_id] = _subject(row, marks(on, led[entity_id])) if row else None
        found = {entity_id: self._subjects[entity_id] for entity_id in ids}
        return {entity_id: subject for entity_id, subject in found.items() if subject}

    def decide(self, subject: Subject, field: str, source: str) -> Decision:
        """The decision on `field` of `subject` as `source` has it. Worked out once for all who are alike to the decision."""
        alike, reached = self._reach(subject)
        key = (alike, field, source)
        found = self._decided.get(key)
        if found is None:
            facts = self.sources.get(source)
            found = decide_of(self.opened, reached, field, facts) if facts else _UNKNOWN
            self._decided[key] = found
        return found

    def _reach(self, subject: Subject) -> tuple[Alike, Reach]:
        found = self._reaches.get(subject.entity_id)
        if found is None:
            reached = reach(self.opened, subject)
            found = self._reaches[subject.entity_id] = (reached.alike, reached)
        return found

    def level(self, subject: Subject, field: str, source: str) -> int:
        """The level at which `field` may be seen; 0 where it may not."""
        return self.decide(subject, field, source).level

    def sees_all_of(self, subject: Subject, field: str, source: str) -> bool:
        """Whether whatever `source` has in `field` may be seen: where it is shared whole, and where there is nothing."""
        return self.level(subject, field, source) >= WHOLE or self._lacks(field, source)

    def _lacks(self, field: str, source: str) -> bool:
        facts = self.sources.get(source)
        if facts is None or field not in facts.lacks or self.holding is None:
            return False
        if field not in self._holding:
            self._holding[field] = self.holding(field)
        return source not in self._holding[field]

    def shown(self, subject: Subject, fields: Iterable[str], source: str) -> None:
        """Remember that these fields of `subject` are shown as `source` has them."""
        for name in (n for n in fields if not self._lacks(n, source)):
            self.fields.add(name)
            self.agreements.update(self.decide(subject, name, source).agreements)

    def refuse(self, why: Reason | None) -> None:
        """Remember that something was withheld for that reason."""
        if why is not None:
            self.withheld.add(why.code)

    def usable(self, subject: Subject, sources: Iterable[str]) -> frozenset[str]:
        """Of `sources`, those of which something of `subject` may be seen, more than that it is there."""
        return frozenset(
            s for s in sources if any(self.level(subject, f, s) > INDEX_ONLY for f in self._shared_of(s))
        )

    def sees_key(self, subject: Subject, source: str) -> bool:
        """Whether the key of a record may be seen: it is what the service itself calls it by."""
        return self.level(subject, KEY, source) >= WHOLE

    def known_to(self, subject: Subject, sources: Iterable[str]) -> dict[str, str]:
        """Of `sources`, those of which it may be told only that they know `subject` -> whom to ask."""
        found = {}
        for source in sources:
            levels = {self.level(subject, f, source) for f in self._shared_of(source)}
            if INDEX_ONLY in levels:
                desks = (
                    share.desk
                    for grant in self.opened.grants
                    for share in grant.shares
                    if share.index_only and source in share.sources and share.desk
                )
                found[source] = next(desks, "")
        return found

    def why_not(self, subject: Subject, field: str) -> Reason | None:
        """Why `field` may be seen of no source under an agreement; None where it may. Of the whole place's sources, so that it
        says nothing of which ones hold it."""
        shared, reached = self._shared(subject)
        alike: dict[tuple[int, bool, bool], SourceFacts] = {}
        for at, share in enumerate(share for grant in shared.grants for share in grant.shares):
            if field in share.fields:
                for key, facts in self._kinds_of(share).items():
                    alike.setdefault((at, *key), facts)
        decisions = [decide_of(shared, reached, field, facts) for facts in alike.values()]
        if not decisions:
            return reason("field")
        return None if any(d.permitted for d in decisions) else decisions[0].reason

    def _shared(self, subject: Subject) -> tuple[Opened, Reach]:
        """What stands open but for own records, and how that reaches `subject`."""
        if self._of_agreements is None or self._of_agreements[1].subject is not subject:
            shared = replace(self.opened, grants=tuple(g for g in self.opened.grants if g.label != OWN))
            self._of_agreements = (shared, reach(shared, subject))
        return self._of_agreements

    def _kinds_of(self, share: Share) -> Mapping[tuple[bool, bool], SourceFacts]:
        """One of each kind of source that is shared: decisions tell sources apart by no more than that, and by what is shared."""
        key = id(share)
        if key not in self._kinds:
            facts = [self.sources[s] for s in sorted(share.sources) if s in self.sources]
            self._kinds[key] = {(f.law_enforcement, f.patient): f for f in facts}
        return self._kinds[key]

    def _shared_of(self, source: str) -> Collection[str]:
        """The fields that anything that stands open shares as `source` has them: of no other can anything be seen."""
        found = self._fields_of.get(source)
        if found is None:
            shares = (share for grant in self.opened.grants for share in grant.shares)
            shared = frozenset(f for share in shares if source in share.sources for f in share.fields)
            found = self._fields_of[source] = [f for f in FIELDS if f in shared]
        return found

    def shares(self, *fields: str) -> bool:
        """Whether anything that stands open shares any of `fields`, of anybody."""
        return any(
            not share.fields.isdisjoint(fields) for grant in self.opened.grants for share in grant.shares
        )

    def entered(self) -> dict[str, tuple[str, ...]]:
        """What the audit entry says of it."""
        return {
            "fields": tuple(sorted(self.fields)),
            "agreements": tuple(sorted(self.agreements)),
            "withheld": tuple(sorted(self.withheld)),
        }


def fields_of(kind: str) -> Sequence[str]:
    """The fields that somebody might ask of a thing of that kind, in order of category."""
    mine = {
        "person": [c for c in CATEGORIES if c != "business"],
        "organisation": ["address", "contact", "business", "residence", "dealings"],
        "property": ["address", "residence", "dealings"],
        "household": ["household"],
    }[kind]
    return [field for category in mine for field in CATEGORIES[category]]


def _subject(row: Mapping[str, Any], marked: Marks) -> Subject:
    born = None
    if row["born_first"]:
        born = (date.fromisoformat(row["born_first"]), date.fromisoformat(row["born_last"]))
    return Subject(
        entity_id=row["entity_id"],
        kind=row["kind"],
        areas=frozenset(row["areas"] or ()),
        born=born,
        known_to=frozenset(row["known_to"] or ()),
        deceased=bool(row["deceased"]),
        restricted=marked.restricted,
        protected_address=marked.protected_address,
        sealed=marked.sealed,
        opted_out=marked.opted_out,
        staff_of=marked.staff_of,
        objects_to=marked.objects_to,
        consents_to=marked.consents_to,
    )
