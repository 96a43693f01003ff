"""Business rates: who pays them, on what premises. The name is the payer's, not always the one over the door."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from random import Random
from typing import Final

from vestry.synthetic.ground.land import address_lines
from vestry.synthetic.mistakes.slips import mistype
from vestry.synthetic.people import person as life
from vestry.synthetic.people.person import Business, Change
from vestry.synthetic.people.world import World
from vestry.synthetic.registers.clerk import Row, day, fitted, phone_text
from vestry.synthetic.registers.setting import Setting

COLUMNS: Final = (
    "AccountNo", "UPRN", "Ratepayer", "TradingAs", "CompanyNo", "Proprietor", "Address1", "Address2",
    "Address3", "Address4", "Postcode", "ContactPhone", "Description", "RateableValue",
    "LiableFrom", "LiableTo",
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
class Listed:
    """One business as a register has it: its entity and the fields of its row, the key apart."""

    entity: str
    fields: Row


class BusinessRates:
    """The rate accounts of one district; those ended stay for a year."""

    def __init__(self, setting: Setting) -> None:
        self.truths = setting.truths()
        self._rng, self._clerk = setting.rng, setting.clerk("business-rates")
        self._next = 8_000_000 + setting.plan.number * 100_000
        self._listed: dict[str, Listed] = {}
        self._of: dict[str, str] = {}

    def open(self, world: World) -> None:
        """Every business in the place."""
        for business in world.businesses.values():
            self._add(business)

    def _add(self, business: Business) -> None:
        rng, clerk = self._rng, self._clerk
        self._next += rng.randint(1, 15)
        key, owner, home = str(self._next), business.proprietor, business.premises
        trading = business.legal_name if clerk.chance("stale name") else business.trading_name
        fields = (
            "" if clerk.chance("no_uprn") or not home.in_gazetteer else home.uprn,
            business.legal_name.upper(),
            varied(trading, rng, clerk.habits.rates["typing_error"]).upper(),
            "" if clerk.chance("no company number") else business.company_number,
            "" if owner is None else f"{owner.given_names[0]} {owner.family_name}",
            *(x.upper() for x in fitted(address_lines(home), 4)),
            home.postcode.postcode,
            phone_text(business.phone, rng),
            "SHOP AND PREMISES" if business.food else "OFFICE AND PREMISES",
            str(rng.randint(20, 400) * 100),
            day(business.opened_on),
            "",
        )
        self._listed[key] = Listed(entity=business.entity, fields=fields)
        self._of[business.entity] = key
        self.truths.organisations[key, "business"] = business.entity
        self.truths.home(key, "premises", home)
        if owner is not None:
            self.truths.person(key, "proprietor", owner.entity)

    def hear(self, change: Change, world: World) -> None:
        """Openings at once; closings when the bill comes back."""
        if change.what == life.OPENING:
            self._add(world.businesses[change.business])
        elif change.what == life.CLOSING and not self._clerk.chance("closed still listed"):
            key = self._of[change.business]
            old = self._listed[key]
            self._listed[key] = replace(old, fields=(*old.fields[:-1], day(change.on)))

    def rows(self, file: str, *, first: bool) -> Iterator[Row]:
        """Every account in the order of its number."""
        for key, listed in self._listed.items():
            yield (key, *listed.fields)
