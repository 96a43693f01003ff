"""How things look on screen: tables, lines and JSON. Values from records are made safe here."""

from __future__ import annotations

import json
import sys
import unicodedata
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, is_dataclass
from typing import Any, Final

from rich import box
from rich.console import Console
from rich.table import Table
from rich.text import Text

from vestry.cli.suggestions import for_place

PIPE_WIDTH: Final = 200
"""Letters in a line when the output is a file or a pipe, whose reader has no screen to fit."""

_HIDDEN: Final = {"Cc", "Cf"}
"""Unicode categories that a terminal obeys instead of printing: control codes, and turns of direction."""


def screen() -> Console:
    """Standard output as it is now (tests exchange it)."""
    width = None if sys.stdout.isatty() else PIPE_WIDTH
    return Console(file=sys.stdout, width=width, highlight=False, markup=False, emoji=False, soft_wrap=False)


def safe(value: Any) -> str:
    """`value` as text that cannot command a terminal; what would not print shows as a replacement mark."""
    text = (
        ""
        if value is None
        else f"{value:,}"
        if isinstance(value, int) and not isinstance(value, bool)
        else str(value)
    )
    return "".join("\N{REPLACEMENT CHARACTER}" if unicodedata.category(c) in _HIDDEN else c for c in text)


def say(*lines: str) -> None:
    """Print lines as they are, but for the place in commands that they suggest."""
    console = screen()
    for line in lines:
        console.print(Text(for_place(line)), soft_wrap=True)


def heading(text: str) -> None:
    """Print a heading with a line of room above it."""
    screen().print(Text(f"\n{text}", style="bold"))


def table(columns: Sequence[str], rows: Iterable[Sequence[Any]]) -> None:
    """Print rows under `columns`; a column whose every cell is a number is set to the right."""
    cells = [list(row) for row in rows]
    drawn = Table(box=box.SIMPLE_HEAD, pad_edge=False, header_style="bold")
    for at, name in enumerate(columns):
        numbers = bool(cells) and all(isinstance(row[at], int | float) for row in cells)
        drawn.add_column(Text(name), justify="right" if numbers else "left", overflow="fold")
    for row in cells:
        drawn.add_row(*(Text(safe(cell)) for cell in row))
    console = screen()
    with console.capture() as captured:
        console.print(drawn)
    # Without the blanks that fill every line to the table's width, and the empty lines round it.
    lines = [line.rstrip() for line in captured.get().split("\n")]
    sys.stdout.write("\n".join(lines).strip("\n") + "\n")


def count(number: int, noun: str) -> str:
    """`1 contract`, `2 contracts`; for nouns whose plural is an s."""
    return f"{number:,} {noun}" if number == 1 else f"{number:,} {noun}s"


def some_of(names: Sequence[str], most: int = 3) -> str:
    """ "a, b, c and 5 more"."""
    shown = ", ".join(names[:most])
    return shown if len(names) <= most else f"{shown} and {len(names) - most:,} more"


def percentage(share: float) -> str:
    """A share (0 to 1) as a percentage that never rounds up to 100: "99.9%" means that something failed."""
    shown = min(share * 100, 99.9) if share < 1 else 100.0
    return f"{shown:.1f}%"


def json_text(value: Any) -> str:
    """`value` (dataclasses and all) as JSON for another program."""
    return json.dumps(plain(value), ensure_ascii=False, indent=2, default=str)


def say_json(value: Any) -> None:
    """Print `value` as JSON."""
    sys.stdout.write(json_text(value) + "\n")


def plain(value: Any) -> Any:
    """`value` as dictionaries, lists and what JSON has."""
    if is_dataclass(value) and not isinstance(value, type):
        return plain(asdict(value))
    if isinstance(value, Mapping):
        return {str(k): plain(v) for k, v in value.items()}
    if isinstance(value, list | tuple):
        return [plain(v) for v in value]
    if isinstance(value, set | frozenset):
        return sorted(plain(v) for v in value)
    return value
