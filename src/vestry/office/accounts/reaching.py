"""Whose accounts somebody may change. Whoever keeps the machine, anybody's; a governance officer, their own organisation's.

An organisation is never left without an officer by one: only whoever keeps the machine could bring one back.
"""

from __future__ import annotations

from typing import Final

from vestry.office.accounts.changing import Doer
from vestry.office.accounts.models import Account
from vestry.office.agreements.errors import ChangeRefused
from vestry.sharing.accounts_desk import AccountNotChanged

OFFICER: Final = "governance-officer"
"""The role of those who keep their organisation's accounts."""


def check_at(by: Doer, organisation: str) -> None:
    """Raises ChangeRefused where a user would give or take roles at another organisation than they are in for."""
    if by.user and organisation != by.organisation:
        raise ChangeRefused(
            "Roles there are for that organisation’s own officer to give and to take.",
            where=organisation,
            fix="ask them, or whoever keeps the machine",
        )


def check_gives(by: Doer, user: str, organisation: str) -> None:
    """As `check_at`, and where somebody would give themselves a role."""
    check_at(by, organisation)
    if by.user and by.user == user:
        raise ChangeRefused(
            "Nobody gives themselves a role.",
            where=organisation,
            fix="ask another officer, or whoever keeps the machine",
        )


def check_ours(by: Doer, account: Account) -> None:
    """Raises ChangeRefused where the account is somebody's who is nothing at the organisation that a user is in for. One that is
    nothing anywhere yet is everybody's."""
    posts = {post.organisation for post in account.posts.all()}
    if by.user and posts and by.organisation not in posts:
        raise _others(by)


def check_only_ours(by: Doer, account: Account) -> None:
    """As `check_ours`, and where they work for another organisation too: who lets somebody in lets them in there as well."""
    if by.user and {post.organisation for post in account.posts.all()} - {by.organisation}:
        raise _others(by)


def check_not_last(by: Doer, account: Account) -> None:
    """Raises AccountNotChanged where `account` is the last officer who can come in of the organisation that a user is in for."""
    if not by.user:
        return
    # All of them held, so that of two who take each other's role at once the second sees what the first did.
    officers = [
        one.pk
        for one in Account.objects.select_for_update()
        .filter(suspended_at=None, is_system=False)
        .order_by("pk")
        if any(
            post.organisation == by.organisation and OFFICER in post.roles.split() for post in one.posts.all()
        )
    ]
    if officers == [account.pk]:
        raise AccountNotChanged(
            "They are the last governance officer of the organisation, and nobody could keep its accounts any more.",
            where=by.organisation,
            fix="give somebody else the role first",
        )


def _others(by: Doer) -> ChangeRefused:
    return ChangeRefused(
        "That account is another organisation’s too, or only.",
        where=by.organisation,
        fix="ask whoever keeps the machine",
    )
