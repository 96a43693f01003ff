"""`vestry purposes`: the list to choose `--purpose` from."""

from __future__ import annotations

from typing import Final

from vestry.cli import printing
from vestry.cli.options import examples
from vestry.sharing.purposes import PURPOSES

EXAMPLES: Final = examples("vestry purposes")


def purposes() -> None:
    """List the purposes that people may be looked up for."""
    printing.table(["purpose", "means"], [[p.code, p.means] for p in PURPOSES])
