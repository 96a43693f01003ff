"""What those do who keep the place: extracts, contracts, agreements, the log and people; each with JavaScript and without."""

from __future__ import annotations

import re
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest

from office_pages import DRAFT, bring, line

WORKER, ENGINEER, OFFICER = "children-social-worker", "data-engineer", "governance-officer"

pytestmark = pytest.mark.parametrize("js", [True, False], ids=["scripts", "no scripts"])


def opened(tab: Any, section: str) -> None:
    """Open a part of a page that is closed."""
    summary = tab.page.locator(f"main summary:has-text('{section}')").first
    if summary.locator("xpath=..").get_attribute("open") is None:
        summary.click()


def ended(tab: Any, *states: str) -> None:
    """Look on until the work is in one of these states. The page asks again by itself, with scripts and without."""
    said = re.compile("^(" + "|".join(map(re.escape, states)) + ")$")
    tab.page.locator("p[role=status] .govuk-tag").filter(has_text=said).wait_for(timeout=60_000)


def half_of_the_newest(tab: Any, source: str) -> tuple[str, str]:
    """(the day after the newest extract of a source; half of its rows, and one whose date is none)."""
    newest = max((tab.served.place.extracts / source).iterdir())
    heading, *rows = next((newest / "received").iterdir()).read_text(encoding="utf-8").splitlines()
    columns = heading.split(",")
    bad = rows[-1].split(",")
    bad[columns.index("DateOfBirth")] = "32/13/1980"
    day = date.fromisoformat(newest.name[:10]) + timedelta(days=1)
    return day.isoformat(), "\n".join([heading, *rows[: len(rows) // 2 - 1], ",".join(bad), ""])


def test_an_extract_is_brought_refused_brought_again_and_accepted(tabs: Any, js: bool) -> None:
    with tabs(js=js) as tab:
        tab.sign_in(ENGINEER)
        day, content = half_of_the_newest(tab, "blue-badges")
        tab.follow("Extracts")
        for decision in ("Refuse it", "Accept it"):
            bring(tab, f"blue-badges-{day}.csv", content)
            assert tab.page.locator("#source").input_value() == "blue-badges", "known by its columns"
            assert tab.page.locator("#as_at").input_value() == day, "known by its name"
            tab.press("Receive")
            assert tab.path.startswith("/extracts/work/")
            ended(tab, "Waits for a decision")
            assert tab.says("shrank from") and tab.says("Ask whoever sent it before you accept")
            work = tab.path
            tab.go("/")
            tab.follow("to accept or refuse")
            tab.follow(f"tbody a[href='{work}']")
            tab.press(decision)
            if decision == "Refuse it":
                assert tab.says("Refused. The files were taken away")
        ended(tab, "Done")
        assert tab.says("Kept out, and why") and tab.says("no date in any format")
        tab.go("/extracts/?name=badges")
        row = tab.page.locator("tbody tr", has_text="blue-badges")
        assert row.count() == 1 and "To be built" in row.inner_text()
        tab.follow("tbody a[href='/extracts/sources/blue-badges/']")
        assert tab.page.locator("tbody tr").first.locator(".govuk-tag").inner_text() == "To be built"


def test_what_was_refused_is_told_until_it_is_mended(tabs: Any, js: bool) -> None:
    with tabs(js=js) as tab:
        tab.sign_in(ENGINEER)
        day, content = half_of_the_newest(tab, "blue-badges")
        bring(tab, "badges.csv", content.replace("Surname", "Name of the family"))
        tab.page.select_option("#source", "blue-badges")
        tab.page.fill("#as_at", day)
        tab.press("Receive")
        ended(tab, "Failed")
        assert tab.says("What went wrong") and tab.says("Surname") and tab.says("To mend it")
        tab.go("/")
        tab.follow("extract refused")
        tab.press("Take the files away")
        tab.go("/")
        assert not tab.says("extract refused")


def test_the_ledger_and_why_rows_were_kept_out(tabs: Any, js: bool) -> None:
    with tabs(js=js) as tab:
        tab.sign_in(ENGINEER)
        tab.go("/extracts/")
        tab.page.select_option("#organisation", "brackmere")
        tab.page.select_option("#show", "quarantined")
        tab.press("Show")
        rows = tab.page.locator("tbody tr").all_inner_texts()
        assert rows and all("Brackmere District Council" in row for row in rows)
        tab.follow("tbody td a[href^='/extracts/quarantine/']")
        assert "rows kept out" in tab.heading
        said = tab.page.locator("tbody tr").first.inner_text()
        assert re.search(r"The (value|row) (is|has) ", said), f"a reason in words: {said}"
        assert tab.says("The rows themselves go back to Brackmere District Council")
        tab.follow("See its contract")
        assert tab.says("Becomes") and tab.says("Lawful basis")


def test_a_contract_is_drafted_from_a_file_and_changed(tabs: Any, js: bool) -> None:
    name = "plots" if js else "plots-plain"
    with tabs(js=js) as tab:
        tab.sign_in(ENGINEER)
        rows = "".join(f"{name}{n},Ash,2{n % 9}/02/1970,AB1 2CD,43105896{n + 10}\n" for n in range(1, 30))
        bring(tab, f"{name}.csv", f"PLOT,SURNAME,DOB,POSTCODE,ULN\n{rows}")
        opened(tab, "Write a contract with them instead")
        tab.page.fill("#new_source", name)
        tab.page.select_option("#new_owner", "eldershire")
        tab.press("Draft it from the file")
        preview = tab.page.locator("#preview")
        assert "Born: 21 February 1970" in preview.inner_text()
        assert "Another number: Unique learner number 4310589611" in preview.inner_text(), (
            "known by its header"
        )

        def mapped(column: str, to: str) -> None:
            tab.page.get_by_label(f"What {column} becomes").select_option(to)
            if not js:
                tab.press("Preview")

        mapped("SURNAME", "=")
        tab.page.locator("#c1-piece1-to").select_option("person.known_as")
        tab.page.locator("#c1-piece1-before").fill("s")
        if js:
            tab.page.locator("#c1-piece2-to").wait_for()
            assert tab.page.locator("#c1-piece1-before").input_value() == "s", "what is typed stays"
        else:
            tab.press("Preview")
        preview.locator("text=Known as: A").first.wait_for()
        mapped("SURNAME", "person.given_names")
        tab.page.locator("#c1-piece1-to").wait_for(state="detached")
        preview.locator("text=Given names: Ash").first.wait_for()
        tab.press("Save as version 1.0.0")
        assert tab.says("There is a problem") and tab.page.locator("#article_6-error").is_visible()
        tab.page.fill("#article_6", "6(1)(e) public task")
        tab.press("Save as version 1.0.0")
        assert tab.says(f"Version 1.0.0 of the contract of {name} is saved")
        tab.go(f"/extracts/contracts/{name}/")
        tab.press("Change it, as a new version")
        mapped("SURNAME", "person.family_name")
        preview.locator("text=What changes with version 2.0.0").wait_for()
        assert "breaking" in preview.inner_text()
        tab.press("Save as version 2.0.0")
        assert tab.says(f"Version 2.0.0 of the contract of {name} is saved")
        tab.go(f"/extracts/contracts/{name}/")
        assert tab.says("person.family_name") and not tab.says("person.given_names")


def day_filled(tab: Any, name: str, day: str) -> None:
    """Type a day ("31 12 2030") into its three fields."""
    for part, value in zip(("day", "month", "year"), day.split(), strict=True):
        tab.page.fill(f"#{name}-{part}", value)


def test_an_agreement_from_the_form_to_its_signature(tabs: Any, js: bool) -> None:
    name = "badge-names" if js else "badge-names-plain"
    with tabs(js=js) as tab:
        tab.sign_in(OFFICER)
        page = tab.page
        tab.go("/agreements/")
        tab.follow("Draft an agreement")
        page.fill("#title", "Names of blue badge holders")
        page.fill("#agreement", name)
        page.select_option("#purpose", "service-delivery")
        opened(tab, "Between whom")
        page.select_option("#party-eldershire", "controller")
        opened(tab, "What is shared")
        page.get_by_label("Names", exact=True).check()
        opened(tab, "Eldershire County Council (")
        page.locator("input[name='shares-0-from'][value='blue-badges']").check(force=True)
        opened(tab, "Who may use it")
        page.select_option("#users-0-organisation", "eldershire")
        page.locator("input[name='users-0-roles'][value='front-line-officer']").check(force=True)
        page.locator("input[name='how'][value='look-up']").check(force=True)
        page.fill("#retention_days", "30")
        opened(tab, "Its term")
        for field, day in (("starts", "1 1 2026"), ("ends", "31 2 2035"), ("review", "30 6 2027")):
            day_filled(tab, field, day)
        opened(tab, "Examples")
        for n, who, role, expect in (
            (0, "eldershire", "front-line-officer", "whole"),
            (1, "carers-centre", "front-line-officer", "withheld"),
        ):
            at = f"#examples-{n}-"
            page.fill(f"{at}says", f"what the {role} of {who} sees")
            page.select_option(f"{at}organisation", who)
            page.select_option(f"{at}role", role)
            page.fill(f"{at}age", "40")
            page.select_option(f"{at}field", "family_name")
            page.select_option(f"{at}from", "blue-badges")
            page.select_option(f"{at}how", "look-up")
            page.select_option(f"{at}expect", expect)
        tab.press("Keep the draft")
        summary = page.locator(".govuk-error-summary a")
        assert summary.all_inner_texts() == ["Give a day that there is, such as 3 4 2027"]
        assert page.locator("#ends-error").is_visible(), "beside the field, in a section that is open"
        assert not page.locator("#title").is_visible(), "what is well is closed, and keeps what was typed"
        summary.click()
        day_filled(tab, "ends", "31 12 2035")
        tab.press("Keep the draft")
        assert tab.path == f"/agreements/{name}/" and tab.says("It is kept as a draft")
        tab.follow("See what it opens")
        assert tab.heading == "What it opens" and tab.says("Front line officer: Eldershire County Council")
        tab.follow(".govuk-back-link")
        tab.follow("Propose it")
        tab.press("Propose it")
        tab.follow("Read and sign")
        tab.press("Sign it")
        assert page.locator("#read-error").is_visible() and not tab.says("In force")
        page.fill("#title", "Monitoring Officer")
        page.locator("input[name=read]").check(force=True)
        tab.press("Sign it")
        assert tab.says("In force") and tab.says("Monitoring Officer")


def test_an_agreement_is_suspended_resumed_renewed_and_ended(tabs: Any, js: bool) -> None:
    name = "badges-in-life" if js else "badges-in-life-plain"
    with tabs(js=js) as tab:
        tab.sign_in(OFFICER)
        page = tab.page
        tab.go("/agreements/draft/yaml/")
        page.fill("#text", DRAFT.format(name=name))
        tab.press("Keep the draft")

        def done(act: str, **said: str) -> None:
            tab.follow(f"main .office-actions a:text-is('{act}')")
            for field, value in said.items():
                page.fill(f"#{field}", value)
            if act == "Read and sign":
                page.locator("input[name=read]").check(force=True)
            with page.expect_navigation():
                page.locator("main form button[type=submit]").first.click()
            assert tab.path == f"/agreements/{name}/", page.locator("main").inner_text()

        done("Propose it for signature")
        done("Read and sign", title="Monitoring Officer")
        assert tab.says("In force")
        done("Suspend it", because="A breach is looked into")
        assert tab.says("Suspended") and tab.says("A breach is looked into")
        tab.go("/agreements/?show=suspended")
        tab.follow(f"tbody a[href='/agreements/{name}/']")
        done("Resume it", because="It was none")
        assert tab.says("In force")
        done("Renew it")
        assert tab.says("Agreement, version 2") and tab.says("First day: 1 January 2036")
        done("End it", because="Closed")
        assert tab.says("Ended") and tab.says("Closed")


def test_the_log_is_searched_exported_and_checked(tabs: Any, js: bool) -> None:
    with tabs(js=js) as tab:
        tab.sign_in(OFFICER)
        page = tab.page
        tab.go("/audit/")
        page.fill("#user", OFFICER)
        page.select_option("#action", label="Came in")
        tab.press("Search")
        rows = page.locator("tbody tr").all_inner_texts()
        assert rows and all("Came in" in row and OFFICER in row for row in rows)
        with page.expect_download() as taken:
            page.click("a:has-text('Take all that was found')")
        lines = Path(taken.value.path()).read_text(encoding="utf-8").splitlines()
        assert len(lines) > len(rows) and all(OFFICER in one for one in lines[1:])
        tab.follow(".govuk-back-link")
        tab.follow("Check the log")
        tab.press("Check")
        for _ in range(20):
            if tab.says("The log holds"):
                break
            page.wait_for_timeout(500)
            if not js:
                tab.go("/audit/verify/")
        assert tab.says("The log holds") and tab.says("What this check cannot see")


def test_a_resident_is_given_who_looked_on_paper(tabs: Any, js: bool) -> None:
    with tabs(js=js) as tab:
        tab.sign_in(WORKER, "safeguarding")
        tab.go("/find/")
        tab.page.fill("#name", "a")
        tab.press("Find")
        resident = line(tab, tab.path, "/residents/")
        tab.go(resident)
        tab.page.locator("button:has-text('Sign out')").click()
        tab.page.wait_for_url("**/sign-in/")
        tab.sign_in(OFFICER)
        tab.go("/audit/resident/")
        tab.page.fill("#entity", resident.split("/")[2])
        tab.press("See who looked")
        assert tab.heading == "Who looked at your data" and resident.split("/")[2] not in tab.page.url
        assert tab.says("Eldershire County Council") and tab.says("protect someone at risk of harm")
        assert not tab.says(WORKER), "a resident is told of organisations"
        tab.page.emulate_media(media="print")
        for gone in (".govuk-service-navigation", ".govuk-back-link", ".office-standing", ".govuk-footer"):
            assert not tab.page.locator(gone).is_visible(), gone
        assert tab.page.locator("tbody tr").first.is_visible()
        assert tab.page.pdf().startswith(b"%PDF")


def test_somebody_is_added_trained_and_invited_once(tabs: Any, js: bool) -> None:
    user = "jo-ash" if js else "jo-ash-plain"
    with tabs(js=js) as tab:
        tab.sign_in(OFFICER)
        page = tab.page
        tab.go("/people/")
        tab.follow("Add somebody")
        tab.press("Add the account")
        assert page.locator("#name-error").is_visible() and page.locator("#user-error").is_visible()
        page.fill("#name", "Jo Ash")
        page.fill("#user", user)
        tab.press("Add the account")
        assert tab.path == f"/people/{user}/" and tab.heading == "Jo Ash"
        tab.follow("Give roles")
        page.fill("#title", "Social worker, adults")
        page.locator("input[value=social-worker]").check(force=True)
        tab.press("Give roles")
        assert tab.says("Eldershire County Council: Social worker, adults")
        tab.follow("Enter a course")
        page.fill("#course", "information-governance")
        day_filled(tab, "until", "31 3 2036")
        tab.press("Enter a course")
        assert tab.says("Information governance, counts to 31 March 2036")
        tab.follow("Invite to enrol a passkey")
        tab.press("Invite to enrol a passkey")
        link = page.locator("main .office-sample").inner_text()
        assert tab.says("shown this once")
        tab.go(f"/people/{user}/invite/")
        assert not page.locator("main .office-sample").count() and link.split("/")[-2] not in page.content()
    with tabs(js=js) as theirs:
        theirs.page.goto(link)
        assert theirs.heading == "Enrol a passkey" and theirs.says(f"For Jo Ash ({user})")
