"""The trial of new keys: what if every district changed supplier, and every key with it?

    python examples/hertfordshire/rekey.py --data ../shared/data/hertfordshire --work build/rekey

August's registers are received and built. November's are then copied with every FHRSID and every council
reference replaced by a fresh one and the rows shuffled, received and built. Linkage has nothing to go by but
names, addresses and the like; the FHRSID that was taken away is the truth that its work is held against.

A measuring script, and no part of Vestry: it reads the release files itself. It prints counts, and writes
FHRSIDs and no other value of a record.
"""

from __future__ import annotations

import argparse
import csv
import gzip
import random
import re
from collections.abc import Iterator, Sequence
from pathlib import Path

import duckdb
from make import (
    AUGUST,
    DISTRICTS,
    NOVEMBER,
    PREMISES,
    REFERENCE,
    Extract,
    Place,
    arguments,
    listed,
    registers,
)

PART = "establishment"
ESTABLISHMENT = re.compile(r"<EstablishmentDetail>.*?</EstablishmentDetail>", re.DOTALL)
KEY = re.compile(r"<FHRSID>(\d+)</FHRSID>")
REFERENCE_TAG = re.compile(r"<LocalAuthorityBusinessID>[^<]*</LocalAuthorityBusinessID>")

Truth = tuple[str, str, str]
"""Source, key in it, FHRSID."""


def register(data: Path, extract: Extract) -> str:
    """The text of one register."""
    (path,) = data.glob(extract.files)
    return gzip.decompress(path.read_bytes()).decode("utf-8")


def fresh_keys(taken: set[str], rng: random.Random) -> Iterator[str]:
    """Nine-digit numbers in no order, none of them in `taken` and none twice."""
    while True:
        key = str(rng.randrange(100_000_000, 1_000_000_000))
        if key not in taken:
            taken.add(key)
            yield key


def rekeyed(text: str, source: str, keys: Iterator[str], rng: random.Random) -> tuple[str, list[Truth]]:
    """The register with fresh keys and its rows shuffled, and what each key stands for."""
    rows = ESTABLISHMENT.findall(text)
    start, end = text.index(rows[0]), text.rindex("</EstablishmentCollection>")
    rng.shuffle(rows)
    out, truth = [], []
    for row in rows:
        (old,) = KEY.findall(row)
        new = next(keys)
        truth.append((source, new, old))
        row = KEY.sub(f"<FHRSID>{new}</FHRSID>", row)
        fresh = f"<LocalAuthorityBusinessID>N{next(keys)}</LocalAuthorityBusinessID>"
        out.append(REFERENCE_TAG.sub(fresh, row))
    return text[:start] + "".join(out) + text[end:], truth


def of(districts: Sequence[str], as_at: str) -> list[Extract]:
    """The registers of some districts on one day."""
    return [e for e in registers(as_at) if e.source.removesuffix("-food") in districts]


def write_rekeyed(data: Path, work: Path, seed: int, districts: Sequence[str]) -> list[Truth]:
    """Write November's registers with fresh keys below `work`; gives the truth of both dates."""
    rng = random.Random(seed)  # noqa: S311  a trial that can be repeated, not a secret
    texts = {as_at: {e: register(data, e) for e in of(districts, as_at)} for as_at in (AUGUST, NOVEMBER)}
    truth = [(e.source, key, key) for e, text in texts[AUGUST].items() for key in KEY.findall(text)]
    keys = fresh_keys(
        {key for of_day in texts.values() for t in of_day.values() for key in KEY.findall(t)}, rng
    )
    folder = work / "food_hygiene" / NOVEMBER
    folder.mkdir(parents=True, exist_ok=True)
    for extract, text in texts[NOVEMBER].items():
        changed, of_file = rekeyed(text, extract.source, keys, rng)
        name = extract.source.removesuffix("-food")
        (folder / f"rekeyed_{name}.xml").write_text(changed, encoding="utf-8")
        truth += of_file
    return truth


def write_truth(path: Path, truth: list[Truth]) -> None:
    """The truth as `vestry evaluate --truth` reads it."""
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(["source", "source_key", "part", "entity"])
        writer.writerows([source, key, PART, fhrsid] for source, key, fhrsid in truth)


COMPARE = f"""
create table truth as
select source, source_key, entity as fhrsid, entity = source_key as of_august
from read_csv('{{truth}}', all_varchar = true);

create table first_members as
select t.*, m.entity_id from truth t join first.members m using (source, source_key) where m.part = '{PART}';

create table second_members as
select t.*, m.entity_id from truth t join second.members m using (source, source_key) where m.part = '{PART}';

-- Which establishments of August an entity of the second release stands for: those that had its id in the
-- first release, and those whose records it holds.
create table stands_for as
select entity_id, source, fhrsid from first_members where of_august
union
select entity_id, source, fhrsid from second_members where of_august;

create table outcome as
select
    n.source,
    n.fhrsid,
    a.fhrsid is not null as in_both,
    coalesce(n.entity_id = a.entity_id, false) as kept,
    exists (
        select 1 from stands_for s
        where s.entity_id = n.entity_id and (s.fhrsid <> n.fhrsid or s.source <> n.source)
    ) as joined_wrongly
from second_members n
left join first_members a on a.source = n.source and a.fhrsid = n.fhrsid and a.of_august
where not n.of_august;
"""

TABLE = """
select
    replace(source, '-food', '') as district,
    count(*) filter (in_both) as both,
    count(*) filter (in_both and kept) as kept,
    count(*) filter (in_both and joined_wrongly) as wrong_of_both,
    count(*) filter (not in_both) as newcomers,
    count(*) filter (not in_both and joined_wrongly) as wrong_of_newcomers
from outcome group by rollup (source) order by source nulls last
"""


def measure(place: Path, work: Path, first: str, second: str) -> None:
    """Print by district how many kept their id and how many were joined wrongly; write which they are."""
    con = duckdb.connect()
    for name, release in (("first", first), ("second", second)):
        con.execute(f"attach '{place / 'releases' / release / 'twin.duckdb'}' as {name} (read_only)")
    con.execute(COMPARE.format(truth=work / "truth.csv"))
    line = "{:<20}{:>8}{:>8}{:>8}{:>7}{:>9}{:>11}{:>7}"
    print()
    print(line.format("district", "in both", "kept", "of 100", "wrong", "of 1000", "newcomers", "wrong"))
    for district, both, kept, wrong, newcomers, wrong_new in con.execute(TABLE).fetchall():
        shares = f"{100 * kept / both:.2f}", wrong, f"{1000 * wrong / both:.2f}"
        print(line.format(district or "all", both, kept, *shares, newcomers, wrong_new))
    amiss = work / "amiss.csv"
    con.execute(
        "copy (select * from outcome where joined_wrongly or (in_both and not kept) order by all) "
        f"to '{amiss}' (header)"
    )
    print(f"\nWhich they are, by FHRSID: {amiss}")


def main() -> None:
    """Make the place with August, build; receive re-keyed November, build; measure."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument(
        "--work", type=Path, default=Path("build/rekey"), help="folder for everything it makes"
    )
    parser.add_argument("--seed", type=int, default=1, help="which fresh keys, and which order of rows")
    parser.add_argument("--districts", help="only these, with commas between (default: all ten)")
    given = arguments(parser)
    chosen = given.districts.split(",") if given.districts else DISTRICTS
    given.work.mkdir(parents=True, exist_ok=True)
    truth = write_rekeyed(given.data, given.work, given.seed, chosen)
    write_truth(given.work / "truth.csv", truth)
    place = Place(given.work / "place", given.data)
    place.make(afresh=given.afresh)
    place.receive([*listed(REFERENCE), *listed(PREMISES), *of(chosen, AUGUST)])
    first = place.build()
    place.data = given.work
    place.receive(of(chosen, NOVEMBER))
    second = place.build()
    measure(place.folder, given.work, first, second)


if __name__ == "__main__":
    main()
