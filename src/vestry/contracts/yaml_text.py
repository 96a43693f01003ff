"""The text of a contract as a tree that keeps its comments and its layout, and what is set in one.

What it holds was checked by nobody yet: `reading` does that.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from io import StringIO
from typing import Any, Final

from ruamel.yaml import YAML
from ruamel.yaml.comments import CommentedMap, CommentedSeq
from ruamel.yaml.scalarstring import DoubleQuotedScalarString

from vestry.contracts.yaml_places import LARGEST
from vestry.errors import ContractInvalid

_NOT_TEXT: Final = frozenset({"yes", "no", "on", "off", "true", "false", "null", "y", "n"})
"""Words that some reader of YAML takes for something else."""


def tree_of(text: str) -> CommentedMap:
    """The tree of `text`. Raises ContractInvalid where it is no mapping, or larger than any contract."""
    if len(text.encode()) > LARGEST:
        raise _no_contract()
    found = _yaml().load(text)
    if not isinstance(found, CommentedMap):
        raise _no_contract()
    return found


def _no_contract() -> ContractInvalid:
    return ContractInvalid("The text is no contract.", where="contract", fix="draft it anew from a file")


def text_of(top: CommentedMap) -> str:
    """The tree as text, each value on one line."""
    out = StringIO()
    _yaml().dump(top, out)
    return out.getvalue()


def _yaml() -> YAML:
    yaml = YAML()
    yaml.width = 100_000
    yaml.preserve_quotes = True
    yaml.indent(mapping=2, sequence=2, offset=0)
    return yaml


def said(holder: CommentedMap, name: str) -> Any:
    """The value of a custom property; None where there is none of that name."""
    for item in holder.get("customProperties") or ():
        if isinstance(item, Mapping) and item.get("property") == name:
            return item.get("value")
    return None


def say(holder: CommentedMap, name: str, value: Any) -> None:
    """Set a custom property, or take it out (None)."""
    listed = holder.get("customProperties")
    if not isinstance(listed, CommentedSeq):
        if value is None:
            return
        listed = holder["customProperties"] = CommentedSeq()
    for at, item in enumerate(listed):
        if isinstance(item, Mapping) and item.get("property") == name:
            if value is None:
                del listed[at]
                if not listed:
                    del holder["customProperties"]
            else:
                listed[at]["value"] = value
            return
    if value is not None:
        listed.append(flow({"property": name, "value": value}))


def drop(holder: CommentedMap, name: str) -> None:
    """Take a name out with what it says. Comments on lines of their own after it stay: they speak of what comes next."""
    if name not in holder:
        return
    names = list(holder)
    before = names[names.index(name) - 1] if names[0] != name else None
    trailing = next((t for t in (holder.ca.items.pop(name, None) or ())[2:3]), None)
    del holder[name]
    own = str(trailing.value).partition("\n")[2] if trailing is not None else ""
    if trailing is None or before is None or not own.strip():
        return
    kept = holder.ca.items.setdefault(before, [None, None, None, None])
    if kept[2] is not None:
        kept[2].value = f"{kept[2].value.rstrip()}\n{own}"
    else:
        trailing.value = f"\n{own}"
        kept[2] = trailing


def settle(holder: CommentedMap, name: str, values: Mapping[str, Any], usual: Mapping[str, Any]) -> None:
    """Let a custom property that is a mapping say `values`. What it has so already, or is `usual` and unsaid, stays."""
    now = said(holder, name)
    mapping = now if isinstance(now, CommentedMap) else flow({})
    for key, value in values.items():
        if mapping.get(key, usual[key]) != value:
            mapping[key] = value
    if mapping is not now and mapping:
        say(holder, name, mapping)


def flow(values: Mapping[Any, Any]) -> CommentedMap:
    """A mapping on one line."""
    made = CommentedMap(values)
    made.fa.set_flow_style()
    return made


def flow_list(values: Sequence[Any]) -> CommentedSeq:
    """A list on one line; texts in it are quoted where they must be."""
    made = CommentedSeq([quoted(v) if isinstance(v, str) else v for v in values])
    made.fa.set_flow_style()
    return made


def quoted(text: str) -> str:
    """Text that no reader takes for anything else."""
    plain = re.fullmatch(r"[A-Za-z][A-Za-z0-9_./-]*", text) and text.lower() not in _NOT_TEXT
    return text if plain else DoubleQuotedScalarString(text)
