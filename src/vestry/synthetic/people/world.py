"""One district as it truly is, and was: everyone who lived there in ten years, where, and with whom."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, timedelta

from vestry.synthetic.ground.land import Ground, Property
from vestry.synthetic.people.cases import Case, Support
from vestry.synthetic.people.person import Business, Change, Household, Person, Sealed, Stay

YEARS: int = 10
"""How far back the histories go."""


@dataclass(slots=True, kw_only=True)
class World:
    """A district on a day. What happens moves it on; registers only look at it.

    `people` holds also those who died or left (`gone`: entity -> day); `households` only those there now. `cases`
    and `support` are what services do for children, by the child.
    """

    ground: Ground
    on: date
    people: dict[str, Person] = field(default_factory=dict)
    households: dict[str, Household] = field(default_factory=dict)
    household_of: dict[str, str] = field(default_factory=dict)
    stays: dict[str, list[Stay]] = field(default_factory=dict)
    gone: dict[str, date] = field(default_factory=dict)
    vacant: list[Property] = field(default_factory=list)
    businesses: dict[str, Business] = field(default_factory=dict)
    vacant_shops: list[Property] = field(default_factory=list)
    changes: list[Change] = field(default_factory=list)
    sealed: list[Sealed] = field(default_factory=list)
    cases: dict[str, Case] = field(default_factory=dict)
    support: dict[str, Support] = field(default_factory=dict)

    @property
    def began(self) -> date:
        """The first day of the histories."""
        return self.on - timedelta(days=round(YEARS * 365.25))

    def home(self, person: str) -> Household:
        """The household that a living resident belongs to."""
        return self.households[self.household_of[person]]

    def residents(self) -> list[Person]:
        """Everyone who lives here now."""
        return [self.people[entity] for entity in self.household_of]

    def adults(self, household: Household) -> list[Person]:
        """Members of 18 and over, in the household's own order."""
        members = (self.people[m] for m in household.members)
        return [m for m in members if m.age(self.on) >= 18]

    def home_on(self, person: str, on: date) -> Property | None:
        """Where somebody lived on a day; where they last lived before it; their first home if it is earlier still."""
        found = None
        for stay in self.stays.get(person, ()):
            if found is not None and stay.since > on:
                break
            found = stay.home
        return found

    def former_home(self, person: str) -> Property | None:
        """The last home here before the present one, or before that of somebody who is gone."""
        stays = self.stays.get(person, ())
        return stays[-2].home if len(stays) > 1 else None

    def household_on(self, person: str, on: date) -> str:
        """The household that somebody was in on a day; blank when none is known."""
        for stay in self.stays.get(person, ()):
            if stay.since <= on and (stay.until is None or on < stay.until):
                return stay.household
        return ""

    def settle(self, household: Household) -> None:
        """Record a household, and that its members live there since it moved in, or since their birth."""
        self.households[household.entity] = household
        for member in household.members:
            self.enter(member, household, max(household.moved_in_on, self.people[member].birth_date))

    def enter(self, person: str, household: Household, since: date) -> None:
        """A person begins to live with a household, and ceases to wherever they lived before."""
        self.leave(person, since)
        self.household_of[person] = household.entity
        self.stays.setdefault(person, []).append(
            Stay(household=household.entity, person=person, home=household.home, since=since)
        )

    def leave(self, person: str, until: date) -> None:
        """A person's present stay ends; nothing happens to one who has none."""
        if self.household_of.pop(person, ""):
            self.stays[person][-1].until = until

    def earlier(self, stay: Stay) -> None:
        """Put a stay of long ago before those already known of its person."""
        self.stays.setdefault(stay.person, []).insert(0, stay)
