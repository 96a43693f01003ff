"""What the form of the contract editor says: changes to a contract, and what is wrong with how it says them.

Problems are field -> what. What cannot be understood, and what a form does not hold, stays as the contract has it.
"""

from __future__ import annotations

import math
import re
from collections.abc import Mapping
from dataclasses import replace
from typing import Any, Final

from vestry.contracts.complaints import UNFILLED
from vestry.contracts.contract import Contract, Freshness, Surprises, Table, Tolerance
from vestry.contracts.editing import AS_WRITTEN, AboutEdit, ColumnEdit, TableEdit
from vestry.contracts.notation import CUSTOM_CHECKS, LOGICAL_TYPES, SURPRISES
from vestry.office.extracts.editor_further import DELETED, column_further, table_further
from vestry.office.extracts.editor_parts import kinds_offered, part_edits
from vestry.office.extracts.editor_pieces import piece_edits
from vestry.office.pages.translating import _

_PART: Final = re.compile(r"[a-z][a-z0-9_]*")

LONGEST: Final = 9_999
"""Days of the longest promise, as `contracts.reading` takes them."""

MOST_SWELL: Final = 100_000
"""Per cent by which an extract may swell at most: a thousand times its size."""


def about_of(contract: Contract) -> AboutEdit:
    """What is said of a contract as a whole. What only a person can say and nobody has said yet is ""."""

    def filled(text: str | None) -> str:
        return "" if text in (None, UNFILLED) else str(text)

    basis = contract.lawful_basis
    return AboutEdit(
        title=contract.title, article_6=filled(basis.article_6), article_9=filled(basis.article_9),
        gateway=filled(basis.gateway), may_link=contract.may_link, extract=contract.extract,
        tolerance=contract.tolerance, surprises=contract.surprises, freshness=contract.freshness,
    )  # fmt: skip


def about_edit(form: Mapping[str, str], contract: Contract) -> tuple[AboutEdit, dict[str, str]]:
    """(what a form says of the contract as a whole, what is wrong with how it says it)."""
    problems: dict[str, str] = {}
    now, days = contract.tolerance, contract.freshness
    return (
        AboutEdit(
            title=form.get("title", "").strip() or contract.title, article_6=form.get("article_6", "").strip(),
            article_9=form.get("article_9", "").strip(), gateway=form.get("gateway", "").strip(),
            may_link=form.get("may_link") == "yes", extract="changes" if form.get("extract") == "changes" else "full",
            tolerance=Tolerance(
                shrink=_share(form, "shrink", now.shrink, 100, problems),
                swell=_share(form, "swell", now.swell, MOST_SWELL, problems),
            ),
            surprises=_surprises(form, contract.surprises),
            freshness=Freshness(
                every_days=_days(form, "every_days", days.every_days, problems),
                latency_days=_days(form, "latency_days", days.latency_days, problems),
            ),
        ),
        problems,
    )  # fmt: skip


def promised(about: AboutEdit) -> dict[str, str]:
    """Tolerance and freshness as fields hold them: per cent, days, "" where nothing is promised."""
    tolerance, freshness = about.tolerance or Tolerance(), about.freshness or Freshness()
    return {
        "shrink": per_cent(tolerance.shrink), "swell": per_cent(tolerance.swell),
        "every_days": str(freshness.every_days or ""), "latency_days": str(freshness.latency_days or ""),
    }  # fmt: skip


def per_cent(share: float) -> str:
    """ "7.5" of 0.075."""
    return f"{round(share * 100, 4):g}"


def _share(form: Mapping[str, str], name: str, now: float, most: float, problems: dict[str, str]) -> float:
    said = form.get(name, per_cent(now)).strip().removesuffix("%").strip()
    if said == per_cent(now):
        return now
    try:
        share = float(said)
    except ValueError:
        share = math.nan
    if 0 <= share <= most:
        return round(share / 100, 6)
    said = _("Fewer rows: enter a percentage from 0 to %(most)s, such as 20")
    if name == "swell":
        said = _("More rows: enter a percentage from 0 to %(most)s, such as 50")
    problems[name] = said % {"most": f"{most:,}"}
    return now


def _days(form: Mapping[str, str], name: str, now: int | None, problems: dict[str, str]) -> int | None:
    said = form.get(name, str(now or "")).strip()
    if not said:
        return None
    if re.fullmatch(r"[0-9]{1,4}", said) and int(said):
        return int(said)
    wrong = _("When it is due: enter a whole number of days from 1 to %(most)s, or nothing")
    if name == "latency_days":
        wrong = _("How old its news is: enter a whole number of days from 1 to %(most)s, or nothing")
    problems[name] = wrong % {"most": f"{LONGEST:,}"}
    return now


def _surprises(form: Mapping[str, str], now: Surprises) -> Surprises:
    said: dict[str, Any] = {
        name: form[f"surprise-{name}"]
        for name, offered in SURPRISES.items()
        if form.get(f"surprise-{name}") in offered
    }
    return replace(now, **said)


def table_edit(form: Mapping[str, str], table: Table) -> tuple[TableEdit, dict[str, str]]:
    """(what a form says that one table is to be, what is wrong with how it says it)."""
    problems: dict[str, str] = {}
    columns = tuple(_column(form, at, problems, table) for at in range(len(table.columns)))
    return (
        TableEdit(
            table=table.name, columns=columns, part=_part(form, table, problems), key=_key(form, table),
            each_row_counts=form.get("each_row_counts") == "yes",
            holds_each_once=form.get("holds_each_once") == "yes", parts=part_edits(form, table),
            further=table_further(form, table, problems),
        ),
        problems,
    )  # fmt: skip


def _key(form: Mapping[str, str], table: Table) -> tuple[str, ...]:
    """The columns that were chosen: those that made the key before in their order, then the others as they stand."""
    chosen = {column.name for at, column in enumerate(table.columns) if form.get(f"c{at}-key") == "yes"}
    kept = [name for name in table.key if name in chosen]
    return (*kept, *(c.name for c in table.columns if c.name in chosen and c.name not in kept))


def _column(form: Mapping[str, str], at: int, problems: dict[str, str], table: Table) -> ColumnEdit:
    column = table.columns[at]
    kind, to = form.get(f"c{at}-type", column.logical_type), form.get(f"c{at}-to", AS_WRITTEN).strip()
    return ColumnEdit(
        name=column.name, to=to, pieces=piece_edits(form, at, column.name, problems) if to == AS_WRITTEN else (),
        logical_type=kind if kind in LOGICAL_TYPES else column.logical_type,
        formats=tuple(f.strip() for f in form.get(f"c{at}-formats", "").split(",") if f.strip()),
        required=form.get(f"c{at}-required") == "yes", codes=_codes(form, at, column.name, problems),
        check=check if (check := form.get(f"c{at}-check", "")) in CUSTOM_CHECKS else "",
        keeps_out=form.get(f"c{at}-keeps") == "yes", further=column_further(form, at, column),
    )  # fmt: skip


def _codes(form: Mapping[str, str], at: int, column: str, problems: dict[str, str]) -> dict[str, str]:
    codes: dict[str, str] = {}
    for line in form.get(f"c{at}-codes", "").splitlines():
        code, mark, meaning = line.partition("=")
        if not line.strip():
            continue
        if not mark or not code.strip():
            said = _("%(column)s: write each code as CODE = meaning, one on a line")
            problems[f"c{at}-codes"] = said % {"column": column}
            continue
        codes[code.strip()] = meaning.strip()
    return codes


def _part(form: Mapping[str, str], table: Table, problems: dict[str, str]) -> tuple[str, str] | None:
    """One more thing that rows describe, where one is named."""
    name, kind = form.get("part_name", "").strip(), form.get("part_kind", "")
    if not name:
        if form.get("act") == "add":
            problems["part_name"] = _("Name what a row describes besides: home, partner")
        return None
    if not _PART.fullmatch(name) or any(p.name == name for p in table.parts):
        problems["part_name"] = _("Name it in small letters, differently from the others: home, partner")
    elif kind not in dict(kinds_offered()):
        problems["part_kind"] = _("Choose what it is")
    else:
        return name, kind
    return None


def typed_anew(form: Mapping[str, str], problems: Mapping[str, str]) -> dict[str, str]:
    """Field -> what was typed, of fields that a page shows again as they were: those with problems, and of columns that were said
    to be several things, those of the pieces."""
    several = {
        name.removesuffix("to") for name, said in form.items() if name.endswith("-to") and said == AS_WRITTEN
    }
    wrong = {name.partition("piece")[0] for name in problems if "-piece" in name}
    return {
        name: said
        for name, said in form.items()
        if name in problems
        or (name in DELETED and not problems.keys().isdisjoint(DELETED))
        or (name.endswith("-to") and said == AS_WRITTEN)
        or (name.partition("piece")[0] in wrong & several and "-piece" in name)
    }
