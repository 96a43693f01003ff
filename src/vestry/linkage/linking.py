"""Links and clusters of one kind: identifiers decide, scores follow, reviewers overrule."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import ibis
import ibis.expr.types as ir

from vestry.contracts.contract import Contract
from vestry.contracts.shared_keys import SourcePart, key_owners
from vestry.engines.engine import Engine
from vestry.linkage.blocks import block_keys
from vestry.linkage.comparable import comparable_of, numbered
from vestry.linkage.comparisons import DESIGNS
from vestry.linkage.decisions import Decision
from vestry.linkage.evidence import Compared, folded, unfolded
from vestry.linkage.grouping import Grouping
from vestry.linkage.identifiers import identifier_pairs
from vestry.linkage.keeping_apart import latest_of_lists, registers_of
from vestry.linkage.known import Known, known
from vestry.linkage.link_rows import PAIR, identified_pairs, link_rows, reviewed, written_out
from vestry.linkage.profiles import addresses_beside, profiles
from vestry.linkage.rekeying import successions
from vestry.linkage.scoring import PROFILES, Scores, listed_twice, prior_bits, score, years_apart
from vestry.model import kinds
from vestry.place import Place, Thresholds
from vestry.standardise.remembered import Remembered

BELOW_SUCCESSION: Final = 0.002
"""Where a register was re-keyed, pairs are kept from here on, until what that tells is added."""

ADDRESSED: Final = (
    "record_no", "unit_no", "uprn", "uprn_agrees", "address_lines", "postcode", "birth_date",
)  # fmt: skip
"""Columns of `records` by which properties are told to be one."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Linked:
    """`links` (as `grouping.LINKS`), `evidence` for each, and `clusters`: `unit_id, cluster_id`.

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
    identified, scored, scores, kept = _pairs(
        engine, records, beside, kind, models, thresholds, registers, remembered, owners
    )
    pairs = identified_pairs(identified)
    if scored is not None:
        pairs = pairs.union(scored.select(*pairs.columns))
    model = models / f"{kind}.json"
    latest = engine.keep(f"{kind}_latest", latest_of_lists(records))
    grouping = Grouping.of(
        engine, kind, records, units, registers,
        years_apart=years_apart(kind, model), decisions=decisions, latest=latest,
    )  # fmt: skip
    rows = link_rows(
        pairs, reviewed(engine, grouping.decided, units, kind), registers, unit_of,
        review_from=thresholds.review,
        prior_bits=None if kind == kinds.PROPERTY else prior_bits(kind, model),
    )  # fmt: skip
    rows = engine.keep(f"{kind}_rows", rows)
    edges = grouping.edges(engine, rows, thresholds.link)
    twice = listed_twice(kind, model, lambda: grouping.learnt_twice(edges))
    grouped = grouping.grouped(engine, kind, rows, edges, twice, thresholds.link)
    engine.forget(rows, units, unit_of, registers, latest)
    return Linked(
        links=grouped.links,
        evidence=_evidence(engine, kind, grouped.links, identified, scored, scores),
        clusters=grouped.clusters,
        known=kept,
    )


def _evidence(
    engine: Engine,
    kind: str,
    links: ir.Table,
    identified: ir.Table,
    scored: ir.Table | None,
    scores: Scores | None,
) -> list[ir.Table]:
    pieces = [_exact(identified.semi_join(links, PAIR))]
    if scored is not None and scores is not None:
        standing = scored.semi_join(links, PAIR).select(*PAIR, *PROFILES)
        pieces.append(scores.evidence(engine, standing, f"{kind}_compared"))
        engine.forget(scored, scores.scored)
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
    scored = engine.keep(f"{kind}_written_out", written_out(scores.pairs, holders))
    kept = known(engine, kind, compared, holders, records, blocks, scores.recipe) if scores.recipe else None
    engine.forget(compared, holders, blocks)
    return identified, scored, scores, kept
