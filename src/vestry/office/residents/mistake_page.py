"""The form with which somebody reports that something shown is wrong."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import ClassVar


@dataclass(frozen=True, slots=True, kw_only=True)
class MistakePage:
    """`fields` are (code, label, value) of what was shown of it."""

    template: ClassVar[str] = "residents/mistake.html"
    heading: str
    path: str
    fields: tuple[tuple[str, str, str], ...]
    chosen: str = ""
    what: str = ""
    problems: Mapping[str, str] = field(default_factory=dict)
