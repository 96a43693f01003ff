"""The main job, as a list of steps: extracts in, one published picture of the place out.

Each step is a function from tables to tables, and none looks back upstream. To follow a value from its
file to `vestry show`, read this file and the module that each step names.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import ibis.expr.types as ir

from vestry.addresses.measures import area_measures
from vestry.addresses.placement import place_records
from vestry.addresses.reference import Reference, reference
from vestry.addresses.uprns import Addressed, find_uprns
from vestry.clock import Clock
from vestry.intake.loading import Loaded, load
from vestry.line import Line, line
from vestry.linkage.candidates import check_models, hashes, models_in
from vestry.linkage.known import match_tables
from vestry.linkage.linking_all import AllLinked, GoesBy, link_all
from vestry.linkage.profiles import with_units
from vestry.linkage.review.carrying import decisions_for
from vestry.linkage.sealing import Unsealed, seal
from vestry.linkage.standing_rules import standing_rules
from vestry.place import Place
from vestry.progress import Progress
from vestry.standardise.records import standardise
from vestry.stock import Stock, take_stock
from vestry.twin.assembly import assemble
from vestry.twin.found_again import records_again
from vestry.twin.manifest import Manifest, read_manifest
from vestry.twin.measuring import measure
from vestry.twin.predecessor import Predecessor, last_release, predecessor
from vestry.twin.reasons import with_reasons
from vestry.twin.register import Register, register
from vestry.twin.release import publish, release_id, write
from vestry.twin.search_index import search_tables
from vestry.twin.turning_points import TurningPoint, turning_points


@dataclass(frozen=True, slots=True, kw_only=True)
class Located:
    """What the steps up to `place` found: records with their addresses and areas, and all that later steps need."""

    loaded: Loaded
    given: ir.Table
    unsealed: Unsealed
    addressed: Addressed
    known: Reference
    records: ir.Table
    placements: ir.Table
    measures: ir.Table


@dataclass(frozen=True, slots=True, kw_only=True)
class Identified:
    """What was linked, which entity each record is of, and what each merge and split hangs on."""

    linked: AllLinked
    before: Predecessor
    named: Register
    turned: Sequence[TurningPoint]


def build(
    place: Place,
    *,
    clock: Clock,
    progress: Progress,
    threads: int | None = None,
    memory: str | None = None,
    again: bool = False,
) -> Manifest:
    """Build and publish a release, and return its manifest.

    When nothing has changed since the current release, that one is returned, unless `again`. `threads` and
    `memory` ("8GB") cap the engine. Raises any error of the steps; whatever is raised, and if this process is
    killed, the current release stays.
    """
    with place.locked(), line(place, progress, threads=threads, memory=memory) as at:
        with at.step("take stock"):
            stock = take_stock(place)
            if not again and (unchanged := _unchanged(stock, clock)):
                return unchanged
            check_models(place.models)
        found = located(at, stock)
        of = identified(at, stock, found, models=place.models, anew=again)
        with at.step("assemble"):
            twin = assemble(
                at.engine, place, list(stock.contracts.values()), found.unsealed.received, found.records,
                found.placements, of.named, of.before, at.remembered, today=stock.today,
            )  # fmt: skip
        with at.step("index"):
            index = search_tables(
                at.engine, records=found.records, members=of.named.members, **twin.searched()
            )
        with at.step("measure"):
            quality = measure(
                at.engine, found.loaded, found.given, twin.said, at.remembered, found.addressed.quality,
                today=stock.today,
            )  # fmt: skip
        with at.step("publish"):
            manifest = stock.manifest(clock)
            manifest = replace(manifest, release_id=release_id(manifest))
            tables = {
                "ledger": found.unsealed.ledger, "quarantine": found.loaded.quarantine,
                "records": found.records.order_by("record_no"),
                "links": of.linked.links, "link_evidence": of.linked.evidence, "members": of.named.members,
                "told_apart": of.linked.apart,
                "linkage_rules": standing_rules(
                    at.engine, stock.contracts, place.thresholds, place.models, of.linked.rules
                ),
                "areas": found.known.areas, "area_within": found.known.within,
                "placements": found.placements.order_by("record_no"),
                "area_measures": found.measures.union(twin.counted), "address_matches": found.addressed.matches,
                "quality": quality,
                **match_tables(
                    at.engine, of.linked.known, found.records, of.named.members, twin.entities()
                ),
                **twin.tables(manifest.release_id), **index,
            }  # fmt: skip
            written = write(at.engine, at.unfinished, tables, at.progress)
            manifest = replace(manifest, tables=written.tables, counts=written.counts, sha256=written.sha256)
        return publish(place.releases, at.unfinished, replace(manifest, steps=at.steps))


def located(at: Line, stock: Stock) -> Located:
    """The steps from what was received to records that have their addresses and areas."""
    place = stock.place
    with at.step("check"):
        loaded = load(at.engine, stock.contracts, stock.extracts, place.judged)
    with at.step("standardise"):
        standard = standardise(at.engine, loaded.received, at.remembered)
    with at.step("seal"):
        open_ = seal(at.engine, standard.records, loaded, at.remembered)
    with at.step("addresses"):
        addressed = find_uprns(
            at.engine, open_.records, open_.received, at.remembered,
            thresholds=place.thresholds, memory=place.memory, decided=stock.addresses,
        )  # fmt: skip
    with at.step("place"):
        known = reference(at.engine, open_.received, at.remembered)
        records, placements = place_records(at.engine, addressed.records, known, place.geographies)
        records = with_units(at.engine, records, stock.contracts.values())
        at.engine.forget(standard.records)
        measures = area_measures(at.engine, open_.received, known, place.geographies)
    return Located(
        loaded=loaded, given=standard.given, unsealed=open_, addressed=addressed, known=known,
        records=records, placements=placements, measures=measures,
    )  # fmt: skip


def identified(at: Line, stock: Stock, found: Located, *, models: Path, anew: bool) -> Identified:
    """The steps from records to lasting identities, with the linkage models in the folder `models`; everything linked `anew`, or
    going on from the current release."""
    place, records = stock.place, found.records
    with at.step("link"):
        decided = decisions_for(at.engine, records, stock.decisions.lines, stock.content_key)
        by = GoesBy(contracts=stock.contracts, thresholds=place.thresholds, decisions=decided, models=models)
        last = last_release(
            place.releases, stock.predecessor, stock.gone(), gazetteer_gone=stock.gazetteer_gone()
        )
        linked = link_all(at.engine, records, by, at.remembered, last=last, anew=anew)
    remarks = [f"going on from {stock.predecessor}: {', '.join(linked.went_on)}"] if linked.went_on else []
    remarks += [f"twice, once with what is gone since {stock.predecessor}"] if linked.twice else []
    if remarks:
        at.remark("; ".join(remarks))
    with at.step("identify"):
        before = predecessor(at.engine, place.releases, stock.predecessor)
        before = records_again(at.engine, before, records)
        named = register(at.engine, records, linked, before)
        turned = turning_points(at.engine, named, linked.links, before, link_from=place.thresholds.link)
        used = hashes(models_in(models))
        named = with_reasons(named, turned, decided, models=used, changed=stock.other_models(used))
    return Identified(linked=linked, before=before, named=named, turned=turned)


def _unchanged(stock: Stock, clock: Clock) -> Manifest | None:
    """The current release, if it was made from exactly what there is now."""
    if stock.predecessor is None:
        return None
    current = read_manifest(stock.place.releases / stock.predecessor)
    return current if current.inputs_digest() == stock.manifest(clock).inputs_digest() else None
