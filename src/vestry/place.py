"""A place: one folder that holds a deployment, and everything Vestry knows how to find in it."""

from __future__ import annotations

import fcntl
import os
import tomllib
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

from vestry.errors import BuildRunning, PlaceInvalid, PlaceMissing, PlaceNotWritable
from vestry.place_file import problems_of

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
    problems = problems_of(raw, str(path))
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
