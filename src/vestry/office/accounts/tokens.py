"""Tokens of partners' systems: words of chance, kept as digests, held against the database each time that one is shown.

So what is revoked, by whichever process, is refused from the next request on; nothing remembers that it was good.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from vestry.clock import Clock
from vestry.office.accounts.asking import asker_of
from vestry.office.accounts.models import Credential, Token
from vestry.office.accounts.secrecy import digest
from vestry.office.accounts.users import user_of
from vestry.office.agreements.telling import database_told
from vestry.office.project import Office
from vestry.sharing.asking import Asker

LIVES: Final = timedelta(minutes=30)
"""How long a token counts: a system asks for another when it runs out."""

_KEPT: Final = timedelta(days=1)
"""How long one that has run out is still kept."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Shown:
    """Whose token was shown, and until when it counts."""

    asker: Asker
    client_id: str
    until: datetime


def keep_token(credential: Credential, word: str, clock: Clock) -> None:
    """Keep the token `word`, as given for `credential` now. A system works for one organisation."""
    now = clock.now()
    Token.objects.filter(until__lt=now - _KEPT).delete()
    Token.objects.create(
        credential=credential,
        digest=digest(word),
        organisation=credential.account.posts.get().organisation,
        issued_at=now,
        until=now + LIVES,
    )


def revoke_token(credential: Credential, word: str, clock: Clock) -> bool:
    """Let a token of `credential` no longer count; whether it did until now."""
    counted = Token.objects.filter(credential=credential, digest=digest(word), revoked_at=None)
    return bool(counted.update(revoked_at=clock.now()))


def token_shown(office: Office, word: str, clock: Clock) -> Shown | None:
    """Whose token `word` is; None of one that does not count. Raises DatabaseUnavailable."""
    with database_told(office):
        found = (
            Token.objects.select_related("credential__account")
            .filter(
                digest=digest(word),
                revoked_at=None,
                until__gt=clock.now(),
                credential__revoked_at=None,
                credential__account__suspended_at=None,
                credential__account__is_system=True,
            )
            .first()
        )
        if found is None:
            return None
        account = found.credential.account
        if account.out_before is not None and found.issued_at <= account.out_before:
            return None
        asker = asker_of(user_of(account), found.organisation, signed_in_at=found.issued_at)
    return Shown(asker=asker, client_id=found.credential.client_id, until=found.until) if asker else None
