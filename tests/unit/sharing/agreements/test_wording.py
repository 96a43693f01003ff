"""Agreements in words: long lists put short, and where each stands."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from random import Random

from sharing_worlds import world
from vestry.sharing.agreements.filing import Filing, Stop
from vestry.sharing.agreements.lifecycle import Filed
from vestry.sharing.agreements.wording import organisations_told, reviewed, sources_told, stands
from vestry.sharing.subjects import SourceFacts

ON = date(2026, 6, 15)
AGREEMENT = replace(
    world(Random(1))[0].agreement,
    signatories=("a", "b"),
    starts=date(2026, 1, 1),
    ends=date(2026, 12, 31),
    review=ON,
)
FILED = Filed(agreement=AGREEMENT, digest="d", proposed=True, signatures={"a": "d", "b": "d"})


def test_sources_that_end_alike_are_counted() -> None:
    towns = ("ash", "beech", "cedar", "elm")
    facts = {f"{t}-tax": SourceFacts(name=f"{t}-tax", organisation=t) for t in towns}
    facts["schools"] = SourceFacts(name="schools", organisation="county")
    assert sources_told(facts, facts) == "tax of 4 organisations, schools"
    assert sources_told(["elm-tax", "ash-tax"], facts) == "ash-tax, elm-tax"


def test_many_organisations_are_counted() -> None:
    assert organisations_told("abcdef") == "a, b, c, d, e, f"
    assert organisations_told("abcdefg") == "a, b, c and 4 more"


def test_where_it_stands_and_for_whom_it_waits() -> None:
    assert stands(FILED, None, ON) == "in force"
    assert stands(replace(FILED, proposed=False), None, ON) == "draft"
    assert stands(replace(FILED, signatures={"a": "d"}), None, ON) == "proposed: not signed by b"
    edited = replace(FILED, signatures={"a": "before"})
    assert stands(edited, None, ON) == "proposed: not signed by b; edited since signed by a"
    nobody = replace(FILED, agreement=replace(AGREEMENT, signatories=()))
    assert stands(nobody, None, ON) == "proposed: nobody is named to sign"


def test_why_it_is_stopped() -> None:
    stop = Stop(day=date(2026, 5, 1), because="it is looked into")
    filing = Filing(agreement_id="x", version=1, proposed_on=date(2025, 12, 1), suspended=stop)
    assert (
        stands(replace(FILED, suspended=True), filing, ON) == "suspended since 2026-05-01: it is looked into"
    )
    # It ran out; what it was suspended for is no longer what matters.
    assert stands(replace(FILED, suspended=True), filing, date(2027, 1, 1)) == "ended"


def test_a_review_is_overdue_the_day_after_while_it_runs() -> None:
    assert reviewed(FILED, ON) == "2026-06-15"
    assert reviewed(FILED, date(2026, 6, 16)) == "2026-06-15 overdue"
    assert reviewed(FILED, date(2027, 6, 16)) == "2026-06-15"
