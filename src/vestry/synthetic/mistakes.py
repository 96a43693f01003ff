"""How records go wrong: one small function for each way, and one table of how often each source suffers it.

A clerk's entry goes in as it should be and comes out as the source will hold it. Rates are shares of
entries; the order of `MISTAKES` is the order in which they are tried, and is part of what a seed fixes.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import date
from random import Random
from typing import Final

from vestry.synthetic.names import ENGLISH, NICKNAMES, SPELLINGS

DEFAULT_DATE: Final = date(1900, 1, 1)
"""What a form fills in when nobody asked."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """What a clerk writes of a person. `lines`: of the address, most particular first."""

    title: str = ""
    family_name: str = ""
    given_names: tuple[str, ...] = ()
    born_as: str = ""
    birth_date: date | None = None
    sex: str = ""
    nhs_number: str = ""
    nino: str = ""
    phone: str = ""
    email: str = ""
    lines: tuple[str, ...] = ()
    postcode: str = ""
    uprn: str = ""
    heritage: str = ENGLISH
    lately_renamed: bool = False


Mistake = Callable[[Entry, Random], Entry]

_NEIGHBOURS: Final = {
    "a": "sqz", "b": "vgn", "c": "xvd", "d": "sfe", "e": "wrd", "f": "dgr", "g": "fht", "h": "gjy",
    "i": "uok", "j": "hku", "k": "jli", "l": "ko", "m": "n", "n": "bm", "o": "ipl", "p": "ol", "q": "wa",
    "r": "etf", "s": "adw", "t": "ryg", "u": "yij", "v": "cbf", "w": "qes", "x": "zcs", "y": "tuh",
    "z": "xa",
}  # fmt: skip
_SCANS: Final = (
    ("rn", "m"),
    ("m", "rn"),
    ("l", "1"),
    ("o", "0"),
    ("cl", "d"),
    ("i", "l"),
    ("vv", "w"),
    ("h", "b"),
    ("e", "c"),
)
_SOUNDS: Final = (
    ("ph", "f"), ("ck", "k"), ("ie", "y"), ("ey", "y"), ("mc", "mac"), ("ll", "l"), ("tt", "t"), ("ss",
    "s"), ("nn", "n"), ("ough", "uff"), ("ee", "ea"), ("ks", "x"), ("kh", "k"), ("sz", "sh"), ("w", "v"),
    ("ski", "sky"), ("y", "i"), ("c", "k"), ("er", "ar"), ("s", "z"), ("au", "o"), ("u", "oo"), ("e", ""),
)  # fmt: skip


def mistype(text: str, rng: Random) -> str:
    """One slip of the fingers: a neighbouring key, a letter dropped, doubled, or swapped with the next."""
    if len(text) < 3:
        return text
    at = rng.randrange(1, len(text) - 1)
    letter, slip = text[at], rng.randrange(4)
    if slip == 0:
        return text[:at] + rng.choice(_NEIGHBOURS.get(letter.lower(), letter)) + text[at + 1 :]
    if slip == 1:
        return text[:at] + text[at + 1 :]
    if slip == 2:
        return text[:at] + letter + text[at:]
    return text[:at] + text[at + 1] + letter + text[at + 2 :]


def transpose_digits(text: str, rng: Random) -> str:
    """Two neighbouring digits change places; unchanged when there are none that differ."""
    pairs = [
        i
        for i in range(len(text) - 1)
        if text[i].isdigit() and text[i + 1].isdigit() and text[i] != text[i + 1]
    ]
    if not pairs:
        return text
    at = rng.choice(pairs)
    return text[:at] + text[at + 1] + text[at] + text[at + 2 :]


def respell(text: str, rng: Random, table: tuple[tuple[str, str], ...]) -> str:
    """The first rule of `table`, from a place drawn by chance, that fits `text` after its first letter."""
    low, start = text.lower(), rng.randrange(len(table))
    for heard, written in (*table[start:], *table[:start]):
        at = low.find(heard, 1)
        if at > 0:
            return text[:at] + written + text[at + len(heard) :]
    return text


def _on_a_name(entry: Entry, rng: Random, change: Callable[[str], str]) -> Entry:
    """Change the family name, or as often the first given name."""
    if rng.random() < 0.5 or not entry.given_names:
        return replace(entry, family_name=change(entry.family_name))
    return replace(entry, given_names=(change(entry.given_names[0]), *entry.given_names[1:]))


def typing_error(entry: Entry, rng: Random) -> Entry:
    """A slip in one of the names."""
    return _on_a_name(entry, rng, lambda name: mistype(name, rng))


def sound_spelling(entry: Entry, rng: Random) -> Entry:
    """A name written as it was heard: another spelling in use, or letters that sound alike."""

    def heard(name: str) -> str:
        return rng.choice(SPELLINGS[name]) if name in SPELLINGS else respell(name, rng, _SOUNDS)

    return _on_a_name(entry, rng, heard)


def scanning_error(entry: Entry, rng: Random) -> Entry:
    """A name from a paper form, read by a machine: `rn` for `m`, `1` for `l`."""
    return _on_a_name(entry, rng, lambda name: respell(name, rng, _SCANS))


def swapped_day_and_month(entry: Entry, rng: Random) -> Entry:
    """03/07 written 07/03, where both are dates."""
    born = entry.birth_date
    if born is None or born.day > 12:
        return entry
    return replace(entry, birth_date=date(born.year, born.day, born.month))


def wrong_birth_digit(entry: Entry, rng: Random) -> Entry:
    """One digit of the birth date wrong: the day by one to nine, or the year by one or ten."""
    born = entry.birth_date
    if born is None:
        return entry
    if rng.random() < 0.5:
        return replace(
            entry, birth_date=born.replace(day=born.day % 28 + rng.randint(1, 9) if born.day < 19 else 11)
        )
    return replace(
        entry, birth_date=born.replace(year=born.year - rng.choice((1, 10)), day=min(born.day, 28))
    )


def default_date(entry: Entry, rng: Random) -> Entry:
    """1 January 1900, which the form put there."""
    return replace(entry, birth_date=DEFAULT_DATE)


def no_birth_date(entry: Entry, rng: Random) -> Entry:
    """Not asked, or not held."""
    return replace(entry, birth_date=None)


def nickname(entry: Entry, rng: Random) -> Entry:
    """What the person is called, instead of the name on the certificate."""
    short = NICKNAMES.get(entry.given_names[0]) if entry.given_names else None
    return replace(entry, given_names=(rng.choice(short), *entry.given_names[1:])) if short else entry


def known_by_second_name(entry: Entry, rng: Random) -> Entry:
    """The second given name first, as some families use it."""
    return (
        replace(entry, given_names=(*entry.given_names[1:2], entry.given_names[0]))
        if entry.given_names[1:]
        else entry
    )


def no_middle_names(entry: Entry, rng: Random) -> Entry:
    """Only the first given name."""
    return replace(entry, given_names=entry.given_names[:1])


def initials_only(entry: Entry, rng: Random) -> Entry:
    """A letter for each given name."""
    return replace(entry, given_names=tuple(g[:1] for g in entry.given_names))


def names_swapped(entry: Entry, rng: Random) -> Entry:
    """Given name in the family name's box and the other way about."""
    if not entry.given_names:
        return entry
    return replace(
        entry, family_name=entry.given_names[0], given_names=(entry.family_name, *entry.given_names[1:])
    )


def half_of_double_barrelled(entry: Entry, rng: Random) -> Entry:
    """One half of a hyphenated family name."""
    return replace(entry, family_name=rng.choice(entry.family_name.split("-")))


def former_name(entry: Entry, rng: Random) -> Entry:
    """The name before a marriage of the last few years."""
    return replace(entry, family_name=entry.born_as, born_as="") if entry.lately_renamed else entry


def transposed_digits(entry: Entry, rng: Random) -> Entry:
    """Two digits changed places in one of the numbers; in an NHS number the check digit usually tells."""
    for name in rng.sample(("nhs_number", "nino", "phone"), 3):
        text: str = getattr(entry, name)
        if text:
            return replace(entry, **{name: transpose_digits(text, rng)})  # type: ignore[arg-type]
    return entry


def no_nhs_number(entry: Entry, rng: Random) -> Entry:
    """Not traced yet."""
    return replace(entry, nhs_number="")


def no_nino(entry: Entry, rng: Random) -> Entry:
    """Not asked for."""
    return replace(entry, nino="")


def no_phone(entry: Entry, rng: Random) -> Entry:
    """Not asked for."""
    return replace(entry, phone="")


def no_email(entry: Entry, rng: Random) -> Entry:
    """Not asked for."""
    return replace(entry, email="")


def no_postcode(entry: Entry, rng: Random) -> Entry:
    """An address without a postcode."""
    return replace(entry, postcode="")


def no_uprn(entry: Entry, rng: Random) -> Entry:
    """An address that was typed, not chosen from the gazetteer."""
    return replace(entry, uprn="")


def no_flat(entry: Entry, rng: Random) -> Entry:
    """A flat's number left off, so that the whole house seems to be meant."""
    return (
        replace(entry, lines=entry.lines[1:]) if entry.lines and entry.lines[0].startswith("Flat ") else entry
    )


def street_mistyped(entry: Entry, rng: Random) -> Entry:
    """A slip in the most particular line of an address."""
    return replace(entry, lines=(mistype(entry.lines[0], rng), *entry.lines[1:])) if entry.lines else entry


MISTAKES: Final[Mapping[str, Mistake]] = {
    f.__name__: f for f in ( former_name, half_of_double_barrelled, nickname, known_by_second_name,
    no_middle_names, initials_only, names_swapped, sound_spelling, typing_error, scanning_error,
    swapped_day_and_month, wrong_birth_digit, no_birth_date, default_date, no_nhs_number, no_nino,
    transposed_digits, no_phone, no_email, no_postcode, no_uprn, no_flat, street_mistyped, )
}  # fmt: skip
"""Every way by name, in the order of trying."""

HARDER_NAMES: Final = frozenset({"typing_error", "sound_spelling", "names_swapped"})
HARDER_BY = 1.8
"""Names that a clerk does not know are misspelt oftener: the rates of `HARDER_NAMES` times this."""

RATES: Final[Mapping[str, Mapping[str, float]]] = {
    "council-tax": {
        "former_name": 0.45, "half_of_double_barrelled": 0.3, "nickname": 0.03,
        "known_by_second_name": 0.01, "no_middle_names": 0.4, "initials_only": 0.03,
        "names_swapped": 0.004, "sound_spelling": 0.015, "typing_error": 0.02, "no_birth_date": 0.8,
        "default_date": 0.03, "transposed_digits": 0.004, "no_phone": 0.6, "no_email": 0.6,
        "no_postcode": 0.01, "no_uprn": 0.02, "no_flat": 0.01, "stale address": 0.02,
        "dead still listed": 0.25, "gone still listed": 0.12, "landlord pays": 0.25,
        "billed elsewhere": 0.04,
    },
    "electoral-register": {
        "former_name": 0.3, "half_of_double_barrelled": 0.1, "nickname": 0.005, "no_middle_names": 0.35,
        "names_swapped": 0.008, "sound_spelling": 0.008, "typing_error": 0.01, "scanning_error": 0.01,
        "no_postcode": 0.002, "no_uprn": 0.1, "no_flat": 0.005, "street_mistyped": 0.005,
        "stale address": 0.3, "dead still listed": 0.2, "gone still listed": 0.35, "not registered": 0.1,
        "not registered after a move": 0.45,
    },
    "gp-registrations": {
        "former_name": 0.25, "half_of_double_barrelled": 0.15, "nickname": 0.02,
        "known_by_second_name": 0.01, "no_middle_names": 0.2, "names_swapped": 0.006,
        "sound_spelling": 0.012, "typing_error": 0.012, "swapped_day_and_month": 0.006,
        "wrong_birth_digit": 0.004, "default_date": 0.0005, "no_nhs_number": 0.03,
        "transposed_digits": 0.004, "no_phone": 0.2, "no_postcode": 0.01, "no_flat": 0.03,
        "street_mistyped": 0.02, "stale address": 0.3, "dead still listed": 0.08, "gone still listed": 0.3,
        "shared phone": 0.25, "registered twice": 0.01, "not registered": 0.025,
    },
    "housing-tenancies": {
        "former_name": 0.4, "half_of_double_barrelled": 0.25, "nickname": 0.06,
        "known_by_second_name": 0.01, "no_middle_names": 0.5, "initials_only": 0.03, "names_swapped": 0.006,
        "sound_spelling": 0.025, "typing_error": 0.03, "scanning_error": 0.01,
        "swapped_day_and_month": 0.01, "wrong_birth_digit": 0.01, "no_birth_date": 0.05,
        "default_date": 0.04, "no_nino": 0.2, "transposed_digits": 0.01, "no_phone": 0.15, "no_email": 0.4,
        "no_postcode": 0.01, "no_flat": 0.02, "dead still listed": 0.15, "gone still listed": 0.1,
        "shared phone": 0.2,
    },
    "adult-social-care": {
        "former_name": 0.5, "half_of_double_barrelled": 0.3, "nickname": 0.12, "known_by_second_name": 0.02,
        "no_middle_names": 0.7, "names_swapped": 0.01, "sound_spelling": 0.03, "typing_error": 0.035,
        "scanning_error": 0.01, "swapped_day_and_month": 0.015, "wrong_birth_digit": 0.015,
        "no_birth_date": 0.03, "default_date": 0.02, "no_nhs_number": 0.4, "transposed_digits": 0.01,
        "no_phone": 0.2, "no_postcode": 0.05, "no_flat": 0.04, "street_mistyped": 0.03,
        "stale address": 0.15, "dead still listed": 0.2, "shared phone": 0.3,
    },
    "business-rates": {
        "stale name": 0.1, "typing_error": 0.02, "no company number": 0.15, "closed still listed": 0.15,
    },
    "food-register": {
        "typing_error": 0.02, "closed still listed": 0.25, "no postcode": 0.08, "not registered": 0.05,
    },
}  # fmt: skip
"""Source -> way -> share of entries. Ways with spaces in their names are what a register fails to hear or do;
they are read by the register itself. Sizes are reasoned: paper and telephone worst, traced ones best."""


def spoil(entry: Entry, source: str, rng: Random) -> Entry:
    """The entry as `source` will hold it, each way of going wrong tried once at its rate."""
    rates = RATES[source]
    harder = HARDER_BY if entry.heritage != ENGLISH else 1.0
    for name, mistake in MISTAKES.items():
        rate = rates.get(name, 0.0)
        if rate and rng.random() < (rate * harder if name in HARDER_NAMES else rate):
            entry = mistake(entry, rng)
    return entry
