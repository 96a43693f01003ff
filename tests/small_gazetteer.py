"""A small gazetteer, drawn as rows, and records with addresses: what tests of finding UPRNs have in common."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import ibis
import pyarrow as pa

from vestry.contracts.contract import Column, Contract, LawfulBasis, Layout, Part, Table, Target
from vestry.engines.engine import Engine
from vestry.intake.loading import Received
from vestry.model import kinds
from vestry.model.fields import record_columns
from vestry.standardise.remembered import Remembered

ADDRESS = ("uprn", "status", "unit", "building", "number", "street", "locality", "town", "postcode")
PROPERTY = ("uprn", "parent_uprn", "classification", "successor_uprn", "status")


def table_of(
    kind: str, fields: Sequence[str], rows: Sequence[Mapping[str, Any]], *, source: str = "gazetteer"
) -> Received:
    """Rows of one kind of the gazetteer, as intake gives them."""
    columns = tuple(Column(name=f, physical_name=f, targets=(Target(part="said", field=f),)) for f in fields)
    table = Table(name=kind, columns=columns, parts=(Part(name="said", kind=kind),))
    contract = Contract(
        source=source, organisation="county", title=source, version="1", path=Path("x"), sha256=source,
        lawful_basis=LawfulBasis(article_6="none"), layout=Layout(format="csv"), tables=(table,),
    )  # fmt: skip
    names = ("extract_id", "as_at", "source_key", *fields)
    said = [
        {"extract_id": f"{source}/1", "as_at": "2026-01-01", "source_key": str(n)}
        | {f: None if r.get(f) is None else str(r[f]) for f in fields}
        for n, r in enumerate(rows)
    ]
    drawn = pa.Table.from_pylist(said, schema=pa.schema([(n, pa.string()) for n in names]))
    made = ibis.memtable(drawn)
    made = made.mutate(as_at=made.as_at.cast("date"), row_number=ibis.row_number() + 1)
    return Received(contract=contract, table=table, rows=made, latest_as_at="2026-01-01")


def gazetteer_of(rows: Sequence[Sequence[Any]], *more: Mapping[str, Any]) -> list[Received]:
    """The gazetteer drawn as in `hard_cases.yaml`; `more` are further facts, such as successors."""
    heads = ("uprn", "parent_uprn", "status", "classification", *ADDRESS[2:])
    drawn = [dict(zip(heads, row, strict=True)) for row in rows]
    facts = [{k: d[k] for k in ("uprn", "parent_uprn", "classification")} for d in drawn]
    return [
        table_of(kinds.GAZETTEER_PROPERTY, PROPERTY, [*facts, *more]),
        table_of(kinds.GAZETTEER_ADDRESS, ADDRESS, drawn),
    ]


def records_of(engine: Engine, rows: Sequence[Mapping[str, Any]]) -> Any:
    """Records of properties, standardised from `lines`, `postcode` and `uprn`."""
    names = ("record_id", "said_lines", "said_postcode", "uprn")
    said = [
        {"record_id": r.get("record_id", str(n)), "said_lines": r.get("lines"),
         "said_postcode": r.get("postcode"), "uprn": None if r.get("uprn") is None else str(r["uprn"])}
        for n, r in enumerate(rows)
    ]  # fmt: skip
    raw = engine.bring(
        "said", pa.Table.from_pylist(said, schema=pa.schema([(n, pa.string()) for n in names]))
    )
    wanted = {"said_lines": ("address_lines", ["address_lines"]), "said_postcode": ("postcode", ["postcode"])}
    standard = Remembered(engine, None).standard_forms(raw, wanted)
    nothing = {c: ibis.null("string") for c in record_columns() if c not in standard.columns}
    made = standard.mutate(
        source=ibis.literal("tax"), table_name=ibis.literal("rows"), kind=ibis.literal("property"), current=True,
        **nothing,
    )  # fmt: skip
    return engine.keep("records_standard", made)
