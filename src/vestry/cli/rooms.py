"""What the command line needs from the rooms below it. `wiring` fills it in; tests, as they like.

The rooms are named here for their types alone: a command loads one by calling it, so that `vestry --help` does
not wait for libraries that it never uses.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Protocol

from vestry.clock import Clock
from vestry.errors import Problem
from vestry.place import Place
from vestry.progress import Progress
from vestry.settings import Settings

if TYPE_CHECKING:
    from vestry.contracts.contract import Contract
    from vestry.intake.receive import Receipt
    from vestry.intake.store import StoredExtract
    from vestry.linkage.evaluation.report import Evaluation
    from vestry.linkage.evaluation.streams import Reading
    from vestry.retraining import Retraining
    from vestry.sharing.accounts_desk import PeopleDesk, SystemsDesk
    from vestry.sharing.agreements.desk import AgreementDesk, Areas
    from vestry.sharing.agreements.registered import Actor, Register
    from vestry.sharing.audit_desk import AuditDesk
    from vestry.sharing.gateway import Gateway
    from vestry.sharing.people_apart import EmergencyDesk, MarksDesk
    from vestry.sharing.places_law import PlacesLaw
    from vestry.synthetic import Synthesised
    from vestry.twin.answers import TableStream
    from vestry.twin.manifest import Manifest


class Build(Protocol):
    """`vestry.build.build`: make a release from what was received, and publish it."""

    def __call__(
        self,
        place: Place,
        *,
        clock: Clock,
        progress: Progress,
        threads: int | None = None,
        memory: str | None = None,
        again: bool = False,
    ) -> Manifest:
        """The manifest of the release; the current one's when nothing has changed, unless `again`."""
        ...


class Receive(Protocol):
    """`vestry.intake.receive.receive`: take files in, or refuse them."""

    def __call__(
        self,
        place: Place,
        contract: Contract,
        files: Sequence[Path],
        *,
        as_at: date,
        clock: Clock,
        accept: bool = False,
        progress: Progress | None = None,
    ) -> Sequence[Receipt]:
        """One receipt for each file."""
        ...


class Synthesise(Protocol):
    """`vestry.synthetic.synthesise`: write a fictional county, its extracts and its truth."""

    def __call__(
        self,
        folder: Path,
        *,
        residents: int,
        seed: int,
        months: int = 3,
        dial: float = 1.0,
        districts: int = 10,
        progress: Progress | None = None,
    ) -> Synthesised:
        """What it wrote; it is in `folder`."""
        ...


class Draft(Protocol):
    """`vestry.contracts.drafting.draft_contract`: a first contract from a file."""

    def __call__(self, file: Path, *, source: str, organisation: str) -> str:
        """The text of the contract, with its doubts marked."""
        ...


class Evaluate(Protocol):
    """`vestry.linkage.evaluation.report.evaluate`: hold a release against a truth."""

    def __call__(
        self, read: Reading, truth: Path, *, only: Collection[str] = ..., memory: str | None = None
    ) -> Evaluation:
        """The measures, section by section."""
        ...


class Serve(Protocol):
    """`vestry.office.serving.serve`: the office, for browsers and partners' systems, until the process is ended."""

    def __call__(self, place: Place, *, port: int, ready: Callable[[str], None]) -> None:
        """`ready` is told the address when it can be reached."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Rooms:
    """Every room that a command may call, behind plain functions."""

    settings: Settings
    clock: Clock
    progress: Callable[[], Progress]
    gateway: Callable[[Place], Gateway]
    audit: Callable[[Place], AuditDesk]
    law: Callable[[Place], PlacesLaw]
    register: Callable[[Place], Register]
    marks: Callable[[Place], MarksDesk]
    emergencies: Callable[[Place], EmergencyDesk]
    actor: Actor
    people: Callable[[Place], PeopleDesk]
    systems: Callable[[Place], SystemsDesk]
    serve: Serve
    work: Callable[[Place], int]
    build: Build
    retraining: Callable[[Place], Retraining]
    receive: Receive
    extracts: Callable[[Place], Sequence[StoredExtract]]
    read_contracts: Callable[[Place], Mapping[str, Contract]]
    check_contracts: Callable[[Path, Mapping[str, str]], tuple[Mapping[str, Contract], Sequence[Problem]]]
    draft_contract: Draft
    agreements: Callable[[Place, Mapping[str, Contract], Areas, Register | None], AgreementDesk]
    synthesise: Synthesise
    evaluate: Evaluate
    endings: Callable[[], Sequence[str]]
    write_table: Callable[[TableStream, Path], None]
