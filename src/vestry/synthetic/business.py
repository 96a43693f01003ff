"""Businesses of the fictional place: what they trade as, in what premises, and who runs the small ones."""

from __future__ import annotations

from datetime import date, timedelta
from random import Random
from typing import Final

from vestry.synthetic.chance import Weighted, weighted, words
from vestry.synthetic.ground.survey import SHOPS_TO_RESIDENTS
from vestry.synthetic.people.peopling import Peopler
from vestry.synthetic.people.person import Business
from vestry.synthetic.people.world import World

TRADES: Final[Weighted[tuple[str, bool, str]]] = weighted(
    [
        (("Restaurant/Cafe/Canteen", True, "Cafe|Kitchen|Tea Rooms|Restaurant|Coffee House|Bistro"), 10),
        (
            (
                "Takeaway/sandwich shop",
                True,
                "Fish Bar|Pizza|Kebab House|Fried Chicken|Sandwich Bar|Noodle Bar",
            ),
            7,
        ),
        (("Pub/bar/nightclub", True, "Arms|Inn|Tavern"), 5),
        (("Retailers - other", True, "Stores|Bakery|Butchers|Food & Wine|Mini Market|Greengrocers"), 8),
        (("Hairdresser", False, "Hair|Barbers|Hair & Beauty"), 7),
        (("Office", False, "Solicitors|Accountants|Estate Agents|Insurance Services"), 9),
        (("Shop", False, "Hardware|Books|Cycles|Carpets|Florist|Opticians|Jewellers"), 12),
        (("Workshop", False, "Motors|Tyres|Joinery|Engineering|Print"), 9),
        (("Nursery", True, "Day Nursery|Pre-School"), 2),
    ]
)
"""`(type, whether it handles food, ends of its name)`; types of food
businesses are in the words of the Food Standards Agency."""

_BEGINNINGS: Final = tuple(
    word.replace("_", " ")
    for word in words("""
    The_Golden Bella The_Corner Station Market_Place Riverside The_Crown Royal Sunrise Lotus Spice Kings
    Castle The_Old The_Red_Lion Union Village Harbour Regent Phoenix Delta Premier City The_Blue Olive
    Saffron Jade Marigold Beacon Anchor Mayfly Peppercorn""")
)

LICENSED: Final = ("Pub/bar/nightclub", "Restaurant/Cafe/Canteen", "Takeaway/sandwich shop")
"""Trades that sell alcohol or late refreshment (Licensing Act 2003)."""

INCORPORATED = 0.55
"""Of businesses in premises, how many are companies; the rest are sole traders, run by somebody."""


class Opener:
    """Opens businesses in one world's empty premises."""

    def __init__(self, world: World, peopler: Peopler, rng: Random) -> None:
        self._world, self._peopler, self._rng = world, peopler, rng
        self._count = 0
        self._residents = [
            p.entity for p in world.residents() if 24 <= p.age(world.on) <= 66 and not p.sealed
        ]

    def populate(self) -> None:
        """As many businesses as the place has for its residents, opened over the last fifteen years."""
        world = self._world
        for _ in range(min(len(world.vacant_shops), round(len(world.household_of) * SHOPS_TO_RESIDENTS))):
            self.open(world.on - timedelta(days=self._rng.randint(30, 5500)))

    def open(self, on: date) -> Business:
        """One new business in the next empty premises, which must be there."""
        rng, world = self._rng, self._world
        self._count += 1
        trade, food, endings = TRADES.draw(rng)
        owner = world.people.get(rng.choice(self._residents)) if self._residents else None
        company = owner is None or rng.random() < INCORPORATED
        possessive = f"{owner.family_name}'s" if owner is not None and rng.random() < 0.3 else ""
        trading = f"{possessive or rng.choice(_BEGINNINGS)} {rng.choice(endings.split('|'))}"
        place = world.ground.plan.town
        if company:
            stem = (
                trading.removeprefix("The ")
                if rng.random() < 0.55
                else f"{rng.choice(_BEGINNINGS)} {place} Trading"
            )
            legal = f"{stem} Ltd" if rng.random() < 0.8 else f"{stem} Limited"
        elif owner is not None:
            legal = f"{owner.given_names[0]} {owner.family_name}"
        phone = self._peopler.numbers.phone() if rng.random() < 0.7 else ""
        if not company and owner is not None:
            phone = owner.phone
        business = Business(
            entity=f"O{world.ground.plan.number:02}-{self._count:05}",
            legal_name=legal,
            trading_name=trading,
            trade=trade,
            food=food,
            licensed=trade in LICENSED or (food and rng.random() < 0.2),
            company_number=self._peopler.numbers.company_number() if company else "",
            proprietor=None if company else owner,
            premises=world.vacant_shops.pop(),
            opened_on=on,
            phone=phone,
        )
        world.businesses[business.entity] = business
        return business
