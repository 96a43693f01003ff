"""The next pair comes into the same page: with an address of its own, a way back, and the page of whatever else is answered."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

REVIEWER, PURPOSE = "data-engineer", "matching-review"


@pytest.fixture
def tab(tabs: Any) -> Iterator[Any]:
    """Before the first pair, in a page that is known again by what it keeps."""
    with tabs() as one:
        one.sign_in(REVIEWER, PURPOSE)
        one.go("/review/next/?blind=0")
        one.page.wait_for_selector("kbd")
        one.page.evaluate("() => { window.kept = true; }")
        yield one


def stays(tab: Any) -> bool:
    """Whether it is the same page still, that no browser loaded anew."""
    return bool(tab.page.evaluate("() => window.kept === true"))


def after(tab: Any, key: str) -> str:
    """The address after a key."""
    with tab.page.expect_navigation():
        tab.page.keyboard.press(key)
    tab.page.wait_for_selector("h1")
    return str(tab.path)


def test_a_key_brings_the_next_pair_into_the_page(tab: Any) -> None:
    first = tab.path
    second = after(tab, "c")
    assert second.startswith("/review/pair/") and second != first and stays(tab)
    assert tab.says("The last pair was written down as: cannot tell") and tab.page.locator("kbd").count() == 5
    left = tab.page.locator("input[name=left]").get_attribute("value")
    assert left in second, "what is decided next is what is shown"
    assert tab.page.evaluate("() => document.activeElement.id") == "main-content"
    third = after(tab, "n")
    assert third not in (first, second) and stays(tab)
    assert after(tab, "u") == first and stays(tab)


def test_the_way_back_is_asked_for_again(tab: Any) -> None:
    first = tab.path
    second = after(tab, "n")
    with tab.page.expect_event("load"):
        tab.page.go_back()
    tab.page.wait_for_selector("kbd")
    assert tab.path == first and not stays(tab)
    assert tab.page.locator("input[name=left]").get_attribute("value") in first
    assert second != first


def test_whoever_is_out_is_led_to_sign_in(tab: Any) -> None:
    other = tab.page.context.new_page()
    other.goto(f"{tab.served.address}/")
    other.click("button:has-text('Sign out')")
    tab.page.keyboard.press("n")
    tab.page.wait_for_selector("#user")
    assert tab.path == "/sign-in/" and not stays(tab)


def test_a_refusal_is_shown_in_place_of_the_pair(tab: Any) -> None:
    tab.page.evaluate("() => { document.querySelector('input[name=left]').value = 'nobody-1'; }")
    tab.page.keyboard.press("c")
    tab.page.wait_for_selector("h1:has-text('There is nothing here')")
    assert stays(tab) and not tab.page.locator("kbd").count()
