"""Recorded incidents: what happened, where, and up to two of the people whom it was about.

The first extract holds the year before it, each later one its own month and no more. Of six incidents in ten
somebody is named: who was wronged, who is suspected, who saw it. Victims of sexual offences are never named.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta
from typing import Final

from vestry.synthetic.chance import Weighted, weighted
from vestry.synthetic.ground.land import Property
from vestry.synthetic.people import person as life
from vestry.synthetic.people.person import Change, Person
from vestry.synthetic.people.world import World
from vestry.synthetic.registers.clerk import Row, day, phone_text
from vestry.synthetic.registers.police_people import (
    AGAIN,
    OTHERS,
    RESPONSIBLE,
    SELF_DEFINED,
    SUSPECTS,
    Met,
    address_text,
    here,
    still_indexed,
)
from vestry.synthetic.registers.setting import Setting

_OF_ONE: Final = ("ROLE", "SURNAME", "FORENAMES", "DOB", "SEX", "ETHNICITY", "ADDRESS", "POSTCODE", "PHONE")
COLUMNS: Final = (
    "OCCURRENCE_NO", "OCCURRED_ON", "OFFENCE_GROUP", "LOCATION", "LOCATION_POSTCODE",
    *(f"P1_{name}" for name in _OF_ONE), *(f"P2_{name}" for name in _OF_ONE),
)  # fmt: skip
EACH_YEAR: Final = 0.075
"""Incidents in a year for each resident: ONS, crime in England and Wales, 60 to 90 by force, cities apart."""
NAMED: Final = 0.6
FIRST_COVERS: Final = 365
"""Days before the first extract that it tells of."""
SEALED_STILL_INDEXED: Final = 0.5
"""Of sealed earlier identities, how many are once picked from the index of names as they were before."""

VIOLENCE: Final = "Violence against the person"
SEXUAL: Final = "Sexual offences"
DRUGS: Final = "Drug offences"
WEAPONS: Final = "Possession of weapons"
VICTIMLESS: Final = (DRUGS, WEAPONS)
GROUPS: Final[Weighted[str]] = weighted(
    [
        (VIOLENCE, 33), ("Theft", 23), ("Criminal damage and arson", 8), ("Public order", 8), ("Vehicle offences", 6),
        ("Burglary", 5), (DRUGS, 4), (SEXUAL, 3), ("Robbery", 1), (WEAPONS, 1), ("Anti-social behaviour", 8),
    ]
)  # fmt: skip
"""Offence groups in the Home Office's words, about as often as it counts them."""
AT_HOME: Final = 0.33
"""Of violence, how much is between people of one household (ONS: domestic abuse-related)."""
_ROLES: Final[Weighted[tuple[str, str]]] = weighted(
    [
        (("VICTIM", ""), 45), (("VICTIM", "SUSPECT"), 24), (("SUSPECT", ""), 9), (("WITNESS", ""), 5),
        (("VICTIM", "WITNESS"), 10), (("VICTIM", "VICTIM"), 4), (("SUSPECT", "SUSPECT"), 3),
    ]
)  # fmt: skip


class PoliceIncidents:
    """The incidents of one district. Nothing in the register changes once it has been sent."""

    def __init__(self, setting: Setting) -> None:
        self.truths = setting.truths()
        self._rng, self._plan = setting.rng, setting.plan
        self._clerk = setting.clerk("police")
        self._met = Met(setting.rng)
        self._rows: list[Row] = []
        self._until = date.min
        self._count = 0

    def open(self, world: World) -> None:
        """The year before, and some in which the index of names gave an identity that is sealed by now."""
        since = world.on - timedelta(days=FIRST_COVERS)
        self._met.gather(world, since)
        indexed = still_indexed(world, self._rng, SEALED_STILL_INDEXED, 10)
        self._record(world, since, [(person, known) for person, known in indexed])

    def hear(self, change: Change, world: World) -> None:
        """Those who come may be met with; what else happens to people is no news to the police."""
        if change.what == life.ARRIVAL:
            self._met.meet(world, change.people)

    def pass_month(self, world: World) -> None:
        """What was recorded since the last extract."""
        self._record(world, self._until, [])

    def _record(self, world: World, since: date, indexed: list[tuple[Person, date]]) -> None:
        rng, days = self._rng, (world.on - since).days
        self._until = world.on
        number = round(len(world.household_of) * EACH_YEAR * days / 365.25)
        when = sorted(rng.randrange(days) for _ in range(max(number, len(indexed))))
        places = set(rng.sample(range(len(when)), len(indexed)))
        for at, passed in enumerate(when):
            on = since + timedelta(days=passed)
            if at in places:
                person, known = indexed.pop()
                self._known(world, on, person, min(on, known))
            else:
                self._incident(world, on)

    def _key(self, on: date) -> str:
        self._count += 1
        return f"42/{self._plan.number:02}{self._count:06}/{on:%y}"

    def _known(self, world: World, on: date, person: Person, known: date) -> None:
        """An incident whose victim was taken from the index of names, as of the day they were last known by it."""
        key = self._key(on)
        self._write(world, key, on, VIOLENCE, None, (("VICTIM", person, known),))

    def _incident(self, world: World, on: date) -> None:
        rng, key = self._rng, self._key(on)
        group = GROUPS.draw(rng)
        if rng.random() >= NAMED:
            self._write(world, key, on, group, None, ())
            return
        if group == VIOLENCE and rng.random() < AT_HOME:
            pair = self._at_home(world, on)
            if pair is not None:
                home = world.home_on(pair[0].entity, on)
                self._write(world, key, on, group, home, (("VICTIM", pair[0], on), ("SUSPECT", pair[1], on)))
                return
        roles = ("SUSPECT", "") if group in VICTIMLESS else _ROLES.draw(rng)
        named: list[tuple[str, Person, date]] = []
        for role in roles:
            if not role or (group == SEXUAL and role == "VICTIM"):
                continue
            person = (
                self._met.draw(world, SUSPECTS, on, again=AGAIN, youngest=RESPONSIBLE)
                if role == "SUSPECT"
                else self._met.draw(world, OTHERS, on)
            )
            if person is not None and all(person.entity != other.entity for _, other, _ in named):
                named.append((role, person, on))
        self._write(world, key, on, group, None, tuple(named))

    def _at_home(self, world: World, on: date) -> tuple[Person, Person] | None:
        """Victim and suspect who live together, who are adults; mostly a woman and a man."""
        rng = self._rng
        for _ in range(6):
            suspect = self._met.draw(world, SUSPECTS, on, youngest=RESPONSIBLE)
            if suspect is None or suspect.entity not in world.household_of:
                continue
            household = world.home(suspect.entity)
            others = [m for m in household.members if m != suspect.entity and world.people[m].age(on) >= 16]
            if household.communal or not others or household.moved_in_on > on:
                continue
            victim = world.people[rng.choice(others)]
            if here(world, victim.entity, on):
                return victim, suspect
        return None

    def _write(
        self,
        world: World,
        key: str,
        on: date,
        group: str,
        place: Property | None,
        named: tuple[tuple[str, Person, date], ...],
    ) -> None:
        location, postcode = self._location(world, place)
        row = [key, day(on), group, location, postcode]
        for part, (role, person, known) in zip(("first", "second"), named, strict=False):
            row += self._person(world, key, part, role, person, known)
        self._rows.append((*row, *("",) * (len(COLUMNS) - len(row))))

    def _location(self, world: World, place: Property | None) -> tuple[str, str]:
        """Where it happened, as the caller says it: a home, somewhere along a street, outside a shop."""
        rng, ground = self._rng, world.ground
        if place is not None and place.uprn:
            where = f"{place.sub} {place.building}".strip() or place.number
            return f"{where} {place.street}, {place.town}", place.postcode.postcode
        shop = bool(ground.shops) and rng.random() < 0.3
        near = rng.choice(ground.shops if shop else ground.dwellings)
        before = rng.choice(("Outside ", "Rear of ")) if shop else rng.choice(("", "Junction of ", "Near "))
        what = f"{near.building or near.number} {near.street}" if shop else near.street
        return f"{before}{what}, {near.town}".strip(), near.postcode.postcode if rng.random() < 0.8 else ""

    def _person(self, world: World, key: str, part: str, role: str, person: Person, known: date) -> Row:
        rng = self._rng
        home = world.home_on(person.entity, known)
        entry = self._clerk.write(person, world, on=known, home=home)
        address, postcode = address_text(entry, rng)
        if role == "WITNESS" and rng.random() < 0.5:
            entry_born, ethnicity = "", ""
        else:
            entry_born, ethnicity = day(entry.birth_date), SELF_DEFINED[entry.ethnicity]
        self.truths.person(key, part, person.entity)
        if address or postcode:
            self.truths.home(key, f"{part}_home", home)
        return (
            role,
            entry.family_name,
            " ".join(entry.given_names),
            entry_born,
            entry.sex,
            ethnicity,
            address,
            postcode,
            phone_text(entry.phone, rng),
        )

    def rows(self, file: str, *, first: bool) -> Iterator[Row]:
        """What was recorded since the last extract, in the order of days."""
        yield from self._rows
        self._rows = []
