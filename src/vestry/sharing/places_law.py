"""The law of a place: its agreements as its register or, before it keeps one, its files have them; its sources, its users.

For whoever asks. Files are read once; of the register every question is asked anew, so that what is suspended shows nothing
from that moment on.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property

from vestry.contracts.complaints import suggestion
from vestry.contracts.contract import Contract
from vestry.contracts.reading import read_contracts
from vestry.place import Place
from vestry.sharing.agreements.errors import UserUnknown
from vestry.sharing.agreements.folder import Agreements, read_agreements, source_facts
from vestry.sharing.agreements.lifecycle import Filed
from vestry.sharing.agreements.registered import Register
from vestry.sharing.askers import User, people_of
from vestry.sharing.asking import Asker
from vestry.sharing.by_agreement import Law
from vestry.sharing.markers import Markers
from vestry.sharing.subjects import SourceFacts
from vestry.twin.choosing import Trust, trust_in


@dataclass(frozen=True, kw_only=True)
class PlacesLaw:
    """What decisions in one place go by: its register of agreements, or `agreements/` and `signatures.yaml` where that holds
    none; `people.yaml`. Nothing comes of an agreement that has a problem: silence is refusal."""

    place: Place
    markers: Markers
    register: Register | None = None

    @cached_property
    def law(self) -> Law:
        """As the gateway wants it."""
        return Law(
            filed=self._filed,
            sources=lambda: self._sources,
            trust=lambda: self._trust,
            markers=self.markers,
        )

    def user(self, name: str) -> User:
        """The user of that id. Raises UserUnknown, with the nearest; PeopleInvalid."""
        everybody = people_of(self.place, self.contracts)
        if name not in everybody:
            raise UserUnknown(
                "There is no user of that id.",
                where=str(self.place.people),
                fix=suggestion(name, everybody) if everybody else "write people.yaml first",
            )
        return everybody[name]

    def asker(self, user: User, organisation: str) -> Asker:
        """The user as they ask for one of their organisations. Raises UserUnknown where none of theirs is said."""
        askers = {asker.organisation: asker for asker in user.askers()}
        if organisation in askers:
            return askers[organisation]
        if not organisation and len(askers) == 1:
            return next(iter(askers.values()))
        several = f"{user.user} works for {' and '.join(sorted(askers))}"
        raise UserUnknown(
            f"{several}, and not for {organisation}."
            if organisation
            else f"{several}: say for which they ask.",
            where=str(self.place.people),
            fix=f"add --for with one of: {', '.join(sorted(askers))}",
        )

    def _filed(self) -> tuple[Filed, ...]:
        if self.register is not None and self.register.holds_any():
            return self.register.filed()
        return self._agreements.filed

    @cached_property
    def _sources(self) -> Mapping[str, SourceFacts]:
        return source_facts(self.contracts)

    @cached_property
    def _agreements(self) -> Agreements:
        return read_agreements(self.place, self.contracts)

    @cached_property
    def contracts(self) -> Mapping[str, Contract]:
        """The contracts of the place, by source."""
        return read_contracts(self.place)

    @cached_property
    def _trust(self) -> Trust:
        return trust_in(self.place, list(self.contracts.values()))
