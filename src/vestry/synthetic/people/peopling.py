"""Makes people and whole households by chance, of the types and ages that a census finds."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from random import Random
from typing import Final

from vestry.synthetic.chance import Weighted, weighted
from vestry.synthetic.names import drawing, heritages
from vestry.synthetic.people.numbers import Numbers
from vestry.synthetic.people.person import Name, Person
from vestry.synthetic.plan import DistrictPlan

KINDS: Final[Weighted[str]] = weighted(
    [
        ("single", 0.173), ("single over 65", 0.128), ("couple", 0.166), ("couple over 65", 0.092),
        ("couple with children", 0.189), ("couple with grown children", 0.065), ("lone parent", 0.069),
        ("lone parent with grown children", 0.042), ("kin", 0.011), ("three generations", 0.027),
        ("sharers", 0.032), ("students", 0.006),
    ]
)  # fmt: skip
"""Households by type: Census 2021, England, ONS table TS003, couples married or not; "over 65" is 66 and over."""

MARRIED: Final = {"couple": 0.6, "couple over 65": 0.95, "couple with children": 0.76}
"""Of couples, how many are married or civil partners (TS003); of other kinds 0.88."""
SAME_SEX: Final = 0.02
TWINS: Final = 0.016
"""Of births, how many bring a second child (ONS, birth characteristics: 1.4 to 1.6 in 100)."""
FATHERS_NAME: Final = 0.04
"""Of sons, how many bear their father's first given name."""

_ETHNICITY: Final = {
    heritages.ENGLISH: weighted([("A", 0.930), ("C", 0.015), ("D", 0.018), ("G", 0.014), ("F", 0.010), ("M", 0.005),
                                 ("P", 0.003), ("Z", 0.005)]),
    heritages.IRISH: weighted([("B", 0.45), ("A", 0.55)]),
    heritages.TRAVELLER: weighted([("C", 1.0)]),
    heritages.PAKISTANI: weighted([("J", 0.94), ("L", 0.04), ("F", 0.02)]),
    heritages.BANGLADESHI: weighted([("K", 0.96), ("L", 0.04)]),
    heritages.INDIAN: weighted([("H", 0.90), ("L", 0.07), ("F", 0.03)]),
    heritages.POLISH: weighted([("C", 1.0)]),
    heritages.ROMANIAN: weighted([("C", 1.0)]),
    heritages.PORTUGUESE: weighted([("C", 0.85), ("S", 0.1), ("G", 0.05)]),
    heritages.NIGERIAN: weighted([("N", 0.93), ("P", 0.03), ("E", 0.04)]),
    heritages.CARIBBEAN: weighted([("M", 0.78), ("D", 0.15), ("P", 0.07)]),
    heritages.CHINESE: weighted([("R", 0.95), ("G", 0.05)]),
    heritages.ARABIC: weighted([("S", 0.7), ("N", 0.2), ("C", 0.1)]),
}  # fmt: skip
"""Heritage of names -> NHS Data Dictionary ethnic category: a name is not an ethnic group."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Group:
    """A household before it has a home. `together` is the day since which its couple has lived together."""

    kind: str
    couple: bool
    members: tuple[Person, ...]
    together: date | None = None


class Peopler:
    """Makes people and households of one district, as they are on one day. `prefix` begins their entities."""

    def __init__(
        self, plan: DistrictPlan, on: date, rng: Random, *, prefix: str = "", movers: bool = False
    ) -> None:
        self.plan, self.on, self.rng = plan, on, rng
        self.numbers = Numbers(plan.number, rng, movers=movers)
        self._prefix = prefix or f"{plan.number:02}"
        self._people = self._households = 0
        self._heritages = drawing.heritages(plan.diversity)

    def heritage(self) -> str:
        """A heritage, as often as this district has it."""
        return self._heritages.draw(self.rng)

    def entity(self, letter: str = "P") -> str:
        """The next person's entity."""
        self._people += 1
        return f"{letter}{self._prefix}-{self._people:06}"

    def household_name(self) -> str:
        """The next household's entity."""
        self._households += 1
        return f"H{self._prefix}-{self._households:06}"

    def person(
        self, *, sex: str, born: date, heritage: str, family: str, given: tuple[str, ...] = ()
    ) -> Person:
        """One person under the name of their birth; given names are drawn unless given."""
        rng = self.rng
        given = given or drawing.given_names(rng, heritage, sex, born.year, family)
        age = (self.on - born).days // 365.25
        mail = age >= 16 and rng.random() < 0.7 - max(0.0, (age - 60) * 0.012)
        title = drawing.TITLES[sex].draw(rng) if age >= 18 else ""
        return Person(
            entity=self.entity(),
            sex=sex,
            birth_date=born,
            heritage=heritage,
            ethnicity=_ETHNICITY[heritage].draw(rng),
            names=(Name(since=born, title=title, family_name=family, given_names=given),),
            nhs_number=self.numbers.nhs_number(),
            nino=self.numbers.nino() if age >= 16 else "",
            upn=self.numbers.upn() if 3 <= age < 19 else "",
            phone=self.numbers.phone() if age >= 12 and rng.random() < 0.9 else "",
            email=_address(rng, given[0], family) if mail else "",
            known_as=drawing.known_as(rng, given, heritage, sex),
        )

    def born(self, low: int, high: int, peak: int | None = None) -> date:
        """A day of birth that makes somebody `low` to `high` years old today, oftenest `peak` where that is said."""
        least, most = int(low * 365.25) + 1, int((high + 1) * 365.25) - 1
        if peak is None:
            return self.on - timedelta(days=int(self.rng.uniform(least, most)))
        return self.on - timedelta(days=int(self.rng.triangular(least, most, peak * 365.25)))

    def single(self, low: int, high: int, heritage: str, sex: str = "", peak: int | None = None) -> Person:
        """One adult of that age."""
        sex = sex or ("F" if self.rng.random() < (0.62 if low >= 65 else 0.47) else "M")
        family = drawing.family_name(self.rng, heritage, sex)
        return self.person(sex=sex, born=self.born(low, high, peak), heritage=heritage, family=family)

    def couple(self, low: int, high: int, heritage: str, married: float) -> tuple[Person, Person, date]:
        """Two adults of like age, the man first, and the day since which they have lived together."""
        rng = self.rng
        peak = {66: 67, 25: 41, 44: 56}.get(low)
        first = self.single(low, high, heritage, "M" if rng.random() < 0.985 else "F", peak)
        sex = first.sex if rng.random() < SAME_SEX else "F" if first.sex == "M" else "M"
        other = heritage if rng.random() < 0.92 else self.heritage()
        born = first.birth_date + timedelta(days=round(rng.gauss(500, 950)))
        born = min(born, self.on - timedelta(days=int(18.2 * 365.25)))
        if low >= 66:
            born = min(born, self.on - timedelta(days=int(66.1 * 365.25)))
        family = drawing.family_name(rng, other, sex)
        second = self.person(sex=sex, born=born, heritage=other, family=family)
        years = max(0.4, (self.on - max(first.birth_date, second.birth_date)).days / 365.25 - 19)
        together = self.on - timedelta(
            days=int(365.25 * min(years * 0.98, rng.expovariate(1 / (years * 0.7))))
        )
        if rng.random() < married:
            wed = min(self.on, together + timedelta(days=rng.randint(0, 1400)))
            second = married_to(second, first, wed, rng)
        return first, second, together

    def child(
        self, parents: Sequence[Person], born: date, siblings: Sequence[Person] = (), *, twin: bool = False
    ) -> Person:
        """A child of these parents, perhaps named for its father, or a twin of the last sibling."""
        rng, father, mother = self.rng, parents[0], parents[-1]
        sex = "F" if rng.random() < 0.488 else "M"
        heritage = father.heritage
        family = drawing.childs_family_name(
            rng, father.name_on(born).family_name, mother.name_on(born).family_name, heritage, sex
        )
        if siblings and (twin or rng.random() < 0.97):
            family = drawing.gendered(siblings[-1].family_name, heritage, sex)
        named = {s.given_names[0] for s in siblings}
        taken = named | {p.given_names[0] for p in parents}
        drawn = (drawing.given_names(rng, heritage, sex, born.year, family) for _ in range(20))
        given = next((g for g in drawn if g[0] not in taken), ("Robin",))
        if sex == father.sex == "M" and father.given_names[0] not in named and rng.random() < FATHERS_NAME:
            given = (father.given_names[0], *(g for g in given if g != father.given_names[0]))[:2]
        made = self.person(sex=sex, born=born, heritage=heritage, family=family, given=given)
        return replace(made, ethnicity=father.ethnicity if father.ethnicity == mother.ethnicity else "G")

    def children(
        self, parents: Sequence[Person], count: int, low: int, high: int, peak: int | None = None
    ) -> list[Person]:
        """So many children, the first `low` to `high` years old, ten months apart or more unless twins."""
        youngest = max(p.birth_date for p in parents)
        born = max(self.born(low, high, peak), youngest + timedelta(days=18 * 365))
        found: list[Person] = []
        while len(found) < count and born < self.on:
            found.append(self.child(parents, born, found))
            if self.rng.random() < TWINS:
                found.append(self.child(parents, born, found, twin=True))
            born += timedelta(days=self.rng.randint(300, 1600))
        return found

    def group(self, kind: str = "") -> Group:
        """The next household: its type by the census's shares, its people by its type."""
        rng = self.rng
        kind = kind or KINDS.draw(rng)
        heritage = self.heritage()
        if kind.endswith("over 65") and rng.random() < 0.7:
            heritage = heritages.ENGLISH
        if kind in ("single", "single over 65"):
            if kind == "single over 65":
                one = self.single(66, 100, heritage, peak=73)
            else:
                one = self.single(*((32, 65) if rng.random() < 0.8 else (19, 32)), heritage)
            return Group(kind=kind, couple=False, members=(one,))
        if kind in ("sharers", "students"):
            low, high, size = (
                (18, 22, 2 + self._many(3, 4, 2)) if kind == "students" else (20, 52, 1 + self._many(4, 3, 2))
            )
            each = tuple(self.single(low, high, self.heritage()) for _ in range(size))
            return Group(kind=kind, couple=False, members=each)
        if kind.startswith("lone parent"):
            return self._lone_parent(kind, heritage)
        if kind == "kin":
            first = self.single(40, 80, heritage)
            other = self.single(35, 80, heritage)
            kin = replace(other, names=(replace(other.name, family_name=drawing.gendered(
                first.birth_name, heritage, other.sex)),))  # fmt: skip
            return Group(kind=kind, couple=False, members=(first, kin))
        return self._family(kind, heritage)

    def _many(self, *weights: int) -> int:
        return self.rng.choices(range(1, len(weights) + 1), weights)[0]

    def _lone_parent(self, kind: str, heritage: str) -> Group:
        sex = "F" if self.rng.random() < 0.87 else "M"
        if kind == "lone parent":
            parent = self.single(22, 55, heritage, sex, 40)
            young = self.children((parent,), self._many(52, 33, 15), 0, 18, self.rng.choice((None, 16)))
            return Group(kind=kind, couple=False, members=(parent, *young))
        parent = self.single(42, 78, heritage, sex)
        grown = self.children((parent,), self._many(72, 28), 18, 40, 21)
        return Group(kind=kind, couple=False, members=(parent, *grown))

    def _family(self, kind: str, heritage: str) -> Group:
        rng = self.rng
        ages = {
            "couple": (50, 65) if rng.random() < 0.68 else (22, 40),
            "couple over 65": (66, 93),
            "couple with children": (25, 58),
            "couple with grown children": (44, 68),
            "three generations": (30, 50),
        }[kind]
        first, second, together = self.couple(*ages, heritage, MARRIED.get(kind, 0.88))
        others: list[Person] = []
        if kind == "couple with children":
            others = self.children((first, second), self._many(28, 43, 20, 9), 0, 20, rng.choice((None, 18)))
        elif kind == "couple with grown children":
            others = self.children((first, second), self._many(50, 38, 12), 18, 32, 21)
        elif kind == "three generations":
            elder = self.single(66, 88, heritage)
            others = [elder, *self.children((first, second), self._many(3, 4, 2), 0, 17, 11)]
        eldest = min((p.birth_date for p in others if p.birth_date > first.birth_date), default=self.on)
        together = min(together, eldest - timedelta(days=rng.randint(300, 2000)))
        return Group(kind=kind, couple=True, members=(first, second, *others), together=together)


def married_to(person: Person, spouse: Person, on: date, rng: Random) -> Person:
    """`person` with the name that marriage to `spouse` gave them, if any, borne from that day."""
    family = drawing.married_name(rng, person.family_name, spouse.family_name, person.heritage, person.sex)
    if family == person.family_name:
        return person
    title = "Mrs" if person.sex == "F" and person.name.title in ("Miss", "Ms") else person.name.title
    return renamed(person, on, family=family, title=title)


def renamed(
    person: Person, on: date, *, family: str = "", title: str = "", given: tuple[str, ...] = ()
) -> Person:
    """`person` under another name from a day on."""
    now = person.name
    name = Name(
        since=on,
        title=title or now.title,
        family_name=family or now.family_name,
        given_names=given or now.given_names,
    )
    return replace(person, names=(*person.names, name))


def _address(rng: Random, given: str, family: str) -> str:
    """An email address, which not everybody makes of their whole name."""
    first, last, number = drawing.plain(given), drawing.plain(family), rng.randint(1, 99)
    dice = rng.random()
    if dice < 0.5:
        return f"{first}.{last}{number}@example.org"
    if dice < 0.75:
        return f"{first[0]}{last}{number}@example.com"
    return f"{first}{rng.randint(100, 9999)}@example.net"
