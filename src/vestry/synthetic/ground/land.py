"""What the ground is made of: areas, postcodes, properties. Values only; `mapping` and `survey` make them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from vestry.synthetic.plan import DistrictPlan

Point = tuple[float, float]
"""Degrees east and north, WGS 84."""
Ring = tuple[Point, ...]

HOUSE: Final = "house"
FLAT: Final = "flat"
SUBDIVIDED: Final = "part of a house"
FARM: Final = "farm"
CARE_HOME: Final = "care home"
HALL: Final = "student hall"
REFUGE: Final = "refuge"
PITCH: Final = "pitch"
SHOP: Final = "shop"
SCHOOL: Final = "school"
SURGERY: Final = "surgery"
LIBRARY: Final = "library"
BUILDING: Final = "building"
"""A parent that holds others (a block of flats, a house in parts) and in which nobody lives as such."""

SELF_CONTAINED: Final = (HOUSE, FLAT, SUBDIVIDED, FARM, PITCH)
"""Forms in which one household lives."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Area:
    """One area of one geography, the areas it lies within, and its outline.

    `corners` are those of the outline before it was made to wander; any point well inside them is inside.
    `town` is 0 (country) to 1 (town), `deprivation` 0 (least) to 1.
    """

    code: str
    name: str
    ring: Ring
    ward: str = ""
    district: str = ""
    centre: Point = (0.0, 0.0)
    corners: Ring = ()
    deprivation: float = 0.0
    town: float = 0.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Postcode:
    """A postcode, where it is and the area it belongs to."""

    postcode: str
    lsoa: Area
    longitude: float
    latitude: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Property:
    """One addressable property. `tenure` is owned, private, social or none; `parent_uprn` of a flat is its building's.

    `in_gazetteer` is false on a new estate that the gazetteer does not know yet. `organisation` is the name on
    the door where there is one.
    """

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
    tenure: str = ""
    band: str = ""
    parent_uprn: str = ""
    in_gazetteer: bool = True
    organisation: str = ""
    longitude: float = 0.0
    latitude: float = 0.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Street:
    """A street: its number in the national list, its name and where it is."""

    usrn: str
    name: str
    locality: str
    town: str
    longitude: float
    latitude: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Ground:
    """All the ground of one district. `dwellings` hold one household each; the rest are named for what they are."""

    plan: DistrictPlan
    district: Area
    wards: tuple[Area, ...]
    lsoas: tuple[Area, ...]
    postcodes: tuple[Postcode, ...]
    streets: tuple[Street, ...]
    dwellings: tuple[Property, ...]
    buildings: tuple[Property, ...]
    care_homes: tuple[Property, ...]
    halls: tuple[Property, ...]
    refuges: tuple[Property, ...]
    shops: tuple[Property, ...]
    schools: tuple[Property, ...]
    surgeries: tuple[Property, ...]
    libraries: tuple[Property, ...]

    @property
    def properties(self) -> tuple[Property, ...]:
        """Every property of the district, buildings that only hold others included."""
        return (
            *self.buildings, *self.dwellings, *self.care_homes, *self.halls, *self.refuges, *self.shops,
            *self.schools, *self.surgeries, *self.libraries,
        )  # fmt: skip


def address_lines(home: Property) -> tuple[str, ...]:
    """An address in full, most particular line first, without its postcode."""
    street = f"{home.number} {home.street}".strip()
    return tuple(line for line in (home.sub, home.building, street, home.locality, home.town) if line)
