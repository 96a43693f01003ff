"""Bad input of every kind: a clear refusal or quarantined rows, nothing lost, and nobody's details in a
message.
"""

from __future__ import annotations

import dataclasses
import errno
import fcntl
import gzip
import os
import pickle
import resource
import signal
import subprocess
import sys
import traceback
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import pytest

from vestry.clock import FixedClock
from vestry.contracts.contract import (
    Column,
    Contract,
    LawfulBasis,
    Layout,
    Rows,
    Surprises,
    Table,
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

PLANTED = "Zebedee"
"""A record's value: no message may hold it."""

CLOCK = FixedClock(at=datetime(2026, 11, 20, 12, tzinfo=UTC))
AS_AT = date(2026, 11, 1)

PEOPLE = Table(
    name="people",
    columns=(
        Column(name="ID", physical_name="ID", key_position=1, required=True),
        Column(name="NAME", physical_name="NAME"),
        Column(name="BORN", physical_name="BORN", logical_type="date", formats=("dd/MM/yyyy",)),
    ),
    parts=(),
)
CSV = Contract(
    source="register",
    organisation="borough",
    title="Register",
    version="1.0.0",
    path=Path("register.yaml"),
    sha256="0" * 64,
    lawful_basis=LawfulBasis(article_6="6(1)(e)"),
    layout=Layout(format="csv"),
    tables=(PEOPLE,),
)
XML = dataclasses.replace(
    CSV, layout=Layout(format="xml"), tables=(dataclasses.replace(PEOPLE, rows=Rows(path="Row")),)
)
STRICT = dataclasses.replace(CSV, surprises=Surprises(extra_column="refuse"))
REFUSING = dataclasses.replace(
    CSV, surprises=Surprises(ragged_row="refuse", bad_value="refuse", repeated_key="refuse")
)

HEAD = b"ID,NAME,BORN\n"
GOOD = HEAD + f"1,{PLANTED},28/02/1990\n2,{PLANTED},\n".encode()
XML_GOOD = f"<R><Row><ID>1</ID><NAME>{PLANTED}</NAME></Row><Row><ID>2</ID></Row></R>".encode()


@dataclass(frozen=True, kw_only=True)
class Bad:
    """A file, and what becomes of it: `says` in a refusal, or (received, loaded, repeated, quarantined)."""

    name: str
    content: bytes
    contract: Contract = CSV
    says: tuple[str, ...] = ()
    counts: tuple[int, int, int, int] = (0, 0, 0, 0)
    rules: frozenset[tuple[str, str | None]] = field(default=frozenset())


def rows(*lines: str) -> bytes:
    return HEAD + "\n".join(lines).encode() + b"\n"


def broke(*rules: tuple[str, str | None]) -> frozenset[tuple[str, str | None]]:
    return frozenset(rules)


BAD: Sequence[Bad] = [
    Bad(
        name="missing column",
        content=b"ID,NAME\n1,Zebedee\n",
        says=("lacks the column `BORN`", "missing_column"),
    ),
    Bad(name="extra column", content=b"ID,NAME,BORN,X\n1,Zebedee,,Zebedee\n", counts=(1, 1, 0, 0)),
    Bad(
        name="extra column, refused",
        content=b"ID,NAME,BORN,HEIGHT\n1,Zebedee,,9\n",
        contract=STRICT,
        says=("does not know: `HEIGHT`",),
    ),
    Bad(
        name="renamed column",
        content=b"ID,NAME,Born\n1,Zebedee,\n",
        says=("lacks the column `BORN`", "the file has `Born`"),
    ),
    Bad(
        name="no header after all",
        content=b"1,Zebedee,28/02/1990\n2,Zebedee,\n",
        says=("lacks the column `ID`", "lacks the column `NAME`"),
    ),
    Bad(
        name="renamed column in XML",
        content=XML_GOOD.replace(b"NAME", b"Name"),
        contract=XML,
        says=("lacks the column `NAME`", "the file has `Name`"),
    ),
    Bad(
        name="ragged rows",
        content=rows("1,Zebedee", "2,Zebedee,,,", "3,Zebedee,"),
        counts=(3, 1, 0, 2),
        rules=broke(("row-ragged", None)),
    ),
    Bad(
        name="ragged rows, refused",
        content=rows("1,Zebedee", "2,,"),
        contract=REFUSING,
        says=("1 of 2 rows breaks the rule row-ragged", "first at row 1"),
    ),
    Bad(
        name="unclosed quote",
        content=rows('1,"Zebedee,', "2,Zebedee,", "3,,"),
        counts=(3, 2, 0, 1),
        rules=broke(("row-quoting", None)),
    ),
    Bad(
        name="NUL bytes",
        content=rows("1,Zebedee\x00,", "2,Zebedee,"),
        counts=(2, 1, 0, 1),
        rules=broke(("row-nul", None)),
    ),
    Bad(
        name="wrong encoding",
        content=HEAD + b"1,Zebed\xe9e,\n2,Zebedee,\n",
        counts=(2, 1, 0, 1),
        rules=broke(("row-encoding", None)),
    ),
    Bad(
        name="another encoding altogether",
        content=GOOD.decode().encode("utf-16"),
        says=("begins with the mark of utf-16", "encoding: utf-16"),
    ),
    Bad(name="byte-order mark", content=b"\xef\xbb\xbf" + GOOD, counts=(2, 2, 0, 0)),
    Bad(name="empty file", content=b"", says=("The file is empty",)),
    Bad(name="empty file, packed", content=gzip.compress(b""), says=("The file has no rows",)),
    Bad(name="header only", content=HEAD, says=("The file has no rows",)),
    Bad(
        name="a field of ten million characters",
        content=rows("1," + "Zebedee" * 1_500_000 + ",", "2,Zebedee,"),
        counts=(2, 2, 0, 0),
    ),
    Bad(name="identical rows", content=rows("1,Zebedee,", "1,Zebedee,"), counts=(2, 1, 1, 0)),
    Bad(
        name="repeated keys",
        content=rows("1,Zebedee,", "1,Zeb,", "2,,"),
        counts=(3, 1, 0, 2),
        rules=broke(("key-repeated", "ID")),
    ),
    Bad(
        name="repeated keys, refused",
        content=rows("1,Zebedee,", "1,Zeb,"),
        contract=REFUSING,
        says=("2 of 2 rows break the rule key-repeated",),
    ),
    Bad(
        name="no key", content=rows(",Zebedee,", "2,,"), counts=(2, 1, 0, 1), rules=broke(("required", "ID"))
    ),
    Bad(
        name="31/02/1990",
        content=rows("1,Zebedee,31/02/1990", "2,,28/02/1990"),
        counts=(2, 1, 0, 1),
        rules=broke(("not-a-date", "BORN")),
    ),
    Bad(
        name="31/02/1990, refused",
        content=rows("1,Zebedee,31/02/1990"),
        contract=REFUSING,
        says=("1 of 1 rows breaks the rule not-a-date", "column BORN"),
    ),
    Bad(
        name="XML with entities",
        content=b"<!DOCTYPE R [<!ENTITY e 'Zebedee'>]><R><Row><ID>&e;</ID></Row></R>",
        contract=XML,
        says=("document type or entities",),
    ),
    Bad(
        name="XML that names a file",
        content=b"<!DOCTYPE R [<!ENTITY e SYSTEM 'file:///etc/passwd'>]><R><Row><ID>&e;</ID></Row></R>",
        contract=XML,
        says=("document type or entities",),
    ),
    Bad(name="XML cut short", content=XML_GOOD[:-15], contract=XML, says=("The XML is cut short", "line 1")),
    Bad(
        name="XML of no known element",
        content=b"<R><Zebedee/></R>",
        contract=XML,
        says=("The file has no rows",),
    ),
    Bad(name="gzip", content=gzip.compress(GOOD), counts=(2, 2, 0, 0)),
    Bad(name="gzip cut short", content=gzip.compress(GOOD)[:-10], says=("gzip file is cut short",)),
    Bad(name="gzip cut short in its head", content=gzip.compress(GOOD)[:5], says=("gzip file is cut short",)),
    Bad(
        name="gzip of XML cut short",
        content=gzip.compress(XML_GOOD)[:-10],
        contract=XML,
        says=("gzip file is cut short",),
    ),
    Bad(
        name="gzip that expands a thousandfold",
        content=gzip.compress(HEAD + (b"1,Zebedee," + b" " * 1_000_000 + b"\n") * 60, 9),
        says=("unpacks to more than 200 times",),
    ),
    Bad(
        name="a picture",
        content=b"\x89PNG\r\n\x1a\n" + bytes(range(256)) * 20,
        says=("header line of the file cannot be read",),
    ),
    Bad(name="all of it in one column", content=GOOD.replace(b",", b";"), says=("lacks the column `ID`",)),
]


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
