"""Lock-out: who fails to prove who they are too often within a few minutes is not heard until these have passed.

Counted for each who is named and from where, for each who is named from wherever, and for each address whomever it names. What
lets somebody in here is never a word that a person thought of, so that the bounds are against noise, and not the only wall.
"""

from __future__ import annotations

import hashlib
from datetime import timedelta
from typing import Final

from django.db import transaction

from vestry.clock import Clock
from vestry.office.accounts.models import Failure

WITHIN: Final = timedelta(minutes=15)
FROM_ONE_PLACE: Final = 10
"""Failures of one who is named, from one address, after which they are not heard from there; and"""
IN_ALL: Final = 100
"""from anywhere (NIST SP 800-63B-4, section 3.2.2: no more than 100)."""
OF_ONE_ADDRESS: Final = 100
"""Failures of one address, whomever it named, after which nobody is heard from there: many may share it."""


class Lockout:
    """Counts failures of one kind ("system", "passkey", "openid", "invitation", "demo"). Where nobody is named ("") only the
    address counts: no stranger can close a door for everybody else."""

    def __init__(self, clock: Clock, kind: str) -> None:
        self._clock = clock
        self.kind = kind

    def is_locked(self, named: str, address: str) -> bool:
        """Whether `named` is not heard from `address` now."""
        since = self._clock.now() - WITHIN
        return any(
            Failure.objects.filter(whom=whom, at__gt=since).count() >= most
            for whom, most in self._counted(named, address)
        )

    def failed(self, named: str, address: str) -> bool:
        """Count one failure, and say whether it was the one that locked them out. What is too old to count is removed."""
        now, before = self._clock.now(), self.is_locked(named, address)
        with transaction.atomic():
            Failure.objects.filter(at__lte=now - WITHIN).delete()
            Failure.objects.bulk_create(
                Failure(whom=whom, at=now) for whom, _ in self._counted(named, address)
            )
        return not before and self.is_locked(named, address)

    def succeeded(self, named: str, address: str) -> None:
        """Count what failed from there no longer. What failed from elsewhere still counts."""
        if named:
            Failure.objects.filter(whom=self._digest(named, address)).delete()

    def _counted(self, named: str, address: str) -> list[tuple[str, int]]:
        of_address = [(_digest("address", address), OF_ONE_ADDRESS)]
        if not named:
            return of_address
        return [(self._digest(named, address), FROM_ONE_PLACE), (self._digest(named), IN_ALL), *of_address]

    def _digest(self, *parts: str) -> str:
        return _digest("kind", self.kind, *parts)


def _digest(*parts: str) -> str:
    return hashlib.sha256("\x1f".join(parts).encode("utf-8", "surrogatepass")).hexdigest()
