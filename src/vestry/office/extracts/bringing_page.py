"""The page on which files are brought, and those that were left in the inbox taken in."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import ClassVar

from vestry.office.extracts.inbox import Left
from vestry.office.extracts.letting_in import LARGEST
from vestry.office.extracts.uploading import MOST


@dataclass(frozen=True, slots=True, kw_only=True)
class LeftLine:
    """One file of the inbox, with what its source is called. `chosen` is the day that was typed."""

    left: Left
    title: str
    chosen: str
    problem: str = ""

    @property
    def field(self) -> str:
        """The id of its day."""
        return f"day-{self.left.source}-{self.left.name}".replace(" ", "-")


@dataclass(frozen=True, slots=True, kw_only=True)
class BringingPage:
    """`word` is the address that takes the files; `inbox` what was left for sources that one may take files in for."""

    template: ClassVar[str] = "extracts/receive.html"
    word: str
    inbox: tuple[LeftLine, ...]
    folder: str
    today: str
    problems: Mapping[str, str] = field(default_factory=dict)
    wrong: tuple[str, ...] = ()
    most: int = MOST
    largest: int = LARGEST
