"""Files of decisions, one line of JSON for each word: what reviewers said of pairs, and of addresses. Read here, for both.

Files are named by their day and only added to, so that a later line of one file is a later word, whatever the clock said.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any, TypeVar

from vestry.errors import DecisionsInvalid, Problem

Line = TypeVar("Line")

NOT_ONE = (ValueError, KeyError, TypeError, AttributeError)
"""What reading a line may raise where it is no decision."""


def read_lines(
    folder: Path, line: Callable[[Any, str], Line], *, called: str, problem: str, fix: str
) -> tuple[list[tuple[str, int, Line]], dict[str, str]]:
    """((name of file, number, line) of every line, file after file; name -> SHA-256 of every file). Each file is read once, so
    that lines and hashes agree.

    `line` makes one of what the JSON says and of where it stands (the folder is `called` so). Raises DecisionsInvalid with every
    line that cannot be read: what the `problem` is, and how to `fix` it.
    """
    problems: list[Problem] = []
    found: list[tuple[str, int, Line]] = []
    hashes: dict[str, str] = {}
    for path in sorted(folder.glob("*.jsonl")) if folder.is_dir() else []:
        if not path.is_file():
            told = f"{called}/{path.name}"
            problems.append(Problem(what="This is no file.", where=told, fix="move it elsewhere"))
            continue
        content = path.read_bytes()
        hashes[path.name] = hashlib.sha256(content).hexdigest()
        for number, text in enumerate(content.decode("utf-8", errors="replace").split("\n"), start=1):
            if not text.strip():
                continue
            where = f"{called}/{path.name}, line {number}"
            try:
                found.append((path.name, number, line(json.loads(text), where)))
            except NOT_ONE:
                problems.append(Problem(what=problem, where=where, fix=fix))
    if problems:
        raise DecisionsInvalid("Some decisions cannot be read.", problems=problems)
    return found, hashes
