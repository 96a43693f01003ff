"""The log, searched: a form, what it found a page at a time, and the same as a file."""

from __future__ import annotations

import csv
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, fields
from typing import ClassVar, Final

from vestry.office.audit.words import ACTION, OPERATION, action_said, stage_said
from vestry.office.pages.below import in_language
from vestry.office.pages.translating import _
from vestry.office.pages.words import field_name, instant, listed
from vestry.sharing.audit import AuditEntry
from vestry.sharing.audit_desk import FoundEntries, Kept
from vestry.sharing.file_formats import harmless
from vestry.sharing.purposes import PURPOSES, purpose_of

Choices = tuple[tuple[str, str], ...]
"""(code, words) of a list to choose from."""

AT_ONCE: Final = 50
"""Entries on a page."""
MOST: Final = 100_000
"""Entries in a file."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SearchPage:
    """The form, and the ways to the rest of the log's pages."""

    template: ClassVar[str] = "audit/search.html"
    organisations: Choices
    purposes: Choices
    actions: Choices
    given: Mapping[str, str] = field(default_factory=dict)
    problems: Mapping[str, str] = field(default_factory=dict)


def search_page(
    organisations: Mapping[str, str],
    given: Mapping[str, str] | None = None,
    problems: Mapping[str, str] | None = None,
) -> SearchPage:
    """The form, with what was given."""
    return SearchPage(
        organisations=tuple(sorted(organisations.items(), key=lambda one: one[1])),
        purposes=tuple((one.code, in_language(one.means)) for one in PURPOSES),
        actions=tuple(sorted(((code, str(said)) for code, said in ACTION.items()), key=lambda one: one[1])),
        given=given or {},
        problems=problems or {},
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class EntryLine:
    """One entry. `more` are (what, value) of what few ask for."""

    number: int
    at: str
    did: str
    stage: str
    who: str
    organisation: str
    why: str
    count: int | None
    more: tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class FoundPage:
    """What was found, the newest first. `older` is the number before which the next page begins; 0 where this is the last."""

    template: ClassVar[str] = "audit/found.html"
    word: str
    asked: tuple[tuple[str, str], ...]
    lines: tuple[EntryLine, ...]
    older: int
    first: bool


def found_page(
    found: FoundEntries,
    *,
    word: str,
    asked: tuple[tuple[str, str], ...],
    organisations: Mapping[str, str],
    first: bool,
) -> FoundPage:
    """The page of what was found."""
    return FoundPage(
        word=word,
        asked=asked,
        lines=tuple(_line(kept, organisations) for kept in found.entries),
        older=found.entries[-1].number if found.more else 0,
        first=first,
    )


def _line(kept: Kept, names: Mapping[str, str]) -> EntryLine:
    entry = kept.entry
    organisation = names.get(entry.organisation, entry.organisation)
    if entry.recipient:
        organisation = _("%(from)s to %(to)s") % {
            "from": organisation or _("this place"), "to": names.get(entry.recipient, entry.recipient),
        }  # fmt: skip
    purpose = purpose_of(entry.purpose)
    return EntryLine(
        number=kept.number,
        at=instant(kept.at),
        did=action_said(entry.action),
        stage=stage_said(entry),
        who=_who(entry),
        organisation=organisation,
        why=in_language(purpose.means) if purpose else "",
        count=entry.count,
        more=tuple(_more(kept)),
    )


def _who(entry: AuditEntry) -> str:
    """The user; of what was done on the place's own machine, its account and where; "" of what nobody is known to have done."""
    if entry.user or not entry.account:
        return entry.user
    return _("%(account)s, on this place’s own machine") % {"account": entry.account}


def _more(kept: Kept) -> Iterator[tuple[str, str]]:
    entry = kept.entry
    shown = [field_name(one) if entry.stage != "changed" else one for one in entry.fields]
    said = (
        (_("What the law calls it"), str(OPERATION[kept.operation])),
        (_("Answers entry"), str(entry.answers or "")),
        (_("Agreements"), listed(entry.agreements)),
        (_("About"), ", ".join(entry.entities)),
        (_("Account that was changed"), entry.changed_user),
        (_("What was changed") if entry.stage == "changed" else _("Fields shown"), ", ".join(shown)),
        (_("Withheld because of"), ", ".join(entry.withheld)),
        (_("Searched by"), ", ".join(entry.criteria)),
        (_("Why"), in_language(entry.reason)),
        (_("Table"), entry.table),
        (_("Source"), entry.source),
        (_("Release"), entry.release),
        (_("Who they said they were"), entry.operator),
    )
    yield from ((what, value) for what, value in said if value)


_COLUMNS: Final = tuple(one.name for one in fields(AuditEntry) if one.name != "terms")


class _Line:
    """What the csv module writes to: gives back each line."""

    def write(self, text: str) -> str:
        """The line."""
        return text


def as_csv(entries: Iterable[Kept]) -> Iterator[str]:
    """The entries as lines of CSV, with a heading; lists with blanks between. What a spreadsheet would run is made harmless."""
    writer = csv.writer(_Line())
    # The mark at the start tells spreadsheets that the text is UTF-8.
    yield "\ufeff" + writer.writerow(["entry", "at", "operation", *_COLUMNS])
    for kept in entries:
        said = [getattr(kept.entry, name) for name in _COLUMNS]
        row = [" ".join(one) if isinstance(one, tuple) else "" if one is None else str(one) for one in said]
        cells = [str(kept.number), kept.at, kept.operation, *row]
        yield writer.writerow([harmless(cell) for cell in cells])
