"""What the command line needs from the rooms below it. `wiring` fills it in; tests, as they like."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any, Protocol

from vestry.clock import Clock
from vestry.contracts.contract import Contract
from vestry.errors import Problem
from vestry.linkage.evaluation import Evaluation
from vestry.place import Place
from vestry.progress import Progress
from vestry.settings import Settings
from vestry.sharing.gateway import Gateway


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
    ) -> Any:
        """The manifest of the release."""
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
        progress: Progress = ...,
    ) -> Sequence[Any]:
        """One receipt for each extract."""
        ...


class Synthesise(Protocol):
    """`vestry.synthetic.synthesise`: write a fictional place, its extracts and its truth."""

    def __call__(self, folder: Path, *, residents: int, seed: int, months: int, progress: Progress) -> Any:
        """Whatever it likes; what it wrote is in `folder`."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Rooms:
    """Every room that a command may call, behind plain functions."""

    settings: Settings
    clock: Clock
    progress: Callable[[], Progress]
    gateway: Callable[[Place], Gateway]
    build: Build
    receive: Receive
    extracts: Callable[[Place], Sequence[Any]]
    read_contracts: Callable[[Place], Mapping[str, Contract]]
    check_contracts: Callable[[Path, Mapping[str, str]], tuple[Mapping[str, Contract], Sequence[Problem]]]
    draft_contract: Callable[..., str]
    synthesise: Synthesise
    evaluate: Callable[[Any, Path], Evaluation]
