"""Which claim wins, and why: whole groups, never a street from one source and a postcode from another.

In order: said now rather than once; by the source trusted most for it; more exact. Then, for what does not
change (a birth date), by how many organisations say it, and how lately; for what does (an address), how
lately it was first said, and by how many. Last, the more complete, and the one that sorts first: a tie is
settled the same way every time.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

import ibis
import ibis.expr.types as ir

from vestry.engines.engine import Engine
from vestry.model.fields import whole_group
from vestry.twin.claims import STATEMENT, Claims

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
    "only": "it is the only value said",
    "current": "it is said now, where others have stopped saying theirs",
    "trust": "its source is trusted most for this",
    "exactness": "it is the most exact",
    "voices": "most organisations say it",
    "news": "it is the newest word",
    "completeness": "it is the most complete",
    "first": "nothing tells them apart, and it is the first in order",
}


AGREES: Final = "agrees with the chosen value"
ANOTHER: Final = "another was chosen: "


@dataclass(frozen=True, slots=True, kw_only=True)
class Chosen:
    """Claims of which it is known what wins. Nothing is worked out yet: it is many rows, of which most who ask want few."""

    claims: Claims
    verdicts: ir.Table

    def winning(self) -> ir.Table:
        """What was chosen, and all that its speaker says alike of each claim."""
        judged = self.claims.said.inner_join(self.verdicts.filter(self.verdicts.chosen), STATEMENT)
        return _told(judged, self.claims)

    def all(self) -> ir.Table:
        """Every claim with `chosen` and `reason`, in the order of entities and groups."""
        speakers = self.claims.speakers.select("record_no", "entity_no")
        judged = self.claims.said.inner_join(self.verdicts, STATEMENT).inner_join(speakers, "record_no")
        # Put in order while it is narrow: what a record says alike of all its claims is joined to it afterwards.
        ordered = judged.order_by(judged.entity_no * len(self.claims.groups) + judged.group_no)
        return _told(ordered.drop("entity_no"), self.claims)


def chosen(
    engine: Engine, claims: Claims, organisations: Mapping[str, str], trust: Mapping[str, Mapping[str, int]]
) -> Chosen:
    """What wins of `claims` and why: of each entity and group, one value.

    `organisations` is source -> organisation; `trust` source -> group or field -> 1 (least) to 9.
    """
    verdicts = _verdicts(engine, _weighed(claims, organisations, trust))
    engine.forget(claims.statements)
    return Chosen(claims=claims, verdicts=verdicts)


def _told(judged: ir.Table, claims: Claims) -> ir.Table:
    """Claims with their verdicts as the release has them: `reason` in words (of a UPRN also how it was found)."""
    joined = judged.inner_join(claims.speakers, "record_no")
    why = joined.why.cases(*REASONS.items(), else_=ibis.null("string"))
    found = (joined.field == "uprn") & joined.accuracy.notnull()
    reason = ibis.cases(
        (joined.chosen, why),
        (joined.wins, AGREES),
        else_=ibis.literal(ANOTHER) + why,
    )
    reason = ibis.ifelse(found, reason + "; " + joined.accuracy, reason)
    name = joined.group_no.cases(*claims.groups.items(), else_=ibis.null("string"))
    told = joined.mutate(reason=reason, group_name=name, item=joined.item.cast("string"))
    return told.drop(*STATEMENT[:2], "entity_no", "wins", "why")


def _weighed(
    claims: Claims, organisations: Mapping[str, str], trust: Mapping[str, Mapping[str, int]]
) -> ir.Table:
    """Every statement with its `organisation`, the `trust` in its source for this, and its `exactness`."""
    names = sorted(set(claims.groups.values()))
    rows = [
        {"source": source, "group_name": name, "trust": groups[whole_group(name)]}
        for source, groups in sorted(trust.items())
        for name in names
        if whole_group(name) in groups
    ]
    trusted = ibis.memtable(
        rows, schema=ibis.schema({"source": "string", "group_name": "string", "trust": "int64"})
    )
    sent_by = ibis.memtable(
        [{"source": s, "organisation": o} for s, o in sorted(organisations.items())],
        schema=ibis.schema({"source": "string", "organisation": "string"}),
    )
    table = claims.statements.left_join(trusted, ["source", "group_name"]).drop(
        "source_right", "group_name_right"
    )
    table = table.left_join(sent_by, "source").drop("source_right")
    return table.mutate(
        trust=table.trust.fill_null(ORDINARY_TRUST),
        exactness=table.accuracy.cases(*EXACTNESS.items(), else_=0),
        changing=table.group_name.isin(CHANGING),
    )


def _verdicts(engine: Engine, weighed: ir.Table) -> ir.Table:
    """What becomes of every statement: `STATEMENT`, `chosen`, `wins` (it says what was chosen), `why`.

    Most subjects have one value: only the others are weighed.
    """
    values = weighed.group_by("subject").aggregate(
        least=weighed.group_value.min(), most=weighed.group_value.max()
    )
    values = engine.keep("values_said", values)
    agreed = values.filter(values.least == values.most).select(
        "subject", winning="least", why=ibis.literal("only")
    )
    contested = weighed.semi_join(values.filter(values.least != values.most), "subject")
    ranked = engine.keep("values_ranked", _ranked(_values(contested)))
    winners = engine.keep("values_chosen", agreed.union(_winners(ranked)))
    spoken = weighed.inner_join(winners, "subject")
    spoken = spoken.mutate(wins=spoken.group_value == spoken.winning)
    speaker = ibis.window(
        group_by=["subject", "wins"],
        order_by=[
            spoken.current.desc(), spoken.trust.desc(), spoken.as_at.desc(), spoken.record_no, spoken.item,
        ],
    )  # fmt: skip
    first = ibis.row_number().over(speaker) == 0
    verdicts = engine.keep("verdicts", spoken.select(*STATEMENT, "wins", "why", chosen=spoken.wins & first))
    engine.forget(values, ranked, winners)
    return verdicts


def _values(weighed: ir.Table) -> ir.Table:
    """One row for each different value of a group: everything that speaks for it."""
    living = ibis.ifelse(weighed.current, weighed.valid_from, ibis.null("string"))
    return weighed.group_by("subject", "group_value").aggregate(
        changing=weighed.changing.any(),
        current=weighed.current.any().cast("int64"),
        trust=weighed.trust.max(where=weighed.current).fill_null(0),
        exactness=weighed.exactness.max(),
        voices=weighed.organisation.nunique(where=weighed.current),
        first_said=ibis.coalesce(living.max(), weighed.as_at.max()),
        last_said=weighed.as_at.max(),
        completeness=weighed.fields.max(),
    )


def _ranked(values: ir.Table) -> ir.Table:
    """The two values of each subject that stand first, by `rank` 0 and 1."""
    values = values.mutate(
        news=ibis.ifelse(values.changing, values.first_said, values.last_said),
        news_first=ibis.ifelse(values.changing, values.first_said, ""),
    )
    order = [
        values.current.desc(), values.trust.desc(), values.exactness.desc(), values.news_first.desc(),
        values.voices.desc(), values.news.desc(), values.completeness.desc(), values.group_value.asc(),
    ]  # fmt: skip
    ranked = values.mutate(rank=ibis.row_number().over(ibis.window(group_by="subject", order_by=order)))
    return ranked.filter(ranked.rank < 2)


def _winners(ranked: ir.Table) -> ir.Table:
    """`subject, winning, why`: by what the first value stands before the second."""
    first, second = ranked.filter(ranked.rank == 0), ranked.filter(ranked.rank == 1)
    both = first.inner_join(second, "subject", rname="{name}_2")
    why = ibis.cases(
        (both.current > both.current_2, "current"),
        (both.trust > both.trust_2, "trust"),
        (both.exactness > both.exactness_2, "exactness"),
        (both.changing & (both.first_said > both.first_said_2), "news"),
        (both.voices > both.voices_2, "voices"),
        (both.news > both.news_2, "news"),
        (both.completeness > both.completeness_2, "completeness"),
        else_="first",
    )
    return both.select("subject", winning="group_value", why=why)
