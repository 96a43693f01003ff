"""The audit log's own keys, made when they are first needed and kept in the place's folder `keys`."""

from __future__ import annotations

import hashlib
import hmac
import secrets
import unicodedata

from vestry.errors import PlaceNotWritable
from vestry.office.audit.notes import Signer, new_key, signer_of
from vestry.office.keeping import kept, new_mark
from vestry.place import Place


def signer(place: Place) -> Signer:
    """What signs the checkpoints of this place's log. Raises PlaceNotWritable."""
    path = place.keys / "audit-signing"
    try:
        return signer_of(log_name(place), kept(path, new_key))
    except ValueError as error:
        raise PlaceNotWritable(
            "The key that signs the audit log's checkpoints cannot be read.",
            where=str(path),
            fix="restore it from its backup; with another key, checkpoints of before no longer prove anything",
        ) from error


def log_name(place: Place) -> str:
    """The name of this place's log, the same for as long as the place is."""
    return f"vestry.audit/{kept(place.keys / 'place', new_mark).decode('ascii', 'replace').strip()}"


class KeyedTerms:
    """Hashes what was searched for, so that the log can be asked who searched for a value and never tells one.

    Without the key nobody can try values out (names and birth dates are few).
    """

    def __init__(self, place: Place) -> None:
        self._key = kept(place.keys / "audit-terms", lambda: secrets.token_bytes(32))

    def __call__(self, name: str, value: str) -> str:
        """`name` of a criterion and the first 80 bits of its value's HMAC-SHA-256, however it was typed."""
        plain = " ".join(unicodedata.normalize("NFKC", value).casefold().split())
        digest = hmac.new(self._key, f"{name}\x1f{plain}".encode("utf-8", "surrogatepass"), hashlib.sha256)
        return f"{name}={digest.hexdigest()[:20]}"
