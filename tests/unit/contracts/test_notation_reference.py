"""The examples that the reference page shows are contracts without a fault."""

from __future__ import annotations

from pathlib import Path

import pytest

from vestry.contracts.notation_reference import EXAMPLES, Example
from vestry.contracts.reading import check_contracts


@pytest.mark.parametrize("example", EXAMPLES, ids=lambda e: e.title)
def test_an_example_is_without_fault(tmp_path: Path, example: Example) -> None:
    folder = tmp_path / "contracts" / example.organisation
    folder.mkdir(parents=True)
    (folder / "example.yaml").write_text(example.contract, encoding="utf-8")
    contracts, problems = check_contracts(tmp_path / "contracts", {example.organisation: "An organisation"})
    assert problems == []
    assert len(contracts) == 1
