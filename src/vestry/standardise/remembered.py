"""Standard forms, worked out once for each distinct text and remembered between builds.

A rule is a plain Python function; this module is what makes that cheap. Each rule's memory is one Parquet file
under the place's `memory/`, named for the rule and its version. It may be deleted at any time: it is only
a cost, never a source.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from pathlib import Path

import ibis
import ibis.expr.types as ir
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from vestry.engines.engine import Engine
from vestry.standardise.outcomes import work_out
from vestry.standardise.rules import RULES, Rule

TEXT = "text"

FEW = 4
"""So many columns are joined without asking whether they hold any text."""


class Remembered:
    """The memory of one build: `standard_forms` of any column by any rule, each distinct text worked out once.

    `folder` None keeps nothing between builds. Very many new texts are worked out in so many `processes`.
    """

    def __init__(
        self, engine: Engine, folder: Path | None, *, processes: int = 1, writes: bool = True
    ) -> None:
        self._engine = engine
        self._folder = folder
        self._processes = processes
        self._writes = writes
        self._tables: dict[str, ir.Table] = {}

    def aside(self) -> Remembered:
        """A memory that knows what this one's folder does, and forgets what it learns."""
        return Remembered(self._engine, self._folder, processes=self._processes, writes=False)

    def forget(self) -> None:
        """Let go of what this build knows, once nothing that is still to be computed stands on it."""
        self._engine.forget(*self._tables.values())
        self._tables.clear()

    def standard_forms(self, table: ir.Table, wanted: Mapping[str, tuple[str, Sequence[str]]]) -> ir.Table:
        """`table` with new columns: `{column: (rule, names of its outputs)}`, one join for each column.

        A text whose rule finds no standard form gives nulls. A column that says nothing is not joined: most contracts map few
        of all fields, and a statement takes as long to make as it has joins.
        """
        said = self._said(table, wanted)
        for rule in sorted({rule for rule, _ in said.values()}):
            self._learn(table, RULES[rule], [c for c, (r, _) in said.items() if r == rule])
        joined = table
        for position, (column, (rule, outputs)) in enumerate(said.items()):
            known = self._tables[rule]
            names = {f"join_{position}": known[TEXT]} | {
                name: known[output] for name, output in zip(outputs, RULES[rule].outputs, strict=True)
            }
            looked_up = known.select(**names)
            joined = joined.left_join(looked_up, table[column] == looked_up[f"join_{position}"])
        unsaid = [output for c, (_, outputs) in wanted.items() if c not in said for output in outputs]
        empty = {output: ibis.null("string").name(output) for output in unsaid}
        made = [empty.get(output, output) for _, outputs in wanted.values() for output in outputs]
        return joined.select(
            *table.columns, *made
        )  # one chain of joins: a select between any two would cost far more

    def _said(
        self, table: ir.Table, wanted: Mapping[str, tuple[str, Sequence[str]]]
    ) -> dict[str, tuple[str, Sequence[str]]]:
        """What is wanted of columns that hold any text; where few are wanted, of all: to ask would cost more than it saves."""
        if len(wanted) <= FEW:
            return dict(wanted)
        counted = self._engine.fetch(table.aggregate(**{column: table[column].count() for column in wanted}))
        return {column: what for column, what in wanted.items() if counted.column(column)[0].as_py()}

    def _learn(self, table: ir.Table, rule: Rule, columns: Sequence[str]) -> None:
        texts = table.select(**{TEXT: table[columns[0]]})
        for column in columns[1:]:
            texts = texts.union(table.select(**{TEXT: table[column]}))
        texts = texts.filter(texts[TEXT].notnull())
        known, before = self._tables.get(rule.name), None
        if known is None:
            before = self._recall(rule)
            if len(before):
                known = self._keep(rule, before)
        fresh = texts if known is None else texts.anti_join(known, TEXT)
        new_texts = self._engine.fetch(fresh.distinct()).column(TEXT).to_pylist()
        if known is None or new_texts:
            learnt = _work_out(rule, new_texts, self._processes)
            if before is None:
                before = self._engine.fetch(self._tables[rule.name])
            everything = pa.concat_tables([before, learnt])
            self._remember(rule, everything)
            known = self._keep(rule, everything)
        self._tables[rule.name] = known

    def _keep(self, rule: Rule, known: pa.Table) -> ir.Table:
        name = f"known_{rule.name}" if self._writes else f"known_aside_{rule.name}"
        return self._engine.bring(name, known, lasting=True)

    def _path(self, rule: Rule) -> Path | None:
        return None if self._folder is None else _file(rule, self._folder)

    def _recall(self, rule: Rule) -> pa.Table:
        return _recalled(rule, self._path(rule))

    def _remember(self, rule: Rule, table: pa.Table) -> None:
        path = self._path(rule)
        if path is None or not self._writes:
            return
        path.parent.mkdir(mode=0o700, exist_ok=True)
        unfinished = path.with_suffix(".unfinished")
        pq.write_table(table, unfinished, compression="zstd")
        unfinished.chmod(0o600)
        unfinished.replace(path)


def texts_giving(
    rule: Rule, form: str, folder: Path, texts: Callable[[], Collection[str]]
) -> tuple[Collection[str], Collection[str]]:
    """(the texts whose first standard form by `rule` is `form`, those that have none), as `folder` remembers them.

    Where it remembers nothing of the rule, they are worked out, of `texts`: that costs as much as there are.
    """
    known = _recalled(rule, _file(rule, folder))
    if not len(known):
        asked = sorted(texts())
        known = _work_out(rule, asked, 1)
    forms = known[rule.outputs[0]]
    giving, nothing = pc.equal(forms, form), pc.is_null(forms)
    return known.filter(giving)[TEXT].to_pylist(), known.filter(nothing)[TEXT].to_pylist()


def _file(rule: Rule, folder: Path) -> Path:
    return folder / f"{rule.name}-{rule.version}.parquet"


def _recalled(rule: Rule, path: Path | None) -> pa.Table:
    empty = _schema(rule).empty_table()
    if path is None or not path.exists():
        return empty
    try:
        found = pq.read_table(path)
    except (OSError, pa.ArrowInvalid):
        return empty  # memory may be cut short by a kill: it is worked out again
    return found if found.schema.equals(_schema(rule)) else empty


def _schema(rule: Rule) -> pa.Schema:
    return pa.schema([(TEXT, pa.string()), *((name, pa.string()) for name in rule.outputs)])


def _work_out(rule: Rule, texts: Sequence[str], processes: int) -> pa.Table:
    rows = work_out(rule, texts, processes)
    columns = {TEXT: pa.array(texts, pa.string())}
    for i, name in enumerate(rule.outputs):
        columns[name] = pa.array([row[i] for row in rows], pa.string())
    return pa.table(columns, schema=_schema(rule))
