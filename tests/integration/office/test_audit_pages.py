"""The pages of the audit log: searched, taken out, told to a resident, and checked while somebody waits."""

from __future__ import annotations

import csv
import io
import re
import threading
import time
from typing import Any

import pytest

from browser import Browser, MovingClock
from governed_office import NOON, come_in, served
from served_office import entered
from vestry.office.audit.checking import Checks
from vestry.office.project import Office
from vestry.sharing.audit import AuditEntry

ID = "P3f2a9c0de1b24567"
SQLITE = pytest.mark.parametrize("office_database", ["sqlite"], indirect=True)
"""For what asks the database nothing that it is not asked in other tests."""


@pytest.fixture
def site(office: Office) -> Any:
    site = served(office, MovingClock(at=NOON))
    log = site.log
    who = {"user": "gale", "organisation": "borough", "purpose": "council-tax"}
    asked = log.append(AuditEntry(stage="asked", action="show", entities=(ID,), **who))
    said = {"agreements": ("tax@1",), "fields": ("family_name",)}
    log.append(
        AuditEntry(stage="answered", action="show", entities=(ID,), answers=asked, count=1, **said, **who)
    )
    police = {"user": "=sam", "organisation": "police", "purpose": "law-enforcement"}
    log.append(AuditEntry(stage="refused", action="show", entities=(ID,), reason="no-agreement", **police))
    log.append(AuditEntry(stage="asked", action="export", table="people", **who))
    return site


def words(answer: Any) -> str:
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", answer.content.decode()))


def searched(browser: Browser, **said: str) -> Any:
    sent = browser.send("/audit/", page="/audit/", **said)
    assert sent.status_code == 302
    assert not any(value in sent["Location"] for value in said.values() if value)
    return browser.get(sent["Location"])


def test_found_by_each_thing_and_entered(site: Any) -> None:
    """What is typed stands in no address; the search itself is entered, as whose it is."""
    audrey = come_in(site, "audrey")
    page = words(searched(audrey, entity=ID))
    assert (
        page.count("Looked at somebody") == 3 and "bill and collect council tax" in page and "tax@1" in page
    )
    assert words(searched(audrey, entity=ID, organisation="police")).count("Looked at somebody") == 1
    assert "no-agreement" in words(searched(audrey, user="=sam"))
    assert words(searched(audrey, action="export", purpose="council-tax")).count("Took a table out") >= 1
    for agreement in ("tax", "tax@1"):
        assert words(searched(audrey, agreement=agreement)).count("Looked at somebody") == 1
    for agreement in ("none", "tax@2", "ta", "t_x", "%"):
        assert "No entry was found" in words(searched(audrey, agreement=agreement)), agreement
    day = {"since-day": "21", "since-month": "11", "since-year": "2026"}
    assert "No entry was found" in words(searched(audrey, entity=ID, **day))
    last = entered(site, action="audit-search", user="audrey")
    assert last[0].entities == (ID,) and last[0].criteria == ("entity",)
    # Another session does not have it.
    mine = audrey.send("/audit/", page="/audit/", entity=ID)["Location"]
    assert come_in(site, "olga").get(mine)["Location"] == "/audit/"


@SQLITE
def test_what_was_done_on_the_own_machine_says_so(site: Any) -> None:
    site.log.append(AuditEntry(stage="changed", action="agreement-proposed", account="root"))
    assert "root, on this place’s own machine" in words(
        searched(come_in(site, "audrey"), action="agreement-proposed")
    )


@SQLITE
def test_what_is_wrong_is_said_beside_its_field(site: Any) -> None:
    audrey = come_in(site, "audrey")
    wrong = audrey.send(
        "/audit/", page="/audit/", entity="Zoe O'Brien", organisation="nobody",
        **{"since-day": "31", "since-month": "2", "since-year": "2026"},
    )  # fmt: skip
    body = wrong.content.decode()
    assert wrong.status_code == 422
    assert all(f'href="#{field}"' in body for field in ("entity", "organisation", "since-day"))


def test_page_after_page_and_the_whole_as_a_file(site: Any) -> None:
    for _ in range(70):
        site.log.append(AuditEntry(stage="asked", action="example", user="many", organisation="borough"))
    audrey = come_in(site, "audrey")
    where = audrey.send("/audit/", page="/audit/", user="many")["Location"]
    numbers: list[str] = []
    older: str | None = where
    while older:
        body = audrey.get(older).content.decode()
        numbers += re.findall(r'data-label="Entry">(\d+)</td>', body)
        found = re.search(r'href="([^"]+\?before=\d+)"', body)
        older = found[1] if found else None
    assert len(numbers) == len(set(numbers)) == 70
    taken = audrey.get(f"{where}entries.csv")
    rows = list(csv.DictReader(io.StringIO(b"".join(taken.streaming_content).decode("utf-8-sig"))))
    assert [row["entry"] for row in rows] == numbers
    assert {row["user"] for row in rows} == {"many"}
    assert len(entered(site, action="audit-search", user="audrey", )) >= 6  # fmt: skip


@SQLITE
def test_a_file_runs_nothing_in_a_spreadsheet(site: Any) -> None:
    audrey = come_in(site, "audrey")
    where = audrey.send("/audit/", page="/audit/", organisation="police")["Location"]
    text = b"".join(audrey.get(f"{where}entries.csv").streaming_content).decode("utf-8-sig")
    assert [row["user"] for row in csv.DictReader(io.StringIO(text))] == ["'=sam"]


@SQLITE
def test_what_a_resident_is_told(site: Any) -> None:
    """By organisation, purpose and day, without who it was; with names only where they were asked for."""
    olga = come_in(site, "olga")
    assert olga.send("/audit/resident/", page="/audit/resident/", entity="a name").status_code == 422
    where = olga.send("/audit/resident/", page="/audit/resident/", entity=ID)["Location"]
    assert ID not in where
    page = words(olga.get(where))
    assert "The Borough looked at what is known of you , to bill and collect council tax" in page.replace(
        "you,", "you ,"
    )
    assert "Seen: Family name" in page and "Refused: nothing was seen" in page and "20 November 2026" in page
    assert "Whole tables that were read" in page
    assert "gale" not in page and "sam" not in page
    named = olga.send("/audit/resident/", page="/audit/resident/", entity=ID, names="yes")["Location"]
    told = words(olga.get(named))
    assert "(gale)" in told and "not for the resident" in told
    assert entered(site, action="audit-about", user="olga")[0].entities == (ID,)


def checked(browser: Browser, **said: str) -> str:
    assert browser.send("/audit/verify/", page="/audit/verify/", **said).status_code == 302
    for _ in range(100):
        page = words(browser.get("/audit/verify/"))
        if "See how far it is" not in page:
            return page
        time.sleep(0.05)
    raise AssertionError("it did not end")


def test_the_log_is_checked(site: Any) -> None:
    audrey = come_in(site, "audrey")
    note = site.twin.audit(None).checkpoint()
    page = checked(audrey)
    assert "The log holds" in page and "could have cut off or rewritten any entry" in page
    page = checked(audrey, checkpoint=note.replace("\n", "\r\n"))
    assert "The log holds" in page and "that somebody else kept" in page
    assert "It could not be checked" in checked(audrey, checkpoint="nonsense")


@SQLITE
def test_a_log_that_was_changed_does_not_hold(site: Any) -> None:
    with site.office.connection().cursor() as cursor:
        cursor.execute("SELECT name FROM sqlite_master WHERE type = 'trigger'")
        for (name,) in cursor.fetchall():
            cursor.execute(f'DROP TRIGGER "{name}"')
        cursor.execute(
            "UPDATE audit_entries SET body = replace(body, 'gale', 'kate') WHERE body LIKE '%asked%'"
        )
    page = checked(come_in(site, "audrey"))
    assert (
        "The log is not as it was written" in page
        and "This entry was changed." in page
        and "The log holds" not in page
    )


def test_one_check_at_a_time_and_how_far_it_is() -> None:
    checks, go_on = Checks(), threading.Event()

    def verify(progress: Any) -> Any:
        with progress.step("audit log"):
            progress.advance(5, 20)
            go_on.wait(5)
            raise RuntimeError("broke")

    thread = checks.begin("a", lambda: NOON, verify)
    assert thread is not None
    assert checks.begin("b", lambda: NOON, verify) is None
    while not checks.newest or not checks.newest.total:
        time.sleep(0.01)
    assert (checks.newest.by, checks.newest.done, checks.newest.total) == ("a", 5, 20)
    go_on.set()
    thread.join(5)
    assert not checks.newest.running and checks.newest.broke
    assert checks.begin("b", lambda: NOON, verify) is not None


@SQLITE
def test_who_may_come_in(site: Any) -> None:
    clerk = come_in(site, "clerk")
    for path in ("", "found/x/", "found/x/entries.csv", "resident/", "resident/x/", "verify/"):
        assert clerk.get(f"/audit/{path}").status_code == 403, path
