"""What the pages of extracts say, built without a browser."""

from __future__ import annotations

from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import pytest

from vestry.intake.store import StoredExtract, StoredTable
from vestry.office.extracts.inbox import day_in, waiting
from vestry.office.extracts.ledger_page import (
    LedgerPage,
    SourceLine,
    extract_lines,
    named,
    source_lines,
    those_of,
)
from vestry.office.extracts.quarantine_page import refusals_of, row_numbers, rule_lines
from vestry.office.extracts.reasons import reason_said
from vestry.office.extracts.uploading import plain_name, wrong_with
from vestry.place import Place
from vestry.twin.answers import LedgerLine, QuarantineGroup


def stored(extract_id: str, as_at: date, rows: int = 5, sequence: int = 1) -> StoredExtract:
    table = StoredTable(rows=rows, refused=0, sha256="", refused_sha256="")
    return StoredExtract(
        extract_id=extract_id, source=extract_id.split("/", maxsplit=1)[0], organisation="borough", as_at=as_at, sha256="s",  # type: ignore[arg-type]
        size=1, folder=Path("x"), file_name="a.csv", received_at=datetime(2026, 11, 1, tzinfo=UTC),
        sequence=sequence, reader="1", contract_version="1", contract_sha256="", tables={"rows": table},
    )  # fmt: skip


def built(extract_id: str, received: int, loaded: int, out: int, table: str = "rows") -> LedgerLine:
    return LedgerLine(
        source=extract_id.split("/", maxsplit=1)[0], organisation="borough", extract_id=extract_id, table_name=table,
        as_at=extract_id.split("/")[1][:10], received=received, loaded=loaded, repeated=received - loaded - out,
        quarantined=out,
    )  # fmt: skip


OLD, NEW = "tax/2026-08-01-aaa", "tax/2026-11-01-bbb"


def test_extracts_are_those_kept_and_those_in_the_release() -> None:
    kept = [stored(OLD, date(2026, 8, 1)), stored(NEW, date(2026, 11, 1), rows=9)]
    ledger = [built(OLD, 5, 3, 1), built(OLD, 2, 2, 0, table="other"), built("gone/2026-01-01-c", 4, 4, 0)]
    lines = {line.extract_id: line for line in extract_lines(kept, ledger)}
    assert next(iter(lines)) == NEW
    assert (lines[NEW].waits, lines[NEW].rows) == (True, 9)
    counts = lines[OLD].counts
    assert counts is not None
    assert (counts.received, counts.loaded, counts.repeated, counts.quarantined) == (7, 5, 1, 1)
    assert (lines["gone/2026-01-01-c"].file, lines["gone/2026-01-01-c"].waits) == ("", False)
    assert [n for n, line in lines.items() if line.gone] == ["gone/2026-01-01-c"]
    assert {
        n.source: n.gone for n in source_lines({}, {}, tuple(lines.values()), {}, date(2026, 12, 1), [])
    } == {
        "gone": 1,
        "tax": 0,
    }


def test_sources_late_waiting_and_never_received(make_contract: Any) -> None:
    contracts = {
        "tax": make_contract("tax", 30),
        "gp": make_contract("gp", None),
        "new": make_contract("new", 7),
    }
    lines = extract_lines(
        [stored(OLD, date(2026, 8, 1)), stored(NEW, date(2026, 11, 1)), stored("gp/2026-01-01-d", date(2026, 1, 1))],
        [built(OLD, 5, 3, 2), built("gp/2026-01-01-d", 5, 5, 0)],
    )  # fmt: skip

    def found(on: date) -> dict[str, Any]:
        return {
            n.source: n
            for n in source_lines(contracts, {}, lines, {"borough": "The Borough"}, on, ["borough"])
        }

    now = found(date(2026, 12, 1))
    assert [
        n for n, one in now.items() if one.late
    ] == []  # received is enough, built or not; no promise, no lateness
    assert [n for n, one in found(date(2026, 12, 2)).items() if one.late] == ["tax"]
    assert (now["tax"].waiting, now["tax"].quarantined, now["tax"].organisation_name) == (1, 2, "The Borough")
    assert now["tax"].built.extract_id == OLD and now["tax"].newest.extract_id == NEW and now["tax"].mine
    lines_of = tuple(now.values())
    shown = {
        show: [n.source for n in those_of(lines_of, show)]
        for show in ("all", "waiting", "quarantined", "never")
    }
    assert shown == {
        "all": ["gp", "new", "tax"],
        "waiting": ["tax"],
        "quarantined": ["tax"],
        "never": ["new"],
    }


def source_line(n: int) -> SourceLine:
    return SourceLine(
        source=f"tax-{n:02}", title=f"Council tax of area {n}", organisation="borough", organisation_name="The Borough",
        newest=None, built=None, waiting=0, gone=0, late=False, every_days=None, mine=True,
    )  # fmt: skip


def test_a_source_is_found_by_words_of_its_name_or_title() -> None:
    lines = [source_line(n) for n in range(30)]
    assert [n.source for n in named(lines, "COUNCIL 07")] == ["tax-07"]
    assert len(named(lines, "")) == 30 and not named(lines, "council rates")


@pytest.mark.parametrize(
    ("total", "page", "first", "pages"), [(0, 1, 1, 1), (25, 1, 1, 1), (26, 2, 26, 2), (88, 4, 76, 4)]
)
def test_the_ledger_is_in_pages_which_keep_what_was_asked_for(
    total: int, page: int, first: int, pages: int
) -> None:
    made = LedgerPage(
        lines=(), numbers={"all": total, "late": 0}, show="all", organisation="borough", name="a b", organisations=(),
        page=page, waiting=0, gone=0, release="", built_at="", jobs=(), may_build=False, may_receive=False, inbox=0, mistakes=0,
    )  # fmt: skip
    assert (made.first, made.pages) == (first, pages)
    assert made.address(3) == "/extracts/?name=a+b&organisation=borough&show=all&page=3"


def test_refusals_by_source_and_rule() -> None:
    def group(extract: str, rule: str, column: str, *rows: int) -> QuarantineGroup:
        return QuarantineGroup(
            source="tax", extract_id=extract, table_name="rows", rule=rule, column_name=column, rows=rows
        )

    refusals = refusals_of(
        [group(OLD, "not-a-date", "BORN", 4), group(NEW, "not-a-date", "DIED", 5, 9), group(NEW, "key-repeated", "ID", 1)],
        {},
    )  # fmt: skip
    assert [r.extract_id for r in refusals] == [NEW, NEW, OLD]
    first, second = rule_lines(refusals, {"tax": "borough"}, {"borough": "The Borough"})
    assert (first.rule, first.count, first.extracts, first.columns) == ("not-a-date", 3, 2, ("BORN", "DIED"))
    assert "no date" in first.says and "more than once" in second.says and first.organisation == "The Borough"
    assert row_numbers((4, 5)) == "4, 5"
    assert row_numbers(tuple(range(1, 1020))).endswith("12 and 1,007 more")


def test_a_rule_of_the_contracts_own_says_what_it_checks(make_contract: Any) -> None:
    contract = make_contract("tax", None, rule=("ours", "postcode-form"))
    assert "postcode" in reason_said("ours", contract)
    assert "ours" in reason_said("ours")


@pytest.mark.parametrize(
    ("sent", "kept"),
    [
        ("accounts.csv", "accounts.csv"), ("../../etc/passwd", "passwd"), ("C:\\temp\\a b.csv", "a b.csv"),
        ("..", ""), (".hidden", ""), ("", ""), ("dir/", ""), ("a\x00b.csv", ""), ("a\nb.csv", ""), ("é" * 120, ""),
    ],
)  # fmt: skip
def test_a_name_is_no_path(sent: str, kept: str) -> None:
    assert plain_name(sent) == kept


@pytest.mark.parametrize(
    ("head", "fault"),
    [
        (b"A,B\n1,2\n", ""), (b"\xef\xbb\xbfA,B\n", ""), (b"\x1f\x8b\x08\x00\x00", ""), (b"PAR1\x15\x00", ""),
        (b"\xff\xfeA\x00,\x00", ""), (b"<?xml version='1.0'?>", ""), (b"", "empty"), (b"PK\x03\x04abc", "ZIP"),
        (b"%PDF-1.7", "PDF"), (b"MZ\x90", "program"), (b"\x00\x01\x02", "no text"),
    ],
)  # fmt: skip
def test_what_is_plainly_no_extract(head: bytes, fault: str) -> None:
    assert fault in wrong_with(head, len(head)) if fault else wrong_with(head, len(head)) == ""


def test_days_in_names() -> None:
    assert day_in("accounts-2026-11-01.csv") == date(2026, 11, 1)
    assert day_in("x20261101.csv") == date(2026, 11, 1)
    assert day_in("2026-02-31.csv") is None and day_in("a120261101.csv") is None


def test_the_inbox_has_plain_files_of_the_sources_that_are_asked_for(tmp_path: Path) -> None:
    for source in ("tax", "gp", "../x"):
        (tmp_path / "inbox" / source).mkdir(parents=True)
        (tmp_path / "inbox" / source / "a-2026-11-01.csv").write_text("A\n")
    (tmp_path / "inbox" / "tax" / ".part").write_text("A\n")
    (tmp_path / "inbox" / "tax" / "link.csv").symlink_to("/etc/passwd")
    (tmp_path / "inbox" / "tax" / "folder").mkdir()
    (tmp_path / "inbox" / "linked").symlink_to("/etc")
    found = waiting(Place(folder=tmp_path, name="X"), {"tax", "linked", "", "none"})
    assert [(f.source, f.name, f.size, f.day) for f in found] == [
        ("tax", "a-2026-11-01.csv", 2, date(2026, 11, 1))
    ]
