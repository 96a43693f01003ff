"""Is this the file that the contract describes? Every difference at once, before any row is judged."""

from __future__ import annotations

import difflib
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from vestry.contracts.contract import Contract, Table
from vestry.errors import Problem
from vestry.intake.readers.rows import Found
from vestry.intake.store import StoredTable

_LEAVES_OUT_EMPTY: Final = ("xml", "geojson")
"""Formats in which a column that no row has a value for does not appear at all."""

_NEAR: Final = 0.8


@dataclass(frozen=True, slots=True, kw_only=True)
class Objection:
    """A reason to refuse an extract. One that is `acceptable` the operator may set aside with `--accept`."""

    problem: Problem
    acceptable: bool = False


def structure_objections(
    contract: Contract,
    tables: Sequence[Table],
    found: Found,
    stored: Mapping[str, StoredTable],
    file_name: str,
) -> list[Objection]:
    """What is wrong with the shape of a file: its columns, its number of rows, its control totals."""
    objections: list[Objection] = []
    for table in tables:
        where = f"{file_name}, table {table.name}"
        if contract.layout.format in _LEAVES_OUT_EMPTY:
            problems = _leaf_problems(contract, table, found, stored[table.name], where)
        elif contract.layout.header:
            problems = _column_problems(contract, table, found, where)
        else:
            problems = []
        problems += _ragged_problems(table, found, stored[table.name], where)
        problems += _total_problems(table, found, stored[table.name], where)
        objections += [Objection(problem=problem) for problem in problems]
    if not any(table.received for table in stored.values()) and not objections:
        # A source that sends changes may have none; a person says so.
        objections.append(
            Objection(
                problem=Problem(
                    what="The file has no rows.",
                    where=file_name,
                    fix=(
                        "if nothing has changed, take it with --accept"
                        if contract.extract == "changes"
                        else "ask for it to be sent again; check vestry.rows if the file is not empty"
                    ),
                ),
                acceptable=contract.extract == "changes",
            )
        )
    return objections


def tolerance_objections(
    contract: Contract, stored: Mapping[str, StoredTable], before: Mapping[str, StoredTable], file_name: str
) -> list[Objection]:
    """Full extracts that shrank or swelled, by rows received, beyond what the contract tolerates.

    `before` is each table in the last extract that held it.
    """
    if contract.extract != "full":
        return []
    objections = []
    for name, table in stored.items():
        earlier = before[name].received if name in before else 0
        if not earlier:
            continue
        change = table.received / earlier - 1
        allowed = contract.tolerance.shrink if change < 0 else contract.tolerance.swell
        if abs(change) > allowed:
            word = "shrank" if change < 0 else "swelled"
            what = (
                f"The table {word} from {earlier:,} rows to {table.received:,}, by {abs(change):.0%}; "
                f"its contract tolerates {allowed:.0%}."
            )
            fix = "ask the source whether that is right; if it is, take it with --accept"
            problem = Problem(what=what, where=f"{file_name}, table {name}", fix=fix)
            objections.append(Objection(problem=problem, acceptable=True))
    return objections


def _column_problems(contract: Contract, table: Table, found: Found, where: str) -> list[Problem]:
    names = found.columns.get(table.name, [])
    if not names:
        return []  # an empty file, which is said once
    wanted = [column.physical_name for column in table.columns]
    keys = {column.physical_name for column in table.columns if column.key_position is not None}
    missing = [name for name in wanted if name not in names]
    extra = [name for name in names if name not in wanted]
    # Where few names agree the first line may be a row, and its texts somebody's: then it is not quoted.
    is_header = 2 * (len(wanted) - len(missing)) >= len(wanted)
    problems = [
        _missing(name, extra, where, quote=is_header)
        for name in missing
        if contract.surprises.missing_column == "refuse" or name in keys
    ]
    problems += [
        Problem(
            what=f"The file has the column `{name}` more than once.",
            where=where,
            fix="ask for one of them to be renamed",
        )
        for name in found.repeated_columns.get(table.name, [])
        if name in wanted
    ]
    if contract.surprises.extra_column == "refuse":
        problems += [
            Problem(
                what=f"The file has a column that its contract does not know: "
                f"{f'`{name}`' if is_header else f'the one in place {names.index(name) + 1}'}.",
                where=where,
                fix="add it to the contract, or write extra_column: ignore under vestry.surprise",
            )
            for name in extra
        ]
    return problems


def _leaf_problems(
    contract: Contract, table: Table, found: Found, stored: StoredTable, where: str
) -> list[Problem]:
    """As `_column_problems`, where a column that is absent may only be empty: renamed ones are told by
    their likeness.
    """
    if not stored.rows:
        return []
    names = found.columns.get(table.name, [])
    wanted = [column.physical_name for column in table.columns]
    needed = {c.physical_name for c in table.columns if c.required or c.key_position is not None}
    # An element that is empty here (`<Scores/>`) and full elsewhere is no column of its own.
    extra = [n for n in names if n not in wanted and not any(other.startswith(f"{n}/") for other in wanted)]
    problems = []
    for name in wanted:
        if name in names or (contract.surprises.missing_column == "ignore" and name not in needed):
            continue
        if name in needed or nearest(name, extra):
            problems.append(_missing(name, extra, where, quote=True))
    if contract.surprises.extra_column == "refuse":
        problems += [
            Problem(
                what=f"The file has a column that its contract does not know: `{name}`.",
                where=where,
                fix="add it to the contract, or write extra_column: ignore under vestry.surprise",
            )
            for name in extra
        ]
    return problems


def _missing(name: str, extra: Sequence[str], where: str, *, quote: bool) -> Problem:
    near = nearest(name, extra)
    if near is not None and (quote or _plain(near) == _plain(name)):
        fix = f"the file has `{near}`: if that is the one, write physicalName: {near} in the contract"
    else:
        fix = "ask for it to be sent, or write missing_column: ignore under vestry.surprise"
    return Problem(what=f"The file lacks the column `{name}`.", where=where, fix=fix)


def _ragged_problems(table: Table, found: Found, stored: StoredTable, where: str) -> list[Problem]:
    """A file of which no row fits has another layout than its contract says."""
    widths = found.widths.get(table.name)
    if stored.rows or not widths:
        return []
    width, _ = max(widths.items(), key=lambda item: (item[1], item[0]))
    expected = len(found.columns[table.name])
    return [
        Problem(
            what=f"No row has the {expected:,} fields that were expected; most have {width:,}.",
            where=where,
            fix="check delimiter, quote and header under vestry.format; without a header, list every column",
        )
    ]


def _total_problems(table: Table, found: Found, stored: StoredTable, where: str) -> list[Problem]:
    if table.control_total is None:
        return []
    total = found.totals.get(table.name)
    if total is None:
        what = f"The file does not state its number of rows at {table.control_total}."
        fix = "check vestry.control_total, or ask for the file to be sent again"
    elif total != stored.received:
        what = f"The file states {total:,} rows and holds {stored.received:,}."
        fix = "ask for it to be sent again: rows were lost or added on the way"
    else:
        return []
    return [Problem(what=what, where=where, fix=fix)]


def nearest(name: str, candidates: Iterable[str]) -> str | None:
    """The candidate most like `name`, capitals and punctuation apart; None when none is near."""
    by_plain: dict[str, str] = {}
    for candidate in candidates:
        by_plain.setdefault(_plain(candidate), candidate)
    close = difflib.get_close_matches(_plain(name), by_plain, n=1, cutoff=_NEAR)
    return by_plain[close[0]] if close else None


def _plain(name: str) -> str:
    return re.sub(r"[\W_]+", "", name).casefold()
