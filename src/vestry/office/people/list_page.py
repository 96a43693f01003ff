"""The accounts of the place: those of the organisation that whoever looks is in for, everybody's, and partners' systems."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import ClassVar, Final

from vestry.office.agreements.words import role_said
from vestry.office.pages.translating import _, gettext_lazy
from vestry.office.pages.words import course, listed
from vestry.sharing.accounts_desk import Held, HeldSystem

SHOWS: Final = {
    "": gettext_lazy("Your organisation"),
    "all": gettext_lazy("Everybody"),
    "systems": gettext_lazy("Partners’ systems"),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class TrainingLine:
    """One course, and the last day on which it counts."""

    course: str
    until: date
    over: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class PersonLine:
    """One account. `posts` are (organisation, title, roles)."""

    user: str
    name: str
    posts: tuple[tuple[str, str, str], ...]
    training: tuple[TrainingLine, ...]
    passkeys: int
    suspended: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class SystemLine:
    """One proof of a partner's system, or a system that has none yet: then `proof` is None."""

    user: str
    name: str
    organisation: str
    suspended: bool
    proof: HeldSystem | None


@dataclass(frozen=True, slots=True, kw_only=True)
class PeoplePage:
    """`filters` are (text, address, how many, whether it is this one)."""

    template: ClassVar[str] = "people/list.html"
    filters: tuple[tuple[str, str, int, bool], ...]
    organisation: str
    lines: tuple[PersonLine, ...]
    systems: tuple[SystemLine, ...]
    shows_systems: bool


def people_page(
    people: Sequence[Held],
    systems: Sequence[HeldSystem],
    *,
    show: str,
    organisation: str,
    organisations: Mapping[str, str],
    on: date,
) -> PeoplePage:
    """The page. Who is nothing anywhere yet is among one's own: they were added, and wait for a role."""
    show = show if show in SHOWS else ""
    persons = [one for one in people if not one.user.is_system]
    of = {
        "": [one for one in persons if is_ours(one, organisation)],
        "all": persons,
        "systems": [],
    }
    lines = _systems([one for one in people if one.user.is_system], systems, organisations)
    counts = {"": len(of[""]), "all": len(persons), "systems": len(lines)}
    return PeoplePage(
        filters=tuple(
            (str(text), f"/people/?show={code}" if code else "/people/", counts[code], code == show)
            for code, text in SHOWS.items()
        ),
        organisation=organisations.get(organisation, organisation),
        lines=tuple(person_line(one, organisations, on) for one in of[show]),
        systems=lines if show == "systems" else (),
        shows_systems=show == "systems",
    )


def _systems(
    accounts: Sequence[Held], proofs: Sequence[HeldSystem], organisations: Mapping[str, str]
) -> tuple[SystemLine, ...]:
    """Each proof of each system, and once each that has none."""
    return tuple(
        SystemLine(
            user=one.user.user,
            name=one.user.name,
            organisation=listed(organisations.get(p.organisation, p.organisation) for p in one.user.posts),
            suspended=one.suspended_at is not None,
            proof=proof,
        )
        for one in accounts
        for proof in (*(p for p in proofs if p.user == one.user.user), *_none_of(one, proofs))
    )


def _none_of(account: Held, proofs: Sequence[HeldSystem]) -> tuple[None, ...]:
    """That a system has no proof, as a line of its own."""
    return () if any(p.user == account.user.user for p in proofs) else (None,)


def is_ours(held: Held, organisation: str) -> bool:
    """Whether they are something at `organisation`, or nothing anywhere yet."""
    posts = {post.organisation for post in held.user.posts}
    return not posts or organisation in posts


def person_line(held: Held, organisations: Mapping[str, str], on: date) -> PersonLine:
    """One account."""
    user = held.user
    return PersonLine(
        user=user.user,
        name=user.name,
        posts=tuple(
            (
                organisations.get(post.organisation, post.organisation),
                post.title,
                listed(role_said(role) for role in sorted(post.roles)) or _("no role"),
            )
            for post in user.posts
        ),
        training=tuple(
            TrainingLine(course=course(code).capitalize(), until=until, over=until < on)
            for code, until in sorted(user.training.items())
        ),
        passkeys=held.passkeys,
        suspended=held.suspended_at is not None,
    )
