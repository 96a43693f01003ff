"""Candidates for the texts that the exact pass leaves, by uk_address_matcher: the only module that knows it.

The library scores one text against the gazetteer at a time: what else is asked in the same run changes nothing,
and scores are rounded, so that neither the order of rows nor the number of threads shows in a release.
"""

from __future__ import annotations

import hashlib
import json
import logging
import shutil
from importlib.metadata import version
from pathlib import Path
from typing import Any, Final

import ibis.expr.types as ir
import pyarrow as pa
from uk_address_matcher import AddressMatcher, SplinkStage, prepare_canonical_folder

from vestry.engines.engine import Engine

CANDIDATES_KEPT: Final = 5
"""As many as the library itself looks at closely."""

DECIMALS: Final = 3

CANDIDATES = pa.schema([("text_id", pa.string()), ("uprn", pa.string()), ("score", pa.float64())])

MANIFEST: Final = "ukam_manifest.json"
"""Where the library says which files it wrote, and their SHA-256."""

LIBRARIES: Final = ("uk_address_matcher", "splink", "duckdb")


def library_versions() -> str:
    """Every version on which a score depends, as one text."""
    return ",".join(f"{name}={version(name)}" for name in LIBRARIES)


def candidates(engine: Engine, texts: ir.Table, addresses: ir.Table, kept: Path | None) -> ir.Table:
    """Up to five UPRNs for each text as `text_id, uprn, score` (match weight in bits, more is better).

    `texts` has `text_id, address_lines, postcode`; `addresses` has `uprn, text, postcode`. What the library makes of the latter
    is read from the folder `kept`, where there is one for these addresses, or written there; None: it is kept nowhere.
    """
    asked = texts.select(unique_id="text_id", address_concat="address_lines", postcode="postcode")
    known = addresses.select(unique_id="uprn", address_concat="text", postcode="postcode").distinct()
    if engine.count(asked) == 0 or engine.count(known) == 0:
        return engine.bring("address_candidates", CANDIDATES.empty_table())
    engine.keep("address_asked", asked.order_by("unique_id"))
    # Its progress reports are not ours, and a warning of Splink's could show a value.
    logging.getLogger("uk_address_matcher").setLevel(logging.ERROR)
    connection = engine.connection().cursor()
    try:
        if kept is None or not _is_whole(kept):
            engine.keep("address_known", known.order_by(["unique_id", "address_concat", "postcode"]))
            if kept is not None:
                _prepare(connection, kept)
        return engine.bring("address_candidates", _scored(connection, kept))
    finally:
        connection.close()


def _is_whole(kept: Path) -> bool:
    """Whether the library's files are there as it wrote them."""
    try:
        told = json.loads((kept / MANIFEST).read_bytes())["files"]
        hashes = {name: hashlib.sha256((kept / name).read_bytes()).hexdigest() for name in told}
        return bool(told) and all(hashes[name] == said["sha256"] for name, said in told.items())
    except (OSError, ValueError, KeyError, TypeError, AttributeError):
        return False


def _prepare(connection: Any, kept: Path) -> None:
    """Write what the library makes of all addresses that are known: whole, or not at all."""
    unfinished = kept.with_name(f"{kept.name}.unfinished")
    for old in (unfinished, kept):
        shutil.rmtree(old, ignore_errors=True)
    unfinished.mkdir(mode=0o700, parents=True)
    prepare_canonical_folder(
        connection.table("address_known"), unfinished, con=connection, show_progress="off"
    )
    for path in unfinished.iterdir():
        path.chmod(0o600)
    unfinished.replace(kept)


def _scored(connection: Any, kept: Path | None) -> pa.Table:
    stage = SplinkStage()
    matcher = AddressMatcher(
        canonical_addresses=connection.table("address_known") if kept is None else kept,
        addresses_to_match=connection.table("address_asked"),
        con=connection,
        stages=[stage],
        show_progress="off",
    )
    with matcher.match():
        found = connection.sql(
            f"""
            SELECT unique_id_r AS text_id, unique_id_l AS uprn, round(match_weight, {DECIMALS}) AS score
            FROM {stage.best_matches_table}
            WHERE unique_id_l IS NOT NULL
            QUALIFY row_number() OVER (PARTITION BY unique_id_r ORDER BY score DESC, unique_id_l) <= {CANDIDATES_KEPT}
            """
        ).to_arrow_table()
    return found.cast(CANDIDATES)
