"""GeoJSON, Parquet, and gzip in any format."""

from __future__ import annotations

import gzip
import io
import json
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from vestry.contracts.contract import Layout
from vestry.errors import ExtractRefused
from vestry.intake.readers import geojson, unpacking
from vestry.intake.readers.texts import told_apart
from vestry.intake.readers.unpacking import open_bytes

GEOJSON, PARQUET = Layout(format="geojson"), Layout(format="parquet")
POINT = {"type": "Point", "coordinates": [-0.34, 51.75]}


def feature(geometry: Any = POINT, **properties: Any) -> dict[str, Any]:
    return {"type": "Feature", "properties": properties, "geometry": geometry}


def collection(*features: Any, **more: Any) -> bytes:
    return json.dumps({"type": "FeatureCollection", **more, "features": features, "bbox": [0, 1]}).encode()


def test_features_as_rows(read: Any) -> None:
    seen = read(collection(feature(code="E1", size=12.0, part=1.5, on=True, none=None, more=[1])), GEOJSON)
    assert seen.rows == [
        {
            "row_number": 1,
            "code": "E1",
            "size": "12",
            "part": "1.5",
            "on": "true",
            "more": "[1]",
            "geometry": '{"type":"Point","coordinates":[-0.34,51.75]}',
        }
    ]
    assert "none" in seen.found.columns["people"]


def test_pieces_as_small_as_can_be(read: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(geojson, "PIECE", 1)
    content = collection(feature(code="é1"), feature(code="é2"), name=12345)
    assert [row["code"] for row in read(content, GEOJSON).rows] == ["é1", "é2"]


def test_what_is_no_feature_is_refused_by_itself(read: Any) -> None:
    seen = read(
        collection(feature(code="a"), {"type": "Point"}, 7, feature(code="b\x00"), feature(code="c")), GEOJSON
    )
    assert (seen.numbers, seen.refused) == (
        [1, 5],
        [(2, "row-not-a-feature"), (3, "row-not-a-feature"), (4, "row-nul")],
    )


def test_half_a_character_is_refused_by_itself(read: Any) -> None:
    content = collection(feature(code="a"), feature(code="XX")).replace(b"XX", b"\\ud800")
    assert read(content, GEOJSON).refused == [(2, "row-encoding")]


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (collection(feature(code="a"))[:-30], "cut short"),
        (b"", "empty"),
        (b"[1]", "cut short"),
        (b"{}", "not a GeoJSON feature collection"),
        (b'{"type": "Feature"}', "not a GeoJSON feature collection"),
        (b'{"features": {}}', "not a GeoJSON feature collection"),
        (collection(feature(code="a")) + b"x", "cut short"),
        (collection(feature(code="\xff")).replace(b"\\u00ff", b"\xff"), "UTF-8"),
        (b'{"features": [' + b"[" * 100_000, "cut short"),
        (b'{"features": [NaN]}', "cut short"),
    ],
)
def test_geojson_refused(read: Any, content: bytes, message: str) -> None:
    with pytest.raises(ExtractRefused, match=message):
        read(content, GEOJSON)


def parquet(**columns: Any) -> bytes:
    file = io.BytesIO()
    pq.write_table(pa.table(columns), file)
    return file.getvalue()


def test_every_type_of_parquet_as_text(read: Any) -> None:
    seen = read(
        parquet(
            whole=pa.array([97592.0, None]),
            part=[0.1, 1e20],
            single=pa.array([0.1, 2], pa.float32()),
            number=[1, 2],
            text=["x", ""],
            on=[True, False],
            day=[date(2020, 1, 2), None],
            money=[Decimal("1.50"), None],
            code=pa.array(["a", None]).dictionary_encode(),
            many=[[1, 2], None],
        ),
        PARQUET,
    )
    assert seen.rows == [
        {
            "row_number": 1,
            "whole": "97592",
            "part": "0.1",
            "single": "0.1",
            "number": "1",
            "text": "x",
            "on": "true",
            "day": "2020-01-02",
            "money": "1.50",
            "code": "a",
            "many": "[1,2]",
        },
        {
            "row_number": 2,
            "whole": None,
            "part": "1e+20",
            "single": "2",
            "number": "2",
            "text": "",
            "on": "false",
            "day": None,
            "money": None,
            "code": None,
            "many": None,
        },
    ]


def test_nul_in_parquet(read: Any) -> None:
    seen = read(parquet(a=["x", "y\x00", None], b=["1", "2", "3"]), PARQUET)
    assert (seen.numbers, seen.refused) == ([1, 3], [(2, "row-nul")])


@pytest.mark.parametrize("content", [parquet(a=["x"])[:-20], b"PAR1", b"a,b\n1,2\n"])
def test_damaged_parquet(read: Any, content: bytes) -> None:
    with pytest.raises(ExtractRefused, match="damaged or cut short"):
        read(content, PARQUET)


def test_packed_parquet(read: Any) -> None:
    with pytest.raises(ExtractRefused, match="gzip"):
        read(gzip.compress(parquet(a=["x"])), PARQUET)


def unpacked(tmp_path: Path, content: bytes) -> bytes:
    path = tmp_path / "packed"
    path.write_bytes(content)
    with open_bytes(path) as file:
        return file.read()


def test_gzip_is_seen_by_its_first_bytes(tmp_path: Path) -> None:
    assert unpacked(tmp_path, gzip.compress(b"one") + gzip.compress(b"two")) == b"onetwo"
    assert unpacked(tmp_path, b"plain") == b"plain"


def test_gzip_damaged(tmp_path: Path) -> None:
    content = bytearray(gzip.compress(bytes(range(256)) * 40))
    with pytest.raises(ExtractRefused, match="cut short"):
        unpacked(tmp_path, bytes(content[:-4]))
    content[-6] ^= 0xFF
    with pytest.raises(ExtractRefused, match="damaged"):
        unpacked(tmp_path, bytes(content))


def test_gzip_bomb_is_stopped_while_it_unpacks(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    bomb = gzip.compress(b"0" * 3_000_000)
    assert len(unpacked(tmp_path, bomb)) == 3_000_000  # small enough to harm nobody
    monkeypatch.setattr(unpacking, "SMALL_ENOUGH", 1_000_000)
    with pytest.raises(ExtractRefused, match="unpacks to more"):
        unpacked(tmp_path, bomb)
    monkeypatch.setattr(unpacking, "UNPACKED_AT_MOST", 1_000)
    with pytest.raises(ExtractRefused, match="unpacks to more"):
        unpacked(tmp_path, gzip.compress(b"0123456789" * 200))


@pytest.mark.parametrize(
    ("names", "wanted", "stored"),
    [
        (["a", "A", "a"], [], ["a", "A (2)", "a (3)"]),
        (["NAME", "name"], ["name"], ["NAME (2)", "name"]),
        (["Extract_ID", "row_number"], ["row_number"], ["Extract_ID (2)", "row_number (2)"]),
        (["a", "a (2)", "A"], [], ["a", "a (2)", "A (3)"]),
    ],
)
def test_names_told_apart(names: list[str], wanted: list[str], stored: list[str]) -> None:
    assert told_apart(names, wanted) == stored
    assert all(told_apart(names[:n], wanted) == stored[:n] for n in range(len(names)))
