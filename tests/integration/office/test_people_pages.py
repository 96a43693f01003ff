"""The pages of people, roles and training: who may change whose account, each change entered, and always an officer left."""

from __future__ import annotations

import re
from datetime import date
from typing import Any

import pytest

from browser import Browser, MovingClock
from governed_office import NOON, ORGANISATIONS, come_in, people_of, served
from served_office import entered
from soft_passkey import SoftPasskey
from vestry.office.accounts.changing import Changes, Doer
from vestry.office.accounts.people import People
from vestry.office.accounts.systems import Systems
from vestry.office.agreements.errors import ChangeRefused
from vestry.office.project import Office
from vestry.sharing.accounts_desk import AccountNotChanged, Held
from vestry.sharing.askers import Post, User

SQLITE = pytest.mark.parametrize("office_database", ["sqlite"], indirect=True)
"""For what asks the database nothing that it is not asked in other tests."""


@pytest.fixture
def clock() -> MovingClock:
    return MovingClock(at=NOON)


@pytest.fixture
def site(office: Office, clock: MovingClock) -> Any:
    return served(office, clock)


def held(site: Any, user: str) -> Held:
    return next(one for one in people_of(site).people() if one.user.user == user)


def roles(site: Any, user: str) -> dict[str, list[str]]:
    return {post.organisation: sorted(post.roles) for post in held(site, user).user.posts}


def done(browser: Browser, user: str, act: str, **said: str) -> Any:
    path = f"/people/{user}/{act}/"
    return browser.send(path, page=path, **said)


def words(answer: Any) -> str:
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", answer.content.decode()))


def test_somebody_comes_to_work_here(site: Any) -> None:
    """Added, given a role, trained, invited; they come in by the link, which is shown once and counts once."""
    olga = come_in(site, "olga")
    add = "/people/new/account/"
    wrong = olga.send(add, page=add, user="Not An Id", name="Nia Moss")
    assert wrong.status_code == 422 and 'href="#user"' in wrong.content.decode()
    assert olga.send(add, page=add, user="nia", name="Nia Moss")["Location"] == "/people/nia/"
    assert olga.send(add, page=add, user="nia", name="Nia Moss").status_code == 422
    assert done(olga, "nia", "give").status_code == 422
    done(olga, "nia", "give", roles="social-worker", title="Social worker, adults")
    assert roles(site, "nia") == {"borough": ["social-worker"]}
    day = {"until-day": "31", "until-month": "3", "until-year": "2027"}
    assert done(olga, "nia", "train", course="Not a course", **day).status_code == 422
    assert done(olga, "nia", "train", course="safeguarding").status_code == 422
    done(olga, "nia", "train", course="safeguarding", **day)
    assert held(site, "nia").user.training == {"safeguarding": date(2027, 3, 31)}
    link = re.search(r"http://localhost(/enrol/[\w-]+/)", done(olga, "nia", "invite").content.decode())
    assert link
    nia = Browser(site)
    assert nia.enrol(SoftPasskey(), link[1]).status_code == 200 and nia.is_in()
    page = words(olga.get("/people/nia/"))
    assert "Social worker, adults" in page and link[1] not in page
    assert "counts to 31 March 2027" in page
    said = [(e.action, e.user, e.organisation) for e in entered(site, user="nia") if e.user == "olga"]
    assert said == [
        (action, "olga", "borough")
        for action in ("account-added", "roles-given", "training-entered", "passkey-invited")
    ]


def test_taken_suspended_and_restored(site: Any) -> None:
    olga, clerk = come_in(site, "olga"), come_in(site, "clerk")
    assert clerk.is_in()
    done(olga, "clerk", "suspend")
    assert not clerk.is_in()
    assert "Suspended" in words(olga.get("/people/"))
    assert olga.get("/people/clerk/give/").status_code == 200
    done(olga, "clerk", "restore")
    assert held(site, "clerk").suspended_at is None
    done(olga, "clerk", "forget")
    assert held(site, "clerk").passkeys == 0
    assert done(olga, "clerk", "take", roles="social-worker").status_code == 422
    done(olga, "clerk", "take", roles="revenues-officer")
    assert roles(site, "clerk") == {}


def test_the_last_officer_stays_one(site: Any) -> None:
    """Neither their role nor their account can be taken away by themselves; of two, one can."""
    olga = come_in(site, "olga")
    for act, said in (("take", {"roles": "governance-officer"}), ("suspend", {})):
        refused = done(olga, "olga", act, **said)
        assert refused.status_code == 422 and "last governance officer" in words(refused)
    assert roles(site, "olga") == {"borough": ["governance-officer"]}
    people_of(site).give("audrey", "borough", ["governance-officer"])
    # One who cannot come in is none.
    people_of(site).suspend("audrey")
    assert done(olga, "olga", "take", roles="governance-officer").status_code == 422
    people_of(site).restore("audrey")
    assert done(olga, "olga", "take", roles="governance-officer").status_code == 302
    assert roles(site, "olga") == {}


@SQLITE
def test_only_the_accounts_of_ones_own_organisation(site: Any) -> None:
    """Another's are read; who works for both may be suspended, and not be invited: the link would open the other's records."""
    desk = people_of(site)
    desk.add("both", "Bo Oak")
    desk.give("both", "borough", ["auditor"])
    desk.give("both", "police", ["police-officer"])
    olga = come_in(site, "olga")
    assert "another organisation’s" in words(olga.get("/people/pat/"))
    for act in ("give", "train", "invite", "restore", "take", "suspend", "forget"):
        assert olga.get(f"/people/pat/{act}/").status_code == 403
        assert olga.send(f"/people/pat/{act}/", page="/passkeys/", roles="auditor").status_code == 403
    assert done(olga, "both", "invite").status_code == 403
    assert done(olga, "both", "suspend").status_code == 302
    assert done(olga, "olga", "give", roles="social-worker").status_code == 403
    assert roles(site, "olga") == {"borough": ["governance-officer"]}
    assert olga.get("/people/nobody/").status_code == 404


@SQLITE
def test_partners_systems_are_listed(site: Any) -> None:
    """Those that can prove themselves, and those that cannot yet."""
    machine = Changes(office=site.office, log=site.log, by=Doer(account="alex"))
    systems = Systems(machine, site.clock, ORGANISATIONS)
    connected = systems.connect("crime-system", organisation="police", name="Crime records")
    olga = come_in(site, "olga")
    page = words(olga.get("/people/?show=systems"))
    assert connected.client_id in page and "a secret" in page and connected.secret not in page
    systems.revoke(connected.client_id)
    assert "revoked on 20 November 2026" in words(olga.get("/people/?show=systems"))
    post = Post(organisation="police", roles=frozenset({"system"}))
    people_of(site).import_people([User(user="new-system", name="New one", posts=(post,), is_system=True)])
    assert "New one" in (page := words(olga.get("/people/?show=systems"))) and "Nothing yet" in page
    assert "New one" not in words(olga.get("/people/?show=all"))


@SQLITE
def test_the_desk_itself_refuses(site: Any) -> None:
    changes = Changes(office=site.office, log=site.log, by=Doer(user="pat", organisation="police"))
    desk = People(changes, site.clock, ORGANISATIONS)
    for change in (
        lambda: desk.give("clerk", "borough", ["auditor"]),
        lambda: desk.take("clerk", "borough", ["revenues-officer"]),
        lambda: desk.train("clerk", "safeguarding", date(2027, 1, 1)),
        lambda: desk.suspend("clerk"),
        lambda: desk.invite("clerk"),
        lambda: desk.forget_passkeys("clerk"),
        lambda: desk.name_at_provider("clerk", "x"),
        lambda: desk.give("pat", "police", ["auditor"]),
    ):
        with pytest.raises(ChangeRefused):
            change()
    with pytest.raises(AccountNotChanged):
        desk.take("pat", "police")
    people_of(site).take("pat", "police")  # whoever keeps the machine may


@SQLITE
def test_what_lets_somebody_in_asks_for_a_passkey(site: Any, clock: MovingClock) -> None:
    olga = come_in(site, "olga")
    clock.pass_by(minutes=16)
    for path in (
        "/people/new/account/",
        "/people/clerk/give/",
        "/people/clerk/invite/",
        "/people/clerk/train/",
    ):
        assert olga.get(path)["Location"].startswith("/passkey/again/?next=%2Fpeople%2F"), path
    assert done(olga, "clerk", "suspend").status_code == 302
    assert held(site, "clerk").suspended_at is not None


@SQLITE
def test_who_may_come_in(site: Any) -> None:
    for user in ("audrey", "clerk"):
        browser = come_in(site, user)
        for path in (
            "/people/",
            "/people/?show=systems",
            "/people/olga/",
            "/people/new/account/",
            "/people/olga/take/",
        ):
            assert browser.get(path).status_code == 403, path
