"""What fell since the release before: quality that is lower, rows kept out, sources that are late. Pure."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, Final, Literal, Protocol

from vestry.twin.answers import LedgerLine, ReleaseSummary, Standing

NOTICED: Final = 0.001
"""The least fall in a share that is worth a line: one in a thousand."""


class Kept(Protocol):
    """Where releases are kept: `twin.reader.TwinReader`."""

    def current(self) -> str | None:
        """The id of the published release."""
        ...

    def summaries(self) -> Sequence[ReleaseSummary]:
        """Every release, newest first, from manifests."""
        ...

    def open(self, release_id: str | None = None) -> Any:
        """One of them."""
        ...


def standing_in(releases: Kept) -> Callable[[Any], Standing]:
    """Reads how the place stands in a release, and how its quality was in the one before."""

    def read(release: Any) -> Standing:
        before = {r.release_id: r.predecessor for r in releases.summaries()}
        predecessor = before.get(release.release_id, "")
        return Standing(
            release_id=release.release_id,
            ledger=release.ledger(),
            quality=release.quality(),
            quality_before=releases.open(predecessor).quality() if predecessor in before else (),
            addresses_for_review=release.addresses_for_review(),
        )

    return read


@dataclass(frozen=True, slots=True, kw_only=True)
class Fall:
    """One thing to look at. `fix` is what to type, or whom to ask."""

    kind: Literal["quality", "quarantine", "late", "ledger"]
    source: str
    what: str
    fix: str


def what_fell(standing: Standing, every_days: Mapping[str, int | None], on: date) -> tuple[Fall, ...]:
    """Everything worse than it was, or than was promised. `every_days` is source -> days between extracts."""
    return (
        *_unbalanced(standing),
        *_quality(standing),
        *_quarantined(standing),
        *_late(standing, every_days, on),
    )


def newest_lines(standing: Standing) -> list[LedgerLine]:
    """The ledger lines of each source's newest extract date."""
    newest: dict[str, str] = {}
    for line in standing.ledger:
        newest[line.source] = max(newest.get(line.source, ""), line.as_at)
    return [line for line in standing.ledger if line.as_at == newest[line.source]]


def is_late(as_at: str, every_days: int | None, on: date) -> bool:
    """Whether an extract as at that day (ISO) is older than `every_days`, which is how often one is promised; never without."""
    return every_days is not None and (on - date.fromisoformat(as_at[:10])).days > every_days


def _unbalanced(standing: Standing) -> list[Fall]:
    return [
        Fall(
            kind="ledger",
            source=line.source,
            what=f"{line.table_name} of {line.extract_id} does not add up",
            fix="keep the extract and report it: this is a fault in Vestry",
        )
        for line in standing.ledger
        if not line.adds_up
    ]


def _quality(standing: Standing) -> list[Fall]:
    before = {(q.source, q.dimension): q.share for q in standing.quality_before}
    return [
        Fall(
            kind="quality",
            source=q.source,
            what=f"{q.dimension} fell by {(before[q.source, q.dimension] - q.share) * 100:.1f} points",
            fix="vestry export quality --to quality.csv",
        )
        for q in standing.quality
        if before.get((q.source, q.dimension), 0.0) - q.share >= NOTICED
    ]


def _quarantined(standing: Standing) -> list[Fall]:
    kept_out: dict[str, list[int]] = {}
    for line in newest_lines(standing):
        counts = kept_out.setdefault(line.source, [0, 0])
        counts[0] += line.quarantined
        counts[1] += line.received
    return [
        Fall(
            kind="quarantine",
            source=source,
            what=f"{out:,} of {received:,} rows of the newest extract are in quarantine",
            fix=f"vestry quarantine {source}",
        )
        for source, (out, received) in sorted(kept_out.items())
        if out
    ]


def _late(standing: Standing, every_days: Mapping[str, int | None], on: date) -> list[Fall]:
    found = []
    newest = {line.source: line.as_at for line in newest_lines(standing)}
    for source, as_at in sorted(newest.items()):
        promised = every_days.get(source)
        age = (on - date.fromisoformat(as_at[:10])).days
        if is_late(as_at, promised, on):
            found.append(
                Fall(
                    kind="late",
                    source=source,
                    what=f"the newest extract is {age} days old; one is promised every {promised}",
                    fix="ask whoever sends it",
                )
            )
    return found
