"""The form of one act on one agreement: what will come of it, in words, and what has to be said first."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import ClassVar, Final, Literal

from vestry.office.agreements.worded import Worded
from vestry.office.pages.dates import day_asked, day_given
from vestry.office.pages.translating import _, gettext_lazy

Act = Literal["propose", "sign", "suspend", "resume", "end", "renew"]
LONGEST: Final = 2000
"""Letters of a reason."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Form:
    """What one act asks: a reason, a day from which it holds, an office; what it is called, and what comes of it."""

    heading: str
    comes: str
    button: str
    because: bool = False
    danger: bool = False


FORMS: Final[dict[str, Form]] = {
    "propose": Form(
        heading=gettext_lazy("Propose it for signature"),
        comes=gettext_lazy(
            "From now on its words stand: a change will be another version. It is put to every organisation that signs it, and "
            "opens nothing until all have."
        ),
        button=gettext_lazy("Propose it"),
    ),
    "sign": Form(
        heading=gettext_lazy("Sign it"),
        comes=gettext_lazy(
            "Read what it says. A signature is of these words, to the letter: where they change, it no longer counts."
        ),
        button=gettext_lazy("Sign it"),
    ),
    "suspend": Form(
        heading=gettext_lazy("Suspend it"),
        comes=gettext_lazy(
            "Nothing is shown by it from this moment on, to those who are looking too, until it is resumed."
        ),
        button=gettext_lazy("Suspend it"),
        because=True,
        danger=True,
    ),
    "resume": Form(
        heading=gettext_lazy("Resume it"),
        comes=gettext_lazy("From this moment on it opens again what it says."),
        button=gettext_lazy("Resume it"),
        because=True,
    ),
    "end": Form(
        heading=gettext_lazy("End it"),
        comes=gettext_lazy(
            "It ends before its time, with every version of it. That cannot be undone: it can only be renewed, and signed by "
            "all again."
        ),
        button=gettext_lazy("End it"),
        because=True,
        danger=True,
    ),
    "renew": Form(
        heading=gettext_lazy("Renew it"),
        comes=gettext_lazy(
            "The same words for another term are drafted as its next version. All sign it anew; until then the version before "
            "holds for as long as its term runs."
        ),
        button=gettext_lazy("Draft the next version"),
    ),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class ActPage:
    """The form. `words`, `digest` and `text` are of a signature: exactly what is signed. `organisation` is who signs."""

    template: ClassVar[str] = "agreements/act.html"
    name: str
    title: str
    label: str
    act: str
    form: Form
    organisation: str = ""
    words: Worded | None = None
    digest: str = ""
    text: str = ""
    given: Mapping[str, str] = field(default_factory=dict)
    problems: Mapping[str, str] = field(default_factory=dict)

    @property
    def path(self) -> str:
        """Where the agreement is."""
        return f"/agreements/{self.name}/"


@dataclass(frozen=True, slots=True, kw_only=True)
class Said:
    """What a form said: a reason, an office, what was read, days by name."""

    because: str = ""
    title: str = ""
    digest: str = ""
    days: Mapping[str, date] = field(default_factory=dict)


def said_in(act: str, form: Mapping[str, str], today: date) -> tuple[Said, dict[str, str]]:
    """(what was said, field -> what is wrong)."""
    problems: dict[str, str] = {}
    because, title = form.get("because", "").strip(), form.get("title", "").strip()
    if FORMS[act].because and not because:
        problems["because"] = _("Say why")
    if len(because) > LONGEST:
        problems["because"] = _("Say it in fewer than %(n)d letters") % {"n": LONGEST}
    if act == "sign":
        if not title:
            problems["title"] = _("Say in which office you sign")
        elif len(title) > 200:
            problems["title"] = _("Use fewer than 200 letters")
        if form.get("read") != "yes":
            problems["read"] = _("Confirm that you may sign for the organisation, and have read what it says")
    return (
        Said(because=because, title=title, digest=form.get("digest", ""), days=_days(act, form, today, problems)),
        problems,
    )  # fmt: skip


def _days(act: str, form: Mapping[str, str], today: date, problems: dict[str, str]) -> dict[str, date]:
    if act == "end":
        on, wrong = day_given(form, "on")
        if wrong or (on is not None and on < today):
            problems["on-day"] = wrong or _("It cannot end on a day that has gone by")
        return {"on": on or today}
    if act != "renew":
        return {}
    asked = (
        ("starts", _("Give its first day")),
        ("ends", _("Give its last day")),
        ("review", _("Give the day by which it is looked at again")),
    )
    days = {name: day_asked(form, name, problems, missing) for name, missing in asked}
    found = {name: one for name, one in days.items() if one is not None}
    if len(found) == len(asked):
        if found["ends"] < found["starts"]:
            problems["ends-day"] = _("It ends before it starts")
        elif not found["starts"] <= found["review"] <= found["ends"]:
            problems["review-day"] = _("Its review is not while it runs")
    return found
