"""Received files as somebody else's readers see them."""

from __future__ import annotations

import csv
import gzip
import io
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from vestry.contracts.contract import Contract, Table


def received_rows(
    path: Path, contract: Contract, row_path: str | None, table: Table | None = None
) -> list[dict[str, str]]:
    """The rows of a received file, read by somebody else's readers: `csv`, ElementTree, `json`. Row 1 is [0].

    `table` says which, where a file holds several kinds of row.
    """
    raw = gzip.decompress(path.read_bytes()) if path.suffix == ".gz" else path.read_bytes()
    if contract.layout.format == "csv":
        text = raw.decode(contract.layout.encoding)
        lines = list(csv.reader(io.StringIO(text, newline=""), delimiter=contract.layout.delimiter))
        names = (
            lines.pop(0)
            if contract.layout.header
            else [c.physical_name for c in (table or contract.tables[0]).columns]
        )
        if table is not None and table.rows.column is not None:
            lines = [line for line in lines if line and line[table.rows.column - 1] == table.rows.equals]
        return [dict(zip(names, line, strict=False)) for line in lines if line]
    if contract.layout.format == "xml":
        from xml.etree import ElementTree as Tree

        assert row_path is not None
        return [
            {"/".join(p): (e.text or "") for p, e in _leaves(row)}
            for row in Tree.fromstring(raw).findall(f"./{row_path}")
        ]
    features = json.loads(raw)["features"]
    return [{k: str(v) for k, v in f["properties"].items()} for f in features]


def _leaves(element: Any, above: tuple[str, ...] = ()) -> Iterator[tuple[tuple[str, ...], Any]]:
    for inner in element:
        if len(inner):
            yield from _leaves(inner, (*above, inner.tag))
        else:
            yield (*above, inner.tag), inner
