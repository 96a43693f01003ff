"""The release before, as the build reads it."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from vestry.engines.duckdb import DuckDBEngine
from vestry.errors import ReleaseMissing
from vestry.twin.predecessor import TWIN_FILE, last_release, predecessor

RELEASE = "0001-abcdef01"


@pytest.fixture
def engine(tmp_path: Path) -> Iterator[DuckDBEngine]:
    made = DuckDBEngine(tmp_path / "work", threads=1)
    yield made
    made.close()


@pytest.mark.parametrize("content", [None, b"", b"noise, and no database"], ids=["gone", "empty", "noise"])
def test_a_release_that_cannot_be_opened_is_named(
    engine: DuckDBEngine, tmp_path: Path, content: bytes | None
) -> None:
    """Not taken for a full disk, and not for a place without a release, in which every id would be a new one."""
    file = tmp_path / RELEASE / TWIN_FILE
    file.parent.mkdir()
    if content is not None:
        file.write_bytes(content)
    with pytest.raises(ReleaseMissing) as refused:
        predecessor(engine, tmp_path, RELEASE)
    assert refused.value.where == str(file)
    last = last_release(tmp_path, RELEASE, ["a-1"])
    assert last is not None and (last.file, last.gone) == (file, {"a-1"})


def test_before_the_first_there_is_none(engine: DuckDBEngine, tmp_path: Path) -> None:
    found = predecessor(engine, tmp_path, None)
    assert found.release_id is None and engine.count(found.identities) == 0
    assert last_release(tmp_path, None, []) is None
