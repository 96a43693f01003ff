"""Whatever a scorer says: no UPRN is invented, no flat stands for its building, and order and memory show in nothing.

The library is put aside for a scorer that says anything at all, so that what must hold does not hang on its sense.
"""

from __future__ import annotations

import tempfile
from collections.abc import Callable, Iterator, Mapping, Sequence
from itertools import count
from pathlib import Path
from typing import Any

import ibis.expr.types as ir
import pyarrow as pa
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from small_gazetteer import gazetteer_of, records_of
from vestry.addresses import matching
from vestry.addresses.library import CANDIDATES
from vestry.addresses.uprns import Addressed, find_uprns
from vestry.engines.duckdb import DuckDBEngine
from vestry.engines.engine import Engine
from vestry.ids import digest
from vestry.place import Thresholds
from vestry.standardise.remembered import Remembered

STREETS = ("HIGH STREET", "MILL LANE", "HIGH STREET WEST")
BUILDINGS = (None, "WYND HOUSE", "THE OLD MILL")
UNITS = ("FLAT A", "FLAT B", "FLAT 1", "FLAT 2", "FLAT 12", "GROUND FLOOR FLAT", "UNIT 1")
POSTCODES = ("ZX1 0AA", "ZX1 0AB")
PLACES = ("", ", THRUPWOLD", ", BRACKTON", ", THRUPWOLD, BRACKTON")

PREMISES = st.tuples(
    st.sampled_from(("1", "2", "12", "1A", "1-2", None)),
    st.sampled_from(BUILDINGS),
    st.sampled_from(STREETS),
    st.sampled_from(POSTCODES),
)
SLOW = settings(max_examples=6, deadline=None, suppress_health_check=list(HealthCheck))


@st.composite
def counties(draw: st.DrawFn) -> list[list[Any]]:
    """Buildings, some of them let in flats, some of which are properties themselves."""
    rows: list[list[Any]] = []
    uprn = 100
    for number, building, street, postcode in draw(st.lists(PREMISES, min_size=2, max_size=6, unique=True)):
        units = draw(st.lists(st.sampled_from(UNITS), max_size=3, unique=True))
        whole = not units or draw(st.booleans())
        rest = [building, number, street, "THRUPWOLD", "BRACKTON", postcode]
        parent = uprn if whole else None
        if whole:
            rows.append([uprn, None, "approved", "PP" if units else "RD04", None, *rest])
        for unit in units:
            uprn += 1
            rows.append(
                [uprn, parent, draw(st.sampled_from(("approved", "historical"))), "RD06", unit, *rest]
            )
        uprn += 1
    return rows


TEXTS = st.tuples(
    st.sampled_from((None, "A", "2", "FLAT 3", *UNITS)), PREMISES, st.sampled_from(PLACES), st.booleans()
)


def text_of(said: Any) -> tuple[str, str | None, bool]:
    """(lines, postcode, whether it names a flat or anything that could be one).

    "2, HIGH STREET" and "2, WYND HOUSE, HIGH STREET" may be said of house 2 as of a flat.
    """
    unit, (number, building, street, postcode), places, coded = said
    first = f"{unit}, " if unit else ""
    named = f"{building}, " if building else ""
    lines = f"{first}{named}{number + ' ' if number else ''}{street}{places}"
    return (
        lines,
        postcode if coded else None,
        bool(unit or (building and number)) or (number or "")[-1:].isalpha() or "-" in (number or ""),
    )


def any_scores(gazetteer: Sequence[Sequence[Any]]) -> Callable[..., ir.Table]:
    """A scorer that gives each text five UPRNs of the gazetteer, with scores drawn from a hash of both.

    Each answer has its rows in another order, as a table computed by several threads may.
    """
    turn = count(1)

    def scored(engine: Engine, texts: ir.Table, addresses: ir.Table, _: Path | None) -> ir.Table:
        known = sorted({str(row[0]) for row in gazetteer if row[2] != "historical"})
        rows = []
        for text in engine.fetch(texts.select("text_id")).column("text_id").to_pylist():
            luck = sorted(known, key=lambda uprn: digest(text, uprn))[:5]
            rows += [
                {"text_id": text, "uprn": u, "score": int(digest(u, text)[:2], 16) // 16 * 4} for u in luck
            ]
        turned = next(turn)
        rows.sort(key=lambda row: digest(str(turned), row["text_id"], row["uprn"]))
        return engine.bring("address_candidates", pa.Table.from_pylist(rows, schema=CANDIDATES))

    return scored


@pytest.fixture(scope="module")
def engines(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Engine, Engine]]:
    made = [DuckDBEngine(tmp_path_factory.mktemp("w") / "work", threads=n) for n in (1, 2)]
    yield made[0], made[1]
    for engine in made:
        engine.close()


def addressed(
    engine: Engine, rows: Sequence[Mapping[str, Any]], county: Sequence[Sequence[Any]], memory: Path | None
) -> Addressed:
    return find_uprns(
        engine, records_of(engine, rows), gazetteer_of(county), Remembered(engine, None),
        thresholds=Thresholds(), memory=memory,
    )  # fmt: skip


@SLOW
@given(county=counties(), texts=st.lists(TEXTS, min_size=20, max_size=80), data=st.data())
def test_nothing_is_invented_and_no_flat_stands_for_its_building(
    county: list[list[Any]], texts: list[Any], data: st.DataObject, engines: tuple[Engine, Engine]
) -> None:
    known = {str(row[0]): row for row in county}
    given_numbers = st.sampled_from((None, None, None, "7", *known))
    rows = [
        {
            "record_id": str(n),
            "lines": text_of(t)[0],
            "postcode": text_of(t)[1],
            "uprn": data.draw(given_numbers),
        }
        for n, t in enumerate(texts)
    ]
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(matching, "candidates", any_scores(county))
        found = engines[0].fetch(addressed(engines[0], rows, county, None).records).to_pylist()
    assert len(found) == len(rows)
    for record in found:
        said = rows[int(record["record_id"])]
        uprn = record["uprn"]
        assert uprn in known or uprn == said["uprn"], "invented"
        if record["uprn_by"] in ("exact", "library"):
            assert said["uprn"] not in known, "the source's own number was put aside"
            unit, number = known[uprn][4], known[uprn][6]
            names = text_of(texts[int(record["record_id"])])[2]
            assert not unit or names, "a flat for a text that names none"
            if (flat := texts[int(record["record_id"])][0]) and not unit:
                house = flat == number and texts[int(record["record_id"])][1][0] is None
                assert house or (number and not number.isdigit()), f"the building for {said['lines']}"


@SLOW
@given(county=counties(), texts=st.lists(TEXTS, min_size=20, max_size=80), data=st.data())
def test_order_memory_and_threads_show_in_nothing(
    county: list[list[Any]], texts: list[Any], data: st.DataObject, engines: tuple[Engine, Engine]
) -> None:
    given_numbers = st.sampled_from((None, None, None, *(str(row[0]) for row in county)))
    rows = [
        {
            "record_id": str(n),
            "lines": text_of(t)[0],
            "postcode": text_of(t)[1],
            "uprn": data.draw(given_numbers),
        }
        for n, t in enumerate(texts)
    ]
    part = data.draw(st.integers(0, len(rows)))
    shuffled = data.draw(st.permutations(rows))
    with tempfile.TemporaryDirectory() as folder, pytest.MonkeyPatch.context() as patch:
        patch.setattr(matching, "candidates", any_scores(county))
        memory = Path(folder)
        fresh = _values(engines[0], addressed(engines[0], rows, county, None))
        addressed(engines[1], shuffled[:part], county, memory)
        grown = _values(engines[1], addressed(engines[1], shuffled, county, memory))
        kept = _values(engines[1], addressed(engines[1], rows, county, memory))
    assert fresh == grown == kept


def _values(engine: Engine, found: Addressed) -> Any:
    records = engine.fetch(found.records.select("record_id", "uprn", "uprn_by", "uprn_why", "uprn_agrees"))
    matches = engine.fetch(found.matches)
    return [sorted((tuple(r.values()) for r in t.to_pylist()), key=str) for t in (records, matches)]
