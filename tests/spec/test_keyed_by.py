"""Rows about somebody who has a key of their own (`keyed_by`): the child of an episode, a review, a return home."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import ibis.expr.types as ir
import pytest

from vestry.contracts.contract import Part
from vestry.engines.engine import Engine
from vestry.intake.loading import Received
from vestry.linkage.keeping_apart import registers_of
from vestry.linkage.profiles import with_units
from vestry.standardise.records import standardise
from vestry.standardise.remembered import Remembered
from vestry.twin.dealings import episodes, relationships
from vestry.twin.residences import residences

CHILD = Part(name="child", kind="person", attributes={"keyed_by": "child"})
PLACED = Part(name="child", kind="person", attributes={"keyed_by": "child", "lives_at": "placement"})
PLACEMENT = Part(name="placement", kind="property")
CARE = Part(name="care", kind="episode", attributes={"service": 159, "about": ["child"]})


@dataclass(frozen=True, slots=True, kw_only=True)
class Told:
    """What a build makes of some tables: each answer is sorted rows of text, an entity named by its unit's key."""

    engine: Engine
    received: Sequence[Received]
    records: ir.Table
    members: ir.Table

    def rows(self, table: ir.Table, *columns: str) -> list[tuple[str, ...]]:
        found = self.engine.fetch(table.select(*columns)).to_pylist()
        words = {True: "yes", False: "no", None: "-"}
        return sorted(
            tuple(words[r[c]] if r[c] is None or isinstance(r[c], bool) else str(r[c]) for c in columns)
            for r in found
        )

    def units(self) -> list[tuple[str, ...]]:
        """Each unit's key, part and in how many tables it is."""
        held = self.records.group_by("unit_id", "source_key", "part").aggregate(
            tables=self.records.table_name.nunique()
        )
        return self.rows(held, "source_key", "part", "tables")


@pytest.fixture
def told(engine: Engine) -> Any:
    """`told(received, ...)`: those tables standardised, every unit an entity whose name is its key."""

    def made(*received: Received) -> Told:
        found = standardise(engine, received, Remembered(engine, None)).records
        found = with_units(engine, found.mutate(uprn_given=found.uprn), [r.contract for r in received])
        members = engine.keep("members_drawn", found.mutate(entity_id=found.source_key))
        return Told(engine=engine, received=received, records=found, members=members)

    return made


def header(tables: Any, drawn: str, **said: Any) -> Received:
    fields = {"born": "child.birth_date"}
    return tables.received(tables.of(drawn), parts=[CHILD], fields=fields, table="header", **said)


def spells(tables: Any, drawn: str, **said: Any) -> Received:
    said.setdefault("table", "spells")
    fields = {"place": "placement.postcode", "began": "care.opened_on", "ended": "care.closed_on"}
    rows = tables.of(drawn)
    fields = {n: to for n, to in fields.items() if n in rows.columns}
    return tables.received(rows, parts=[PLACED, PLACEMENT, CARE], fields=fields, **said)


TWO_SPELLS = """
    as_at      | key | child | place   | began      | ended
    2026-01-01 | a1  | 77    | AB1 2AA | 2025-03-01 | 2025-06-01
    2026-01-01 | a2  | 77    | AB1 2AD | 2025-06-01 | -
    2026-01-01 | b1  | 88    | AB1 2AD | 2025-02-01 | -
"""


def test_the_key_of_a_part_is_its_own_and_each_row_is_a_record_of_its_own(told: Any, tables: Any) -> None:
    found = told(spells(tables, TWO_SPELLS))
    assert found.rows(found.records, "part", "source_key", "row_key", "postcode", "current") == [
        ("child", "77", "a1", "AB1 2AA", "no"),
        ("child", "77", "a2", "AB1 2AD", "yes"),
        ("child", "88", "b1", "AB1 2AD", "yes"),
        ("placement", "a1", "a1", "AB1 2AA", "yes"),
        ("placement", "a2", "a2", "AB1 2AD", "yes"),
        ("placement", "b1", "b1", "AB1 2AD", "yes"),
    ]


def test_rows_that_say_the_same_of_one_child_are_several_records_of_one_unit(told: Any, tables: Any) -> None:
    same = "as_at | key | child | born\n2026-01-01 | r1 | 77 | 2015-05-05\n2026-01-01 | r2 | 77 | 2015-05-05"
    found = told(header(tables, same))
    assert found.rows(found.records, "source_key", "row_key", "birth_date") == [
        ("77", "r1", "2015-05-05"),
        ("77", "r2", "2015-05-05"),
    ]
    assert found.engine.fetch(found.records.record_id.nunique().name("n").as_table()).to_pylist() == [
        {"n": 2}
    ]
    assert found.units() == [("77", "child", "1")]


def test_all_tables_of_a_source_that_speak_of_one_key_speak_of_one_thing(told: Any, tables: Any) -> None:
    first = "as_at | key | child | born\n2026-01-01 | 77 | 77 | 2015-05-05"
    found = told(header(tables, first), spells(tables, TWO_SPELLS))
    units = [unit for unit in found.units() if unit[1] == "child"]
    assert units == [("77", "child", "2"), ("88", "child", "1")]


def test_a_row_whose_key_for_the_part_is_blank_tells_of_nobody(told: Any, tables: Any) -> None:
    drawn = "as_at | key | child | place | began\n2026-01-01 | a1 | - | AB1 2AA | 2025-03-01"
    found = told(spells(tables, drawn))
    assert found.rows(found.records, "part", "source_key") == [("placement", "a1")]


def test_who_is_no_longer_in_one_table_of_a_full_extract_goes_on_in_the_other(told: Any, tables: Any) -> None:
    """Each row ends by itself: a child whom the header has dropped is current while an open spell still says so."""
    heads = "as_at | key | child | born\n2026-01-01 | 77 | 77 | 2015-05-05\n2026-02-01 | 88 | 88 | 2016-06-06"
    open_spell = """
        as_at      | key | child | place   | began
        2026-01-01 | a2  | 77    | AB1 2AD | 2025-06-01
        2026-02-01 | a2  | 77    | AB1 2AD | 2025-06-01
    """
    found = told(header(tables, heads), spells(tables, open_spell))
    people = found.records.filter(found.records.part == "child")
    assert found.rows(people, "source_key", "table_name", "current") == [
        ("77", "header", "no"),
        ("77", "spells", "yes"),
        ("88", "header", "yes"),
    ]


def test_in_changes_the_newest_word_on_a_row_leaves_other_rows_of_the_child_alone(
    told: Any, tables: Any
) -> None:
    drawn = """
        as_at      | key | child | place   | began      | ended
        2026-01-01 | a1  | 77    | AB1 2AA | 2025-03-01 | -
        2026-01-01 | a2  | 77    | AB1 2AD | 2025-06-01 | -
        2026-02-01 | a2  | 77    | AB1 3AA | 2025-06-01 | -
    """
    found = told(spells(tables, drawn, extract="changes"))
    people = found.records.filter(found.records.part == "child")
    assert found.rows(people, "row_key", "postcode", "current") == [
        ("a1", "AB1 2AA", "yes"),
        ("a2", "AB1 2AD", "no"),
        ("a2", "AB1 3AA", "yes"),
    ]


def test_a_deletion_ends_its_row_and_not_the_child(told: Any, tables: Any) -> None:
    drawn = """
        as_at      | key | child | place   | action
        2026-01-01 | a1  | 77    | AB1 2AA | A
        2026-01-01 | a2  | 77    | AB1 2AD | A
        2026-02-01 | a1  | 77    | -       | D
    """
    found = told(spells(tables, drawn, extract="changes", deleted_when=("action", "D")))
    people = found.records.filter(found.records.part == "child")
    assert found.rows(people, "row_key", "current") == [("a1", "no"), ("a2", "yes")]


def test_a_dealing_is_about_whom_its_own_row_names(told: Any, tables: Any, engine: Engine) -> None:
    found = told(spells(tables, TWO_SPELLS, formats=["yyyy-MM-dd"]))
    said, about = episodes(engine, found.received, found.records, found.members, Remembered(engine, None))
    both = said.inner_join(about, "episode_id")
    assert found.rows(both, "opened_on", "closed_on", "current", "role", "entity_id") == [
        ("2025-02-01", "-", "yes", "child", "88"),
        ("2025-03-01", "2025-06-01", "no", "child", "77"),
        ("2025-06-01", "-", "yes", "child", "77"),
    ]
    with_record = said.inner_join(found.records.select("record_id", "source_key", "row_key"), "record_id")
    assert found.rows(with_record, "opened_on", "source_key", "row_key") == [
        ("2025-02-01", "88", "b1"),
        ("2025-03-01", "77", "a1"),
        ("2025-06-01", "77", "a2"),
    ]


def test_rows_of_two_tables_that_share_a_number_are_about_two_children(
    told: Any, tables: Any, engine: Engine
) -> None:
    """Row 1 of the spells and row 1 of the absences: the numbers of rows say nothing of each other."""
    absence = Part(name="absence", kind="episode", attributes={"service": 159, "about": ["child"]})
    absences = tables.received(
        tables.of("as_at | key | child | began\n2026-01-01 | 1 | 88 | 2025-09-09"),
        parts=[CHILD, absence], fields={"began": "absence.opened_on"}, table="absences",
    )  # fmt: skip
    one = "as_at | key | child | place | began\n2026-01-01 | 1 | 77 | AB1 2AA | 2025-03-01"
    found = told(spells(tables, one), absences)
    said, about = episodes(engine, found.received, found.records, found.members, Remembered(engine, None))
    both = said.inner_join(about, "episode_id")
    assert found.rows(both, "opened_on", "entity_id") == [("2025-03-01", "77"), ("2025-09-09", "88")]


def test_homes_join_whoever_the_row_names(told: Any, tables: Any, engine: Engine) -> None:
    found = told(spells(tables, TWO_SPELLS, formats=["yyyy-MM-dd"]))
    homes = residences(engine, [r.contract for r in found.received], found.records, found.members)
    assert found.rows(homes, "entity_id", "property_id", "valid_to") == [
        ("77", "a1", "2025-06-01"),
        ("77", "a2", "-"),
        ("88", "b1", "-"),
    ]


def test_people_of_one_row_stand_to_each_other_whatever_their_keys(
    told: Any, tables: Any, engine: Engine
) -> None:
    parts = [
        Part(name="mother", kind="person", attributes={"keyed_by": "mother", "parent_of": "child"}),
        Part(name="child", kind="person", attributes={"keyed_by": "child"}),
    ]
    drawn = """
        as_at      | key | mother | child | name
        2026-01-01 | 1   | 50     | 77    | Smith
        2026-01-01 | 2   | 50     | 78    | Smith
        2026-01-01 | 3   | 51     | 88    | Jones
    """
    found = told(tables.received(tables.of(drawn), parts=parts, fields={"name": "mother.family_name"}))
    said = relationships(engine, found.received, found.records, found.members)
    assert found.rows(said, "from_entity", "role", "to_entity") == [
        ("50", "parent", "77"),
        ("50", "parent", "78"),
        ("51", "parent", "88"),
    ]


def test_a_register_that_holds_each_once_knows_its_own_though_other_tables_tell_of_them(
    told: Any, tables: Any
) -> None:
    """`absences` sorts before `header`, which is the register: it is the register's word that keeps two children two."""
    heads = "as_at | key | child | born\n2026-02-01 | 77 | 77 | 2015-05-05\n2026-02-01 | 88 | 88 | 2015-05-05"
    absences = tables.received(
        tables.of("as_at | key | child | born\n2026-01-01 | 1 | 77 | 2015-05-05"),
        parts=[CHILD], fields={"born": "child.birth_date"}, table="absences",
    )  # fmt: skip
    found = told(header(tables, heads), absences)
    numbered = found.records.mutate(unit_no=found.records.unit_id.dense_rank())
    registers = registers_of(numbered, [("tax", "header", "child")])
    keys = numbered.select("unit_no", "source_key").distinct()
    named = registers.inner_join(keys, "unit_no")
    assert found.rows(named, "source_key", "table_name", "first_as_at", "last_as_at") == [
        ("77", "header", "2026-02-01", "2026-02-01"),
        ("88", "header", "2026-02-01", "2026-02-01"),
    ]
