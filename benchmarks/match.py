"""How long it takes to say who one new record is, against everybody known; beside Splink's own way in the same run.

    python benchmarks/match.py PLACE_FOLDER [--queries N] [--splink N]

Takes the current release of the place; where there is none, the first extracts are received into a copy of it, and built.
Asks the gateway (so an audit entry is on the disk before and after each) in this process, N times for each way of asking:

    known      a person's record with what people do to one: slips, fields left out, day and month exchanged
    stranger   family name, given names, birth date and home of four different people
    common     a frequent name and a year, or nothing besides
    number     an NHS number alone

Prints milliseconds at the 50th, 95th and 99th percentile and at most, for each way, for the gateway and for the match without
its audit; the first question of a process, opening included; and how many of the known were found. Then asks
`linker.inference.find_matches_to_new_records` of Splink the same of the same profiles by the same model and rules.
"""

from __future__ import annotations

import argparse
import itertools
import logging
import random
import re
import tempfile
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import duckdb
from build import built, received
from splink import DuckDBAPI, Linker

from vestry.clock import SystemClock
from vestry.ids import SEPARATOR
from vestry.linkage.recipe import Recipe, as_it_was, read_recipes
from vestry.linkage.typed import fields_of_a_record, standard_record
from vestry.office.audit.desk import audit_log
from vestry.place import Place, open_place
from vestry.sharing.gateway import Gateway, open_gateway
from vestry.sharing.own_machine import Operator
from vestry.twin.manifest import current_release
from vestry.twin.predecessor import TWIN_FILE
from vestry.twin.reader import TwinReader

Query = dict[str, Any]
FIELDS = [f for f in fields_of_a_record("person") if f != "full_name"]
LEFT_OUT = 0.25
SLIPPED = 0.2
AT = (50, 95, 99, 100)

logging.getLogger("splink").setLevel(logging.ERROR)


@contextmanager
def released(place: Place) -> Iterator[Place]:
    """The place with a release: itself, or a copy that is built for now."""
    if current_release(place.releases) is not None:
        yield place
        return
    with tempfile.TemporaryDirectory(prefix="bench-match-", dir=place.folder.parent) as folder:
        received(place.folder, Path(folder))
        built(Path(folder))
        yield open_place(Path(folder))


def slipped(text: str, rng: random.Random) -> str:
    """One letter left out, doubled or exchanged with the next."""
    at = rng.randrange(max(1, len(text) - 1))
    piece = text[at : at + 2]
    return text[:at] + rng.choice([piece[1:], piece[:1] * 2 + piece[1:], piece[::-1]]) + text[at + 2 :]


def as_somebody_types(record: Query, rng: random.Random) -> Query:
    """The record as it would be typed anew, by somebody who does not know all of it."""
    typed = {
        n: v for n, v in record.items() if n in ("family_name", "given_names") or rng.random() > LEFT_OUT
    }
    typed.pop("nhs_number", None)
    typed.pop("nino", None)
    for name in ("family_name", "given_names"):
        if name in typed and rng.random() < SLIPPED:
            typed[name] = slipped(typed[name], rng)
    if rng.random() < SLIPPED and "given_names" in typed:
        typed["given_names"] = typed["given_names"].split(" ")[0]
    born = typed.get("birth_date", "")
    if len(born) == 10 and int(born[8:]) <= 12 and rng.random() < SLIPPED:
        typed["birth_date"] = f"{born[:4]}-{born[8:]}-{born[5:7]}"
    return typed


def queries(twin: Any, count: int, rng: random.Random) -> dict[str, list[tuple[Query, str]]]:
    """Way of asking -> (record as typed, the entity it is of, or "")."""
    rows = twin.execute(
        f"SELECT m.entity_id, {', '.join(f'r.{f}' for f in FIELDS)} FROM records r JOIN members m USING (record_id)"
        " WHERE r.kind = 'person' AND r.family_name IS NOT NULL AND r.given_names IS NOT NULL"
        f" AND coalesce(r.birth_date, r.postcode) IS NOT NULL ORDER BY hash(r.record_id) LIMIT {count * 5}"
    ).fetchall()
    people = [
        (
            {
                n: v.split(" ") if n in ("phone", "email") else v
                for n, v in zip(FIELDS, values, strict=True)
                if v is not None
            },
            entity,
        )
        for entity, *values in rows
    ]
    numbers = twin.execute(
        "SELECT nhs_number, entity_id FROM people WHERE nhs_number IS NOT NULL AND current"
        f" ORDER BY hash(entity_id) LIMIT {count}"
    ).fetchall()
    common = twin.execute(
        "SELECT family_name, split_part(given_names, ' ', 1), left(mode(birth_date), 4) FROM people"
        f" WHERE family_name IS NOT NULL AND given_names IS NOT NULL GROUP BY 1, 2 ORDER BY count(*) DESC, 1, 2 LIMIT {count}"
    ).fetchall()

    def stranger() -> Query:
        made: Query = {}
        for name in ("family_name", "given_names", "birth_date", "postcode", "address_lines", "phone"):
            other = rng.choice(people)[0]
            made |= {name: other[name]} if name in other else {}
        return made

    return {
        "known": [(as_somebody_types(r, rng), e) for r, e in people[:count]],
        "stranger": [(stranger(), "") for _ in range(count)],
        "common": [
            ({"family_name": f, "given_names": g, **({"birth_date": y} if y and at % 2 else {})}, "")
            for at, (f, g, y) in enumerate(common)
        ],
        "number": [({"nhs_number": n}, e) for n, e in numbers],
    }


def timed(ask: Callable[[Query], Any], asked: Sequence[Query]) -> tuple[list[float], list[Any]]:
    """Milliseconds of each, and the answers."""
    taken, answers = [], []
    for query in asked:
        began = time.perf_counter()
        answers.append(ask(query))
        taken.append((time.perf_counter() - began) * 1000)
    return taken, answers


def line(name: str, taken: Sequence[float]) -> str:
    """Percentiles of milliseconds."""
    ordered = sorted(taken)
    figures = [ordered[min(len(ordered) - 1, len(ordered) * p // 100)] for p in AT]
    return f"{name:<22}{len(ordered):>8,}" + "".join(f"{ms:>10,.1f}" for ms in figures)


def gateway_of(place: Place) -> Gateway:
    """The gateway as `vestry match` opens it."""
    return open_gateway(
        place,
        audit=audit_log(place, clock=SystemClock()),
        operator=Operator(account="benchmark", on_this_machine=True),
    )


def vestry(place: Place, asked: Mapping[str, Sequence[tuple[Query, str]]]) -> None:
    """Ask the gateway, and the reader behind it."""
    firsts = []
    for query, _ in asked["known"][:5]:
        began = time.perf_counter()
        fresh = gateway_of(place)
        fresh.match(query, purpose="data-quality")
        firsts.append((time.perf_counter() - began) * 1000)
        fresh.close()
    gateway = gateway_of(place)
    print(f"{'milliseconds':<22}{'asked':>8}{'p50':>10}{'p95':>10}{'p99':>10}{'most':>10}")
    print(line("first, opening too", firsts))
    everything: list[float] = []
    for way, some in asked.items():
        taken, answers = timed(lambda q: gateway.match(q, purpose="data-quality"), [q for q, _ in some])
        print(line(way, taken))
        everything += taken
        if way == "known":
            right = sum(a.entity_id == e for a, (_, e) in zip(answers, some, strict=True))
            listed = sum(e in {f.entity_id for f in a.found} for a, (_, e) in zip(answers, some, strict=True))
            wrong = sum(a.entity_id not in (None, e) for a, (_, e) in zip(answers, some, strict=True))
            compared = sum(a.compared for a in answers) / len(answers)
    print(line("all", everything))
    gateway.close()
    reader = TwinReader(place)  # one at a time: a release is opened once in a process
    bare, _ = timed(
        lambda q: reader.open().match(standard_record("person", q)),
        [q for some in asked.values() for q, _ in some],
    )
    print(line("all, without audit", bare))
    known = len(asked["known"])
    print(
        f"of {known:,} known: {right / known:.1%} sure and right, {wrong / known:.1%} sure of another entity,"
        f" {listed / known:.1%} among those shown; {compared:.1f} profiles compared on average"
    )
    reader.close()


def rules_of(recipe: Recipe) -> list[str]:
    """The blocks as rules of Splink's."""

    def sided(expression: str, side: str) -> str:
        return re.sub(rf"\b({'|'.join(recipe.columns)})\b", rf"{side}.\1", expression)

    return [
        " AND ".join(f"{sided(a, 'l')} = {sided(b, 'r')}" for a, b in zip(one, other, strict=True))
        for block in recipe.said["blocks"]
        for one, other in itertools.product(block, block)
    ]


def splink(twin: Any, recipe: Recipe, asked: Sequence[Query]) -> list[float]:
    """Splink's own way, of the same profiles by the same settings."""
    how = dict(recipe.said["columns"])
    columns = ", ".join(
        as_it_was(f"nullif(s[{at}], '')", how[name]) + f" AS {name}"
        for at, name in enumerate(recipe.columns, 1)
    )
    (last,) = twin.execute("SELECT profiles FROM match_models WHERE kind = 'person'").fetchone()
    profiles = twin.execute(
        f"SELECT profile_no, {columns} FROM (SELECT profile_no, string_split(said, '{SEPARATOR}') AS s"
        f" FROM match_profiles WHERE profile_no < {last})"
    ).to_arrow_table()
    connection = duckdb.connect()
    connection.register("told", profiles)
    connection.execute("CREATE TABLE profiles AS SELECT * FROM told")
    rules = rules_of(recipe)
    settings = {
        "link_type": "dedupe_only",
        "unique_id_column_name": "profile_no",
        "probability_two_random_records_match": recipe.said["two_random_records_match"],
        "comparisons": recipe.said["comparisons"],
        "blocking_rules_to_generate_predictions": rules,
    }
    linker = Linker("profiles", settings, DuckDBAPI(connection=connection), set_up_basic_logging=False)
    for column in recipe.said["rare"]:
        linker.table_management.compute_tf_table(column)

    def ask(query: Query) -> Any:
        record = standard_record("person", query)
        values = {c: record.value(c) or None for c in recipe.columns}
        given = ", ".join(f"{as_it_was(f'${at}', how[c])} AS {c}" for at, c in enumerate(values, 1))
        connection.execute("CREATE OR REPLACE TABLE asked AS SELECT * FROM profiles LIMIT 0")
        connection.execute(
            f"INSERT INTO asked BY NAME SELECT -1 AS profile_no, {given}", list(values.values())
        )
        found = linker.inference.find_matches_to_new_records(
            "asked", blocking_rules=rules, match_weight_threshold=0
        )
        answer = found.as_record_dict()
        found.drop_table_from_database_and_remove_from_cache()
        return answer

    taken, _ = timed(ask, asked)
    return taken


def main() -> None:
    """Ask, and print."""
    parser = argparse.ArgumentParser(description="One record against everybody known, beside Splink.")
    parser.add_argument("place", type=Path)
    parser.add_argument("--queries", type=int, default=1000, help="of each way of asking")
    parser.add_argument("--splink", type=int, default=20)
    said = parser.parse_args()
    with released(open_place(said.place)) as place:
        path = place.releases / str(current_release(place.releases)) / TWIN_FILE
        with duckdb.connect(str(path), read_only=True) as twin:
            (records,) = twin.execute("SELECT count(*) FROM records WHERE kind = 'person'").fetchone()
            recipe = read_recipes(twin)["person"]
            asked = queries(twin, said.queries, random.Random(20261126))
            print(f"{records:,} person records, {len(recipe.said['blocks'])} blocks")
        vestry(place, asked)
        if said.splink:
            with duckdb.connect(str(path), read_only=True) as twin:
                known = [q for q, _ in asked["known"][: said.splink]]
                print(line("Splink, known", splink(twin, recipe, known)))


if __name__ == "__main__":
    main()
