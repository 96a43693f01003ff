"""Two registers of businesses that do not agree: who pays business rates, and where food is sold."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date, timedelta
from random import Random
from typing import Final

from vestry.synthetic.mistakes import RATES, mistype
from vestry.synthetic.people import Business, Change, World
from vestry.synthetic.registers.clerk import (
    Row,
    Truths,
    address_lines,
    day,
    fitted,
    phone_text,
    without_locality,
)

RATES_COLUMNS: Final = (
    "AccountNo", "UPRN", "Ratepayer", "TradingAs", "CompanyNo", "Proprietor", "Address1", "Address2",
    "Address3", "Address4", "Postcode", "ContactPhone", "Description", "RateableValue",
    "LiableFrom", "LiableTo",
)  # fmt: skip
FOOD_COLUMNS: Final = (
    "EstablishmentID", "BusinessName", "BusinessType", "AddressLine1", "AddressLine2", "AddressLine3",
    "PostCode", "Phone", "RatingValue", "RatingDate", "Longitude", "Latitude",
)  # fmt: skip


def varied(name: str, rng: Random, slips: float) -> str:
    """A business's name as another office has it: `&` for `and`, without `The`, with a slip."""
    dice = rng.random()
    if dice < 0.15:
        name = name.replace(" & ", " and ") if " & " in name else name.removeprefix("The ")
    elif dice < 0.22:
        name = name.replace("'", "")
    return mistype(name, rng) if rng.random() < slips else name


@dataclass(frozen=True, slots=True, kw_only=True)
class _Listed:
    entity: str
    fields: Row


class BusinessRates:
    """The rate accounts of one district; those ended stay for a year."""

    def __init__(self, source: str, district: int, rng: Random) -> None:
        self.truths = Truths(source)
        self._rng, self._rates, self._next = rng, RATES["business-rates"], 8_000_000 + district * 100_000
        self._listed: dict[str, _Listed] = {}
        self._of: dict[str, str] = {}

    def open(self, world: World) -> None:
        """Every business in the place."""
        for business in world.businesses.values():
            self._add(business)

    def _add(self, business: Business) -> None:
        rng = self._rng
        self._next += rng.randint(1, 20)
        key, owner = str(self._next), business.proprietor
        trading = business.legal_name if rng.random() < self._rates["stale name"] else business.trading_name
        number = "" if rng.random() < self._rates["no company number"] else business.company_number
        home = business.premises
        fields = (
            home.uprn,
            business.legal_name.upper(),
            varied(trading, rng, self._rates["typing_error"]).upper(),
            number,
            "" if owner is None else f"{owner.given_names[0]} {owner.family_name}",
            *(x.upper() for x in fitted(address_lines(home), 4)),
            home.postcode.postcode,
            phone_text(business.phone, rng),
            "SHOP AND PREMISES" if business.food else "OFFICE AND PREMISES",
            str(rng.randint(20, 400) * 100),
            day(business.opened_on),
            "",
        )
        self._listed[key] = _Listed(entity=business.entity, fields=fields)
        self._of[business.entity] = key
        self.truths.organisations[key, "business"] = business.entity
        if owner is not None:
            self.truths.person(key, "proprietor", owner.entity)

    def hear(self, change: Change, world: World) -> None:
        """Openings at once; closings when the bill comes back."""
        if change.what == "opening":
            self._add(world.businesses[change.business])
        elif change.what == "closing" and self._rng.random() >= self._rates["closed still listed"]:
            key = self._of[change.business]
            old = self._listed[key]
            self._listed[key] = replace(old, fields=(*old.fields[:-1], day(change.on)))

    def rows(self, *, first: bool) -> Iterator[Row]:
        """Every account in the order of its number."""
        for key, listed in self._listed.items():
            yield (key, *listed.fields)


class FoodRegister:
    """Food businesses of one district, each once, with the rating of its last inspection."""

    def __init__(self, source: str, district: int, rng: Random) -> None:
        self.truths = Truths(source)
        self._rng, self._rates, self._next = rng, RATES["food-register"], 500_000 + district * 20_000
        self._listed: dict[str, _Listed] = {}
        self._of: dict[str, str] = {}

    def open(self, world: World) -> None:
        """Food businesses that registered."""
        for business in world.businesses.values():
            self._add(business, world.on)

    def _add(self, business: Business, on: date) -> None:
        rng = self._rng
        if not business.food or rng.random() < self._rates["not registered"]:
            return
        self._next += rng.randint(1, 9)
        key, place = str(self._next), business.premises
        rated = max(business.opened_on + timedelta(days=30), on - timedelta(days=rng.randint(1, 900)))
        waiting = rated >= on
        rating = "AwaitingInspection" if waiting else rng.choices("543210", (70, 16, 8, 3, 2, 1))[0]
        code = "" if rng.random() < self._rates["no postcode"] else place.postcode.postcode
        fields = (
            varied(business.trading_name, rng, self._rates["typing_error"]),
            business.trade,
            *fitted(without_locality(address_lines(place)), 3),
            code,
            phone_text(business.phone, rng),
            rating,
            "" if waiting else day(rated, "%Y-%m-%d"),
            f"{place.postcode.longitude:.6f}",
            f"{place.postcode.latitude:.6f}",
        )
        self._listed[key] = _Listed(entity=business.entity, fields=fields)
        self._of[business.entity] = key
        self.truths.organisations[key, "establishment"] = business.entity

    def hear(self, change: Change, world: World) -> None:
        """Openings when they register; closings when an inspector finds the door shut."""
        if change.what == "opening":
            self._add(world.businesses[change.business], change.on)
        elif change.what == "closing" and self._rng.random() >= self._rates["closed still listed"]:
            self._listed.pop(self._of.pop(change.business, ""), None)

    def rows(self, *, first: bool) -> Iterator[Row]:
        """Every establishment in the order of its number."""
        for key, listed in self._listed.items():
            yield (key, *listed.fields)
