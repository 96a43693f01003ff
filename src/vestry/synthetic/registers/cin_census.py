"""The children in need census: every child with an open case in the year, in the department's XML, without a name.

The layout is that of CIN 2026 (`Message/Children/Child`), with up to two episodes (`CINdetails`) of each child.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from typing import Final

from vestry.synthetic.people.cases import Case, Need
from vestry.synthetic.people.person import Change
from vestry.synthetic.people.world import World
from vestry.synthetic.registers.children import Known, ethnic_code, upn_or_why
from vestry.synthetic.registers.clerk import Row, day
from vestry.synthetic.registers.setting import Setting

_DETAILS: Final = (
    "CINreferralDate", "ReferralSource", "PrimaryNeedCode", "CINclosureDate", "ReasonForClosure", "DateOfInitialCPC",
    "Assessments/AssessmentActualStartDate", "Assessments/AssessmentAuthorisationDate",
    "CINPlanDates/CINPlanStartDate", "CINPlanDates/CINPlanEndDate", "ReferralNFA",
    "ChildProtectionPlans/CPPstartDate", "ChildProtectionPlans/CPPendDate",
    "ChildProtectionPlans/InitialCategoryOfAbuse",
)  # fmt: skip
COLUMNS: Final[Row] = (
    "ChildIdentifiers/LAchildID", "ChildIdentifiers/UPN", "ChildIdentifiers/UPNunknown",
    "ChildIdentifiers/PersonBirthDate", "ChildIdentifiers/Sex", "ChildCharacteristics/Ethnicity",
    "ChildCharacteristics/Disabilities/Disability",
    *(f"CINdetails/{name}" for name in _DETAILS), *(f"CINdetails[2]/{name}" for name in _DETAILS),
)  # fmt: skip
"""Paths below `Child`, in the order of writing."""

HEAD: Final = (
    "<Header><CollectionDetails><Collection>CIN</Collection><Year>2026</Year>"
    "<ReferenceDate>{as_at}</ReferenceDate></CollectionDetails>"
    "<Source><SourceLevel>L</SourceLevel><LEA>999</LEA><SoftwareCode>Eldershire</SoftwareCode>"
    "<SerialNo>001</SerialNo><DateTime>{as_at}T08:00:00</DateTime></Source></Header>"
)
"""What stands before the children; 999 is no authority's number."""
_ISO: Final = "%Y-%m-%d"
YEAR: Final = 365


class CinCensus:
    """The children in need of one district."""

    def __init__(self, setting: Setting) -> None:
        self.truths = setting.truths()
        self._known = Known(setting.clerk("children"))
        self._rng = setting.rng
        self._disabled: dict[str, str] = {}
        self._world: World | None = None

    def open(self, world: World) -> None:
        """The census is drawn up when it is sent, from the cases as they stand."""
        self._world = world

    def hear(self, change: Change, world: World) -> None:
        """Nothing: what the census tells is in the cases."""

    def rows(self, file: str, *, first: bool) -> Iterator[Row]:
        """A child for each case that was open in the last year, its two newest episodes with it."""
        assert self._world is not None
        world = self._world
        since = world.on - timedelta(days=YEAR)
        for case in world.cases.values():
            needs = [
                n for n in case.needs if n.referred <= world.on and (n.closed is None or n.closed >= since)
            ]
            if needs:
                yield self._row(case, sorted(needs, key=lambda n: n.referred)[-2:], world)

    def _row(self, case: Case, needs: list[Need], world: World) -> Row:
        entry, person = self._known.entry(case, world), world.people[case.child]
        self.truths.person(case.number, "child", case.child)
        upn = upn_or_why(entry, person, world)
        unknown = upn.startswith("UN")
        return (
            case.number,
            "" if unknown else upn,
            upn if unknown else "",
            day(entry.birth_date, _ISO),
            entry.sex or "M",
            ethnic_code(entry),
            self._disability(case),
            *_details(case, needs[0]),
            *(_details(case, needs[1]) if len(needs) > 1 else ("",) * len(_DETAILS)),
        )

    def _disability(self, case: Case) -> str:
        """A disability on file for one child in seven (DfE, children in need, 2024: 13 in 100)."""
        found = self._disabled.get(case.number)
        if found is None:
            disabled = case.need == "N2" or self._rng.random() < 0.06
            found = self._rng.choice(("LD", "AUT", "BEH", "COMM", "MOB", "HEAR")) if disabled else "NONE"
            self._disabled[case.number] = found
        return found


def _details(case: Case, need: Need) -> Row:
    met = need.protected_since
    return (
        day(need.referred, _ISO),
        need.source,
        case.need,
        day(need.closed, _ISO),
        need.why,
        day(met, _ISO),
        day(need.referred + timedelta(days=1) if need.assessed else None, _ISO),
        day(need.assessed, _ISO),
        day(need.plan_since, _ISO),
        day(need.closed if need.plan_since else None, _ISO),
        "1" if need.why == "RC8" else "0",
        day(met, _ISO),
        day(need.closed if met else None, _ISO),
        need.abuse,
    )
