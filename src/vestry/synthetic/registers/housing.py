"""Council housing: tenancies with one or two named tenants and their rents, and the list of those who wait for a home.

Both are sent as XML. Councils that have handed their homes over to an association keep the waiting list alone.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date, timedelta
from typing import Final

from vestry.synthetic.ground.land import Property
from vestry.synthetic.mistakes.ways import Entry
from vestry.synthetic.people import person as life
from vestry.synthetic.people.person import Change, Household, Person
from vestry.synthetic.people.world import World
from vestry.synthetic.registers.clerk import Row, day, fitted, phone_text
from vestry.synthetic.registers.setting import Setting

TENANCIES: Final = "tenancies"
WAITING_LIST: Final = "waiting-list"

TENANCY_COLUMNS: Final = (
    "Reference", "Property/UPRN", "Property/Line1", "Property/Line2", "Property/Line3", "Property/Line4",
    "Property/PostCode", "First/Surname", "First/Forenames", "First/BirthDate", "First/Sex", "First/NINO",
    "First/Telephone", "First/Email", "Second/Surname", "Second/Forenames", "Second/BirthDate", "Second/Sex",
    "Second/NINO", "Start", "End", "WeeklyRent", "Arrears", "Type",
)  # fmt: skip
"""Paths below the row's element, in the order of writing."""

WAITING_COLUMNS: Final = (
    "Application", "Applicant/Surname", "Applicant/Forenames", "Applicant/KnownAs", "Applicant/BirthDate",
    "Applicant/Sex", "Applicant/NINO", "Applicant/Telephone", "Applicant/Email", "Address/Line1", "Address/Line2",
    "Address/Line3", "Address/PostCode", "Partner/Surname", "Partner/Forenames", "Partner/BirthDate",
    "Registered", "Band", "BedroomNeed", "Reason",
)  # fmt: skip

_FORM: Final = "%Y-%m-%d"
_JOINT: Final = 0.7
WAITING: Final = 0.09
"""Of households that rent privately or lodge, how many wait for a council home (near MHCLG's 1.3 million)."""
REASONS: Final = ("OVERCROWDED", "MEDICAL", "AFFORDABILITY", "HOMELESS", "DOMESTIC ABUSE", "DISREPAIR")


@dataclass(frozen=True, slots=True, kw_only=True)
class _Tenancy:
    first: Entry
    second: Entry | None
    phone: str
    rent: int
    arrears: int
    since: date
    until: date | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class _Application:
    applicant: Entry
    partner: Entry | None
    phone: str
    registered_on: date
    band: str
    need: int
    reason: str


class Housing:
    """The tenancies of one district's own homes, and its waiting list."""

    def __init__(self, setting: Setting) -> None:
        self.truths = setting.truths()
        self._rng, self._plan = setting.rng, setting.plan
        self._clerk, self._registrar = setting.clerk("housing"), setting.clerk("waiting-list")
        self._tenancies: dict[str, _Tenancy] = {}
        self._applications: dict[str, _Application] = {}
        self._of: dict[str, str] = {}
        self._waits: dict[str, str] = {}
        self._count = 0

    def open(self, world: World) -> None:
        """A tenancy for each household in a council home, those that ended in the last year; who waits."""
        for household in world.households.values():
            if self._plan.lets_homes and household.home.tenure == "social":
                self._let_to(world, household)
            if self._waits_for_home(household):
                self._apply(world, household, world.on - timedelta(days=self._rng.randint(10, 2200)))
        if self._plan.lets_homes:
            for entity, gone_on in world.gone.items():
                self._open_gone(world, world.people[entity], gone_on)

    def _waits_for_home(self, household: Household) -> bool:
        if household.kind in ("no fixed address", "refuge"):
            return self._rng.random() < 0.5
        renting = household.home.tenure == "private" or household.kind == "three generations"
        return renting and household.kind != "students" and self._rng.random() < WAITING

    def _open_gone(self, world: World, person: Person, gone_on: date) -> None:
        home = world.home_on(person.entity, gone_on)
        if (
            home is None
            or home.tenure != "social"
            or (world.on - gone_on).days > 400
            or person.age(gone_on) < 18
        ):
            return
        stay = world.stays[person.entity][-1]
        if stay.household in world.households:
            return
        way = "dead still listed" if person.death_date else "gone still listed"
        still = self._clerk.chance(way)
        self._let(world, person, None, home, "", stay.since, None if still else gone_on)

    def _let_to(self, world: World, household: Household) -> None:
        adults = world.adults(household)
        if household.home.tenure != "social" or household.communal or not adults:
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
        clerk, rng = self._clerk, self._rng
        self._count += 1
        key = f"T{self._plan.number:02}{self._count:06}"
        shared = phone if phone and clerk.chance("shared phone") else tenant.phone
        entry = clerk.write(tenant, world, on=clerk.heard(tenant, world), home=home, phone=shared)
        second = None if joint is None else clerk.write(joint, world, on=clerk.heard(joint, world))
        self._tenancies[key] = _Tenancy(
            first=entry,
            second=second,
            since=since,
            until=until,
            phone=phone_text(entry.phone, rng),
            rent=rng.randint(7800, 14900),
            arrears=rng.randint(2000, 90_000) if rng.random() < 0.2 else 0,
        )
        self.truths.person(key, "tenant", tenant.entity)
        self.truths.home(key, "home", home)
        if joint is not None:
            self.truths.person(key, "joint", joint.entity)
        if until is None:
            self._of[tenant.entity] = key

    def _apply(self, world: World, household: Household, on: date) -> None:
        adults, clerk, rng = world.adults(household), self._registrar, self._rng
        if not adults:
            return
        self._count += 1
        key = f"HR{self._plan.number:02}{self._count:06}"
        heard = clerk.heard(adults[0], world)
        home = world.home_on(adults[0].entity, heard) or household.home
        entry = clerk.write(adults[0], world, on=heard, home=home)
        partner = adults[1] if household.couple and len(adults) > 1 else None
        self._applications[key] = _Application(
            applicant=entry,
            partner=None if partner is None else clerk.write(partner, world, on=heard),
            phone=phone_text(entry.phone, rng),
            registered_on=on,
            band=rng.choices("ABCDE", (5, 15, 35, 30, 15))[0],
            need=max(1, min(5, (len(household.members) + 1) // 2)),
            reason="HOMELESS" if household.kind == "no fixed address"
            else "DOMESTIC ABUSE" if household.kind == "refuge" else rng.choice(REASONS[:3]),
        )  # fmt: skip
        self.truths.person(key, "applicant", adults[0].entity)
        self.truths.home(key, "home", home)
        if partner is not None:
            self.truths.person(key, "partner", partner.entity)
        self._waits[household.entity] = key

    def hear(self, change: Change, world: World) -> None:
        """The landlord knows who comes and goes; of the dead it hears when the rent stops."""
        if change.what in (life.MOVE, life.DEPARTURE, life.DEATH, life.INTO_CARE):
            way = {life.DEPARTURE: "gone still listed", life.DEATH: "dead still listed"}.get(change.what, "")
            if self._plan.lets_homes and not (way and self._clerk.chance(way)):
                self._end(change, world)
            if not self._registrar.chance("still waiting"):
                self._applications.pop(self._waits.pop(change.household, ""), None)
        if change.what in (life.MOVE, life.ARRIVAL, life.LEAVING_HOME, life.SEPARATION):
            household = world.households[change.household]
            if self._plan.lets_homes:
                self._let_to(world, household)
            if self._waits_for_home(household):
                self._apply(world, household, change.on)

    def _end(self, change: Change, world: World) -> None:
        for entity in change.people:
            if key := self._of.pop(entity, ""):
                self._tenancies[key] = replace(self._tenancies[key], until=change.on)
                left = world.households.get(change.household)
                if change.what == life.DEATH and left is not None:
                    self._let_to(world, replace(left, moved_in_on=change.on))

    def rows(self, file: str, *, first: bool) -> Iterator[Row]:
        """Every tenancy, or every application, in the order of making."""
        if file == TENANCIES:
            yield from (self._tenancy_row(key, tenancy) for key, tenancy in self._tenancies.items())
        else:
            yield from (self._waiting_row(key, one) for key, one in self._applications.items())

    def _tenancy_row(self, key: str, tenancy: _Tenancy) -> Row:
        one, two = tenancy.first, tenancy.second
        return (
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
            f"{tenancy.arrears / 100:.2f}" if tenancy.arrears else "",
            "SECURE",
        )

    def _waiting_row(self, key: str, one: _Application) -> Row:
        applicant, partner = one.applicant, one.partner
        return (
            key,
            applicant.family_name,
            " ".join(applicant.given_names),
            applicant.known_as,
            day(applicant.birth_date, _FORM),
            applicant.sex,
            applicant.nino,
            one.phone,
            applicant.email,
            *fitted(applicant.lines, 3),
            applicant.postcode,
            *(
                ("", "", "")
                if partner is None
                else (partner.family_name, " ".join(partner.given_names), day(partner.birth_date, _FORM))
            ),
            day(one.registered_on, _FORM),
            one.band,
            str(one.need),
            one.reason,
        )


def _tenant(entry: Entry) -> Row:
    return (
        entry.family_name,
        " ".join(entry.given_names),
        day(entry.birth_date, _FORM),
        entry.sex,
        entry.nino,
    )
