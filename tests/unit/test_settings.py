"""The environment, read in one place."""

from __future__ import annotations

import pytest

from vestry.settings import SettingInvalid, Settings, read_settings


def test_nothing_said() -> None:
    assert read_settings({}) == Settings()


def test_everything_said() -> None:
    said = {
        "VESTRY_DEBUG": "1",
        "VESTRY_THREADS": "2",
        "VESTRY_MEMORY": "1.5 GB",
        "VESTRY_OPERATOR": " Alex ",
    }
    assert read_settings(said) == Settings(debug=True, threads=2, memory="1.5 GB", operator="Alex")


@pytest.mark.parametrize("threads", ["0", "-1", "two", "1.5", "²"])
def test_threads(threads: str) -> None:
    with pytest.raises(SettingInvalid):
        read_settings({"VESTRY_THREADS": threads})


@pytest.mark.parametrize("memory", ["8", "GB", "0GB", "1GB'; DROP", "1..2GB"])
def test_memory(memory: str) -> None:
    with pytest.raises(SettingInvalid):
        read_settings({"VESTRY_MEMORY": memory})


def test_every_problem_at_once() -> None:
    with pytest.raises(SettingInvalid) as refused:
        read_settings({"VESTRY_DEBUG": "perhaps", "VESTRY_THREADS": "x", "VESTRY_MEMORY": "y"})
    assert len(refused.value.problems) == 3
