"""Gives tokens to partners' systems: OAuth 2 client credentials (RFC 6749, 4.4), proved by a secret or a signed assertion
(RFC 7523), and takes them back (RFC 7009). Authlib's server, over our tables."""

from __future__ import annotations

import json
from datetime import timedelta
from typing import Any, ClassVar, Final

from authlib.integrations.django_oauth2 import AuthorizationServer, RevocationEndpoint
from authlib.oauth2.rfc6749 import ClientCredentialsGrant, ClientMixin, InvalidClientError
from authlib.oauth2.rfc6749.errors import InvalidScopeError
from authlib.oauth2.rfc6750 import BearerTokenGenerator
from authlib.oauth2.rfc7523 import JWTBearerClientAssertion
from django.contrib.auth.hashers import check_password
from django.db import IntegrityError, transaction
from django.db.models import Count
from joserfc import jwt
from joserfc.errors import JoseError
from joserfc.jwk import import_key

from vestry.office.accounts.changing import Changes, Doer
from vestry.office.accounts.models import Credential, UsedAssertion
from vestry.office.accounts.secrecy import digest, new_word
from vestry.office.accounts.site import Site
from vestry.office.accounts.systems import ways_of
from vestry.office.accounts.tokens import LIVES, keep_token, revoke_token

SKEW: Final = timedelta(seconds=60)
"""How much another clock may be ahead or behind, and"""
LONGEST: Final = timedelta(minutes=10)
"""how long an assertion may count."""

_BY_KEY: Final = JWTBearerClientAssertion.CLIENT_AUTH_METHOD
_WAYS_IN: Final = [_BY_KEY, "client_secret_basic", "client_secret_post"]


class Client(ClientMixin):
    """A credential that counts, as Authlib wants a client."""

    def __init__(self, credential: Credential) -> None:
        self.credential = credential
        self.client_id = credential.client_id

    def get_client_id(self) -> str:
        """Its id."""
        return str(self.client_id)

    def check_client_secret(self, client_secret: str) -> bool:
        """Whether that is its secret. One that has a key has none."""
        return bool(self.credential.secret) and check_password(client_secret, self.credential.secret)

    def check_endpoint_auth_method(self, method: str, endpoint: str) -> bool:
        """It proves itself by what was agreed with the partner, and by nothing weaker."""
        return method == _BY_KEY if self.credential.public_key else method.startswith("client_secret_")

    def check_grant_type(self, grant_type: str) -> bool:
        """There is one."""
        return bool(grant_type == ClientCredentialsGrant.GRANT_TYPE)

    def get_allowed_scope(self, scope: str | None) -> str:
        """What it may see agreements say, and no scope."""
        if scope:
            raise InvalidScopeError()
        return ""


class _Granted(ClientCredentialsGrant):
    TOKEN_ENDPOINT_AUTH_METHODS: ClassVar[list[str]] = _WAYS_IN


class _TakenBack(RevocationEndpoint):
    CLIENT_AUTH_METHODS: ClassVar[list[str]] = _WAYS_IN

    def authenticate_token(self, request: Any, client: Client) -> str:
        """The word of the token. Whose it is, the table says: of another's nothing is told (RFC 7009, 2.2)."""
        self.check_params(request, client)
        return str(request.form["token"])

    def revoke_token(self, token: str, request: Any) -> None:
        """Take it back, where it was this client's."""
        site, client = self.server.site, request.client
        with _changes(site, client).within():
            if revoke_token(client.credential, token, site.clock):
                _enter(site, "token-revoked", client)


class _Asserted(JWTBearerClientAssertion):
    """Signed by the partner's own key, for us, for a few minutes, once."""

    def __init__(self, site: Site, audiences: list[str]) -> None:
        super().__init__(validate_jti=True, leeway=int(SKEW.total_seconds()))
        self._site = site
        self._audiences = audiences

    def get_audiences(self) -> list[str]:
        """What it has to be meant for."""
        return self._audiences

    def resolve_client_public_key(self, client: Client) -> Any:
        """The key that the partner gave. Raises InvalidClientError where it gave none."""
        if not client.credential.public_key:
            raise InvalidClientError(description="This client has no key.")
        return import_key(_parsed(client.credential.public_key))

    def process_assertion_claims(self, assertion: str, resolve_key: Any) -> Any:
        """The claims, once the signature is good: only by the ways that this kind of key signs."""
        try:
            token = jwt.decode(assertion, resolve_key, algorithms=list(ways_of(resolve_key)))
        except (JoseError, ValueError) as error:
            raise InvalidClientError(description="The assertion is not signed as it should be.") from error
        self.verify_claims(token.claims)
        return token.claims

    def verify_claims(self, claims: Any) -> None:
        """Raises InvalidClientError for whatever is wrong with the times, the audience, the issuer, or a second use."""
        now = self._site.clock.now().timestamp()
        registry = jwt.JWTClaimsRegistry(
            now=int(now),
            leeway=self.leeway,
            iss={"essential": True},
            sub={"essential": True},
            aud={"essential": True, "values": self._audiences},
            exp={"essential": True},
            jti={"essential": True},
        )
        try:
            registry.validate(claims)
        except (JoseError, ValueError, TypeError) as error:
            raise InvalidClientError(description="A claim of the assertion does not hold.") from error
        if claims["sub"] != claims["iss"] or not isinstance(claims["jti"], str):
            raise InvalidClientError(description="Issuer and subject are not the client.")
        if claims["exp"] - now > (LONGEST + SKEW).total_seconds():
            raise InvalidClientError(description="The assertion counts for too long.")
        if not self.validate_jti(claims, claims["jti"]):
            raise InvalidClientError(description="The assertion was used before.")

    def validate_jti(self, claims: Any, jti: str) -> bool:
        """Whether it is used for the first time; it is remembered as long as it could count."""
        now = self._site.clock.now()
        UsedAssertion.objects.filter(until__lt=now).delete()
        try:
            with transaction.atomic():
                UsedAssertion.objects.create(
                    digest=digest(f"{claims['sub']}\x1f{jti}"), until=now + LONGEST + 3 * SKEW
                )
        except IntegrityError:
            return False
        return True


class Server(AuthorizationServer):
    """Gives tokens for one site."""

    def __init__(self, site: Site, origin: str) -> None:
        self.site = site
        super().__init__(None, None)
        self.register_grant(_Granted)
        self.register_endpoint(_TakenBack)
        audiences = [f"{origin}/oauth/token", f"{origin}/oauth/revoke", origin]
        self.register_client_auth_method(_BY_KEY, _Asserted(site, audiences))

    def create_bearer_token_generator(self) -> BearerTokenGenerator:
        """Tokens of chance, that count for as long as `tokens.LIVES`."""
        return BearerTokenGenerator(
            access_token_generator=lambda **_: new_word(), expires_generator=int(LIVES.total_seconds())
        )

    def query_client(self, client_id: str) -> Client | None:
        """The client of that id, where it counts: its system works for one organisation, and no more."""
        found = (
            Credential.objects.select_related("account")
            .annotate(posts=Count("account__posts"))
            .filter(
                client_id=client_id,
                revoked_at=None,
                account__suspended_at=None,
                account__is_system=True,
                posts=1,
            )
            .first()
        )
        return Client(found) if found else None

    def save_token(self, token: Any, request: Any) -> None:
        """Keep the token, with its entry in the audit log, or give none."""
        with _changes(self.site, request.client).within():
            keep_token(request.client.credential, token["access_token"], self.site.clock)
            _enter(self.site, "token-given", request.client)


def _changes(site: Site, client: Client) -> Changes:
    account = client.credential.account
    return site.changes(Doer(user=account.user, organisation=account.posts.get().organisation))


def _enter(site: Site, action: str, client: Client) -> None:
    _changes(site, client).enter(action, client.credential.account.user, said=(client.client_id,))


def _parsed(key: str) -> Any:
    return json.loads(key)
