"""A number that was written down for the wrong person joins nothing: whoever looks is told why, and a reviewer decides."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from typing import Any

import pytest

from tiny_people import ASHA, JANE, MARY, OMAR
from tiny_people import TOM as TOM_BORN_EARLIER
from vestry.clock import FixedClock
from vestry.sharing.gateway import Gateway
from vestry.twin.matching import Outcome

TOM = {**TOM_BORN_EARLIER, "BORN": "1980-01-22"}
"""Born in Jane's month: of people born years apart a number decides nothing anyway."""
OF_JANE, OF_ASHA = "9434765919", "9434765870"
JANE_AT_TAX, JANE_AT_GP, TOM_AT_GP = ("tax", "1"), ("gp", "A"), ("gp", "B")
ASHA_AT_TAX, ASHA_WHO_MARRIED = ("tax", "3"), ("gp", "C")
REVIEW = "matching-review"


@pytest.fixture(scope="module")
def place(small: Any, make_tiny: Callable[..., Any], tmp_path_factory: pytest.TempPathFactory) -> Any:
    """Two registers. The surgery has Jane's number in Tom's record, a slip; and Asha's in Asha's, who has another name now."""
    tiny = make_tiny(tmp_path_factory.mktemp("wrong") / "place", tax={}, gp={})
    # By a model that was learnt of many: of ten people none can be.
    shutil.copytree(small.place.models, tiny.place.models)
    tiny.send(
        "tax",
        "2026-01-01",
        {"ID": "1", "NHS": OF_JANE, **JANE},
        {"ID": "2", **TOM},
        {"ID": "3", "NHS": OF_ASHA, **ASHA},
        {"ID": "4", **OMAR},
        {"ID": "5", **MARY},
    )
    tiny.send(
        "gp",
        "2026-01-01",
        {"ID": "A", **JANE},
        {"ID": "B", "NHS": OF_JANE, **TOM},
        {
            "ID": "C",
            "NHS": OF_ASHA,
            **ASHA,
            "FAMILY": "Desai",
            "ADDRESS": "8 Far Away",
            "POSTCODE": "AB9 9ZZ",
        },
    )
    tiny.build()
    return tiny


def test_the_two_stay_two_and_each_is_with_their_own(place: Any) -> None:
    people = place.people()
    assert people[JANE_AT_TAX] != people[TOM_AT_GP]
    assert people[JANE_AT_TAX] == people[JANE_AT_GP]
    assert people[("tax", "2")] == people[TOM_AT_GP]
    assert people[ASHA_AT_TAX] == people[ASHA_WHO_MARRIED], "a number still joins whom nothing speaks against"


def test_it_waits_for_a_reviewer(place: Any, gateway: Gateway, clock: FixedClock) -> None:
    people = place.people()
    waiting = gateway.reviews(clock).queue(purpose=REVIEW).waiting
    (found,) = [w for w in waiting if w.why == "number doubted"]
    assert {found.left_entity, found.right_entity} == {people[JANE_AT_TAX], people[TOM_AT_GP]}


def test_whoever_asks_is_told_why(place: Any, gateway: Gateway) -> None:
    people = place.people()
    told = gateway.explain_pair(people[JANE_AT_TAX], people[TOM_AT_GP], purpose=REVIEW)
    (doubted,) = [rule for rule in told.apart if rule.rule == "number doubted"]
    assert doubted.sentence.startswith(
        "Both hold the same NHS number. But all else that is known of them makes it"
    )
    assert OF_JANE not in str(told)


def test_one_record_with_such_a_number_is_not_taken_for_its_holder(place: Any, gateway: Gateway) -> None:
    people = place.people()
    tom = {
        "family_name": "Jones", "given_names": "Thomas", "birth_date": "1980-01-22", "address_lines": "2 Low Road",
        "postcode": "AB1 2AE", "nhs_number": OF_JANE,
    }  # fmt: skip
    matched = gateway.match(tom, purpose=REVIEW)
    by_entity = {one.entity_id: one for one in matched.found}
    assert by_entity[people[JANE_AT_TAX]].apart == "it holds the same number, and all else speaks against it"
    assert matched.entity_id in (people[TOM_AT_GP], None) and matched.outcome is not Outcome.NONE
    jane = {
        **tom,
        "family_name": "Smith",
        "given_names": "Jane",
        "birth_date": "1980-01-02",
        "address_lines": "1 High Street",
    }
    assert gateway.match(jane, purpose=REVIEW).entity_id == people[JANE_AT_TAX]


def test_a_reviewer_s_word_is_above_the_doubt(place: Any) -> None:
    place.decide("same", JANE_AT_TAX, TOM_AT_GP)
    place.build()
    people = place.people()
    assert people[JANE_AT_TAX] == people[TOM_AT_GP]
