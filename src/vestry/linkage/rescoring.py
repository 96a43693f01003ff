"""Scores of the profiles that have to be compared again, with whomever they share a block with.

What the release before knew of all other profiles (their texts and keys) is what these are compared with; scores between any
two others are as they were, for they hang on the two and the model alone. One thing besides: a key that too many come to share
brings nobody together any longer, and two whom nothing else did are no pair now.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import ibis
import ibis.expr.types as ir

from vestry.engines.engine import Engine
from vestry.ids import SEPARATOR
from vestry.linkage.before import Profiled
from vestry.linkage.blocks import all_keys
from vestry.linkage.changed import NAMES, gone_sql
from vestry.linkage.companions_on import Known, told_again
from vestry.linkage.comparisons import DESIGNS
from vestry.linkage.decisions import Decision
from vestry.linkage.keys_on import keys_wanted, live_keys
from vestry.linkage.profiles_on import FRESH, read_sql, standing_sql, texts_sql
from vestry.linkage.scoring import Scores, score_pairs


@dataclass(frozen=True, slots=True, kw_only=True)
class Rescored:
    """`scores` are of profiles by numbers of their own; `holders` (`profile_no, record_no, unit_id`) of these. `redo`
    (`record_no, record_id, unit_id`): the records whose pairs these scores replace; `lost` (`left_record, right_record`):
    pairs of others that no block brings together now. All but the scores are kept tables, by name.
    """

    scores: Scores
    holders: str
    redo: str
    lost: str


def rescored(
    engine: Engine,
    kind: str,
    records: str,
    profiles: ir.Table,
    holders: ir.Table,
    before: Profiled,
    model: Path,
    *,
    at_least: float,
    decisions: Sequence[Decision],
) -> Rescored | None:
    """Score `profiles` (`linkage.profiles.profiles`, with their `holders`) of the table `records`, which has all of the units
    that are compared again; after `changed.numbers_again`.

    None where a key that too many shared brings people together again: who they are is not kept.
    """
    _met(engine, kind, profiles, before)
    if not _keys(engine, kind, profiles, before):
        return None
    _crossed(engine, kind)
    _held(engine, kind, records, holders)
    redo = engine.run(
        f"{kind}_redo",
        f"SELECT record_no, record_id, unit_id FROM {kind}_holds_again UNION ALL FROM {NAMES} SEMI JOIN"
        f" (SELECT record_id FROM ({standing_sql(kind)}) SEMI JOIN {kind}_touched USING (profile_no)) USING (record_id)",
    )
    pairs = _pairs(engine, kind, redo)
    needed = _here(engine, kind, pairs, before)
    lost = _lost(engine, kind)
    local = engine.compute(
        f"{kind}_block_pairs",
        f"SELECT least(l.local_no, r.local_no) AS join_key_l, greatest(l.local_no, r.local_no) AS join_key_r"
        f" FROM {pairs} p JOIN {kind}_local l ON l.profile_no = p.one JOIN {kind}_local r ON r.profile_no = p.other",
    )
    scores = score_pairs(engine, kind, needed, local, model, at_least=at_least)
    known = Known(kind=kind, before=before, model=model, at_least=at_least, decisions=decisions)
    scores = told_again(engine, known, scores)
    held = engine.run(
        f"{kind}_holders_again",
        f"WITH wanted AS (SELECT profile_no, local_no FROM {kind}_local SEMI JOIN"
        f" (SELECT unnest([left_profile, right_profile]) AS local_no FROM {scores.scored.get_name()}) USING (local_no))"
        f" SELECT local_no AS profile_no, record_no, unit_id FROM ({standing_sql(kind)}) JOIN wanted USING (profile_no)"
        f" JOIN {NAMES} USING (record_id) UNION ALL"
        f" SELECT local_no, record_no, unit_id FROM {kind}_holds_again JOIN wanted USING (profile_no)",
    )
    return Rescored(scores=scores, holders=held, redo=redo, lost=lost)


def profiles_of(engine: Engine, kind: str, records: str, before: Profiled) -> tuple[ir.Table, ir.Table]:
    """(`profiles`, `holders`) of the records that a statement in SQL gives (`record_no`), compared again or not: as
    `linkage.profiles.profiles` has them, with numbers of their own. After `rescored`.
    """
    held = engine.run(
        f"{kind}_holders_asked",
        f"WITH asked AS (SELECT record_no, record_id FROM {NAMES} SEMI JOIN ({records}) USING (record_no))"
        f" SELECT profile_no, record_no FROM {kind}_holds_again SEMI JOIN asked USING (record_no)"
        f" UNION ALL SELECT profile_no, record_no FROM ({standing_sql(kind)}) JOIN asked USING (record_id)",
    )
    asked = _numbered(engine, kind, f"SELECT profile_no FROM {held}", before)
    holders = engine.compute(
        f"{kind}_holders_told",
        f"SELECT DISTINCT local_no AS profile_no, record_no FROM {held} JOIN {kind}_local USING (profile_no)",
    )
    return asked, holders


def _met(engine: Engine, kind: str, profiles: ir.Table, before: Profiled) -> None:
    """Which profiles are `touched` (whoever holds them has changed) and `gone` (nobody holds them now); `numbered_again`: the
    numbers of `profiles`, and those that they go by here.
    """
    last = before.first_no + before.count - 1
    engine.run(
        f"{kind}_standing",
        f"SELECT CAST(profile_no AS BIGINT) AS profile_no, record_id FROM before_match_holders"
        f" ANTI JOIN {kind}_again_before USING (record_id)"
        f" WHERE profile_no BETWEEN {before.first_no} AND {last}",
    )
    engine.run(
        f"{kind}_numbered_again",
        f"SELECT p.profile_no AS local_no, p.profile_id, coalesce(b.profile_no, {FRESH} + p.profile_no) AS profile_no"
        f" FROM {profiles.get_name()} p LEFT JOIN (SELECT profile_no, profile_id FROM before_match_profiles"
        f" WHERE profile_no BETWEEN {before.first_no} AND {last}) b USING (profile_id)",
    )
    engine.run(
        f"{kind}_left",
        "SELECT DISTINCT CAST(profile_no AS BIGINT) AS profile_no FROM before_match_holders"
        f" SEMI JOIN {gone_sql(kind)} USING (record_id) ANTI JOIN {kind}_numbered_again USING (profile_no)",
    )
    engine.run(
        f"{kind}_still_held",
        f"SELECT DISTINCT profile_no FROM ({standing_sql(kind)}) SEMI JOIN {kind}_left USING (profile_no)",
    )
    engine.run(
        f"{kind}_touched",
        f"SELECT profile_no FROM {kind}_numbered_again UNION ALL SELECT profile_no FROM {kind}_still_held",
    )
    engine.run(
        f"{kind}_gone",
        f"SELECT profile_no FROM {kind}_left ANTI JOIN {kind}_still_held USING (profile_no)",
    )


def _keys(engine: Engine, kind: str, profiles: ir.Table, before: Profiled) -> bool:
    """Work out which keys still bring people together. False where one does that too many shared before."""
    blocking = DESIGNS[kind].blocking
    numbered = engine.run(
        f"{kind}_met_again",
        f"SELECT p.* REPLACE (n.profile_no AS profile_no) FROM {profiles.get_name()} p JOIN {kind}_numbered_again n"
        " ON n.local_no = p.profile_no",
    )
    engine.run(f"{kind}_fresh", f"SELECT * FROM {numbered} WHERE profile_no >= {FRESH}")
    left = engine.run(
        f"{kind}_left_texts",
        f"SELECT profile_no, {read_sql(before)} FROM (SELECT profile_no, string_split(said, '{SEPARATOR}') AS s"
        f" FROM before_match_profiles SEMI JOIN {kind}_left USING (profile_no))",
    )
    engine.run(f"{kind}_gone_texts", f"SELECT * FROM {left} SEMI JOIN {kind}_gone USING (profile_no)")
    all_keys(engine, f"{kind}_keys_met", kind, numbered, blocking)
    all_keys(engine, f"{kind}_keys_left", kind, left, blocking)
    gone = f"FROM {kind}_keys_left SEMI JOIN {kind}_gone USING (profile_no)"
    held = f"FROM {kind}_keys_left SEMI JOIN {kind}_still_held USING (profile_no)"
    touched = engine.run(
        f"{kind}_touched_keys",
        f"SELECT key, profile_no, at_most FROM {kind}_keys_met"
        f" UNION ALL SELECT key, profile_no, at_most {held}",
    )
    wanted = engine.run(f"{kind}_keys_asked", f"SELECT key FROM {touched} UNION SELECT key {gone}")
    near = keys_wanted(engine, f"{kind}_keys_near", wanted)
    engine.run(
        f"{kind}_keys_changed",
        "WITH moved AS (SELECT key, CAST(sum(moves) AS BIGINT) AS moves, CAST(min(at_most) AS BIGINT) AS at_most FROM"
        f" (SELECT key, at_most, 1 AS moves FROM {touched} WHERE profile_no >= {FRESH} UNION ALL SELECT key, at_most, -1 {gone})"
        f" GROUP BY key), had AS (SELECT key, count(*) AS profiles FROM {near} SEMI JOIN moved USING (key) GROUP BY key),"
        f" common AS (SELECT key, profiles FROM before_match_common_keys WHERE kind = '{kind}')"
        " SELECT key, at_most, coalesce(common.profiles, had.profiles, 0) + moves AS profiles,"
        " common.key IS NOT NULL AS was_common"
        " FROM moved LEFT JOIN had USING (key) LEFT JOIN common USING (key)",
    )
    connection = engine.connection()
    (again,) = connection.execute(
        f"SELECT count(*) FROM {kind}_keys_changed WHERE was_common AND profiles <= at_most"
    ).fetchone()
    engine.run(
        f"{kind}_crossing",
        f"SELECT key, profiles, at_most FROM {kind}_keys_changed WHERE NOT was_common AND profiles > at_most",
    )
    engine.run(
        f"{kind}_common_now",
        f"SELECT key, coalesce(c.profiles, b.profiles) AS profiles, b.at_most FROM before_match_common_keys b"
        f" LEFT JOIN {kind}_keys_changed c USING (key) WHERE kind = '{kind}'"
        f" UNION ALL SELECT key, profiles, at_most FROM {kind}_crossing",
    )
    engine.run(
        f"{kind}_live", f"SELECT key, profile_no FROM {touched} ANTI JOIN {kind}_common_now USING (key)"
    )
    return not again


def _crossed(engine: Engine, kind: str) -> None:
    """Keep which profiles that are not touched had a key that too many share now (`<kind>_crossed`: `key, profile_no`); the pairs
    of records of these that were scored (`<kind>_crossed_links`), and of the profiles, movers too that are no pair of records
    (`<kind>_crossed_pairs`: `one, other`)."""
    engine.run(
        f"{kind}_crossed",
        f"SELECT key, profile_no FROM {kind}_keys_near SEMI JOIN {kind}_crossing USING (key)"
        f" ANTI JOIN {kind}_touched USING (profile_no) ANTI JOIN {kind}_gone USING (profile_no)",
    )
    held = engine.run(
        f"{kind}_crossed_holders",
        f"SELECT profile_no, record_id FROM ({standing_sql(kind)})"
        f" WHERE profile_no IN (SELECT profile_no FROM {kind}_crossed)",
    )
    met = engine.run(
        f"{kind}_crossed_links",
        "SELECT left_record, right_record, l.profile_no AS one, r.profile_no AS other FROM"
        " (SELECT left_record, right_record FROM before_links"
        f" WHERE kind = '{kind}' AND weight IS NOT NULL AND left_record IN (SELECT record_id FROM {held})"
        f" AND right_record IN (SELECT record_id FROM {held}))"
        f" JOIN {held} l ON l.record_id = left_record JOIN {held} r ON r.record_id = right_record"
        " WHERE l.profile_no <> r.profile_no",
    )
    engine.run(
        f"{kind}_crossed_pairs",
        f"SELECT one, other FROM {met} UNION SELECT left_profile, right_profile FROM before_match_movers"
        f" WHERE left_profile IN (SELECT profile_no FROM {kind}_crossed)"
        f" AND right_profile IN (SELECT profile_no FROM {kind}_crossed)",
    )


def _lost(engine: Engine, kind: str) -> str:
    """The pairs of records of profiles that are not touched, which met by nothing but keys that too many share now; and
    `<kind>_lost_pairs` (`one, other`), the same of profiles. After `_here`."""
    share = (
        f"SELECT DISTINCT one, other FROM {kind}_crossed_pairs JOIN {{keys}} l ON l.profile_no = one"
        " JOIN {keys} r ON r.profile_no = other AND r.key = l.key"
    )
    said = engine.run(
        f"{kind}_crossed_texts",
        f"SELECT * FROM {kind}_here SEMI JOIN (SELECT unnest([one, other]) AS profile_no FROM {kind}_crossed_pairs)"
        " USING (profile_no)",
    )
    still = live_keys(engine, kind, f"{kind}_crossed_keys", said)
    engine.run(
        f"{kind}_lost_pairs",
        f"{share.format(keys=f'{kind}_crossed')} EXCEPT {share.format(keys=still)}",
    )
    return engine.run(
        f"{kind}_lost",
        f"SELECT left_record, right_record FROM {kind}_crossed_links SEMI JOIN {kind}_lost_pairs USING (one, other)",
    )


def _held(engine: Engine, kind: str, records: str, holders: ir.Table) -> None:
    """Keep who holds the profiles that are compared again: `profile_no, record_no, record_id, unit_id`."""
    engine.run(
        f"{kind}_holds_again",
        f"SELECT n.profile_no, record_no, record_id, unit_id FROM {holders.get_name()} h JOIN {kind}_numbered_again n"
        f" ON n.local_no = h.profile_no JOIN (SELECT record_no, record_id, unit_id FROM {records}) USING (record_no)",
    )


def _pairs(engine: Engine, kind: str, redo: str) -> str:
    """`one, other`: each touched profile with every one that shares a key, once; and with itself where several units hold it."""
    name = f"{kind}_pairs_again"
    engine.run(
        name,
        f"WITH around AS (SELECT key, profile_no FROM {kind}_keys_near SEMI JOIN {kind}_live USING (key)"
        f" ANTI JOIN {kind}_gone USING (profile_no)"
        f" UNION ALL SELECT key, profile_no FROM {kind}_live WHERE profile_no >= {FRESH}),"
        f" units AS (SELECT profile_no, unit_id FROM {kind}_holds_again UNION ALL"
        f" SELECT profile_no, unit_id FROM ({standing_sql(kind)}) SEMI JOIN {kind}_touched USING (profile_no)"
        f" JOIN {redo} USING (record_id))"
        " SELECT DISTINCT least(l.profile_no, r.profile_no) AS one, greatest(l.profile_no, r.profile_no) AS other"
        f" FROM {kind}_live l JOIN around r ON l.key = r.key AND l.profile_no <> r.profile_no"
        " UNION ALL SELECT profile_no, profile_no FROM units GROUP BY profile_no HAVING min(unit_id) <> max(unit_id)",
    )
    return name


def _here(engine: Engine, kind: str, pairs: str, before: Profiled) -> ir.Table:
    """The profiles of `pairs`, and all others that have to do with this, as `_numbered`."""
    either = "SELECT unnest([one, other]) AS profile_no FROM"
    ids = f"{either} {pairs} UNION {either} {kind}_crossed_pairs UNION FROM {kind}_touched"
    return _numbered(engine, kind, ids, before)


def _numbered(engine: Engine, kind: str, ids: str, before: Profiled) -> ir.Table:
    """What is compared of each profile that `ids` has (SQL of `profile_no`), numbered in the order of profiles' ids.

    `<kind>_local`: their numbers here (`profile_no, local_no`); `<kind>_here`: the same by the other numbers, with `local_no`.
    """
    asked = engine.run(f"{kind}_asked", f"SELECT DISTINCT profile_no FROM ({ids})")
    local = engine.run(
        f"{kind}_local",
        "SELECT profile_no, row_number() OVER (ORDER BY profile_id) - 1 AS local_no FROM"
        " (SELECT CAST(profile_no AS BIGINT) AS profile_no, profile_id FROM before_match_profiles"
        f" SEMI JOIN {asked} USING (profile_no)"
        f" UNION ALL SELECT profile_no, profile_id FROM {kind}_fresh SEMI JOIN {asked} USING (profile_no))",
    )
    here = engine.run(f"{kind}_here", texts_sql(kind, before, local, also="local_no"))
    return engine.view(
        f"{kind}_profiles_again",
        engine.table(here)
        .drop("profile_no")
        .rename(profile_no="local_no")
        .mutate(repeated=ibis.literal(False)),
    )
