"""YAML that remembers its lines: plain values, and for each of them the line on which it was written.

A contract is written by hand and mended by hand, so every problem has to say where. Contracts may come from
outside: what makes YAML dangerous (anchors, tags, endless nesting, size) is refused while it is read. The
events of the parser are read as they come, because every command reads every contract before it begins.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, Final

import yaml
from yaml.events import (
    CollectionEndEvent,
    CollectionStartEvent,
    DocumentStartEvent,
    Event,
    MappingStartEvent,
    NodeEvent,
    ScalarEvent,
)

Step = str | int
Steps = tuple[Step, ...]
"""The way to a value from the top of a file: names of mappings, positions (from 0) in lists."""

LARGEST: Final = 1_000_000
"""Bytes of the largest file that is read; the county's longest contract is a tenth of that."""

NUL: Final = "\0"
"""YAML can write it; no row can hold it, and no engine takes it in a statement."""

DEEPEST: Final = 40
"""Lists and mappings within each other, at most; a contract with every word of ours has about ten."""

_LOADER: Final = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
"""libyaml's parser, ten times as fast, where PyYAML was built with it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Fault:
    """Something wrong with the YAML itself: `what`, the `line` (from 1, 0 when it has none) and the `fix`."""

    what: str
    line: int
    fix: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Document:
    """The value of a file (None when it could not be read), the line of each value, and what is wrong."""

    value: Any
    lines: Mapping[Steps, int] = field(default_factory=dict)
    faults: tuple[Fault, ...] = ()

    def line(self, steps: Steps) -> int:
        """The line of the value at `steps`, or of the nearest value around it; 0 when nothing is known."""
        for length in range(len(steps), -1, -1):
            found = self.lines.get(steps[:length])
            if found is not None:
                return found
        return 0


class _Unreadable(Exception):
    """The rest of the file cannot be read, because of `fault`."""

    def __init__(self, what: str, line: int, fix: str) -> None:
        super().__init__(what)
        self.fault = Fault(what=what, line=line, fix=fix)


_WORDS: Final[Mapping[str, bool | float | None]] = {
    **dict.fromkeys(("", "~", "null", "Null", "NULL")),
    **dict.fromkeys(("true", "True", "TRUE"), True),
    **dict.fromkeys(("false", "False", "FALSE"), False),
    **{sign + word: float(sign + "inf") for sign in ("", "+", "-") for word in (".inf", ".Inf", ".INF")},
    **dict.fromkeys((".nan", ".NaN", ".NAN"), float("nan")),
}
_NUMBER: Final = re.compile(
    r"(?P<decimal>[-+]?[0-9]+)|(?P<octal>0o[0-7]+)|(?P<hexadecimal>0x[0-9a-fA-F]+)"
    r"|(?P<fraction>[-+]?(?:\.[0-9]+|[0-9]+(?:\.[0-9]*)?)(?:[eE][-+]?[0-9]+)?)"
)
_BASES: Final = {"decimal": 10, "octal": 8, "hexadecimal": 16}


def _resolved(text: str) -> Any:
    """What `text`, written without quotes, stands for by the core schema of YAML 1.2 (section 10.3.2).

    Nothing else is taken for anything but text: not `yes`, `no` and `on`, which are words that a source may
    use as codes, and not dates, which JSON, and so ODCS, does not have.
    """
    if text in _WORDS:
        return _WORDS[text]
    found = _NUMBER.fullmatch(text)
    if found is None:
        return text
    base = _BASES.get(found.lastgroup or "")
    try:
        return float(text) if base is None else int(text, base)
    except ValueError:
        # Python reads no whole number of thousands of digits.
        return text


class _Reading:
    """One walk over the events of a parser, gathering values, lines and faults."""

    def __init__(self, events: Iterator[Event]) -> None:
        self._events = events
        self.lines: dict[Steps, int] = {}
        self.faults: list[Fault] = []

    def document(self) -> Any:
        """The value of the only document. Raises _Unreadable when there is none, or another."""
        next(self._events)
        if not isinstance(next(self._events), DocumentStartEvent):
            raise _Unreadable("The file is empty.", 0, "write a contract, or remove the file")
        value = self._value(next(self._events), ())
        next(self._events)
        after = next(self._events)
        if isinstance(after, DocumentStartEvent):
            raise _Unreadable(
                "This is not valid YAML: it holds a second document.", _line(after), "mend the YAML there"
            )
        return value

    def _value(self, event: Event, steps: Steps) -> Any:
        self.lines.setdefault(steps, _line(event))
        if not self._plain(event):
            self._pass(event)
            return None
        if isinstance(event, ScalarEvent):
            return event.value if event.style else _resolved(event.value)
        _check_depth(len(steps), event)
        return self._mapping(steps) if isinstance(event, MappingStartEvent) else self._list(steps)

    def _list(self, steps: Steps) -> list[Any]:
        out: list[Any] = []
        while not isinstance(event := next(self._events), CollectionEndEvent):
            out.append(self._value(event, (*steps, len(out))))
        return out

    def _mapping(self, steps: Steps) -> dict[Any, Any]:
        out: dict[Any, Any] = {}
        while not isinstance(event := next(self._events), CollectionEndEvent):
            line = _line(event)
            if (
                not isinstance(event, ScalarEvent)
                or event.anchor is not None
                or event.tag is not None
                or NUL in event.value
            ):
                self._fault("A name here is not plain text.", line, "write a plain name")
                self._pass(event)
                self._pass(next(self._events))
                continue
            key = event.value if event.style else _resolved(event.value)
            if key in out:
                self._fault(f"`{key}` is said twice in one place.", line, "keep one of the two")
                self._pass(next(self._events))
                continue
            below = (*steps, key)
            self.lines[below] = line
            out[key] = self._value(next(self._events), below)
        return out

    def _plain(self, event: Event) -> bool:
        """Whether `event` begins a value without anchor, alias or tag; otherwise that is a fault."""
        assert isinstance(event, NodeEvent)
        if event.anchor is not None:
            # An alias repeats a whole branch; nine levels of it make a file of 1 kB into one of 1 GB.
            self._fault(
                "A contract may not use YAML anchors (`&`) and aliases (`*`).", _line(event), "write it out"
            )
            return False
        if isinstance(event, ScalarEvent | CollectionStartEvent) and event.tag is not None:
            self._fault("A contract may not use YAML tags (`!`).", _line(event), "write the plain value")
            return False
        if isinstance(event, ScalarEvent) and NUL in event.value:
            self._fault("A text holds a character that no file can (`\\0`).", _line(event), "take it out")
            return False
        return True

    def _pass(self, event: Event) -> None:
        """Read past the value that `event` begins."""
        depth = 0
        while True:
            depth += isinstance(event, CollectionStartEvent) - isinstance(event, CollectionEndEvent)
            if depth == 0:
                return
            _check_depth(depth, event)
            event = next(self._events)

    def _fault(self, what: str, line: int, fix: str) -> None:
        self.faults.append(Fault(what=what, line=line, fix=fix))


def _line(event: Event) -> int:
    return event.start_mark.line + 1 if event.start_mark is not None else 0


def _check_depth(depth: int, event: Event) -> None:
    """Stop before there is more than a parser, or a walk over its values, can hold."""
    if depth >= DEEPEST:
        raise _Unreadable(
            "The file is nested too deeply to be a contract.", _line(event), "check that it is a contract"
        )


def read_yaml(content: bytes) -> Document:
    """The document in `content`, whatever is wrong with it: faults are returned, never raised."""
    try:
        reading = _Reading(yaml.parse(_text(content), Loader=_LOADER))
        value = reading.document()
    except _Unreadable as unreadable:
        return Document(value=None, faults=(unreadable.fault,))
    except yaml.MarkedYAMLError as error:
        line = error.problem_mark.line + 1 if error.problem_mark is not None else 0
        said = f"This is not valid YAML: {error.problem or error.context}."
        return Document(value=None, faults=(Fault(what=said, line=line, fix="mend the YAML there"),))
    except yaml.YAMLError:
        said = "This is not valid YAML: it holds characters that YAML does not allow."
        return Document(value=None, faults=(Fault(what=said, line=0, fix="take them out"),))
    return Document(value=value, lines=reading.lines, faults=tuple(reading.faults))


def _text(content: bytes) -> str:
    if len(content) > LARGEST:
        raise _Unreadable(
            "The file is larger than 1 MB, which no contract is.", 0, "check that it is a contract"
        )
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = content.count(b"\n", 0, error.start) + 1
        raise _Unreadable("The file is not UTF-8 text.", line, "save it as UTF-8") from error
