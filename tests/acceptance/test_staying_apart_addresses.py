"""Properties that a destroyed gazetteer told apart stay two; where a gazetteer only says otherwise now, they are what it says."""

from __future__ import annotations

import csv
import shutil
from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from tiny_people import ASHA, JANE, MARY, OMAR, TOM
from vestry.clock import SystemClock
from vestry.contracts.reading import read_contracts
from vestry.intake.receive import receive

COLUMNS = ("UPRN", "CLASS", "UNIT", "NUMBER", "STREET", "TOWN", "POSTCODE")
FIELDS = ("prop.uprn, addr.uprn", "prop.classification", *(f"addr.{c.lower()}" for c in COLUMNS[2:]))
GAZETTEER = """\
apiVersion: v3.1.0
kind: DataContract
id: gazetteer
version: 1.0.0
status: active
customProperties:
- {property: vestry.organisation, value: borough}
- {property: vestry.lawful_basis, value: {article_6: "none: no personal data"}}
- {property: vestry.may_link, value: false}
- {property: vestry.extract, value: full}
- {property: vestry.format, value: {format: csv}}
- {property: vestry.tolerance, value: {shrink: 1, swell: 100}}
schema:
- name: addresses
  customProperties:
  - property: vestry.describes
    value:
      prop: {kind: gazetteer_property}
      addr: {kind: gazetteer_address}
  properties:
""" + "\n".join(
    f"  - {{name: {column}, logicalType: string, classification: public,"
    f"{' primaryKey: true, primaryKeyPosition: 1,' if column == 'UPRN' else ''}"
    f" customProperties: [{{property: vestry.field, value: [{field}]}}]}}"
    for column, field in zip(COLUMNS, FIELDS, strict=True)
)
POSTCODE = "AB1 2AD"
HOUSES = [(str(n), "RD03", "", str(n), "HIGH STREET", "MIDTOWN", POSTCODE) for n in (1, 2, 7, 8)]
FLATS = [("101", "RD06", "FLAT 1", "10", *HOUSES[0][4:]), ("102", "RD06", "FLAT 2", "10", *HOUSES[0][4:])]
ODD = ("5", "RD03", "", "5", "ODD LANE", "MIDTOWN", POSTCODE)


@pytest.fixture
def place(small: Any, make_tiny: Callable[..., Any], tmp_path: Path) -> Any:
    """A gazetteer, and registers whose rows may give a UPRN (in the column `PHONE`)."""
    tiny = make_tiny(tmp_path / "place", tax={}, library={}, gp={})
    shutil.copytree(small.place.models, tiny.place.models)
    for path in tiny.place.contracts.glob("borough/*.yaml"):
        path.write_text(
            path.read_text(encoding="utf-8").replace("person.phone", "home.uprn"), encoding="utf-8"
        )
    (tiny.place.contracts / "borough" / "gazetteer.yaml").write_text(GAZETTEER, encoding="utf-8")
    tiny.send("gp", "2026-01-01", {"ID": "x", **OMAR})
    tiny.send("gp", "2026-02-01", {"ID": "x", **OMAR})
    return tiny


def gazetteer(tiny: Any, as_at: str, *rows: tuple[str, ...]) -> None:
    path = tiny.place.folder / "gazetteer.csv"
    with path.open("w", encoding="utf-8", newline="") as file:
        csv.writer(file).writerows([COLUMNS, *rows])
    contract = read_contracts(tiny.place)["gazetteer"]
    receive(tiny.place, contract, [path], as_at=date.fromisoformat(as_at), clock=SystemClock(), accept=True)
    path.unlink()


def destroy(tiny: Any, source: str, as_at: str) -> None:
    (folder,) = tiny.place.extracts.glob(f"{source}/{as_at}-*")
    shutil.rmtree(folder)


def properties(tiny: Any, looking: Any, release: str) -> dict[tuple[str, str], str]:
    sql = "SELECT source, source_key, entity_id FROM members WHERE kind = 'property'"
    return {(source, key): entity for source, key, entity in looking.rows_of(tiny.place, release, sql)}


def at(address: str, uprn: str = "") -> dict[str, str]:
    return {"ADDRESS": address, "POSTCODE": POSTCODE, "PHONE": uprn}


@pytest.mark.parametrize("contract_too", [False, True])
def test_what_a_destroyed_gazetteer_told_apart_stays_two(
    place: Any, looking: Any, contract_too: bool
) -> None:
    """Of one text the one gave a flat's UPRN; two gave one UPRN that nobody knows, beside different addresses."""
    gazetteer(place, "2026-01-01", *HOUSES, *FLATS)
    place.send(
        "tax", "2026-01-01", {"ID": "1", **JANE, **at("10 High Street", "101")},
        {"ID": "2", **TOM, **at("1 High Street", "999")},
    )  # fmt: skip
    place.send(
        "library", "2026-01-01", {"ID": "a", **ASHA, **at("10 High Street")},
        {"ID": "b", **MARY, **at("2 High Street", "999")},
    )  # fmt: skip
    before = properties(place, looking, place.build().release_id)
    assert len(set(before.values())) == len(before)
    destroy(place, "gazetteer", "2026-01-01")
    if contract_too:
        (place.place.contracts / "borough" / "gazetteer.yaml").unlink()
    assert properties(place, looking, place.build().release_id) == before
    shutil.rmtree(place.place.releases)
    alone = properties(place, looking, place.build().release_id)
    assert alone["tax", "1"] == alone["library", "a"], "without a release before they would be one"
    assert alone["tax", "2"] == alone["library", "b"]


@pytest.mark.parametrize("gone", ["gp", "gazetteer", ""])
def test_a_newer_gazetteer_stands_whatever_else_is_gone(place: Any, looking: Any, gone: str) -> None:
    """It no longer has an address that was wrong: what rested on that is not put back."""
    gazetteer(place, "2026-01-01", *HOUSES, ODD)
    place.send("tax", "2026-01-01", {"ID": "1", **JANE, **at("5 Odd Lane")})
    place.send("library", "2026-01-01", {"ID": "a", **ASHA, **at("5 Odd Lane", "8")})
    before = properties(place, looking, place.build().release_id)
    assert before["tax", "1"] != before["library", "a"]
    gazetteer(place, "2026-02-01", *HOUSES)
    if gone:
        destroy(place, gone, "2026-01-01")
    now = properties(place, looking, place.build().release_id)
    assert now["tax", "1"] == now["library", "a"]
