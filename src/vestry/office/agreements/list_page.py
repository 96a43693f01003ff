"""The agreements of the place, and those that wait for whoever looks."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import ClassVar, Final

from vestry.errors import Problem
from vestry.office.agreements.words import COLOUR, STATE, organisations_said
from vestry.office.pages.below import in_language
from vestry.office.pages.translating import _, gettext_lazy
from vestry.office.today.page import SOON
from vestry.sharing.agreements.registered import Kept
from vestry.sharing.purposes import purpose_of

SHOWS: Final = {
    "": gettext_lazy("All"),
    "to-sign": gettext_lazy("To sign for my organisation"),
    "ending": gettext_lazy("Ending within 60 days"),
    "suspended": gettext_lazy("Suspended"),
}
"""What a list may be of; the first is of all. Days as `today.page.SOON`."""

_NONE: Final = {
    "": gettext_lazy("There is no agreement yet."),
    "to-sign": gettext_lazy("Nothing waits for your organisation’s signature."),
    "ending": gettext_lazy("No agreement ends within 60 days."),
    "suspended": gettext_lazy("No agreement is suspended."),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class AgreementLine:
    """One agreement, by its newest version; `besides` tells of an older one that holds until the newest does."""

    href: str
    title: str
    purpose: str
    parties: str
    state: str
    colour: str
    besides: str
    waits: str
    ends: date


@dataclass(frozen=True, slots=True, kw_only=True)
class ListPage:
    """`filters` are (text, address, how many, whether it is this one). `in_files`: the register holds none, and files do."""

    template: ClassVar[str] = "agreements/list.html"
    filters: tuple[tuple[str, str, int, bool], ...]
    lines: tuple[AgreementLine, ...]
    none: str
    may_draft: bool
    in_files: bool = False
    unreadable: tuple[tuple[str, tuple[str, ...]], ...] = ()


def list_page(
    versions: Sequence[Kept],
    unreadable: Mapping[str, Sequence[Problem]],
    *,
    show: str,
    organisation: str,
    organisations: Mapping[str, str],
    on: date,
    may_draft: bool,
    in_files: bool = False,
) -> ListPage:
    """The page of all `versions`, of each agreement the oldest first, as far as they are to be shown."""
    show = show if show in SHOWS else ""
    by_name: dict[str, list[Kept]] = {}
    for kept in versions:
        by_name.setdefault(kept.agreement.agreement_id, []).append(kept)
    wanted = {code: [n for n, of in by_name.items() if _is(code, of, organisation, on)] for code in SHOWS}
    return ListPage(
        filters=tuple(
            (str(text), f"/agreements/?show={code}" if code else "/agreements/", len(wanted[code]), code == show)
            for code, text in SHOWS.items()
        ),
        lines=tuple(_line(by_name[name], organisations, on) for name in wanted[show]),
        none=str(_NONE[show]),
        may_draft=may_draft,
        in_files=in_files,
        unreadable=tuple((name, tuple(p.what for p in found)) for name, found in sorted(unreadable.items())),
    )  # fmt: skip


def _is(show: str, versions: Sequence[Kept], organisation: str, on: date) -> bool:
    newest = versions[-1].filed
    if show == "to-sign":
        return newest.state(on) == "proposed" and organisation in newest.unsigned
    states = {kept.agreement.version: kept.filed.state(on) for kept in versions}
    if show == "suspended":
        return "suspended" in states.values()
    if show == "ending":
        held = [k for k in versions if states[k.agreement.version] in ("in force", "suspended")]
        return bool(held) and held[-1].agreement.ends - on <= SOON
    return True


def _line(versions: Sequence[Kept], organisations: Mapping[str, str], on: date) -> AgreementLine:
    newest = versions[-1]
    agreement, state = newest.agreement, newest.filed.state(on)
    purpose = purpose_of(agreement.purpose)
    return AgreementLine(
        href=f"/agreements/{agreement.agreement_id}/",
        title=agreement.title,
        purpose=in_language(purpose.means) if purpose else agreement.purpose,
        parties=organisations_said((p.organisation for p in agreement.parties), organisations, few=3),
        state=str(STATE[state]),
        colour=COLOUR[state],
        besides=holds_besides(versions, on),
        waits=organisations_said(newest.filed.unsigned, organisations, few=3) if state == "proposed" else "",
        ends=agreement.ends,
    )


def holds_besides(versions: Sequence[Kept], on: date) -> str:
    """That an older version holds, or is stopped, while the newest does not hold yet; "" where none is."""
    if versions[-1].filed.state(on) not in ("draft", "proposed", "signed"):
        return ""
    for kept in reversed(versions[:-1]):
        said = {"in force": _("version %(n)d is in force"), "suspended": _("version %(n)d is suspended")}
        state = kept.filed.state(on)
        if state in said:
            return said[state] % {"n": kept.agreement.version}
    return ""
