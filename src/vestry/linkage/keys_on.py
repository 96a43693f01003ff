"""Keys by which the release before looks profiles up, where linkage goes on from it."""

from __future__ import annotations

from typing import Final

from vestry.engines.engine import Engine
from vestry.linkage.blocks import KEY_BITS, LOW_BITS

HOMES_FROM: Final = 1 << (KEY_BITS + 1)
"""Keys of homes are numbers from here on."""
KEYS_BEFORE: Final = "keys_before"
FEW: Final = 30_000
"""So many keys are in few of the rows that hold them. More are in most, and to choose rows takes longer than to read them all."""
_KEY: Final = f"(CAST(bucket AS BIGINT) << {LOW_BITS} | low)"
_UNNESTED: Final = "(SELECT bucket, unnest(keys) AS low, unnest(profiles) AS profile_no FROM {rows})"


def view_keys(engine: Engine) -> None:
    """A view of all keys of the release before, `KEYS_BEFORE`: `key, profile_no`. To read it takes half a second of a million
    people; where some keys are wanted, `keys_wanted` is quicker."""
    engine.connection().execute(
        f"CREATE OR REPLACE VIEW {KEYS_BEFORE} AS SELECT {_KEY} AS key, CAST(profile_no AS BIGINT) AS profile_no"
        f" FROM {_UNNESTED.format(rows='before_match_keys')}"
    )


def keys_wanted(engine: Engine, name: str, wanted: str) -> str:
    """Keep as `name` those keys of the release before that `wanted` has (a table of `key`, or SQL in brackets): `key,
    profile_no`."""
    halves = engine.compute(
        f"{name}_wanted",
        f"SELECT DISTINCT CAST(key >> {LOW_BITS} AS INTEGER) AS bucket, CAST(key & {(1 << LOW_BITS) - 1} AS INTEGER) AS low"
        f" FROM {wanted}",
    )
    rows = "before_match_keys"
    if engine.count(halves) < FEW:
        rows = f"(FROM {rows} SEMI JOIN (SELECT DISTINCT bucket FROM {halves.get_name()}) USING (bucket))"
    found = engine.compute(
        name,
        f"SELECT {_KEY} AS key, CAST(profile_no AS BIGINT) AS profile_no FROM {_UNNESTED.format(rows=rows)}"
        f" SEMI JOIN {halves.get_name()} USING (bucket, low)",
    )
    return str(found.get_name())
