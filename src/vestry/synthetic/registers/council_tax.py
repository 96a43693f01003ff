"""Council tax: an account for each home, who is liable for it, and where the bill goes.

Columns follow the field list of the National Fraud Initiative's council tax extract. Accounts that ended in
the last year stay in the extract, so one person may have several.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date, timedelta
from random import Random
from typing import Final

from vestry.synthetic.gazetteer import Property
from vestry.synthetic.mistakes import RATES, Entry
from vestry.synthetic.people import Change, Household, Person, World
from vestry.synthetic.registers.clerk import Clerk, Row, Truths, address_lines, day, fitted, phone_text

COLUMNS: Final = (
    "AccountRef", "UPRN", "LiableTitle", "LiableSurname", "LiableForename", "LiableMiddle", "LiableDOB",
    "Address1", "Address2", "Address3", "Address4", "Postcode", "Title2", "Surname2", "Forename2",
    "Middle2", "DOB2", "BillAddress1", "BillAddress2", "BillAddress3", "BillPostcode", "Phone", "Email",
    "Band", "DiscountCode", "Status", "LiableFrom", "LiableTo", "AnnualCharge",
)  # fmt: skip

BAND_D: Final = 2184.60
"""Pounds a year; the other bands are ninths of it (Local Government Finance Act 1992, s.5)."""
_NINTHS: Final = dict(zip("ABCDEFGH", (6, 7, 8, 9, 11, 13, 15, 18), strict=True))
_KIND: Final = "council-tax"


@dataclass(frozen=True, slots=True, kw_only=True)
class _Account:
    home: Property
    liable: Entry
    phone: str
    discount: str
    since: date
    until: date | None = None
    partner: Entry | None = None
    billing: tuple[str, ...] = ()
    billing_postcode: str = ""


class CouncilTax:
    """The accounts of one district."""

    def __init__(self, source: str, district: int, rng: Random) -> None:
        self.truths = Truths(source)
        self._rng, self._rates = rng, RATES[_KIND]
        self._clerk = Clerk(source=_KIND, rng=rng)
        self._accounts: dict[str, _Account] = {}
        self._of: dict[str, str] = {}
        self._next = district * 10_000_000 + rng.randint(1000, 4000)

    def open(self, world: World) -> None:
        """An account for each household, those that ended in the last year, landlords' for empty homes."""
        for home in world.households.values():
            if home.kind == "care home":
                continue
            if home.came_from is not None and (adults := world.adults(home)):
                if self._by_chance("stale address"):
                    self._add(
                        world,
                        replace(
                            home, home=home.came_from, moved_in_on=home.moved_in_on - timedelta(days=900)
                        ),
                    )
                    continue
                self._add_for(
                    world,
                    adults[0],
                    home.came_from,
                    home.moved_in_on - timedelta(days=700),
                    until=home.moved_in_on,
                )
            self._add(world, home)
        for gone in world.gone:
            still = self._by_chance("dead still listed" if gone.person.death_date else "gone still listed")
            since = gone.on - timedelta(days=self._rng.randint(200, 5000))
            self._add_for(world, gone.person, gone.home, since, until=None if still else gone.on)
        landlords = [h for h in world.households.values() if h.kind in ("couple", "couple over 65")]
        for empty in world.vacant:
            if landlords and self._by_chance("landlord pays"):
                lord = self._rng.choice(landlords)
                owner, lives = world.people[lord.members[0]], address_lines(lord.home)
                self._add_for(
                    world,
                    owner,
                    empty,
                    world.on - timedelta(days=self._rng.randint(20, 700)),
                    discount="EMPTY",
                    billing=lives,
                    billing_postcode=lord.home.postcode.postcode,
                    main=False,
                )

    def _by_chance(self, way: str) -> bool:
        return self._rng.random() < self._rates[way]

    def _add(self, world: World, household: Household) -> None:
        adults = world.adults(household)
        if not adults:
            return
        second = None
        if len(adults) > 1 and (household.couple or self._rng.random() < 0.5):
            second = adults[1]
        discount = "STUD" if household.kind == "students" else "" if len(adults) > 1 else "SPD25"
        billing: tuple[str, ...] = ()
        code = ""
        if self._by_chance("billed elsewhere"):
            other = self._rng.choice(world.gazetteer.dwellings)
            billing, code = address_lines(other), other.postcode.postcode
        self._add_for(
            world,
            adults[0],
            household.home,
            household.moved_in_on,
            partner=second,
            discount=discount,
            billing=billing,
            billing_postcode=code,
            phone=household.phone,
        )

    def _add_for(
        self,
        world: World,
        person: Person,
        home: Property,
        since: date,
        *,
        until: date | None = None,
        partner: Person | None = None,
        discount: str = "",
        billing: tuple[str, ...] = (),
        billing_postcode: str = "",
        phone: str = "",
        main: bool = True,
    ) -> None:
        self._next += self._rng.randint(1, 9)
        key = str(self._next)
        entry = self._clerk.write(person, world, home=home, phone=person.phone or phone)
        second = None if partner is None else self._clerk.write(partner, world, phone="")
        self._accounts[key] = _Account(
            home=home,
            liable=entry,
            partner=second,
            phone=phone_text(entry.phone, self._rng),
            discount=discount,
            since=since,
            until=until,
            billing=billing,
            billing_postcode=billing_postcode,
        )
        self.truths.person(key, "liable", person.entity)
        if partner is not None:
            self.truths.person(key, "partner", partner.entity)
        if until is None and main:
            self._of[person.entity] = key
            if partner is not None:
                self._of[partner.entity] = key

    def hear(self, change: Change, world: World) -> None:
        """Moves and deaths are mostly heard of; a change of name half the time."""
        if change.what == "arrival":
            self._add(world, world.households[change.household])
        elif change.what == "move" and not self._by_chance("stale address"):
            self._end(change)
            self._add(world, world.households[change.household])
        elif change.what == "departure" and not self._by_chance("gone still listed"):
            self._end(change)
        elif change.what == "death" and not self._by_chance("dead still listed"):
            self._bereave(change, world)
        elif change.what == "marriage" and self._rng.random() < 0.5:
            self._rename(world.people[change.people[1]])

    def _end(self, change: Change) -> None:
        for person in change.people:
            key = self._of.pop(person, "")
            if key and self._accounts[key].until is None:
                self._accounts[key] = replace(self._accounts[key], until=change.on)

    def _bereave(self, change: Change, world: World) -> None:
        key = self._of.pop(change.people[0], "")
        if not key:
            return
        account, survivors = self._accounts[key], world.households.get(change.household)
        if self.truths.people.get((key, "partner")) == change.people[0]:
            self._accounts[key] = replace(account, partner=None)
            return
        self._accounts[key] = replace(account, until=change.on)
        if survivors is not None:
            for other in survivors.members:
                self._of.pop(other, None)
            self._add(world, replace(survivors, moved_in_on=change.on))

    def _rename(self, person: Person) -> None:
        key = self._of.get(person.entity, "")
        if not key:
            return
        account = self._accounts[key]
        part = "partner" if self.truths.people.get((key, "partner")) == person.entity else "liable"
        entry = account.partner if part == "partner" else account.liable
        if entry is not None:
            entry = replace(entry, family_name=person.family_name, title=person.title)
            account = replace(account, partner=entry) if part == "partner" else replace(account, liable=entry)
            self._accounts[key] = account

    def rows(self, *, first: bool) -> Iterator[Row]:
        """Every account, in the order of opening, in capitals."""
        for key, account in self._accounts.items():
            liable, other = account.liable, account.partner
            charge = BAND_D * _NINTHS[account.home.band] / 9 * (0.75 if account.discount == "SPD25" else 1)
            yield (
                key,
                liable.uprn,
                *_names(liable),
                *(x.upper() for x in fitted(liable.lines, 4)),
                liable.postcode,
                *(("",) * 5 if other is None else _names(other)),
                *(x.upper() for x in fitted(account.billing, 3)),
                account.billing_postcode,
                account.phone,
                liable.email,
                account.home.band,
                account.discount,
                "CLOSED" if account.until else "LIVE",
                day(account.since),
                day(account.until),
                f"{charge:.2f}",
            )


def _names(entry: Entry) -> Row:
    middle = " ".join(entry.given_names[1:])
    first = entry.given_names[0] if entry.given_names else ""
    return (entry.title, entry.family_name.upper(), first.upper(), middle.upper(), day(entry.birth_date))
