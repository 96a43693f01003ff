"""Changes to what a row describes: what a part says of itself and of the others, and a part that is taken out.

What a part says that nobody chose anew stays as it is written.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from ruamel.yaml.comments import CommentedMap, CommentedSeq

from vestry.contracts.complaints import UNFILLED
from vestry.contracts.notation import REFERENCES
from vestry.contracts.yaml_text import drop, flow, flow_list, quoted, said, say

_ALWAYS_LISTS: Final = ("about", "within", "areas")
"""Attributes that are written as a list, of one too."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PartEdit:
    """What one part is to be: attribute (or `present_when`) -> its texts, none where it is not said. Others stay."""

    name: str
    says: Mapping[str, tuple[str, ...]]
    taken_out: bool = False


def add_part(schema: CommentedMap, name: str, kind: str) -> None:
    """One thing more that a row describes."""
    described = said(schema, "vestry.describes")
    if isinstance(described, CommentedMap):
        described[name] = flow({"kind": kind})
    else:
        say(schema, "vestry.describes", CommentedMap({name: flow({"kind": kind})}))


def edit_parts(schema: CommentedMap, edits: Sequence[PartEdit]) -> None:
    """Let the parts of a table say what was chosen; those taken out leave nothing that speaks of them."""
    described = said(schema, "vestry.describes")
    if not isinstance(described, CommentedMap):
        return
    for edit in edits:
        part = described.get(edit.name)
        if isinstance(part, CommentedMap) and not edit.taken_out:
            for attribute, texts in edit.says.items():
                _say_of(part, attribute, texts)
    for name in [edit.name for edit in edits if edit.taken_out]:
        drop(described, name)
        for part in described.values():
            for attribute in REFERENCES if isinstance(part, CommentedMap) else ():
                _say_of(part, attribute, tuple(n for n in _texts(part.get(attribute)) if n != name))
        for column in schema.get("properties") or ():
            _leave(column, name)


def _say_of(part: CommentedMap, attribute: str, texts: tuple[str, ...]) -> None:
    now = part.get(attribute)
    if _texts(now) == texts:
        return
    if not texts:
        if now != UNFILLED:  # a draft's question stays until somebody answers it
            drop(part, attribute)
    elif len(texts) > 1 or attribute in _ALWAYS_LISTS:
        part[attribute] = flow_list(texts)
    else:
        part[attribute] = quoted(texts[0])


def _texts(value: Any) -> tuple[str, ...]:
    if value is None:
        return ()
    return tuple(map(str, value)) if isinstance(value, list) else (str(value),)


def _leave(column: CommentedMap, part: str) -> None:
    """Let a column feed nothing of a part."""
    fed = said(column, "vestry.field")
    if not isinstance(fed, CommentedSeq):
        if _of(fed, part):
            say(column, "vestry.field", None)
        return
    for at in reversed([n for n, one in enumerate(fed) if _of(one, part)]):
        del fed[at]
    if not fed:
        say(column, "vestry.field", None)


def _of(target: Any, part: str) -> bool:
    written = target.get("to") if isinstance(target, Mapping) else target
    return str(written).partition(".")[0] == part
