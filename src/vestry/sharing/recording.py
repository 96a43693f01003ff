"""Work that is no look at the twin and is remembered all the same: an extract that comes in, records brought together.

The entry is kept before the work begins: no audit entry, no work. What came of it is entered afterwards, a failure too.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any, TypeVar

from vestry.errors import VestryError
from vestry.sharing.audit import AuditEntry
from vestry.sharing.door import AuditLog

Result = TypeVar("Result")


def recorded(
    log: AuditLog,
    asked: AuditEntry,
    work: Callable[[], Result],
    told: Callable[[Result], Mapping[str, Any]],
) -> Result:
    """What `work` comes to, entered as `asked` before and, with what `told` says of it, after.

    Raises AuditUnavailable, and what `work` raises.
    """
    number = log.append(asked)
    answered = replace(asked, stage="answered", answers=number)
    try:
        result = work()
    except VestryError as error:
        log.append(replace(answered, reason=error.code))
        raise
    log.append(replace(answered, **told(result)))
    return result


def receipt_recorded(log: AuditLog, asked: AuditEntry, work: Callable[[], Result]) -> Result:
    """Files taken in: `work` gives receipts (`intake.receive.Receipt`), whose rows are counted. Raises as `recorded`."""
    asked = replace(asked, stage="asked", action="receive")
    done: Result = recorded(log, asked, work, _received)
    return done


def build_recorded(log: AuditLog, asked: AuditEntry, work: Callable[[], Result]) -> Result:
    """A release made: `work` gives its manifest. Raises as `recorded`."""
    asked = replace(asked, stage="asked", action="build")
    done: Result = recorded(log, asked, work, _made)
    return done


def _received(receipts: Any) -> Mapping[str, Any]:
    return {"count": sum(line.received for receipt in receipts for line in receipt.ledger)}


def _made(manifest: Any) -> Mapping[str, Any]:
    return {"release": manifest.release_id}
