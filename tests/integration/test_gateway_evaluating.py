"""What an evaluation reads through the gateway: numbers, each once, and nothing that names anybody."""

from __future__ import annotations

from typing import Any

import duckdb
import pytest

from gateway_by_hand import HERE, entries, open_gateway
from vestry.clock import FixedClock
from vestry.ids import digest
from vestry.place import Place
from vestry.sharing.gateway import Gateway
from vestry.twin.evaluated import TABLE_OF

TAX_100, GP, LIBRARY, TAX_200 = (
    digest(source, key, "person", "person")
    for source, key in (("tax", "100"), ("gp", "G7"), ("library", "L1"), ("tax", "200"))
)


def read(gateway: Gateway, name: str, kind: str = "person") -> list[dict[str, Any]]:
    """Every row of one of the streams that an evaluation reads."""
    return [row for b in gateway.evaluated(name, kind, purpose="audit").batches for row in b.to_pylist()]


def test_an_evaluation_reads_each_key_once(gateway: Gateway) -> None:
    rows = read(gateway, "keys")
    assert {(r["source"], r["source_key"], r["entity_id"]) for r in rows} == {
        ("tax", "100", "p-1"), ("gp", "G7", "p-1"), ("library", "L1", "p-1"), ("tax", "200", "p-2"),
    }  # fmt: skip
    assert len(rows) == 4
    assert [r["entity_id"] for r in read(gateway, "keys", "organisation")] == ["o-1"]


def test_an_evaluation_reads_links_as_numbers_of_records(gateway: Gateway) -> None:
    """Record and unit are rows of `members`; what a key held before hangs on its first."""
    assert {(r["record_no"], r["unit_no"]) for r in read(gateway, "repeats")} == {(1, 0)}
    units = {r["unit_no"]: r["unit_id"] for r in read(gateway, "unit ids")}
    assert {units[r["unit_no"]] for r in read(gateway, "keys")} == {TAX_100, GP, LIBRARY, TAX_200}
    links = {(units[r["left_no"]], units[r["right_no"]], r["probability"]) for r in read(gateway, "links")}
    assert links == {(GP, TAX_100, 0.99), (GP, LIBRARY, 0.97), (GP, TAX_200, 0.55)}


def test_an_evaluation_reads_what_registers_hold(gateway: Gateway) -> None:
    assert {(r["rule"], r["value"]) for r in read(gateway, "rules", "")} == {
        ("link from", 0.95), ("holds each once", None),
    }  # fmt: skip
    held = {(r["record_no"], r["register"], r["first_as_at"], r["last_as_at"]) for r in read(gateway, "held")}
    assert held == {
        (n, "tax/rows", "2026-08-01", last)
        for n, last in ((0, "2026-11-01"), (1, "2026-08-01"), (4, "2026-11-01"))
    }


def test_an_evaluation_reads_nothing_that_names_anybody(gateway: Gateway) -> None:
    """No name, birth date or number of anybody is in any stream; and each leaves its entries."""
    for name in TABLE_OF:
        for kind in ("person", "organisation", "property"):
            said = repr(read(gateway, name, kind))
            assert not any(
                value in said for value in ("BRIEN", "1984-05-31", "9434765919", "AB1 2CD", "BAKERY")
            )


def test_slices_are_the_whole(gateway: Gateway, monkeypatch: pytest.MonkeyPatch) -> None:
    def everything() -> dict[str, list[str]]:
        return {name: sorted(repr(row) for row in read(gateway, name)) for name in TABLE_OF}

    whole = everything()
    monkeypatch.setattr("vestry.twin.evaluated.SLICED", 1)
    assert everything() == whole


def test_a_release_from_before_the_rules_were_kept(small_place: Place, clock: FixedClock) -> None:
    with duckdb.connect(str(small_place.releases / "rel-2" / "twin.duckdb")) as twin:
        twin.execute("DROP TABLE linkage_rules")
    assert read(open_gateway(small_place, clock=clock, operator=HERE), "rules", "") == []


def test_an_evaluation_stays_with_one_release(small_place: Place, gateway: Gateway) -> None:
    found = gateway.evaluated("keys", "person", release_id="rel-1", purpose="audit")
    assert list(found.batches) == []
    said = [e for e in entries(small_place) if e["action"] == "evaluate"]
    assert [(e["stage"], e["release"], e["table"], e["purpose"]) for e in said] == [
        ("asked", "rel-1", "members", "audit"), ("answered", "rel-1", "members", "audit"),
    ]  # fmt: skip


def test_a_register_holds_whom_its_rows_are_of(small_place: Place, clock: FixedClock) -> None:
    def held(part: str) -> int:
        with duckdb.connect(str(small_place.releases / "rel-2" / "twin.duckdb")) as twin:
            twin.execute("UPDATE linkage_rules SET about = $1 WHERE rule = 'holds each once'", [part])
        return len(read(open_gateway(small_place, clock=clock, operator=HERE), "held"))

    with duckdb.connect(str(small_place.releases / "rel-2" / "twin.duckdb")) as twin:
        parts = twin.execute(
            "SELECT DISTINCT part FROM records WHERE source = 'tax' AND kind = 'person'"
        ).fetchall()
    assert held("nobody") == 0
    assert sum(held(part) for (part,) in parts) > 0
