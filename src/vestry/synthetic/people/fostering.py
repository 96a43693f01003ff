"""Where children live whom the county looks after: with whom, since when, by which law, and how they come home.

A placement is a move in the world: the child lives with other people, who have another family name.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import date, timedelta
from random import Random
from typing import Final

from vestry.synthetic.chance import weighted
from vestry.synthetic.ground.land import Property
from vestry.synthetic.people.cases import Case, Placement
from vestry.synthetic.people.person import CHILDRENS_HOME, Household, Sealed, Stay
from vestry.synthetic.people.world import World

PLACES: Final = weighted(
    [
        (("U6", "PR1"), 0.30), (("U6", "PR4"), 0.14), (("U4", "PR1"), 0.13), (("U4", "PR4"), 0.10),
        (("U1", "PR1"), 0.08), (("U3", "PR1"), 0.07), (("P1", "PR0"), 0.07), (("K2", "PR4"), 0.08),
        (("H5", "PR4"), 0.03),
    ]
)  # fmt: skip
"""(PLACE, PLACE_PROVIDER) of a child's last placement: foster carers 67 in 100, kin among them 15, homes and hostels 11,
parents 7 (DfE, children looked after in England, 31 March 2024, rounded)."""
FAMILIES: Final = weighted([(("U6", "PR1"), 5), (("U4", "PR1"), 3), (("U6", "PR4"), 2)])
LAW: Final = weighted([("C1", 0.5), ("V2", 0.4), ("L2", 0.1)])
"""Interim care order, accommodated by agreement, emergency protection."""
ORDER_AFTER: Final = 200
"""Days until care proceedings end (target 26 weeks, Children and Families Act 2014, s.14)."""
_KIN: Final = ("U1", "U3")
_WHY: Final = ("CARPL", "CARPL", "CARPL", "CREQB", "STAND", "PLACE", "CHILD", "OTHER")
A_HOME_HOLDS: Final = 5


class Fostering:
    """Finds carers in one district, and moves children to them and home again."""

    def __init__(self, world: World, rng: Random) -> None:
        self.world, self.rng = world, rng
        self._families = self._pool(("couple with children", "couple", "couple with grown children"), 30, 66)
        self._elders = self._pool(("couple over 65", "single over 65", "couple with grown children"), 50, 76)
        self._homes: list[Property] = []
        self._in_homes = 0

    def _pool(self, kinds: tuple[str, ...], low: int, high: int) -> list[str]:
        world = self.world
        return [
            h.entity
            for h in world.households.values()
            if h.kind in kinds and low <= world.people[h.members[0]].age(world.on) <= high
        ]

    def _carers(self, pool: list[str], since: date, case: Case) -> Household | None:
        for _ in range(40):
            found = self.world.households.get(self.rng.choice(pool)) if pool else None
            free = found is not None and found.entity != case.home and len(found.members) < 7
            if found is not None and free and found.moved_in_on <= since:
                return found
        return None

    def _childrens_home(self) -> Property | None:
        """A bed in a children's home or hostel: an ordinary house, one for every five children."""
        if self._in_homes >= A_HOME_HOLDS * len(self._homes):
            if not self.world.vacant:
                return None
            self._homes.append(self.world.vacant.pop())
        self._in_homes += 1
        return self._homes[-1]

    def take_in(self, case: Case, since: date) -> bool:
        """The child is looked after from that day on and is so now; false when there is nowhere."""
        placed = self._placed(case, since)
        if not placed:
            return False
        if placed[-1].place != "P1":
            self._move(case, placed)
        case.placements += self._in_law(placed)
        return True

    def _placed(self, case: Case, since: date) -> list[Placement]:
        """One to three placements, all but the last with foster families."""
        days, found = self._days(since, self.world.on), list[Placement]()
        place, provider = PLACES.draw(self.rng)
        if case.alone or (place == "H5" and self.world.people[case.child].age(self.world.on) < 16):
            place, provider = ("H5" if case.alone else "K2"), "PR4"
        if place == "P1":
            return [_placement(since, place, provider, case.left, case.home)]
        for start in days[:-1]:
            carers = self._carers(self._families, start, case)
            if carers is not None:
                found.append(_placement(start, *FAMILIES.draw(self.rng), carers.home, carers.entity))
        start = days[-1] if found else since
        if place in ("K2", "H5") and (home := self._childrens_home()) is not None:
            found.append(_placement(start, place, provider, home, f"{case.home}-{case.number}"))
            return found
        carers = self._carers(self._elders if place in _KIN else self._families, start, case)
        if carers is None:
            return []
        if place in ("K2", "H5"):
            place, provider = FAMILIES.draw(self.rng)
        return [*found, _placement(start, place, provider, carers.home, carers.entity)]

    def _days(self, since: date, until: date) -> list[date]:
        """The days on which placements begin, the first one `since`, three weeks apart at least."""
        whole, many = (until - since).days, self.rng.choices((1, 2, 3), (55, 28, 17))[0]
        if whole < 90 * many:
            return [since]
        each = whole // many
        return [
            since + timedelta(days=each * n + (self.rng.randint(0, each - 30) if n else 0))
            for n in range(many)
        ]

    def _move(self, case: Case, placed: Sequence[Placement]) -> None:
        world = self.world
        for placement in placed:
            last = placement is placed[-1]
            carers = world.households.get(placement.household) or self._bed(case, placement)
            world.enter(case.child, carers, placement.since)
            if last and carers.kind != CHILDRENS_HOME:
                world.households[carers.entity] = replace(carers, members=(*carers.members, case.child))
            elif last:
                world.households[carers.entity] = carers
        self._without(case.home, case.child)

    def _bed(self, case: Case, placement: Placement) -> Household:
        assert placement.home is not None
        return Household(
            entity=placement.household, kind=CHILDRENS_HOME, members=(case.child,), couple=False, phone="",
            home=placement.home, moved_in_on=placement.since,
        )  # fmt: skip

    def _without(self, household: str, child: str) -> None:
        """The household without that child; a children's home's bed is no household once it is empty."""
        world, left = self.world, self.world.households[household]
        members = tuple(m for m in left.members if m != child)
        if not members:
            del world.households[household]
            return
        young = any(world.people[m].age(world.on) < 18 for m in members)
        kind = (
            left.kind
            if young
            else {"couple with children": "couple", "lone parent": "single"}.get(left.kind, left.kind)
        )
        world.households[household] = replace(left, members=members, kind=kind)

    def _in_law(self, placed: Sequence[Placement]) -> list[Placement]:
        """The episodes of one period: every change of place or of law begins another."""
        law, first = LAW.draw(self.rng), placed[0].since
        end = placed[-1].until or self.world.on
        order = first + timedelta(days=ORDER_AFTER + self.rng.randint(-40, 90))
        ordered = law != "V2" and order < end - timedelta(days=5)
        found: list[Placement] = []
        for at, placement in enumerate(placed):
            until = placed[at + 1].since if at + 1 < len(placed) else placement.until
            later = ordered and placement.since >= order
            began = "S" if at == 0 else "B" if later and found[-1].legal != "C2" else "P"
            one = replace(placement, until=until, legal="C2" if later else law, began=began)
            if until is not None and at + 1 < len(placed):
                one = replace(one, ended="X1", moved=self.rng.choice(_WHY))
            if ordered and one.since < order < (until or end):
                found.append(replace(one, until=order, ended="X1", moved=""))
                one = replace(one, since=order, legal="C2", began="L")
            found.append(one)
        return found

    def looked_after_once(
        self, case: Case, since: date, until: date, reason: str, *, then_home: bool
    ) -> bool:
        """A period with foster carers that is over; `then_home` when the child came back to where they live now."""
        carers = self._carers(self._families, since, case)
        if carers is None:
            return False
        world, child = self.world, case.child
        if then_home:
            now = world.stays[child][-1]
            now.until = since
            away = Stay(household=carers.entity, person=child, home=carers.home, since=since, until=until)
            again = Stay(household=now.household, person=child, home=now.home, since=until)
            world.stays[child] += [away, again]
        else:
            first = world.stays[child][0].since
            world.earlier(
                Stay(household=carers.entity, person=child, home=carers.home, since=since, until=first)
            )
        one = replace(_placement(since, *FAMILIES.draw(self.rng), carers.home, carers.entity), until=until)
        case.placements += self._in_law([one])
        case.cease(until, reason)
        return True

    def adopted(self, case: Case, sealed: Sealed) -> None:
        """The earlier identity's time in care: foster carers, then placed for adoption until the order is made."""
        stay = self.world.stays[sealed.earlier][0]
        days = (sealed.since - stay.since).days
        placed = stay.since + timedelta(days=max(days * 6 // 10, days - self.rng.randint(90, 300)))
        foster = replace(_placement(stay.since, "U6", "PR1", stay.home, stay.household), until=placed)
        case.placements += self._in_law([foster])
        case.placements[-1] = replace(case.placements[-1], ended="X1", moved="CARPL")
        waiting = _placement(placed, "A6", "PR1", None, "")
        case.placements.append(replace(waiting, legal="E1", began="B"))
        case.cease(sealed.since, self.rng.choice(("E11", "E12")))

    def bring_home(self, case: Case, on: date, reason: str) -> Household | None:
        """The child goes back to the parent, if that one still lives here; the household they are in then."""
        world = self.world
        parents = world.households.get(world.household_of.get(case.parent, ""))
        now = world.household_of.get(case.child, "")
        if parents is None or parents.communal or not now:
            return None
        if now != parents.entity:
            self._without(now, case.child)
            world.enter(case.child, parents, on)
            parents = replace(parents, members=(*parents.members, case.child))
            world.households[parents.entity] = parents
        case.cease(on, reason)
        return parents

    def follow(self, case: Case) -> None:
        """Carers who moved took the child with them: another placement with the same carer (T)."""
        now = case.placements[-1]
        for stay in self._since(case.child, now.since):
            case.placements[-1] = replace(case.placements[-1], until=stay.since, ended="X1", moved="CARPL")
            case.placements.append(
                replace(now, since=stay.since, home=stay.home, household=stay.household, began="T")
            )

    def _since(self, child: str, since: date) -> Iterator[Stay]:
        yield from [s for s in self.world.stays[child] if s.since > since]


def _placement(since: date, place: str, provider: str, home: Property | None, household: str) -> Placement:
    return Placement(
        since=since, place=place, provider=provider, legal="", began="S", home=home, household=household
    )
