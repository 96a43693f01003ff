"""Signing in with the council's OpenID Connect provider: the authorisation code flow with PKCE, state and nonce (OpenID Connect
Core 1.0, 3.1; RFC 7636; RFC 9207; RFC 9700). What it says is believed when its own key signed it, for us, for this sign-in."""

from __future__ import annotations

import hmac
import json
from datetime import datetime, timedelta
from typing import Any, Final
from urllib.parse import urlsplit

import requests
from authlib.common.security import generate_token
from authlib.integrations.base_client.errors import OAuthError
from authlib.integrations.requests_client import OAuth2Session
from authlib.oidc.core import CodeIDToken
from django.http import HttpRequest
from joserfc import jwt
from joserfc.errors import JoseError
from joserfc.jwk import KeySet

from vestry.office.accounts.changing import Doer
from vestry.office.accounts.errors import ProviderUnavailable, SignInRefused
from vestry.office.accounts.models import Account
from vestry.office.accounts.site import Site
from vestry.place import SignIn
from vestry.place_file import is_loopback

BACK: Final = "/sign-in/openid/back/"
"""Where the provider sends people back to; it has to be told of it."""

LASTS: Final = timedelta(minutes=10)
SKEW: Final = 60
"""Seconds that the provider's clock may be ahead or behind."""

ALGORITHMS: Final = ["RS256", "PS256", "ES256", "EdDSA", "Ed25519"]
"""What an ID token may be signed by. Never `none`, and nothing with a shared secret."""

_KEY: Final = "openid"
_TIMEOUT: Final = (5, 10)
_LONGEST: Final = 1_000_000


def begin(request: HttpRequest, site: Site, next_path: str) -> str:
    """The provider's address to send somebody to. Raises ProviderUnavailable."""
    said = site.place.sign_in
    metadata = _metadata(said)
    verifier, nonce = generate_token(64), generate_token(32)
    with _client(site, request, metadata) as client:
        url, state = client.create_authorization_url(
            metadata["authorization_endpoint"], code_verifier=verifier, nonce=nonce
        )
    request.session[_KEY] = {
        "state": state,
        "nonce": nonce,
        "verifier": verifier,
        "next": next_path,
        "at": site.clock.now().isoformat(),
    }
    return str(url)


def finish(request: HttpRequest, site: Site) -> tuple[Account, str]:
    """(who came back from the provider, where they wanted to go). Raises SignInRefused, ProviderUnavailable."""
    kept = request.session.pop(_KEY, None)  # counts once, whatever comes of it
    state = request.GET.get("state", "")
    if (
        not kept
        or not hmac.compare_digest(kept["state"].encode(), state.encode("utf-8", "surrogatepass"))
        or site.clock.now() - datetime.fromisoformat(kept["at"]) > LASTS
    ):
        raise _refused("That took too long, or was done before.")
    said = site.place.sign_in
    if request.GET.get("iss", said.issuer) != said.issuer:
        raise _refused("Another provider answered.")
    if "code" not in request.GET or "error" in request.GET:
        raise _refused("The provider did not sign you in.")
    claims = _claims(request, site, kept)
    return _account(site, claims), str(kept["next"])


def _claims(request: HttpRequest, site: Site, kept: dict[str, str]) -> dict[str, Any]:
    said = site.place.sign_in
    metadata = _metadata(said)
    try:
        with _client(site, request, metadata) as client:
            token = client.fetch_token(
                metadata["token_endpoint"],
                code=request.GET["code"],
                code_verifier=kept["verifier"],
                timeout=_TIMEOUT,
                allow_redirects=False,
            )
        said_keys: Any = _fetched(metadata["jwks_uri"])
        keys = KeySet.import_key_set(said_keys)
    except OAuthError:
        raise _refused("The provider did not sign you in.") from None
    except (requests.RequestException, JoseError, ValueError, KeyError, TypeError, AttributeError):
        raise _unavailable("does not answer as it should") from None
    try:
        decoded = jwt.decode(str(token["id_token"]), keys, algorithms=ALGORITHMS)
        claims = CodeIDToken(
            decoded.claims,
            decoded.header,
            {
                "iss": {"essential": True, "value": said.issuer},
                "aud": {"essential": True, "value": said.client_id},
            },
            {"nonce": kept["nonce"], "client_id": said.client_id, "access_token": token.get("access_token")},
        )
        claims.validate(now=int(site.clock.now().timestamp()), leeway=SKEW)
    except (JoseError, ValueError, KeyError, TypeError, AttributeError):
        raise _refused("What the provider says of you cannot be believed.") from None
    return dict(claims)


def _account(site: Site, claims: dict[str, Any]) -> Account:
    """The account that the claims name, bound to the provider's lasting id at the first time. Raises SignInRefused."""
    said, subject = site.place.sign_in, claims.get("sub")
    if not isinstance(subject, str) or not 0 < len(subject) <= 255:
        raise _refused(_UNSAID)
    with site.changes(Doer()).within():
        accounts = Account.objects.select_for_update().filter(is_system=False, openid__isnull=False)
        account: Account | None = accounts.filter(openid_issuer=said.issuer, openid_subject=subject).first()
        if account is None:
            account = accounts.filter(openid=_named(said, claims), openid_subject="").first()
        if account is None or account.suspended_at is not None:
            raise _refused("There is no account here for whom the provider says you are.")
        if not account.openid_subject:
            account.openid_issuer, account.openid_subject = said.issuer, subject
            account.save(update_fields=("openid_issuer", "openid_subject"))
            site.changes(Doer(user=account.user)).enter("openid-bound", account.user)
    return account


def _named(said: SignIn, claims: dict[str, Any]) -> str:
    """What the agreed claim says. An e-mail address counts when the provider has verified it. Raises SignInRefused."""
    value = claims.get(said.claim)
    verified = said.claim != "email" or claims.get("email_verified") is True
    if not isinstance(value, str) or not value or not verified:
        raise _refused(_UNSAID)
    return value


_UNSAID: Final = "The provider does not say who you are in the way that was agreed."


def _client(site: Site, request: HttpRequest, metadata: dict[str, Any]) -> OAuth2Session:
    said = site.place.sign_in
    methods = metadata.get("token_endpoint_auth_methods_supported", ["client_secret_basic"])
    way = "client_secret_basic" if "client_secret_basic" in methods else "client_secret_post"
    return OAuth2Session(
        said.client_id,
        site.openid_secret or None,
        token_endpoint_auth_method=way if site.openid_secret else "none",
        scope="openid" + {"email": " email", "sub": ""}.get(said.claim, " profile"),
        redirect_uri=site.origin(request) + BACK,
        code_challenge_method="S256",
    )


def _metadata(said: SignIn) -> dict[str, Any]:
    """What the provider says of itself (OpenID Connect Discovery 1.0, 4). Raises ProviderUnavailable."""
    try:
        found = _fetched(said.issuer.rstrip("/") + "/.well-known/openid-configuration")
        if found["issuer"] != said.issuer:
            raise _unavailable("is another than place.toml says")
        for name in ("authorization_endpoint", "token_endpoint", "jwks_uri"):
            parts = urlsplit(found[name])
            if parts.scheme != "https" and not (parts.scheme == "http" and is_loopback(parts.hostname or "")):
                raise _unavailable("has an address without TLS")
    except (requests.RequestException, ValueError, KeyError, TypeError, AttributeError):
        raise _unavailable("does not answer as it should") from None
    return found


def _fetched(address: str) -> dict[str, Any]:
    with requests.get(address, timeout=_TIMEOUT, allow_redirects=False, stream=True) as answer:
        answer.raise_for_status()
        content = answer.raw.read(_LONGEST + 1, decode_content=True)
    if len(content) > _LONGEST or answer.status_code != requests.codes.ok:
        raise ValueError("too long, or elsewhere")
    found = json.loads(content)
    if not isinstance(found, dict):
        raise ValueError("no object")
    return found


def _refused(what: str) -> SignInRefused:
    return SignInRefused(what, fix="try again, or ask whoever keeps the accounts of this place")


def _unavailable(how: str) -> ProviderUnavailable:
    return ProviderUnavailable(
        f"The OpenID Connect provider {how}.", where="place.toml, sign_in", fix="ask its administrators"
    )
