"""Signing in with the council's provider, sessions and lock-out: in a real database, with a real provider on 127.0.0.1."""

from __future__ import annotations

import hmac
import json
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from django.contrib.sessions.models import Session
from joserfc.jwk import OctKey, RSAKey

from browser import Browser, MovingClock
from openid_provider import CLIENT_ID, SECRET, Provider
from served_office import GALE, actions, entered
from soft_passkey import text
from vestry.errors import AuditUnavailable
from vestry.office.accounts.demo import demo_password
from vestry.office.accounts.kept_sessions import kept_as
from vestry.office.accounts.lockout import FROM_ONE_PLACE, OF_ONE_ADDRESS, WITHIN
from vestry.office.accounts.models import Account
from vestry.office.accounts.people import People
from vestry.office.accounts.sessions import IDLE, LONGEST, signed_in
from vestry.sharing.audit import AuditEntry


def test_in_by_the_provider_and_out_again(browser: Browser, site: Any, provider: Provider) -> None:
    assert browser.get("/")["Location"] == "/sign-in/?next=%2F"
    assert "Sign in with your organisation" in browser.get("/sign-in/").content.decode()
    before = browser.form_word("/sign-in/") and browser.client.cookies.get("vestry-session")
    back = browser.by_openid(to="/passkeys/")
    assert (back.status_code, back["Location"]) == (302, "/passkeys/")
    after = browser.client.cookies["vestry-session"]
    assert after.value and (before is None or before.value != after.value)
    assert after["httponly"] and after["samesite"] == "Lax"
    page = browser.get("/").content.decode()
    assert "Gale Ash" in page and "The Borough" in page
    assert browser.send("/sign-out/", page="/").status_code == 302
    browser.client.cookies["vestry-session"] = after.value
    assert not browser.is_in(), "the word of a session that ended stands for nothing"
    said = [(e.action, e.user, e.organisation, e.fields) for e in entered(site, user="gale")][-3:]
    assert said == [
        ("openid-bound", "gale", "", ()),
        ("signed-in", "gale", "borough", ("openid",)),
        ("signed-out", "gale", "borough", ()),
    ]
    assert provider.asked[-1]["grant_type"] == "authorization_code"


def test_who_signed_in_asks_as_people_yaml_says(browser: Browser, site: Any, clock: MovingClock) -> None:
    began = clock.now()
    browser.by_openid()
    request = browser.get("/").wsgi_request
    member = signed_in(request, site)
    asker = member.asker()
    (written,) = GALE.askers()
    assert asker == replace(written, signed_in_at=began, strong_at=None)
    assert written.family == GALE.family


@pytest.mark.parametrize(
    "lie",
    [
        {"iss": "https://another.example"},
        {"aud": "another-client"},
        {"aud": [CLIENT_ID, "another-client"]},
        {"azp": "another-client"},
        {"nonce": "another nonce"},
        {"nonce": None},
        {"sub": None},
        {"exp": None},
        {"iat": None},
        {"exp": 1_600_000_000},
        {"nbf": 4_000_000_000},
        {"at_hash": "AAAAAAAAAAAAAAAAAAAAAA"},
        {"email": "stranger@x"},
        {"email_verified": False},
        {"email_verified": "true"},
        {"email_verified": None},
        {"email": ["gale@x"]},
    ],
    ids=str,
)
def test_a_token_that_says_anything_else_lets_nobody_in(
    browser: Browser, site: Any, provider: Provider, lie: dict[str, Any]
) -> None:
    provider.lies = lie
    back = browser.by_openid()
    assert back.status_code == 403 and "That did not work" in back.content.decode()
    assert not browser.is_in()
    assert actions(site)[-1] == "sign-in-refused" and "signed-in" not in actions(site)
    provider.lies = {}
    assert browser.by_openid().status_code == 302 and browser.is_in(), "and without the lie it would have"


def forged(header: dict[str, str], claims: dict[str, Any], key: bytes | None) -> str:
    """A token as somebody writes it who has no key: signed with the public one as if it were a secret, or by nobody."""
    signed = ".".join(text(json.dumps(part).encode()) for part in (header, claims))
    signature = hmac.digest(key, signed.encode(), "sha256") if key else b""
    return f"{signed}.{text(signature)}"


def test_only_the_providers_own_key_counts(browser: Browser, provider: Provider) -> None:
    provider.signs_with = RSAKey.generate_key(2048, {"kid": "one"})
    assert browser.by_openid().status_code == 403
    provider.signs_with, provider.header = OctKey.import_key(SECRET * 2), {"alg": "HS256"}
    assert browser.by_openid().status_code == 403
    public = provider.key.as_pem(private=False)
    for header, key in (({"alg": "HS256", "kid": "one"}, public), ({"alg": "none"}, None)):
        provider.forges = lambda claims, header=header, key=key: forged(header, claims, key)
        assert browser.by_openid().status_code == 403, header
    assert not browser.is_in()


def test_an_expired_token_counts_no_longer(browser: Browser, provider: Provider, clock: MovingClock) -> None:
    now = clock.now().timestamp()
    provider.now = lambda: now - 300 - 61
    assert browser.by_openid().status_code == 403
    provider.now = lambda: now - 300 - 58
    assert browser.by_openid().status_code == 302, "another clock may be a minute off"


def test_an_answer_counts_once_and_for_the_browser_that_asked(browser: Browser, site: Any) -> None:
    led = browser.send("/sign-in/openid/")["Location"]
    path = browser.back_from(led)
    other = Browser(site, address="192.0.2.9")
    assert other.get(path).status_code == 403, "another browser has not asked"
    assert browser.get(path.replace("state=", "state=x")).status_code == 403
    assert browser.get(path).status_code == 403, "the wrong state used it up"
    path = browser.back_from(browser.send("/sign-in/openid/")["Location"])
    assert browser.get(path).status_code == 302
    browser.send("/sign-out/", page="/")
    assert browser.get(path).status_code == 403, "it was used"


def test_another_provider_or_one_that_refuses(browser: Browser, provider: Provider) -> None:
    path = browser.back_from(browser.send("/sign-in/openid/")["Location"])
    assert browser.get(path.replace("iss=http", "iss=https")).status_code == 403
    provider.refuses = "access_denied"
    assert browser.by_openid().status_code == 403


def test_it_takes_too_long(browser: Browser, clock: MovingClock) -> None:
    path = browser.back_from(browser.send("/sign-in/openid/")["Location"])
    clock.pass_by(minutes=11)
    assert browser.get(path).status_code == 403


@pytest.mark.parametrize(
    "metadata",
    [
        {"issuer": "https://another.example"},
        {"token_endpoint": "http://elsewhere.example/token"},
        {"authorization_endpoint": 7},
    ],
    ids=str,
)
def test_a_provider_that_is_not_as_agreed(browser: Browser, provider: Provider, metadata: Any) -> None:
    provider.metadata = metadata
    answer = browser.send("/sign-in/openid/")
    assert answer.status_code == 503 and "place.toml" not in answer.content.decode()


def test_the_account_is_bound_to_the_lasting_id(
    browser: Browser, site: Any, provider: Provider, people: People
) -> None:
    browser.by_openid()
    browser.send("/sign-out/", page="/")
    provider.person = {"sub": "s-2", "email": "gale@x", "email_verified": True}
    assert browser.by_openid().status_code == 403, "another person was given the address since"
    provider.person = {"sub": "s-1", "email": "gale.elm@x", "email_verified": True}
    assert browser.by_openid().status_code == 302, "the same person has another address since"
    browser.send("/sign-out/", page="/")
    elsewhere = replace(site.place.sign_in, issuer="https://another.example")
    Account.objects.filter(user="gale").update(openid_issuer=elsewhere.issuer)
    assert browser.by_openid().status_code == 403, "their id there is another's here"
    people.name_at_provider("gale", "gale.elm@x")
    assert browser.by_openid().status_code == 302, "named anew, bound anew"


def test_nobody_is_made_by_coming(browser: Browser, provider: Provider) -> None:
    before = Account.objects.count()
    provider.person = {"sub": "s-9", "email": "stranger@x", "email_verified": True}
    assert browser.by_openid().status_code == 403 and Account.objects.count() == before


def test_a_session_ends_when_nobody_clicks_and_after_a_day_of_work(
    browser: Browser, clock: MovingClock
) -> None:
    browser.by_openid()
    clock.pass_by(seconds=(IDLE - timedelta(seconds=1)).total_seconds())
    assert browser.is_in()
    clock.pass_by(seconds=IDLE.total_seconds())
    assert not browser.is_in()
    browser.by_openid()
    began = clock.now()
    while clock.now() - began < LONGEST - timedelta(minutes=20):
        clock.pass_by(minutes=20)
        assert browser.is_in()
    clock.pass_by(minutes=20)
    assert not browser.is_in(), "whoever clicks all night comes in anew"


def test_who_reads_the_database_cannot_take_a_session_over(browser: Browser, site: Any) -> None:
    browser.by_openid()
    word = browser.client.cookies["vestry-session"].value
    (row,) = Session.objects.all()
    assert row.session_key == kept_as(word) != word
    thief = Browser(site)
    thief.client.cookies["vestry-session"] = row.session_key
    assert not thief.is_in() and browser.is_in()
    thief.client.cookies["vestry-session"] = word
    assert thief.is_in(), "the word itself would do"


def test_who_is_suspended_or_has_no_role_is_out_at_once(
    browser: Browser, people: People, clock: MovingClock
) -> None:
    browser.by_openid()
    people.give("gale", "police", ["auditor"])
    people.take("gale", "borough")
    assert browser.get("/")["Location"].startswith("/organisation/")
    people.suspend("gale")
    assert browser.get("/")["Location"].startswith("/sign-in/")
    assert browser.by_openid().status_code == 403
    people.restore("gale")
    assert not browser.is_in(), "the session from before stays over"


def test_a_user_of_two_organisations_chooses(browser: Browser, provider: Provider, site: Any) -> None:
    provider.person = {"sub": "s-5", "email": "sam@x", "email_verified": True}
    browser.by_openid()
    assert browser.get("/passkeys/")["Location"] == "/organisation/?next=%2Fpasskeys%2F"
    member = signed_in(browser.get("/organisation/").wsgi_request, site)
    assert member.organisation == "" and member.asker() is None, "nobody asks for nobody"
    page = browser.get("/organisation/").content.decode()
    assert "The Borough" in page and "The Police" in page
    assert browser.send("/organisation/", page="/organisation/", organisation="health").status_code == 403
    assert not browser.is_in()
    word = browser.client.cookies["vestry-session"].value
    chosen = browser.send("/organisation/", page="/organisation/", organisation="police", next="/passkeys/")
    assert chosen["Location"] == "/passkeys/" and browser.client.cookies["vestry-session"].value != word
    asker = signed_in(browser.get("/").wsgi_request, site).asker()
    assert (asker.organisation, asker.roles) == ("police", {"police-officer"})
    assert [(e.action, e.organisation) for e in entered(site, user="sam")][-2:] == [
        ("signed-in", ""),
        ("organisation-chosen", "police"),
    ]


@pytest.mark.parametrize(
    "to",
    ["https://elsewhere.example/", "//elsewhere.example", "/\\elsewhere.example", "javascript:x", "sign-in"],
)
def test_nobody_is_led_elsewhere(browser: Browser, to: str) -> None:
    assert browser.by_openid(to=to)["Location"] == "/"
    assert browser.client.get("/sign-in/", {"next": to})["Location"] == "/"


def test_a_form_from_elsewhere_is_refused(browser: Browser) -> None:
    browser.by_openid()
    for headers in ({}, {"X-CSRFToken": "x" * 64}):
        answer = browser.client.post("/sign-out/", headers=headers)
        assert answer.status_code == 403 and "form" in answer.content.decode()
    assert browser.is_in()


def test_no_entry_no_way_in(browser: Browser, site: Any) -> None:
    class NoLog:
        def append_within(self, entry: AuditEntry) -> int:
            raise AuditUnavailable("The audit log cannot be written.", where="/secret/place")

    unheard = Browser(replace(site, log=NoLog()))
    answer = unheard.by_openid()
    assert answer.status_code == 503 and "/secret/place" not in answer.content.decode()
    assert not unheard.is_in()
    assert Account.objects.get(user="gale").openid_subject == ""


def test_who_fails_too_often_is_not_heard_for_a_while(
    browser: Browser, site: Any, clock: MovingClock
) -> None:
    place = replace(site.place, fictional=True)
    there = replace(site, office=replace(site.office, place=place))
    password = demo_password(place)
    guesser = Browser(there)
    for _ in range(FROM_ONE_PLACE):
        assert guesser.send("/sign-in/demo/", user="gale", password="guess").status_code == 403
    assert guesser.send("/sign-in/demo/", user="gale", password=password).status_code == 429
    assert actions(site).count("sign-in-refused") == FROM_ONE_PLACE and actions(site).count("locked-out") == 1
    elsewhere = Browser(there, address="192.0.2.2")
    assert elsewhere.send("/sign-in/demo/", user="gale", password=password).status_code == 302
    clock.pass_by(seconds=WITHIN.total_seconds() + 1)
    assert guesser.send("/sign-in/demo/", user="gale", password=password).status_code == 302


def test_an_address_that_fails_with_everything_is_not_heard(browser: Browser, site: Any) -> None:
    for _ in range(OF_ONE_ADDRESS):
        assert browser.get("/sign-in/openid/back/?state=x").status_code == 403
    assert browser.by_openid().status_code == 429
    assert Browser(site, address="192.0.2.2").by_openid().status_code == 302, "nobody else is shut out by it"


def test_a_real_place_has_no_door_with_a_password(browser: Browser, site: Any) -> None:
    page = browser.get("/sign-in/").content.decode()
    assert 'type="password"' not in page
    assert browser.send("/sign-in/demo/", user="gale", password="x").status_code == 404
    with pytest.raises(ValueError, match="fictional"):
        demo_password(site.place)


def test_every_answer_is_guarded(browser: Browser) -> None:
    browser.by_openid()
    for path in ("/", "/sign-in/", "/nothing", "/static/office.css", "/static/../secret", "/who-am-i"):
        answer = browser.get(path)
        assert "default-src 'none'" in answer["Content-Security-Policy"], path
        assert answer["X-Content-Type-Options"] == "nosniff" and answer["X-Frame-Options"] == "DENY"
        assert answer["Referrer-Policy"] == "same-origin"
        assert "no-store" in answer["Cache-Control"] or path.startswith("/static/office"), path
    assert browser.client.get("/", HTTP_HOST="elsewhere.example").status_code == 400
