"""The one door to the twin (promise 5): decide, enter it in the audit log, read, minimise. In that order.

The audit entry is on the disk before the read begins, and its answer before anyone sees a row: no audit
entry, no data. Nothing else may import `twin.reader`; the rest of the house gets a `Gateway` from `wiring`.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import date
from typing import TypeVar

from vestry.clock import Clock
from vestry.contracts.reading import read_contracts
from vestry.errors import PurposeMissing
from vestry.linkage.typed import fields_of_a_record, standard_record
from vestry.model import kinds
from vestry.place import Place
from vestry.sharing.asking import Asker
from vestry.sharing.by_agreement import ByAgreement, Law
from vestry.sharing.door import AuditLog, Door
from vestry.sharing.explaining import explain_entity, explain_two, without_raw
from vestry.sharing.explaining_to import Reader
from vestry.sharing.grants import Emergency
from vestry.sharing.own_machine import Operator, decide, usable_sources
from vestry.sharing.refused_rows import rows_as_received
from vestry.sharing.request import Request
from vestry.sharing.reviewing import ReviewDesk
from vestry.sharing.reviewing_addresses import AddressDesk
from vestry.sharing.sampling import SampleDesk
from vestry.sharing.standing import standing_in
from vestry.sharing.words_told import fallen_in
from vestry.twin import answers, evaluated
from vestry.twin.choosing import trust_in
from vestry.twin.explained import Explained, PairExplained
from vestry.twin.matching import Matched
from vestry.twin.open_release import OpenRelease
from vestry.twin.reader import TwinReader

Answer = TypeVar("Answer")
Usable = Callable[[Request, Operator, frozenset[str]], frozenset[str]]
"""Of the sources of a release, those whose records may be used for a request."""


class Gateway:
    """Answers one operator about one place."""

    def __init__(
        self,
        *,
        place: Place,
        reader: TwinReader,
        audit: AuditLog,
        operator: Operator,
        usable: Usable,
    ) -> None:
        self._usable = usable
        self._place = place
        self._reader = reader
        self._audit = audit
        self._operator = operator
        self._door: Door[OpenRelease] = Door(
            releases=reader,
            audit=audit,
            who={"account": operator.account, "operator": operator.stated},
            refused=lambda permission: PurposeMissing(
                f"Refused: {permission.reason}.", where=place.name, fix=permission.fix
            ),
        )

    def close(self) -> None:
        """Let go of the releases that were opened."""
        self._reader.close()

    def on_behalf_of(
        self, asker: Asker, law: Law, clock: Clock, *, emergency: Emergency | None = None
    ) -> ByAgreement:
        """The same door for somebody under agreements. It lasts as long as this one does."""
        return ByAgreement(
            place=self._place,
            releases=self._reader,
            audit=self._audit,
            clock=clock,
            asker=asker,
            law=law,
            emergency=emergency,
            account=self._operator.account,
        )

    def stands_for(self, entity_id: str) -> tuple[str, ...]:
        """Which entities an id stands for now; no people in that. Raises NotFound, ReleaseMissing, AuditUnavailable."""
        request = Request(action="status", table="identities", entities=(entity_id,))
        return self._answer(request, lambda release: release.resolve(entity_id).now, count=len)

    def releases(self) -> tuple[answers.ReleaseSummary, ...]:
        """What is kept, newest first, from manifests alone: counts and durations; no twin is opened."""
        return self._reader.summaries()

    def find(
        self, criteria: answers.Criteria, *, purpose: str | None, limit: int = answers.FIND_LIMIT
    ) -> answers.FoundPage:
        """The entities that match: enough to tell them apart, no more.

        Raises PurposeMissing, AuditUnavailable, ReleaseMissing.
        """
        request = Request(action="find", purpose=purpose, criteria=criteria.names())
        return self._answer(
            request,
            lambda release: release.find(criteria, limit),
            count=lambda page: page.total,
            seen=lambda page: [f.entity_id for f in page.found],
        )

    def match(
        self,
        record: Mapping[str, str | Sequence[str]],
        *,
        kind: str = kinds.PERSON,
        purpose: str | None,
        today: date | None = None,
    ) -> Matched:
        """Who one new record is: fields as typed (`linkage.typed.fields_of_a_record`), by the rules and model of the build.

        Birth dates after `today`, where it is told, are refused. Ask as often as you like, from any thread. Only the names of
        the fields are entered. Raises as `find`, RecordUnreadable and MatchUnavailable.
        """
        given = tuple(name for name in fields_of_a_record(kind) if record.get(name))
        request = Request(action="match", purpose=purpose, criteria=given)
        return self._answer(
            request,
            lambda release: release.match(standard_record(kind, record, today)),
            count=lambda matched: len(matched.found),
            seen=lambda matched: [f.entity_id for f in matched.found],
        )

    def show(self, entity_id: str, *, purpose: str | None) -> answers.Shown:
        """The chosen values of an entity and what ties it to others; the claims behind them stay.

        An id that now stands for several gives their ids only. Raises as `find`, and NotFound.
        """

        def read(release: OpenRelease) -> answers.Shown:
            resolution = release.resolve(entity_id)
            if len(resolution.now) != 1:
                return answers.Shown(release_id=release.release_id, resolution=resolution)
            now = resolution.now[0]
            return answers.Shown(
                release_id=release.release_id,
                resolution=resolution,
                entity=without_raw(release.entity(now)),
                origins=release.origins(now),
                related=release.related(now),
            )

        request = Request(action="show", purpose=purpose, entities=(entity_id,))
        return self._answer(
            request, read, count=lambda shown: int(shown.entity is not None), seen=lambda s: s.resolution.now
        )

    def explain(self, asked: str, *, purpose: str | None) -> Explained:
        """Every claim about an entity, why each won or lost, and how its records came to be one.

        `asked` is its id, or that of one of its records. What rests on a source that the reader may not use is left out.
        Raises as `show`, and SourcesWithheld where nothing is left.
        """
        request = Request(action="explain", purpose=purpose, entities=(asked,))
        return self._answer(
            request,
            lambda release: explain_entity(release, asked, self._reader_of(request, release)),
            count=lambda told: len(told.claims),
            seen=lambda told: told.resolution.now,
        )

    def explain_pair(self, left: str, right: str, *, purpose: str | None) -> PairExplained:
        """Why two, each a record or an entity, are one, or are not. No values. Raises as `explain`."""
        request = Request(action="explain-pair", purpose=purpose, entities=(left, right))
        return self._answer(
            request,
            lambda release: explain_two(release, left, right, self._reader_of(request, release)),
            count=lambda _: 1,
            seen=lambda told: sorted({told.left.entity_id, told.right.entity_id} - {""}),
        )

    def _reader_of(self, request: Request, release: OpenRelease) -> Reader:
        sources = release.explained.sources()
        usable = self._usable(request, self._operator, sources)
        return Reader(
            usable=usable,
            everything=sources <= usable,
            fallen=lambda: fallen_in(self._place.decisions),
            trust=lambda: trust_in(self._place, list(read_contracts(self._place).values())),
        )

    def standing(self) -> answers.Standing:
        """The ledger and the quality of the current release, and the quality of the one before it.

        No people in these, so no purpose is asked. Raises AuditUnavailable, ReleaseMissing.
        """
        return self._answer(
            Request(action="status"), standing_in(self._reader), count=lambda s: len(s.ledger)
        )

    def quarantine(self, *, source: str = "", rule: str = "") -> tuple[answers.QuarantineGroup, ...]:
        """Which rows were kept out, and by which rule: row numbers, no content.

        Raises AuditUnavailable, ReleaseMissing.
        """
        return self._answer(
            Request(action="quarantine", table="quarantine"),
            lambda release: release.quarantine(source, rule),
            count=lambda groups: sum(len(g.rows) for g in groups),
        )

    def quarantined_rows(self, *, source: str, rule: str = "", purpose: str | None) -> answers.TableStream:
        """The rows themselves, as the source sent them. Raises as `show`, and ExtractDamaged."""
        return self._answer(
            Request(action="quarantine-rows", purpose=purpose, table="quarantine"),
            lambda release: rows_as_received(self._place, release.quarantine(source, rule)),
            count=lambda stream: stream.count,
        )

    def export(self, table: str, *, purpose: str | None) -> answers.TableStream:
        """A whole table on its way out; tables that hold no people need no purpose. Raises as `show`."""
        request = Request(action="export", purpose=purpose, table=table)
        return self._answer(request, lambda release: release.stream(table), count=lambda stream: stream.count)

    def evaluated(
        self, name: str, kind: str, *, release_id: str | None = None, purpose: str | None
    ) -> answers.TableStream:
        """What an evaluation reads, by its name in `twin.evaluated`, of one kind. Raises as `show`.

        Several that belong together are read of one `release_id`, whatever is published meanwhile.
        """
        request = Request(action="evaluate", purpose=purpose, table=evaluated.TABLE_OF[name])
        return self._answer(
            request,
            lambda release: release.evaluated(name, kind),
            count=lambda stream: stream.count,
            release_id=release_id,
        )

    def reviews(self, clock: Clock) -> ReviewDesk:
        """The desk of this operator as a reviewer; whatever it reads is asked of this gateway."""
        return ReviewDesk(place=self._place, reviewer=self._operator.signature, clock=clock, ask=self._answer)

    def address_reviews(self, clock: Clock) -> AddressDesk:
        """The desk of this operator for addresses that could not be found."""
        return AddressDesk(
            place=self._place, reviewer=self._operator.signature, clock=clock, ask=self._answer
        )

    def samples(self, clock: Clock) -> SampleDesk:
        """Samples that measure a release, drawn and told by this operator; whatever is read is asked of this gateway."""
        by = self.reviews(clock).reviewer
        return SampleDesk(place=self._place, by=by, clock=clock, ask=self._answer)

    def example(self, kind: str, *, purpose: str | None) -> str | None:
        """The id of a current entity that many sources know of, to try `show` on. Raises as `find`."""
        return self._answer(
            Request(action="example", purpose=purpose),
            lambda release: release.most_sourced(kind),
            count=lambda found: int(found is not None),
            seen=lambda found: [found] if found else [],
        )

    def _answer(
        self,
        request: Request,
        read: Callable[[OpenRelease], Answer],
        *,
        count: Callable[[Answer], int],
        seen: Callable[[Answer], Sequence[str]] = lambda _: (),
        release_id: str | None = None,
    ) -> Answer:
        """Decide, enter, read (the current release, unless told another), enter what came of it; only then answer."""
        permission = decide(request, self._operator)
        return self._door.through(request, permission, read, count=count, seen=seen, release_id=release_id)


def open_gateway(
    place: Place,
    *,
    audit: AuditLog,
    operator: Operator,
    threads: int | None = None,
    memory: str | None = None,
    usable: Usable = usable_sources,
) -> Gateway:
    """The gateway of a place with its own reader; `wiring` calls this, with the office's audit log.

    `usable` says of which sources somebody may use the records.
    """
    return Gateway(
        place=place,
        reader=TwinReader(place, threads=threads, memory=memory),
        audit=audit,
        operator=operator,
        usable=usable,
    )
