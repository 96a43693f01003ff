"""Names of organisations in one form, and the core of a name by which two registers' spellings are compared.

The standard form only tidies. The core drops what says nothing about which organisation it is (LTD, THE) and
writes out what one register shortens and another does not (ST MARYS C OF E JMI, THE CROWN PH). The lists are
facts met in the food, school, NHS and motor registers of one county, not a grammar of all names.
"""

# ruff: noqa: SIM905 - lists of facts read better as words than as quoted strings.
from __future__ import annotations

import re
from typing import Final

from vestry.standardise.text import settled, upper, without_marks

_PLACEHOLDERS: Final = frozenset(
    "UNKNOWN|NOT KNOWN|N/A|N/K|NONE|NULL|NIL|TEST|TBC|TBA|VACANT|VOID|EMPTY|OCCUPIER|"
    "THE OCCUPIER|NOT APPLICABLE|"
    "NOT GIVEN|NO NAME".split("|")
)
_NO_NAME: Final = re.compile(r"[\W_]*")

_LEGAL_FORMS: Final = frozenset("LTD LIMITED PLC LLP CIC INC INCORPORATED".split())
_STATUS: Final = (("VOLUNTARY", "AIDED"), ("VOLUNTARY", "CONTROLLED"), ("VA",), ("VC",), ("AIDED",))
"""How a church school is paid for: some registers say it and some do not."""

_SCHOOLS: Final = frozenset({"SCHOOL", "PRIMARY", "INFANT", "JUNIOR"})

_WRITTEN_OUT: Final = {
    "ACAD": "ACADEMY",
    "ASSN": "ASSOCIATION",
    "ASSOC": "ASSOCIATION",
    "AVE": "AVENUE",
    "BROS": "BROTHERS",
    "CAFFE": "CAFE",
    "CENTER": "CENTRE",
    "CENTERS": "CENTRES",
    "CNTR": "CENTRE",
    "CO": "COMPANY",
    "COFE": "CE",
    "CTR": "CENTRE",
    "FC": "FOOTBALL CLUB",
    "HERTS": "HERTFORDSHIRE",
    "HLTH": "HEALTH",
    "HOSP": "HOSPITAL",
    "HSE": "HOUSE",
    "IND": "INDUSTRIAL",
    "INF": "INFANT",
    "INFANTS": "INFANT",
    "JMI": "PRIMARY",
    "JNR": "JUNIOR",
    "JUN": "JUNIOR",
    "JUNIORS": "JUNIOR",
    "MED": "MEDICAL",
    "MGMT": "MANAGEMENT",
    "NURS": "NURSERY",
    "PH": "PUBLIC HOUSE",
    "PHARM": "PHARMACY",
    "PK": "PARK",
    "PRAC": "PRACTICE",
    "PRACT": "PRACTICE",
    "PRIM": "PRIMARY",
    "RC": "CATHOLIC",
    "RD": "ROAD",
    "SCH": "SCHOOL",
    "SCHO": "SCHOOL",
    "SCHL": "SCHOOL",
    "STN": "STATION",
    "SURG": "SURGERY",
    "SVCS": "SERVICES",
    "UNI": "UNIVERSITY",
}
_PHRASES: Final = tuple(
    (tuple(said.split()), tuple(meant.split()))
    for said, meant in {
        "CHURCH OF ENGLAND": "CE",
        "C OF E": "CE",
        "COF E": "CE",
        "C OFE": "CE",
        "ROMAN CATHOLIC": "CATHOLIC",
        "JUNIOR MIXED AND INFANT": "PRIMARY",
        "JUNIOR MIXED INFANT": "PRIMARY",
        "JUNIOR AND INFANT": "PRIMARY",
        "INFANT AND JUNIOR": "PRIMARY",
        "PRE SCHOOL": "PRESCHOOL",
        "PRE SCHOOLS": "PRESCHOOL",
        "CO OP": "COOP",
        "CO OPERATIVE": "COOP",
        "B AND B": "BED AND BREAKFAST",
        "M AND S": "MARKS AND SPENCER",
        "M PRA": "MEDICAL PRACTICE",
        "TRADING AS": "TA",
        "AFTER SCHOOL": "AFTERSCHOOL",
    }.items()
)
_ONE_WORD: Final = {
    "BUTCHERS": "BUTCHER",
    "CHEMISTS": "CHEMIST",
    "COOPERATIVE": "COOP",
    "NEWSAGENTS": "NEWSAGENT",
    "PRESCHOOLS": "PRESCHOOL",
    "RESTAURANTS": "RESTAURANT",
    "STORES": "STORE",
}
_AFTER_STREET: Final = frozenset(
    "SURGERY PRACTICE STORE STORES CAFE GARAGE PHARMACY NEWS FOOD CLINIC DENTAL MEDICAL POST "
    "SERVICE AUTOS MOTORS "
    "MARKET PARTNERSHIP KITCHEN".split()
)
_SAINTS_IN_S: Final = frozenset(
    "AGNES ALOYSIUS CHARLES CROSS DENIS FRANCIS GILES IGNATIUS JAMES LOUIS NICHOLAS THOMAS".split()
)
"""Saints whose own name ends in S; of all others the S is a possessive that some registers leave out."""

_JOINS: Final = re.compile(r"&|\+|@|\bC/O\b|(?<=\s)'N'(?=\s)")
_JOIN_WORDS: Final = {"&": " AND ", "+": " AND ", "@": " AT ", "C/O": " AT ", "'N'": " AND "}
_APOSTROPHE: Final = re.compile(r"'")
_WORD: Final = re.compile(r"[^\W_]+")
_PRACTICE_CODE: Final = re.compile(r"\s*-\s*[A-Z]\d{5}$")
_HOST: Final = re.compile(r"\s*(?:@|\bC/O\b)\s*(?P<host>\S.*)$")


def organisation_name(text: str) -> str | None:
    """The name in capitals, tidied and otherwise as sent; None for UNKNOWN, VACANT, N/A and the like."""
    name = settled(lambda t: upper(t).strip(' ,;:-_*"').replace(" ,", ","), text)
    return None if name in _PLACEHOLDERS or _NO_NAME.fullmatch(name) else name


def core_name(text: str) -> str | None:
    """What is left to compare: MCDONALD'S RESTAURANTS LTD and McDonalds Restaurant are one.

    Accents, apostrophes and punctuation are folded, & is AND, legal forms and a leading THE go,
    abbreviations are written out, C OF E and Church of England are CE, a saint's possessive S goes, initials
    stand together (D J ROVER is DJ ROVER), numbers stay. A junior mixed and infant school is a PRIMARY one,
    as other registers call it, and a school's AND NURSERY goes. Of `A T/A B` the trading name B is kept.
    """
    name = organisation_name(text)
    if name is None:
        return None
    bare = without_marks(_PRACTICE_CODE.sub("", name))
    bare = _APOSTROPHE.sub("", _JOINS.sub(lambda m: _JOIN_WORDS[m[0]], bare))
    core = settled(_core, bare)
    return None if core in _PLACEHOLDERS else core or name


def name_tokens(text: str) -> tuple[str, ...]:
    """The distinct words of the core name, sorted; empty when there is no name."""
    core = core_name(text)
    return tuple(sorted(set(core.split()))) if core else ()


def host_name(text: str) -> str | None:
    """Core name of whoever is host in `HCL @ Greenfield JMI School` or `A C/O B`; None when no host is named.

    A caterer in a school is not the school, so `core_name` keeps both; this finds the place they share.
    """
    found = _HOST.search(organisation_name(text) or "")
    return core_name(found["host"]) if found else None


def _core(name: str) -> str:
    # C OF E and CO OP before the single words, because C and CO mean other things by themselves.
    words = _initials_together(_replaced(_WORD.findall(name)))
    words = [piece for word in words for piece in _WRITTEN_OUT.get(word, word).split()]
    words = _replaced([_ONE_WORD.get(word, word) for word in _ands(words)])
    if "TA" in words[1:-1]:
        words = words[words.index("TA", 1) + 1 :]
    words = _saints(words)
    kept = [word for word in _without_nursery(_without_status(words)) if word not in _LEGAL_FORMS]
    while len(kept) > 1 and kept[0] == "THE":
        kept = kept[1:]
    while len(kept) > 1 and kept[-1] in ("THE", "AND", "AT", "UK"):
        kept = kept[:-1]
    return " ".join(kept or words)


def _initials_together(words: list[str]) -> list[str]:
    """Runs of single letters become one word: J M I is JMI."""
    out: list[str] = []
    open_run = False
    for word in words:
        single = len(word) == 1 and word.isalpha()
        if single and open_run:
            out[-1] += word
        else:
            out.append(word)
        open_run = single
    return out


def _replaced(words: list[str]) -> list[str]:
    out: list[str] = []
    at = 0
    while at < len(words):
        for said, meant in _PHRASES:
            if tuple(words[at : at + len(said)]) == said:
                out += meant
                at += len(said)
                break
        else:
            out.append(words[at])
            at += 1
    return out


def _without_status(words: list[str]) -> list[str]:
    if "CE" not in words and "CATHOLIC" not in words and "SCHOOL" not in words:
        return words
    for status in _STATUS:
        for at in range(len(words) - len(status), -1, -1):
            if tuple(words[at : at + len(status)]) == status:
                words = words[:at] + words[at + len(status) :]
    return words


def _ands(words: list[str]) -> list[str]:
    """FISH N CHIPS: a lone N between two words is an AND."""
    inner = range(1, len(words) - 1)
    return [
        "AND" if word == "N" and at in inner and "AND" not in (words[at - 1], words[at + 1]) else word
        for at, word in enumerate(words)
    ]


def _without_nursery(words: list[str]) -> list[str]:
    """A school's AND NURSERY is said in one register and not in the next; NURSERY SCHOOL stays."""
    for at in range(len(words) - 1):
        rest = words[:at] + words[at + 2 :]
        if words[at] == "AND" and words[at + 1] in ("NURSERY", "PRESCHOOL") and not _SCHOOLS.isdisjoint(rest):
            return rest
    return words


def _saints(words: list[str]) -> list[str]:
    out = list(words)
    for at, word in enumerate(words):
        following = words[at + 1] if at + 1 < len(words) else None
        if word == "ST":
            street = at > 0 and (following is None or following in _AFTER_STREET)
            out[at] = "STREET" if street else "SAINT"
        if out[at] == "SAINT" and following is not None and following.endswith("S"):
            out[at + 1] = _without_possessive(following)
    return out


def _without_possessive(saint: str) -> str:
    if saint in _SAINTS_IN_S:
        return saint
    if saint[:-1] in _SAINTS_IN_S:
        return saint[:-1]
    return saint.rstrip("S") or saint
