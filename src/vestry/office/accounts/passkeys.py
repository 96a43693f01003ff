"""Passkeys (WebAuthn): enrolled once, shown to come in, and shown again for what is restricted.

The authenticator has to have seen that it is its owner (a finger, a face, a number): one passkey is two factors. Each
challenge is for one purpose and one session, and counts once, for five minutes.
"""

from __future__ import annotations

import json
from datetime import datetime, timedelta
from typing import Any, Final, Literal

from django.db import IntegrityError
from django.http import HttpRequest
from webauthn import (
    base64url_to_bytes,
    generate_authentication_options,
    generate_registration_options,
    options_to_json,
    verify_authentication_response,
    verify_registration_response,
)
from webauthn.helpers import bytes_to_base64url
from webauthn.helpers.cose import COSEAlgorithmIdentifier
from webauthn.helpers.exceptions import WebAuthnException
from webauthn.helpers.structs import (
    AuthenticatorSelectionCriteria,
    PublicKeyCredentialDescriptor,
    ResidentKeyRequirement,
    UserVerificationRequirement,
)

from vestry.office.accounts.changing import Doer
from vestry.office.accounts.errors import SignInRefused
from vestry.office.accounts.models import Account, Passkey
from vestry.office.accounts.site import Site, host_of

LASTS: Final = timedelta(minutes=5)
MOST: Final = 10
"""Passkeys of one account."""

_LONGEST: Final = 100_000
"""Letters of an answer at most."""
_ALGORITHMS: Final = [
    COSEAlgorithmIdentifier.EDDSA,
    COSEAlgorithmIdentifier.ECDSA_SHA_256,
    COSEAlgorithmIdentifier.RSASSA_PKCS1_v1_5_SHA_256,
]
_KEY: Final = "challenge"

Purpose = Literal["sign-in", "again", "enrol"]


def enrolling(request: HttpRequest, site: Site, account: Account) -> str:
    """What the browser needs to make a passkey for `account`, as JSON."""
    options = generate_registration_options(
        rp_id=host_of(site.origin(request)),
        rp_name=site.place.name,
        user_id=bytes(account.handle),
        user_name=account.user,
        user_display_name=account.name,
        authenticator_selection=AuthenticatorSelectionCriteria(
            resident_key=ResidentKeyRequirement.REQUIRED,
            require_resident_key=True,
            user_verification=UserVerificationRequirement.REQUIRED,
        ),
        supported_pub_key_algs=_ALGORITHMS,
        exclude_credentials=_descriptors(account),
        timeout=int(LASTS.total_seconds() * 1000),
    )
    _remember(request, site, "enrol", account.user, options.challenge)
    return options_to_json(options)


def enrol(request: HttpRequest, site: Site, account: Account, answer: str) -> None:
    """Keep the passkey that the browser made, in the transaction that is open. Raises SignInRefused."""
    challenge = _remembered(request, site, "enrol", account.user)
    origin = site.origin(request)
    try:
        made = verify_registration_response(
            credential=_parsed(answer),
            expected_challenge=challenge,
            expected_rp_id=host_of(origin),
            expected_origin=origin,
            require_user_verification=True,
            supported_pub_key_algs=_ALGORITHMS,
        )
    except (WebAuthnException, ValueError, TypeError, KeyError, AttributeError):
        raise SignInRefused("The passkey could not be enrolled.", fix="try again") from None
    if account.passkeys.count() >= MOST:
        raise SignInRefused("There are too many passkeys.", fix="remove one first")
    try:
        Passkey.objects.create(
            account=account,
            credential=bytes_to_base64url(made.credential_id),
            public_key=made.credential_public_key,
            sign_count=made.sign_count,
            added_at=site.clock.now(),
        )
    except IntegrityError:
        raise SignInRefused("That passkey is enrolled already.", fix="use another") from None
    site.changes(Doer(user=account.user)).enter("passkey-enrolled", account.user)


def asking(request: HttpRequest, site: Site, account: Account | None = None) -> str:
    """What the browser needs to show a passkey: anybody's, who comes in, or one of `account`'s. JSON."""
    options = generate_authentication_options(
        rp_id=host_of(site.origin(request)),
        allow_credentials=_descriptors(account) if account else None,
        user_verification=UserVerificationRequirement.REQUIRED,
        timeout=int(LASTS.total_seconds() * 1000),
    )
    _remember(
        request, site, "again" if account else "sign-in", account.user if account else "", options.challenge
    )
    return options_to_json(options)


def shown(request: HttpRequest, site: Site, answer: str, account: Account | None = None) -> Account:
    """Whose passkey was shown; where `account` is given, it has to be theirs. Raises SignInRefused."""
    challenge = _remembered(request, site, "again" if account else "sign-in", account.user if account else "")
    said = _parsed(answer)
    kept = Passkey.objects.select_related("account").filter(credential=str(said.get("id", ""))).first()
    if kept is None or kept.account.suspended_at is not None or (account and kept.account_id != account.pk):
        raise SignInRefused("That passkey is not known here.", fix="use another, or ask to be invited anew")
    origin = site.origin(request)
    try:
        verified = verify_authentication_response(
            credential=said,
            expected_challenge=challenge,
            expected_rp_id=host_of(origin),
            expected_origin=origin,
            credential_public_key=bytes(kept.public_key),
            credential_current_sign_count=kept.sign_count,
            require_user_verification=True,
        )
        handle = said["response"].get("userHandle")
        if handle and base64url_to_bytes(handle) != bytes(kept.account.handle):
            raise ValueError("another's")
    except (WebAuthnException, ValueError, TypeError, KeyError, AttributeError):
        raise SignInRefused("The passkey did not prove who you are.", fix="try again") from None
    # The count that it was held against has to be there still: of two answers at once one is a copy's.
    moved = Passkey.objects.filter(pk=kept.pk, sign_count=kept.sign_count).update(
        sign_count=verified.new_sign_count, used_at=site.clock.now()
    )
    if not moved:
        raise SignInRefused("The passkey did not prove who you are.", fix="try again")
    found: Account = kept.account
    return found


def named_in(answer: str) -> str:
    """The passkey that an answer names, unproved."""
    try:
        return str(_parsed(answer).get("id", ""))[:1400]
    except SignInRefused:
        return ""


def _descriptors(account: Account) -> list[PublicKeyCredentialDescriptor]:
    return [
        PublicKeyCredentialDescriptor(id=base64url_to_bytes(one))
        for one in account.passkeys.values_list("credential", flat=True)
    ]


def _remember(request: HttpRequest, site: Site, purpose: Purpose, user: str, challenge: bytes) -> None:
    request.session[_KEY] = {
        "word": bytes_to_base64url(challenge),
        "for": purpose,
        "user": user,
        "at": site.clock.now().isoformat(),
    }


def _remembered(request: HttpRequest, site: Site, purpose: Purpose, user: str) -> bytes:
    """The challenge, which is gone then, whatever comes of it."""
    kept = request.session.pop(_KEY, None)
    if (
        not kept
        or (kept["for"], kept["user"]) != (purpose, user)
        or site.clock.now() - datetime.fromisoformat(kept["at"]) > LASTS
    ):
        raise SignInRefused("That took too long, or was done before.", fix="try again")
    return base64url_to_bytes(kept["word"])


def _parsed(answer: str) -> dict[str, Any]:
    try:
        found = json.loads(answer) if len(answer) <= _LONGEST else None
    except (ValueError, RecursionError):
        found = None
    if not isinstance(found, dict):
        raise SignInRefused("The browser's answer cannot be read.", fix="try again")
    return found
