"""What becomes of an engine that runs out, in the middle of a build."""

from __future__ import annotations

from pathlib import Path

import ibis
import pytest

from vestry.errors import MemoryUsedUp
from vestry.line import line
from vestry.place import Place
from vestry.progress import Silent


@pytest.fixture
def place(tmp_path: Path) -> Place:
    return Place(folder=tmp_path, name="Test")


@pytest.mark.parametrize("wrapped", [False, True], ids=["as it comes", "as Splink wraps it"])
def test_memory_used_up_is_said_in_words(place: Place, wrapped: bool) -> None:
    with (
        pytest.raises(MemoryUsedUp, match="used up its memory") as told,
        line(place, Silent(), threads=1, memory="8MB") as at,
    ):
        numbers = ibis.range(0, 5_000_000).unnest().name("n").as_table()
        try:
            at.engine.fetch(numbers.aggregate(all=numbers.n.cast("string").collect()))
        except Exception as error:
            if wrapped:
                raise RuntimeError("Error executing the following sql") from error
            raise
    assert "VESTRY_MEMORY" in str(told.value.fix)
    assert list(place.releases.iterdir()) == [], "the workspace is gone"
