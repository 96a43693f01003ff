"""The editor of a contract as a page: a table's columns, each given a meaning by choosing, and what the first rows become."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import ClassVar, Final

from vestry.contracts.comparing import Difference
from vestry.contracts.contract import Column, Contract, Part, Surprises, Table
from vestry.contracts.editing import AS_WRITTEN, AboutEdit
from vestry.contracts.notation import CUSTOM_CHECKS, LOGICAL_TYPES, SURPRISES
from vestry.model import kinds
from vestry.model.fields import ADDRESS_FIELDS, NUMBER_KINDS, OF_A_KIND, fields_of
from vestry.office.extracts.drafts import Drafted
from vestry.office.extracts.editor_further import (
    ColumnFurtherForm,
    TableFurtherForm,
    classifications_offered,
    column_further_form,
    table_further_form,
)
from vestry.office.extracts.editor_parts import PartForm, kind_said, part_forms, ties
from vestry.office.extracts.editor_pieces import PieceForm, is_plain, label_of, piece_forms, written
from vestry.office.extracts.reasons import reason_said
from vestry.office.extracts.types import type_said
from vestry.office.pages.translating import gettext_lazy
from vestry.office.pages.words import field_name, number_kind, value_said
from vestry.standardise.trying import Tried, TriedRow

NOTHING_SAID: Final = AboutEdit(
    title="", article_6="", article_9="", gateway="", may_link=True, extract="full"
)
"""Of a contract that cannot be read."""

LINES: Final = 6
"""Numbered lines of an address that are offered."""

SURPRISE_SAID: Final = {
    "missing_column": gettext_lazy("A column is missing"),
    "extra_column": gettext_lazy("There is a column more"),
    "ragged_row": gettext_lazy("A row has too many or too few values"),
    "bad_value": gettext_lazy("A date or a number cannot be read"),
    "unknown_code": gettext_lazy("A code is not in the list"),
    "repeated_key": gettext_lazy("Two rows have the same key"),
}
"""What the contract may not foresee, and what a page calls it."""

DEALT_WITH: Final = {
    "refuse": gettext_lazy("refuse the whole extract"),
    "quarantine": gettext_lazy("keep the row out"),
    "ignore": gettext_lazy("go on"),
}
"""What may be done with a surprise, in words."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ColumnForm:
    """One column in the editor; `at` its position, `doubt` what a draft was not sure of."""

    at: int
    name: str
    physical: str
    to: str
    said: str
    pieces: tuple[PieceForm, ...]
    logical_type: str
    type_said: str
    formats: str
    required: bool
    key: bool
    codes: str
    check: str
    keeps_out: bool
    label: str
    doubt: str
    further: ColumnFurtherForm


@dataclass(frozen=True, slots=True, kw_only=True)
class TableForm:
    """One table: its parts, the fields that a column may be given as groups (part -> (value, label)),
    and its key. `may_hold_once`: it has somebody or something that a register would have once."""

    name: str
    key: tuple[str, ...]
    each_row_counts: bool
    holds_each_once: bool
    may_hold_once: bool
    parts: tuple[PartForm, ...]
    offered: tuple[tuple[str, tuple[tuple[str, str], ...]], ...]
    columns: tuple[ColumnForm, ...]
    further: TableFurtherForm
    doubt: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class PreviewPart:
    """One thing that a row becomes, as it is shown; `ties` say how it belongs to the others."""

    part: str
    kind: str
    values: tuple[tuple[str, str], ...]
    ties: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class PreviewRow:
    """One row of the sample: what it becomes, or why it would be kept out."""

    number: int
    parts: tuple[PreviewPart, ...]
    broken: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class EditorPage:
    """The editor of a draft, at one of its tables. `problems` are those of the summary, `beside` what stands at the fields of the
    table; `promised` tolerance and freshness as their fields hold them, `surprises` (name, label, ((value, label), ...), now)."""

    template: ClassVar[str] = "extracts/editor.html"
    draft: Drafted
    about: AboutEdit
    table: TableForm | None
    tables: tuple[str, ...]
    preview: tuple[PreviewRow, ...]
    objections: tuple[str, ...]
    no_preview: str
    sample: str
    changes: tuple[Difference, ...]
    version: str
    problems: Mapping[str, str]
    beside: Mapping[str, tuple[str, ...]]
    promised: Mapping[str, str]
    surprises: tuple[tuple[str, str, tuple[tuple[str, str], ...], str], ...]
    organisation: str
    checks: tuple[tuple[str, str], ...]
    types: tuple[tuple[str, str], ...] = field(
        default_factory=lambda: tuple((one, type_said(one)) for one in LOGICAL_TYPES)
    )
    sorts: tuple[tuple[str, str], ...] = field(default_factory=classifications_offered)
    kinds: tuple[tuple[str, str], ...] = ()
    part: Mapping[str, str] = field(default_factory=dict)


def table_form(
    table: Table, doubts: Mapping[tuple[str, str], str] | None = None, typed: Mapping[str, str] | None = None
) -> TableForm:
    """The table as a form. `typed` is field -> what somebody wrote there that is not in the contract, or not yet."""
    unsure = doubts or {}
    return TableForm(
        name=table.name, parts=part_forms(table),
        offered=tuple((part.name, _offered(part)) for part in table.parts),
        columns=tuple(
            _column(table, column, at, unsure.get((table.name, column.name), ""), typed or {})
            for at, column in enumerate(table.columns)
        ),
        doubt=unsure.get((table.name, ""), ""), key=table.key, each_row_counts=table.each_row_counts,
        holds_each_once=table.holds_each_once, further=table_further_form(table, typed or {}),
        may_hold_once=table.holds_each_once or any(part.kind in kinds.RECORD_KINDS for part in table.parts),
    )  # fmt: skip


def _column(table: Table, column: Column, at: int, doubt: str, typed: Mapping[str, str]) -> ColumnForm:
    plain = is_plain(column)
    pieces = piece_forms(column, at, typed)
    ours = next((r for r in table.rules if r.column == column.name and r.check in CUSTOM_CHECKS), None)
    codes = "\n".join(f"{k} = {v}" for k, v in column.codes.items())
    return ColumnForm(
        check=ours.check if ours else "", keeps_out=ours is not None and ours.severity == "error",
        at=at, name=column.name, physical=column.physical_name,
        to=AS_WRITTEN if pieces else written(column.targets[0]) if plain else "",
        label=label_of(written(column.targets[0])) if plain else "",
        said="; ".join(written(t) for t in column.targets), pieces=pieces,
        logical_type=column.logical_type, type_said=type_said(column.logical_type), formats=", ".join(column.formats),
        required=column.required, key=column.key_position is not None, codes=typed.get(f"c{at}-codes", codes), doubt=doubt,
        further=column_further_form(column),
    )  # fmt: skip


def _offered(part: Part) -> tuple[tuple[str, str], ...]:
    found = []
    for name in fields_of(part.kind):
        if (
            name in ADDRESS_FIELDS
            and ADDRESS_FIELDS[name].indexed
            and part.kind in (kinds.PROPERTY, kinds.ADDRESS)
        ):
            found += [(f"{part.name}.{name}[{n}]", f"{field_name(name)}, {n}") for n in range(1, LINES + 1)]
        if (part.kind, name) in OF_A_KIND:
            found += [(f"{part.name}.{name}[{one}]", number_kind(one)) for one in NUMBER_KINDS]
        else:
            found.append((f"{part.name}.{name}", field_name(name)))
    return tuple(found)


def surprises_offered(
    now: Surprises,
) -> tuple[tuple[str, str, tuple[tuple[str, str], ...], str], ...]:
    """What may surprise, as (name, label, what may be done with it, what is done now)."""
    return tuple(
        (
            name,
            str(SURPRISE_SAID[name]),
            tuple((one, str(DEALT_WITH[one])) for one in offered),
            getattr(now, name),
        )
        for name, offered in SURPRISES.items()
    )


def checks_offered() -> tuple[tuple[str, str], ...]:
    """The checks that a column can have, with what each finds wrong."""
    return tuple((check, reason_said(check)) for check in CUSTOM_CHECKS)


def preview_of(tried: Tried, contract: Contract, table: Table) -> tuple[PreviewRow, ...]:
    """The rows as they are shown."""
    return tuple(
        PreviewRow(
            number=row.number, parts=tuple(_previewed(row, table)),
            broken=tuple(
                f"{reason_said(rule, contract)} {f'({column})' if column else ''}".strip() for rule, column in row.broken
            ),
        )
        for row in tried.rows
    )  # fmt: skip


def _previewed(row: TriedRow, table: Table) -> Iterator[PreviewPart]:
    there = frozenset(one.part for one in row.parts)
    for one in row.parts:
        values = tuple(
            (field_name(name), value_said(name, value)) for name, value in one.values.items() if _tells(name, value)
        )  # fmt: skip
        yield PreviewPart(
            part=one.part, kind=kind_said(one.kind), values=values, ties=ties(table.part(one.part), there)
        )


def _tells(name: str, value: str) -> bool:
    """Whether a value is worth a line: that a date is whole is not."""
    return not (name.endswith("_accuracy") and value == "day")
