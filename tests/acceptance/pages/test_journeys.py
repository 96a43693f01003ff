"""What staff do all day, in a real browser: each with JavaScript and without."""

from __future__ import annotations

import re
from typing import Any

import pytest

from office_pages import begin_emergency

WORKER, REVIEWER, BOTH = "children-social-worker", "data-engineer", "discharge-worker"
PURPOSE = "safeguarding"

pytestmark = pytest.mark.parametrize("js", [True, False], ids=["scripts", "no scripts"])


def find(tab: Any, **typed: str) -> None:
    """Type into the form, and look."""
    tab.go("/find/")
    for name, value in typed.items():
        tab.page.fill(
            f"#{name.replace('_day', '-day').replace('_month', '-month').replace('_year', '-year')}", value
        )
    tab.click("main button:has-text('Find')")


def first_resident(tab: Any) -> str:
    """To the first resident of a search; their name."""
    find(tab, name="a")
    link = tab.page.locator("tbody a[href^='/residents/']").first
    name = link.inner_text()
    tab.click("tbody a[href^='/residents/']")
    return str(name)


def test_in_and_out(tabs: Any, js: bool) -> None:
    with tabs(js=js) as tab:
        tab.go("/")
        assert tab.path == "/sign-in/" and tab.heading == "Sign in"
        who = tab.page.locator(f"option[value={WORKER}]").inner_text().split(":")[0]
        tab.sign_in(WORKER)
        assert tab.path == "/" and tab.heading == who
        assert tab.says("You have not said why you look") and tab.says("Residents")
        tab.click("button:has-text('Sign out')")
        assert tab.path == "/sign-in/"
        tab.go("/")
        assert tab.path == "/sign-in/"


def test_a_wrong_password_is_said_beside_the_field(tabs: Any, js: bool) -> None:
    with tabs(js=js) as tab:
        tab.go("/sign-in/?next=/find/")
        tab.page.select_option("#user", WORKER)
        tab.page.fill("#password", "not it")
        tab.click("button:has-text('Look round')")
        assert tab.says("There is a problem") and tab.page.locator("#password-error").is_visible()
        assert tab.page.locator("#user").input_value() == WORKER, "what was chosen stays"
        tab.page.fill("#password", tab.served.word)
        tab.click("button:has-text('Look round')")
        assert tab.path == "/purpose/", "on to where they wanted to go, which asks why first"


def test_why_somebody_looks_is_asked_and_shown(tabs: Any, js: bool) -> None:
    with tabs(js=js) as tab:
        tab.sign_in(WORKER)
        tab.go("/find/")
        assert tab.path == "/purpose/" and tab.heading == "Why do you look?"
        tab.click("main button:has-text('Continue')")
        assert tab.says("There is a problem") and tab.says("Choose why you look")
        tab.page.locator(f"input[value={PURPOSE}]").check(force=True)
        tab.click("main button:has-text('Continue')")
        assert tab.path == "/find/" and tab.says("You look in order to protect someone at risk of harm")


def test_found_by_name_and_looked_at(tabs: Any, js: bool) -> None:
    with tabs(js=js) as tab:
        tab.sign_in(WORKER, PURPOSE)
        name = first_resident(tab)
        assert tab.path.startswith("/residents/P") and tab.heading == name
        for said in (
            "Who they are",
            "Where",
            "Dealings with services",
            "Who holds records",
            "Why you may see this",
        ):
            assert tab.says(said), said
        assert tab.says("Withheld: "), "what may not be seen says so"
        assert re.search(
            r"\b\d{1,2} (January|February|March|April|May|June|July|August|September|October|November|December) \d{4}",
            tab.page.locator("main").inner_text(),
        )


def test_a_search_is_in_no_address(tabs: Any, js: bool) -> None:
    with tabs(js=js) as tab:
        tab.sign_in(WORKER, PURPOSE)
        find(tab, name="smith", born_year="1980")
        assert re.fullmatch(r"/find/[\w-]{16}/", tab.path) and tab.says("smith") and tab.says("1980")
        assert "smith" not in tab.page.url.lower()
        tab.click("text=Search again")
        find(tab, name="qqqqq")
        assert tab.heading == "Nothing found that you may see" and tab.says("Try fewer words")


def test_what_is_typed_wrongly_is_said(tabs: Any, js: bool) -> None:
    with tabs(js=js) as tab:
        tab.sign_in(WORKER, PURPOSE)
        find(tab)
        assert tab.says("Type something to find somebody by")
        find(tab, born_day="31", born_month="2", born_year="1980", nhs_number="12")
        assert tab.says("A date of birth is a real date") and tab.says("An NHS number has 10 digits")
        assert tab.page.locator("#born-day").input_value() == "31", "what was typed stays"
        tab.click(".govuk-error-summary a")
        assert tab.page.evaluate("document.activeElement.id") == "born-day" if js else True


def test_why_a_value_is_shown(tabs: Any, js: bool) -> None:
    with tabs(js=js) as tab:
        tab.sign_in(WORKER, PURPOSE)
        name = first_resident(tab)
        tab.click("dd a:has-text('Why')")
        assert "why this is shown" in tab.heading and tab.says("Said by")
        assert tab.says("Why these records were matched") and tab.says("Shown: ")
        tab.click(f"a.govuk-back-link:has-text('{name}')")
        assert tab.heading == name
        tab.click("text=Every source, and why its records were matched")
        assert tab.heading == "Who said what, and why it is shown"


def test_on_to_the_home_and_who_lives_there(tabs: Any, js: bool) -> None:
    with tabs(js=js) as tab:
        tab.sign_in(WORKER, PURPOSE)
        find(tab, name="a")
        ways = [
            a.get_attribute("href")
            for a in tab.page.locator("tbody a[href^='/residents/']").element_handles()
        ]
        for way in ways:
            tab.go(way)
            if tab.page.locator("main a[href^='/properties/']").count():
                break
        tab.click("main a[href^='/properties/']")
        assert tab.path.startswith("/properties/R") and tab.says("Everyone tied to it")
        assert tab.says("On the map") and tab.says("Ward") and tab.says("° north")
        draws = js and tab.page.evaluate("() => !!document.createElement('canvas').getContext('webgl2')")
        if draws:
            tab.page.wait_for_selector(".office-map[data-drawn] canvas")
        assert tab.page.locator(".office-map").count() == int(draws), "no empty box where nothing draws"
        assert tab.says("Red dot: the property") is draws
        tab.click("main a[href^='/residents/']")
        assert tab.path.startswith("/residents/P")


def test_who_else_looked(tabs: Any, js: bool) -> None:
    with tabs(js=js) as tab:
        tab.sign_in(WORKER, PURPOSE)
        first_resident(tab)
        tab.click("text=Who else looked")
        rows = tab.page.locator("tbody tr").all_inner_texts()
        assert (
            rows and "Eldershire County Council" in rows[0] and "protect someone at risk of harm" in rows[0]
        )
        assert WORKER not in " ".join(rows), "colleagues are told of the organisation, not who it was"


def test_a_mistake_is_reported(tabs: Any, js: bool) -> None:
    with tabs(js=js) as tab:
        tab.sign_in(WORKER, PURPOSE)
        name = first_resident(tab)
        tab.click("text=Report a mistake")
        tab.click("main button:has-text('Report it')")
        assert tab.says("There is a problem") and tab.says("Say what is wrong")
        tab.page.fill("#what", "The house number is 12, as they told me today.")
        tab.click("main button:has-text('Report it')")
        assert tab.heading == name and tab.says("Your report was passed on")
        tab.page.reload()
        assert not tab.says("Your report was passed on"), "said once"


def test_a_pair_is_decided_and_taken_back(tabs: Any, js: bool) -> None:
    with tabs(js=js) as tab:
        tab.sign_in(REVIEWER)
        tab.click("a:has-text('Review')")
        assert tab.says("pairs of records wait")
        tab.click("text=Start with the first")
        first = tab.path
        assert first.startswith("/review/pair/") and tab.heading == "One, or two?"
        tab.press("Different")
        assert tab.path != first and tab.says("The last pair was written down as: different")
        tab.press("Take it back")
        assert tab.path == first and not tab.says("The last pair was written down")
        tab.press("Skip")
        assert tab.path != first


def test_for_another_organisation_why_is_asked_again(tabs: Any, js: bool) -> None:
    with tabs(js=js) as tab:
        tab.sign_in(BOTH)
        assert tab.path == "/organisation/" and tab.heading == "For whom do you act?"
        tab.click("main button:has-text('Continue')")
        assert tab.says("Choose for whom you act")
        tab.page.locator("input[value=hospitals]").check(force=True)
        tab.click("main button:has-text('Continue')")
        assert tab.says("Eldershire Hospitals NHS Trust")
        tab.go("/purpose/")
        tab.page.locator("input[name=purpose]").first.check(force=True)
        tab.click("main button:has-text('Continue')")
        tab.click("text=Change organisation")
        tab.page.locator("input[value=eldershire]").check(force=True)
        tab.click("main button:has-text('Continue')")
        assert tab.says("You have not said why you look")


def test_an_emergency_from_its_beginning_to_its_review(tabs: Any, js: bool) -> None:
    """Begun, looked in, ended, and reviewed by whoever was told; each page says that it is one."""
    why = f"A child has not come home, {'with' if js else 'without'} scripts."
    with tabs(js=js) as tab, tabs(js=js) as officer:
        tab.sign_in("adult-social-worker")
        begin_emergency(tab, "")
        assert tab.says("There is a problem") and tab.says("Say why you have to look")
        begin_emergency(tab, why)
        assert tab.path == "/find/" and tab.says(why) and tab.says("was told")
        name = first_resident(tab)
        resident = tab.path
        assert tab.heading == name and tab.says(why) and tab.says("Vulnerable people in an emergency")
        tab.go(f"{resident}sources/")
        assert tab.says("Who said what") and tab.says(why) and tab.says("Vulnerable people in an emergency")
        officer.sign_in("governance-officer")
        assert officer.says("to review")
        officer.click("a[href='/emergencies/']")
        card = officer.page.locator(".govuk-summary-card", has_text=why)
        card.locator("a:has-text('Review emergency')").click()
        assert (
            officer.says(why) and officer.says("Looked at somebody") and officer.says(resident.split("/")[2])
        )
        assert name not in officer.page.locator("main").inner_text()
        tab.click("button:has-text('End the emergency')")
        assert tab.says("The emergency has ended") and not tab.says(why)
        tab.go(resident)
        assert tab.path == "/purpose/"
        officer.click("main button:has-text('Save the review')")
        assert officer.says("Choose what you found") and officer.says("Say what makes you think so")
        officer.page.locator("input[value=not-justified]").check(force=True)
        officer.page.fill("#words", "Nobody was missing.")
        officer.click("main button:has-text('Save the review')")
        assert officer.path == "/emergencies/" and officer.says("The review is entered")
        row = officer.page.locator("tr", has_text=why).inner_text()
        assert "Not justified" in row and "Nobody was missing." in row
