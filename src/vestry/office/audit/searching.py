"""Reads entries out of the log: those that are wanted, and every look at one person. Whole pages, never everything."""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from typing import Any, Final

from vestry.office.audit.bodies import entry_of
from vestry.sharing.audit import OPERATIONS, AuditEntry, operation_of
from vestry.sharing.audit_desk import FoundEntries, Kept, Look, UrgentLook, Wanted
from vestry.sharing.grants import EMERGENCY
from vestry.sharing.request import OPEN_TABLES

_AT_ONCE: Final = 500
"""Numbers in one statement."""

_WHOLESALE: Final = ("export", "evaluate", "quarantine-rows", "build", "model-train", "model-compare")
"""Actions that take whole tables: their entries name no one."""


def search(cursor: Any, wanted: Wanted, limit: int, last: int) -> FoundEntries:
    """The newest `limit` entries that are wanted, newest first, none after number `last`."""
    parameters: list[Any]
    words = {
        "entity": wanted.entity, "user": wanted.user, "organisation": wanted.organisation,
        "purpose": wanted.purpose, "action": wanted.action,
    }  # fmt: skip
    conditions, parameters = ["number <= %s"], [last]
    for kind, word in words.items():
        if word:
            conditions.append("number IN (SELECT number FROM audit_words WHERE kind = %s AND word = %s)")
            parameters += [kind, word]
    if wanted.agreement:
        # An entry names the version: of an agreement without one, every version is wanted.
        like = wanted.agreement.replace("!", "!!").replace("%", "!%").replace("_", "!_")
        conditions.append(
            "number IN (SELECT number FROM audit_words WHERE kind = 'agreement' AND (word = %s OR word LIKE %s ESCAPE '!'))"
        )
        parameters += [wanted.agreement, f"{like}@%"]
    for bound, instant in ((">=", wanted.since), ("<", wanted.until)):
        if instant:
            conditions.append(f"at {bound} %s")
            parameters.append(instant)
    if wanted.before:
        conditions.append("number < %s")
        parameters.append(wanted.before)
    cursor.execute(
        f"SELECT number, body FROM audit_entries WHERE {' AND '.join(conditions)} ORDER BY number DESC LIMIT %s",
        [*parameters, limit + 1],
    )
    rows = cursor.fetchall()
    return FoundEntries(entries=tuple(_kept(*row) for row in rows[:limit]), more=len(rows) > limit)


def looks_at(cursor: Any, ids: Sequence[str], last: int) -> tuple[Look, ...]:
    """Every look at whoever has had one of `ids`, newest first, none after number `last`."""
    numbers: set[int] = set()
    for some in _some(ids):
        cursor.execute(
            f"SELECT number FROM audit_words WHERE kind = 'entity' AND word IN ({_marks(some)})", some
        )
        numbers |= {row[0] for row in cursor.fetchall()}
    return _looks(cursor, {n for n in numbers if n <= last})


def in_emergency(cursor: Any, number: int, last: int) -> tuple[UrgentLook, ...]:
    """Every look that was made in the emergency of that number, the oldest first, none after number `last`."""
    cursor.execute(
        "SELECT number FROM audit_words WHERE kind = 'emergency' AND word = %s AND number <= %s",
        [str(number), last],
    )
    kept = {
        n: one
        for n, one in _entries(cursor, [row[0] for row in cursor.fetchall()]).items()
        if one.entry.purpose == EMERGENCY
    }
    answers = {one.entry.answers: one for one in kept.values() if one.entry.answers}
    return tuple(_urgent(one, answers.get(n)) for n, one in sorted(kept.items()) if one.entry.answers is None)


def _urgent(first: Kept, answer: Kept | None) -> UrgentLook:
    asked = first.entry
    return UrgentLook(
        at=first.at,
        action=asked.action,
        criteria=asked.criteria,
        entities=tuple(dict.fromkeys((*asked.entities, *(answer.entry.entities if answer else ())))),
        outcome=_outcome(asked, answer.entry if answer else None),
    )


def wholesale(cursor: Any, last: int) -> tuple[Look, ...]:
    """Every look at whole tables that may hold people, newest first, none after number `last`."""
    cursor.execute(
        f"SELECT number FROM audit_words WHERE kind = 'action' AND word IN ({_marks(_WHOLESALE)})", _WHOLESALE
    )
    kept = _entries(cursor, [row[0] for row in cursor.fetchall() if row[0] <= last])
    people = {number for number, one in kept.items() if one.entry.table not in OPEN_TABLES}
    return tuple(look for look in _looks(cursor, people) if look.outcome != "refused")


def _looks(cursor: Any, numbers: set[int]) -> tuple[Look, ...]:
    """The looks that the entries of those numbers belong to: a request and its answer are one."""
    kept = _entries(cursor, numbers)
    kept |= _entries(cursor, {k.entry.answers for k in kept.values() if k.entry.answers} - set(kept))
    asked = {n for n, k in kept.items() if k.entry.stage == "asked"}
    for some in _some([str(n) for n in sorted(asked)]):
        cursor.execute(
            f"SELECT number FROM audit_words WHERE kind = 'answers' AND word IN ({_marks(some)})", some
        )
        kept |= _entries(cursor, {row[0] for row in cursor.fetchall()} - set(kept))
    answers = {k.entry.answers: k for k in kept.values() if k.entry.answers}
    firsts = sorted((n for n, k in kept.items() if not k.entry.answers), reverse=True)
    return tuple(_look(kept[n], answers.get(n)) for n in firsts)


def _look(first: Kept, answer: Kept | None) -> Look:
    entry = first.entry
    last = answer.entry if answer else entry
    return Look(
        number=first.number,
        at=first.at,
        operation=first.operation,
        action=entry.action,
        organisation=entry.organisation,
        recipient=last.recipient or entry.recipient,
        by=entry.user or entry.account,
        purpose=entry.purpose,
        fields=last.fields,
        agreements=last.agreements or entry.agreements,
        outcome=_outcome(entry, answer.entry if answer else None),
    )


def _outcome(entry: AuditEntry, answer: AuditEntry | None) -> str:
    if entry.stage in ("refused", "changed"):
        return str(entry.stage)
    if answer is None:
        return "not known"
    return "shown" if answer.count or entry.action not in OPERATIONS else "nothing shown"


def _entries(cursor: Any, numbers: Iterable[int]) -> dict[int, Kept]:
    found: dict[int, Kept] = {}
    for some in _some(sorted(numbers)):
        cursor.execute(f"SELECT number, body FROM audit_entries WHERE number IN ({_marks(some)})", some)
        found |= {row[0]: _kept(*row) for row in cursor.fetchall()}
    return found


def _kept(number: int, body: str) -> Kept:
    said = json.loads(body)
    entry = entry_of(said)
    return Kept(number=number, at=said["at"], operation=operation_of(entry), entry=entry)


def _some(things: Sequence[Any]) -> Iterable[Sequence[Any]]:
    return (things[start : start + _AT_ONCE] for start in range(0, len(things), _AT_ONCE))


def _marks(things: Sequence[Any]) -> str:
    return ", ".join(["%s"] * len(things))
