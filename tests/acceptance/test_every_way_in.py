"""Promise 5, every command walked: what opens a release was entered before; no audit, no data; refusals are entered too.

The tables are in tests/every_command.py. What a browser or a partner's system can reach is in test_every_route.py.
"""

from __future__ import annotations

import json
import re
import shutil
from collections.abc import Callable, Mapping
from contextlib import nullcontext
from dataclasses import dataclass, replace
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import duckdb
import pytest
import typer

from every_command import (
    ASKED,
    HAVE_NO_PLACE,
    NOT_ASKED_AS,
    READS,
    READS_NONE,
    SHOWN_TO_READ_NONE,
    WAYS,
    Way,
)
from vestry.cli.app import app, run
from vestry.errors import AuditUnavailable, BuildRunning, PurposeMissing, SharingRefused
from vestry.place import Place
from vestry.settings import Settings
from vestry.sharing.door import Door
from vestry.twin.manifest import read_manifest
from vestry.wiring import rooms_for
from ways_in import Watch, commands, newest, no_audit, takes, watched

NOBODY = "external-auditor"
"""A user to whom nothing is open for council tax, who is no reviewer, and whose organisation sends no records."""


@dataclass(frozen=True, kw_only=True)
class Ran:
    """One command's end, and what was seen of it."""

    code: int
    out: str
    err: str
    watch: Watch

    def names(self, known: Mapping[str, Any]) -> bool:
        """Whether it prints the id, the family name or the postcode of the resident."""
        said = f"{self.out}\n{self.err}"
        return any(
            re.search(rf"\b{re.escape(known[word])}\b", said, re.I)
            for word in ("resident", "family", "postcode")
        )


@pytest.fixture(scope="module")
def county(small: Any, tmp_path_factory: pytest.TempPathFactory) -> Place:
    return small.copied(tmp_path_factory.mktemp("walked") / "place")


@pytest.fixture(scope="module")
def known(county: Place) -> dict[str, Any]:
    """What the tables have in braces: an adult whom social care, the surgery and council tax know, and what there is beside."""
    release = (county.releases / "current").read_text().strip()
    with duckdb.connect(str(county.releases / release / "twin.duckdb"), read_only=True) as twin:
        adults = (
            "SELECT entity_id FROM subjects WHERE kind = 'person' AND born_last < '1990-01-01' AND NOT deceased "
            "AND list_contains(known_to, 'adult-social-care') AND list_contains(known_to, 'gp-registrations') "
            "AND len(list_filter(known_to, x -> contains(x, 'council-tax'))) > 0 ORDER BY len(known_to) DESC, 1 LIMIT 2"
        )
        (resident,), (other,) = twin.execute(adults).fetchall()
        of = "FROM claims WHERE entity_id = $1 AND source = 'gp-registrations' AND field = $2"
        family, given, born, postcode = (
            twin.execute(f"SELECT max(value) {of}", [resident, field]).fetchone()[0]  # type: ignore[index]
            for field in ("family_name", "given_names", "birth_date", "postcode")
        )
        (key,) = twin.execute(
            "SELECT source_key FROM members WHERE entity_id = $1 AND source = 'gp-registrations'", [resident]
        ).fetchone()  # type: ignore[misc]
        left, right = twin.execute(
            "SELECT left_record, right_record FROM links WHERE kind = 'person' AND probability BETWEEN 0.3 AND 0.6 "
            "ORDER BY ALL LIMIT 1"
        ).fetchone()  # type: ignore[misc]
        (source,) = twin.execute(
            "SELECT split_part(extract_id, '/', 1) FROM quarantine ORDER BY 1 LIMIT 1"
        ).fetchone()  # type: ignore[misc]
        (misspelt,) = twin.execute(
            "SELECT min(record_id) FROM records JOIN address_matches USING (address_lines, postcode) WHERE method = 'library'"
        ).fetchone()  # type: ignore[misc]
    arrivals = json.loads((county.folder / "incoming" / "manifest.json").read_text())
    sent = [one for one in arrivals if one["source"] == source][-1]
    return {
        "resident": resident, "family": family, "postcode": postcode, "key": key, "left": left, "right": right, "source": source,
        "misspelt": misspelt,
        "incoming": str(county.folder / sent["file"]), "day": sent["as_at"], "two": (resident, other),
        "place": str(county.folder),
        "record": ("--family-name", family, "--given-names", given, "--birth-date", born),
        "term": ("--starts", "2027-04-01", "--ends", "2028-03-31", "--review", "2027-10-01"),
    }  # fmt: skip


@pytest.fixture(scope="module")
def taken_in() -> set[str]:
    """What need be done only once."""
    return set()


Walk = Callable[..., Ran]


@pytest.fixture
def walk(
    county: Place, known: dict[str, Any], taken_in: set[str], tmp_path: Path,
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch,
) -> Walk:  # fmt: skip
    """Runs a way under watch, after what comes first; with `audit` False, while no entry can be kept."""
    monkeypatch.setenv("COLUMNS", "200")
    said = {**known, "new": str(tmp_path), "name": re.sub("[^a-z0-9]+", "-", tmp_path.name).strip("-")}
    shutil.copy(county.agreements / "carers-support.yaml", tmp_path)

    def words(template: str) -> list[str]:
        found: list[str] = []
        for word in template.split():
            value = said.get(word[1:-1]) if word.startswith("{") else None
            found += value if isinstance(value, tuple) else [word.format_map(said)]
        return found

    def ran(place: Place, command: str, arguments: str) -> tuple[int, str, str]:
        rooms = rooms_for(Settings())
        if command == "demo":
            rooms = replace(rooms, **demo_of(county))
        where = [] if command in HAVE_NO_PLACE else ["--place", str(place.folder)]
        monkeypatch.chdir(place.folder if place.folder.is_dir() else tmp_path)
        code = run(rooms, [*words(f"{command} {arguments}"), *where])
        captured = capsys.readouterr()
        return code, captured.out, captured.err

    def walked(way: Way, *, audit: bool = True) -> Ran:
        for first in way.first:
            if first in taken_in:
                continue
            _, out, _ = ran(county, "", first)
            taken_in.update({first} & {"agreement import", "people import"})
            if connected := re.search(r"client id: +(\S+)", out):
                said["client"] = connected[1]
        if way.command.startswith("model"):
            candidate = county.models / "candidate"
            shutil.rmtree(candidate, ignore_errors=True)
            shutil.copytree(
                county.models, candidate, ignore=lambda _, names: {n for n in names if n != "person.json"}
            )
        place = replace(county, folder=tmp_path / "demo") if way.command == "demo" else county
        watch = Watch(place=place, enters=way.enters, user=way.user, halts=way.halts)
        with watched(watch), nullcontext() if audit else no_audit():
            code, out, err = ran(place, way.command, way.arguments)
        return Ran(code=code, out=out, err=err, watch=watch)

    return walked


def demo_of(county: Place) -> dict[str, Any]:
    """Rooms for a demo that has made, received and built `county` already, and has not begun a log."""

    def synthesise(folder: Path, **_: Any) -> Any:
        shutil.copytree(
            county.folder, folder, ignore=shutil.ignore_patterns("office*", "keys", "checkpoints")
        )
        return SimpleNamespace(agreements=16, users=20)

    return {
        "synthesise": synthesise,
        "receive": lambda *_, **__: (),
        "build": lambda place, **_: read_manifest(
            place.releases / (place.releases / "current").read_text().strip()
        ),
    }


def test_every_command_is_in_a_table() -> None:
    found = dict(commands(typer.main.get_command(app)))
    new = sorted(found.keys() - READS.keys() - READS_NONE.keys())
    gone = sorted((READS.keys() | READS_NONE.keys()) - found.keys())
    assert not new, (
        f"enter in READS or READS_NONE of tests/every_command.py, with how it is run: {', '.join(new)}"
    )
    assert not gone, f"is no command any more, so take it out of tests/every_command.py: {', '.join(gone)}"
    assert not READS.keys() & READS_NONE.keys()
    asked_as = {name for name, command in found.items() if takes(command, "--as")}
    unasked = sorted(asked_as - {way.command for way in ASKED} - NOT_ASKED_AS.keys())
    assert not unasked, (
        f"takes --as: give `asked` in READS of tests/every_command.py for {', '.join(unasked)}"
    )


@pytest.mark.parametrize("way", WAYS, ids=str)
def test_what_opens_a_release_was_entered_before(way: Way, walk: Walk, known: dict[str, Any]) -> None:
    ran = walk(way)
    assert ran.code == (BuildRunning.exit_code if way.halts else 0), ran.err
    assert ran.watch.opened, "it opened no release: it belongs in READS_NONE"
    assert not ran.watch.wrong
    assert way.tells is None or ran.names(known) is way.tells, ran.out


@pytest.mark.parametrize("way", WAYS, ids=str)
def test_no_audit_no_data(way: Way, walk: Walk, known: dict[str, Any], tmp_path: Path) -> None:
    ran = walk(way, audit=False)
    assert ran.code == AuditUnavailable.exit_code, ran.err
    assert not ran.watch.opened and not ran.names(known)
    assert sorted(tmp_path.glob("*.csv")) == [], "nothing was written either"


@pytest.mark.parametrize("way", ASKED, ids=str)
def test_a_refusal_is_entered_and_opens_nothing(
    way: Way, walk: Walk, known: dict[str, Any], tmp_path: Path
) -> None:
    """An emergency of which nobody is told opens nothing to anybody; and an auditor is no reviewer."""
    ran = walk(way.asked_for("emergency", NOBODY))
    assert ran.code in (SharingRefused.exit_code, PurposeMissing.exit_code), ran.out
    assert not ran.watch.opened and not ran.names(known) and not list(tmp_path.glob("*.csv"))
    number, entry = newest(ran.watch.place)
    assert number == ran.watch.before + 1
    assert (entry["stage"], entry["user"]) == ("refused", NOBODY) and entry["action"] in way.enters


@pytest.mark.parametrize("way", ASKED, ids=str)
def test_what_may_not_be_seen_is_as_if_not_there(way: Way, walk: Walk, known: dict[str, Any]) -> None:
    """Nothing is agreed for them, and their organisation sends nothing; but records of its own it might see."""
    ran = walk(way.asked_for("council-tax", NOBODY))
    assert not ran.watch.wrong and not ran.names(known)
    number, entry = newest(ran.watch.place)
    assert number > ran.watch.before and entry["user"] == NOBODY and entry["action"] in way.enters
    assert entry["stage"] == "refused" or (entry["stage"], entry["count"]) == ("answered", 0)


@pytest.mark.parametrize("way", SHOWN_TO_READ_NONE, ids=str)
def test_what_reads_no_release_opens_none(way: Way, walk: Walk) -> None:
    ran = walk(way)
    assert ran.code == way.ends, ran.err
    assert not ran.watch.opened, "it opened a release: it belongs in READS"


def test_the_walk_sees_a_door_that_opens_first(walk: Walk, monkeypatch: pytest.MonkeyPatch) -> None:
    through = Door.through

    def opens_first(door: Any, request: Any, permission: Any, read: Any, **said: Any) -> Any:
        release = door.releases.open()
        return through(door, request, permission, lambda _: read(release), **said)

    monkeypatch.setattr(Door, "through", opens_first)
    for way in (one for one in WAYS if one.command in ("show", "status")):
        assert walk(way).watch.wrong
