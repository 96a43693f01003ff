"""Publishes a release beside the old ones: written apart, then renamed, then named as current, each at once.

Killed at any moment, the old release stays the current one and what is left over is swept by the next build.
"""

from __future__ import annotations

import hashlib
import os
import shutil
from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import ibis.expr.operations as ops
import ibis.expr.types as ir

from vestry.engines.engine import Engine
from vestry.progress import Progress, Silent
from vestry.twin.manifest import (
    CURRENT_FILE,
    MANIFEST_FILE,
    Manifest,
    current_release,
    read_manifest,
)
from vestry.twin.predecessor import TWIN_FILE
from vestry.twin.tables import ENTITY_TABLES, TABLES

UNFINISHED: Final = ".unfinished-"
PUBLISHING: Final = ".publishing"
"""Names the release that is about to be made current; gone once it is."""
SORTED_BY: Final = 4
"""By how many of its first columns a table is sorted, where it does not come in order, so that what belongs together is read
together."""

READABLE_FROM: Final = "v1.3.0"
"""The oldest DuckDB that can open a release. Files for older ones are a quarter larger and slower to write."""
LIVING: Final = frozenset({*ENTITY_TABLES.values(), "households"})
"""Of these, only what some source still lists is counted."""

_CHUNK: Final = 1 << 20


@dataclass(frozen=True, slots=True, kw_only=True)
class Written:
    """What `write` wrote: rows and digest of each table, what is counted of each, and the SHA-256 of the file."""

    tables: Mapping[str, dict[str, Any]]
    counts: Mapping[str, int]
    sha256: str


def release_id(manifest: Manifest) -> str:
    """`0002-4f1d8a0c`: how many releases have led to it, and a digest of what it was made from.

    The same inputs after the same predecessor make the same id, so that a build can be repeated exactly.
    """
    earlier = int(manifest.predecessor.split("-")[0]) if manifest.predecessor else 0
    return f"{earlier + 1:04d}-{manifest.inputs_digest()[:8]}"


def sweep(releases: Path) -> None:
    """Remove what builds that were killed left behind, a release that was named but never made current too."""
    intent = releases / PUBLISHING
    if intent.is_file():
        named = intent.read_text(encoding="utf-8").strip()
        if named and named != current_release(releases):
            shutil.rmtree(releases / Path(named).name, ignore_errors=True)
        intent.unlink()
    for left in releases.glob(f"{UNFINISHED}*"):
        if left.is_dir():
            shutil.rmtree(left, ignore_errors=True)
        else:
            left.unlink()


def write(
    engine: Engine, folder: Path, tables: Mapping[str, ir.Table], progress: Progress | None = None
) -> Written:
    """Write every table of `twin.tables.TABLES` to `folder/twin.duckdb`, sorted, and let go of what is written. `progress` is
    told of each, and once more when all are counted: the last moment at which work that should stop has changed nothing.

    Returns rows and digest of each, what is counted of each (rows, or of entities those that some source still lists), and
    the SHA-256 of the file. The digest does not depend on the order of rows. Raises KeyError when a table is missing.
    """
    progress = progress or Silent()
    folder.mkdir(mode=0o700, parents=True)
    path = folder / TWIN_FILE
    connection = engine.connection()
    location = str(path).replace("'", "''")
    connection.execute(f"ATTACH '{location}' AS twin (STORAGE_VERSION '{READABLE_FROM}')")
    try:
        for at, definition in enumerate(TABLES, start=1):
            name = definition.name
            shaped = tables[name].select(*definition.schema.names).cast(definition.schema)
            _write(engine, connection, name, shaped)
            for by in definition.indexed_by:
                connection.execute(f'CREATE INDEX "{name}_by_{by}" ON twin."{name}" ("{by}")')
            engine.done_with(tables[name], (tables[later.name] for later in TABLES[at:]))
            progress.advance(at, len(TABLES))
    finally:
        connection.execute("DETACH twin")
    path.chmod(0o600)
    connection.execute(f"ATTACH '{location}' AS twin (READ_ONLY)")
    try:
        with ThreadPoolExecutor(1) as beside:
            sha256 = beside.submit(_sha256, path)
            counted = {definition.name: _counted(connection, definition.name) for definition in TABLES}
    finally:
        connection.execute("DETACH twin")
    progress.advance(len(TABLES), len(TABLES))
    return Written(
        tables={name: {"rows": rows, "content": content} for name, (rows, content, _) in counted.items()},
        counts={name: count for name, (_, _, count) in counted.items()},
        sha256=sha256.result(),
    )


def _counted(connection: Any, name: str) -> tuple[int, str, int]:
    """Rows of a written table, a digest of them, and what is counted of it."""
    counted = "count(*) FILTER (current)" if name in LIVING else "count(*)"
    rows, content, count = connection.execute(
        f'SELECT count(*), coalesce(bit_xor(hash(t)), 0), {counted} FROM twin."{name}" t'
    ).fetchone()
    return rows, f"{content:016x}", count


def _write(engine: Engine, connection: Any, name: str, rows: ir.Table) -> None:
    """Write one table in order: of its first columns, or the order that `rows` come in, where they were put in one.

    Rows that were put in order while they were narrow, or few, need not be sorted again.
    """
    in_order = bool(rows.op().find(ops.Sort))
    order = ", ".join(f'"{column}"' for column in rows.columns[:SORTED_BY])
    statement = f"SELECT * FROM ({engine.statement(rows)})" + ("" if in_order else f" ORDER BY {order}")
    connection.execute(f"SET preserve_insertion_order = {in_order}")
    try:
        connection.execute(f'CREATE TABLE twin."{name}" AS {statement}')
    finally:
        connection.execute("SET preserve_insertion_order = false")


def publish(releases: Path, unfinished: Path, manifest: Manifest) -> Manifest:
    """Give the written release its manifest and its name, and make it the current one. Returns the manifest that stands."""
    path = unfinished / MANIFEST_FILE
    path.write_text(manifest.text(), encoding="utf-8")
    path.chmod(0o600)
    for written in (path, unfinished / TWIN_FILE, unfinished):
        _sync(written)
    intent, final = releases / PUBLISHING, releases / manifest.release_id
    if final.exists():
        # Somebody went back to its predecessor, and the same inputs came again: what was published stays as it is.
        shutil.rmtree(unfinished)
        manifest = read_manifest(final)
    else:
        intent.write_text(manifest.release_id + "\n", encoding="utf-8")
        intent.chmod(0o600)
        _sync(intent)
        unfinished.rename(final)
    _sync(releases)
    pointer = releases / f"{UNFINISHED}{CURRENT_FILE}"
    pointer.write_text(manifest.release_id + "\n", encoding="utf-8")
    _sync(pointer)
    pointer.chmod(0o600)
    pointer.replace(releases / CURRENT_FILE)
    _sync(releases)
    intent.unlink(missing_ok=True)
    return manifest


def _sha256(path: Path) -> str:
    found = hashlib.sha256()
    with path.open("rb") as file:
        while chunk := file.read(_CHUNK):
            found.update(chunk)
    return found.hexdigest()


def _sync(path: Path) -> None:
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
