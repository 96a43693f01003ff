"""Every source of the fictional county: who sends it, in what form, how often, and the register behind it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Final

from vestry.synthetic.plan import COUNTY, NHS, POLICE, DistrictPlan
from vestry.synthetic.registers import (
    benefits,
    blue_badges,
    business_rates,
    childrens_cases,
    cin_census,
    council_tax,
    electoral,
    gp,
    housing,
    libraries,
    police_custody,
    police_incidents,
    protected,
    regulatory,
    school_census,
    social_care,
    special_needs,
    ssda903,
    waste,
)
from vestry.synthetic.registers.clerk import Register
from vestry.synthetic.registers.setting import Setting
from vestry.synthetic.sending import Blots, Layout

MONTHLY: Final = 1
ONCE: Final = 0
AT_THE_END: Final = -1
"""How often after the first extract: every month, never, or once when all the months have passed."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Source:
    """One source: `name` is its contract's id, `contract` the template of it under `contracts/`.

    `files` are the layouts of what it sends, by the end of the file's name (blank when there is one file only).
    `whole_county` when all districts' rows stand in one file.
    """

    name: str
    organisation: str
    contract: str
    register: Callable[[Setting], Register]
    files: Mapping[str, Layout]
    every: int = AT_THE_END
    whole_county: bool = False

    def file_name(self, file: str) -> str:
        """What one of its files is called."""
        return "-".join(x for x in (self.name, file) if x) + f".{self.files[file].suffix}"


def sources_of(plan: DistrictPlan) -> tuple[Source, ...]:
    """The sources that tell of one district's people and businesses, in the order they are received."""
    return (*_of_district(plan), *_of_county())


def _of_district(plan: DistrictPlan) -> tuple[Source, ...]:
    own = plan.organisation
    tax = council_tax.SUPPLIERS[plan.supplier]
    impossible = {"ledgerway": "31/02/1990", "civicore": "19900231", "ratebook": "31-Feb-1990"}[plan.supplier]
    return (
        Source(
            name=f"{own}-council-tax",
            organisation=own,
            contract=f"district/council-tax-{plan.supplier}.yaml",
            register=council_tax.CouncilTax,
            files={
                "": Layout(
                    columns=tax.columns,
                    delimiter="|" if plan.supplier == "civicore" else ",",
                    encoding="windows-1252" if plan.supplier == "ratebook" else "utf-8",
                    blots=Blots(repeated=3, ragged=1, impossible=impossible, born=6),
                )
            },
        ),
        Source(
            name=f"{own}-electoral-register",
            organisation=own,
            contract="district/electoral-register.yaml",
            register=electoral.ElectoralRegister,
            files={
                "": Layout(
                    columns=electoral.COLUMNS,
                    delimiter=";",
                    encoding="windows-1252",
                    blots=Blots(repeated=2, ragged=1),
                )
            },
            every=MONTHLY,
        ),
        Source(
            name=f"{own}-housing",
            organisation=own,
            contract="district/housing.yaml" if plan.lets_homes else "district/waiting-list.yaml",
            register=housing.Housing,
            files=_housing_files(plan),
        ),
        Source(
            name=f"{own}-business-rates",
            organisation=own,
            contract="district/business-rates.yaml",
            register=business_rates.BusinessRates,
            files={"": Layout(columns=business_rates.COLUMNS, blots=Blots(repeated=1))},
        ),
        Source(
            name=f"{own}-regulatory",
            organisation=own,
            contract="district/regulatory.yaml",
            register=regulatory.Regulatory,
            files={
                regulatory.FOOD: Layout(columns=regulatory.FOOD_COLUMNS, delimiter="|"),
                regulatory.LICENCES: Layout(columns=regulatory.LICENCE_COLUMNS, delimiter="|"),
            },
        ),
        Source(
            name=f"{own}-benefits",
            organisation=own,
            contract="district/benefits.yaml",
            register=benefits.Benefits,
            files={
                "": Layout(
                    columns=benefits.COLUMNS,
                    delimiter="|",
                    encoding="windows-1252",
                    blots=Blots(
                        repeated=1, ragged=1, impossible="31/02/1990", born=benefits.COLUMNS.index("DOB")
                    ),
                )
            },
        ),
        Source(
            name=f"{own}-waste",
            organisation=own,
            contract="district/waste.yaml",
            register=waste.Waste,
            files={"": Layout(columns=waste.COLUMNS, blots=Blots(repeated=1))},
        ),
    )


def _housing_files(plan: DistrictPlan) -> dict[str, Layout]:
    tenancies = Layout(
        columns=housing.TENANCY_COLUMNS,
        suffix="xml.gz",
        wrapped=("HousingExtract", "Tenancies", "Tenancy"),
        blots=Blots(
            repeated=1, impossible="1990-02-31", born=housing.TENANCY_COLUMNS.index("First/BirthDate")
        ),
    )
    waiting = Layout(
        columns=housing.WAITING_COLUMNS,
        suffix="xml.gz",
        wrapped=("HousingRegister", "Applications", "Application"),
    )
    return {housing.TENANCIES: tenancies, housing.WAITING_LIST: waiting} if plan.lets_homes else {"": waiting}


def _of_county() -> tuple[Source, ...]:
    return (
        Source(
            name="gp-registrations",
            organisation=NHS,
            contract="nhs/gp-registrations.yaml",
            register=gp.GpRegistrations,
            whole_county=True,
            files={
                "": Layout(
                    columns=gp.COLUMNS,
                    header=False,
                    blots=Blots(
                        repeated=1,
                        ragged=1,
                        impossible="19900231",
                        born=gp.COLUMNS.index("DOB"),
                        wrong_check_digit=gp.COLUMNS.index("NHS_NO"),
                    ),
                )
            },
        ),
        Source(
            name="adult-social-care",
            organisation=COUNTY,
            contract="eldershire/adult-social-care.yaml",
            register=social_care.AdultSocialCare,
            files={"": Layout(columns=social_care.COLUMNS)},
            every=MONTHLY,
            whole_county=True,
        ),
        Source(
            name="blue-badges",
            organisation=COUNTY,
            contract="eldershire/blue-badges.yaml",
            register=blue_badges.BlueBadges,
            files={"": Layout(columns=blue_badges.COLUMNS, blots=Blots(repeated=1))},
            whole_county=True,
        ),
        Source(
            name="libraries",
            organisation=COUNTY,
            contract="eldershire/libraries.yaml",
            register=libraries.Libraries,
            files={"": Layout(columns=libraries.COLUMNS, delimiter=";", blots=Blots(repeated=1))},
            every=MONTHLY,
            whole_county=True,
        ),
        *_of_police(),
        *_of_children(),
    )


def _of_police() -> tuple[Source, ...]:
    return (
        Source(
            name="police-incidents",
            organisation=POLICE,
            contract="police/police-incidents.yaml",
            register=police_incidents.PoliceIncidents,
            files={"": Layout(columns=police_incidents.COLUMNS)},
            every=MONTHLY,
            whole_county=True,
        ),
        Source(
            name="police-custody",
            organisation=POLICE,
            contract="police/police-custody.yaml",
            register=police_custody.PoliceCustody,
            files={"": Layout(columns=police_custody.COLUMNS, delimiter="|")},
            every=MONTHLY,
            whole_county=True,
        ),
    )


def _of_children() -> tuple[Source, ...]:
    """What the county holds of children, and the list of identities that must stay sealed."""
    cases = Layout(columns=childrens_cases.COLUMNS, blots=Blots(repeated=1))
    census = Layout(
        columns=cin_census.COLUMNS,
        suffix="xml.gz",
        wrapped=("Message", "Children", "Child"),
        head=cin_census.HEAD,
    )
    pupils = Layout(
        columns=school_census.COLUMNS,
        blots=Blots(repeated=2, ragged=1, impossible="1990-02-31", born=school_census.COLUMNS.index("DOB")),
    )
    return (
        _county("childrens-cases", childrens_cases.ChildrensCases, {"": cases}),
        _county("ssda903", ssda903.Ssda903, {f: Layout(columns=c) for f, c in ssda903.FILES.items()}),
        _county("cin-census", cin_census.CinCensus, {"": census}),
        _county("school-census", school_census.SchoolCensus, {"": pupils}),
        _county("send", special_needs.SpecialNeeds, {"": Layout(columns=special_needs.COLUMNS)}),
        _county(
            "protected-identities",
            protected.ProtectedIdentities,
            {"": Layout(columns=protected.COLUMNS)},
            every=ONCE,
        ),
    )


def _county(
    name: str, register: Callable[[Setting], Register], files: Mapping[str, Layout], every: int = AT_THE_END
) -> Source:
    """A source of the county council, all districts in one file."""
    return Source(
        name=name,
        organisation=COUNTY,
        contract=f"eldershire/{name}.yaml",
        register=register,
        files=files,
        every=every,
        whole_county=True,
    )
