"""The keyed hash is HMAC-SHA256, the same in Python and in the engine; the key is a secret of the place."""

from __future__ import annotations

import hashlib
import hmac
import stat
from pathlib import Path
from typing import Any

import pyarrow as pa
import pytest

from vestry.engines.duckdb import DuckDBEngine
from vestry.errors import DecisionsInvalid
from vestry.linkage.review.carrying import keyed
from vestry.linkage.review.contents import CONTENT, ContentKey, make_key, read_key
from vestry.linkage.review.recording import held

KEY = ContentKey(bytes(range(32)))
ROW: dict[str, Any] = dict.fromkeys(CONTENT["person"]) | {"family_name": "O'BRIEN", "given_names": "ZOË"}


def by_hand(text: str) -> str:
    return f"{KEY.prefix}{hmac.new(bytes(range(32)), text.encode(), hashlib.sha256).hexdigest()}"


def test_the_hash_is_hmac_of_the_columns() -> None:
    always = "\x1f".join(ROW[c] or "" for c in CONTENT["person"] if c != "other_number")
    assert KEY.hashed("person", ROW) == by_hand(always)
    assert KEY.made(KEY.hashed("person", ROW))


def test_what_few_records_have_is_hashed_where_it_is_said_and_changes_no_other_hash() -> None:
    always = "\x1f".join(ROW[c] or "" for c in CONTENT["person"] if c != "other_number")
    numbered = {**ROW, "other_number": "ULN:4310589627"}
    assert KEY.hashed("person", numbered) == by_hand(f"{always}\x1fother_number ULN:4310589627")


@pytest.mark.parametrize("kind", CONTENT)
def test_the_engine_makes_the_same_hash(tmp_path: Path, kind: str) -> None:
    rows = [
        dict.fromkeys(CONTENT[kind]),
        dict.fromkeys(CONTENT[kind], "É\n7"),
        dict.fromkeys(CONTENT[kind], "x" * 99),
    ]
    engine = DuckDBEngine(tmp_path / "engine")
    try:
        schema = pa.schema([(c, pa.string()) for c in CONTENT[kind]])
        table = engine.bring("rows", pa.Table.from_pylist(rows, schema=schema))
        found = engine.fetch(table.select(hash=keyed(table, kind, KEY)))["hash"].to_pylist()
    finally:
        engine.close()
    assert sorted(found) == sorted(KEY.hashed(kind, row) for row in rows)


def test_another_value_or_another_key_is_another_hash() -> None:
    other = ContentKey(bytes(32))
    assert KEY.hashed("person", ROW) != KEY.hashed("person", ROW | {"phone": "1"})
    assert KEY.hashed("person", ROW) != other.hashed("person", ROW)
    assert not other.made(KEY.hashed("person", ROW)), "nobody can compare what another key made"
    assert not KEY.made("") and not KEY.made("2" + KEY.prefix[1:])


def test_a_value_moved_to_the_next_column_is_another_content() -> None:
    moved = ROW | {"family_name": None, "given_names": "O'BRIEN"}
    assert KEY.hashed("person", ROW | {"given_names": None}) != KEY.hashed("person", moved)


def test_the_key_is_made_once_and_its_owners_alone(tmp_path: Path) -> None:
    folder = tmp_path / "decisions"
    assert read_key(folder) is None
    with held(folder):
        made = make_key(folder)
        assert make_key(folder) == made == read_key(folder)
    assert stat.S_IMODE((folder / "key").stat().st_mode) == 0o600
    assert len(made.secret) == 32 and made.secret != bytes(32)


@pytest.mark.parametrize("content", ["", "zz", "00" * 31, "00" * 33, "é"])
def test_a_damaged_key_is_told_and_never_replaced(tmp_path: Path, content: str) -> None:
    (tmp_path / "key").write_text(content, encoding="utf-8")
    with pytest.raises(DecisionsInvalid):
        make_key(tmp_path)
    assert (tmp_path / "key").read_text(encoding="utf-8") == content
