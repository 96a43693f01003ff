"""What the makers of reference pages share: tables, codes and sentences in Markdown."""

from __future__ import annotations

from collections.abc import Iterable, Sequence


def table(heads: Sequence[str], rows: Iterable[Sequence[str]]) -> list[str]:
    """A table, cells on one line each."""
    lines = [f"| {' | '.join(heads)} |", f"|{'---|' * len(heads)}"]
    for row in rows:
        cells = [cell.replace("|", "\\|").replace("\n", " ") for cell in row]
        lines.append(f"| {' | '.join(cells)} |")
    return lines


def codes(words: Iterable[str]) -> str:
    """Words as code, parted by commas."""
    return ", ".join(f"`{word}`" for word in words)


def sentence(text: str | None) -> str:
    """Text on one line."""
    return " ".join((text or "").split())
