"""Changes to the text of a contract, as somebody chooses them on a page: what is not chosen stays as it is, comments too.

Pure: text in, text out. Whether the outcome is a contract is for `reading` to say.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

from ruamel.yaml.comments import CommentedMap, CommentedSeq
from ruamel.yaml.scalarstring import DoubleQuotedScalarString

from vestry.contracts.contract import Freshness, Surprises, Tolerance
from vestry.contracts.editing_further import ColumnFurther, TableFurther, edit_column, edit_table
from vestry.contracts.editing_parts import PartEdit, add_part, edit_parts
from vestry.contracts.editing_promises import edit_freshness, edit_surprises, edit_tolerance
from vestry.contracts.notation import CUSTOM_CHECKS
from vestry.contracts.yaml_text import drop, flow, flow_list, quoted, said, say, text_of, tree_of

AS_WRITTEN: Final = "="
"""Chosen for a column that becomes several things, or a piece of its text does: its `pieces`, or as it is written."""

_DOUBT: Final = re.compile(r"[ \t]+# doubt: [^\n]*")
_TIMES: Final = ("date", "timestamp", "time")


@dataclass(frozen=True, slots=True, kw_only=True)
class PieceEdit:
    """What one piece of a column's text becomes: that after the first mark `after`, and of it that before the first `before`;
    "" is no mark."""

    to: str
    after: str = ""
    before: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class ColumnEdit:
    """What one column is to be. `to` is "part.field", "part.field[1]", "" for none, or AS_WRITTEN with its `pieces` (none leaves
    them); `check` one of `notation.CUSTOM_CHECKS` or "", which with `keeps_out` keeps a row out that breaks it."""

    name: str
    to: str
    logical_type: str
    formats: tuple[str, ...]
    required: bool
    codes: Mapping[str, str]
    check: str = ""
    keeps_out: bool = False
    pieces: tuple[PieceEdit, ...] = ()
    further: ColumnFurther | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class TableEdit:
    """What one table is to be; `part` is (name, kind) of one more thing that its rows describe, `key` the columns that make the
    key, in order. Of the others, None leaves as it is."""

    table: str
    columns: tuple[ColumnEdit, ...]
    part: tuple[str, str] | None = None
    key: tuple[str, ...] | None = None
    each_row_counts: bool | None = None
    holds_each_once: bool | None = None
    parts: tuple[PartEdit, ...] = ()
    further: TableFurther | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class AboutEdit:
    """What is said of the contract as a whole. Of the lawful basis, "" leaves out; what is None stays as it is."""

    title: str
    article_6: str
    article_9: str
    gateway: str
    may_link: bool
    extract: str
    tolerance: Tolerance | None = None
    surprises: Surprises | None = None
    freshness: Freshness | None = None


def edited(text: str, *, about: AboutEdit | None = None, table: TableEdit | None = None) -> str:
    """`text` with what was chosen. Raises ContractInvalid where it is no mapping to begin with."""
    top = tree_of(text)
    if about is not None:
        _about(top, about)
    for schema in top.get("schema") or () if table is not None else ():
        if table is not None and schema.get("name") == table.table:
            _table(schema, table)
    return text_of(top)


def as_version(text: str, version: str) -> str:
    """`text` as that version, in force: no draft any more, and every doubt settled."""
    top = tree_of(text)
    top["version"] = version
    if top.get("status") == "draft":
        top["status"] = "active"
    return _DOUBT.sub("", text_of(top))


def doubts(text: str) -> Mapping[tuple[str, str], str]:
    """(table, column) -> what a draft was not sure of; of a table itself its column is ""."""
    found: dict[tuple[str, str], str] = {}
    for schema in tree_of(text).get("schema") or ():
        named = str(schema.get("name"))
        _note_of(schema, (named, ""), found)
        for column in schema.get("properties") or ():
            _note_of(column, (named, str(column.get("name"))), found)
    return found


def next_version(version: str, *, breaking: bool) -> str:
    """The version after: "2.0.0" of "1.4.2" where extracts that kept it may not keep the new one, else "1.5.0"."""
    parts = [int(n) if n.isdigit() else 0 for n in (*version.split("."), "0", "0")[:3]]
    return f"{parts[0] + 1}.0.0" if breaking else f"{parts[0]}.{parts[1] + 1}.0"


def _note_of(holder: CommentedMap, at: tuple[str, str], found: dict[tuple[str, str], str]) -> None:
    said = [token for token in holder.ca.items.get("name", ()) if token is not None]
    for token in said:
        text = str(getattr(token, "value", "")).strip()
        if text.startswith("# doubt: "):
            found[at] = text.splitlines()[0].removeprefix("# doubt: ")


def _about(top: CommentedMap, edit: AboutEdit) -> None:
    top["name"] = quoted(edit.title)
    basis = {
        name: DoubleQuotedScalarString(said)
        for name, said in (("article_6", edit.article_6), ("article_9", edit.article_9), ("gateway", edit.gateway))
        if said
    }  # fmt: skip
    say(top, "vestry.lawful_basis", flow(basis))
    say(top, "vestry.may_link", edit.may_link)
    say(top, "vestry.extract", edit.extract)
    if edit.tolerance is not None:
        edit_tolerance(top, edit.tolerance)
    if edit.surprises is not None:
        edit_surprises(top, edit.surprises)
    if edit.freshness is not None:
        edit_freshness(top, edit.freshness)


def _table(schema: CommentedMap, edit: TableEdit) -> None:
    if edit.key is not None:
        _key(schema, edit.key)
    for name, value in (
        ("vestry.each_row_counts", edit.each_row_counts), ("vestry.holds_each_once", edit.holds_each_once),
    ):  # fmt: skip
        if value is not None and value != (said(schema, name) is True):
            say(schema, name, True if value else None)
    chosen = {column.name: column for column in edit.columns}
    for column in schema.get("properties") or ():
        if column.get("name") in chosen:
            _column(column, chosen[column["name"]])
    if edit.further is not None:
        edit_table(schema, edit.further)
    edit_parts(schema, edit.parts)
    if edit.part is not None:
        add_part(schema, *edit.part)


def _key(schema: CommentedMap, key: tuple[str, ...]) -> None:
    """Let these columns make the key, numbered where they are several. A key that is so already stays as it is written."""
    if key_of(schema) == key:
        return
    for column in schema.get("properties") or ():
        name = column.get("name")
        if name not in key:
            drop(column, "primaryKey")
            drop(column, "primaryKeyPosition")
            continue
        place = list(column).index("name") + 1
        if column.get("primaryKey") is not True:
            drop(column, "primaryKey")
            column.insert(place, "primaryKey", True)
        if column.get("required") is False:  # what is in the key is required
            drop(column, "required")
        if len(key) == 1:
            drop(column, "primaryKeyPosition")
        elif "primaryKeyPosition" in column:
            column["primaryKeyPosition"] = key.index(name) + 1
        else:
            column.insert(list(column).index("primaryKey") + 1, "primaryKeyPosition", key.index(name) + 1)


def key_of(schema: CommentedMap) -> tuple[str, ...]:
    """The columns that make the key as the text has them, in order, as `columns.read_column` reads their places."""
    placed: list[tuple[int, str]] = []
    for column in schema.get("properties") or ():
        if column.get("primaryKey") is True:
            place = column.get("primaryKeyPosition", -1)
            placed.append(
                (place if isinstance(place, int) and place > 0 else len(placed) + 1, str(column.get("name")))
            )
    return tuple(name for _, name in sorted(placed, key=lambda one: one[0]))


def _column(column: CommentedMap, edit: ColumnEdit) -> None:
    if edit.to == AS_WRITTEN:
        _pieces(column, edit.pieces)
    elif edit.to != _one(said(column, "vestry.field")):
        say(column, "vestry.field", quoted(edit.to) if edit.to else None)
    timed = edit.logical_type in _TIMES
    column["logicalType"] = edit.logical_type
    formats = edit.formats if timed else ()
    options = column.get("logicalTypeOptions")
    before = tuple(said(column, "vestry.formats") or ()) or ((options or {}).get("format"),)
    if formats != tuple(f for f in before if f):
        if isinstance(options, CommentedMap):
            options.pop("format", None)
            if not options:
                drop(column, "logicalTypeOptions")
        if formats:
            column["logicalTypeOptions"] = flow({"format": quoted(formats[0])})
        say(column, "vestry.formats", flow_list(formats) if len(formats) > 1 else None)
    if edit.required:
        column["required"] = True
    elif column.get("primaryKey") is not True:
        drop(column, "required")
    if dict(edit.codes) != dict(said(column, "vestry.codes") or {}):
        codes = {DoubleQuotedScalarString(k): DoubleQuotedScalarString(v) for k, v in edit.codes.items()}
        say(column, "vestry.codes", flow(codes) if codes else None)
    if edit.further is not None:
        edit_column(column, edit.further)
    _rule(column, edit)


def _pieces(column: CommentedMap, pieces: tuple[PieceEdit, ...]) -> None:
    """Let a column feed these. What is so already stays as it is written."""
    fed = said(column, "vestry.field")
    listed = fed if isinstance(fed, list) else [] if fed is None else [fed]
    if not pieces or tuple(_piece(one) for one in listed) == pieces:
        return
    made = [
        flow({"to": quoted(one.to), **{n: DoubleQuotedScalarString(m) for n, m in _marks(one) if m}})
        if one.after or one.before else quoted(one.to)
        for one in pieces
    ]  # fmt: skip
    say(column, "vestry.field", made[0] if len(made) == 1 else flow_list(made))


def _piece(target: Any) -> PieceEdit:
    if not isinstance(target, Mapping):
        return PieceEdit(to=str(target))
    marks = {name: str(target[name]) for name in ("after", "before") if target.get(name) is not None}
    return PieceEdit(to=str(target.get("to")), **marks)


def _marks(piece: PieceEdit) -> tuple[tuple[str, str], ...]:
    return ("after", piece.after), ("before", piece.before)


def _rule(column: CommentedMap, edit: ColumnEdit) -> None:
    """Its one check of ours; other rules of the column stay."""
    rules = column.get("quality")
    ours = [
        r for r in rules or () if isinstance(r, CommentedMap) and r.get("implementation") in CUSTOM_CHECKS
    ]
    severity = "error" if edit.keeps_out else "warning"
    if not ours and not edit.check:
        return
    if ours and ours[0].get("implementation") == edit.check:
        if ours[0].get("severity", "warning") != severity:
            ours[0]["severity"] = severity
        return
    kept = CommentedSeq([r for r in rules or () if not ours or r is not ours[0]])
    if edit.check:
        dimension = CUSTOM_CHECKS[edit.check]
        made = {
            "name": edit.check, "type": "custom", "engine": "vestry", "implementation": edit.check,
            "dimension": "conformity" if dimension == "validity" else dimension, "severity": severity,
        }  # fmt: skip
        kept.append(flow(made))
    if kept:
        column["quality"] = kept
    else:
        drop(column, "quality")


def _one(value: Any) -> str | None:
    return value if isinstance(value, str) else "" if value is None else None
