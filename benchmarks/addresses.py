"""How well, and how fast, addresses find their UPRN: against the truth, and against the library alone.

    python benchmarks/addresses.py PLACE_FOLDER [--spoilt N]

Takes the place as it was received (or receives what is in `incoming/` first). Prints how many distinct texts there
are and how many are left after the exact pass; precision and recall of the records, where `truth/addresses.csv`
tells; the same for N texts made from the gazetteer's own addresses and spoilt as people spoil them, with one property
in thirty taken out of the gazetteer; and texts a second for the library alone on every record's text, for a first
build and for a rebuild.
"""

from __future__ import annotations

import argparse
import csv
import json
import logging
import shutil
import tempfile
import time
from collections.abc import Sequence
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

import ibis
import ibis.expr.types as ir
import pyarrow as pa
from spoilt_addresses import WAYS, Text, spoil
from uk_address_matcher import AddressMatcher

from vestry.addresses.gazetteer import PIECES, gazetteer_parts, read_gazetteer
from vestry.addresses.matching import text_id
from vestry.addresses.uprns import Addressed, find_uprns
from vestry.clock import SystemClock
from vestry.contracts.reading import read_contracts
from vestry.engines.duckdb import DuckDBEngine
from vestry.engines.engine import Engine
from vestry.intake.loading import Received, load
from vestry.intake.receive import receive
from vestry.intake.store import extracts
from vestry.model.fields import record_columns
from vestry.place import Place, Thresholds, open_place
from vestry.standardise.records import standardise
from vestry.standardise.remembered import Remembered

logging.getLogger("uk_address_matcher").setLevel(logging.ERROR)

HELD_OUT = 30


def without(received: Sequence[Received], held: set[str]) -> list[Received]:
    """The gazetteer without some UPRNs."""
    mended = []
    for r in received:
        named = [c.name for c in r.table.columns for t in c.targets if t.field == "uprn"]
        if any(p.kind.startswith("gazetteer") for p in r.table.parts) and named:
            r = replace(r, rows=r.rows.filter(~r.rows[named[0]].isin(sorted(held))))
        mended.append(r)
    return mended


def as_records(engine: Engine, texts: Sequence[Text]) -> ir.Table:
    """Spoilt texts as records that bring no UPRN, in standard form as a build would have them."""
    raw = engine.bring(
        "spoilt",
        pa.table(
            {
                "record_id": [str(n) for n in range(len(texts))],
                "said_lines": pa.array([t.lines for t in texts], pa.string()),
                "said_postcode": pa.array([t.postcode or None for t in texts], pa.string()),
            }
        ),
    )
    standard = Remembered(engine, None).standard_forms(
        raw, {"said_lines": ("address_lines", ["address_lines"]), "said_postcode": ("postcode", ["postcode"])}
    )
    nothing = {c: ibis.null("string") for c in record_columns() if c not in standard.columns}
    made = standard.mutate(
        source=ibis.literal("spoilt"), table_name=ibis.literal("texts"), current=True, kind=ibis.literal("property"),
        **nothing,
    )  # fmt: skip
    return engine.keep("spoilt_records", made)


def score(pairs: Sequence[tuple[str, str]]) -> str:
    """Precision and recall of (true, found) UPRNs, "" for none."""
    right = sum(t == f and bool(f) for t, f in pairs)
    found, there = sum(bool(f) for _, f in pairs), sum(bool(t) for t, _ in pairs)
    precision = f"{right / found:.4f}" if found else "-"
    recall = f"{right / there:.4f}" if there else "-"
    return f"{len(pairs):>8,}  {precision:>9}  {recall:>7}  {right:>8,}  {found - right:>6,}  {there - right:>7,}"


HEAD = f"{'':<30}{'texts':>8}  {'precision':>9}  {'recall':>7}  {'right':>8}  {'wrong':>6}  {'missed':>7}"


def spoilt(engine: Engine, received: Sequence[Received], many: int, thresholds: Thresholds) -> None:
    """Print precision and recall for texts made from the gazetteer."""
    gazetteer = read_gazetteer(engine, received, Remembered(engine, None))
    live = gazetteer.addresses.filter(gazetteer.addresses.status == "approved")
    live = live.filter(live.organisation.isnull() & live.street.notnull() & live.postcode.notnull())
    order = ["uprn", "text"]
    addresses = engine.fetch(
        live.select("uprn", "text", "postcode", *PIECES).distinct().order_by(order)
    ).to_pylist()
    lived = engine.fetch(gazetteer.properties.select("uprn", "parent_uprn").order_by("uprn")).to_pylist()
    parents = {r["uprn"]: r["parent_uprn"] for r in lived if r["parent_uprn"]}
    buildings = set(parents.values())
    own = [a for a in addresses if a["uprn"] not in buildings]
    held = {u for n, u in enumerate(sorted({a["uprn"] for a in own})) if n % HELD_OUT == 0}
    texts = spoil(own, parents, held, many)
    records = as_records(engine, texts)
    found = find_uprns(
        engine, records, without(received, held), Remembered(engine, None), thresholds=thresholds, memory=None
    )
    uprns = {
        r["record_id"]: r["uprn"] or ""
        for r in engine.fetch(found.records.select("record_id", "uprn")).to_pylist()
    }
    pairs = [(t, (t.uprn, uprns[str(n)])) for n, t in enumerate(texts)]
    print(
        f"\n{len(texts):,} texts made from the gazetteer and spoilt; 1 property in {HELD_OUT} is not in it\n{HEAD}"
    )
    print(f"{'all':<30}{score([p for _, p in pairs])}")
    print(f"{'flats':<30}{score([p for t, p in pairs if t.flat])}")
    by_library = alone_on(engine, records, without(received, held))
    for name, bits, lead in (
        ("library alone, as it comes", -20.0, 0.0),
        ("library alone, 10 bits, lead 5", 10.0, 5.0),
    ):
        taken = [
            (t, (t.uprn, u if weight >= bits and (gap is None or gap >= lead) else ""))
            for n, t in enumerate(texts)
            for u, weight, gap in [by_library.get(str(n), ("", -99.0, 0.0))]
        ]
        print(f"{name:<30}{score([p for _, p in taken])}")
        print(f"{'  flats':<30}{score([p for t, p in taken if t.flat])}")
    for way in WAYS:
        print(f"  {way:<28}{score([p for t, p in pairs if t.way == way])}")
    methods(engine, found)


def methods(engine: Engine, found: Addressed) -> None:
    """Print how texts came by what they have."""
    counted = found.matches.group_by("method", "reason").aggregate(texts=found.matches.count())
    for row in engine.fetch(counted.order_by(["method", counted.texts.desc()])).to_pylist():
        print(f"  {row['method']:<8} {row['texts']:>7,}  {row['reason']}")


def against_truth(engine: Engine, found: Addressed, path: Path) -> None:
    """Print precision and recall of the records of properties, by `truth/addresses.csv`."""
    truth: dict[tuple[str, str, str], list[tuple[str, str, str]]] = {}
    with path.open(encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file):
            key = (row["source"], row["source_key"], row["part"])
            truth.setdefault(key, []).append((row["as_at"], row["uprn"], row["form"]))
    records = found.records.filter(found.records.kind == "property")
    columns = ["source", "source_key", "part", "first_as_at", "uprn", "uprn_by", "uprn_given"]
    pairs = []
    for r in engine.fetch(records.select(*columns)).to_pylist():
        told = [
            t for t in truth.get((r["source"], r["source_key"], r["part"]), ()) if t[0] <= r["first_as_at"]
        ]
        if told:
            _, uprn, form = max(told)
            pairs.append((r, form, (uprn, r["uprn"] or "")))
    print(f"\n{len(pairs):,} records of properties against the truth\n{HEAD}")
    looked = [(r, f, p) for r, f, p in pairs if not r["uprn_given"]]
    for name, chosen in (("all", pairs), ("whose source gives no UPRN", looked)):
        print(f"{name:<30}{score([p for _, _, p in chosen])}")
        print(f"{'  flats of them':<30}{score([p for _, form, p in chosen if form == 'flat'])}")
    for by in ("exact", "library"):
        print(f"{'  by ' + by:<30}{score([p for r, _, p in looked if r['uprn_by'] == by])}")


def alone_on(
    engine: Engine, records: ir.Table, received: Sequence[Received]
) -> dict[str, tuple[str, float, float | None]]:
    """record -> (UPRN, bits, lead) by the library's own stages; what it finds exactly has more bits than any."""
    connection, matcher = _matcher(engine, records, received)
    with matcher.match() as result:
        sql = f"SELECT unique_id, resolved_canonical_id, match_weight, distinguishability FROM ({result.matches().sql_query()})"
        rows = connection.sql(sql).fetchall()
    connection.close()
    return {i: (u or "", 999.0 if w is None else w, d) for i, u, w, d in rows}


def _matcher(engine: Engine, records: ir.Table, received: Sequence[Received]) -> tuple[Any, AddressMatcher]:
    """The library on the text of every record, as its documents recommend for one county."""
    gazetteer = read_gazetteer(engine, received, Remembered(engine, None))
    known = gazetteer.addresses.filter(gazetteer.addresses.status != "historical")
    engine.keep(
        "alone_known", known.select(unique_id="uprn", address_concat="text", postcode="postcode").distinct()
    )
    asked = records.filter(records.address_lines.notnull())
    engine.keep(
        "alone_asked",
        asked.select(unique_id="record_id", address_concat="address_lines", postcode="postcode"),
    )
    connection = engine.connection().cursor()
    matcher = AddressMatcher(
        canonical_addresses=connection.table("alone_known"),
        addresses_to_match=connection.table("alone_asked"),
        con=connection,
        show_progress="off",
    )
    return connection, matcher


def library_alone(engine: Engine, records: ir.Table, received: Sequence[Received]) -> float:
    """Seconds that the library takes for the text of every record; preparing its input is not counted."""
    connection, matcher = _matcher(engine, records, received)
    began = time.perf_counter()
    with matcher.match() as result:
        connection.sql(
            f"SELECT count(resolved_canonical_id) FROM ({result.matches().sql_query()})"
        ).fetchone()
    connection.close()
    return time.perf_counter() - began


def received_all(place: Place) -> None:
    """Receive what the fictional place has waiting, as `vestry demo` does."""
    contracts = read_contracts(place)
    for line in json.loads((place.folder / "incoming" / "manifest.json").read_text(encoding="utf-8")):
        file, as_at = place.folder / line["file"], date.fromisoformat(line["as_at"])
        receive(place, contracts[line["source"]], [file], as_at=as_at, clock=SystemClock())


def main() -> None:
    """Run everything and print it."""
    arguments = argparse.ArgumentParser(description=__doc__)
    arguments.add_argument("place", type=Path)
    arguments.add_argument("--spoilt", type=int, default=6000)
    arguments.add_argument(
        "--no-library", action="store_true", help="leave the library alone out (it is slow)"
    )
    asked = arguments.parse_args()
    place = open_place(asked.place)
    if not extracts(place):
        received_all(place)
    work = Path(tempfile.mkdtemp(prefix="vestry-bench-"))
    try:
        measure(place, work, asked.spoilt, alone=not asked.no_library)
    finally:
        shutil.rmtree(work)


def measure(place: Place, work: Path, many: int, *, alone: bool) -> None:
    """Print every figure for a place; `work` is a folder that may be thrown away."""
    engine = DuckDBEngine(work / "engine", threads=2)
    contracts = read_contracts(place)
    received = load(engine, contracts, [e for e in extracts(place) if e.source in contracts]).received
    if not gazetteer_parts(received):
        print("This place has no gazetteer of addresses.")
        return
    records = standardise(engine, received, Remembered(engine, None)).records
    texts = engine.count(records.filter(records.address_lines.notnull()))
    distinct = engine.count(
        records.filter(records.address_lines.notnull()).select(text=text_id(records)).distinct()
    )

    def run() -> tuple[float, Addressed]:
        began = time.perf_counter()
        remembered = Remembered(engine, work / "memory")
        found = find_uprns(
            engine, records, received, remembered, thresholds=place.thresholds, memory=work / "memory"
        )
        engine.keep("found_uprns", found.records.select("record_id", "uprn", "uprn_by"))
        return time.perf_counter() - began, found

    first, found = run()
    again, found = run()
    exact = engine.count(found.matches.filter(found.matches.method == "exact"))
    asked = engine.count(found.matches.filter(found.matches.method.isin(["library", "review", "none"])))
    print(
        f"{texts:,} texts of addresses in records, {distinct:,} distinct; after the exact pass {distinct - exact:,}"
    )
    print(f"are left, of which {asked:,} had to be asked about (sources give the UPRN of the others)")
    methods(engine, found)
    if (truth := place.folder / "truth" / "addresses.csv").is_file():
        against_truth(engine, found, truth)
    spoilt(engine, received, many, place.thresholds)
    print(f"\n{'':<44}{'seconds':>8}  {'texts a second':>14}")
    slow = library_alone(engine, records, received) if alone else 0.0
    for name, seconds in (
        ("library alone, every record's text", slow),
        ("first build", first),
        ("rebuild", again),
    ):
        if seconds:
            ratio = f"  {slow / seconds:,.0f} times" if slow and seconds != slow else ""
            print(f"{name:<44}{seconds:>8.2f}  {texts / seconds:>14,.0f}{ratio}")
    engine.close()


if __name__ == "__main__":
    main()
