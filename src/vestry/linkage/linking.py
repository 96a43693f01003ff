"""Links and clusters of one kind: identifiers decide, scores follow, reviewers overrule."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import ibis.expr.types as ir
import pyarrow as pa

from vestry.contracts.shared_keys import SourcePart
from vestry.engines.engine import Engine
from vestry.linkage.blocks import block_keys
from vestry.linkage.companions import with_companions
from vestry.linkage.comparable import columns_read, numbered
from vestry.linkage.comparisons import DESIGNS
from vestry.linkage.decisions import Decision
from vestry.linkage.evidence import exact_evidence
from vestry.linkage.grouping import Grouping, joining
from vestry.linkage.identifiers import identifier_pairs
from vestry.linkage.keeping_apart import registers_of
from vestry.linkage.known import Known, known
from vestry.linkage.link_rows import (
    PAIR,
    identified_pairs,
    link_rows,
    profiles_apart,
    reviewed,
    written_out,
)
from vestry.linkage.profiles import addresses_beside, profiles
from vestry.linkage.rekeying import successions
from vestry.linkage.rest import rest_of, weighs_rest
from vestry.linkage.scoring import PROFILES, Scores, listed_twice, prior_bits, score, years_apart
from vestry.linkage.staying_apart import ToldApart, staying_apart
from vestry.model import kinds
from vestry.place import Thresholds
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
    which are wanted once. `known` is what one new record will be matched by; None where nothing was scored;
    which units stay `apart`, where there is something to heed of the release before (`staying_apart.APART`).
    """

    links: ir.Table
    evidence: Sequence[ir.Table]
    clusters: ir.Table
    known: Known | None = None
    apart: pa.Table | None = None


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
    beside: ir.Table | None = None,
    new_keys: ir.Table | None = None,
    told_apart: ToldApart | None = None,
) -> Linked:
    """Link every record of `kind`. `once_only` are the (source, table, part) of which none is there twice; `owners` whose key
    a part's is, where it is another's; `beside` and `new_keys` as `addresses_beside` and `successions` have them, where they
    were worked out already; `told_apart` is what there is to heed of the release before.

    Pairs from the review threshold up are in `links`; those from the link threshold up join, unless a rule of
    `clusters` keeps them apart.
    """
    if beside is None and kind == kinds.PERSON:
        beside = addresses_beside(engine, records)
    told = records.filter(records.kind == kind).select(*columns_read(kind))
    records, units, unit_of = numbered(engine, records, kind)
    registers = engine.keep(f"{kind}_registers", registers_of(records, once_only))
    if new_keys is None and kind in DESIGNS:
        new_keys = engine.keep(f"{kind}_new_keys", successions(registers))
    rekeyed = new_keys is not None and engine.count(new_keys) > 0
    at_least = lowest(thresholds, rekeyed=rekeyed)
    by_hand = engine.keep(f"{kind}_by_hand", reviewed(engine, decisions, units, kind))
    met = _met(engine, records, beside, kind, models, at_least, remembered, owners, by_hand)
    pairs = identified_pairs(met.identified, met.rest)
    if met.scored is not None:
        pairs = pairs.union(met.scored.select(*pairs.columns))
    model = models / f"{kind}.json"
    grouping = Grouping.of(
        engine, kind, records, units, registers,
        years_apart=years_apart(kind, model), decisions=decisions,
    )  # fmt: skip
    rows = link_rows(
        pairs, by_hand, registers, unit_of,
        review_from=thresholds.review, new_keys=new_keys if rekeyed else None, prior_bits=prior_bits(kind, model),
    )  # fmt: skip
    rows = engine.keep(f"{kind}_rows", rows)
    edges = grouping.edges(engine, rows, thresholds.link)
    twice = listed_twice(kind, model, lambda: grouping.learnt_twice(edges))
    apart = None
    if told_apart is not None:
        joined = joining(rows, thresholds.link)
        apart = staying_apart(engine, kind, told, units, joined, grouping.decided, told_apart)
    grouped = grouping.grouped(engine, kind, rows, edges, twice, thresholds.link, apart)
    engine.forget(rows, units, unit_of, registers, by_hand)
    return Linked(
        links=grouped.links,
        evidence=_evidence(engine, kind, grouped.links, met),
        clusters=grouped.clusters,
        known=met.known,
        apart=grouped.apart,
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class _Met:
    """Pairs that an identifier joins (`identified`), with its `field`, and what the `rest` says of them (`rest.rest_of`); pairs
    that were `scored`, of records and of their profiles, and those `scores`; and what new records are matched by. None where
    nothing is scored."""

    identified: ir.Table
    rest: ir.Table | None = None
    scored: ir.Table | None = None
    scores: Scores | None = None
    known: Known | None = None


def _evidence(engine: Engine, kind: str, links: ir.Table, met: _Met) -> list[ir.Table]:
    pieces = [exact_evidence(met.identified.semi_join(links, PAIR))]
    if met.scored is not None and met.scores is not None:
        standing = met.scored.semi_join(links, PAIR).select(*PAIR, *PROFILES)
        pieces.append(met.scores.evidence(engine, standing, f"{kind}_compared"))
        engine.forget(met.scored, met.scores.scored)
    return pieces


def lowest(thresholds: Thresholds, *, rekeyed: bool) -> float:
    """The probability from which a pair is kept, until all that speaks for it is added."""
    return BELOW_SUCCESSION if rekeyed else thresholds.review


def _met(
    engine: Engine,
    records: ir.Table,
    beside: ir.Table | None,
    kind: str,
    models: Path,
    at_least: float,
    remembered: Remembered,
    owners: Mapping[SourcePart, SourcePart] | None,
    by_hand: ir.Table,
) -> _Met:
    if kind == kinds.PROPERTY:
        of_kind = engine.keep("property_texts", records.select(*ADDRESSED, text_key="address_lines"))
        wanted = {"text_key": ("address_key", ["address_key"])}
        records = engine.keep("property_keyed", remembered.standard_forms(of_kind, wanted))
        engine.forget(of_kind)
    identified = engine.keep(f"{kind}_identified", identifier_pairs(records, kind, owners))
    if kind == kinds.PROPERTY:
        return _Met(identified=identified)
    compared, holders = profiles(engine, records, kind, remembered, beside)
    blocks, common = block_keys(engine, kind, compared, DESIGNS[kind].blocking)
    model = models / f"{kind}.json"
    scores = score(engine, compared, kind, model, blocks=blocks, at_least=at_least)
    weighed = weighs_rest(kind, model)
    rest = rest_of(engine, kind, identified, holders, compared, model) if weighed else None
    apart = profiles_apart(by_hand, holders)
    scores, movers = with_companions(engine, kind, compared, scores, apart, model, at_least=at_least)
    scored = engine.keep(f"{kind}_written_out", written_out(scores.pairs, holders))
    recipe = scores.recipe
    kept = known(engine, kind, compared, holders, records, blocks, common, recipe, movers) if recipe else None
    engine.forget(compared, holders, blocks)
    return _Met(identified=identified, rest=rest, scored=scored, scores=scores, known=kept)
