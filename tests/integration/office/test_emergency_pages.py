"""Emergencies in the office: begun with a reason and somebody told, on every page while they stand, over in time, reviewed."""

from __future__ import annotations

import re
from typing import Any

import pytest

from browser import Browser, MovingClock
from governed_office import NOON, come_in, people_of, served, text
from served_office import entered
from soft_passkey import SoftPasskey
from vestry.office.agreements.emergencies import LASTS, Emergencies
from vestry.office.agreements.errors import ChangeRefused
from vestry.office.project import Office
from vestry.sharing.agreements.registered import Actor
from vestry.sharing.askers import Post, User

SQLITE = pytest.mark.parametrize("office_database", ["sqlite"], indirect=True)
"""For what asks the database nothing that it is not asked in other tests."""
WHY = "A child has not come home."
BEGIN, PURPOSE = "/emergencies/begin/", "/purpose/"
CONSTABLES = tuple(
    User(user=user, name=name, posts=(Post(organisation="police", roles=frozenset({"police-officer"})),))
    for user, name in (("connie", "Connie Ash"), ("carl", "Carl Beck"))
)


@pytest.fixture
def clock() -> MovingClock:
    return MovingClock(at=NOON)


@pytest.fixture
def site(office: Office, clock: MovingClock) -> Any:
    """The governed place, with two constables, and an agreement for emergencies in force for these."""
    made = served(office, clock)
    people_of(made).import_people(CONSTABLES)
    register, borough = made.twin.register, Actor(user="olga", organisation="borough", roles=_OFFICER)
    register.draft(text("floods", purpose="emergency").encode(), "floods.yaml", borough)
    register.propose("floods", borough)
    for actor in (borough, Actor(user="pat", organisation="police", roles=_OFFICER)):
        register.sign("floods", actor, organisation=actor.organisation, title="Director")
    return made


_OFFICER = frozenset({"governance-officer"})


def words(answer: Any) -> str:
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", answer.content.decode()))


def begun(browser: Browser, **said: str) -> Any:
    return browser.send(BEGIN, page=BEGIN, **{"why": WHY, "told": "pat", "next": "/find/", **said})


def looked(browser: Browser) -> Any:
    """A search, as it is typed; there is no release, which is said once it is entered that it was asked."""
    return browser.get(browser.send("/find/", page="/find/", name="a")["Location"])


def waiting(site: Any) -> list[int]:
    return [one.number for one in Emergencies(site.office, site.log, site.clock).waiting()]


def test_from_its_beginning_to_its_review(site: Any, clock: MovingClock) -> None:
    connie, pat = come_in(site, "connie"), come_in(site, "pat")
    assert begun(connie)["Location"] == "/find/"
    for page in ("/", "/find/", "/passkeys/"):
        said = words(connie.get(page))
        for part in (WHY, "until 1:00pm", "Pat Reed was told", "End the emergency"):
            assert part in said, page
    assert looked(connie).status_code == 404, "nothing is published"
    (number,) = waiting(site)
    asked, answered = entered(site, user="connie", purpose="emergency")
    assert (asked.action, asked.stage, asked.emergency) == ("find", "asked", number)
    assert answered.emergency == number
    assert asked.reason == "floods@1, own records"
    (told,) = entered(site, action="emergency-begun")
    assert (told.user, told.recipient, told.emergency) == ("connie", "pat", number)
    assert WHY not in str(entered(site)), "what was typed is in no entry"

    assert "1 emergency to review" in words(pat.get("/"))
    assert f"/emergencies/{number}/" in pat.get("/emergencies/").content.decode()
    path = f"/emergencies/{number}/"
    page = words(pat.get(path))
    for part in ("Connie Ash, The Police", WHY, "Searched by name", "It stands until", "Told of it Pat Reed"):
        assert part in page
    assert entered(site, action="emergency-looks")[0].user == "pat"
    again = words(pat.get(path))
    assert "Began a look" not in again and "Read what was looked at" not in again, (
        "what is no look is not listed"
    )
    assert pat.send(path, page=path).status_code == 422
    assert pat.send(path, page=path, found="justified").status_code == 422
    assert waiting(site) == [number]
    done = pat.send(path, page=path, found="justified", words="The search was under way.")
    assert done["Location"] == "/emergencies/" and waiting(site) == []
    said = words(pat.get("/emergencies/"))
    assert "Justified The search was under way." in said and "No emergency waits" in said
    assert pat.get(path).status_code == 404
    assert "emergency to review" not in words(pat.get("/"))
    (found,) = entered(site, action="emergency-justified")
    assert (found.user, found.emergency) == ("pat", number)
    assert connie.get("/find/")["Location"].startswith("/purpose/"), "what was reviewed opens nothing more"


def test_it_ends_by_itself(site: Any, clock: MovingClock) -> None:
    connie = come_in(site, "connie")
    begun(connie)
    for _ in range(3):
        clock.pass_by(minutes=19)
        assert connie.get("/find/").status_code == 200
    clock.pass_by(minutes=3)
    assert LASTS.total_seconds() == 3600
    search = connie.get("/find/")
    assert search.status_code == 302 and search["Location"].startswith("/purpose/")
    assert "The emergency has ended" in words(connie.get(PURPOSE))
    assert WHY not in words(connie.get("/"))
    before = len(entered(site, purpose="emergency"))
    assert connie.get("/residents/P0/")["Location"].startswith("/purpose/")
    assert len(entered(site, purpose="emergency")) == before


@pytest.mark.parametrize("way", ["button", "another purpose", "signing out", "reviewed"])
def test_it_is_ended_sooner(way: str, site: Any) -> None:
    connie = come_in(site, "connie")
    begun(connie)
    (number,) = waiting(site)
    kept = dict(connie.client.session)
    if way == "button":
        assert connie.send("/emergencies/end/", page="/")["Location"] == "/"
        assert "The emergency has ended" in words(connie.get("/"))
    elif way == "another purpose":
        assert connie.send(PURPOSE, page=PURPOSE, purpose="audit", next="/")["Location"] == "/"
        assert WHY not in words(connie.get("/"))
    elif way == "signing out":
        connie.send("/sign-out/", page="/")
        connie.client.cookies.clear()
        connie = come_in(site, "connie")
    else:
        desk = Emergencies(site.office, site.log, site.clock)
        desk.review(number, by="pat", found="not-justified")
    if way != "reviewed":
        assert [e.emergency for e in entered(site, action="emergency-ended")] == [number]
        assert waiting(site) == [number], "it is reviewed all the same"
    session = connie.client.session
    session.update({name: kept[name] for name in ("purpose", "emergency")})
    session.save()
    assert connie.get("/find/")["Location"].startswith("/purpose/"), "its number opens nothing any more"


@SQLITE
def test_no_page_looks_for_an_emergency_that_nobody_was_told_of(site: Any) -> None:
    """Whatever is sent, or stands in the session, but what a beginning leaves there."""
    connie, carl = come_in(site, "connie"), come_in(site, "carl")
    assert connie.send(PURPOSE, page=PURPOSE, purpose="emergency", next="/find/").status_code == 422
    assert "purpose" not in connie.client.session
    for wrong, field in (
        ({"why": " "}, "why"), ({"why": "x" * 501}, "why"), ({"told": ""}, "told"), ({"told": "nobody"}, "told"),
        ({"told": "connie"}, "told"), ({"told": "clerk"}, "told"),
    ):  # fmt: skip
        refused = begun(connie, **wrong)
        assert refused.status_code == 422 and f'href="#{field}"' in refused.content.decode()
    assert waiting(site) == [] and "purpose" not in connie.client.session
    begun(carl)
    (number,) = waiting(site)
    for said in ({}, {"emergency": number}, {"emergency": 99}, {"emergency": None}):
        session = connie.client.session
        session.update({"purpose": "emergency", **said})
        session.save()
        for path in ("/find/", "/residents/P0/", "/residents/P0/sources/", "/households/P0/looks/"):
            assert connie.get(path)["Location"].startswith("/purpose/"), (said, path)
        assert "End the emergency" not in words(connie.get("/"))
        assert "You have not said why you look" in words(connie.get("/"))
    assert not entered(site, user="connie", purpose="emergency")
    with pytest.raises(ChangeRefused):
        Emergencies(site.office, site.log, site.clock).begin(carl_of(site), reason="x", told="carl")


def carl_of(site: Any) -> Any:
    return CONSTABLES[1].askers()[0]


@SQLITE
def test_only_who_an_agreement_opens_something_to_may_begin_one(site: Any) -> None:
    clerk = come_in(site, "clerk")
    assert "life in danger" not in words(clerk.get(PURPOSE))
    assert "life in danger" in words(come_in(site, "connie").get(PURPOSE))
    assert clerk.get(BEGIN).status_code == 403
    refused = clerk.send(BEGIN, page=PURPOSE, why=WHY, told="olga")
    assert refused.status_code == 403 and "not part of your work" in words(refused)
    assert waiting(site) == [] and not entered(site, action="emergency-begun")


@SQLITE
def test_a_passkey_is_shown_first(site: Any, clock: MovingClock) -> None:
    """Not with a screen that was left unlocked; and the page says when it is to be shown again."""
    connie, passkey = Browser(site), SoftPasskey()
    connie.enrol(passkey, people_of(site).invite("connie").path)
    assert "open for 15 minutes after you show your passkey" in words(connie.get(BEGIN))
    clock.pass_by(minutes=16)
    for sent in (connie.get(BEGIN), connie.send(BEGIN, page=PURPOSE, why=WHY, told="pat")):
        assert sent["Location"].startswith("/passkey/again/")
    assert waiting(site) == []
    assert connie.show_again(passkey).status_code == 200
    assert begun(connie).status_code == 302
    assert "Show your passkey again" not in words(connie.get("/"))
    clock.pass_by(minutes=16)
    assert "Show your passkey again" in words(connie.get("/"))


def test_who_is_told(site: Any) -> None:
    """Officers of one's own organisation first, then auditors and others'; nobody suspended, and never oneself."""
    offered = re.findall(
        r'<option value="([^"]*)"( selected)?', come_in(site, "connie").get(BEGIN).content.decode()
    )
    assert offered == [("pat", " selected"), ("olga", ""), ("audrey", "")]
    people = people_of(site)
    people.suspend("pat")
    for user in ("olga", "audrey"):
        people.suspend(user)
    offered = re.findall(r'<option value="([^"]*)"', come_in(site, "connie").get(BEGIN).content.decode())
    assert offered == ["carl"], "where nobody governs, a colleague"
    people.suspend("carl")
    page = come_in(site, "connie").get(BEGIN)
    assert "nobody who could be told" in words(page) and "<option" not in page.content.decode()


def test_nobody_reviews_their_own_and_nobody_but_who_should(site: Any) -> None:
    """To everybody else it is as if there were no such emergency."""
    people_of(site).give("connie", "police", ["governance-officer"])
    connie, carl, pat, olga = (come_in(site, user) for user in ("connie", "carl", "pat", "olga"))
    begun(connie, told="olga")
    (number,) = waiting(site)
    path, none = f"/emergencies/{number}/", f"/emergencies/{number + 1}/"
    for stranger in (connie, carl):
        missing = stranger.get(none)
        assert missing.status_code == 404
        assert words(stranger.get(path)) == words(missing)
        sent = stranger.send(path, page=PURPOSE, found="justified", words="It was.")
        assert sent.status_code == 404
        assert "No emergency waits" in words(stranger.get("/emergencies/"))
        assert "to review" not in words(stranger.get("/"))
    for reviewer in (olga, pat):
        assert reviewer.get(path).status_code == 200, "who was told, and the officer of whoever it was for"
    assert waiting(site) == [number]
    assert olga.send(path, page=path, found="not-justified", words="Nobody was missing.").status_code == 302
    assert "Not justified Nobody was missing." in words(pat.get("/emergencies/"))
    assert "Nobody was missing" not in words(connie.get("/emergencies/"))


def test_one_stays_with_the_organisation_that_it_was_begun_for(site: Any) -> None:
    people_of(site).give("connie", "borough", ["revenues-officer"])
    connie = come_in(site, "connie")
    connie.send("/organisation/", page="/organisation/", organisation="police")
    begun(connie)
    (number,) = waiting(site)
    connie.send("/organisation/", page="/organisation/", organisation="borough")
    assert [e.emergency for e in entered(site, action="emergency-ended")] == [number]
    assert WHY not in words(connie.get("/"))


def test_another_is_begun_while_one_stands(site: Any) -> None:
    """The first ends, and each is reviewed."""
    connie = come_in(site, "connie")
    begun(connie)
    begun(connie, why="Another has not come home.")
    first, second = waiting(site)
    assert [e.emergency for e in entered(site, action="emergency-ended")] == [first]
    looked(connie)
    assert {e.emergency for e in entered(site, user="connie", purpose="emergency")} == {second}
    page = connie.get("/")
    assert "Another has not come home." in words(page) and WHY not in words(page)


def test_no_entry_no_emergency(site: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    connie = come_in(site, "connie")
    monkeypatch.setattr(type(site.log), "append_within", _broken)
    with pytest.MonkeyPatch.context():
        assert begun(connie).status_code >= 500
    assert waiting(site) == [] and "purpose" not in connie.client.session


def _broken(*_: Any) -> int:
    raise RuntimeError("no entry")
