"""The school census: pupils on roll of the county's state schools, with their UPN, from reception to year 11.

Column names are those of the pupil's part of the department's census, flattened as a county keeps them.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date, timedelta
from typing import Final

from vestry.synthetic.ground.land import Property
from vestry.synthetic.mistakes.ways import Entry
from vestry.synthetic.names import heritages
from vestry.synthetic.people import person as life
from vestry.synthetic.people.caring import parent_of
from vestry.synthetic.people.person import ADOPTED, Change, Household, Person
from vestry.synthetic.people.world import World
from vestry.synthetic.registers.children import ethnic_code
from vestry.synthetic.registers.clerk import Row, day, fitted, phone_text, readdressed
from vestry.synthetic.registers.schools import School, Schools, year_began, year_group
from vestry.synthetic.registers.setting import Setting

COLUMNS: Final = (
    "PupilID", "UPN", "Surname", "Forename", "MiddleNames", "PreferredSurname", "DOB", "Sex", "Ethnicity",
    "AddressLine1", "AddressLine2", "AddressLine3", "Town", "PostCode", "UPRN", "SchoolURN", "SchoolName",
    "NCyearActual", "EntryDate", "FSMeligible", "FSMstartDate", "SENprovision", "Language", "ParentSurname",
    "ParentForename", "ParentPhone",
)  # fmt: skip
LAST_YEAR: Final = 11
FREE_MEALS: Final = (0.03, 0.60)
"""Of pupils, who may have free school meals: in an area without deprivation, and so much more in the most deprived;
24.6 in 100 over all (DfE, schools, pupils and their characteristics, January 2024). Lone parents 1.5 times."""
PREFERS: Final = 0.015
"""Of pupils, how many go by another surname than their legal one."""
STILL_LISTED: Final = 0.6
"""Of earlier identities of school age, how many their old school has not taken off its roll."""
_LANGUAGES: Final = {
    heritages.PAKISTANI: "URD", heritages.BANGLADESHI: "BNG", heritages.INDIAN: "PNJ", heritages.POLISH: "POL",
    heritages.ROMANIAN: "ROM", heritages.PORTUGUESE: "POR", heritages.CHINESE: "CHI", heritages.ARABIC: "ARA",
}  # fmt: skip
_ISO: Final = "%Y-%m-%d"


@dataclass(frozen=True, slots=True, kw_only=True)
class _Pupil:
    entry: Entry
    born: date
    school: School
    entered: date
    preferred: str
    meals: bool
    support: str
    language: str
    parent: Entry | None
    phone: str


class SchoolCensus:
    """The pupils of one district's schools."""

    def __init__(self, setting: Setting) -> None:
        self.truths = setting.truths()
        self._rng, self._district = setting.rng, setting.plan.number
        self._clerk = setting.clerk("school-census")
        self._pupils: dict[str, _Pupil] = {}
        self._id: dict[str, str] = {}
        self._elsewhere: set[str] = set()
        self._meals: dict[str, bool] = {}
        self._contacts: dict[str, tuple[Entry, str]] = {}
        self._schools: Schools | None = None
        self._on = date.min
        self._count = 0

    def open(self, world: World) -> None:
        """All who are on roll; earlier identities of adopted children that a former school still lists."""
        self._schools, self._on = Schools(world.ground), world.on
        self._enrol_all(world)
        for sealed in world.sealed:
            earlier = world.people[sealed.earlier]
            listed = sealed.reason == ADOPTED and earlier.upn and self._rng.random() < STILL_LISTED
            home = world.home_on(earlier.entity, sealed.since)
            if listed and home is not None:
                self._enrol(world, earlier, None, home, sealed.since - timedelta(days=1))

    def _enrol_all(self, world: World) -> None:
        for household in world.households.values():
            for member in household.members:
                self._meet(world, world.people[member], household)

    def _meet(self, world: World, person: Person, household: Household) -> None:
        """A child of school age who is not on roll comes to be, unless at a private school or taught at home."""
        entity = person.entity
        if (
            entity in self._id
            or entity in self._elsewhere
            or not 0 <= year_group(person.birth_date, world.on) <= LAST_YEAR
        ):
            return
        if self._clerk.chance("at school elsewhere"):
            self._elsewhere.add(entity)
            return
        heard = self._clerk.heard(person, world)
        self._enrol(world, person, household, world.home_on(entity, heard) or household.home, heard)

    def _enrol(
        self, world: World, person: Person, household: Household | None, home: Property, heard: date
    ) -> None:
        clerk, rng, schools = self._clerk, self._rng, self._schools
        assert schools is not None
        self._count += rng.randint(1, 4)
        key = f"{self._district:02}{self._count:07}"
        group = max(0, year_group(person.birth_date, world.on if household else heard))
        school = schools.attended(home, group + 4, rng)
        began = date(
            person.birth_date.year + 4 + ((person.birth_date.month, person.birth_date.day) >= (9, 1)), 9, 1
        )
        if not school.primary:
            began = date(began.year + 7, 9, 1)
        parent = self._parent(world, person, household)
        contact = (None, "") if parent is None else self._contact(world, parent)
        self._pupils[key] = _Pupil(
            entry=clerk.write(person, world, on=heard, home=home),
            born=person.birth_date,
            school=school,
            entered=max(began, world.stays[person.entity][0].since),
            preferred=self._preferred(person, parent),
            meals=self._free_meals(home, household),
            support=getattr(world.support.get(person.entity), "level", "N"),
            language=_LANGUAGES.get(person.heritage, "ENG") if rng.random() < 0.6 else "ENG",
            parent=contact[0],
            phone=contact[1],
        )
        self._id[person.entity] = key
        self.truths.person(key, "pupil", person.entity)
        self.truths.home(key, "home", home)
        if parent is not None:
            self.truths.person(key, "parent", parent.entity)

    def _parent(self, world: World, person: Person, household: Household | None) -> Person | None:
        """Whom the school calls; of a child with foster carers the social worker, who is nobody's parent here."""
        case = world.cases.get(person.entity)
        if household is None or household.communal or (case is not None and case.looked_after):
            return None
        found = parent_of(world, person, household)
        return world.people[found] if found else None

    def _contact(self, world: World, parent: Person) -> tuple[Entry, str]:
        """A parent as written down once for all the children, and the telephone as it was typed."""
        found = self._contacts.get(parent.entity)
        if found is None:
            entry = self._clerk.write(parent, world, on=self._clerk.heard(parent, world))
            found = self._contacts[parent.entity] = (entry, phone_text(entry.phone, self._rng))
        return found

    def _preferred(self, person: Person, parent: Person | None) -> str:
        other = parent is not None and parent.family_name != person.family_name
        return parent.family_name if parent and other and self._rng.random() < PREFERS * 4 else ""

    def _free_meals(self, home: Property, household: Household | None) -> bool:
        """The children of one household all have them, or none has."""
        key = household.entity if household else ""
        if key not in self._meals or not key:
            least, more = FREE_MEALS
            share = least + more * home.postcode.lsoa.deprivation
            alone = household is not None and household.kind == "lone parent"
            self._meals[key] = self._rng.random() < share * (1.5 if alone else 0.9)
        return self._meals[key]

    def hear(self, change: Change, world: World) -> None:
        """Schools hear soon: of who comes, who leaves and, of seven in ten, of a new address."""
        if change.what == life.ARRIVAL:
            household = world.households[change.household]
            for entity in change.people:
                self._meet(world, world.people[entity], household)
        elif change.what in (life.DEPARTURE, life.DEATH):
            for entity in change.people:
                if self._clerk.hears("a departure"):
                    self._pupils.pop(self._id.pop(entity, ""), None)
        elif change.what in (life.MOVE, life.FOSTERED, life.BACK_HOME) and self._clerk.hears("a move"):
            home = world.households[change.household].home
            for entity in change.people:
                if key := self._id.get(entity):
                    self._pupils[key] = replace(
                        self._pupils[key], entry=readdressed(self._pupils[key].entry, home)
                    )
                    self.truths.home(key, "home", home)

    def pass_month(self, world: World) -> None:
        """On 1 September a year group leaves and another comes."""
        if year_began(world.on) != year_began(self._on):
            left = [k for k, p in self._pupils.items() if year_group(p.born, world.on) > LAST_YEAR]
            for key in left:
                del self._pupils[key]
            self._id = {entity: key for entity, key in self._id.items() if key in self._pupils}
            self._enrol_all(world)
        self._on = world.on

    def rows(self, file: str, *, first: bool) -> Iterator[Row]:
        """Every pupil on roll."""
        for key, pupil in self._pupils.items():
            group = min(LAST_YEAR, max(0, year_group(pupil.born, self._on)))
            entry, parent, lines = pupil.entry, pupil.parent, fitted(pupil.entry.lines, 4)
            yield (
                key,
                entry.upn,
                entry.family_name,
                entry.given_names[0] if entry.given_names else "",
                " ".join(entry.given_names[1:]),
                pupil.preferred,
                day(entry.birth_date, _ISO),
                entry.sex,
                ethnic_code(entry),
                *lines,
                entry.postcode,
                entry.uprn,
                pupil.school.urn,
                pupil.school.name,
                str(group) if group else "R",
                day(pupil.entered, _ISO),
                "true" if pupil.meals else "false",
                day(pupil.entered, _ISO) if pupil.meals else "",
                pupil.support,
                pupil.language,
                parent.family_name if parent else "",
                parent.given_names[0] if parent and parent.given_names else "",
                pupil.phone,
            )
