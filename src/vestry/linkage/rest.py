"""The rest: what everything but the number says of a pair that a number joins.

A number is sometimes written down for the wrong person, and then it would join two people whatever else is said of them. So every
pair of people that a number joins is compared as well, also where no block brings the two together. Whoever is given another's
number by mistake is as likely somebody of his own home as a stranger: so here two people of one home are no rarer than two
strangers, and the odds before comparing are left out.
"""

from __future__ import annotations

from pathlib import Path
from typing import Final

import ibis.expr.types as ir

from vestry.engines.engine import Engine
from vestry.linkage.comparisons import DESIGNS
from vestry.linkage.identifiers import SHARED_KEY
from vestry.linkage.model import read_model
from vestry.linkage.scoring import home_bits, score_pairs

REST: Final = "rest"


def weighs_rest(kind: str, model: Path) -> bool:
    """Whether numbers of that kind are held against the rest: where two of one home are told apart, and a model was learnt."""
    return kind in DESIGNS and DESIGNS[kind].tells_homes_apart and model.exists()


def rest_of(
    engine: Engine, kind: str, identified: ir.Table, holders: ir.Table, profiles: ir.Table, model: Path
) -> ir.Table:
    """Keep `left_no, right_no, rest` (bits) of those of `identified` (as `identifiers.identifier_pairs`) that a number joins and
    no shared key, of which a contract says that it is one's only. `holders` have `profile_no, record_no` of their records,
    `profiles` what is compared of each.
    """
    held = engine.statement(holders.select("profile_no", "record_no").distinct())
    found = engine.compute(
        f"{kind}_by_number",
        f"WITH held AS ({held}), given AS (SELECT left_no, right_no FROM ({engine.statement(identified)})"
        f" GROUP BY ALL HAVING NOT bool_or(field = '{SHARED_KEY}'))"
        " SELECT left_no, right_no, least(l.profile_no, r.profile_no) AS join_key_l,"
        " greatest(l.profile_no, r.profile_no) AS join_key_r"
        " FROM given JOIN held l ON l.record_no = left_no JOIN held r ON r.record_no = right_no",
    )
    pairs = engine.compute(
        f"{kind}_profiles_by_number", f"SELECT DISTINCT join_key_l, join_key_r FROM {found.get_name()}"
    )
    scores = score_pairs(engine, kind, profiles, pairs, model, at_least=0.0, name=f"{kind}_scored_by_number")
    design = DESIGNS[kind]
    evidence = " + ".join(f"bits_{c.name}" for c in design.comparisons)
    of_home = home_bits(design, read_model(model, design), before=0.0)
    rest = engine.compute(
        f"{kind}_rest",
        f"SELECT left_no, right_no, round({evidence} + {of_home}, 4) AS {REST} FROM {found.get_name()}"
        f" JOIN {scores.scored.get_name()} ON left_profile = join_key_l AND right_profile = join_key_r",
    )
    engine.forget(found, scores.scored)
    return rest
