"""Why someone may want to know: the fixed list of purposes. A look-up of people without one is refused."""

from __future__ import annotations

from dataclasses import dataclass
from difflib import get_close_matches
from typing import Final


@dataclass(frozen=True, slots=True, kw_only=True)
class Purpose:
    """One reason to look. `code` is what is typed and kept in the audit file; `means` is for people."""

    code: str
    means: str


PURPOSES: Final = (
    Purpose(code="adult-social-care", means="assess or arrange care and support for an adult"),
    Purpose(code="audit", means="check that the twin, or the use made of it, is as it should be"),
    Purpose(code="benefits", means="decide or review an award, a discount or a reduction"),
    Purpose(code="business-rates", means="bill and collect business rates"),
    Purpose(code="childrens-social-care", means="safeguard or promote the welfare of a child"),
    Purpose(code="complaint", means="look into a complaint or a request for review"),
    Purpose(code="council-tax", means="bill and collect council tax"),
    Purpose(code="data-quality", means="find and mend what is wrong in the records"),
    Purpose(code="direct-care", means="care for the person, with those who care for them"),
    Purpose(code="education", means="school places, attendance and special educational needs"),
    Purpose(code="electoral-registration", means="keep the register of electors, as its law allows"),
    Purpose(code="emergency", means="protect life in an emergency"),
    Purpose(code="fraud", means="prevent or detect fraud or error"),
    Purpose(code="housing", means="allocate, manage or repair homes, or prevent homelessness"),
    Purpose(code="licensing", means="licences, food hygiene and trading standards"),
    Purpose(code="life-event", means="pass on a birth, a move or a death that was reported once"),
    Purpose(code="matching-review", means="decide whether records describe one and the same"),
    Purpose(code="planning", means="plan services from counts of people, not about any one of them"),
    Purpose(code="public-health", means="protect or improve the health of the population"),
    Purpose(code="reorganisation", means="divide or join records between old councils and new"),
    Purpose(code="safeguarding", means="protect someone at risk of harm"),
    Purpose(code="service-delivery", means="give a service that the person asked for or is due"),
    Purpose(code="subject-access", means="answer a person who asks what is held about them"),
    Purpose(code="training", means="practise on a fictional place"),
)
"""In order of code. Add to it with the data protection officer; never change what a code means."""

_BY_CODE: Final = {purpose.code: purpose for purpose in PURPOSES}


def purpose_of(code: str | None) -> Purpose | None:
    """The purpose with that code; None when there is none, or none was given."""
    return _BY_CODE.get(code) if code is not None else None


def nearest_purpose(code: str) -> str | None:
    """The code most like a mistyped one, if any is at all like it."""
    return next(iter(get_close_matches(code.strip().lower(), _BY_CODE, n=1)), None)
