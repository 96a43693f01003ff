"""One page of every template that staff come to, as somebody who may: for what every page has to keep."""

from __future__ import annotations

from pathlib import Path
from typing import Any

AXE = Path(__file__).parents[1] / "frontend" / "node_modules" / "axe-core" / "axe.min.js"

WORKER, REVIEWER = ("children-social-worker", "safeguarding"), ("data-engineer", "matching-review")


def pages_of_a_worker(tab: Any) -> list[str]:
    """Paths for a social worker, who is signed in with a purpose."""
    tab.go("/find/")
    tab.page.fill("#name", "a")
    tab.page.click("main button:has-text('Find')")
    found = tab.path
    resident = tab.page.locator("tbody a[href^='/residents/']").first.get_attribute("href")
    tied = [f"{resident}{rest}" for rest in ("", "sources/", "sources/family_name/", "looks/", "mistake/")]
    return [
        "/",
        "/purpose/",
        "/find/",
        found,
        "/passkeys/",
        "/passkey/again/",
        *tied,
        "/residents/P0/",
        *ways(tab),
    ]


def ways(tab: Any) -> list[str]:
    """A property, a household and a business, where somebody leads to one."""
    found: dict[str, str] = {}
    hrefs = [
        a.get_attribute("href") for a in tab.page.locator("tbody a[href^='/residents/']").element_handles()
    ]
    for href in hrefs[:15]:
        tab.go(href)
        for kind in ("properties", "households", "businesses"):
            link = tab.page.locator(f"main a[href^='/{kind}/']")
            if kind not in found and link.count():
                found[kind] = link.first.get_attribute("href")
        if "properties" in found:
            break
    return list(found.values())


def pages_of_a_reviewer(tab: Any) -> list[str]:
    """Paths for a reviewer who loads records too."""
    tab.go("/review/next/?blind=0")
    pair = tab.path
    paths = ["/", "/review/", pair, "/review/addresses/", "/extracts/", "/extracts/quarantine/"]
    paths += ["/extracts/mistakes/", "/extracts/receive/", "/extracts/contracts/", "/extracts/work/"]
    paths += first(tab, "/extracts/", "/extracts/sources/", "/extracts/quarantine/")
    paths += first(tab, "/extracts/quarantine/", "/extracts/quarantine/")
    return paths + first(tab, "/extracts/contracts/", "/extracts/contracts/")


def pages_of_an_officer(tab: Any) -> list[str]:
    """Paths for a governance officer."""
    agreements = first(tab, "/agreements/", "/agreements/")
    acts = [f"{one}{act}/" for one in agreements for act in ("simulate", "suspend", "end", "renew")]
    people = first(tab, "/people/", "/people/")
    tab.go("/audit/")
    return [
        "/",
        "/agreements/",
        *agreements,
        *acts,
        "/audit/",
        "/audit/resident/",
        "/audit/verify/",
        "/people/",
        *people,
        "/people/new/account/",
    ]


def first(tab: Any, page: str, *begin: str) -> list[str]:
    """The first link of a page that leads below each of those."""
    tab.go(page)
    hrefs = [a.get_attribute("href") for a in tab.page.locator("main a").element_handles()]
    found = [
        next((h for h in hrefs if h and h.startswith(b) and h.split("?")[0] not in (b, page)), "")
        for b in begin
    ]
    return [one for one in found if one]


OFFICER = ("governance-officer", "")

WALKS = ((WORKER, pages_of_a_worker), (REVIEWER, pages_of_a_reviewer), (OFFICER, pages_of_an_officer))
"""(user, purpose) and the pages that they come to. An area of work enters its own here."""
