"""Addresses spoilt as people spoil them, each in one way, with the UPRN that they truly mean."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from random import Random
from typing import Any

from vestry.addresses.gazetteer import PIECES

SHORT = {"ROAD": "RD", "STREET": "ST", "AVENUE": "AVE", "CLOSE": "CL", "LANE": "LN", "DRIVE": "DR",
         "CRESCENT": "CRES", "GARDENS": "GDNS", "GROVE": "GR", "COURT": "CT", "PLACE": "PL"}  # fmt: skip


@dataclass(frozen=True, slots=True, kw_only=True)
class Text:
    """One spoilt text: what was done to it, and the UPRN that it truly means ("" when the gazetteer lacks it)."""

    way: str
    lines: str
    postcode: str
    uprn: str
    flat: bool


Pieces = dict[str, str]


def written(p: Pieces, order: Sequence[str] = ("unit", "building", "street", "locality", "town")) -> str:
    """The pieces as lines, number and street on one."""
    lines = {**p, "street": f"{p['number']} {p['street']}".strip()}
    return ", ".join(lines[n] for n in order if lines[n])


def slip(text: str, rng: Random) -> str:
    """One slip of the fingers in a word of letters."""
    places = [at for at in range(1, len(text) - 1) if text[at].isalpha() and text[at - 1].isalpha()]
    if not places:
        return text
    at, how = rng.choice(places), rng.randrange(3)
    if how == 0:
        return text[:at] + text[at + 1 :]
    if how == 1:
        return text[:at] + text[at] + text[at:]
    return text[: at - 1] + text[at] + text[at - 1] + text[at + 1 :]


def shortened(text: str) -> str:
    """Street types as they are abbreviated."""
    return " ".join(SHORT.get(w, w) for w in text.split(" "))


def _bare(p: Pieces) -> str:
    return re.sub(r"^(FLAT|UNIT) ", "", p["unit"])


Way = Callable[[Pieces, Random], Pieces | str | None]

WAYS: dict[str, Way] = {
    "as it is": lambda p, r: p,
    "abbreviated": lambda p, r: {**p, "street": shortened(p["street"])},
    "no locality": lambda p, r: {**p, "locality": ""} if p["locality"] else None,
    "no town": lambda p, r: {**p, "locality": "", "town": ""},
    "no postcode": lambda p, r: {**p, "postcode": ""},
    "another postcode nearby": lambda p, r: {**p, "postcode": p["postcode"][:-1] + r.choice("ABDEFGHJ")},
    "slip in the street": lambda p, r: {**p, "street": slip(p["street"], r)},
    "slip in street, no locality": lambda p, r: {**p, "street": slip(p["street"], r), "locality": ""},
    "slip in the building": lambda p, r: {**p, "building": slip(p["building"], r)} if p["building"] else None,
    "slip, no postcode": lambda p, r: {**p, "street": slip(p["street"], r), "postcode": ""},
    "a county, and who": lambda p, r: f"THE OCCUPIER, {written(p)}, ELDERSHIRE",
    "lines run together": lambda p, r: written(p).replace(",", ""),
    "building left out": lambda p, r: {**p, "building": ""} if p["building"] and p["number"] else None,
    "number left out": lambda p, r: {**p, "number": ""} if p["building"] and p["number"] else None,
    "street left out": lambda p, r: {**p, "street": "", "number": ""} if p["building"] else None,
    "flat: apartment": lambda p, r: {**p, "unit": p["unit"].replace("FLAT", "APARTMENT")} if p["unit"] else None,
    "flat: number alone": lambda p, r: {**p, "unit": _bare(p)} if p["unit"] else None,
    "flat: after its building": lambda p, r: (
        written(p, ("building", "unit", "street", "locality", "town")) if p["unit"] and p["building"] else None
    ),
    "flat: 12A": lambda p, r: (
        {**p, "unit": "", "number": p["number"] + _bare(p)} if _bare(p).isalpha() and p["number"].isdigit() else None
    ),
    "flat: FLAT 12A": lambda p, r: (
        {**p, "unit": f"FLAT {p['number']}{_bare(p)}", "number": ""}
        if _bare(p).isalpha() and len(_bare(p)) == 1 and p["number"].isdigit()
        else None
    ),
    "flat: 2/12": lambda p, r: (
        {**p, "unit": "", "building": "", "number": f"{_bare(p)}/{p['number']}"}
        if p["unit"] and p["number"].isdigit()
        else None
    ),
    "flat: with a slip": lambda p, r: {**p, "building": slip(p["building"], r)} if p["unit"] and p["building"] else None,
    "flat: no such flat": lambda p, r: {**p, "unit": "FLAT 97"} if p["unit"] else None,
    "flat: left out": lambda p, r: {**p, "unit": ""} if p["unit"] else None,
}  # fmt: skip
"""What people do to an address. The last two do not mean the flat: there is no such flat, or the building is meant."""


def spoil(addresses: list[dict[str, Any]], parents: dict[str, str], held: set[str], many: int) -> list[Text]:
    """`many` texts, each way as often as it can be had, from addresses that are written now."""
    rng = Random(20261101)
    flats = [a for a in addresses if a["unit"]]
    texts: list[Text] = []
    for n in range(many):
        way = list(WAYS)[n % len(WAYS)]
        for _ in range(200):
            row = rng.choice(flats if way.startswith("flat") or rng.random() < 0.3 else addresses)
            pieces = {p: row[p] or "" for p in (*PIECES, "postcode")}
            done = WAYS[way](pieces, rng)
            if done is not None:
                break
        else:
            continue
        uprn = row["uprn"]
        if way == "flat: no such flat":
            uprn = ""
        elif way == "flat: left out":
            uprn = parents.get(uprn, "")
        lines = written(done) if isinstance(done, dict) else done
        postcode = done["postcode"] if isinstance(done, dict) else pieces["postcode"]
        texts.append(
            Text(
                way=way,
                lines=lines,
                postcode=postcode,
                uprn="" if uprn in held else uprn,
                flat=bool(row["unit"]),
            )
        )
    return texts
