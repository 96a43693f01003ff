"""Blocks: who is compared with whom. Records that share a key are.

What a block's expressions make of a record is hashed into a key. A build joins its keys with themselves, which is one
join whatever the number of blocks, and cheap enough to have many; the same keys are kept in the release, so that who shares
a block with one new record is looked up and not searched for.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from typing import Final

import ibis.expr.types as ir

from vestry.engines.engine import Engine
from vestry.linkage.design import Block

HASHED: Final = "hash({}) >> 24"
"""SQL of a key: 40 bits. Two that clash by chance cost one comparison too many."""
LOW_BITS: Final = 24
"""Of these, the last so many tell the keys of one row of `match_keys` apart; the others name the row."""
KEY_BITS: Final = 40
NUMBER_KEY: Final = f"({HASHED}) | (1::UBIGINT << {KEY_BITS})"
"""SQL of the key of an identifier: never one that a block makes."""

HOME_KEY: Final = f"({HASHED}) | (1::UBIGINT << {KEY_BITS + 1})"
"""SQL of the key of a home: never one that a block or an identifier makes. It brings nobody together."""

_WORD: Final = re.compile(r"\b\w+\b")


def key_sql(mark: str, expressions: Sequence[str]) -> str:
    """SQL of the key that `expressions` make: null where any of them is. Keys of other marks are others."""
    given = " AND ".join(f"({e}) IS NOT NULL" for e in expressions)
    return f"CASE WHEN {given} THEN {HASHED.format(', '.join((_text(mark), *expressions)))} END"


def number_key_sql(kind: str, field: str, expression: str) -> str:
    """SQL of the key of an identifier of a record of `kind`: null where it has none."""
    key = NUMBER_KEY.format(f"{_text(f'{kind} {field}')}, {expression}")
    return f"CASE WHEN ({expression}) IS NOT NULL THEN {key} END"


def home_key_sql(kind: str, expression: str) -> str:
    """SQL of the key of a home of a profile of `kind`: null where it has none."""
    key = HOME_KEY.format(f"{_text(f'{kind} home')}, {expression}")
    return f"CASE WHEN ({expression}) IS NOT NULL THEN CAST({key} AS BIGINT) END"


def keys_of(kind: str, blocks: Sequence[Block]) -> list[list[str]]:
    """Of each block, SQL of each key by which a record of `kind` is in it."""
    return [[key_sql(f"{kind} {at}", way) for way in block.ways] for at, block in enumerate(blocks)]


def block_keys(
    engine: Engine, kind: str, profiles: ir.Table, blocks: Sequence[Block]
) -> tuple[ir.Table, ir.Table]:
    """(`key, profile_no` of every block of every profile, but for keys that more profiles share than their block allows;
    `key, profiles, at_most` of these: how many share it, and may).

    `profiles` is a table that was kept. None of the keys of one kind is any of another's.
    """
    every = all_keys(engine, f"{kind}_every_key", kind, profiles.get_name(), blocks)
    common = engine.compute(
        f"{kind}_common_keys",
        "SELECT key, count(*) AS profiles, CAST(min(at_most) AS BIGINT) AS at_most"
        f" FROM {every.get_name()} GROUP BY key HAVING count(*) > min(at_most)",
    )
    kept = engine.compute(
        f"{kind}_block_keys",
        f"SELECT key, profile_no FROM {every.get_name()} ANTI JOIN {common.get_name()} USING (key)",
    )
    engine.forget(every)
    return kept, common


def all_keys(engine: Engine, name: str, kind: str, profiles: str, blocks: Sequence[Block]) -> ir.Table:
    """`key, profile_no, at_most` of every block of every profile in the table `profiles`, kept as `name`."""
    parts = [
        f"SELECT {'DISTINCT ' if len(keys) > 1 else ''}CAST(profile_no AS BIGINT) AS profile_no,"
        f" CAST(unnest([{', '.join(keys)}]) AS BIGINT) AS key, {block.at_most} AS at_most FROM {profiles}"
        for block, keys in zip(blocks, keys_of(kind, blocks), strict=True)
    ]
    return engine.compute(name, f"SELECT * FROM ({' UNION ALL '.join(parts)}) WHERE key IS NOT NULL")


def pairs_of(engine: Engine, kind: str, keys: ir.Table, profiles: ir.Table, *, one_in: int = 1) -> ir.Table:
    """`join_key_l, join_key_r`: every two profiles that share a key, once; and each that several units hold, with itself.

    `keys` is as `block_keys` has it, `profiles` has `profile_no, repeated`. Of all pairs, one in so many.
    """
    some = f" AND hash(l.profile_no, r.profile_no) % {one_in} = 0" if one_in > 1 else ""
    name = f"{kind}_block_pairs"
    engine.connection().execute(
        f"CREATE OR REPLACE TABLE {name} AS SELECT DISTINCT l.profile_no AS join_key_l, r.profile_no AS join_key_r"
        f" FROM ({engine.statement(keys)}) l JOIN ({engine.statement(keys)}) r"
        f" ON l.key = r.key AND l.profile_no < r.profile_no{some}"
        f" UNION ALL SELECT profile_no, profile_no FROM ({engine.statement(profiles)}) l WHERE repeated"
        + some.replace("r.profile_no", "l.profile_no")
    )
    return engine.table(name)


def columns_of(texts: Iterable[str], among: Sequence[str]) -> list[str]:
    """Of the columns `among`, in order, those that some SQL names, by themselves or as `x_l` and `x_r`."""
    words = {word for text in texts for word in _WORD.findall(text)}
    return [c for c in among if not words.isdisjoint((c, f"{c}_l", f"{c}_r"))]


def _text(text: str) -> str:
    return "'" + text.replace("'", "''") + "'"
