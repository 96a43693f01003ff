"""Words that let somebody in: made of chance, shown once, kept as a digest."""

from __future__ import annotations

import hashlib
import secrets


def new_word() -> str:
    """256 bits of chance, as they may stand in an address or a header. So long that its plain digest can be kept."""
    return secrets.token_urlsafe(32)


def digest(word: str) -> str:
    """SHA-256 of a word of chance, in hexadecimal."""
    return hashlib.sha256(word.encode("utf-8", "surrogatepass")).hexdigest()
