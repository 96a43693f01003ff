"""A record as somebody types it, in the standard form that the build would give it."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from difflib import get_close_matches
from typing import Final

from vestry.errors import Problem, RecordUnreadable
from vestry.linkage.identifiers import DECIDING
from vestry.linkage.profiles import COMPARED, KEYS
from vestry.linkage.worked_out import worked_out_of
from vestry.model import kinds
from vestry.model.dates import DEFAULT_FORMATS
from vestry.model.fields import ADDRESS_FIELDS, MARK, ORGANISATION_FIELDS, PERSON_FIELDS, Field
from vestry.standardise.outcomes import work_out
from vestry.standardise.rules import RULES

WHOLE_NAME: Final = "full_name"

_DATE_FORMATS: Final = (*DEFAULT_FORMATS, "d/M/yyyy", "d MMMM yyyy", "yyyy-MM", "MM/yyyy", "yyyy")

_MUST_BE_READ: Final = {
    "date": "write it as 1990-05-31, 31/05/1990, 1990-05 or 1990",
    "nhs_number": "give all ten digits",
    "nino": "give two letters, six digits and a letter",
    "upn": "give a letter and twelve digits, the last perhaps a letter",
    "other_number": "give its kind and the number, as uln:4310589627",
    "uprn": "give up to twelve digits",
    "company_number": "give all eight digits or letters",
    "postcode": "give the whole postcode, or none",
    "phone": "give the whole number with its code, or none",
    "email": "give the whole address, or none",
    "sex": "give female or male, or none",
}
"""Rule, or field, -> what to give instead: a text that says nothing by these was meant to say something."""

_TEN_THAT_ARE_NONE: Final = (
    "compare its ten digits: the last does not fit the others, or all are alike; or give none"
)
_TEN_DIGITS: Final = re.compile(r"\D*(?:[0-9]\D*){10}")

EARLIEST_YEAR: Final = 1850
"""Before this nobody was born of whom a council has a record: the year was mistyped."""

_SEX: Final = {
    **dict.fromkeys(("female", "f", "2"), "female"),
    **dict.fromkeys(("male", "m", "1"), "male"),
    **dict.fromkeys(("not known", "not specified", "0", "9"), ""),
}
"""The standard's codes, and their short forms (NHS Data Dictionary, Person Stated Gender Code)."""

_NAME_OF_A_FIELD: Final = re.compile(r"[A-Za-z][A-Za-z0-9_ -]{0,39}")
"""What may be said again of a field that does not exist."""


@dataclass(frozen=True, slots=True, kw_only=True)
class StandardRecord:
    """Values of one person or organisation in standard form, with the keys made for comparing; "" where there is none."""

    kind: str
    values: Mapping[str, str]

    def value(self, column: str) -> str:
        """The value of a compared column, a key or an identifier."""
        return self.values.get(column, "")


def fields_of_a_record(kind: str) -> tuple[str, ...]:
    """The fields that a record of `kind` may be given to be matched by. Raises RecordUnreadable for a kind that is not
    scored."""
    if kind not in KEYS:
        raise RecordUnreadable(
            "Records of that kind are not matched.", where="kind", fix=f"choose from: {', '.join(KEYS)}"
        )
    known = _fields(kind)
    asked = dict.fromkeys((*COMPARED[kind], *DECIDING[kind]))
    whole = (WHOLE_NAME,) if kind == kinds.PERSON else ()
    return (*whole, *(name for name in asked if name in known))


def standard_record(
    kind: str, typed: Mapping[str, str | Sequence[str]], today: date | None = None
) -> StandardRecord:
    """`typed` (field -> text, or several: telephones, lines of an address) by the very rules of the build.

    Empty texts are as none. A build takes birth dates as they are and leaves it to quality what to say of them; here nobody
    looks again, so none is read that is before 1850 or, where `today` is told, after it. Raises RecordUnreadable, naming every
    field that cannot be read, or does not exist, and never what was typed in it.
    """
    may = fields_of_a_record(kind)
    known = _fields(kind)
    values: dict[str, str] = {}
    problems = [_unknown(name, kind, may) for name in typed if name not in may]
    for name in may:
        if not _is_text(said := typed.get(name, "")):
            problems.append(
                Problem(
                    what=f"{name} is neither a text nor a list of texts.", where=name, fix="write it as text"
                )
            )
            continue
        text = _together(said, known[name])
        if not text:
            continue
        found = _standard(known[name], text)
        instead = _MUST_BE_READ.get(known[name].rule or name)
        pieces = text.split(MARK)
        if instead and not all(_is_read(known[name], piece) for piece in pieces):
            if name == "nhs_number" and all(map(_TEN_DIGITS.fullmatch, pieces)):
                instead = _TEN_THAT_ARE_NONE
            problems.append(Problem(what=f"{name} cannot be read.", where=name, fix=instead))
        elif name == "birth_date" and (odd := _odd(found[name] or "", today)):
            problems.append(
                Problem(what=f"{name} is {odd}.", where=name, fix="look for a digit that is mistyped")
            )
        for column, value in found.items():
            values[column] = value or values.get(column, "")
    if not problems and not any(values.values()):
        problems.append(
            Problem(what="The record says nothing to go by.", fix=f"give some of: {', '.join(may)}")
        )
    if problems:
        raise RecordUnreadable("The record cannot be matched as it is.", problems=problems)
    return StandardRecord(kind=kind, values=_with_keys(kind, values))


def _fields(kind: str) -> dict[str, Field]:
    own = {kinds.PERSON: PERSON_FIELDS, kinds.ORGANISATION: ORGANISATION_FIELDS}[kind]
    return {**ADDRESS_FIELDS, **own}


def _odd(born: str, today: date | None) -> str:
    """What is wrong with a birth date, whole or in part; "" where nothing is."""
    if not born:
        return ""
    if int(born[:4]) < EARLIEST_YEAR:
        return f"before {EARLIEST_YEAR}"
    return "in the future" if today is not None and born > today.isoformat()[: len(born)] else ""


def _unknown(name: str, kind: str, may: Sequence[str]) -> Problem:
    """That a record has no such field; the kind that has, or the nearest that this has."""
    named = name if _NAME_OF_A_FIELD.fullmatch(name) else "one whose name is none"
    plain = name.strip().lower().replace(" ", "_").replace("-", "_")
    nearest = get_close_matches(plain, may, n=2)
    others = [other for other in KEYS if other != kind and plain in fields_of_a_record(other)]
    return Problem(
        what=f"A record of kind {kind} has no such field: {named}.",
        fix=f"a record of kind {others[0]} has: --kind {others[0]}"
        if others
        else f"did you mean {' or '.join(nearest)}?"
        if nearest
        else f"choose from: {', '.join(may)}",
    )


def _is_text(said: object) -> bool:
    return isinstance(said, str) or (isinstance(said, Sequence) and all(isinstance(s, str) for s in said))


def _together(typed: str | Sequence[str], field: Field) -> str:
    """Several values as the build puts the columns of one field together."""
    pieces = [typed] if isinstance(typed, str) else typed
    mark = MARK if field.repeats else ", " if field.indexed else " "
    return mark.join(piece for piece in pieces if piece.strip())


def _is_read(field: Field, text: str) -> bool:
    """Whether `text`, one of a field's values, says something, or that it is not known."""
    if field.name == "sex":
        return text.strip().lower() in _SEX
    return any(_standard(field, text).values())


def _standard(field: Field, text: str) -> dict[str, str | None]:
    if field.coded:
        code = text.strip()
        return {field.name: _SEX.get(code.lower(), "") if field.name == "sex" else code}
    if not field.rule:
        return {field.name: text}
    if field.rule == "date":
        text = MARK.join((*_DATE_FORMATS, text))
    outcome = work_out(RULES[field.rule], [text])[0]
    if field.name == WHOLE_NAME:
        return {"family_name": outcome[1], "given_names": outcome[2]}
    return {field.name: outcome[0]}


def _with_keys(kind: str, values: Mapping[str, str]) -> dict[str, str]:
    """With the keys that `linkage.profiles` makes: first those of what is compared, then those of other keys."""
    made = dict(values)
    keys = KEYS[kind]
    for key, (rule, column) in sorted(keys.items(), key=lambda item: item[1][1] in keys):
        if text := made.get(column, ""):
            made[key] = work_out(RULES[rule], [text])[0][0] or ""
    return made | worked_out_of(kind, made)
