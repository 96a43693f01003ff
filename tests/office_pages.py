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
    return ["/", "/review/", pair, "/review/addresses/"]


WALKS = ((WORKER, pages_of_a_worker), (REVIEWER, pages_of_a_reviewer))
"""(user, purpose) and the pages that they come to. An area of work enters its own here."""
