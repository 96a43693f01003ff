"""Builds the real Hertfordshire: one release with the food registers of August 2020, one with November's.

    python examples/hertfordshire/make.py --data ../shared/data/hertfordshire --place build/hertfordshire

It does nothing that you could not type: each `vestry` command is printed before it is run.
"""

from __future__ import annotations

import argparse
import shlex
import shutil
import subprocess
import sys
import time
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

HERE = Path(__file__).resolve().parent

DISTRICTS = (
    "broxbourne",
    "dacorum",
    "east-hertfordshire",
    "hertsmere",
    "north-hertfordshire",
    "st-albans",
    "stevenage",
    "three-rivers",
    "watford",
    "welwyn-hatfield",
)
AUGUST, NOVEMBER = "2020-08-10", "2020-11-15"


# Each row: source, file (a pattern in the data folder), and the day that the extract tells of. Where the
# publisher does not name the day, it is the earliest on which all that the file holds can have been known.
# The days of one source may not go backwards; those of different sources have nothing to do with each other,
# so postcodes of 2025 may be received before a register of 2020.
REFERENCE = """
lsoa-boundaries      geography/*_lsoa.geojson.gz                     2021-03-21  drawn for the census
ward-boundaries      geography/*_ward.geojson.gz                     2025-05-31  its columns say 2025
district-boundaries  geography/*_lad_dissolved.geojson               2025-05-31  came with the wards
area-lookup          geography/*_lsoa21_ward24_*_lookup.csv          2024-12-31  its columns say 2024
lsoa-changes         geography/*_change_lookup.csv                   2022-12-31  its columns say 2022
postcodes            geography/*_postcodes_onspd_nov2025.csv.gz      2025-11-30  the edition's name
"""
PREMISES = """
schools              premises/*_edubase.csv                          2016-12-31  "2016", day not stated
surgeries-2016       premises/*_general-medical-practices.csv        2016-12-31  the same
dentists             premises/*_general-dental-practices.csv         2016-12-31  the same
pharmacies           premises/*_pharmacy.csv                         2016-12-31  the same
wedding-venues       premises/*_civil-marriage-venues.csv            2016-12-31  the same
mot-stations         premises/*_vehicle-testing-stations.csv         2016-12-31  the same
nhs-practices        nhs/epraccur_*.csv                              2019-11-30  last date in it is of October
"""
FIGURES = """
population-lsoa      geography/*_mid2020_lsoa11_*.csv.gz             2020-06-30  what it estimates
population-district  geography/*_mid2020_lad_*.csv                   2020-06-30  what it estimates
census-disability    geography/census2021/*_disability21_*.csv.gz    2021-03-21  census day
census-ethnicity     geography/census2021/*_ethnicity21_*.csv.gz     2021-03-21  census day
census-religion      geography/census2021/*_religion21_*.csv.gz      2021-03-21  census day
census-deprivation   geography/census2021/*_deprivation21_*.csv.gz   2021-03-21  census day
census-overcrowding  geography/census2021/*_overcrowding21_*.csv.gz  2021-03-21  census day
census-tenure        geography/census2021/*_tenure21_*.csv.gz        2021-03-21  census day
census-housing       geography/census2021/*_type21_*.csv.gz          2021-03-21  census day
police-street        police/*-street.csv.gz                          2022-01-31  end of its last month
police-outcomes      police/*-outcomes.csv.gz                        2022-01-31  end of its last month
deprivation          geography/imd2025_england_lsoa21.parquet        2025-10-31  published that month
income-total         geography/*_lad_total_income.csv                2025-11-30  undated; as the postcodes
income-employment    geography/*_lad_employment_income.csv           2025-11-30  undated; as the postcodes
council-tax          council_tax_band_d_*.csv                        2026-04-01  its later year began
"""


@dataclass(frozen=True)
class Extract:
    """One `vestry receive`: the source, a pattern for its files in the data folder, the day it tells of."""

    source: str
    files: str
    as_at: str


def listed(table: str) -> list[Extract]:
    """The extracts of one of the tables above."""
    return [Extract(*line.split()[:3]) for line in table.strip().splitlines()]


def registers(as_at: str) -> list[Extract]:
    """The ten food hygiene registers that were published on one day."""
    return [Extract(f"{name}-food", f"food_hygiene/{as_at}/*_{name}.xml*", as_at) for name in DISTRICTS]


class Place:
    """The folder being made, and the commands given in it."""

    def __init__(self, folder: Path, data: Path) -> None:
        self.folder = folder
        self.data = data

    def make(self, *, afresh: bool) -> None:
        """Copy the place file and the contracts. Stops when the folder holds something, unless `afresh`."""
        if afresh and (self.folder / "place.toml").is_file():
            shutil.rmtree(self.folder)
        if self.folder.exists() and any(self.folder.iterdir()):
            sys.exit(
                f"{self.folder} is not empty. Name another folder, or give --afresh to make that place again."
            )
        self.folder.mkdir(parents=True, exist_ok=True)
        shutil.copy(HERE / "place.toml", self.folder)
        shutil.copytree(HERE / "contracts", self.folder / "contracts")
        self.vestry("contract", "check")

    def receive(self, extracts: Iterable[Extract]) -> None:
        """Receive each extract, as a person would."""
        for extract in extracts:
            files = sorted(self.data.glob(extract.files))
            if not files:
                sys.exit(f"No file for {extract.source}: {extract.files} in {self.data}")
            self.vestry("receive", extract.source, *map(str, files), "--as-at", extract.as_at)

    def build(self) -> str:
        """Build, and give back the id of the release that is now current."""
        self.vestry("build")
        return (self.folder / "releases" / "current").read_text(encoding="utf-8").strip()

    def vestry(self, *words: str) -> None:
        """Print a command and run it; stop where it stops."""
        words = (*words, "--place", str(self.folder))
        print(f"\n$ {shlex.join(('vestry', *words))}", flush=True)
        began = time.monotonic()
        # The code that the console script `vestry` runs, under the Python that runs this.
        command = [
            sys.executable,
            "-c",
            "import sys; from vestry.__main__ import main; sys.exit(main())",
            *words,
        ]
        ended = subprocess.run(command, check=False)  # noqa: S603  our own command line, no shell
        print(f"  ({time.monotonic() - began:.1f} s)", flush=True)
        if ended.returncode:
            sys.exit(ended.returncode)


def arguments(parser: argparse.ArgumentParser) -> argparse.Namespace:
    """Read the command line, with the two folders that every script here needs."""
    parser.add_argument(
        "--data", type=Path, required=True, help="the folder hertfordshire of the collected data"
    )
    parser.add_argument(
        "--afresh", action="store_true", help="remove the place that is there and make it again"
    )
    given = parser.parse_args()
    if not (given.data / "food_hygiene").is_dir():
        parser.error(
            f"{given.data} does not hold food_hygiene; name the folder hertfordshire of the collected data"
        )
    return given


def main() -> None:
    """Make the place, and both releases."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument(
        "--place", type=Path, default=Path("build/hertfordshire"), help="where to make the place"
    )
    given = arguments(parser)
    began = time.monotonic()
    place = Place(given.place, given.data)
    place.make(afresh=given.afresh)
    place.receive([*listed(REFERENCE), *listed(PREMISES), *listed(FIGURES), *registers(AUGUST)])
    first = place.build()
    place.receive(registers(NOVEMBER))
    second = place.build()
    place.vestry("status")
    print(f"\nReleases {first} (August) and {second} (November) in {time.monotonic() - began:.0f} s.")
    print(f"Look further with: vestry status --place {given.place}")


if __name__ == "__main__":
    main()
