"""What every page keeps: axe-core finds nothing at three widths, nothing is wider than the screen, and it prints."""

from __future__ import annotations

from typing import Any

import pytest

from office_pages import AXE, WALKS

WIDTHS = (1280, 768, 390)
RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]


def faults(tab: Any) -> list[str]:
    """What axe-core finds: the rule, and where."""
    tab.page.add_script_tag(path=str(AXE))
    found = tab.page.evaluate(
        "rules => axe.run(document, {runOnly: {type: 'tag', values: rules}})"
        ".then(r => r.violations.map(v => v.id + ': ' + v.nodes.map(n => n.target.join(' ')).slice(0, 3).join('; ')))",
        RULES,
    )
    return [f"{tab.path} {one}" for one in found]


@pytest.mark.parametrize("width", WIDTHS)
@pytest.mark.parametrize(("who", "pages"), WALKS, ids=[who[0] for who, _ in WALKS])
def test_axe_finds_nothing_and_nothing_is_too_wide(tabs: Any, who: Any, pages: Any, width: int) -> None:
    wrong = []
    # The policy is passed by for axe alone: it is put into the page as a script of its own.
    with tabs(width=width, bypass=True) as tab:
        tab.go("/sign-in/")
        wrong += faults(tab)
        tab.sign_in(*who)
        for path in pages(tab):
            tab.go(path)
            assert tab.heading, path
            wrong += faults(tab)
            if tab.page.evaluate("document.documentElement.scrollWidth") > width:
                wrong.append(f"{path} is wider than the screen")
    assert not wrong


def test_axe_would_find_what_is_wrong(tabs: Any) -> None:
    """A page with faults planted, so that silence means something."""
    with tabs(bypass=True) as tab:
        tab.go("/sign-in/")
        tab.page.evaluate(
            "document.querySelector('main').insertAdjacentHTML('beforeend', '<img src=/static/x><input id=y>')"
        )
        found = " ".join(faults(tab))
        assert "image-alt" in found and "label" in found


@pytest.mark.parametrize(("who", "pages"), WALKS, ids=[who[0] for who, _ in WALKS])
def test_every_page_works_at_twice_the_size_and_on_paper(tabs: Any, who: Any, pages: Any) -> None:
    with tabs(width=640, device_scale_factor=2) as tab:
        tab.sign_in(*who)
        for path in pages(tab):
            tab.go(path)
            assert tab.page.evaluate("document.documentElement.scrollWidth") <= 640, path
            tab.page.emulate_media(media="print")
            assert not tab.page.locator(".govuk-service-navigation").is_visible(), path
            assert tab.page.locator("h1").is_visible(), path
            tab.page.emulate_media(media="screen")


def test_by_keyboard_alone_from_signing_in_to_a_saved_review(tabs: Any) -> None:
    with tabs() as tab:
        tab.go("/sign-in/")
        page = tab.page

        def to(selector: str) -> None:
            for _ in range(80):
                if page.evaluate("s => document.activeElement.matches(s)", selector):
                    box = page.evaluate(
                        "(style => style.outlineStyle + style.boxShadow)(getComputedStyle(document.activeElement))"
                    )
                    assert box != "nonenone", f"{selector} does not show that it has the focus"
                    return
                page.keyboard.press("Tab")
            raise AssertionError(f"no key leads to {selector} on {tab.path}")

        to("#user")
        page.keyboard.type("Craig")
        if page.locator("#user").input_value() != "data-engineer":
            page.select_option("#user", "data-engineer")
        to("#password")
        page.keyboard.type(tab.served.word)
        page.keyboard.press("Enter")
        page.wait_for_selector(".govuk-service-navigation")
        to("a[href='/review/']")
        page.keyboard.press("Enter")
        page.wait_for_selector("text=Start with the first")
        to("a[href^='/review/next/']")
        page.keyboard.press("Enter")
        page.wait_for_url("**/review/pair/**")
        page.wait_for_selector("kbd")
        before = page.url
        page.keyboard.press("c")
        page.wait_for_url(lambda now: now != before)
        assert tab.says("The last pair was written down as: cannot tell")
        page.wait_for_selector("kbd")
        page.keyboard.press("u")
        page.wait_for_url(before)
        assert not tab.says("The last pair was written down")
        page.locator("button:has-text('Turn the keys off')").focus()
        page.keyboard.press("Enter")
        page.keyboard.press("d")
        page.wait_for_timeout(500)
        assert page.url == before, "keys that are turned off decide nothing"
