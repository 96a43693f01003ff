"""What was found for each text, remembered between builds for one gazetteer and one set of rules.

The files stand under the place's `memory/` and may be deleted at any time: they are only a cost. Another
gazetteer, rule or library makes another digest, and what was remembered under the old one is removed.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Final

import ibis.expr.types as ir
import pyarrow as pa
import pyarrow.parquet as pq

from vestry.engines.engine import Engine

PREFIX: Final = "uprn-"

OUTCOMES = pa.schema(
    [(n, pa.string()) for n in ("text_id", "apart", "exact_uprn", "exact_why")]
    + [("asked", pa.bool_()), ("best_uprn", pa.string()), ("second_uprn", pa.string())]
    + [("score", pa.float64()), ("lead", pa.float64()), ("objection", pa.string())]
)
"""One row is one text: why it is no address, or what the exact pass found, or (once `asked`) the library."""


class AddressMemory:
    """The memory of one build. `folder` None keeps nothing between builds."""

    def __init__(self, engine: Engine, folder: Path | None, digest: str) -> None:
        self._engine = engine
        self._folder = folder
        self._digest = digest

    def outcomes(self) -> ir.Table:
        """Everything remembered of texts, with the columns of `OUTCOMES`."""
        table = self._read("texts")
        known = table is not None and table.schema.equals(OUTCOMES)
        return self._engine.bring("uprn_remembered", table if known else OUTCOMES.empty_table())

    def remember(self, outcomes: ir.Table) -> None:
        """Keep these outcomes in place of all that was remembered."""
        self._write("texts", self._engine.fetch(outcomes.order_by("text_id")).cast(OUTCOMES))

    def kept(self, name: str, make: Callable[[], ir.Table]) -> ir.Table:
        """The table kept as `name`, or as `make` makes it now."""
        table = self._read(name)
        if table is None:
            made = make()
            self._write(name, self._engine.fetch(made))
            return made
        return self._engine.bring(f"uprn_{name}", table)

    def _path(self, name: str) -> Path | None:
        return None if self._folder is None else self._folder / f"{PREFIX}{self._digest}-{name}.parquet"

    def _read(self, name: str) -> pa.Table | None:
        path = self._path(name)
        if path is None or not path.exists():
            return None
        try:
            return pq.read_table(path)
        except (OSError, pa.ArrowInvalid):
            return None  # cut short by a kill: it is worked out again

    def _write(self, name: str, table: pa.Table) -> None:
        path = self._path(name)
        if path is None:
            return
        path.parent.mkdir(mode=0o700, exist_ok=True)
        for old in path.parent.glob(f"{PREFIX}*"):
            if not old.name.startswith(f"{PREFIX}{self._digest}-"):
                old.unlink()
        unfinished = path.with_suffix(".unfinished")
        pq.write_table(table, unfinished, compression="zstd")
        unfinished.chmod(0o600)
        unfinished.replace(path)
