"""Promise 5: one door, and no audit entry, no data."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import textwrap
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from gateway_by_hand import HERE, entries, log_holds, log_text, open_gateway
from vestry.clock import FixedClock, SystemClock
from vestry.errors import AuditUnavailable, NotFound, PurposeMissing, ReleaseMissing
from vestry.office.audit.log import DatabaseLog
from vestry.office.opening import opened
from vestry.place import Place
from vestry.sharing.gateway import Gateway
from vestry.sharing.own_machine import Operator
from vestry.twin.answers import Criteria
from vestry.twin.open_release import OpenRelease
from vestry.twin.reader import TwinReader

EVERY_READ: list[Callable[[Gateway], object]] = [
    lambda g: g.find(Criteria(name="zoe"), purpose="audit"),
    lambda g: g.show("p-1", purpose="audit"),
    lambda g: g.explain("p-1", purpose="audit"),
    lambda g: g.explain_pair("r-gp", "r-tax", purpose="audit"),
    lambda g: g.standing(),
    lambda g: g.quarantine(),
    lambda g: g.export("people", purpose="audit"),
    lambda g: g.export("area_measures", purpose=None),
    lambda g: g.evaluated("keys", "person", purpose="audit"),
    lambda g: g.example("person", purpose="audit"),
]


def nobody(gateway: Gateway) -> object:
    """A match in a release of too few to be compared."""
    return gateway.match({"family_name": "zoe"}, purpose="audit")


@pytest.mark.parametrize("read", [*EVERY_READ, nobody])
def test_no_audit_entry_no_data(
    small_place: Place, gateway: Gateway, read: Callable[[Gateway], object], monkeypatch: pytest.MonkeyPatch
) -> None:
    opened: list[str] = []
    original = TwinReader.open
    monkeypatch.setattr(
        TwinReader,
        "open",
        lambda self, release_id=None: opened.append("opened") or original(self, release_id),
    )
    small_place.office.write_bytes(b"no database" * 1000)  # not even root can append to that
    with pytest.raises(AuditUnavailable):
        read(gateway)
    assert opened == []


def test_the_answer_is_withheld_when_its_entry_cannot_be_written(
    small_place: Place, clock: FixedClock
) -> None:
    class Failing(DatabaseLog):
        def append(self, entry: Any) -> int:
            if entry.stage == "answered":
                raise AuditUnavailable("full")
            return super().append(entry)

    gateway = open_gateway(small_place, clock=clock, operator=HERE, audit=Failing(opened(small_place), clock))
    with pytest.raises(AuditUnavailable):
        gateway.show("p-1", purpose="audit")


@pytest.mark.parametrize("read", EVERY_READ)
def test_every_read_is_entered_before_and_after(
    small_place: Place, gateway: Gateway, read: Callable[[Gateway], object]
) -> None:
    read(gateway)
    asked, answered = entries(small_place)
    assert (asked["stage"], answered["stage"]) == ("asked", "answered")
    assert answered["answers"] == asked["entry"]
    assert asked["account"] == "alex"
    assert asked["operator"] == "Alex"
    assert asked["release"] == "rel-2"
    assert answered["count"] >= 1


@pytest.mark.parametrize("purpose", [None, "", "curiosity", "Audit"])
def test_people_are_looked_up_for_a_listed_purpose_only(
    small_place: Place, gateway: Gateway, purpose: str | None
) -> None:
    for ask in (
        lambda: gateway.find(Criteria(name="zoe"), purpose=purpose),
        lambda: gateway.show("p-1", purpose=purpose),
        lambda: gateway.explain("p-1", purpose=purpose),
        lambda: gateway.explain_pair("r-gp", "r-tax", purpose=purpose),
        lambda: gateway.export("people", purpose=purpose),
        lambda: gateway.export("placements", purpose=purpose),
        lambda: gateway.export("a table yet to be invented", purpose=purpose),
        lambda: gateway.evaluated("links", "person", purpose=purpose),
        lambda: gateway.quarantined_rows(source="tax", purpose=purpose),
        lambda: gateway.example("person", purpose=purpose),
    ):
        with pytest.raises(PurposeMissing):
            ask()
    assert {e["stage"] for e in entries(small_place)} == {"refused"}
    assert "curiosity" not in log_text(small_place)


def test_someone_elsewhere_is_refused_everything(small_place: Place, clock: FixedClock) -> None:
    away = Operator(account="alex", on_this_machine=False)
    gateway = open_gateway(small_place, clock=clock, operator=away)
    for read in EVERY_READ:
        with pytest.raises(PurposeMissing):
            read(gateway)


def test_the_audit_log_holds_no_value(small_place: Place, gateway: Gateway) -> None:
    searched = Criteria(
        name="zoe o'brien", born="1984-05-31", address="high street", postcode="ab12cd", nhs_number="9434765919",
        reference="G7", key=("tax", "100"),
    )  # fmt: skip
    assert gateway.find(searched, purpose="audit").total == 1
    for read in EVERY_READ:
        read(gateway)
    kept = log_text(small_place).upper()
    for value in ("ZOE", "ZOË", "BRIEN", "1984", "AB1", '"100"', "9434765919", "HIGH STREET", "SMITH"):
        assert value not in kept
    assert entries(small_place)[0]["criteria"] == [
        "name", "born", "address", "postcode", "nhs_number", "reference", "key"
    ]  # fmt: skip
    assert entries(small_place)[1]["entities"] == ["p-1"]


def test_a_kill_in_the_read_leaves_the_entry(small_place: Place) -> None:
    """The process dies inside the read; what it asked is on the disk, and the chain goes on from there."""
    program = f"""
        import os, signal
        from datetime import UTC, datetime
        from pathlib import Path
        from vestry.clock import SystemClock
        from vestry.place import open_place
        from vestry.sharing.own_machine import Operator
        from vestry.office.audit.desk import audit_log
        from vestry.sharing.gateway import open_gateway
        from vestry.twin.open_release import OpenRelease

        OpenRelease.entity = lambda self, entity_id: os.kill(os.getpid(), signal.SIGKILL)
        place = open_place(Path({str(small_place.folder)!r}))
        operator = Operator(account="alex", on_this_machine=True)
        log = audit_log(place, clock=SystemClock())
        open_gateway(place, audit=log, operator=operator).show("p-1", purpose="audit")
    """
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join(p for p in sys.path if p)}
    died = subprocess.run([sys.executable, "-c", textwrap.dedent(program)], env=environment, check=False)
    assert died.returncode == -signal.SIGKILL
    (asked,) = entries(small_place)
    assert (asked["stage"], asked["action"], asked["entities"]) == ("asked", "show", ["p-1"])
    assert log_holds(small_place, SystemClock())


def test_the_entry_is_written_before_the_read(
    small_place: Place, gateway: Gateway, monkeypatch: pytest.MonkeyPatch
) -> None:
    seen: list[int] = []
    original = OpenRelease.entity
    monkeypatch.setattr(
        OpenRelease, "entity", lambda self, i: seen.append(len(entries(small_place))) or original(self, i)
    )
    gateway.show("p-1", purpose="audit")
    assert seen == [1]


def test_a_failed_look_up_is_answered_with_nothing(small_place: Place, gateway: Gateway) -> None:
    with pytest.raises(NotFound):
        gateway.show("p-none", purpose="audit")
    assert entries(small_place)[1]["count"] == 0


def test_nothing_published(empty_place: Place, clock: FixedClock) -> None:
    gateway = open_gateway(empty_place, clock=clock, operator=HERE)
    assert gateway.releases() == ()
    with pytest.raises(ReleaseMissing):
        gateway.standing()


@pytest.mark.parametrize("name", ["../elsewhere", "..", "rel-2/../rel-1", "rel-9"])
def test_a_release_is_a_name_and_not_a_path(small_place: Place, name: str) -> None:
    (small_place.releases / "current").write_text(name, encoding="utf-8")
    with pytest.raises(ReleaseMissing):
        TwinReader(small_place).open()


def test_a_release_is_open_for_reading_only(small_place: Place, tmp_path: Path) -> None:
    release = TwinReader(small_place).open()
    for sql in ("DELETE FROM people", "SET threads = 99", f"COPY people TO '{tmp_path / 'out.csv'}'"):
        with pytest.raises(Exception, match=r"(?i)read-only|locked|disabled|permission"):
            release._cursor.execute(sql)
    assert sorted(p.name for p in (small_place.releases / "rel-2").iterdir()) == [
        "manifest.json",
        "twin.duckdb",
    ]


@pytest.mark.parametrize(
    ("asked", "now", "others"),
    [
        ("p-1", ("p-1",), ()),
        ("p-old", ("p-1",), ()),
        ("p-both", ("p-1", "p-2"), ()),
        ("p-2", ("p-2",), ("p-1",)),
        ("p-gone", ("p-gone",), ()),
        ("h-1", ("h-1",), ()),
    ],
)
def test_an_id_resolves_to_all_its_successors(
    gateway: Gateway, asked: str, now: tuple[str, ...], others: tuple[str, ...]
) -> None:
    resolution = gateway.show(asked, purpose="audit").resolution
    assert (resolution.now, resolution.others) == (now, others)


def test_several_successors_are_named_and_not_shown(gateway: Gateway) -> None:
    shown = gateway.show("p-both", purpose="audit")
    assert shown.entity is None
    assert shown.origins == ()
    assert gateway.explain("p-both", purpose="audit").claims == ()


@pytest.mark.parametrize(
    ("criteria", "found"),
    [
        (Criteria(name="Zoë O'Brien"), ["p-1"]),
        (Criteria(name="obrien zo"), ["p-1"]),  # accents, apostrophes, order and endings do not matter
        (Criteria(name="formerly"), ["p-1"]),  # an earlier name
        (Criteria(name="rien"), []),  # not from the middle of a word
        (Criteria(name="ann"), ["p-1"]),
        (Criteria(name="smith"), ["o-1", "p-2"]),
        (Criteria(name="smith", kind="person"), ["p-2"]),
        (Criteria(name="ann", postcode="ab1 2cd"), ["p-1"]),  # one record has the name, another the postcode
        (Criteria(postcode="AB12CD"), ["p-1", "p-2"]),
        (Criteria(born="1984-05"), ["p-1"]),
        (Criteria(born="1985"), []),
        (Criteria(address="high 1"), ["p-1"]),  # words in any order, and how they begin
        (Criteria(address="1 high street ab1"), ["p-1"]),  # its postcode is part of it
        (Criteria(address="igh street"), []),
        (Criteria(address=","), []),
        (Criteria(nhs_number="943 476 5919"), ["p-1"]),
        (Criteria(nhs_number="943 476 5918"), []),  # its check digit is wrong
        (Criteria(uprn="000100023336"), ["p-2"]),
        (Criteria(reference="g7"), ["p-1"]),  # the key of any source
        (Criteria(reference="ct 77/1"), ["p-2"]),  # and the reference of a dealing
        (Criteria(reference="CT77"), []),
        (Criteria(reference="g7", name="zoe ann"), ["p-1"]),
        (Criteria(reference="g7", name="jane"), []),
        (Criteria(key=("tax", "200")), ["p-2"]),
        (Criteria(key=("gp", "200")), []),
        (Criteria(name="'"), []),
        (Criteria(name="x' OR 1=1 --"), []),
        (Criteria(name=".*"), []),
        (Criteria(), []),
    ],
)
def test_find(gateway: Gateway, criteria: Criteria, found: list[str]) -> None:
    page = gateway.find(criteria, purpose="audit")
    assert sorted(f.entity_id for f in page.found) == found
    assert page.total == len(found)


def test_whole_words_come_before_beginnings(gateway: Gateway) -> None:
    (found,) = gateway.find(Criteria(name="smith"), purpose="audit", limit=1).found
    assert found.entity_id == "o-1"  # SMITH & SONS, before SMITHSON
    (found,) = gateway.find(Criteria(name="smithson"), purpose="audit", limit=1).found
    assert found.entity_id == "p-2"


def test_current_ones_come_first_and_then_those_that_more_sources_know(gateway: Gateway) -> None:
    page = gateway.find(Criteria(postcode="AB1 2CD"), purpose="audit")
    assert [f.entity_id for f in page.found] == ["p-1", "p-2"]  # two sources say so of the first
    page = gateway.find(Criteria(address="ab"), purpose="audit")
    assert [f.entity_id for f in page.found] == ["p-1", "o-1", "p-2"]
    assert {f.matched for f in page.found} == {"exactly"}


def test_find_counts_all_and_shows_the_limit(gateway: Gateway) -> None:
    page = gateway.find(Criteria(postcode="AB1 2CD"), purpose="audit", limit=1)
    assert (page.total, len(page.found)) == (2, 1)


def test_found_says_what_stands_behind(gateway: Gateway) -> None:
    (found,) = gateway.find(Criteria(name="zoe"), purpose="audit").found
    assert (found.name, found.sources, found.records, found.current) == ("ZOË O'BRIEN", 3, 4, True)


def test_export_of_a_table_that_is_not_there(gateway: Gateway) -> None:
    with pytest.raises(NotFound) as refused:
        gateway.export("peple", purpose="audit")
    assert "people" in refused.value.fix


def test_quarantine_groups_rows(gateway: Gateway) -> None:
    groups = gateway.quarantine(source="tax", rule="date-form")
    assert [g.rows for g in groups] == [(4, 5)]
    with pytest.raises(NotFound):
        gateway.quarantine(source="tex")


def test_standing_compares_with_the_release_before(gateway: Gateway) -> None:
    standing = gateway.standing()
    assert {(q.source, q.passed) for q in standing.quality} == {("tax", 95), ("gp", 92)}
    assert {(q.source, q.passed) for q in standing.quality_before} == {("tax", 99), ("gp", 90)}
    assert all(line.adds_up for line in standing.ledger)


def test_example_is_the_person_most_sources_know(gateway: Gateway) -> None:
    assert gateway.example("person", purpose="training") == "p-1"
