"""What may be meant by what was typed, word by word and date by date."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import duckdb
import pytest

from vestry.standardise.sound import sound
from vestry.twin.nearly import dates_near, names_near
from vestry.twin.search import Rows

NAMES = (
    "catherine", "clark", "clarke", "elizabeth", "fernandes", "fernandez", "jean", "john", "jon", "kathryn", "katie", "li",
    "mohammed", "muhammad", "o", "patel", "smith", "smyth", "smythe", "thompson", "thomson", "tomson", "wright",
)  # fmt: skip


@pytest.fixture(scope="module")
def rows() -> Rows:
    connection = duckdb.connect()
    connection.execute(
        "CREATE TABLE search_words (field VARCHAR, word VARCHAR, word_no INTEGER, sound VARCHAR)"
    )
    words: Sequence[Sequence[Any]] = [["name", word, at, sound(word)] for at, word in enumerate(NAMES)]
    connection.executemany("INSERT INTO search_words VALUES (?, ?, ?, ?)", words)
    connection.execute("INSERT INTO search_words VALUES ('address', 'smith', 99, NULL)")
    return Rows(connection)


@pytest.mark.parametrize(
    ("typed", "near"),
    [
        ("smyth", "smith smyth smythe"),
        ("jon", "john jon"),  # and no jean, who sounds like him but looks otherwise
        ("muhammed", "mohammed muhammad"),
        ("kathryn", "catherine kathryn katie"),  # forms of one name
        ("cathrine", "catherine kathryn"),
        ("liz", "elizabeth"),
        ("thomson", "thompson thomson tomson"),
        ("fernadnes", "fernandes fernandez"),
        ("ferandes", "fernandes fernandez"),
        ("wrihgt", "wright"),
        ("pstel", "patel"),
        ("ptel", "patel"),  # it sounds like that
        ("pate", ""),  # of four letters none may be wrong
        ("li", ""),
        ("", ""),
    ],
)
def test_names(rows: Rows, typed: str, near: str) -> None:
    found = [NAMES[number] for number in names_near(rows, typed) if NAMES[number] != typed]
    assert found == [name for name in near.split() if name != typed]


@pytest.mark.parametrize(
    ("typed", "near"),
    [
        ("1990-02-01", "1989-02-01 1991-02-01 1990-01-02 1990 1990-02"),
        ("1990-02-13", "1989-02-13 1991-02-13 1990 1990-02"),  # there is no thirteenth month
        ("1990-03-03", "1989-03-03 1991-03-03 1990 1990-03"),
        ("1992-02-29", "1992 1992-02"),  # the years beside have no such day
        ("1990-02", "1989-02 1991-02 1990"),
        ("1990", "1989 1991"),
        ("0001", "0002"),
        ("9999", "9998"),
    ],
)
def test_dates(typed: str, near: str) -> None:
    assert " ".join(dates_near(typed)) == near
