"""A search by the index finds exactly whom looking at every record finds, whatever is known and whatever may be seen of it."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import pyarrow as pa
import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from vestry.engines.duckdb import DuckDBEngine
from vestry.twin.answers import Criteria
from vestry.twin.finding import by_index
from vestry.twin.listed import Text, Within
from vestry.twin.ranking import Search
from vestry.twin.scanning import by_scanning
from vestry.twin.search import Rows
from vestry.twin.search_index import search_tables
from vestry.twin.tables import BY_NAME

SOURCES = ("gp", "homes", "tax")
NAMES = (
    "ANN",
    "ANNE",
    "O'BRIEN",
    "ZOË",
    "SMITH",
    "SMITHSON",
    "JEAN-LUC",
    "ŁUKASZ",
    "",
    "' OR 1=1",
    "D’ARCY 2",
)
HOMES = ("1 HIGH STREET\nMIDTOWN", "FLAT 2, 1 HIGH ST", "12 HIGHFIELD", "", "THE MILL")
DATES = ("1984-05-31", "1984-05", "1984", "1985-01-12", None)
POSTCODES = ("AB1 2CD", "AB12 3CD", None)
NUMBERS = ("9434765919", "9434765870", None)
KEYS = ("1", "10", "A 1", "a1", "Ä-7")
KINDS = {"e0": "person", "e1": "person", "e2": "person", "e3": "organisation", "e4": "property"}
"""Everybody there is."""

one_record = st.fixed_dictionaries(
    {
        "entity_id": st.sampled_from(sorted(KINDS)),
        "source": st.sampled_from(SOURCES),
        "source_key": st.sampled_from(KEYS),
        "current": st.booleans(),
        "given_names": st.sampled_from(NAMES),
        "family_name": st.sampled_from(NAMES),
        "organisation_name": st.sampled_from(NAMES),
        "birth_date": st.sampled_from(DATES),
        "address_lines": st.sampled_from(HOMES),
        "postcode": st.sampled_from(POSTCODES),
        "nhs_number": st.sampled_from(NUMBERS),
        "uprn": st.sampled_from(("100", "1002", None)),
    }
)
one_dealing = st.fixed_dictionaries(
    {
        "about": st.sets(st.sampled_from(sorted(KINDS)), max_size=2),
        "source": st.sampled_from(SOURCES),
        "current": st.booleans(),
        "reference": st.sampled_from((*KEYS, None)),
    }
)
typed_name = st.sampled_from(
    (
        "ann",
        "Zoe",
        "obrien",
        "smith",
        "smiths",
        "luc jean",
        "smith ann",
        "zoe obrien",
        "ann zoe",
        "lukasz",
        "darcy",
        "s",
        "1",
        "or",
        "'",
        "2 d",
    )
)
said: dict[str, st.SearchStrategy[Any]] = {
    "name": typed_name,
    "born": st.sampled_from(("1984", "1984-05", "1984-05-31", "1985-12-01")),
    "address": st.sampled_from(("high 1", "2 high", "midtown ab1", "mill the", ",", "igh", "12")),
    "postcode": st.sampled_from(("ab1 2cd", "AB123CD")),
    "nhs_number": st.sampled_from(("943 476 5919", "9434765918")),
    "uprn": st.sampled_from(("0100", "1002")),
    "reference": st.sampled_from(("1", "A1", "ä-7")),
    "key": st.sampled_from((("tax", "1"), ("gp", "a 1"))),
    "kind": st.sampled_from(("person", "organisation", "property")),
}
searched = st.lists(st.sampled_from(sorted(said)), min_size=1, max_size=3, unique=True).flatmap(
    lambda names: st.builds(Criteria, **{name: said[name] for name in names})
)
CRITERIA = (
    "name",
    "organisation",
    "born",
    "address",
    "postcode",
    "nhs_number",
    "uprn",
    "reference",
    "dealing",
    "key",
)
allowed = st.dictionaries(
    st.sampled_from(CRITERIA),
    st.sets(st.tuples(st.sampled_from("12"), st.sampled_from(SOURCES)).map("|".join), min_size=1).map(tuple),
)
views = st.one_of(
    st.none(),
    allowed.map(
        lambda may: Within(
            classes="CASE s.entity_id WHEN 'e0' THEN '1' WHEN 'e1' THEN '' ELSE '2' END",
            parameters=(),
            marks=(),
            allowed=may,
        )
    ),
)


@pytest.fixture(scope="module")
def engine(tmp_path_factory: pytest.TempPathFactory) -> Iterator[DuckDBEngine]:
    with closing(DuckDBEngine(tmp_path_factory.mktemp("finding") / "workspace", threads=1)) as one:
        yield one


def released(engine: DuckDBEngine, records: list[dict[str, Any]], dealings: list[dict[str, Any]]) -> None:
    """The tables that a search reads, with the index that a build would make of them."""
    tables: dict[str, list[dict[str, Any]]] = {
        "records": [
            {**one, "record_id": f"r{at}", "kind": KINDS[one["entity_id"]]} for at, one in enumerate(records)
        ],
        "subjects": [
            {"entity_id": one, "kind": kind, "subject_no": at, "areas": [], "known_to": [], "deceased": False}
            for at, (one, kind) in enumerate(sorted(KINDS.items()))
        ],
        "episodes": [{**one, "episode_id": f"d{at}"} for at, one in enumerate(dealings)],
        "episode_entities": [
            {"episode_id": f"d{at}", "entity_id": whose}
            for at, one in enumerate(dealings)
            for whose in sorted(one["about"])
        ],
    }
    tables["members"] = tables["records"]
    made = {
        name: engine.bring(
            name,
            pa.Table.from_pylist(
                [{column: row.get(column) for column in BY_NAME[name].schema.names} for row in rows],
                schema=BY_NAME[name].schema.to_pyarrow(),
            ),
        )
        for name, rows in tables.items()
    }
    search_tables(engine, **made)


# To make a failing case smaller would build an index for each try.
@settings(
    deadline=None,
    max_examples=150,
    phases=(Phase.explicit, Phase.reuse, Phase.generate),
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@given(
    records=st.lists(one_record, min_size=1, max_size=8),
    dealings=st.lists(one_dealing, max_size=3),
    asked=st.lists(st.tuples(searched, views), min_size=1, max_size=6),
)
def test_the_index_finds_whom_a_look_at_every_record_finds(
    engine: DuckDBEngine,
    records: list[dict[str, Any]],
    dealings: list[dict[str, Any]],
    asked: list[tuple[Criteria, Within | None]],
) -> None:
    known = {one["entity_id"] for one in records}  # nobody is in a release of whom it has no record
    released(engine, records, [{**one, "about": one["about"] & known} for one in dealings])
    rows = Rows(engine.connection())
    for criteria, within in asked:
        found = []
        for hits, by in ((by_index, "subject_no"), (by_scanning, "entity_id")):
            text = Text()
            query = hits(rows, criteria, text)
            total, each = Search(rows, criteria, query, text.parameters, by=by).found(99, within)
            assert total == len(each)
            found.append({one: hit.kind for one, hit in each.items() if hit.matched == "exactly"})
        assert found[0] == found[1], criteria


def test_the_index_is_the_same_whatever_the_order_of_rows(engine: DuckDBEngine, tmp_path: Path) -> None:
    records = [
        {"entity_id": one, "source": source, "source_key": key, "current": bool(at % 2), "given_names": NAMES[at % 7],
         "family_name": NAMES[(at * 3) % 7], "address_lines": HOMES[at % 5], "postcode": POSTCODES[at % 2],
         "birth_date": DATES[at % 5]}
        for at, (one, source, key) in enumerate((e, s, k) for e in KINDS for s in SOURCES for k in KEYS)
    ]  # fmt: skip
    made = []
    for order in (records, records[::-1]):
        released(engine, order, [])
        made.append(
            [
                engine.connection().execute(f"SELECT * FROM {name} ORDER BY ALL").fetchall()
                for name in ("search_words", "search_places")
            ]
        )
    assert made[0] == made[1]
    assert len(made[0][1]) > len(made[0][0]) > 20
