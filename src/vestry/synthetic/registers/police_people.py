"""Whom the police meet, by age and sex, and how they write them down; shared by incidents and custody.

Young men most, some of them again and again; and people known to the index under a name that is not theirs any more.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date, timedelta
from random import Random
from typing import Final

from vestry.synthetic.chance import Weighted, weighted
from vestry.synthetic.mistakes.ways import Entry
from vestry.synthetic.people.person import Person
from vestry.synthetic.people.world import World

SELF_DEFINED: Final[Mapping[str, str]] = {
    "A": "W1", "B": "W2", "C": "W9", "D": "M1", "E": "M2", "F": "M3", "G": "M9", "H": "A1", "J": "A2", "K": "A3",
    "L": "A9", "M": "B1", "N": "B2", "P": "B9", "R": "O1", "S": "O9", "Z": "NS", "": "NS",
}  # fmt: skip
"""NHS ethnic category -> the police's self-defined ethnicity, 16+1 (Home Office data requirements, annex)."""

NOWHERE: Final = "of no fixed abode"
_CLASSES: Final = (
    (10, "child", "child"), (18, "boy", "girl"), (35, "young man", "young woman"), (65, "man", "woman"),
    (200, "old", "old"),
)  # fmt: skip
"""Below this age, what a man and a woman are counted as."""
_BY_AGE: Final = tuple(next(c for c in _CLASSES if age < c[0])[1:] for age in range(130))

SUSPECTS: Final[Weighted[str]] = weighted(
    [("young man", 38), ("man", 24), ("boy", 10), ("girl", 3), ("young woman", 10), ("woman", 9), ("old", 2),
     (NOWHERE, 6)]
)  # fmt: skip
"""Shares of those suspected, by age and sex: near what the Ministry of Justice shows for arrests and cautions."""
DETAINED: Final[Weighted[str]] = weighted(
    [("young man", 44), ("man", 29), ("boy", 6), ("girl", 1), ("young woman", 8), ("woman", 7), ("old", 1),
     (NOWHERE, 6)]
)  # fmt: skip
"""Shares of arrests (Home Office, police powers and procedures: 84 in 100 are of men, most under 40)."""
OTHERS: Final[Weighted[str]] = weighted(
    [("child", 2), ("boy", 5), ("girl", 5), ("young man", 21), ("man", 22), ("young woman", 20), ("woman", 19),
     ("old", 6)]
)  # fmt: skip
"""Shares of victims and witnesses (Crime Survey for England and Wales: the young more than the old)."""
RESPONSIBLE: Final = 10
"""The age from which anybody can be suspected (Children and Young Persons Act 1933, s.50)."""
_OF_AGE: Final = (10, 13, 14, 15)
AGAIN: Final = 0.35
"""Of suspects, how many are somebody suspected before."""


class Met:
    """Draws people of one district for dealings with the police on a day."""

    def __init__(self, rng: Random) -> None:
        self._rng = rng
        self._by_class: dict[str, list[str]] = {NOWHERE: []}
        for _, men, women in _CLASSES:
            self._by_class[men], self._by_class[women] = [], []
        self._before: list[str] = []

    def gather(self, world: World, since: date) -> None:
        """Count everyone who has lived here since a day, by age and sex."""
        self.meet(world, world.household_of)
        self.meet(world, (e for e, gone_on in world.gone.items() if gone_on > since and e[0] != "S"))
        for household in world.households.values():
            if household.home.form == "none":
                self._by_class[NOWHERE] += household.members

    def meet(self, world: World, entities: Iterable[str]) -> None:
        """Count these people among those who may be met."""
        year, found = world.on.year, self._by_class
        for entity in entities:
            person = world.people[entity]
            men, women = _BY_AGE[max(0, year - person.birth_date.year)]
            found[men if person.sex == "M" else women].append(entity)

    def draw(
        self, world: World, among: Weighted[str], on: date, *, again: float = 0.0, youngest: int = 0
    ) -> Person | None:
        """Somebody who was here that day and not under `youngest`, with a chance of `again` one of those met before.

        Few are under 14 where there is a youngest age. None when there is hardly anybody to be drawn.
        """
        rng = self._rng
        for _ in range(8):
            if self._before and rng.random() < again:
                entity = rng.choice(self._before)
            else:
                some = self._by_class[among.draw(rng)]
                if not some:
                    continue
                entity = rng.choice(some)
            person = world.people[entity]
            if not here(world, entity, on) or (
                youngest and person.age(on) < max(youngest, rng.choice(_OF_AGE))
            ):
                continue
            if again:
                self._before.append(entity)
            return person
        return None


def here(world: World, entity: str, on: date) -> bool:
    """Whether somebody lived in the county that day."""
    stays, gone_on = world.stays.get(entity), world.gone.get(entity)
    if not stays or stays[0].since > on:
        return False
    return gone_on is None or on < gone_on


def still_indexed(world: World, rng: Random, share: float, youngest: int) -> list[tuple[Person, date]]:
    """Sealed earlier identities that the index of names still offers, with the day they were last known by it."""
    return [
        (world.people[entity], gone_on - timedelta(days=1))
        for entity, gone_on in world.gone.items()
        if entity[0] == "S" and world.people[entity].age(gone_on) >= youngest and rng.random() < share
    ]


def address_text(entry: Entry, rng: Random) -> tuple[str, str]:
    """An address in one column, and its postcode; of those who have none, NFA as custody sergeants write it."""
    if entry.lines[:1] == ("No Fixed Abode",):
        return ("NFA", "") if rng.random() < 0.6 else ("No fixed abode", entry.postcode)
    return ", ".join(entry.lines), entry.postcode
