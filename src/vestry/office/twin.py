"""The twin of a served place: one gateway for the process, and the law that it goes by, which is read again when it changes."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

from vestry.clock import Clock
from vestry.contracts.contract import Contract
from vestry.office.agreements.desk import marks, register
from vestry.office.agreements.register import AgreementRegister
from vestry.office.audit.desk import Desk
from vestry.office.audit.log import DatabaseLog
from vestry.office.project import Office
from vestry.place import Place
from vestry.sharing.asking import Asker
from vestry.sharing.audit_desk import AuditDesk
from vestry.sharing.by_agreement import ByAgreement, Law
from vestry.sharing.gateway import Gateway, open_gateway
from vestry.sharing.grants import Emergency
from vestry.sharing.own_machine import Operator
from vestry.sharing.places_law import PlacesLaw

LOOKED_AGAIN: Final = 2.0
"""Seconds after which the place's files are asked again whether they have changed. What is suspended in the register counts at
once: that is asked with every look."""

NOBODY: Final = Operator(account="", on_this_machine=False)
"""The operator of a served place: whoever asks is a user, and no one is on its own machine."""

Stamp = tuple[tuple[str, int, int], ...]


@dataclass(kw_only=True)
class Twin:
    """Opens the gateway with the first look, and keeps it: a release is opened once in a process. Safe between threads."""

    office: Office
    clock: Clock
    log: DatabaseLog
    threads: int | None = None
    memory: str | None = None
    monotonic: Callable[[], float] = time.monotonic
    _gateway: Gateway | None = None
    _law: PlacesLaw | None = None
    _register: AgreementRegister | None = None
    _stamp: Stamp = ()
    _looked: float = 0.0
    _lock: threading.Lock = field(default_factory=threading.Lock)

    @property
    def gateway(self) -> Gateway:
        """The gateway of the place. Nobody at it is on the place's own machine, so that by itself it tells no one of anybody."""
        with self._lock:
            if self._gateway is None:
                self._gateway = open_gateway(
                    self.office.place,
                    audit=self.log,
                    operator=NOBODY,
                    threads=self.threads,
                    memory=self.memory,
                )
            return self._gateway

    @property
    def law(self) -> Law:
        """What decisions go by, as the place's files have it now, and its register."""
        return self.places_law.law

    @property
    def places_law(self) -> PlacesLaw:
        """The same, with what it was read from."""
        with self._lock:
            now = self.monotonic()
            if self._law is None or now - self._looked >= LOOKED_AGAIN:
                stamp = _stamp_of(self.office.place)
                if self._law is None or stamp != self._stamp:
                    self._register = register(self.office, self.clock)
                    self._law = PlacesLaw(
                        place=self.office.place,
                        markers=marks(self.office, self.clock),
                        register=self._register,
                    )
                    self._stamp = stamp
                self._looked = now
            return self._law

    def titles(self, labels: Iterable[str]) -> tuple[str, ...]:
        """What agreements are called, by label ("safeguarding-hub@1"); a label that is none of them is left out."""
        called = {one.agreement.label: one.agreement.title for one in self.law.filed()}
        return tuple(called[label] for label in labels if label in called)

    @property
    def register(self) -> AgreementRegister:
        """The place's register of agreements: the one that decisions go by, which reads the same words once."""
        _ = self.places_law
        assert self._register is not None
        return self._register

    def contracts(self) -> Mapping[str, Contract]:
        """The place's contracts by source, as its files have them now. Raises ContractInvalid."""
        return self.places_law.contracts

    def audit(self, asker: Asker) -> AuditDesk:
        """The desk of the audit log, for `asker`: what they ask of it is entered in it as theirs."""
        return Desk(self.office, self.log, NOBODY, asker)

    def door_for(self, asker: Asker, emergency: Emergency | None = None) -> ByAgreement:
        """The same gateway, for somebody under agreements."""
        return self.gateway.on_behalf_of(asker, self.law, self.clock, emergency=emergency)

    def changed(self) -> None:
        """Have the place's files read again with the next look: they were changed here."""
        with self._lock:
            self._law = None

    def close(self) -> None:
        """Let go of the releases that were opened."""
        with self._lock:
            if self._gateway is not None:
                self._gateway.close()
                self._gateway = None


def _stamp_of(place: Place) -> Stamp:
    """The files that the law is read from, when each was changed, and its size."""
    files: list[Path] = [place.signatures, *sorted(place.contracts.rglob("*.yaml"))]
    files += sorted(place.agreements.glob("*.yaml"))
    found = []
    for path in files:
        try:
            said = path.stat()
        except OSError:
            continue
        found.append((str(path), said.st_mtime_ns, said.st_size))
    return tuple(found)
