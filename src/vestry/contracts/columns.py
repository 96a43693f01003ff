"""One column of a contract: its type, formats, codes, key, and the fields that it feeds."""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping
from typing import Final

from vestry.contracts.complaints import nearest, suggestion
from vestry.contracts.contract import Column, Part, Target
from vestry.contracts.notation import CLASSIFICATIONS, INDEXED_BY, LOGICAL_TYPES
from vestry.contracts.passages import Passage
from vestry.contracts.recognising import recognise
from vestry.model import kinds
from vestry.model.dates import unknown_letters
from vestry.model.fields import (
    ADDRESS_FIELDS,
    EPISODE_FIELDS,
    NUMBERED,
    OF_A_KIND,
    ORGANISATION_FIELDS,
    PERSON_FIELDS,
    fields_of,
)
from vestry.model.identifiers import NUMBER_KIND

_TARGET: Final = re.compile(r"([^.\[\]]+)\.([^.\[\]]+)(?:\[([^\]]+)\])?")
_TIMES: Final = ("date", "timestamp", "time")
_ARTICLE: Final = {kinds.ORGANISATION: "an", kinds.EPISODE: "an", kinds.ADDRESS: "an", kinds.AREA: "an"}

RESERVED: Final = ("row_number", "extract_id", "as_at", "source_key")
"""Columns that Vestry adds to the rows of every table."""


def with_article(kind: str) -> str:
    """`a person`, `an organisation`."""
    if kind == kinds.SEALED:
        return "a sealed identity"
    return f"{_ARTICLE.get(kind, 'a')} {kind}"


def read_column(passage: Passage, parts: Mapping[str, Part], position: int) -> Column | None:
    """The column at `passage`; `position` (from 1) is its place in the key when it is in it and does not say.

    None when it has no name; whatever else is wrong is complained of and left out.
    """
    raw = passage.value
    name = raw.get("name") if isinstance(raw, dict) else None
    if not isinstance(name, str) or not name:
        return None
    if name.lower() in RESERVED:
        passage.wrong(
            f"`{name}` is a name that Vestry uses itself.",
            "rename it; physicalName keeps the file's name",
        )
    settings = passage.settings("column")
    logical_type = raw.get("logicalType", "string")
    if logical_type in ("object", "array"):
        passage.wrong(
            f"A column cannot be of logicalType {logical_type}.", f"use one of: {', '.join(LOGICAL_TYPES)}"
        )
    classification = passage.below("classification")
    codes = settings.get("vestry.codes")
    blanks = settings.get("vestry.blanks")
    earlier = settings.get("vestry.earlier_names")
    key = _key_position(passage, position)
    formats = _formats(passage, settings.get("vestry.formats"), logical_type)
    targets = _targets(settings.get("vestry.field"), parts, logical_type)
    return Column(
        name=name,
        physical_name=str(raw.get("physicalName") or name),
        logical_type=logical_type if logical_type in LOGICAL_TYPES else "string",
        formats=formats,
        codes=_codes(codes) if codes is not None else {},
        targets=targets,
        required=raw.get("required") is True or key is not None,
        key_position=key,
        classification=(classification.choice("classification", CLASSIFICATIONS) or "")
        if classification
        else "",
        blanks=blanks.texts("vestry.blanks") if blanks is not None else (),
        earlier_names=earlier.texts("vestry.earlier_names") if earlier is not None else (),
    )


def _key_position(passage: Passage, position: int) -> int | None:
    raw = passage.value
    said = raw.get("primaryKeyPosition", -1)
    if raw.get("primaryKey") is not True:
        if isinstance(said, int) and said > 0:
            passage.wrong("The column has a place in the key but is not in it.", "add primaryKey: true")
        return None
    if raw.get("required") is False:
        passage.wrong(
            "The column is in the key and also not required.", "take out required: false, or primaryKey"
        )
    return said if isinstance(said, int) and said > 0 else position


def _formats(passage: Passage, listed: Passage | None, logical_type: str) -> tuple[str, ...]:
    option = passage.below("logicalTypeOptions")
    single = option.below("format") if option is not None and logical_type in _TIMES else None
    formats = listed.texts("vestry.formats") if listed is not None else ()
    if listed is not None and logical_type not in _TIMES:
        listed.wrong(
            f"`vestry.formats` on a column of logicalType {logical_type}.",
            "write logicalType: date, or take it out",
        )
    if single is not None and isinstance(single.value, str):
        if formats and single.value not in formats:
            single.wrong("`format` is not one of `vestry.formats`.", "add it there, or take it out here")
        formats = formats or (single.value,)
    for said in (*(listed.items() if listed is not None else ()), *((single,) if single is not None else ())):
        letters = unknown_letters(said.value) if isinstance(said.value, str) else []
        if letters:
            said.wrong(
                f"The date format has letters that mean nothing in it: {', '.join(letters)}.",
                "use yyyy, MM, dd, HH, mm, ss; put other text in single quotes",
            )
    return formats


def _codes(passage: Passage) -> dict[str, str]:
    out: dict[str, str] = {}
    if not isinstance(passage.value, dict):
        passage.wrong("`vestry.codes` is not a mapping.", 'write {"source\'s code": "standard\'s code"}')
        return out
    for code in passage.value:
        below = passage.below(code)
        assert below is not None
        if not isinstance(code, str):
            below.wrong("A code in `vestry.codes` is not text.", 'put it in quotes: "1", so that 01 stays 01')
        elif not isinstance(below.value, str):
            below.wrong(
                "A code in `vestry.codes` does not stand for text.",
                "write text, in quotes if it looks like a number",
            )
        else:
            out[code] = below.value
    return out


def _targets(passage: Passage | None, parts: Mapping[str, Part], logical_type: str) -> tuple[Target, ...]:
    if passage is None:
        return ()
    found = []
    for item in passage.items():
        after = before = None
        written: Passage | None = item
        if isinstance(item.value, dict):
            said = item.mapping("vestry.field", ("to", "after", "before")) or {}
            written = said.get("to")
            after = said["after"].value if "after" in said else None
            before = said["before"].value if "before" in said else None
            if written is None:
                item.wrong("A piece of a column does not say which field it feeds.", "add to: part.field")
            for mark, value in (("after", after), ("before", before)):
                if value is not None and not (isinstance(value, str) and value):
                    item.wrong(f"`{mark}` is not text.", "write the mark in quotes")
                    after, before = None, None
        text = written.text("vestry.field") if written is not None else None
        if written is not None and text is not None:
            target = _read_target(written, text, parts, logical_type)
            if target is not None:
                found.append(
                    Target(
                        part=target.part, field=target.field, index=target.index, after=after, before=before
                    )
                )
    return tuple(found)


def _read_target(passage: Passage, text: str, parts: Mapping[str, Part], logical_type: str) -> Target | None:
    match = _TARGET.fullmatch(text)
    if match is None:
        passage.wrong(f"`{text}` is not a field.", "write part.field, or part.field[index]")
        return None
    part_name, field, index = match.groups()
    part = parts.get(part_name)
    if part is None:
        if parts:
            passage.wrong(
                f"`{part_name}` is not a part that `vestry.describes` names.", suggestion(part_name, parts)
            )
        return None
    known = fields_of(part.kind)
    if field not in known:
        what = f"`{text}` is not a field of {with_article(part.kind)}"
        passage.wrong(f"{what}.", _field_suggestion(field, part.kind, known))
        return None
    rule = known[field]
    if rule == "date" and logical_type not in ("date", "timestamp"):
        passage.wrong(
            f"`{text}` is a date, but the column is of logicalType {logical_type}.", "write logicalType: date"
        )
    _check_index(passage, part, field, index)
    return Target(part=part_name, field=field, index=index)


def _field_suggestion(field: str, kind: str, known: Mapping[str, str]) -> str:
    """The nearest field of the kind; failing that, the kind that has a field of this very name."""
    owners: dict[str, Collection[str]] = {
        kinds.PERSON: PERSON_FIELDS,
        kinds.ORGANISATION: ORGANISATION_FIELDS,
        kinds.PROPERTY: ADDRESS_FIELDS,
        kinds.EPISODE: EPISODE_FIELDS,
    }
    having = [with_article(k) for k, fields in owners.items() if field in fields]
    if having:
        return f"it is a field of {' or '.join(having)}: describe one in the row, and give it there"
    meant = recognise(field)
    if meant is not None and meant.field in known and not nearest(field, known, closeness=0.9):
        of = f"[{meant.index}]" if (kind, meant.field) in OF_A_KIND else ""
        return f"did you mean {meant.field}{of}?"  # `surname` and `dob` are what people write first
    return suggestion(field, known)


def _check_index(passage: Passage, part: Part, field: str, index: str | None) -> None:
    listed_in = INDEXED_BY.get((part.kind, field))
    if listed_in is not None:
        listed = part.attributes.get(listed_in, ())
        if index is None:
            if len(listed) != 1:
                passage.wrong(
                    f"`{part.name}.{field}` does not say of which geography.", f"write {field}[ward/2024]"
                )
        elif index not in listed:
            passage.wrong(
                f"`{index}` is not listed in `{listed_in}` of `{part.name}`.",
                suggestion(index, listed) if listed else f"add {listed_in}: [{index}]",
            )
    elif (part.kind, field) in OF_A_KIND:
        if index is None or not NUMBER_KIND.fullmatch(index):
            passage.wrong(
                f"`{part.name}.{field}` does not say of what kind the number is, in one short word.",
                f"write {field}[uln] or {field}[driving_licence]: any short name in letters, digits and _",
            )
    elif index is None:
        return
    elif (part.kind, field) in NUMBERED or (field in ADDRESS_FIELDS and ADDRESS_FIELDS[field].indexed):
        if not index.isdigit() or not 1 <= int(index) <= 20:
            passage.wrong(f"`{field}[{index}]` is not a numbered line.", f"write {field}[1] to {field}[20]")
    elif (part.kind, field) != (kinds.MEASURE, "value"):
        passage.wrong(f"`{part.name}.{field}` takes no index.", f"write {part.name}.{field}")
