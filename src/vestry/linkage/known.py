"""What a release keeps so that one new record can be matched at once: written by the build, read by `one_record`.

Every profile in one text, the keys of its blocks and identifiers, who holds it, how common its values are, and the
recipe: comparisons, model and rules as this build used them. Profiles are made of what may be linked and is not
sealed, so nothing else can be found by them.
"""

from __future__ import annotations

import json
import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Any, Final

import ibis
import ibis.expr.types as ir
import pyarrow as pa

from vestry.engines.engine import Engine
from vestry.ids import SEPARATOR
from vestry.linkage.blocks import HASHED, LOW_BITS, columns_of, home_key_sql, number_key_sql
from vestry.linkage.commonness import shares_known
from vestry.linkage.comparisons import Design
from vestry.linkage.design import compared_by_companions, level_at
from vestry.linkage.identifiers import DECIDING, TOO_COMMON
from vestry.linkage.model import LinkageModel
from vestry.linkage.profiles import COMPARED, KEYS
from vestry.model import kinds
from vestry.model.fields import ADDRESS_FIELDS, ORGANISATION_FIELDS, PERSON_FIELDS
from vestry.standardise.rules import RULES

WITHIN: Final = "\x1e"
"""Between the values of one column that has several."""
SHOWN: Final[Mapping[str, tuple[str, ...]]] = {
    kinds.PERSON: (
        "given_names",
        "family_name",
        "birth_date",
        "address_lines",
        "postcode",
        "nhs_number",
        "current",
    ),
    kinds.ORGANISATION: ("organisation_name", "address_lines", "postcode", "current"),
}
"""What is told of an entity that matches, and what may yet keep it apart: columns of the tables of entities."""
WRITTEN_BY: Final = 6
"""Of the tables' layout: a release of another layout has to be built again."""
PROFILES: Final = ("left_profile", "right_profile")
_NUMBER_BITS: Final = 31
"""Of a profile's number."""
CHECKED: Final = "vestry"
"""A text whose key is kept, to tell whether the engine that reads makes the same keys as the one that wrote."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Known:
    """What is known of one kind: `profiles` (`profile_no, profile_id, said`), `keys` (`key, profile_no`), `common` (`key,
    profiles, at_most`: keys that too many share), `holders` (`profile_no, record_no, numbers`), `shares` (`column_name, value,
    share`), `movers` (`companions.MOVERS`; None where companions say nothing) and the recipe.
    `profile_no` counts from 0 in the order of `profile_id`.
    """

    kind: str
    profiles: ir.Table
    keys: ir.Table
    common: ir.Table
    holders: ir.Table
    shares: ir.Table
    movers: ir.Table | None
    recipe: Mapping[str, Any]


@dataclass(frozen=True, slots=True, kw_only=True)
class Recipe:
    """How a kind was compared: its design, what was learnt, and both as Splink's settings; and what these were `composed` to
    (`splink_sql.told_of`)."""

    design: Design
    model: LinkageModel
    settings: Mapping[str, Any]
    composed: Mapping[str, str]


def known(
    engine: Engine,
    kind: str,
    profiles: ir.Table,
    holders: ir.Table,
    records: ir.Table,
    blocks: ir.Table,
    common: ir.Table,
    recipe: Recipe,
    movers: ir.Table | None,
) -> Known:
    """Keep in few columns what `profiles` and `holders` (as `linkage.profiles`), `blocks` and `common` (as `block_keys`) say, and
    the `movers` (`companions.MOVERS`).

    `records` are those of `kind`."""
    columns = columns_kept(profiles.columns, recipe)
    texts = engine.keep(f"{kind}_known", profile_texts(profiles, columns))
    held = numbers_held(holders, records, kind)
    every = blocks.union(number_keys(engine, kind, held))
    if recipe.design.companions is not None:
        every = every.union(home_keys(engine, kind, profiles.get_name(), recipe.design, f"{kind}_home_keys"))
    return Known(
        kind=kind,
        profiles=texts,
        keys=engine.keep(
            f"{kind}_known_keys", every.select("key", profile_no=every.profile_no.cast("int32"))
        ),
        common=common,
        holders=engine.keep(f"{kind}_known_holders", holders_known(held, kind)),
        shares=engine.bring(f"{kind}_known_shares", shares_known(recipe.model.common)),
        movers=movers,
        recipe=told(kind, [[c, _how(profiles[c])] for c in columns], recipe),
    )


def columns_kept(among: Sequence[str], recipe: Recipe) -> list[str]:
    """The columns of a profile that its text holds: what comparisons and blocks read of `among`."""
    conditions = [
        str(level["sql_condition"])
        for comparison in recipe.settings["comparisons"]
        for level in comparison["comparison_levels"]
    ]
    blocked_by = [e for block in recipe.design.blocking for way in block.ways for e in way]
    columns = columns_of([*conditions, *blocked_by], among)
    return columns + [c for c in ("birth_date", *recipe.model.common) if c in among and c not in columns]


def profile_texts(profiles: ir.Table, columns: Sequence[str]) -> ir.Table:
    """`profile_no, profile_id, said`: of each profile its `columns` in one text."""
    said = ibis.literal(SEPARATOR).join([_as_text(profiles[c]) for c in columns])
    return profiles.select(profile_no=profiles.profile_no.cast("int32"), profile_id="profile_id", said=said)


def numbers_held(holders: ir.Table, records: ir.Table, kind: str) -> ir.Table:
    """`holders` with the identifiers of `kind` that their records have. `records` are of `kind`."""
    return holders.inner_join(records.select("record_no", *DECIDING[kind]), "record_no")


def holders_known(held: ir.Table, kind: str) -> ir.Table:
    """`profile_no, record_no, numbers` of holders with their identifiers (`numbers_held`)."""
    numbers = DECIDING[kind]
    none = ibis.literal(SEPARATOR * (len(numbers) - 1))
    both = ibis.literal(SEPARATOR).join([held[n].fill_null("") for n in numbers]).nullif(none)
    return held.select(profile_no=held.profile_no.cast("int32"), record_no=held.record_no, numbers=both)


def told(kind: str, columns: Sequence[Sequence[str]], recipe: Recipe) -> dict[str, Any]:
    """How `kind` was compared, for `match_models`."""
    return {
        "layout": WRITTEN_BY,
        "columns": [list(column) for column in columns],
        "home": _home(recipe),
        "companions": _companions(recipe.design),
        "comparisons": recipe.settings["comparisons"],
        "two_random_records_match": recipe.settings["probability_two_random_records_match"],
        "blocks": [[list(way) for way in block.ways] for block in recipe.design.blocking],
        "rare": {column: common.any_other for column, common in recipe.model.common.items()},
        "rules": rules_used(kind),
        "numbers": list(DECIDING[kind]),
        "composed": dict(recipe.composed),
        "shown": list(SHOWN[kind]),
        "where_said": [c.name for c in recipe.design.comparisons if c.where_said],
    }


def _how(column: ir.Column) -> str:
    """How the text of a column is read back: "one", "several", or the type that it has."""
    if column.type().is_array():
        return "several"
    return (
        "one"
        if column.type().is_string()
        else str(column.type().to_pyarrow()).upper().replace("INT64", "BIGINT")
    )


def _home(recipe: Recipe) -> dict[str, Any] | None:
    """What two people of one home would say: bits of their odds, and by comparison and level (from the first) how much
    likelier the level is for them than for one person, in bits; None where they are not told apart."""
    if recipe.model.home_bits is None:
        return None
    return {
        "prior": recipe.model.home_bits,
        "levels": {
            name: [math.log2(level.home / level.m) for level in levels]
            for name, levels in recipe.model.comparisons.items()
        },
    }


def _companions(design: Design) -> dict[str, Any] | None:
    """By what homes are known and given names begin, and which level of which comparison (from the last, as Splink numbers them)
    companions raise a pair to; None where they say nothing."""
    told = design.companions
    if told is None:
        return None
    number = len(compared_by_companions(design).levels) - 1 - level_at(design)
    return {
        "homes": told.homes,
        "initial": told.initial,
        "comparison": told.comparison,
        "level": number,
        "at_most": told.at_most,
    }


def rules_used(kind: str) -> dict[str, int]:
    """Name -> version of every standardising rule that a profile of `kind` is made by."""
    fields = {**ADDRESS_FIELDS, **PERSON_FIELDS, **ORGANISATION_FIELDS}
    names = {fields[c].rule for c in (*COMPARED[kind], *DECIDING[kind]) if c in fields}
    names |= {rule for rule, _ in KEYS[kind].values()}
    return {name: RULES[name].version for name in sorted(names - {""})}


def match_tables(
    engine: Engine,
    found: Sequence[Known],
    records: ir.Table,
    members: ir.Table,
    entities: Mapping[str, ir.Table],
) -> dict[str, ir.Table]:
    """The tables of a release that matching reads. Profiles of all kinds are numbered through, kind after kind.

    `records` has `record_no, record_id`; `members` `record_id, entity_id`; `entities` are, by kind, `entity_id` and what is
    `SHOWN`.
    """
    if not found:
        return {name: engine.bring(name, shape.to_pyarrow().empty_table()) for name, shape in _SHAPES.items()}
    first = [0]
    for one in found:
        first.append(first[-1] + engine.count(one.profiles))
    moved = [(one, ibis.literal(at, "int32")) for one, at in zip(found, first, strict=False)]

    def numbered(tables: Sequence[tuple[ir.Table, ir.Value]]) -> ir.Table:
        return ibis.union(*(t.mutate(profile_no=(t.profile_no + at).cast("int32")) for t, at in tables))

    listed = engine.keep("match_entities", _entities([one.kind for one in found], entities))
    holders = numbered([(one.holders, at) for one, at in moved])
    names = records.select("record_no", "record_id").inner_join(
        members.select("record_id", "entity_id"), "record_id"
    )
    names = names.inner_join(listed.select("entity_id", "entity_no"), "entity_id")
    holders = holders.inner_join(names, "record_no")
    models = [
        {"kind": one.kind, "first_no": a, "profiles": b - a, "recipe": json.dumps(one.recipe, sort_keys=True)}
        for one, (a, b) in zip(found, pairwise(first), strict=True)
    ]
    movers = [_numbered_movers(one.movers, at) for one, at in moved if one.movers is not None]
    none = engine.bring("match_movers", _SHAPES["match_movers"].to_pyarrow().empty_table())
    return {
        "match_models": engine.bring("match_models", _models(models, engine)),
        "match_shares": ibis.union(*(one.shares.mutate(kind=ibis.literal(one.kind)) for one in found)),
        "match_keys": _gathered(engine, numbered([(one.keys, at) for one, at in moved])),
        "match_common_keys": ibis.union(*(one.common.mutate(kind=ibis.literal(one.kind)) for one in found)),
        "match_movers": ibis.union(*movers, none).order_by("left_profile", "right_profile"),
        "match_profiles": numbered([(one.profiles, at) for one, at in moved]).order_by("profile_no"),
        "match_holders": holders.order_by("profile_no", "record_id"),
        "match_entities": listed.order_by("entity_no"),
    }


def _numbered_movers(movers: ir.Table, first: ir.Value) -> ir.Table:
    """With the numbers that profiles have among those of all kinds, of which `first` is the first of theirs."""
    moved = {side: (movers[side] + first).cast("int32") for side in PROFILES}
    return movers.mutate(**moved).select(*_SHAPES["match_movers"].names)


def _entities(some: Sequence[str], entities: Mapping[str, ir.Table]) -> ir.Table:
    texts = [
        entities[kind].select(
            entity_id=entities[kind].entity_id,
            said=ibis.literal(SEPARATOR).join([_as_text(entities[kind][c]) for c in SHOWN[kind]]),
        )
        for kind in some
    ]
    whole = ibis.union(*texts)
    return whole.mutate(entity_no=ibis.row_number().over(order_by=whole.entity_id).cast("int32"))


_SHAPES: Final = {
    "match_models": ibis.schema(
        {"kind": "string", "first_no": "int64", "profiles": "int64", "recipe": "string", "checked": "int64"}
    ),
    "match_shares": ibis.schema(
        {"kind": "string", "column_name": "string", "value": "string", "share": "float64"}
    ),
    "match_keys": ibis.schema({"bucket": "int32", "keys": "array<int32>", "profiles": "array<int32>"}),
    "match_common_keys": ibis.schema(
        {"kind": "string", "key": "int64", "profiles": "int64", "at_most": "int64"}
    ),
    "match_movers": ibis.schema(
        dict.fromkeys(PROFILES, "int32") | {"left_home": "int64", "right_home": "int64", "initial": "string"}
    ),
    "match_profiles": ibis.schema({"profile_no": "int32", "profile_id": "string", "said": "string"}),
    "match_holders": ibis.schema(
        {"profile_no": "int32", "record_id": "string", "entity_no": "int32", "numbers": "string"}
    ),
    "match_entities": ibis.schema({"entity_no": "int32", "entity_id": "string", "said": "string"}),
}


def _models(rows: Sequence[dict[str, Any]], engine: Engine) -> pa.Table:
    checked = engine.connection().execute(f"SELECT {HASHED.format('$1')}", [CHECKED]).fetchone()[0]
    shape = _SHAPES["match_models"].to_pyarrow()
    return pa.Table.from_pylist([{**row, "checked": checked} for row in rows], schema=shape)


def _as_text(column: ir.Column) -> ir.StringValue:
    text = column.join(WITHIN) if isinstance(column, ir.ArrayValue) else column.cast("string")
    return text.fill_null("")


def number_keys(engine: Engine, kind: str, held: ir.Table) -> ir.Table:
    """`key, profile_no` of every number that may decide. `held` has `profile_no, unit_no` and the numbers (`numbers_held`)."""
    parts = []
    for number in DECIDING[kind]:
        said = held.filter(held[number].notnull()).select("profile_no", "unit_no", number=held[number])
        parts.append(
            f"SELECT key, unnest(list(DISTINCT profile_no)) AS profile_no FROM"
            f" (SELECT CAST({number_key_sql(kind, number, 'number')} AS BIGINT) AS key, profile_no, unit_no"
            f" FROM ({engine.statement(said)})) GROUP BY key HAVING count(DISTINCT unit_no) <= {TOO_COMMON}"
        )
    return engine.compute(
        f"{kind}_number_keys",
        f"SELECT key, CAST(profile_no AS BIGINT) AS profile_no FROM ({' UNION ALL '.join(parts)})",
    )


def home_keys(engine: Engine, kind: str, profiles: str, design: Design, name: str) -> ir.Table:
    """Keep as `name`: `key, profile_no` of every home of those in the table `profiles`."""
    keys = ", ".join(
        home_key_sql(kind, home) for home in (design.companions.homes if design.companions else ())
    )
    return engine.compute(
        name,
        f"SELECT key, CAST(profile_no AS BIGINT) AS profile_no FROM (SELECT unnest(list_distinct([{keys}])) AS key, profile_no"
        f" FROM {profiles}) WHERE key IS NOT NULL",
    )


def _gathered(engine: Engine, keys: ir.Table) -> ir.Table:
    """Many keys in one row, in order: a row is found by an index, and an index of every key would be four times as large.

    A key and its profile are sorted as one number: as lists in order of two columns they would take gigabytes.
    """
    low, number = (1 << LOW_BITS) - 1, (1 << _NUMBER_BITS) - 1
    packed = f"((key & {low}) << {_NUMBER_BITS}) | profile_no"
    engine.connection().execute(
        "CREATE OR REPLACE TABLE known_keys_gathered AS SELECT bucket,"
        f" list_transform(packed, lambda x: CAST(x >> {_NUMBER_BITS} AS INTEGER)) AS keys,"
        f" list_transform(packed, lambda x: CAST(x & {number} AS INTEGER)) AS profiles"
        f" FROM (SELECT CAST(key >> {LOW_BITS} AS INTEGER) AS bucket, list_sort(list({packed})) AS packed"
        f" FROM ({engine.statement(keys)}) GROUP BY bucket)"
    )
    return engine.table("known_keys_gathered").order_by("bucket")
