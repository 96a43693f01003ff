"""Opens the office of a place: Django set, the database there and up to date, the place's secrets made."""

from __future__ import annotations

import base64
import secrets
from pathlib import Path

from django.conf import settings

from vestry.office.databases import database_of, is_sqlite
from vestry.office.errors import DatabaseUnavailable
from vestry.office.keeping import kept, prepare_file
from vestry.office.migrating import bring_up_to_date
from vestry.office.project import Office, set_up
from vestry.place import Place


def opened(place: Place, *, database_url: str | None = None, secret_key_file: Path | None = None) -> Office:
    """The office of `place`, its database made and brought up to date where that is needed.

    Raises DatabaseUnavailable, DatabaseNewer, DatabaseOfAnotherPlace and PlaceNotWritable.
    """
    set_up()
    office = Office(place=place, database=database_of(place, database_url))
    settings.SECRET_KEY = (
        kept(secret_key_file or place.keys / "sessions", _new_secret).decode("ascii").strip()
    )
    if is_sqlite(office.database):
        try:
            prepare_file(place.office)
        except OSError as error:
            raise DatabaseUnavailable(
                "The office's database cannot be opened.",
                where=office.where,
                fix="let this account read and write it, or free some space; it may be no link",
            ) from error
    bring_up_to_date(office)
    return office


def _new_secret() -> bytes:
    return base64.urlsafe_b64encode(secrets.token_bytes(48)) + b"\n"
