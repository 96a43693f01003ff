"""A walk to every template that staff come to, as those who may, and to forms with something to be mended.

Each walk drives a tab and stops at page after page: what it yields says where it is. It takes a place as walks before left it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

AXE = Path(__file__).parents[1] / "frontend" / "node_modules" / "axe-core" / "axe.min.js"

SAMPLE = "walked"
"""The sample of pairs that `pages.conftest` draws."""

WORKER, REVIEWER = ("children-social-worker", "safeguarding"), ("data-engineer", "matching-review")
OFFICER, TWO_POSTS = ("governance-officer", ""), ("discharge-worker", "")
URGENT = ("adult-social-worker", "")

Walk = Iterator[str]


def seen(tab: Any, *paths: str) -> Walk:
    """Those pages, one after another."""
    for path in paths:
        tab.go(path)
        yield path


def pressed(tab: Any, button: str, what: str, path: str = "") -> Walk:
    """The page that comes of pressing a button of the main part, of `path` where one is given."""
    if path:
        tab.go(path)
    tab.press(button)
    yield f"{tab.path}, {what}"


def line(tab: Any, page: str, begins: str) -> str:
    """Where the first row of a page's tables leads, below `begins`."""
    tab.go(page)
    return str(tab.page.locator(f"tbody a[href^='{begins}']").first.get_attribute("href"))


def pages_of_a_worker(tab: Any) -> Walk:
    """What a social worker sees, who is signed in with a purpose."""
    yield from seen(tab, "/", "/purpose/", "/find/")
    yield from pressed(tab, "Find", "with nothing typed")
    tab.page.fill("#name", "qqqqq")
    yield from pressed(tab, "Find", "with nothing found")
    tab.go("/find/")
    tab.page.fill("#name", "a")
    yield from pressed(tab, "Find", "with somebody found")
    hrefs = residents_found(tab)
    tied = [f"{hrefs[0]}{rest}" for rest in ("", "sources/", "sources/family_name/", "looks/", "mistake/")]
    yield from seen(tab, *tied)
    yield from pressed(tab, "Report it", "with nothing said")
    tab.page.fill("#what", "The house number is 12.")
    yield from pressed(tab, "Report it", "reported")
    yield from seen(tab, *ways(tab, hrefs), "/passkeys/", "/passkey/again/", "/residents/P0/")


def residents_found(tab: Any) -> list[str]:
    """The pages of those who were found, on the page that lists them."""
    found = tab.page.locator("tbody a[href^='/residents/']").element_handles()
    return [a.get_attribute("href") for a in found]


def ways(tab: Any, hrefs: list[str]) -> list[str]:
    """A property, a household and a business, where one of these residents leads to one."""
    found: dict[str, str] = {}
    for href in hrefs[:15]:
        tab.go(href)
        for kind in ("properties", "households", "businesses"):
            link = tab.page.locator(f"main a[href^='/{kind}/']")
            if kind not in found and link.count():
                found[kind] = link.first.get_attribute("href")
        if "properties" in found:
            break
    return list(found.values())


def pages_of_two_posts(tab: Any) -> Walk:
    """What somebody sees who works for two organisations, and has not said for which."""
    yield "/organisation/"
    yield from pressed(tab, "Continue", "with nothing chosen")
    tab.page.locator("input[value=hospitals]").check(force=True)
    tab.press("Continue")
    yield from seen(tab, "/", "/purpose/")
    yield from pressed(tab, "Continue", "with nothing chosen")


def pages_of_a_reviewer(tab: Any) -> Walk:
    """What a reviewer sees: pairs, blind and not, a sample until it is answered, and addresses."""
    yield from seen(tab, "/", "/review/", "/review/next/?blind=1", "/review/next/?blind=0")
    yield from seen(tab, f"/review/sample/{SAMPLE}/")
    while tab.path.startswith("/review/pair/"):
        yield from pressed(tab, "Cannot tell", "in a sample")
    yield from seen(tab, "/review/addresses/")
    if tab.page.locator("main button:has-text('Write it down')").count():  # none may wait in a small place
        yield from pressed(tab, "Write it down", "with nothing chosen")


def pages_of_an_engineer(tab: Any) -> Walk:
    """What a data engineer sees: the ledger, quarantine, files that are brought, and a contract in the making."""
    begin = "/extracts/sources/"
    source = line(tab, "/extracts/", begin)
    extract = line(tab, source, begin)
    quarantined = line(tab, "/extracts/quarantine/", "/extracts/quarantine/").split("?")[0]
    contract = line(tab, "/extracts/contracts/", "/extracts/contracts/")
    yield from seen(tab, "/extracts/", "/extracts/?name=qqqqq", source, extract, "/extracts/quarantine/")
    yield from seen(tab, "/extracts/quarantine/?extracts=all", quarantined, "/extracts/contracts/", contract)
    yield from seen(tab, "/extracts/receive/")
    yield from pressed(tab, "Bring them", "with no file")
    bring(tab, "walked.csv", "KEY,SURNAME,BORN\n1,Ash,01/02/1980\n2,Birch,03/04/1981\n")
    work = tab.path
    yield work
    yield from pressed(tab, "Receive", "with nothing said")
    tab.page.locator("summary:has-text('Write a contract')").click()
    yield from pressed(tab, "Draft it from the file", "with nothing said")
    tab.page.fill("#new_source", "walked-register")
    tab.page.select_option("#new_owner", "eldershire")
    yield from pressed(tab, "Draft it from the file", "")
    yield from pressed(tab, "Save as version", "with no lawful basis")
    yield from pressed(tab, "Throw the draft away", "thrown away")
    yield from seen(tab, "/extracts/work/")
    yield from pressed(tab, "Take the files away", "refused", work)
    yield from seen(tab, "/extracts/mistakes/")
    if tab.page.locator("main button:has-text('Save')").count():  # a worker walked before
        yield from pressed(tab, "Save", "with nothing chosen")


def bring(tab: Any, name: str, content: str) -> None:
    """Upload one file, on to the page that asks what it is."""
    tab.go("/extracts/receive/")
    tab.page.set_input_files(
        "#files", {"name": name, "mimeType": "text/csv", "buffer": content.encode("utf-8")}
    )
    tab.press("Bring them")
    assert tab.path.startswith("/extracts/work/"), tab.page.locator("main").inner_text()


def pages_of_an_officer(tab: Any) -> Walk:
    """What a governance officer sees of agreements."""
    yield from seen(tab, "/", "/agreements/", "/agreements/?show=to-sign")
    one = line(tab, "/agreements/", "/agreements/")
    yield from seen(tab, one, f"{one}simulate/", f"{one}end/", f"{one}redraft/")
    yield from seen(tab, f"{one}suspend/")
    yield from pressed(tab, "Suspend it", "with no reason")
    yield from seen(tab, f"{one}renew/")
    tab.page.fill("#ends-day", "31")
    tab.page.fill("#ends-month", "2")
    yield from pressed(tab, "Draft the next version", "with a day that is none")
    yield from seen(tab, "/agreements/draft/new/")
    yield from pressed(tab, "Keep the draft", "with nothing filled in")
    yield from pressed(tab, "Add an example", "with one more example")
    yield from seen(tab, "/agreements/draft/yaml/")
    yield from pressed(tab, "Keep the draft", "with nothing pasted")
    tab.page.fill("#text", "agreement: walked\nversion: 1\n")
    yield from pressed(tab, "Keep the draft", "with most of it left out")
    yield from signing(tab)


def signing(tab: Any) -> Walk:
    """From a draft to where it is signed, which is left open: what other walks find to sign."""
    tab.go("/agreements/?show=to-sign")
    if not tab.page.locator("tbody a").count():
        drafted(tab, "walked")
        yield tab.path
        yield from seen(tab, "/agreements/walked/propose/")
        yield from pressed(tab, "Propose it", "proposed")
    path = line(tab, "/agreements/?show=to-sign", "/agreements/")
    yield from seen(tab, path, f"{path}sign/")
    yield from pressed(tab, "Sign it", "with nothing said")


def drafted(tab: Any, name: str) -> None:
    """A draft between the county alone, as YAML: on to its page."""
    tab.go("/agreements/draft/yaml/")
    tab.page.fill("#text", DRAFT.format(name=name))
    tab.press("Keep the draft")
    assert tab.path == f"/agreements/{name}/", tab.page.locator("main").inner_text()


DRAFT = """\
agreement: {name}
version: 1
title: Names of blue badge holders
purpose: service-delivery
parties:
- {{organisation: eldershire, acts_as: controller}}
shares:
- fields: [name]
  from: [blue-badges]
about: {{ages: {{from: 18, unknown: true}}, deceased: false, restricted: false, staff: false}}
users:
- {{organisation: eldershire, roles: [front-line-officer]}}
how: [look-up]
retention_days: 30
starts: 2026-01-01
ends: 2035-12-31
review: 2027-06-30
signatories: [eldershire]
examples:
- {{says: A clerk sees the name, organisation: eldershire, role: front-line-officer, trained: true,
   about: {{age: 40}}, how: look-up, field: family_name, from: blue-badges, expect: whole}}
- {{says: A carers' centre does not, organisation: carers-centre, role: front-line-officer, trained: true,
   about: {{age: 40}}, how: look-up, field: family_name, from: blue-badges, expect: withheld}}
"""


def pages_of_the_log(tab: Any) -> Walk:
    """What a governance officer sees of the audit log."""
    yield from seen(tab, "/audit/")
    tab.page.fill("#since-day", "31")
    tab.page.fill("#since-month", "2")
    yield from pressed(tab, "Search", "with a day that is none")
    yield from pressed(tab, "Search", "everything", "/audit/")
    yield from pressed(tab, "See who looked", "with no id", "/audit/resident/")
    tab.page.fill("#entity", "P" + "0" * 15)
    yield from pressed(tab, "See who looked", "of somebody")
    yield from seen(tab, "/audit/verify/")
    yield from pressed(tab, "Check", "begun")
    tab.page.wait_for_timeout(1500)
    yield from seen(tab, "/audit/verify/")


def pages_of_people(tab: Any) -> Walk:
    """What a governance officer sees of people, and whoever is invited of their link."""
    yield from seen(tab, "/people/", "/people/?show=all", "/people/?show=systems", "/people/new/account/")
    yield from pressed(tab, "Add the account", "with nothing said")
    one = line(tab, "/people/", "/people/")
    yield from seen(tab, one)
    for act, button in (("give", "Give roles"), ("take", "Take roles away"), ("train", "Enter a course")):
        yield from pressed(tab, button, "with nothing said", f"{one}{act}/")
    yield from seen(tab, f"{one}suspend/", f"{one}invite/")
    yield from pressed(tab, "Invite to enrol", "invited")
    link = tab.page.locator("main .office-sample").inner_text()
    yield from seen(tab, "/enrol/" + link.split("/enrol/")[1])


def begin_emergency(tab: Any, why: str = "A child has not come home.") -> None:
    """An emergency, of which the governance officer is told."""
    tab.go("/purpose/")
    tab.follow("Act in an emergency")
    tab.page.fill("#why", why)
    tab.press("Begin the emergency")


def pages_of_an_emergency(tab: Any) -> Walk:
    """What somebody sees who acts in one, and then whoever was told of it, until it is reviewed."""
    yield from seen(tab, "/emergencies/begin/")
    yield from pressed(tab, "Begin the emergency", "with nothing said")
    begin_emergency(tab)
    yield from seen(tab, "/", "/purpose/", "/find/")
    tab.page.fill("#name", "a")
    yield from pressed(tab, "Find", "in an emergency")
    resident = tab.page.locator("tbody a[href^='/residents/']").first.get_attribute("href")
    yield from seen(tab, resident, f"{resident}sources/")
    tab.page.context.clear_cookies()
    tab.sign_in(*OFFICER)
    yield from seen(tab, "/", "/emergencies/")
    tab.follow("Review emergency")
    yield tab.path
    yield from pressed(tab, "Save the review", "with nothing said")
    tab.page.locator("input[value=justified]").check(force=True)
    tab.page.fill("#words", "The police had rung.")
    yield from pressed(tab, "Save the review", "reviewed")


WALKS: tuple[tuple[str, tuple[str, str], Callable[[Any], Walk]], ...] = (
    ("worker", WORKER, pages_of_a_worker),
    ("two posts", TWO_POSTS, pages_of_two_posts),
    ("reviewer", REVIEWER, pages_of_a_reviewer),
    ("engineer", REVIEWER, pages_of_an_engineer),
    ("agreements", OFFICER, pages_of_an_officer),
    ("log", OFFICER, pages_of_the_log),
    ("people", OFFICER, pages_of_people),
    ("emergency", URGENT, pages_of_an_emergency),
)
"""What to call it, (user, purpose) of whoever walks, and their walk. An area of work enters its own here."""
