"""Surveys one district of the map: streets one after another, postcodes along them, properties of every form.

Forms are near the shares that Census 2021 found in Hertfordshire (TS044: 21 in 100 homes in a block, 3 in 100
in a house that was divided, 4 in 1,000 a caravan). In the country houses bear names and farms no numbers.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from itertools import chain
from math import ceil
from random import Random
from typing import Final

from vestry.synthetic.chance import Weighted, weighted
from vestry.synthetic.ground import land
from vestry.synthetic.ground.land import Area, Ground, Postcode, Property, Street
from vestry.synthetic.ground.mapping import DistrictMap, inside
from vestry.synthetic.ground.town_names import (
    FARM_NAMES,
    HOUSE_NAMES,
    STREET_BEFORE,
    STREET_KINDS,
    STREET_WORDS,
)
from vestry.synthetic.plan import DistrictPlan

UNIT_LETTERS: Final = "ABDEFGHJLNPQRSTUWXYZ"
"""Letters of the last two places of a postcode (Royal Mail leaves out C I K M O V)."""
OUTWARDS: Final = 3
"""Postcode districts (`ZX1`) to one district council."""
HOMES_TO_A_POSTCODE: Final = 15
"""Delivery points that share a postcode, about the national average."""

SPARE_HOMES: Final = 1.06
"""Homes to households: one in seventeen stands empty, is let by the week or waits for its first people."""
SHOPS_TO_RESIDENTS: Final = 1 / 25
"""Business premises for each resident, near England's 2.1 million rateable properties."""
HALL_PLACES: Final = 120
CARE_HOME_BEDS: Final = 38
RESIDENTS_TO_A_SCHOOL: Final = {"primary": 4_200, "secondary": 9_000}
RESIDENTS_TO_A_SURGERY: Final = 8_000
RESIDENTS_TO_A_LIBRARY: Final = 18_000
NEW_ESTATES: Final = 0.02
"""Of streets with homes, how many are so new that the gazetteer does not have them."""
DIVIDED: Final = 0.018
"""Of houses in a street, how many have been divided into flats."""

_BANDS: Final[Weighted[str]] = weighted(zip("ABCDEFGH", (15, 18, 24, 17, 12, 8, 5, 1), strict=True))
_FLOORS: Final = ("Basement Flat", "Ground Floor Flat", "First Floor Flat", "Top Floor Flat")


@dataclass(frozen=True, slots=True, kw_only=True)
class Needs:
    """What a district must have room for: households, and people in care homes and student halls."""

    residents: int
    households: int
    in_care_homes: int
    in_halls: int


def survey(plan: DistrictPlan, areas: DistrictMap, needs: Needs, rng: Random) -> Ground:
    """All the ground of one district, with room for everyone in `needs` and one home in seventeen to spare."""
    surveyor = _Surveyor(plan, areas, rng)
    lsoas = areas.lsoas
    each = ceil((needs.households * SPARE_HOMES + 8) / len(lsoas))
    premises = ceil(needs.residents * SHOPS_TO_RESIDENTS * 1.2 / len(lsoas))
    dwellings = [home for lsoa in lsoas for home in surveyor.homes(lsoa, each)]
    dwellings += surveyor.pitches(max(2, min(14, needs.residents // 1000)))
    shops = [shop for lsoa in lsoas for shop in surveyor.shops(lsoa, premises)]

    def some(form: str, count: int) -> tuple[Property, ...]:
        return tuple(surveyor.named(form, at) for at in range(count))

    schools = [
        surveyor.named(land.SCHOOL, at, stage)
        for stage, people in RESIDENTS_TO_A_SCHOOL.items()
        for at in range(max(1, round(needs.residents / people)))
    ]
    return Ground(
        care_homes=some(land.CARE_HOME, ceil(needs.in_care_homes / CARE_HOME_BEDS)),
        halls=some(land.HALL, ceil(needs.in_halls / HALL_PLACES)),
        refuges=some(land.REFUGE, 1 + needs.residents // 90_000),
        schools=tuple(schools),
        surgeries=some(land.SURGERY, max(1, round(needs.residents / RESIDENTS_TO_A_SURGERY))),
        libraries=some(land.LIBRARY, max(1, round(needs.residents / RESIDENTS_TO_A_LIBRARY))),
        plan=plan,
        district=areas.district,
        wards=areas.wards,
        lsoas=lsoas,
        postcodes=tuple(surveyor.postcodes),
        streets=tuple(surveyor.streets),
        dwellings=tuple(dwellings),
        buildings=tuple(surveyor.buildings),
        shops=tuple(shops),
    )


def _units(plan: DistrictPlan, rng: Random) -> Iterator[str]:
    """Postcodes in order with gaps, as real ones have: `ZX1 0AA`, `ZX1 0AD`, ... 9,600 to a district."""
    for outward in range(OUTWARDS * (plan.number - 1) + 1, OUTWARDS * plan.number + 1):
        for sector in range(10):
            for first in UNIT_LETTERS:
                for second in UNIT_LETTERS:
                    if rng.random() < 0.8:
                        yield f"ZX{outward} {sector}{first}{second}"


def _street_names(rng: Random) -> Iterator[str]:
    """Every street name once: plain ones first, shuffled; then Upper, Lower, Old ... of the same."""
    plain = [f"{w} {k}" for w in STREET_WORDS for k in STREET_KINDS]
    rng.shuffle(plain)
    return chain.from_iterable((f"{before}{name}" for name in plain) for before in STREET_BEFORE)


class _Surveyor:
    """Lays out streets one after another, numbering properties as it goes."""

    def __init__(self, plan: DistrictPlan, areas: DistrictMap, rng: Random) -> None:
        self.plan, self.rng, self._lsoas = plan, rng, areas.lsoas
        self._units, self._names = _units(plan, rng), _street_names(rng)
        self._wards = {ward.code: ward.name for ward in areas.wards}
        self.postcodes: list[Postcode] = []
        self.streets: list[Street] = []
        self.buildings: list[Property] = []
        self._uprns = 0

    def unit(self, lsoa: Area) -> Postcode:
        """The next postcode, somewhere inside `lsoa`."""
        longitude, latitude = inside(lsoa, self.rng)
        unit = Postcode(postcode=next(self._units), lsoa=lsoa, longitude=longitude, latitude=latitude)
        self.postcodes.append(unit)
        return unit

    def street(self, lsoa: Area) -> Street:
        """The next street, in `lsoa`."""
        longitude, latitude = inside(lsoa, self.rng)
        street = Street(
            usrn=f"9{self.plan.number:02}{len(self.streets) + 1:05}",
            name=next(self._names),
            locality=self._wards[lsoa.ward],
            town=self.plan.town,
            longitude=longitude,
            latitude=latitude,
        )
        self.streets.append(street)
        return street

    def property(self, street: Street, unit: Postcode, form: str, **said: str) -> Property:
        """One property, with the next UPRN; of a home, tenure and band follow the deprivation of its area."""
        rng = self.rng
        self._uprns += 1
        tenure = band = ""
        if form in land.SELF_CONTAINED:
            poor = unit.lsoa.deprivation
            dice = rng.random() * (0.8 if form in (land.FLAT, land.SUBDIVIDED) else 1.06)
            tenure = (
                "social" if dice < 0.05 + 0.34 * poor else "private" if dice < 0.2 + 0.4 * poor else "owned"
            )
            bands = (_BANDS.draw(rng), _BANDS.draw(rng))
            band = min(bands) if poor > 0.45 else max(bands)
        return Property(
            uprn=f"999{self.plan.number:02}{self._uprns:07}",
            usrn=street.usrn,
            street=street.name,
            locality=street.locality,
            town=street.town,
            postcode=unit,
            form=form,
            tenure=tenure,
            band=band,
            sub=said.get("sub", ""),
            building=said.get("building", ""),
            number=said.get("number", ""),
            parent_uprn=said.get("parent", ""),
            organisation=said.get("organisation", ""),
            longitude=round(unit.longitude + rng.uniform(-0.0004, 0.0004), 6),
            latitude=round(unit.latitude + rng.uniform(-0.0003, 0.0003), 6),
        )

    def homes(self, lsoa: Area, count: int) -> list[Property]:
        """`count` homes on streets of their own: houses, in town blocks of flats, in the country farms."""
        rng, homes = self.rng, list[Property]()
        while len(homes) < count:
            street, first = self.street(lsoa), len(homes)
            known = len(self.buildings)
            length = min(count - first, rng.randint(14, 44) if lsoa.town > 0.2 else rng.randint(5, 22))
            if rng.random() < 0.16 + 0.55 * lsoa.town:
                homes += self._block(street, lsoa, min(length, rng.randint(6, 26)))
            homes += self._houses(street, lsoa, first + length - len(homes))
            if rng.random() < NEW_ESTATES:
                homes[first:] = [replace(home, in_gazetteer=False) for home in homes[first:]]
                self.buildings[known:] = [replace(b, in_gazetteer=False) for b in self.buildings[known:]]
        return homes

    def _block(self, street: Street, lsoa: Area, flats: int) -> list[Property]:
        rng, unit = self.rng, self.unit(lsoa)
        name = f"{rng.choice(STREET_WORDS)} {rng.choice(('House', 'Court', 'Lodge', 'Point'))}"
        number = str(rng.randint(1, 60)) if rng.random() < 0.5 else ""
        word = "Apartment" if rng.random() < 0.2 else "Flat"
        block = self.property(street, unit, land.BUILDING, building=name, number=number)
        self.buildings.append(block)
        return [
            self.property(
                street, unit, land.FLAT, building=name, number=number, sub=f"{word} {n}", parent=block.uprn
            )
            for n in range(1, flats + 1)
        ]

    def _houses(self, street: Street, lsoa: Area, length: int) -> list[Property]:
        rng, found, number = self.rng, list[Property](), 0
        country = lsoa.town < 0.12
        names = iter(rng.sample(HOUSE_NAMES, len(HOUSE_NAMES)))
        farms = iter(rng.sample(FARM_NAMES, 3))
        unit, used = self.unit(lsoa) if length > 0 else None, 0
        while unit is not None and len(found) < length:
            if used >= HOMES_TO_A_POSTCODE:
                unit, used = self.unit(lsoa), 0
            used += 1
            number += 1 if rng.random() < 0.93 else 2
            dice = rng.random()
            if country and dice < 0.09 and (farm := next(farms, "")):
                found.append(self.property(street, unit, land.FARM, building=farm))
            elif dice < (0.3 if country else 0.02) and (name := next(names, "")):
                kept = str(number) if rng.random() < 0.3 else ""
                found.append(self.property(street, unit, land.HOUSE, building=name, number=kept))
            elif dice > 1 - DIVIDED:
                found += self._divided(street, unit, str(number), length - len(found))
            else:
                found.append(self.property(street, unit, land.HOUSE, number=str(number)))
        return found

    def _divided(self, street: Street, unit: Postcode, number: str, most: int) -> list[Property]:
        """A house in two to four parts: `12A`, `Flat A, 12` or `First Floor Flat, 12`, after the fashion of the owner."""
        rng = self.rng
        house = self.property(street, unit, land.BUILDING, number=number)
        self.buildings.append(house)
        parts, style = min(most, rng.randint(2, 4)), rng.random()
        said = [
            {"number": f"{number}{letter}"} if style < 0.4
            else {"number": number, "sub": f"Flat {letter}"} if style < 0.75
            else {"number": number, "sub": floor}
            for letter, floor in zip("ABCD"[:parts], _FLOORS, strict=False)
        ]  # fmt: skip
        return [self.property(street, unit, land.SUBDIVIDED, parent=house.uprn, **s) for s in said]

    def pitches(self, count: int) -> list[Property]:
        """A site with so many pitches, at the edge of somewhere in the country."""
        lsoa = min(self._lsoas, key=lambda area: (area.town, area.code))
        street, unit = self.street(lsoa), self.unit(lsoa)
        site = f"{self.rng.choice(STREET_WORDS)} Caravan Site"
        whole = self.property(street, unit, land.BUILDING, building=site)
        self.buildings.append(whole)
        return [
            self.property(street, unit, land.PITCH, building=site, sub=f"Pitch {n}", parent=whole.uprn)
            for n in range(1, count + 1)
        ]

    def shops(self, lsoa: Area, count: int) -> list[Property]:
        """`count` business premises in a row."""
        street, found = self.street(lsoa), list[Property]()
        for number in range(1, count + 1):
            if number % HOMES_TO_A_POSTCODE == 1:
                unit = self.unit(lsoa)
            building = f"Unit {number}" if self.rng.random() < 0.2 else ""
            found.append(self.property(street, unit, land.SHOP, number=str(number), building=building))
        return found

    def named(self, form: str, at: int, stage: str = "") -> Property:
        """A building that is known by a name: where it lies goes round the LSOAs in turn."""
        lsoa = self._lsoas[(at * 7 + len(form)) % len(self._lsoas)]
        street, word = self.street(lsoa), self.rng.choice(STREET_WORDS)
        where = self._wards[lsoa.ward]
        name = {
            land.CARE_HOME: f"{word} Lodge",
            land.HALL: f"{word} Hall",
            land.REFUGE: "",
            land.SCHOOL: f"{where} {word} Primary School"
            if stage == "primary"
            else f"{where} {word} Academy",
            land.SURGERY: f"{word} Surgery",
            land.LIBRARY: f"{where} Library",
        }[form]
        label = {land.CARE_HOME: f"{name} Care Home", land.HALL: f"{name} of Residence"}.get(form, name)
        number = str(self.rng.randint(1, 90)) if form == land.REFUGE or self.rng.random() < 0.3 else ""
        return self.property(street, self.unit(lsoa), form, building=name, number=number, organisation=label)
