"""Agreements in and out: what is read is what was written, and every problem of a file is told with its line."""

from __future__ import annotations

import json
from datetime import timedelta
from random import Random

import pytest

from sharing_worlds import ORGANISATIONS, SOURCES, world
from vestry.sharing.agreements.agreement import Agreement
from vestry.sharing.agreements.errors import AgreementInvalid
from vestry.sharing.agreements.examples import outcomes
from vestry.sharing.agreements.odrl import odrl
from vestry.sharing.agreements.reading import Known, check_agreement, read_agreement
from vestry.sharing.agreements.writing import agreement_yaml, digest
from vestry.sharing.categories import FIELDS
from vestry.sharing.subjects import SourceFacts

KNOWN = Known(
    organisations=frozenset(ORGANISATIONS),
    sources=SOURCES,
    areas=frozenset({"north", "south", "east", "west"}),
)
GOOD = """\
agreement: tax-recovery
version: 1
title: Council tax recovery
purpose: council-tax
parties:
- {organisation: district}
- {organisation: county, acts_as: joint-controller}
shares:
- fields: [name, birth, postcode]
  from: [schools]
  precision: {birth: age, address: ward}
about:
  areas: [north]
  ages: {from: 18, to: 64, unknown: false}
users:
- {organisation: district, roles: [revenues-officer], training: basics}
how: [look-up, list]
retention_days: 365
starts: 2026-04-01
ends: 2027-03-31
review: 2027-01-31
signatories: [district, county]
examples:
- {says: an age, organisation: district, role: revenues-officer, how: look-up, field: birth_date, from: schools,
   about: {area: north, age: 18}, expect: age}
- {says: too old, organisation: district, role: revenues-officer, how: look-up, field: birth_date, from: schools,
   about: {area: north, age: 65}, expect: withheld}
- {says: no social worker, organisation: district, role: social-worker, how: look-up, field: birth_date, from: schools,
   about: {area: north}, expect: withheld}
- {says: an old course, organisation: district, role: revenues-officer, trained: false, how: list, field: birth_date,
   from: schools, about: {area: north}, expect: withheld}
"""


def read(text: str = GOOD) -> Agreement:
    return read_agreement(text.encode(), "agreements/tax-recovery.yaml", KNOWN)


def problems(text: str) -> list[tuple[str, str, str]]:
    """(what, where, fix) of every problem."""
    agreement, found = check_agreement(text.encode(), "a.yaml", KNOWN)
    assert agreement is None
    return [(p.what, p.where, p.fix) for p in found]


def test_what_is_written_reads_as_the_same() -> None:
    agreement = read()
    again = read(agreement_yaml(agreement))
    assert again == agreement
    assert digest(again) == digest(agreement)
    assert agreement.basis.gateway == "Local Government Finance Act 1992, schedule 2"
    assert agreement.shares[0].fields == {
        "title", "family_name", "given_names", "known_as", "previous_family_name", "birth_date", "postcode",
    }  # fmt: skip


def test_every_made_up_agreement_survives_being_written_and_read() -> None:
    for filed in world(Random(7)):
        made = filed.agreement
        text = agreement_yaml(made)
        agreement, found = check_agreement(text.encode(), "a.yaml", KNOWN)
        if agreement is not None:
            assert agreement == made
        else:
            # Drawn at random they have no examples, and may be unsound; malformed they are not.
            unsound = (
                "example",
                "Article 9",
                "party",
                "review",
                "ends",
                "controller",
                "gate",
                "kept apart",
                "cannot be shown",
                "nobody is named",
            )
            assert [p.what for p in found if not any(word in p.what for word in unsound)] == [], (
                made.agreement_id
            )


@pytest.mark.parametrize(
    ("old", "new", "what", "fix"),
    [
        ("birth, postcode", "birth, postcod", "`postcod` is not a field or category.", "did you mean postcode?"),
        ("from: [schools]\n", "from: [skools]\n", "`skools` is not a source of this place.", "did you mean schools?"),
        ("purpose: council-tax", "purpose: counciltax", "`counciltax` is not a purpose.", "did you mean council-tax?"),
        ("birth: age, address: ward", "birth: ward", "`ward` is not a precision of birth.", "use one of: age, age-band, month, year"),  # noqa: E501
        ("birth: age, address: ward", "name: age", "`name` cannot be shown less precisely.", ""),
        ("areas: [north]", "areas: [nroth]", "`nroth` is not an area of this place.", "did you mean north?"),
        ("areas: [north]", "areas: []", "No area of this place is named.", "or leave it out"),
        ("ends: 2027-03-31", "ends: 31 March", "`ends` is not a day.", "write it as 2026-04-01"),
        ("ends: 2027-03-31", "ends: 2026-03-31", "It ends before it starts.", "give a later day"),
        ("review: 2027-01-31", "review: 2028-01-31", "Its review is not while it runs.", ""),
        ("retention_days: 365", "retention_days: 0", "`retention_days` is not a number from 1 to 36525.", ""),
        ("version: 1\n", "", "`version` is missing.", ""),
        ("how: [look-up, list]", "how: []", "No way of use is named.", ""),
        ("signatories: [district, county]", "signatories: [district]", "county is a controller and does not sign.", ""),
        ("from: [schools]\n", "from: [schools, custody]\n", "`custody` is police's, which is no party.", ""),
        ("from: [schools]\n", "from: [adult-care]\n", "It shares special-category data, and no condition of Article 9 is named.", ""),  # noqa: E501
        ("roles: [revenues-officer]", "roles: [revenue-officer]", "`revenue-officer` is not a role.", "did you mean revenues-officer?"),  # noqa: E501
        ("expect: age", "expect: ward", "`ward` is no precision of `birth_date`.", ""),
        ("title:", "tittle:", "`tittle` is not a setting of `agreement`.", "did you mean title?"),
    ],
)  # fmt: skip
def test_a_problem_is_named_with_the_nearest_that_is_known(old: str, new: str, what: str, fix: str) -> None:
    assert old in GOOD
    found = problems(GOOD.replace(old, new, 1))
    assert what in [said for said, _, _ in found]
    assert fix in next(mend for said, _, mend in found if said == what)


def test_every_problem_is_told_at_once_with_its_line() -> None:
    text = (
        GOOD.replace("council-tax", "gossip", 1)
        .replace("[schools]", "[skools]", 1)
        .replace("2027-03-31", "never", 1)
    )
    found = problems(text)
    assert [(what, where.split("(")[0].strip()) for what, where, _ in found] == [
        ("`gossip` is not a purpose.", "a.yaml, line 4"),
        ("`skools` is not a source of this place.", "a.yaml, line 10"),
        ("`ends` is not a day.", "a.yaml, line 20"),
    ]
    with pytest.raises(AgreementInvalid, match="3 problems in this agreement"):
        read(text)


def test_law_enforcement_is_kept_apart() -> None:
    text = GOOD.replace(
        "- {organisation: district}",
        "- {organisation: district}\n- {organisation: police, acts_as: processor}",
        1,
    )
    text = text.replace("from: [schools]\n", "from: [custody]\n", 1)
    assert any("kept apart" in what for what, _, _ in problems(text))
    basis = 'basis: {article_6: "6(1)(e)", gateway: "an Act", part_3: "section 36(4)"}\n'
    agreement, found = check_agreement((basis + text).encode(), "a.yaml", KNOWN)
    assert agreement is not None and not found


def test_one_sided_examples_are_refused() -> None:
    one = GOOD[: GOOD.index("- {says: too old")]
    assert any("both sides" in what for what, _, _ in problems(one))


@pytest.mark.parametrize("text", ["", "[]", "- a", "agreement: &a x\nversion: *a", "{", "a: 1\na: 2", "\x00"])
def test_what_is_no_agreement_is_refused_in_words(text: str) -> None:
    assert problems(text)


def test_the_examples_are_run() -> None:
    assert [(o.example.says, o.got, o.as_expected) for o in outcomes(read(), SOURCES)] == [
        ("an age", "age", True),
        ("too old", "withheld", True),
        ("no social worker", "withheld", True),
        ("an old course", "withheld", True),
    ]
    wrong = read(GOOD.replace("age: 65", "age: 64"))
    assert [o.as_expected for o in outcomes(wrong, SOURCES)] == [True, False, True, True]


def test_a_signature_is_of_every_word() -> None:
    agreement = read()
    seen = {digest(agreement)}
    for old, new in (
        ("365", "366"),
        ("title: Council", "title: A council"),
        ("to: 64", "to: 65"),
        ("[look-up, list]", "[list]"),
    ):
        seen.add(digest(read(GOOD.replace(old, new))))
    assert len(seen) == 5


def test_odrl_says_who_may_what_until_when() -> None:
    said = json.loads(json.dumps(odrl(read())))
    assert said["@type"] == "Agreement" and said["uid"] == "urn:vestry:agreement:tax-recovery:1"
    (permission,) = said["permission"]
    assert permission["assignee"] == "urn:vestry:organisation:district"
    assert "urn:vestry:source:schools:birth_date" in permission["target"]
    limits = {(c["leftOperand"], c["operator"]): c["rightOperand"] for c in permission["constraint"]}
    assert limits["dateTime", "lteq"] == "2027-03-31"
    assert limits["vestry:age", "gteq"] == 18 and limits["purpose", "eq"] == "council-tax"
    assert said["obligation"][0]["constraint"][0]["rightOperand"] == "P365D"


def test_every_field_of_the_model_is_of_a_category() -> None:
    from vestry.model import kinds
    from vestry.twin.tables import entity_columns

    for kind in kinds.RECORD_KINDS:
        unknown = {c for c in entity_columns(kind) if c not in FIELDS and not c.endswith("_accuracy")}
        assert unknown == set(), kind


def test_an_empty_list_of_areas_is_not_everywhere() -> None:
    text = GOOD.replace("areas: [north]", "areas: []")
    unknown = Known(organisations=KNOWN.organisations, sources=SOURCES)
    agreement, found = check_agreement(text.encode(), "a.yaml", unknown)
    assert agreement is None and "No area of this place is named." in [p.what for p in found]


def test_ages_at_the_edge_of_an_example() -> None:
    # An example's person is as old as it says on the first day, whatever day that is.
    for days in range(0, 400, 13):
        agreement = read()
        from dataclasses import replace

        moved = replace(agreement, starts=agreement.starts - timedelta(days=days))
        assert all(
            o.as_expected for o in outcomes(moved, {**SOURCES, "x": SourceFacts(name="x", organisation="y")})
        )
