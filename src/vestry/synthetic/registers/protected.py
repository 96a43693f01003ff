"""The list of protected identities: who somebody was before an adoption, a gender recognition or a flight.

It is what Vestry is told so that it can keep the two apart. It says nothing of who they are now. Its rows never
become records, so the truth has no part of them; `truth/sealed.csv` says who is meant.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from vestry.synthetic.ground.land import address_lines
from vestry.synthetic.people.person import ADOPTED, GENDER, PROTECTED, Change, Person, Sealed
from vestry.synthetic.people.world import World
from vestry.synthetic.registers.clerk import Row, day, fitted
from vestry.synthetic.registers.setting import Setting

COLUMNS: Final = (
    "REFERENCE", "REASON", "SINCE", "NHS_NUMBER", "UPN", "NINO", "SURNAME", "FORENAMES", "BIRTH_DATE", "SEX",
    "ADDRESS_1", "ADDRESS_2", "ADDRESS_3", "ADDRESS_4", "POSTCODE", "SOURCE", "SOURCE_KEY",
)  # fmt: skip
CASE_SOURCES: Final = ("childrens-cases", "ssda903", "cin-census")
"""The council's own sources that call a child by its case number; their returns hold no names."""
REASONS: Final = {ADOPTED: "ADOPTION", GENDER: "GENDER RECOGNITION", PROTECTED: "PROTECTION"}


class ProtectedIdentities:
    """The earlier identities of one district that are sealed; written with care, so without a clerk's mistakes."""

    def __init__(self, setting: Setting) -> None:
        self.truths = setting.truths()
        self._district = setting.plan.number
        self._rows: list[Row] = []

    def open(self, world: World) -> None:
        """The name, numbers and last home of each earlier identity; a line for each source whose key for it is known."""
        for at, sealed in enumerate(world.sealed, 1):
            earlier = world.people[sealed.earlier]
            case = world.cases.get(earlier.entity)
            for line, source in enumerate(CASE_SOURCES if case is not None else ("",), 1):
                key = f"PI{self._district:02}{at:04}-{line}"
                number = "" if case is None else case.number
                self._rows.append((key, *self._told(world, sealed, earlier), source, number))

    def _told(self, world: World, sealed: Sealed, earlier: Person) -> Row:
        """Reason, day, and everything by which the earlier identity is known."""
        name = earlier.name_on(sealed.since)
        home = world.home_on(earlier.entity, sealed.since)
        return (
            REASONS[sealed.reason],
            day(sealed.since),
            earlier.nhs_number,
            earlier.upn,
            earlier.nino,
            name.family_name,
            " ".join(name.given_names),
            day(earlier.birth_date),
            earlier.sex,
            *fitted(() if home is None else address_lines(home), 4),
            "" if home is None else home.postcode.postcode,
        )

    def hear(self, change: Change, world: World) -> None:
        """Nobody is sealed while the months pass."""

    def rows(self, file: str, *, first: bool) -> Iterator[Row]:
        """Every line."""
        yield from self._rows
