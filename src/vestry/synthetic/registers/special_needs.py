"""Special educational needs: pupils with an education, health and care plan, and those whom a school supports."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date, timedelta
from typing import Final

from vestry.synthetic.mistakes.ways import Entry
from vestry.synthetic.people import person as life
from vestry.synthetic.people.caring import parent_of
from vestry.synthetic.people.cases import Support
from vestry.synthetic.people.person import Change, Person
from vestry.synthetic.people.world import World
from vestry.synthetic.registers.clerk import Row, day, fitted, phone_text, readdressed
from vestry.synthetic.registers.schools import Schools, year_group
from vestry.synthetic.registers.setting import Setting

COLUMNS: Final = (
    "SEN_REF", "SURNAME", "FORENAMES", "DOB", "SEX", "UPN", "NHS_NO", "ADDR1", "ADDR2", "ADDR3", "POSTCODE",
    "PARENT_SURNAME", "PARENT_FORENAMES", "PARENT_TEL", "PRIMARY_NEED", "PROVISION", "PLAN_STATUS", "STARTED",
    "REVIEW_DUE", "CEASED", "SCHOOL",
)  # fmt: skip
STATUSES: Final = (("FINAL", 0.93), ("DRAFT", 0.04), ("ASSESSING", 0.03))


@dataclass(frozen=True, slots=True, kw_only=True)
class _Plan:
    entry: Entry
    support: Support
    status: str
    review: date
    school: str
    parent: Entry | None
    phone: str
    ceased: date | None = None


class SpecialNeeds:
    """The plans and the support of one district's children and young people."""

    def __init__(self, setting: Setting) -> None:
        self.truths = setting.truths()
        self._rng, self._district = setting.rng, setting.plan.number
        self._clerk = setting.clerk("send")
        self._plans: dict[str, _Plan] = {}
        self._ref: dict[str, str] = {}
        self._count = 0

    def open(self, world: World) -> None:
        """A line for each pupil with a plan or with support."""
        schools = Schools(world.ground)
        for entity, support in world.support.items():
            if entity in world.household_of:
                self._take_on(world, world.people[entity], support, schools)

    def _take_on(self, world: World, person: Person, support: Support, schools: Schools) -> None:
        clerk, rng, household = self._clerk, self._rng, world.home(person.entity)
        self._count += rng.randint(1, 5)
        key = f"SEN{self._district:02}{self._count:05}"
        heard = clerk.heard(person, world)
        home = world.home_on(person.entity, heard) or household.home
        group = year_group(person.birth_date, world.on)
        case = world.cases.get(person.entity)
        found = (
            "" if household.communal or (case and case.looked_after) else parent_of(world, person, household)
        )
        parent = world.people[found] if found and person.age(world.on) < 18 else None
        written = None if parent is None else clerk.write(parent, world, on=heard)
        statuses = [s for s, _ in STATUSES]
        due = support.since + timedelta(days=365)
        while due < world.on - timedelta(days=40):
            due += timedelta(days=365)
        self._plans[key] = _Plan(
            entry=clerk.write(person, world, on=heard, home=home),
            support=support,
            status=rng.choices(statuses, [w for _, w in STATUSES])[0] if support.level == "E" else "SUPPORT",
            review=due,
            school=schools.attended(home, group + 4, rng).name if group <= 11 else "",
            parent=written,
            phone="" if written is None else phone_text(written.phone, rng),
        )
        self._ref[person.entity] = key
        self.truths.person(key, "pupil", person.entity)
        self.truths.home(key, "home", home)
        if parent is not None:
            self.truths.person(key, "parent", parent.entity)

    def hear(self, change: Change, world: World) -> None:
        """Of a move at the next review, half the time; who leaves has the plan ended."""
        for entity in change.people:
            key = self._ref.get(entity)
            if key is None:
                continue
            plan = self._plans[key]
            if change.what in (life.DEPARTURE, life.DEATH):
                self._plans[key] = replace(plan, status="CEASED", ceased=change.on)
                del self._ref[entity]
            elif change.what in (life.MOVE, life.FOSTERED, life.BACK_HOME) and self._clerk.hears("a move"):
                home = world.households[change.household].home
                self._plans[key] = replace(plan, entry=readdressed(plan.entry, home))
                self.truths.home(key, "home", home)

    def rows(self, file: str, *, first: bool) -> Iterator[Row]:
        """Every line, those that have ceased since the first extract too."""
        for key, plan in self._plans.items():
            entry, parent = plan.entry, plan.parent
            yield (
                key,
                entry.family_name,
                " ".join(entry.given_names),
                day(entry.birth_date),
                entry.sex,
                entry.upn,
                entry.nhs_number,
                *fitted(entry.lines, 3),
                entry.postcode,
                parent.family_name if parent else "",
                " ".join(parent.given_names) if parent else "",
                plan.phone,
                plan.support.need,
                plan.support.level,
                plan.status,
                day(plan.support.since),
                day(plan.review) if plan.ceased is None else "",
                day(plan.ceased),
                plan.school,
            )
