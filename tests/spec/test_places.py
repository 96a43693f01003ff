"""Where a record is and how that is known; and figures moved from old boundaries to new, totals kept."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import ibis.expr.types as ir
import pytest

from vestry.addresses.measures import area_measures
from vestry.addresses.placement import place_records
from vestry.addresses.reference import Reference, reference
from vestry.contracts.contract import Part
from vestry.engines.engine import Engine
from vestry.standardise.remembered import Remembered

GEOGRAPHIES = ("lsoa/2021", "district/2024")


def square(west: float) -> str:
    ring = [[west, 50], [west + 1, 50], [west + 1, 51], [west, 51], [west, 50]]
    return json.dumps({"type": "Polygon", "coordinates": [ring]})


AREAS = f"""
    as_at      | key | code | name  | district | boundary
    2026-01-01 | 1   | L1   | One   | D1       | {square(0)}
    2026-01-01 | 2   | L2   | Two   | D1       | {square(1)}
    2026-01-01 | 3   | L3   | Three | D2       | {square(2)}
"""
POSTCODES = """
    as_at      | key | postcode | lsoa | district
    2026-01-01 | 1   | AB1 1AA  | L1   | D1
    2026-01-01 | 2   | AB1 1AB  | L2   | D1
    2026-01-01 | 3   | ab22ba   | L3   | D2
    2026-01-01 | 4   | AB2 2BB  | L3   | D2
"""
Known = Callable[..., Reference]


def received_areas(tables: Any, drawn: str = AREAS) -> Any:
    attributes = {"geography": "lsoa", "vintage": "2021", "within": ["district/2024"]}
    fields = {"code": "lsoa.area_code", "name": "lsoa.name", "boundary": "lsoa.boundary"}
    fields["district"] = "lsoa.parent_code[district/2024]"
    parts = [Part(name="lsoa", kind="area", attributes=attributes)]
    return tables.received(tables.of(drawn), source="areas", parts=parts, fields=fields)


def received_postcodes(tables: Any, drawn: str = POSTCODES) -> Any:
    parts = [Part(name="where", kind="postcode", attributes={"areas": list(GEOGRAPHIES)})]
    fields = {"postcode": "where.postcode", "lsoa": "where.area_code[lsoa/2021]"}
    fields["district"] = "where.area_code[district/2024]"
    return tables.received(tables.of(drawn), source="postcodes", parts=parts, fields=fields)


def received_crosswalk(tables: Any, drawn: str, **attributes: str) -> Any:
    said = {"geography": "lsoa", "from_vintage": "2011", "to_vintage": "2021", **attributes}
    parts = [Part(name="change", kind="crosswalk", attributes=said)]
    rows = tables.of(drawn)
    fields = {"old": "change.from_code", "new": "change.to_code"}
    if "weight" in rows.columns:
        fields["weight"] = "change.weight"
    return tables.received(rows, source="changes", parts=parts, fields=fields)


def received_measure(tables: Any, drawn: str, **attributes: str) -> Any:
    said = {"measure": "people", "geography": "lsoa", "vintage": "2011", "period": "2026", **attributes}
    parts = [Part(name="m", kind="measure", attributes=said)]
    rows = tables.of(drawn)
    names = {"area": "m.area_code", "value": "m.value", "category": "m.category"}
    fields = {n: to for n, to in names.items() if n in rows.columns}
    return tables.received(rows, source="census", parts=parts, fields=fields)


@pytest.fixture
def known(engine: Engine, tables: Any) -> Known:
    def made(*more: Any, postcodes: str = POSTCODES) -> Reference:
        received = [received_areas(tables), received_postcodes(tables, postcodes), *more]
        return reference(engine, received, Remembered(engine, None))

    return made


def drawn_records(engine: Engine, records: ir.Table) -> ir.Table:
    return engine.keep("records_drawn", records.mutate(record_no=records.record_id.dense_rank()))


@pytest.fixture
def placed(engine: Engine, tables: Any, known: Known) -> Callable[..., dict[str, tuple[Any, ...]]]:
    """record -> (how, why, LSOA, district)."""

    def made(drawn: str, *, postcodes: str = POSTCODES) -> dict[str, tuple[Any, ...]]:
        records = drawn_records(engine, tables.of(drawn))
        found, placements = place_records(engine, records, known(postcodes=postcodes), GEOGRAPHIES)
        areas: dict[tuple[str, str], str] = {}
        for row in engine.fetch(placements).to_pylist():
            assert (row["record_id"], row["geography"]) not in areas, "placed twice in one geography"
            areas[row["record_id"], row["geography"]] = row["area_code"]
        return {
            r["record_id"]: (
                r["placed_by"],
                r["placed_why"],
                areas.get((r["record_id"], "lsoa")),
                areas.get((r["record_id"], "district")),
            )
            for r in engine.fetch(found).to_pylist()
        }

    return made


def test_placement(placed: Callable[..., dict[str, tuple[Any, ...]]]) -> None:
    assert placed(
        """
        record_id   | postcode | longitude | latitude
        known       | AB1 1AB  | -         | -
        spelt       | AB2 2BA  | -         | -
        both        | AB1 1AA  | 2.5       | 50.5
        elsewhere   | ZZ9 9ZZ  | -         | -
        new         | AB1 9ZZ  | -         | -
        new-placed  | AB1 9ZZ  | 2.5       | 50.5
        by-point    | -        | 0.5       | 50.5
        point-away  | -        | 9.5       | 50.5
        nowhere     | -        | -         | -
        not-a-point | -        | east      | 50.5
        on-the-edge | -        | 1         | 50.5
        """
    ) == {
        "known": ("postcode", None, "L2", "D1"),
        "spelt": ("postcode", None, "L3", "D2"),
        "both": ("postcode", None, "L1", "D1"),
        "elsewhere": ("outside", "postcode district lies outside this place", None, None),
        "new": (None, "postcode is not in the list for this place", None, None),
        "new-placed": ("coordinates", "postcode is not in the list for this place", "L3", None),
        "by-point": ("coordinates", "no postcode", "L1", None),
        "point-away": ("outside", "coordinates lie outside this place", None, None),
        "nowhere": (None, "no postcode, and no coordinates", None, None),
        "not-a-point": (None, "no postcode, and no coordinates", None, None),
        "on-the-edge": ("coordinates", "no postcode", "L1", None),
    }


def test_nothing_is_outside_a_place_of_which_nothing_is_known(engine: Engine, tables: Any) -> None:
    """No list of postcodes and no boundaries: not to be found is no sign of being elsewhere."""
    records = tables.of(
        "record_id | postcode | longitude | latitude\na | ZZ9 9ZZ | - | -\nb | - | 9.5 | 50.5"
    )
    nothing = reference(engine, [], Remembered(engine, None))
    found, placements = place_records(engine, drawn_records(engine, records), nothing, GEOGRAPHIES)
    assert [r["placed_by"] for r in engine.fetch(found).to_pylist()] == [None, None]
    assert engine.count(placements) == 0


def test_a_postcode_listed_twice_is_placed_the_same_way_in_any_order(
    placed: Callable[..., dict[str, Any]],
) -> None:
    """Two spellings of one postcode in two areas: the list is wrong, and the build must not depend on its order."""
    head, *lines = POSTCODES.strip().splitlines()
    lines += ["2026-01-01 | 5 | AB11AA | L2 | D1", "2026-01-01 | 6 | ab1 1aa | L3 | D2"]
    record = "record_id | postcode | longitude | latitude\nr | AB1 1AA | - | -"
    found = {str(placed(record, postcodes="\n".join([head, *order]))["r"]) for order in (lines, lines[::-1])}
    assert len(found) == 1, found


SPLITS = """
    as_at      | key | old | new | weight
    2026-01-01 | 1   | O1  | L1  | 1
    2026-01-01 | 2   | O2  | L2  | 3
    2026-01-01 | 3   | O2  | L3  | 1
    2026-01-01 | 4   | O3  | L3  | 1
"""
Measured = Callable[..., dict[tuple[str, str, str], float]]


@pytest.fixture
def measured(engine: Engine, known: Known) -> Measured:
    """(measure, geography, area) -> value."""

    def made(*received: Any) -> dict[tuple[str, str, str], float]:
        table = area_measures(engine, received, known(*received), GEOGRAPHIES)
        found: dict[tuple[str, str, str], float] = {}
        for r in engine.fetch(table).to_pylist():
            key = (r["measure"], r["geography"], r["area_code"])
            assert key not in found, "one area has two figures for one thing"
            found[key] = r["value"]
        return found

    return made


def of(found: dict[tuple[str, str, str], float], measure: str, geography: str) -> dict[str, float]:
    return {area: value for (m, g, area), value in found.items() if (m, g) == (measure, geography)}


def test_counts_are_shared_out_and_totals_are_kept(measured: Measured, tables: Any) -> None:
    """An area split in two, an area joined, one outside and rows that say no area."""
    rows = "as_at | key | area\n" + "\n".join(
        f"2026-01-01 | {n} | {area}"
        for n, area in enumerate(["O1"] * 4 + ["O2"] * 8 + ["O3"] * 2 + ["X9"] * 3 + ["-"] * 5)
    )
    found = measured(received_crosswalk(tables, SPLITS), received_measure(tables, rows, measure="crimes"))
    assert of(found, "crimes", "lsoa") == {"L1": 4, "L2": 6, "L3": 4, "X9": 3, "not-placed": 5}
    assert of(found, "crimes", "district") == {"D1": 10, "D2": 4, "outside": 3, "not-placed": 5}


def test_published_figures_are_shared_out_and_summed(measured: Measured, tables: Any) -> None:
    rows = "as_at | key | area | value\n2026-01-01 | 1 | O1 | 1,000\n2026-01-01 | 2 | O2 | 400\n2026-01-01 | 3 | X9 | 7"
    found = measured(received_crosswalk(tables, SPLITS), received_measure(tables, rows))
    assert of(found, "people", "lsoa") == {"L1": 1000, "L2": 300, "L3": 100}
    assert of(found, "people", "district") == {"D1": 1300, "D2": 100}


def test_averages_are_not_shared_out_but_weighted(measured: Measured, tables: Any) -> None:
    people = "as_at | key | area | value\n2026-01-01 | 1 | L1 | 300\n2026-01-01 | 2 | L2 | 100"
    score = "as_at | key | area | value\n2026-01-01 | 1 | L1 | 10\n2026-01-01 | 2 | L2 | 30"
    weighted = {"measure": "score", "vintage": "2021", "combine": "mean", "weighted_by": "people"}
    found = measured(
        received_measure(tables, people, vintage="2021"), received_measure(tables, score, **weighted)
    )
    assert of(found, "score", "lsoa") == {"L1": 10, "L2": 30}
    assert of(found, "score", "district") == {"D1": 15}


def test_what_may_not_be_combined_stays_where_it_was_published(measured: Measured, tables: Any) -> None:
    rank = "as_at | key | area | value\n2026-01-01 | 1 | L1 | 10\n2026-01-01 | 2 | L2 | 30"
    found = measured(received_measure(tables, rank, measure="rank", vintage="2021", combine="none"))
    assert of(found, "rank", "lsoa") == {"L1": 10, "L2": 30}
    assert of(found, "rank", "district") == {}


def test_weights_by_postcodes(measured: Measured, tables: Any) -> None:
    """Three have their postcodes in L3 to every one in L2... here two to one."""
    drawn = "as_at | key | old | new\n2026-01-01 | 1 | O2 | L2\n2026-01-01 | 2 | O2 | L3"
    rows = "as_at | key | area | value\n2026-01-01 | 1 | O2 | 9"
    found = measured(received_crosswalk(tables, drawn, weights="postcodes"), received_measure(tables, rows))
    assert of(found, "people", "lsoa") == {"L2": 3, "L3": 6}


def test_a_category_is_part_of_the_name(measured: Measured, tables: Any) -> None:
    rows = "as_at | key | area | category\n2026-01-01 | 1 | L1 | theft\n2026-01-01 | 2 | L1 | -"
    found = measured(received_measure(tables, rows, measure="crime: {category}", vintage="2021"))
    assert of(found, "crime: theft", "lsoa") == {"L1": 1}
    assert of(found, "crime: not stated", "lsoa") == {"L1": 1}


def crimes(tables: Any, counts: dict[str, int]) -> Any:
    rows = [f"2026-01-01 | {area}{n} | {area}" for area, times in counts.items() for n in range(times)]
    return received_measure(tables, "\n".join(["as_at | key | area", *rows]), measure="crimes")


def test_no_crosswalk_loses_or_makes_a_crime(measured: Measured, tables: Any) -> None:
    """Weights unsaid, thirds, an area that goes abroad in part or whole: every geography adds up to the rows there were."""
    drawn = """
        as_at      | key | old | new | weight
        2026-01-01 | 1   | O1  | L1  | 1
        2026-01-01 | 2   | O1  | L2  | 1
        2026-01-01 | 3   | O1  | L3  | 1
        2026-01-01 | 4   | O2  | L2  | -
        2026-01-01 | 5   | O2  | Y1  | -
        2026-01-01 | 6   | O3  | Y1  | 0.5
        2026-01-01 | 7   | O4  | L1  | 0
        2026-01-01 | 8   | O4  | L3  | 2
        2026-01-01 | 9   | O5  | -   | 1
    """
    counts = {"O1": 10, "O2": 3, "O3": 2, "O4": 4, "O5": 2, "X9": 5, "-": 1}
    found = measured(received_crosswalk(tables, drawn), crimes(tables, counts))
    for geography in ("lsoa", "district"):
        assert sum(of(found, "crimes", geography).values()) == pytest.approx(sum(counts.values()), abs=1e-4)


def test_an_area_whose_weights_are_all_zero_loses_nothing(measured: Measured, tables: Any) -> None:
    drawn = "as_at | key | old | new | weight\n2026-01-01 | 1 | O1 | L1 | 0\n2026-01-01 | 2 | O1 | L2 | 0"
    found = measured(received_crosswalk(tables, drawn), crimes(tables, {"O1": 4}))
    for geography in ("lsoa", "district"):
        assert sum(of(found, "crimes", geography).values()) == 4


def test_the_steps_of_an_area_sum_to_one(engine: Engine, tables: Any, known: Known) -> None:
    found = known(received_crosswalk(tables, SPLITS)).crosswalks
    summed = found.group_by("from_code").aggregate(weight=found.weight.sum())
    assert {r["from_code"]: r["weight"] for r in engine.fetch(summed).to_pylist()} == {
        "O1": 1,
        "O2": 1,
        "O3": 1,
    }
