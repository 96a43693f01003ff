"""People with an earlier identity that must stay sealed: adopted, of recognised gender, or under protection.

The earlier identity is an entity of its own (its letter is S), because no register may ever be joined across:
it has its own names, NHS number and stays, which end on the day the new identity begins. Registers treat it as
somebody who left. Many go on listing it, which is what makes sealing hard.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import date, timedelta
from random import Random
from typing import Final

from vestry.synthetic.names import drawing
from vestry.synthetic.people.peopling import Peopler
from vestry.synthetic.people.person import ADOPTED, GENDER, PROTECTED, Household, Name, Person, Sealed, Stay
from vestry.synthetic.people.world import World

PLANTED: Final = {ADOPTED: 4, GENDER: 2, PROTECTED: 4}
"""In each district: a hundred in the county."""
FEW: Final = {ADOPTED: 1, GENDER: 1, PROTECTED: 1}
LATELY: Final = 1_400
"""Days within which the new identity began, so that systems that forget slowly still list the earlier one."""
ENOUGH_RESIDENTS: Final = 1_200
"""Below so many residents of a district, only `FEW` are planted."""


def plant(world: World, peopler: Peopler, rng: Random) -> list[Sealed]:
    """Give some residents an earlier identity; what they bear now is new since that day."""
    enough = len(world.household_of) >= ENOUGH_RESIDENTS
    found: list[Sealed] = []
    taken: set[str] = set()
    ways: dict[str, Callable[[World, Peopler, Random, Person, Household], Sealed | None]] = {
        ADOPTED: _adopt,
        GENDER: _recognise,
        PROTECTED: _protect,
    }
    for reason, count in (PLANTED if enough else FEW).items():
        planted = 0
        for person, home in _candidates(world, rng, reason):
            if planted == count:
                break
            if person.entity in taken or person.entity[3] != "-":  # movers are known in two districts
                continue
            sealed = ways[reason](world, peopler, rng, person, home)
            if sealed is not None:
                taken.add(person.entity)
                found.append(sealed)
                planted += 1
    return found


def _candidates(world: World, rng: Random, reason: str) -> Iterator[tuple[Person, Household]]:
    homes = [h for h in world.households.values() if not h.communal]
    rng.shuffle(homes)
    for home in homes:
        members = [world.people[m] for m in home.members]
        if reason == ADOPTED and home.kind == "couple with children":
            yield from ((m, home) for m in members[2:3] if 2 <= m.age(world.on) <= 14)
        elif reason == GENDER:
            yield from ((m, home) for m in members[:1] if 20 <= m.age(world.on) <= 60)
        elif reason == PROTECTED and home.kind in ("lone parent", "single", "sharers"):
            yield from ((m, home) for m in members[:1] if 20 <= m.age(world.on) <= 55)


def _earlier(
    world: World, peopler: Peopler, person: Person, since: date, name: Name, stays: list[Stay], sex: str = ""
) -> Person:
    """Put the earlier identity into the world, gone since that day."""
    earlier = replace(
        person,
        entity=peopler.entity("S"),
        sex=sex or person.sex,
        names=(replace(name, since=person.birth_date),),
        nhs_number=peopler.numbers.nhs_number(),
        upn=peopler.numbers.upn() if person.upn and (since - person.birth_date).days > 1500 else "",
        known_as="",
        email=_written_as(name, person.email),
    )
    world.people[earlier.entity] = earlier
    world.gone[earlier.entity] = since
    world.stays[earlier.entity] = [
        replace(s, person=earlier.entity, until=min(s.until or since, since))
        for s in stays
        if s.since < since
    ]
    return earlier


def _written_as(name: Name, email: str) -> str:
    """An email address of the earlier name at the same provider: the present one would tell of both."""
    if not email:
        return ""
    letters = [re.sub("[^a-z]", "", part.lower()) for part in (name.given_names[0], name.family_name)]
    return f"{'.'.join(letters)}@{email.partition('@')[2]}"


def _begin(world: World, person: Person, since: date, name: Name, reason: str, earlier: Person) -> Sealed:
    """The person from that day on: the new name is all that they ever bore, their stays begin then."""
    world.people[person.entity] = replace(
        person, names=(replace(name, since=since),), sealed=reason, earlier=earlier.entity, here_since=since
    )
    stays = [s for s in world.stays[person.entity] if s.until is None or s.until > since]
    for stay in stays:
        stay.since = max(stay.since, since)
    world.stays[person.entity] = stays
    return Sealed(entity=person.entity, earlier=earlier.entity, reason=reason, since=since)


def _adopt(world: World, peopler: Peopler, rng: Random, child: Person, home: Household) -> Sealed | None:
    """A child who came to this family with another name, from foster carers elsewhere in the district."""
    low = max(child.birth_date + timedelta(days=420), world.on - timedelta(days=LATELY), home.moved_in_on)
    if low >= world.on - timedelta(days=200):
        return None
    since = low + timedelta(days=rng.randint(30, (world.on - low).days - 100))
    family = drawing.family_name(rng, child.heritage, child.sex)
    given = child.given_names
    if rng.random() < 0.5:
        given = drawing.given_names(rng, child.heritage, child.sex, child.birth_date.year)
    name = Name(since=child.birth_date, title="", family_name=family, given_names=given)
    foster = rng.choice(world.ground.dwellings)
    began = child.birth_date + timedelta(days=rng.randint(1, 300))
    stay = Stay(household=peopler.household_name(), person="", home=foster, since=began, until=since)
    earlier = _earlier(world, peopler, child, since, name, [stay])
    return _begin(world, child, since, child.name, ADOPTED, earlier)


def _recognise(world: World, peopler: Peopler, rng: Random, person: Person, home: Household) -> Sealed | None:
    """An adult whose gender was recognised: earlier sex and given names sealed, same home, same birth date."""
    since = world.on - timedelta(days=rng.randint(150, LATELY))
    if since <= person.birth_date + timedelta(days=19 * 365) or since <= home.moved_in_on:
        return None
    sex = "M" if person.sex == "F" else "F"
    given = drawing.given_names(rng, person.heritage, sex, person.birth_date.year)
    before = person.name_on(since)
    name = replace(before, given_names=given, title="Miss" if sex == "F" else "Mr")
    earlier = _earlier(world, peopler, person, since, name, list(world.stays[person.entity]), sex)
    return _begin(world, person, since, person.name, GENDER, earlier)


def _protect(world: World, peopler: Peopler, rng: Random, person: Person, home: Household) -> Sealed | None:
    """An adult who fled and goes by new names, whose old home is elsewhere in the district."""
    since = home.moved_in_on
    if not timedelta(days=60) < world.on - since < timedelta(days=LATELY):
        return None
    before = [s for s in world.stays[person.entity] if s.since < since]
    if not before:
        former = rng.choice(world.ground.dwellings)
        began = max(person.birth_date, since - timedelta(days=rng.randint(300, 2500)))
        before = [Stay(household=peopler.household_name(), person="", home=former, since=began, until=since)]
    earlier = _earlier(world, peopler, person, since, person.name_on(since), before)
    family = drawing.family_name(rng, person.heritage, person.sex)
    given = drawing.given_names(rng, person.heritage, person.sex, person.birth_date.year, family)
    name = Name(since=since, title=person.name.title, family_name=family, given_names=given)
    world.people[person.entity] = renumbered = replace(
        person, phone=peopler.numbers.phone(), email="", known_as=""
    )
    return _begin(world, renumbered, since, name, PROTECTED, earlier)
