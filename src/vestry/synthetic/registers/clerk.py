"""What the registers share: how a clerk writes a person and an address down, and what a register is."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import date, timedelta
from random import Random
from typing import Protocol

from vestry.synthetic.ground.land import Property, address_lines
from vestry.synthetic.mistakes.rates import habits
from vestry.synthetic.mistakes.ways import Entry
from vestry.synthetic.people.person import Change, Person
from vestry.synthetic.people.world import World

Row = tuple[str, ...]


class Truths:
    """What is truly so of the rows of one source: whom and where each part of each row is about.

    `(source_key, part)` to an entity, never two; of properties, to the one that the address means, which may change
    under one key.
    """

    def __init__(self, source: str) -> None:
        self.source = source
        self.people: dict[tuple[str, str], str] = {}
        self.organisations: dict[tuple[str, str], str] = {}
        self._homes: dict[tuple[str, str], Property] = {}
        self._moved: dict[tuple[str, str], None] = {}

    def person(self, key: str, part: str, entity: str) -> None:
        """This part of the row with this key is that person, whenever it is sent."""
        if self.people.setdefault((key, part), entity) != entity:
            raise AssertionError("one part of one row stands for two people")

    def home(self, key: str, part: str, home: Property | None) -> None:
        """The address in this part of the row with this key means that property, from the next extract on."""
        if home is not None and self._homes.get((key, part)) is not home:
            self._homes[key, part] = home
            self._moved[key, part] = None

    def moved(self) -> list[tuple[str, str, Property]]:
        """Every `(source_key, part, property)` that is new since this was last asked."""
        found = [(*at, self._homes[at]) for at in self._moved]
        self._moved.clear()
        return found


class Register(Protocol):
    """One system of one organisation for one district. `rows` belong to one of the files that its source sends."""

    @property
    def truths(self) -> Truths:
        """Who its rows are truly about."""
        ...

    def open(self, world: World) -> None:
        """Fill the register as it stands on the world's day."""
        ...

    def hear(self, change: Change, world: World) -> None:
        """A change has come true in the world; the register takes it in, or fails to."""
        ...

    def rows(self, file: str, *, first: bool) -> Iterator[Row]:
        """The rows of one file of an extract, the first ever or a later one."""
        ...


class Clerk:
    """Writes people down for one source, with that source's share of mistakes and of old news."""

    def __init__(self, kind: str, rng: Random, dial: float) -> None:
        self.rng = rng
        self.habits = habits(kind, dial)

    def chance(self, way: str) -> bool:
        """Whether it goes wrong this way this time."""
        return self.habits.chance(way, self.rng)

    def hears(self, of: str) -> bool:
        """Whether it hears of this change when it happens."""
        return self.rng.random() < self.habits.hears[of]

    def heard(self, person: Person, world: World) -> date:
        """The day this source last heard from somebody: lately, as often as it hears at all; never before they came."""
        days = int(self.rng.expovariate(1 / self.habits.contact)) if self.habits.contact else 0
        stays = world.stays.get(person.entity)
        first = stays[0].since if stays else person.birth_date
        if person.sealed and person.here_since is not None:
            first = max(first, person.here_since)
        gone = world.gone.get(person.entity)
        last = world.on if gone is None else gone - timedelta(days=1)
        return min(last, max(first, world.on - timedelta(days=days)))

    def write(
        self,
        person: Person,
        world: World,
        *,
        on: date,
        home: Property | None = None,
        phone: str | None = None,
    ) -> Entry:
        """A person's entry at `home` as they were on a day, with the mistakes of this source in it.

        `phone` is written instead of their own where it is given.
        """
        name = person.name_on(on)
        earlier = [
            n.family_name for n in person.names if n.since < name.since and n.family_name != name.family_name
        ]
        return self.habits.spoil(
            Entry(
                title=name.title,
                family_name=name.family_name,
                given_names=name.given_names,
                born_as=earlier[-1] if earlier else "",
                known_as=person.known_as,
                birth_date=person.birth_date,
                sex=person.sex,
                ethnicity=person.ethnicity,
                nhs_number=person.nhs_number,
                kin_nhs_number=_kin(person, world),
                nino=person.nino,
                upn=person.upn,
                phone=person.phone if phone is None else phone,
                email=person.email,
                lines=() if home is None else address_lines(home),
                postcode="" if home is None else home.postcode.postcode,
                uprn=home.uprn if home is not None and home.in_gazetteer else "",
                heritage=person.heritage,
            ),
            self.rng,
        )


def _kin(person: Person, world: World) -> str:
    """The NHS number of somebody at home with them; blank for those who live alone."""
    household = world.households.get(world.household_of.get(person.entity, ""))
    if household is None:
        return ""
    others = [m for m in household.members if m != person.entity]
    return world.people[others[0]].nhs_number if others else ""


def rewritten(entry: Entry, person: Person, *, on: date) -> Entry:
    """An entry whose name was put right when the person told of a change."""
    name = person.name_on(on)
    return replace(entry, title=name.title, family_name=name.family_name, born_as=entry.family_name)


def readdressed(entry: Entry, home: Property) -> Entry:
    """An entry whose address was put right when the person told of a move."""
    return replace(
        entry,
        lines=address_lines(home),
        postcode=home.postcode.postcode,
        uprn=home.uprn if home.in_gazetteer else "",
    )


def fitted(lines: tuple[str, ...], columns: int) -> tuple[str, ...]:
    """Lines put into exactly so many columns: the first ones joined if too many, blanks if too few."""
    while len(lines) > columns:
        lines = (f"{lines[0]}, {lines[1]}", *lines[2:])
    return lines + ("",) * (columns - len(lines))


def without_locality(lines: tuple[str, ...]) -> tuple[str, ...]:
    """An address without its last line but one, as many forms have no room for the village."""
    return (*lines[:-2], *lines[-1:]) if len(lines) > 2 else lines


def day(when: date | None, form: str = "%d/%m/%Y") -> str:
    """A date in a source's own form; blank when there is none."""
    return when.strftime(form) if when else ""


def phone_text(number: str, rng: Random) -> str:
    """A telephone number as different people type it."""
    dice = rng.random()
    if not number or dice < 0.5:
        return number
    digits = number.replace(" ", "")
    return digits if dice < 0.85 else f"+44 {number[1:]}" if dice < 0.95 else f"{digits[:5]}-{digits[5:]}"
