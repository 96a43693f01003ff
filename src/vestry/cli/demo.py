"""`vestry demo`: make a fictional county, receive and build it twice, say what was found, and serve its office."""

from __future__ import annotations

import json
import shlex
import shutil
from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial
from itertools import groupby
from pathlib import Path
from time import perf_counter
from typing import Annotated, Final

import typer

from vestry.cli import printing
from vestry.cli import serve as office
from vestry.cli.build import print_steps
from vestry.cli.evaluation_tables import print_brief
from vestry.cli.options import day, examples, rooms_of
from vestry.cli.people import import_people
from vestry.cli.receive import contract_of
from vestry.cli.register import take_in
from vestry.cli.rooms import Rooms
from vestry.cli.serve import PORT
from vestry.cli.status import print_quality
from vestry.cli.synthesise import DISTRICTS, MONTHS, RESIDENTS, SEED, Districts, Residents, Seed
from vestry.errors import FolderInUse, NothingReceived
from vestry.place import Place, open_place
from vestry.twin.manifest import Manifest

EXAMPLES: Final = examples(
    "vestry demo --no-serve", "vestry demo --no-serve --residents 2000 --districts 1 --dir practice"
)

MARK: Final = ".made-by-vestry-demo"
"""A folder that holds this was made by an earlier demo, so a later one may remove it."""

PURPOSE: Final = "training"


@dataclass(frozen=True, slots=True, kw_only=True)
class _Sent:
    """One line of `incoming/manifest.json`: a file of one source and its date."""

    source: str
    file: Path
    as_at: str


def demo(
    ctx: typer.Context,
    serve: Annotated[
        bool,
        typer.Option("--serve/--no-serve", help="Serve its office at the end, until it is ended (Ctrl-C)."),
    ] = True,
    port: Annotated[
        int,
        typer.Option(
            "--port", metavar="NUMBER", min=0, max=65535, help="The port on 127.0.0.1; 0: any that is free."
        ),
    ] = PORT,
    residents: Residents = RESIDENTS,
    seed: Seed = SEED,
    districts: Districts = DISTRICTS,
    folder: Annotated[
        Path,
        typer.Option("--dir", metavar="DIR", help="Where to make it; an earlier demo there is replaced."),
    ] = Path("build/demo"),
) -> None:
    """Make a fictional county, build it, and print what was found and what to type next.

    It lives under law: `agreements/` holds its data sharing agreements, `people.yaml` its users.
    """
    rooms = rooms_of(ctx)
    began = perf_counter()
    _clear(folder)
    made = rooms.synthesise(
        folder,
        residents=residents,
        seed=seed,
        months=MONTHS,
        districts=districts,
        progress=rooms.progress(),
    )
    (folder / MARK).touch()
    place = open_place(folder)
    printing.say(
        f"{place.name}: {residents:,} fictional people, in {folder}. Nobody in it is real.",
        f"It lives under {made.agreements} data sharing agreements, and has {made.users} users.",
    )
    manifest = _receive_and_build(rooms, place)
    _print_found(rooms, place, manifest)
    printing.say(f"All of it took {perf_counter() - began:.0f} seconds.")
    _print_next(rooms, place)
    printing.heading("Its office")
    import_people(ctx, replace=False, folder=folder)
    take_in(ctx, folder=folder)
    if serve:
        office.serve(ctx, port=port, folder=folder)
    else:
        printing.say(f"To open it in a browser: vestry serve --place {shlex.quote(str(folder))}")


def _clear(folder: Path) -> None:
    if folder.is_dir() and (folder / MARK).is_file():
        shutil.rmtree(folder)
    if folder.exists() and (not folder.is_dir() or any(folder.iterdir())):
        raise FolderInUse(
            "That folder holds something that no demo made.", where=str(folder), fix="name another with --dir"
        )


def _sent(place: Place) -> list[_Sent]:
    lines = json.loads((place.folder / "incoming" / "manifest.json").read_text(encoding="utf-8"))
    return [
        _Sent(source=line["source"], file=place.folder / line["file"], as_at=line["as_at"]) for line in lines
    ]


def _receive_and_build(rooms: Rooms, place: Place) -> Manifest:
    """Build from the first extracts, then from those and all that came in the months after. The last manifest."""
    sent = _sent(place)
    first = sent[0].as_at
    manifest: Manifest | None = None
    for files in ([s for s in sent if s.as_at == first], [s for s in sent if s.as_at != first]):
        if not files:
            continue
        _receive(rooms, place, files)
        manifest = rooms.build(
            place,
            clock=rooms.clock,
            progress=rooms.progress(),
            threads=rooms.settings.threads,
            memory=rooms.settings.memory,
        )
        printing.say(
            f"{files[-1].as_at}: received {len(files)} files, published release {manifest.release_id}."
        )
    if manifest is None:
        raise NothingReceived("The fictional county sent nothing.", where=str(place.folder), fix="report it")
    return manifest


def _receive(rooms: Rooms, place: Place, sent: Sequence[_Sent]) -> None:
    """Receive files in order, those of one source and day together."""
    contracts = dict(rooms.read_contracts(place))
    progress = rooms.progress()
    with progress.step("receiving"):
        done = 0
        for (source, as_at), group in groupby(sent, key=lambda s: (s.source, s.as_at)):
            files = [s.file for s in group]
            rooms.receive(
                place,
                contract_of(contracts, source),
                files,
                as_at=day(as_at),
                clock=rooms.clock,
                accept=True,  # small registers send the same again, or half as much again
            )
            done += len(files)
            progress.advance(done, len(sent))


def _print_found(rooms: Rooms, place: Place, manifest: Manifest) -> None:
    gateway = rooms.gateway(place)
    try:
        current = {r.is_current: r for r in gateway.releases()}[True]
        standing = gateway.standing()
        counts = current.counts
        printing.heading("What it found")
        found = [
            ["extracts", current.inputs],
            ["rows received", sum(line.received for line in standing.ledger)],
            ["rows in quarantine", sum(line.quarantined for line in standing.ledger)],
            *([name, counts.get(table, 0)] for name, table in _COUNTED),
        ]
        printing.table(["what", "count"], found)
        printing.heading("Quality")
        print_quality(standing.quality, standing.quality_before)
        printing.heading("Against the truth")
        read = partial(gateway.evaluated, release_id=current.release_id, purpose=PURPOSE)
        print_brief(rooms.evaluate(read, place.folder / "truth", memory=rooms.settings.memory))
        printing.heading("Time for each step of the last build")
        print_steps(manifest.steps)
    finally:
        gateway.close()


_COUNTED: Final = (
    ("records", "records"),
    ("links", "links"),
    ("people", "people"),
    ("households", "households"),
    ("businesses and other organisations", "organisations"),
    ("properties", "properties"),
)


def _print_next(rooms: Rooms, place: Place) -> None:
    gateway = rooms.gateway(place)
    try:
        person = gateway.example("person", purpose=PURPOSE)
    finally:
        gateway.close()
    where = f"--place {shlex.quote(str(place.folder))}"
    printing.heading("What to type next")
    printing.say(f"  vestry status {where}")
    if person is not None:
        printing.say(
            f"  vestry show {person} --purpose {PURPOSE} {where}",
            f"  vestry explain {person} --purpose {PURPOSE} {where}",
        )
    printing.say(f"  vestry quarantine {where}", f"  vestry agreement compare {where}")
