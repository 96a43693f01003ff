"""The content of a record as a keyed hash: whether two contents are equal can be told, what they say cannot.

It is HMAC-SHA256 (RFC 2104) with a key of the place, `decisions/key`, made when it is first needed. Who has a decision
file but not the key cannot try out names and birth dates until one fits. A key that is lost is replaced by a new one:
decisions still hold for the keys of sources that they name, but what they saw can no longer be compared.
"""

from __future__ import annotations

import hashlib
import hmac
import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from vestry.errors import DecisionsInvalid
from vestry.ids import SEPARATOR
from vestry.linkage.decisions import KEY_FILE
from vestry.linkage.review.recording import write_whole
from vestry.model import kinds
from vestry.model.fields import SELDOM

CONTENT: Final[Mapping[str, tuple[str, ...]]] = {
    kinds.PERSON: (
        "family_name", "given_names", "previous_family_name", "known_as", "birth_date", "sex", "postcode",
        "address_lines", "phone", "email", "nhs_number", "nino", "upn", "other_number",
    ),
    kinds.ORGANISATION: (
        "organisation_name", "organisation_type", "postcode", "address_lines", "phone", "email", "company_number",
        "ods_code", "school_urn", "rating", "rated_on",
    ),
}  # fmt: skip
"""Columns of `records` that are a record's content, by the kinds that are reviewed.

As `profiles.COMPARED` and the identifiers that decide, without the UPRN: a new gazetteer must not make every record
another. Properties are not here: their unit is their address, so one that says something else is another unit.
"""

FORM: Final = "1"
"""Which list of columns a hash was made from. Raise it when `CONTENT` changes: hashes of another form say nothing."""

KEY_LENGTH: Final = 32
_BLOCK: Final = 64
"""Bytes that SHA-256 takes in at a time; HMAC fills the key up to them."""


@dataclass(frozen=True, slots=True)
class ContentKey:
    """The secret of a place's keyed hashes: 32 bytes."""

    secret: bytes

    @property
    def prefix(self) -> str:
        """What every hash by this key begins with: its form, and which key (eight letters that do not betray it)."""
        return f"{FORM}.{hashlib.sha256(self.secret).hexdigest()[:8]}."

    def made(self, seen: str) -> bool:
        """Whether a hash was made by this key from this form of content, and so can be compared."""
        return seen.startswith(self.prefix)

    def hashed(self, kind: str, row: Mapping[str, Any]) -> str:
        """The keyed hash of a record's content. KeyError for a kind that is not reviewed."""
        said = {c: row[c] for c in CONTENT[kind]}
        always = (str(value) if value is not None else "" for c, value in said.items() if c not in SELDOM)
        return self._keyed(*always, *(f"{c} {said[c]}" for c in SELDOM if said.get(c) is not None))

    def hashed_address(self, address_lines: str, postcode: str) -> str:
        """The keyed hash of an address as a record writes it, with its postcode ("" for none)."""
        return self._keyed("address", address_lines, postcode)

    def _keyed(self, *texts: str) -> str:
        text = SEPARATOR.join(texts)
        return self.prefix + hmac.new(self.secret, text.encode(), hashlib.sha256).hexdigest()

    @property
    def pads(self) -> tuple[bytes, bytes]:
        """(inner, outer): the key as HMAC puts it before the text, and before the hash of that (RFC 2104, section 2)."""
        filled = self.secret.ljust(_BLOCK, b"\0")
        return bytes(b ^ 0x36 for b in filled), bytes(b ^ 0x5C for b in filled)


def read_key(folder: Path) -> ContentKey | None:
    """The key of a place's decisions; None where there is none (yet, or any longer). Raises DecisionsInvalid."""
    path = folder / KEY_FILE
    try:
        secret = bytes.fromhex(path.read_text(encoding="ascii").strip())
    except FileNotFoundError:
        return None
    except (ValueError, OSError) as error:
        raise _unreadable(path) from error
    if len(secret) != KEY_LENGTH:
        raise _unreadable(path)
    return ContentKey(secret)


def make_key(folder: Path) -> ContentKey:
    """The key, made now if there is none. Whoever calls holds the decisions (`recording.held`). Raises PlaceNotWritable."""
    known = read_key(folder)
    if known is not None:
        return known
    key = ContentKey(secrets.token_bytes(KEY_LENGTH))
    write_whole(folder / KEY_FILE, key.secret.hex() + "\n")
    return key


def _unreadable(path: Path) -> DecisionsInvalid:
    return DecisionsInvalid(
        "The key of the review decisions cannot be read.",
        where=str(path),
        fix="restore it from a backup; or remove it, and what was seen at earlier decisions is compared no longer",
    )
