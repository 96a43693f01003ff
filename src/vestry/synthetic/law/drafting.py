"""The county's agreements: templates in `agreements/`, filled in for the districts there are and for the county's days.

Their terms are long, and reach as far past the last extracts as the county's days go, so that what is in force is in force on the
county's own days and on whichever day somebody practises.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from importlib.resources import files
from string import Template
from typing import Final

from vestry.synthetic.plan import DistrictPlan

TERM: Final = 10
"""Years from the last extracts, at least, for which an agreement and a course are good. In life it would be two, or three."""
REVIEWED_AFTER: Final = 3
"""Years after the last extracts at which most are reviewed next."""

_OF_DISTRICTS: Final = (
    "council_tax", "benefits", "business_rates", "housing", "electoral", "regulatory", "waste",
)  # fmt: skip
"""Names in templates -> the sources of that kind of every district; the endings of their names are in `_ENDS`."""
_ENDS: Final = {"electoral": "electoral-register"}
_WIDTH: Final = 120


@dataclass(frozen=True, slots=True, kw_only=True)
class Draft:
    """One agreement as it is written into the place; `name` is its file without the ending, `because` its heading comment."""

    name: str
    because: str
    text: str


def ends_on(last: date) -> date:
    """The last day of what is agreed for long: 31 March, TERM years or a little more after the last extracts."""
    return date(last.year + TERM + (1 if (last.month, last.day) > (3, 31) else 0), 3, 31)


def drafts(plans: Sequence[DistrictPlan], last: date) -> tuple[Draft, ...]:
    """Every agreement of a county of those districts whose last extracts are as at `last`, in order of name."""
    folder = files("vestry.synthetic.law") / "agreements"
    names = sorted(item.name for item in folder.iterdir() if item.name.endswith(".yaml"))
    said = _said(plans, last)
    return tuple(
        _draft(name.removesuffix(".yaml"), (folder / name).read_text(encoding="utf-8"), plans, said)
        for name in names
    )


def _said(plans: Sequence[DistrictPlan], last: date) -> Mapping[str, str]:
    districts = [plan.organisation for plan in plans]
    return {
        "first": districts[0],
        "first_area": plans[0].code,
        "districts": ", ".join(districts),
        "ends": ends_on(last).isoformat(),
        "review": ends_on(last).replace(year=last.year + REVIEWED_AFTER).isoformat(),
        **{
            kind: ", ".join(f"{own}-{_ENDS.get(kind, kind.replace('_', '-'))}" for own in districts)
            for kind in _OF_DISTRICTS
        },
    }


def _draft(name: str, template: str, plans: Sequence[DistrictPlan], said: Mapping[str, str]) -> Draft:
    lines = []
    for line in template.splitlines():
        for_each = (
            [plan.organisation for plan in plans] if "$district}" in line or "$district," in line else [""]
        )
        for own in for_each:
            lines += _folded(Template(line).substitute(said, district=own))
    comment = [line for line in lines if line.startswith("#")]
    return Draft(
        name=name,
        because=" ".join(line.removeprefix("#").strip() for line in comment),
        text="\n".join(lines) + "\n",
    )


def _folded(line: str) -> list[str]:
    """A line whose list has grown too long, on several, each further in than the first."""
    if len(line) <= _WIDTH or "[" not in line:
        return [line]
    indent = " " * (len(line) - len(line.lstrip()) + 4)
    found, current = [], ""
    for at, word in enumerate(line.split(", ")):
        piece = word if at == 0 else f", {word}"
        if len(current) + len(piece) > _WIDTH - 1 and at:
            found.append(f"{current},")
            current = f"{indent}{word}"
        else:
            current += piece
    return [*found, current]
