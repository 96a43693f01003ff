"""Agreements in: one YAML file checked against what the place has, and made into an `Agreement`.

Everything that is wrong is told at once, with its line and the nearest name that is known, because a person will mend the file
in one sitting. The words of the notation are the tables here; the reference page is made from them.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any, Final

from vestry.contracts.complaints import Complaints
from vestry.contracts.passages import Passage
from vestry.contracts.yaml_places import read_yaml
from vestry.errors import Problem
from vestry.sharing.agreements.agreement import (
    ADULT,
    HOW,
    About,
    Agreement,
    Example,
    Party,
    Share,
    Users,
)
from vestry.sharing.agreements.errors import AgreementInvalid
from vestry.sharing.agreements.soundness import check_soundness
from vestry.sharing.asking import ROLES
from vestry.sharing.categories import CATEGORIES, FIELDS, fields_named
from vestry.sharing.precision import names_for
from vestry.sharing.purposes import PURPOSES, Basis, purpose_of
from vestry.sharing.subjects import MARKERS, SourceFacts

SETTINGS: Final = {
    "agreement": "its lasting name: small letters, digits and hyphens",
    "version": "1, 2, 3: a version that anybody has signed is never changed, the next takes its place",
    "title": "what people call it",
    "purpose": "one code from the list of purposes",
    "basis": "article_6, article_9, schedule_1, gateway, part_3; what the purpose rests on, where it is left out",
    "parties": "organisation and acts_as (controller, joint-controller or processor)",
    "shares": "fields (or categories), from (sources), precision by category; or index_only with the desk to call",
    "about": "whose records: areas, ages {from, to, unknown}, known_to (sources), deceased, restricted, staff",
    "users": "organisation, roles, and the training that must be in date",
    "how": f"any of {', '.join(HOW)}",
    "retention_days": "how long what is taken may be kept, in days",
    "starts": "the first day, as 2026-04-01",
    "ends": "the last day, which is included",
    "review": "the day by which somebody looks at it again",
    "signatories": "the organisations that must sign; every controller is one",
    "examples": "cases that must come out as they say before anybody may sign",
}
"""Name at the top of a file -> what it says."""

_OPTIONAL: Final = frozenset({"basis", "about"})
_ACTS_AS: Final = ("controller", "joint-controller", "processor")
_NAME: Final = re.compile(r"[a-z0-9]+(-[a-z0-9]+)*")
_LONGEST_KEPT: Final = 36_525
_OLDEST: Final = 150
EXPECTED: Final = ("withheld", "index-only", *dict.fromkeys(n for c in CATEGORIES for n in names_for(c)))


@dataclass(frozen=True, slots=True, kw_only=True)
class Known:
    """What a place has that an agreement may name. `areas` empty: not known yet, so any code will do."""

    organisations: frozenset[str]
    sources: Mapping[str, SourceFacts]
    areas: frozenset[str] = frozenset()


def read_agreement(content: bytes, name: str, known: Known) -> Agreement:
    """The agreement in `content`; `name` is what its file is called in messages.

    Raises AgreementInvalid with every problem.
    """
    agreement, problems = check_agreement(content, name, known)
    if problems or agreement is None:
        count = "One problem" if len(problems) == 1 else f"{len(problems)} problems"
        raise AgreementInvalid(
            f"{count} in this agreement.", where=name, fix="mend each, then read it again", problems=problems
        )
    return agreement


def check_agreement(content: bytes, name: str, known: Known) -> tuple[Agreement | None, list[Problem]]:
    """(the agreement, every problem): the agreement is None where there is any problem."""
    document = read_yaml(content)
    complaints = Complaints(name, document)
    if document.value is None:
        return None, complaints.problems()
    top = Passage(value=document.value, steps=(), complaints=complaints)
    said = top.mapping("agreement", SETTINGS)
    if said is None:
        return None, complaints.problems()
    for missing in SETTINGS.keys() - said.keys() - _OPTIONAL:
        top.wrong(f"`{missing}` is missing.", f"add it: {SETTINGS[missing]}")
    agreement = _agreement(said, known)
    if not complaints:
        check_soundness(agreement, top, known.sources)
    return (None if complaints else agreement), complaints.problems()


def _agreement(said: Mapping[str, Passage], known: Known) -> Agreement:
    """What is said, where a default stands in for whatever is wrong, which is complained of."""
    code = _of(said, "purpose", lambda p: p.choice("purpose", [one.code for one in PURPOSES])) or ""
    return Agreement(
        agreement_id=_of(said, "agreement", _name) or "",
        version=int(_of(said, "version", lambda p: _whole(p, "version", 1, 9_999)) or 1),
        title=_of(said, "title", lambda p: p.text("title")) or "",
        parties=tuple(_each(said.get("parties"), lambda p: _party(p, known))),
        purpose=code,
        basis=_basis(said.get("basis"), code),
        shares=tuple(_each(said.get("shares"), lambda p: _share(p, known))),
        about=_about(said.get("about"), known),
        users=tuple(_each(said.get("users"), lambda p: _users(p, known))),
        how=frozenset(_names(said.get("how"), "way of use", HOW)),
        retention_days=int(
            _of(said, "retention_days", lambda p: _whole(p, "retention_days", 1, _LONGEST_KEPT)) or 1
        ),
        starts=_day(said, "starts"),
        ends=_day(said, "ends"),
        review=_day(said, "review"),
        signatories=tuple(_names(said.get("signatories"), "organisation of this place", known.organisations)),
        examples=tuple(_each(said.get("examples"), lambda p: _example(p, known))),
    )


def _of(said: Mapping[str, Passage], name: str, read: Any) -> Any:
    return read(said[name]) if name in said else None


def _each(listed: Passage | None, read: Any) -> Iterable[Any]:
    return [one for item in (listed.items() if listed else ()) if (one := read(item)) is not None]


def _name(passage: Passage) -> str | None:
    text = passage.text("agreement")
    if text is not None and not _NAME.fullmatch(text):
        passage.wrong("`agreement` is not a name.", "use small letters, digits and hyphens: tax-recovery")
        return None
    return text


def _whole(passage: Passage, name: str, low: int, high: int) -> int | None:
    number = passage.number(name, low, high)
    if number is not None and number != int(number):
        passage.wrong(f"`{name}` is not a whole number.", "write one without a fraction")
        return None
    return None if number is None else int(number)


def _names(listed: Passage | None, what: str, known: Iterable[str]) -> list[str]:
    """The names in a list, each of which must be known; said twice counts once."""
    names = sorted(known)
    if listed is None:
        return []
    if listed.value in ([], None):
        listed.wrong(
            f"No {what} is named.",
            f"name at least one{': ' if names else ''}{', '.join(names[:12])}, or leave it out",
        )
        return []
    return list(dict.fromkeys(_each(listed, lambda item: item.choice(what, names))))


def _day(said: Mapping[str, Passage], name: str) -> date:
    text = _of(said, name, lambda p: p.text(name)) or ""
    try:
        return date.fromisoformat(text)
    except ValueError:
        if text:
            said[name].wrong(f"`{name}` is not a day.", "write it as 2026-04-01")
        return date.min


def _party(passage: Passage, known: Known) -> Party | None:
    said = passage.mapping("party", ("organisation", "acts_as"))
    if said is None or "organisation" not in said:
        passage.wrong("A party has no `organisation`.", "write {organisation: ..., acts_as: controller}")
        return None
    name = said["organisation"].choice("organisation of this place", known.organisations)
    acts = said["acts_as"].choice("way to act", _ACTS_AS) if "acts_as" in said else "controller"
    return Party(organisation=name, acts_as=acts) if name and acts else None


def _basis(passage: Passage | None, purpose: str) -> Basis:
    of_purpose = purpose_of(purpose)
    fallback = of_purpose.basis if of_purpose else Basis()
    names = ("article_6", "article_9", "schedule_1", "gateway", "part_3")
    said = passage.mapping("basis", names) if passage else None
    if said is None:
        return fallback
    return Basis(**{name: said[name].text(name) or "" for name in names if name in said})


def _share(passage: Passage, known: Known) -> Share | None:
    said = passage.mapping("share", ("fields", "from", "precision", "index_only", "desk"))
    if said is None:
        return None
    for missing in {"fields", "from"} - said.keys():
        passage.wrong(f"A share has no `{missing}`.", "say which fields, from which sources")
    fields = _names(said.get("fields"), "field or category", [*CATEGORIES, *FIELDS])
    index_only = bool(said["index_only"].flag("index_only")) if "index_only" in said else False
    desk = (said["desk"].text("desk") or "") if "desk" in said else ""
    if index_only and not desk:
        passage.wrong(
            "Only that there is something is shared, and nobody is named to ask.", "add the `desk` to call"
        )
    return Share(
        fields=fields_named(tuple(fields)),
        sources=frozenset(_names(said.get("from"), "source of this place", known.sources)),
        precision=_precision(said.get("precision")),
        index_only=index_only,
        desk=desk,
    )


def _precision(passage: Passage | None) -> dict[str, str]:
    said = passage.mapping("precision", CATEGORIES) if passage else None
    found = {}
    for category, one in (said or {}).items():
        lowered = [n for n in names_for(category) if n not in ("whole", "index-only")]
        if not lowered:
            one.wrong(
                f"`{category}` cannot be shown less precisely.",
                "leave it out, or share it from fewer sources",
            )
        elif (name := one.choice(f"precision of {category}", lowered)) is not None:
            found[category] = name
    return found


def _about(passage: Passage | None, known: Known) -> About:
    said = (
        passage.mapping("about", ("areas", "ages", "known_to", "deceased", "restricted", "staff"))
        if passage
        else None
    )
    if said is None:
        return About()
    ages = said["ages"].mapping("ages", ("from", "to", "unknown")) if "ages" in said else None
    ages = ages or {}
    start = _of(ages, "from", lambda p: _whole(p, "from", 0, _OLDEST))
    areas = _areas(said.get("areas"), known)
    flags = {
        name: bool(said[name].flag(name)) for name in ("deceased", "restricted", "staff") if name in said
    }
    return About(
        areas=frozenset(areas),
        age_from=ADULT if start is None else start,
        age_to=_of(ages, "to", lambda p: _whole(p, "to", 0, _OLDEST)),
        age_unknown=bool(ages["unknown"].flag("unknown")) if "unknown" in ages else True,
        known_to=frozenset(_names(said.get("known_to"), "source of this place", known.sources)),
        **flags,
    )


def _areas(passage: Passage | None, known: Known) -> list[str]:
    if passage is None:
        return []
    if known.areas or not passage.value:
        # An empty list would limit nothing, which nobody who writes it means.
        return _names(passage, "area of this place", known.areas)
    return list(passage.texts("areas"))


def _users(passage: Passage, known: Known) -> Users | None:
    said = passage.mapping("user", ("organisation", "roles", "training"))
    if said is None:
        return None
    for missing in {"organisation", "roles"} - said.keys():
        passage.wrong(f"A user has no `{missing}`.", "write {organisation: ..., roles: [...], training: ...}")
    name = _of(said, "organisation", lambda p: p.choice("organisation of this place", known.organisations))
    roles = _names(said.get("roles"), "role", ROLES)
    training = _of(said, "training", lambda p: p.text("training")) or ""
    return Users(organisation=name, roles=frozenset(roles), training=training) if name and roles else None


def _example(passage: Passage, known: Known) -> Example | None:
    names = ("says", "organisation", "role", "trained", "about", "how", "field", "from", "expect")
    said = passage.mapping("example", names)
    if said is None:
        return None
    for missing in sorted(set(names) - said.keys() - {"trained", "about"}):
        passage.wrong(f"An example has no `{missing}`.", "say who asks for what, and what must come of it")
    of = said["about"].mapping("about", ("area", "age", "known_to", "marked")) if "about" in said else None
    of = of or {}
    age = of.get("age")
    return Example(
        says=_of(said, "says", lambda p: p.text("says")) or "",
        organisation=_of(
            said, "organisation", lambda p: p.choice("organisation of this place", known.organisations)
        )
        or "",
        role=_of(said, "role", lambda p: p.choice("role", ROLES)) or "",
        how=_of(said, "how", lambda p: p.choice("way of use", HOW)) or "",
        field=_of(said, "field", lambda p: p.choice("field", FIELDS)) or "",
        source=_of(said, "from", lambda p: p.choice("source of this place", known.sources)) or "",
        expect=_of(said, "expect", lambda p: p.choice("expectation", EXPECTED)) or "",
        trained=bool(said["trained"].flag("trained")) if "trained" in said else True,
        area=_of(of, "area", lambda p: p.text("area")) or "",
        age=40 if age is None else None if age.value == "unknown" else _whole(age, "age", 0, _OLDEST),
        known_to=frozenset(_names(of["known_to"], "source of this place", known.sources))
        if "known_to" in of
        else frozenset(),
        marked=frozenset(_names(of["marked"], "marker", MARKERS)) if "marked" in of else frozenset(),
    )
