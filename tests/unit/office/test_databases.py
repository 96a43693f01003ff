"""Which database is the office's: what DATABASE_URL may say, and what becomes of it."""

from __future__ import annotations

import pytest

from vestry.office.databases import database_of, is_sqlite, told_of
from vestry.office.errors import DatabaseUnavailable
from vestry.place import Place


def test_without_an_address_it_is_a_file_of_the_place(empty_place: Place) -> None:
    database = database_of(empty_place, None)
    assert is_sqlite(database)
    assert told_of(database) == str(empty_place.folder / "office.sqlite3")


@pytest.mark.parametrize(
    ("address", "said"),
    [
        ("postgresql://zoe:p%40ss%2F@127.0.0.1:5555/office", ("zoe", "p@ss/", "127.0.0.1", "5555", "office")),
        ("postgres://zoe@localhost/office", ("zoe", "", "localhost", "", "office")),
        ("postgresql://zoe@[::1]:5433/office", ("zoe", "", "::1", "5433", "office")),
        ("postgresql:///office?host=/run/postgresql", ("", "", "/run/postgresql", "", "office")),
    ],
)
def test_an_address_is_read(empty_place: Place, address: str, said: tuple[str, ...]) -> None:
    database = database_of(empty_place, address)
    assert not is_sqlite(database)
    assert tuple(database[k] for k in ("USER", "PASSWORD", "HOST", "PORT", "NAME")) == said
    assert "sslmode" not in database["OPTIONS"], "it stays on this machine"


def test_what_leaves_the_machine_is_encrypted(empty_place: Place) -> None:
    assert database_of(empty_place, "postgresql://a@db.council/office")["OPTIONS"]["sslmode"] == "require"
    stronger = database_of(empty_place, "postgresql://a@db.council/office?sslmode=verify-full")
    assert stronger["OPTIONS"]["sslmode"] == "verify-full"


@pytest.mark.parametrize(
    "address",
    [
        "mysql://zoe@127.0.0.1/office",
        "sqlite:///office.sqlite3",
        "office",
        "postgresql://zoe@127.0.0.1",
        "postgresql://zoe@127.0.0.1/",
        "postgresql://zoe@127.0.0.1:port/office",
        "postgresql://zoe@127.0.0.1:99999/office",
        "postgresql://zoe@127.0.0.1/office/more",
        "postgresql://zoe@127.0.0.1/office#more",
        "postgresql://zoe@127.0.0.1/office?options=-c%20fsync%3Doff",
        "postgresql://zoe@127.0.0.1/office?sslmode",
        "postgresql://zoe@db.council/office?sslmode=prefer",
        "postgresql://zoe@db.council/office?sslmode=disable",
        "postgresql://zoe@[::1/office",
    ],
)
def test_what_cannot_be_used_is_refused_and_not_repeated(empty_place: Place, address: str) -> None:
    with pytest.raises(DatabaseUnavailable) as refused:
        database_of(empty_place, address)
    assert refused.value.problems
    assert "zoe" not in refused.value.text() and "council" not in refused.value.text()


def test_every_problem_is_named_at_once(empty_place: Place) -> None:
    with pytest.raises(DatabaseUnavailable) as refused:
        database_of(empty_place, "mysql://zoe@db.council/?sslmode=disable&x=1")
    assert len(refused.value.problems) == 4


def test_where_it_is_is_told_without_its_password(empty_place: Place) -> None:
    told = told_of(database_of(empty_place, "postgresql://zoe:secret@127.0.0.1:5555/office"))
    assert told == "PostgreSQL database office on 127.0.0.1, port 5555"
