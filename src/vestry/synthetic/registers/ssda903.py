"""The return of children looked after (SSDA903): ten files about children who have a number and no name.

Column names, date form and codes are the Department for Education's. The county keeps eight years in one set of
files, as its own longitudinal copy; reviews, absences and outcomes are those since April of the year before.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import date, timedelta
from typing import Final

from vestry.synthetic.chance import weighted
from vestry.synthetic.people.cases import Case, Placement
from vestry.synthetic.people.person import Change, Person
from vestry.synthetic.people.world import World
from vestry.synthetic.registers.children import Known, ethnic_code, upn_or_why
from vestry.synthetic.registers.clerk import Row, day
from vestry.synthetic.registers.setting import Setting

FILES: Final[Mapping[str, Row]] = {
    "header": ("CHILD", "SEX", "DOB", "ETHNIC", "UPN", "MOTHER", "MC_DOB"),
    "episodes": (
        "CHILD", "DECOM", "RNE", "LS", "CIN", "PLACE", "PLACE_PROVIDER", "DEC", "REC", "REASON_PLACE_CHANGE",
        "HOME_POST", "PL_POST", "URN",
    ),
    "reviews": ("CHILD", "DOB", "REVIEW", "REVIEW_CODE"),
    "oc2": (
        "CHILD", "DOB", "SDQ_SCORE", "SDQ_REASON", "CONVICTED", "HEALTH_CHECK", "IMMUNISATIONS", "TEETH_CHECK",
        "HEALTH_ASSESSMENT", "SUBSTANCE_MISUSE", "INTERVENTION_RECEIVED", "INTERVENTION_OFFERED",
    ),
    "oc3": ("CHILD", "DOB", "IN_TOUCH", "ACTIV", "ACCOM"),
    "ad1": ("CHILD", "DOB", "DATE_INT", "DATE_MATCH", "FOSTER_CARE", "NB_ADOPTR", "SEX_ADOPTR", "LS_ADOPTR"),
    "previous_permanence": ("CHILD", "DOB", "PREV_PERM", "LA_PERM", "DATE_PERM"),
    "placed_for_adoption": ("CHILD", "DOB", "DATE_PLACED", "DATE_PLACED_CEASED", "REASON_PLACED_CEASED"),
    "uasc": ("CHILD", "SEX", "DOB", "DUC"),
    "missing": ("CHILD", "DOB", "MISSING", "MIS_START", "MIS_END"),
}  # fmt: skip
"""File -> its columns, as the department's."""

GOES_MISSING: Final = 0.22
"""Of children looked after from 10 years on, how many are missing or away in a year (DfE, 31 March 2024: 11 in 100 of
all, nearly all of them teenagers)."""
FOR_ADOPTION: Final = ("A3", "A4", "A5", "A6")
ADOPTED: Final = ("E11", "E12")
_SEX: Final = {"M": "1", "F": "2", "": "1"}
_TOUCH: Final = weighted([("YES", 92), ("NO", 5), ("REFU", 2), ("RHOM", 1)])
_ACTIVITY: Final = weighted(
    [("F1", 6), ("F2", 20), ("F4", 18), ("F5", 16), ("P2", 4), ("G4", 8), ("G5", 20), ("G6", 8)]
)
_ROOF: Final = weighted(
    [("B1", 10), ("U1", 30), ("C1", 12), ("T1", 14), ("R1", 10), ("V1", 8), ("K1", 6), ("Z1", 10)]
)
"""IN_TOUCH, ACTIV and ACCOM of care leavers, near the department's shares for 19 to 21."""
_PART: Final = weighted([("PN1", 30), ("PN3", 8), ("PN4", 6), ("PN5", 8), ("PN6", 10), ("PN7", 8)])
"""How a child of four and over took part in the review; PN0 for a younger one."""


class Ssda903:
    """The looked-after children of one district."""

    def __init__(self, setting: Setting) -> None:
        self.truths = setting.truths()
        self._rng = setting.rng
        self._known = Known(setting.clerk("children"))
        self._told: dict[tuple[str, str], tuple[str, ...]] = {}
        self._away: dict[str, list[tuple[str, date, date | None]]] = {}
        self._rows: dict[str, list[Row]] = {}

    def open(self, world: World) -> None:
        """The return is drawn up when it is sent, from the cases as they stand."""
        self._draw_up(world)

    def hear(self, change: Change, world: World) -> None:
        """Nothing: what the return tells is in the cases."""

    def pass_month(self, world: World) -> None:
        """The return as it stands a month later."""
        self._draw_up(world)

    def rows(self, file: str, *, first: bool) -> Iterator[Row]:
        """The rows of one of the ten files, child after child."""
        yield from self._rows[file]

    def _draw_up(self, world: World) -> None:
        self._rows = {file: [] for file in FILES}
        for case in world.cases.values():
            if case.placements:
                self._add(case, world)

    def _add(self, case: Case, world: World) -> None:
        person, entry, rows = world.people[case.child], self._known.entry(case, world), self._rows
        child, born = case.number, day(entry.birth_date)
        self.truths.person(child, "child", case.child)
        sex = _SEX[entry.sex]
        rows["header"].append(
            (child, sex, born, ethnic_code(entry), upn_or_why(entry, person, world), "", "")
        )
        rows["episodes"] += self._episodes(case)
        rows["previous_permanence"].append((child, born, *self._once(case, "permanence", ("Z1", "", ""))))
        if case.alone:
            rows["uasc"].append((child, sex, born, day(_birthday(person, 18))))
        since = _april(world.on)
        rows["reviews"] += [(child, born, *review) for review in self._reviews(case, person, since, world.on)]
        rows["missing"] += [
            (child, born, kind, day(start), day(end))
            for kind, start, end in self._absences(case, person, since, world)
        ]
        first, last = case.placements[0], case.placements[-1]
        if last.until is None and (world.on - first.since).days > 365:
            rows["oc2"].append((child, born, *self._outcomes(case, person, world)))
        if last.until is not None and 17 <= person.age(world.on) <= 20 and person.age(last.until) >= 16:
            drawn = (_TOUCH.draw(self._rng), _ACTIVITY.draw(self._rng), _ROOF.draw(self._rng))
            rows["oc3"].append((child, born, *self._once(case, f"leaver {person.age(world.on)}", drawn)))
        if last.ended in ADOPTED:
            self._adoption(case, born)

    def _once(self, case: Case, what: str, drawn: tuple[str, ...]) -> tuple[str, ...]:
        """What was said of a child the first time is said again."""
        return self._told.setdefault((case.number, what), drawn)

    def _episodes(self, case: Case) -> Iterator[Row]:
        for placement in case.placements:
            began, home = day(placement.since), placement.home
            if home is not None:
                self.truths.home(f"{case.number}|{began}", "placement", home)
            yield (
                case.number,
                began,
                placement.began,
                placement.legal,
                case.need,
                placement.place,
                placement.provider,
                day(placement.until),
                placement.ended,
                placement.moved,
                case.left.postcode.postcode if case.left is not None and case.left.uprn else "",
                home.postcode.postcode if home is not None else "",
                self._urn(case, placement),
            )

    def _urn(self, case: Case, placement: Placement) -> str:
        """The Ofsted number of a children's home or of the agency of the carers; not of parents."""
        if placement.place == "P1" or placement.place in FOR_ADOPTION:
            return ""
        return self._once(case, f"urn {placement.household}", (f"SC9{self._rng.randint(10_000, 99_999)}",))[0]

    def _reviews(self, case: Case, person: Person, since: date, on: date) -> Iterator[Row]:
        """After 20 working days, three months more, then each half-year (Care Planning Regulations 2010, reg. 33)."""
        for first, last in _periods(case):
            due, step = first + timedelta(days=28), 91
            while due <= min(on, last or on):
                drawn = _PART.draw(self._rng) if person.age(due) >= 4 else "PN0"
                if due >= since:
                    yield (day(due), *self._once(case, f"review {due}", (drawn,)))
                due, step = due + timedelta(days=step), 183

    def _absences(
        self, case: Case, person: Person, since: date, world: World
    ) -> list[tuple[str, date, date | None]]:
        known, rng = self._away.get(case.number), self._rng
        if known is None:
            known = self._away[case.number] = []
            first, last = case.placements[0].since, case.placements[-1].until or world.on
            low = max(first, since, _birthday(person, 10))
            while rng.random() < GOES_MISSING * 1.6 and (last - low).days > 20 and person.age(last) < 19:
                start = low + timedelta(days=rng.randint(1, (last - low).days - 5))
                end = start + timedelta(days=rng.choice((0, 0, 1, 1, 2, 4)))
                known.append((rng.choice("MMMA"), start, end))
                low = end + timedelta(days=1)
        return [away for away in known if away[1] >= since]

    def _outcomes(self, case: Case, person: Person, world: World) -> tuple[str, ...]:
        """Health and conduct of a child looked after for a year: the strengths and difficulties score from 4 to 16."""
        rng, age = self._rng, person.age(world.on)
        scored = 4 <= age <= 16 and rng.random() < 0.78
        score = str(min(40, max(0, round(rng.gauss(14, 7))))) if scored else ""
        why = "" if scored or not 4 <= age <= 16 else rng.choice(("SDQ2", "SDQ3", "SDQ4", "SDQ5"))
        misused = age >= 10 and rng.random() < 0.06

        def yes(share: float) -> str:
            return "1" if rng.random() < share else "0"

        drawn = (
            score, why, yes(0.02 if age >= 10 else 0), yes(0.9) if age < 5 else "", yes(0.82), yes(0.79), yes(0.89),
            "1" if misused else "0", yes(0.5) if misused else "", yes(0.7) if misused else "",
        )  # fmt: skip
        return self._once(case, f"outcomes {_april(world.on)}", drawn)

    def _adoption(self, case: Case, born: str) -> None:
        """Of a child who was adopted: the decision, the match, the adopters; and the time between."""
        placed, rng = next(p for p in case.placements if p.place in FOR_ADOPTION), self._rng
        decided = placed.since - timedelta(days=rng.randint(60, 200))
        matched = placed.since - timedelta(days=rng.randint(5, 50))
        adopters = rng.choice(
            (("2", "MF", "L11"), ("2", "MF", "L11"), ("2", "MF", "L3"), ("2", "FF", "L12"), ("1", "F1", "L0"))
        )
        said = self._once(case, "adoption", (day(decided), day(matched), "0", *adopters))
        self._rows["ad1"].append((case.number, born, *said))
        self._rows["placed_for_adoption"].append((case.number, born, day(placed.since), "", ""))


def _periods(case: Case) -> list[tuple[date, date | None]]:
    """Each time that the child was looked after without a break."""
    found: list[tuple[date, date | None]] = []
    for placement in case.placements:
        if placement.began == "S" or not found:
            found.append((placement.since, placement.until))
        else:
            found[-1] = (found[-1][0], placement.until)
    return found


def _april(on: date) -> date:
    """The first day of the collection year before that of `on`."""
    return date(on.year - 1 - ((on.month, on.day) < (4, 1)), 4, 1)


def _birthday(person: Person, age: int) -> date:
    return person.birth_date + timedelta(days=round(age * 365.25))
