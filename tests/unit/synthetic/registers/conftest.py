"""One county of 6,000 residents, its rows by source, its truth, and what became of every file when it was received."""

from __future__ import annotations

import csv
import json
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime
from functools import cached_property
from pathlib import Path

import pytest

from vestry.clock import FixedClock
from vestry.contracts.contract import Contract, Table
from vestry.contracts.reading import check_contracts
from vestry.errors import Problem
from vestry.intake.receive import Receipt, receive
from vestry.place import open_place
from vestry.synthetic import Synthesised, synthesise

RESIDENTS = 6_000
"""Enough that every way of going wrong happens whatever the seed."""
SOURCES = ("benefits", "waste", "blue-badges", "libraries", "police-incidents", "police-custody")
FIRST, LAST = date(2025, 9, 1), date(2025, 12, 1)
CLOCK = FixedClock(at=datetime(2026, 11, 20, 12, tzinfo=UTC))

Row = dict[str, str]


@dataclass(frozen=True, kw_only=True)
class Sent:
    """One row that was sent: by which source, on which day, of which table."""

    source: str
    as_at: date
    table: Table
    row: Row

    @property
    def key(self) -> str:
        """The row's key, as a source key."""
        return "|".join(self.row[column] for column in self.table.key)


@dataclass(frozen=True, kw_only=True)
class County:
    """The county as it was sent, and as it truly is."""

    made: Synthesised
    contracts: dict[str, Contract]
    problems: list[Problem]

    def sources(self, ending: str) -> list[str]:
        """Sources whose name is, or ends with, that."""
        return [s for s in self.contracts if s == ending or s.endswith(f"-{ending}")]

    def sent(self, source: str, as_at: date | None = None) -> list[Sent]:
        """Every row of a source (on a day) that is as long as it should be; rows sent twice are there once."""
        found: dict[tuple[date, tuple[str, ...]], Sent] = {}
        for arrival in self.made.arrivals:
            if arrival.source == source and as_at in (None, arrival.as_at):
                for one in self._read(source, arrival.as_at, self.made.folder / arrival.file):
                    found[one.as_at, tuple(one.row.values())] = one
        return list(found.values())

    def _read(self, source: str, as_at: date, path: Path) -> Iterator[Sent]:
        contract = self.contracts[source]
        with path.open(encoding=contract.layout.encoding, newline="") as file:
            lines = list(csv.reader(file, delimiter=contract.layout.delimiter))
        for line in lines[1:]:
            if len(line) != len(lines[0]):
                continue
            for table in contract.tables:
                at = table.rows.column
                if at is None or line[at - 1] == table.rows.equals:
                    row = dict(zip(lines[0], line, strict=True))
                    yield Sent(source=source, as_at=as_at, table=table, row=row)

    def _truth(self, name: str) -> list[Row]:
        with (self.made.folder / "truth" / f"{name}.csv").open(encoding="utf-8", newline="") as file:
            return list(csv.DictReader(file))

    @cached_property
    def people(self) -> dict[tuple[str, str, str], str]:
        """(source, key, part) -> the person whom it is about."""
        return {(t["source"], t["source_key"], t["part"]): t["entity"] for t in self._truth("people")}

    @cached_property
    def homes(self) -> dict[tuple[str, str, str], list[Row]]:
        """(source, key, part) -> what its address means, from which day on."""
        found: dict[tuple[str, str, str], list[Row]] = {}
        for told in self._truth("addresses"):
            found.setdefault((told["source"], told["source_key"], told["part"]), []).append(told)
        return found

    @cached_property
    def residents(self) -> dict[str, Row]:
        """Everybody who ever lived there, by entity; of one who moved between districts, as they are where they are now."""
        rows = sorted(self._truth("residents"), key=lambda r: r["gone_on"] or "9")
        return {r["entity"]: r for r in rows}

    @cached_property
    def sealed(self) -> list[Row]:
        """Sealed earlier identities, and where they are still listed."""
        return self._truth("sealed")

    @cached_property
    def receipts(self) -> list[Receipt]:
        """What became of every file of these registers, received in the order of the manifest."""
        place = open_place(self.made.folder)
        manifest = json.loads((place.folder / "incoming" / "manifest.json").read_text(encoding="utf-8"))
        return [
            one
            for line in manifest
            if any(line["source"] in self.sources(ending) for ending in SOURCES)
            for one in receive(
                place, self.contracts[line["source"]], [place.folder / line["file"]],
                as_at=date.fromisoformat(line["as_at"]), clock=CLOCK,
            )
        ]  # fmt: skip

    def age(self, entity: str, on: date = FIRST) -> int:
        """Years lived by a day, nearly."""
        return (on - date.fromisoformat(self.residents[entity]["birth_date"])).days // 365

    def dead(self, entity: str) -> bool:
        """Whether somebody died before the first day."""
        return "" < self.residents[entity]["death_date"] < FIRST.isoformat()

    def gone(self, entity: str) -> bool:
        """Whether somebody had left before the first day, alive."""
        who = self.residents[entity]
        return "" < who["gone_on"] < FIRST.isoformat() and not who["death_date"]


@pytest.fixture(scope="session")
def county(tmp_path_factory: pytest.TempPathFactory) -> County:
    """Two districts. Nobody may change it, except by receiving its files once."""
    folder = tmp_path_factory.mktemp("registers") / "place"
    made = synthesise(folder, residents=RESIDENTS, seed=7, districts=2)
    place = open_place(folder)
    contracts, problems = check_contracts(place.contracts, place.organisations)
    return County(made=made, contracts=dict(contracts), problems=list(problems))
