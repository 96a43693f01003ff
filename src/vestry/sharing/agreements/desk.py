"""What an information governance officer does with the agreements of a place: check, try, compare, pass on. Changes nothing."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time
from functools import cached_property
from typing import Any

from vestry.contracts.complaints import suggestion
from vestry.contracts.contract import Contract
from vestry.errors import Problem
from vestry.place import Place
from vestry.sharing.agreements import wording
from vestry.sharing.agreements.agreement import Agreement
from vestry.sharing.agreements.comparing import Look, compared
from vestry.sharing.agreements.describing import Described
from vestry.sharing.agreements.errors import AgreementInvalid, AgreementUnknown, UserUnknown
from vestry.sharing.agreements.folder import Agreements, read_agreements, registered_agreements
from vestry.sharing.agreements.lifecycle import LONDON, Filed
from vestry.sharing.agreements.odrl import odrl
from vestry.sharing.agreements.registered import Register
from vestry.sharing.agreements.simulating import Seen, held_by_none, simulated
from vestry.sharing.agreements.writing import digest
from vestry.sharing.askers import User, people_of, read_people
from vestry.sharing.purposes import PURPOSES
from vestry.sharing.subjects import MARKERS

Areas = Callable[[], frozenset[str]]
"""The codes of the areas of a place; empty where there are none yet."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Standing:
    """Where one agreement stands on a day, and when it is reviewed, in words."""

    agreement: Agreement
    stands: str
    review: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Checked:
    """A place whose agreements, signatures and users have no problem. `areas_known`: codes of areas were checked too.

    `by_register`: where each stands is by the register, and no longer by `signatures.yaml`; `differ` are the agreements of which
    `agreements/` has other words than the newest version there.
    """

    standing: tuple[Standing, ...]
    users: int
    areas_known: bool
    by_register: bool = False
    differ: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Simulation:
    """One agreement tried: whose records in words, who would see what, and what is shared of sources that do not hold it."""

    standing: Standing
    about: str
    seen: tuple[Seen, ...]
    idle: Mapping[str, Sequence[str]]


class AgreementDesk:
    """The agreements of one place, read once, when they are first asked for: of its register, where that holds any."""

    def __init__(
        self,
        place: Place,
        contracts: Mapping[str, Contract],
        areas: Areas = frozenset,
        register: Register | None = None,
    ) -> None:
        self._place = place
        self._contracts = contracts
        self._areas = areas
        self._register = register if register is not None and register.holds_any() else None

    @cached_property
    def read(self) -> Agreements:
        """Every agreement, with its problems; codes of areas not checked."""
        if self._register is not None:
            return registered_agreements(self._register, self._contracts)
        return read_agreements(self._place, self._contracts)

    def written(self) -> Agreements:
        """The agreements and signatures of the files, whatever the register holds. Raises AgreementInvalid with every problem."""
        read = read_agreements(self._place, self._contracts, self._areas())
        self._complain(read.problems)
        return read

    def checked(self, on: date) -> Checked:
        """Where everything stands on the day `on`. Raises AgreementInvalid with every problem of every file."""
        areas = self._areas()
        files = read_agreements(self._place, self._contracts, areas)
        users, faults = read_people(self._place, self._contracts)
        if self._register is None:
            self._complain([*files.problems, *faults])
            return Checked(standing=self.standing(on), users=len(users), areas_known=bool(areas))
        self._complain([*files.problems, *faults, *self.read.problems])
        held = {name: digest(agreement) for name, agreement in self.read.found.items()}
        return Checked(
            standing=self.standing(on),
            users=len(users),
            areas_known=bool(areas),
            by_register=True,
            differ=tuple(name for name, one in sorted(files.found.items()) if held.get(name) != digest(one)),
        )

    def standing(self, on: date) -> tuple[Standing, ...]:
        """Where each agreement stands on the day `on`: the newest version of each, and an older one that is in force still."""
        newest = {name: one.version for name, one in self.read.found.items()}
        return tuple(
            _standing(self.read, filed, on)
            for filed in self.read.filed
            if newest.get(filed.agreement.agreement_id) == filed.agreement.version
            or filed.state(on) == "in force"
        )

    def _complain(self, problems: Sequence[Problem]) -> None:
        if problems:
            count = "one problem" if len(problems) == 1 else f"{len(problems):,} problems"
            raise AgreementInvalid(
                f"What this place has agreed has {count}.",
                where=str(self._place.folder),
                fix="mend each, then check again",
                problems=problems,
            )

    def simulated(self, name: str, on: date) -> Simulation:
        """What would be seen under the agreement `name`, as it stands on the day `on` or not. Raises AgreementUnknown."""
        read, agreement = self.read, self.read.named(name)
        (filed,) = (one for one in read.filed if one.agreement is agreement)
        return Simulation(
            standing=_standing(read, filed, on),
            about=wording.told_of(agreement.about, read.sources),
            seen=simulated(agreement, read.sources, read.holds),
            idle=held_by_none(agreement, read.holds),
        )

    def compared(
        self,
        described: Described,
        on: date,
        *,
        users: Iterable[str] = (),
        purpose: str = "",
    ) -> tuple[Look, ...]:
        """What `users` (everybody, where none is named) would see of whoever is described, at noon of the day `on`.

        Of areas and sources not described, all are taken. Raises UserUnknown, PeopleInvalid, AgreementUnknown.
        """
        everybody = people_of(self._place, self._contracts)
        wanted = [self._user(one, everybody) for one in users] or list(everybody.values())
        self._check(described, purpose)
        read = self.read
        whole = Described(
            age=described.age,
            areas=described.areas or frozenset(c for a in read.found.values() for c in a.about.areas),
            known_to=described.known_to or frozenset(read.sources),
            marked=described.marked,
        )
        askers = [asker for user in wanted for asker in user.askers()]
        return compared(askers, whole, read, datetime.combine(on, time(12), LONDON), purpose)

    def odrl(self, name: str) -> dict[str, Any]:
        """The agreement `name` as JSON-LD. Raises AgreementUnknown."""
        return odrl(self.read.named(name))

    def sources_told(self, names: Iterable[str]) -> str:
        """Sources in words."""
        return wording.sources_told(names, self.read.sources)

    def _user(self, name: str, everybody: Mapping[str, User]) -> User:
        if name not in everybody:
            raise UserUnknown(
                "There is no user of that id.", where=self._place.people.name, fix=suggestion(name, everybody)
            )
        return everybody[name]

    def _check(self, described: Described, purpose: str) -> None:
        """Complain of the first word that is none of this place's."""
        said = (
            ("a purpose", [purpose] if purpose else [], [p.code for p in PURPOSES]),
            ("a source", sorted(described.known_to), list(self.read.sources)),
            ("a mark", sorted(described.marked), list(MARKERS)),
        )
        for what, names, known in said:
            for name in names:
                if name not in known:
                    raise AgreementUnknown(
                        f"`{name}` is not {what} that can be named here.", fix=suggestion(name, known)
                    )


def _standing(read: Agreements, filed: Filed, on: date) -> Standing:
    filing = read.filings.get(filed.agreement.agreement_id)
    mine = filing if filing is not None and filing.version == filed.agreement.version else None
    return Standing(
        agreement=filed.agreement,
        stands=wording.stands(filed, mine, on),
        review=wording.reviewed(filed, on),
    )
