"""The one door to the twin (promise 5): decide, enter it in the audit file, read, minimise. In that order.

The audit entry is on the disk before the read begins, and its answer before anyone sees a row: no audit
entry, no data. Nothing else may import `twin.reader`; the rest of the house gets a `Gateway` from `wiring`.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from typing import Any, Final, Protocol, TypeVar

from vestry.clock import Clock
from vestry.errors import PurposeMissing, VestryError
from vestry.linkage.typed import fields_of_a_record, standard_record
from vestry.model import kinds
from vestry.place import Place
from vestry.sharing.audit import AuditEntry, AuditFile
from vestry.sharing.decision import Operator, Request, decide
from vestry.sharing.refused_rows import rows_as_received
from vestry.twin import answers, evaluated
from vestry.twin.matching import Matched
from vestry.twin.paths import same_key_links, strongest_path
from vestry.twin.reader import OpenRelease, TwinReader

Answer = TypeVar("Answer")


class AuditLog(Protocol):
    """Remembers a request for good before it returns, or raises AuditUnavailable."""

    def append(self, entry: AuditEntry) -> int:
        """Keep `entry` and give its number."""
        ...


class Gateway:
    """Answers one operator about one place."""

    def __init__(self, *, place: Place, reader: TwinReader, audit: AuditLog, operator: Operator) -> None:
        self._place = place
        self._reader = reader
        self._audit = audit
        self._operator = operator

    def close(self) -> None:
        """Let go of the releases that were opened."""
        self._reader.close()

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
    ) -> Matched:
        """Who one new record is: fields as typed (`linkage.typed.fields_of_a_record`), by the rules and model of the build.

        Ask as often as you like, from any thread. Only the names of the fields are entered. Raises as `find`,
        RecordUnreadable and MatchUnavailable.
        """
        given = tuple(name for name in fields_of_a_record(kind) if record.get(name))
        request = Request(action="match", purpose=purpose, criteria=given)
        return self._answer(
            request,
            lambda release: release.match(standard_record(kind, record)),
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
                entity=_without_raw(release.entity(now)),
                origins=release.origins(now),
                related=release.related(now),
            )

        request = Request(action="show", purpose=purpose, entities=(entity_id,))
        return self._answer(
            request, read, count=lambda shown: int(shown.entity is not None), seen=lambda s: s.resolution.now
        )

    def explain(self, entity_id: str, *, purpose: str | None) -> answers.Explained:
        """Every claim about an entity, why each won or lost, and the links that join its records.

        Raises as `show`.
        """

        def read(release: OpenRelease) -> answers.Explained:
            resolution = release.resolve(entity_id)
            if len(resolution.now) != 1:
                return answers.Explained(release_id=release.release_id, resolution=resolution)
            now = resolution.now[0]
            return answers.Explained(
                release_id=release.release_id,
                resolution=resolution,
                entity=_without_raw(release.entity(now)),
                origins=release.origins(now),
                claims=release.claims(now),
                links=_joining(release, now),
            )

        request = Request(action="explain", purpose=purpose, entities=(entity_id,))
        return self._answer(
            request, read, count=lambda told: len(told.claims), seen=lambda told: told.resolution.now
        )

    def explain_pair(self, left: str, right: str, *, purpose: str | None) -> answers.PairExplained:
        """Why two records are one, or are not: the strongest way through the links between them. No values.

        Raises as `show`.
        """

        def read(release: OpenRelease) -> answers.PairExplained:
            (left_origin, left_entity), (right_origin, right_entity) = (
                release.origin(left),
                release.origin(right),
            )
            same = left_entity == right_entity
            return answers.PairExplained(
                release_id=release.release_id,
                left=left_origin,
                right=right_origin,
                left_entity=left_entity,
                right_entity=right_entity,
                path=strongest_path(_joining(release, left_entity), left, right) if same else (),
                direct=release.link(left, right),
            )

        request = Request(action="explain-pair", purpose=purpose, entities=(left, right))
        return self._answer(
            request, read, count=lambda _: 1, seen=lambda told: sorted({told.left_entity, told.right_entity})
        )

    def standing(self) -> answers.Standing:
        """The ledger and the quality of the current release, and the quality of the one before it.

        No people in these, so no purpose is asked. Raises AuditUnavailable, ReleaseMissing.
        """
        before = {r.release_id: r.predecessor for r in self._reader.summaries()}

        def read(release: OpenRelease) -> answers.Standing:
            predecessor = before.get(release.release_id, "")
            return answers.Standing(
                release_id=release.release_id,
                ledger=release.ledger(),
                quality=release.quality(),
                quality_before=self._reader.open(predecessor).quality() if predecessor in before else (),
                addresses_for_review=release.addresses_for_review(),
            )

        return self._answer(Request(action="status"), read, count=lambda s: len(s.ledger))

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
        decision = decide(request, self._operator)
        if not decision.permitted:
            self._enter(request, stage="refused", reason=decision.reason)
            raise PurposeMissing(f"Refused: {decision.reason}.", where=self._place.name, fix=decision.fix)
        release_id = release_id or self._reader.current() or ""
        asked = self._enter(request, stage="asked", reason=decision.reason, release=release_id)
        try:
            answer = read(self._reader.open(release_id or None))
        except VestryError as error:
            self._enter(request, stage="answered", answers=asked, count=0, reason=error.code)
            raise
        self._enter(
            request,
            stage="answered",
            answers=asked,
            count=count(answer),
            release=release_id,
            entities=tuple(seen(answer)),
        )
        return answer

    def _enter(self, request: Request, **said: Any) -> int:
        # What was typed as a purpose is kept only when it is one: it might be anything, a name included.
        known = decide(request, self._operator).permitted
        entry = {
            "action": request.action,
            "account": self._operator.account,
            "operator": self._operator.stated,
            "purpose": (request.purpose or "") if known else "",
            "table": request.table,
            "criteria": request.criteria,
            "entities": tuple(asked if _AN_ID.fullmatch(asked) else NOT_AN_ID for asked in request.entities),
            **said,
        }
        return self._audit.append(AuditEntry(**entry))


NOT_AN_ID: Final = "not an id"
_AN_ID: Final = re.compile(r"(?=.*[0-9])[A-Za-z]{0,2}-?[0-9a-f]{1,24}")
"""What an entity's or record's id looks like. Anything else was typed by mistake, and might be a name."""


def _joining(release: OpenRelease, entity_id: str) -> tuple[answers.Link, ...]:
    return (*release.links(entity_id), *same_key_links(release.origins(entity_id)))


def _without_raw(entity: answers.Entity) -> answers.Entity:
    """Without the sources' own codes beside the standard's: only an explanation of claims needs those."""
    values = {name: value for name, value in entity.values.items() if not name.endswith("_raw")}
    return answers.Entity(entity_id=entity.entity_id, kind=entity.kind, current=entity.current, values=values)


def open_gateway(
    place: Place,
    *,
    clock: Clock,
    operator: Operator,
    threads: int | None = None,
    memory: str | None = None,
    audit: AuditLog | None = None,
) -> Gateway:
    """The gateway of a place with its own reader and audit file; `wiring` calls this."""
    return Gateway(
        place=place,
        reader=TwinReader(place, threads=threads, memory=memory),
        audit=audit or AuditFile(place.audit, clock),
        operator=operator,
    )
