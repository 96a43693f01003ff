"""What is wrong with one contract, gathered while it is read, each with its line and place in the file."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any, Final

from rapidfuzz import process as nearest_text
from rapidfuzz.distance import JaroWinkler

from vestry.contracts.yaml_places import Document, Steps
from vestry.errors import Problem

UNFILLED = "?"
"""What a draft writes where only a person can say; a contract that still holds it is not yet one."""


def nearest(name: str, known: Iterable[str], *, closeness: float = 0.75) -> str:
    """The known name most like `name` by Jaro-Winkler (0 to 1), or "" when none is as near as `closeness`."""
    names = sorted(known)
    found = nearest_text.extractOne(
        name.lower(),
        names,
        scorer=JaroWinkler.normalized_similarity,
        score_cutoff=closeness,
        processor=str.lower,
    )
    return str(found[0]) if found else ""


def suggestion(name: str, known: Iterable[str]) -> str:
    """`did you mean X?` when a known name is near, otherwise every name that may stand here."""
    names = sorted(known)
    near = nearest(name, names)
    return f"did you mean {near}?" if near else f"use one of: {', '.join(names)}"


_NAMED: Final = {
    "schema": ("table", "name"),
    "properties": ("column", "name"),
    "customProperties": ("setting", "property"),
}
"""List of a contract -> (what each of its items is, what names it)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Placed:
    """A problem, and of which table, column, custom property, part and attribute of it it is; "" where it is of none."""

    problem: Problem
    table: str = ""
    column: str = ""
    setting: str = ""
    part: str = ""
    attribute: str = ""


class Complaints:
    """The problems of one file. `file` is how it is named to a person: its path from the place's folder."""

    def __init__(self, file: str, document: Document) -> None:
        self._file = file
        self._document = document
        self._found: dict[tuple[int, str, str], str] = {}
        self._of: dict[tuple[int, str, str], dict[str, str]] = {}
        for fault in document.faults:
            self._found[(fault.line, self._where(fault.line, ()), fault.what)] = fault.fix

    def add(self, what: str, steps: Steps, fix: str = "") -> None:
        """Remember that `what` is wrong at `steps`. The same thing twice is kept once."""
        line = self._document.line(steps)
        found = (line, self._where(line, steps), what)
        self._found.setdefault(found, fix)
        self._of[found] = self._place(steps)

    def unknown(self, what: str, name: str, known: Iterable[str], steps: Steps) -> None:
        """Remember that `name` is none of `known`; `what` says so, and the nearest is suggested."""
        self.add(what, steps, suggestion(name, known))

    def __bool__(self) -> bool:
        return bool(self._found)

    def problems(self) -> list[Problem]:
        """Every problem, from the top of the file down."""
        return [
            Problem(what=what, where=where, fix=fix) for (_, where, what), fix in sorted(self._found.items())
        ]

    def placed(self) -> list[Placed]:
        """The same problems, each with what it is of."""
        return [
            Placed(problem=problem, **self._of.get(found, {}))
            for problem, found in zip(self.problems(), sorted(self._found), strict=True)
        ]

    def _place(self, steps: Steps) -> dict[str, str]:
        """Table, column, custom property, part and attribute, as far as `steps` lead to each."""
        names: dict[str, str] = {}
        value: Any = self._document.value
        for at, step in enumerate(steps):
            try:
                value = value[step]
            except (KeyError, IndexError, TypeError):
                break
            above = steps[at - 1] if at else None
            if isinstance(step, int) and isinstance(value, dict) and above in _NAMED:
                holder, naming = _NAMED[str(above)]
                names[holder] = str(value.get(naming) or "")
            elif above == "value" and names.get("setting") == "vestry.describes" and "part" not in names:
                names["part"] = str(step)
            elif "part" in names and "attribute" not in names and above == names["part"]:
                names["attribute"] = str(step)
        return names

    def _where(self, line: int, steps: Steps) -> str:
        place = f"{self._file}, line {line}" if line else self._file
        inside = self._inside(steps)
        return f"{place} ({inside})" if inside else place

    def _inside(self, steps: Steps) -> str:
        """`schema establishments, column RatingDate`: the named things around `steps`."""
        words: list[str] = []
        value: Any = self._document.value
        for at, step in enumerate(steps):
            try:
                value = value[step]
            except (KeyError, IndexError, TypeError):
                break
            if not (at and isinstance(step, int) and isinstance(value, dict)):
                continue
            called = {"schema": "schema", "properties": "column", "quality": "rule"}.get(str(steps[at - 1]))
            if called:
                words.append(f"{called} {value.get('name') or step + 1}")
        return ", ".join(words)
