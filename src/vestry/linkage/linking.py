"""Links and clusters of one kind: identifiers decide, scores follow, reviewers overrule.

Profiles that only one unit holds stand for that unit. A profile that a few units hold is written out unit by
unit; one that many hold is joined round its first unit, and only if its two copies scored as one entity.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import ibis
import ibis.expr.types as ir
import pyarrow as pa
import pyarrow.compute as pc

from vestry.contracts.contract import Contract
from vestry.contracts.shared_keys import SourcePart, key_owners
from vestry.engines.engine import Engine
from vestry.linkage.blocks import block_keys
from vestry.linkage.clusters import (
    BY_IDENTIFIER,
    BY_MODEL,
    BY_REPEAT,
    BY_REVIEWER,
    EDGES,
    STRENGTH,
    RuleTables,
    clusters_of,
)
from vestry.linkage.comparable import comparable_of, numbered
from vestry.linkage.comparisons import DESIGNS
from vestry.linkage.decisions import Decision, decided_apart
from vestry.linkage.evidence import Compared, folded, unfolded
from vestry.linkage.identifiers import identifier_pairs
from vestry.linkage.keeping_apart import born, contested, held, numbers, registers_of
from vestry.linkage.known import Known, known
from vestry.linkage.profiles import addresses_beside, profiles
from vestry.linkage.rekeying import successions, with_successions
from vestry.linkage.scoring import PROFILES, Scores, prior_bits, score, years_apart
from vestry.model import kinds
from vestry.place import Place, Thresholds
from vestry.standardise.remembered import Remembered

WRITTEN_OUT: Final = 6
"""Up to so many units of one profile, every pair of units is written out."""

BELOW_SUCCESSION: Final = 0.002
"""Where a register was re-keyed, pairs are kept from here on, until what that tells is added."""

ADDRESSED: Final = (
    "record_no", "unit_no", "uprn", "uprn_agrees", "address_lines", "postcode", "birth_date",
)  # fmt: skip
"""Columns of `records` by which properties are told to be one."""

PAIR: Final = ["left_no", "right_no"]
"""Two records by their numbers, the one that sorts first on the left."""
LINKS = ibis.schema(
    {"left_no": "int64", "right_no": "int64", "probability": "float64", "weight": "float64"}
    | dict.fromkeys(("decided_by", "kind"), "string")
    | {"contested": "boolean"}
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Linked:
    """`links` (as `LINKS`), `evidence` for each, and `clusters`: `unit_id, cluster_id`.

    The evidence has `PAIR, field, agreement, weight`, in pieces that are not worked out yet: all of it is many rows,
    which are wanted once. `known` is what one new record will be matched by; None where nothing was scored.
    """

    links: ir.Table
    evidence: Sequence[ir.Table]
    clusters: ir.Table
    known: Known | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class AllLinked:
    """`links` and `evidence` of every kind together, as the release has them; `clusters` by kind; `known` of kinds scored."""

    links: ir.Table
    evidence: ir.Table
    clusters: Mapping[str, ir.Table]
    known: Sequence[Known] = ()


def link_all(
    engine: Engine,
    records: ir.Table,
    contracts: Mapping[str, Contract],
    place: Place,
    decisions: Sequence[Decision],
    remembered: Remembered,
    *,
    models: Path,
) -> AllLinked:
    """Link people, organisations and properties. `records` has `unit_id` and `record_no` beside the release's columns.

    `models` is the folder of the linkage models; what it lacks is trained and saved there.
    Records whose contract says that they may not be linked are not compared: each of their units stands alone.
    """
    once_only = [(c.source, t.name, p) for c in contracts.values() for t in c.tables for p in t.held_once]
    unlinked, comparable = comparable_of(records, contracts)
    owners = key_owners(contracts.values())
    found: dict[str, Linked] = {}
    for kind in kinds.RECORD_KINDS:
        with engine.workbench() as bench:
            linked = found[kind] = link(
                engine,
                comparable,
                kind,
                models=models,
                thresholds=place.thresholds,
                decisions=decisions,
                once_only=once_only,
                remembered=remembered,
                owners=owners,
            )
            bench.leave(linked.links, linked.clusters, *linked.evidence)
            if linked.known is not None:
                bench.leave(linked.known.profiles, linked.known.holders, linked.known.shares)
    alone = engine.keep("units_alone", _alone(records, unlinked))
    name_of = records.select("record_no", "record_id")
    return AllLinked(
        links=_named(ibis.union(*(f.links for f in found.values())), name_of),
        evidence=ibis.union(
            *(unfolded(_named(piece, name_of)) for f in found.values() for piece in f.evidence)
        ),
        clusters={
            kind: f.clusters.union(alone.filter(alone.kind == kind).drop("kind")) for kind, f in found.items()
        },
        known=[f.known for f in found.values() if f.known is not None],
    )


def _named(pairs: ir.Table, name_of: ir.Table) -> ir.Table:
    """`pairs` with `left_record, right_record` in place of `PAIR`."""
    left = name_of.rename(left_no="record_no", left_record="record_id")
    right = name_of.rename(right_no="record_no", right_record="record_id")
    both = pairs.inner_join(left, "left_no").inner_join(right, "right_no").drop(*PAIR)
    return both.relocate("left_record", "right_record")


def _alone(records: ir.Table, unlinked: Collection[str]) -> ir.Table:
    """Units of sources that may not be linked: each its own entity, whatever it looks like."""
    apart = records.filter(records.source.isin(unlinked)) if unlinked else records.filter(ibis.literal(False))
    return apart.select("unit_id", cluster_id="unit_id", kind="kind").distinct()


def link(
    engine: Engine,
    records: ir.Table,
    kind: str,
    *,
    models: Path,
    thresholds: Thresholds,
    decisions: Sequence[Decision],
    once_only: Collection[tuple[str, str, str]],
    remembered: Remembered,
    owners: Mapping[SourcePart, SourcePart] | None = None,
) -> Linked:
    """Link every record of `kind`. `once_only` are the (source, table, part) of which none is there twice; `owners` whose key
    a part's is, where it is another's.

    Pairs from the review threshold up are in `links`; those from the link threshold up join, unless a rule of
    `clusters` keeps them apart.
    """
    beside = addresses_beside(engine, records, kind)
    records, units, unit_of = numbered(engine, records, kind)
    registers = engine.keep(f"{kind}_registers", registers_of(records, once_only))
    identified, written_out, scores, kept = _pairs(
        engine, records, beside, kind, models, thresholds, registers, remembered, owners
    )
    pairs = identified.select(*PAIR).distinct()
    pairs = pairs.mutate(
        probability=ibis.literal(1.0), weight=ibis.null("float64"), decided_by=ibis.literal(BY_IDENTIFIER)
    )
    if written_out is not None:
        pairs = pairs.union(written_out.drop(*PROFILES))
    pairs = pairs.inner_join(unit_of.rename(left_unit="unit_no", left_no="record_no"), "left_no")
    pairs = pairs.inner_join(unit_of.rename(right_unit="unit_no", right_no="record_no"), "right_no")
    pairs = pairs.filter(pairs.left_unit != pairs.right_unit)
    if kind != kinds.PROPERTY:
        pairs = with_successions(pairs, registers, prior_bits=prior_bits(kind, models / f"{kind}.json"))
    pairs = _possible(pairs, registers)
    pairs = engine.keep(f"{kind}_unit_pairs", pairs.filter(pairs.probability >= thresholds.review))
    joining = pairs.filter((pairs.decided_by == BY_IDENTIFIER) | (pairs.probability >= thresholds.link))
    joining = joining.select(
        "decided_by", "probability", "weight", left=joining.left_unit, right=joining.right_unit
    )
    names = engine.fetch(units.select("unit_id", "unit_no").order_by("unit_no"))["unit_id"].combine_chunks()
    decided = _of_units(decisions, names)
    edges = pa.concat_tables([engine.fetch(joining).select(EDGES.names).cast(EDGES), _joined(decided, names)])
    rules = RuleTables(
        numbers=numbers(engine, records, kind),
        born=born(engine, records, years_apart(kind, models / f"{kind}.json")),
        held=held(engine, registers),
        apart=_apart(decided, names),
    )
    against = pa.array(contested(engine, edges, rules, len(names), records, thresholds.link))
    first = pa.array(clusters_of(len(names), edges.filter(pc.invert(against)), rules))
    found = pa.table({"unit_id": names, "cluster_id": names.take(first)})
    by_hand = _reviewed(engine, decided, units, kind)
    links = _told(engine, pairs, edges.filter(against), kind)
    links = engine.keep(f"{kind}_links", _one_row_each(links.cast(LINKS).union(by_hand)))
    engine.forget(pairs, units, unit_of, registers)
    return Linked(
        links=links,
        evidence=_evidence(engine, kind, links, identified, written_out, scores),
        clusters=engine.bring(f"{kind}_clusters", found),
        known=kept,
    )


def _told(engine: Engine, pairs: ir.Table, contested_: pa.Table, kind: str) -> ir.Table:
    """`pairs` as `LINKS`, those that are contested marked."""
    sides = contested_.select(["left", "right"]).rename_columns(["left_unit", "right_unit"])
    marked = engine.bring(f"{kind}_contested", sides).distinct().mutate(marked=ibis.literal(True))
    told = pairs.left_join(marked, ["left_unit", "right_unit"])
    scored = pairs.decided_by.isin([BY_MODEL, BY_REPEAT])
    return told.select(
        *PAIR, "probability", "weight", "decided_by", kind=ibis.literal(kind),
        contested=scored & told.marked.fill_null(False),
    ).cast(LINKS)  # fmt: skip


def _evidence(
    engine: Engine,
    kind: str,
    links: ir.Table,
    identified: ir.Table,
    written_out: ir.Table | None,
    scores: Scores | None,
) -> list[ir.Table]:
    pieces = [_exact(identified.semi_join(links, PAIR))]
    if written_out is not None and scores is not None:
        standing = written_out.semi_join(links, PAIR).select(*PAIR, *PROFILES)
        pieces.append(scores.evidence(engine, standing, f"{kind}_compared"))
        engine.forget(written_out, scores.scored)
    return pieces


def _exact(identified: ir.Table) -> ir.Table:
    by_number = Compared(field=identified.field, agreement=ibis.literal("exact"), weight=ibis.null("float64"))
    return folded(identified, PAIR, [by_number])


def _pairs(
    engine: Engine,
    records: ir.Table,
    beside: ir.Table | None,
    kind: str,
    models: Path,
    thresholds: Thresholds,
    registers: ir.Table,
    remembered: Remembered,
    owners: Mapping[SourcePart, SourcePart] | None,
) -> tuple[ir.Table, ir.Table | None, Scores | None, Known | None]:
    """(identified, written out, scores, known): pairs that an identifier joins, with its `field`; pairs that were scored,
    of records and of their profiles; those scores, None where nothing is scored; and what new records are matched by.
    """
    if kind == kinds.PROPERTY:
        of_kind = engine.keep("property_texts", records.select(*ADDRESSED, text_key="address_lines"))
        wanted = {"text_key": ("address_key", ["address_key"])}
        records = engine.keep("property_keyed", remembered.standard_forms(of_kind, wanted))
        engine.forget(of_kind)
    identified = engine.keep(f"{kind}_identified", identifier_pairs(records, kind, owners))
    if kind == kinds.PROPERTY:
        return identified, None, None, None
    compared, holders = profiles(engine, records, kind, remembered, beside)
    rekeyed = engine.count(successions(registers)) > 0
    at_least = BELOW_SUCCESSION if rekeyed else thresholds.review
    blocks = block_keys(engine, kind, compared, DESIGNS[kind].blocking)
    scores = score(engine, compared, kind, models / f"{kind}.json", blocks=blocks, at_least=at_least)
    written_out = engine.keep(f"{kind}_written_out", _written_out(scores.pairs, holders))
    kept = known(engine, kind, compared, holders, records, blocks, scores.recipe) if scores.recipe else None
    engine.forget(compared, holders, blocks)
    return identified, written_out, scores, kept


def _written_out(pairs: ir.Table, holders: ir.Table) -> ir.Table:
    """Pairs of profiles as pairs of records, as the module's head says."""
    one_each = holders.group_by("profile_no", "unit_no").aggregate(record_no=holders.record_no.max())
    one_each = one_each.drop("unit_no")
    within = ibis.window(group_by="profile_no")
    one_each = one_each.mutate(
        units=one_each.count().over(within), first=one_each.record_no == one_each.record_no.min().over(within)
    )
    few = one_each.filter((one_each.units <= WRITTEN_OUT) | one_each.first)
    left = few.rename(left_profile="profile_no", left_no="record_no").drop("first", "units")
    right = one_each.rename(right_profile="profile_no", right_no="record_no")
    repeats = pairs.filter(pairs.left_profile == pairs.right_profile)
    others = pairs.filter(pairs.left_profile != pairs.right_profile)
    alike = repeats.inner_join(left, "left_profile").inner_join(right, "right_profile")
    alike = alike.filter(alike.left_no < alike.right_no).mutate(decided_by=ibis.literal(BY_REPEAT))
    apart = others.inner_join(left, "left_profile").inner_join(right, "right_profile")
    apart = apart.filter((apart.units <= WRITTEN_OUT) | apart.first).mutate(decided_by=ibis.literal(BY_MODEL))
    both = alike.union(apart.select(*alike.columns))
    return both.select(
        "left_profile", "right_profile",
        left_no=ibis.least(both.left_no, both.right_no), right_no=ibis.greatest(both.left_no, both.right_no),
        probability="probability", weight="weight", decided_by="decided_by",
    )  # fmt: skip


def _possible(pairs: ir.Table, registers: ir.Table) -> ir.Table:
    """Without pairs that a register holding each thing once lists side by side: they are two by its own word."""
    left = registers.rename(
        left_unit="unit_no", s1="source", t1="table_name", f1="first_as_at", l1="last_as_at"
    )
    right = registers.rename(
        right_unit="unit_no", s2="source", t2="table_name", f2="first_as_at", l2="last_as_at"
    )
    both = pairs.left_join(left, "left_unit").drop("left_unit_right")
    both = both.left_join(right, "right_unit").drop("right_unit_right")
    side_by_side = (both.s1 == both.s2) & (both.t1 == both.t2) & (both.f1 <= both.l2) & (both.f2 <= both.l1)
    return both.filter(~side_by_side.fill_null(False) | (both.decided_by == BY_IDENTIFIER)).select(
        *pairs.columns
    )


def _of_units(decisions: Sequence[Decision], units: pa.Array) -> list[Decision]:
    """Decisions on pairs of which both are here."""
    if not decisions:
        return []
    sides = [
        pa.array([getattr(d, side) for d in decisions], pa.string()) for side in ("left_unit", "right_unit")
    ]
    here = pc.and_(*(pc.is_in(side, value_set=units) for side in sides))
    return [d for d, known in zip(decisions, here.to_pylist(), strict=True) if known]


def _joined(decisions: Sequence[Decision], units: pa.Array) -> pa.Table:
    """The pairs that reviewers said are one, as `EDGES`."""
    left, right = _numbered([(d.left_unit, d.right_unit) for d in decisions if d.same], units)
    said = (pa.repeat(pa.scalar(value), len(left)) for value in (BY_REVIEWER, 1.0, 0.0))
    return pa.table([left, right, *said], names=EDGES.names).cast(EDGES)


def _apart(decisions: Sequence[Decision], units: pa.Array) -> frozenset[tuple[int, int]]:
    """The pairs that reviewers said are two, each in both orders."""
    left, right = _numbered(sorted(decided_apart(decisions)), units)
    return frozenset(zip(left.to_pylist(), right.to_pylist(), strict=True))


def _numbered(pairs: Sequence[tuple[str, str]], units: pa.Array) -> tuple[pa.Array, pa.Array]:
    """The numbers of both units of each pair."""
    if not pairs:
        return pa.array([], pa.int64()), pa.array([], pa.int64())
    left, right = (pa.array([pair[side] for pair in pairs], pa.string()) for side in (0, 1))
    return pc.index_in(left, value_set=units), pc.index_in(right, value_set=units)


def _one_row_each(links: ir.Table) -> ir.Table:
    """One row for each pair: whoever has the last word decides it, and the model's evidence is kept beside."""
    standing = links.decided_by.cases(*STRENGTH.items(), else_=len(STRENGTH))
    pair = [*PAIR, "kind"]
    ranked = links.mutate(standing=standing)
    found = ranked.group_by(pair).aggregate(
        probability=ranked.probability.argmin(ranked.standing),
        weight=ranked.weight.max(),
        decided_by=ranked.decided_by.argmin(ranked.standing),
        contested=ranked.contested.max(),
    )
    return found.select(*LINKS.names)


def _reviewed(engine: Engine, decided: Sequence[Decision], units: ir.Table, kind: str) -> ir.Table:
    said = pa.table(
        {
            "left_unit": pa.array([d.left_unit for d in decided], pa.string()),
            "right_unit": pa.array([d.right_unit for d in decided], pa.string()),
            "probability": pa.array([1.0 if d.same else 0.0 for d in decided], pa.float64()),
        }
    )
    table = engine.bring(f"{kind}_decided", said)
    record = units.select("unit_id", "record_no")
    joined = table.inner_join(record.rename(left_unit="unit_id", left_no="record_no"), "left_unit")
    joined = joined.inner_join(record.rename(right_unit="unit_id", right_no="record_no"), "right_unit")
    return joined.select(
        left_no=ibis.least(joined.left_no, joined.right_no),
        right_no=ibis.greatest(joined.left_no, joined.right_no),
        probability="probability", weight=ibis.null("float64"),
        decided_by=ibis.literal(BY_REVIEWER), kind=ibis.literal(kind), contested=ibis.literal(False),
    ).cast(LINKS)  # fmt: skip
