"""Of which source and day files are: what may be chosen, and what the files themselves say."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from pathlib import Path

from vestry.contracts.contract import Contract
from vestry.contracts.fitting import fitting
from vestry.errors import VestryError
from vestry.office.accounts.site import Site
from vestry.office.pages.translating import _
from vestry.office.pages.words import day as day_said
from vestry.sharing.asking import Asker
from vestry.sharing.receiving import may_receive


def offered_sources(
    site: Site, asker: Asker, contracts: Mapping[str, Contract]
) -> tuple[tuple[str, str], ...]:
    """(source, title) of those for which `asker` may take files in, by title."""
    mine = [c for c in contracts.values() if may_receive(site.place, asker, c.organisation)]
    return tuple(sorted(((c.source, c.title) for c in mine), key=lambda one: (one[1], one[0])))


def likely_sources(contracts: Mapping[str, Contract], files: Sequence[Path]) -> tuple[str, ...]:
    """The sources whose contract every one of the files fits, by its columns; of several, those that the files are named for."""
    found: set[str] | None = None
    for file in files:
        try:
            fits = set(fitting(contracts.values(), file))
        except (VestryError, OSError):
            fits = set()
        found = fits if found is None else found & fits
    named = {source for source in found or () if all(source in file.name.lower() for file in files)}
    return tuple(sorted(named or found or ()))


def day_of(text: str, now: date) -> tuple[date | None, str]:
    """The day that was typed (ISO), or None and what is wrong with it. No file speaks of a day to come."""
    if not text.strip():
        return None, _("Enter the day that the file speaks of")
    try:
        found = date.fromisoformat(text.strip())
    except ValueError:
        return None, _("Enter a real day, as %(day)s") % {"day": now.isoformat()}
    if found > now:
        return None, _("The day must be %(day)s or before") % {"day": day_said(now)}
    return found, ""
