"""The shape of the fictional county beside that of a real one: ages, ethnic groups, homes, households.

    python benchmarks/census_shape.py PLACE_FOLDER --data DATA_FOLDER

DATA_FOLDER holds, at any depth, the open files on Hertfordshire that `make hertfordshire` reads: tables of Census
2021, the population of mid-2020 by age, and which LSOA lies in which district. What they do not hold (types of
household, people in communal homes) is set beside the shares that the county's maker was given, and so says only
whether it kept to them. The county is taken as on its first day. A line that is more than 30 in 100 off is marked.
"""

from __future__ import annotations

import argparse
import csv
import gzip
import json
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from operator import sub
from pathlib import Path
from typing import Final

from vestry.synthetic.ground import land
from vestry.synthetic.people.peopling import KINDS
from vestry.synthetic.people.settling import IN_CARE_HOMES, IN_REFUGES, NO_FIXED_ADDRESS
from vestry.synthetic.plan import DISTRICTS

FAR: Final = 0.30
AGES: Final = ((0, 4), (5, 9), (10, 14), (15, 19), (20, 24), (25, 34), (35, 44), (45, 54), (55, 64), (65, 74),
               (75, 84), (85, 130))  # fmt: skip
ETHNIC_GROUPS: Final = {
    "White": "ABC",
    "Mixed or multiple": "DEFG",
    "Asian": "HJKLR",
    "Black": "MNP",
    "other": "S",
}
"""As the census groups them -> letters of the NHS Data Dictionary; Chinese (R) is Asian there. Z is not stated."""
HOMES: Final = {
    "house": ("Detached", "Semi-detached", "Terraced"),
    "flat in a block": ("In a purpose-built block of flats or tenement",),
    "part of a house or another building": (
        "Part of a converted or shared house, including bedsits",
        "Part of another converted building, for example, former school, church or warehouse",
        "In a commercial building, for example, in an office building, hotel or over a shop",
    ),
    "caravan or pitch": ("A caravan or other mobile or temporary structure",),
}
FORMS: Final = {
    land.HOUSE: "house", land.FARM: "house", land.FLAT: "flat in a block",
    land.SUBDIVIDED: "part of a house or another building", land.PITCH: "caravan or pitch",
}  # fmt: skip
COMMUNAL_FORMS: Final = (land.CARE_HOME, land.HALL, land.REFUGE)
COMMUNAL: Final = ("care home", "hall", "refuge", "no fixed address", "children's home")


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """One line of the table: a real figure and the county's, both shares in 100 unless `plain`."""

    of: str
    what: str
    real: float
    county: float
    plain: bool = False

    @property
    def far(self) -> bool:
        """Whether the county's figure is far from the real one."""
        return self.real > 0 and abs(self.county / self.real - 1) > FAR

    def text(self) -> str:
        """The line as printed, a row of a Markdown table."""
        factor, digits = (1.0, 2) if self.plain else (100.0, 1)
        real, county = (f"{x * factor:.{digits}f}" for x in (self.real, self.county))
        ratio = f"{self.county / self.real:.2f}" if self.real else ""
        return f"| {self.of} | {self.what} | {real} | {county} | {ratio}{' far' if self.far else ''} |"


@dataclass(frozen=True, slots=True, kw_only=True)
class Stay:
    """Somebody who lives in the county on its first day."""

    household: str
    kind: str
    home: str
    form: str
    age: int
    ethnicity: str


def rows(path: Path) -> Iterator[dict[str, str]]:
    """Rows of a CSV file, plain or gzipped."""
    with (gzip.open if path.suffix == ".gz" else open)(path, "rt", encoding="utf-8-sig") as file:
        yield from csv.DictReader(file)


def shares(counts: Mapping[str, float]) -> dict[str, float]:
    """Counts as shares of their sum."""
    whole = sum(counts.values()) or 1.0
    return {name: n / whole for name, n in counts.items()}


def living(place: Path) -> list[Stay]:
    """Everyone who lives there on the first day, from the county's truth."""
    first = json.loads((place / "incoming" / "manifest.json").read_text(encoding="utf-8"))[0]["as_at"]
    on = date.fromisoformat(first)
    forms = {r["uprn"]: r["form"] for r in rows(place / "truth" / "addresses.csv") if r["uprn"]}
    people = {r["entity"]: r for r in rows(place / "truth" / "residents.csv")}
    found = []
    for stay in rows(place / "truth" / "households.csv"):
        if stay["since"] > first or (stay["until"] and stay["until"] <= first):
            continue
        person = people[stay["person"]]
        born = date.fromisoformat(person["birth_date"])
        found.append(
            Stay(
                household=stay["household"],
                kind=person["household_kind"],
                home=stay["uprn"],
                form=forms.get(stay["uprn"], ""),
                age=on.year - born.year - ((on.month, on.day) < (born.month, born.day)),
                ethnicity=person["ethnicity"],
            )
        )
    return found


def ages(people: Sequence[Stay], real: Mapping[int, float]) -> Iterator[Line]:
    """Residents by band of age."""
    whole = sum(real.values())
    for low, high in AGES:
        what = f"{low} and over" if high > 100 else f"{low} to {high}"
        county = sum(low <= p.age <= high for p in people) / len(people)
        yield Line(
            of="age",
            what=what,
            real=sum(n for age, n in real.items() if low <= age <= high) / whole,
            county=county,
        )


def ethnic(people: Sequence[Stay], real: Mapping[str, Mapping[str, float]]) -> Iterator[Line]:
    """Residents by ethnic group, and how far the districts are apart. `real` counts by district and group."""
    group_of = {letter: group for group, letters in ETHNIC_GROUPS.items() for letter in letters}
    said = [p for p in people if p.ethnicity in group_of]
    county = shares(Counter(group_of[p.ethnicity] for p in said))
    whole: Counter[str] = Counter()
    for counts in real.values():
        whole.update(counts)
    together = shares(whole)
    for group in ETHNIC_GROUPS:
        yield Line(of="ethnic group", what=group, real=together.get(group, 0), county=county.get(group, 0))
    districts: dict[str, Counter[str]] = {}
    for p in said:
        districts.setdefault(p.home[:5], Counter())[group_of[p.ethnicity]] += 1
    apart = [shares(c)["White"] for name, c in districts.items() if name]
    real_apart = [shares(c)["White"] for c in real.values()]
    for what, of in (("lowest", min), ("highest", max)):
        choose: Callable[[list[float]], float] = of
        yield Line(
            of="ethnic group",
            what=f"White, {what} of ten districts",
            real=choose(real_apart),
            county=choose(apart),
        )


def homes(people: Sequence[Stay], real: Mapping[str, float], residents: float) -> Iterator[Line]:
    """Residents to a household, and households by the form of their home."""
    own = {p.household: p.form for p in people if p.kind not in COMMUNAL and p.form not in COMMUNAL_FORMS}
    real_households = sum(real.values())
    yield Line(
        of="household", what="residents for each", real=residents / real_households,
        county=len(people) / len(own), plain=True,
    )  # fmt: skip
    kind_of = {census: home for home, names in HOMES.items() for census in names}
    together = shares(_added(real, kind_of))
    county = shares(Counter(FORMS[form] for form in own.values() if form in FORMS))
    for home in HOMES:
        yield Line(of="home", what=home, real=together.get(home, 0), county=county.get(home, 0))


def kept(people: Sequence[Stay]) -> Iterator[Line]:
    """Types of household and communal homes, beside what the maker was given; types are those after the last month."""
    kinds = {p.household: p.kind for p in people if p.kind and p.kind not in COMMUNAL}
    county = shares(Counter(kinds.values()))
    given = dict(zip(KINDS.items, map(sub, KINDS.totals, (0.0, *KINDS.totals[:-1])), strict=True))
    for kind, share in shares(given).items():
        yield Line(of="type of household", what=kind, real=share, county=county.get(kind, 0))
    halls = sum(d.students * d.share for d in DISTRICTS)
    where = {
        "care home": IN_CARE_HOMES,
        "hall": halls,
        "refuge": IN_REFUGES,
        "no fixed address": NO_FIXED_ADDRESS,
    }
    for kind, share in where.items():
        living_so = sum(p.kind == kind for p in people) / len(people)
        yield Line(of="residents in", what=kind, real=share, county=living_so)


def _added(counts: Mapping[str, float], under: Mapping[str, str]) -> dict[str, float]:
    out: Counter[str] = Counter()
    for name, n in counts.items():
        if name in under:
            out[under[name]] += n
    return dict(out)


def _one(data: Path, name: str) -> Path:
    found = sorted(data.rglob(name))
    if not found:
        raise SystemExit(f"There is no {name} below {data}.")
    return found[0]


def real_ages(data: Path) -> dict[int, float]:
    """Residents by single year of age, all districts together; 90 is 90 and over."""
    found: Counter[int] = Counter()
    for row in rows(_one(data, "hertfordshire_population_mid2020_lad_single_year_age.csv")):
        for name, n in row.items():
            if name.rstrip("+").isdigit():
                found[int(name.rstrip("+"))] += float(n)
    return dict(found)


def real_groups(data: Path) -> dict[str, dict[str, float]]:
    """Residents by district and ethnic group."""
    lookup = rows(_one(data, "hertfordshire_lsoa21_ward24_lad24_icb24_pfa24_lookup.csv"))
    district = {r["lsoa21_code"]: r["ltla24_code"] for r in lookup}
    names = {"Mixed": "Mixed or multiple", "Other": "other"}
    found: dict[str, Counter[str]] = {}
    for row in rows(_one(data, "hertfordshire_ethnicity21_lsoa21.csv.gz")):
        word = row["ethnic_group"].split()[0].rstrip(",")
        found.setdefault(district[row["lsoa21_code"]], Counter())[names.get(word, word)] += float(row["n"])
    return {name: dict(counts) for name, counts in found.items()}


def real_homes(data: Path) -> dict[str, float]:
    """Households by type of accommodation."""
    found: Counter[str] = Counter()
    for row in rows(_one(data, "hertfordshire_household_type21_lsoa21.csv.gz")):
        found[row["type"]] += float(row["n"])
    return dict(found)


def main() -> None:
    """Print both shapes side by side."""
    parser = argparse.ArgumentParser(description="The census's shape beside a fictional county's.")
    parser.add_argument("place", type=Path)
    parser.add_argument("--data", type=Path, help="folder with the open files on Hertfordshire")
    asked = parser.parse_args()
    if asked.data is None:
        print("No census data was named (--data DIR), so there is nothing to compare with.")
        return
    people = living(asked.place)
    groups = real_groups(asked.data)
    residents = sum(sum(counts.values()) for counts in groups.values())
    print(f"{len(people):,} residents of {asked.place.name}, {residents:,.0f} of Hertfordshire\n")
    print("| of | | Hertfordshire | fictional | ratio |\n|---|---|--:|--:|--:|")
    for line in (
        *ages(people, real_ages(asked.data)),
        *ethnic(people, groups),
        *homes(people, real_homes(asked.data), residents),
    ):
        print(line.text())
    print("\n| of | | as given | fictional | ratio |\n|---|---|--:|--:|--:|")
    for line in kept(people):
        print(line.text())


if __name__ == "__main__":
    main()
