"""Who may be told of an emergency, and so reviews it: never whoever looks."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final

from django.db.models import Q

from vestry.office.accounts.models import Account
from vestry.office.accounts.site import Site
from vestry.office.accounts.users import RELATED, user_of
from vestry.office.agreements.telling import database_told
from vestry.sharing.askers import User
from vestry.sharing.asking import Asker
from vestry.sharing.people_apart import Looked

GOVERNING: Final = ("governance-officer", "auditor")
"""Roles whose work it is to see to what others look at, the first first."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Told:
    """Somebody who may be told: their id, name and title, and for whom they work: `ours` where the asker does too."""

    user: str
    name: str
    title: str
    organisation: str
    ours: bool


def may_be_told(site: Site, asker: Asker) -> tuple[Told, ...]:
    """Whom `asker` may name, the likeliest first: governance officers and auditors, those of their own organisation before
    others. Where there is none in the place, their colleagues. Raises DatabaseUnavailable."""
    somebody = Account.objects.filter(is_system=False, suspended_at=None).exclude(user=asker.user)
    governs = Q()
    for role in GOVERNING:
        governs |= Q(posts__roles__contains=role)
    with database_told(site.office):
        found = _users(somebody.filter(governs).distinct())
        officers = sorted(
            (*min(_governs(user, asker)), user.name, user.user) for user in found if _governs(user, asker)
        )
        if officers:
            by_id = {user.user: user for user in found}
            return tuple(_told(site, by_id[user], at, asker) for _, at, _, user in officers)
        colleagues = _users(somebody.filter(posts__organisation=asker.organisation))
    return tuple(
        _told(site, user, asker.organisation, asker)
        for user in sorted(colleagues, key=lambda user: user.name)
    )


def may_review(look: Looked, asker: Asker) -> bool:
    """Whether `asker` may read and review it: who was told, and the governance officers of whoever it was looked for. Nobody
    reviews their own."""
    officer = GOVERNING[0] in asker.roles and look.organisation == asker.organisation
    return look.user != asker.user and (look.told == asker.user or officer)


def _users(accounts: Iterable[Account]) -> list[User]:
    return [user_of(one) for one in accounts.prefetch_related(*RELATED)]  # type: ignore[attr-defined]


def _governs(user: User, asker: Asker) -> list[tuple[tuple[bool, int], str]]:
    """(how far from `asker` they stand, organisation) of each post in which they govern."""
    return [
        ((post.organisation != asker.organisation, rank), post.organisation)
        for post in user.posts
        for rank, role in enumerate(GOVERNING)
        if role in post.roles
    ]


def _told(site: Site, user: User, organisation: str, asker: Asker) -> Told:
    title = next((post.title for post in user.posts if post.organisation == organisation), "")
    names = site.place.organisations
    return Told(
        user=user.user, name=user.name, title=title, organisation=names.get(organisation, organisation),
        ours=organisation == asker.organisation,
    )  # fmt: skip
