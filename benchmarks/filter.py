"""Decisions in sets beside decisions one by one: how many values a second the row-and-column filter decides.

    python benchmarks/filter.py PLACE_FOLDER [--subjects 1000000] [--sample 20000] [--rounds 3]

Asks as users of the place (its `people.yaml`), under its agreements as they stand, for lists of a population that is drawn by
chance: so many subjects, and of each a value of eight fields, each from a source that holds that field. One value of one field of
one subject from one source is one decision. Timed are, each with all that it needs:

- the filter (`sharing.row_filter`): compiled, asked of every subject, and its level written beside every value, in DuckDB;
- its rival, `sharing.decision.decide`, called for one value after another in Python, on a sample, subjects made beforehand.

Prints the median of the rounds for each request, and stops with exit code 1 where the two differ on the sample.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from random import Random
from statistics import median
from time import perf_counter

import duckdb
import pyarrow as pa

from vestry.contracts.reading import read_contracts
from vestry.place import Place, open_place
from vestry.sharing.agreements.folder import Agreements, read_agreements
from vestry.sharing.askers import people_of
from vestry.sharing.decision import decide
from vestry.sharing.grants import Asking, Emergency, Opened, open_grants
from vestry.sharing.row_filter import SUBJECTS, row_filter
from vestry.sharing.subjects import SourceFacts, Subject

NOON = datetime(2026, 11, 27, 12, tzinfo=UTC)
SEED = 20261127
FIELDS = (
    "family_name", "birth_date", "sex", "address_lines", "postcode", "phone", "dealing.status", "dealing.opened_on",
)  # fmt: skip
REQUESTS = (
    ("revenues-officer", "council-tax", "list"),
    ("fire-control", "emergency", "list"),
    ("police-analyst", "law-enforcement", "list"),
    ("adult-social-worker", "safeguarding", "look-up"),
)
"""(user, purpose, way of use); a look-up is asked of everybody too, to see what a dozen sources more cost."""

LEVELS = pa.schema(
    [("class", pa.string()), ("field", pa.string()), ("source", pa.string()), ("level", pa.int32())]
)


@dataclass(frozen=True, kw_only=True)
class Rates:
    """What one request came to; rates are decisions a second."""

    permitted: float
    grants: int
    classes: int
    by_filter: float
    one_by_one: float
    differences: int


def main(arguments: Sequence[str]) -> int:
    """Measure and print. 1 where the filter and the single decision differ, or the place has nothing to ask under."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("place", type=Path)
    parser.add_argument("--subjects", type=int, default=1_000_000)
    parser.add_argument("--sample", type=int, default=20_000)
    parser.add_argument("--rounds", type=int, default=3)
    said = parser.parse_args(arguments)
    place = open_place(said.place)
    contracts = read_contracts(place)
    agreements = read_agreements(place, contracts)
    if agreements.problems or not agreements.found:
        print(
            f"No sound agreements in {place.agreements}; make the place again: vestry synthesise",
            file=sys.stderr,
        )
        return 1
    with populated(agreements, said.subjects) as connection:
        (decisions,) = connection.execute("SELECT count(*) FROM held").fetchone()
        (threads,) = connection.execute("SELECT current_setting('threads')").fetchone()
        print(
            f"{said.subjects:,} subjects, {len(FIELDS)} fields, {decisions:,} values to decide of each request; "
            f"DuckDB {duckdb.__version__}, {threads} threads; one by one: {said.sample:,} of them, one thread"
        )
        print(
            f"{'request':44}{'grants':>7}{'classes':>8}{'permitted':>10}{'filter/s':>13}{'one by one/s':>14}{'times':>7}"
        )
        differ = 0
        for user, purpose, how in REQUESTS:
            opened = asked(place, agreements, user, purpose, how)
            rates = measured(connection, opened, agreements, said.rounds, said.sample, decisions)
            differ += rates.differences
            print(
                f"{f'{user}, {purpose}, {how}':44}{rates.grants:>7}{rates.classes:>8}{rates.permitted:>10.1%}"
                f"{rates.by_filter:>13,.0f}{rates.one_by_one:>14,.0f}{rates.by_filter / rates.one_by_one:>7,.0f}"
            )
    if differ:
        print(f"They differ on {differ:,} values.", file=sys.stderr)
    return 1 if differ else 0


@contextmanager
def populated(agreements: Agreements, subjects: int) -> Iterator[duckdb.DuckDBPyConnection]:
    """A DuckDB in memory with `subjects` (as `SUBJECTS` has it) and `held`: entity_id, field, source of every value."""
    areas = sorted({code for a in agreements.found.values() for code in a.about.areas}) or ["here"]
    sources = sorted(name for name, fields in agreements.holds.items() if fields)
    holders = {field: [s for s in sources if field in agreements.holds[s]] for field in FIELDS}
    parameters = {
        "areas": [*areas, "elsewhere"],
        "sources": sources,
        "owners": sorted({agreements.sources[s].organisation for s in sources}),
        "purposes": sorted({a.purpose for a in agreements.found.values()}),
        "consents": sorted(agreements.found),
        "many": subjects,
    }
    with duckdb.connect(":memory:") as connection:
        connection.execute("SELECT setseed(0.5)")
        connection.execute("SET threads TO 1")  # for a draw that can be repeated
        columns = ", ".join(f"{name} {kind}" for name, kind in SUBJECTS.items())
        connection.execute(f"CREATE TABLE subjects ({columns})")
        connection.execute(
            """
            INSERT INTO subjects
            SELECT 'p' || i, 'person', [$areas[1 + floor(random() * len($areas))::INTEGER]],
                born, CASE WHEN random() < 0.9 THEN born ELSE born + 364 END,
                list_distinct([$sources[1 + floor(random() * len($sources))::INTEGER] FOR x IN range(5)]),
                random() < 0.02, random() < 0.005, random() < 0.005, random() < 0.001, random() < 0.05,
                CASE WHEN random() < 0.01 THEN [$owners[1 + floor(random() * len($owners))::INTEGER]] ELSE [] END,
                CASE WHEN random() < 0.01 THEN [$purposes[1 + floor(random() * len($purposes))::INTEGER]] ELSE [] END,
                CASE WHEN random() < 0.1 THEN [$consents[1 + floor(random() * len($consents))::INTEGER]] ELSE [] END
            FROM (
                SELECT i, CASE WHEN random() < 0.97 THEN DATE '1935-01-01' + floor(random() * 33000)::INTEGER END AS born
                FROM range($many) numbers (i)
            )
            """,
            parameters,
        )
        held = " UNION ALL ".join(
            f"SELECT entity_id, '{field}' AS field, {list(of)}[1 + floor(random() * {len(of)})::INTEGER] AS source FROM subjects"
            for field, of in holders.items()
        )
        connection.execute(f"CREATE TABLE held AS {held}")
        connection.execute("RESET threads")
        yield connection


def asked(place: Place, agreements: Agreements, user: str, purpose: str, how: str) -> Opened:
    """What stands open to a user of the place."""
    (asker, *_) = people_of(place, agreements.sources)[user].askers()
    asking = Asking(
        asker=asker,
        purpose=purpose,
        how=how,
        at=NOON,
        emergency=Emergency(reason_typed=True, told="somebody else"),
    )
    return open_grants(asking, agreements.filed, agreements.sources)


def measured(
    connection: duckdb.DuckDBPyConnection,
    opened: Opened,
    agreements: Agreements,
    rounds: int,
    sample: int,
    decisions: int,
) -> Rates:
    """Both ways, and whether they agree on the sample."""
    sources = [agreements.sources[name] for name in sorted(agreements.sources)]
    seconds, classes = [], 0
    for _ in range(rounds):
        began = perf_counter()
        classes = filtered(connection, opened, sources)
        seconds.append(perf_counter() - began)
    (permitted,) = connection.execute("SELECT avg((level > 0)::INTEGER) FROM decided").fetchone()
    drawn = sampled(connection, sample, agreements)
    singles = []
    for _ in range(rounds):
        began = perf_counter()
        levels = [decide(opened, subject, field, source).level for subject, field, source, _ in drawn]
        singles.append(perf_counter() - began)
    return Rates(
        permitted=permitted,
        grants=len(opened.grants),
        classes=classes,
        by_filter=decisions / median(seconds),
        one_by_one=len(drawn) / median(singles),
        differences=sum(one != level for one, (*_, level) in zip(levels, drawn, strict=True)),
    )


def filtered(connection: duckdb.DuckDBPyConnection, opened: Opened, sources: Sequence[SourceFacts]) -> int:
    """Write `decided`: every row of `held` with its level, 0 where it is withheld. How many classes there are."""
    rule = row_filter(opened)
    connection.execute(
        f"CREATE OR REPLACE TABLE classed AS SELECT s.entity_id, {rule.classes} AS class FROM subjects s",
        list(rule.parameters),
    )
    classes = [name for (name,) in connection.execute("SELECT DISTINCT class FROM classed").fetchall()]
    rows = rule.levels(classes, FIELDS, sources)
    named = [dict(zip(LEVELS.names, row, strict=True)) for row in rows]
    connection.register("levels", pa.Table.from_pylist(named, schema=LEVELS))
    connection.execute(
        """
        CREATE OR REPLACE TABLE decided AS
        SELECT h.entity_id, h.field, h.source, coalesce(l.level, 0) AS level
        FROM held h JOIN classed c USING (entity_id) LEFT JOIN levels l USING (class, field, source)
        """
    )
    connection.unregister("levels")
    return len(classes)


def sampled(
    connection: duckdb.DuckDBPyConnection, sample: int, agreements: Agreements
) -> list[tuple[Subject, str, SourceFacts, int]]:
    """So many decided values with their subjects, drawn by chance: (subject, field, source, the filter's level)."""
    (many,) = connection.execute("SELECT count(*) FROM subjects").fetchone()
    wanted = [f"p{n}" for n in Random(SEED).sample(range(many), min(many, sample))]
    rows = connection.execute(
        f"""
        SELECT s.*, d.field, d.source, d.level FROM decided d JOIN subjects s USING (entity_id)
        WHERE d.entity_id IN (SELECT unnest($wanted)) ORDER BY hash(d.entity_id || d.field) LIMIT {sample}
        """,
        {"wanted": wanted},
    ).fetchall()
    return [
        (_subject(row[: len(SUBJECTS)]), field, agreements.sources[source], level)
        for row in rows
        for field, source, level in (row[len(SUBJECTS) :],)
    ]


def _subject(row: Sequence[object]) -> Subject:
    said = dict(zip(SUBJECTS, row, strict=True))
    first, last = said.pop("born_first"), said.pop("born_last")
    listed = {name: frozenset(value) for name, value in said.items() if isinstance(value, list)}
    return Subject(**{**said, **listed}, born=(first, last) if first else None)  # type: ignore[arg-type]


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
