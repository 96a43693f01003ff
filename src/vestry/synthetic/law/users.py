"""The twenty users of the county: in which office, for whom, trained in what until when. Some of them live in the county.

Their names are drawn as everybody's are. Whoever lives there has the name of a resident, and that resident's household as
family: named by its records, for which entity these are is known only after a build.
"""

from __future__ import annotations

import csv
import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from random import Random
from typing import Any, Final

from vestry.synthetic.names.drawing import family_name, given_names, heritages
from vestry.synthetic.plan import COUNTY, POLICE
from vestry.synthetic.truth import HEADINGS

CARE: Final = "safeguarding"
RULES: Final = "information-governance"
PART_3: Final = "law-enforcement"

LAPSED: Final = date(2025, 6, 30)
"""The last day of a course that nobody took again: before the first extracts."""

FAMILY_SOURCE: Final = "gp-registrations"
"""The source that lists nearly everybody, under a key that means nothing elsewhere."""

_OF_AGE: Final = (28, 60)
"""Years within which a resident who works for one of the organisations is."""
_FAMILY: Final = (2, 6)
"""How many live together where somebody has a family."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Office:
    """One user to be: `works_for` organisation -> (title, roles); `lives_here` with a family; `lapsed` courses."""

    user: str
    works_for: Mapping[str, tuple[str, tuple[str, ...]]]
    courses: tuple[str, ...] = (RULES,)
    lapsed: tuple[str, ...] = ()
    lives_here: bool = False
    is_system: bool = False


def _one(user: str, organisation: str, title: str, *roles: str, **said: Any) -> Office:
    return Office(user=user, works_for={organisation: (title, roles)}, **said)


def offices(first: str) -> tuple[Office, ...]:
    """Every user; `first` is the district that has its own among them."""
    both = (RULES, CARE)
    return (
        _one("children-social-worker", COUNTY, "Social worker, children's assessment", "social-worker", courses=both,
             lives_here=True),
        _one("adult-social-worker", COUNTY, "Social worker, adults", "social-worker", courses=both, lives_here=True),
        _one("education-officer", COUNTY, "Admissions and free school meals", "education-officer"),
        _one("public-health-analyst", COUNTY, "Public health analyst", "public-health-analyst"),
        _one("badge-clerk", COUNTY, "Blue badge clerk", "front-line-officer"),
        _one("governance-officer", COUNTY, "Information governance officer", "governance-officer"),
        _one("data-engineer", COUNTY, "Data engineer, reorganisation", "data-engineer", "matching-reviewer"),
        Office(
            user="discharge-worker",
            works_for={
                COUNTY: ("Social worker, hospital discharge", ("social-worker",)),
                "hospitals": ("Discharge co-ordinator", ("front-line-officer",)),
            },
            courses=both,
        ),
        _one("revenues-officer", first, "Revenues officer", "revenues-officer", lives_here=True),
        _one("benefits-officer", first, "Benefits officer", "benefits-officer"),
        _one("housing-officer", first, "Housing options officer", "housing-officer", courses=both),
        _one("customer-services", first, "Customer services and licensing", "front-line-officer", "licensing-officer",
             courses=(), lapsed=(RULES,)),
        _one("general-practitioner", "brackton-surgery", "General practitioner", "gp-practice", courses=both,
             lives_here=True),
        _one("practice-system", "brackton-surgery", "Practice record system", "system", is_system=True),
        _one("police-analyst", POLICE, "Intelligence analyst", "police-analyst", courses=(RULES, PART_3)),
        _one("police-officer", POLICE, "Constable, safeguarding hub", "police-officer", courses=both),
        _one("fire-control", "fire", "Control room officer", "front-line-officer"),
        _one("carers-adviser", "carers-centre", "Carers' adviser", "front-line-officer"),
        _one("external-auditor", "marram-audit", "Audit senior", "auditor"),
        _one("neighbour-revenues", "wendmere", "Recovery officer", "revenues-officer"),
    )  # fmt: skip


HEAD: Final = """\
# The users of the county, from whom its accounts begin. Nobody here lives: whoever has a family in it has that of a
# resident as fictional as they are. `family` names records, since which entity they are is known only after a build.
# A course counts for a year or two in life, and here for long, so that the county can be practised in on any day.
"""


def people_yaml(first: str, truth: Path, on: date, until: date, rng: Random) -> str:
    """The text of `people.yaml`. `truth` is the folder of the district `first`, told on the day `on`; courses run out in the
    year of `until`."""
    wanted = offices(first)
    homes = iter(_households(truth, on, sum(office.lives_here for office in wanted), rng))
    lines = ["people:"]
    for office in wanted:
        lines += _user(office, next(homes, None) if office.lives_here else None, until, rng)
    return HEAD + "\n".join(lines) + "\n"


@dataclass(frozen=True, slots=True, kw_only=True)
class _Home:
    """A resident, and the keys of all who live with them and their own."""

    name: str
    keys: tuple[str, ...]


def _user(office: Office, home: _Home | None, until: date, rng: Random) -> list[str]:
    name = home.name if home else _name(rng)
    if office.is_system:
        ((name, _),) = office.works_for.values()
    training = {
        course: until.replace(day=rng.randint(1, 28), month=rng.randint(1, 12)) for course in office.courses
    }
    lines = [f"- user: {office.user}", f"  name: {_quoted(name)}", "  works_for:"]
    for organisation, (title, roles) in office.works_for.items():
        lines.append(
            f"  - {{organisation: {organisation}, as: {_quoted(title)}, roles: [{', '.join(roles)}]}}"
        )
    said = ", ".join(f"{c}: {day}" for c, day in {**training, **dict.fromkeys(office.lapsed, LAPSED)}.items())
    lines.append(f"  training: {{{said}}}")
    if home:
        lines.append("  family:")
        lines += [f"  - {{source: {FAMILY_SOURCE}, key: {_quoted(key)}, part: patient}}" for key in home.keys]
    return [*lines, "  system: true"] if office.is_system else lines


def _quoted(text: str) -> str:
    """Text that YAML takes for nothing else."""
    return json.dumps(text, ensure_ascii=False)


def _name(rng: Random) -> str:
    heritage, sex = heritages(1.0).draw(rng), rng.choice("FM")
    family = family_name(rng, heritage, sex)
    return f"{given_names(rng, heritage, sex, rng.randint(1968, 1998), family)[0]} {family}"


def _households(truth: Path, on: date, wanted: int, rng: Random) -> list[_Home]:
    """Residents who could work for somebody and who live with others, so many of them at most, in the order of a draw."""
    residents = {
        row["entity"]: row
        for row in _rows(truth, "residents")
        if row["here_since"] and not row["gone_on"] and not row["death_date"]
    }
    keys: dict[str, list[str]] = {}
    for row in _rows(truth, "people"):
        if row["source"] == FAMILY_SOURCE and row["entity"] in residents:
            keys.setdefault(row["entity"], []).append(row["source_key"])
    living: dict[str, list[str]] = {}
    for row in _rows(truth, "households"):
        if not row["until"] and row["person"] in keys:
            living.setdefault(row["household"], []).append(row["person"])
    least, most = _OF_AGE
    could = [
        (members[0], members)
        for members in living.values()
        if _FAMILY[0] <= len(members) <= _FAMILY[1]
        and least <= on.year - int(residents[members[0]]["birth_date"][:4]) <= most
    ]
    return [
        _Home(
            name=f"{residents[person]['given_names'].split()[0]} {residents[person]['family_name']}",
            keys=tuple(sorted(key for member in members for key in keys[member])),
        )
        for person, members in rng.sample(could, min(wanted, len(could)))
    ]


def _rows(truth: Path, name: str) -> Iterable[Mapping[str, str]]:
    with (truth / f"{name}.csv").open(encoding="utf-8", newline="") as file:
        yield from csv.DictReader(file, HEADINGS[name])
