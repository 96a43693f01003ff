"""What a register is made of: its source's name, its district, its own stream of chance, and the dial."""

from __future__ import annotations

from dataclasses import dataclass
from random import Random

from vestry.synthetic.plan import DistrictPlan
from vestry.synthetic.registers.clerk import Clerk, Truths


@dataclass(frozen=True, slots=True, kw_only=True)
class Setting:
    """Everything that a register is given when it is made. `dial`: see `mistakes.rates`."""

    source: str
    plan: DistrictPlan
    rng: Random
    dial: float

    def clerk(self, kind: str) -> Clerk:
        """A clerk with the habits of this kind of source."""
        return Clerk(kind, self.rng, self.dial)

    def truths(self) -> Truths:
        """An empty book of what is true."""
        return Truths(self.source)
