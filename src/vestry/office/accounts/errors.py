"""What the doors of the office refuse."""

from __future__ import annotations

from vestry.errors import VestryError


class SignInRefused(VestryError):
    """Somebody could not come in, or a passkey not be enrolled. No more is told of why than the way out needs."""

    code = "sign-in-refused"
    exit_code = 4
    http_status = 403


class ProviderUnavailable(VestryError):
    """The OpenID Connect provider of `[sign_in]` in place.toml does not answer, is another than it says, or cannot be used.

    Its administrators know its issuer and client id; VESTRY_OPENID_SECRET_FILE names the file with the secret.
    """

    code = "provider-unavailable"
    exit_code = 9
    http_status = 503


class LockedOut(VestryError):
    """Too many proofs failed within a quarter of an hour. Wait as long, and try again."""

    code = "locked-out"
    exit_code = 4
    http_status = 429
