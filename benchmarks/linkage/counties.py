"""The fictional county at several dials of mistakes, with a truth of its own; with and without identifiers.

The county is made once by `vestry synthesise` and kept. Vestry receives the first extracts of all its sources into a
copy, under the county's own contracts. Withholding NHS, National Insurance and pupil numbers is done where a data
engineer would do it: no contract maps them to a field, so that nothing, training included, can have seen them. The list
of protected identities keeps its own (it takes records out before linking, and links nothing).

Plain Splink reads the same extracts as `benchmarks/flat_records.py` does, and is `benchmarks/plain_splink.py`.
"""

from __future__ import annotations

import re
import shutil
from dataclasses import dataclass
from pathlib import Path

import pandas as pd
from benchmarks.linkage.programs import vestry

from vestry.place import PLACE_FILE

DIALS = (0.4, 1.0, 2.0)
RESIDENTS = 20_000
SEALED_LIST = "protected-identities.yaml"

_MAPPED = re.compile(r"\{property: vestry\.field, value: \w+\.(?:nhs_number|nino|upn)\}")
_IN_ITS_PLACE = "{property: researchers.withheld, value: true}"
"""A property of nobody's that Vestry knows, so that the contract says what was done."""
_NUMBER_FIELD = re.compile(r"\w\.(?:nhs_number|nino|upn)\b")


@dataclass(frozen=True, slots=True, kw_only=True)
class County:
    """One county: how often records go wrong (1 as in life), and how many live there."""

    dial: float
    residents: int

    @property
    def name(self) -> str:
        """As asked for on the command line, and as its folder."""
        return f"county-{self.dial:g}"

    @property
    def title(self) -> str:
        """As in a table."""
        return f"county, dial {self.dial:g}"


def counties(residents: int) -> tuple[County, ...]:
    """The counties of the benchmark."""
    return tuple(County(dial=dial, residents=residents) for dial in DIALS)


def made(county: County, within: Path) -> Path:
    """The county's folder, made when it is not there."""
    folder = within / f"{county.residents}-{county.dial:g}"
    if not (folder / "incoming" / "manifest.json").is_file():
        shutil.rmtree(folder, ignore_errors=True)
        within.mkdir(parents=True, exist_ok=True)
        vestry("synthesise", folder, "--residents", str(county.residents), "--dial", f"{county.dial:g}")
    return folder


def withhold(place: Path) -> None:
    """Take the mapping of every person's number out of a place's contracts. Raises SystemExit where one is left."""
    for path in sorted((place / "contracts").rglob("*.yaml")):
        if path.name.endswith(SEALED_LIST):
            continue
        said = path.read_text(encoding="utf-8")
        kept = _MAPPED.sub(_IN_ITS_PLACE, said)
        if _NUMBER_FIELD.search(kept):
            raise SystemExit(f"A contract still maps a person's number.\n  where: {path}")
        if kept != said:
            path.write_text(kept, encoding="utf-8")


def copied(county: Path, to: Path, *, identifiers: bool) -> None:
    """A place with the county's contracts and settings, and nothing received; without identifiers where asked."""
    to.mkdir(parents=True)
    shutil.copytree(county / "contracts", to / "contracts")
    shutil.copy(county / PLACE_FILE, to / PLACE_FILE)
    if not identifiers:
        withhold(to)


def truth(county: Path) -> pd.DataFrame:
    """`record` (source, key and part) and `entity` of every person record that the county knows the truth of."""
    known = pd.read_csv(county / "truth" / "people.csv", dtype=str)
    return pd.DataFrame(
        {"record": known.source + "/" + known.source_key + "/" + known.part, "entity": known.entity}
    ).drop_duplicates("record")
