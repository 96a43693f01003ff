"""Opens a received file as bytes, unpacked where it is gzip, and refuses one that is cut short or a bomb."""

from __future__ import annotations

import gzip
import io
import zlib
from collections.abc import Callable
from pathlib import Path
from typing import Final

from vestry.intake.readers.rows import refuse_file

GZIP_MAGIC: Final = b"\x1f\x8b"

EXPANSION_AT_MOST: Final = 200
"""Times its packed size; text of real registers packs 5 to 30 times."""

SMALL_ENOUGH: Final = 50_000_000
"""Bytes up to which any expansion is let through: a small file of zeros harms nobody."""

UNPACKED_AT_MOST: Final = 50_000_000_000
"""Bytes that any file may unpack to, whatever its packed size."""


class _Counted(io.RawIOBase):
    """Reads on from `source`, counting; turns what goes wrong while unpacking into a refusal."""

    def __init__(
        self,
        source: io.BufferedIOBase,
        plain: io.BufferedReader,
        packed: int | None,
        told: Callable[[], None],
    ) -> None:
        super().__init__()
        self._source = source
        self._plain = plain
        self._packed = packed
        self._told = told
        self._count = 0

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: memoryview) -> int:  # type: ignore[override]
        try:
            piece = self._source.read(len(buffer))
        except EOFError:
            raise refuse_file(
                "The gzip file is cut short.",
                fix="ask for it to be sent again, and compare the sizes",
            ) from None
        except (gzip.BadGzipFile, zlib.error):
            raise refuse_file(
                "The gzip file is damaged: its check sums do not agree.",
                fix="ask for it to be sent again",
            ) from None
        self._count += len(piece)
        if self._packed is not None:
            self._refuse_bomb(self._packed)
        self._told()
        buffer[: len(piece)] = piece
        return len(piece)

    def _refuse_bomb(self, packed: int) -> None:
        if self._count > UNPACKED_AT_MOST or (
            self._count > SMALL_ENOUGH and self._count > packed * EXPANSION_AT_MOST
        ):
            raise refuse_file(
                f"The gzip file unpacks to more than {EXPANSION_AT_MOST} times its size, or to more than "
                f"{UNPACKED_AT_MOST // 10**9} GB: no register does.",
                fix="look at what is in it before trying again; send it unpacked if it is right",
            ) from None

    def close(self) -> None:
        self._source.close()
        self._plain.close()
        super().close()


def is_gzip(path: Path) -> bool:
    """Whether the file begins as gzip does, whatever its name."""
    with path.open("rb") as file:
        return file.read(len(GZIP_MAGIC)) == GZIP_MAGIC


def open_bytes(path: Path, progress: Callable[[int, int], None] | None = None) -> io.BufferedReader:
    """The file's bytes, unpacked; `progress(bytes of the file behind us, of all)` is told at times.

    Reading raises ExtractRefused where gzip is cut short, damaged, or expands beyond measure.
    """
    size = path.stat().st_size
    plain = path.open("rb")

    def told() -> None:
        if progress is not None:
            progress(plain.tell(), size)

    if is_gzip(path):
        return io.BufferedReader(
            _Counted(gzip.GzipFile(fileobj=plain, mode="rb"), plain, size, told), 1 << 20
        )
    return io.BufferedReader(_Counted(plain, plain, None, told), 1 << 20)
