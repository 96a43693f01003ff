"""Promise 7: no record value in a message, a log or a manifest, whatever goes wrong.

Every text of every record here holds a mark that is nowhere else. It may be seen only where somebody asked for
it: on the standard output of find, show, explain and in what export and quarantine write.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from gateway_by_hand import entries, log_text
from vestry.place import open_place

MARK = "ZZMARK"
HEADER = "ID,NHS,FAMILY,GIVEN,BORN,PHONE,EMAIL,ADDRESS,POSTCODE"
GOOD = [
    f"{MARK}K{n},{nhs},{MARK}son{name},{MARK}a{name},19{n}0-01-02,{MARK} 01632 96000{n},{MARK}{n}@example.org,"
    f"{n} {MARK} Road,{MARK}"
    for n, (nhs, name) in enumerate([("9434765919", "x"), ("", "y"), ("", "z"), ("9434765870", "x")], start=1)
]
BAD = [
    f"{MARK}K5,{MARK}N,{MARK}x,{MARK}y,1980-01-02,,,,",
    f"{MARK}K6,,{MARK}x,{MARK}y,{MARK}31/02/1980,,,,",
    f"{MARK}K7,,{MARK}x,{MARK}y,1980-01-02,,,,,{MARK},{MARK}",
    f"{MARK}K8,,{MARK}x",
    f"{MARK}K9,,{MARK}x,{MARK}y,1980-01-02,,,,",
    f"{MARK}K9,,{MARK}other,{MARK}y,1980-01-02,,,,",
    f",,{MARK}x,{MARK}y,1980-01-02,,,,",
]
REFUSED = {
    "headless.csv": "\n".join(GOOD).encode(),
    "another.csv": f"{MARK}1,{MARK}2\n{MARK},{MARK}\n".encode(),
    "open.csv": f'{HEADER}\n{GOOD[0]}\n{MARK}K,"{MARK}\n'.encode() + b"\n" * 3,
    "nul.csv": f"{HEADER}\n{MARK}K,\0{MARK}".encode(),
    "utf16.csv": f"{HEADER}\n{GOOD[0]}\n".encode("utf-16"),
    "twice.csv": f"{HEADER},FAMILY,FAMILY\n{GOOD[0]},{MARK},{MARK}\n".encode(),
    "cut.csv.gz": b"\x1f\x8b\x08\x00" + MARK.encode(),
    "empty.csv": b"",
}


@dataclass(frozen=True, kw_only=True)
class Loud:
    """A place full of marks, after a receipt with bad rows and a build."""

    folder: Path
    ran: dict[str, Any]
    person: str


@pytest.fixture(scope="module")
def loud(make_tiny: Callable[..., Any], forks: Any, tmp_path_factory: pytest.TempPathFactory) -> Loud:
    folder = tmp_path_factory.mktemp("silence") / "place"
    tiny = make_tiny(folder, tax={}, gp={}, strict={"extra_column": "refuse"})
    (folder / "good.csv").write_text("\n".join([HEADER, *GOOD, *BAD, GOOD[0]]) + "\n", encoding="utf-8")
    (folder / "gp.csv").write_text("\n".join([HEADER, *GOOD[:2]]) + "\n", encoding="utf-8")
    ran = {
        "receive tax": forks.run(
            "receive", "tax", folder / "good.csv", "--as-at", "2026-01-01", "--place", folder
        ),
        "receive gp": forks.run(
            "receive", "gp", folder / "gp.csv", "--as-at", "2026-01-01", "--place", folder
        ),
        "build": forks.run("build", "--place", folder),
    }
    people = tiny.people((folder / "releases" / "current").read_text(encoding="utf-8").strip())
    return Loud(folder=folder, ran=ran, person=people["tax", f"{MARK}K1"])


def assert_silent(*texts: str) -> None:
    for text in texts:
        assert not re.search(f"{MARK}|ZZMARKER", text, re.IGNORECASE), text[:2000]


def test_receiving_and_building_say_nothing(loud: Loud) -> None:
    for name, ran in loud.ran.items():
        assert ran.code == 0, (name, ran.err)
        assert_silent(ran.out, ran.err)
    kept_out = loud.ran["receive tax"].out
    for rule in ("check-digit", "not-a-date", "row-ragged", "key-repeated", "required"):
        assert rule in kept_out, "or the bad rows did not provoke what they should"


@pytest.mark.parametrize("source", ["tax", "strict"])
@pytest.mark.parametrize("name", REFUSED)
def test_a_refused_extract_is_not_quoted(
    loud: Loud, forks: Any, tmp_path: Path, name: str, source: str
) -> None:
    """Nor where its first line is a row, and the contract refuses columns that it does not know."""
    (tmp_path / name).write_bytes(REFUSED[name])
    ran = forks.run("receive", source, tmp_path / name, "--as-at", "2026-02-01", "--place", loud.folder)
    assert_silent(ran.out, ran.err)
    assert "Traceback" not in ran.err
    if name not in ("open.csv", "nul.csv"):
        assert (ran.code, "code:  extract-refused" in ran.err) == (5, True), ran.err


QUIET: Sequence[tuple[int, Sequence[str]]] = (
    (0, ("status", "--place", "{place}")),
    (0, ("quarantine", "tax", "--rule", "not-a-date", "--json", "--place", "{place}")),
    (0, ("quarantine", "tax", "--rows", "{tmp}/rows.csv", "--purpose", "audit", "--place", "{place}")),
    (0, ("releases", "list", "--place", "{place}")),
    (0, ("contract", "check", "--place", "{place}")),
    (0, ("build", "--place", "{place}")),
    (0, ("export", "people", "--to", "{tmp}/people.csv", "--purpose", "audit", "--place", "{place}")),
    (0, ("export", "records", "--to", "{tmp}/records.xlsx", "--purpose", "audit", "--place", "{place}")),
    (0, ("export", "crossref", "--to", "{tmp}/crossref.parquet", "--purpose", "audit", "--place", "{place}")),
    (0, ("evaluate", "--truth", "{tmp}/truth.csv", "--purpose", "audit", "--place", "{place}")),
    (2, ("evaluate", "--truth", "{tmp}/wrong.csv", "--purpose", "audit", "--place", "{place}")),
    (2, ("find", "--name", "zzmark", "--place", "{place}")),
    (2, ("find", "--name", "zzmark", "--purpose", "curiosity", "--place", "{place}")),
    (2, ("find", "--born", "31/02/1980", "--purpose", "audit", "--place", "{place}")),
    (7, ("show", "P000000000000000", "--purpose", "audit", "--place", "{place}")),
    (7, ("show", f"{MARK} Jane", "--purpose", "audit", "--place", "{place}")),
    (7, ("explain", f"{MARK}K1", f"{MARK}K2", "--purpose", "audit", "--place", "{place}")),
    (2, ("show", "{person}", "--place", "{place}")),
    (2, ("explain", "{person}", "--purpose", "nosiness", "--place", "{place}")),
    (7, ("explain", "no-such-record", "nor-this", "--purpose", "audit", "--place", "{place}")),
    (7, ("export", "peple", "--to", "{tmp}/x.csv", "--purpose", "audit", "--place", "{place}")),
    (2, ("export", "people", "--to", "{tmp}/truth.csv", "--purpose", "audit", "--place", "{place}")),
    (2, ("receive", "taxes", "{place}/gp.csv", "--as-at", "2026-02-01", "--place", "{place}")),
    (2, ("receive", "tax", "{place}/none.csv", "--as-at", "2026-02-01", "--place", "{place}")),
    (2, ("receive", "tax", "{place}/gp.csv", "--as-at", "2025-02-01", "--place", "{place}")),
    (2, ("status", "--place", "{tmp}")),
    (2, ("receive",)),
    (2, ("nonsense",)),
)


def test_every_command_that_answers_without_values_is_silent(loud: Loud, forks: Any, tmp_path: Path) -> None:
    (tmp_path / "truth.csv").write_text(
        f"source,source_key,part,entity\ntax,{MARK}K1,person,{MARK}1\ngp,{MARK}K1,person,{MARK}1\n"
    )
    (tmp_path / "wrong.csv").write_text(f"{MARK},source_key\n{MARK},{MARK}\n")
    for code, words in QUIET:
        argv = [w.format(place=loud.folder, tmp=tmp_path, person=loud.person) for w in words]
        ran = forks.run(*argv)
        assert ran.code == code, (words, ran.code, ran.err)
        assert_silent(ran.out, ran.err)
        assert "Traceback" not in ran.err
        assert (ran.err == "") == (code == 0), words


def test_every_command_that_was_asked_for_values_says_them_on_standard_output_only(
    loud: Loud, forks: Any
) -> None:
    """And none of the searches, ids or values gets into the audit log."""
    for words in (
        ("find", "--name", MARK.lower(), "--purpose", "audit"),
        ("find", "--key", "tax", f"{MARK}K1", "--json", "--purpose", "audit"),
        ("show", loud.person, "--purpose", "audit"),
        ("explain", loud.person, "--purpose", "audit"),
        ("show", loud.person, "--json", "--purpose", "audit"),
    ):
        ran = forks.run(*words, "--place", loud.folder)
        assert (ran.code, ran.err) == (0, "")
        assert MARK in ran.out.upper(), words
    place = open_place(loud.folder)
    assert len(entries(place)) >= 10
    assert_silent(log_text(place))


def test_what_stands_beside_a_release_holds_no_value(loud: Loud) -> None:
    for path in (
        *loud.folder.glob("releases/*/manifest.json"),
        *loud.folder.glob("extracts/*/*/extract.json"),
    ):
        assert_silent(path.read_text(encoding="utf-8"))
    names = [p.relative_to(loud.folder).as_posix() for p in loud.folder.rglob("*")]
    assert_silent(json.dumps(names))


@pytest.mark.parametrize(
    ("broken", "words"),
    [
        ("vestry.build.load", ("build", "--again")),
        ("vestry.linkage.linking.score", ("build", "--again")),
        ("vestry.intake.receive.judge", ("receive", "gp", "{place}/good.csv", "--as-at", "2026-02-01")),
        ("vestry.wiring.open_gateway", ("show", "{person}", "--purpose", "audit")),
    ],
)
def test_a_fault_of_ours_is_not_quoted(loud: Loud, forks: Any, broken: str, words: Sequence[str]) -> None:
    """A library's error names the value that it could not take: its type and our line are told, no more."""
    argv = [w.format(place=loud.folder, person=loud.person) for w in words]
    ran = forks.run(*argv, "--place", loud.folder, broken=[broken])
    assert (ran.code, "code:  fault" in ran.err) == (70, True), ran.err
    assert_silent(ran.out, ran.err)
    assert "Traceback" not in ran.err


def test_drafting_a_contract_quotes_no_row(forks: Any, tmp_path: Path) -> None:
    (tmp_path / "people.csv").write_text("\n".join([HEADER, *GOOD]) + "\n", encoding="utf-8")
    ran = forks.run("contract", "draft", tmp_path / "people.csv")
    assert ran.code == 0
    assert_silent(ran.out, ran.err)
