"""One agreement: what it says, where it stands, what was done with it, what each version changed, and what can be done."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, ClassVar, Final

from vestry.office.agreements.list_page import holds_besides
from vestry.office.agreements.worded import Names, Worded, worded
from vestry.office.agreements.words import (
    ACT,
    COLOUR,
    PRECISION,
    STATE,
    WAY,
    fields_said,
    organisations_said,
    role_said,
    sources_said,
)
from vestry.office.pages.translating import _, gettext_lazy
from vestry.office.pages.words import course, day, listed
from vestry.sharing.agreements.differing import Difference, Reworded, difference
from vestry.sharing.agreements.registered import Kept


@dataclass(frozen=True, slots=True, kw_only=True)
class SignatureLine:
    """One signatory: the office of whoever signed and the day; both empty until they have. `edited`: of other words."""

    organisation: str
    title: str
    on: date | None
    mine: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class ActLine:
    """One thing that was done: what, by whom, from which day, why, and when it was entered."""

    what: str
    version: int
    organisation: str
    title: str
    by: str
    on: date
    at: datetime
    because: str


@dataclass(frozen=True, slots=True, kw_only=True)
class VersionLine:
    """One version, and what it changed of the one before it, in words; none of the first."""

    number: int
    href: str
    state: str
    colour: str
    shown: bool
    changes: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class AgreementPage:
    """`actions` are (address, text, whether it is the main thing) of what whoever looks can do."""

    template: ClassVar[str] = "agreements/one.html"
    name: str
    title: str
    version: int
    newest: bool
    state: str
    colour: str
    why: str
    besides: str
    waits: str
    words: Worded
    signatures: tuple[SignatureLine, ...]
    history: tuple[ActLine, ...]
    versions: tuple[VersionLine, ...]
    actions: tuple[tuple[str, str, bool], ...]

    @property
    def path(self) -> str:
        """Where it is."""
        return f"/agreements/{self.name}/"


_ACTIONS: Final = {
    "signed": ("sign", gettext_lazy("Read and sign")),
    "proposed": ("propose", gettext_lazy("Propose it for signature")),
    "resumed": ("resume", gettext_lazy("Resume it")),
    "suspended": ("suspend", gettext_lazy("Suspend it")),
    "ended": ("end", gettext_lazy("End it")),
}
"""What may be done -> (its address, its button)."""
_MAIN: Final = frozenset({"signed", "proposed", "resumed"})
"""What an agreement waits for, where it can be done."""


def agreement_page(
    versions: Sequence[Kept],
    number: int | None,
    *,
    names: Names,
    organisation: str,
    on: date,
    can: Sequence[str],
    may_draft: bool,
    people: Mapping[str, str],
) -> AgreementPage:
    """The page of the version `number` (the newest), for somebody of `organisation` who `can` do these things. `people` are the
    names of accounts by user: whoever has none did it on the place's own machine.

    Raises StopIteration where there is no such version.
    """
    newest = versions[-1]
    kept = newest if number is None else next(k for k in versions if k.agreement.version == number)
    agreement, state = kept.agreement, kept.filed.state(on)
    stop = kept.filing
    stopped = {"suspended": stop.suspended, "ended": stop.ended}.get(state) if stop else None
    return AgreementPage(
        name=agreement.agreement_id,
        title=agreement.title,
        version=agreement.version,
        newest=kept is newest,
        state=str(STATE[state]),
        colour=COLOUR[state],
        why=_("Since %(day)s: %(why)s") % {"day": day(stopped.day), "why": stopped.because} if stopped else "",
        besides=holds_besides(versions, on) if kept is newest else "",
        waits=organisations_said(kept.filed.unsigned, names.organisations) if state == "proposed" else "",
        words=worded(agreement, names),
        signatures=tuple(_signatures(kept, names.organisations, organisation)),
        history=tuple(_history(versions, names.organisations, people)),
        versions=tuple(_versions(versions, kept, names, on)),
        actions=_actions(agreement.agreement_id, can, may_draft),
    )  # fmt: skip


def _actions(name: str, can: Sequence[str], may_draft: bool) -> tuple[tuple[str, str, bool], ...]:
    path = f"/agreements/{name}/"
    found = [
        (f"{path}{act}/", str(text), what in _MAIN) for what, (act, text) in _ACTIONS.items() if what in can
    ]
    if may_draft:
        found.append((f"{path}redraft/", _("Change its words"), False))
        found.append((f"{path}renew/", _("Renew it"), False))
    return tuple(found)


def _signatures(kept: Kept, organisations: Mapping[str, str], mine: str) -> Sequence[SignatureLine]:
    signed = {act.organisation: act for act in kept.acts if act.what == "signed"}
    found = []
    for code in kept.agreement.signatories:
        act = signed.get(code) if code not in kept.filed.unsigned else None
        found.append(
            SignatureLine(
                organisation=organisations.get(code, code),
                title=act.title if act else "",
                on=act.on if act else None,
                mine=code == mine,
            )
        )
    return found


def _history(
    versions: Sequence[Kept], organisations: Mapping[str, str], people: Mapping[str, str]
) -> Sequence[ActLine]:
    """Everything that was done, the newest first."""
    found = []

    def by(user: str) -> str:
        return people.get(user) or _("%(account)s, on this place’s own machine") % {"account": user}

    for kept in versions:
        number = kept.agreement.version
        found.append(
            ActLine(
                what=str(ACT["drafted"]), version=number, organisation="", title="", by=by(kept.drafted_by),
                on=kept.drafted_at.date(), at=kept.drafted_at, because="",
            )
        )  # fmt: skip
        found += [
            ActLine(
                what=str(ACT[act.what]), version=number, organisation=organisations.get(act.organisation, act.organisation),
                title=act.title, by=by(act.by), on=act.on, at=act.at, because=act.because,
            )
            for act in kept.acts
        ]  # fmt: skip
    return found[::-1]


def _versions(versions: Sequence[Kept], shown: Kept, names: Names, on: date) -> Sequence[VersionLine]:
    found = []
    for at, kept in enumerate(versions):
        state, number = kept.filed.state(on), kept.agreement.version
        before = versions[at - 1].agreement if at else None
        found.append(
            VersionLine(
                number=number,
                href=f"/agreements/{kept.agreement.agreement_id}/?version={number}",
                state=str(STATE[state]),
                colour=COLOUR[state],
                shown=kept is shown,
                changes=changes_said(difference(before, kept.agreement), names) if before else (),
            )
        )
    return found[::-1]


_SETTINGS: Final = {
    "title": gettext_lazy("Title"),
    "purpose": gettext_lazy("Purpose"),
    "basis": gettext_lazy("Law"),
    "parties": gettext_lazy("Parties"),
    "users": gettext_lazy("Who may use it"),
    "how": gettext_lazy("How it may be used"),
    "retention_days": gettext_lazy("Days that what is taken may be kept"),
    "starts": gettext_lazy("First day"),
    "ends": gettext_lazy("Last day"),
    "review": gettext_lazy("Review"),
    "signatories": gettext_lazy("Who signs"),
    "examples": gettext_lazy("Examples"),
    "about.areas": gettext_lazy("Areas"),
    "about.ages.from": gettext_lazy("From this age"),
    "about.ages.to": gettext_lazy("Up to this age"),
    "about.ages.unknown": gettext_lazy("Those of no known age"),
    "about.known_to": gettext_lazy("Known to"),
    "about.deceased": gettext_lazy("The dead"),
    "about.restricted": gettext_lazy("Restricted records"),
    "about.staff": gettext_lazy("Own staff"),
}


def changes_said(found: Difference, names: Names) -> tuple[str, ...]:
    """What a version changed, a line for each; that it changed nothing is a line too."""
    lines = []
    for one in found.reopened:
        said = {
            "fields": fields_said(one.fields),
            "sources": sources_said(one.sources, names.contracts),
            "before": PRECISION[one.before],
            "now": PRECISION[one.now],
        }
        if one.before == "withheld":
            lines.append(_("Opens %(fields)s from %(sources)s: %(now)s") % said)
        elif one.now == "withheld":
            lines.append(_("Closes %(fields)s from %(sources)s") % said)
        else:
            lines.append(_("%(fields)s from %(sources)s: %(now)s, where it was %(before)s") % said)
    lines += [_reworded_said(one, names) for one in found.reworded]
    return tuple(line[0].upper() + line[1:] for line in lines) or (_("The same words as before"),)


def _reworded_said(one: Reworded, names: Names) -> str:
    setting = str(_SETTINGS[one.setting])
    removed, added = ([_item_said(one.setting, i, names) for i in of] for of in (one.removed, one.added))
    if added and removed:
        return _("%(setting)s: %(now)s, where it was %(before)s") % {
            "setting": setting, "now": listed(added), "before": listed(removed),
        }  # fmt: skip
    if added:
        return _("%(setting)s: adds %(added)s") % {"setting": setting, "added": listed(added)}
    return _("%(setting)s: leaves out %(removed)s") % {"setting": setting, "removed": listed(removed)}


def _item_said(setting: str, item: Any, names: Names) -> str:
    """One thing that a setting held."""
    if isinstance(item, bool):
        return _("yes") if item else _("no")
    if setting in ("starts", "ends", "review"):
        return day(item)
    if setting == "how":
        return str(WAY[item])
    if setting == "signatories":
        return names.organisations.get(item, item)
    if setting == "about.known_to":
        return sources_said([item], names.contracts)
    if setting == "about.areas":
        return names.areas.get(item, item)
    if isinstance(item, dict):
        organisation = names.organisations.get(item.get("organisation", ""), item.get("organisation", ""))
        if "says" in item:
            return _("“%(says)s”") % {"says": item["says"]}
        roles = listed(role_said(role) for role in item.get("roles", ()))
        return ", ".join(
            said
            for said in (organisation, roles, item.get("acts_as", ""), course(item.get("training", "")))
            if said
        )
    return str(item)  # fmt: skip
