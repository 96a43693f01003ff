"""Why something is withheld: every reason that a decision can give, in order of how near it came to being permitted.

Of several reasons the nearest is told, since it says what would have to change. Some may not be told to whoever asked: that a
record is sealed or restricted is itself something to be kept.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final


@dataclass(frozen=True, slots=True, kw_only=True)
class Reason:
    """One reason. `says` is for people; `fix` what would change it; `tellable` whether the asker may be told."""

    code: str
    says: str
    fix: str = ""
    tellable: bool = True


REASONS: Final = (
    Reason(code="purpose-missing", says="no purpose was given", fix="choose one from: vestry purposes"),
    Reason(
        code="purpose-unknown", says="the purpose is not on the list", fix="choose one from: vestry purposes"
    ),
    Reason(
        code="emergency-not-told",
        says="an emergency needs a typed reason, and a second person who is told at once",
        fix="give the reason, and name somebody else who is told",
    ),
    Reason(code="no-agreement", says="no agreement is for this purpose", fix="ask for an agreement"),
    Reason(
        code="not-a-user",
        says="no agreement for this purpose is for this organisation",
        fix="ask the governance officer to join one",
    ),
    Reason(code="not-proposed", says="the agreement is a draft", fix="propose and sign it"),
    Reason(
        code="not-signed", says="not everybody has signed the agreement as it stands", fix="have it signed"
    ),
    Reason(code="not-begun", says="the agreement has not begun", fix="wait for its first day"),
    Reason(code="suspended", says="the agreement is suspended", fix="ask the governance officer"),
    Reason(code="ended", says="the agreement has ended", fix="renew it"),
    Reason(
        code="role-needed",
        says="this takes a role that the user does not have",
        fix="ask the governance officer",
    ),
    Reason(code="role", says="the agreement is not for this role", fix="ask the governance officer"),
    Reason(
        code="training",
        says="the training that the agreement asks for is not in date",
        fix="take the course again",
    ),
    Reason(code="how", says="the agreement does not allow this way of using it", fix="use it as it allows"),
    Reason(code="field", says="the agreement does not share this field"),
    Reason(code="source", says="the agreement does not share this from that source"),
    Reason(code="law-enforcement", says="records of law enforcement are kept apart from other uses"),
    Reason(code="area", says="the agreement is not about people there"),
    Reason(code="age", says="the agreement is not about people of that age"),
    Reason(code="cohort", says="the agreement is only about people known to certain services"),
    Reason(code="deceased", says="the agreement is not about people who have died"),
    Reason(
        code="staff",
        says="the record is of somebody who works for the organisation that asks",
        tellable=False,
    ),
    Reason(code="consent", says="the person has not said yes, or has taken it back"),
    Reason(code="objection", says="the person has objected to this purpose"),
    Reason(code="opt-out", says="the person has opted out of other uses of patient information"),
    Reason(code="restricted", says="the record is restricted", tellable=False),
    Reason(
        code="protected-address",
        says="nothing may be shown that leads to where the person is",
        tellable=False,
    ),
    Reason(
        code="step-up",
        says="a restricted record needs a fresh sign-in",
        fix="show your passkey again",
        tellable=False,
    ),
    Reason(code="own-record", says="the record is of the asker, or of their family", tellable=False),
    Reason(code="sealed", says="the identity is sealed", tellable=False),
)
"""In order: a later one came nearer to being permitted, but for the last two, above which nothing stands."""

_AT: Final = {reason.code: at for at, reason in enumerate(REASONS)}


def reason(code: str) -> Reason:
    """The reason of that code."""
    return REASONS[_AT[code]]


def nearest(codes: set[str]) -> Reason:
    """Of the reasons named, the one that came nearest to being permitted."""
    return REASONS[max(_AT[code] for code in codes)]
