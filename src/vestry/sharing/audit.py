"""An entry of the audit log: who looked at what, when and why, and what was changed, passed on or brought together.

It holds metadata only: ids, names of fields, codes, and a keyed hash of what was searched for. Never a value. The log itself
is the office's (`vestry.office.audit`); the gateway is given it and reads nothing that it has not kept (promise 5).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final, Literal

Stage = Literal["asked", "answered", "refused", "changed"]

Operation = Literal["collection", "alteration", "consultation", "disclosure", "combination", "erasure"]
"""What the Data Protection Act 2018, section 62(1), has a log kept of."""


@dataclass(frozen=True, slots=True, kw_only=True)
class AuditEntry:
    """What the log remembers of one request.

    A permitted request has two: `asked`, on the disk before the read begins, and `answered`, with the number of rows, before
    anyone sees them; a change of what the place keeps (an account, an agreement) has one, `changed`, which is kept with it or
    not at all. `answers` is the number of the `asked` one. `criteria` names what was searched by ("name", "postcode"), never
    the values; `terms` are keyed hashes of these; `entities` are ids that were asked for or shown. `account` is the operating
    system's word of who asks on the place's own machine; `user` and `organisation` are who asks under agreements, `recipient`
    to whom it goes where that is another. `agreements` are those that it rests on, `fields` those of which something was
    shown, `withheld` the reasons (`sharing.refusals`) of what was not. `source` is whose records came in. `changed_user` is the
    user whose account was changed, `user` whoever changed it. `emergency` is the number of the emergency that it was for, under
    which the office keeps why, and who was told.
    """

    stage: Stage
    action: str
    account: str = ""
    user: str = ""
    organisation: str = ""
    recipient: str = ""
    purpose: str = ""
    operator: str = ""
    release: str = ""
    source: str = ""
    table: str = ""
    criteria: tuple[str, ...] = ()
    terms: tuple[str, ...] = ()
    entities: tuple[str, ...] = ()
    agreements: tuple[str, ...] = ()
    fields: tuple[str, ...] = ()
    withheld: tuple[str, ...] = ()
    answers: int | None = None
    count: int | None = None
    reason: str = ""
    changed_user: str = ""
    emergency: int | None = None


OPERATIONS: Final[Mapping[str, Operation]] = {
    "receive": "collection",
    "build": "combination",
    "model-train": "combination",
    "model-compare": "combination",
    "match": "combination",
    "find": "consultation",
    "show": "consultation",
    "explain": "consultation",
    "explain-pair": "consultation",
    "example": "consultation",
    "status": "consultation",
    "quarantine": "consultation",
    "quarantine-rows": "disclosure",
    "export": "disclosure",
    "evaluate": "consultation",
    "review-queue": "consultation",
    "review-look": "consultation",
    "review-status": "consultation",
    "review-sample": "consultation",
    "review-decide": "alteration",
    "agreement-count": "consultation",
    "audit-search": "consultation",
    "audit-about": "consultation",
    "emergency-looks": "consultation",
    "erase": "erasure",
}
"""Action -> what section 62(1) calls it. Of consultation and disclosure an entry has, as 62(2) and (3) ask, the justification
(`purpose`, `agreements`), date and time, who it was, and (`recipient`, else who asked) who received it."""


def operation_of(entry: AuditEntry) -> Operation:
    """Which of the operations an entry is of. Something passed on to another is a disclosure, whatever the action; an action
    that is on no list, as changes of what the place keeps are, is an alteration."""
    if entry.recipient:
        return "disclosure"
    return OPERATIONS.get(entry.action, "alteration")
