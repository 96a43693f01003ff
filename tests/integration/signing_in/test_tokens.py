"""Tokens of partners' systems (OAuth 2 client credentials): by a secret or a signed assertion, revoked at once."""

from __future__ import annotations

import base64
import json
import secrets
from dataclasses import dataclass, replace
from typing import Any

import pytest
from django.test import Client
from joserfc import jwt
from joserfc.jwk import ECKey, OctKey, OKPKey, RSAKey

from browser import MovingClock
from served_office import ORGANISATIONS, actions, entered
from vestry.errors import AuditUnavailable
from vestry.office.accounts.lockout import FROM_ONE_PLACE, WITHIN
from vestry.office.accounts.models import Token
from vestry.office.accounts.people import People
from vestry.office.accounts.site import KEY
from vestry.office.accounts.systems import Systems
from vestry.office.accounts.tokens import LIVES, token_shown
from vestry.sharing.askers import Post, User

ASSERTED = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer"
LINE = User(
    user="line",
    name="Police line",
    posts=(Post(organisation="police", roles=frozenset({"system"}), title="Police line"),),
    is_system=True,
)


@dataclass
class Partner:
    """A partner's system. `key` signs its assertions, or `secret` is what it has."""

    site: Any
    client_id: str
    secret: str = ""
    key: Any = None
    algorithm: str = "ES256"
    address: str = "198.51.100.1"

    def send(self, path: str, fields: dict[str, str], **headers: str) -> Any:
        """POST a form, as any program does: no cookie, no page before."""
        client = Client(
            enforce_csrf_checks=True, raise_request_exception=False, HTTP_HOST="localhost",
            REMOTE_ADDR=self.address, **{KEY: self.site},
        )  # fmt: skip
        return client.post(path, fields, headers=headers)

    def basic(self, path: str = "/oauth/token", **fields: str) -> Any:
        """With the secret, in the header."""
        word = base64.b64encode(f"{self.client_id}:{self.secret}".encode()).decode()
        return self.send(path, fields or {"grant_type": "client_credentials"}, Authorization=f"Basic {word}")

    def asserted(
        self, path: str = "/oauth/token", *, fields: Any = None, header: Any = None, **claims: Any
    ) -> Any:
        """With an assertion (RFC 7523, 2.2)."""
        said = fields or {"grant_type": "client_credentials"}
        assertion = self.assertion(header=header, **claims)
        return self.send(path, {**said, "client_assertion_type": ASSERTED, "client_assertion": assertion})

    def assertion(self, *, header: Any = None, **claims: Any) -> str:
        """Signed for a minute, unless `claims` say otherwise; None leaves one out."""
        now = int(self.site.clock.now().timestamp())
        said = {
            "iss": self.client_id, "sub": self.client_id, "aud": "http://localhost/oauth/token", "iat": now,
            "exp": now + 60, "jti": secrets.token_hex(8), **claims,
        }  # fmt: skip
        wanted = {"alg": self.algorithm, **(header or {})}
        kept = {name: value for name, value in said.items() if value is not None}
        return jwt.encode(wanted, kept, self.key, algorithms=[wanted["alg"]])

    def is_heard(self, word: str) -> bool:
        """Whether a token is taken."""
        client = Client(HTTP_HOST="localhost", **{KEY: self.site})
        answer = client.get("/who-am-i", headers={"Authorization": f"Bearer {word}"})
        assert answer.status_code in (200, 401)
        return answer.status_code == 200


@pytest.fixture
def partner(site: Any, systems: Systems, clock: MovingClock) -> Partner:
    """One with a secret."""
    made = systems.connect("line", organisation="police", name="Police line")
    clock.pass_by(seconds=1)
    return Partner(site=site, client_id=made.client_id, secret=made.secret)


@pytest.fixture
def signer(site: Any, systems: Systems, clock: MovingClock) -> Partner:
    """One with a key."""
    key = ECKey.generate_key("P-256")
    made = systems.connect("line", organisation="police", name="Police line", key=key.as_pem(private=False))
    clock.pass_by(seconds=1)
    return Partner(site=site, client_id=made.client_id, key=key)


def test_a_token_for_a_secret(partner: Partner, site: Any, clock: MovingClock) -> None:
    answer = partner.basic()
    given = answer.json()
    assert answer.status_code == 200 and answer["Cache-Control"] == "no-store"
    assert given["token_type"] == "Bearer" and given["expires_in"] == LIVES.total_seconds()
    assert "refresh_token" not in given and not answer.cookies
    kept = Token.objects.get()
    assert len(given["access_token"]) == 43 and given["access_token"] not in repr(vars(kept))
    shown = token_shown(site.office, given["access_token"], clock)
    (written,) = LINE.askers()
    assert shown and shown.asker == replace(written, signed_in_at=clock.now())
    assert [(e.action, e.user, e.organisation, e.fields) for e in entered(site)][-1] == (
        "token-given", "line", "police", (partner.client_id,),
    )  # fmt: skip
    in_body = {
        "grant_type": "client_credentials",
        "client_id": partner.client_id,
        "client_secret": partner.secret,
    }
    assert partner.send("/oauth/token", in_body).status_code == 200


def test_a_token_tells_whose_it_is_and_runs_out(partner: Partner, clock: MovingClock) -> None:
    word = partner.basic().json()["access_token"]
    client = Client(HTTP_HOST="localhost", **{KEY: partner.site})
    said = client.get("/who-am-i", headers={"Authorization": f"Bearer {word}"}).json()
    assert (said["user"], said["organisation"], said["roles"]) == ("line", "police", ["system"])
    clock.pass_by(seconds=LIVES.total_seconds() - 1)
    assert partner.is_heard(word)
    clock.pass_by(seconds=1)
    assert not partner.is_heard(word)
    assert not partner.is_heard("") and not partner.is_heard("x" * 43)


@pytest.mark.parametrize(
    ("key", "algorithm"),
    [
        (ECKey.generate_key("P-256"), "ES256"),
        (OKPKey.generate_key("Ed25519"), "Ed25519"),
        (OKPKey.generate_key("Ed25519"), "EdDSA"),
        (RSAKey.generate_key(2048), "PS256"),
        (RSAKey.generate_key(2048), "RS256"),
    ],
    ids=["es256", "ed25519", "eddsa", "ps256", "rs256"],
)
def test_a_token_for_a_signed_assertion(
    site: Any, systems: Systems, clock: MovingClock, key: Any, algorithm: str
) -> None:
    made = systems.connect("line", organisation="police", name="Line", key=key.as_pem(private=False))
    signer = Partner(site=site, client_id=made.client_id, key=key, algorithm=algorithm)
    answer = signer.asserted()
    assert answer.status_code == 200 and signer.is_heard(answer.json()["access_token"])


@pytest.mark.parametrize(
    "claims",
    [
        {"aud": "https://another.example/oauth/token"}, {"aud": None}, {"iss": "another"}, {"sub": "another"},
        {"iss": None}, {"exp": None}, {"exp": 1_600_000_000}, {"exp": 4_000_000_000}, {"nbf": 4_000_000_000},
        {"jti": None}, {"jti": 7}, {"exp": "soon"},
    ],
    ids=str,
)  # fmt: skip
def test_an_assertion_that_says_anything_else(signer: Partner, site: Any, claims: dict[str, Any]) -> None:
    answer = signer.asserted(**claims)
    assert answer.status_code in (400, 401) and answer.json()["error"] == "invalid_client"
    assert Token.objects.count() == 0 and "sign-in-refused" in actions(site)
    assert signer.asserted().status_code == 200


def test_an_assertion_counts_once(signer: Partner, clock: MovingClock) -> None:
    jti = "one"
    assert signer.asserted(jti=jti).status_code == 200
    assert signer.asserted(jti=jti).status_code in (400, 401)
    clock.pass_by(minutes=2)
    assert signer.asserted(jti=jti).status_code in (400, 401)


def test_only_the_partners_own_key_counts(signer: Partner) -> None:
    other = replace(signer, key=ECKey.generate_key("P-256"))
    assert other.asserted().status_code in (400, 401)
    secret = replace(signer, key=OctKey.import_key("s" * 40), algorithm="HS256")
    assert secret.asserted().status_code in (400, 401)
    unsigned = ".".join(
        base64.urlsafe_b64encode(part).rstrip(b"=").decode()
        for part in (
            b'{"alg":"none"}',
            base64.urlsafe_b64decode(signer.assertion().split(".")[1] + "=="),
            b"",
        )
    )
    fields = {
        "grant_type": "client_credentials",
        "client_assertion_type": ASSERTED,
        "client_assertion": unsigned,
    }
    assert signer.send("/oauth/token", fields).status_code in (400, 401)
    assert Token.objects.count() == 0


def test_who_has_a_key_cannot_come_with_a_secret(signer: Partner) -> None:
    for secret in ("", "x", "!"):
        answer = replace(signer, secret=secret).basic()
        assert answer.status_code in (400, 401) and answer.json()["error"] == "invalid_client"


@pytest.mark.parametrize(
    "fields",
    [
        {"grant_type": "password", "username": "gale", "password": "x"},
        {"grant_type": "authorization_code", "code": "x"},
        {"grant_type": "refresh_token", "refresh_token": "x"},
        {"grant_type": "client_credentials", "scope": "everything"},
        {"scope": "x"},
    ],
    ids=str,
)
def test_nothing_else_is_granted(partner: Partner, fields: dict[str, str]) -> None:
    answer = partner.basic(**fields)
    assert answer.status_code == 400 and Token.objects.count() == 0


def test_nothing_belongs_in_the_address(partner: Partner) -> None:
    path = f"/oauth/token?client_id={partner.client_id}&client_secret={partner.secret}&grant_type=client_credentials"
    assert partner.send(path, {}).status_code == 400
    assert partner.send("/oauth/token?x=1", {}).status_code == 400


def test_a_partner_takes_its_own_token_back_and_no_others(
    partner: Partner, systems: Systems, site: Any, clock: MovingClock
) -> None:
    word = partner.basic().json()["access_token"]
    made = systems.connect("other", organisation="borough", name="Other")
    other = Partner(site=site, client_id=made.client_id, secret=made.secret)
    assert other.basic("/oauth/revoke", token=word).status_code == 200, "nothing is told of it"
    assert partner.is_heard(word)
    assert replace(partner, secret="x").basic("/oauth/revoke", token=word).status_code in (400, 401)
    assert partner.is_heard(word)
    assert partner.basic("/oauth/revoke", token=word).status_code == 200
    assert not partner.is_heard(word)
    assert actions(site, user="line")[-1] == "token-revoked"


def test_what_is_revoked_or_suspended_is_refused_at_once(
    partner: Partner, systems: Systems, people: People, clock: MovingClock
) -> None:
    word = partner.basic().json()["access_token"]
    people.suspend("line")
    assert not partner.is_heard(word) and partner.basic().status_code in (400, 401)
    people.restore("line")
    assert not partner.is_heard(word), "what was given before stays over"
    clock.pass_by(seconds=1)
    word = partner.basic().json()["access_token"]
    assert partner.is_heard(word)
    systems.revoke(partner.client_id)
    assert not partner.is_heard(word) and partner.basic().status_code in (400, 401)
    Token.objects.update(revoked_at=None)
    assert not partner.is_heard(word), "nor one that was given at the same moment"


def test_a_system_whose_role_is_taken_is_nobody(partner: Partner, people: People) -> None:
    word = partner.basic().json()["access_token"]
    people.take("line", "police")
    assert not partner.is_heard(word)
    answer = partner.basic()
    assert answer.status_code in (400, 401), answer.content


def test_who_fails_too_often_is_not_heard_for_a_while(
    partner: Partner, site: Any, clock: MovingClock
) -> None:
    wrong = replace(partner, secret="guess")
    for _ in range(FROM_ONE_PLACE):
        assert wrong.basic().status_code == 401
    answer = partner.basic()
    assert answer.status_code == 429 and answer["Retry-After"] == "900"
    assert replace(partner, address="198.51.100.2").basic().status_code == 200
    said = entered(site, user="line")
    assert [e.action for e in said].count("locked-out") == 1 and said[-1].action == "token-given"
    clock.pass_by(seconds=WITHIN.total_seconds() + 1)
    assert partner.basic().status_code == 200


def test_no_entry_no_token(partner: Partner, site: Any) -> None:
    class NoLog:
        def append_within(self, entry: Any) -> int:
            raise AuditUnavailable("The audit log cannot be written.", where="/secret/place")

    answer = replace(partner, site=replace(site, log=NoLog())).basic()
    assert answer.status_code == 503 and json.loads(answer.content)["error"] == "audit-unavailable"
    assert Token.objects.count() == 0


def test_a_token_is_no_session_and_a_session_no_token(partner: Partner) -> None:
    word = partner.basic().json()["access_token"]
    client = Client(HTTP_HOST="localhost", **{KEY: partner.site})
    assert client.get("/", headers={"Authorization": f"Bearer {word}"}).status_code == 302
    assert ORGANISATIONS["police"] not in client.get("/sign-in/").content.decode()
