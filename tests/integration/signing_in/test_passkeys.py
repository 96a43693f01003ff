"""Passkeys: enrolled by an invitation, shown to come in and again for what is restricted; the authenticator is a soft one."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from browser import Browser, MovingClock
from served_office import actions, entered
from soft_passkey import SoftPasskey
from vestry.office.accounts.lockout import FROM_ONE_PLACE
from vestry.office.accounts.models import Passkey
from vestry.office.accounts.people import INVITED_FOR, People
from vestry.office.accounts.sessions import signed_in
from vestry.sharing.grants import STRONG_FOR, Asking


@pytest.fixture
def passkey(browser: Browser, people: People) -> SoftPasskey:
    """Gale's, enrolled; nobody is signed in."""
    made = SoftPasskey()
    assert browser.enrol(made, people.invite("gale").path).status_code == 200
    browser.send("/sign-out/", page="/")
    return made


def asker(browser: Browser, site: Any) -> Any:
    return signed_in(browser.get("/passkeys/").wsgi_request, site).asker()


def test_enrolled_by_an_invitation_once(browser: Browser, people: People, site: Any) -> None:
    path = people.invite("gale").path
    assert "Gale Ash" in browser.get(path).content.decode()
    done = browser.enrol(SoftPasskey(), path)
    assert (done.status_code, done.json()) == (200, {"next": "/"})
    assert browser.is_in()
    assert actions(site, user="gale")[-3:] == ["passkey-invited", "passkey-enrolled", "signed-in"]
    other = Browser(site, address="192.0.2.2")
    assert other.get(path).status_code == 403, "the link was used"
    assert Passkey.objects.count() == 1


def test_an_invitation_runs_out_and_gives_way(browser: Browser, people: People, clock: MovingClock) -> None:
    first = people.invite("gale").path
    second = people.invite("gale").path
    assert browser.get(first).status_code == 403, "the newer took its place"
    assert browser.get(second).status_code == 200
    clock.pass_by(seconds=INVITED_FOR.total_seconds())
    assert browser.get(second).status_code == 403
    third = people.invite("gale").path
    people.suspend("gale")
    assert browser.get(third).status_code == 403


def test_in_with_a_passkey(browser: Browser, passkey: SoftPasskey, site: Any, clock: MovingClock) -> None:
    done = browser.come_in(passkey)
    assert (done.status_code, done.json()) == (200, {"next": "/"})
    assert "Gale Ash" in browser.get("/").content.decode()
    assert asker(browser, site).strong_at == clock.now(), "a passkey is a strong proof"
    kept = Passkey.objects.get()
    assert kept.sign_count == passkey.count > 0 and kept.used_at == clock.now()
    assert entered(site, user="gale")[-1].fields == ("passkey",)


def test_who_comes_by_openid_shows_a_passkey_for_what_is_restricted(
    browser: Browser, passkey: SoftPasskey, site: Any, clock: MovingClock
) -> None:
    def opens_restricted() -> bool:
        asking = Asking(asker=asker(browser, site), purpose="safeguarding", how="look-up", at=clock.now())
        return asking.strong

    browser.by_openid()
    assert asker(browser, site).strong_at is None and not opens_restricted()
    assert browser.ask("/passkeys/options/", page="/")["Location"].startswith("/passkey/again/")
    clock.pass_by(minutes=1)
    word = browser.client.cookies["vestry-session"].value
    assert browser.show_again(passkey).status_code == 200
    assert browser.client.cookies["vestry-session"].value != word
    assert asker(browser, site).strong_at == clock.now()
    assert actions(site, user="gale")[-1] == "passkey-shown"
    clock.pass_by(seconds=STRONG_FOR.total_seconds())
    assert browser.ask("/passkeys/options/", page="/").status_code == 200 and opens_restricted()
    clock.pass_by(seconds=1)
    assert not opens_restricted(), "the decision asks for it once more, and so do the pages"
    assert browser.ask("/passkeys/options/", page="/")["Location"].startswith("/passkey/again/")


def test_another_ones_passkey_is_no_step_up(
    browser: Browser, passkey: SoftPasskey, people: People, site: Any
) -> None:
    sams = SoftPasskey()
    Browser(site).enrol(sams, people.invite("sam").path)
    browser.by_openid()
    assert browser.show_again(sams).status_code == 403
    assert asker(browser, site).strong_at is None


@pytest.mark.parametrize(
    "change",
    [
        {"origin": "http://localhost.elsewhere.example"},
        {"origin": "https://localhost"},
        {"verified": False},
        {"counts": False, "count": 0},
        {"credential": b"x" * 32},
        {"handle": b"x" * 32},
        {"key": SoftPasskey().key},
    ],
    ids=lambda change: next(iter(change)),
)
def test_what_does_not_prove_it(
    browser: Browser, passkey: SoftPasskey, site: Any, change: dict[str, Any]
) -> None:
    browser.come_in(passkey)
    browser.send("/sign-out/", page="/")
    assert browser.come_in(replace(passkey, **change)).status_code == 403
    assert not browser.is_in()
    assert actions(site)[-1] == "sign-in-refused"
    assert browser.come_in(passkey).status_code == 200, "the real one still does"


def test_a_copy_is_seen_by_its_count(browser: Browser, passkey: SoftPasskey, site: Any) -> None:
    copy = replace(passkey)
    browser.come_in(passkey)
    browser.send("/sign-out/", page="/")
    assert browser.come_in(copy).status_code == 403, "its count is one that was"
    assert not browser.is_in()


def test_an_authenticator_that_does_not_count_is_let_in(browser: Browser, people: People) -> None:
    still = SoftPasskey(counts=False)
    browser.enrol(still, people.invite("sam").path)
    for _ in range(2):
        browser.send("/sign-out/", page="/organisation/")
        assert browser.come_in(still).status_code == 200


def test_an_enrolment_without_its_owner_is_refused(browser: Browser, people: People) -> None:
    path = people.invite("gale").path
    for made in (SoftPasskey(verified=False), SoftPasskey(origin="http://elsewhere.example")):
        assert browser.enrol(made, path).status_code == 403
    assert Passkey.objects.count() == 0
    assert browser.enrol(SoftPasskey(), path).status_code == 200, "the invitation was not used up"


def test_an_answer_counts_once_and_for_what_was_asked(
    browser: Browser, passkey: SoftPasskey, clock: MovingClock
) -> None:
    answer = passkey.show(browser.ask("/sign-in/passkey/options/").json())
    assert browser.ask("/sign-in/passkey/", said=answer).status_code == 200
    browser.send("/sign-out/", page="/")
    assert browser.ask("/sign-in/passkey/", said=answer).status_code == 403, "replayed"
    answer = passkey.show(browser.ask("/sign-in/passkey/options/").json())
    clock.pass_by(minutes=5, seconds=1)
    assert browser.ask("/sign-in/passkey/", said=answer).status_code == 403, "too late"
    browser.by_openid()
    answer = passkey.show(browser.ask("/sign-in/passkey/options/", page="/").json())
    again = browser.ask("/passkey/again/passkey/", page="/passkey/again/", said=answer)
    assert again.status_code == 403, "asked for coming in, not for showing again"


@pytest.mark.parametrize(
    "said", [[], "text", 7, {"id": 7}, {"id": "x", "response": 3}, {"response": {}}], ids=str
)
def test_answers_that_are_none(browser: Browser, passkey: SoftPasskey, said: Any) -> None:
    browser.ask("/sign-in/passkey/options/")
    answer = browser.ask("/sign-in/passkey/", said=said)
    assert answer.status_code == 403 and answer.json()["error"] == "sign-in-refused"


def test_a_lost_passkey_is_forgotten(browser: Browser, passkey: SoftPasskey, people: People) -> None:
    browser.come_in(passkey)
    assert people.forget_passkeys("gale") == 1
    assert not browser.is_in()
    assert browser.come_in(passkey).status_code == 403


def test_ones_own_passkeys(browser: Browser, passkey: SoftPasskey, site: Any) -> None:
    browser.come_in(passkey)
    (first,) = Passkey.objects.all()
    remove = f"/passkeys/{first.pk}/remove/"
    assert browser.send(remove, page="/passkeys/").status_code == 403, "the last one stays"
    second = SoftPasskey()
    assert browser.enrol(second, "/passkeys/").status_code == 200
    assert browser.send(remove, page="/passkeys/").status_code == 302
    assert actions(site, user="gale")[-2:] == ["passkey-enrolled", "passkey-removed"]
    browser.send("/sign-out/", page="/")
    assert browser.come_in(passkey).status_code == 403 and browser.come_in(second).status_code == 200


def test_nobody_removes_anothers(browser: Browser, passkey: SoftPasskey, people: People, site: Any) -> None:
    other = Browser(site)
    other.enrol(SoftPasskey(), people.invite("sam").path)
    other.send("/organisation/", page="/organisation/", organisation="police")
    (hers,) = Passkey.objects.filter(account__user="gale")
    other.send(f"/passkeys/{hers.pk}/remove/", page="/passkeys/")
    assert Passkey.objects.filter(pk=hers.pk).exists()


def test_a_passkey_that_fails_too_often_is_not_heard_from_there(
    browser: Browser, passkey: SoftPasskey, site: Any
) -> None:
    wrong = replace(passkey, key=SoftPasskey().key)
    for _ in range(FROM_ONE_PLACE):
        assert browser.come_in(wrong).status_code == 403
    assert browser.come_in(passkey).status_code == 429
    assert entered(site, user="gale")[-1].action == "locked-out"
    assert Browser(site, address="192.0.2.2").come_in(passkey).status_code == 200
