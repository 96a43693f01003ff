"""Identifiers: their types, and how each is made from what it names, never from the air."""

from __future__ import annotations

import hashlib
from typing import NewType

EntityId = NewType("EntityId", str)
RecordId = NewType("RecordId", str)
ReleaseId = NewType("ReleaseId", str)
ExtractId = NewType("ExtractId", str)

SEPARATOR = "\x1f"
"""Stands between the parts of a key before it is hashed; cannot be typed in a form."""

DIGEST_LENGTH = 20
"""Hexadecimal letters kept of a digest: 80 bits, one chance in 10^9 of a clash among 50 million ids."""


def digest(*parts: str) -> str:
    """The first 20 hexadecimal letters of SHA-256 over `parts`, kept apart by a separator."""
    return hashlib.sha256(SEPARATOR.join(parts).encode()).hexdigest()[:DIGEST_LENGTH]


def extract_id(source: str, as_at: str, sha256: str) -> ExtractId:
    """`source/as-at-sha`: the folder of an extract under `extracts/`, and its name everywhere."""
    return ExtractId(f"{source}/{as_at}-{sha256[:12]}")
