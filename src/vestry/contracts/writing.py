"""Contracts out: plain values laid out as ODCS 3.1 YAML, in the order in which a person reads them.

`reading` understands what is written here: a contract written and read again is the same contract.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from io import StringIO
from typing import Any, Final, Literal

from ruamel.yaml import YAML
from ruamel.yaml.comments import CommentedMap, CommentedSeq
from ruamel.yaml.scalarstring import DoubleQuotedScalarString

from vestry.contracts.contract import (
    Column,
    Freshness,
    LawfulBasis,
    Layout,
    Part,
    Rule,
    Surprises,
    Table,
    Target,
    Tolerance,
)
from vestry.contracts.notation import API_VERSION, CUSTOM_CHECKS, OPERATORS

Doubts = Mapping[tuple[str, ...], Sequence[str]]
"""What the writer is not sure of, by place: `(setting,)`, `(table,)`, `(table, setting)`, `(table, column)`
or `(table, column, setting)`; settings as in the notation (`vestry.organisation`)."""

_TIMES: Final = ("date", "timestamp", "time")
_NOT_PLAIN: Final = frozenset({"yes", "no", "on", "off", "y", "n", "true", "false", "null", "~", ""})
"""Words that older YAML readers, and so other ODCS tools, take for something else than text."""

_ODCS_DIMENSION: Final = {"validity": "conformity"}


def contract_yaml(
    *,
    source: str,
    organisation: str,
    title: str,
    lawful_basis: LawfulBasis,
    layout: Layout,
    tables: Sequence[Table],
    version: str = "1.0.0",
    status: str = "active",
    description: Mapping[str, str] | None = None,
    may_link: bool = True,
    extract: Literal["full", "changes"] = "full",
    tolerance: Tolerance | None = None,
    surprises: Surprises | None = None,
    freshness: Freshness | None = None,
    trust: Mapping[str, int] | None = None,
    doubts: Doubts | None = None,
) -> str:
    """The text of a contract. What is None is left to the notation's default; `description` takes ODCS's own
    `purpose`, `usage` and `limitations`. Each of `doubts` becomes a comment `# doubt: ...` at its line.
    """
    sure = doubts or {}
    top = CommentedMap()
    top["apiVersion"] = API_VERSION
    top["kind"] = "DataContract"
    top["id"] = source
    top["version"] = version
    top["status"] = status
    top["name"] = _plain(title)
    _note(top, "name", sure.get((), ()))
    if description:
        top["description"] = CommentedMap((k, _plain(v)) for k, v in description.items())
    promises = _promises(freshness)
    if promises:
        top["slaProperties"] = promises
    settings: dict[str, Any] = {
        "vestry.organisation": organisation,
        "vestry.lawful_basis": _given(lawful_basis, ("article_6", "article_9", "gateway")),
        "vestry.may_link": may_link,
        "vestry.extract": extract,
        "vestry.format": _layout(layout),
    }
    if tolerance is not None:
        settings["vestry.tolerance"] = _given(tolerance, ("shrink", "swell"))
    if surprises is not None:
        settings["vestry.surprise"] = _given(surprises, tuple(Surprises.__dataclass_fields__))
    if trust:
        settings["vestry.trust"] = dict(trust)
    top["customProperties"] = _customs(settings, {k[0]: v for k, v in sure.items() if len(k) == 1})
    top["schema"] = CommentedSeq(_table(t, sure) for t in tables)
    return _text(top)


def _text(top: CommentedMap) -> str:
    yaml = YAML()
    yaml.width = 100_000  # a wrapped flow mapping is harder to read than a long one
    yaml.indent(mapping=2, sequence=2, offset=0)
    out = StringIO()
    yaml.dump(top, out)
    return out.getvalue()


def _plain(value: Any) -> Any:
    """The value as YAML that every reader takes alike: text is quoted where it may be taken for a number."""
    if isinstance(value, Mapping):
        flow = CommentedMap((_plain(k), _plain(v)) for k, v in value.items())
        flow.fa.set_flow_style()
        return flow
    if isinstance(value, list | tuple):
        items = CommentedSeq(_plain(v) for v in value)
        items.fa.set_flow_style()
        return items
    if isinstance(value, str) and (
        value.lower() in _NOT_PLAIN
        or not value[0].isalpha()
        or any(c in value for c in "#:,[]{}&*!|>'\"%@`?\n\t\\")
        or value != value.strip()
    ):
        return DoubleQuotedScalarString(value)
    return value


def _note(holder: CommentedMap | CommentedSeq, key: str | int, doubts: Sequence[str]) -> None:
    if doubts:
        holder.yaml_add_eol_comment("doubt: " + "; ".join(doubts), key)


def _customs(settings: Mapping[str, Any], doubts: Mapping[str, Sequence[str]]) -> CommentedSeq:
    """`customProperties`: one line each, but a mapping of mappings and a long one on lines of its own."""
    listed = CommentedSeq()
    for name, value in settings.items():
        wide = isinstance(value, Mapping) and (
            len(value) > 8 or any(isinstance(v, Mapping) for v in value.values())
        )
        if wide:
            item = CommentedMap(
                property=name, value=CommentedMap((_plain(k), _plain(v)) for k, v in value.items())
            )
            _note(item, "property", doubts.get(name, ()))
            listed.append(item)
        else:
            listed.append(_plain({"property": name, "value": value}))
            _note(listed, len(listed) - 1, doubts.get(name, ()))
    return listed


def _given(value: Any, names: Sequence[str]) -> dict[str, Any]:
    return {n: getattr(value, n) for n in names if getattr(value, n) is not None}


def _layout(layout: Layout) -> dict[str, Any]:
    if layout.format != "csv":
        return {"format": layout.format}
    usual = Layout(format="csv")
    out: dict[str, Any] = {"format": "csv", "delimiter": layout.delimiter, "header": layout.header}
    if layout.quote != usual.quote:
        out["quote"] = layout.quote
    return {**out, "encoding": layout.encoding}


def _promises(freshness: Freshness | None) -> CommentedSeq:
    out = CommentedSeq()
    if freshness is not None:
        for name, days in (("frequency", freshness.every_days), ("latency", freshness.latency_days)):
            if days is not None:
                out.append(_plain({"property": name, "value": days, "unit": "d"}))
    return out


def _table(table: Table, doubts: Doubts) -> CommentedMap:
    out = CommentedMap(name=_plain(table.name))
    _note(out, "name", doubts.get((table.name,), ()))
    settings: dict[str, Any] = {}
    rows = _given(table.rows, ("path", "column", "equals"))
    if rows:
        settings["vestry.rows"] = rows
    for name, value in (
        ("vestry.file", table.files),
        ("vestry.control_total", table.control_total),
        ("vestry.each_row_counts", table.each_row_counts or None),
        ("vestry.holds_each_once", table.holds_each_once or None),
        ("vestry.dated_by", table.dated_by),
    ):
        if value is not None:
            settings[name] = value
    if table.deleted_when is not None:
        settings["vestry.deleted_when"] = {"column": table.deleted_when[0], "equals": table.deleted_when[1]}
    settings["vestry.describes"] = {p.name: _part(p) for p in table.parts}
    here = {k[1]: v for k, v in doubts.items() if len(k) == 2 and k[0] == table.name}
    out["customProperties"] = _customs(settings, here)
    whole = [r for r in table.rules if r.column is None]
    if whole:
        out["quality"] = CommentedSeq(_rule(r) for r in whole)
    out["properties"] = CommentedSeq(
        _column(c, [r for r in table.rules if r.column == c.name], (table.name, c.name), doubts)
        for c in table.columns
    )
    return out


def _part(part: Part) -> dict[str, Any]:
    present = {} if part.present_when is None else {"present_when": part.present_when}
    return {"kind": part.kind, **present, **part.attributes}


def _column(column: Column, rules: Sequence[Rule], place: tuple[str, str], doubts: Doubts) -> CommentedMap:
    out = CommentedMap(name=_plain(column.name))
    _note(out, "name", doubts.get(place, ()))
    if column.physical_name != column.name:
        out["physicalName"] = _plain(column.physical_name)
    if column.key_position is not None:
        out["primaryKey"] = True
        out["primaryKeyPosition"] = column.key_position
    out["logicalType"] = column.logical_type
    if column.formats and column.logical_type in _TIMES:
        out["logicalTypeOptions"] = _plain({"format": column.formats[0]})
    if column.required:
        out["required"] = True
    if any(r.name == "unique" and r.check == "duplicateValues" for r in rules):
        out["unique"] = True
    if column.classification:
        out["classification"] = column.classification
    settings: dict[str, Any] = {}
    if column.targets:
        targets = [_target(t) for t in column.targets]
        settings["vestry.field"] = targets[0] if len(targets) == 1 else targets
    if len(column.formats) > 1:
        settings["vestry.formats"] = list(column.formats)
    if column.codes:
        settings["vestry.codes"] = dict(column.codes)
    if column.earlier_names:
        settings["vestry.earlier_names"] = list(column.earlier_names)
    if column.blanks:
        settings["vestry.blanks"] = list(column.blanks)
    if settings:
        here = {k[2]: v for k, v in doubts.items() if len(k) == 3 and k[:2] == place}
        out["customProperties"] = _customs(settings, here)
    stated = [r for r in rules if r.name not in ("required", "unique")]
    if stated:
        out["quality"] = CommentedSeq(_rule(r) for r in stated)
    return out


def _target(target: Target) -> Any:
    index = "" if target.index is None else f"[{target.index}]"
    text = f"{target.part}.{target.field}{index}"
    marks = _given(target, ("before", "after"))
    return {"to": text, **marks} if marks else text


def _rule(rule: Rule) -> Any:
    out: dict[str, Any] = {"name": rule.name}
    if rule.check in CUSTOM_CHECKS:
        out |= {"type": "custom", "engine": "vestry", "implementation": rule.check}
        arguments: dict[str, Any] = {}
    else:
        out |= {"type": "library", "metric": rule.check}
        arguments = {k: v for k, v in rule.arguments.items() if k not in (*OPERATORS, "unit")}
        comparison = {k: v for k, v in rule.arguments.items() if k in (*OPERATORS, "unit")}
        out |= comparison or {"mustBe": 0}
    if arguments:
        out["arguments"] = arguments
    dimension = _ODCS_DIMENSION.get(rule.dimension, rule.dimension)
    return _plain({**out, "dimension": dimension, "severity": rule.severity})
