"""The things that one row describes: `vestry.describes`, and the references between them."""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping
from typing import Any, Final

from vestry.contracts.complaints import UNFILLED, suggestion
from vestry.contracts.contract import Part
from vestry.contracts.notation import CHOICES, MUST_SAY, REFERENCES
from vestry.contracts.passages import Passage
from vestry.model import kinds

_PART_NAME: Final = re.compile(r"[a-z][a-z0-9_]*")
_SOURCE_PART: Final = re.compile(r"[a-z0-9]+(-[a-z0-9]+)*\.[a-z][a-z0-9_]*")
_LISTS: Final = ("about", "within", "areas", *kinds.RELATIONSHIP_ATTRIBUTES)


def read_parts(described: Passage, columns: Collection[str]) -> tuple[Part, ...]:
    """The parts in the value of `vestry.describes`; `columns` are the names that `present_when` and `keyed_by` may take."""
    listed = described.mapping("vestry.describes")
    if listed is None:
        return ()
    if not listed:
        described.wrong(
            "`vestry.describes` names nothing.", "name what a row describes: {person: {kind: person}}"
        )
    kind_of = {n: p.value.get("kind") for n, p in listed.items() if isinstance(p.value, dict)}
    found = [_read_part(name, passage, kind_of, columns) for name, passage in listed.items()]
    return tuple(p for p in found if p is not None)


def _read_part(
    name: str, passage: Passage, kind_of: Mapping[str, Any], columns: Collection[str]
) -> Part | None:
    if not _PART_NAME.fullmatch(name):
        passage.wrong(
            f"`{name}` is not a name for a part.", "use small letters, digits and _, a letter first"
        )
    if not isinstance(passage.value, dict):
        passage.mapping(name)
        return None
    kind_said = passage.below("kind")
    if kind_said is None:
        passage.wrong(f"The part `{name}` has no kind.", f"add kind: one of {', '.join(kinds.ALL_KINDS)}")
        return None
    kind = kind_said.choice("kind of thing", kinds.ALL_KINDS)
    if kind is None:
        return None
    said = {n: p for n, p in (passage.mapping(name) or {}).items() if n not in ("kind", "present_when")}
    present = passage.below("present_when")
    if present is not None:
        check_column(present, "present_when", columns)
    attributes: dict[str, Any] = {}
    for attribute, value in said.items():
        if attribute not in kinds.ATTRIBUTES[kind]:
            known = ("kind", "present_when", *kinds.ATTRIBUTES[kind])
            value.wrong(f"A part of kind {kind} has no `{attribute}`.", suggestion(attribute, known))
            continue
        read = _read_attribute(name, attribute, value, kind_of, columns)
        if read is not None:
            attributes[attribute] = read
    for needed in MUST_SAY.get(kind, ()):
        if needed not in said:
            passage.wrong(f"The part `{name}` ({kind}) does not say its `{needed}`.", f"add {needed}: ...")
    return Part(
        name=name,
        kind=kind,
        present_when=present.value if present is not None and present.value in columns else None,
        attributes=attributes,
    )


def check_column(passage: Passage, name: str, columns: Collection[str]) -> str | None:
    """The column that the passage names, if there is one of `columns`; complains otherwise."""
    text = passage.text(name)
    if text is None:
        return None
    if text not in columns:
        passage.wrong(f"`{name}` names a column that the schema does not have.", suggestion(text, columns))
        return None
    return text


def _read_attribute(
    part: str, attribute: str, passage: Passage, kind_of: Mapping[str, Any], columns: Collection[str]
) -> Any:
    if attribute in REFERENCES:
        return _read_references(part, attribute, passage, kind_of)
    if attribute == "keyed_by":
        return check_column(passage, attribute, columns)
    if attribute == "same_key_as":
        named = passage.text(attribute)
        if named is not None and not _SOURCE_PART.fullmatch(named):
            passage.wrong(
                f"`{attribute}` does not name a part of a source.", "write source.part: childrens-cases.child"
            )
            return None
        return named
    if attribute in ("within", "areas"):
        geographies = []
        for item in passage.items():
            text = item.text(attribute)
            if text is not None and UNFILLED in text:
                item.wrong(f"`{attribute}` is still to be filled in.", "write the geography and its vintage")
                geographies.append(text)
            elif text is not None and not re.fullmatch(r"[^/\s]+/[^/]+", text):
                item.wrong(f"`{attribute}` names a geography without its vintage.", 'write it as "lsoa/2021"')
            elif text is not None:
                geographies.append(text)
        return geographies
    if attribute in CHOICES:
        return passage.choice(attribute, CHOICES[attribute])
    text = passage.text(attribute, numbers=True)
    if attribute == "geography" and text is not None and "/" in text:
        passage.wrong(
            "`geography` holds a vintage too.", 'write the vintage apart: geography: lsoa, vintage: "2021"'
        )
        return None
    return text


def _read_references(part: str, attribute: str, passage: Passage, kind_of: Mapping[str, Any]) -> Any:
    if isinstance(passage.value, list) and attribute not in _LISTS:
        passage.wrong(f"`{attribute}` names one part, not a list.", "write the name alone")
        return None
    named = []
    for item in passage.items():
        text = item.text(attribute)
        if text is None:
            continue
        if text not in kind_of:
            item.wrong(f"`{attribute}` names a part that no row describes.", suggestion(text, kind_of))
        elif text == part:
            item.wrong(f"The part `{part}` is `{attribute}` itself.", "name another part")
        elif kind_of[text] in kinds.ALL_KINDS and kind_of[text] not in REFERENCES[attribute]:
            allowed = " or ".join(REFERENCES[attribute])
            item.wrong(
                f"`{attribute}` names a part of kind {kind_of[text]}.", f"name a part of kind {allowed}"
            )
        else:
            named.append(text)
    return named if attribute == "about" or isinstance(passage.value, list) else (named[0] if named else None)
