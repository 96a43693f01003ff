"""What a district licenses and inspects: food businesses with their ratings, and premises licences.

Two tables of one system. The licence names its holder, who is a company or, of small places, the person who runs it.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta
from typing import Final

from vestry.synthetic.ground.land import address_lines
from vestry.synthetic.people import person as life
from vestry.synthetic.people.person import Business, Change
from vestry.synthetic.people.world import World
from vestry.synthetic.registers.business_rates import Listed, varied
from vestry.synthetic.registers.clerk import Row, day, fitted, phone_text, without_locality
from vestry.synthetic.registers.setting import Setting

FOOD: Final = "food"
LICENCES: Final = "licences"

FOOD_COLUMNS: Final = (
    "EstablishmentID", "BusinessName", "BusinessType", "AddressLine1", "AddressLine2", "AddressLine3",
    "PostCode", "Phone", "RatingValue", "RatingDate", "Longitude", "Latitude",
)  # fmt: skip
LICENCE_COLUMNS: Final = (
    "LicenceNo", "PremisesName", "LicenceType", "Address1", "Address2", "Address3", "PostCode", "HolderCompany",
    "HolderSurname", "HolderForenames", "HolderDOB", "Granted", "Expires", "Status",
)  # fmt: skip


class Regulatory:
    """The food register and the licensing register of one district, each business once in each."""

    def __init__(self, setting: Setting) -> None:
        self.truths = setting.truths()
        self._rng, self._district = setting.rng, setting.plan.number
        self._inspector, self._clerk = setting.clerk("food-register"), setting.clerk("licensing")
        self._next = 500_000 + setting.plan.number * 20_000
        self._granted = 0
        self._food: dict[str, Listed] = {}
        self._licences: dict[str, Listed] = {}
        self._food_of: dict[str, str] = {}
        self._licence_of: dict[str, str] = {}

    def open(self, world: World) -> None:
        """Food businesses that registered, premises that were licensed."""
        for business in world.businesses.values():
            self._inspect(business, world.on)
            self._license(business, world)

    def _inspect(self, business: Business, on: date) -> None:
        rng, inspector = self._rng, self._inspector
        if not business.food or inspector.chance("not registered"):
            return
        self._next += rng.randint(1, 3)
        key, place = str(self._next), business.premises
        rated = max(business.opened_on + timedelta(days=30), on - timedelta(days=rng.randint(1, 900)))
        waiting = rated >= on
        rating = "AwaitingInspection" if waiting else rng.choices("543210", (70, 16, 8, 3, 2, 1))[0]
        self._food[key] = Listed(
            entity=business.entity,
            fields=(
                varied(business.trading_name, rng, inspector.habits.rates["typing_error"]),
                business.trade,
                *fitted(without_locality(address_lines(place)), 3),
                "" if inspector.chance("no postcode") else place.postcode.postcode,
                phone_text(business.phone, rng),
                rating,
                "" if waiting else day(rated, "%Y-%m-%d"),
                f"{place.longitude:.6f}",
                f"{place.latitude:.6f}",
            ),
        )
        self._food_of[business.entity] = key
        self.truths.organisations[key, "establishment"] = business.entity
        self.truths.home(key, "premises", place)

    def _license(self, business: Business, world: World) -> None:
        clerk, rng = self._clerk, self._rng
        if not business.licensed or clerk.chance("not registered"):
            return
        self._granted += 1
        key = f"PL{self._district:02}{self._granted:05}"
        place, owner = business.premises, business.proprietor
        granted = min(world.on, business.opened_on + timedelta(days=rng.randint(0, 200)))
        entry = None if owner is None else clerk.write(owner, world, on=granted)
        self._licences[key] = Listed(
            entity=business.entity,
            fields=(
                varied(business.trading_name, rng, clerk.habits.rates["typing_error"]),
                "Premises licence" if business.trade != "Takeaway/sandwich shop" else "Late refreshment",
                *fitted(without_locality(address_lines(place)), 3),
                "" if clerk.chance("no postcode") else place.postcode.postcode,
                business.legal_name if owner is None else "",
                *(
                    ("", "", "")
                    if entry is None
                    else (entry.family_name, " ".join(entry.given_names), day(entry.birth_date))
                ),
                day(granted),
                "",
                "GRANTED",
            ),
        )
        self._licence_of[business.entity] = key
        self.truths.organisations[key, "premises_business"] = business.entity
        self.truths.home(key, "premises", place)
        if owner is not None:
            self.truths.person(key, "holder", owner.entity)

    def hear(self, change: Change, world: World) -> None:
        """Openings when they register; closings when an inspector finds the door shut."""
        if change.what == life.OPENING:
            business = world.businesses[change.business]
            self._inspect(business, change.on)
            self._license(business, world)
        elif change.what == life.CLOSING:
            if not self._inspector.chance("closed still listed"):
                self._food.pop(self._food_of.pop(change.business, ""), None)
            if not self._clerk.chance("closed still listed"):
                self._licences.pop(self._licence_of.pop(change.business, ""), None)

    def rows(self, file: str, *, first: bool) -> Iterator[Row]:
        """Every establishment, or every licence, in the order of its number."""
        for key, listed in (self._food if file == FOOD else self._licences).items():
            yield (key, *listed.fields)
