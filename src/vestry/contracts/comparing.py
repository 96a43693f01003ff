"""What changed between two versions of a contract, and what of it breaks those who send by the old one."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from vestry.contracts.contract import Column, Contract, Table


@dataclass(frozen=True, slots=True, kw_only=True)
class Difference:
    """One change: `what`, `where` (table and column).

    `breaking`: an extract that kept the old contract may not keep the new one, or comes to mean another.
    """

    what: str
    where: str = ""
    breaking: bool = False


def compare(old: Contract, new: Contract) -> list[Difference]:
    """Every difference that matters to an extract or to what is made of it; breaking ones first."""
    found = [*_settings(old, new), *_tables(old, new)]
    return sorted(found, key=lambda d: (not d.breaking, d.where, d.what))


def _settings(old: Contract, new: Contract) -> Iterator[Difference]:
    for what, breaking in (
        ("source", True),
        ("organisation", True),
        ("layout", True),
        ("extract", True),
        ("may_link", True),
        ("lawful_basis", True),
        ("surprises", False),
        ("tolerance", False),
        ("freshness", False),
        ("trust", False),
        ("title", False),
    ):
        if getattr(old, what) != getattr(new, what):
            yield Difference(what=f"{what.replace('_', ' ')} changed", breaking=breaking)


def _tables(old: Contract, new: Contract) -> Iterator[Difference]:
    before, after = {t.name: t for t in old.tables}, {t.name: t for t in new.tables}
    for name in before.keys() - after.keys():
        yield Difference(what="table taken away", where=name, breaking=True)
    for name in after.keys() - before.keys():
        yield Difference(what="table added", where=name, breaking=True)
    for name in before.keys() & after.keys():
        yield from _table(before[name], after[name])


def _table(old: Table, new: Table) -> Iterator[Difference]:
    if old.key != new.key:
        # Identities hang on the key: another key is another record.
        yield Difference(what="key changed", where=old.name, breaking=True)
    for what in (
        "rows",
        "files",
        "control_total",
        "each_row_counts",
        "holds_each_once",
        "deleted_when",
        "parts",
    ):
        if getattr(old, what) != getattr(new, what):
            yield Difference(what=f"{what.replace('_', ' ')} changed", where=old.name, breaking=True)
    if old.dated_by != new.dated_by:
        yield Difference(what="dated by changed", where=old.name)
    if set(map(str, old.rules)) != set(map(str, new.rules)):
        stricter = any(r.severity == "error" and r not in old.rules for r in new.rules)
        yield Difference(what="quality rules changed", where=old.name, breaking=stricter)
    before, after = {c.name: c for c in old.columns}, {c.name: c for c in new.columns}
    for name in before.keys() - after.keys():
        yield Difference(what="column taken away", where=f"{old.name}.{name}", breaking=True)
    for name in after.keys() - before.keys():
        # A missing column is refused, so one that was never sent breaks every extract to come.
        yield Difference(what="column added", where=f"{old.name}.{name}", breaking=True)
    for name in before.keys() & after.keys():
        yield from _column(before[name], after[name], f"{old.name}.{name}")


def _column(old: Column, new: Column, where: str) -> Iterator[Difference]:
    for what in ("physical_name", "logical_type", "targets"):
        if getattr(old, what) != getattr(new, what):
            yield Difference(what=f"{what.replace('_', ' ')} changed", where=where, breaking=True)
    if old.required != new.required:
        word = "now required" if new.required else "no longer required"
        yield Difference(what=word, where=where, breaking=new.required)
    if old.formats != new.formats:
        narrower = not set(old.formats) <= set(new.formats)
        yield Difference(what="date formats changed", where=where, breaking=narrower)
    if dict(old.codes) != dict(new.codes):
        kept = all(new.codes.get(code) == meaning for code, meaning in old.codes.items())
        yield Difference(what="code list changed", where=where, breaking=not kept)
    if old.blanks != new.blanks:
        yield Difference(what="blanks changed", where=where)
    if old.classification != new.classification:
        yield Difference(what="classification changed", where=where)
