"""What a version changes: to the single field and source, and each other setting once."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

from agreements_by_hand import agreement, share
from vestry.sharing.agreements.agreement import About, Users
from vestry.sharing.agreements.differing import Reopened, Reworded, difference

BEFORE = agreement("debt", share(["tax", "homes"], "name", "birth"), about=About())


def test_the_same_words_are_no_difference() -> None:
    assert not difference(BEFORE, replace(BEFORE, version=2))
    in_parts = replace(BEFORE, shares=(share(["tax", "homes"], "name"), share(["tax", "homes"], "birth")))
    assert not difference(BEFORE, in_parts)
    assert not difference(BEFORE, replace(BEFORE, signatories=BEFORE.signatories[::-1]))


def test_what_is_opened_closed_and_lowered() -> None:
    now = replace(
        BEFORE,
        shares=(
            share(["tax", "homes"], "birth", precision={"birth": "year"}),
            share(["tax"], "name"),
            share(["homes"], "nino"),
        ),
    )
    found = {(one.fields[0], one.before, one.now): one.sources for one in difference(BEFORE, now).reopened}
    assert found == {
        ("title", "whole", "withheld"): ("homes",),
        ("birth_date", "whole", "year"): ("homes", "tax"),
        ("nino", "withheld", "whole"): ("homes",),
    }
    assert difference(now, BEFORE).reopened[1] == Reopened(
        fields=("birth_date",), before="year", now="whole", sources=("homes", "tax")
    )


def test_each_other_setting_once() -> None:
    users = Users(organisation="eldershire", roles=frozenset({"auditor"}))
    now = replace(
        BEFORE,
        ends=date(2028, 1, 1),
        users=(*BEFORE.users, users),
        about=About(age_from=0, areas=frozenset({"E1"}), staff=True),
    )
    found = {one.setting: one for one in difference(BEFORE, now).reworded}
    assert found["ends"] == Reworded(setting="ends", removed=("2027-01-01",), added=("2028-01-01",))
    assert found["users"].added == ({"organisation": "eldershire", "roles": ["auditor"]},)
    assert (found["about.ages.from"].removed, found["about.ages.from"].added) == ((18,), (0,))
    assert (found["about.areas"].added, found["about.staff"].added) == (("E1",), (True,))
    assert set(found) == {"ends", "users", "about.ages.from", "about.areas", "about.staff"}
