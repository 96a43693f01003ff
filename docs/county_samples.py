"""Sample records of a small fictional county: one household as every system holds it, and a few lines of some files."""

from __future__ import annotations

import csv
import gzip
import tempfile
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Final

from vestry.contracts.contract import Contract, Part, Table
from vestry.contracts.reading import read_contracts
from vestry.intake.readers.reading import read_file
from vestry.intake.readers.rows import Found
from vestry.place import open_place
from vestry.synthetic.county import FIRST_AS_AT, Arrival, synthesise

RESIDENTS, DISTRICTS, SEED = 3_000, 5, 1
"""Five districts, because the third supplier of council tax systems comes only with the fifth."""

IN_CARE: Final = "ssda903"
KIND: Final = "couple with children"
NUMBERS: Final = ("nhs_number", "nino", "upn")
FILES: Final = (
    ("council tax, three suppliers", "brackmere-council-tax.csv", 2),
    ("", "elmworth-council-tax.csv", 2),
    ("", "harlstead-council-tax.csv", 2),
    ("electoral register", "brackmere-electoral-register.csv", 3),
    ("GP registrations, which come without a header line", "gp-registrations.csv", 3),
    ("help with the bins", "brackmere-waste.csv", 2),
    ("benefits", "brackmere-benefits.csv", 2),
    ("libraries", "libraries.csv", 3),
    ("adult social care", "adult-social-care.csv", 3),
    ("police incidents", "police-incidents.csv", 3),
    ("school census", "school-census.csv", 2),
    ("children looked after", "ssda903-episodes.csv", 3),
    ("business rates", "brackmere-business-rates.csv", 2),
    ("food premises", "brackmere-regulatory-food.csv", 2),
    ("housing, unpacked and its elements put under each other", "brackmere-housing-tenancies.xml.gz", 1),
)
"""What it is, the file, and how many rows of it are shown."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Held:
    """One person in one row of one source: the texts as the file has them, by field of the model."""

    source: str
    key: str
    part: str
    said: Mapping[str, str]

    @property
    def name(self) -> str:
        """As it stands, in one column or in several parted by ` · `."""
        return self.said.get("full_name") or " · ".join(
            self.said[f] for f in ("title", "family_name", "given_names", "known_as") if self.said.get(f)
        )

    @property
    def numbers(self) -> str:
        """NHS, National Insurance and pupil number, as far as the row has them."""
        return ", ".join(self.said[f] for f in NUMBERS if self.said.get(f))


@dataclass(frozen=True, slots=True, kw_only=True)
class Member:
    """One member of the sample household: who they truly are, and every row that holds them."""

    truly: Mapping[str, str]
    held: Sequence[Held]


@dataclass(frozen=True, slots=True, kw_only=True)
class Samples:
    """What the page shows. `files` are (what, name, text)."""

    home: str
    members: Sequence[Member]
    files: Sequence[tuple[str, str, str]]


@cache
def samples() -> Samples:
    """Make the small county in a temporary folder, look, and throw it away."""
    with tempfile.TemporaryDirectory() as temporary:
        folder = Path(temporary) / "county"
        made = synthesise(folder, residents=RESIDENTS, seed=SEED, months=0, districts=DISTRICTS)
        contracts = read_contracts(open_place(folder))
        held = _held(folder, contracts, made.arrivals)
        household, members = _household(folder, held)
        files = [
            (what, name, _head(folder / "incoming" / FIRST_AS_AT.isoformat() / name, count))
            for what, name, count in FILES
        ]
        return Samples(home=household, members=members, files=files)


def _rows(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def _held(
    folder: Path, contracts: Mapping[str, Contract], arrivals: Sequence[Arrival]
) -> dict[str, list[Held]]:
    """True person -> every row that holds them, in the order of the sources."""
    truth = {
        (r["source"], r["source_key"], r["part"]): r["entity"] for r in _rows(folder / "truth" / "people.csv")
    }
    found: dict[str, list[Held]] = defaultdict(list)
    for arrival in arrivals:
        contract = contracts[arrival.source]
        for table, row in _read(folder / arrival.file, contract):
            for part in table.parts:
                key = row.get(part.keyed_by or "".join(table.key[:1]), "")
                entity = truth.get((arrival.source, key, part.name))
                if part.kind == "person" and entity is not None:
                    said = _said(table, part, row)
                    found[entity].append(Held(source=arrival.source, key=key, part=part.name, said=said))
    return found


def _read(path: Path, contract: Contract) -> Iterator[tuple[Table, dict[str, str]]]:
    if path.suffix == ".gz":
        path, packed = path.with_suffix(""), path.read_bytes()
        path.write_bytes(gzip.decompress(packed))
    tables = [t for t in contract.tables if t.files is None or path.match(t.files)]
    by_name = {t.name: t for t in tables}
    named = {t.name: {c.physical_name: c.name for c in t.columns} for t in tables}
    for batch in read_file(path, contract.layout, tables, Found()):
        if batch.rows is None:
            continue
        for row in batch.rows.to_pylist():
            names = named[batch.table]
            yield by_name[batch.table], {names.get(n, n): str(v) for n, v in row.items() if v is not None}


def _said(table: Table, part: Part, row: Mapping[str, str]) -> dict[str, str]:
    """What a row says of one part and of the home that it names."""
    home = part.attributes.get("lives_at")
    out: dict[str, list[str]] = defaultdict(list)
    for column in table.columns:
        for target in column.targets:
            if target.part in (part.name, home) and row.get(column.name):
                out[target.field].append(row[column.name])
    return {field: ", ".join(texts) for field, texts in out.items()}


def _household(folder: Path, held: Mapping[str, Sequence[Held]]) -> tuple[str, list[Member]]:
    """The family of three or four that the most systems know, of several the first; no sealed identity, no child in care."""
    people = {r["entity"]: r for r in _rows(folder / "truth" / "residents.csv")}
    sealed = {r[c] for r in _rows(folder / "truth" / "sealed.csv") for c in ("entity", "earlier")}
    families: dict[tuple[str, str], list[str]] = defaultdict(list)
    for stay in _rows(folder / "truth" / "households.csv"):
        if not stay["until"] and people[stay["person"]]["household_kind"] == KIND:
            families[stay["household"], stay["uprn"]].append(stay["person"])
    in_care = {entity for entity, rows in held.items() if any(h.source == IN_CARE for h in rows)}
    fitting = [
        f for f in families if 3 <= len(families[f]) <= 4 and not (sealed | in_care) & set(families[f])
    ]
    best = min(fitting, key=lambda f: (-len({h.source for p in families[f] for h in held[p]}), f))
    return best[1], [Member(truly=people[p], held=held[p]) for p in families[best]]


def _head(path: Path, count: int) -> str:
    """The heading of a file and some rows after the twentieth, or as many as there are; of XML one element by lines."""
    raw = path.read_bytes()
    if path.suffix == ".gz":
        return _element(gzip.decompress(raw).decode("utf-8"))
    try:
        text = raw.decode("utf-8")
    except UnicodeDecodeError:
        text = raw.decode("windows-1252")
    lines = text.splitlines()
    heading = [] if path.name == "gp-registrations.csv" else lines[:1]
    body = lines[len(heading) :]
    start = max(0, min(20, len(body) - count))
    return "\n".join([*heading, *body[start : start + count]])


def _element(text: str) -> str:
    """The first row that tells of two people, an element to a line."""
    row = next(line for line in text.splitlines() if line.startswith("<Tenancy>") and "<Second>" in line)
    out, depth = "", 0
    for piece in row.replace("><", ">\n<").splitlines():
        closing = piece.startswith("</")
        depth -= closing
        out += "  " * depth + piece + "\n"
        depth += not closing and "</" not in piece
    return out.rstrip()
