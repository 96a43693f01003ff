"""A place: one folder that holds a deployment, and everything Vestry knows how to find in it."""

from __future__ import annotations

import fcntl
import ipaddress
import os
import re
import tomllib
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final
from urllib.parse import urlsplit

from vestry.errors import BuildRunning, PlaceInvalid, PlaceMissing, PlaceNotWritable, Problem

PLACE_FILE: Final = "place.toml"


@dataclass(frozen=True, slots=True, kw_only=True)
class Thresholds:
    """Probabilities (0 to 1): a pair is joined from `link`; from `review` up to it a person should look.

    Of addresses, in bits of evidence: a text has its UPRN from `address_link`, if the next property that it could
    be is `address_lead` behind; from `address_review` up to that a person should look.
    """

    link: float = 0.6
    review: float = 0.3
    address_link: float = 10.0
    address_review: float = 0.0
    address_lead: float = 5.0


@dataclass(frozen=True, slots=True, kw_only=True)
class CountedMeasure:
    """A measure counted from the twin itself: current entities of `count`, by the value of `by`, by area."""

    measure: str
    count: str
    by: str
    source: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class SignIn:
    """How people sign in. `address` is where the office is reached ("https://office.example.gov.uk"); none: on this machine.

    `issuer` and `client_id` are the council's OpenID Connect provider and what it calls Vestry; `claim` is what it says of
    somebody that names the user. Secrets are never here.
    """

    address: str = ""
    issuer: str = ""
    client_id: str = ""
    claim: str = "sub"


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """A place folder and what its `place.toml` says.

    `geographies` are `name/vintage`, finest first: records are placed in them and measures summed to them.
    `codes_of_place` is the geography whose loaded areas say what is inside the place (default: the finest).
    `fictional`: nobody in it lives, so that the office may let in with a password alone. `colour` is its own, "#1d5b79", dark
    enough for white letters on it; "" for Vestry's. `run_by` is the organisation that runs the place for all ("" where it is not
    said and there are several): what its people may do for others is in `sharing.receiving`. `language` is that of its office's
    pages ("cy"), for which its folder has a catalogue.
    """

    folder: Path
    name: str
    organisations: Mapping[str, str] = field(default_factory=dict)
    geographies: tuple[str, ...] = ()
    thresholds: Thresholds = Thresholds()
    measures: tuple[CountedMeasure, ...] = ()
    trust: Mapping[str, Mapping[str, int]] = field(default_factory=dict)
    fictional: bool = False
    colour: str = ""
    run_by: str = ""
    language: str = "en-GB"
    sign_in: SignIn = SignIn()

    @property
    def contracts(self) -> Path:
        """Folder of contracts, one folder below it for each organisation."""
        return self.folder / "contracts"

    @property
    def earlier_contracts(self) -> Path:
        """Folder of contracts as they were before a newer version was saved: <organisation>/<source>-<version>.yaml."""
        return self.folder / "earlier-contracts"

    @property
    def inbox(self) -> Path:
        """Folder in which sources leave their files, one folder below it for each."""
        return self.folder / "inbox"

    @property
    def spool(self) -> Path:
        """Folder of files that were brought to the office and are not received yet; its owner's alone."""
        return self.folder / "spool"

    @property
    def agreements(self) -> Path:
        """Folder of data sharing agreements."""
        return self.folder / "agreements"

    @property
    def signatures(self) -> Path:
        """The file of what was done with agreements: who proposed, signed, suspended or ended which."""
        return self.folder / "signatures.yaml"

    @property
    def people(self) -> Path:
        """The file of the users that the place begins with."""
        return self.folder / "people.yaml"

    @property
    def extracts(self) -> Path:
        """Folder of files as received; nothing in it ever changes."""
        return self.folder / "extracts"

    @property
    def models(self) -> Path:
        """Folder of trained linkage models."""
        return self.folder / "models"

    @property
    def decisions(self) -> Path:
        """Folder of review decisions, append-only."""
        return self.folder / "decisions"

    @property
    def memory(self) -> Path:
        """Folder of what is remembered between builds; may be deleted at any time."""
        return self.folder / "memory"

    @property
    def judged(self) -> Path:
        """Folder of what was judged of each extract, in the memory."""
        return self.memory / "judged"

    @property
    def releases(self) -> Path:
        """Folder of published releases, and `current`, which names one of them."""
        return self.folder / "releases"

    @property
    def checkpoints(self) -> Path:
        """Folder of the audit log's signed checkpoints; a second organisation keeps copies."""
        return self.folder / "checkpoints"

    @property
    def office(self) -> Path:
        """The office's database, where no other is named: people, agreements, audit, notices."""
        return self.folder / "office.sqlite3"

    @property
    def keys(self) -> Path:
        """Folder of the place's own keys and secrets; its owner's alone, and never with a backup of the rest."""
        return self.folder / "keys"

    @contextmanager
    def locked(self) -> Iterator[None]:
        """Hold the place against a second build or receipt; the system lets go if this process dies.

        Raises BuildRunning when another process holds it, PlaceNotWritable when the folder refuses.
        """
        try:
            handle = os.open(self.folder / ".lock", os.O_CREAT | os.O_RDWR, 0o600)
        except OSError as error:
            raise PlaceNotWritable(
                "The place's folder cannot be written to.",
                where=str(self.folder),
                fix="give this account permission to write there, or free some space",
            ) from error
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as error:
            os.close(handle)
            raise BuildRunning(
                "Another build or receipt is at work in this place.",
                where=str(self.folder),
                fix="wait until it ends, then try again",
            ) from error
        try:
            yield
        finally:
            os.close(handle)


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


def _problems(raw: Mapping[str, Any], where: str) -> list[Problem]:
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
    return found + _sign_in_problems(raw.get("sign_in", {}), f"{where}, sign_in")


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


def open_place(folder: Path) -> Place:
    """The place in `folder`. Raises PlaceMissing, or PlaceInvalid with every problem of its `place.toml`."""
    path = folder / PLACE_FILE
    try:
        raw = tomllib.loads(path.read_text(encoding="utf-8"))
    except (FileNotFoundError, NotADirectoryError) as error:
        raise PlaceMissing(
            "This folder is not a place: it has no place.toml.",
            where=str(folder),
            fix="give --place DIR, or make one with: vestry new DIR",
        ) from error
    except OSError as error:
        raise PlaceMissing(
            "place.toml cannot be read.", where=str(path), fix="give this account permission"
        ) from error
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        detail = str(error) if isinstance(error, tomllib.TOMLDecodeError) else "it is not UTF-8 text"
        raise PlaceInvalid(
            f"place.toml is not TOML: {detail}", where=str(path), fix="mend it there"
        ) from error
    problems = _problems(raw, str(path))
    if problems:
        raise PlaceInvalid("place.toml has problems.", where=str(path), problems=problems)
    organisations = {
        k: v["name"] if isinstance(v, dict) else str(v) for k, v in raw.get("organisations", {}).items()
    }
    return Place(
        folder=folder,
        name=raw["name"],
        organisations=organisations,
        geographies=tuple(raw.get("areas", {}).get("geographies", ())),
        thresholds=Thresholds(**raw.get("thresholds", {})),
        measures=tuple(CountedMeasure(**m) for m in raw.get("measures", ())),
        trust=raw.get("trust", {}),
        fictional=raw.get("fictional", False),
        colour=raw.get("colour", ""),
        run_by=raw.get("run_by") or (next(iter(organisations)) if len(organisations) == 1 else ""),
        language=raw.get("language", "en-GB"),
        sign_in=SignIn(**raw.get("sign_in", {})),
    )
