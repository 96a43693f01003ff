"""Draws names by chance, after the customs of each heritage: who bears whose family name, and in what form."""

from __future__ import annotations

from functools import cache
from random import Random
from typing import Final

from vestry.synthetic.chance import Weighted, ranked, weighted
from vestry.synthetic.names import english
from vestry.synthetic.names.heritages import (
    BANGLADESHI,
    CHINESE,
    ENGLISH,
    FAMILY,
    GIVEN,
    HERITAGES,
    INDIAN,
    NIGERIAN,
    PAKISTANI,
    POLISH,
    PORTUGUESE,
)
from vestry.synthetic.names.variants import NICKNAMES, WESTERN

TITLES: Final = {
    "F": weighted((("Mrs", 0.5), ("Miss", 0.27), ("Ms", 0.2), ("Dr", 0.03))),
    "M": weighted((("Mr", 0.97), ("Dr", 0.03))),
}
"""Titles of adults of a sex, to draw from."""

KEEPS_NAME: Final = {PAKISTANI: 0.8, BANGLADESHI: 0.9, CHINESE: 0.9}
"""Of married women of a heritage, how many keep the name they were born with; of others `KEEPS`."""
KEEPS: Final = 0.22
DOUBLE_BARRELLED: Final = 0.04

PERSONAL: Final = {
    "F": ("Begum", "Bibi", "Khatun", "Akhtar", "Kauser", "Parveen", "Sultana", "Khanom"),
    "M": ("Hussain", "Ahmed", "Ali", "Khan", "Miah", "Uddin", "Islam", "Rahman", "Mahmood"),
}
"""Names in the place of a family name that belong to the person and not to the family."""

SIKH: Final = frozenset(
    [
        "Singh",
        "Kaur",
        "Sandhu",
        "Gill",
        "Sidhu",
        "Dhillon",
        "Grewal",
        "Bains",
        "Bhogal",
        "Saini",
        "Sehgal",
        "Chauhan",
        "Parmar",
    ]
)
"""Family names that go with Singh or Kaur in the middle."""


@cache
def family_names(heritage: str) -> Weighted[str]:
    """Family names of a heritage, to draw from."""
    return english.family_names() if heritage == ENGLISH else ranked(FAMILY[heritage])


@cache
def given_pool(heritage: str, sex: str, generation: str) -> Weighted[str]:
    """Given names of a heritage and sex; of English names `generation` counts, for fashions change."""
    return ranked(english.GIVEN[sex, generation] if heritage == ENGLISH else GIVEN[heritage, sex])


@cache
def heritages(diversity: float) -> Weighted[str]:
    """Heritages of households, to draw from; `diversity` times as many are not English as in the county."""
    return weighted((h, share * (diversity if h != ENGLISH else 1.0)) for h, share in HERITAGES.items())


def given_names(rng: Random, heritage: str, sex: str, birth_year: int, family: str = "") -> tuple[str, ...]:
    """One to three given names, none twice; Singh or Kaur among them where the family's name is a Sikh one."""
    pool = given_pool(heritage, sex, english.generation_of(birth_year))
    dice = rng.random()
    wanted = 1 if dice < 0.26 else 2 if dice < 0.9 else 3
    drawn = dict.fromkeys(pool.draw(rng) for _ in range(wanted))
    if heritage == INDIAN and family in SIKH - {"Singh", "Kaur"} and rng.random() < 0.7:
        return next(iter(drawn)), "Kaur" if sex == "F" else "Singh"
    return tuple(drawn)


def family_name(rng: Random, heritage: str, sex: str) -> str:
    """A family name in the form that this sex bears."""
    if heritage in (PAKISTANI, BANGLADESHI) and rng.random() < (0.5 if sex == "F" else 0.2):
        return rng.choice(PERSONAL[sex])
    name = family_names(heritage).draw(rng)
    if heritage == PORTUGUESE and rng.random() < 0.5:
        name = f"{family_names(heritage).draw(rng)} {name}"
    return gendered(name, heritage, sex)


def gendered(family: str, heritage: str, sex: str) -> str:
    """A family name as this sex bears it: `Kowalski` is `Kowalska`, `Singh` is `Kaur`."""
    if heritage == POLISH:
        if sex == "F" and family.endswith(("ski", "cki", "dzki")):
            return f"{family[:-1]}a"
        if sex == "M" and family.endswith(("ska", "cka", "dzka")):
            return f"{family[:-1]}i"
    return {("Singh", "F"): "Kaur", ("Kaur", "M"): "Singh"}.get((family, sex), family)


def childs_family_name(rng: Random, father: str, mother: str, heritage: str, sex: str) -> str:
    """What a child of these parents is called: mostly the father's name, after the customs of the heritage."""
    if heritage in (PAKISTANI, BANGLADESHI) and rng.random() < 0.4:
        return rng.choice(PERSONAL[sex])
    if heritage == PORTUGUESE and father != mother and rng.random() < 0.6:
        return f"{mother.rsplit(maxsplit=1)[-1]} {father.rsplit(maxsplit=1)[-1]}"
    if father != mother and "-" not in father + mother and rng.random() < DOUBLE_BARRELLED * 2:
        return f"{mother}-{father}"
    return gendered(father if rng.random() < 0.92 else mother, heritage, sex)


def married_name(rng: Random, own: str, partners: str, heritage: str, sex: str) -> str:
    """The name that somebody bears after marrying; their own where they keep it."""
    if rng.random() < KEEPS_NAME.get(heritage, KEEPS):
        return own
    if "-" not in own + partners and rng.random() < DOUBLE_BARRELLED:
        return f"{own}-{partners}"
    return gendered(partners, heritage, sex)


def known_as(rng: Random, given: tuple[str, ...], heritage: str, sex: str) -> str:
    """What the person goes by where it is not their first name; blank for most."""
    if heritage in (CHINESE, NIGERIAN) and rng.random() < 0.35:
        return rng.choice(WESTERN[sex])
    if given[1:] and rng.random() < 0.05:
        return given[1]
    short = NICKNAMES.get(given[0])
    return rng.choice(short) if short and rng.random() < 0.25 else ""


def plain(name: str) -> str:
    """A name as the first part of an email address: small ASCII letters."""
    return "".join(c for c in name.lower() if c.isascii() and c.isalpha()) or "resident"
