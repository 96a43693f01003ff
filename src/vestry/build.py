"""The main job, as a list of steps: extracts in, one published picture of the place out.

Each step is a function from tables to tables, and none looks back upstream. To follow a value from its
file to `vestry show`, read this file and the module that each step names.
"""

from __future__ import annotations

from dataclasses import replace

from vestry.addresses.measures import area_measures
from vestry.addresses.placement import place_records
from vestry.addresses.reference import reference
from vestry.addresses.uprns import find_uprns
from vestry.clock import Clock
from vestry.intake.loading import load
from vestry.line import line
from vestry.linkage.known import match_tables
from vestry.linkage.linking import link_all
from vestry.linkage.profiles import with_units
from vestry.linkage.review.carrying import decisions_for
from vestry.linkage.sealing import seal
from vestry.linkage.standing_rules import standing_rules
from vestry.place import Place
from vestry.progress import Progress
from vestry.standardise.records import standardise
from vestry.stock import Stock, take_stock
from vestry.twin.assembly import assemble
from vestry.twin.manifest import Manifest, read_manifest
from vestry.twin.measuring import measure
from vestry.twin.predecessor import predecessor
from vestry.twin.register import register
from vestry.twin.release import publish, release_id, write


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
        with at.step("check"):
            loaded = load(at.engine, stock.contracts, stock.extracts, place.judged)
        with at.step("standardise"):
            standard = standardise(at.engine, loaded.received, at.remembered)
        with at.step("seal"):
            open_ = seal(at.engine, standard.records, loaded, at.remembered)
        with at.step("addresses"):
            addressed = find_uprns(
                at.engine, open_.records, open_.received, at.remembered,
                thresholds=place.thresholds, memory=place.memory,
            )  # fmt: skip
        with at.step("place"):
            known = reference(at.engine, open_.received, at.remembered)
            records, placements = place_records(at.engine, addressed.records, known, place.geographies)
            records = with_units(at.engine, records, stock.contracts.values())
            at.engine.forget(standard.records)
            measures = area_measures(at.engine, open_.received, known, place.geographies)
        with at.step("link"):
            decided = decisions_for(at.engine, records, stock.decisions.lines, stock.content_key)
            linked = link_all(at.engine, records, stock.contracts, place, decided, at.remembered)
        with at.step("identify"):
            before = predecessor(at.engine, place.releases, stock.predecessor)
            named = register(at.engine, records, linked.clusters, before)
        with at.step("assemble"):
            twin = assemble(
                at.engine, place, list(stock.contracts.values()), open_.received, records, placements, named, before,
                at.remembered, today=stock.today,
            )  # fmt: skip
        with at.step("measure"):
            quality = measure(
                at.engine, loaded, standard.given, twin.said, at.remembered, addressed.quality,
                today=stock.today,
            )  # fmt: skip
        with at.step("publish"):
            manifest = stock.manifest(clock)
            manifest = replace(manifest, release_id=release_id(manifest))
            tables = {
                "ledger": open_.ledger, "quarantine": loaded.quarantine,
                "records": records.order_by("record_no"),
                "links": linked.links, "link_evidence": linked.evidence, "members": named.members,
                "linkage_rules": standing_rules(
                    at.engine, stock.contracts, place.thresholds, place.models
                ),
                "areas": known.areas, "area_within": known.within,
                "placements": placements.order_by("record_no"),
                "area_measures": measures.union(twin.counted), "address_matches": addressed.matches,
                "quality": quality,
                **match_tables(at.engine, linked.known, records, named.members, twin.entities()),
                **twin.tables(manifest.release_id),
            }  # fmt: skip
            written, counted = write(at.engine, at.unfinished, tables)
            manifest = replace(manifest, tables=written, counts=counted)
        return publish(place.releases, at.unfinished, replace(manifest, steps=at.steps))


def _unchanged(stock: Stock, clock: Clock) -> Manifest | None:
    """The current release, if it was made from exactly what there is now."""
    if stock.predecessor is None:
        return None
    current = read_manifest(stock.place.releases / stock.predecessor)
    return current if current.inputs_digest() == stock.manifest(clock).inputs_digest() else None
