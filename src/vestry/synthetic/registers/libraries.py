"""Library members of the county: a card each, an address in one column, and years of cards that nobody uses.

The first extract holds every account; later ones only what changed, with an ACTION column: A joined, C changed,
D closed. Accounts are hardly ever closed: those of people who left or died up to ten years ago are there still.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date, timedelta
from typing import Final

from vestry.synthetic.chance import Weighted, weighted
from vestry.synthetic.ground.land import Property
from vestry.synthetic.mistakes.ways import Entry
from vestry.synthetic.people import person as life
from vestry.synthetic.people.person import Change, Household, Person
from vestry.synthetic.people.world import World
from vestry.synthetic.registers.clerk import Row, day, phone_text, readdressed, rewritten
from vestry.synthetic.registers.setting import Setting

COLUMNS: Final = (
    "ACTION", "CARD_NUMBER", "SURNAME", "FORENAMES", "DOB", "ADDRESS", "POSTCODE", "PHONE", "EMAIL", "BRANCH",
    "CATEGORY", "JOINED", "LAST_USED", "CHANGED",
)  # fmt: skip
MEMBERS: Final = (
    (75, 0.23),
    (60, 0.235),
    (40, 0.19),
    (18, 0.155),
    (12, 0.27),
    (5, 0.45),
    (1, 0.22),
    (0, 0.05),
)
"""From this age, the share with a card: 22 in 100 of all, children most (near CIPFA's active borrowers and those
who have not come for some years)."""
SEALED_STILL_LISTED: Final = 0.55
"""Of sealed earlier identities, how many have a card in the old name that was never closed."""
YOUNGEST: Final = 1
NEW_EACH_MONTH, USED_AGAIN = 0.012, 0.006
"""For each account: who joins in a month, and whose details are put right at the desk."""

DATE_FORMS: Final[Weighted[str]] = weighted([("%d/%m/%Y", 0.87), ("%Y", 0.13)])
"""Birth dates as the desk keeps them: whole, or the year only, which is all that a category needs."""


@dataclass(frozen=True, slots=True, kw_only=True)
class _Member:
    action: str
    entity: str
    entry: Entry
    form: str
    phone: str
    branch: str
    category: str
    joined_on: date
    used_on: date
    changed_on: date


class Libraries:
    """The members whose branch is in one district."""

    def __init__(self, setting: Setting) -> None:
        self.truths = setting.truths()
        self._rng, self._district = setting.rng, setting.plan.number
        self._clerk = setting.clerk("libraries")
        self._members: dict[str, _Member] = {}
        self._of: dict[str, str] = {}
        self._changed: dict[str, None] = {}
        self._count = 0

    def open(self, world: World) -> None:
        """Residents with a card, some with two; cards of those who have gone, as they were when they last came."""
        rng, year = self._rng, world.on.year
        for household in world.households.values():
            for entity in household.members:
                person = world.people[entity]
                if rng.random() < _share(year - person.birth_date.year):
                    self._join(world, person, household)
        for entity, gone_on in world.gone.items():
            person = world.people[entity]
            if entity[0] == "S":
                listed = rng.random() < SEALED_STILL_LISTED
            else:
                way = "dead still listed" if person.death_date else "gone still listed"
                listed = rng.random() < _share(person.age(gone_on)) and self._clerk.chance(way)
            if listed and person.age(gone_on) >= YOUNGEST:
                self._join(world, person, None)

    def _join(self, world: World, person: Person, household: Household | None) -> None:
        """A card for somebody as the desk last knew them; three in a hundred have an older one too."""
        heard = self._clerk.heard(person, world)
        home = world.home_on(person.entity, heard)
        if home is None:
            return
        if self._clerk.chance("joined twice"):
            stays = world.stays[person.entity]
            before = max(stays[0].since, heard - timedelta(days=self._rng.randint(200, 2_500)))
            self._card(world, person, None, world.home_on(person.entity, before) or home, before, main=False)
        self._card(world, person, household, home, heard)

    def _card(
        self,
        world: World,
        person: Person,
        household: Household | None,
        home: Property,
        heard: date,
        *,
        main: bool = True,
    ) -> None:
        rng = self._rng
        self._count += rng.randint(1, 7)
        key = f"269{self._district:02}{self._count:08}"
        phone = person.phone
        if not phone and household is not None and person.age(heard) < 16:
            phone = world.people[household.members[0]].phone
        entry = self._clerk.write(person, world, on=heard, home=home, phone=phone)
        joined_on, used_on = self._days(world, person, heard)
        age = person.age(heard)
        self._members[key] = _Member(
            action="A",
            entity=person.entity,
            entry=entry,
            form=DATE_FORMS.draw(rng),
            phone=phone_text(entry.phone, rng),
            branch=self._branch(world, home),
            category="CHILD" if age < 16 else "SENIOR" if age >= 65 else "ADULT",
            joined_on=joined_on,
            used_on=used_on,
            changed_on=heard,
        )
        self._changed[key] = None
        self.truths.person(key, "member", person.entity)
        self.truths.home(key, "home", home)
        if main:
            self._of[person.entity] = key

    def _days(self, world: World, person: Person, heard: date) -> tuple[date, date]:
        """When somebody joined, at the latest when last heard from, and when the card was last used."""
        rng = self._rng
        known = (heard - max(person.birth_date, world.stays[person.entity][0].since)).days
        gone_on = world.gone.get(person.entity)
        last = world.on if gone_on is None else gone_on - timedelta(days=1)
        unused = int(rng.expovariate(1 / 500))
        return heard - timedelta(days=rng.randint(0, max(0, min(known, 3_000)))), max(
            heard, last - timedelta(days=unused)
        )

    def _branch(self, world: World, home: Property) -> str:
        """The library that people of a neighbourhood mostly go to, or another."""
        branches = world.ground.libraries
        at = (
            int(home.postcode.lsoa.code[-3:])
            if self._rng.random() < 0.8
            else self._rng.randrange(len(branches))
        )
        return branches[at % len(branches)].organisation

    def hear(self, change: Change, world: World) -> None:
        """What the desk hears of by chance: a letter that came back, a card handed in, an address when a book is due."""
        if change.what in (life.DEATH, life.DEPARTURE):
            way = "dead still listed" if change.what == life.DEATH else "gone still listed"
            for entity in change.people:
                if entity in self._of and not self._clerk.chance(way):
                    self._note(self._of.pop(entity), change.on, action="D")
        elif change.what in (life.MOVE, life.LEAVING_HOME, life.SEPARATION):
            if self._clerk.hears("a move"):
                for entity in change.people:
                    self._readdress(entity, world.households[change.household].home, change.on)
        elif change.what == life.ARRIVAL:
            for entity in change.people:
                if self._rng.random() < self._clerk.habits.hears["an arrival"] * _share(
                    world.people[entity].age(change.on)
                ):
                    self._join(world, world.people[entity], world.households[change.household])
        elif change.what in (life.MARRIAGE, life.RENAMING) and self._clerk.hears("a new name"):
            person = world.people[change.people[-1]]
            if key := self._of.get(person.entity):
                self._note(key, change.on, entry=rewritten(self._members[key].entry, person, on=change.on))

    def _readdress(self, entity: str, home: Property, on: date) -> None:
        key = self._of.get(entity)
        if key is not None:
            self._note(key, on, entry=readdressed(self._members[key].entry, home))
            self.truths.home(key, "home", home)

    def _note(self, key: str, on: date, *, action: str = "C", entry: Entry | None = None) -> None:
        """Put down a change, and that it is to be sent; one who joined since the last extract is still new."""
        member = self._members[key]
        if action == "C" and member.action == "A" and key in self._changed:
            action = "A"
        on = max(on, member.changed_on)
        self._members[key] = replace(
            member, action=action, entry=entry or member.entry, changed_on=on, used_on=max(member.used_on, on)
        )
        self._changed[key] = None

    def pass_month(self, world: World) -> None:
        """A month's new members; and those whom the desk asked where they live now."""
        rng, cards = self._rng, list(self._of.items())
        if not cards:
            return
        for entity, key in rng.sample(cards, round(len(cards) * USED_AGAIN)):
            if entity in world.household_of and key in self._members:
                self._readdress(
                    entity, world.home(entity).home, world.on - timedelta(days=rng.randint(0, 27))
                )
        residents, wanted = list(world.household_of), round(len(cards) * NEW_EACH_MONTH)
        for _ in range(wanted * 30):
            entity = rng.choice(residents)
            if wanted <= 0:
                break
            person = world.people[entity]
            if entity not in self._of and rng.random() < _share(person.age(world.on)):
                home, since = world.home(entity), world.stays[entity][0].since
                on = max(since, world.on - timedelta(days=rng.randint(0, 27)))
                self._card(world, person, home, world.home_on(entity, on) or home.home, on)
                wanted -= 1

    def rows(self, file: str, *, first: bool) -> Iterator[Row]:
        """Every account the first time; afterwards those opened, changed or closed since the last call."""
        for key in list(self._members) if first else list(self._changed):
            member = self._members[key]
            entry = member.entry
            yield (
                member.action,
                key,
                entry.family_name,
                " ".join(entry.given_names),
                day(entry.birth_date, member.form),
                ", ".join(entry.lines),
                entry.postcode,
                member.phone,
                entry.email,
                member.branch,
                member.category,
                day(member.joined_on),
                day(member.used_on),
                day(member.changed_on),
            )
        self._changed.clear()


def _share(age: int) -> float:
    return next((share for low, share in MEMBERS if age >= low), 0.0)
