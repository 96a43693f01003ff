"""Bad input of every kind: a clear refusal or quarantined rows, nothing lost, and nobody's details in a
message.
"""

from __future__ import annotations

import errno
import fcntl
import os
import pickle
import resource
import signal
import subprocess
import sys
import traceback
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import pytest

from bad_files import BAD, CSV, GOOD, PLANTED, REFUSING, STRICT, Bad, rows
from vestry.clock import FixedClock
from vestry.contracts.contract import (
    Contract,
)
from vestry.errors import (
    AsAtInvalid,
    BuildRunning,
    ExtractRefused,
    FileUnreadable,
    PlaceNotWritable,
    VestryError,
)
from vestry.intake.receive import Receipt, receive
from vestry.intake.store import UNFINISHED, extracts, verify
from vestry.place import Place

CLOCK = FixedClock(at=datetime(2026, 11, 20, 12, tzinfo=UTC))
AS_AT = date(2026, 11, 1)


@pytest.fixture
def place(tmp_path: Path) -> Place:
    folder = tmp_path / "place"
    folder.mkdir()
    return Place(folder=folder, name="Test")


@pytest.fixture
def good(tmp_path: Path) -> Path:
    path = tmp_path / "good.csv"
    path.write_bytes(GOOD)
    return path


def take_in(place: Place, *files: Path, contract: Contract = CSV, as_at: date = AS_AT) -> list[Receipt]:
    return receive(place, contract, files, as_at=as_at, clock=CLOCK)


def nothing_is_kept(place: Place) -> bool:
    return extracts(place) == [] and not [
        p for p in place.folder.rglob("*") if p.is_file() and p.name != ".lock"
    ]


def assert_clear(error: VestryError) -> None:
    """It says what, where and how to mend it, and holds no value, nor does any error that would be shown
    with it.
    """
    said = error.text()
    assert PLANTED not in said + "".join(traceback.format_exception(error))
    for one in error.problems or (error,):
        assert one.what and one.where and one.fix


@pytest.mark.parametrize("bad", BAD, ids=[bad.name for bad in BAD])
def test_bad_files(place: Place, tmp_path: Path, bad: Bad) -> None:
    path = tmp_path / "sent"
    path.write_bytes(bad.content)
    if bad.says:
        with pytest.raises(ExtractRefused) as refused:
            take_in(place, path, contract=bad.contract)
        assert_clear(refused.value)
        for words in bad.says:
            assert words in refused.value.text()
        assert nothing_is_kept(place)
        return
    (receipt,) = take_in(place, path, contract=bad.contract)
    (entry,) = receipt.ledger
    assert (entry.received, entry.loaded, entry.repeated, entry.quarantined) == bad.counts
    assert {(b.rule, b.column) for b in receipt.broken} == bad.rules
    assert receipt.extract.file.read_bytes() == bad.content
    verify(receipt.extract)
    assert extracts(place) == [receipt.extract]


def test_every_fault_of_a_file_at_once(place: Place, tmp_path: Path) -> None:
    first, second = tmp_path / "first.csv", tmp_path / "second.csv"
    first.write_bytes(b"ID,Name,HEIGHT\n1,Zebedee,\n")
    with pytest.raises(ExtractRefused) as refused:
        take_in(place, first, contract=STRICT)
    assert_clear(refused.value)
    assert len(refused.value.problems) == 4
    second.write_bytes(rows("1,Zebedee", "2,,31/02/1990", "3,a,", "3,b,"))
    with pytest.raises(ExtractRefused) as refused:
        take_in(place, second, contract=REFUSING)
    assert_clear(refused.value)
    assert [p.what.rpartition(" ")[2] for p in refused.value.problems] == [
        "row-ragged.",
        "not-a-date.",
        "key-repeated.",
    ]


def test_dates(place: Place, good: Path, tmp_path: Path) -> None:
    with pytest.raises(AsAtInvalid, match="future") as caught:
        take_in(place, good, as_at=date(2026, 11, 21))
    assert_clear(caught.value)
    take_in(place, good)
    later = tmp_path / "later.csv"
    later.write_bytes(GOOD + b"3,,\n")
    with pytest.raises(AsAtInvalid, match="before that of the last") as caught:
        take_in(place, later, as_at=date(2026, 10, 31))
    assert_clear(caught.value)


def test_no_such_file(place: Place, tmp_path: Path, good: Path) -> None:
    for path in (tmp_path / "none", tmp_path, good / "below"):
        with pytest.raises(FileUnreadable) as caught:
            take_in(place, path)
        assert_clear(caught.value)
    assert nothing_is_kept(place)


def test_a_file_that_may_not_be_read(place: Place, good: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    opened = Path.open

    def refuse(path: Path, *args: Any, **kwargs: Any) -> Any:
        if path == good:
            raise PermissionError(errno.EACCES, "no")
        return opened(path, *args, **kwargs)

    monkeypatch.setattr(Path, "open", refuse)
    with pytest.raises(FileUnreadable) as caught:
        take_in(place, good)
    assert_clear(caught.value)


def test_a_place_below_a_file(tmp_path: Path, good: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(PlaceNotWritable) as caught:
        take_in(Place(folder=tmp_path / "file" / "place", name="Test"), good)
    assert_clear(caught.value)


def test_extracts_that_is_a_file(place: Place, good: Path) -> None:
    place.extracts.write_text("")
    with pytest.raises(PlaceNotWritable) as caught:
        take_in(place, good)
    assert_clear(caught.value)


@pytest.mark.parametrize("fault", [errno.EROFS, errno.ENOSPC, errno.EACCES, errno.EDQUOT])
@pytest.mark.parametrize("at", ["received", ".parquet", "extract.json"])
def test_a_disk_that_is_full_or_read_only(
    place: Place, good: Path, monkeypatch: pytest.MonkeyPatch, fault: int, at: str
) -> None:
    opened = os.open

    def refuse(path: Any, flags: int, *args: Any, **kwargs: Any) -> int:
        if flags & os.O_WRONLY and at in str(path):
            raise OSError(fault, os.strerror(fault))
        return opened(path, flags, *args, **kwargs)

    with monkeypatch.context() as patched:
        patched.setattr(os, "open", refuse)
        with pytest.raises(PlaceNotWritable) as caught:
            take_in(place, good)
    assert_clear(caught.value)
    assert nothing_is_kept(place)
    take_in(place, good)


@pytest.mark.parametrize("room", [20, 100, 800])
def test_a_disk_that_fills_up(place: Place, good: Path, room: int) -> None:
    """`room` bytes: too few for the copy, for the first lines of a Parquet file, for its end."""
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    ignored = signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
    resource.setrlimit(resource.RLIMIT_FSIZE, (room, hard))
    try:
        with pytest.raises(PlaceNotWritable) as caught:
            take_in(place, good)
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))
        signal.signal(signal.SIGXFSZ, ignored)
    assert_clear(caught.value)
    assert nothing_is_kept(place)


def test_a_second_receipt_while_one_runs(place: Place, good: Path) -> None:
    handle = os.open(place.folder / ".lock", os.O_CREAT | os.O_RDWR)
    fcntl.flock(handle, fcntl.LOCK_EX)
    try:
        with pytest.raises(BuildRunning) as caught:
            take_in(place, good)
        assert_clear(caught.value)
    finally:
        os.close(handle)
    take_in(place, good)


SLOWLY = """
import signal
signal.signal(signal.SIGINT, signal.default_int_handler)  # a shell may have begun all this with it ignored
import pickle, sys, time
from vestry.intake import receive as receiving
judged = receiving.judge
def slowly(*args):
    print("started", flush=True)
    time.sleep(60)
    return judged(*args)
receiving.judge = slowly
place, contract, files, said = pickle.load(sys.stdin.buffer)
receiving.receive(place, contract, files, **said)
"""
"""Receives what it is told to, and says when it is half way and would be for a minute."""


@pytest.mark.parametrize("how", [signal.SIGINT, signal.SIGKILL])
def test_stopped_half_way(place: Place, good: Path, how: signal.Signals) -> None:
    told = pickle.dumps((place, CSV, [good], {"as_at": AS_AT, "clock": CLOCK}))
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join(p for p in sys.path if p)}
    process = subprocess.Popen(
        [sys.executable, "-c", SLOWLY],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        env=environment,
    )
    with process:
        assert process.stdin is not None and process.stdout is not None
        process.stdin.write(told)
        process.stdin.close()
        assert process.stdout.readline() == b"started\n"
        with pytest.raises(BuildRunning):
            take_in(place, good)
        process.send_signal(how)
    assert process.returncode != 0
    assert extracts(place) == []
    left = list(place.extracts.glob(f"{UNFINISHED}*"))
    assert bool(left) == (how == signal.SIGKILL)
    (receipt,) = take_in(place, good)
    assert (receipt.already_received, receipt.ledger[0].loaded) == (False, 2)
    assert not list(place.extracts.glob(f"{UNFINISHED}*"))
