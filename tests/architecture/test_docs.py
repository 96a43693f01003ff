"""The documents speak of what is there: every command and option, every file, every page within reach.

That links lead somewhere is held in `test_habits`, that the tutorial runs in `acceptance/test_tutorial`.
"""

from __future__ import annotations

import re
import shlex
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import pytest
from typer.main import get_command

from vestry.cli.app import app

ROOT = Path(__file__).parents[2]
FRONT = ("README.md", "GLOSSARY.md", "SECURITY.md", "CHANGELOG.md", "CONTRIBUTING.md")
PAGES = [*(ROOT / name for name in FRONT), *sorted((ROOT / "docs").rglob("*.md"))]
SPOKEN_OF = ("src", "tests", "docs", "examples", "benchmarks")

FENCED = re.compile(r"^```[^\n]*\n(.*?)^```", re.M | re.S)
INLINE = re.compile(r"`(vestry\s[^`]+)`")
TYPED = re.compile(r"^(?:\$ | {4}|)(vestry\s.*)$", re.M)


def below_root(path: Path) -> str:
    return path.relative_to(ROOT).as_posix()


def commands_in(page: str) -> Iterator[str]:
    """Every command line that a page shows or names."""
    for block in FENCED.findall(page):
        yield from TYPED.findall(block)
    prose = FENCED.sub("", page)
    yield from TYPED.findall("\n".join(line for line in prose.splitlines() if line.startswith("    ")))
    yield from (" ".join(said.split()) for said in INLINE.findall(prose))


def faults_of(line: str) -> list[str]:
    """What in a command line is none of ours: a command, an option. Words in capitals stand for something else."""
    try:
        words = shlex.split(line.partition("  ")[0], comments=True)[1:]
    except ValueError:
        return [f"cannot be typed: {line}"]
    command: Any = get_command(app)
    while hasattr(command, "commands") and words and not words[0].startswith("-") and not words[0].isupper():
        if words[0] not in command.commands:
            return [f"no command: {line}"]
        command = command.commands[words.pop(0)]
    options = {"--help", *(o for p in command.params for o in (*p.opts, *p.secondary_opts))}
    return [f"no option {w}: {line}" for w in words if w.startswith("--") and w.split("=")[0] not in options]


@pytest.mark.parametrize("page", PAGES, ids=below_root)
def test_commands_exist(page: Path) -> None:
    assert [f for line in commands_in(page.read_text(encoding="utf-8")) for f in faults_of(line)] == []


def test_the_walk_sees_commands_that_are_not_there() -> None:
    page = (
        "Type `vestry stat` or `vestry find\n--nmae x`.\n\n    vestry build --again\n\n"
        "```console\n$ vestry contract chek\nvestry.field\n```\n"
    )
    assert [bool(faults_of(line)) for line in commands_in(page)] == [True, False, True, True]


@pytest.mark.parametrize("page", PAGES, ids=below_root)
def test_make_targets_exist(page: Path) -> None:
    targets = set(re.findall(r"^([a-z-]+):", (ROOT / "Makefile").read_text(encoding="utf-8"), re.M))
    named = re.findall(
        r"(?:`|^ {4}|^)make ([a-z][a-z-]+)\b(?=`|  |$| [A-Z])", page.read_text(encoding="utf-8"), re.M
    )
    assert set(named) <= targets


@pytest.mark.parametrize("page", PAGES, ids=below_root)
def test_files_named_exist(page: Path) -> None:
    """Paths in backquotes that begin as ours do, or that name a module by its room."""
    named = re.findall(r"`((?:[\w.-]+/)+[\w-]+\.(?:py|md|svg|toml))`", page.read_text(encoding="utf-8"))
    rooms = {p.name for p in (ROOT / "src" / "vestry").iterdir() if p.is_dir()}
    for name in named:
        first = name.split("/")[0]
        if first in SPOKEN_OF:
            assert (ROOT / name).is_file(), name
        elif first in rooms:
            assert (ROOT / "src" / "vestry" / name).is_file(), name


def test_every_page_is_in_the_index() -> None:
    index = (ROOT / "docs" / "index.md").read_text(encoding="utf-8")
    linked = {((ROOT / "docs") / link).resolve() for link in re.findall(r"\]\(([^)#]+)", index)}
    assert [below_root(page) for page in PAGES if page not in linked and page.name != "index.md"] == []


def test_the_readme_is_short() -> None:
    assert len((ROOT / "README.md").read_text(encoding="utf-8").splitlines()) < 120


@pytest.mark.parametrize("page", sorted((ROOT / "docs" / "adr").glob("*.md")), ids=below_root)
def test_a_decision_is_under_a_page(page: Path) -> None:
    text = page.read_text(encoding="utf-8")
    assert len(text.splitlines()) <= 50
    assert "**Context" in text
    assert "**Consequences" in text


@pytest.mark.parametrize("picture", sorted((ROOT / "docs" / "pictures").glob("*.svg")), ids=below_root)
def test_a_picture_says_what_it_shows(picture: Path) -> None:
    drawn = ElementTree.parse(picture).getroot()
    said = {child.tag.rpartition("}")[2]: (child.text or "").strip() for child in drawn}
    assert said.get("title")
    assert said.get("desc")
    fetched = [v for e in drawn.iter() for k, v in e.attrib.items() if k.endswith("href")]
    assert not fetched, "a picture fetches nothing"
