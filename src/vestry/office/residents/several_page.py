"""An id that stands for several now: it was split, or its records were."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from vestry.office.pages.words import ADDRESS_OF
from vestry.twin.answers import Shown

_KIND: dict[str, str] = {"P": "person", "O": "organisation", "R": "property", "H": "household"}
"""The letter that an id begins with -> the kind of what it names."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SeveralPage:
    """The ways on to each of them."""

    template: ClassVar[str] = "residents/several.html"
    ways: tuple[tuple[str, str], ...]


def several_page(looked: Shown) -> SeveralPage:
    """The page of an id that stands for several."""
    return SeveralPage(
        ways=tuple((now, f"{ADDRESS_OF[_KIND[now[0]]]}{now}/") for now in looked.resolution.now)
    )
