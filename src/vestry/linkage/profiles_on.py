"""Profiles by one numbering, where linkage goes on: those of the release before as it numbered them, and new ones after them."""

from __future__ import annotations

from typing import Final

from vestry.ids import SEPARATOR
from vestry.linkage.before import Profiled
from vestry.linkage.recipe import as_it_was

FRESH: Final = 1 << 30
"""Profiles that the release before did not have are numbered from here on."""


def standing_sql(kind: str) -> str:
    """SQL of the holders of the release before that are not compared again: `profile_no, record_id`."""
    return f"SELECT profile_no, record_id FROM {kind}_standing"


def texts_sql(kind: str, before: Profiled, ids: str, also: str = "") -> str:
    """SQL of what is compared of the profiles that `ids` has (a table of `profile_no`, or SQL in brackets; each once):
    `profile_no, profile_id` and the columns; and a column that `ids` has `also`.

    Those that nobody holds now are among them.
    """
    columns = ", ".join(name for name, _ in before.columns)
    more = f", {also}" if also else ""
    return (
        f"SELECT CAST(profile_no AS BIGINT) AS profile_no, profile_id{more}, {read_sql(before)} FROM"
        f" (SELECT profile_no, profile_id{more}, string_split(said, '{SEPARATOR}') AS s FROM before_match_profiles"
        f" JOIN {ids} ids USING (profile_no)) UNION ALL"
        f" SELECT profile_no, profile_id{more}, {columns} FROM {kind}_fresh JOIN {ids} ids USING (profile_no)"
    )


def read_sql(before: Profiled) -> str:
    """SQL of the columns of a profile from its text, which was split as `s`."""
    values = ((name, how, f"nullif(s[{at}], '')") for at, (name, how) in enumerate(before.columns, 1))
    return ", ".join(f"{as_it_was(value, how)} AS {name}" for name, how, value in values)
