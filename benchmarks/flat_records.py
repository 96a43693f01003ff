"""Reads the files of the fictional county flat, as somebody would in an afternoon: one row a person, no Vestry.

Case, accents, one date form, postcode without a space, blanks for default dates; rows that do not parse or that
repeat another are dropped. Which column is what is written down once, in `FILES`.
"""

from __future__ import annotations

import csv
import gzip
import io
import unicodedata
import xml.etree.ElementTree as ET
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from pathlib import Path

import pandas as pd

FORMS = ("%d/%m/%Y", "%Y-%m-%d", "%Y%m%d", "%d %b %Y", "%d-%b-%Y")
DEFAULTS = {"1900-01-01", "1901-01-01", "1970-01-01"}
SHORT = {
    "RD": "ROAD", "ST": "STREET", "AVE": "AVENUE", "CL": "CLOSE", "LN": "LANE", "DR": "DRIVE",
    "CRES": "CRESCENT", "GDNS": "GARDENS", "GR": "GROVE", "CT": "COURT", "PL": "PLACE", "FLT": "FLAT",
}  # fmt: skip
STREETS = {*SHORT.values(), "WAY", "WALK", "RISE"} - {"FLAT"}
FIELDS = (
    "family", "given", "middle", "birth", "address", "postcode", "phone", "email", "nhs_number", "nino", "upn",
)  # fmt: skip


@dataclass(frozen=True, slots=True, kw_only=True)
class Person:
    """Which columns of a row tell of one person: numbers from 0. `whole` is a name in one column."""

    part: str
    family: int | None = None
    given: int | None = None
    middle: int | None = None
    whole: int | None = None
    family_first: bool = False
    birth: int | None = None
    address: tuple[int, ...] = ()
    postcode: int | None = None
    phone: tuple[int, ...] = ()
    email: int | None = None
    nhs_number: int | None = None
    nino: int | None = None
    upn: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Flat:
    """Files whose name ends so; `row` the element that repeats when they are XML, whose `paths` are the columns."""

    ending: str | tuple[str, ...]
    people: tuple[Person, ...]
    key: int = 0
    header: bool = True
    row: str = ""
    paths: tuple[str, ...] = ()


_HOME = {"address": (7, 8, 9, 10), "postcode": 11}
FILES = (
    Flat(
        ending="-council-tax.csv",
        people=(
            Person(part="liable", family=3, given=4, middle=5, birth=6, phone=(29,), email=30, **_HOME),
            Person(part="partner", family=13, given=14, middle=15, birth=16, **_HOME),
        ),
    ),
    Flat(
        ending="-electoral-register.csv",
        key=1,
        people=(
            Person(
                part="elector", whole=2, family_first=True, birth=4, address=(5, 6, 7, 8), postcode=9,
            ),
        ),
    ),
    Flat(
        ending="gp-registrations.csv",
        header=False,
        people=(
            Person(
                part="patient", family=2, given=3, birth=6, address=(8, 9, 10, 11), postcode=12,
                phone=(14,), nhs_number=1,
            ),
        ),
    ),
    Flat(
        ending="-housing-tenancies.xml.gz",
        row="Tenancy",
        paths=(
            "Reference", "Property/Line1", "Property/Line2", "Property/Line3", "Property/Line4",
            "Property/PostCode", "First/Surname", "First/Forenames", "First/BirthDate", "First/NINO",
            "First/Telephone", "First/Email", "Second/Surname", "Second/Forenames", "Second/BirthDate",
            "Second/NINO",
        ),
        people=(
            Person(
                part="tenant", family=6, given=7, birth=8, address=(1, 2, 3, 4), postcode=5, phone=(10,),
                email=11, nino=9,
            ),
            Person(
                part="joint", family=12, given=13, birth=14, address=(1, 2, 3, 4), postcode=5, nino=15
            ),
        ),
    ),
    Flat(
        ending=("-housing-waiting-list.xml.gz", "-housing.xml.gz"),
        row="Application",
        paths=(
            "Application", "Applicant/Surname", "Applicant/Forenames", "Applicant/BirthDate", "Applicant/NINO",
            "Applicant/Telephone", "Applicant/Email", "Address/Line1", "Address/Line2", "Address/Line3",
            "Address/PostCode", "Partner/Surname", "Partner/Forenames", "Partner/BirthDate",
        ),
        people=(
            Person(
                part="applicant", family=1, given=2, birth=3, address=(7, 8, 9), postcode=10, phone=(5,),
                email=6, nino=4,
            ),
            Person(part="partner", family=11, given=12, birth=13, address=(7, 8, 9), postcode=10),
        ),
    ),
    Flat(
        ending="adult-social-care.csv",
        key=1,
        people=(
            Person(
                part="client", family=3, given=4, birth=5, address=(8, 9, 10), postcode=11, phone=(12,),
                nhs_number=2,
            ),
            Person(part="carer", whole=17, address=(8, 9, 10), postcode=11, phone=(18,)),
        ),
    ),
    Flat(
        ending="-benefits.csv",
        people=(
            Person(
                part="claimant", family=3, given=4, birth=5, address=(12, 13, 14, 15), postcode=16, phone=(24,),
                email=25, nino=6,
            ),
            Person(part="partner", family=8, given=9, birth=10, address=(12, 13, 14, 15), postcode=16, nino=11),
        ),
    ),
    Flat(
        ending="-waste.csv",
        people=(Person(part="resident", whole=2, address=(3, 4, 5), postcode=6, phone=(8,)),),
    ),
    Flat(
        ending="blue-badges.csv",
        people=(
            Person(
                part="holder", family=3, given=4, middle=5, birth=11, address=(6, 7, 8, 9), postcode=10,
                phone=(13,), email=14, nino=12,
            ),
        ),
    ),
    Flat(
        ending="libraries.csv",
        key=1,
        people=(
            Person(part="member", family=2, given=3, birth=4, address=(5,), postcode=6, phone=(7,), email=8),
        ),
    ),
    Flat(
        ending="police-incidents.csv",
        people=(
            Person(part="first", family=6, given=7, birth=8, address=(11,), postcode=12, phone=(13,)),
            Person(part="second", family=15, given=16, birth=17, address=(20,), postcode=21, phone=(22,)),
        ),
    ),
    Flat(
        ending="police-custody.csv",
        people=(Person(part="detained", family=5, given=6, birth=9, address=(12,), postcode=13),),
    ),
    Flat(
        ending="childrens-cases.csv",
        people=(
            Person(
                part="child", family=1, given=2, birth=4, address=(9, 10, 11), postcode=12, nhs_number=7, upn=8
            ),
            Person(part="parent", family=13, given=14, address=(9, 10, 11), postcode=12, phone=(15,)),
        ),
    ),
    Flat(
        ending="school-census.csv",
        people=(
            Person(
                part="pupil", family=2, given=3, middle=4, birth=6, address=(9, 10, 11, 12), postcode=13, upn=1
            ),
            Person(part="parent", family=23, given=24, address=(9, 10, 11, 12), postcode=13, phone=(25,)),
        ),
    ),
    Flat(
        ending="send.csv",
        people=(
            Person(
                part="pupil", family=1, given=2, birth=3, address=(7, 8, 9), postcode=10, nhs_number=6, upn=5
            ),
            Person(part="parent", family=11, given=12, address=(7, 8, 9), postcode=10, phone=(13,)),
        ),
    ),
    Flat(ending="-business-rates.csv", people=(Person(part="proprietor", whole=5, phone=(11,)),)),
    Flat(ending="-regulatory-licences.csv", people=(Person(part="holder", family=8, given=9, birth=10),)),
)  # fmt: skip


@lru_cache(maxsize=1_000_000)
def upper(text: str) -> str:
    """Capitals without accents or marks."""
    plain = unicodedata.normalize("NFKD", text.replace("ł", "l").replace("Ł", "L"))
    return " ".join(
        "".join(c if c.isalnum() else " " for c in plain if not unicodedata.combining(c)).upper().split()
    )


@lru_cache(maxsize=1_000_000)
def address(text: str) -> str:
    """An address as far as its street, street types written out."""
    words = [SHORT.get(word, word) for word in upper(text).split()]
    ends = [at for at, word in enumerate(words) if word in STREETS and at > 1]
    return " ".join(words[: ends[-1] + 1] if ends else words)


@lru_cache(maxsize=200_000)
def birth(text: str) -> str:
    """A whole birth date as ISO text; blank when in part, impossible or the form's default."""
    for form in FORMS:
        try:
            day = datetime.strptime(text, form).strftime("%Y-%m-%d")  # noqa: DTZ007 (a day has no time zone)
        except ValueError:
            continue
        return "" if day in DEFAULTS else day
    return ""


def digits(text: str) -> str:
    """The digits of a number, British telephone prefix dropped."""
    return "".join(c for c in text.replace("+44", "0") if c.isdigit())


def rows(path: Path, flat: Flat) -> Iterator[list[str]]:
    """Distinct rows of the right length."""
    if flat.row:
        with gzip.open(path) as file:
            for element in ET.parse(file).getroot()[1].iter(flat.row):
                if len(element):
                    yield [element.findtext(p) or "" for p in flat.paths]
        return
    raw = path.read_bytes()
    try:
        text = raw.decode("utf-8")
    except UnicodeDecodeError:
        text = raw.decode("windows-1252")
    first = text[: text.index("\n")]
    delimiter = max(",;|", key=first.count)
    seen: set[int] = set()
    width = 0
    for number, row in enumerate(csv.reader(io.StringIO(text), delimiter=delimiter)):
        width = width or len(row)
        mark = hash(tuple(row))
        if len(row) == width and mark not in seen and not (flat.header and number == 0):
            seen.add(mark)
            yield row


def people(row: list[str], flat: Flat) -> Iterator[tuple[str, dict[str, str]]]:
    """Each person of a row that is there, with their cleaned fields."""
    for one in flat.people:

        def said(at: int | None) -> str:
            return row[at].strip() if at is not None else ""

        if one.whole is not None:
            whole = said(one.whole)
            if not whole:
                continue
            if one.family_first:
                family, _, given = whole.partition(",")
            else:
                given, _, family = whole.rpartition(" ")
            family, given = upper(family), upper(given)
        else:
            family, given = upper(said(one.family)), upper(said(one.given))
        if not family and not given:
            continue
        if one.middle is not None:
            middle = upper(said(one.middle))
        else:
            given, _, middle = given.partition(" ")
        phone = next((digits(said(at)) for at in one.phone if said(at)), "")
        yield (
            one.part,
            {
                "family": family,
                "given": given,
                "middle": middle,
                "birth": birth(said(one.birth)),
                "address": address(" ".join(said(at) for at in one.address)),
                "postcode": upper(said(one.postcode)).replace(" ", ""),
                "phone": phone,
                "email": said(one.email).lower(),
                "nhs_number": said(one.nhs_number),
                "nino": said(one.nino),
                "upn": said(one.upn),
            },
        )


def source_of(path: Path, flat: Flat) -> str:
    """The source's name: the file's, without what tells its files apart."""
    name = path.name.split(".")[0]
    for suffix in ("-tenancies", "-waiting-list", "-food", "-licences"):
        name = name.removesuffix(suffix)
    return name


def records(place: Path, as_at: str | None) -> pd.DataFrame:
    """Every person record of one date's files, flat, with its true entity; those of no known truth left out."""
    folders = sorted(p for p in (place / "incoming").iterdir() if p.is_dir())
    folder = place / "incoming" / as_at if as_at else folders[0]
    with (place / "truth" / "people.csv").open(encoding="utf-8", newline="") as file:
        truth = {(r["source"], r["source_key"], r["part"]): r["entity"] for r in csv.DictReader(file)}
    found: dict[tuple[str, str, str], dict[str, str]] = {}
    for flat in FILES:
        for path in sorted(folder.iterdir()):
            if not path.name.endswith(flat.ending):
                continue
            source = source_of(path, flat)
            for row in rows(path, flat):
                for part, said in people(row, flat):
                    at = (source, row[flat.key], part)
                    if at in truth:
                        found.setdefault(at, said | {"entity": truth[at]})
    frame = pd.DataFrame(list(found.values()))
    keys = pd.DataFrame(list(found), columns=["source", "source_key", "part"])
    frame = pd.concat([keys, frame], axis=1)
    frame["unique_id"] = frame.index
    return frame.astype(object).replace({"": None})
