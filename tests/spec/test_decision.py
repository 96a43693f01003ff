"""Decisions as a table: one agreement, one request that it permits, and what each change to either comes to.

The agreement: the district's revenues officers, trained, look up and list names, the age for a birth date, the ward for an
address, from the county's schools and adult care, of adults in the north; of dealings, that adult care has any, and no more.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest

from vestry.sharing.agreements.agreement import About, Agreement, Party, Share, Users
from vestry.sharing.agreements.lifecycle import Filed
from vestry.sharing.asking import Asker
from vestry.sharing.decision import Decision, decide, reach
from vestry.sharing.grants import OWN, Asking, Emergency, open_grants
from vestry.sharing.precision import name_of
from vestry.sharing.purposes import Basis
from vestry.sharing.subjects import SourceFacts, Subject

NOON = datetime(2026, 6, 15, 12, tzinfo=UTC)
TODAY = NOON.date()
TOMORROW, YESTERDAY = TODAY + timedelta(days=1), TODAY - timedelta(days=1)
SOURCES = {
    s.name: s
    for s in (
        SourceFacts(name="tax", organisation="district"),
        SourceFacts(name="homes", organisation="district"),
        SourceFacts(name="schools", organisation="county"),
        SourceFacts(name="libraries", organisation="county"),
        SourceFacts(name="adult-care", organisation="county", patient=True),
        SourceFacts(name="custody", organisation="police", law_enforcement=True),
    )
}
AGREEMENT = Agreement(
    agreement_id="tax-recovery",
    version=2,
    title="Council tax recovery",
    parties=(Party(organisation="district"), Party(organisation="county")),
    purpose="council-tax",
    basis=Basis(article_6="6(1)(e) public task"),
    shares=(
        Share(
            fields=frozenset({"family_name", "birth_date", "postcode", "phone"}),
            sources=frozenset({"schools", "adult-care", "custody"}),
            precision={"birth": "age", "address": "ward"},
        ),
        Share(
            fields=frozenset({"dealing.status"}),
            sources=frozenset({"adult-care"}),
            index_only=True,
            desk="the duty desk",
        ),
    ),
    about=About(areas=frozenset({"north"})),
    users=(Users(organisation="district", roles=frozenset({"revenues-officer"}), training="basics"),),
    how=frozenset({"look-up", "list"}),
    retention_days=365,
    starts=date(2026, 4, 1),
    ends=date(2027, 3, 31),
    review=date(2027, 1, 31),
    signatories=("district", "county"),
)
FILED = Filed(agreement=AGREEMENT, digest="d2", proposed=True, signatures={"district": "d2", "county": "d2"})
ASKER = Asker(
    user="u1",
    organisation="district",
    roles=frozenset({"revenues-officer"}),
    training={"basics": TODAY},
    entity_ids=frozenset({"P-9"}),
)
ASKING = Asking(asker=ASKER, purpose="council-tax", how="look-up", at=NOON)
SUBJECT = Subject(
    entity_id="P-1", areas=frozenset({"north"}), born=(date(1980, 6, 15),) * 2, known_to=frozenset({"tax"})
)


def decision(
    *,
    field: str = "family_name",
    source: str = "schools",
    filed: tuple[Filed, ...] = (FILED,),
    **changed: Any,
) -> Decision:
    """What is decided once whatever is `changed` is so: names of attributes of the request, the asker and the subject."""
    asker = replace(ASKER, **{k: v for k, v in changed.items() if hasattr(ASKER, k)})
    asking = replace(
        ASKING,
        **{
            "asker": asker,
            **{k: v for k, v in changed.items() if k in ("purpose", "how", "at", "emergency")},
        },
    )
    subject = replace(SUBJECT, **{k: v for k, v in changed.items() if hasattr(SUBJECT, k)})
    return decide(open_grants(asking, filed, SOURCES), subject, field, SOURCES[source])


def told(made: Decision, field: str = "family_name") -> str:
    """The precision, or the code of the reason."""
    return made.reason.code if made.reason else name_of(field, made.level)


def a_year(age: int, days: int = 0) -> tuple[date, date]:
    """The birth date of who is `age` today, or will be in so many `days`."""
    born = TODAY.replace(year=TODAY.year - age) + timedelta(days=days)
    return born, born


@pytest.mark.parametrize(
    ("changed", "expected"),
    [
        ({}, "whole"),
        ({"field": "birth_date"}, "age"),
        ({"field": "postcode"}, "ward"),
        ({"field": "dealing.status", "source": "adult-care"}, "index-only"),
        ({"field": "dealing.status"}, "source"),
        ({"field": "nino"}, "field"),
        ({"source": "libraries"}, "source"),
        ({"source": "custody"}, "law-enforcement"),
        ({"purpose": ""}, "purpose-missing"),
        ({"purpose": "gossip"}, "purpose-unknown"),
        ({"purpose": "benefits"}, "no-agreement"),
        ({"how": "list"}, "whole"),
        ({"how": "extract"}, "how"),
        ({"organisation": "county", "source": "tax"}, "not-a-user"),
        ({"organisation": "police"}, "not-a-user"),
        ({"roles": frozenset({"social-worker"})}, "role"),
        ({"roles": frozenset({"social-worker", "revenues-officer"})}, "whole"),
        ({"training": {}}, "training"),
        ({"training": {"basics": YESTERDAY}}, "training"),
        ({"training": {"other": TOMORROW}}, "training"),
        ({"areas": frozenset({"south"})}, "area"),
        ({"areas": frozenset()}, "area"),
        ({"areas": frozenset({"south", "north"})}, "whole"),
        ({"born": None}, "whole"),
        ({"born": a_year(18)}, "whole"),
        ({"born": a_year(18, days=1)}, "age"),
        ({"born": (a_year(18)[0], a_year(18, days=1)[0])}, "age"),
        ({"deceased": True}, "deceased"),
        ({"staff_of": frozenset({"district"})}, "staff"),
        ({"staff_of": frozenset({"county"})}, "whole"),
        ({"objects_to": frozenset({"council-tax"})}, "objection"),
        ({"objects_to": frozenset({"benefits"})}, "whole"),
        ({"opted_out": True}, "whole"),
        ({"opted_out": True, "source": "adult-care"}, "opt-out"),
        ({"restricted": True}, "restricted"),
        ({"protected_address": True}, "whole"),
        ({"protected_address": True, "field": "postcode"}, "protected-address"),
        ({"protected_address": True, "field": "phone"}, "protected-address"),
        ({"entity_id": "P-9"}, "own-record"),
        ({"sealed": True}, "sealed"),
        ({"sealed": True, "entity_id": "P-9"}, "sealed"),
    ],
)
def test_one_change(changed: dict[str, Any], expected: str) -> None:
    field = changed.get("field", "family_name")
    if expected == "age" and field != "birth_date":
        assert told(decision(**changed)) == "age", "the reason, not the precision"
        assert not decision(**changed).permitted
    assert told(decision(**changed), field) == expected


@pytest.mark.parametrize(
    ("filed", "expected"),
    [
        (replace(FILED, proposed=False), "not-proposed"),
        (replace(FILED, signatures={"district": "d2"}), "not-signed"),
        (replace(FILED, signatures={"district": "d2", "county": "d1"}), "not-signed"),
        (replace(FILED, suspended=True), "suspended"),
        (replace(FILED, ended_on=TODAY), "ended"),
        (replace(FILED, ended_on=TOMORROW), "whole"),
        (replace(FILED, agreement=replace(AGREEMENT, starts=TOMORROW)), "not-begun"),
        (replace(FILED, agreement=replace(AGREEMENT, starts=TODAY)), "whole"),
        (replace(FILED, agreement=replace(AGREEMENT, ends=YESTERDAY)), "ended"),
        (replace(FILED, agreement=replace(AGREEMENT, ends=TODAY)), "whole"),
        (replace(FILED, agreement=replace(AGREEMENT, signatories=())), "not-signed"),
        (replace(FILED, agreement=replace(AGREEMENT, parties=AGREEMENT.parties[1:])), "not-a-user"),
        (replace(FILED, agreement=replace(AGREEMENT, about=About(age_unknown=False))), "whole"),
    ],
)
def test_where_the_agreement_stands(filed: Filed, expected: str) -> None:
    assert told(decision(filed=(filed,))) == expected


def test_the_last_day_ends_at_midnight_in_london() -> None:
    last = (replace(FILED, agreement=replace(AGREEMENT, ends=TODAY)),)
    trained = {"training": {"basics": TOMORROW}, "filed": last}
    # In June London is an hour ahead: its midnight is at 23:00.
    assert told(decision(at=datetime(2026, 6, 15, 22, 59, 59, tzinfo=UTC), **trained)) == "whole"
    assert told(decision(at=datetime(2026, 6, 15, 23, 0, tzinfo=UTC), **trained)) == "ended"


def test_agreements_that_overlap_give_the_finest_and_name_whose_it_is() -> None:
    wider = replace(
        AGREEMENT,
        agreement_id="tax-billing",
        shares=(replace(AGREEMENT.shares[0], precision={"birth": "year"}),),
        about=About(age_from=65),
    )
    both = (FILED, replace(FILED, agreement=wider))
    old = {"born": a_year(70), "field": "birth_date", "filed": both}
    assert decision(**old).agreements == ("tax-billing@2",)
    assert name_of("birth_date", decision(**old).level) == "year"
    young = decision(born=a_year(30), field="birth_date", filed=both)
    assert (young.agreements, name_of("birth_date", young.level)) == (("tax-recovery@2",), "age")
    assert decision(born=a_year(70), filed=both).agreements == ("tax-billing@2", "tax-recovery@2")


def test_a_version_that_is_signed_and_has_begun_takes_the_place_of_those_before_it() -> None:
    narrower = replace(AGREEMENT, version=3, shares=AGREEMENT.shares[1:])
    later = replace(FILED, agreement=narrower)
    assert told(decision(filed=(FILED, later))) == "field"
    assert told(decision(filed=(later, FILED))) == "field"
    begins = replace(later, agreement=replace(narrower, starts=TODAY))
    assert told(decision(filed=(FILED, begins))) == "field", "on its first day"
    assert told(decision(filed=(FILED, replace(later, suspended=True)))) == "suspended"
    assert told(decision(filed=(FILED, replace(later, ended_on=TODAY)))) == "ended"
    for not_yet in (
        replace(later, signatures={"district": "d2"}),
        replace(later, proposed=False),
        replace(later, agreement=replace(narrower, starts=TOMORROW)),
    ):
        assert told(decision(filed=(FILED, not_yet))) == "whole"


@pytest.mark.parametrize(
    ("changed", "expected"),
    [
        ({}, "whole"),
        ({"purpose": "benefits"}, "whole"),
        ({"purpose": "gossip"}, "purpose-unknown"),
        ({"how": "notice"}, "how"),
        ({"how": "extract"}, "whole"),
        ({"roles": frozenset()}, "role"),
        ({"areas": frozenset(), "born": a_year(10), "deceased": True}, "whole"),
        ({"objects_to": frozenset({"council-tax"})}, "objection"),
        ({"restricted": True}, "step-up"),
        ({"restricted": True, "strong_at": NOON - timedelta(minutes=15)}, "whole"),
        ({"restricted": True, "strong_at": NOON - timedelta(minutes=15, seconds=1)}, "step-up"),
        ({"restricted": True, "strong_at": NOON + timedelta(seconds=1)}, "step-up"),
        ({"entity_id": "P-9"}, "own-record"),
        ({"sealed": True}, "sealed"),
    ],
)
def test_what_an_organisation_sent_is_shown_to_it(changed: dict[str, Any], expected: str) -> None:
    made = decision(source="tax", **changed)
    assert told(made) == expected
    assert made.agreements == ((OWN,) if made.permitted else ())


@pytest.mark.parametrize(
    ("changed", "expected"),
    [
        ({}, "emergency-not-told"),
        ({"emergency": Emergency(reason_typed=False, told="u2")}, "emergency-not-told"),
        ({"emergency": Emergency(reason_typed=True, told="")}, "emergency-not-told"),
        ({"emergency": Emergency(reason_typed=True, told="u1")}, "emergency-not-told"),
        ({"emergency": Emergency(reason_typed=True, told="u2")}, "whole"),
    ],
)
def test_an_emergency(changed: dict[str, Any], expected: str) -> None:
    filed = (replace(FILED, agreement=replace(AGREEMENT, purpose="emergency")),)
    made = decision(
        purpose="emergency",
        filed=filed,
        restricted=True,
        staff_of=frozenset({"district"}),
        strong_at=NOON,
        **changed,
    )
    assert told(made) == expected
    assert made.duties == (("tell-second-person", "review-within-three-days") if made.permitted else ())


def test_no_other_purpose_has_duties() -> None:
    assert decision().duties == ()


def test_consent_is_asked_of_each_where_the_agreement_rests_on_it() -> None:
    for basis in (Basis(article_6="6(1)(a) consent"), Basis(article_9="9(2)(a) explicit consent")):
        filed = (replace(FILED, agreement=replace(AGREEMENT, basis=basis)),)
        assert told(decision(filed=filed)) == "consent"
        assert told(decision(filed=filed, consents_to=frozenset({"tax-recovery"}))) == "whole"
        assert told(decision(filed=filed, consents_to=frozenset({"another"}))) == "consent"


def test_an_agreement_may_be_about_those_who_need_protection_most() -> None:
    filed = (replace(FILED, agreement=replace(AGREEMENT, about=About(restricted=True))),)
    for kept in ("restricted", "protected_address"):
        guarded: dict[str, Any] = {"filed": filed, "field": "phone", kept: True}
        assert told(decision(**guarded)) == "step-up"
        assert told(decision(**guarded, strong_at=NOON)) == "whole"


def test_a_cohort_is_who_a_service_lists() -> None:
    filed = (replace(FILED, agreement=replace(AGREEMENT, about=About(known_to=frozenset({"homes"})))),)
    assert told(decision(filed=filed)) == "cohort"
    assert told(decision(filed=filed, known_to=frozenset({"homes", "tax"}))) == "whole"


def test_ages_that_are_not_known_are_left_out_where_the_agreement_says_so() -> None:
    filed = (replace(FILED, agreement=replace(AGREEMENT, about=About(age_to=64, age_unknown=False))),)
    assert told(decision(filed=filed, born=None)) == "age"
    assert told(decision(filed=filed, born=a_year(65, days=1))) == "whole"
    assert told(decision(filed=filed, born=a_year(65))) == "age"


def test_records_of_law_enforcement_are_for_its_purpose_or_by_leave_of_its_law() -> None:
    leave = replace(AGREEMENT, basis=replace(AGREEMENT.basis, part_3="section 36(4)"))
    assert told(decision(source="custody", filed=(replace(FILED, agreement=leave),))) == "whole"
    of_law = replace(AGREEMENT, purpose="law-enforcement")
    assert (
        told(decision(source="custody", purpose="law-enforcement", filed=(replace(FILED, agreement=of_law),)))
        == "whole"
    )
    # The police's own records, for another purpose: no agreement, no leave.
    own = decision(source="custody", organisation="police", purpose="council-tax")
    assert told(own) == "law-enforcement"


def test_what_may_not_be_told_is_marked() -> None:
    for kept in ("sealed", "restricted", "protected_address"):
        refused = decision(field="postcode", **{kept: True}).reason
        assert refused is not None and not refused.tellable
    refused = decision(deceased=True).reason
    assert refused is not None and refused.tellable


def test_decisions_that_are_remembered_are_of_people_who_are_alike_to_them() -> None:
    """One look decides once for all of whom `Reach.alike` is the same, so whatever decides must be in it."""
    opened = open_grants(ASKING, (FILED,), SOURCES)
    apart: list[dict[str, Any]] = [
        {}, {"opted_out": True}, {"protected_address": True}, {"sealed": True}, {"restricted": True},
        {"areas": frozenset({"south"})}, {"deceased": True}, {"staff_of": frozenset({"district"})},
    ]  # fmt: skip
    alike = [reach(opened, replace(SUBJECT, **said)).alike for said in apart]
    assert len(set(alike)) == len(apart)
    assert alike[0] == reach(opened, replace(SUBJECT, entity_id="P-2")).alike


def test_whoever_is_found_to_be_family_may_not_be_looked_at() -> None:
    opened = open_grants(ASKING, (FILED,), SOURCES)
    assert decide(opened, SUBJECT, "family_name", SOURCES["schools"]).permitted
    made = decide(opened.kept_from(["P-1"]), SUBJECT, "family_name", SOURCES["schools"])
    assert told(made) == "own-record"
    other = decide(opened.kept_from(["P-2"]), SUBJECT, "family_name", SOURCES["schools"])
    assert other.permitted, "nobody but the family is kept from them"
