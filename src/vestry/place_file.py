"""What `place.toml` may say: every problem of one at once, in plain English, and never a secret."""

from __future__ import annotations

import ipaddress
import re
from collections.abc import Iterator, Mapping, Sequence
from difflib import get_close_matches
from typing import Any, Final
from urllib.parse import urlsplit

from vestry.errors import Problem
from vestry.model.fields import TRUSTED

_TOP: Final = {
    "name",
    "organisations",
    "areas",
    "thresholds",
    "measures",
    "trust",
    "fictional",
    "colour",
    "run_by",
    "language",
    "sign_in",
}
_SIGN_IN: Final = ("address", "issuer", "client_id", "claim")


def problems_of(raw: Mapping[str, Any], where: str) -> list[Problem]:
    """Every problem of what a place.toml says (`raw`), which is at `where`."""
    found = [
        Problem(
            what=f"`{key}` is not a setting of a place.",
            where=where,
            fix=f"use one of: {', '.join(sorted(_TOP))}",
        )
        for key in raw
        if key not in _TOP
    ]
    misshapen = dict(_misshapen(raw, where))
    found += misshapen.values()
    raw = {key: value for key, value in raw.items() if key not in misshapen}
    if "name" not in misshapen and not raw.get("name", "").strip():
        found.append(Problem(what="A place needs a name.", where=where, fix='add: name = "Our county"'))
    found += _threshold_problems(raw.get("thresholds", {}), where)
    for geography in raw.get("areas", {}).get("geographies", []):
        if "/" not in str(geography):
            found.append(
                Problem(
                    what="A geography lacks its vintage.",
                    where=f"{where}, areas.geographies",
                    fix='write "lsoa/2021"',
                )
            )
    found += _measure_problems(raw.get("measures", []), where)
    if not isinstance(raw.get("fictional", False), bool):
        found.append(
            Problem(
                what="`fictional` is neither true nor false.", where=where, fix="write true, or leave it out"
            )
        )
    if "colour" in raw and not _carries_white(raw["colour"]):
        found.append(
            Problem(
                what="`colour` is no colour on which white letters can be read.",
                where=where,
                fix='write a darker one, as colour = "#1d5b79"',
            )
        )
    if not re.fullmatch(r"[a-z]{2,3}(-[A-Z]{2})?", str(raw.get("language", "en-GB"))):
        found.append(Problem(what="`language` is none.", where=where, fix='write it as "cy" or "en-GB"'))
    organisations = raw.get("organisations", {})
    found += [
        Problem(
            what=f"`{code}` has no name.", where=f"{where}, organisations", fix=f'write {code} = "Its name"'
        )
        for code, said in organisations.items()
        if not isinstance(said["name"] if isinstance(said, dict) and "name" in said else said, str)
    ]
    if "run_by" in raw and raw["run_by"] not in organisations:
        found.append(
            Problem(
                what="`run_by` is no organisation of this place.",
                where=where,
                fix=f"write one of: {', '.join(organisations) or 'none yet; add [organisations]'}",
            )
        )
    found += _trust_problems(raw.get("trust", {}), f"{where}, trust")
    return found + _sign_in_problems(raw.get("sign_in", {}), f"{where}, sign_in")


_SHAPES: Final[Mapping[str, tuple[type, str, str]]] = {
    "name": (str, "a text", 'write name = "Our county"'),
    "organisations": (dict, "a table", 'write [organisations], and below it: code = "Its name"'),
    "areas": (dict, "a table", 'write [areas], and below it: geographies = ["lsoa/2021"]'),
    "thresholds": (dict, "a table", "write [thresholds], and below it: link = 0.6"),
    "measures": (list, "a list of tables", "write [[measures]], and below it measure, count and by"),
    "colour": (str, "a text", 'write colour = "#1d5b79"'),
    "run_by": (str, "a text", "write the code of an organisation, in quotes"),
    "language": (str, "a text", 'write it as "cy" or "en-GB"'),
    "sign_in": (dict, "a table", "write [sign_in], and its settings below it"),
}
"""Setting -> of what type it is, that in words, and how to write it."""


def _misshapen(raw: Mapping[str, Any], where: str) -> Iterator[tuple[str, Problem]]:
    """The settings that are of another type than they must be, and why."""
    for key, (shape, words, fix) in _SHAPES.items():
        if key in raw and not isinstance(raw[key], shape):
            yield key, Problem(what=f"`{key}` is not {words}.", where=where, fix=fix)
    areas = raw.get("areas")
    if isinstance(areas, dict) and not isinstance(areas.get("geographies", []), list):
        fix = 'write geographies = ["lsoa/2021"]'
        yield "areas", Problem(what="`areas.geographies` is not a list.", where=where, fix=fix)


_PROBABILITIES: Final = ("link", "review")
_BITS: Final = ("address_link", "address_review", "address_lead")


def _threshold_problems(said: Mapping[str, Any], where: str) -> Iterator[Problem]:
    for name, value in said.items():
        number = isinstance(value, int | float) and not isinstance(value, bool)
        if name in _PROBABILITIES and not (number and 0 < value < 1):
            what, fix = f"`thresholds.{name}` is not a probability.", "give a number above 0, below 1"
            yield Problem(what=what, where=where, fix=fix)
        elif name in _BITS and not number:
            what, fix = f"`thresholds.{name}` is not a number.", "give bits of evidence: 20"
            yield Problem(what=what, where=where, fix=fix)
        elif name not in (*_PROBABILITIES, *_BITS):
            fix = f"use one of: {', '.join((*_PROBABILITIES, *_BITS))}"
            yield Problem(what=f"`thresholds.{name}` is no threshold.", where=where, fix=fix)


_MEASURE: Final = {"measure": True, "count": True, "by": True, "source": False}
"""What a counted measure says, and whether it must."""


def _measure_problems(said: Sequence[Any], where: str) -> Iterator[Problem]:
    for number, one in enumerate(said, start=1):
        at = f"{where}, measure {number}"
        if not isinstance(one, dict):
            yield Problem(what="A measure is not a table.", where=at, fix=_SHAPES["measures"][2])
            continue
        lacking = [name for name, must in _MEASURE.items() if must and name not in one]
        if lacking:
            yield Problem(what=f"A measure lacks {' and '.join(lacking)}.", where=at, fix="add what it lacks")
        for name, value in one.items():
            if name not in _MEASURE:
                fix = f"use one of: {', '.join(_MEASURE)}"
                yield Problem(what=f"`{name}` is not a setting of a measure.", where=at, fix=fix)
            elif not isinstance(value, str):
                yield Problem(what=f"`{name}` is not a text.", where=at, fix='write it in quotes: "..."')


def _trust_problems(said: Any, where: str) -> list[Problem]:
    """As a contract's trust is refused: names that are no field and no group, and what is no number from 1 to 9."""
    if not isinstance(said, dict) or not all(isinstance(of, dict) for of in said.values()):
        return [
            Problem(
                what="`trust` does not say of which source.",
                where=where,
                fix="write [trust.SOURCE], and below it: address = 8",
            )
        ]
    found = []
    for source, names in said.items():
        for name, value in names.items():
            if name not in TRUSTED:
                near = get_close_matches(name, sorted(TRUSTED), n=1)
                fix = f"did you mean {near[0]}?" if near else f"use one of: {', '.join(sorted(TRUSTED))}"
                found.append(
                    Problem(
                        what=f"`{name}` is no field, and no group of fields.",
                        where=f"{where}.{source}",
                        fix=fix,
                    )
                )
            elif isinstance(value, bool) or not isinstance(value, int) or not 1 <= value <= 9:
                found.append(
                    Problem(
                        what=f"The trust in `{name}` is not a whole number from 1 to 9.",
                        where=f"{where}.{source}",
                        fix="1 is least; 5 when unsaid",
                    )
                )
    return found


def _carries_white(colour: Any) -> bool:
    """Whether `colour` ("#1d5b79") has a contrast of at least 4.5 with white (WCAG 2.2, 1.4.3 and its relative luminance)."""
    if not isinstance(colour, str) or not re.fullmatch("#[0-9a-fA-F]{6}", colour):
        return False
    parts = (int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5))
    linear = [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in parts]
    luminance = 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]
    return 1.05 / (luminance + 0.05) >= 4.5


def _sign_in_problems(said: Mapping[str, Any], where: str) -> list[Problem]:
    found = []
    for key, value in said.items():
        if "secret" in key or "password" in key:
            fix = "take it out, change it, and name a file that holds it in VESTRY_OPENID_SECRET_FILE"
            found.append(Problem(what=f"`{key}`: no secret belongs in place.toml.", where=where, fix=fix))
        elif key not in _SIGN_IN:
            fix = f"use one of: {', '.join(_SIGN_IN)}"
            found.append(Problem(what=f"`{key}` is not a setting of signing in.", where=where, fix=fix))
        elif not isinstance(value, str) or not value.strip():
            found.append(
                Problem(what=f"`{key}` is not a text.", where=where, fix='write it in quotes: "..."')
            )
    texts = {k: v for k, v in said.items() if isinstance(v, str) and v.strip()}
    for key, path in (("address", False), ("issuer", True)):
        if key in texts and not _is_safe_address(texts[key], path=path):
            fix = "write https://HOST" + ("/PATH" if path else "") + "; http:// only for localhost"
            found.append(Problem(what=f"`{key}` is not an address that can be used.", where=where, fix=fix))
    if "issuer" in said or "client_id" in said or "claim" in said:
        found += [
            Problem(
                what=f"Signing in by OpenID Connect lacks `{key}`.", where=where, fix=f"add {key} = {example}"
            )
            for key, example in _OPENID.items()
            if key not in said
        ]
    return found


_OPENID: Final = {
    "address": '"https://" and where people reach the office',
    "issuer": '"https://" and the provider, as it writes itself',
    "client_id": "what the provider calls Vestry, in quotes",
}


def _is_safe_address(text: str, *, path: bool) -> bool:
    try:
        parts = urlsplit(text)
        host, _ = parts.hostname or "", parts.port
    except ValueError:
        return False
    plain = (
        not (parts.query or parts.fragment or parts.username or parts.password)
        and "?" not in text
        and "#" not in text
    )
    return (
        bool(host)
        and plain
        and (path or not parts.path)
        and (parts.scheme == "https" or (parts.scheme == "http" and is_loopback(host)))
    )


def is_loopback(host: str) -> bool:
    """Whether the host is this machine itself, by its name or its number."""
    if host == "localhost":
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False
