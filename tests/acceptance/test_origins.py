"""Promise 3: every chosen value is one record's own, whole groups at a time, and is there in the file it names."""

from __future__ import annotations

import random
from functools import cache
from typing import Any

import pytest

from vestry.contracts.contract import Table
from vestry.contracts.reading import read_contracts
from vestry.intake.describing import INPUT_FIELDS
from vestry.intake.store import extracts
from vestry.standardise.rules import RULES
from vestry.twin.tables import ENTITY_TABLES, entity_columns

SAMPLE = 50


@pytest.fixture(scope="module")
def last(small: Any) -> str:
    return str(small.manifests[-1].release_id)


@pytest.mark.parametrize("kind", ENTITY_TABLES)
def test_each_value_is_one_chosen_claim(small: Any, looking: Any, last: str, kind: str) -> None:
    """And each claim's record is there, with the extract and the row that said it."""
    table, wrong, seen = ENTITY_TABLES[kind], [], 0
    fields = [c for c in entity_columns(kind) if not c.endswith("_accuracy")]
    chosen: dict[tuple[str, str], list[tuple[Any, ...]]] = {}
    sql = """
        SELECT c.entity_id, c.field, c.value, c.accuracy, c.record_id, c.item, c.group_name, r.extract_id, r.row_number
        FROM claims c LEFT JOIN records r USING (record_id) WHERE c.chosen
    """
    for entity, field, *claim in looking.rows_of(small.place, last, sql):
        chosen.setdefault((entity, field), []).append(tuple(claim))
    columns = ", ".join(entity_columns(kind))
    for entity, *values in looking.rows_of(small.place, last, f"SELECT entity_id, {columns} FROM {table}"):
        row = dict(zip(entity_columns(kind), values, strict=True))
        for field in fields:
            if row[field] is None:
                continue
            seen += 1
            claims = chosen.get((entity, field), [])
            if len(claims) != 1 or claims[0][0] != row[field] or claims[0][5] is None or not claims[0][6] > 0:
                wrong.append((entity, field))
            elif f"{field}_accuracy" in row and claims[0][1] != row[f"{field}_accuracy"]:
                wrong.append((entity, f"{field}_accuracy"))
    assert wrong == []
    assert seen > 50


WHOLE = (
    ("title", "family_name", "given_names"),
    ("address_lines", "postcode", "uprn", "usrn"),
    ("postal_address_lines", "postal_postcode"),
    ("longitude", "latitude"),
    ("rating", "rated_on"),
)
"""Fields that one record says together, whatever the model calls their groups."""


@pytest.mark.parametrize("fields", WHOLE, ids=lambda fields: fields[0])
def test_groups_are_whole(small: Any, looking: Any, last: str, fields: tuple[str, ...]) -> None:
    """What is chosen of them is one record's, and is all that this record says of them."""
    sql = """
        SELECT entity_id, count(*) FROM claims WHERE chosen AND list_contains(?, field)
        GROUP BY entity_id HAVING count(DISTINCT (record_id, item)) > 1
    """
    assert looking.rows_of(small.place, last, sql, list(fields)) == []
    sql = """
        SELECT won.entity_id FROM claims won JOIN claims other USING (entity_id, record_id)
        WHERE won.chosen AND NOT other.chosen AND list_contains(?, won.field) AND list_contains(?, other.field)
    """
    assert looking.rows_of(small.place, last, sql, list(fields), list(fields)) == []


@pytest.mark.parametrize("kind", ENTITY_TABLES)
def test_an_address_is_the_one_that_its_record_has(small: Any, looking: Any, last: str, kind: str) -> None:
    same = " AND ".join(f"e.{f} IS NOT DISTINCT FROM r.{f}" for f in WHOLE[1])
    sql = f"""
        SELECT count(*), count(*) FILTER (WHERE {same}) FROM {ENTITY_TABLES[kind]} e
        JOIN (SELECT DISTINCT entity_id, record_id FROM claims WHERE chosen AND field = 'address_lines') c USING (entity_id)
        JOIN records r USING (record_id)
    """
    ((entities, whole),) = looking.rows_of(small.place, last, sql)
    assert entities > 3
    assert whole == entities


def test_every_claim_has_a_reason(small: Any, looking: Any, last: str) -> None:
    assert (
        looking.rows_of(small.place, last, "SELECT * FROM claims WHERE reason IS NULL OR reason = ''") == []
    )
    assert looking.rows_of(small.place, last, "SELECT * FROM claims WHERE chosen IS NULL") == []
    sql = "SELECT DISTINCT entity_id, group_name FROM claims ANTI JOIN (FROM claims WHERE chosen) USING (entity_id, group_name)"
    assert looking.rows_of(small.place, last, sql) == []


def standard_forms(table: Table, part: str, field: str, row: dict[str, str]) -> set[str | None]:
    """Every standard form of what the texts of `row` say of `part.field`, each by itself and all together."""
    sent = sorted(
        (
            (target.index or "", column, text)
            for column in table.columns
            for target in column.targets
            if (target.part, target.field) == (part, field)
            and (text := row.get(column.physical_name, "").strip()) not in ("", *column.blanks)
        ),
        key=lambda s: s[0],
    )
    if not sent:
        return set()
    rule, column = RULES.get(INPUT_FIELDS[field].rule), sent[0][1]
    texts = [text for *_, text in sent]
    texts += [", ".join(texts), " ".join(texts)]
    if rule is None:
        return {column.codes.get(text, text) for text in texts}
    arguments = (column.formats,) if rule.takes_formats else ()
    return {form for text in texts for form in rule.function(text, *arguments)}


def test_the_row_of_the_file_really_says_it(small: Any, looking: Any, last: str) -> None:
    """Fifty chosen values, drawn at random: the received file, read by another reader, holds each at that row."""
    place, contracts = small.place, read_contracts(small.place)
    files = {e.extract_id: e for e in extracts(place)}
    sql = """
        SELECT c.field, coalesce(if(c.field = 'uprn', c.source_value, NULL), c.value), c.accuracy,
            r.source, r.table_name, r.part, r.extract_id, r.row_number
        FROM claims c JOIN records r USING (record_id) WHERE c.chosen ORDER BY ALL
    """
    sample = random.Random(3).sample(looking.rows_of(place, last, sql), SAMPLE)

    @cache
    def rows(extract_id: str) -> list[dict[str, str]]:
        contract = contracts[files[extract_id].source]
        found: list[dict[str, str]] = looking.received_rows(
            files[extract_id].file, contract, contract.tables[0].rows.path
        )
        return found

    fields = set()
    for field, value, accuracy, source, table_name, part, extract_id, row_number in sample:
        if field == "uprn" and accuracy:
            assert accuracy.endswith("by the text of the address"), "found, and says so"
            continue
        table = contracts[source].table(table_name)
        row = rows(extract_id)[row_number - 1]
        name = field.removeprefix("postal_")
        parts = [part]
        attributes = table.part(part).attributes
        parts += [attributes[a] for a in ("lives_at", "based_at", "post_to") if a in attributes]
        names = [name, "full_name"] if name in ("title", "family_name", "given_names") else [name]
        said = {form for p in parts for n in names for form in standard_forms(table, p, n, row)}
        assert value in said, f"{extract_id}, row {row_number}, {part}.{field}: the row says otherwise"
        fields.add(field)
    assert len(fields) >= 6


def test_a_uprn_that_was_found_says_so_and_is_in_the_gazetteer(small: Any, looking: Any, last: str) -> None:
    """Every one that no source gave: by the received file itself, and with a claim that does not pass it off as given."""
    place, contract = small.place, read_contracts(small.place)["addressbase"]
    (gazetteer,) = [e for e in extracts(place) if e.source == "addressbase"]
    rows = looking.received_rows(gazetteer.file, contract, None, contract.table("properties"))
    known = {row["UPRN"] for row in rows}
    found = looking.rows_of(
        place, last, "SELECT record_id, uprn, uprn_given FROM records WHERE uprn_by IN ('exact', 'library')"
    )
    assert len(found) > 100
    assert [uprn for _, uprn, given in found if uprn not in known or given in known] == []
    silent = """
        SELECT count(*) FROM claims c JOIN records r USING (record_id)
        WHERE c.field = 'uprn' AND r.uprn_by IN ('exact', 'library')
        AND (c.accuracy IS NULL OR NOT contains(c.reason, c.accuracy))
    """
    assert looking.rows_of(place, last, silent) == [(0,)]
