"""What is decided of the fictional county before chance has its say: its districts, and whose systems they run.

Every name here is invented. The county lies in the open sea east of Norfolk, its postcodes are in the area
`ZX`, which is not in use, and its codes have the forms of real ones with numbers that are not issued.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

COUNTY: Final = "eldershire"
NHS: Final = "nhs"
POLICE: Final = "police"


@dataclass(frozen=True, slots=True, kw_only=True)
class DistrictPlan:
    """One district council. `centre` is where its main town lies on the map, in parts of the map's width and height.

    `share` of the county's residents; `town` its post town; `rural` (0 to 1) how thinly the rest lives;
    `deprived` (0 to 1) how poor its poorest quarter is; `diversity` multiplies the share of families whose
    names are not English; `students` live in halls; `lets_homes` when the council still owns some;
    `supplier` of its council tax system, each with a layout of its own; `rekeys` when a new one gives every account
    another number between the first extracts and the last; `stops` a source of its own that is never sent again;
    `late` its extracts after the first, a month behind everybody else's.
    """

    number: int
    organisation: str
    name: str
    town: str
    centre: tuple[float, float]
    share: float
    rural: float
    deprived: float
    diversity: float
    supplier: str
    lets_homes: bool = True
    students: float = 0.0
    rekeys: bool = False
    stops: str = ""
    late: bool = False

    @property
    def code(self) -> str:
        """Nine characters as an ONS district code, from numbers never issued."""
        return f"E0799{self.number:04}"

    @property
    def custodian(self) -> str:
        """Four digits as a local custodian code of the gazetteer, from numbers never issued."""
        return f"99{self.number:02}"


DISTRICTS: Final = (
    DistrictPlan(
        number=1, organisation="brackmere", name="Brackmere", town="Brackton", centre=(0.52, 0.50), share=0.125,
        rural=0.25, deprived=0.8, diversity=1.5, supplier="ledgerway",
    ),
    DistrictPlan(
        number=2, organisation="corveden", name="Corveden", town="Corveden", centre=(0.22, 0.55), share=0.085,
        rural=0.7, deprived=0.35, diversity=0.5, supplier="ledgerway", lets_homes=False,
    ),
    DistrictPlan(
        number=3, organisation="elmworth", name="Elmworth", town="Elmworth", centre=(0.68, 0.66), share=0.115,
        rural=0.3, deprived=0.6, diversity=1.3, supplier="civicore", students=0.05,
    ),
    DistrictPlan(
        number=4, organisation="fennmarsh", name="Fennmarsh", town="Marlstead", centre=(0.85, 0.82), share=0.08,
        rural=0.75, deprived=0.55, diversity=0.8, supplier="ledgerway", stops="waste",
    ),
    DistrictPlan(
        number=5, organisation="harlstead", name="Harlstead", town="Harlstead", centre=(0.42, 0.22), share=0.11,
        rural=0.35, deprived=0.7, diversity=1.2, supplier="ratebook", rekeys=True,
    ),
    DistrictPlan(
        number=6, organisation="larkwold", name="Larkwold", town="Great Larkwold", centre=(0.15, 0.83), share=0.075,
        rural=0.8, deprived=0.3, diversity=0.4, supplier="civicore", lets_homes=False,
    ),
    DistrictPlan(
        number=7, organisation="otterdean", name="Otterdean", town="Otterdean", centre=(0.80, 0.40), share=0.10,
        rural=0.4, deprived=0.45, diversity=0.8, supplier="ratebook",
    ),
    DistrictPlan(
        number=8, organisation="quernford", name="Quernford", town="Quernford", centre=(0.47, 0.80), share=0.12,
        rural=0.3, deprived=0.75, diversity=1.4, supplier="civicore",
    ),
    DistrictPlan(
        number=9, organisation="saltwold", name="Saltwold", town="Saltwold Quay", centre=(0.78, 0.15), share=0.09,
        rural=0.5, deprived=0.95, diversity=0.7, supplier="ledgerway", lets_homes=False,
    ),
    DistrictPlan(
        number=10, organisation="wyndleigh", name="Wyndleigh", town="Wyndham Cross", centre=(0.15, 0.25), share=0.10,
        rural=0.55, deprived=0.25, diversity=0.6, supplier="ratebook", lets_homes=False, late=True,
    ),
)  # fmt: skip
"""The districts of the county, made one after another; `share`s add up to one."""

SENDERS: Final = {
    COUNTY: "Eldershire County Council",
    **{d.organisation: f"{d.name} District Council" for d in DISTRICTS},
    NHS: "National Health Service",
    POLICE: "Eldershire Constabulary",
}
"""Short name -> name of every organisation that sends something."""

PARTNERS: Final = {
    "brackton-surgery": "Brackton Bridge Surgery",
    "carers-centre": "Eldershire Carers' Centre",
    "fire": "Eldershire Fire and Rescue Service",
    "hospitals": "Eldershire Hospitals NHS Trust",
    "marram-audit": "Marram Audit LLP",
    "wendmere": "Wendmere Council",
}
"""Short name -> name of every organisation that sends nothing and is a party to agreements. Wendmere is the neighbour council."""

ORGANISATIONS: Final = SENDERS | PARTNERS
"""Short name -> name of every organisation of the county."""


def shared_out(residents: int, districts: tuple[DistrictPlan, ...]) -> dict[str, int]:
    """`residents` by district, in proportion to the districts' shares, every one counted."""
    whole = sum(d.share for d in districts)
    counts = {d.organisation: int(residents * d.share / whole) for d in districts}
    first = districts[0].organisation
    counts[first] += residents - sum(counts.values())
    return counts
