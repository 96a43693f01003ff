"""Where the editor says what is wrong with a draft: at the field that can mend it, else where it is saved."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Final

from vestry.contracts.complaints import Placed
from vestry.contracts.contract import Table
from vestry.office.extracts.editor_parts import field_of
from vestry.office.pages.below import in_language
from vestry.office.pages.translating import _

SAVE: Final = "save"
"""The field of what no other field can mend."""

_SECTIONS: Final = (
    "each_row_counts", "holds_each_once", "dated_by", "deleted_column", "deleted_equals", "c", "part", "part_name", "part_kind",
    "title", "article_6", "article_9", "gateway", "may_link", "extract", "every_days", "latency_days", "shrink", "swell", SAVE,
)  # fmt: skip
"""Fields as they stand on the page; "c" are those of columns, "part" those of parts."""

_FIELDS: Final = {
    "vestry.extract": "extract",
    "vestry.may_link": "may_link",
    "vestry.holds_each_once": "holds_each_once",
}
"""Custom property -> the field that says it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Wrong:
    """One thing that is wrong: at which field, what, and of which column or table where the field alone does not say."""

    field: str
    what: str
    of: str = ""


def located(problems: Sequence[Placed], table: Table | None) -> tuple[Wrong, ...]:
    """What is wrong with a draft whose `table` is shown."""
    found = (_located(one, table) for one in problems)
    return tuple(replace(one, what=in_language(one.what)) for one in found)


def beside(found: Sequence[Wrong], said: Mapping[str, str]) -> dict[str, tuple[str, ...]]:
    """Field -> what is said beside it: what a form `said` wrongly, and what is wrong there."""
    fields = dict.fromkeys(one.field for one in found if one.field != SAVE)
    out = {field: tuple(dict.fromkeys(w.what for w in found if w.field == field)) for field in fields}
    return out | {field: (what,) for field, what in said.items()}


def summary(found: Sequence[Wrong], said: Mapping[str, str]) -> dict[str, str]:
    """Field -> what the summary says, in the order of the page: what a form `said` wrongly, else the first thing wrong there."""
    out = dict(said)
    for one in found:
        what = f"{one.of}: {one.what}" if one.of else one.what
        field = f"{SAVE}-{len(out)}" if one.field == SAVE and SAVE in out else one.field
        if what not in out.values():
            out.setdefault(field, what)
    return dict(sorted(out.items(), key=lambda one: _order(one[0])))


def _order(field: str) -> tuple[int, int]:
    """Where a field stands on the page: (which of its sections, its place there)."""
    if numbered := re.match(r"c([0-9]+)-", field):
        return _SECTIONS.index("c"), int(numbered[1])
    if field.startswith("part-"):
        return _SECTIONS.index("part"), 0
    return _SECTIONS.index(field if field in _SECTIONS else SAVE), 0


def _located(placed: Placed, table: Table | None) -> Wrong:
    said = f"{placed.problem.what} {placed.problem.fix}".strip()
    if placed.table and (table is None or placed.table != table.name):
        return Wrong(field=SAVE, what=said, of=placed.table)
    if placed.column and table is not None:
        at = next((n for n, c in enumerate(table.columns) if c.name == placed.column), None)
        return Wrong(field=SAVE if at is None else f"c{at}-to", what=said, of=placed.column)
    if placed.part and table is not None and placed.part in [p.name for p in table.parts]:
        if not placed.attribute and "No column feeds the part" in said:
            said = _("No column becomes anything of it: choose it for one, or take it out")
        return Wrong(field=field_of(placed.part, placed.attribute or "out"), what=said, of=placed.part)
    if placed.setting == "vestry.describes":
        return Wrong(field="part_name", what=_("Say what a row describes: choose something"))
    if not placed.setting and "has no key" in said:
        what = _("Choose the columns that make the key, or say that each row counts")
        return Wrong(field="each_row_counts", what=what)
    if placed.setting == "vestry.each_row_counts":
        what = _(
            "Rows are told apart by a key, or each counts: untick this, or take the columns out of the key"
        )
        return Wrong(field="each_row_counts", what=what)
    if placed.setting == "vestry.holds_each_once" and "each_row_counts" in said:
        what = _("Nothing can be held once where each row counts: choose one of the two")
        return Wrong(field="holds_each_once", what=what)
    if placed.setting == "vestry.deleted_when":
        what = _(
            "A full extract says by a missing key that it ended: choose none, or say that it holds changes only"
        )
        return Wrong(field="deleted_column", what=what)
    if placed.setting == "vestry.dated_by":
        what = _("Timeliness counts from a date: choose a column whose type is one")
        return Wrong(field="dated_by", what=what)
    if placed.setting in _FIELDS:
        return Wrong(field=_FIELDS[placed.setting], what=said)
    return _of_the_basis(said)


def _of_the_basis(said: str) -> Wrong:
    if "article_9" in said or "article 9" in said:
        what = _("Enter the condition of article 9: there are columns of special categories")
        return Wrong(field="article_9", what=what)
    if "article_6" in said:
        what = _("Enter the condition of article 6 that the records are held on")
        return Wrong(field="article_6", what=what)
    if "gateway" in said:
        return Wrong(field="gateway", what=_("Enter the statute that opens the gateway"))
    return Wrong(field=SAVE, what=said)
