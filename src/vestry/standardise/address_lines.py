"""Address text tidied for people to read, and a key by which two spellings of one address are the same.

The lines keep the source's words. The key writes out abbreviations, has no commas, counties or postcode, and
is for comparing only: finding the UPRN is the work of `addresses`.
"""

# ruff: noqa: SIM905 - lists of facts read better as words than as quoted strings.
from __future__ import annotations

import re
from typing import Final

from vestry.standardise.postcodes import AREAS, postcode
from vestry.standardise.text import settled, upper, without_marks

_ABBREVIATED_COUNTIES: Final = (
    "HERTS BEDS BUCKS CAMBS HANTS LANCS LEICS LINCS NORTHANTS NOTTS OXON STAFFS WILTS WORCS GLOS MIDDX"
).split()
_SHIRES: Final = (
    "HERTFORD BEDFORD BUCKINGHAM CAMBRIDGE HAMP LANCA LEICESTER LINCOLN NORTHAMPTON NOTTINGHAM "
    "OXFORD STAFFORD WILT "
    "WORCESTER GLOUCESTER BERK CHE DERBY SHROP WARWICK YORK HUNTINGDON HEREFORD"
).split()
_PLAIN_COUNTIES: Final = frozenset(
    [*_ABBREVIATED_COUNTIES, *(f"{shire}SHIRE" for shire in _SHIRES), "LANCASHIRE"]
)
"""Counties whose name is never a street's last word or a town: dropped after a town even without a comma."""
_COUNTIES: Final = _PLAIN_COUNTIES | frozenset(
    "ESSEX|KENT|SURREY|SUFFOLK|NORFOLK|DORSET|DEVON|SOMERSET|CORNWALL|RUTLAND|CUMBRIA|MIDDLESEX|"
    "EAST SUSSEX|WEST SUSSEX|"
    "SUSSEX|CO DURHAM|COUNTY DURHAM|MERSEYSIDE|WEST MIDLANDS|TYNE AND WEAR|TYNE & WEAR|GREATER LONDON|"
    "GREATER MANCHESTER|NORTH YORKSHIRE|SOUTH YORKSHIRE|WEST YORKSHIRE|EAST YORKSHIRE|NORTHUMBERLAND".split(
        "|"
    )
)
_COUNTRIES: Final = frozenset("UK|U K|GB|UNITED KINGDOM|GREAT BRITAIN|ENGLAND".split("|"))
_NOTHING: Final = frozenset(
    "UNKNOWN|ADDRESS UNKNOWN|NOT KNOWN|N/A|N/K|NK|NONE|NULL|NIL|TBC|TBA|NOT GIVEN|AS ABOVE".split("|")
)
_POSTCODE_AT_END: Final = re.compile(r"(?:^|[\s,]+)([A-Z]{1,2}[0-9][A-Z0-9]?\s*[0-9][A-Z]{2})$")
_AREA: Final = re.compile(r"[0-9].*")
_COUNTY_AT_END: Final = re.compile(rf"(?<=\w) (?:{'|'.join(sorted(_PLAIN_COUNTIES))})$")
_NUMBER_ALONE: Final = re.compile(r"\d+[A-Z]?(?:\s?[-/]\s?\d+[A-Z]?)?")
_EDGE: Final = " ,.;:-_*\"'/\\"

_NO_FIXED: Final = re.compile(
    r"(?:^|,)\s*N\.?\s?F\.?\s?A\.?(?=\s*(?:$|[,(/-]|C/O))|\bNO (?:FIXED|PERMANENT) (?:ABODE|ADDRESS|PLACE)\b|"
    r"(?:^|,)\s*HOMELESS(?=\s*(?:$|[,(-]))|\b(?:ROUGH SLEEPER|SLEEPING ROUGH|SOFA SURFING)\b|"
    r"\bZZ99 ?3VZ\b"
)
_HINTS: Final = ("FIXED", "PERMANENT", "HOMELESS", "ROUGH", "SOFA", "ZZ99")
"""One of these is in every text that says so, but for those that say NFA at the beginning of a line."""


def address_lines(text: str) -> str | None:
    """The lines in capitals, joined by `, `: blank and repeated ones, county, country and postcode dropped.

    Lines may be parted by commas or line ends. A number standing alone joins the line after it
    (`1, HIGH STREET` is `1 HIGH STREET`). None when nothing is said (UNKNOWN, N/A). A text that says there is
    no fixed address is kept: see `is_no_fixed_address`.
    """
    lines = settled(_lines, re.sub(r"[\r\n|]+", ",", text))
    return None if lines in _NOTHING or not lines else lines


def is_no_fixed_address(text: str) -> bool:
    """Whether the text says that a person has no fixed address (NFA, homeless, the NHS's ZZ99 3VZ).

    Such texts are never one address: two people of no fixed abode do not share a household.
    """
    return _says_no_fixed(upper(text))


def _says_no_fixed(capitals: str) -> bool:
    hinted = any(map(capitals.__contains__, _HINTS)) or (
        "F" in capitals and (capitals[:1] == "N" or ",N" in capitals or ", N" in capitals)
    )
    return hinted and bool(_NO_FIXED.search(capitals))


def address_key(text: str) -> str | None:
    """The address as plain words: `Flat 2, 12 A St. Andrew St` is FLAT 2 12A ST ANDREW STREET.

    None where there is no address, or no fixed one.
    """
    lines = address_lines(text) or ""
    key = _lines(_key(lines))
    if not _is_plain(key):
        key = settled(lambda t: _lines(_key(t)), key)
    if not key or key in _NOTHING or _says_no_fixed(lines) or _says_no_fixed(key):
        return None
    return key


def building_number(key: str) -> str | None:
    """Of an address in the form of `address_key`, the number of the building in its street (12A, 109-111), not of a flat
    or unit in it; else None.
    """
    words = key.split()
    at = 0
    while at < len(words):
        if words[at] in _INSIDE and at + 1 < len(words):
            at += 2
        elif _NUMBER.fullmatch(words[at]) and at + 1 < len(words):
            return words[at]
        else:
            at += 1
    return None


def _lines(text: str) -> str:
    parts: list[str] = []
    number = ""
    for raw in upper(text).split(","):
        part = " ".join(raw.replace(".", " ").strip(_EDGE).split())
        if not part:
            continue
        if not number and part[0].isdigit() and _NUMBER_ALONE.fullmatch(part):
            number = part
            continue
        part, number = (f"{number} {part}" if number else part), ""
        if part not in parts:
            parts.append(part)
    if number:
        parts.append(number)
    while parts and (shorter := _without_end(parts)) != parts:
        parts = shorter
    return ", ".join(parts)


def _without_end(parts: list[str]) -> list[str]:
    *before, last = parts
    if before and (last in _COUNTIES or last in _COUNTRIES):
        return before
    if last[-3:-2].isdigit():
        found = _POSTCODE_AT_END.search(last)
        if found and postcode(found[1]) and _AREA.sub("", found[1]) in AREAS:
            last = last[: found.start()]
    if last.rpartition(" ")[2] in _PLAIN_COUNTIES:
        county = _COUNTY_AT_END.search(last)
        last = last[: county.start()] if county and not last.endswith(_NOT_A_TOWN) else last
    return [*before, last] if last else before


_NOT_A_TOWN: Final = tuple(
    f" {word} {county}" for word in ("OF", "FOR", "IN", "AND", "&") for county in _PLAIN_COUNTIES
)
"""University of Hertfordshire keeps its county."""

_ANYWHERE: Final = {
    "RD": "ROAD",
    "AVE": "AVENUE",
    "LN": "LANE",
    "CLO": "CLOSE",
    "CRES": "CRESCENT",
    "CRESC": "CRESCENT",
    "DRV": "DRIVE",
    "GDNS": "GARDENS",
    "GDN": "GARDEN",
    "GRV": "GROVE",
    "TERR": "TERRACE",
    "CRT": "COURT",
    "HSE": "HOUSE",
    "BLDG": "BUILDING",
    "BLDGS": "BUILDINGS",
    "BLD": "BUILDING",
    "EST": "ESTATE",
    "IND": "INDUSTRIAL",
    "CTR": "CENTRE",
    "CENTER": "CENTRE",
    "NTH": "NORTH",
    "STH": "SOUTH",
    "FLR": "FLOOR",
    "GRD": "GROUND",
    "GND": "GROUND",
    "1ST": "FIRST",
    "2ND": "SECOND",
    "3RD": "THIRD",
    "FLT": "FLAT",
    "APT": "FLAT",
    "APPT": "FLAT",
    "APARTMENT": "FLAT",
    "UNITS": "UNIT",
    "SAINT": "ST",
    "&": "AND",
    "PDE": "PARADE",
    "SQR": "SQUARE",
    "STR": "STREET",
}
""
"""Written out wherever they stand."""
_AT_END: Final = {
    "ST": "STREET",
    "AV": "AVENUE",
    "CL": "CLOSE",
    "CR": "CRESCENT",
    "CT": "COURT",
    "DR": "DRIVE",
    "GR": "GROVE",
    "PL": "PLACE",
    "PK": "PARK",
    "SQ": "SQUARE",
    "TER": "TERRACE",
    "WK": "WALK",
}
"""Written out only at the end of a line: elsewhere ST is a saint and DR a doctor."""
_ALWAYS_STREET: Final = frozenset(
    "HIGH MARKET STATION LONDON PARK QUEEN KING VICTORIA CASTLE MILL CHURCH BRIDGE".split()
)
"""Before these words' ST comes a town, not a saint: HIGH ST HITCHIN."""
_INSIDE: Final = frozenset("FLAT UNIT SUITE ROOM STUDIO PLOT BLOCK SHOP KIOSK STALL OFFICE".split())
_NUMBER: Final = re.compile(r"\d+[A-Z]?(?:-\d+[A-Z]?)?")
_RANGE: Final = re.compile(r"\b(\d+[A-Z]?)\s*[-/]\s*(\d+[A-Z]?)\b")
_LETTER_APART: Final = re.compile(r"\b(\d+) ([A-HJ-NP-Z])\b(?! \d)")
_NUMBER_WORD: Final = re.compile(
    r"\b(FLAT|UNIT|SUITE|ROOM|SHOP|PLOT) (?:NO|NUMBER|NUM) (?=\w)|\b(?:NO|NUMBER) (?=\d)"
)
_KEPT: Final = re.compile(r"[^\w\s&-]|_")
_WORDS_ALONE: Final = re.compile(r"[A-Z0-9 ]*")
_HYPHEN: Final = re.compile(r"(?<!\d[A-Z])(?<!\d)-|-(?!\d)")
"""One that does not stand in a range of numbers."""


_SETTLED: Final = frozenset(_ANYWHERE.keys()) | {"ST"}
"""A line without these words, and with none of `_AT_END` at its end, is written out."""


def _key(lines: str) -> str:
    words: list[str] = []
    for part in without_marks(lines).split(","):
        if not _WORDS_ALONE.fullmatch(part):
            part = _KEPT.sub(" ", _RANGE.sub(r"\1-\2", part).replace("'", ""))
            part = _HYPHEN.sub(" ", part)
        words += _written_out(part.split())
    joined = " ".join(words)
    if _may_number(joined):
        joined = _NUMBER_WORD.sub(lambda m: f"{m[1]} " if m[1] else "", joined)
    return _LETTER_APART.sub(r"\1\2", joined)


def _written_out(words: list[str]) -> list[str]:
    if _is_written_out(words):
        return words
    out: list[str] = []
    for at, word in enumerate(words):
        last = at == len(words) - 1
        if word in _AT_END and at > 0 and (last or (word == "ST" and out[-1] in _ALWAYS_STREET)):
            out.append(_AT_END[word])
        else:
            out.append(_ANYWHERE.get(word, word))
    return out


def _is_written_out(words: list[str]) -> bool:
    return not words or (words[-1] not in _AT_END and _SETTLED.isdisjoint(words))


def _may_number(joined: str) -> bool:
    """Whether `_NUMBER_WORD` could be in it."""
    return "NO " in joined or "NUM" in joined


def _is_plain(key: str) -> bool:
    """Whether a key, as it came from `_lines`, is surely one that it would give again."""
    if not _WORDS_ALONE.fullmatch(key) or _may_number(key):
        return False
    return _is_written_out(key.split()) and not _LETTER_APART.search(key)
