"""What was found for each text, remembered between builds for one gazetteer and one set of rules.

The files stand under the place's `memory/` and may be deleted at any time: they are only a cost. They are named by a digest of
what is in the gazetteer, the rules and the library: with another of these, what was remembered is removed. A mark beside them
names the extracts that the gazetteer was read from, so that with the same ones it need not be read again.
"""

from __future__ import annotations

import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Final

import ibis.expr.types as ir
import pyarrow as pa
import pyarrow.parquet as pq

from vestry.engines.engine import Engine
from vestry.ids import DIGEST_LENGTH

PREFIX: Final = "uprn-"
MARK: Final = "-of-"
"""Before the digest of extracts, in the name of a mark."""
OURS: Final = f"{PREFIX}{'[0-9a-f]' * DIGEST_LENGTH}-*"
"""Whatever is kept here; what rules made of UPRNs is another's."""

OUTCOMES = pa.schema(
    [(n, pa.string()) for n in ("text_id", "apart", "exact_uprn", "exact_why")]
    + [("asked", pa.bool_()), ("best_uprn", pa.string()), ("second_uprn", pa.string())]
    + [("score", pa.float64()), ("lead", pa.float64()), ("objection", pa.string())]
)
"""One row is one text: why it is no address, or what the exact pass found, or (once `asked`) the library."""


class AddressMemory:
    """The memory of one build. `folder` None keeps nothing between builds.

    `extracts` is a digest of what the gazetteer would be read from; `content` gives one of what is in it, and is asked only where
    the former is not known.
    """

    def __init__(
        self, engine: Engine, folder: Path | None, extracts: str, content: Callable[[], str]
    ) -> None:
        self._engine = engine
        self._folder = folder
        self._digest = (
            None if folder is None else _known(folder, extracts) or _marked(folder, extracts, content())
        )

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

    def folder(self, name: str) -> Path | None:
        """Where a whole folder may be kept as `name`, as long as the gazetteer stays; None: nowhere."""
        return None if self._folder is None else self._folder / f"{PREFIX}{self._digest}-{name}"

    def _path(self, name: str) -> Path | None:
        folder = self.folder(name)
        return None if folder is None else folder.with_name(f"{folder.name}.parquet")

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
        unfinished = path.with_suffix(".unfinished")
        pq.write_table(table, unfinished, compression="zstd")
        unfinished.chmod(0o600)
        unfinished.replace(path)


def _known(folder: Path, extracts: str) -> str | None:
    """The digest of the content that these extracts were found to have."""
    marks = [path.name for path in folder.glob(f"{PREFIX}*{MARK}{extracts}")]
    return marks[0].removeprefix(PREFIX).removesuffix(f"{MARK}{extracts}") if marks else None


def _marked(folder: Path, extracts: str, content: str) -> str:
    """`content`, which is remembered to be that of these extracts; what was remembered of any other is removed."""
    folder.mkdir(mode=0o700, exist_ok=True)
    for old in folder.glob(OURS):
        if MARK in old.name or not old.name.startswith(f"{PREFIX}{content}-"):
            shutil.rmtree(old) if old.is_dir() else old.unlink()
    (folder / f"{PREFIX}{content}{MARK}{extracts}").touch(mode=0o600)
    return content
