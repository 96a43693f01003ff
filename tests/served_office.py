"""Two users, their organisations, and what the audit log says of them: for tests of the office as it is served."""

from __future__ import annotations

from datetime import date
from typing import Any

from vestry.office.audit.searching import search
from vestry.sharing.askers import Post, User
from vestry.sharing.asking import RecordOf
from vestry.sharing.audit import AuditEntry
from vestry.sharing.audit_desk import Wanted

ORGANISATIONS = {"borough": "The Borough", "police": "The Police"}
GALE = User(
    user="gale",
    name="Gale Ash",
    posts=(Post(organisation="borough", roles=frozenset({"social-worker"}), title="Social worker"),),
    training={"safeguarding": date(2027, 3, 31)},
    family=(RecordOf(source="tax", source_key="100", part="person"),),
)
SAM = User(
    user="sam",
    name="Sam Elm",
    posts=(
        Post(organisation="borough", roles=frozenset({"auditor"})),
        Post(organisation="police", roles=frozenset({"police-officer"})),
    ),
)


def entered(site: Any, **wanted: Any) -> list[AuditEntry]:
    """The entries that are wanted, the oldest first."""
    with site.office.connection().cursor() as cursor:
        return [kept.entry for kept in search(cursor, Wanted(**wanted), 1000, 10_000).entries][::-1]


def actions(site: Any, **wanted: Any) -> list[str]:
    """What was done, by the entries that are wanted."""
    return [entry.action for entry in entered(site, **wanted)]
