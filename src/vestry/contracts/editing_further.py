"""Changes to what most contracts never say: texts that mean nothing, earlier names, how sensitive a column is, the date
that timeliness counts from, and what ends a key.

What is so already stays as it is written.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from ruamel.yaml.comments import CommentedMap
from ruamel.yaml.scalarstring import DoubleQuotedScalarString

from vestry.contracts.yaml_text import drop, flow, flow_list, quoted, said, say


@dataclass(frozen=True, slots=True, kw_only=True)
class ColumnFurther:
    """Of a column: the texts that mean that nothing is known, its names in extracts of before, newest first, and one of
    `notation.CLASSIFICATIONS` or ""."""

    blanks: tuple[str, ...]
    earlier_names: tuple[str, ...]
    classification: str


@dataclass(frozen=True, slots=True, kw_only=True)
class TableFurther:
    """Of a table: the column that timeliness counts from, "" for none; and (column, text) that ends a key, None for none."""

    dated_by: str
    deleted_when: tuple[str, str] | None


def edit_column(column: CommentedMap, further: ColumnFurther) -> None:
    """Let a column say these."""
    _texts(column, "vestry.blanks", further.blanks)
    _texts(column, "vestry.earlier_names", further.earlier_names)
    now = column.get("classification", "")
    if further.classification == now:
        return
    if not further.classification:
        drop(column, "classification")
    elif "classification" in column:
        column["classification"] = further.classification
    else:
        after = next(name for name in ("logicalType", "physicalName", "name") if name in column)
        column.insert(list(column).index(after) + 1, "classification", further.classification)


def edit_table(schema: CommentedMap, further: TableFurther) -> None:
    """Let a table say these."""
    if further.dated_by != (said(schema, "vestry.dated_by") or ""):
        say(schema, "vestry.dated_by", quoted(further.dated_by) if further.dated_by else None)
    now = said(schema, "vestry.deleted_when")
    held = (str(now.get("column")), str(now.get("equals"))) if isinstance(now, Mapping) else None
    if further.deleted_when != held:
        ends = further.deleted_when
        made = (
            flow({"column": quoted(ends[0]), "equals": DoubleQuotedScalarString(ends[1])}) if ends else None
        )
        say(schema, "vestry.deleted_when", made)


def _texts(column: CommentedMap, name: str, texts: Sequence[str]) -> None:
    if list(texts) != [str(one) for one in said(column, name) or ()]:
        say(column, name, flow_list(texts) if texts else None)
