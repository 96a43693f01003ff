"""The password of a fictional place: one for everybody, in a file of the place."""

from __future__ import annotations

import secrets

from vestry.office.keeping import kept
from vestry.place import Place


def demo_password(place: Place) -> str:
    """The password, made with the first question. Raises ValueError of a place that is not fictional, PlaceNotWritable."""
    if not place.fictional:
        raise ValueError("only a fictional place has a password")
    return kept(place.keys / "demo", lambda: f"{secrets.token_urlsafe(9)}\n".encode()).decode().strip()
