"""What partners' systems prove themselves with: a secret that is kept as an Argon2 hash, or a public key."""

from __future__ import annotations

import json
import secrets
from collections.abc import Mapping, Sequence
from typing import Any, Final

from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric.ec import EllipticCurvePublicKey
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPublicKey
from django.contrib.auth.hashers import make_password
from joserfc.errors import JoseError
from joserfc.jwk import ECKey, OKPKey, RSAKey, import_key

from vestry.clock import Clock
from vestry.contracts.complaints import suggestion
from vestry.office.accounts.changing import Changes
from vestry.office.accounts.models import Account, Credential, Token
from vestry.office.accounts.people import check_id
from vestry.office.accounts.secrecy import new_word
from vestry.office.accounts.users import new_account
from vestry.office.agreements.telling import database_told
from vestry.sharing.accounts_desk import (
    AccountNotChanged,
    AccountUnknown,
    Connected,
    HeldSystem,
    KeyUnusable,
)
from vestry.sharing.askers import SYSTEM

_SMALLEST_RSA: Final = 2048
_OF_JWK: Final = ("kty", "n", "e", "crv", "x", "y")
"""What of a public JWK is read; what else it says of itself counts for nothing here."""
_PRIVATE: Final = "It is a private key, which only the partner may have: have them make a new one."


class Systems:
    """See `sharing.accounts_desk.SystemsDesk`. `organisations` are those of the place, code -> name."""

    def __init__(self, changes: Changes, clock: Clock, organisations: Mapping[str, str]) -> None:
        self._changes = changes
        self._clock = clock
        self._organisations = organisations

    def systems(self) -> Sequence[HeldSystem]:
        """Every proof of every system. Raises DatabaseUnavailable."""
        with database_told(self._changes.office):
            kept = Credential.objects.select_related("account").prefetch_related("account__posts")
            return [
                HeldSystem(
                    user=one.account.user,
                    organisation=", ".join(post.organisation for post in one.account.posts.all()),
                    client_id=one.client_id,
                    proof="key" if one.public_key else "secret",
                    added_at=one.added_at,
                    revoked_at=one.revoked_at,
                    suspended=one.account.suspended_at is not None,
                )
                for one in kept.order_by("account__user", "id")
            ]

    def connect(self, user: str, *, organisation: str = "", name: str = "", key: bytes = b"") -> Connected:
        """A new proof for a system, made where it is not there yet: its public `key`, or else a secret.

        Raises KeyUnusable, AccountUnknown, AccountNotChanged.
        """
        public = public_key(key) if key else ""
        secret = "" if key else new_word()
        client_id = f"{user}-{secrets.token_hex(4)}"
        # Outside the transaction: it takes a while, and others would wait for it.
        hashed = make_password(secret) if secret else ""
        with self._changes.within():
            account = self._account(user, organisation, name)
            Credential.objects.create(
                account=account,
                client_id=client_id,
                secret=hashed,
                public_key=public,
                added_at=self._clock.now(),
            )
            self._changes.enter("system-connected", user, said=(client_id,))
        return Connected(client_id=client_id, secret=secret)

    def revoke(self, client_id: str) -> None:
        """Let this proof no longer count, nor any token that was given for it. Raises AccountUnknown."""
        now = self._clock.now()
        with self._changes.within():
            found = Credential.objects.select_related("account").filter(client_id=client_id).first()
            if found is None:
                known = list(Credential.objects.values_list("client_id", flat=True))
                raise AccountUnknown(
                    "There is no system of that id.",
                    where=self._changes.office.where,
                    fix=suggestion(client_id, known) if known else "see: vestry systems connect --help",
                )
            if found.revoked_at is not None:
                raise self._not_changed("It is revoked already.", "nothing is to be done")
            Credential.objects.filter(pk=found.pk).update(revoked_at=now)
            Token.objects.filter(credential=found, revoked_at=None).update(revoked_at=now)
            self._changes.enter("system-revoked", found.account.user, said=(client_id,))

    def _account(self, user: str, organisation: str, name: str) -> Account:
        found: Account | None = Account.objects.select_for_update().filter(user=user).first()
        if found is not None:
            if not found.is_system:
                raise self._not_changed("That is a person.", "invite them: vestry people invite")
            if organisation and not found.posts.filter(organisation=organisation).exists():
                raise self._not_changed("The system is another organisation's.", "give it an id of its own")
            return found
        if not organisation or not name:
            raise AccountUnknown(
                "There is no system of that id yet.",
                where=self._changes.office.where,
                fix="say whose it is and what it is called: --for ORGANISATION --name NAME",
            )
        if organisation not in self._organisations:
            raise AccountUnknown(
                "That is no organisation of this place.",
                where="place.toml, organisations",
                fix=suggestion(organisation, self._organisations),
            )
        check_id(user, "vestry systems connect")
        made = new_account(user, name, self._clock.now(), is_system=True)
        made.posts.create(organisation=organisation, title=name, roles=SYSTEM)
        self._changes.enter("account-added", user, said=(f"{organisation}/{SYSTEM}",))
        return made

    def _not_changed(self, what: str, fix: str) -> AccountNotChanged:
        return AccountNotChanged(what, where=self._changes.office.where, fix=fix)


def public_key(content: bytes) -> str:
    """A public key (PEM, or JWK) as a JWK in JSON. Raises KeyUnusable."""
    if b"PRIVATE KEY" in content:
        raise _unusable(_PRIVATE)
    key: Any
    try:
        if content.lstrip().startswith(b"{"):
            said = json.loads(content)
            if "d" in said:
                raise _unusable(_PRIVATE)
            key = import_key({name: said[name] for name in _OF_JWK if name in said})
        else:
            raw = serialization.load_pem_public_key(content)
            kinds: dict[type, Any] = {
                RSAPublicKey: RSAKey,
                EllipticCurvePublicKey: ECKey,
                Ed25519PublicKey: OKPKey,
            }
            kind = next((kind for of, kind in kinds.items() if isinstance(raw, of)), None)
            if kind is None:
                raise _unusable("It is of a kind that is not used here.")
            key = kind.import_key(content)
        ways = ways_of(key)
    except (JoseError, UnsupportedAlgorithm, ValueError, TypeError, KeyError, AttributeError):
        raise _unusable("It cannot be read.") from None
    if isinstance(key, RSAKey) and key.raw_value.key_size < _SMALLEST_RSA:
        raise _unusable("It is too short.")
    if not ways:
        raise _unusable("It is of a kind that is not used here.")
    return json.dumps(key.as_dict(private=False))


def ways_of(key: Any) -> tuple[str, ...]:
    """The algorithms that a key may sign with (RFC 7518, RFC 8037, RFC 9864); none of a key that is not used here."""
    if isinstance(key, RSAKey):
        return "PS256", "RS256"
    if isinstance(key, ECKey):
        return ("ES256",) if key.curve_name == "P-256" else ()
    if isinstance(key, OKPKey):
        return ("EdDSA", "Ed25519") if key.curve_name == "Ed25519" else ()
    return ()


def _unusable(what: str) -> KeyUnusable:
    return KeyUnusable(
        what,
        where="--key",
        fix="give the public half of an RSA (2,048 bits), P-256 or Ed25519 key, as PEM or JWK",
    )
