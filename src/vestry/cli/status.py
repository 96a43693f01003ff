"""`vestry status`: how the place stands, on one screen."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any, Final

import typer

from vestry.cli import printing
from vestry.cli.contract import NO_CONTRACTS
from vestry.cli.options import HERE, AsJson, PlaceFolder, examples, opened, rooms_of
from vestry.cli.rooms import Rooms
from vestry.cli.suggestions import for_place
from vestry.clock import today
from vestry.errors import ContractInvalid
from vestry.place import Place
from vestry.sharing.standing import Fall, what_fell
from vestry.twin.answers import LedgerLine, QualityFigure, Standing

if TYPE_CHECKING:
    from vestry.sharing.gateway import Gateway

EXAMPLES: Final = examples("vestry status", "vestry status --json")

REVIEW: Final = "vestry review addresses"


def status(ctx: typer.Context, folder: PlaceFolder = HERE, as_json: AsJson = False) -> None:
    """Show the ledger, the releases, quality at a glance, and what fell."""
    rooms = rooms_of(ctx)
    with opened(ctx, folder) as (place, gateway):
        received = [str(e.extract_id) for e in rooms.extracts(place)]
        releases = gateway.releases()
        standing = gateway.standing() if any(r.is_current for r in releases) else None
    built = {line.extract_id for line in standing.ledger} if standing else set()
    waiting = [e for e in received if e not in built]
    gone = sorted(built.difference(received))
    falls = _falls(rooms, place, standing)
    if as_json:
        printing.say_json(
            {
                "place": place.name,
                "releases": releases,
                "waiting": waiting,
                "gone": gone,
                "standing": standing,
                "fell": falls,
            }
        )
        return
    kept = f", {len(releases)} releases kept" if len(releases) > 1 else ""
    printing.say(
        f"{place.name}: " + (f"release {standing.release_id}{kept}" if standing else "nothing published yet")
    )
    if not received and standing is None:
        _say_where_to_begin(rooms, place)
        return
    if standing is not None:
        _print_standing(standing, falls)
    if waiting:
        wait = "One extract waits" if len(waiting) == 1 else f"{len(waiting)} extracts wait"
        printing.say(f"{wait} to be built. Next: vestry build")
    if gone:
        printing.say(
            f"{printing.count(len(gone), 'extract')} of the release no longer kept: {printing.some_of(gone)}. The next build goes"
            " without, and whoever only they told of ends. If they were not destroyed on purpose, put them back first."
        )


def _say_where_to_begin(rooms: Rooms, place: Place) -> None:
    contracts, problems = rooms.check_contracts(place.contracts, place.organisations)
    if problems:
        printing.say("Nothing received yet, and the contracts have problems. Next: vestry contract check")
    elif not contracts:
        printing.say(NO_CONTRACTS)
    else:
        printing.say("Nothing received yet. Next: vestry receive SOURCE FILE --as-at DATE")


def _falls(rooms: Rooms, place: Place, standing: Standing | None) -> tuple[Fall, ...]:
    if standing is None:
        return ()
    try:
        every = {source: c.freshness.every_days for source, c in rooms.read_contracts(place).items()}
    except ContractInvalid:
        broken = Fall(
            kind="late",
            source="",
            what="a contract has problems, so lateness is not known",
            fix="vestry contract check",
        )
        return (*what_fell(standing, {}, today(rooms.clock)), broken)
    return what_fell(standing, every, today(rooms.clock))


def _print_standing(standing: Standing, falls: Sequence[Fall]) -> None:
    printing.heading("Ledger")
    printing.table(
        ["source", "organisation", "extracts", "newest", "received", "loaded", "repeated", "quarantined"],
        ledger_rows(standing.ledger),
    )
    printing.heading("Quality")
    print_quality(standing.quality, standing.quality_before)
    printing.heading("What fell")
    if falls:
        printing.table(["source", "what", "next"], [[f.source, f.what, for_place(f.fix)] for f in falls])
    else:
        printing.say("Nothing: no quality is lower, no row of a newest extract kept out, no source late.")
    if waiting := standing.addresses_for_review:
        number = "One address waits" if waiting == 1 else f"{waiting:,} addresses wait"
        printing.say(f"{number} for review: {REVIEW}")


def ledger_rows(ledger: Sequence[LedgerLine]) -> list[list[Any]]:
    """The ledger, one row for each source."""
    rows: dict[str, list[Any]] = {}
    for line in ledger:
        row = rows.setdefault(line.source, [line.source, line.organisation, set(), "", 0, 0, 0, 0])
        row[2].add(line.extract_id)
        row[3] = max(row[3], line.as_at[:10])
        for at, count in enumerate((line.received, line.loaded, line.repeated, line.quarantined), start=4):
            row[at] += count
    return [[len(cell) if isinstance(cell, set) else cell for cell in row] for row in rows.values()]


def print_quality(now: Sequence[QualityFigure], before: Sequence[QualityFigure] = ()) -> None:
    """Quality by dimension over every source, beside the release before where there is one."""
    if not now:
        printing.say("Nothing measured.")
        return
    then = _by_dimension(before)
    rows = [
        [
            f.dimension,
            printing.percentage(f.share),
            *([printing.percentage(then[f.dimension].share)] if f.dimension in then else [""]),
        ]
        for f in _by_dimension(now).values()
    ]
    printing.table(["dimension", "passed", "release before"], rows)


def _by_dimension(figures: Sequence[QualityFigure]) -> dict[str, QualityFigure]:
    totals: dict[str, tuple[int, int]] = {}
    for figure in figures:
        passed, total = totals.get(figure.dimension, (0, 0))
        totals[figure.dimension] = (passed + figure.passed, total + figure.total)
    return {
        name: QualityFigure(source="", dimension=name, passed=passed, total=total)
        for name, (passed, total) in sorted(totals.items())
    }


def quality_of(gateway: Gateway) -> tuple[QualityFigure, ...]:
    """The quality figures of the current release."""
    return gateway.standing().quality
