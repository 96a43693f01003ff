"""Lists of a release as somebody may see them: one query, with choosing again in it, however many people. Part of `twin.reader`.

The rule comes as plain values (`Within`): which class each subject is of, as SQL, and the level of every class, field and source.
`choosing` chooses again for one entity in Python; a test holds that both choose the same.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from dataclasses import field as fresh
from typing import Any, Final

from vestry.model.fields import OF_KINDS
from vestry.twin.survivorship import CHANGING, EXACTNESS, ORDINARY_TRUST

MARKS: Final = {
    "entity_id": "VARCHAR", "restricted": "BOOLEAN", "protected_address": "BOOLEAN", "sealed": "BOOLEAN",
    "opted_out": "BOOLEAN", "staff_of": "VARCHAR[]", "objects_to": "VARCHAR[]", "consents_to": "VARCHAR[]",
}  # fmt: skip
"""Column of a row of marks -> its type."""
LEVELS: Final = "STRUCT(class VARCHAR, field VARCHAR, source VARCHAR, level INTEGER)[]"


@dataclass(frozen=True, slots=True, kw_only=True)
class Within:
    """What somebody may see of everybody.

    `classes` is an expression over a row of subjects (alias `s`), of `parameters`, by number from 1; `marks` are rows as `MARKS`;
    `levels` rows (class, field, source, level). `allowed` is criterion -> texts "class|source" of records that may be searched.
    """

    classes: str
    parameters: tuple[Any, ...]
    marks: tuple[Mapping[str, Any], ...]
    levels: tuple[tuple[str, str, str, int], ...] = ()
    allowed: Mapping[str, tuple[str, ...]] = fresh(default_factory=dict)


class Text:
    """SQL with its parameters, put in one after the other."""

    def __init__(self, parameters: Sequence[Any] = ()) -> None:
        self.parameters = list(parameters)

    def put(self, value: Any) -> str:
        """The place of `value` in the text."""
        self.parameters.append(value)
        return f"${len(self.parameters)}"


def who(within: Within, text: Text, only: str = "", by: str = "entity_id", of: str = "subjects") -> str:
    """A query of `class` of every subject (of those for whom `only` is true), each named `by` entity_id or subject_no. Of a table
    of fewer, which is shaped as `subjects`, by its name in `of`."""
    # A list for each column: a list of rows takes many times as long to hand over.
    marks = ", ".join(
        f"unnest({text.put([mark[column] for mark in within.marks])}::{kind}[]) AS {column}"
        for column, kind in MARKS.items()
    )
    also = "" if by == "entity_id" else f"b.{by}, "
    return f"""
        SELECT s.{by}, {within.classes} AS class FROM (
            SELECT {also}b.entity_id, b.kind, b.areas, b.born_first::DATE AS born_first, b.born_last::DATE AS born_last,
                   b.known_to, b.deceased, coalesce(k.restricted, false) AS restricted,
                   coalesce(k.protected_address, false) AS protected_address, coalesce(k.sealed, false) AS sealed,
                   coalesce(k.opted_out, false) AS opted_out, coalesce(k.staff_of, []) AS staff_of,
                   coalesce(k.objects_to, []) AS objects_to, coalesce(k.consents_to, []) AS consents_to
            FROM {of} b LEFT JOIN (SELECT {marks}) k USING (entity_id)
            {f"WHERE {only}" if only else ""}
        ) s
    """


def levels(within: Within, text: Text) -> str:
    """A query of `class, field, source, level`."""
    rows = [dict(zip(("class", "field", "source", "level"), row, strict=True)) for row in within.levels]
    return f"SELECT unnest({text.put(rows)}::{LEVELS}, recursive := true)"


def entities_listed(
    kind: str,
    within: Within,
    fields: Sequence[str],
    *,
    on: str,
    trust: Mapping[str, Mapping[str, int]],
    geographies: Mapping[int, str],
    span: tuple[str, str],
) -> tuple[str, list[Any]]:
    """(SQL, its parameters): one row for each current entity of `kind` of whom anything may be seen, each of `fields` a column.

    Of those whose ids lie between the two of `span`, both included: choosing again takes memory for each of them.

    A column `<field>_precision` beside a date, and `address_area`, `address_precision` beside an address, say how precise it is.
    `on` is the day (ISO) of ages; `geographies` is level -> the geography of an address lowered to it.
    """
    text = Text(within.parameters)
    first, last = (text.put(entity_id) for entity_id in span)
    of_kind = f"b.kind = {text.put(kind)} AND b.entity_id BETWEEN {first} AND {last}"
    whole = f"""
        WITH who AS ({who(within, text, of_kind)}),
        level AS ({levels(within, text)}),
        trusted AS ({_trusted(trust, text)}),
        claimed AS (
            SELECT c.*, w.class, l.level FROM claims c JOIN who w USING (entity_id)
            LEFT JOIN level l ON l.class = w.class AND l.field = c.field AND l.source = c.source
            WHERE w.class <> '' AND c.entity_id BETWEEN {first} AND {last}
        ),
        {
        _CHOSEN.format(
            changing=", ".join(f"'{group}'" for group in CHANGING),
            exactness=" ".join(f"WHEN '{word}' THEN {rank}" for word, rank in EXACTNESS.items()),
            ordinary=ORDINARY_TRUST,
        )
    },
        {
        _AREAS.format(
            names=" ".join(f"WHEN {level} THEN '{name}'" for level, name in geographies.items())
            or "WHEN 0 THEN ''"
        )
    }
        SELECT entity_id, {_columns(fields, text.put(on) if set(fields) & set(DATES) else "")}
        FROM shown LEFT JOIN lowered USING (entity_id)
        GROUP BY entity_id ORDER BY entity_id
    """
    return whole, text.parameters


_CHOSEN: Final = """
        kept AS (SELECT * FROM claimed WHERE level > 1),
        broken AS (
            SELECT DISTINCT entity_id, group_name FROM claimed WHERE coalesce(level, 0) <= 1
        ),
        said AS (
            SELECT k.entity_id, k.group_name, k.record_id, k.item,
                   string_agg(k.field || '=' || k.value, chr(31) ORDER BY k.field) AS value,
                   count(*) AS completeness, any_value(k.source) AS source, any_value(k.as_at) AS as_at,
                   any_value(k.valid_from) AS valid_from, any_value(coalesce(k.valid_to, '') = '') AS living,
                   max(CASE k.accuracy {exactness} ELSE 0 END) AS exactness,
                   any_value(coalesce(t.trust, {ordinary})) AS trust,
                   any_value(k.group_name IN ({changing})) AS changing,
                   any_value(o.organisation) AS organisation
            FROM kept k JOIN broken USING (entity_id, group_name)
            LEFT JOIN trusted t ON t.source = k.source AND t.group_name = split_part(k.group_name, '[', 1)
            LEFT JOIN (SELECT source, any_value(organisation) AS organisation FROM ledger GROUP BY source) o
                ON o.source = k.source
            GROUP BY k.entity_id, k.group_name, k.record_id, k.item
        ),
        weighed AS (
            SELECT entity_id, group_name, value, max(living) AS living,
                   coalesce(max(trust) FILTER (living), 0) AS trust, max(exactness) AS exactness,
                   any_value(changing) AS changing,
                   count(DISTINCT coalesce(organisation, source)) FILTER (living) AS voices,
                   max(as_at) AS last_said,
                   coalesce(nullif(max(coalesce(valid_from, '')) FILTER (living), ''), max(as_at)) AS first_said,
                   max(completeness) AS completeness
            FROM said GROUP BY entity_id, group_name, value
        ),
        won AS (
            SELECT entity_id, group_name, value FROM weighed
            QUALIFY row_number() OVER (
                PARTITION BY entity_id, group_name
                ORDER BY living DESC, trust DESC, exactness DESC, CASE WHEN changing THEN first_said ELSE '' END DESC,
                         voices DESC, CASE WHEN changing THEN first_said ELSE last_said END DESC, completeness DESC, value
            ) = 1
        ),
        speaker AS (
            SELECT s.entity_id, s.group_name, s.record_id, s.item FROM said s JOIN won USING (entity_id, group_name, value)
            QUALIFY row_number() OVER (
                PARTITION BY s.entity_id, s.group_name
                ORDER BY s.living DESC, s.trust DESC, s.as_at DESC, s.record_id, coalesce(try_cast(s.item AS INTEGER), 0)
            ) = 1
        ),
        shown AS (
            SELECT k.* FROM kept k SEMI JOIN speaker USING (entity_id, group_name, record_id, item)
            UNION ALL
            SELECT k.* FROM kept k ANTI JOIN broken USING (entity_id, group_name) WHERE k.chosen
        )
"""
"""What may be seen (`kept`), chosen again where something of its group may not, exactly as `survivorship` chooses."""

_AREAS: Final = """
        lowered AS (
            SELECT s.entity_id, max(p.area_code) AS address_area, max(p.geography) AS address_precision
            FROM shown s JOIN placements p ON p.record_id = s.record_id
                AND p.geography = CASE s.level {names} ELSE '' END
            WHERE s.group_name = 'address' AND s.level < 9
            GROUP BY s.entity_id
        )
"""


def _trusted(trust: Mapping[str, Mapping[str, int]], text: Text) -> str:
    rows = [
        {"source": source, "group_name": group, "trust": value}
        for source, groups in sorted(trust.items())
        for group, value in sorted(groups.items())
    ]
    shape = "STRUCT(source VARCHAR, group_name VARCHAR, trust INTEGER)[]"
    return f"SELECT unnest({text.put(rows)}::{shape}, recursive := true)"


DATES: Final = ("birth_date", "death_date")
ADDRESS: Final = ("address_lines", "postcode", "uprn", "usrn", "longitude", "latitude")

# Tried, not cast: an engine may work out a value before it looks whether it is a date at all.
_FIRST: Final = "TRY_CAST(CASE length(value) WHEN 4 THEN value || '-01-01' WHEN 7 THEN value || '-01' ELSE value END AS DATE)"
_LAST: Final = (
    "CASE length(value) WHEN 4 THEN TRY_CAST(value || '-12-31' AS DATE) "
    "WHEN 7 THEN last_day(TRY_CAST(value || '-01' AS DATE)) ELSE TRY_CAST(value AS DATE) END"
)

_DATE_PRECISION: Final = (
    "CASE level WHEN 9 THEN 'whole' WHEN 6 THEN 'month' WHEN 5 THEN 'year' "
    "WHEN 4 THEN 'age' WHEN 3 THEN 'age-band' END"
)


def _columns(fields: Sequence[str], on: str) -> str:
    columns = []
    for field in fields:
        mine = f"field = '{field}'"
        if field in DATES:
            least, greatest = _age(_LAST, on), _age(_FIRST, on)
            told = (
                "CASE level WHEN 9 THEN value WHEN 6 THEN left(value, 7) WHEN 5 THEN left(value, 4) "
                f"WHEN 4 THEN CASE WHEN {least} = {greatest} THEN {least}::VARCHAR "
                f"ELSE {least} || ' to ' || {greatest} END "
                f"WHEN 3 THEN ({least} // 10 * 10) || ' to ' || ({greatest} // 10 * 10 + 9) END"
            )
            columns.append(f"max({told}) FILTER ({mine}) AS {field}")
            columns.append(f"max({_DATE_PRECISION}) FILTER ({mine}) AS {field}_precision")
        elif field in ADDRESS:
            least_level = 6 if field == "postcode" else 9
            columns.append(f"max(value) FILTER ({mine} AND level >= {least_level}) AS {field}")
        else:
            all_of_it = "string_agg(value, ' ' ORDER BY value)" if field in OF_KINDS else "max(value)"
            columns.append(f"{all_of_it} FILTER ({mine} AND level >= 9) AS {field}")
    if any(field in ADDRESS for field in fields):
        columns += [
            "any_value(address_area) AS address_area",
            "any_value(address_precision) AS address_precision",
        ]
    return ", ".join(columns) or "count(*) AS values_seen"


def _age(born: str, on: str) -> str:
    day = f"{on}::DATE"
    return f"(year({day}) - year({born}) - CASE WHEN (month({day}), day({day})) < (month({born}), day({born})) THEN 1 ELSE 0 END)"


def rows_listed(table: str, within: Within) -> tuple[str, list[Any]]:
    """(SQL, its parameters): the rows of a table that ties people to others, each only where all of them may be seen in it."""
    text = Text(within.parameters)
    head = f"WITH who AS ({who(within, text)}), level AS ({levels(within, text)})"
    return f"{head} {_TIED[table]} ORDER BY ALL", text.parameters


_OPENS: Final = "SELECT DISTINCT class || '|' || source FROM level WHERE field = '{field}' AND level > 1"
"""The texts "class|source" of which a field may be seen. One text, which no join can use before it knows class and source: by
source alone, every row would first be joined with every class."""

_TIED: Final = {
    "residences": f"""
        SELECT t.* FROM residences t JOIN records r USING (record_id) JOIN who w ON w.entity_id = t.entity_id
        WHERE w.class || '|' || r.source IN ({_OPENS.format(field="residence")})
    """,
    "relationships": f"""
        SELECT t.* FROM relationships t JOIN records r USING (record_id)
        JOIN who a ON a.entity_id = t.from_entity JOIN who b ON b.entity_id = t.to_entity
        WHERE a.class || '|' || r.source IN ({_OPENS.format(field="relationship")})
        AND b.class || '|' || r.source IN ({_OPENS.format(field="relationship")})
    """,
    "episodes": """
        SELECT DISTINCT x.entity_id, x.role, e.episode_id, e.service, e.organisation, e.source, e.current,
               CASE WHEN o.kind THEN e.kind END AS kind, CASE WHEN o.status THEN e.status END AS status,
               CASE WHEN o.opened_on THEN e.opened_on END AS opened_on,
               CASE WHEN o.closed_on THEN e.closed_on END AS closed_on,
               CASE WHEN o.amount THEN e.amount END AS amount,
               CASE WHEN o.reference THEN e.reference END AS reference
        FROM episode_entities x JOIN episodes e USING (episode_id) JOIN who w ON w.entity_id = x.entity_id
        JOIN (
            SELECT class || '|' || source AS opens, bool_or(field = 'dealing.type') AS kind,
                   bool_or(field = 'dealing.status') AS status, bool_or(field = 'dealing.opened_on') AS opened_on,
                   bool_or(field = 'dealing.closed_on') AS closed_on, bool_or(field = 'dealing.amount') AS amount,
                   bool_or(field = 'dealing.reference') AS reference
            FROM level WHERE level >= 9 GROUP BY class, source HAVING bool_or(field = 'dealing.service')
        ) o ON o.opens = w.class || '|' || e.source
    """,
    "crossref": """
        SELECT r.source, r.source_key, r.part, r.kind,
               arg_max(m.entity_id, (r.current, r.last_as_at, r.record_id)) AS entity_id
        FROM records r JOIN members m ON m.record_id = r.record_id JOIN who w ON w.entity_id = m.entity_id
        WHERE w.class || '|' || r.source IN (SELECT DISTINCT class || '|' || source FROM level WHERE level >= 9)
        GROUP BY r.source, r.source_key, r.part, r.kind
    """,
}
"""Table -> its rows. Of a dealing, one for each whom it is about, with the columns that may be seen of them."""
