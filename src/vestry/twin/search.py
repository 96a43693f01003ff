"""How entities are searched for, and how a row of a release is put into words. Part of `twin.reader`."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Any, Final

import duckdb

from vestry.errors import MemoryUsedUp
from vestry.twin.answers import Criteria
from vestry.twin.listed import Text, Within, who

_NAME_COLUMNS: Final = ("given_names", "family_name", "known_as", "previous_family_name", "organisation_name")

_BETWEEN_WORDS: Final = r"[^\p{L}\p{N}]+"
_BEFORE_WORD: Final = r"(^|[^\p{L}\p{N}])"


class Rows:
    """A cursor that gives rows as dictionaries, column -> value."""

    def __init__(self, cursor: Any) -> None:
        self._cursor = cursor

    def of(self, sql: str, parameters: Sequence[Any] = ()) -> list[dict[str, Any]]:
        """All the rows of a query; `$1`, `$2` in it stand for `parameters`."""
        with memory_told():
            self._cursor.execute(sql, list(parameters))
            names = [column[0] for column in self._cursor.description]
            return [dict(zip(names, row, strict=True)) for row in self._cursor.fetchall()]


@contextmanager
def memory_told() -> Iterator[None]:
    """A question that needs more memory than a release may take. Raises MemoryUsedUp."""
    try:
        yield
    except duckdb.OutOfMemoryException:
        raise MemoryUsedUp(
            "The question has used up the memory that a release may take. Nothing was changed.",
            where="the open release",
            fix="give it more, as VESTRY_MEMORY=8GB, or ask for less at once",
        ) from None


FEW: Final = 8
"""So many ids are looked up in an index in less time one by one than joined."""


def among(column: str, ids: Collection[str], few: int = FEW) -> tuple[str, list[Any]]:
    """SQL that holds where `column` is one of `ids`; and its parameters, from $1 on. Up to `few` stand one by one: of a column
    without an index, that is less work for one alone."""
    if 1 <= len(ids) <= few:
        marks = ", ".join(f"${n}" for n in range(1, len(ids) + 1))
        return f"{column} IN ({marks})", list(ids)
    return f"{column} IN (SELECT unnest($1::VARCHAR[]))", [list(ids)]


def text(value: Any) -> str:
    """A value of a release as text: "" for none, lists with commas between."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, list | tuple):
        return ", ".join(text(v) for v in value if v is not None)
    return str(value)


def name_of(kind: str, row: Mapping[str, Any]) -> str:
    """What a person would call the entity: a name, or for a property its address."""
    if kind == "person":
        return " ".join(t for t in (text(row.get("given_names")), text(row.get("family_name"))) if t)
    if kind == "organisation":
        return text(row.get("organisation_name"))
    return address_of(row)


def address_of(row: Mapping[str, Any]) -> str:
    """The address lines of an entity, on one line, without its postcode."""
    return text(row.get("address_lines")).replace("\n", ", ")


def _folded(expression: str) -> str:
    """SQL that takes away case, accents and apostrophes, so that O'Brien and obrien are the same."""
    return f"replace(replace(lower(strip_accents({expression})), '''', ''), '’', '')"


def found_entities(rows: Rows, criteria: Criteria, limit: int) -> tuple[int, dict[str, str]]:
    """How many entities match, and the first `limit` of them: id -> kind.

    An entity matches when for every criterion one of its records does, whichever it is: a name known to one
    source and a postcode known to another find it.
    """
    words = _words(rows, criteria.name)
    tests, parameters = _tests(words, criteria)
    either = " OR ".join(f"({t})" for t in tests)
    every = " AND ".join(f"bool_or(coalesce({t}, false))" for t in tests)
    only = ""
    if criteria.kind:
        parameters.append(criteria.kind)
        only = f"AND m.kind = ${len(parameters)}"
    whole = "true"
    if words:
        parameters.append(words)
        whole = f"bool_or(list_has_all(string_split_regex(r.names, '{_BETWEEN_WORDS}'), ${len(parameters)}))"
    parameters.append(limit)
    found = rows.of(
        f"SELECT m.entity_id, any_value(m.kind) AS kind, bool_or(r.current) AS living, {whole} AS whole, "
        "count(*) OVER () AS total "
        f"FROM ({_searched()}) r JOIN members m ON m.record_id = r.record_id WHERE ({either}) {only} "
        f"GROUP BY m.entity_id HAVING {every} "
        f"ORDER BY living DESC, whole DESC, m.entity_id LIMIT ${len(parameters)}",
        parameters,
    )
    return (found[0]["total"] if found else 0), {row["entity_id"]: row["kind"] for row in found}


def found_within(rows: Rows, criteria: Criteria, limit: int, within: Within) -> tuple[int, dict[str, bool]]:
    """As `found_entities`, of records that somebody may search: id -> whether it is current by those.

    Of each criterion only the records count of which `within` allows it; whatever else a record holds, it does not tell.
    """
    words = _words(rows, criteria.name)
    made = Text(within.parameters)
    tests, parameters = _tests(words, criteria, made.parameters)
    made.parameters = parameters
    given = [c for c in ("name", "born", "postcode", "key") if getattr(criteria, c)]
    said = ", ".join(f"coalesce({test}, false) AS t{at}" for at, test in enumerate(tests))
    either = " OR ".join(f"({test})" for test in tests)
    only = f"AND m.kind = {made.put(criteria.kind)}" if criteria.kind else ""
    whole = "true"
    if words:
        whole = f"list_has_all(string_split_regex(r.names, '{_BETWEEN_WORDS}'), {made.put(words)})"
    holds = []
    for at, criterion in enumerate(given):
        allowed = made.put(list(within.allowed.get(criterion, ())))
        if criterion == "name":
            others = made.put(list(within.allowed.get("organisation", ())))
            allowed = f"CASE h.kind WHEN 'person' THEN {allowed}::VARCHAR[] ELSE {others}::VARCHAR[] END"
        holds.append(f"bool_or(h.t{at} AND list_contains({allowed}::VARCHAR[], w.class || '|' || h.source))")
    hit = (
        f"SELECT r.source, r.current, m.entity_id, m.kind, {said}, {whole} AS whole FROM ({_searched()}) r "
        f"JOIN members m ON m.record_id = r.record_id WHERE ({either}) {only}"
    )
    seen = who(within, made, "b.entity_id IN (SELECT entity_id FROM hit)")
    found = rows.of(
        f"WITH hit AS MATERIALIZED ({hit}), who AS ({seen}) "
        "SELECT h.entity_id, bool_or(h.current) AS living, bool_or(h.whole) AS whole, count(*) OVER () AS total "
        "FROM hit h JOIN who w USING (entity_id) WHERE w.class <> '' "
        f"GROUP BY h.entity_id HAVING {' AND '.join(holds) or 'false'} "
        f"ORDER BY living DESC, whole DESC, h.entity_id LIMIT {made.put(limit)}",
        made.parameters,
    )
    return (found[0]["total"] if found else 0), {row["entity_id"]: bool(row["living"]) for row in found}


def _searched() -> str:
    names = _folded(f"concat_ws(' ', {', '.join(_NAME_COLUMNS)})")
    return (
        "SELECT record_id, source, source_key, current, CAST(birth_date AS VARCHAR) AS born, "
        f"upper(replace(postcode, ' ', '')) AS postcode, {names} AS names FROM records"
    )


def _words(rows: Rows, name: str) -> list[str]:
    """The words of a name as `_searched` has them: letters and digits only."""
    found = rows.of(f"SELECT string_split_regex({_folded('$1')}, $2) AS words", [name, _BETWEEN_WORDS])
    return [word for word in found[0]["words"] if word]


def _tests(
    words: Sequence[str], criteria: Criteria, before: Sequence[Any] = ()
) -> tuple[list[str], list[Any]]:
    """One SQL test of a record for each criterion, and the values they stand for, after those `before`."""
    tests: list[str] = []
    parameters: list[Any] = list(before)

    def parameter(value: Any) -> str:
        parameters.append(value)
        return f"${len(parameters)}"

    if criteria.name:
        each = []
        for word in words:
            # The plain test first: it is ten times as fast, and lets few rows through to the pattern.
            each.append(f"contains(r.names, {parameter(word)})")
            each.append(f"regexp_matches(r.names, {parameter(_BEFORE_WORD + word)})")
        tests.append(" AND ".join(each) or "false")
    if criteria.born:
        tests.append(f"starts_with(r.born, {parameter(criteria.born)})")
    if criteria.postcode:
        tests.append(f"r.postcode = {parameter(criteria.postcode.replace(' ', '').upper())}")
    if criteria.key:
        source, key = criteria.key
        tests.append(f"(r.source = {parameter(source)} AND r.source_key = {parameter(key)})")
    return tests or ["false"], parameters
