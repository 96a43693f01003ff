"""Accounts as values: what `sharing.askers` calls a user, read from the tables and written to them."""

from __future__ import annotations

import secrets
from datetime import datetime

from vestry.office.accounts.models import Account, Family, Post, Training
from vestry.sharing.askers import Post as PostHeld
from vestry.sharing.askers import User
from vestry.sharing.asking import RecordOf


def user_of(account: Account) -> User:
    """The account as a value. Read with `prefetch_related(*RELATED)` where there are many."""
    return User(
        user=account.user,
        name=account.name,
        posts=tuple(
            PostHeld(organisation=post.organisation, roles=frozenset(post.roles.split()), title=post.title)
            for post in account.posts.all()
        ),
        training={one.course: one.until for one in account.training.all()},
        family=tuple(
            RecordOf(source=one.source, source_key=one.source_key, part=one.part)
            for one in account.family.all()
        ),
        is_system=account.is_system,
    )


def name_of(user: str) -> str:
    """What they are called; the id itself of somebody who has no account here."""
    found = Account.objects.filter(user=user).values_list("name", flat=True).first()
    return str(found or user)


RELATED = ("posts", "training", "family")


def new_account(user: str, name: str, at: datetime, *, is_system: bool = False) -> Account:
    """A new account, which may do nothing yet."""
    made: Account = Account.objects.create(
        user=user, name=name, is_system=is_system, handle=secrets.token_bytes(32), added_at=at
    )
    return made


def write(account: Account, user: User) -> None:
    """Have the account be as `user` says: name, posts, training, family."""
    account.name, account.is_system = user.name, user.is_system
    account.save(update_fields=("name", "is_system"))
    for related in (account.posts, account.training, account.family):
        related.all().delete()
    Post.objects.bulk_create(
        Post(account=account, organisation=p.organisation, title=p.title, roles=" ".join(sorted(p.roles)))
        for p in user.posts
    )
    Training.objects.bulk_create(
        Training(account=account, course=course, until=until) for course, until in user.training.items()
    )
    Family.objects.bulk_create(
        Family(account=account, source=r.source, source_key=r.source_key, part=r.part)
        for r in dict.fromkeys(user.family)
    )


def alike(left: User, right: User) -> bool:
    """Whether two say the same, in whatever order."""
    return (left.name, set(left.posts), dict(left.training), set(left.family), left.is_system) == (
        right.name,
        set(right.posts),
        dict(right.training),
        set(right.family),
        right.is_system,
    )
