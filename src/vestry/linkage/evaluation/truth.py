"""The truth, as it is given: one file, or a folder as `vestry synthesise` writes it. Every problem at once.

A message names files, columns and numbers of rows; never a value.
"""

from __future__ import annotations

import csv
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

import duckdb
import pyarrow as pa
import pyarrow.csv as arrow_csv
import pyarrow.parquet as parquet

from vestry.errors import Problem, TruthInvalid

RECORDS: Final = ("source", "source_key", "part", "entity")
COLUMNS: Final[Mapping[str, tuple[str, ...]]] = {
    "people": RECORDS,
    "organisations": RECORDS,
    "residents": ("entity",),
    "households": ("household", "person", "since", "until"),
    "addresses": ("source", "source_key", "part", "as_at", "uprn", "form"),
}
"""File of a truth folder (without its ending) -> the columns that it must have."""

SAYS_ONCE: Final[Mapping[str, tuple[tuple[str, ...], str, str]]] = {
    "people": (("source", "source_key", "part"), "entity", "more than one entity"),
    "organisations": (("source", "source_key", "part"), "entity", "more than one entity"),
    "records": (("source", "source_key", "part"), "entity", "more than one entity"),
    "addresses": (
        ("source", "source_key", "part", "as_at"),
        "uprn || '/' || form",
        "more than one address from the same day on",
    ),
}
"""File -> (what must be given once, what it is given, how to say that it was given twice)."""

ENDINGS: Final = (".csv", ".parquet")

UNREADABLE: Final = (duckdb.Error, pa.ArrowException, OSError, UnicodeError, csv.Error, StopIteration)
"""What a file that is no truth makes its readers raise."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Truth:
    """A truth that was found: `files` by name. One file alone has the name `records`."""

    path: Path
    files: Mapping[str, Path]

    @property
    def is_folder(self) -> bool:
        """Whether it is a folder, where what is missing is worth a word."""
        return "records" not in self.files


@dataclass(slots=True, kw_only=True)
class Problems:
    """What is wrong with a truth, gathered until all of it has been looked at."""

    path: Path
    found: list[Problem] = field(default_factory=list)

    def add(self, what: str, *, where: Path, fix: str) -> None:
        """One more thing to mend."""
        self.found.append(Problem(what=what, where=str(where), fix=fix))

    def settle(self) -> None:
        """Raise TruthInvalid with all of them, if there are any."""
        if len(self.found) == 1:
            one = self.found[0]
            raise TruthInvalid(one.what, where=one.where, fix=one.fix)
        if self.found:
            raise TruthInvalid("The truth has problems.", where=str(self.path), problems=self.found)


def find_truth(path: Path) -> Truth:
    """The truth at `path`. Raises TruthInvalid when nothing is there that could be one."""
    if path.is_file():
        return Truth(path=path, files={"records": path})
    if not path.is_dir():
        raise TruthInvalid(
            "There is no such file or folder.", where=str(path), fix="check the name given with --truth"
        )
    files = {
        name: file
        for name in COLUMNS
        for ending in reversed(ENDINGS)
        if (file := path / f"{name}{ending}").is_file()
    }
    if not files:
        raise TruthInvalid(
            "The folder holds no truth.",
            where=str(path),
            fix=f"it has at least one of: {', '.join(f'{name}.csv' for name in COLUMNS)}",
        )
    return Truth(path=path, files=files)


def load(connection: Any, truth: Truth, name: str, problems: Problems) -> bool:
    """Make the table `truth_<name>` of one file, every column text ('' for nothing); False where it cannot be made.

    What is wrong with the file is added to `problems`. The type `source_name` must be there, of the twin's sources.
    """
    path = truth.files[name]
    must = COLUMNS.get(name, RECORDS)
    try:
        stream = _opened(path)
        missing = [column for column in must if column not in stream.schema.names]
        for column in missing:
            problems.add(f"There is no column `{column}`.", where=path, fix="add it")
        if missing:
            return False
        wanted = stream.schema.names if name == "residents" else must
        columns = ", ".join(_column(c) for c in wanted)
        connection.register("truth_given", stream)
        connection.execute(f"CREATE TABLE truth_{name} AS SELECT {columns} FROM truth_given")
    except duckdb.OutOfMemoryException:
        raise
    except UNREADABLE:
        problems.add("The truth cannot be read.", where=path, fix="give a CSV (UTF-8) or Parquet file")
        return False
    finally:
        connection.execute("DROP VIEW IF EXISTS truth_given")
    if must == RECORDS:
        _judged(connection, name, path, problems)
    if name in SAYS_ONCE:
        _once(connection, name, path, problems)
    elif name == "residents":
        _residents_once(connection, path, problems)
    return True


def _opened(path: Path) -> Any:
    """The file as a stream of Arrow batches; of a CSV every column is text, whatever it looks like."""
    if path.suffix.lower() == ".parquet":
        file = parquet.ParquetFile(path)
        return pa.RecordBatchReader.from_batches(file.schema_arrow, file.iter_batches(50_000))
    with path.open(encoding="utf-8-sig", newline="") as opened:
        names = next(csv.reader(opened))
    return arrow_csv.open_csv(
        path,
        parse_options=arrow_csv.ParseOptions(newlines_in_values=True),
        convert_options=arrow_csv.ConvertOptions(
            column_types=dict.fromkeys(names, pa.string()), strings_can_be_null=False
        ),
    )


def _judged(connection: Any, name: str, path: Path, problems: Problems) -> None:
    """A record of nobody is a problem: all that have none would be one entity."""
    (nobody,) = connection.execute(f"SELECT count(*) FROM truth_{name} WHERE trim(entity) = ''").fetchone()
    if nobody:
        problems.add(
            f"The truth says of {_counted(nobody, 'record')} no entity.",
            where=path,
            fix="give each its own, or leave the row out: it is not judged then",
        )


def _once(connection: Any, name: str, path: Path, problems: Problems) -> None:
    """A record given twice alike is one; given two different things it is a problem.

    Keys are put together by their hash first, which takes a tenth of the room, and only those met twice by their text.
    """
    key, said, twice = SAYS_ONCE[name]
    keys = ", ".join(key)
    connection.execute(
        f"CREATE TEMP TABLE met_twice AS SELECT hash({keys}) AS h FROM truth_{name} WHERE source IS NOT NULL "
        "GROUP BY h HAVING count(*) > 1"
    )
    repeated = f"truth_{name} WHERE hash({keys}) IN (SELECT h FROM met_twice)"
    several, different = connection.execute(
        f"SELECT count(*) FILTER (n > 1), count(*) FILTER (least <> most) FROM (SELECT min({said}) AS least, "
        f"max({said}) AS most, count(*) AS n FROM {repeated} GROUP BY {keys})"
    ).fetchone()
    if different:
        problems.add(
            f"The truth gives {_counted(different, 'record')} {twice}.",
            where=path,
            fix=f"give each {', '.join(key[:-1])} and {key[-1]} once",
        )
    elif several:
        connection.execute(
            f"CREATE TEMP TABLE once AS SELECT DISTINCT * FROM {repeated}; DELETE FROM {repeated}; "
            f"INSERT INTO truth_{name} SELECT * FROM once; DROP TABLE once"
        )
    connection.execute("DROP TABLE met_twice")


def _residents_once(connection: Any, path: Path, problems: Problems) -> None:
    """One row for each entity: of several, where they live now (`gone_on` blank), or left last.

    Without `gone_on` nothing says which of two rows holds, so they must be alike.
    """
    columns = [row[0] for row in connection.execute("DESCRIBE truth_residents").fetchall()]
    later = "gone_on = '' DESC, gone_on DESC, " if "gone_on" in columns else ""
    one, all_of_them = connection.execute(
        "SELECT count(DISTINCT entity), count(*) FROM (SELECT DISTINCT * FROM truth_residents)"
    ).fetchone()
    if one != all_of_them and not later:
        problems.add(
            f"{_counted(all_of_them - one, 'row')} too many: the entity has another, which says something else.",
            where=path,
            fix="give each entity once, or add the column `gone_on`: the row where it is blank holds",
        )
        return
    connection.execute(
        "CREATE OR REPLACE TABLE truth_residents AS SELECT * FROM truth_residents t QUALIFY row_number() OVER ("
        f"PARTITION BY entity ORDER BY {later}CAST(t AS VARCHAR)) = 1"
    )


def _counted(number: int, noun: str) -> str:
    return f"{number:,} {noun}" if number == 1 else f"{number:,} {noun}s"


def _column(name: str) -> str:
    """A column as text; a source as one that the twin has, or null: a byte instead of its name."""
    if name == "source":
        return "TRY_CAST(CAST(source AS VARCHAR) AS source_name) AS source"
    return f"coalesce(CAST({_quoted(name)} AS VARCHAR), '') AS {_quoted(name)}"


def _quoted(name: str) -> str:
    return '"' + name.replace('"', '""') + '"'
