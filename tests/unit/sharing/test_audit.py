"""The audit file: a chain in which any change shows (promise 8)."""

from __future__ import annotations

import json
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from vestry.clock import FixedClock
from vestry.errors import AuditUnavailable
from vestry.sharing.audit import AuditEntry, AuditFile, broken_entries


@pytest.fixture
def log(tmp_path: Path, clock: FixedClock) -> AuditFile:
    return AuditFile(tmp_path / "audit.jsonl", clock)


def entry(n: int = 0) -> AuditEntry:
    return AuditEntry(stage="asked", action="show", account="alex", purpose="audit", entities=(f"p-{n}",))


def fill(log: AuditFile, count: int = 5) -> None:
    for n in range(count):
        assert log.append(entry(n)) == n + 1


def test_the_chain_holds(log: AuditFile, tmp_path: Path) -> None:
    fill(log)
    path = tmp_path / "audit.jsonl"
    lines = [json.loads(line) for line in path.read_text().splitlines()]
    assert [line["entry"] for line in lines] == [1, 2, 3, 4, 5]
    assert [line["previous"] for line in lines[1:]] == [line["hash"] for line in lines[:-1]]
    assert broken_entries(path) == []


@pytest.mark.parametrize("at", range(5))
def test_a_changed_line_shows(log: AuditFile, tmp_path: Path, at: int) -> None:
    fill(log)
    path = tmp_path / "audit.jsonl"
    lines = path.read_text().splitlines()
    lines[at] = lines[at].replace("alex", "alix")
    path.write_text("\n".join(lines) + "\n")
    assert f"line {at + 1}" in broken_entries(path)[0].where


@pytest.mark.parametrize("at", range(4))
def test_a_removed_line_shows(log: AuditFile, tmp_path: Path, at: int) -> None:
    fill(log)
    path = tmp_path / "audit.jsonl"
    lines = path.read_text().splitlines()
    path.write_text("\n".join(lines[:at] + lines[at + 1 :]) + "\n")
    assert broken_entries(path)


def test_lines_that_changed_places_show(log: AuditFile, tmp_path: Path) -> None:
    fill(log)
    path = tmp_path / "audit.jsonl"
    lines = path.read_text().splitlines()
    path.write_text("\n".join([lines[1], lines[0], *lines[2:]]) + "\n")
    assert broken_entries(path)


@pytest.mark.parametrize("at", range(5))
def test_a_line_made_unreadable_shows(log: AuditFile, tmp_path: Path, at: int) -> None:
    fill(log)
    path = tmp_path / "audit.jsonl"
    lines = path.read_text().splitlines()
    lines[at] = "scribble"
    path.write_text("\n".join(lines) + "\n")
    assert broken_entries(path)


@pytest.mark.parametrize("torn", ['{"entry":6,"at":"20', "{", '{"entry":6}'])
def test_a_line_torn_by_a_crash_stays_and_the_chain_goes_on(
    log: AuditFile, tmp_path: Path, torn: str
) -> None:
    fill(log)
    path = tmp_path / "audit.jsonl"
    with path.open("a") as file:
        file.write(torn)
    assert broken_entries(path) == []
    assert log.append(entry()) == 6
    assert log.append(entry()) == 7
    assert torn in path.read_text()
    assert broken_entries(path) == []


def test_a_file_torn_in_its_first_line(log: AuditFile, tmp_path: Path) -> None:
    path = tmp_path / "audit.jsonl"
    path.write_text('{"ent')
    assert log.append(entry()) == 1
    assert log.append(entry()) == 2
    assert broken_entries(path) == []


def test_two_crashes_in_a_row(log: AuditFile, tmp_path: Path) -> None:
    fill(log, 2)
    path = tmp_path / "audit.jsonl"
    with path.open("a") as file:
        file.write('{"torn\n{"again')
    assert log.append(entry()) == 3
    assert broken_entries(path) == []


def test_an_entry_longer_than_a_block(log: AuditFile, tmp_path: Path) -> None:
    long = AuditEntry(
        stage="answered", action="find", account="a", entities=tuple(f"p-{n}" for n in range(20_000))
    )
    assert [log.append(long), log.append(entry()), log.append(long), log.append(long)] == [1, 2, 3, 4]
    assert broken_entries(tmp_path / "audit.jsonl") == []


def test_many_at_once(tmp_path: Path, clock: FixedClock) -> None:
    path = tmp_path / "audit.jsonl"
    with ThreadPoolExecutor(8) as pool:
        numbers = list(pool.map(lambda n: AuditFile(path, clock).append(entry(n)), range(64)))
    assert sorted(numbers) == list(range(1, 65))
    assert broken_entries(path) == []


def test_a_link_is_not_followed(tmp_path: Path, clock: FixedClock) -> None:
    (tmp_path / "elsewhere").touch()
    (tmp_path / "audit.jsonl").symlink_to(tmp_path / "elsewhere")
    with pytest.raises(AuditUnavailable):
        AuditFile(tmp_path / "audit.jsonl", clock).append(entry())


def test_no_file_is_no_fault(tmp_path: Path) -> None:
    assert broken_entries(tmp_path / "audit.jsonl") == []
