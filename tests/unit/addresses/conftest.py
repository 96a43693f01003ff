"""The gazetteer of the hard cases, and a way to look something up in it."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

import pytest
import yaml

from small_gazetteer import gazetteer_of, records_of
from vestry.addresses.decided import AddressesDecided
from vestry.addresses.uprns import Addressed, find_uprns
from vestry.engines.duckdb import DuckDBEngine
from vestry.engines.engine import Engine
from vestry.intake.loading import Received
from vestry.place import Thresholds
from vestry.standardise.remembered import Remembered

CASES = Path(__file__).with_name("hard_cases.yaml")
Found = Callable[..., Addressed]


@pytest.fixture(scope="session")
def cases() -> dict[str, Any]:
    """`hard_cases.yaml`."""
    found: dict[str, Any] = yaml.safe_load(CASES.read_text(encoding="utf-8"))
    return found


@pytest.fixture(scope="session")
def engine(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Engine]:
    """An engine with an empty workspace."""
    made = DuckDBEngine(tmp_path_factory.mktemp("addresses") / "work", threads=2)
    yield made
    made.close()


@pytest.fixture
def find(engine: Engine, cases: dict[str, Any]) -> Found:
    """UPRNs of rows of `lines, postcode, uprn` in the gazetteer of the hard cases, or another."""

    def found(
        rows: Sequence[Mapping[str, Any]],
        *,
        gazetteer: Sequence[Received] | None = None,
        memory: Path | None = None,
        on: Engine | None = None,
        decided: AddressesDecided | None = None,
        **thresholds: float,
    ) -> Addressed:
        known = gazetteer_of(cases["gazetteer"]) if gazetteer is None else gazetteer
        at = on or engine
        return find_uprns(
            at,
            records_of(at, rows),
            known,
            Remembered(at, None),
            thresholds=Thresholds(**thresholds),
            memory=memory,
            decided=decided,
        )

    return found
