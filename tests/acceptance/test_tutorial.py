"""The tutorial, typed and read as its reader would: its files written, its changes made, its commands run.

Every line of output that the page shows must be printed, in that order; `…` stands for lines left out. What depends on
the software's own version (release ids), on the machine (seconds) or on training (weights) is compared by its form.
"""

from __future__ import annotations

import re
import shlex
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import pytest

from vestry.cli.app import run
from vestry.settings import Settings
from vestry.wiring import rooms_for

PAGE: Final = Path(__file__).parents[2] / "docs" / "tutorials" / "from-a-csv-to-a-release.md"
LEFT_OUT: Final = "…"

FORMS: Final = (
    (re.compile(r"\b\d{4}-[0-9a-f]{8}\b"), "RELEASE"),
    (re.compile(r"(?<=about )[\d.,]+(?= times)|(?<=1 in )[\d,]+"), "ODDS"),
    (re.compile(r"\d+\.\d s$"), "SECONDS"),
    (re.compile(r"[\s─]+"), " "),
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Block:
    """One fenced block: its language, the file it is about ("" for none) and its lines."""

    language: str
    file: str
    lines: tuple[str, ...]


def blocks(page: str) -> list[Block]:
    """Every fenced block of a page, in order."""
    found = re.findall(r"^```(\w+)(?: (\S+))?\n(.*?)^```$", page, flags=re.M | re.S)
    return [Block(language=lang, file=name, lines=tuple(body.splitlines())) for lang, name, body in found]


def form(line: str) -> str:
    for pattern, name in FORMS:
        line = pattern.sub(name, line)
    return line.strip()


def change(text: str, lines: tuple[str, ...]) -> str:
    """`text` with the one place that fits a diff's lines put right. A line that ends in `…` fits by its start."""
    before = [line[1:] for line in lines if line[:1] in ("-", " ")]
    old = text.splitlines()
    fits = [
        at for at in range(len(old) - len(before) + 1) if all(map(_fits, before, old[at : at + len(before)]))
    ]
    assert len(fits) == 1, f"the change fits {len(fits)} places"
    at = iter(old[fits[0] : fits[0] + len(before)])
    new: list[str] = []
    for line in lines:
        if line.startswith("+"):
            new.append(line[1:])
        elif line.startswith("-"):
            next(at)
        else:
            new.append(next(at))
    return "\n".join([*old[: fits[0]], *new, *old[fits[0] + len(before) :]]) + "\n"


def _fits(wanted: str, line: str) -> bool:
    return line.startswith(wanted[:-1]) if wanted.endswith(LEFT_OUT) else wanted == line


def missing(shown: list[str], printed: str) -> list[str]:
    """The shown lines that were not printed, each looked for after the one before it."""
    lines = [form(line) for line in printed.splitlines()]
    at, absent = 0, []
    for line in shown:
        wanted = form(line)
        if not wanted or wanted == LEFT_OUT:
            continue
        if wanted in lines[at:]:
            at += lines[at:].index(wanted) + 1
        else:
            absent.append(line)
    return absent


def test_the_tutorial(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    rooms = rooms_for(Settings())
    monkeypatch.chdir(tmp_path)
    ran = 0
    for block in blocks(PAGE.read_text(encoding="utf-8")):
        if block.language == "diff":
            path = Path(block.file)
            path.write_text(change(path.read_text(encoding="utf-8"), block.lines), encoding="utf-8")
        elif block.language != "console":
            Path(block.file).write_text("\n".join(block.lines) + "\n", encoding="utf-8")
        for command, *shown in _commands(block):
            words = shlex.split(command)
            if words[0] == "cd":
                monkeypatch.chdir(words[1])
                continue
            assert words[0] == "vestry"
            run(rooms, words[1:])
            out, err = capsys.readouterr()
            assert missing(shown, out + err) == [], command
            ran += 1
    assert ran > 10
    assert Path("people.csv").is_file()


def _commands(block: Block) -> list[list[str]]:
    """Each command of a console block, with the lines shown below it."""
    if block.language != "console":
        return []
    found: list[list[str]] = []
    for line in block.lines:
        if line.startswith("$ "):
            found.append([line[2:]])
        else:
            found[-1].append(line)
    return found


def test_a_line_that_is_not_printed_is_seen() -> None:
    printed = " a    1\n b    2\nPublished release 0003-0a1b2c3d.\n"
    assert missing(["a 1", LEFT_OUT, "Published release 0001-ffffffff."], printed) == []
    assert missing(["b 2", "a 1"], printed) == ["a 1"]
    assert missing(["a 3"], printed) == ["a 3"]


def test_a_change_that_fits_nowhere_is_seen() -> None:
    assert change("a\nb\nc\n", ("-b", "+d")) == "a\nd\nc\n"
    assert change("a: 1  # why\n", ("-a: …", "+a: 2")) == "a: 2\n"
    with pytest.raises(AssertionError):
        change("a\nb\n", ("-z", "+d"))
    with pytest.raises(AssertionError):
        change("b\nb\n", ("-b", "+d"))
