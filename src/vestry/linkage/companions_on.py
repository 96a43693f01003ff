"""Companions where linkage goes on from the release before: who moved now, and of which pairs that tells otherwise than it did.

Who moved hangs on two profiles alone, so movers of whom neither has to be compared again stay. What they tell of others does
not: where somebody has come to be known to have moved between two homes, or is no longer, or one of these has come to be crowded,
pairs between them are scored again though nothing in themselves has changed.

Profiles go by the numbers of `profiles_on`; those to be compared again are `touched`, those that nobody holds now `gone`.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import ibis.expr.types as ir
import pyarrow as pa

from vestry.engines.engine import Engine
from vestry.linkage.before import Profiled
from vestry.linkage.changed import NAMES
from vestry.linkage.companions import SURE_BITS, another, homes_sql, movers_sql, score_told, ways_sql
from vestry.linkage.comparisons import DESIGNS
from vestry.linkage.decisions import Decision, decided_apart
from vestry.linkage.design import Companions
from vestry.linkage.keys_on import keys_wanted, live_keys
from vestry.linkage.known import home_keys
from vestry.linkage.profiles_on import texts_sql
from vestry.linkage.scoring import PROFILES, Scores, score_pairs


@dataclass(frozen=True, slots=True, kw_only=True)
class Known:
    """Of one kind: how the release before compared it, the `model`, from which probability pairs are kept, and what reviewers
    decided."""

    kind: str
    before: Profiled
    model: Path
    at_least: float
    decisions: Sequence[Decision]


def told_again(engine: Engine, known: Known, scores: Scores) -> Scores:
    """`scores` of the touched profiles, after what movers tell of them, and of others of whom they tell otherwise than before.

    All tables are kept: `<kind>_movers_now` (`companions.MOVERS`, of all), and more numbers in `<kind>_local`; the pairs of
    records of those others are added to `<kind>_lost`, their rows being replaced.
    """
    told = DESIGNS[known.kind].companions
    if told is None or scores.recipe is None:
        return scores
    _movers(engine, known, scores)
    _ways(engine, known, told)
    _considered(engine, known)
    return _scored(engine, known, scores)


def movers_on(engine: Engine, kind: str) -> ir.Table:
    """The movers now, of profiles by the numbers of `profiles_on`."""
    return engine.table(f"{kind}_movers_now")


def _movers(engine: Engine, known: Known, scores: Scores) -> None:
    """Keep the movers `before`, those of them that `stay`, and those `now`: each in `<kind>_movers_<which>`."""
    kind, before = known.kind, known.before
    ids = ", ".join(f"CAST({side} AS BIGINT) AS {side}" for side in PROFILES)
    engine.run(
        f"{kind}_movers_before",
        f"SELECT * REPLACE ({ids}) FROM before_match_movers"
        f" WHERE left_profile BETWEEN {before.first_no} AND {before.first_no + before.count - 1}",
    )
    engine.run(
        f"{kind}_movers_stay",
        f"WITH again AS (SELECT profile_no FROM {kind}_touched UNION ALL SELECT profile_no FROM {kind}_gone)"
        f" SELECT * FROM {kind}_movers_before WHERE left_profile NOT IN (FROM again) AND right_profile NOT IN (FROM again)"
        f" AND (left_profile, right_profile) NOT IN (SELECT (one, other) FROM {kind}_lost_pairs)",
    )
    engine.run(
        f"{kind}_sure",
        f"SELECT l.profile_no AS one, r.profile_no AS other FROM {scores.scored.get_name()}"
        f" JOIN {kind}_local l ON l.local_no = left_profile JOIN {kind}_local r ON r.local_no = right_profile"
        f" WHERE weight >= {SURE_BITS}",
    )
    _without_apart(engine, known)
    texts = _texts(engine, kind, "sure", f"SELECT unnest([one, other]) AS profile_no FROM {kind}_sure")
    homes = engine.run(f"{kind}_sure_homes", homes_sql(kind, texts))
    fresh = engine.run(f"{kind}_movers_fresh", movers_sql(kind, f"FROM {kind}_sure", homes, texts))
    engine.run(
        f"{kind}_movers_now", f"SELECT * FROM {kind}_movers_stay UNION ALL BY NAME SELECT * FROM {fresh}"
    )


def _without_apart(engine: Engine, known: Known) -> None:
    """Nobody surely moved who was told apart from whom they would be one with: they are taken out of `<kind>_sure`."""
    kind, sides = known.kind, sorted(decided_apart(known.decisions))
    if not sides:
        return
    told = {name: pa.array([pair[at] for pair in sides], pa.string()) for at, name in enumerate(("a", "b"))}
    apart = engine.bring(f"{kind}_units_apart", pa.table(told)).get_name()
    engine.connection().execute(
        f"WITH units AS (SELECT a AS unit_id FROM {apart} UNION SELECT b FROM {apart}),"
        f" held AS (SELECT profile_no, unit_id FROM {kind}_standing JOIN (FROM {NAMES} SEMI JOIN units USING (unit_id))"
        f" USING (record_id) UNION ALL SELECT profile_no, unit_id FROM {kind}_holds_again SEMI JOIN units USING (unit_id))"
        f" DELETE FROM {kind}_sure WHERE (one, other) IN (SELECT (l.profile_no, r.profile_no)"
        f" FROM {apart} JOIN held l ON l.unit_id = a JOIN held r ON r.unit_id = b)"
    )


def _texts(engine: Engine, kind: str, name: str, ids: str, among: str = "here") -> str:
    """Keep what those say who are in `<kind>_<among>` (`profiles_on.texts_sql`), and return the table's name."""
    sql = f"SELECT * FROM {kind}_{among} SEMI JOIN ({ids}) USING (profile_no)"
    return engine.run(f"{kind}_{name}_texts", sql)


def _ways(engine: Engine, known: Known, told: Companions) -> None:
    """Keep the homes of touched profiles, the keys now of homes that may matter (`<kind>_home_keys_now`), and the ways between
    them (`<kind>_ways_both`): `home, other_home`, and the initials of whoever went them as they told `before` and tell `now`.
    """
    kind = known.kind
    touched = _texts(engine, kind, "touched", f"FROM {kind}_touched")
    engine.run(f"{kind}_touched_homes", homes_sql(kind, touched))
    lost = _texts(engine, kind, "lost", f"SELECT unnest([one, other]) AS profile_no FROM {kind}_lost_pairs")
    keys = {
        state: home_keys(
            engine, kind, f"{kind}_{table}", DESIGNS[kind], f"{kind}_home_keys_{state}"
        ).get_name()
        for state, table in (("fresh", "fresh"), ("gone", "gone_texts"))
    }
    near = engine.run(
        f"{kind}_homes_near",
        f"SELECT home FROM {kind}_touched_homes UNION SELECT home FROM ({homes_sql(kind, lost)})"
        f" UNION SELECT key FROM {keys['fresh']} UNION SELECT key FROM {keys['gone']}"
        " UNION SELECT unnest([left_home, right_home]) FROM"
        f" ((FROM {kind}_movers_before EXCEPT FROM {kind}_movers_stay) UNION ALL BY NAME FROM {kind}_movers_fresh)",
    )
    ways = {
        state: ways_sql(
            f"SELECT * FROM {kind}_movers_{state} WHERE left_home IN (FROM {near}) OR right_home IN (FROM {near})"
        )
        for state in ("before", "now")
    }
    engine.run(
        f"{kind}_ways_all",
        f"SELECT home, other_home, b.initials AS before, n.initials AS now FROM ({ways['before']}) b"
        f" FULL JOIN ({ways['now']}) n USING (home, other_home)",
    )
    wanted = engine.run(f"{kind}_homes_wanted", f"SELECT DISTINCT home AS key FROM {kind}_ways_all")
    had = keys_wanted(engine, f"{kind}_home_keys_near", wanted)
    engine.run(
        f"{kind}_home_keys_now",
        f"SELECT key, profile_no FROM {had} WHERE profile_no NOT IN (SELECT profile_no FROM {kind}_gone)"
        f" UNION ALL SELECT key, profile_no FROM {keys['fresh']} SEMI JOIN {wanted} USING (key)",
    )
    engine.run(
        f"{kind}_home_counts",
        f"WITH wanted AS (SELECT key AS home FROM {wanted}), now AS (SELECT key AS home, count(*) AS now"
        f" FROM {kind}_home_keys_now WHERE key IN (FROM wanted) GROUP BY key),"
        f" moves AS (SELECT key AS home, sum(moves) AS moves FROM (SELECT key, -1 AS moves FROM {keys['fresh']}"
        f" UNION ALL SELECT key, 1 FROM {keys['gone']}) GROUP BY key)"
        " SELECT home, coalesce(now, 0) AS now, coalesce(now, 0) + coalesce(moves, 0) AS before FROM wanted"
        " LEFT JOIN now USING (home) LEFT JOIN moves USING (home)",
    )

    def quiet(state: str) -> str:
        few = f"SELECT home FROM {kind}_home_counts WHERE {state} <= {told.at_most}"
        return f"CASE WHEN home IN ({few}) AND other_home IN ({few}) THEN {state} END AS {state}"

    engine.run(
        f"{kind}_ways_both",
        f"SELECT home, other_home, {quiet('before')}, {quiet('now')} FROM {kind}_ways_all",
    )


def _considered(engine: Engine, known: Known) -> None:
    """Keep the pairs that movers may tell of, now or otherwise than before (`<kind>_considered`): `one, other` (the lower number
    first), whether one is `touched`, whether they are `told` of now, whether that has `changed`, and whether no block brings
    them together any longer (`lost`). Besides, who holds them, and those of them that a block still brings together.
    """
    kind = known.kind
    engine.run(
        f"{kind}_may_be_told",
        "WITH found AS ("
        f"SELECT t.profile_no AS one, k.profile_no AS other FROM {kind}_touched_homes t JOIN {kind}_ways_both w USING (home)"
        f" JOIN {kind}_home_keys_now k ON k.key = w.other_home WHERE {another('w.now', 't.initial')}"
        f" UNION ALL SELECT l.profile_no, r.profile_no FROM {kind}_ways_both w JOIN {kind}_home_keys_now l ON l.key = w.home"
        f" JOIN {kind}_home_keys_now r ON r.key = w.other_home"
        " WHERE w.home < w.other_home AND w.before IS DISTINCT FROM w.now"
        f" UNION ALL SELECT one, other FROM {kind}_lost_pairs)"
        " SELECT DISTINCT least(one, other) AS one, greatest(one, other) AS other FROM found WHERE one <> other",
    )
    ids = f"(SELECT DISTINCT unnest([one, other]) AS profile_no FROM {kind}_may_be_told)"
    texts = engine.run(f"{kind}_considered_texts", texts_sql(kind, known.before, ids))
    homes = engine.run(f"{kind}_considered_homes", homes_sql(kind, texts))

    def tells(state: str) -> str:
        return f"coalesce({another(f'w.{state}', 'l.initial')}, false)"

    touched = f"FROM {kind}_touched"
    either = "({one}, {other}) IN (SELECT (one, other) FROM {pairs})"
    lost = f"{kind}_lost_pairs"
    engine.run(
        f"{kind}_considered",
        f"SELECT one, other, one IN ({touched}) OR other IN ({touched}) AS touched, {tells('now')} AS told,"
        f" {tells('now')} <> {tells('before')} AS changed,"
        f" {either.format(one='one', other='other', pairs=lost)} OR {either.format(one='other', other='one', pairs=lost)} AS lost"
        f" FROM {kind}_may_be_told JOIN {homes} l ON l.profile_no = one"
        f" JOIN {homes} r ON r.profile_no = other AND r.initial = l.initial"
        f" JOIN {kind}_ways_both w ON w.home = l.home AND w.other_home = r.home",
    )
    again = "NOT touched AND (changed OR (told AND lost))"
    engine.run(
        f"{kind}_considered_holders",
        f"WITH wanted AS (SELECT unnest([one, other]) AS profile_no FROM {kind}_considered WHERE {again})"
        f" SELECT profile_no, record_id FROM {kind}_standing SEMI JOIN wanted USING (profile_no) UNION ALL"
        f" SELECT profile_no, record_id FROM {kind}_holds_again SEMI JOIN wanted USING (profile_no)",
    )
    _still_meeting(engine, kind, texts)
    pairs = f"FROM {kind}_considered JOIN {kind}_considered_holders l ON l.profile_no = one"
    pairs += f" JOIN {kind}_considered_holders r ON r.profile_no = other WHERE {again}"
    engine.connection().execute(
        f"INSERT INTO {kind}_lost SELECT l.record_id, r.record_id {pairs} UNION SELECT r.record_id, l.record_id {pairs}"
    )


def _still_meeting(engine: Engine, kind: str, texts: str) -> None:
    """Keep those of the considered pairs that were told of and are no longer, and that some block brings together."""
    fewer = engine.run(
        f"{kind}_told_no_longer",
        f"SELECT one, other FROM {kind}_considered WHERE changed AND NOT told AND NOT touched",
    )
    said = engine.run(
        f"{kind}_no_longer_texts",
        f"SELECT * FROM {texts} SEMI JOIN (SELECT unnest([one, other]) AS profile_no FROM {fewer}) USING (profile_no)",
    )
    keys = live_keys(engine, kind, f"{kind}_keys_considered", said)
    engine.run(
        f"{kind}_still_meeting",
        f"SELECT DISTINCT one, other FROM {fewer} JOIN {keys} l ON l.profile_no = one"
        f" JOIN {keys} r ON r.profile_no = other AND r.key = l.key",
    )


def _scored(engine: Engine, known: Known, scores: Scores) -> Scores:
    """`scores` with those that are told of at that level, and those that are not any longer as they are."""
    kind = known.kind
    told = f"SELECT one, other FROM {kind}_considered WHERE told AND (touched OR changed OR lost)"
    no_longer = f"FROM {kind}_still_meeting"
    engine.run(f"{kind}_again_told", told)
    (several,) = (
        engine.connection()
        .execute(f"SELECT count(*) FROM (FROM {kind}_again_told UNION ALL {no_longer})")
        .fetchone()
    )
    if not several:
        return scores
    texts = _texts(
        engine, kind, "told",
        f"SELECT unnest([one, other]) AS profile_no FROM (FROM {kind}_again_told UNION ALL {no_longer})",
        among="considered_texts",
    )  # fmt: skip
    engine.connection().execute(
        f"INSERT INTO {kind}_local SELECT profile_no, (SELECT coalesce(max(local_no), -1) FROM {kind}_local)"
        f" + row_number() OVER (ORDER BY profile_id) FROM {texts}"
        f" WHERE profile_no NOT IN (SELECT profile_no FROM {kind}_local)"
    )
    profiles = engine.compute(
        f"{kind}_profiles_considered",
        f"SELECT local_no AS profile_no, false AS repeated, t.* EXCLUDE (profile_no) FROM {texts} t"
        f" JOIN {kind}_local USING (profile_no)",
    )

    def local(name: str, pairs: str) -> ir.Table:
        return engine.compute(
            f"{kind}_{name}",
            "SELECT least(l.local_no, r.local_no) AS join_key_l, greatest(l.local_no, r.local_no) AS join_key_r"
            f" FROM ({pairs}) JOIN {kind}_local l ON l.profile_no = one JOIN {kind}_local r ON r.profile_no = other",
        )

    again = local("pairs_told", f"FROM {kind}_again_told")
    others = engine.compute(
        f"{kind}_scored_once",
        f"SELECT * FROM {scores.scored.get_name()} WHERE (left_profile, right_profile) NOT IN"
        f" (SELECT (join_key_l, join_key_r) FROM {again.get_name()})",
    )
    at_least = known.at_least
    by_mover = score_told(engine, kind, profiles, again, known.model, at_least=at_least)
    by_itself = score_pairs(
        engine, kind, profiles, local("pairs_no_longer", no_longer), known.model, at_least=at_least,
        name=f"{kind}_scored_no_longer",
    )  # fmt: skip
    tables = " UNION ALL BY NAME ".join(
        f"SELECT * FROM {table.get_name()}" for table in (others, by_mover.scored, by_itself.scored)
    )
    return replace(scores, scored=engine.compute(f"{kind}_scored_twice", tables))
