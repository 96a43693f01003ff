"""Names of people in one form, a whole name taken apart, and keys by which names are compared.

Standard form is capitals, one space, straight apostrophes. Accents are the person's own: they are kept, and
folded only in keys. What stands for "no name" in a register (UNKNOWN, OCCUPIER, VOID) is None.
"""

# ruff: noqa: SIM905 - lists of facts read better as words than as quoted strings.
from __future__ import annotations

import re
from typing import Final
from unicodedata import category

from vestry.standardise.diminutives import USUAL_GIVEN
from vestry.standardise.sound import sound
from vestry.standardise.text import settled, tidied, upper, without_marks

__all__ = [
    "family_key",
    "family_name",
    "first_given",
    "folded",
    "full_name",
    "given_names",
    "sound",
    "title",
    "usual_given",
]

_TITLE_FORMS: Final = {
    **{
        t: t
        for t in "MR MRS MS MISS MX DR PROF REV CLLR SIR DAME HON CAPT COL MAJ LT SGT CPL CDR MSTR".split()
    },
    **{"MISTER": "MR", "MESSRS": "MR", "DOCTOR": "DR", "PROFESSOR": "PROF", "REVD": "REV", "REVEREND": "REV"},
    **{
        "COUNCILLOR": "CLLR",
        "CLR": "CLLR",
        "CAPTAIN": "CAPT",
        "COLONEL": "COL",
        "SERGEANT": "SGT",
        "WG": "WG",
    },
    **{"LIEUTENANT": "LT", "CORPORAL": "CPL", "HONOURABLE": "HON", "MSS": "MS", "MISSUS": "MRS", "RT": "RT"},
}
_TITLES_OR_NAMES: Final = frozenset(
    {"LADY", "LORD", "MASTER", "MAJOR", "SISTER", "FATHER", "FR", "CANON", "EARL"}
)
"""Titles that are names too: taken for titles only where two more words follow them."""
_SUFFIXES: Final = frozenset(
    "JNR JR SNR SR ESQ ESQUIRE OBE MBE CBE KBE DBE BEM QC KC JP MP PHD BSC MSC FRCS FRCP MBBS DL II III "
    "DECEASED DECD DEC'D".split()
)
_PARTICLES: Final = frozenset(
    "VAN VON DER DEN TER TEN DE DU DA DI DEL DELLA DELLE DOS DAS LA LE EL AL BIN BINT BINTE "
    "BINTI IBN ABU ST SAINT "
    "MC MAC AP FITZ ZU".split()
)
_SURE_PARTICLES: Final = frozenset("VON DE DOS DAS DELLA DELLE ST SAINT MC FITZ BINTI IBN".split())
"""Particles nobody is given as a first name, so that one at the beginning belongs to the family name."""
_IRISH: Final = (
    "BOYLE BRIEN CALLAGHAN CONNELL CONNOR DEA DOHERTY DONNELL DONOGHUE DONOVAN DOWD DRISCOLL "
    "DWYER FARRELL FLAHERTY "
    "FLYNN GORMAN GRADY HAGAN HALLORAN HANLON HARA KANE KEEFE KEEFFE LEARY LOUGHLIN MAHONY "
    "MALLEY MEARA NEILL REGAN "
    "REILLY RIORDAN ROURKE SHEA SULLIVAN TOOLE"
).split()
_PLACEHOLDERS: Final = frozenset(
    "UNKNOWN|UNKOWN|NOT KNOWN|NAME UNKNOWN|NAME NOT KNOWN|NK|N K|N A|NONE|NULL|NIL|TEST|TESTING|"
    "TEST TEST|DUMMY|VOID|"
    "EMPTY|VACANT|OCCUPIER|THE OCCUPIER|OCCUPIERS|THE OCCUPIERS|OCCUPANT|THE OCCUPANT|OWNER|"
    "THE OWNER|OWNER OCCUPIER|"
    "OWNER OR OCCUPIER|LANDLORD|THE LANDLORD|THE TENANT|THE RESIDENT|RESIDENT|HOUSEHOLDER|"
    "THE HOUSEHOLDER|LIABLE PARTY|"
    "TBC|TBA|ANON|ANONYMOUS|NOT GIVEN|NOT STATED|NOT RECORDED|NOT PROVIDED|NOT DISCLOSED|NO NAME|NO SURNAME|"
    "NO FIRST NAME|NO LAST NAME|NO FORENAME|FNU|LNU|MALE|FEMALE|UNBORN|DO NOT USE|DUPLICATE|DECEASED|SURNAME|"
    "FORENAME|FIRST NAME|LAST NAME|BABY|UNNAMED".split("|")
)
_BABY: Final = re.compile(
    r"(?:BABY|INFANT|TWIN)(?: (?:BOY|GIRL|MALE|FEMALE|OF\b.*|ONE|TWO|TWIN|[A-Z]))+|BABY|INFANT|TWIN"
)
_BRACKETED: Final = re.compile(r"[(\[{][^)\]}]*(?:[)\]}]|$)")
_NOT_NAME: Final = re.compile(r"[^A-Z'\-]")
_AROUND_HYPHEN: Final = re.compile(r"\s*-[\s\-]*")
_EDGES: Final = re.compile(r"(?<![\w'])['\-]+|['\-]+(?![\w'])|'(?='+)")
_APOSTROPHE_GAP: Final = re.compile(r"\b([OD])\s*'\s*(?=\w)")
_IRISH_GAP: Final = re.compile(rf"\bO (?=(?:{'|'.join(_IRISH)})\b)")
_MC_GAP: Final = re.compile(r"\bMC (?=\w{3})")
_JOINT: Final = re.compile(r"\s*(?:&|\+|\b[Aa][Nn][Dd]\b)\s*")
_ESTATE: Final = re.compile(
    r"^(?:THE\s+)?(?:EXORS?|EXECS?|EXECUTORS?|EXECUTRIX|EXECUTRICES|PERS(?:ONAL)?\.? REP(?:RESENTATIVE)?S?|"
    r"ESTATE|ADMINISTRATORS?|ADMORS?)\.?\s+(?:OF|FOR)?\s*(?:THE ESTATE OF\s+)?(?:THE\s+)?(?:LATE\s+)?|"
    r"^(?:THE\s+)?LATE\s+(?=\w+ \w)",
    re.IGNORECASE,
)


_MARKED: Final = re.compile(r"[-'(\[{]")
_APART: Final = frozenset({"O", "MC"})
"""Words that may belong to the one after them."""


def _letters(text: str) -> str:
    """Letters of any alphabet with their marks, apostrophes and hyphens; all else becomes space."""
    if text.isascii():
        return _NOT_NAME.sub(" ", text)
    return "".join(c if c.isalpha() or c in "'-" or category(c)[0] == "M" else " " for c in text)


def _words(text: str) -> str:
    """One name's capitals: brackets and stray marks gone; O'BRIEN, MCDONALD, SMITH-JONES in one word each.

    Most have neither marks nor words that belong together, and need no closer look. A property test holds that both ways agree.
    """
    if text.isascii() and not _MARKED.search(text):
        words = _NOT_NAME.sub(" ", text.upper()).split()
        if _APART.isdisjoint(words):
            return " ".join(words)
    return _words_closely(text)


def _words_closely(text: str) -> str:
    text = _letters(_BRACKETED.sub(" ", upper(text)))
    text = _APOSTROPHE_GAP.sub(r"\1'", text)
    text = _EDGES.sub("", _AROUND_HYPHEN.sub("-", text))
    return upper(_MC_GAP.sub("MC", _IRISH_GAP.sub("O'", " ".join(text.split()))))


_PLAIN: Final = re.compile(r"[A-Za-z]+(?: [A-Za-z]+)*")
_MEANS_MORE: Final = _TITLE_FORMS.keys() | _TITLES_OR_NAMES | _SUFFIXES | {"THE", "O", "D", "MC", "MAC"}


def _plain(text: str) -> str | None:
    """The capitals of a name of plain words, none of which means more; None where a closer look is due.

    Nine names in ten are such, and the closer look costs ten times as much. A property test holds that both
    ways agree.
    """
    if not _PLAIN.fullmatch(text):
        return None
    name = text.upper()
    return name if _MEANS_MORE.isdisjoint(name.split(" ")) else None


def _placeholder(name: str) -> bool:
    return name in _PLACEHOLDERS or not name.strip("X' -")


def _split_titles(words: list[str]) -> tuple[list[str], list[str]]:
    """(titles in standard form, the rest). A last word is never taken for a title that is also a name."""
    titles: list[str] = []
    while words:
        word = words[0]
        if word in _TITLE_FORMS:
            titles.append(_TITLE_FORMS[word])
        elif word in _TITLES_OR_NAMES and len(words) > 2:
            titles.append(word)
        elif word == "THE" and len(words) > 1 and words[1] in _TITLE_FORMS:
            pass
        else:
            break
        words = words[1:]
    return titles, words


def _without_suffixes(words: list[str]) -> list[str]:
    while len(words) > 1 and words[-1] in _SUFFIXES:
        words = words[:-1]
    return words


def title(text: str) -> str | None:
    """A title in its usual short form (MR, REV, CLLR, MR AND MRS); one that is not known is kept as it is."""

    def once(said: str) -> str:
        halves = [_words(half).split() for half in _JOINT.split(tidied(said))]
        return " AND ".join(
            " ".join(_TITLE_FORMS.get(word, word) for word in half) for half in halves if half
        )

    said = settled(once, text)
    return None if _placeholder(said) else said


def family_name(text: str) -> str | None:
    """A family name, with titles before it and JNR, OBE and the like after it taken off."""

    def once(name: str) -> str:
        words = _words(name).split()
        titles, rest = _split_titles(words)
        rest = _without_suffixes(rest if rest and not set(titles) & _TITLES_OR_NAMES else words)
        joined = " ".join(rest)
        return re.sub(r"^MAC (?=\w{3})", "MAC", joined)

    name = _plain(text) or settled(once, text)
    return None if _placeholder(name) else name


def given_names(text: str) -> str | None:
    """Given names in order, titles taken off; initials stand alone (J A). BABY and BABY OF … are None."""

    def once(names: str) -> str:
        titles, rest = _split_titles(_words(names.replace(".", " ")).split())
        return " ".join([t for t in titles if t in _TITLES_OR_NAMES] + _without_suffixes(rest))

    names = _plain(text) or settled(once, text)
    return None if _placeholder(names) or _BABY.fullmatch(names) else names


def first_given(text: str) -> str | None:
    """The first of some given names, hyphens kept (ANNE-MARIE); one letter where only an initial is known."""
    first = (given_names(text) or "").partition(" ")[0]
    return None if _placeholder(first) else first


def folded(text: str) -> str | None:
    """Letters only, accents folded: O'Brien-Łuczak becomes OBRIENLUCZAK. None when no letter is left."""
    return "".join(c for c in without_marks(upper(text)) if c.isalpha()) or None


def usual_given(text: str) -> str | None:
    """The usual form of the first given name, folded: Bob becomes ROBERT; others stay as they are."""
    first = first_given(text)
    name = folded(first) if first else None
    # Folding can leave what stands for no name: X from an X with a mark.
    return USUAL_GIVEN.get(name, name) if name and given_names(name) == name else None


def family_key(text: str) -> str | None:
    """Letters of a family name, for comparing: O'Brien and OBRIEN are one. None for no name."""
    key = folded(family_name(text) or "")
    return key if key and family_name(key) == key else None


def full_name(text: str) -> tuple[str | None, str | None, str | None]:
    """(title, family name, given names) of the first person in a whole name; all None when there is none.

    Understands `SMITH, John A`, `Mr John SMITH` and `SMITH John` (capitals tell the family name),
    `Smith J A`, `Exors of J Smith (decd)`, joint names (`Mr & Mrs J Smith`; `John and Mary Smith`: the first
    of the two) and particles (`Maria de Souza`). Where nothing tells, the last word is the family name.
    """
    plain = _ESTATE.sub("", _BRACKETED.sub(" ", tidied(text)).strip())
    if _placeholder(_words(plain)):
        return None, None, None
    before, comma, after = plain.partition(",")
    if comma and after.strip():
        if all(word in _SUFFIXES for word in _words(after).split()):
            return full_name(before)
        return _inverted(before, after)
    first, *others = _JOINT.split(plain)
    if not others:
        return _parsed(first)
    return _joint(first, others[0])


def _inverted(family: str, rest: str) -> tuple[str | None, str | None, str | None]:
    halves = [_words(half.replace(".", " ")).split() for half in _JOINT.split(rest.replace(",", " "))]
    said = [[_TITLE_FORMS[w] for w in half if w in _TITLE_FORMS] for half in halves]
    names = [[w for w in half if w not in _TITLE_FORMS and w not in _SUFFIXES] for half in halves]
    more, family_words = _split_titles(_words(family).split())
    both = not names[0] and len(halves) > 1  # Smith, Mr & Mrs J
    titles = [" AND ".join(" ".join(half) for half in said if half)] if both else said[0]
    return _whole([*more, *titles], " ".join(family_words), " ".join(names[1] if both else names[0]))


def _joint(first: str, second: str) -> tuple[str | None, str | None, str | None]:
    titles, words = _split_titles(_words(first.replace(".", " ")).split())
    if not words:  # Mr & Mrs Smith: both titles, and whatever name follows
        other, _ = _split_titles(_words(second.replace(".", " ")).split())
        _, family, given = _parsed(second)
        return _whole([" AND ".join(" ".join(half) for half in (titles, other) if half)], family, given)
    if len(words) > 1 and len(words[-1]) > 1:
        return _parsed(first)
    _, family, _ = _parsed(second)
    return _whole(titles, family, " ".join(words))


def _parsed(text: str) -> tuple[str | None, str | None, str | None]:
    """One person's name without a comma."""
    loose = tidied(text.replace(".", " "))
    titles, words = _split_titles(_words(loose).split())
    words = _without_suffixes(words)
    if len(words) < 2:
        return _whole(titles, " ".join(words), "")
    at = _family_by_capitals(loose, words)
    if at is None:
        at = _family_by_place(words)
    begin, end = at
    return _whole(titles, " ".join(words[begin:end]), " ".join(words[:begin] + words[end:]))


def _family_by_capitals(loose: str, words: list[str]) -> tuple[int, int] | None:
    """Where capitals mark the family name (`John VAN DYKE`, `SMITH John`), its place among `words`."""
    raw = [w for w in loose.split() if upper(w) not in _TITLE_FORMS and upper(w) not in _SUFFIXES]
    if len(raw) != len(words) or loose == loose.upper() or loose == loose.lower():
        return None
    loud = [w == w.upper() and len(w) > 1 and any(c.isalpha() for c in w) for w in raw]
    first_quiet, last_quiet = (
        loud.index(False) if False in loud else 0,
        len(loud) - 1 - loud[::-1].index(False),
    )
    if loud[-1]:
        return last_quiet + 1, len(words)
    if first_quiet and len(words[0]) > 2:  # two capitals in front are initials: JA Smith
        return 0, first_quiet
    return None


def _family_by_place(words: list[str]) -> tuple[int, int]:
    initials = next((i for i, w in enumerate(words) if all(len(x) == 1 for x in words[i:])), len(words))
    if 0 < initials < len(words):  # Smith J A
        begin = initials - 1
    else:
        begin, initials = len(words) - 1, len(words)
    while (
        begin > 0
        and words[begin - 1] in _PARTICLES
        and (begin > 1 or words[0] in _SURE_PARTICLES or initials < len(words))
    ):
        begin -= 1
    return begin, initials


def _whole(
    titles: list[str], family: str | None, given: str | None
) -> tuple[str | None, str | None, str | None]:
    last, first = family_name(family or ""), given_names(given or "")
    if last is None and first is None:
        return None, None, None
    return " ".join(dict.fromkeys(t for t in titles if t)) or None, last, first
