"""What one new record will be matched by, where linkage went on from the release before: what that had, and what has changed.

Nearly nothing here is worked out before it is written: the tables stand on those of `rescoring` and of the release before.
"""

from __future__ import annotations

import json

import ibis
import ibis.expr.types as ir

from vestry.engines.engine import Engine
from vestry.linkage.before import Profiled
from vestry.linkage.blocks import KEY_BITS
from vestry.linkage.commonness import shares_known
from vestry.linkage.companions_on import movers_on
from vestry.linkage.comparisons import DESIGNS
from vestry.linkage.identifiers import TOO_COMMON
from vestry.linkage.keys_on import HOMES_FROM, KEYS_BEFORE
from vestry.linkage.known import Known, holders_known, numbers_held, profile_texts
from vestry.linkage.model import LinkageModel
from vestry.linkage.profiles_on import FRESH
from vestry.linkage.scoring import PROFILES


def known_on(engine: Engine, records: ir.Table, kind: str, before: Profiled, model: LinkageModel) -> Known:
    """As `known.known` would have it of all `records` of the kind, after `rescoring.rescored` and `changed.numbers_again`."""
    gone = engine.table(f"{kind}_gone")
    had = _of_kind(engine.table("before_match_profiles"), before).select("profile_no", "profile_id", "said")
    fresh = profile_texts(engine.table(f"{kind}_fresh"), [name for name, _ in before.columns])
    texts = had.anti_join(gone, "profile_no").union(fresh.mutate(profile_no=fresh.profile_no.cast("int64")))
    in_order = texts.select("profile_no", new_no=ibis.row_number().over(order_by=texts.profile_id))
    new_no = engine.keep(f"{kind}_new_numbers", in_order)

    def numbered(table: ir.Table) -> ir.Table:
        joined = table.inner_join(new_no, "profile_no")
        return joined.mutate(profile_no=joined.new_no.cast("int32")).select(*table.columns)

    return Known(
        kind=kind,
        profiles=numbered(texts),
        keys=numbered(_keys(engine, kind, before, gone)),
        common=engine.table(f"{kind}_common_now"),
        holders=numbered(_holders(engine, records, kind, before)),
        shares=engine.bring(f"{kind}_known_shares", shares_known(model.common)),
        movers=_movers(engine, kind, new_no),
        recipe=json.loads(before.recipe),
    )


def known_as_before(
    engine: Engine, records: ir.Table, kind: str, before: Profiled, model: LinkageModel
) -> Known:
    """The same, where nothing of the kind has changed. `records` are all of the kind."""

    def numbered(name: str) -> ir.Table:
        found = _of_kind(engine.table(name), before)
        return found.mutate(profile_no=(found.profile_no - before.first_no).cast("int32"))

    common = engine.table("before_match_common_keys")
    holders = numbered("before_match_holders").inner_join(
        records.select("record_no", "record_id"), "record_id"
    )
    return Known(
        kind=kind,
        profiles=numbered("before_match_profiles").select("profile_no", "profile_id", "said"),
        keys=numbered(KEYS_BEFORE).select("key", "profile_no"),
        common=common.filter(common.kind == kind).select("key", "profiles", "at_most"),
        holders=holders.select("profile_no", "record_no", "numbers"),
        shares=engine.bring(f"{kind}_known_shares", shares_known(model.common)),
        movers=_movers_as_before(engine, before) if DESIGNS[kind].companions else None,
        recipe=json.loads(before.recipe),
    )


def _movers(engine: Engine, kind: str, new_no: ir.Table) -> ir.Table | None:
    """With the new numbers, the lower on the left."""
    if DESIGNS[kind].companions is None:
        return None
    numbers = new_no.get_name()
    return engine.compute(
        f"{kind}_movers_known",
        "WITH named AS (SELECT l.new_no AS one, r.new_no AS other, left_home, right_home, initial FROM"
        f" {movers_on(engine, kind).get_name()} JOIN {numbers} l ON l.profile_no = left_profile"
        f" JOIN {numbers} r ON r.profile_no = right_profile)"
        " SELECT least(one, other) AS left_profile, greatest(one, other) AS right_profile,"
        " CASE WHEN one < other THEN left_home ELSE right_home END AS left_home,"
        " CASE WHEN one < other THEN right_home ELSE left_home END AS right_home, initial FROM named",
    )


def _movers_as_before(engine: Engine, before: Profiled) -> ir.Table:
    movers = engine.table("before_match_movers")
    last = before.first_no + before.count - 1
    of_kind = movers.filter(movers.left_profile.between(before.first_no, last))
    return of_kind.mutate(**{side: of_kind[side].cast("int64") - before.first_no for side in PROFILES})


def _of_kind(table: ir.Table, before: Profiled) -> ir.Table:
    numbers = table.mutate(profile_no=table.profile_no.cast("int64"))
    return numbers.filter(numbers.profile_no.between(before.first_no, before.first_no + before.count - 1))


def _keys(engine: Engine, kind: str, before: Profiled, gone: ir.Table) -> ir.Table:
    """`key, profile_no` as the release before had them, but for those of profiles that are gone, of keys that too many share now
    and of identifiers of records that have changed; and those that there are now in place of the latter."""
    had = _of_kind(engine.table(KEYS_BEFORE), before).anti_join(gone, "profile_no")
    by_block = had.filter(had.key < 1 << KEY_BITS).anti_join(engine.table(f"{kind}_crossing"), "key")
    by_number = had.filter((had.key >= 1 << KEY_BITS) & (had.key < HOMES_FROM))
    by_number = by_number.anti_join(engine.table(f"{kind}_numbers_again"), "key")
    every = [by_block, by_number, _fresh_live(engine, kind), _keys_of_numbers(engine, kind)]
    if DESIGNS[kind].companions is not None:
        every += [had.filter(had.key >= HOMES_FROM), engine.table(f"{kind}_home_keys_fresh")]
    return ibis.union(*(keys.select("key", "profile_no") for keys in every))


def _fresh_live(engine: Engine, kind: str) -> ir.Table:
    live = engine.table(f"{kind}_live")
    return live.filter(live.profile_no >= FRESH)


def _keys_of_numbers(engine: Engine, kind: str) -> ir.Table:
    """The keys of identifiers of records that have changed, with the profiles of whoever has them now."""
    return engine.compute(
        f"{kind}_number_keys_now",
        f"WITH held AS (SELECT record_id, CAST(profile_no AS BIGINT) AS profile_no FROM before_match_holders"
        f" SEMI JOIN {kind}_number_sharers USING (record_id) ANTI JOIN {kind}_again_before USING (record_id)"
        f" UNION ALL SELECT record_id, profile_no FROM {kind}_holds_again),"
        f" common AS (SELECT field, number FROM {kind}_number_sharers GROUP BY ALL HAVING count(DISTINCT unit_id) > {TOO_COMMON})"
        f" SELECT DISTINCT key, profile_no FROM {kind}_number_sharers ANTI JOIN common USING (field, number)"
        f" JOIN {kind}_numbers_again USING (field, number) JOIN held USING (record_id)",
    )


def _holders(engine: Engine, records: ir.Table, kind: str, before: Profiled) -> ir.Table:
    """`profile_no, record_no, numbers`."""
    had = _of_kind(engine.table("before_match_holders"), before)
    had = had.anti_join(engine.table(f"{kind}_again_before"), "record_id")
    stay = had.inner_join(records.select("record_no", "record_id"), "record_id")
    again = engine.table(f"{kind}_holds_again")
    now = holders_known(numbers_held(again, records, kind), kind)
    columns = ["profile_no", "record_no", "numbers"]
    return stay.select(*columns).union(now.mutate(profile_no=now.profile_no.cast("int64")).select(*columns))
