"""Evidence of linkage in plain English: what agreed, how strong that is, and what it all comes to. Pure.

Nothing here knows a value of a record: only what was compared, how it agreed, and its bits (log2 of a likelihood
ratio). The words for strength follow the verbal scale of the Association of Forensic Science Providers (2009),
"Standards for the formulation of evaluative forensic science expert opinion", Science & Justice 49(3), 161-164, as the
European Network of Forensic Science Institutes took it over (ENFSI Guideline for Evaluative Reporting, 2015, table 1);
its two lowest steps for support are one word here.
"""

from __future__ import annotations

import math
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final

from vestry.linkage.design import HOME, MISSING, MOVED
from vestry.model import kinds

DECIDES: Final = "decides"
VERY_STRONG: Final = "very strong"
STRONG: Final = "strong"
FAIRLY_STRONG: Final = "fairly strong"
SOME: Final = "some"
NONE: Final = "none"
AGAINST: Final = "against"
STRONGLY_AGAINST: Final = "strongly against"

SCALE: Final = (
    (VERY_STRONG, 10_000.0),
    (STRONG, 1_000.0),
    (FAIRLY_STRONG, 100.0),
    (SOME, 2.0),
    (NONE, 0.5),
    (AGAINST, 0.01),
    (STRONGLY_AGAINST, 0.0),
)
"""Word -> the least likelihood ratio it stands for, strongest first."""

CERTAIN_BITS: Final = 20.0
"""Past odds of a million to one no model's own reckoning is worth quoting."""

_FIELDS: Final = {
    "family_name": "family name",
    "given_names": "given names",
    "previous_family_name": "earlier family name",
    "birth_date": "birth date",
    "address": "address",
    "sex": "sex",
    "phone": "telephone number",
    "email": "e-mail address",
    "nhs_number": "NHS number",
    "nino": "National Insurance number",
    "upn": "unique pupil number",
    "other_number": "number of another kind",
    "uprn": "UPRN (the number of the property)",
    "company_number": "company number",
    "ods_code": "ODS code (the NHS's number of the organisation)",
    "school_urn": "school's number",
    "organisation_name": "name",
    "organisation_type": "kind of organisation",
    "inspection": "last inspection",
}
_PLURAL: Final = frozenset({"given_names"})
_AGREEMENTS: Final = {
    "exact": "The {field} {is} the same in both",
    "different": "The {field} {is} different",
    MISSING: "The {field} {is} missing in one of them, or in both",
    "an earlier name agrees": "The {field} of one {is} an earlier name of the other",
    "sounds alike": "The {field} {sound} alike",
    "one is part of the other": "The {field} of one {is} a part of the other's",
    "close": "The {field} {differ} by a slip of the pen",
    "exchanged with the given name": "The {field} {is} in one what the given name is in the other, and the other way round",
    "first name and initials agree": (
        "The {field} begin with the same name, in its usual form, and the initials of the others agree"
    ),
    "first name agrees": "The {field} begin with the same name, in its usual form",
    "first name agrees, others differ": "The {field} begin with the same name, and go on with others",
    "one letter apart": "The {field} differ by one letter",
    "one character apart": "The {field} {differ} by one character",
    "two characters apart": "The {field} {differ} by two characters",
    "another name agrees": "The {field} have a name in common that is not the first of both",
    "two of day, month and year agree": "The {field} {agree} in two of day, month and year",
    "within a year": "The {field} {is} within a year of the other",
    "within ten years": "The {field} {is} within ten years of the other",
    "that of somebody beside agrees": "The {field} {is} not said in one, but somebody on the same row lives where the other does",
    "that of somebody beside differs": "The {field} {is} not said in one, and nobody on the same row lives where the other does",
    "most of its words agree": "The {field} {agree} in most words",
    "half of its words agree": "The {field} {agree} in half of the words",
    "a third of its words agree": "The {field} {agree} in a third of the words",
    "much the same letters": "The {field} {is} much the same, letter by letter",
    "a number agrees": "The {field} {is} the same, or one of them is",
    "the name in it agrees": "The {field} {agree} before the @",
    "known by that name": "The {field} of one {is} what the other is known as",
    "initial agrees": "The {field} {is} an initial in one, and it agrees",
    "day and month swapped": "The {field} {is} the same once day and month are exchanged",
    "agrees as far as it is known": "The {field} {agree} as far as it is known",
    "number and postcode agree": "The {field} {agree} in house number and postcode",
    MOVED: "The {field} {is} different, but the same person lives with them at both",
    "postcode agrees": "The {field} {agree} in postcode only",
    "town agrees": "The {field} {agree} in the first half of the postcode only",
    "one holds the other": "The {field} of one {is} within the other's",
    "most words agree": "The {field} {agree} in most words",
    "a word agrees": "The {field} {agree} in one word",
    "date agrees": "The {field} {is} of the same day, with another outcome",
    "inspected again": "The {field} {is} of another day",
}
"""Whole sentences, so that a translator may put the words in another order."""
_A_NUMBER: Final = "Such a number belongs to one"
_DECIDING: Final = {
    "address": "A whole address, with its postcode, is that of one",
    "shared key": "By contract the key of the one source is the other's, and a key is that of one",
}
_VERBS: Final = {
    False: {"is": "is", "sound": "sounds", "differ": "differs", "agree": "agrees"},
    True: {"is": "are", "sound": "sound", "differ": "differ", "agree": "agree"},
}
ONE: Final = {kinds.PERSON: "person", kinds.ORGANISATION: "organisation", kinds.PROPERTY: "property"}
SEVERAL: Final = {kinds.PERSON: "people", kinds.ORGANISATION: "organisations", kinds.PROPERTY: "properties"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Statement:
    """One thing compared: `bits` is log2 of `odds`, how many times likelier it is of one than of two; both None where it
    decides by itself. `strength` is a word of `SCALE`, or "decides"."""

    field: str
    agreement: str
    bits: float | None
    odds: float | None
    strength: str
    sentence: str


def strength_of(bits: float | None) -> str:
    """The word for evidence of so many bits; None is a number that decides without any scoring."""
    if bits is None:
        return DECIDES
    odds = times(bits)
    return next(word for word, least in SCALE if odds >= least * (1 - 1e-9))


def times(bits: float) -> float:
    """2 to the power of `bits`; of evidence past a double's reach, the nearest that it can hold."""
    return float(2.0 ** max(-1000.0, min(bits, 1000.0)))


def figure(number: float) -> str:
    """A number as people say it: two figures, with a word for millions."""
    if number < 2.95:
        return f"{number:.1f}".removesuffix(".0")
    figures = max(0, math.floor(math.log10(number)) - 1)
    rounded = round(number / 10**figures) * 10**figures
    if rounded >= 1_000_000:
        return f"{rounded / 1e6:,.1f}".removesuffix(".0") + " million"
    return f"{int(rounded):,}"


def about(number: float) -> str:
    """`figure` with "about" before it; past a thousand million nobody counts."""
    return "more than a thousand million" if number >= 1e9 else f"about {figure(number)}"


def field_words(field: str) -> str:
    """What a thing compared is called."""
    return _FIELDS.get(field, field.replace("_", " "))


def agreed_words(said: Statement) -> str:
    """What two agree in, as a headline has it."""
    return "whom they live with" if said.agreement == MOVED else field_words(said.field)


def statement(kind: str, field: str, agreement: str, bits: float | None) -> Statement:
    """One thing compared, told to somebody who has never heard of a likelihood ratio."""
    fact = _fact(field, agreement)
    if bits is None:
        sentence = f"Both hold the same {field_words(field)}. {_DECIDING.get(field, _A_NUMBER)} {ONE.get(kind, kind)} only."
    elif field == HOME:
        if -bits < 1:
            sentence = "Two people of one home seldom compare like this. That makes it hardly weaker."
        else:
            fact = "Two people of one home may well compare like this too"
            sentence = f"{fact}. That makes it {about(times(-bits))} times weaker."
    elif agreement == MISSING:
        sentence = f"{fact}. That says nothing."
    else:
        sentence = f"{fact}. {_likelier(kind, bits)}"
    return Statement(
        field=field,
        agreement=agreement,
        bits=bits,
        odds=None if bits is None else times(bits),
        strength=strength_of(bits),
        sentence=sentence,
    )


def statements(kind: str, compared: Iterable[tuple[str, str, float | None]]) -> tuple[Statement, ...]:
    """`statement` of each (field, agreement, bits): what decides first, then the strongest for; what is missing last."""
    made = [statement(kind, *one) for one in compared]
    made.sort(
        key=lambda s: (s.bits is not None, s.agreement == MISSING, -(s.bits or 0.0), s.field, s.agreement)
    )
    return tuple(made)


def _fact(field: str, agreement: str) -> str:
    said = _AGREEMENTS.get(agreement)
    if said is None:
        return f"The {field_words(field)}: {agreement}"
    return said.format(field=field_words(field), **_VERBS[field in _PLURAL])


def _likelier(kind: str, bits: float) -> str:
    one, several = f"one {ONE.get(kind, kind)}", f"two {SEVERAL.get(kind, kind)}"
    word = strength_of(bits)
    if word == NONE:
        return f"That is about as likely between records of {several} as of {one}."
    if bits > 0:
        return f"That is {about(times(bits))} times as likely between records of {one} as of {several}."
    return f"That is {about(times(-bits))} times as likely between records of {several} as of {one}."


def prior_sentence(kind: str, prior_bits: float) -> str:
    """The odds before anything is compared."""
    odds = times(-prior_bits)
    return f"Before anything is compared, about 1 in {figure(odds + 1)} pairs of records is of one {ONE.get(kind, kind)}."


def total_sentence(bits: float) -> str:
    """What all that was compared comes to, without the odds before."""
    if abs(bits) < 1:
        return "What was compared, taken together, makes that hardly more or less likely."
    if bits > 0:
        return f"What was compared, taken together, makes it {about(times(bits))} times as likely."
    return f"What was compared, taken together, makes it {about(times(-bits))} times less likely."


def chance_sentence(kind: str, bits: float) -> str:
    """Total bits, the odds before among them, as a share of such pairs."""
    reckoning = "So, by the model's own reckoning,"
    wrong = "is wrong" if bits >= 0 else f"is of one {ONE.get(kind, kind)}"
    if abs(bits) >= CERTAIN_BITS:
        return f"{reckoning} fewer than 1 in a million of such pairs {wrong}."
    return f"{reckoning} about 1 in {figure(times(abs(bits)) + 1)} of such pairs {wrong}."


def threshold_sentence(bits: float, threshold: float) -> str:
    """How far total bits stand from the threshold (a probability) from which a pair is joined."""
    short = short_by(bits, threshold)
    needed = f"{threshold * 100:.4g}% likely is needed"
    if short <= 0:
        return f"That is enough to join them: {needed}."
    if short < 1:
        return f"That is not enough to join them: {needed}. Hardly any further evidence is missing."
    return (
        f"That is not enough to join them: {needed}."
        f" It would take further evidence that is {about(times(short))} times as likely of one as of two."
    )


def short_by(bits: float, threshold: float) -> float:
    """Bits that are missing to the threshold, a probability; not above 0 where it is reached."""
    if threshold >= 1:
        return math.inf
    return math.log2(threshold / (1 - threshold)) - bits if threshold > 0 else -math.inf


REGISTER_RENUMBERED: Final = (
    "Their register gave nearly everything a new number at once, which makes it likelier beforehand."
)
