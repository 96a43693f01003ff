"""The sets of records with a known truth: which files, which columns, and who is truly who.

FEBRL 1 to 4 (Christen, "Febrl - a freely available record linkage system", 2008) are fictional Australians;
`fake_20000.csv` comes with Splink's demonstrations. Both are read in place and never copied into the repository.
In FEBRL the true person stands in the key (`rec-17-dup-0` belongs to `rec-17-org`), so no key is ever compared.
"""

from __future__ import annotations

import csv
import gzip
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pandas as pd

FEBRL = "febrl"
FAKE = "fake"
COUNTY = "county"
"""The fictional county, which is made and not read: see `counties`."""
PART = "person"
"""What the contracts call whom a row describes."""
HOW_TO_GET = "give the folder that holds febrl/ and fake_20000.csv: --data DIR (make bench DATA=DIR)"


@dataclass(frozen=True, slots=True, kw_only=True)
class SetFile:
    """One file of a set, below the folder of data; `source` is what it is called as a source."""

    source: str
    path: str


@dataclass(frozen=True, slots=True, kw_only=True)
class RecordSet:
    """A set of records. `shape` says which columns (FEBRL or FAKE).

    `holds_each_once`: no person is twice in one file, by the set's own description. `identifier`: the column that is a
    number of the person's own, if any.
    """

    name: str
    title: str
    shape: str
    files: tuple[SetFile, ...]
    holds_each_once: bool = False
    identifier: str | None = None

    @property
    def key(self) -> str:
        """The column that tells records apart."""
        return "rec_id" if self.shape == FEBRL else "unique_id"


def _febrl(number: int) -> RecordSet:
    names = ("4a", "4b") if number == 4 else (str(number),)
    return RecordSet(
        name=f"febrl{number}", title=f"FEBRL {number}", shape=FEBRL, identifier="soc_sec_id",
        files=tuple(SetFile(source=f"febrl-{n}", path=f"febrl/dataset{n}.csv.gz") for n in names),
        holds_each_once=number == 4,
    )  # fmt: skip


SETS = (
    *(_febrl(n) for n in (1, 2, 3, 4)),
    RecordSet(
        name="fake20000", title="fake_20000", shape=FAKE, files=(SetFile(source="fake-20000", path="fake_20000.csv"),)
    ),
)  # fmt: skip


class DataMissing(SystemExit):
    """A file of a set is not where it was said to be."""


def assert_there(sets: Iterable[RecordSet], data: Path) -> None:
    """Raise DataMissing with every file that is not there: before anything runs for minutes."""
    missing = [
        str(data / file.path) for about in sets for file in about.files if not (data / file.path).is_file()
    ]
    if missing:
        where = "".join(f"\n  where: {path}" for path in missing)
        raise DataMissing(
            f"{len(missing)} files of the benchmark are not there.{where}\n  fix:   {HOW_TO_GET}"
        )


def lines(data: Path, file: SetFile) -> Iterator[dict[str, str]]:
    """The rows of one file: stripped names and values, as text."""
    path = data / file.path
    opened: Any = gzip.open if path.suffix == ".gz" else open
    with opened(path, "rt", encoding="utf-8", newline="") as read:
        rows = csv.reader(read)
        header = [name.strip() for name in next(rows)]
        for row in rows:
            yield dict(zip(header, (value.strip() for value in row), strict=True))


def entity_of(asked: RecordSet, row: dict[str, str]) -> str:
    """Whom a row truly describes."""
    return row["rec_id"].split("-")[1] if asked.shape == FEBRL else row["group"]


def frame(asked: RecordSet, data: Path) -> pd.DataFrame:
    """All rows as text, blanks as None, with `source`, `record` (source, key and part) and `entity`."""
    rows = []
    for file in asked.files:
        for row in lines(data, file):
            said: dict[str, str | None] = {name: value or None for name, value in row.items()}
            key = row[asked.key]
            rows.append(
                said
                | {
                    "source": file.source,
                    "record": f"{file.source}/{key}/{PART}",
                    "entity": entity_of(asked, row),
                }
            )
    return pd.DataFrame(rows, dtype=object)
