"""The desk at which accounts are kept: who is there, what they are to whom, and whether they may come in."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from datetime import date, timedelta
from typing import Final

from django.db.models import Count

from vestry.clock import Clock
from vestry.contracts.complaints import suggestion
from vestry.errors import VestryError
from vestry.office.accounts.changing import Changes
from vestry.office.accounts.models import Account, Invitation, Training
from vestry.office.accounts.reaching import (
    OFFICER,
    check_at,
    check_gives,
    check_not_last,
    check_only_ours,
    check_ours,
)
from vestry.office.accounts.secrecy import digest, new_word
from vestry.office.accounts.users import RELATED, alike, new_account, user_of, write
from vestry.office.agreements.telling import database_told
from vestry.sharing.accounts_desk import AccountNotChanged, AccountUnknown, Held, Imported, Invited
from vestry.sharing.askers import SYSTEM, User
from vestry.sharing.asking import ROLES

INVITED_FOR: Final = timedelta(days=1)
_ID: Final = re.compile(r"[a-z0-9]+(-[a-z0-9]+)*")


class People:
    """See `sharing.accounts_desk.PeopleDesk`. `organisations` are those of the place, code -> name."""

    def __init__(self, changes: Changes, clock: Clock, organisations: Mapping[str, str]) -> None:
        self._changes = changes
        self._clock = clock
        self._organisations = organisations

    def people(self) -> Sequence[Held]:
        """Every account, by id. Raises DatabaseUnavailable."""
        with database_told(self._changes.office):
            accounts = Account.objects.annotate(keys=Count("passkeys")).prefetch_related(*RELATED)
            return [
                Held(
                    user=user_of(account),
                    openid=account.openid or "",
                    passkeys=account.keys,
                    suspended_at=account.suspended_at,
                )
                for account in accounts
            ]

    def import_people(self, users: Iterable[User], *, replace: bool = False) -> Imported:
        """Add whom the place does not have, all or nobody; with `replace`, have the others as they are given."""
        added, replaced, differ = [], [], []
        with self._changes.within():
            there = {
                account.user: account
                for account in Account.objects.select_for_update().prefetch_related(*RELATED)
            }
            for user in users:
                account = there.get(user.user)
                if account is None:
                    write(new_account(user.user, user.name, self._clock.now()), user)
                    self._changes.enter("account-imported", user.user, said=_roles_of(user))
                    added.append(user.user)
                elif alike(user_of(account), user):
                    continue
                elif replace:
                    write(account, user)
                    self._changes.enter("account-replaced", user.user, said=_roles_of(user))
                    replaced.append(user.user)
                else:
                    differ.append(user.user)
        return Imported(added=tuple(added), replaced=tuple(replaced), differ=tuple(differ))

    def add(self, user: str, name: str, *, openid: str = "") -> None:
        """A new account, which may do nothing yet. Raises AccountNotChanged."""
        check_id(user, "vestry people add")
        if not name.strip():
            raise AccountNotChanged("There is no name.", where="vestry people add", fix="add --name NAME")
        with self._changes.within():
            if Account.objects.filter(user=user).exists():
                raise self._not_changed("There is an account of that user.", "give roles: vestry people give")
            account = new_account(user, name.strip(), self._clock.now())
            self._changes.enter("account-added", user)
            if openid:
                self._name_at_provider(account, openid)

    def give(self, user: str, organisation: str, roles: Iterable[str], *, title: str = "") -> None:
        """Give roles at one organisation, beside those that they have."""
        wanted = set(roles)
        self._check(organisation, wanted)
        with self._changes.within():
            account = self._changes.account(user)
            check_gives(self._changes.by, user, organisation)
            if account.is_system != (wanted == {SYSTEM}):
                raise self._not_changed(
                    "A system has the role `system` and no other; a person has any other.", "name other roles"
                )
            if account.is_system and account.posts.exclude(organisation=organisation).exists():
                raise self._not_changed(
                    "A system works for one organisation.", "give the other's system an id of its own"
                )
            post, _ = account.posts.get_or_create(organisation=organisation, defaults={"roles": ""})
            held = set(post.roles.split())
            new = wanted - held
            if not new and (not title or title == post.title):
                return
            post.roles, post.title = " ".join(sorted(wanted | held)), title or post.title
            post.save()
            self._changes.enter("roles-given", user, said=tuple(f"{organisation}/{r}" for r in sorted(new)))

    def take(self, user: str, organisation: str, roles: Iterable[str] = ()) -> None:
        """Take these roles, or all, at one organisation."""
        wanted = set(roles)
        self._check(organisation, wanted)
        with self._changes.within():
            account = self._changes.account(user)
            check_at(self._changes.by, organisation)
            post = account.posts.filter(organisation=organisation).first()
            held = set(post.roles.split()) if post else set()
            if post is None or not (taken := held & wanted if wanted else held):
                raise self._not_changed("They do not have that role there.", "see: vestry people list")
            if OFFICER in taken:
                check_not_last(self._changes.by, account)
            if held == taken:
                post.delete()
            else:
                post.roles = " ".join(sorted(held - taken))
                post.save()
            self._changes.enter("roles-taken", user, said=tuple(f"{organisation}/{r}" for r in sorted(taken)))

    def train(self, user: str, course: str, until: date) -> None:
        """Enter a course, and the last day on which it counts."""
        if not _ID.fullmatch(course) or len(course) > 100:
            raise self._not_changed("That is no name of a course.", "use small letters, digits and hyphens")
        with self._changes.within():
            account = self._changes.account(user)
            check_ours(self._changes.by, account)
            Training.objects.update_or_create(account=account, course=course, defaults={"until": until})
            self._changes.enter("training-entered", user, said=(course,))

    def name_at_provider(self, user: str, openid: str) -> None:
        """What the OpenID Connect provider calls them; "" for nothing. Raises AccountNotChanged where another is called so."""
        with self._changes.within():
            account = self._changes.account(user)
            check_only_ours(self._changes.by, account)
            self._name_at_provider(account, openid)

    def _name_at_provider(self, account: Account, openid: str) -> None:
        if account.is_system:
            raise self._not_changed("A system does not sign in by OpenID Connect.", "see: vestry systems")
        if openid and Account.objects.filter(openid=openid).exclude(pk=account.pk).exists():
            raise self._not_changed("Another account is called so by the provider.", "give each their own")
        account.openid, account.openid_issuer, account.openid_subject = openid or None, "", ""
        account.out_before = self._clock.now()
        account.save(update_fields=("openid", "openid_issuer", "openid_subject", "out_before"))
        self._changes.enter("openid-named" if openid else "openid-removed", account.user)

    def suspend(self, user: str) -> None:
        """Let them in no more; their sessions and tokens are over."""
        with self._changes.within():
            account = self._changes.account(user)
            if account.suspended_at is not None:
                raise self._not_changed("They are suspended already.", "nothing is to be done")
            check_ours(self._changes.by, account)
            check_not_last(self._changes.by, account)
            account.suspended_at = account.out_before = self._clock.now()
            account.save(update_fields=("suspended_at", "out_before"))
            self._changes.enter("account-suspended", user)

    def restore(self, user: str) -> None:
        """Let them in again."""
        with self._changes.within():
            account = self._changes.account(user)
            if account.suspended_at is None:
                raise self._not_changed("They are not suspended.", "nothing is to be done")
            check_ours(self._changes.by, account)
            account.suspended_at = None
            account.save(update_fields=("suspended_at",))
            self._changes.enter("account-restored", user)

    def invite(self, user: str) -> Invited:
        """A link to enrol a passkey with. Links from before no longer count."""
        now, word = self._clock.now(), new_word()
        with self._changes.within():
            account = self._changes.account(user)
            if account.is_system or account.suspended_at is not None:
                raise self._not_changed(
                    "A system has no passkey, and who is suspended enrols none.", "see: vestry people list"
                )
            check_only_ours(self._changes.by, account)
            account.invitations.filter(used_at=None).update(used_at=now)
            Invitation.objects.create(
                account=account, digest=digest(word), made_at=now, until=now + INVITED_FOR
            )
            self._changes.enter("passkey-invited", user)
        return Invited(path=f"/enrol/{word}/", until=now + INVITED_FOR)

    def forget_passkeys(self, user: str) -> int:
        """Take away every passkey, and end their sessions; how many there were."""
        with self._changes.within():
            account = self._changes.account(user)
            check_ours(self._changes.by, account)
            gone, _ = account.passkeys.all().delete()
            account.out_before = self._clock.now()
            account.save(update_fields=("out_before",))
            self._changes.enter("passkeys-removed", user)
        return int(gone)

    def _check(self, organisation: str, roles: set[str]) -> None:
        if organisation not in self._organisations:
            raise AccountUnknown(
                "That is no organisation of this place.",
                where="place.toml, organisations",
                fix=suggestion(organisation, self._organisations),
            )
        for role in sorted(roles - set(ROLES)):
            raise AccountUnknown("That is no role.", where=role, fix=suggestion(role, ROLES))

    def _not_changed(self, what: str, fix: str) -> VestryError:
        return AccountNotChanged(what, where=self._changes.office.where, fix=fix)


def check_id(user: str, where: str) -> None:
    """Raises AccountNotChanged where it is no id of a user."""
    if not _ID.fullmatch(user) or len(user) > 100:
        raise AccountNotChanged(
            "That is no id of a user.", where=where, fix="use small letters, digits and hyphens, 100 at most"
        )


def _roles_of(user: User) -> tuple[str, ...]:
    return tuple(f"{post.organisation}/{role}" for post in user.posts for role in sorted(post.roles))
