"""A change of an account, and its entry in the audit log: both are kept, or neither."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Protocol

from django.db import transaction

from vestry.contracts.complaints import suggestion
from vestry.office.accounts.models import Account
from vestry.office.agreements.telling import database_told
from vestry.office.project import Office
from vestry.sharing.accounts_desk import AccountUnknown
from vestry.sharing.audit import AuditEntry


class ChangeLog(Protocol):
    """The audit log, for entries that are kept with a change or not at all."""

    def append_within(self, entry: AuditEntry) -> int:
        """Keep `entry` in the transaction that is open."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Doer:
    """Who changes something: a user for an organisation, or whoever runs this process (`account`, and what they say)."""

    user: str = ""
    organisation: str = ""
    account: str = ""
    stated: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Changes:
    """Where changes of one place's accounts are made and entered."""

    office: Office
    log: ChangeLog
    by: Doer

    @contextmanager
    def within(self) -> Iterator[None]:
        """One transaction. Raises DatabaseUnavailable."""
        with database_told(self.office), transaction.atomic():
            yield

    def enter(self, action: str, user: str, *, said: tuple[str, ...] = ()) -> None:
        """Enter, in the transaction that is open, what is done to the account of `user`. `said` are codes, never values."""
        self.log.append_within(
            AuditEntry(
                stage="changed",
                action=action,
                user=self.by.user,
                organisation=self.by.organisation,
                account=self.by.account,
                operator=self.by.stated,
                changed_user=user,
                fields=said,
            )
        )

    def account(self, user: str) -> Account:
        """The account of `user`, held until the transaction ends. Raises AccountUnknown, with the nearest."""
        found: Account | None = Account.objects.select_for_update().filter(user=user).first()
        if found is None:
            known = list(Account.objects.values_list("user", flat=True))
            raise AccountUnknown(
                "There is no account of that user.",
                where=self.office.where,
                fix=suggestion(user, known) if known else "add people first: vestry people import",
            )
        return found
