"""YAML that remembers its lines: plain values, and for each of them the line on which it was written.

A contract is written by hand and mended by hand, so every problem has to say where. Contracts may come from
outside: what makes YAML dangerous (anchors, tags, endless nesting, size) is refused before it is read.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Final

from ruamel.yaml import YAML
from ruamel.yaml.error import MarkedYAMLError, YAMLError
from ruamel.yaml.nodes import MappingNode, Node, ScalarNode, SequenceNode

Step = str | int
Steps = tuple[Step, ...]
"""The way to a value from the top of a file: names of mappings, positions (from 0) in lists."""

LARGEST: Final = 1_000_000
"""Bytes of the largest file that is read; the county's longest contract is a tenth of that."""

_CORE: Final = "tag:yaml.org,2002:"
_PLAIN: Final = frozenset(
    {"str", "int", "float", "bool", "null", "timestamp", "map", "seq", "merge", "value"}
)


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


class _Reading:
    """One walk over the node tree, gathering values, lines and faults."""

    def __init__(self, yaml: YAML) -> None:
        self._yaml = yaml
        self.lines: dict[Steps, int] = {}
        self.faults: list[Fault] = []

    def value(self, node: Node, steps: Steps) -> Any:
        line = node.start_mark.line + 1
        self.lines.setdefault(steps, line)
        if node.anchor is not None:
            # An alias repeats a whole branch; nine levels of it make a file of 1 kB into one of 1 GB.
            self.faults.append(
                Fault(
                    what="A contract may not use YAML anchors (`&`) and aliases (`*`).",
                    line=line,
                    fix="write it out",
                )
            )
            return None
        tag = str(node.tag)
        if not tag.startswith(_CORE) or tag.removeprefix(_CORE) not in _PLAIN:
            self.faults.append(
                Fault(what="A contract may not use YAML tags (`!`).", line=line, fix="write the plain value")
            )
            return None
        if isinstance(node, MappingNode):
            return self._mapping(node, steps)
        if isinstance(node, SequenceNode):
            return [self.value(item, (*steps, at)) for at, item in enumerate(node.value)]
        return self._scalar(node)

    def _scalar(self, node: Node) -> Any:
        if str(node.tag).removeprefix(_CORE) in ("int", "float", "bool", "null"):
            try:
                return self._yaml.constructor.construct_object(node)
            except (ValueError, OverflowError):
                return str(node.value)
        # A date stays text: JSON, and so ODCS, has none.
        return str(node.value)

    def _mapping(self, node: MappingNode, steps: Steps) -> dict[Any, Any]:
        out: dict[Any, Any] = {}
        for key_node, value_node in node.value:
            line = key_node.start_mark.line + 1
            if not isinstance(key_node, ScalarNode) or key_node.anchor is not None:
                self.faults.append(
                    Fault(what="A name here is not plain text.", line=line, fix="write a plain name")
                )
                continue
            key = self._scalar(key_node)
            if key in out:
                self.faults.append(
                    Fault(what=f"`{key}` is said twice in one place.", line=line, fix="keep one of the two")
                )
                continue
            self.lines[(*steps, key)] = line
            out[key] = self.value(value_node, (*steps, key))
        return out


def read_yaml(content: bytes) -> Document:
    """The document in `content`, whatever is wrong with it: faults are returned, never raised."""
    if len(content) > LARGEST:
        return _unread(
            "The file is larger than 1 MB, which no contract is.", 0, "check that it is a contract"
        )
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = content.count(b"\n", 0, error.start) + 1
        return _unread("The file is not UTF-8 text.", line, "save it as UTF-8")
    yaml = YAML(typ="safe", pure=True)
    try:
        node = yaml.compose(text)
        if node is None:
            return _unread("The file is empty.", 0, "write a contract, or remove the file")
        reading = _Reading(yaml)
        value = reading.value(node, ())
    except RecursionError:
        return _unread("The file is nested too deeply to be a contract.", 0, "check that it is a contract")
    except MarkedYAMLError as error:
        line = error.problem_mark.line + 1 if error.problem_mark is not None else 0
        return _unread(
            f"This is not valid YAML: {error.problem or error.context}.", line, "mend the YAML there"
        )
    except YAMLError:
        return _unread(
            "This is not valid YAML: it holds characters that YAML does not allow.", 0, "take them out"
        )
    return Document(value=value, lines=reading.lines, faults=tuple(reading.faults))


def _unread(what: str, line: int, fix: str) -> Document:
    return Document(value=None, faults=(Fault(what=what, line=line, fix=fix),))
