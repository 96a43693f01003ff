"""What `place.toml` may say: every problem of one at once, in plain English, and never a secret."""

from __future__ import annotations

import ipaddress
import re
from collections.abc import Mapping
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
    if not isinstance(raw.get("name"), str) or not raw["name"].strip():
        found.append(Problem(what="A place needs a name.", where=where, fix='add: name = "Our county"'))
    for name in ("link", "review"):
        value = raw.get("thresholds", {}).get(name, 0.5)
        if not isinstance(value, int | float) or not 0 < value < 1:
            found.append(
                Problem(
                    what=f"`thresholds.{name}` is not a probability.",
                    where=where,
                    fix="give a number above 0, below 1",
                )
            )
    for name in ("address_link", "address_review", "address_lead"):
        value = raw.get("thresholds", {}).get(name, 0)
        if not isinstance(value, int | float) or isinstance(value, bool):
            found.append(
                Problem(
                    what=f"`thresholds.{name}` is not a number.", where=where, fix="give bits of evidence: 20"
                )
            )
    for geography in raw.get("areas", {}).get("geographies", []):
        if "/" not in str(geography):
            found.append(
                Problem(
                    what="A geography lacks its vintage.",
                    where=f"{where}, areas.geographies",
                    fix='write "lsoa/2021"',
                )
            )
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


def _sign_in_problems(said: Any, where: str) -> list[Problem]:
    if not isinstance(said, dict):
        return [
            Problem(
                what="`sign_in` is not a table.",
                where=where,
                fix="write [sign_in], and its settings below it",
            )
        ]
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
