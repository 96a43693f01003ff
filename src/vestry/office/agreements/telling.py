"""A database that fails is told as the office's errors are; the driver's own words stay behind: they may quote a value."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from django.db import Error

from vestry.office.migrating import unavailable
from vestry.office.project import Office


@contextmanager
def database_told(office: Office) -> Iterator[None]:
    """Work on the place's database. Raises DatabaseUnavailable for whatever the driver raises within."""
    try:
        office.connection()
        yield
    except Error as error:
        raise unavailable(office, error) from error
