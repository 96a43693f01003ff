"""The first rows of an XML file: which element repeats, its leaves, and the count that the file states."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Final
from xml.etree.ElementTree import Element, ParseError

from defusedxml.common import DefusedXmlException
from defusedxml.ElementTree import iterparse

from vestry.contracts.contract import Layout
from vestry.contracts.sampling import MOST_ROWS, Sample, SampleTable, opened, table_of
from vestry.errors import FileUnreadable

_MOST_ELEMENTS: Final = 200_000
"""Elements looked at to find which one repeats."""


def _local(tag: Any) -> str:
    return str(tag).rpartition("}")[2]


def _events(path: Path, broken: list[str]) -> Iterator[tuple[str, Element]]:
    """Starts and ends of elements. A fault ends them and is noted in `broken`; entities are refused."""
    with opened(path) as file:
        try:
            yield from iterparse(file, events=("start", "end"), forbid_dtd=True)
        except DefusedXmlException:
            raise FileUnreadable(
                "The XML has a document type or entities, which can be used to attack whoever reads it.",
                where=str(path),
                fix="ask for it without a DOCTYPE",
            ) from None
        except ParseError:
            broken.append("the XML is cut short or not well formed; only what comes before is described")


def _row_path(path: Path) -> tuple[str, ...]:
    """The path below the root of the shallowest element that repeats and has elements inside; () if none."""
    way: list[str] = []
    children: list[Counter[str]] = []
    repeated: Counter[tuple[str, ...]] = Counter()
    parents: set[tuple[str, ...]] = set()
    for number, (event, element) in enumerate(_events(path, [])):
        if event == "start":
            way.append(_local(element.tag))
            if children:
                parents.add(tuple(way[1:-1]))
                children[-1][way[-1]] += 1
                if children[-1][way[-1]] > 1:
                    repeated[tuple(way[1:])] += 1
            children.append(Counter())
        else:
            way.pop()
            children.pop()
            element.clear()
        if number > 2 * _MOST_ELEMENTS:
            break
    fit = [p for p in repeated if p in parents]
    return min(fit, key=lambda p: (len(p), -repeated[p]), default=())


def sample_xml(path: Path) -> Sample | None:
    """What an XML file holds; None when no element in it repeats. Raises FileUnreadable."""
    wanted = _row_path(path)
    if not wanted:
        return None
    rows: list[dict[str, str]] = []
    repeats: Counter[str] = Counter()
    outside: dict[str, str] = {}
    broken: list[str] = []
    way: list[str] = []
    whole = True
    for event, element in _events(path, broken):
        if event == "start":
            way.append(_local(element.tag))
            continue
        here = tuple(way[1:])
        way.pop()
        if here == wanted:
            rows.append(_leaves(element, repeats))
            element.clear()
        elif here[: len(wanted)] != wanted:
            if len(element) == 0 and here:
                outside["/".join(here)] = (element.text or "").strip()
            element.clear()
        if len(rows) >= MOST_ROWS:
            whole = False
            break
    total = _control_total(outside, len(rows)) if whole and not broken else None
    table = _table(wanted, rows, total, repeats)
    return Sample(
        layout=Layout(format="xml"), tables=(table,), whole=whole and not broken, doubts=tuple(broken)
    )


def _leaves(row: Element, repeats: Counter[str]) -> dict[str, str]:
    """Path below the row -> text, for each leaf and attribute; of elements that repeat, the first."""
    found: dict[str, str] = {}

    def walk(element: Element, path: str) -> None:
        for name, text in element.attrib.items():
            if not name.startswith("{"):
                found[f"{path}/@{name}" if path else f"@{name}"] = text.strip()
        seen: Counter[str] = Counter()
        for child in element:
            name = _local(child.tag)
            seen[name] += 1
            below = f"{path}/{name}" if path else name
            if seen[name] > 1:
                repeats[below] = max(repeats[below], seen[name])
            elif len(child):
                walk(child, below)
            else:
                found[below] = (child.text or "").strip()

    walk(row, "")
    return found


def _table(
    wanted: tuple[str, ...], rows: list[dict[str, str]], total: str | None, repeats: Counter[str]
) -> SampleTable:
    paths = list(dict.fromkeys(p for row in rows for p in row))
    inner = {p.rsplit("/", 1)[0] for p in paths if "/" in p}
    paths = [p for p in paths if p not in inner]  # an empty <Scores/> is no leaf where others have some
    last = Counter(p.rsplit("/", 1)[-1].lstrip("@").lower() for p in paths)
    names = []
    for path in paths:
        leaf = path.rsplit("/", 1)[-1].lstrip("@")
        names.append(leaf if last[leaf.lower()] == 1 else path.replace("/", "_").replace("@", ""))
    doubts = tuple(
        f"{path} comes up to {times} times in one row: only its first is described"
        for path, times in repeats.items()
    )
    return table_of(
        wanted[-1].lower() if re.fullmatch(r"[A-Za-z0-9_-]+", wanted[-1]) else "rows",
        names,
        paths,
        [tuple(row.get(p, "") for p in paths) for row in rows],
        path="/".join(wanted),
        control_total=total,
        doubts=doubts,
    )


def _control_total(outside: dict[str, str], rows: int) -> str | None:
    """The path of the one leaf outside the rows that holds their number."""
    fit = [p for p, text in outside.items() if text.isdigit() and len(text) < 12 and int(text) == rows]
    counting = [p for p in fit if "count" in p.lower() or "total" in p.lower()]
    return counting[0] if counting else None
