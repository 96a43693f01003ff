"""What the registers share: how a clerk writes a person and an address down, and what a register is."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from random import Random
from typing import Final, Protocol

from vestry.synthetic.gazetteer import Property
from vestry.synthetic.mistakes import Entry, spoil
from vestry.synthetic.people import Change, Person, World

Row = tuple[str, ...]

LATELY_DAYS: Final = 3 * 365
"""For so long after a change of name some registers may still hold the earlier one."""

_SHORT: Final = (
    (" Road", " Rd"), (" Street", " St"), (" Avenue", " Ave"), (" Close", " Cl"), (" Lane", " Ln"),
    (" Drive", " Dr"), (" Crescent", " Cres"), (" Gardens", " Gdns"), (" Grove", " Gr"), (" Court", " Ct"),
    (" Place", " Pl"),
)  # fmt: skip


class Truths:
    """Which entity each part of each row is about: `(source_key, part)` to entity, never two."""

    def __init__(self, source: str) -> None:
        self.source = source
        self.people: dict[tuple[str, str], str] = {}
        self.organisations: dict[tuple[str, str], str] = {}

    def person(self, key: str, part: str, entity: str) -> None:
        """This part of the row with this key is that person, whenever it is sent."""
        if self.people.setdefault((key, part), entity) != entity:
            raise AssertionError("one part of one row stands for two people")


class Register(Protocol):
    """One system of one organisation for one district."""

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

    def rows(self, *, first: bool) -> Iterator[Row]:
        """The rows of an extract, the first ever or a later one."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Clerk:
    """Writes people down for one source, with that source's share of mistakes."""

    source: str
    rng: Random

    def write(
        self, person: Person, world: World, *, home: Property | None = None, phone: str | None = None
    ) -> Entry:
        """A person's entry at `home` with the mistakes of this source in it; `phone` instead of their own."""
        renamed = person.renamed_on
        return spoil(
            Entry(
                title=person.title,
                family_name=person.family_name,
                given_names=person.given_names,
                born_as=person.born_as,
                birth_date=person.birth_date,
                sex=person.sex,
                nhs_number=person.nhs_number,
                nino=person.nino,
                phone=person.phone if phone is None else phone,
                email=person.email,
                lines=() if home is None else address_lines(home),
                postcode="" if home is None else home.postcode.postcode,
                uprn="" if home is None else home.uprn,
                heritage=person.heritage,
                lately_renamed=renamed is not None and (world.on - renamed).days < LATELY_DAYS,
            ),
            self.source,
            self.rng,
        )


def address_lines(home: Property) -> tuple[str, ...]:
    """An address in full, most particular line first, without its postcode."""
    street = f"{home.number} {home.street}".strip()
    return tuple(line for line in (home.sub, home.building, street, home.locality, home.town) if line)


def fitted(lines: tuple[str, ...], columns: int) -> tuple[str, ...]:
    """Lines put into exactly so many columns: the first ones joined if too many, blanks if too few."""
    while len(lines) > columns:
        lines = (f"{lines[0]}, {lines[1]}", *lines[2:])
    return lines + ("",) * (columns - len(lines))


def without_locality(lines: tuple[str, ...]) -> tuple[str, ...]:
    """An address without its last line but one, as many forms have no room for the village."""
    return (*lines[:-2], *lines[-1:]) if len(lines) > 2 else lines


def shortened(line: str) -> str:
    """`Station Road` as `Station Rd`."""
    for long, short in _SHORT:
        if line.endswith(long):
            return line.removesuffix(long) + short
    return line


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
