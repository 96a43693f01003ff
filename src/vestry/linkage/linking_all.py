"""Links people, organisations and properties: each anew, or going on from the release before, which comes to the same."""

from __future__ import annotations

import shutil
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Final

import ibis
import ibis.expr.types as ir
import pyarrow as pa
import pyarrow.compute as pc

from vestry.contracts.contract import Contract
from vestry.contracts.shared_keys import key_owners
from vestry.engines.engine import Engine
from vestry.linkage.before import Before, NewKeys, attached, basis, new_keys_told, read_before
from vestry.linkage.changed import find_changed, missing
from vestry.linkage.comparable import columns_read, comparable_of
from vestry.linkage.comparisons import DESIGNS
from vestry.linkage.decisions import Decision
from vestry.linkage.evidence import unfolded
from vestry.linkage.fingerprints import fingerprints
from vestry.linkage.going_on import WentOn, go_on
from vestry.linkage.keeping_apart import registers_of
from vestry.linkage.keys_on import view_keys
from vestry.linkage.known import Known
from vestry.linkage.link_rows import PAIR
from vestry.linkage.linking import Linked, link
from vestry.linkage.profiles import addresses_beside
from vestry.linkage.rekeying import SUCCESSIONS, successions
from vestry.linkage.relinking import OneKind
from vestry.linkage.rule_names import BASIS, NEW_KEYS
from vestry.linkage.staying_apart import APART, ToldApart
from vestry.linkage.with_gone import LastRelease, remembered_apart, with_gone
from vestry.model import kinds
from vestry.place import Thresholds
from vestry.standardise.remembered import Remembered

LINK: Final = (
    "left_record", "right_record", "probability", "weight", "rest", "decided_by", "kind", "contested", "joined",
)  # fmt: skip
FEWEST: Final = 20_000
"""Fewer records than this are linked anew, which is as quick."""
EVIDENCE: Final = ("left_record", "right_record", "field", "agreement", "weight")


@dataclass(frozen=True, slots=True, kw_only=True)
class Standing:
    """Of kinds that went on: the `clusters` that were put together anew. Every other entity of the release before stands as it
    was: all `but` these, which have a part in them, or are of records that may not be linked."""

    clusters: Mapping[str, ir.Table]
    but: pa.ChunkedArray


@dataclass(frozen=True, slots=True, kw_only=True)
class AllLinked:
    """`links` and `evidence` of every kind together, as the release has them; `clusters` by kind, and what of them is `standing`
    (None: nothing is); `known` of kinds scored; which units stay `apart`, as `told_apart` of the release.

    `fingerprints` are of all records (`record_no, fingerprint`); `rules` those that the next release needs to go on from this
    one, as rows of `linkage_rules`; `went_on` the kinds of which only what had changed was linked; `twice`: everything was,
    because something is gone that the release before had.
    """

    links: ir.Table
    evidence: ir.Table
    clusters: Mapping[str, ir.Table]
    standing: Standing | None = None
    apart: ir.Table
    known: Sequence[Known] = ()
    fingerprints: ir.Table
    rules: Sequence[Mapping[str, str | float]]
    went_on: Sequence[str] = ()
    twice: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class GoesBy:
    """What linking goes by, apart from records: contracts, thresholds, what reviewers decided, and the folder of the linkage
    models. What that lacks is trained and saved there."""

    contracts: Mapping[str, Contract]
    thresholds: Thresholds
    decisions: Sequence[Decision]
    models: Path


def link_all(
    engine: Engine,
    records: ir.Table,
    by: GoesBy,
    remembered: Remembered,
    *,
    last: LastRelease | None = None,
    anew: bool = False,
) -> AllLinked:
    """Link every record of every kind. `records` has `unit_id` and `record_no` beside the release's columns.

    Records whose contract says that they may not be linked are not compared: each of their units stands alone.
    Where nothing but records has changed since the `last` release, it is gone on from, unless everything is to be linked `anew`,
    which comes to the same. Whom records told apart in it that are gone since stays apart (`linkage.staying_apart`).
    """
    if last is None or not attached(engine, last.file):
        return _linked(engine, records, by, remembered)
    apart = ToldApart(release_id=last.release_id, remembered=remembered_apart(engine))
    read = _read(engine, records, by.contracts, attached=True)
    every = with_gone(engine, last, records, read.unlinked, missing(engine))
    if every is not None:
        if not all((by.models / f"{kind}.json").exists() for kind in DESIGNS):
            with engine.workbench():
                _linked(engine, records, by, remembered)  # models are not learnt of what is gone
        clusters = _clusters_of(engine, every, by, remembered.aside(), apart, anew=anew)
        engine.forget(every)
        apart = replace(apart, with_gone=clusters.get_name())
    still = read if every is None else None  # its tables were replaced by those of all that there was
    linked = _linked(engine, records, by, remembered, apart, still, anew=anew)
    return replace(linked, twice=every is not None)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Read:
    """Records as linking reads them: the sources that are `unlinked`, the records of all others (`comparable`), the addresses
    `beside` them (`profiles.addresses_beside`), and the fingerprints of all (`prints`)."""

    unlinked: Sequence[str]
    comparable: ir.Table
    beside: ir.Table
    prints: ir.Table


def _read(engine: Engine, records: ir.Table, contracts: Mapping[str, Contract], *, attached: bool) -> _Read:
    """Where a release is `attached`, what has changed since is found as well (`changed.find_changed`)."""
    unlinked, comparable = comparable_of(records, contracts)
    beside = addresses_beside(engine, comparable)
    prints = fingerprints(engine, records, beside)
    if attached:
        find_changed(engine, records, comparable, unlinked)
    return _Read(unlinked=unlinked, comparable=comparable, beside=beside, prints=prints)


def _clusters_of(
    engine: Engine, records: ir.Table, by: GoesBy, aside: Remembered, apart: ToldApart, *, anew: bool
) -> ir.Table:
    """The clusters of all kinds (`unit_id, cluster_id, kind`); nothing that is learnt on the way is kept."""
    with TemporaryDirectory(dir=engine.folder) as folder, engine.workbench() as bench:
        for model in by.models.glob("*.json"):
            shutil.copy(model, folder)
        linked = _linked(engine, records, replace(by, models=Path(folder)), aside, apart, anew=anew)
        found = [one.mutate(kind=ibis.literal(kind)) for kind, one in linked.clusters.items()]
        bench.leave(clusters := engine.keep("clusters_with_gone", ibis.union(*found)))
    aside.forget()
    return clusters


def _linked(
    engine: Engine,
    records: ir.Table,
    by: GoesBy,
    remembered: Remembered,
    apart: ToldApart | None = None,
    read: _Read | None = None,
    *,
    anew: bool = True,
) -> AllLinked:
    """As `link_all`, once: heeding who is told `apart` by the release that is attached, and going on from it unless `anew`. What
    was `read` of the records is not read again."""
    contracts, models = by.contracts, by.models
    read = read or _read(engine, records, contracts, attached=apart is not None)
    unlinked, comparable, beside = read.unlinked, read.comparable, read.beside
    once_only = [(c.source, t.name, p) for c in contracts.values() for t in c.tables for p in t.held_once]
    owners = key_owners(contracts.values())
    steps = _new_keys(engine, comparable, once_only)
    told = {kind: new_keys_told(engine, step) for kind, step in steps.items()}
    new_keys = sorted({one for kind in told for one in told[kind]})

    def goes_by() -> str:
        return basis(once_only, owners, unlinked, by.thresholds, models)

    before = None
    if not anew and engine.count(records) >= FEWEST:
        before = read_before(engine, goes_by(), new_keys)
    heeded = apart if apart and (len(apart.remembered) or apart.with_gone) else None
    ons = []
    for kind in kinds.RECORD_KINDS:
        of_kind = comparable.filter(comparable.kind == kind)
        ons.append(OneKind(
            kind=kind, records=of_kind, told=engine.view(f"{kind}_told", of_kind.select(*columns_read(kind))),
            thresholds=by.thresholds, decisions=by.decisions, once_only=once_only, owners=owners, models=models,
            new_keys=steps.get(kind), rekeyed=bool(told.get(kind)), told_apart=heeded,
        ))  # fmt: skip
    went = _gone_on(engine, ons, before, comparable, remembered, beside) if before else None
    gone_on = went.of_kinds if went else ()
    others = {
        on.kind: _anew(engine, on, comparable, remembered, beside) for on in ons if on.kind not in gone_on
    }
    of = went.regrouped if went else None
    name_of = records.select("record_no", "record_id")
    pieces = [piece for one in others.values() for piece in one.evidence] + list(
        went.evidence if went else ()
    )
    links = [one.links for one in others.values()] + (list(of.links.values()) if of else [])
    clusters = {kind: one.clusters for kind, one in others.items()} | dict(of.clusters if of else {})
    known = {kind: one.known for kind, one in others.items()} | dict(went.known if went else {})
    alone = engine.keep("units_alone", _alone(records, unlinked))
    return AllLinked(
        links=_union(
            [_named(one, name_of).select(*LINK) for one in links], of.standing.select(*LINK) if of else None
        ),
        evidence=_union(
            [unfolded(_named(piece, name_of)) for piece in pieces],
            _evidence_before(engine, gone_on, of.dropped) if of else None,
        ),
        apart=_apart(
            engine,
            heeded,
            records,
            {kind: one.apart for kind, one in others.items()} | dict(of.apart if of else {}),
        ),
        clusters=_beside(clusters, alone),
        standing=Standing(clusters=_beside({kind: of.these.get(kind) for kind in gone_on}, alone), but=of.but)
        if of
        else None,
        known=[k for kind in kinds.RECORD_KINDS if (k := known.get(kind)) is not None],
        fingerprints=read.prints,
        rules=_rules(goes_by(), new_keys),
        went_on=list(gone_on),
    )


def _apart(
    engine: Engine, apart: ToldApart | None, records: ir.Table, found: Mapping[str, pa.Table | None]
) -> ir.Table:
    """What was `found` of the kinds that were put together; of others, what is remembered. Of units that are there still."""
    remembered = apart.remembered if apart else APART.empty_table()
    of_others = pc.invert(pc.is_in(remembered["kind"], value_set=pa.array(list(found), pa.string())))
    told = [one for one in found.values() if one is not None]
    every = engine.bring("told_apart", pa.concat_tables([remembered.filter(of_others), *told]))
    for side in ("left_unit", "right_unit"):
        every = every.semi_join(records.select(**{side: "unit_id"}), side)
    return every


def _union(tables: Sequence[ir.Table], more: ir.Table | None) -> ir.Table:
    return ibis.union(*tables, *(() if more is None else (more,)))


def _new_keys(
    engine: Engine, comparable: ir.Table, once_only: Collection[tuple[str, str, str]]
) -> dict[str, ir.Table]:
    """By kind that is scored as `rekeying.successions`. A source that lists all its records still has ended no key."""
    ended = engine.fetch(
        comparable.filter(~comparable.listed).select("source", "kind").distinct()
    ).to_pylist()
    found = {}
    for kind in DESIGNS:
        sources = {row["source"] for row in ended if row["kind"] == kind}
        some = [one for one in once_only if one[0] in sources]
        of_kind = comparable.filter(comparable.kind == kind)
        if not some:
            found[kind] = engine.bring(f"{kind}_new_keys", SUCCESSIONS.to_pyarrow().empty_table())
            continue
        registers = engine.keep(f"{kind}_spans", registers_of(of_kind, some, "unit_id"))
        found[kind] = engine.keep(f"{kind}_new_keys", successions(registers))
        engine.forget(registers)
    return found


def _gone_on(
    engine: Engine,
    ons: Sequence[OneKind],
    before: Before,
    comparable: ir.Table,
    remembered: Remembered,
    beside: ir.Table,
) -> WentOn | None:
    """What comes of the kinds that can go on from the release `before`; None: none can."""
    view_keys(engine)
    columns = dict.fromkeys(column for on in ons for column in columns_read(on.kind))
    told = engine.view("all_told", comparable.select(*columns))
    return go_on(engine, ons, before, told, remembered, beside)


def _anew(
    engine: Engine, on: OneKind, comparable: ir.Table, remembered: Remembered, beside: ir.Table
) -> Linked:
    with engine.workbench() as bench:
        linked = link(
            engine,
            comparable,
            on.kind,
            models=on.models,
            thresholds=on.thresholds,
            decisions=on.decisions,
            once_only=on.once_only,
            remembered=remembered,
            owners=on.owners,
            beside=beside,
            new_keys=on.new_keys,
            told_apart=on.told_apart,
        )
        bench.leave(linked.links, linked.clusters, *linked.evidence)
        if (known := linked.known) is not None:
            bench.leave(known.profiles, known.keys, known.common, known.holders, known.shares)
            if known.movers is not None:
                bench.leave(known.movers)
    return linked


def _evidence_before(engine: Engine, went: Sequence[str], dropped: ir.Table) -> ir.Table:
    """The evidence of the release before that stands: of the kinds that `went` on, but for rows that were replaced."""
    sides = ["left_record", "right_record"]
    links = engine.table("before_links")
    if set(went) != set(kinds.RECORD_KINDS):
        dropped = dropped.union(links.filter(links.kind.notin(list(went))).select(*sides))
    return engine.table("before_link_evidence").anti_join(dropped, sides).select(*EVIDENCE)


def _rules(goes_by: str, new_keys: Sequence[NewKeys]) -> list[Mapping[str, str | float]]:
    told: list[Mapping[str, str | float]] = [{"rule": BASIS, "model": goes_by}]
    told += [
        {"rule": NEW_KEYS, "source": source, "table_name": table, "about": when, "value": bits}
        for source, table, when, bits in new_keys
    ]
    return told


def _named(pairs: ir.Table, name_of: ir.Table) -> ir.Table:
    """`pairs` with `left_record, right_record` in place of `PAIR`."""
    left = name_of.rename(left_no="record_no", left_record="record_id")
    right = name_of.rename(right_no="record_no", right_record="record_id")
    both = pairs.inner_join(left, "left_no").inner_join(right, "right_no").drop(*PAIR)
    return both.relocate("left_record", "right_record")


def _beside(clusters: Mapping[str, ir.Table | None], alone: ir.Table) -> dict[str, ir.Table]:
    """`clusters` by kind, and those of units that stand alone."""
    found = {}
    for kind, one in clusters.items():
        of_kind = alone.filter(alone.kind == kind).drop("kind")
        found[kind] = of_kind if one is None else one.union(of_kind)
    return found


def _alone(records: ir.Table, unlinked: Collection[str]) -> ir.Table:
    """Units of sources that may not be linked: each its own entity, whatever it looks like."""
    apart = records.filter(records.source.isin(unlinked)) if unlinked else records.filter(ibis.literal(False))
    return apart.select("unit_id", cluster_id="unit_id", kind="kind").distinct()
