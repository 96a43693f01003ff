"""Review decisions: the last word on a pair holds, and every line that cannot be read is named."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from vestry.errors import DecisionsInvalid
from vestry.linkage.decisions import decided_apart, read_decisions

ONE = {"source": "tax", "source_key": "1", "part": "liable", "kind": "person"}
TWO = {"source": "gp", "source_key": "9", "part": "patient", "kind": "person"}


def line(decision: str, left: object = ONE, right: object = TWO) -> str:
    return json.dumps(
        {"decision": decision, "left": left, "right": right, "by": "a reviewer", "reason": "seen"}
    )


def test_no_folder_is_no_decisions(tmp_path: Path) -> None:
    assert read_decisions(tmp_path / "decisions") == []


def test_the_last_decision_on_a_pair_holds_whichever_way_round(tmp_path: Path) -> None:
    (tmp_path / "a.jsonl").write_text(line("same") + "\n\n" + line("different", TWO, ONE) + "\n")
    (decision,) = read_decisions(tmp_path)
    assert not decision.same
    assert len(decided_apart([decision])) == 2


def test_every_bad_line_is_named_and_no_value_of_one_is_told(tmp_path: Path) -> None:
    (tmp_path / "a.jsonl").write_text(line("same") + '\n{"SECRET": 1}\nSECRET\n' + line("perhaps") + "\n")
    with pytest.raises(DecisionsInvalid) as caught:
        read_decisions(tmp_path)
    assert [p.where for p in caught.value.problems] == [f"decisions/a.jsonl, line {n}" for n in (2, 3, 4)]
    assert "SECRET" not in caught.value.text()
