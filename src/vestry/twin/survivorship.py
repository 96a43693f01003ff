"""Which claim wins, and why: whole groups, never a street from one source and a postcode from another.

In order: said now rather than once; by the source trusted most for it; more exact. Then, for what does not
change (a birth date), by how many organisations say it, and how lately; for what does (an address), how
lately it was first said, and by how many. Last, the more complete, and the one that sorts first: a tie is
settled the same way every time.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

import ibis
import ibis.expr.types as ir

from vestry.engines.engine import Engine
from vestry.ids import SEPARATOR

ORDINARY_TRUST: Final = 5

CHANGING: Final = (
    "name",
    "known_as",
    "address",
    "postal_address",
    "phone",
    "email",
    "rating",
    "life",
    "position",
)
"""Groups whose truth changes in life: the newest word counts before the number of voices."""

EXACTNESS: Final = {"day": 3, "month": 2, "year": 1}

REASONS: Final = {
    "current": "it is said now, where others have stopped saying theirs",
    "trust": "its source is trusted most for this",
    "exactness": "it is the most exact",
    "voices": "most organisations say it",
    "news": "it is the newest word",
    "completeness": "it is the most complete",
}
ONLY: Final = "it is the only value said"
FIRST: Final = "nothing tells them apart, and it is the first in order"


def chosen(
    engine: Engine, claims: ir.Table, organisations: Mapping[str, str], trust: Mapping[str, Mapping[str, int]]
) -> ir.Table:
    """`claims` with `chosen` and `reason` (of a UPRN also how it was found), one winning group value for each entity and group.

    `organisations` is source -> organisation; `trust` source -> group or field -> 1 (least) to 9.
    """
    said = engine.keep("groups_said", _groups(claims))
    weighed = _weighed(said, organisations, trust)
    values = engine.keep("group_values", _values(weighed))
    ranked = engine.keep("group_ranks", _ranked(values))
    verdict = engine.keep("group_verdicts", _verdicts(ranked, weighed))
    key = ["entity_id", "group_name", "record_id", "item"]
    joined = claims.left_join(verdict, key).drop(*(f"{k}_right" for k in key))
    found = (joined.field == "uprn") & joined.accuracy.notnull()
    reason = ibis.ifelse(found, joined.reason + "; " + joined.accuracy, joined.reason)
    return engine.keep("claims_chosen", joined.mutate(reason=reason))


def _groups(claims: ir.Table) -> ir.Table:
    """One row for each group that a record states: its value as one text."""
    pair = claims.field + "=" + claims.value
    return claims.group_by("entity_id", "kind", "group_name", "record_id", "item", "source").aggregate(
        group_value=pair.group_concat(SEPARATOR, order_by=claims.field),
        fields=claims.count(),
        accuracy=claims.accuracy.max(),
        valid_from=claims.valid_from.min(),
        as_at=claims.as_at.max(),
        current=claims.current.any(),
    )


def _weighed(
    said: ir.Table, organisations: Mapping[str, str], trust: Mapping[str, Mapping[str, int]]
) -> ir.Table:
    rows = [
        {"source": source, "group_name": group, "trust": value}
        for source, groups in sorted(trust.items())
        for group, value in sorted(groups.items())
    ]
    trusted = ibis.memtable(
        rows, schema=ibis.schema({"source": "string", "group_name": "string", "trust": "int64"})
    )
    sent_by = ibis.memtable(
        [{"source": s, "organisation": o} for s, o in sorted(organisations.items())],
        schema=ibis.schema({"source": "string", "organisation": "string"}),
    )
    table = said.left_join(trusted, ["source", "group_name"]).drop("source_right", "group_name_right")
    table = table.left_join(sent_by, "source").drop("source_right")
    return table.mutate(
        trust=table.trust.fill_null(ORDINARY_TRUST),
        exactness=table.accuracy.cases(*EXACTNESS.items(), else_=0),
    )


def _values(weighed: ir.Table) -> ir.Table:
    """One row for each different value of a group: everything that speaks for it."""
    living = ibis.ifelse(weighed.current, weighed.valid_from, ibis.null("string"))
    return weighed.group_by("entity_id", "group_name", "group_value").aggregate(
        current=weighed.current.any().cast("int64"),
        trust=weighed.trust.max(where=weighed.current).fill_null(0),
        exactness=weighed.exactness.max(),
        voices=weighed.organisation.nunique(where=weighed.current),
        first_said=ibis.coalesce(living.max(), weighed.as_at.max()),
        last_said=weighed.as_at.max(),
        completeness=weighed.fields.max(),
    )


def _ranked(values: ir.Table) -> ir.Table:
    changing = values.group_name.isin(CHANGING)
    values = values.mutate(
        news=ibis.ifelse(changing, values.first_said, values.last_said),
        news_first=ibis.ifelse(changing, values.first_said, ""),
    )
    order = [
        values.current.desc(), values.trust.desc(), values.exactness.desc(), values.news_first.desc(),
        values.voices.desc(), values.news.desc(), values.completeness.desc(), values.group_value.asc(),
    ]  # fmt: skip
    window = ibis.window(group_by=["entity_id", "group_name"], order_by=order)
    return values.mutate(rank=ibis.row_number().over(window))


def _verdicts(ranked: ir.Table, weighed: ir.Table) -> ir.Table:
    first, second = ranked.filter(ranked.rank == 0), ranked.filter(ranked.rank == 1)
    both = first.left_join(second, ["entity_id", "group_name"], rname="{name}_2")
    changing = both.group_name.isin(CHANGING)
    why = ibis.cases(
        (both.group_value_2.isnull(), ONLY),
        (both.current > both.current_2, REASONS["current"]),
        (both.trust > both.trust_2, REASONS["trust"]),
        (both.exactness > both.exactness_2, REASONS["exactness"]),
        (changing & (both.first_said > both.first_said_2), REASONS["news"]),
        (both.voices > both.voices_2, REASONS["voices"]),
        (both.news > both.news_2, REASONS["news"]),
        (both.completeness > both.completeness_2, REASONS["completeness"]),
        else_=FIRST,
    )
    winner = both.select("entity_id", "group_name", winning="group_value", why=why)
    spoken = weighed.inner_join(winner, ["entity_id", "group_name"])
    wins = spoken.group_value == spoken.winning
    speaker = ibis.window(
        group_by=["entity_id", "group_name", "winning", wins],
        order_by=[
            spoken.current.desc(),
            spoken.trust.desc(),
            spoken.as_at.desc(),
            spoken.record_id,
            spoken.item,
        ],
    )
    chosen = wins & (ibis.row_number().over(speaker) == 0)
    spoken = spoken.mutate(chosen=chosen, wins=wins)
    return spoken.select(
        "entity_id", "group_name", "record_id", "item", "chosen",
        reason=ibis.cases(
            (spoken.chosen, spoken.why),
            (spoken.wins, "agrees with the chosen value"),
            else_=ibis.literal("another was chosen: ") + spoken.why,
        ),
    )  # fmt: skip
