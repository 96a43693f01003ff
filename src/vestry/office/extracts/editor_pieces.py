"""A column that holds several things, in the editor: what each piece becomes, and the marks that it is told apart by."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from vestry.contracts.contract import Column, Target
from vestry.contracts.editing import AS_WRITTEN, PieceEdit
from vestry.office.pages.translating import _
from vestry.office.pages.words import field_name, number_kind

MOST: Final = 20
"""Pieces of one column that a form may hold."""

_ESCAPES: Final = (("\\", "\\\\"), ("\n", "\\n"), ("\r", "\\r"), ("\t", "\\t"))
"""Character that no field of one line holds -> how it is written there."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PieceForm:
    """One piece in the editor: its fields begin with `name`."""

    name: str
    to: str
    label: str
    after: str
    before: str


def written(target: Target) -> str:
    """A target as a contract writes it: "home.address_lines[1]"."""
    return f"{target.part}.{target.field}" + (f"[{target.index}]" if target.index else "")


def label_of(to: str) -> str:
    """What a page calls a target: "home: Address, 1" of "home.address_lines[1]"; "" of none."""
    part, _dot, rest = to.partition(".")
    name, _bracket, index = rest.rstrip("]").partition("[")
    said = (
        number_kind(index) if name == "other_number" else f"{field_name(name)}{f', {index}' if index else ''}"
    )
    return f"{part}: {said}" if to else ""


def is_plain(column: Column) -> bool:
    """Whether all of a column's text becomes one thing."""
    return len(column.targets) == 1 and column.targets[0].after is None and column.targets[0].before is None


def piece_forms(column: Column, at: int, typed: Mapping[str, str]) -> tuple[PieceForm, ...]:
    """The pieces of a column, with room for one more; none where it is not, and is not `typed` to be, several things."""
    if typed.get(f"c{at}-to", "" if not column.targets or is_plain(column) else AS_WRITTEN) != AS_WRITTEN:
        return ()
    pieces = [PieceEdit(to=written(t), after=t.after or "", before=t.before or "") for t in column.targets]
    if _name(at, 0) + "to" in typed:
        pieces = [one for one in _typed(typed, at) if one.to or one.after or one.before]
    room = max(len(pieces) + 1, 2)
    pieces += [PieceEdit(to="")] * (room - len(pieces))
    return tuple(
        PieceForm(
            name=_name(at, n),
            to=one.to,
            label=label_of(one.to),
            after=_shown(one.after),
            before=_shown(one.before),
        )
        for n, one in enumerate(pieces[:MOST])
    )


def piece_edits(
    form: Mapping[str, str], at: int, column: str, problems: dict[str, str]
) -> tuple[PieceEdit, ...]:
    """What a form says of the pieces of a column that is several things; none where it holds none, or says them wrongly."""
    typed = _typed(form, at)
    for n, one in enumerate(typed):
        if not one.to and (one.after or one.before):
            said = _("%(column)s: choose what the piece with that mark becomes")
            problems[f"{_name(at, n)}to"] = said % {"column": column}
    if typed and not any(one.to for one in typed):
        said = _("%(column)s: choose what each piece becomes")
        problems.setdefault(f"{_name(at, 0)}to", said % {"column": column})
    wrong = any(name.startswith(f"c{at}-piece") for name in problems)
    return () if wrong else tuple(one for one in typed if one.to)


def _typed(form: Mapping[str, str], at: int) -> list[PieceEdit]:
    return [
        PieceEdit(
            to=form[f"{name}to"].strip(), after=_meant(form.get(f"{name}after", "")), before=_meant(form.get(f"{name}before", ""))
        )
        for n in range(MOST)
        if f"{(name := _name(at, n))}to" in form
    ]  # fmt: skip


def _name(at: int, n: int) -> str:
    return f"c{at}-piece{n}-"


def _shown(mark: str) -> str:
    for character, escape in _ESCAPES:
        mark = mark.replace(character, escape)
    return mark


def _meant(text: str) -> str:
    meant = {escape[1]: character for character, escape in _ESCAPES}
    return re.sub(r"\\([\\nrt])", lambda found: meant[found[1]], text)
