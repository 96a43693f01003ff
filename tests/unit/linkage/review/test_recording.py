"""A decision is on the disk whole or not at all, whoever else writes at the time."""

from __future__ import annotations

import json
import os
import stat
import subprocess
import sys
from pathlib import Path

import pytest

from vestry.errors import PlaceNotWritable
from vestry.linkage.review.recording import held, record, write_whole

SAID = {"decision": "same", "at": "2026-11-20T12:00:00+00:00"}
FILE = "2026-11-20.jsonl"

WRITER = """
import sys
from pathlib import Path
from vestry.linkage.review.recording import held, record
folder, who = Path(sys.argv[1]), sys.argv[2]
for number in range(150):
    with held(folder):
        record(folder, {"at": "2026-11-20T12:00:00+00:00", "by": who, "number": number, "reason": "x" * 3000}, "2026-11-20.jsonl")
"""


def test_files_are_their_owners_alone(tmp_path: Path) -> None:
    folder = tmp_path / "decisions"
    with held(folder):
        assert record(folder, SAID, FILE) == FILE
    assert stat.S_IMODE(folder.stat().st_mode) == 0o700
    for name in ("2026-11-20.jsonl", ".lock"):
        assert stat.S_IMODE((folder / name).stat().st_mode) == 0o600


def test_reviewers_who_write_at_once_lose_nothing(tmp_path: Path) -> None:
    folder = tmp_path / "decisions"
    inherited = dict(os.environ, PYTHONPATH=os.pathsep.join(sys.path))
    writers = [
        subprocess.Popen([sys.executable, "-c", WRITER, str(folder), who], env=inherited)
        for who in ("ann", "ben", "cat")
    ]
    assert [w.wait() for w in writers] == [0, 0, 0]
    lines = [json.loads(line) for line in (folder / "2026-11-20.jsonl").read_text().splitlines()]
    for who in ("ann", "ben", "cat"):
        assert [line["number"] for line in lines if line["by"] == who] == list(range(150))


def test_one_reviewer_waits_while_another_writes(tmp_path: Path) -> None:
    """The key, and what stood before, are looked at and written without anyone between."""
    waits = WRITER.replace("for number in range(150):", "print('ready', flush=True)\nfor number in range(1):")
    inherited = dict(os.environ, PYTHONPATH=os.pathsep.join(sys.path))
    with held(tmp_path):
        other = subprocess.Popen(
            [sys.executable, "-c", waits, str(tmp_path), "ben"], env=inherited, stdout=subprocess.PIPE
        )
        assert other.stdout is not None and other.stdout.readline() == b"ready\n"
        with pytest.raises(subprocess.TimeoutExpired):
            other.wait(timeout=1)
        assert not list(tmp_path.glob("*.jsonl"))
    with other:
        assert other.wait() == 0
    assert list(tmp_path.glob("*.jsonl"))


def test_nothing_that_was_there_is_changed(tmp_path: Path) -> None:
    """Also where the last line had no end: it may have been written by hand."""
    path = tmp_path / "2026-11-20.jsonl"
    path.write_bytes(b'{"decision": "different"}')
    with held(tmp_path):
        record(tmp_path, SAID, FILE)
    first, second = path.read_bytes().splitlines()
    assert first == b'{"decision": "different"}' and json.loads(second) == SAID


def test_a_line_that_does_not_fit_is_taken_out_again(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with held(tmp_path):
        record(tmp_path, SAID, FILE)
    before = (tmp_path / "2026-11-20.jsonl").read_bytes()
    real = os.write
    monkeypatch.setattr(os, "write", lambda handle, content: real(handle, content[:10]))
    with held(tmp_path), pytest.raises(PlaceNotWritable):
        record(tmp_path, SAID, FILE)
    assert (tmp_path / "2026-11-20.jsonl").read_bytes() == before


def test_a_folder_that_refuses_is_told(tmp_path: Path) -> None:
    (tmp_path / "decisions").write_text("a file in its place")
    with pytest.raises(PlaceNotWritable), held(tmp_path / "decisions"):
        pass
    with pytest.raises(PlaceNotWritable):
        write_whole(tmp_path / "decisions" / "samples" / "a.json", "x")
