"""Changes to the text of a contract, as somebody chooses them on a page: what is not chosen stays as it is, comments too.

Pure: text in, text out. Whether the outcome is a contract is for `reading` to say.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from io import StringIO
from typing import Any, Final

from ruamel.yaml import YAML
from ruamel.yaml.comments import CommentedMap, CommentedSeq
from ruamel.yaml.scalarstring import DoubleQuotedScalarString

from vestry.contracts.notation import CUSTOM_CHECKS
from vestry.contracts.yaml_places import LARGEST
from vestry.errors import ContractInvalid

AS_WRITTEN: Final = "="
"""Chosen for a column whose fields stay as they are: pieces of a text, or several fields."""

_DOUBT: Final = re.compile(r"[ \t]+# doubt: [^\n]*")
_NOT_TEXT: Final = frozenset({"yes", "no", "on", "off", "true", "false", "null", "y", "n"})
"""Words that some reader of YAML takes for something else."""
_TIMES: Final = ("date", "timestamp", "time")


@dataclass(frozen=True, slots=True, kw_only=True)
class ColumnEdit:
    """What one column is to be. `to` is "part.field", "part.field[1]", "" for none, or AS_WRITTEN; `check` one of
    `notation.CUSTOM_CHECKS` or "", which with `keeps_out` keeps a row out that breaks it."""

    name: str
    to: str
    logical_type: str
    formats: tuple[str, ...]
    required: bool
    codes: Mapping[str, str]
    check: str = ""
    keeps_out: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class TableEdit:
    """What the columns of one table are to be; `part` is (name, kind) of one more thing that its rows describe."""

    table: str
    columns: tuple[ColumnEdit, ...]
    part: tuple[str, str] | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class AboutEdit:
    """What is said of the contract as a whole. Of the lawful basis, "" leaves out."""

    title: str
    article_6: str
    article_9: str
    gateway: str
    may_link: bool
    extract: str


def edited(text: str, *, about: AboutEdit | None = None, table: TableEdit | None = None) -> str:
    """`text` with what was chosen. Raises ContractInvalid where it is no mapping to begin with."""
    top = _read(text)
    if about is not None:
        _about(top, about)
    for schema in top.get("schema") or () if table is not None else ():
        if table is not None and schema.get("name") == table.table:
            _table(schema, table)
    return _written(top)


def as_version(text: str, version: str) -> str:
    """`text` as that version, in force: no draft any more, and every doubt settled."""
    top = _read(text)
    top["version"] = version
    if top.get("status") == "draft":
        top["status"] = "active"
    return _DOUBT.sub("", _written(top))


def doubts(text: str) -> Mapping[tuple[str, str], str]:
    """(table, column) -> what a draft was not sure of; of a table itself its column is ""."""
    found: dict[tuple[str, str], str] = {}
    for schema in _read(text).get("schema") or ():
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


def _read(text: str) -> CommentedMap:
    if len(text.encode()) > LARGEST:
        raise _no_contract()
    found = _yaml().load(text)
    if not isinstance(found, CommentedMap):
        raise _no_contract()
    return found


def _no_contract() -> ContractInvalid:
    return ContractInvalid("The text is no contract.", where="contract", fix="draft it anew from a file")


def _written(top: CommentedMap) -> str:
    out = StringIO()
    _yaml().dump(top, out)
    return out.getvalue()


def _yaml() -> YAML:
    yaml = YAML()
    yaml.width = 100_000
    yaml.preserve_quotes = True
    yaml.indent(mapping=2, sequence=2, offset=0)
    return yaml


def _about(top: CommentedMap, edit: AboutEdit) -> None:
    top["name"] = _quoted(edit.title)
    basis = {
        name: DoubleQuotedScalarString(said)
        for name, said in (("article_6", edit.article_6), ("article_9", edit.article_9), ("gateway", edit.gateway))
        if said
    }  # fmt: skip
    _say(top, "vestry.lawful_basis", _flow(basis))
    _say(top, "vestry.may_link", edit.may_link)
    _say(top, "vestry.extract", edit.extract)


def _table(schema: CommentedMap, edit: TableEdit) -> None:
    chosen = {column.name: column for column in edit.columns}
    for column in schema.get("properties") or ():
        if column.get("name") in chosen:
            _column(column, chosen[column["name"]])
    if edit.part is not None:
        name, kind = edit.part
        described = _said(schema, "vestry.describes")
        if isinstance(described, CommentedMap):
            described[name] = _flow({"kind": kind})
        else:
            _say(schema, "vestry.describes", CommentedMap({name: _flow({"kind": kind})}))


def _column(column: CommentedMap, edit: ColumnEdit) -> None:
    if edit.to != AS_WRITTEN and edit.to != _one(_said(column, "vestry.field")):
        _say(column, "vestry.field", _quoted(edit.to) if edit.to else None)
    timed = edit.logical_type in _TIMES
    column["logicalType"] = edit.logical_type
    formats = edit.formats if timed else ()
    options = column.get("logicalTypeOptions")
    before = tuple(_said(column, "vestry.formats") or ()) or ((options or {}).get("format"),)
    if formats != tuple(f for f in before if f):
        if isinstance(options, CommentedMap):
            options.pop("format", None)
            if not options:
                column.pop("logicalTypeOptions")
        if formats:
            column["logicalTypeOptions"] = _flow({"format": _quoted(formats[0])})
        _say(column, "vestry.formats", _list(formats) if len(formats) > 1 else None)
    if edit.required:
        column["required"] = True
    elif column.get("primaryKey") is not True:
        column.pop("required", None)
    if dict(edit.codes) != dict(_said(column, "vestry.codes") or {}):
        codes = {DoubleQuotedScalarString(k): DoubleQuotedScalarString(v) for k, v in edit.codes.items()}
        _say(column, "vestry.codes", _flow(codes) if codes else None)
    _rule(column, edit)


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
        kept.append(_flow(made))
    if kept:
        column["quality"] = kept
    else:
        column.pop("quality", None)


def _one(value: Any) -> str | None:
    return value if isinstance(value, str) else "" if value is None else None


def _said(holder: CommentedMap, name: str) -> Any:
    for item in holder.get("customProperties") or ():
        if isinstance(item, Mapping) and item.get("property") == name:
            return item.get("value")
    return None


def _say(holder: CommentedMap, name: str, value: Any) -> None:
    """Set a custom property, or take it out (None)."""
    listed = holder.get("customProperties")
    if not isinstance(listed, CommentedSeq):
        if value is None:
            return
        listed = holder["customProperties"] = CommentedSeq()
    for at, item in enumerate(listed):
        if isinstance(item, Mapping) and item.get("property") == name:
            if value is None:
                del listed[at]
                if not listed:
                    del holder["customProperties"]
            else:
                listed[at]["value"] = value
            return
    if value is not None:
        listed.append(_flow({"property": name, "value": value}))


def _flow(values: Mapping[Any, Any]) -> CommentedMap:
    made = CommentedMap(values)
    made.fa.set_flow_style()
    return made


def _list(values: Sequence[str]) -> CommentedSeq:
    made = CommentedSeq([_quoted(v) for v in values])
    made.fa.set_flow_style()
    return made


def _quoted(text: str) -> str:
    """Text that no reader takes for anything else."""
    plain = re.fullmatch(r"[A-Za-z][A-Za-z0-9_./-]*", text) and text.lower() not in _NOT_TEXT
    return text if plain else DoubleQuotedScalarString(text)
