"""Words of reviewers that do not count are told, but none that another reviewer of a sample might still be asked for."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from vestry.linkage.decisions import Side
from vestry.sharing.words_told import fallen_in


def side(key: str) -> dict[str, str]:
    return {"source": "tax", "source_key": key, "part": "person", "kind": "person"}


def unit(key: str) -> str:
    return Side(**side(key)).unit


def pair(one: str, other: str) -> tuple[str, ...]:
    return tuple(sorted((unit(one), unit(other))))


def line(decision: str, left: str, right: str, **said: str) -> dict[str, Any]:
    return {"decision": decision, "left": side(left), "right": side(right), "by": "ann", **said}


def written(folder: Path, *lines: Any) -> Path:
    text = "".join(f"{json.dumps(one)}\n" for one in lines)
    (folder / "2026-11-01.jsonl").write_text(text, encoding="utf-8")
    return folder


def test_every_same_of_a_contradiction(tmp_path: Path) -> None:
    chain = line("same", "1", "2"), line("same", "2", "3")
    assert fallen_in(written(tmp_path, *chain)) == frozenset()
    apart = line("different", "1", "3")
    assert fallen_in(written(tmp_path, *chain, apart)) == {pair("1", "2"), pair("2", "3")}


def test_an_answer_of_a_sample_only_once_two_have_answered(tmp_path: Path) -> None:
    chain = line("same", "1", "2", sample="autumn"), line("same", "2", "3"), line("different", "1", "3")
    assert fallen_in(written(tmp_path, *chain)) == {pair("2", "3")}
    taken_back = line("same", "1", "2"), line("withdrawn", "1", "2")
    assert fallen_in(written(tmp_path, *taken_back, *chain)) == {pair("2", "3")}, (
        "nor by what was taken back before"
    )
    second = line("same", "1", "2", sample="autumn", by="bob")
    assert fallen_in(written(tmp_path, *chain, second)) == {pair("1", "2"), pair("2", "3")}


def test_files_that_cannot_be_read_tell_nothing(tmp_path: Path) -> None:
    assert fallen_in(written(tmp_path, line("perhaps", "1", "2"))) == frozenset()
