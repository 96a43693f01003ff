"""Contracts as pages: the list, one as it is, and the editor in which each column is given a meaning by choosing."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import ClassVar, Final

from vestry.contracts.comparing import Difference
from vestry.contracts.complaints import UNFILLED
from vestry.contracts.contract import Column, Contract, Part, Table, Target
from vestry.contracts.editing import AS_WRITTEN, AboutEdit, ColumnEdit
from vestry.contracts.notation import CUSTOM_CHECKS, LOGICAL_TYPES
from vestry.errors import Problem
from vestry.model import kinds
from vestry.model.fields import ADDRESS_FIELDS, fields_of
from vestry.office.extracts.drafts import Drafted
from vestry.office.extracts.reasons import reason_said
from vestry.office.pages.translating import gettext_lazy
from vestry.office.pages.words import field_name, value_said
from vestry.standardise.trying import Tried

NOTHING_SAID: Final = AboutEdit(
    title="", article_6="", article_9="", gateway="", may_link=True, extract="full"
)
"""Of a contract that cannot be read."""

LINES: Final = 6
"""Numbered lines of an address that are offered."""

KIND_SAID: Final = {
    kinds.PERSON: gettext_lazy("Resident"),
    kinds.ORGANISATION: gettext_lazy("Business or organisation"),
    kinds.PROPERTY: gettext_lazy("Property"),
    kinds.ADDRESS: gettext_lazy("Postal address"),
    kinds.EPISODE: gettext_lazy("Dealing with a service"),
}
"""Kinds that can be added by choosing, and what a page calls them."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ContractLine:
    """One contract of the list."""

    source: str
    title: str
    organisation: str
    version: str
    tables: int
    may_link: bool
    mine: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class ContractsPage:
    """Every contract, what is wrong with those that cannot be read, and what one works on."""

    template: ClassVar[str] = "extracts/contracts.html"
    lines: tuple[ContractLine, ...]
    problems: tuple[Problem, ...]
    drafts: tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class ContractPage:
    """One contract in force. `earlier` are its versions before, the newest first."""

    template: ClassVar[str] = "extracts/contract.html"
    contract: Contract
    organisation: str
    tables: tuple[TableForm, ...]
    earlier: tuple[str, ...]
    mine: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class ColumnForm:
    """One column in the editor; `at` its position. `problems` are what is wrong with it, `doubt` what a draft was not sure of."""

    at: int
    name: str
    physical: str
    to: str
    said: str
    as_written: bool
    logical_type: str
    formats: str
    required: bool
    key: bool
    codes: str
    check: str
    keeps_out: bool
    label: str
    doubt: str
    problems: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class TableForm:
    """One table: its parts as (name, kind in words), the fields that a column may be given as groups (part -> (value, label))."""

    name: str
    parts: tuple[tuple[str, str], ...]
    offered: tuple[tuple[str, tuple[tuple[str, str], ...]], ...]
    columns: tuple[ColumnForm, ...]
    doubt: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class PreviewPart:
    """One thing that a row becomes, as it is shown."""

    part: str
    kind: str
    values: tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class PreviewRow:
    """One row of the sample: what it becomes, or why it would be kept out."""

    number: int
    parts: tuple[PreviewPart, ...]
    broken: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class EditorPage:
    """The editor of a draft, at one of its tables. `problems` lead to their fields; `others` are those of no field here."""

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
    organisation: str
    checks: tuple[tuple[str, str], ...]
    types: tuple[str, ...] = LOGICAL_TYPES
    kinds: tuple[tuple[str, str], ...] = ()
    part: Mapping[str, str] = field(default_factory=dict)


def table_form(
    table: Table, doubts: Mapping[tuple[str, str], str], problems: Mapping[str, Sequence[str]]
) -> TableForm:
    """The table as a form. `problems` is column -> what is wrong with it."""
    return TableForm(
        name=table.name, parts=tuple((part.name, _kind(part.kind)) for part in table.parts),
        offered=tuple((part.name, _offered(part)) for part in table.parts),
        columns=tuple(
            _column(table, column, at, doubts.get((table.name, column.name), ""), problems.get(column.name, ()))
            for at, column in enumerate(table.columns)
        ),
        doubt=doubts.get((table.name, ""), ""),
    )  # fmt: skip


def _column(table: Table, column: Column, at: int, doubt: str, problems: Sequence[str]) -> ColumnForm:
    plain = len(column.targets) == 1 and column.targets[0].after is None and column.targets[0].before is None
    ours = next((r for r in table.rules if r.column == column.name and r.check in CUSTOM_CHECKS), None)
    label = ""
    if plain:
        target = column.targets[0]
        label = f"{target.part}: {field_name(target.field)}" + (f", {target.index}" if target.index else "")
    return ColumnForm(
        check=ours.check if ours else "", keeps_out=ours is not None and ours.severity == "error", label=label,
        at=at, name=column.name, physical=column.physical_name,
        to=written(column.targets[0]) if plain else AS_WRITTEN if column.targets else "",
        said="; ".join(written(t) for t in column.targets), as_written=bool(column.targets) and not plain,
        logical_type=column.logical_type, formats=", ".join(column.formats), required=column.required,
        key=column.key_position is not None, codes="\n".join(f"{k} = {v}" for k, v in column.codes.items()),
        doubt=doubt, problems=tuple(problems),
    )  # fmt: skip


def written(target: Target) -> str:
    """A target as a contract writes it: "home.address_lines[1]"."""
    return f"{target.part}.{target.field}" + (f"[{target.index}]" if target.index else "")


def _offered(part: Part) -> tuple[tuple[str, str], ...]:
    found = []
    for name in fields_of(part.kind):
        if (
            name in ADDRESS_FIELDS
            and ADDRESS_FIELDS[name].indexed
            and part.kind in (kinds.PROPERTY, kinds.ADDRESS)
        ):
            found += [(f"{part.name}.{name}[{n}]", f"{field_name(name)}, {n}") for n in range(1, LINES + 1)]
        found.append((f"{part.name}.{name}", field_name(name)))
    return tuple(found)


def _kind(kind: str) -> str:
    return str(KIND_SAID.get(kind, kind.replace("_", " ").capitalize()))


def kinds_offered() -> tuple[tuple[str, str], ...]:
    """The kinds of a part that can be added."""
    return tuple((kind, str(said)) for kind, said in KIND_SAID.items())


def checks_offered() -> tuple[tuple[str, str], ...]:
    """The checks that a column can have, with what each finds wrong."""
    return tuple((check, reason_said(check)) for check in CUSTOM_CHECKS)


def column_edits(form: Mapping[str, str], table: Table) -> tuple[tuple[ColumnEdit, ...], dict[str, str]]:
    """(what a form says each column is to be, what is wrong with how it says it)."""
    edits, problems = [], {}
    for at, column in enumerate(table.columns):
        codes: dict[str, str] = {}
        for line in form.get(f"c{at}-codes", "").splitlines():
            code, mark, meaning = line.partition("=")
            if not line.strip():
                continue
            if not mark or not code.strip():
                problems[f"c{at}-codes"] = f"{column.name}: write each code as CODE = meaning, one on a line"
                continue
            codes[code.strip()] = meaning.strip()
        kind = form.get(f"c{at}-type", column.logical_type)
        edits.append(
            ColumnEdit(
                name=column.name, to=form.get(f"c{at}-to", AS_WRITTEN).strip(),
                logical_type=kind if kind in LOGICAL_TYPES else column.logical_type,
                formats=tuple(f.strip() for f in form.get(f"c{at}-formats", "").split(",") if f.strip()),
                required=form.get(f"c{at}-required") == "yes", codes=codes,
                check=check if (check := form.get(f"c{at}-check", "")) in CUSTOM_CHECKS else "",
                keeps_out=form.get(f"c{at}-keeps") == "yes",
            )
        )  # fmt: skip
    return tuple(edits), problems


def about_of(contract: Contract) -> AboutEdit:
    """What is said of a contract as a whole. What only a person can say and nobody has said yet is ""."""

    def filled(text: str | None) -> str:
        return "" if text in (None, UNFILLED) else str(text)

    basis = contract.lawful_basis
    return AboutEdit(
        title=contract.title, article_6=filled(basis.article_6), article_9=filled(basis.article_9),
        gateway=filled(basis.gateway), may_link=contract.may_link, extract=contract.extract,
    )  # fmt: skip


def preview_of(tried: Tried, contract: Contract) -> tuple[PreviewRow, ...]:
    """The rows as they are shown."""
    return tuple(
        PreviewRow(
            number=row.number,
            parts=tuple(
                PreviewPart(
                    part=one.part, kind=_kind(one.kind),
                    values=tuple(
                        (field_name(name), value_said(name, value)) for name, value in one.values.items() if _tells(name, value)
                    ),
                )
                for one in row.parts
            ),
            broken=tuple(
                f"{reason_said(rule, contract)} {f'({column})' if column else ''}".strip() for rule, column in row.broken
            ),
        )
        for row in tried.rows
    )  # fmt: skip


def _tells(name: str, value: str) -> bool:
    """Whether a value is worth a line: that a date is whole is not."""
    return not (name.endswith("_accuracy") and value == "day")
