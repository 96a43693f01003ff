"""One schema object of a contract as a table: rows, columns, key, parts, rules, and whether they agree."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Final

from vestry.contracts.columns import read_column
from vestry.contracts.contract import Column, Part, Rows, Rule, Table
from vestry.contracts.notation import MUST_FEED
from vestry.contracts.parts import check_column, read_parts
from vestry.contracts.passages import Passage
from vestry.contracts.quality_rules import implied_rules, stated_rules
from vestry.model import kinds
from vestry.model.fields import ADDRESS_FIELDS, OF_A_KIND, ORGANISATION_FIELDS, PERSON_FIELDS

_TABLE_NAME: Final = re.compile(r"[A-Za-z0-9][A-Za-z0-9_-]*")
_DATED: Final = ("date", "timestamp")
_SHARED: Final = frozenset(
    f.name
    for f in (*PERSON_FIELDS.values(), *ORGANISATION_FIELDS.values(), *ADDRESS_FIELDS.values())
    if f.repeats or f.indexed or f.name == "given_names"
)
"""Fields that several columns may feed: a forename and a middle name are both given names."""
_ONCE: Final = frozenset(name for _, name in OF_A_KIND)
"""Fields that are fed once, whatever the index says: what two columns or two pieces say cannot be put together."""


def read_table(passage: Passage, file_format: str) -> Table | None:
    """The table at `passage` of a contract of `file_format` files ("" when unknown); None when nameless."""
    name = passage.value.get("name") if isinstance(passage.value, dict) else None
    if not isinstance(name, str) or not name:
        return None
    if not _TABLE_NAME.fullmatch(name):
        passage.wrong("The schema's name cannot be the name of a file.", "use letters, digits, - and _")
    settings = passage.settings("table")
    listed = passage.below("properties")
    spots = list(listed.items()) if listed is not None and isinstance(listed.value, list) else []
    names = [str(s.value["name"]) for s in spots if isinstance(s.value, dict) and s.value.get("name")]
    if not spots:
        passage.wrong("The schema has no columns.", "list them under properties")
    parts = read_parts(settings["vestry.describes"], names) if "vestry.describes" in settings else ()
    columns, rules = _read_columns(passage, spots, parts, names)
    dated_by = settings.get("vestry.dated_by")
    deleted_when = settings.get("vestry.deleted_when")
    table = Table(
        name=name,
        columns=tuple(columns),
        parts=parts,
        rows=_read_rows(passage, settings.get("vestry.rows"), file_format),
        files=settings["vestry.file"].text("vestry.file") if "vestry.file" in settings else None,
        control_total=_control_total(settings.get("vestry.control_total"), file_format),
        each_row_counts=bool(_flag(settings, "vestry.each_row_counts")),
        holds_each_once=bool(_flag(settings, "vestry.holds_each_once")),
        deleted_when=_deleted_when(deleted_when, names) if deleted_when is not None else None,
        dated_by=check_column(dated_by, "vestry.dated_by", names) if dated_by is not None else None,
        rules=tuple(rules),
    )
    _check_agreement(passage, settings, table)
    return table


def _flag(settings: dict[str, Passage], name: str) -> bool | None:
    return settings[name].flag(name) if name in settings else None


def _read_columns(
    passage: Passage, spots: Sequence[Passage], parts: Sequence[Part], names: Sequence[str]
) -> tuple[list[Column], list[Rule]]:
    by_name = {p.name: p for p in parts}
    columns: list[Column] = []
    rules: list[Rule] = stated_rules(passage, None, names)
    seen: dict[str, str] = {}
    fed: dict[tuple[str, str, str | None], str] = {}
    keyed = 0
    for spot in spots:
        column = read_column(spot, by_name, keyed + 1)
        if column is None:
            continue
        # DuckDB does not tell `Name` from `NAME`.
        if column.name.lower() in seen:
            spot.wrong(
                "Two columns of the schema have this name (capitals do not count).",
                "rename one; physicalName keeps the file's name",
            )
            continue
        seen[column.name.lower()] = column.name
        keyed += column.key_position is not None
        for target in column.targets:
            once = target.field in _ONCE
            address = (target.part, target.field, None if once else target.index)
            shared = target.after or target.before or (target.field in _SHARED and target.index is None)
            if shared and not once:
                continue
            if address in fed and (once or fed[address] != column.name):
                better = "keep the better one"
                spot.wrong(
                    f"More than one column, or piece of one, feeds `{target.part}.{target.field}`.",
                    better if once else f"{better}, or give each a part of its own",
                )
            fed[address] = column.name
        stated = stated_rules(spot, column.name, names)
        settled = {r.check for r in stated if r.severity == "error"}
        implied = implied_rules(column, isinstance(spot.value, dict) and spot.value.get("unique") is True)
        columns.append(column)
        rules += [r for r in implied if r.check not in settled] + stated
    return columns, rules


def _read_rows(passage: Passage, said: Passage | None, file_format: str) -> Rows:
    if said is None:
        if file_format == "xml":
            passage.wrong(
                "`vestry.rows` is missing: which XML element is a row?",
                "add value: {path: Things/Thing}, below the root element",
            )
        return Rows()
    rows = said.mapping("vestry.rows", ("path", "column", "equals"))
    if rows is None:
        return Rows()
    path = rows["path"].text("path") if "path" in rows else None
    column = rows["column"].number("column", 1, 10_000) if "column" in rows else None
    equals = rows["equals"].text("equals") if "equals" in rows else None
    if path is not None and file_format not in ("xml", ""):
        said.wrong(
            f"`vestry.rows` gives a path, but the format is {file_format}.",
            "take it out, or write {column: 1, equals: ...}",
        )
    if ("column" in rows or "equals" in rows) and file_format not in ("csv", ""):
        said.wrong(
            f"`vestry.rows` gives a column, but the format is {file_format}.",
            "write {path: ...}, or take it out",
        )
    if ("column" in rows) != ("equals" in rows):
        said.wrong("`vestry.rows` needs both `column` and `equals`.", 'write {column: 1, equals: "24"}')
    return Rows(path=path, column=None if column is None else int(column), equals=equals)


def _control_total(said: Passage | None, file_format: str) -> str | None:
    if said is None:
        return None
    if file_format not in ("xml", ""):
        said.wrong(f"`vestry.control_total` is an XML path, but the format is {file_format}.", "take it out")
    return said.text("vestry.control_total")


def _deleted_when(said: Passage, names: Sequence[str]) -> tuple[str, str] | None:
    rule = said.mapping("vestry.deleted_when", ("column", "equals"))
    if rule is None:
        return None
    if not {"column", "equals"} <= set(rule):
        said.wrong(
            "`vestry.deleted_when` needs both `column` and `equals`.", 'write {column: ACTION, equals: "D"}'
        )
        return None
    column = check_column(rule["column"], "column", names)
    equals = rule["equals"].text("equals")
    return (column, equals) if column is not None and equals is not None else None


def _check_agreement(passage: Passage, settings: dict[str, Passage], table: Table) -> None:
    """Complain of settings of one table that contradict each other."""
    keyed = [c for c in table.columns if c.key_position is not None]
    if not keyed and not table.each_row_counts:
        passage.wrong(
            "The schema has no key.", "add primaryKey: true to a column, or vestry.each_row_counts: true"
        )
    if keyed and table.each_row_counts:
        settings["vestry.each_row_counts"].wrong(
            "`vestry.each_row_counts` on a schema that has a key.", "keep one of the two"
        )
    if len({c.key_position for c in keyed}) != len(keyed):
        passage.wrong(
            "Two columns have the same place in the key.", "number them with primaryKeyPosition: 1, 2, ..."
        )
    if table.holds_each_once and table.each_row_counts:
        settings["vestry.holds_each_once"].wrong(
            "`vestry.holds_each_once` with `vestry.each_row_counts`.", "keep one of the two"
        )
    if table.holds_each_once and table.parts and not any(p.kind in kinds.RECORD_KINDS for p in table.parts):
        settings["vestry.holds_each_once"].wrong(
            "`vestry.holds_each_once`, but no person, organisation or property is described.", "take it out"
        )
    if table.dated_by is not None:
        dated = next((c for c in table.columns if c.name == table.dated_by), None)
        if dated is not None and dated.logical_type not in _DATED:
            settings["vestry.dated_by"].wrong(
                "`vestry.dated_by` names a column that is not a date.", "give that column logicalType: date"
            )
    _check_parts(settings, table)


def _check_parts(settings: dict[str, Passage], table: Table) -> None:
    """Complain of parts that nothing feeds, or that lack what their kind cannot do without."""
    fed = {(t.part, t.field) for c in table.columns for t in c.targets}
    if len(table.parts) > 1 and any(p.kind == kinds.SEALED for p in table.parts):
        settings["vestry.describes"].wrong(
            "A row describes a sealed identity and something else, which would become a record.",
            "describe the sealed identity alone",
        )
    for part in table.parts:
        described = settings["vestry.describes"].below(part.name)
        assert described is not None
        for field in MUST_FEED.get(part.kind, ()):
            placed = part.kind == kinds.MEASURE and {(part.name, "longitude"), (part.name, "latitude")} <= fed
            if (part.name, field) not in fed and not placed:
                described.wrong(
                    f"No column feeds `{part.name}.{field}`.", f"give one vestry.field: {part.name}.{field}"
                )
        silent = part.kind in (*kinds.RECORD_KINDS, kinds.ADDRESS) and not any(p == part.name for p, _ in fed)
        if silent and described.below("keyed_by") is None:  # whom a key names may be told of elsewhere
            described.wrong(
                f"No column feeds the part `{part.name}`.",
                f"give one vestry.field: {part.name}.…, or take the part out",
            )
        category = "{category}" in str(part.attributes.get("measure", ""))
        if part.kind == kinds.MEASURE and category and (part.name, "category") not in fed:
            described.wrong(
                f"`measure` of `{part.name}` speaks of {{category}}, but no column feeds it.",
                f"give one vestry.field: {part.name}.category",
            )
