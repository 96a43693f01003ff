"""What was kept out, and why: by source and rule, with counts, row numbers and columns; no content of any row."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import ClassVar, Final

from vestry.contracts.contract import Contract
from vestry.office.extracts.reasons import reason_said
from vestry.office.pages.translating import _
from vestry.twin.answers import QuarantineGroup

NUMBERS: Final = 12
"""Row numbers that one line names before the rest are only counted."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Refusal:
    """Rows of one table of one extract that one rule kept out; `says` is why, `numbers` where the first of them stand."""

    source: str
    extract_id: str
    table: str
    rule: str
    says: str
    column: str
    count: int
    numbers: str

    @property
    def extract(self) -> str:
        """The extract without its source."""
        return self.extract_id.removeprefix(f"{self.source}/")


@dataclass(frozen=True, slots=True, kw_only=True)
class RuleLine:
    """What one rule kept out of one source, over all its extracts."""

    source: str
    organisation: str
    rule: str
    says: str
    columns: tuple[str, ...]
    count: int
    extracts: int


@dataclass(frozen=True, slots=True, kw_only=True)
class QuarantinePage:
    """Every source and rule. `newest_only`: of the newest extract of each source in the release alone."""

    template: ClassVar[str] = "extracts/quarantine.html"
    lines: tuple[RuleLine, ...]
    total: int
    newest_only: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class SourceQuarantinePage:
    """One source. `may_read`: the rows are those of the organisation that one is in for."""

    template: ClassVar[str] = "extracts/quarantine_source.html"
    source: str
    title: str
    organisation: str
    refusals: tuple[Refusal, ...]
    rules: tuple[str, ...]
    rule: str
    may_read: bool
    purpose: str


def refusals_of(groups: Iterable[QuarantineGroup], contracts: Mapping[str, Contract]) -> tuple[Refusal, ...]:
    """A line for each group, the newest extract first."""
    lines = [
        Refusal(
            source=g.source, extract_id=g.extract_id, table=g.table_name, rule=g.rule,
            says=reason_said(g.rule, contracts.get(g.source)), column=g.column_name, count=len(g.rows),
            numbers=row_numbers(g.rows),
        )
        for g in groups
    ]  # fmt: skip
    lines.sort(key=lambda n: (n.table, n.rule, n.column))
    return tuple(sorted(lines, key=lambda n: n.extract_id, reverse=True))


def rule_lines(
    refusals: Iterable[Refusal], owners: Mapping[str, str], names: Mapping[str, str]
) -> tuple[RuleLine, ...]:
    """Refusals brought together by source and rule; the most rows first within a source."""
    found: dict[tuple[str, str], list[Refusal]] = {}
    for one in refusals:
        found.setdefault((one.source, one.rule), []).append(one)
    lines = [
        RuleLine(
            source=source, organisation=names.get(owners.get(source, ""), owners.get(source, "")), rule=rule,
            says=of[0].says, columns=tuple(sorted({one.column for one in of if one.column})),
            count=sum(one.count for one in of), extracts=len({one.extract_id for one in of}),
        )
        for (source, rule), of in found.items()
    ]  # fmt: skip
    return tuple(sorted(lines, key=lambda n: (n.source, -n.count, n.rule)))


def row_numbers(rows: tuple[int, ...]) -> str:
    """ "4, 5 and 9", or the first of them and how many more."""
    shown = ", ".join(f"{n:,}" for n in rows[:NUMBERS])
    if len(rows) <= NUMBERS:
        return shown
    return _("%(first)s and %(n)s more") % {"first": shown, "n": f"{len(rows) - NUMBERS:,}"}
