"""How long a search takes, of each sort that people make: by the index of a release, beside looking at every record.

    python benchmarks/find.py PLACE_FOLDER [--searches N]

Takes the current release of the place (a place without one is received and built in a copy), with an office of its own as
`look_up.py` has: audit log, register of agreements, marks. What is searched for is drawn from its records, N of each sort, the
same ones each way:

    plain scan       every record looked at, no decision and no entry: the rival
    plain            by the index
    agreement scan   under an agreement, both entries in the audit log, every record looked at: the rival
    agreement        by the index

Prints milliseconds by the clock (50th and 95th percentile, most) and of the processor (50th), and how many times less the clock
says than of the rival.
"""

from __future__ import annotations

import argparse
import random
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import ExitStack, closing, contextmanager
from pathlib import Path
from typing import Any

from look_up import PURPOSE, law_of, with_office
from match import released

from vestry.clock import SystemClock
from vestry.office.project import Office
from vestry.place import Place, open_place
from vestry.sharing.asking import Asker
from vestry.sharing.by_agreement import ByAgreement
from vestry.sharing.gateway import open_gateway
from vestry.sharing.own_machine import Operator
from vestry.twin.answers import Criteria
from vestry.twin.open_release import OpenRelease
from vestry.twin.reader import TwinReader

_DRAWN = """
    SELECT given_names, family_name, birth_date, address_lines, postcode, nhs_number, uprn, source_key
    FROM records WHERE kind = 'person' AND current AND given_names <> '' AND family_name <> '' AND length(birth_date) = 10
    AND address_lines <> '' AND nhs_number <> '' ORDER BY hash(record_id, 5) LIMIT $1
"""
_COMMONEST = """
    SELECT lower({column}) AS said FROM records WHERE kind = 'person' AND current AND {column} <> ''
    GROUP BY 1 ORDER BY count(*) DESC, said LIMIT 5
"""
_DEALINGS = (
    "SELECT reference FROM episodes WHERE current AND reference <> '' ORDER BY hash(episode_id, 5) LIMIT $1"
)
_BUSINESSES = (
    "SELECT organisation_name AS said FROM organisations WHERE current ORDER BY hash(entity_id, 5) LIMIT $1"
)
_PREMISES = "SELECT uprn FROM records WHERE current AND uprn <> '' ORDER BY hash(record_id, 5) LIMIT $1"


def mistyped(word: str, rng: random.Random) -> str:
    """The word with two neighbouring letters exchanged."""
    at = rng.randrange(max(1, len(word) - 1))
    return word[:at] + word[at : at + 2][::-1] + word[at + 2 :]


def searches(release: OpenRelease, wanted: int) -> dict[str, list[Criteria]]:
    """Sort -> what is searched for, of the records of the release."""
    rows, rng = release._rows, random.Random(5)  # what it is asked for is measured, not asked
    people = [{name: str(value or "") for name, value in row.items()} for row in rows.of(_DRAWN, [wanted])]
    common = [row["said"] for row in rows.of(_COMMONEST.format(column="family_name"))]
    given = [row["said"].split()[0] for row in rows.of(_COMMONEST.format(column="given_names"))]
    names = [(one["given_names"].split()[0], one["family_name"]) for one in people]
    return {
        "a family name": [Criteria(name=family) for _, family in names],
        "a whole name": [Criteria(name=f"{given} {family}") for given, family in names],
        "a name mistyped": [Criteria(name=f"{given} {mistyped(family, rng)}") for given, family in names],
        "name and birth date": [
            Criteria(name=family, born=one["birth_date"])
            for (_, family), one in zip(names, people, strict=True)
        ],
        "name and year of birth": [
            Criteria(name=family, born=one["birth_date"][:4])
            for (_, family), one in zip(names, people, strict=True)
        ],
        "a birth date": [Criteria(born=one["birth_date"]) for one in people],
        "an address": [Criteria(address=one["address_lines"].split("\n")[0]) for one in people],
        "name and postcode": [
            Criteria(name=family, postcode=one["postcode"])
            for (_, family), one in zip(names, people, strict=True)
        ],
        "a postcode": [Criteria(postcode=one["postcode"]) for one in people if one["postcode"]],
        "an NHS number": [Criteria(nhs_number=one["nhs_number"]) for one in people],
        "a UPRN": [Criteria(uprn=row["uprn"]) for row in rows.of(_PREMISES, [wanted])],
        "a key": [Criteria(reference=one["source_key"]) for one in people],
        "a dealing's reference": [
            Criteria(reference=row["reference"]) for row in rows.of(_DEALINGS, [wanted])
        ],
        "a business": [Criteria(name=row["said"]) for row in rows.of(_BUSINESSES, [wanted])],
        "the commonest family names": [Criteria(name=name) for name in common],
        "the commonest given names": [Criteria(name=name) for name in given],
        "the first letters of one": [Criteria(name=name[:3]) for name in common],
        "a year of birth": [Criteria(born=str(year)) for year in (1950, 1984, 2010)],
        "a street with no number": [Criteria(address=word) for word in ("road", "high street", "close")],
    }


@contextmanager
def without_index(release: OpenRelease) -> Iterator[None]:
    """As if the release had none."""
    lineage = release._lineage
    had, lineage.has_index = lineage.of(release._rows).has_index, False
    try:
        yield
    finally:
        lineage.has_index = had


def timed(
    ask: Callable[[Criteria], Any], asked: Sequence[Criteria]
) -> tuple[list[float], list[float], list[int]]:
    """Milliseconds of the clock and of the processor of each, and how many were found."""
    clock, processor, found = [], [], []
    for one in asked:
        began, busy = time.perf_counter(), time.process_time()
        found.append(ask(one).total)
        clock.append((time.perf_counter() - began) * 1000)
        processor.append((time.process_time() - busy) * 1000)
    return sorted(clock), sorted(processor), sorted(found)


def at(ordered: Sequence[float], percent: int) -> float:
    return ordered[min(len(ordered) - 1, len(ordered) * percent // 100)]


def compared(
    asked: Mapping[str, Sequence[Criteria]],
    ways: Mapping[str, Callable[[Criteria], Any]],
    release: OpenRelease,
) -> None:
    """Every sort of search in each way, by the index and without it."""
    head = "".join(f"{word:>9}" for word in ("found", "p50", "p95", "most", "cpu", "times"))
    for way, ask in ways.items():
        print(f"\n{way + ', milliseconds':44}{head}")
        for sort, criteria in asked.items():
            if not criteria:
                continue
            ask(criteria[0])
            with without_index(release):
                rival = timed(ask, criteria)
            mine = timed(ask, criteria)
            for name, (clock, processor, found) in ((f"{sort}, scan", rival), (sort, mine)):
                said = (at(clock, 50), at(clock, 95), clock[-1], at(processor, 50))
                line = f"{name:44}{at(found, 50):9,}" + "".join(f"{value:9.1f}" for value in said)
                print(line + ("" if name != sort else f"{at(rival[0], 50) / said[0]:9.1f}"), flush=True)


def main() -> None:
    """The benchmark."""
    arguments = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    arguments.add_argument("place", type=Path)
    arguments.add_argument("--searches", type=int, default=20)
    given = arguments.parse_args()
    with ExitStack() as stack:
        place = stack.enter_context(released(open_place(given.place)))
        measure(*stack.enter_context(with_office(place, None)), given.searches)


def measure(place: Place, office: Office, wanted: int) -> None:
    """Searches, and prints what that took."""
    from vestry.office.audit.log import DatabaseLog

    clock, rng = SystemClock(), random.Random(5)
    operator = Operator(account="bench", on_this_machine=True)
    gateway = open_gateway(place, audit=DatabaseLog(office, clock), operator=operator)
    with closing(gateway):
        reader: TwinReader = gateway._reader  # one process opens a release once
        release = reader.open()
        if not release._lineage.of(release._rows).has_index:
            raise SystemExit("The release has no index: vestry build --again")
        everybody = release.most_sourced_of("person", 10_000_000)
        law = law_of(place, office, rng.sample(everybody, min(len(everybody) // 100, 1_000)), clock)
        asker = Asker(
            user="bench", organisation=min(place.organisations), roles=frozenset({"housing-officer"})
        )
        under: ByAgreement = gateway.on_behalf_of(asker, law, clock)
        size = (place.releases / release.release_id / "twin.duckdb").stat().st_size
        print(
            f"{len(everybody):,} people; {len(law.filed())} agreements; the release takes {size / 1e6:,.0f} MB"
        )
        ways: dict[str, Callable[[Criteria], Any]] = {
            "plain": lambda one: reader.open().find(one, 50),
            "agreement": lambda one: under.find(one, purpose=PURPOSE),
        }
        compared(searches(release, wanted), ways, release)


if __name__ == "__main__":
    main()
