"""What the office refuses to do with agreements, marks and emergencies."""

from __future__ import annotations

from vestry.errors import VestryError


class EmergencyUnknown(VestryError):
    """No look for an emergency of that number waits for review: it has been reviewed, or never was."""

    code = "emergency-unknown"
    exit_code = 7
    http_status = 404


class AgreementNotReady(VestryError):
    """That cannot be done with an agreement as it stands: a draft cannot be signed, nor what has ended be suspended."""

    code = "agreement-not-ready"
    exit_code = 6
    http_status = 409


class ChangeRefused(VestryError):
    """Whoever asked may not change this: it is another organisation's, or needs a role that they do not have."""

    code = "change-refused"
    exit_code = 4
    http_status = 403


class MarkUnknown(VestryError):
    """Nobody can be marked so, or the entity is not. `sharing.subjects.MARKERS` has the list of marks."""

    code = "mark-unknown"
    exit_code = 2
    http_status = 422
