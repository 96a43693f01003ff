"""What sets single people apart, as a place's office keeps it, for decisions: opened with the office that it is in."""

from __future__ import annotations

from importlib import import_module
from pathlib import Path

from vestry.office.opening import opened
from vestry.place import Place
from vestry.sharing.markers import Markers


def markers_held(
    place: Place, *, database_url: str | None = None, secret_key_file: Path | None = None
) -> Markers:
    """The markers of `place`. Raises what opening its office raises."""
    office = opened(place, database_url=database_url, secret_key_file=secret_key_file)
    # Its tables want Django set, which opening the office did.
    held: Markers = import_module("vestry.office.agreements.marks").MarksHeld(office)
    return held
