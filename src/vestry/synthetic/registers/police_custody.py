"""Custody records: who was detained, when, where and for what, with the other names that they gave or go by.

Young men most, and some of them often, so that one person has several records. Like incidents these are never
changed: the first extract holds the year before it, each later one its own month.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta
from typing import Final

from vestry.synthetic.chance import Weighted, weighted
from vestry.synthetic.mistakes.ways import Entry
from vestry.synthetic.names import drawing
from vestry.synthetic.people import person as life
from vestry.synthetic.people.person import Change, Person
from vestry.synthetic.people.world import World
from vestry.synthetic.registers.clerk import Row, day
from vestry.synthetic.registers.police_people import (
    AGAIN,
    DETAINED,
    RESPONSIBLE,
    SELF_DEFINED,
    Met,
    address_text,
    still_indexed,
)
from vestry.synthetic.registers.setting import Setting

COLUMNS: Final = (
    "CUSTODY_NO", "ARRESTED_ON", "RELEASED_ON", "STATION", "OFFENCE", "SURNAME", "FORENAMES", "ALIAS_SURNAME",
    "ALIAS_FORENAMES", "DOB", "SEX", "ETHNICITY", "ADDRESS", "POSTCODE",
)  # fmt: skip
EACH_YEAR: Final = 0.009
"""Detentions in a year for each resident: Home Office, police powers and procedures, 10 in 1,000 arrests, most detained."""
FIRST_COVERS: Final = 365
SEALED_STILL_INDEXED: Final = 0.3
"""Of sealed earlier identities of adults, how many were once booked in under the old name."""
YOUNGEST: Final = 17
OTHER_NAME: Final = 0.12
"""Of those detained, how many give another family name than their own, borne once or made up."""
SUITES: Final = ("Brackton", "Elmworth", "Harlstead")
OFFENCES: Final[Weighted[str]] = weighted(
    [
        ("Assault", 30), ("Theft from shop", 16), ("Drunk and disorderly", 9), ("Possession of drugs", 10),
        ("Supply of drugs", 5), ("Criminal damage", 8), ("Breach of the peace", 4), ("Breach of court order", 7),
        ("Drive with excess alcohol", 6), ("Burglary", 3), ("Harassment", 2),
    ]
)  # fmt: skip


class PoliceCustody:
    """The custody records of one district's residents."""

    def __init__(self, setting: Setting) -> None:
        self.truths = setting.truths()
        self._rng, self._plan = setting.rng, setting.plan
        self._clerk = setting.clerk("police")
        self._met = Met(setting.rng)
        self._rows: list[Row] = []
        self._until = date.min
        self._count = 0

    def open(self, world: World) -> None:
        """The year before; among them those whom the index of names gave under an identity that is sealed by now."""
        since = world.on - timedelta(days=FIRST_COVERS)
        self._met.gather(world, since)
        self._record(world, since, still_indexed(world, self._rng, SEALED_STILL_INDEXED, YOUNGEST))

    def hear(self, change: Change, world: World) -> None:
        """Those who come may be met with; what else happens to people is no news to the police."""
        if change.what == life.ARRIVAL:
            self._met.meet(world, change.people)

    def pass_month(self, world: World) -> None:
        """Who was brought in since the last extract."""
        self._record(world, self._until, [])

    def _record(self, world: World, since: date, indexed: list[tuple[Person, date]]) -> None:
        rng, days = self._rng, (world.on - since).days
        self._until = world.on
        number = max(1, round(len(world.household_of) * EACH_YEAR * days / 365.25), len(indexed))
        when = sorted(rng.randrange(days) for _ in range(number))
        places = set(rng.sample(range(number), len(indexed)))
        for at, passed in enumerate(when):
            on = since + timedelta(days=passed)
            if at in places:
                person, known = indexed.pop()
                self._book(world, on, person, min(on, known))
                continue
            drawn = self._met.draw(world, DETAINED, on, again=AGAIN, youngest=RESPONSIBLE)
            if drawn is not None:
                self._book(world, on, drawn, on)

    def _book(self, world: World, on: date, person: Person, known: date) -> None:
        """One record, with the person's name and home as of the day `known`."""
        rng = self._rng
        self._count += 1
        key = f"{SUITES[self._plan.number % 3][:2].upper()}{self._plan.number:02}{self._count:05}/{on:%y}"
        home = world.home_on(person.entity, known)
        entry = self._clerk.write(person, world, on=known, home=home)
        address, postcode = address_text(entry, rng)
        released_on = on + timedelta(days=rng.choices((0, 1, 2), (30, 62, 8))[0])
        self.truths.person(key, "detained", person.entity)
        if address or postcode:
            self.truths.home(key, "home", home)
        self._rows.append(
            (
                key,
                day(on),
                day(released_on) if released_on <= world.on and rng.random() > 0.06 else "",
                SUITES[self._plan.number % 3],
                OFFENCES.draw(rng),
                entry.family_name.upper(),
                " ".join(entry.given_names),
                *self._other_names(person, entry),
                day(entry.birth_date),
                entry.sex,
                SELF_DEFINED[entry.ethnicity],
                address,
                postcode,
            )
        )

    def _other_names(self, person: Person, entry: Entry) -> tuple[str, str]:
        """A family name borne before or made up, and what friends call them; mostly neither."""
        rng = self._rng
        family = entry.born_as if rng.random() < 0.5 else ""
        if not family and rng.random() < OTHER_NAME:
            family = drawing.family_name(rng, person.heritage, person.sex)
        called = entry.known_as if entry.known_as not in entry.given_names and rng.random() < 0.6 else ""
        return "" if family == entry.family_name else family.upper(), called

    def rows(self, file: str, *, first: bool) -> Iterator[Row]:
        """Who was brought in since the last extract, in the order of days."""
        yield from self._rows
        self._rows = []
