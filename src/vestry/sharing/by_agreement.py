"""The twin for somebody under agreements: what stands open to them for a purpose, and no more (promises 5 and 6).

Every answer is minimised before it is given: values chosen again among those of sources that may be used, as precisely as the
agreements say, with nothing that rests on others. What may not be told looks as if there were nothing to tell.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, Final, TypeVar

from vestry.clock import Clock
from vestry.errors import NotFound, PurposeMissing, SharingRefused, VestryError
from vestry.model import kinds
from vestry.place import Place
from vestry.sharing.agreements.lifecycle import Filed
from vestry.sharing.asking import Asker
from vestry.sharing.door import AuditLog, Door, Releases
from vestry.sharing.explaining import Reader, explain_entity, explain_two
from vestry.sharing.grants import OWN, Asking, Emergency, Opened, open_grants
from vestry.sharing.listing import listed_table, listing, tables_listed
from vestry.sharing.markers import Markers
from vestry.sharing.minimising import Choosing, Minimised, minimised, withheld_fields
from vestry.sharing.precision import INDEX_ONLY, WHOLE
from vestry.sharing.refusals import nearest, reason
from vestry.sharing.request import HOW, Permission, Request
from vestry.sharing.sight import Sight
from vestry.sharing.subjects import SourceFacts, Subject
from vestry.sharing.ties import Ties
from vestry.twin import answers
from vestry.twin.choosing import Trust
from vestry.twin.explained import Explained, PairExplained, Withheld

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
        releases: Releases[Any],
        audit: AuditLog,
        clock: Clock,
        asker: Asker,
        law: Law,
        emergency: Emergency | None = None,
        account: str = "",
    ) -> None:
        self._place = place
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
            total, found = release.found_within(criteria, limit, listing(sight, release, criteria.names()))
            claims = release.claims_of(list(found))
            subjects = sight.subjects(release.whom, list(found))
            choosing = self._choosing(release)
            told = [
                _line(one, minimised(sight, one, claims.get(one.entity_id, ()), choosing, release.whom.areas))
                for one in subjects.values()
            ]
            current = {one.entity_id: found[one.entity_id] for one in told}
            lines = [replace(one, current=current[one.entity_id]) for one in told if one.records]
            lines.sort(key=lambda f: (not f.current, f.name, f.born, f.entity_id))
            return answers.FoundPage(release_id=release.release_id, total=total, found=tuple(lines))

        return self._through(
            request, read, count=lambda page: page.total, seen=lambda page: [f.entity_id for f in page.found]
        )

    def show(self, entity_id: str, *, purpose: str | None) -> answers.Shown:
        """What may be seen of an entity. Raises NotFound where nothing may, as where there is none."""
        request = Request(action="show", purpose=purpose, entities=(entity_id,))
        return self._through(
            request,
            lambda release, sight: self._shown(release, sight, entity_id),
            count=lambda shown: int(shown.entity is not None),
            seen=lambda shown: shown.resolution.now,
        )

    def explain(self, asked: str, *, purpose: str | None) -> Explained:
        """As `Gateway.explain`, of what may be seen. Links that rest on anything else are left out, and counted."""
        request = Request(action="explain", purpose=purpose, entities=(asked,))

        def read(release: Any, sight: Sight) -> Explained:
            record = release.explained.record(asked)
            now = record.entity_id if record else self._one_now(release, sight, asked)[0].now[0]
            reader = self._reader(release, sight, now)
            told = explain_entity(release, asked, reader)
            return replace(told, resolution=_without_past(told.resolution), history=(), withheld=_NOT_ALL)

        return self._through(
            request, read, count=lambda told: len(told.claims), seen=lambda told: told.resolution.now
        )

    def explain_pair(self, left: str, right: str, *, purpose: str | None) -> PairExplained:
        """As `Gateway.explain_pair`, of two of whom all that it rests on may be seen."""
        request = Request(action="explain-pair", purpose=purpose, entities=(left, right))

        def read(release: Any, sight: Sight) -> PairExplained:
            readers = []
            for asked in (left, right):
                record = release.explained.record(asked)
                now = record.entity_id if record else self._one_now(release, sight, asked)[0].now[0]
                readers.append(self._reader(release, sight, now))
            # A comparison reads all of these, and so does every rule that keeps two apart.
            usable = readers[0].usable & readers[1].usable
            both = Reader(
                usable=frozenset(
                    s for s in usable if all(r.tells(c, s) for r in readers for c in _ALL_COMPARED)
                ),
                trust=self._law.trust,
            )
            return replace(explain_two(release, left, right, both), withheld=_NOT_ALL)

        return self._through(
            request,
            read,
            count=lambda _: 1,
            seen=lambda told: sorted({told.left.entity_id, told.right.entity_id} - {""}),
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

    def _shown(self, release: Any, sight: Sight, entity_id: str) -> answers.Shown:
        resolution, origins_of = self._one_now(release, sight, entity_id)
        shown = answers.Shown(release_id=release.release_id, resolution=resolution)
        if len(resolution.now) != 1:
            return shown
        now = resolution.now[0]
        ties, related = Ties(sight, release.whom), release.related(now)
        tied = ties.seen(related)
        subject = sight.subjects(release.whom, [now]).get(now)
        if subject is None:
            return replace(
                shown, entity=release.entity(now), related=tied, agreements=tuple(sorted(sight.agreements))
            )
        origins = origins_of[now]
        usable = sight.usable(subject, {o.source for o in origins})
        mine = tuple(o for o in origins if o.source in usable)
        seen = minimised(sight, subject, release.claims(now), self._choosing(release), release.whom.areas)
        tied = replace(tied, episodes=ties.dealings(subject, related.episodes))
        return replace(
            shown,
            entity=answers.Entity(
                entity_id=now,
                kind=subject.kind,
                current=any(o.current for o in mine or origins),
                values=seen.values,
                precision=seen.precision,
            ),
            origins=mine,
            related=tied,
            known_to=self._known_to(sight, subject, origins),
            withheld=withheld_fields(sight, subject),
            agreements=tuple(sorted(sight.agreements)),
        )

    def _known_to(
        self, sight: Sight, subject: Subject, origins: Sequence[answers.Origin]
    ) -> tuple[answers.KnownTo, ...]:
        """The sources of which it may be told only that they know of somebody."""
        found = []
        for source, desk in sight.known_to(subject, sorted({o.source for o in origins if o.current})).items():
            since = min(o.first_as_at for o in origins if o.source == source)
            organisation = sight.sources[source].organisation
            name = self._place.organisations.get(organisation, organisation)
            found.append(answers.KnownTo(source=source, organisation=name, since=since, desk=desk))
            shared = {
                f for g in sight.opened.grants for s in g.shares if source in s.sources for f in s.fields
            }
            sight.shown(subject, [f for f in shared if sight.level(subject, f, source) == INDEX_ONLY], source)
        return tuple(found)

    def _one_now(
        self, release: Any, sight: Sight, entity_id: str
    ) -> tuple[answers.Resolution, Mapping[str, Sequence[answers.Origin]]]:
        """What the id stands for now, of which something may be seen; and the records of each. Raises NotFound where nothing
        is."""
        resolution: answers.Resolution = release.resolve(entity_id)
        subjects = sight.subjects(release.whom, resolution.now)
        households = Ties(sight, release.whom).households([i for i in resolution.now if i not in subjects])
        origins = {now: release.origins(now) for now in subjects}
        seen = []
        for now in resolution.now:
            sources = {o.source for o in origins.get(now, ())}
            if now in households or (
                sources and (sight.usable(subjects[now], sources) or sight.known_to(subjects[now], sources))
            ):
                seen.append(now)
            elif now in subjects:
                withheld_fields(sight, subjects[now])
        if not seen:
            raise NotFound(
                f"There is nothing of that id that you may see for this purpose{_own_only(sight.opened)}.",
                where=f"release {release.release_id}",
                fix="find its id with: vestry find; or ask the governance officer what agreements cover",
            )
        return _without_past(replace(resolution, now=tuple(seen), others=())), origins

    def _reader(self, release: Any, sight: Sight, entity_id: str) -> Reader:
        """For whom an explanation of that entity is."""
        subject = sight.subjects(release.whom, [entity_id]).get(entity_id)
        choosing = self._choosing(release)
        sources = release.explained.sources()
        if subject is None:
            return Reader(usable=frozenset(), trust=self._law.trust)

        def tells(field: str, source: str) -> bool:
            return _tells(sight, subject, field, source)

        def again(claims: Sequence[answers.Claim]) -> Minimised:
            return minimised(sight, subject, claims, choosing, release.whom.areas)

        return Reader(
            usable=sight.usable(subject, sources), trust=self._law.trust, tells=tells, minimise=again
        )

    def _choosing(self, release: Any) -> Choosing:
        return Choosing(organisations=release.whom.organisations(), trust=self._law.trust)

    def _through(
        self,
        request: Request,
        read: Callable[[Any, Sight], Answer],
        *,
        count: Callable[[Answer], int],
        seen: Callable[[Answer], Sequence[str]] = lambda _: (),
    ) -> Answer:
        opened, sources = self._opened(request)
        sight = Sight(opened=opened, sources=sources, markers=self._law.markers)
        return self._door.through(
            request,
            self._permission(request, opened),
            lambda release: read(release, sight),
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
        if request.action not in HOW:
            return Permission(permitted=False, reason="no-agreement", fix=reason("no-agreement").fix)
        if opened.grants:
            return Permission(permitted=True, reason=", ".join(g.label for g in opened.grants))
        why = nearest(set(opened.refused) or {"no-agreement"})
        return Permission(permitted=False, reason=why.code, fix=why.fix)

    def _refused(self, permission: Permission) -> VestryError:
        why = reason(permission.reason)
        kind = PurposeMissing if why.code in _OF_PURPOSE else SharingRefused
        return kind(f"Refused: {why.says}.", where=self._place.name, fix=why.fix)


def _own_only(opened: Opened) -> str:
    """Why no agreement stands open, where an organisation sees no more than its own records; that says nothing of anybody."""
    if any(grant.label != OWN for grant in opened.grants):
        return ""
    return f": beyond your organisation's own records, {nearest(set(opened.refused)).says}"


def _whole_table(table: str) -> Callable[[Any, Sight], answers.TableStream]:
    """Reads a table that holds no people."""

    def read(release: Any, _: Sight) -> answers.TableStream:
        stream: answers.TableStream = release.stream(table)
        return stream

    return read


_OF_PURPOSE: Final = frozenset({"purpose-missing", "purpose-unknown"})

_WHOLE_HOME: Final = ("address_lines", "postcode")
_COMPARED: Final = {
    "address": _WHOLE_HOME,
    "home": (*_WHOLE_HOME, "family_name"),
    "family_name": ("family_name", "previous_family_name"),
    "given_names": ("given_names", "known_as"),
    "inspection": ("rated_on",),
}
"""What linkage compared -> the fields that it read for that, where they are not the one of its name."""

_ALL_COMPARED: Final = (
    "family_name", "given_names", "birth_date", "sex", "address", "phone", "email", "nhs_number", "nino", "upn",
)  # fmt: skip

_NOT_ALL: Final = Withheld(sentence="Whatever rests on sources or fields that you may not use is left out.")
"""Said whether or not anything is: how much there is would be told by it."""


def _tells(sight: Sight, subject: Subject, compared: str, source: str) -> bool:
    """Whether it may be told how records of `source` compared in `compared`: where all that was read may be seen."""
    return all(sight.level(subject, field, source) >= WHOLE for field in _COMPARED.get(compared, (compared,)))


def _without_past(resolution: answers.Resolution) -> answers.Resolution:
    """What an id stands for, without how it came to: that may rest on anything."""
    return replace(resolution, steps=())


def _line(subject: Subject, seen: Minimised) -> answers.Found:
    values = seen.values
    name = " ".join(v for v in (values.get("given_names"), values.get("family_name")) if v)
    address = values.get("address_lines", "").replace("\n", ", ")
    if subject.kind == kinds.ORGANISATION:
        name = values.get("organisation_name", "")
    elif subject.kind == kinds.PROPERTY:
        name = address
    return answers.Found(
        entity_id=subject.entity_id,
        kind=subject.kind,
        name=name,
        born=values.get("birth_date", ""),
        address=address,
        postcode=values.get("postcode", ""),
        sources=len({c.source for c in seen.claims}),
        records=len({c.record_id for c in seen.claims}),
        current=True,
    )
