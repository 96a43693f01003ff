"""What is searched for in the log: read of a form, and kept in the session under a word of chance, so that no id that somebody
typed stands in an address."""

from __future__ import annotations

import secrets
from collections.abc import Collection, Mapping
from dataclasses import asdict
from datetime import UTC, date, datetime, time, timedelta
from typing import Any, Final

from vestry.office.pages.below import in_language
from vestry.office.pages.dates import day_given
from vestry.office.pages.translating import _
from vestry.office.pages.words import LONDON, day
from vestry.sharing.audit_desk import Wanted
from vestry.sharing.door import NOT_AN_ID, id_or_not
from vestry.sharing.purposes import purpose_of

KEPT: Final = 10
"""Searches that a session remembers; the oldest is forgotten first."""
LONGEST: Final = 200
_KEY: Final = "audit-searches"
_TEXTS: Final = ("entity", "user", "organisation", "agreement", "purpose", "action")


def wanted_in(form: Mapping[str, str], organisations: Collection[str]) -> tuple[Wanted, dict[str, str]]:
    """(what is wanted, field -> what is wrong). Days are whole days in London."""
    said = {name: form.get(name, "").strip()[:LONGEST] for name in _TEXTS}
    problems: dict[str, str] = {}
    if said["entity"] and id_or_not(said["entity"]) == NOT_AN_ID:
        problems["entity"] = _(
            "That is no id. Find the person first: their id is in the address of their page"
        )
    if said["organisation"] and said["organisation"] not in organisations:
        problems["organisation"] = _("Choose an organisation of this place")
    if said["purpose"] and purpose_of(said["purpose"]) is None:
        problems["purpose"] = _("Choose a purpose from the list")
    days: dict[str, date | None] = {}
    for name in ("since", "until"):
        days[name], wrong = day_given(form, name)
        if wrong:
            problems[f"{name}-day"] = wrong
    since, until = days["since"], days["until"]
    if since and until and until < since:
        problems["until-day"] = _("The last day is before the first")
    return (
        Wanted(
            entity=said["entity"],
            user=said["user"],
            organisation=said["organisation"],
            agreement=said["agreement"],
            purpose=said["purpose"],
            action=said["action"],
            since=_midnight(since) if since else "",
            until=_midnight(until + timedelta(days=1)) if until and until < date.max else "",
        ),
        problems,
    )


def _midnight(on: date) -> str:
    """The instant at which a day begins in London, as the log writes one."""
    return datetime.combine(on, time(0), LONDON).astimezone(UTC).isoformat(timespec="microseconds")


def asked_said(wanted: Wanted, organisations: Mapping[str, str]) -> tuple[tuple[str, str], ...]:
    """What was searched for, in words: (what, value)."""
    purpose = purpose_of(wanted.purpose)
    said = (
        (_("Entity"), wanted.entity),
        (_("User"), wanted.user),
        (_("Organisation"), organisations.get(wanted.organisation, wanted.organisation)),
        (_("Agreement"), wanted.agreement),
        (_("Purpose"), in_language(purpose.means) if purpose else ""),
        (_("Action"), wanted.action),
        (_("From"), day(_day_of(wanted.since))),
        (_("To"), day(_day_of(wanted.until, timedelta(days=-1)))),
    )
    return tuple((what, value) for what, value in said if value)


def _day_of(instant: str, later: timedelta = timedelta(0)) -> date | None:
    return (datetime.fromisoformat(instant).astimezone(LONDON) + later).date() if instant else None


def keep(session: Any, said: Mapping[str, Any]) -> str:
    """Remember it: the word that stands for it."""
    word = secrets.token_urlsafe(12)
    searches: dict[str, Any] = dict(session.get(_KEY, {}))
    searches[word] = {name: value for name, value in said.items() if value}
    session[_KEY] = dict(list(searches.items())[-KEPT:])
    return word


def keep_wanted(session: Any, wanted: Wanted) -> str:
    """The same of a search."""
    return keep(session, {**asdict(wanted), "is": "search"})


def kept(session: Any, word: str, what: str) -> dict[str, Any] | None:
    """What the word stands for, where it is a search ("search") or a question about somebody ("about") of this session."""
    found: dict[str, Any] | None = session.get(_KEY, {}).get(word)
    if found is None or found.get("is") != what:
        return None
    return {name: value for name, value in found.items() if name != "is"}
