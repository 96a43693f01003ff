"""What most contracts never say, in the editor: texts that mean nothing, earlier names, how sensitive a column is, the date that
timeliness counts from, and what ends a key."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from vestry.contracts.contract import Column, Table
from vestry.contracts.editing_further import ColumnFurther, TableFurther
from vestry.contracts.notation import CLASSIFICATIONS
from vestry.office.pages.translating import _, gettext_lazy

DATED_BY: Final = "dated_by"
DELETED: Final = ("deleted_column", "deleted_equals")
"""Fields of a table: what timeliness counts from; and the two that say what ends a key, neither without the other."""

CLASSIFICATION_SAID: Final = {
    "public": gettext_lazy("public"),
    "personal": gettext_lazy("personal data"),
    "special-category": gettext_lazy("a special category of personal data (health, ethnicity, religion and their like)"),
}  # fmt: skip
"""How sensitive a column is, in words."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ColumnFurtherForm:
    """Of one column: texts one on a line, and how sensitive it is."""

    blanks: str
    earlier_names: str
    classification: str


@dataclass(frozen=True, slots=True, kw_only=True)
class TableFurtherForm:
    """Of one table: the columns that may be chosen, and what is."""

    dates: tuple[str, ...]
    columns: tuple[str, ...]
    dated_by: str
    deleted_column: str
    deleted_equals: str

    @property
    def said(self) -> bool:
        """Whether there is anything of it."""
        return bool(self.dated_by or self.deleted_column or self.deleted_equals)


def column_further(form: Mapping[str, str], at: int, column: Column) -> ColumnFurther:
    """What a form says of a column; what it does not hold stays."""
    sort = form.get(f"c{at}-class", column.classification)
    return ColumnFurther(
        blanks=_listed(form, f"c{at}-blanks", column.blanks),
        earlier_names=_listed(form, f"c{at}-earlier", column.earlier_names),
        classification=sort if sort in ("", *CLASSIFICATIONS) else column.classification,
    )


def column_further_form(column: Column) -> ColumnFurtherForm:
    """A column as the form has it."""
    return ColumnFurtherForm(
        blanks="\n".join(column.blanks), earlier_names="\n".join(column.earlier_names),
        classification=column.classification,
    )  # fmt: skip


def table_further(form: Mapping[str, str], table: Table, problems: dict[str, str]) -> TableFurther:
    """What a form says of a table, and what is wrong with it in `problems`; what it does not hold stays."""
    names = [column.name for column in table.columns]
    dated = form.get(DATED_BY, table.dated_by or "")
    now = table.deleted_when or ("", "")
    column, text = (form.get(field, held).strip() for field, held in zip(DELETED, now, strict=True))
    ends = table.deleted_when
    if bool(column) != bool(text):
        problems[DELETED[bool(column)]] = _(
            "What ends a key: say which column, and which text in it, or neither"
        )
    elif column in ("", *names) and (column, text) != (now[0], now[1].strip()):
        ends = (column, text) if column else None
    return TableFurther(dated_by=dated if dated in ("", *names) else table.dated_by or "", deleted_when=ends)


def table_further_form(table: Table, typed: Mapping[str, str]) -> TableFurtherForm:
    """A table as the form has it, with what was `typed` wrongly."""
    now = table.deleted_when or ("", "")
    return TableFurtherForm(
        dates=tuple(c.name for c in table.columns if c.logical_type in ("date", "timestamp") or c.name == table.dated_by),
        columns=tuple(c.name for c in table.columns), dated_by=table.dated_by or "",
        deleted_column=typed.get(DELETED[0], now[0]),
        deleted_equals=typed.get(DELETED[1], now[1]),
    )  # fmt: skip


def classifications_offered() -> tuple[tuple[str, str], ...]:
    """(value, what it is called)."""
    return tuple((one, str(CLASSIFICATION_SAID[one])) for one in CLASSIFICATIONS)


def _listed(form: Mapping[str, str], name: str, now: tuple[str, ...]) -> tuple[str, ...]:
    """Texts one on a line. What nobody changed stays as it is, blanks before and after a text among it."""
    text = form.get(name)
    if text is None or text.splitlines() == "\n".join(now).splitlines():
        return now
    return tuple(dict.fromkeys(line.strip() for line in text.splitlines() if line.strip()))
