"""A draft as a form has it: made into the notation that the register reads, and an agreement made into the form's fields.

The form says nothing that the notation does not, and checks nothing: what is wrong the reading of the notation tells, and here it
is led back to the field that it came from.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Any, Final

import yaml

from vestry.errors import Problem
from vestry.office.pages.below import problem_told
from vestry.office.pages.dates import day_fields, day_given
from vestry.office.pages.translating import gettext_lazy
from vestry.sharing.agreements.agreement import Agreement, Example, Share
from vestry.sharing.agreements.writing import as_plain
from vestry.sharing.precision import LADDERS

Given = Mapping[str, Sequence[str]]
"""Field -> what was given in it; of boxes, those that were ticked."""

BASIS: Final = ("gateway", "article_6", "article_9", "schedule_1", "part_3")
DAYS: Final = ("starts", "ends", "review")
FLAGS: Final = ("deceased", "restricted", "staff")
SIGNING_PROCESSOR: Final = "processor-signing"
"""How the form says of a processor that it signs too. Every controller does."""

_SHOWN_AT: Final = {
    "basis": "basis-gateway", "signatories": "parties", "about": "about-from", "starts": "starts-day", "ends": "ends-day",
    "review": "review-day", "shares": "shares-0", "users": "users-0", "examples": "examples-0", "version": "agreement",
}  # fmt: skip
"""Setting -> the field at which what is wrong with it is told, where that has another name."""


def one(given: Given, name: str) -> str:
    """What is in a field; "" for nothing."""
    said = given.get(name, ())
    return said[-1].strip() if said else ""


def blocks(given: Given, kind: str) -> list[int]:
    """The blocks of a kind that have anything in them, by number."""
    mine = {name for name in given if re.match(rf"{kind}-\d+-", name) and any(v.strip() for v in given[name])}
    boring = {f"{kind}-{n}-{name}" for n in range(100) for name in ("trained", "how", "age")}
    return sorted({int(name.split("-")[1]) for name in mine - boring})


def plain_of(given: Given, version: int) -> tuple[dict[str, Any], dict[str, str]]:
    """(the notation as plain values, field -> what is wrong with a day)."""
    problems: dict[str, str] = {}
    said: dict[str, Any] = {"agreement": one(given, "agreement"), "version": version}
    said |= {name: one(given, name) for name in ("title", "purpose")}
    if basis := {name: one(given, f"basis-{name}") for name in BASIS if one(given, f"basis-{name}")}:
        said["basis"] = basis
    roles = {name.removeprefix("party-"): one(given, name) for name in given if name.startswith("party-")}
    said["parties"] = [
        {"organisation": code, "acts_as": acts.removesuffix("-signing")}
        for code, acts in roles.items()
        if acts
    ]
    said["shares"] = [_share(given, n) for n in blocks(given, "shares")]
    said["about"] = _about(given)
    said["users"] = [_users(given, n) for n in blocks(given, "users")]
    said["how"] = list(given.get("how", ()))
    said["retention_days"] = _number(one(given, "retention_days"))
    flat = {name: one(given, name) for name in given}
    for name in DAYS:
        day, wrong = day_given(flat, name)
        said[name] = day.isoformat() if day else ""
        if wrong:
            problems[f"{name}-day"] = wrong
    said["signatories"] = [code for code, acts in roles.items() if acts and acts != "processor"]
    said["examples"] = [_example(given, n) for n in blocks(given, "examples")]
    return {name: value for name, value in said.items() if value not in ("", [], None)}, problems


def text_of(plain: Mapping[str, Any]) -> str:
    """The same as YAML."""
    return str(yaml.safe_dump(dict(plain), sort_keys=False, allow_unicode=True, width=110))


def _number(text: str) -> Any:
    return int(text) if text.isdecimal() and len(text) < 10 else text


def _share(given: Given, n: int) -> dict[str, Any]:
    at = f"shares-{n}-"
    precision = {c: one(given, f"{at}{c}") for c in LADDERS if one(given, f"{at}{c}")}
    said: dict[str, Any] = {
        "fields": list(given.get(f"{at}fields", ())),
        "from": list(given.get(f"{at}from", ())),
        **({"precision": precision} if precision else {}),
    }
    if one(given, f"{at}index_only"):
        said["index_only"] = True
    if desk := one(given, f"{at}desk"):
        said["desk"] = desk
    return said


def _about(given: Given) -> dict[str, Any]:
    ages: dict[str, Any] = {name: _number(one(given, f"about-{name}")) for name in ("from", "to")}
    ages = {name: value for name, value in ages.items() if value != ""}
    areas = [*given.get("about-areas", ()), *re.split(r"[\s,]+", one(given, "about-codes"))]
    return {
        **({"areas": found} if (found := [code for code in dict.fromkeys(areas) if code]) else {}),
        "ages": {**ages, "unknown": bool(one(given, "about-unknown"))},
        **({"known_to": list(known)} if (known := given.get("about-known_to", ())) else {}),
        **{name: bool(one(given, f"about-{name}")) for name in FLAGS},
    }


def _users(given: Given, n: int) -> dict[str, Any]:
    at = f"users-{n}-"
    said: dict[str, Any] = {
        "organisation": one(given, f"{at}organisation"),
        "roles": list(given.get(f"{at}roles", ())),
    }
    if training := one(given, f"{at}training"):
        said["training"] = training
    return said


def _example(given: Given, n: int) -> dict[str, Any]:
    at = f"examples-{n}-"
    age = one(given, f"{at}age")
    about: dict[str, Any] = {"age": _number(age) if age else "unknown"}
    if area := one(given, f"{at}area"):
        about["area"] = area
    for name in ("known_to", "marked"):
        if some := given.get(f"{at}{name}", ()):
            about[name] = list(some)
    return {
        **{name: one(given, f"{at}{name}") for name in ("says", "organisation", "role")},
        "trained": bool(one(given, f"{at}trained")),
        "about": about,
        **{name: one(given, f"{at}{name}") for name in ("how", "field", "from", "expect")},
    }


def given_of(agreement: Agreement) -> dict[str, list[str]]:
    """The form's fields of an agreement: read again, they say the same."""
    plain = as_plain(agreement)
    found: dict[str, list[str]] = {name: [str(plain[name])] for name in ("agreement", "title", "purpose")}
    found["retention_days"], found["how"] = [str(agreement.retention_days)], list(plain["how"])
    found |= {f"basis-{name}": [value] for name, value in plain["basis"].items()}
    for party in agreement.parties:
        signs = party.acts_as == "processor" and party.organisation in agreement.signatories
        found[f"party-{party.organisation}"] = [SIGNING_PROCESSOR if signs else party.acts_as]
    for name in DAYS:
        found |= {field: [value] for field, value in day_fields(name, getattr(agreement, name)).items()}
    found |= _about_given(plain["about"])
    for n, (share, said) in enumerate(zip(agreement.shares, plain["shares"], strict=True)):
        found |= _share_given(share, said, n)
    for n, users in enumerate(plain["users"]):
        at = f"users-{n}-"
        found |= {f"{at}organisation": [users["organisation"]], f"{at}roles": users["roles"]}
        found[f"{at}training"] = [users.get("training", "")]
    for n, example in enumerate(agreement.examples):
        found |= _example_given(example, n)
    return found


def _about_given(about: Mapping[str, Any]) -> dict[str, list[str]]:
    ages = about["ages"]
    found = {f"about-{name}": [str(ages[name])] for name in ("from", "to") if name in ages}
    found |= {"about-areas": list(about.get("areas", ())), "about-known_to": list(about.get("known_to", ()))}
    ticked = [name for name in FLAGS if about[name]] + (["unknown"] if ages["unknown"] else [])
    return found | {f"about-{name}": ["yes"] for name in ticked}


def _share_given(share: Share, said: Mapping[str, Any], n: int) -> dict[str, list[str]]:
    at = f"shares-{n}-"
    found = {f"{at}fields": list(said["fields"]), f"{at}from": list(said["from"]), f"{at}desk": [share.desk]}
    found |= {f"{at}{category}": [name] for category, name in share.precision.items()}
    return found | ({f"{at}index_only": ["yes"]} if share.index_only else {})


def _example_given(example: Example, n: int) -> dict[str, list[str]]:
    at = f"examples-{n}-"
    names = ("says", "organisation", "role", "how", "field", "expect", "area")
    found = {f"{at}{name}": [getattr(example, name)] for name in names}
    return found | {
        f"{at}from": [example.source],
        f"{at}age": ["" if example.age is None else str(example.age)],
        f"{at}trained": ["yes"] if example.trained else [],
        f"{at}known_to": sorted(example.known_to),
        f"{at}marked": sorted(example.marked),
    }


_LINE: Final = re.compile(r", line (\d+)")
_MISSING: Final = re.compile(r"`(\w+)` is missing")


_LEFT_OUT: Final = {
    "title": gettext_lazy("Give it a title"),
    "agreement": gettext_lazy("Give it a lasting name"),
    "purpose": gettext_lazy("Choose what it is for"),
    "parties": gettext_lazy("Say between whom it is"),
    "signatories": gettext_lazy("Say who signs: every controller does"),
    "shares": gettext_lazy("Say what is shared, and from which sources"),
    "users": gettext_lazy("Say who may use it"),
    "how": gettext_lazy("Say how it may be used"),
    "retention_days": gettext_lazy("Say for how many days what is taken may be kept"),
    "starts": gettext_lazy("Give its first day"),
    "ends": gettext_lazy("Give its last day"),
    "review": gettext_lazy("Give the day by which it is looked at again"),
    "examples": gettext_lazy("Give an example of what may be seen, and one of what may not"),
}
"""Setting -> what a form says where it is left out. In the order of the form."""


def led_back(problems: Sequence[Problem], text: str, given: Given) -> dict[str, str]:
    """Field of the form -> all that is wrong there, of `problems` with the notation `text` that `given` was made into."""
    lines, found = _fields_by_line(text, given), dict[str, str]()
    for problem in problems:
        line, missing = _LINE.search(problem.where), _MISSING.search(problem.what)
        if missing:
            field = missing[1]
        elif line:
            at = int(line[1])
            field = next((name for first, last, name in reversed(lines) if first <= at <= last), "agreement")
        else:
            says = [
                n
                for n in blocks(given, "examples")
                if f'"{one(given, f"examples-{n}-says")}"' in problem.what
            ]
            field = f"examples-{says[0]}" if says else "examples"
        field = _SHOWN_AT.get(field, field)
        words = problem_told(problem).rstrip(".").replace("`", "")
        if missing and missing[1] in _LEFT_OUT:
            words = str(_LEFT_OUT[missing[1]])
        found[field] = f"{found[field]}. {words}" if field in found else words
    order = list(_LEFT_OUT)
    return dict(
        sorted(found.items(), key=lambda said: order.index(n) if (n := said[0].split("-")[0]) in order else 0)
    )


def _fields_by_line(text: str, given: Given) -> list[tuple[int, int, str]]:
    """(first line, last line, field) of every setting, and of every block after the setting that it is in."""
    found: list[tuple[int, int, str]] = []
    top = yaml.compose(text, Loader=yaml.SafeLoader)
    for key, value in top.value if isinstance(top, yaml.MappingNode) else ():
        found.append((key.start_mark.line + 1, max(value.end_mark.line, key.start_mark.line + 1), key.value))
        if key.value in ("shares", "users", "examples"):
            for n, item in zip(blocks(given, key.value), value.value, strict=True):
                found.append(
                    (
                        item.start_mark.line + 1,
                        max(item.end_mark.line, item.start_mark.line + 1),
                        f"{key.value}-{n}",
                    )
                )
    return found  # fmt: skip
