"""How records go wrong: one small function for each way. How often each happens where is in `rates`.

A clerk's entry goes in as it should be and comes out as the source will hold it.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import date
from random import Random
from typing import Final

from vestry.synthetic.mistakes import slips
from vestry.synthetic.names.heritages import ENGLISH
from vestry.synthetic.names.variants import NICKNAMES, SPELLINGS
from vestry.synthetic.people.numbers import another_valid

DEFAULT_DATES: Final = (date(1900, 1, 1), date(1900, 1, 1), date(1901, 1, 1), date(1970, 1, 1))
"""What a form fills in when nobody asked."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """What a clerk writes of a person. `lines`: of the address, most particular first. `born_as` is an earlier family name.

    `kin_nhs_number` is that of somebody in the same household, which may be picked by mistake.
    """

    title: str = ""
    family_name: str = ""
    given_names: tuple[str, ...] = ()
    born_as: str = ""
    known_as: str = ""
    birth_date: date | None = None
    sex: str = ""
    ethnicity: str = ""
    nhs_number: str = ""
    kin_nhs_number: str = ""
    nino: str = ""
    upn: str = ""
    phone: str = ""
    email: str = ""
    lines: tuple[str, ...] = ()
    postcode: str = ""
    uprn: str = ""
    heritage: str = ENGLISH


Mistake = Callable[[Entry, Random], Entry]


def _on_a_name(entry: Entry, rng: Random, change: Callable[[str], str]) -> Entry:
    """Change the family name, or as often the first given name."""
    if rng.random() < 0.5 or not entry.given_names:
        return replace(entry, family_name=change(entry.family_name))
    return replace(entry, given_names=(change(entry.given_names[0]), *entry.given_names[1:]))


def typing_error(entry: Entry, rng: Random) -> Entry:
    """A slip in one of the names."""
    return _on_a_name(entry, rng, lambda name: slips.mistype(name, rng))


def sound_spelling(entry: Entry, rng: Random) -> Entry:
    """A name written as it was heard: another spelling in use, or letters that sound alike."""

    def heard(name: str) -> str:
        return rng.choice(SPELLINGS[name]) if name in SPELLINGS else slips.respell(name, rng, slips.SOUNDS)

    return _on_a_name(entry, rng, heard)


def scanning_error(entry: Entry, rng: Random) -> Entry:
    """A name from a paper form, read by a machine: `rn` for `m`, `1` for `l`."""
    return _on_a_name(entry, rng, lambda name: slips.respell(name, rng, slips.SCANS))


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
    """1 January 1900, or another day that the form put there."""
    return replace(entry, birth_date=rng.choice(DEFAULT_DATES))


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


def transposed_digits(entry: Entry, rng: Random) -> Entry:
    """Two digits changed places in one of the numbers; in an NHS number the check digit usually tells."""
    for name in rng.sample(("nhs_number", "nino", "phone"), 3):
        text: str = getattr(entry, name)
        if text:
            return replace(entry, **{name: slips.transpose_digits(text, rng)})  # type: ignore[arg-type]
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
        replace(entry, lines=entry.lines[1:])
        if entry.lines and entry.lines[0].startswith(("Flat ", "Apartment "))
        else entry
    )


def street_mistyped(entry: Entry, rng: Random) -> Entry:
    """A slip in the most particular line of an address."""
    return (
        replace(entry, lines=(slips.mistype(entry.lines[0], rng), *entry.lines[1:])) if entry.lines else entry
    )


def wrong_nhs_number(entry: Entry, rng: Random) -> Entry:
    """A number that passes its check and is not theirs: that of somebody at home, or with two digits wrong."""
    if not entry.nhs_number:
        return entry
    kin = entry.kin_nhs_number
    return replace(
        entry, nhs_number=kin if kin and rng.random() < 0.4 else another_valid(entry.nhs_number, rng)
    )


def shortened_street(entry: Entry, rng: Random) -> Entry:
    """`Station Road` as `Station Rd`, `Flat 3` as `Flt 3`, as people write them."""
    return replace(entry, lines=tuple(slips.shortened(line) for line in entry.lines))


def name_for_known_as(entry: Entry, rng: Random) -> Entry:
    """The name the person goes by, in the place of their first name."""
    if not entry.known_as:
        return entry
    return replace(entry, given_names=(entry.known_as, *entry.given_names[1:]))


def no_sex(entry: Entry, rng: Random) -> Entry:
    """Not asked."""
    return replace(entry, sex="")


def no_ethnicity(entry: Entry, rng: Random) -> Entry:
    """Not stated."""
    return replace(entry, ethnicity="Z")


def no_upn(entry: Entry, rng: Random) -> Entry:
    """Not known to this system."""
    return replace(entry, upn="")


def birth_year_only(entry: Entry, rng: Random) -> Entry:
    """The first of January of the right year, where only the year was known."""
    return replace(entry, birth_date=entry.birth_date.replace(month=1, day=1)) if entry.birth_date else entry


MISTAKES: Final[Mapping[str, Mistake]] = {
    f.__name__: f for f in ( half_of_double_barrelled, name_for_known_as, nickname, known_by_second_name,
    no_middle_names, initials_only, names_swapped, sound_spelling, typing_error, scanning_error,
    swapped_day_and_month, wrong_birth_digit, birth_year_only, no_birth_date, default_date, no_sex, no_ethnicity,
    no_nhs_number, wrong_nhs_number, no_nino, no_upn, transposed_digits, no_phone, no_email, no_postcode,
    no_uprn, no_flat, shortened_street, street_mistyped, )
}  # fmt: skip
"""Every way by name, in the order of trying, which is part of what a seed fixes."""
