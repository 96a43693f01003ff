"""Keys by which the release before looks profiles up, where linkage goes on from it."""

from __future__ import annotations

from typing import Final

from vestry.engines.engine import Engine
from vestry.linkage.blocks import KEY_BITS, LOW_BITS, all_keys
from vestry.linkage.comparisons import DESIGNS

HOMES_FROM: Final = 1 << (KEY_BITS + 1)
"""Keys of homes are numbers from here on."""
KEYS_BEFORE: Final = "keys_before"
FEW: Final = 30_000
"""So many keys are in few of the rows that hold them. More are in most, and to choose rows takes longer than to read them all."""
_KEYS: Final = (
    f"SELECT (CAST(bucket AS BIGINT) << {LOW_BITS}) | unnest(keys) AS key, CAST(unnest(profiles) AS BIGINT) AS profile_no"
    " FROM {rows}"
)


def view_keys(engine: Engine) -> None:
    """A view of all keys of the release before, `KEYS_BEFORE`: `key, profile_no`. To read it takes half a second of a million
    people; where some keys are wanted, `keys_wanted` is quicker."""
    sql = _KEYS.format(rows="before_match_keys")
    engine.connection().execute(f"CREATE OR REPLACE VIEW {KEYS_BEFORE} AS {sql}")


def keys_wanted(engine: Engine, name: str, wanted: str) -> str:
    """Keep as `name` those keys of the release before that `wanted` has (a table of `key`, or SQL in brackets): `key,
    profile_no`."""
    rows = "before_match_keys"
    (several,) = engine.connection().execute(f"SELECT count(*) FROM {wanted}").fetchone()
    if several < FEW:
        rows = f"(FROM {rows} SEMI JOIN (SELECT key >> {LOW_BITS} AS bucket FROM {wanted}) USING (bucket))"
    # As a value, which is looked up: DuckDB takes a list for one row, and would else hash all keys rather than those wanted.
    is_wanted = f"coalesce(key IN (SELECT key FROM {wanted}), false)"
    return engine.run(name, f"SELECT * FROM ({_KEYS.format(rows=rows)}) WHERE {is_wanted}")


def live_keys(engine: Engine, kind: str, name: str, texts: str) -> str:
    """Keep as `name` the keys by which the profiles in the table `texts` are still brought together: `key, profile_no`. After
    `<kind>_common_now`, the keys that too many share now."""
    every = all_keys(engine, f"{name}_every", kind, texts, DESIGNS[kind].blocking).get_name()
    return engine.run(name, f"SELECT key, profile_no FROM {every} ANTI JOIN {kind}_common_now USING (key)")
