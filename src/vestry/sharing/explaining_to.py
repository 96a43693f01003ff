"""To whom something is explained, and what an explanation asks of a release."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol

from vestry.linkage.decisions import Pair
from vestry.linkage.two_compared import Mover, TwoCompared
from vestry.linkage.two_records import Pairs
from vestry.sharing.minimising import Minimised
from vestry.sharing.third_people import TellsOf
from vestry.twin import answers
from vestry.twin.choosing import Trust
from vestry.twin.explained import RecordRead, RulesRead


class Rows(Protocol):
    """`twin.explained_rows.ExplainedRows`."""

    def record(self, record_id: str) -> RecordRead | None: ...
    def records(self, entity_id: str) -> tuple[RecordRead, ...]: ...
    def links(self, left: Sequence[str], right: Sequence[str]) -> tuple[answers.Link, ...]: ...
    def rules(self) -> RulesRead: ...
    def history(self, entity_id: str) -> tuple[answers.LifeStep, ...]: ...
    def organisations(self) -> dict[str, str]: ...
    def sources(self) -> frozenset[str]: ...
    def household_sources(self, household_id: str) -> frozenset[str]: ...
    def told_apart(self, left: Sequence[str], right: Sequence[str]) -> tuple[str, ...]: ...
    def compared(
        self, kind: str, pairs: Pairs, *, companions: bool = True
    ) -> Sequence[TwoCompared | None]: ...
    def told_by(self, kind: str, pairs: Pairs) -> Sequence[Sequence[Mover]]: ...


class Release(Protocol):
    """`twin.reader.OpenRelease`."""

    release_id: str

    @property
    def explained(self) -> Rows: ...
    def resolve(self, entity_id: str) -> answers.Resolution: ...
    def entity(self, entity_id: str) -> answers.Entity: ...
    def claims(self, entity_id: str) -> tuple[answers.Claim, ...]: ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Reader:
    """For whom something is explained: the sources that he may use, and what choosing again needs.

    `tells` says of something compared and a source whether he may be told of it: a link is told only where he may be of all
    that it rests on; `tells_of`, of somebody else (an entity's id) and a source, whether he may be told of them; `keys` of a
    source, whether he may be told the keys of its records; `everything`, whether he may use all, also what is gone since.
    `minimise` leaves of claims what he may see; without it he may see all of those sources. `fallen`: pairs of units that a
    reviewer said are one, which other decisions contradict.
    """

    usable: frozenset[str]
    trust: Callable[[], Trust]
    tells: Callable[[str, str], bool] = lambda _, __: True
    tells_of: TellsOf = lambda _, __: True
    keys: Callable[[str], bool] = lambda _: True
    everything: bool = False
    minimise: Callable[[Sequence[answers.Claim]], Minimised] | None = None
    fallen: Callable[[], Collection[Pair]] = tuple

    def may_be_told(self, link: answers.Link, records: Mapping[str, RecordRead]) -> bool:
        """Whether all that a link between two of `records` rests on may be told."""
        sources = {records[one].origin.source for one in (link.left_record, link.right_record)}
        return all(self.tells(e.field, s) for e in link.evidence for s in sources)

    def tells_of_usable(self, entity_id: str, source: str) -> bool:
        """Whether he may be told of somebody else what that source has of them."""
        return source in self.usable and self.tells_of(entity_id, source)
