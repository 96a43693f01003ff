"""Council housing: tenancies with one or two named tenants, sent as XML with the dates of each tenancy."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date, timedelta
from random import Random
from typing import Final

from vestry.synthetic.gazetteer import Property
from vestry.synthetic.mistakes import RATES, Entry
from vestry.synthetic.people import Change, Household, Person, World
from vestry.synthetic.registers.clerk import Clerk, Row, Truths, day, fitted, phone_text

COLUMNS: Final = (
    "Reference", "Property/UPRN", "Property/Line1", "Property/Line2", "Property/Line3", "Property/Line4",
    "Property/PostCode", "First/Surname", "First/Forenames", "First/BirthDate", "First/Sex", "First/NINO",
    "First/Telephone", "First/Email", "Second/Surname", "Second/Forenames", "Second/BirthDate", "Second/Sex",
    "Second/NINO", "Start", "End", "WeeklyRent", "Type",
)  # fmt: skip
"""Paths below the row's element, in the order of writing."""

_KIND: Final = "housing-tenancies"
_FORM: Final = "%Y-%m-%d"
_JOINT: Final = 0.7


@dataclass(frozen=True, slots=True, kw_only=True)
class _Tenancy:
    first: Entry
    second: Entry | None
    phone: str
    rent: int
    since: date
    until: date | None = None


class HousingTenancies:
    """The tenancies of one district's own homes."""

    def __init__(self, source: str, district: int, rng: Random) -> None:
        self.truths = Truths(source)
        self._rng, self._rates, self._district = rng, RATES[_KIND], district
        self._clerk = Clerk(source=_KIND, rng=rng)
        self._tenancies: dict[str, _Tenancy] = {}
        self._of: dict[str, str] = {}
        self._count = 0

    def open(self, world: World) -> None:
        """A tenancy for each household in a council home, and those that ended in the last year."""
        for household in world.households.values():
            former = household.came_from
            if former is not None and former.tenure == "social" and (adults := world.adults(household)):
                since = household.moved_in_on - timedelta(days=800)
                self._let(world, adults[0], None, former, household.phone, since, household.moved_in_on)
            self._let_to(world, household)
        for gone in world.gone:
            if gone.home.tenure == "social":
                still = self._by_chance(
                    "dead still listed" if gone.person.death_date else "gone still listed"
                )
                since = gone.on - timedelta(days=self._rng.randint(200, 6000))
                self._let(world, gone.person, None, gone.home, "", since, None if still else gone.on)

    def _by_chance(self, way: str) -> bool:
        return self._rng.random() < self._rates[way]

    def _let_to(self, world: World, household: Household) -> None:
        adults = world.adults(household)
        if household.home.tenure != "social" or household.kind == "care home" or not adults:
            return
        joint = adults[1] if household.couple and len(adults) > 1 and self._rng.random() < _JOINT else None
        self._let(world, adults[0], joint, household.home, household.phone, household.moved_in_on, None)

    def _let(
        self,
        world: World,
        tenant: Person,
        joint: Person | None,
        home: Property,
        phone: str,
        since: date,
        until: date | None,
    ) -> None:
        self._count += 1
        key = f"T{self._district:02}{self._count:06}"
        shared = phone if phone and self._by_chance("shared phone") else tenant.phone
        entry = self._clerk.write(tenant, world, home=home, phone=shared)
        self._tenancies[key] = _Tenancy(
            first=entry,
            second=None if joint is None else self._clerk.write(joint, world),
            since=since,
            until=until,
            phone=phone_text(entry.phone, self._rng),
            rent=self._rng.randint(7800, 14900),
        )
        self.truths.person(key, "tenant", tenant.entity)
        if joint is not None:
            self.truths.person(key, "joint", joint.entity)
        if until is None:
            self._of[tenant.entity] = key

    def hear(self, change: Change, world: World) -> None:
        """The landlord knows who comes and goes; of the dead it hears when the rent stops."""
        ended = {
            "move": 1.0,
            "departure": 1 - self._rates["gone still listed"],
            "death": 1 - self._rates["dead still listed"],
        }
        if self._rng.random() < ended.get(change.what, 0.0):
            for entity in change.people:
                if key := self._of.pop(entity, ""):
                    self._tenancies[key] = replace(self._tenancies[key], until=change.on)
                    self._succeed(change, world)
        if change.what in ("move", "arrival"):
            self._let_to(world, world.households[change.household])

    def _succeed(self, change: Change, world: World) -> None:
        left = world.households.get(change.household)
        if change.what == "death" and left is not None:
            self._let_to(world, replace(left, moved_in_on=change.on))

    def rows(self, *, first: bool) -> Iterator[Row]:
        """Every tenancy, in the order of letting."""
        for key, tenancy in self._tenancies.items():
            one, two = tenancy.first, tenancy.second
            yield (
                key,
                one.uprn,
                *fitted(one.lines, 4),
                one.postcode,
                *_tenant(one),
                tenancy.phone,
                one.email,
                *(("",) * 5 if two is None else _tenant(two)),
                day(tenancy.since, _FORM),
                day(tenancy.until, _FORM),
                f"{tenancy.rent / 100:.2f}",
                "SECURE",
            )


def _tenant(entry: Entry) -> Row:
    return (
        entry.family_name,
        " ".join(entry.given_names),
        day(entry.birth_date, _FORM),
        entry.sex,
        entry.nino,
    )
