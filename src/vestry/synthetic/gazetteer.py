"""The ground of a fictional district: areas that tile, streets, postcodes, dwellings and shops.

The district lies in the open sea east of Norfolk and its postcodes are in the area `ZX`, which is not in
use, so no real address can be met. Codes have the forms of real ones with numbers that are not issued.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from math import ceil
from random import Random
from typing import Final

from vestry.synthetic.chance import Weighted, weighted, words

Ring = tuple[tuple[float, float], ...]

UNIT_LETTERS: Final = "ABDEFGHJLNPQRSTUWXYZ"
"""Letters of the last two places of a postcode (Royal Mail leaves out C I K M O V)."""

HOMES_TO_A_POSTCODE: Final = 15
"""Delivery points that share a postcode, about the national average."""

LSOA_RESIDENTS: Final = (165, 1500)
"""Residents of an LSOA in a very small place (so that its map has areas), and the ONS's average."""

NOT_LISTED_YET: Final = 61
"""One property in so many was built too lately to be in the gazetteer of addresses."""

SHOPS_TO_RESIDENTS: Final = 1 / 25
"""Business premises for each resident, near England's 2.1 million rateable properties."""


@dataclass(frozen=True, slots=True, kw_only=True)
class DistrictPlan:
    """What is decided of a district before chance has its say; `west` and `south` in degrees."""

    organisation: str
    name: str
    town: str
    number: int
    west: float
    south: float
    width: float = 0.30
    height: float = 0.18

    @property
    def code(self) -> str:
        """Nine characters as an ONS district code, from numbers never issued."""
        return f"E0799{self.number:04}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Area:
    """One area of one geography, the areas it lies within, and its ring of (longitude, latitude)."""

    code: str
    name: str
    ring: Ring
    ward: str = ""
    district: str = ""
    deprivation: float = 0.0

    def at(self, across: float, up: float) -> tuple[float, float]:
        """The point that lies `across` and `up` (0 to 1) of the rectangle."""
        (west, south), (east, north) = self.ring[0], self.ring[2]
        return round(west + (east - west) * across, 6), round(south + (north - south) * up, 6)


@dataclass(frozen=True, slots=True, kw_only=True)
class Postcode:
    """A postcode, where it is and the area it belongs to."""

    postcode: str
    lsoa: Area
    longitude: float
    latitude: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Property:
    """One addressable property. `form`: house, flat, care home, shop. `tenure`: owned, private, social."""

    uprn: str
    usrn: str
    sub: str
    building: str
    number: str
    street: str
    locality: str
    town: str
    postcode: Postcode
    form: str
    tenure: str
    band: str
    parent_uprn: str = ""
    in_gazetteer: bool = True
    organisation: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Gazetteer:
    """All the ground of one district."""

    plan: DistrictPlan
    district: Area
    wards: tuple[Area, ...]
    lsoas: tuple[Area, ...]
    postcodes: tuple[Postcode, ...]
    dwellings: tuple[Property, ...]
    care_homes: tuple[Property, ...]
    shops: tuple[Property, ...]


_FIRST: Final = words("""
    Thrup Wex Querne Brack Sallow Ould Fenn Marl Harl Dunna Pell Tarrow Hoxa Elm Wynd Corve Lunt Otter Skell
    Yarl""")
_LAST: Final = words("combe wold stead mere hurst bourne worth leigh den ford")

_STREET_WORDS: Final = words("""
    Orchard Mill Church Station School Victoria Albert Park Manor Chapel Queens Kings Windmill Meadow Brook
    Beech Oak Ash Cherry Hawthorn Lime Chestnut Willow Poplar Rowan Maple Cedar Holly Ivy Lark Swallow
    Kestrel Heron Wren Robin Falcon Granary Saddlers Coopers Fletchers Tanners Weavers Drovers Shepherds
    Ploughman Harvest Barley Clover Primrose Bluebell Foxglove Heather Bramble Nightingale Cromwell Nelson
    Wellington Wesley Alma Balmoral Sandringham Osprey Quarry Pound Dovecote Abbots Priory Monks Pilgrims
    Chandlers Potters Lantern""")
_STREET_KINDS: Final = words(
    "Road Street Avenue Close Lane Drive Way Crescent Gardens Grove Place Court Walk Rise"
)
_STREET_BEFORE: Final = ("", "Upper ", "Lower ", "Old ", "New ", "Great ", "Little ")
_HOUSE_NAMES: Final = words("""
    Rose_Cottage The_Old_Bakery Hill_Farm Lodge_Farm Wayside The_Laurels Fairview Ivy_Cottage The_Old_Forge
    Brook_House Manor_Farm Windyridge The_Gables Orchard_House Keepers_Cottage The_Barn""")
"""Written with `_` for a space."""
_BANDS: Final[Weighted[str]] = weighted(zip("ABCDEFGH", (15, 18, 24, 17, 12, 8, 5, 1), strict=True))


def place_name(index: int) -> str:
    """The invented name of the `index`-th village or ward; they repeat after two hundred, with a number."""
    first, last = _FIRST[index % len(_FIRST)], _LAST[index * 7 // len(_FIRST) % len(_LAST)]
    again = index // (len(_FIRST) * len(_LAST))
    return f"{first}{last}" + (f" {again + 1}" if again else "")


def _ring(west: float, south: float, east: float, north: float) -> Ring:
    corners = ((west, south), (east, south), (east, north), (west, north), (west, south))
    return tuple((round(x, 6), round(y, 6)) for x, y in corners)


def _areas(
    plan: DistrictPlan, residents: int, rng: Random
) -> tuple[Area, tuple[Area, ...], tuple[Area, ...]]:
    """District, wards (rows of a grid), LSOAs (columns of each row); neighbours share their edges exactly."""
    small, large = LSOA_RESIDENTS
    wanted = max(4, ceil(residents / min(large, max(small, residents / 12))))
    rows = max(2, round((wanted / 1.5) ** 0.5))
    columns = ceil(wanted / rows)
    worst = rng.uniform(0.2, 0.8), rng.uniform(0.2, 0.8)
    east, north = plan.west + plan.width, plan.south + plan.height
    district = Area(
        code=plan.code, name=plan.name, ring=_ring(plan.west, plan.south, east, north), district=plan.code
    )
    wards, lsoas = [], []
    for row in range(rows):
        bottom = plan.south + plan.height * row / rows
        top = plan.south + plan.height * (row + 1) / rows
        ward = f"E05{990000 + plan.number * 500 + row:06}"
        name = place_name(plan.number * 11 + row * 3)
        wards.append(
            Area(
                code=ward, name=name, ring=_ring(plan.west, bottom, east, top), ward=ward, district=plan.code
            )
        )
        for column in range(columns):
            left, right = (plan.west + plan.width * c / columns for c in (column, column + 1))
            away = abs((column + 0.5) / columns - worst[0]) + abs((row + 0.5) / rows - worst[1])
            number = row * columns + column
            lsoas.append(
                Area(
                    code=f"E01{990000 + plan.number * 900 + number:06}",
                    name=f"{plan.name} {row + 1:03}{_letters(column)}",
                    ring=_ring(left, bottom, right, top),
                    ward=ward,
                    district=plan.code,
                    deprivation=round(min(1.0, max(0.0, 0.95 - 0.9 * away + rng.gauss(0, 0.08))), 3),
                )
            )
    return district, tuple(wards), tuple(lsoas)


def _letters(column: int) -> str:
    return (chr(64 + column // 26) if column >= 26 else "") + chr(65 + column % 26)


def _units(plan: DistrictPlan, rng: Random) -> Iterator[str]:
    """Postcodes in order with gaps, as real ones have: `ZX1 0AA`, `ZX1 0AD`, ... 8,000 to a district."""
    for outward in (2 * plan.number - 1, 2 * plan.number):
        for sector in range(10):
            for first in UNIT_LETTERS:
                for second in UNIT_LETTERS:
                    if rng.random() < 0.8:
                        yield f"ZX{outward} {sector}{first}{second}"


class _Surveyor:
    """Lays out streets one after another, numbering properties as it goes."""

    def __init__(self, plan: DistrictPlan, rng: Random) -> None:
        self.plan, self.rng = plan, rng
        self.units = _units(plan, rng)
        self.postcodes: list[Postcode] = []
        names = [f"{b}{w} {k}" for b in _STREET_BEFORE for w in _STREET_WORDS for k in _STREET_KINDS]
        plain = len(_STREET_WORDS) * len(_STREET_KINDS)
        first, rest = names[:plain], names[plain:]
        rng.shuffle(first)
        self.names = iter(first + rest)
        self.uprns = self.usrns = self.parents = 0

    def unit(self, lsoa: Area) -> Postcode:
        """The next postcode, somewhere inside `lsoa`."""
        longitude, latitude = lsoa.at(self.rng.uniform(0.05, 0.95), self.rng.uniform(0.05, 0.95))
        unit = Postcode(postcode=next(self.units), lsoa=lsoa, longitude=longitude, latitude=latitude)
        self.postcodes.append(unit)
        return unit

    def street(self) -> tuple[str, str]:
        """Name and USRN of the next street."""
        self.usrns += 1
        return next(self.names), f"9{self.plan.number:02}{self.usrns:05}"

    def property(
        self,
        street: tuple[str, str],
        unit: Postcode,
        locality: str,
        form: str,
        *,
        number: str = "",
        sub: str = "",
        building: str = "",
        parent: str = "",
    ) -> Property:
        """One property, with the next UPRN; tenure and band follow the deprivation of its area."""
        self.uprns += 1
        poor = unit.lsoa.deprivation
        dice = self.rng.random() * (0.85 if form == "flat" else 1)
        tenure = "social" if dice < 0.02 + 0.25 * poor else "private" if dice < 0.22 + 0.3 * poor else "owned"
        bands = (_BANDS.draw(self.rng), _BANDS.draw(self.rng))
        return Property(
            uprn=f"999{self.plan.number:02}{self.uprns:07}",
            usrn=street[1],
            sub=sub,
            building=building,
            number=number,
            street=street[0],
            locality=locality,
            town=self.plan.town,
            postcode=unit,
            form=form,
            tenure=tenure,
            parent_uprn=parent,
            in_gazetteer=self.uprns % NOT_LISTED_YET != 0,
            band=min(bands) if poor > 0.5 else max(bands),
        )

    def parent(self) -> str:
        """The UPRN of a building that is let in flats."""
        self.parents += 1
        return f"999{self.plan.number:02}8{self.parents:06}"

    def homes(self, lsoa: Area, locality: str, count: int) -> list[Property]:
        """`count` dwellings on streets of their own: houses, here and there a block of flats or a name."""
        homes: list[Property] = []
        rng = self.rng
        while len(homes) < count:
            street = self.street()
            length = min(count - len(homes), rng.randint(14, 44))
            if rng.random() < 0.25:
                flats, parent = min(length, rng.randint(6, 20)), self.parent()
                block, unit = f"{rng.choice(_STREET_WORDS)} House", self.unit(lsoa)
                number = str(rng.randint(1, 40)) if rng.random() < 0.5 else ""
                homes += [
                    self.property(
                        street,
                        unit,
                        locality,
                        "flat",
                        number=number,
                        building=block,
                        sub=f"Flat {n}",
                        parent=parent,
                    )
                    for n in range(1, flats + 1)
                ]
                length -= flats
            homes += self._houses(street, lsoa, locality, length)
        return homes

    def _houses(self, street: tuple[str, str], lsoa: Area, locality: str, length: int) -> list[Property]:
        rng, found, number = self.rng, list[Property](), 0
        named = iter(rng.sample(_HOUSE_NAMES, len(_HOUSE_NAMES)))
        while len(found) < length:
            if len(found) % HOMES_TO_A_POSTCODE == 0 or not found:
                unit = self.unit(lsoa)
            number += 1 if rng.random() < 0.93 else 2
            dice = rng.random()
            name = next(named, "").replace("_", " ") if dice < 0.03 else ""
            if name:
                found.append(self.property(street, unit, locality, "house", building=name))
            elif dice < 0.06:
                style, parent = rng.random() < 0.5, self.parent()
                for letter in "ABC"[: min(rng.randint(2, 3), length - len(found))]:
                    sub, text = ("", f"{number}{letter}") if style else (f"Flat {letter}", str(number))
                    flat = self.property(
                        street, unit, locality, "flat", number=text, sub=sub, parent="" if style else parent
                    )
                    found.append(flat)
            else:
                found.append(self.property(street, unit, locality, "house", number=str(number)))
        return found

    def shops(self, lsoa: Area, locality: str, count: int) -> list[Property]:
        """`count` business premises in a row."""
        street, found = self.street(), list[Property]()
        for number in range(1, count + 1):
            if number % HOMES_TO_A_POSTCODE == 1:
                unit = self.unit(lsoa)
            building = f"Unit {number}" if self.rng.random() < 0.2 else ""
            found.append(self.property(street, unit, locality, "shop", number=str(number), building=building))
        return found


def survey(plan: DistrictPlan, *, residents: int, households: int, care_homes: int, rng: Random) -> Gazetteer:
    """The ground for so many residents and households, with one home in twenty empty."""
    district, wards, lsoas = _areas(plan, residents, rng)
    surveyor = _Surveyor(plan, rng)
    each = ceil((households * 1.05 + 5) / len(lsoas))
    premises = ceil(residents * SHOPS_TO_RESIDENTS * 1.2 / len(lsoas))
    dwellings, shops, homes = list[Property](), list[Property](), list[Property]()
    ward_names = {ward.code: ward.name for ward in wards}
    for index, lsoa in enumerate(lsoas):
        locality = ward_names[lsoa.ward]
        dwellings += surveyor.homes(lsoa, locality, each)
        shops += surveyor.shops(lsoa, locality, premises)
        for n in range(index, care_homes, len(lsoas)):
            name = f"{_STREET_WORDS[n % len(_STREET_WORDS)]} Lodge Care Home"
            homes.append(
                surveyor.property(
                    surveyor.street(), surveyor.unit(lsoa), locality, "care home", building=name
                )
            )
    return Gazetteer(
        plan=plan,
        district=district,
        wards=wards,
        lsoas=lsoas,
        postcodes=tuple(surveyor.postcodes),
        dwellings=tuple(dwellings),
        care_homes=tuple(homes),
        shops=tuple(shops),
    )
