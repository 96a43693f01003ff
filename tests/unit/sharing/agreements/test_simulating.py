"""What would be seen under an agreement, told before anybody signs it."""

from __future__ import annotations

from dataclasses import replace

from sharing_worlds import SOURCES
from vestry.sharing.agreements.agreement import About, Agreement, Share
from vestry.sharing.agreements.reading import Known, read_agreement
from vestry.sharing.agreements.simulating import simulated
from vestry.sharing.agreements.wording import told_of

TEXT = """\
agreement: tax-recovery
version: 1
title: Council tax recovery
purpose: council-tax
parties: [{organisation: district}, {organisation: county}]
shares:
- {fields: [name, birth], from: [schools, tax], precision: {birth: age}}
- {fields: [dealings], from: [schools], index_only: true, desk: the duty desk}
users: [{organisation: district, roles: [revenues-officer, system], training: basics}]
how: [look-up]
retention_days: 365
starts: 2026-04-01
ends: 2027-03-31
review: 2027-01-31
signatories: [district, county]
examples:
- {says: an age, organisation: district, role: system, how: look-up, field: birth_date, from: schools, expect: age}
- {says: no list, organisation: district, role: system, how: list, field: birth_date, from: schools, expect: withheld}
"""


def agreement() -> Agreement:
    known = Known(organisations=frozenset({"district", "county"}), sources=SOURCES)
    return read_agreement(TEXT.encode(), "a.yaml", known)


def test_each_role_sees_what_the_agreement_shares_and_no_more() -> None:
    seen = [
        (s.role, s.category, s.precision, s.sources, s.whole_category)
        for s in simulated(agreement(), SOURCES)
    ]
    shared = (
        ("name", "whole", ("schools", "tax")),
        ("birth", "age", ("schools", "tax")),
        ("dealings", "index-only", ("schools",)),
    )
    assert seen == [
        (role, category, precision, sources, True)
        for role in ("revenues-officer", "system")
        for category, precision, sources in shared
    ]


def test_some_fields_of_a_category_are_named() -> None:
    one = replace(
        agreement(), shares=(Share(fields=frozenset({"family_name"}), sources=frozenset({"schools"})),)
    )
    (seen, _) = simulated(one, SOURCES)
    assert (seen.fields, seen.whole_category) == (("family_name",), False)


def test_whose_records_in_words() -> None:
    assert told_of(About()) == (
        "people of 18 and over, and of no known age; the dead left out; restricted records left out; own staff left out"
    )
    narrow = About(
        areas=frozenset({"N"}),
        age_from=0,
        age_to=4,
        age_unknown=False,
        known_to=frozenset({"a", "b"}),
        staff=True,
    )
    assert told_of(narrow).startswith("people of 0 to 4; in N; whom a or b lists now; the dead left out")
