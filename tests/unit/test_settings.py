"""The environment, read in one place."""

from __future__ import annotations

from pathlib import Path

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
        "DATABASE_URL": "postgresql://alex:secret@127.0.0.1/office",
        "VESTRY_SECRET_KEY_FILE": "/run/secrets/vestry",
    }
    settings = read_settings(said)
    assert settings == Settings(
        debug=True,
        threads=2,
        memory="1.5 GB",
        operator="Alex",
        database_url="postgresql://alex:secret@127.0.0.1/office",
        secret_key_file=Path("/run/secrets/vestry"),
    )
    assert "secret@" not in repr(settings)


def test_a_path_that_depends_on_where_one_is() -> None:
    with pytest.raises(SettingInvalid):
        read_settings({"VESTRY_SECRET_KEY_FILE": "keys/sessions"})


@pytest.mark.parametrize("threads", ["0", "-1", "two", "1.5", "²"])
def test_threads(threads: str) -> None:
    with pytest.raises(SettingInvalid):
        read_settings({"VESTRY_THREADS": threads})


@pytest.mark.parametrize("memory", ["8", "GB", "0GB", "1GB'; DROP", "1..2GB"])
def test_memory(memory: str) -> None:
    with pytest.raises(SettingInvalid):
        read_settings({"VESTRY_MEMORY": memory})


@pytest.mark.parametrize("operator", ["A" * 101, "Alex\x1b[2J", "Alex\nKim"])
def test_operator(operator: str) -> None:
    with pytest.raises(SettingInvalid) as refused:
        read_settings({"VESTRY_OPERATOR": operator})
    assert operator not in str(refused.value)


def test_every_problem_at_once() -> None:
    with pytest.raises(SettingInvalid) as refused:
        read_settings({"VESTRY_DEBUG": "perhaps", "VESTRY_THREADS": "x", "VESTRY_MEMORY": "y"})
    assert len(refused.value.problems) == 3
