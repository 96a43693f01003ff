"""The twin for somebody under agreements: what stands open to them for a purpose, and no more (promises 5 and 6).

Every answer is minimised before it is given: values chosen again among those of sources that may be used, as precisely as the
agreements say, with nothing that rests on others. What may not be told looks as if there were nothing to tell.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Any, Final, TypeVar

from vestry.clock import Clock
from vestry.errors import NotFound, PurposeMissing, SharingRefused, VestryError
from vestry.linkage.typed import fields_of_a_record, standard_record
from vestry.model import kinds
from vestry.place import Place
from vestry.sharing.agreements.agreement import Agreement
from vestry.sharing.agreements.lifecycle import Filed
from vestry.sharing.asking import Asker
from vestry.sharing.door import AuditLog, Door
from vestry.sharing.explaining import explain_entity, explain_two
from vestry.sharing.explaining_to import Reader
from vestry.sharing.grants import EMERGENCY, Asking, Emergency, Opened, open_grants
from vestry.sharing.listing import listed_table, listing, tables_listed
from vestry.sharing.markers import Markers
from vestry.sharing.matching import Heed, told
from vestry.sharing.reached import reached
from vestry.sharing.refusals import nearest, reason
from vestry.sharing.refused_rows import rows_as_received
from vestry.sharing.request import HOW, Permission, Request
from vestry.sharing.reviewing import ReviewDesk
from vestry.sharing.reviewing_addresses import AddressDesk
from vestry.sharing.reviewing_within import REVIEW_PURPOSE, REVIEWER, ReleaseWithin
from vestry.sharing.sight import Sight
from vestry.sharing.standing import Kept, standing_in
from vestry.sharing.subjects import SourceFacts
from vestry.sharing.view import View, without_past
from vestry.sharing.words_told import fallen_in
from vestry.twin import answers
from vestry.twin.choosing import Trust
from vestry.twin.explained import Explained, PairExplained, Withheld
from vestry.twin.matching import Matched

Answer = TypeVar("Answer")


@dataclass(frozen=True, slots=True, kw_only=True)
class Law:
    """What decisions go by in a place: every version of every agreement, what is known of each source, and what is marked."""

    filed: Callable[[], Sequence[Filed]]
    sources: Callable[[], Mapping[str, SourceFacts]]
    trust: Callable[[], Trust]
    markers: Markers


class ByAgreement:
    """Answers one asker about one place. Raises PurposeMissing and SharingRefused where nothing stands open."""

    def __init__(
        self,
        *,
        place: Place,
        releases: Kept,
        audit: AuditLog,
        clock: Clock,
        asker: Asker,
        law: Law,
        emergency: Emergency | None = None,
        account: str = "",
    ) -> None:
        self._place = place
        self._releases = releases
        self._clock = clock
        self._asker = asker
        self._law = law
        self._emergency = emergency
        who = {"account": account, "user": asker.user, "organisation": asker.organisation}
        self._door = Door(releases=releases, audit=audit, who=who, refused=self._refused)

    def find(
        self, criteria: answers.Criteria, *, purpose: str | None, limit: int = answers.FIND_LIMIT
    ) -> answers.FoundPage:
        """The entities that match by what may be seen of them, and of each as much as tells it apart."""
        request = Request(action="find", purpose=purpose, criteria=criteria.names())

        def read(release: Any, sight: Sight) -> answers.FoundPage:
            search = release.search(criteria)
            total, hits = search.found(limit, listing(sight, release, criteria.names(), search))
            lines = self._view(release, sight).lines({one: hit.current for one, hit in hits.items()})
            found = tuple(replace(line, matched=hits[line.entity_id].matched) for line in lines)
            return answers.FoundPage(release_id=release.release_id, total=total, found=found)

        return self._through(
            request, read, count=lambda page: page.total, seen=lambda page: [f.entity_id for f in page.found]
        )

    def show(self, entity_id: str, *, purpose: str | None, naming: bool = False) -> answers.Shown:
        """What may be seen of an entity; with `naming`, a line too for each that it is tied to, which is a look at them as well.
        Raises NotFound where nothing may, as where there is none."""
        request = Request(action="show", purpose=purpose, entities=(entity_id,))
        return self._through(
            request,
            lambda release, sight: self._view(release, sight).shown(entity_id, naming=naming),
            count=lambda shown: int(shown.entity is not None),
            seen=lambda shown: tuple(dict.fromkeys((*shown.resolution.now, *shown.named))),
        )

    def match(
        self,
        record: Mapping[str, str | Sequence[str]],
        *,
        kind: str = kinds.PERSON,
        purpose: str | None,
        today: date | None = None,
    ) -> Matched:
        """As `Gateway.match`, by records of which all that is compared may be seen (`sharing.matching`)."""
        given = tuple(name for name in fields_of_a_record(kind) if record.get(name))
        request = Request(action="match", purpose=purpose, criteria=given)

        def read(release: Any, sight: Sight) -> Matched:
            matched = release.match(standard_record(kind, record, today), Heed(sight, release, given))
            return told(self._view(release, sight), matched)

        return self._through(
            request,
            read,
            count=lambda matched: len(matched.found),
            seen=lambda matched: [f.entity_id for f in matched.found],
        )

    def explain(self, asked: str, *, purpose: str | None) -> Explained:
        """As `Gateway.explain`, of what may be seen. Links that rest on anything else are left out, and counted."""
        request = Request(action="explain", purpose=purpose, entities=(asked,))

        def read(release: Any, sight: Sight) -> Explained:
            view, record = self._view(release, sight), release.explained.record(asked)
            now = view.one_now(record.entity_id if record else asked)[0].now[0]
            reader = view.reader(now)
            found = explain_entity(release, asked, reader)
            return replace(found, resolution=without_past(found.resolution), history=(), withheld=_NOT_ALL)

        return self._through(
            request, read, count=lambda found: len(found.claims), seen=lambda found: found.resolution.now
        )

    def explain_pair(self, left: str, right: str, *, purpose: str | None) -> PairExplained:
        """As `Gateway.explain_pair`, of two of whom all that it rests on may be seen."""
        request = Request(action="explain-pair", purpose=purpose, entities=(left, right))

        def read(release: Any, sight: Sight) -> PairExplained:
            view, readers = self._view(release, sight), []
            for asked in (left, right):
                record = release.explained.record(asked)
                now = view.one_now(record.entity_id if record else asked)[0].now[0]
                readers.append(view.reader(now))
            # A comparison reads all of these, and so does every rule that keeps two apart.
            usable = readers[0].usable & readers[1].usable
            both = Reader(
                usable=frozenset(
                    s for s in usable if all(r.tells(c, s) for r in readers for c in _ALL_COMPARED)
                ),
                trust=self._law.trust,
                tells_of=view.tells_of,
                keys=lambda source: all(r.keys(source) for r in readers),
                fallen=lambda: fallen_in(self._place.decisions),
            )
            return replace(explain_two(release, left, right, both), withheld=_NOT_ALL)

        return self._through(
            request,
            read,
            count=lambda _: 1,
            seen=lambda found: sorted({found.left.entity_id, found.right.entity_id} - {""}),
        )

    def export(self, table: str, *, purpose: str | None) -> answers.TableStream:
        """A whole table on its way out, minimised in one query. Raises as `show`, and NotFound of a table that cannot be."""
        request = Request(action="export", purpose=purpose, table=table)
        if request.holds_no_people:
            return self._through(request, _whole_table(table), count=lambda stream: stream.count)

        def read(release: Any, sight: Sight) -> answers.TableStream:
            if table not in tables_listed():
                raise NotFound(
                    "No table of that name can be had under an agreement.",
                    where="vestry export",
                    fix=f"choose from: {', '.join(tables_listed())}",
                )
            stream, fields, agreements = listed_table(sight, release, table, self._law.trust())
            sight.fields |= fields
            sight.agreements |= agreements
            return stream

        return self._through(request, read, count=lambda stream: stream.count)

    def people_reached(self, agreement: Agreement) -> int:
        """How many people `agreement` would open something of (`sharing.reached`). For whoever governs or audits sharing: raises
        SharingRefused."""
        request, now = Request(action="agreement-count"), self._clock.now()
        sources, markers = self._law.sources(), self._law.markers
        asking = Asking(asker=self._asker, purpose="", how="", at=now)
        return self._door.through(
            request,
            self._permission(request, Opened(asking=asking, purpose=None)),
            lambda release: reached(agreement, release, sources, markers, now),
            count=lambda _: 0,
            told=lambda: {"agreements": (agreement.label,)},
        )

    def reviews(self, clock: Clock) -> ReviewDesk:
        """The desk of the asker as a reviewer: of pairs of which all that a look shows may be seen (`reviewing_within`)."""
        return ReviewDesk(place=self._place, reviewer=self._asker.user, clock=clock, ask=self._through_within)

    def address_reviews(self, clock: Clock) -> AddressDesk:
        """The desk of the asker for addresses that could not be found: of those that may be seen of all who write them."""
        return AddressDesk(
            place=self._place, reviewer=self._asker.user, clock=clock, ask=self._through_within
        )

    def _through_within(
        self,
        request: Request,
        read: Callable[[Any], Answer],
        *,
        count: Callable[[Answer], int],
        seen: Callable[[Answer], Sequence[str]] = lambda _: (),
        release_id: str | None = None,
    ) -> Answer:
        def within(release: Any, sight: Sight) -> Answer:
            return read(ReleaseWithin(release, sight))

        return self._through(request, within, count=count, seen=seen)

    def releases(self) -> tuple[answers.ReleaseSummary, ...]:
        """What is kept, newest first, from manifests alone: counts and durations; no twin is opened."""
        return tuple(self._releases.summaries())

    def standing(self) -> answers.Standing:
        """As `Gateway.standing`: no people are in it."""
        read = standing_in(self._releases)
        return self._through(
            Request(action="status"), lambda release, _: read(release), count=lambda s: len(s.ledger)
        )

    def quarantine(self, *, source: str = "", rule: str = "") -> tuple[answers.QuarantineGroup, ...]:
        """As `Gateway.quarantine`: row numbers and rules, nothing of anybody."""
        return self._through(
            Request(action="quarantine", table="quarantine"),
            lambda release, _: release.quarantine(source, rule),
            count=lambda groups: sum(len(g.rows) for g in groups),
        )

    def quarantined_rows(self, *, source: str, rule: str = "", purpose: str | None) -> answers.TableStream:
        """The rows of a source of the asker's own organisation, as it sent them. Raises NotFound of any other."""

        def read(release: Any, sight: Sight) -> answers.TableStream:
            facts = sight.sources.get(source)
            if not source:
                raise NotFound(
                    "No source is named.",
                    where="vestry quarantine",
                    fix="name one that your organisation sends",
                )
            if facts is None or facts.organisation != self._asker.organisation:
                raise NotFound(
                    "Your organisation sends no source of that name.",
                    where="vestry quarantine",
                    fix="name one that it sends; the rows of others are for whoever sent them",
                )
            return rows_as_received(self._place, release.quarantine(source, rule))

        request = Request(action="quarantine-rows", purpose=purpose, table="quarantine")
        return self._through(request, read, count=lambda stream: stream.count)

    def example(self, kind: str, *, purpose: str | None) -> str | None:
        """The id of somebody known to many sources of whom something may be seen."""
        request = Request(action="example", purpose=purpose)

        def read(release: Any, sight: Sight) -> str | None:
            candidates = release.most_sourced_of(kind, 200)
            subjects = sight.subjects(release.whom, candidates)
            for entity_id in candidates:
                sources = {o.source for o in release.origins(entity_id)} if entity_id in subjects else set()
                if sources and sight.usable(subjects[entity_id], sources):
                    return str(entity_id)
            return None

        return self._through(
            request,
            read,
            count=lambda found: int(found is not None),
            seen=lambda found: [found] if found else [],
        )

    def _view(self, release: Any, sight: Sight) -> View:
        return View(release=release, sight=sight, names=self._place.organisations, trust=self._law.trust)

    def _through(
        self,
        request: Request,
        read: Callable[[Any, Sight], Answer],
        *,
        count: Callable[[Answer], int],
        seen: Callable[[Answer], Sequence[str]] = lambda _: (),
    ) -> Answer:
        if request.purpose == EMERGENCY and self._emergency is not None:
            request = replace(request, emergency=self._emergency.number)
        opened, sources = self._opened(request)
        sight = Sight(opened=opened, sources=sources, markers=self._law.markers)

        def within(release: Any) -> Answer:
            # Whom their family are is read of the release too, and so no sooner than the request is entered.
            mine = [(one.source, one.source_key, one.part) for one in self._asker.family]
            if mine and not request.holds_no_people:
                sight.opened = opened.kept_from(release.whom.entities_of(mine).values())
            sight.holding = lambda field: release.whom.holding(field)
            return read(release, sight)

        return self._door.through(
            request,
            self._permission(request, opened),
            within,
            count=count,
            seen=seen,
            told=sight.entered,
        )

    def _opened(self, request: Request) -> tuple[Opened, Mapping[str, SourceFacts]]:
        asking = Asking(
            asker=self._asker,
            purpose=request.purpose or "",
            how=HOW.get(request.action, ""),
            at=self._clock.now(),
            emergency=self._emergency,
        )
        sources = self._law.sources()
        return open_grants(asking, self._law.filed(), sources), sources

    def _permission(self, request: Request, opened: Opened) -> Permission:
        if request.holds_no_people:
            return Permission(permitted=True, reason="holds no people")
        if request.action == "agreement-count":
            governs = bool(self._asker.roles & _GOVERNING)
            return Permission(
                permitted=governs, reason="" if governs else "role-needed", fix=reason("role-needed").fix
            )
        if request.action not in HOW:
            return Permission(permitted=False, reason="no-agreement", fix=reason("no-agreement").fix)
        needed = _ROLE_FOR.get(request.action, "")
        if needed and needed not in self._asker.roles:
            return Permission(permitted=False, reason="role-needed", fix=reason("role-needed").fix)
        if needed == REVIEWER and request.purpose != REVIEW_PURPOSE and opened.purpose is not None:
            return Permission(permitted=False, reason="no-agreement", fix=reason("no-agreement").fix)
        if opened.grants:
            return Permission(permitted=True, reason=", ".join(g.label for g in opened.grants))
        why = nearest(set(opened.refused) or {"no-agreement"})
        return Permission(permitted=False, reason=why.code, fix=why.fix)

    def _refused(self, permission: Permission) -> VestryError:
        why = reason(permission.reason)
        kind = PurposeMissing if why.code in _OF_PURPOSE else SharingRefused
        return kind(f"Refused: {why.says}.", where=self._place.name, fix=why.fix)


def _whole_table(table: str) -> Callable[[Any, Sight], answers.TableStream]:
    """Reads a table that holds no people."""

    def read(release: Any, _: Sight) -> answers.TableStream:
        stream: answers.TableStream = release.stream(table)
        return stream

    return read


_ROLE_FOR: Final = {
    "review-queue": REVIEWER,
    "review-look": REVIEWER,
    "review-decide": REVIEWER,
    "quarantine-rows": "data-engineer",
}
"""Action -> the role that it takes, whatever an agreement or the right to own records opens."""

_GOVERNING: Final = frozenset({"governance-officer", "auditor"})

_OF_PURPOSE: Final = frozenset({"purpose-missing", "purpose-unknown"})

_ALL_COMPARED: Final = (
    "family_name", "given_names", "birth_date", "sex", "address", "phone", "email", "nhs_number", "nino", "upn",
    "other_number",
)  # fmt: skip

_NOT_ALL: Final = Withheld(sentence="Whatever rests on sources or fields that you may not use is left out.")
"""Said whether or not anything is: how much there is would be told by it."""
