"""Addresses that are easy to get wrong, kept as data in `hard_cases.yaml`."""

from __future__ import annotations

from typing import Any

from vestry.engines.engine import Engine


def test_hard_cases(engine: Engine, find: Any, cases: dict[str, Any]) -> None:
    """Every case at once, so that all that went wrong is seen together."""
    rows = [{"lines": text, "postcode": postcode} for text, postcode, _, _ in cases["cases"]]
    found = {r["record_id"]: r for r in engine.fetch(find(rows).records).to_pylist()}
    wrong = []
    for n, (text, _, uprn, how) in enumerate(cases["cases"]):
        got = found[str(n)]
        if (got["uprn"], got["uprn_by"]) != (None if uprn is None else str(uprn), how):
            wrong.append((text, "meant", uprn, how, "found", got["uprn"], got["uprn_by"], got["uprn_why"]))
    assert not wrong, "\n".join(map(str, wrong))
