"""What the release before lets linkage go on from: only where everything but the records is as it was.

Its tables can be read as `before_<table>` of the engine. Whoever goes on from them must come to what linking everything anew
would give; so where anything else has changed (rules, thresholds, models, Vestry itself, an engine), nothing is gone on from.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from importlib.metadata import version
from pathlib import Path
from typing import Final

import duckdb
import ibis.expr.types as ir
import pyarrow as pa

from vestry.contracts.shared_keys import SourcePart
from vestry.engines.engine import Engine
from vestry.ids import digest
from vestry.linkage.blocks import HASHED
from vestry.linkage.candidates import hashes, models_in
from vestry.linkage.known import CHECKED
from vestry.linkage.rule_names import BASIS, NEW_KEYS
from vestry.place import Thresholds
from vestry.standardise.rules import RULES

BEFORE: Final = "before"
NewKeys = tuple[str, str, str, float]
"""A register that had new keys: source, table, when, and how likely a given old one goes on as a given new one (bits)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Profiled:
    """The profiles of one kind in the release before: numbers from `first_no` on, `count` of them; how they were compared
    (`recipe`, in JSON), of which `columns` are those of their texts, each with how it is read."""

    first_no: int
    count: int
    recipe: str
    columns: tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Before:
    """The release before, attached: its profiles by kind."""

    profiled: Mapping[str, Profiled]


def basis(
    once_only: Collection[tuple[str, str, str]],
    owners: Mapping[SourcePart, SourcePart],
    unlinked: Collection[str],
    thresholds: Thresholds,
    models: Path,
) -> str:
    """A digest of all that linkage goes by, apart from the records and what reviewers decided."""
    said = [
        sorted(once_only),
        sorted(owners.items()),
        sorted(unlinked),
        [thresholds.link, thresholds.review],
        sorted(hashes(models_in(models)).items()),
        sorted((name, rule.version) for name, rule in RULES.items()),
        [version(library) for library in ("duckdb", "splink")],
        _program(),
    ]
    return digest(json.dumps(said))


def _program() -> str:
    """A digest of this room's own source: another Vestry may link otherwise."""
    room = Path(__file__).parent
    told = hashlib.sha256()
    for path in sorted(room.rglob("*.py")):
        told.update(path.relative_to(room).as_posix().encode() + b"\0" + path.read_bytes())
    return told.hexdigest()


def attached(engine: Engine, file: Path) -> bool:
    """Attach the release in `file`; False where it cannot be read."""
    try:
        engine.attach(BEFORE, file)
    except duckdb.Error:
        return False
    return True


def unlinked_sources(engine: Engine, unlinked: Collection[str]) -> str:
    """Keep the sources whose records may not be linked, and return the table's name: they are in a release too."""
    name = "unlinked_sources"
    engine.bring(name, pa.table({"source": pa.array(sorted(unlinked), pa.string())}))
    return name


def read_before(engine: Engine, goes_by: str, new_keys: Collection[NewKeys]) -> Before | None:
    """What to go on from of the release that is `attached`; None unless it was linked on the same basis and registers had the
    same `new_keys`, by an engine that makes the same keys."""
    connection = engine.connection()
    try:
        rules = connection.execute(
            "SELECT rule, source, table_name, about, value, model FROM before_linkage_rules WHERE rule IN ($1, $2)",
            [BASIS, NEW_KEYS],
        ).fetchall()
        models = connection.execute(
            "SELECT kind, first_no, profiles, recipe, checked FROM before_match_models"
        ).fetchall()
        connection.execute("SELECT fingerprint FROM before_members LIMIT 0")
    except duckdb.Error:  # a release of another layout
        return None
    here = connection.execute(f"SELECT CAST({HASHED.format('$1')} AS BIGINT)", [CHECKED]).fetchone()
    went_by = [model for rule, *_, model in rules if rule == BASIS]
    had = {tuple(told) for rule, *told, _ in rules if rule == NEW_KEYS}
    if went_by != [goes_by] or had != set(new_keys) or any((checked,) != here for *_, checked in models):
        return None
    return Before(
        profiled={kind: _profiled(first, count, recipe) for kind, first, count, recipe, _ in models}
    )


def _profiled(first: int, count: int, recipe: str) -> Profiled:
    columns = tuple((str(name), str(how)) for name, how in json.loads(recipe)["columns"])
    return Profiled(first_no=first, count=count, recipe=recipe, columns=columns)


def new_keys_told(engine: Engine, successions: ir.Table) -> list[NewKeys]:
    """The registers that had new keys (`rekeying.successions`), as they are told in `linkage_rules`."""
    rows = engine.fetch(successions).to_pylist()
    return sorted(
        (r["source"], r["table_name"], f"{r['ended_at']} to {r['began_at']}", r["bits_each"]) for r in rows
    )
