"""What is typed when an emergency begins and when it is reviewed, and how one is told."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from vestry.office.project import set_up

set_up()

from vestry.office.emergencies.begin_page import BeginPage, begin_asked  # noqa: E402
from vestry.office.emergencies.review_page import emergency_line, look_lines, review_asked  # noqa: E402
from vestry.office.emergencies.telling import Told, may_review  # noqa: E402
from vestry.sharing.asking import Asker  # noqa: E402
from vestry.sharing.audit_desk import UrgentLook  # noqa: E402
from vestry.sharing.people_apart import Looked  # noqa: E402

NOON = datetime(2026, 11, 20, 12, tzinfo=UTC)
PAT = Told(user="pat", name="Pat Reed", title="Superintendent", organisation="The Police", ours=True)
OLGA = Told(user="olga", name="Olga Fern", title="", organisation="The Borough", ours=False)
LOOK = Looked(
    number=3, user="connie", organisation="police", reason="A child.", told="olga", at=NOON,
    review_by=NOON + timedelta(days=3), reviewed_by="", found="", overdue=False, until=NOON + timedelta(hours=1),
)  # fmt: skip


@pytest.mark.parametrize(
    ("given", "wrong"),
    [
        ({"why": "A child", "told": "pat"}, set()),
        ({}, {"why", "told"}),
        ({"why": " \n\0 ", "told": "pat"}, {"why"}),
        ({"why": "x" * 500, "told": "pat"}, set()),
        ({"why": "x" * 501, "told": "pat"}, {"why"}),
        ({"why": "A child", "told": "connie"}, {"told"}),
    ],
)
def test_an_emergency_needs_why_and_who_is_told(given: dict[str, str], wrong: set[str]) -> None:
    assert set(begin_asked(given, (PAT, OLGA))[2]) == wrong


def test_a_reason_is_one_line() -> None:
    assert begin_asked({"why": " A  child\n is\0 missing ", "told": "pat"}, (PAT,))[0] == "A child is missing"


def test_the_form_says_what_holds() -> None:
    page = BeginPage(under=("Floods",), people=(PAT, OLGA), next="/", passkey=True)
    assert (page.minutes, page.days, page.strong_minutes) == (60, 3, 15)
    assert page.options == (("pat", "Pat Reed, Superintendent"), ("olga", "Olga Fern, The Borough"))


@pytest.mark.parametrize(
    ("given", "wrong"),
    [
        ({"found": "justified", "words": "So it was."}, set()),
        ({"found": "not-justified", "words": "x" * 2000}, set()),
        ({"found": "not-justified", "words": "x" * 2001}, {"words"}),
        ({"found": "justified", "words": " \0"}, {"words"}),
        ({"found": "perhaps", "words": "So it was."}, {"found"}),
        ({}, {"found", "words"}),
    ],
)
def test_a_review_needs_what_was_found_and_why(given: dict[str, str], wrong: set[str]) -> None:
    assert set(review_asked(given)[2]) == wrong


@pytest.mark.parametrize(
    ("user", "organisation", "roles", "may"),
    [
        ("olga", "borough", {"social-worker"}, True),
        ("pat", "police", {"governance-officer"}, True),
        ("pat", "police", {"auditor", "police-officer"}, False),
        ("pat", "borough", {"governance-officer"}, False),
        ("connie", "police", {"governance-officer"}, False),
    ],
)
def test_who_may_review(user: str, organisation: str, roles: set[str], may: bool) -> None:
    assert may_review(LOOK, Asker(user=user, organisation=organisation, roles=frozenset(roles))) is may


def test_nobody_reviews_their_own_though_they_told_themselves() -> None:
    asker = Asker(user="connie", organisation="police", roles=frozenset({"governance-officer"}))
    assert not may_review(replace(LOOK, told="connie"), asker)


@pytest.mark.parametrize(
    ("changed", "now", "stands"),
    [
        ({}, NOON, True),
        ({}, NOON + timedelta(hours=1), False),
        ({"found": "justified"}, NOON, False),
        ({"until": None}, NOON, False),
    ],
)
def test_whether_it_still_stands_is_said(changed: dict[str, Any], now: datetime, stands: bool) -> None:
    line = emergency_line(
        replace(LOOK, **changed), names={"connie": "Connie Ash"}, organisations={"police": "The Police"}, now=now
    )  # fmt: skip
    assert line.stands is stands
    assert (line.by, line.organisation, line.told) == ("Connie Ash", "The Police", "olga")


def test_a_look_is_told_by_ids_and_kinds() -> None:
    look = UrgentLook(
        at=NOON.isoformat(), action="find", criteria=("name", "nhs_number"), entities=("P1", "P2"), outcome="shown"
    )  # fmt: skip
    (line,) = look_lines([look])
    assert line.did == "Searched" and line.criteria == "name and NHS number"
    assert line.ids == ("P1", "P2") and line.outcome == "Shown"
    assert line.at == "20 November 2026 at 12:00pm"
