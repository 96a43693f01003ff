"""One release as one request may see it: what an id stands for, a look at it, and for whom it is explained."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any, Final

from vestry.errors import NotFound
from vestry.model import kinds
from vestry.sharing.explaining_to import Reader
from vestry.sharing.grants import OWN, Opened
from vestry.sharing.minimising import Areas, Choosing, Minimised, minimised, withheld_fields
from vestry.sharing.precision import AREAS, INDEX_ONLY
from vestry.sharing.refusals import nearest
from vestry.sharing.sight import Sight
from vestry.sharing.subjects import Subject
from vestry.sharing.ties import TIED, Ties
from vestry.twin import answers
from vestry.twin.choosing import Trust


@dataclass(frozen=True, kw_only=True)
class View:
    """An open release and what may be seen of it. `names` is organisation -> what it is called; `trust` as `Choosing` has it."""

    release: Any
    sight: Sight
    names: Mapping[str, str]
    trust: Callable[[], Trust]

    @cached_property
    def choosing(self) -> Choosing:
        """What choosing again needs."""
        return Choosing(organisations=self.release.whom.organisations(), trust=self.trust)

    def lines(self, found: Mapping[str, bool]) -> tuple[answers.Found, ...]:
        """A line for each entity that a search found (id -> whether it is current), in their order: as much as tells it apart."""
        claims = self.release.claims_of(list(found))
        subjects = self.sight.subjects(self.release.whom, list(found))
        areas = _areas_of(self.release, claims)
        told = [
            _line(one, minimised(self.sight, one, claims.get(one.entity_id, ()), self.choosing, areas))
            for one in subjects.values()
        ]
        return tuple(replace(one, current=found[one.entity_id]) for one in told if one.records)

    def shown(self, entity_id: str, *, naming: bool = False) -> answers.Shown:
        """A look at what the id stands for, and with `naming` at those that it is tied to."""
        found = self._shown(entity_id, placing=naming)
        if not naming or found.entity is None:
            return found
        me = found.entity.entity_id
        home = {found.entity.values.get("property_id", me)}  # a household's
        others = sorted((_tied_to(found.related) | home) - {me})
        named = {line.entity_id: line for line in self.lines(dict.fromkeys(others, True))}
        return replace(found, named=named, agreements=tuple(sorted(self.sight.agreements)))

    def _household(self, entity_id: str, ties: Ties) -> answers.Entity:
        """A household that may be seen: where it lives, only where that may be."""
        found: answers.Entity = self.release.entity(entity_id)
        if ties.at_home([entity_id]):
            return found
        return replace(found, values={n: v for n, v in found.values.items() if n != "property_id"})

    def _whereabouts(self, seen: Minimised) -> answers.Whereabouts | None:
        """Where a property is: what tells no more than its address as it may be seen. None where that tells of no place, or of
        one that has no outline (a postcode)."""
        told = {name: seen.values[name] for name in AREAS if name in seen.precision}
        if told:
            area: answers.Whereabouts = self.release.locating.of_areas(told)
            return area
        if seen.precision or not seen.values.get("address_lines"):
            return None
        found: answers.Whereabouts = self.release.locating.of_property(
            seen.values, seen.record_of["address_lines"]
        )
        return found

    def _shown(self, entity_id: str, *, placing: bool = False) -> answers.Shown:
        resolution, origins_of = self.one_now(entity_id)
        shown = answers.Shown(release_id=self.release.release_id, resolution=resolution)
        if len(resolution.now) != 1:
            return shown
        now = resolution.now[0]
        only = [name for name, fields in TIED.items() if self.sight.shares(*fields)]
        ties, related = Ties(self.sight, self.release.whom), self.release.related(now, only)
        origins = origins_of.get(now, ())
        subject = self.sight.subjects(self.release.whom, [now]).get(now)
        at_home = subject is not None and subject.kind == kinds.PROPERTY
        tied = ties.seen(related, {o.record_id: o.source for o in origins}, at_home=at_home)
        if subject is None:
            return replace(
                shown,
                entity=self._household(now, ties),
                related=tied,
                agreements=tuple(sorted(self.sight.agreements)),
            )
        usable = self.sight.usable(subject, {o.source for o in origins})
        mine = tuple(
            o if self.sight.sees_key(subject, o.source) else replace(o, source_key="")
            for o in origins
            if o.source in usable
        )
        claims = self.release.claims_of([now]).get(now, ())
        seen = minimised(
            self.sight, subject, claims, self.choosing, self.release.whom.areas, values_only=True
        )
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
            known_to=self._known_to(subject, origins),
            withheld=withheld_fields(self.sight, subject),
            agreements=tuple(sorted(self.sight.agreements)),
            whereabouts=self._whereabouts(seen) if placing and at_home else None,
        )

    def _known_to(self, subject: Subject, origins: Sequence[answers.Origin]) -> tuple[answers.KnownTo, ...]:
        """The sources of which it may be told only that they know of somebody."""
        found = []
        for source, desk in self.sight.known_to(
            subject, sorted({o.source for o in origins if o.current})
        ).items():
            since = min(o.first_as_at for o in origins if o.source == source)
            organisation = self.sight.sources[source].organisation
            name = self.names.get(organisation, organisation)
            found.append(answers.KnownTo(source=source, organisation=name, since=since, desk=desk))
            shared = {
                f for g in self.sight.opened.grants for s in g.shares if source in s.sources for f in s.fields
            }
            self.sight.shown(
                subject, [f for f in shared if self.sight.level(subject, f, source) == INDEX_ONLY], source
            )
        return tuple(found)

    def one_now(self, entity_id: str) -> tuple[answers.Resolution, Mapping[str, Sequence[answers.Origin]]]:
        """What the id stands for now, of which something may be seen; and the records of each. Raises NotFound where nothing
        is."""
        resolution = self._resolved(entity_id)
        subjects = self.sight.subjects(self.release.whom, resolution.now)
        households = Ties(self.sight, self.release.whom).households(
            [i for i in resolution.now if i not in subjects]
        )
        origins = {now: self.release.origins(now) for now in subjects}
        seen = []
        for now in resolution.now:
            sources = {o.source for o in origins.get(now, ())}
            if now in households or (
                sources
                and (self.sight.usable(subjects[now], sources) or self.sight.known_to(subjects[now], sources))
            ):
                seen.append(now)
            elif now in subjects:
                withheld_fields(self.sight, subjects[now])
        if not seen:
            raise self._nothing()
        return without_past(replace(resolution, now=tuple(seen), others=())), origins

    def _nothing(self) -> NotFound:
        """Nothing of an id may be seen, whether or not there is anybody."""
        return NotFound(
            f"There is nothing of that id that you may see for this purpose{_own_only(self.sight.opened)}.",
            where=f"release {self.release.release_id}",
            fix="find its id with: vestry find; or ask the governance officer what agreements cover",
        )

    def _resolved(self, entity_id: str) -> answers.Resolution:
        """What the id stands for now. As `OpenRelease.resolve`, which is asked only of an id that is no subject's."""
        subjects = self.sight.subjects(self.release.whom, self.release.whom.may_be(entity_id))
        if not subjects:
            try:
                found: answers.Resolution = self.release.resolve(entity_id)
            except NotFound:
                # By the same words as of somebody who may not be seen: that there is one would be told by others.
                raise self._nothing() from None
            return found
        current = tuple(sorted(i for i, subject in subjects.items() if subject.known_to))
        now = current or tuple(sorted(subjects))
        if entity_id in subjects and (subjects[entity_id].known_to or not current):
            now = (entity_id,)
        return answers.Resolution(asked=entity_id, now=now, others=(), steps=())

    def tells_of(self, entity_id: str, source: str) -> bool:
        """Whether it may be told of somebody that they lived where `source` has them, and that they are one."""
        subject = self.sight.subjects(self.release.whom, [entity_id]).get(entity_id)
        return subject is not None and all(
            _tells(self.sight, subject, compared, source) for compared in _COMPARED_OF_OTHERS
        )

    def reader(self, entity_id: str) -> Reader:
        """For whom an explanation of that entity is."""
        subject = self.sight.subjects(self.release.whom, [entity_id]).get(entity_id)
        choosing = self.choosing
        sources = self.release.explained.sources()
        if subject is None:
            return Reader(usable=frozenset(), trust=self.trust)

        def tells(field: str, source: str) -> bool:
            return _tells(self.sight, subject, field, source)

        def keys(source: str) -> bool:
            return self.sight.sees_key(subject, source)

        def again(claims: Sequence[answers.Claim]) -> Minimised:
            return minimised(self.sight, subject, claims, choosing, self.release.whom.areas)

        return Reader(
            usable=self.sight.usable(subject, sources),
            trust=self.trust,
            tells=tells,
            tells_of=self.tells_of,
            minimise=again,
            keys=keys,
        )


_WHOLE_HOME: Final = ("address_lines", "postcode")
_COMPARED: Final = {
    "address": _WHOLE_HOME,
    "home": (*_WHOLE_HOME, "family_name"),
    "family_name": ("family_name", "previous_family_name"),
    "given_names": ("given_names", "known_as"),
    "inspection": ("rated_on",),
}
"""What linkage compared -> the fields that it read for that, where they are not the one of its name."""


_COMPARED_OF_OTHERS: Final = ("family_name", "given_names", "birth_date", "address")


_OTHERS: Final = ("entity_id", "property_id", "person_id", "from_entity", "to_entity")
"""Columns of what ties an entity to others that name one of whom there is a line to show."""


def _tied_to(related: answers.Related) -> set[str]:
    """The ids of the others in rows that tie an entity to them."""
    rows = (*related.residences, *related.households, *related.relationships)
    return {row[name] for row in rows for name in _OTHERS if row.get(name)}


def _own_only(opened: Opened) -> str:
    """Why no agreement stands open, where an organisation sees no more than its own records; that says nothing of anybody."""
    if any(grant.label != OWN for grant in opened.grants):
        return ""
    return f": beyond your organisation's own records, {nearest(set(opened.refused)).says}"


def _tells(sight: Sight, subject: Subject, compared: str, source: str) -> bool:
    """Whether it may be told how records of `source` compared in `compared`: where all that was read may be seen."""
    return all(sight.sees_all_of(subject, field, source) for field in _COMPARED.get(compared, (compared,)))


def _areas_of(
    release: Any, claims: Mapping[str, Sequence[answers.Claim]]
) -> Callable[[Sequence[str]], Areas]:
    """The areas of records, read at once for all of `claims` when the first are asked for."""
    records = sorted({c.record_id for each in claims.values() for c in each if c.group_name == "address"})
    found: list[Areas] = []

    def areas(_: Sequence[str]) -> Areas:
        if not found:
            found.append(release.whom.areas(records))
        return found[0]

    return areas


def without_past(resolution: answers.Resolution) -> answers.Resolution:
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
