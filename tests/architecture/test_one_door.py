"""Promise 5 in the code: who may open a release, and who may read the environment."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

import vestry

SOURCE = Path(vestry.__file__).parent
MODULES = sorted(SOURCE.rglob("*.py"))

READER = "vestry.twin.reader"
MAY_IMPORT_THE_READER = {"vestry.sharing.gateway"}
MAY_OPEN_A_RELEASE = {"vestry.twin.reader", "vestry.twin.release", "vestry.twin.predecessor"}
MAY_CONNECT = MAY_OPEN_A_RELEASE | {"vestry.engines.duckdb"}
MAY_READ_THE_ENVIRONMENT = {"vestry.settings"}

ENVIRONMENT = {"os.environ", "os.environb", "os.getenv", "os.getenvb", "os.putenv", "getpass.getuser"}
CONNECTIONS = {"duckdb.connect", "ibis.duckdb.connect", "ibis.connect"}


def name_of(path: Path) -> str:
    parts = ["vestry", *path.relative_to(SOURCE).with_suffix("").parts]
    return ".".join(p for p in parts if p != "__init__")


def imports(tree: ast.AST) -> Iterator[tuple[str, str]]:
    """(the name as used, what it is) of everything imported anywhere in a module."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            for alias in node.names:
                yield (
                    alias.asname or alias.name.split(".")[0],
                    alias.name if alias.asname else alias.name.split(".")[0],
                )
        elif isinstance(node, ast.ImportFrom):
            for alias in node.names:
                yield alias.asname or alias.name, f"{node.module}.{alias.name}"


def uses(tree: ast.AST) -> Iterator[tuple[str, ast.AST]]:
    """The full dotted name of everything that is read in a module, aliases seen through."""
    known = dict(imports(tree))
    for node in ast.walk(tree):
        parts: list[str] = []
        inner: ast.AST = node
        while isinstance(inner, ast.Attribute):
            parts.append(inner.attr)
            inner = inner.value
        if isinstance(inner, ast.Name) and (parts or isinstance(node, ast.Name)):
            yield ".".join([known.get(inner.id, inner.id), *reversed(parts)]), node


def reader_importers(source: str, module: str) -> bool:
    """Whether `source` imports the reader in any way, by name as text included."""
    tree = ast.parse(source)
    dotted = {full for _, full in imports(tree)} | {
        alias.name for node in ast.walk(tree) if isinstance(node, ast.Import) for alias in node.names
    }
    if any(d == READER or d.startswith(f"{READER}.") for d in dotted):
        return True
    return any(isinstance(n, ast.Constant) and n.value == READER for n in ast.walk(tree))


def is_in_memory(call: ast.Call) -> bool:
    """`duckdb.connect()` or `duckdb.connect(":memory:")`: a connection to no file."""
    if call.keywords:
        return False
    return not call.args or (isinstance(call.args[0], ast.Constant) and call.args[0].value == ":memory:")


def opens_files(source: str) -> bool:
    """Whether `source` connects DuckDB to a file, or names the file of a release."""
    tree = ast.parse(source)
    docstrings = {
        id(node.body[0].value)
        for node in ast.walk(tree)
        if isinstance(node, ast.Module | ast.ClassDef | ast.FunctionDef)
        and node.body
        and isinstance(node.body[0], ast.Expr)
    } | {id(n.value) for n in ast.walk(tree) if isinstance(n, ast.Expr)}
    for node in ast.walk(tree):
        text = node.value if isinstance(node, ast.Constant) and id(node) not in docstrings else ""
        if isinstance(text, str) and ("twin.duckdb" in text or re.match(r"\s*ATTACH\b", text)):
            return True
        if isinstance(node, ast.Name) and node.id == "TWIN_FILE":
            return True
        if isinstance(node, ast.Call):
            called = {name for name, at in uses(node.func) if at is node.func}
            known = dict(imports(tree))
            called |= {
                ".".join([known.get(c.split(".")[0], c.split(".")[0]), *c.split(".")[1:]]) for c in called
            }
            if called & CONNECTIONS and not is_in_memory(node):
                return True
    return False


def reads_environment(source: str) -> bool:
    """Whether `source` looks at the environment."""
    return any(name in ENVIRONMENT for name, _ in uses(ast.parse(source)))


@pytest.mark.parametrize("path", MODULES, ids=name_of)
def test_only_the_gateway_imports_the_reader(path: Path) -> None:
    if name_of(path) not in MAY_IMPORT_THE_READER:
        assert not reader_importers(path.read_text(encoding="utf-8"), name_of(path))


@pytest.mark.parametrize("path", MODULES, ids=name_of)
def test_only_three_modules_open_a_release(path: Path) -> None:
    if name_of(path) not in MAY_CONNECT:
        assert not opens_files(path.read_text(encoding="utf-8"))


@pytest.mark.parametrize("path", MODULES, ids=name_of)
def test_only_settings_reads_the_environment(path: Path) -> None:
    if name_of(path) not in MAY_READ_THE_ENVIRONMENT:
        assert not reads_environment(path.read_text(encoding="utf-8"))


@pytest.mark.parametrize(
    "source",
    [
        "import vestry.twin.reader",
        "import vestry.twin.reader as r",
        "from vestry.twin import reader",
        "from vestry.twin.reader import TwinReader",
        "def f():\n    from vestry.twin.reader import TwinReader",
        "import importlib\nimportlib.import_module('vestry.twin.reader')",
    ],
)
def test_the_walk_sees_an_import(source: str) -> None:
    assert reader_importers(source, "vestry.cli.find")


@pytest.mark.parametrize(
    "source",
    [
        "import duckdb\nduckdb.connect('x')",
        "import duckdb\nduckdb.connect(str(path), read_only=True)",
        "import duckdb as d\nd.connect(path)",
        "from duckdb import connect\nconnect(path)",
        "import ibis\nibis.duckdb.connect(path)",
        "path = folder / 'twin.duckdb'",
        "connection.execute(\"ATTACH 'releases/1/twin.duckdb'\")",
        "connection.execute(f\"ATTACH '{path}' AS twin\")",
        "from vestry.twin.predecessor import TWIN_FILE\nopen(folder / TWIN_FILE)",
    ],
)
def test_the_walk_sees_a_connection(source: str) -> None:
    assert opens_files(source)


@pytest.mark.parametrize(
    "source", ["import duckdb\nduckdb.connect(':memory:')", '"""Speaks of twin.duckdb."""']
)
def test_the_walk_lets_be_what_is_harmless(source: str) -> None:
    assert not opens_files(source)


@pytest.mark.parametrize(
    "source",
    [
        "import os\nos.environ['X']",
        "import os as o\no.getenv('X')",
        "from os import environ\nenviron.get('X')",
        "from os import getenv as g\ng('X')",
        "import getpass\ngetpass.getuser()",
    ],
)
def test_the_walk_sees_the_environment(source: str) -> None:
    assert reads_environment(source)
