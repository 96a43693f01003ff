"""Review decisions: the last word on a pair holds, and every line that cannot be read is named."""

from __future__ import annotations

import hashlib
import json
from pathlib import Path

import pytest

from vestry.errors import DecisionsInvalid
from vestry.linkage.decisions import decided_apart, read_decision_files, read_decisions

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


def write(folder: Path, name: str, *lines: str) -> None:
    (folder / name).write_text("".join(f"{one}\n" for one in lines), encoding="utf-8")


def said(decision: str, at: str = "", by: str = "a", sample: str = "") -> str:
    return json.dumps({"decision": decision, "left": ONE, "right": TWO, "by": by, "at": at, "sample": sample})


def held(folder: Path) -> list[bool]:
    return [d.same for d in read_decisions(folder)]


def test_the_last_word_is_by_time_whatever_the_files_are_called(tmp_path: Path) -> None:
    write(tmp_path, "z.jsonl", said("same", "2026-01-01"))
    write(tmp_path, "a.jsonl", said("different", "2026-02-01T09:00:00+00:00"))
    assert held(tmp_path) == [False]


def test_in_one_file_a_later_line_is_a_later_word_whatever_the_clock_said(tmp_path: Path) -> None:
    write(tmp_path, "a.jsonl", said("same", "2026-02-01"), said("different", "2026-01-01"))
    assert held(tmp_path) == [False]
    write(tmp_path, "a.jsonl", said("different", "2026-02-01"), line("same"))
    assert held(tmp_path) == [True]


@pytest.mark.parametrize(
    ("words", "holds"),
    [
        (["same", "withdrawn"], []),
        (["same", "cannot tell"], []),
        (["cannot tell", "different"], [False]),
        (["withdrawn", "same"], [True]),
        (["same", "withdrawn", "different"], [False]),
    ],
)
def test_words_that_decide_nothing(tmp_path: Path, words: list[str], holds: list[bool]) -> None:
    write(tmp_path, "a.jsonl", *map(line, words))
    assert held(tmp_path) == holds


@pytest.mark.parametrize(
    ("lines", "holds"),
    [
        ([said("same", by="ann", sample="s")], [True]),
        ([said("same", by="ann", sample="s"), said("same", by="ben", sample="s")], [True]),
        ([said("same", by="ann", sample="s"), said("different", by="ben", sample="s")], [False]),
        ([said("different", by="ann", sample="s"), said("same", by="ben", sample="s")], [False]),
        ([said("different", by="ann", sample="s"), said("same", by="ann", sample="s")], [True]),
        ([said("same", by="ann", sample="s"), said("different", by="ben", sample="s"), said("same", by="cat")], [True]),
        ([said("same", by="cat"), said("different", by="ben", sample="s")], [False]),
        ([said("different", by="ann", sample="s"), said("withdrawn", by="ann", sample="s")], []),
        ([said("same", by="ann", sample="s"), said("cannot tell", by="ben", sample="s")], [True]),
    ],
)  # fmt: skip
def test_reviewers_of_a_sample_who_disagree_keep_a_pair_apart(
    tmp_path: Path, lines: list[str], holds: list[bool]
) -> None:
    """Until somebody decides it outside the sample: nobody's answer is the last when none sees the other's."""
    write(tmp_path, "a.jsonl", *lines)
    assert held(tmp_path) == holds


def test_lines_that_say_nothing_of_two_units(tmp_path: Path) -> None:
    bad = [
        line("different", ONE, ONE),
        line("same", ONE, {**TWO, "kind": "dragon"}),
        json.dumps({**json.loads(line("same")), "by": {"a": 1}}),
    ]
    write(tmp_path, "a.jsonl", line("same"), *bad)
    (tmp_path / "b.jsonl").mkdir()
    with pytest.raises(DecisionsInvalid) as caught:
        read_decisions(tmp_path)
    lines = [f"decisions/a.jsonl, line {n}" for n in (2, 3, 4)]
    assert [p.where for p in caught.value.problems] == [*lines, "decisions/b.jsonl"]


def test_what_keeps_them_apart_is_the_word_of_whoever_said_so(tmp_path: Path) -> None:
    write(tmp_path, "a.jsonl", said("different", by="ann", sample="s"), said("same", by="ben", sample="s"))
    (decision,) = read_decisions(tmp_path)
    assert decision.line is not None and (decision.line.by, decision.line.word) == ("ann", "different")


def test_times_of_other_zones_and_times_that_are_none(tmp_path: Path) -> None:
    write(tmp_path, "a.jsonl", said("same", "2026-01-01T09:30:00+00:00"))
    write(tmp_path, "b.jsonl", said("different", "2026-01-01T10:00:00+01:00"))
    assert held(tmp_path) == [True], "an hour ahead of UTC it was said half an hour before"
    write(tmp_path, "c.jsonl", said("same", "29 November 2026"))
    with pytest.raises(DecisionsInvalid) as caught:
        read_decisions(tmp_path)
    assert [p.where for p in caught.value.problems] == ["decisions/c.jsonl, line 1"]


def test_a_word_is_written_where_it_comes_last_also_after_a_clock_that_ran_ahead(tmp_path: Path) -> None:
    now = "2026-11-20T12:00:00+00:00"
    assert read_decision_files(tmp_path).file_for(now) == "2026-11-20.jsonl"
    write(tmp_path, "2026-11-19.jsonl", said("same", "2026-11-19T12:00:00+00:00"))
    assert read_decision_files(tmp_path).file_for(now) == "2026-11-20.jsonl"
    write(tmp_path, "2026-12-05.jsonl", said("same", "2026-12-05T12:00:00+00:00"))
    file = read_decision_files(tmp_path).file_for(now)
    assert file == "2026-12-05.jsonl"
    write(tmp_path, file, (tmp_path / file).read_text().strip(), said("different", now))
    assert held(tmp_path) == [False]


def test_files_and_lines_are_of_one_moment(tmp_path: Path) -> None:
    write(tmp_path, "a.jsonl", line("same"))
    (tmp_path / "key").write_text("00" * 32)
    found = read_decision_files(tmp_path)
    assert set(found.hashes) == {"a.jsonl", "key"}
    assert found.hashes["a.jsonl"] == hashlib.sha256((tmp_path / "a.jsonl").read_bytes()).hexdigest()
    assert [one.where for one in found.lines] == ["decisions/a.jsonl, line 1"]
