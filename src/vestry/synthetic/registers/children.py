"""What the registers of children share: the codes of the education department, and a child as the council's system has them."""

from __future__ import annotations

from typing import Final

from vestry.synthetic.mistakes.ways import Entry
from vestry.synthetic.names import heritages
from vestry.synthetic.people.cases import Case
from vestry.synthetic.people.person import Person
from vestry.synthetic.people.world import World
from vestry.synthetic.registers.clerk import Clerk

ETHNICITY: Final = {
    "A": "WBRI", "B": "WIRI", "C": "WOTH", "D": "MWBC", "E": "MWBA", "F": "MWAS", "G": "MOTH", "H": "AIND",
    "J": "APKN", "K": "ABAN", "L": "AOTH", "M": "BCRB", "N": "BAFR", "P": "BOTH", "R": "CHNE", "S": "OOTH", "Z": "NOBT",
}  # fmt: skip
"""NHS Data Dictionary ethnic category -> the code of the DfE's common basic data set."""

UPN_UNKNOWN: Final = ("UN1", "UN3")
"""What the returns put in the place of a UPN: not of school age yet; not known."""


def ethnic_code(entry: Entry) -> str:
    """The DfE's ethnic code; Travellers of Irish heritage have one of their own."""
    if entry.heritage == heritages.TRAVELLER and entry.ethnicity == "C":
        return "WIRT"
    return ETHNICITY[entry.ethnicity]


def upn_or_why(entry: Entry, person: Person, world: World) -> str:
    """The UPN as the returns give it, or the code that says why there is none."""
    return entry.upn or UPN_UNKNOWN[person.age(world.on) >= 5]


class Known:
    """The children of the cases as one of the council's systems wrote them down, each once."""

    def __init__(self, clerk: Clerk) -> None:
        self._clerk = clerk
        self._entries: dict[str, Entry] = {}

    def entry(self, case: Case, world: World) -> Entry:
        """The entry of a case's child, written when it is first asked for: a birth date is asked once."""
        found = self._entries.get(case.number)
        if found is None:
            person = world.people[case.child]
            found = self._clerk.write(person, world, on=self._clerk.heard(person, world))
            self._entries[case.number] = found
        return found
