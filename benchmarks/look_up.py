"""What the gateway adds to a look-up: deciding, choosing again and the audit entries, beside the same reads without any of it.

    python benchmarks/look_up.py PLACE_FOLDER [--people N] [--postgresql]

Takes the current release of the place (a place without one is received and built in a copy), and an office of its own: a new
database, SQLite or a PostgreSQL that is started for it, with an audit log, a register of agreements (the place's own and one
for this) and a mark on one person in a hundred. Shows N people drawn at random, each three ways in turn, in this process:

    plain      what is read of a release for one entity, with no decision and no entry: the rival
    operator   `Gateway.show`, on the place's own machine
    agreement  `ByAgreement.show`: some sources, birth dates as ages and addresses as wards, by register and marks

Prints milliseconds at the 50th, 95th and 99th percentile and at most for each way, and of what each adds to the plain reads of
the same person; then the same for `find` by family name.
"""

from __future__ import annotations

import argparse
import random
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import ExitStack, closing, contextmanager
from datetime import date
from pathlib import Path
from typing import Any

from match import released

from vestry.clock import SystemClock
from vestry.contracts.reading import read_contracts
from vestry.errors import NotFound
from vestry.office.opening import opened
from vestry.office.project import Office
from vestry.place import Place, open_place
from vestry.sharing.agreements.agreement import About, Agreement, Example, Party, Share, Users
from vestry.sharing.agreements.filing import Filing, Signature
from vestry.sharing.agreements.folder import read_agreements, source_facts
from vestry.sharing.agreements.registered import Actor
from vestry.sharing.agreements.writing import digest
from vestry.sharing.asking import Asker
from vestry.sharing.by_agreement import ByAgreement, Law
from vestry.sharing.categories import CATEGORIES
from vestry.sharing.gateway import open_gateway
from vestry.sharing.own_machine import Operator
from vestry.sharing.places_law import PlacesLaw
from vestry.sharing.purposes import purpose_of
from vestry.twin.answers import Criteria
from vestry.twin.open_release import OpenRelease

PURPOSE = "housing"
AT = (50, 95, 99, 100)


def plain(release: OpenRelease, entity_id: str) -> None:
    """Everything that a look at somebody reads."""
    now = release.resolve(entity_id).now[0]
    release.entity(now)
    release.origins(now)
    release.related(now)


def agreement_of(place: Place) -> Agreement:
    """One of all the place's organisations about every other source, all categories, half of them lowered."""
    facts = {n: f for n, f in source_facts(read_contracts(place)).items() if not f.law_enforcement}
    everybody = tuple(sorted(place.organisations))
    purpose = purpose_of(PURPOSE)
    assert purpose is not None
    case = {"organisation": everybody[0], "how": "look-up", "field": "family_name", "source": min(facts)}
    return Agreement(
        agreement_id="benchmark", version=1, title="benchmark",
        parties=tuple(Party(organisation=one) for one in everybody), purpose=PURPOSE, basis=purpose.basis,
        shares=(
            Share(
                fields=frozenset(field for fields in CATEGORIES.values() for field in fields),
                sources=frozenset(sorted(facts)[::2]),
                precision={"birth": "age", "address": "ward"},
            ),
            Share(fields=frozenset(CATEGORIES["name"]), sources=frozenset(facts)),
        ),
        about=About(age_from=0, deceased=True),
        users=(Users(organisation=everybody[0], roles=frozenset({"housing-officer"})),),
        how=frozenset({"look-up"}), retention_days=30, starts=date(2020, 1, 1), ends=date(2999, 1, 1),
        review=date(2998, 1, 1), signatories=everybody,
        examples=(
            Example(says="one", role="housing-officer", expect="whole", **case),
            Example(says="the other", role="auditor", expect="withheld", **case),
        ),
    )  # fmt: skip


@contextmanager
def with_office(place: Place, address: str | None) -> Iterator[tuple[Place, Office]]:
    """The place with an office of its own: its files are the place's, its database and its keys are new."""
    with tempfile.TemporaryDirectory(prefix="bench-look-up-", dir=place.folder.parent) as folder:
        own = Path(folder)
        for name in ("place.toml", "contracts", "agreements", "signatures.yaml", "releases", "models"):
            if (place.folder / name).exists():
                (own / name).symlink_to((place.folder / name).absolute())
        borrowed = open_place(own)
        office = opened(borrowed, database_url=address)
        try:
            yield borrowed, office
        finally:
            office.close()


def law_of(place: Place, office: Office, people: Sequence[str], clock: SystemClock) -> Law:
    """The register, with the place's own agreements and the one of this benchmark, and a mark on each of `people`."""
    from vestry.office.agreements.desk import marks, register

    contracts, held = read_contracts(place), register(office, clock)
    by = Actor(user="bench", on_this_machine=True)
    files = read_agreements(place, contracts)
    agreement, day = agreement_of(place), date(2020, 1, 1)
    signed = Filing(
        agreement_id=agreement.agreement_id,
        version=agreement.version,
        proposed_on=day,
        signatures=tuple(
            Signature(organisation=one, by="director", day=day, digest=digest(agreement))
            for one in agreement.signatories
        ),
    )
    name = agreement.agreement_id
    held.take_in({**files.found, name: agreement}, {**files.filings, name: signed}, by)
    set_apart = marks(office, clock)
    for one in people:
        set_apart.mark(one, "restricted", because="benchmark", by="bench")
    assert agreement.agreement_id not in held.unreadable(), held.unreadable()
    return PlacesLaw(place=place, markers=set_apart, register=held).law


def timed(ask: Callable[[], object]) -> float:
    """Milliseconds."""
    began = time.perf_counter()
    ask()
    return (time.perf_counter() - began) * 1000


def told(name: str, taken: Sequence[float]) -> None:
    ordered = sorted(taken)
    at = {p: ordered[min(len(ordered) - 1, len(ordered) * p // 100)] for p in AT}
    print(f"{name:32}" + "".join(f"{at[p]:9.2f}" for p in AT))


def compared(ways: Mapping[str, Callable[[Any], object]], asked: Sequence[Any], rival: str) -> None:
    """Each of `asked` in every way, in turn."""
    for ask in ways.values():
        ask(asked[0])
    taken: dict[str, list[float]] = {name: [] for name in ways}
    for one in asked:
        for name, ask in ways.items():
            taken[name].append(timed(lambda ask=ask, one=one: ask(one)))  # type: ignore[misc]
    print(f"{'milliseconds':32}" + "".join(f"{f'p{p}':>9}" for p in AT))
    for name, each in taken.items():
        told(name, each)
    for name, each in taken.items():
        if name != rival:
            told(f"{name} adds", [a - b for a, b in zip(each, taken[rival], strict=True)])


def main() -> None:
    """The benchmark."""
    arguments = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    arguments.add_argument("place", type=Path)
    arguments.add_argument("--people", type=int, default=300)
    arguments.add_argument("--postgresql", action="store_true")
    given = arguments.parse_args()
    with ExitStack() as stack:
        place = stack.enter_context(released(open_place(given.place)))
        address = None
        if given.postgresql:
            sys.path.insert(0, str(Path(__file__).parents[1] / "tests"))
            import postgresql

            server = postgresql.begin()
            stack.callback(server.close)
            address = server.new_database()
        place, office = stack.enter_context(with_office(place, address))
        measure(place, office, given.people)


def measure(place: Place, office: Office, wanted: int) -> None:
    """Looks at so many people and searches for some of them, and prints what that took."""
    from vestry.office.audit.log import DatabaseLog

    clock, rng = SystemClock(), random.Random(5)
    operator = Operator(account="bench", on_this_machine=True)
    gateway = open_gateway(place, audit=DatabaseLog(office, clock), operator=operator)
    with closing(gateway):
        reader = gateway._reader  # one process opens a release once
        release = reader.open()
        everybody = release.most_sourced_of("person", 10_000_000)
        people = rng.sample(everybody, min(wanted, len(everybody)))
        law = law_of(place, office, rng.sample(everybody, min(len(everybody) // 100, 1_000)), clock)
        asker = Asker(
            user="bench", organisation=min(place.organisations), roles=frozenset({"housing-officer"})
        )
        under: ByAgreement = gateway.on_behalf_of(asker, law, clock)
        seen = [one for one in people if _may(under, one)]
        print(
            f"{len(everybody):,} people; {len(law.filed())} agreements; {len(seen)} of {len(people)} drawn may be seen"
        )
        compared(
            {
                "plain reads": lambda one: plain(reader.open(), one),
                "operator": lambda one: gateway.show(one, purpose="training"),
                "agreement": lambda one: under.show(one, purpose=PURPOSE),
            },
            seen,
            "plain reads",
        )
        names = [release.entity(one).values.get("family_name", "") for one in seen[:50]]
        compared(
            {
                "find, plain": lambda name: reader.open().find(Criteria(name=name), 50),
                "find, agreement": lambda name: under.find(Criteria(name=name), purpose=PURPOSE),
            },
            [name for name in names if name],
            "find, plain",
        )


def _may(under: ByAgreement, entity_id: str) -> bool:
    try:
        under.show(entity_id, purpose=PURPOSE)
    except NotFound:
        return False
    return True


if __name__ == "__main__":
    main()
