"""The case list of children's social care: the names behind the numbers of the two returns.

The returns (SSDA903, children in need) hold no name; the case list gives the child's name, address and parent under
the same number. Workers write what they were told on the day they last saw the family.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from typing import Final

from vestry.synthetic.ground.land import Property
from vestry.synthetic.mistakes.ways import Entry
from vestry.synthetic.people.cases import Case
from vestry.synthetic.people.person import Change
from vestry.synthetic.people.world import World
from vestry.synthetic.registers.children import ethnic_code
from vestry.synthetic.registers.clerk import Row, day, fitted, phone_text
from vestry.synthetic.registers.setting import Setting

COLUMNS: Final = (
    "CASE_ID", "SURNAME", "FORENAMES", "KNOWN_AS", "DATE_OF_BIRTH", "SEX", "ETHNICITY", "NHS_NUMBER", "UPN",
    "ADDRESS_1", "ADDRESS_2", "ADDRESS_3", "POSTCODE", "PARENT_SURNAME", "PARENT_FORENAMES", "PARENT_PHONE", "TEAM",
    "STATUS", "OPENED", "CLOSED",
)  # fmt: skip


@dataclass(slots=True, kw_only=True)
class _Written:
    entry: Entry
    home: Property | None
    at: date
    parent: Entry | None
    phone: str


class ChildrensCases:
    """The children of one district who are or were known to children's social care."""

    def __init__(self, setting: Setting) -> None:
        self.truths = setting.truths()
        self._rng = setting.rng
        self._clerk = setting.clerk("children")
        self._written: dict[str, _Written] = {}
        self._world: World | None = None

    def open(self, world: World) -> None:
        """Every case there is, as its worker last wrote it."""
        self._take_on(world)

    def hear(self, change: Change, world: World) -> None:
        """A worker visits: who moves is written down within the month, below."""

    def pass_month(self, world: World) -> None:
        """New cases, and the new address of a child who was moved."""
        self._take_on(world)

    def _take_on(self, world: World) -> None:
        self._world = world
        for case in world.cases.values():
            known = self._written.get(case.number)
            if known is None or (case.looked_after and case.placements[-1].since > known.at):
                self._write(case, world, known)

    def _write(self, case: Case, world: World, known: _Written | None) -> None:
        person, clerk = world.people[case.child], self._clerk
        heard = clerk.heard(person, world)
        if case.closed is not None:
            heard = max(min(heard, case.closed), world.stays[case.child][0].since)
        if case.looked_after:
            heard = max(heard, case.placements[-1].since)
        home = world.home_on(case.child, heard)
        parent = world.people[case.parent] if case.parent else None
        written = (
            None if parent is None else clerk.write(parent, world, on=min(heard, clerk.heard(parent, world)))
        )
        self._written[case.number] = _Written(
            entry=clerk.write(person, world, on=heard, home=home),
            home=home,
            at=heard,
            parent=written if known is None else known.parent,
            phone=known.phone
            if known is not None
            else ""
            if written is None
            else phone_text(written.phone, self._rng),
        )
        self.truths.person(case.number, "child", case.child)
        if home is not None:
            self.truths.home(case.number, "home", home)
        if parent is not None:
            self.truths.person(case.number, "parent", parent.entity)

    def rows(self, file: str, *, first: bool) -> Iterator[Row]:
        """Every case, open or closed, in the order of its making."""
        assert self._world is not None
        for case in self._world.cases.values():
            yield self._row(case, self._written[case.number])

    def _row(self, case: Case, written: _Written) -> Row:
        entry, parent = written.entry, written.parent
        team = "LOOKED AFTER" if case.looked_after else "LEAVING CARE" if case.placements else "ASSESSMENT"
        return (
            case.number,
            entry.family_name,
            " ".join(entry.given_names),
            entry.known_as if entry.known_as not in entry.given_names else "",
            day(entry.birth_date),
            entry.sex,
            ethnic_code(entry),
            entry.nhs_number,
            entry.upn,
            *fitted(entry.lines, 3),
            entry.postcode,
            parent.family_name if parent else "",
            " ".join(parent.given_names) if parent else "",
            written.phone,
            "DISABILITY" if case.need == "N2" else team,
            "LOOKED AFTER" if case.looked_after else "CLOSED" if case.closed else "IN NEED",
            day(case.opened),
            day(case.closed),
        )
