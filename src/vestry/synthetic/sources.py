"""Every source of the fictional place: who sends it, in what form, and the register behind it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from random import Random
from typing import Final

from vestry.synthetic.gazetteer import DistrictPlan
from vestry.synthetic.registers import council_tax, electoral, gp, housing, social_care, trade
from vestry.synthetic.registers.clerk import Register
from vestry.synthetic.sending import Blots, Layout

COUNTY: Final = "eldershire"
NHS: Final = "nhs"

ORGANISATIONS: Final = {
    COUNTY: "Eldershire County Council",
    "brackmere": "Brackmere District Council",
    NHS: "National Health Service",
}
"""Short name -> name of every organisation that sends something; the places are invented."""

DISTRICTS: Final = (
    DistrictPlan(
        organisation="brackmere", name="Brackmere", town="Brackton", number=1, west=2.60, south=53.55
    ),
)
"""The districts of the place, one after another; each is made, sent and forgotten before the next."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Source:
    """One source: `name` is its contract's id; `register` makes it of (name, number of district, chance)."""

    name: str
    organisation: str
    layout: Layout
    register: Callable[[str, int, Random], Register]


def sources_of(plan: DistrictPlan) -> tuple[Source, ...]:
    """The seven sources that tell of one district's people and businesses, in the order they are received."""
    own = plan.organisation
    return (
        Source(
            name=f"{own}-council-tax",
            organisation=own,
            register=council_tax.CouncilTax,
            layout=Layout(
                columns=council_tax.COLUMNS,
                blots=Blots(
                    repeated=3, ragged=1, impossible="31/02/1990", born=council_tax.COLUMNS.index("LiableDOB")
                ),
            ),
        ),
        Source(
            name=f"{own}-electoral-register",
            organisation=own,
            register=electoral.ElectoralRegister,
            layout=Layout(
                columns=electoral.COLUMNS,
                delimiter=";",
                encoding="windows-1252",
                blots=Blots(repeated=2, ragged=1),
            ),
        ),
        Source(
            name="gp-registrations",
            organisation=NHS,
            register=gp.GpRegistrations,
            layout=Layout(
                columns=gp.COLUMNS,
                header=False,
                blots=Blots(
                    repeated=1,
                    ragged=1,
                    impossible="19900231",
                    born=gp.COLUMNS.index("DOB"),
                    wrong_check_digit=gp.COLUMNS.index("NHS_NO"),
                ),
            ),
        ),
        Source(
            name=f"{own}-housing",
            organisation=own,
            register=housing.HousingTenancies,
            layout=Layout(
                columns=housing.COLUMNS,
                suffix="xml.gz",
                wrapped=("HousingExtract", "Tenancies", "Tenancy"),
                blots=Blots(
                    repeated=1, impossible="1990-02-31", born=housing.COLUMNS.index("First/BirthDate")
                ),
            ),
        ),
        Source(
            name="adult-social-care",
            organisation=COUNTY,
            register=social_care.AdultSocialCare,
            layout=Layout(columns=social_care.COLUMNS),
        ),
        Source(
            name=f"{own}-business-rates",
            organisation=own,
            register=trade.BusinessRates,
            layout=Layout(columns=trade.RATES_COLUMNS, blots=Blots(repeated=1)),
        ),
        Source(
            name=f"{own}-food",
            organisation=own,
            register=trade.FoodRegister,
            layout=Layout(columns=trade.FOOD_COLUMNS, delimiter="|"),
        ),
    )
