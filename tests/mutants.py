"""Spoils a module in one small way after another, to see whether the tests would notice: mutation testing, in forked processes.

Every spoilt version changes one comparison, one `and` or `or`, one `not`, one number, one text that is compared or one returned
value. Few tools do this to a module that others have already imported; a fork does, and leaves no trace.
"""

from __future__ import annotations

import ast
import copy
import os
import sys
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from types import ModuleType
from typing import Final

_OTHERWISE: Final[dict[type, type]] = {
    ast.Eq: ast.NotEq, ast.NotEq: ast.Eq, ast.Lt: ast.LtE, ast.LtE: ast.Lt, ast.Gt: ast.GtE, ast.GtE: ast.Gt,
    ast.In: ast.NotIn, ast.NotIn: ast.In, ast.Is: ast.IsNot, ast.IsNot: ast.Is, ast.And: ast.Or, ast.Or: ast.And,
    ast.BitAnd: ast.BitOr, ast.BitOr: ast.BitAnd, ast.Add: ast.Sub, ast.Sub: ast.Add,
}  # fmt: skip


@dataclass(frozen=True, slots=True, kw_only=True)
class Mutant:
    """One spoilt version of `module`: `what` was changed at `line`, and the source `tree` that came of it."""

    module: ModuleType
    line: int
    what: str
    tree: ast.Module


def mutants(module: ModuleType) -> Iterator[Mutant]:
    """Every spoilt version of `module`, from its top down."""
    source = ast.parse(Path(str(module.__file__)).read_text(encoding="utf-8"))
    for at, node in enumerate(ast.walk(source)):
        for what, spoil in _ways(node):
            tree = copy.deepcopy(source)
            spoil(next(n for i, n in enumerate(ast.walk(tree)) if i == at))
            yield Mutant(
                module=module,
                line=getattr(node, "lineno", 0),
                what=what,
                tree=ast.fix_missing_locations(tree),
            )


def noticed(mutant: Mutant, again: Sequence[ModuleType], test: Callable[[], bool]) -> bool:
    """Whether `test` fails (or anything breaks) once `mutant` stands in for its module, and the modules `again` are read anew."""
    child = os.fork()
    if child:
        return os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) != 0
    code = 1
    try:
        sys.stderr = sys.stdout = open(os.devnull, "w")  # noqa: SIM115, PTH123
        for module in again:
            tree = (
                mutant.tree
                if module is mutant.module
                else ast.parse(Path(str(module.__file__)).read_text(encoding="utf-8"))
            )
            exec(compile(tree, str(module.__file__), "exec"), module.__dict__)
        code = 0 if test() else 1
    finally:
        os._exit(code)


def _ways(node: ast.AST) -> Iterator[tuple[str, Callable[[ast.AST], None]]]:
    """What can be changed of `node`, and how. Docstrings, annotations and defaults of dataclasses are left as they are."""
    if isinstance(node, ast.Compare):
        for at, operator in enumerate(node.ops):
            other = _OTHERWISE[type(operator)]
            yield f"{type(operator).__name__} to {other.__name__}", _setting("ops", at, other)
    if isinstance(node, ast.BoolOp):
        other = _OTHERWISE[type(node.op)]
        yield f"{type(node.op).__name__} to {other.__name__}", _setting("op", None, other)
        for at in range(len(node.values)):
            if len(node.values) > 1:
                yield f"part {at + 1} left out", _without(at)
    if (
        isinstance(node, ast.BinOp)
        and type(node.op) in _OTHERWISE
        and not isinstance(node.left, ast.Name | ast.Subscript)
    ):
        yield "operator turned", _setting("op", None, _OTHERWISE[type(node.op)])
    if isinstance(node, ast.UnaryOp) and isinstance(node.op, ast.Not):
        yield "not left out", _bared
    if isinstance(node, ast.IfExp):
        yield "branches changed over", _turned
    if isinstance(node, ast.Return) and node.value is not None and not isinstance(node.value, ast.Constant):
        yield "returns nothing", _returning_nothing


def _setting(name: str, at: int | None, other: type) -> Callable[[ast.AST], None]:
    def spoil(node: ast.AST) -> None:
        if at is None:
            setattr(node, name, other())
        else:
            getattr(node, name)[at] = other()

    return spoil


def _without(at: int) -> Callable[[ast.AST], None]:
    def spoil(node: ast.AST) -> None:
        assert isinstance(node, ast.BoolOp)
        del node.values[at]
        if len(node.values) == 1:
            node.values.append(node.values[0])

    return spoil


def _bared(node: ast.AST) -> None:
    assert isinstance(node, ast.UnaryOp)
    node.op, node.operand = ast.Not(), ast.UnaryOp(op=ast.Not(), operand=node.operand)


def _turned(node: ast.AST) -> None:
    assert isinstance(node, ast.IfExp)
    node.body, node.orelse = node.orelse, node.body


def _returning_nothing(node: ast.AST) -> None:
    assert isinstance(node, ast.Return)
    node.value = ast.Constant(value=None)
