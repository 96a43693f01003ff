"""Files on their way in: each written as it comes to a folder that only its owner reads, never held in memory.

What a file is called is a name and no path. What is empty, or is plainly nothing that a source sends, is refused at once, and
with it all that was brought with it.
"""

from __future__ import annotations

from collections.abc import Mapping
from io import BytesIO
from pathlib import Path
from typing import Any, BinaryIO, Final

from django.core.files.uploadedfile import UploadedFile
from django.core.files.uploadhandler import FileUploadHandler, SkipFile

from vestry.intake.writing import close_on_disk, new_file
from vestry.office.pages.translating import _

FILES: Final = "files"
"""The field of the form that holds them."""
MOST: Final = 20
"""Files that are brought at once."""
_LONGEST: Final = 200
"""Bytes of a name."""
_HEAD: Final = 512

_OTHERS: Final[Mapping[bytes, str]] = {
    b"PK\x03\x04": "a ZIP folder or a workbook",
    b"PK\x05\x06": "an empty ZIP folder",
    b"%PDF": "a PDF",
    b"MZ": "a program",
    b"\x7fELF": "a program",
    b"\xd0\xcf\x11\xe0": "an old workbook or document",
    b"\x89PNG": "a picture",
    b"\xff\xd8\xff": "a picture",
    b"GIF8": "a picture",
    b"Rar!": "a packed folder",
    b"7z\xbc\xaf": "a packed folder",
    b"BZh": "packed with bzip2",
    b"\xfd7zXZ": "packed with xz",
    b"SQLite format 3": "a database",
}
"""How files begin that no reader of extracts takes, and what they are."""


class Nowhere(FileUploadHandler):
    """Keeps nothing of a file: for every address but the one where they are brought."""

    def new_file(self, *said: Any, **more: Any) -> None:
        """Passes the file over."""
        raise SkipFile

    def receive_data_chunk(self, raw_data: bytes, start: int) -> None:
        """Is told nothing."""

    def file_complete(self, file_size: int) -> None:
        """Has none."""


class Spooling(FileUploadHandler):
    """Writes the files of one request to `folder`. `kept` are their names and sizes, `problems` what is wrong with any."""

    def __init__(self, folder: Path) -> None:
        super().__init__()
        self.folder = folder
        self.kept: list[tuple[str, int]] = []
        self.problems: list[str] = []
        self._file: BinaryIO | None = None
        self._name = ""
        self._size = 0
        self._head = b""

    def new_file(self, field_name: str, file_name: str, *said: Any, **more: Any) -> None:
        """Begin a file, or pass it over and say why."""
        name = plain_name(file_name)
        if field_name != FILES:
            raise SkipFile
        if not name:
            self.problems.append(
                _("A file has a name that no file can be kept under. Rename it, and bring it again.")
            )
            raise SkipFile
        if len(self.kept) >= MOST:
            self.problems.append(_("Bring at most %(n)d files at once.") % {"n": MOST})
            raise SkipFile
        if any(name.casefold() == other.casefold() for other, _size in self.kept):
            self.problems.append(_("Two files have the same name: %(name)s.") % {"name": name})
            raise SkipFile
        self._file, self._name, self._size, self._head = new_file(self.folder / name), name, 0, b""

    def receive_data_chunk(self, raw_data: bytes, start: int) -> None:
        """Write a piece of it."""
        assert self._file is not None
        self._file.write(raw_data)
        self._size += len(raw_data)
        if len(self._head) < _HEAD:
            self._head += raw_data[: _HEAD - len(self._head)]

    def file_complete(self, file_size: int) -> UploadedFile:
        """End it, once the disk has it."""
        assert self._file is not None
        close_on_disk(self._file)
        self._file = None
        self.kept.append((self._name, self._size))
        wrong = wrong_with(self._head, self._size)
        if wrong:
            self.problems.append(f"{self._name}: {wrong}")
        return UploadedFile(file=BytesIO(), name=self._name, size=self._size)

    def upload_interrupted(self) -> None:
        """Let go of a file that ended before its end."""
        if self._file is not None:
            self._file.close()
            self._file = None
        self.problems.append(_("A file did not come whole. Bring it again."))


def plain_name(name: str) -> str:
    """The name of a file without any path, or "" where it is none that a file can be kept under."""
    name = name.replace("\\", "/").rpartition("/")[2].strip()
    bad = not name or name.startswith(".") or not name.isprintable() or len(name.encode()) > _LONGEST
    return "" if bad else name


def wrong_with(head: bytes, size: int) -> str:
    """What is wrong with a file that begins so; "" where nothing is seen to be. Everything else a receipt finds."""
    if not size:
        return _("The file is empty. Ask for it to be sent again.")
    for begins, kind in _OTHERS.items():
        if head.startswith(begins):
            return _(
                "The file is %(kind)s. Bring CSV, XML, GeoJSON or Parquet, plain or packed with gzip."
            ) % {"kind": kind}
    if not head.startswith((b"\x1f\x8b", b"PAR1", b"\xff\xfe", b"\xfe\xff")) and b"\x00" in head:
        return _("The file is no text. Bring CSV, XML, GeoJSON or Parquet, plain or packed with gzip.")
    return ""
