"""The pages of agreements, from a draft to its end, as officers of two organisations and others see them."""

from __future__ import annotations

import re
from datetime import date
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from browser import MovingClock
from governed_office import NOON, come_in, served, text
from served_office import entered
from vestry.office.project import Office
from vestry.sharing.agreements.registered import Actor

SQLITE = pytest.mark.parametrize("office_database", ["sqlite"], indirect=True)
"""For what asks the database nothing that it is not asked in other tests."""
OLGA = Actor(user="olga", organisation="borough", roles=frozenset({"governance-officer"}))
PAT = Actor(user="pat", organisation="police", roles=frozenset({"governance-officer"}))


@pytest.fixture
def clock() -> MovingClock:
    return MovingClock(at=NOON)


@pytest.fixture
def site(office: Office, clock: MovingClock) -> Any:
    site = served(office, clock)
    site.twin.register.draft(text().encode(), "debt.yaml", OLGA)
    return site


def signed_by_all(site: Any) -> None:
    register = site.twin.register
    register.propose("debt", OLGA)
    for actor in (OLGA, PAT):
        register.sign("debt", actor, organisation=actor.organisation, title="Director")


def state(site: Any) -> str:
    return str(site.twin.register.versions("debt")[-1].filed.state(NOON.date()))


def words(answer: Any) -> str:
    """What a page says, blanks made one."""
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", answer.content.decode()))


def test_from_a_draft_to_both_signatures(site: Any) -> None:
    """Proposed by one, signed by each for their own organisation, to the letter; then it is in force."""
    olga, pat = come_in(site, "olga"), come_in(site, "pat")
    path = "/agreements/debt/"
    assert "Nothing waits" in words(olga.get("/agreements/?show=to-sign"))
    assert olga.send(f"{path}propose/", page=f"{path}propose/").status_code == 302
    for browser, title in ((olga, "Monitoring Officer"), (pat, "Chief Constable")):
        assert "Debt recovery" in words(browser.get("/agreements/?show=to-sign"))
        form = browser.get(f"{path}sign/")
        digest = site.twin.register.versions("debt")[-1].filed.digest
        assert digest in form.content.decode() and "Names" in words(form)
        # Neither without an office and a confirmation, nor of other words.
        assert browser.send(f"{path}sign/", page=f"{path}sign/", digest=digest).status_code == 422
        said = {"title": title, "read": "yes"}
        for other in ("0" * 64, ""):
            refused = browser.send(f"{path}sign/", page=f"{path}sign/", digest=other, **said)
            assert refused.status_code == 409
        assert browser.send(f"{path}sign/", page=f"{path}sign/", digest=digest, **said).status_code == 302
        assert "Nothing waits" in words(browser.get("/agreements/?show=to-sign"))
    assert state(site) == "in force"
    found = [(e.user, e.organisation) for e in entered(site, action="agreement-signed")]
    assert found == [("olga", "borough"), ("pat", "police")]
    assert "Chief Constable" in words(olga.get(path))
    # Nothing is left to sign.
    assert olga.get(f"{path}sign/").status_code == 409


def test_stopped_with_a_reason_and_renewed(site: Any) -> None:
    signed_by_all(site)
    olga, path = come_in(site, "olga"), "/agreements/debt/"
    refused = olga.send(f"{path}suspend/", page=f"{path}suspend/", because="  ")
    assert refused.status_code == 422 and 'href="#because"' in refused.content.decode()
    assert state(site) == "in force"
    olga.send(f"{path}suspend/", page=f"{path}suspend/", because="a breach is looked into")
    assert state(site) == "suspended"
    assert "a breach is looked into" in words(olga.get(path))
    assert "Debt recovery" in words(olga.get("/agreements/?show=suspended"))
    olga.send(f"{path}resume/", page=f"{path}resume/", because="it was none")
    assert state(site) == "in force"
    gone_by = {"on-day": "1", "on-month": "1", "on-year": "2020", "because": "closed"}
    assert olga.send(f"{path}end/", page=f"{path}end/", **gone_by).status_code == 422
    days = {
        f"{name}-{part}": str(value)
        for name, day in (("starts", (2028, 1, 1)), ("ends", (2028, 12, 31)), ("review", (2028, 6, 1)))
        for part, value in zip(("year", "month", "day"), day, strict=True)
    }
    wrong = olga.send(f"{path}renew/", page=f"{path}renew/", **{**days, "ends-year": "2027"})
    assert wrong.status_code == 422 and 'href="#ends-day"' in wrong.content.decode()
    assert olga.send(f"{path}renew/", page=f"{path}renew/", **days).status_code == 302
    last = site.twin.register.versions("debt")[-1]
    assert (last.agreement.version, last.agreement.starts) == (2, date(2028, 1, 1))
    page = words(olga.get(path))
    assert (
        "Version 1 is in force" in page and "First day: 1 January 2028, where it was 1 January 2026" in page
    )
    olga.send(f"{path}end/", page=f"{path}end/", because="closed")
    assert [k.filed.state(NOON.date()) for k in site.twin.register.versions("debt")] == ["ended", "ended"]


@SQLITE
def test_its_history_names_people_and_the_own_machine(site: Any) -> None:
    site.twin.register.propose("debt", Actor(user="root", on_this_machine=True))
    page = words(come_in(site, "olga").get("/agreements/debt/"))
    assert "by root, on this place’s own machine." in page and "by Olga Fern." in page


@SQLITE
def test_what_opens_asks_for_a_passkey_and_what_closes_does_not(site: Any, clock: MovingClock) -> None:
    site.twin.register.propose("debt", OLGA)
    olga, path = come_in(site, "olga"), "/agreements/debt/"
    clock.pass_by(minutes=16)
    for answer in (
        olga.get(f"{path}sign/"),
        olga.send(f"{path}sign/", page=f"{path}end/", title="Director", read="yes", digest="x"),
    ):
        assert (
            answer.status_code == 302
            and answer["Location"] == f"/passkey/again/?next={path.replace('/', '%2F')}sign%2F"
        )
    assert state(site) == "proposed"
    assert olga.send(f"{path}end/", page=f"{path}end/", because="closed").status_code == 302
    assert state(site) == "ended"


@SQLITE
def test_who_may_come_in_and_who_may_act(site: Any) -> None:
    """An auditor reads; a clerk finds nothing; neither acts. No agreement of that name is told to nobody else either."""
    site.twin.register.propose("debt", OLGA)
    audrey, clerk = come_in(site, "audrey"), come_in(site, "clerk")
    for path in (
        "/agreements/",
        "/agreements/debt/",
        "/agreements/debt/1.yaml",
        "/agreements/debt/?version=1",
    ):
        assert audrey.get(path).status_code == 200, path
        assert clerk.get(path).status_code == 403, path
    assert clerk.get("/agreements/none/").status_code == 403
    for path in ("/agreements/none/", "/agreements/debt/?version=9", "/agreements/debt/9.yaml"):
        assert audrey.get(path).status_code == 404, path
    assert "Read and sign" not in words(audrey.get("/agreements/debt/"))
    for act in ("propose", "sign", "suspend", "resume", "end", "renew"):
        for browser in (audrey, clerk):
            assert browser.get(f"/agreements/debt/{act}/").status_code == 403
            sent = browser.send(
                f"/agreements/debt/{act}/", page="/passkeys/", because="x", title="x", read="yes"
            )
            assert sent.status_code == 403
    assert state(site) == "proposed"


@SQLITE
def test_before_the_register_holds_any(office: Office) -> None:
    site = served(office)
    olga = come_in(site, "olga")
    assert "There is no agreement yet" in words(olga.get("/agreements/"))
    site.place.agreements.mkdir()
    (site.place.agreements / "debt.yaml").write_text(text(), encoding="utf-8")
    assert "vestry agreement import" in words(olga.get("/agreements/"))


@SQLITE
def test_what_it_would_open_before_anybody_signs(site: Any, small_place: Any) -> None:
    """Who would see what, each example with its decision, and how many, by the release; entered as a look at how many."""
    audrey = come_in(site, "audrey")
    page = words(audrey.get("/agreements/debt/simulate/"))
    assert "Police officer: The Police" in page and "Names" in page
    assert "A police officer sees a name" in page and "Permitted" in page
    assert "An auditor does not" in page and "Refused the agreement is not for this role" in page
    assert "Fewer than ten people" in page
    found = entered(site, action="agreement-count")
    assert [e.stage for e in found] == ["asked", "answered"]
    assert found[0].user == "audrey" and found[1].agreements == ("debt@1",) and not found[1].entities
    assert come_in(site, "clerk").get("/agreements/debt/simulate/").status_code == 403


@SQLITE
def test_with_no_release_nobody_is_counted(site: Any) -> None:
    assert "nobody can be counted" in words(come_in(site, "olga").get("/agreements/debt/simulate/"))


FORM: dict[str, Any] = {
    "agreement": "rent", "title": "Rent arrears", "purpose": "housing", "party-borough": "controller",
    "party-police": "controller", "shares-0-fields": ["name", "birth"], "shares-0-from": ["tax"], "shares-0-birth": "year",
    "about-unknown": "yes", "users-0-organisation": "police", "users-0-roles": ["police-officer"], "how": ["look-up"],
    "retention_days": "30", "starts-day": "1", "starts-month": "1", "starts-year": "2027", "ends-day": "31",
    "ends-month": "12", "ends-year": "2027", "review-day": "1", "review-month": "6", "review-year": "2027",
    **{f"examples-{n}-{name}": value for n in (0, 1) for name, value in (
        ("organisation", "police"), ("trained", "yes"), ("age", "40"), ("field", "family_name"), ("from", "tax"),
        ("how", "look-up"),
    )},
    "examples-0-says": "an officer sees it", "examples-0-role": "police-officer", "examples-0-expect": "whole",
    "examples-1-says": "an auditor does not", "examples-1-role": "auditor", "examples-1-expect": "withheld",
}  # fmt: skip


def test_drafted_with_a_form_and_changed_again(site: Any) -> None:
    """No notation is seen. What is wrong stands beside its field; a draft is replaced; what was proposed has a next version."""
    olga, new = come_in(site, "olga"), "/agreements/draft/new/"
    wrong = {
        **FORM,
        "retention_days": "",
        "users-0-organisation": "",
        "examples-1-expect": "whole",
        "ends-year": "27",
    }
    body = olga.send(new, page=new, **wrong).content.decode()
    assert 'href="#ends-day"' in body
    body = olga.send(new, page=new, **{**wrong, "ends-year": "2026"}).content.decode()
    assert all(
        f'href="#{field}"' in body and f'id="{field}"' in body for field in ("retention_days", "users-0")
    )
    third = {
        name.replace("-1-", "-2-"): value for name, value in FORM.items() if name.startswith("examples-1-")
    }
    third |= {"examples-2-says": "an auditor sees it too", "examples-2-expect": "whole"}
    refused = olga.send(new, page=new, **FORM, **third)
    assert refused.status_code == 422 and 'href="#examples-2"' in refused.content.decode()
    assert "comes out withheld" in words(refused)
    more = olga.send(new, page=new, **FORM, more="shares").content.decode()
    assert 'name="shares-1-fields"' in more and 'value="Rent arrears"' in more
    assert [k.agreement.agreement_id for k in site.twin.register.newest()] == ["debt"]
    assert olga.send(new, page=new, **FORM)["Location"] == "/agreements/rent/"
    assert olga.send(new, page=new, **FORM).status_code == 422  # there is one of that name
    path = "/agreements/rent/redraft/"
    form = olga.get(path).content.decode()
    assert 'value="Rent arrears"' in form and 'value="2027"' in form
    assert olga.send(path, page=path, **{**FORM, "title": "Rent"}).status_code == 302
    (kept,) = site.twin.register.versions("rent")
    assert (kept.agreement.title, kept.agreement.version, kept.drafted_by) == ("Rent", 1, "olga")
    assert kept.agreement.shares[0].precision == {"birth": "year"} and kept.agreement.signatories == (
        "borough",
        "police",
    )
    site.twin.register.propose("rent", OLGA)
    olga.send(path, page=path, **{**FORM, "title": "Rents"})
    assert [k.agreement.version for k in site.twin.register.versions("rent")] == [1, 2]
    assert "Title: Rents, where it was Rent" in words(olga.get("/agreements/rent/"))


@SQLITE
def test_drafted_from_yaml(site: Any) -> None:
    olga, page = come_in(site, "olga"), "/agreements/draft/yaml/"
    assert olga.send(page, page=page, text=" ").status_code == 422
    wrong = olga.send(page, page=page, text=text("other").replace("housing", "houses"))
    assert wrong.status_code == 422 and "line 4" in words(wrong) and "did you mean housing?" in words(wrong)
    assert olga.send(page, page=page, text="x" * 150_001).status_code == 422
    elsewhere = text("other").replace("borough", "police")
    assert olga.send(page, page=page, text=elsewhere).status_code == 422
    assert olga.send(page, page=page, text=text("other"))["Location"] == "/agreements/other/"
    file = SimpleUploadedFile("other.yaml", text("other", retention_days=31).encode())
    assert olga.send(page, page=page, text="", file=file)["Location"] == "/agreements/other/"
    assert site.twin.register.versions("other")[-1].agreement.retention_days == 31
    # A form that is not ours is none, whoever's browser sends it.
    forged = olga.client.post(page, {"text": text("forged")})
    assert forged.status_code == 403 and "forged" not in str(site.twin.register.newest())
    for user in ("audrey", "clerk"):
        browser = come_in(site, user)
        for path in (page, "/agreements/draft/new/", "/agreements/debt/redraft/"):
            assert browser.get(path).status_code == 403
