"""The audit log as a page says it: what was done, by whom, and what came of it, in plain English."""

from __future__ import annotations

from typing import Final

from vestry.office.pages.translating import _, gettext_lazy
from vestry.sharing.audit import AuditEntry

ACTION: Final = {
    "find": gettext_lazy("Searched"),
    "show": gettext_lazy("Looked at somebody"),
    "explain": gettext_lazy("Looked at what stands behind somebody"),
    "explain-pair": gettext_lazy("Looked at why two records are one"),
    "match": gettext_lazy("Asked who a record is"),
    "export": gettext_lazy("Took a table out"),
    "example": gettext_lazy("Asked for an example"),
    "agreement-count": gettext_lazy("Counted whom an agreement is about"),
    "status": gettext_lazy("Looked at how the place stands"),
    "quarantine": gettext_lazy("Looked at what was kept out"),
    "quarantine-rows": gettext_lazy("Looked at rows that were kept out"),
    "evaluate": gettext_lazy("Measured the linkage"),
    "receive": gettext_lazy("Took an extract in"),
    "build": gettext_lazy("Built a release"),
    "model-train": gettext_lazy("Trained the linkage model"),
    "model-compare": gettext_lazy("Compared linkage models"),
    "erase": gettext_lazy("Erased somebody"),
    "review-queue": gettext_lazy("Asked for pairs to review"),
    "review-look": gettext_lazy("Looked at a pair to review"),
    "review-decide": gettext_lazy("Decided a pair"),
    "review-status": gettext_lazy("Looked at how reviewing stands"),
    "review-sample": gettext_lazy("Drew a sample to review"),
    "audit-search": gettext_lazy("Searched this log"),
    "audit-about": gettext_lazy("Asked who looked at somebody"),
    "mistake-reported": gettext_lazy("Reported a mistake"),
    "mistake-dealt-with": gettext_lazy("Dealt with a report of a mistake"),
    "agreement-drafted": gettext_lazy("Drafted an agreement"),
    "agreement-proposed": gettext_lazy("Proposed an agreement"),
    "agreement-signed": gettext_lazy("Signed an agreement"),
    "agreement-suspended": gettext_lazy("Suspended an agreement"),
    "agreement-resumed": gettext_lazy("Resumed an agreement"),
    "agreement-ended": gettext_lazy("Ended an agreement"),
    "emergency-begun": gettext_lazy("Began a look for an emergency"),
    "emergency-ended": gettext_lazy("Ended an emergency"),
    "emergency-looks": gettext_lazy("Read what was looked at in an emergency"),
    "emergency-justified": gettext_lazy("Found a look for an emergency justified"),
    "emergency-not-justified": gettext_lazy("Found a look for an emergency not justified"),
    "signed-in": gettext_lazy("Came in"),
    "signed-out": gettext_lazy("Went out"),
    "sign-in-refused": gettext_lazy("Was not let in"),
    "locked-out": gettext_lazy("Was locked out for a while"),
    "organisation-chosen": gettext_lazy("Chose for which organisation"),
    "passkey-shown": gettext_lazy("Showed a passkey again"),
    "passkey-invited": gettext_lazy("Invited somebody to enrol a passkey"),
    "passkey-enrolled": gettext_lazy("Enrolled a passkey"),
    "passkey-removed": gettext_lazy("Removed a passkey"),
    "passkeys-removed": gettext_lazy("Removed all of somebody’s passkeys"),
    "account-added": gettext_lazy("Added an account"),
    "account-imported": gettext_lazy("Took an account in from a file"),
    "account-replaced": gettext_lazy("Replaced an account from a file"),
    "account-suspended": gettext_lazy("Suspended an account"),
    "account-restored": gettext_lazy("Restored an account"),
    "roles-given": gettext_lazy("Gave roles"),
    "roles-taken": gettext_lazy("Took roles away"),
    "training-entered": gettext_lazy("Entered a course"),
    "openid-named": gettext_lazy("Named somebody at the provider"),
    "openid-removed": gettext_lazy("Removed somebody’s name at the provider"),
    "openid-bound": gettext_lazy("Bound an account at the provider"),
    "system-connected": gettext_lazy("Connected a partner’s system"),
    "system-revoked": gettext_lazy("Revoked a partner’s system"),
    "token-given": gettext_lazy("Gave a system a token"),
    "token-revoked": gettext_lazy("Revoked a system’s token"),
}
"""Action -> what whoever did it did. One that is not here is told by its code."""

OUTCOME: Final = {
    "shown": gettext_lazy("Shown"),
    "nothing shown": gettext_lazy("Nothing shown"),
    "refused": gettext_lazy("Refused: nothing was seen"),
    "changed": gettext_lazy("Changed"),
    "not known": gettext_lazy("Not known"),
}
"""What came of a look."""

OPERATION: Final = {
    "collection": gettext_lazy("collection"),
    "alteration": gettext_lazy("alteration"),
    "consultation": gettext_lazy("consultation"),
    "disclosure": gettext_lazy("disclosure"),
    "combination": gettext_lazy("combination"),
    "erasure": gettext_lazy("erasure"),
}
"""What the law calls it (Data Protection Act 2018, section 62)."""


def action_said(action: str) -> str:
    """What was done; for a mark, which."""
    for begins, said in (
        ("marked-", _("Marked somebody: %(as)s")),
        ("unmarked-", _("Took a mark back: %(as)s")),
    ):
        if action.startswith(begins):
            return said % {"as": action.removeprefix(begins).replace("-", " ")}
    return str(ACTION.get(action, action))


def stage_said(entry: AuditEntry) -> str:
    """Where in a request an entry stands, and what came of it."""
    if entry.stage == "refused":
        return _("Refused")
    if entry.stage == "changed":
        return _("Done")
    if entry.stage == "asked":
        return _("Asked")
    return _("Answered")
