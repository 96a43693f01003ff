"""What the gateway adds to a look-up: deciding, choosing again and the audit entries, beside the same reads without any of it.

    python benchmarks/look_up.py PLACE_FOLDER [--people N]

Takes the current release of the place (a place without one is received and built in a copy). Shows N people drawn at random,
each three ways in turn, in this process:

    plain      what is read of a release for one entity, with no decision and no entry: the rival
    operator   `Gateway.show`, on the place's own machine
    agreement  `ByAgreement.show`: some sources, birth dates as ages and addresses as wards, a quarter of the people marked

Prints milliseconds at the 50th, 95th and 99th percentile and at most for each way, and of what each adds to the plain reads of
the same person; then the same for `find` by family name.
"""

from __future__ import annotations

import argparse
import random
import time
from collections.abc import Callable, Mapping, Sequence
from contextlib import closing
from datetime import date
from pathlib import Path
from typing import Any

from match import released

from vestry.clock import SystemClock
from vestry.contracts.reading import read_contracts
from vestry.errors import NotFound
from vestry.office.audit.desk import audit_log
from vestry.place import Place, open_place
from vestry.sharing.agreements.agreement import About, Agreement, Party, Share, Users
from vestry.sharing.agreements.examples import as_if_in_force
from vestry.sharing.agreements.folder import source_facts
from vestry.sharing.asking import Asker
from vestry.sharing.by_agreement import ByAgreement, Law
from vestry.sharing.categories import CATEGORIES
from vestry.sharing.gateway import open_gateway
from vestry.sharing.markers import Marked, MarkersGiven
from vestry.sharing.own_machine import Operator
from vestry.sharing.purposes import purpose_of
from vestry.twin.answers import Criteria
from vestry.twin.choosing import trust_in
from vestry.twin.open_release import OpenRelease

PURPOSE = "housing"
AT = (50, 95, 99, 100)


def plain(release: OpenRelease, entity_id: str) -> None:
    """Everything that a look at somebody reads."""
    now = release.resolve(entity_id).now[0]
    release.entity(now)
    release.origins(now)
    release.related(now)


def law_of(place: Place, marked: Sequence[Marked]) -> Law:
    """One agreement of the place's first two organisations about every other source, all categories, half of them lowered."""
    contracts = read_contracts(place)
    facts, trust = source_facts(contracts), trust_in(place, list(contracts.values()))
    one, other = sorted(place.organisations)[:2]
    purpose = purpose_of(PURPOSE)
    assert purpose is not None
    agreement = Agreement(
        agreement_id="benchmark", version=1, title="benchmark",
        parties=(Party(organisation=one), Party(organisation=other)), purpose=PURPOSE, basis=purpose.basis,
        shares=(
            Share(
                fields=frozenset(field for fields in CATEGORIES.values() for field in fields),
                sources=frozenset(sorted(facts)[::2]),
                precision={"birth": "age", "address": "ward"},
            ),
            Share(fields=frozenset(CATEGORIES["name"]), sources=frozenset(facts)),
        ),
        about=About(age_from=0, deceased=True),
        users=(Users(organisation=one, roles=frozenset({"housing-officer"})),),
        how=frozenset({"look-up"}), retention_days=30, starts=date(2020, 1, 1), ends=date(2999, 1, 1),
        review=date(2998, 1, 1), signatories=(one, other),
    )  # fmt: skip
    filed = (as_if_in_force(agreement),)
    return Law(
        filed=lambda: filed,
        sources=lambda: facts,
        trust=lambda: trust,
        markers=MarkersGiven(tuple(marked)),
    )


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
    given = arguments.parse_args()
    with released(open_place(given.place)) as place:
        clock, rng = SystemClock(), random.Random(5)
        gateway = open_gateway(
            place,
            audit=audit_log(place, clock=clock),
            operator=Operator(account="bench", on_this_machine=True),
        )
        with closing(gateway):
            reader = gateway._reader  # one process opens a release once
            release = reader.open()
            everybody = release.most_sourced_of("person", 10_000_000)
            people = rng.sample(everybody, min(given.people, len(everybody)))
            marked = [
                Marked(entity_id=one, marker="restricted")
                for one in rng.sample(everybody, len(everybody) // 100)
            ]
            asker = Asker(
                user="bench", organisation=min(place.organisations), roles=frozenset({"housing-officer"})
            )
            under: ByAgreement = gateway.on_behalf_of(asker, law_of(place, marked), clock)
            seen = [one for one in people if _may(under, one)]
            print(
                f"{len(everybody):,} people; {len(seen)} of {len(people)} drawn may be seen under the agreement"
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
