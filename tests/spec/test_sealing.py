"""Whom a list of sealed identities takes out, whom it leaves, and what goes with them.

The key of each row below says what it is an example of.
"""

from __future__ import annotations

from typing import Any

import pytest

from vestry.errors import SealedListIncomplete

ANNA = """
    as_at      | key | nhs        | nino      | family   | given      | born       | address     | postcode
    2026-01-01 | s1  | 9434765919 | ZX123456C | Kowalska | Anna Maria | 1984-03-05 | 7 Mill Lane | AB1 2AD
"""
TAKEN_OUT = """
    key                                           | nhs        | family       | given  | born       | address     | postcode
    the number, whatever else                     | 9434765919 | Nowak        | Ewa    | 1990-10-10 | -           | -
    the number alone                              | 9434765919 | -            | -      | -          | -           | -
    name and birth date                           | -          | Kowalska     | Anna   | 1984-03-05 | -           | -
    name and birth date, another number           | 9434765870 | Kowalska     | Anna   | 1984-03-05 | 1 High Street | AB1 2AE
    names in each other's place                   | -          | Anna         | Kowalska | 1984-03-05 | -         | -
    an initial                                    | -          | Kowalska     | A      | 1984-03-05 | -           | -
    the second name alone and the first after it  | -          | Kowalska     | Maria Anna | 1984-03-05 | -       | -
    a pet name                                    | -          | Kowalska     | Andzia | 1984-03-05 | -           | -
    another name with that letter                 | -          | Kowalska     | Aisling | 1984-03-05 | -          | -
    the same, no birth date, at home              | -          | Kowalska     | Aisling | -          | -          | AB1 2AD
    the name at home, the year ten years out      | -          | Kowalska     | Anna   | 1994-10-10 | -           | AB1 2AD
    a slip in the family name                     | -          | Kowalksa     | Anna   | 1984-03-05 | -           | -
    a slip in the given name                      | -          | Kowalska     | Ana    | 1984-03-05 | -           | -
    a slip in each                                | -          | Kowalska     | Ana    | 1984-03-05 | -           | -
    a name that sounds the same                   | -          | Covalska     | Anna   | 1984-03-05 | -           | -
    a double-barrelled name with it               | -          | Kowalska-Reed | Anna  | 1984-03-05 | -           | -
    day and month the other way, at home          | -          | Kowalska     | Anna   | 1984-05-03 | 7 Mill Lane | AB1 2AD
    a slip in the birth date, at home             | -          | Kowalska     | Anna   | 1984-03-06 | -           | AB1 2AD
    another day of that year, at home             | -          | Kowalska     | Ana    | 1984-11-27 | -           | AB1 2AD
    no birth date, at home                        | -          | Kowalska     | A      | -          | 7 Mill Lane | AB1 2AD
    the very name at home, born some years before | -          | Kowalska     | Anna Maria | 1979-12-31 | -       | AB1 2AD
"""
LEFT = """
    key                                       | nhs        | family   | given      | born       | address       | postcode
    who she is now                            | 9434765870 | Reed     | Susan      | 1984-03-05 | 1 High Street | AB1 2AE
    she whose gender was recognised at home   | 9434765870 | Kowalska | Tomasz     | 1984-03-05 | 7 Mill Lane   | AB1 2AD
    her twin                                  | -          | Kowalska | Tomasz     | 1984-03-05 | 7 Mill Lane   | AB1 2AD
    somebody else of that name                | -          | Kowalska | Anna Maria | 1991-07-14 | 1 High Street | AB1 2AE
    somebody else of that name and year       | -          | Kowalska | Anna       | 1984-11-27 | 1 High Street | AB1 2AE
    her mother, of the same name, at home     | -          | Kowalska | Anna Maria | 1957-11-26 | 7 Mill Lane   | AB1 2AD
    her daughter, of the same name, elsewhere | -          | Kowalska | Anna Maria | 2009-11-26 | 1 High Street | AB1 2AE
    her husband at home                       | -          | Kowalski | Piotr      | 1982-12-17 | 7 Mill Lane   | AB1 2AD
    whoever moved in after her                | -          | Smith    | Jane       | 1984-03-06 | 7 Mill Lane   | AB1 2AD
    a family name and no more                 | -          | Kowalska | -          | -          | -             | -
    a birth date and no more                  | -          | -        | -          | 1984-03-05 | -             | -
"""


def keys_of(drawn: str) -> list[str]:
    return sorted(line.split("|")[0].strip() for line in drawn.strip().splitlines()[1:])


def test_these_tell_of_the_sealed_identity(sealing: Any, listed: Any, held: Any) -> None:
    assert sealing(listed(ANNA), held(TAKEN_OUT)).keys() == []


def test_these_do_not(sealing: Any, listed: Any, held: Any) -> None:
    assert sealing(listed(ANNA), held(LEFT)).keys() == keys_of(LEFT)


def test_a_pupil_number_is_enough(sealing: Any, listed: Any, held: Any) -> None:
    sealed = "as_at | key | upn | family\n2026-01-01 | s1 | R999010003001 | Reed"
    pupils = "key | upn | family\na | R999010003001 | Smith\nb | N999010006002 | Smith"
    assert sealing(listed(sealed), held(pupils)).keys() == ["b"]


def test_a_national_insurance_number_is_not_enough_for_it_never_changes(
    sealing: Any, listed: Any, held: Any
) -> None:
    workers = """
        key         | nino      | family   | given  | born
        as she was  | ZX123456  | Kowalska | Anna   | 1984-11-27
        her slip    | ZX123456A | Kowalzka | Anna   | 1984-11-27
        as she is   | ZX123456C | Reed     | Susan  | 1984-03-05
    """
    assert sealing(listed(ANNA), held(workers)).keys() == ["as she is"]


def test_another_number_is_enough_with_the_name_for_somebody_may_keep_it(
    sealing: Any, listed: Any, held: Any
) -> None:
    sealed = "as_at | key | uln | family | given\n2026-01-01 | s1 | 4310589627 | Nowak | Lena"
    learners = """
        key         | uln        | family | given
        as she was  | 4310589627 | Novack | Lenka
        as she is   | 4310589627 | Reed   | Susan
        of no name  | 4310589628 | Nowak  | Lena
    """
    assert sealing(listed(sealed), held(learners)).keys() == ["as she is", "of no name"]
    candidates = "key | uci | family | given\ncalled otherwise | 4310589627 | Novack | Lenka"
    assert sealing(listed(sealed), held(candidates)).keys() == [], "whatever another contract calls its kind"


def test_the_name_of_before_goes_where_the_number_was_kept(sealing: Any, listed: Any, held: Any) -> None:
    sealed = "as_at | key | uln | family | given\n2026-01-01 | s1 | 4310589627 | Nowak | Lena"
    now = "key | uln | family | before | given\na | 4310589627 | Reed | Nowak | Susan\nb | 4310589628 | Reed | Nowak | Susan"
    assert sealing(listed(sealed), held(now)).people("source_key", "previous_family_name") == [
        ("a", "-"), ("b", "NOWAK"),
    ]  # fmt: skip


def test_the_list_may_name_a_record_that_has_no_name(sealing: Any, listed: Any, held: Any) -> None:
    sealed = (
        "as_at | key | family | in | as\n2026-01-01 | s1 | Reed | tax | 77\n2026-01-01 | s2 | Reed | gp | 88"
    )
    assert sealing(listed(sealed), held("key | born\n77 | 2019-01-01\n88 | 2019-01-01")).keys() == ["88"]


def test_all_that_was_ever_held_under_the_key_goes(sealing: Any, listed: Any, held: Any) -> None:
    """The source wrote the new name over the old one: which of it tells of whom, nobody can say."""
    people = """
        as_at      | key | family   | given | born
        2026-01-01 | 1   | Kowalska | Anna  | 1984-03-05
        2026-02-01 | 1   | Reed     | Susan | 1984-03-05
        2026-02-01 | 2   | Reed     | Susan | 1984-03-05
    """
    assert sealing(listed(ANNA), held(people)).people("source_key", "family_name") == [("2", "REED")]


COUPLE = """
    key | family   | given | born       | partner_family | partner_given | partner_born | address     | postcode
    1   | Kowalska | Anna  | 1984-03-05 | Kowalski       | Piotr         | 1982-12-17   | 7 Mill Lane | AB1 2AD
    2   | Kowalska | Anna  | 1984-03-05 | -              | -             | -            | 7 Mill Lane | AB1 2AD
    3   | Smith    | Jane  | 1975-03-05 | -              | -             | -            | 7 Mill Lane | AB1 2AD
"""


def test_a_row_that_tells_of_somebody_else_too_stays_without_the_sealed(
    sealing: Any, listed: Any, held: Any
) -> None:
    found = sealing(listed(ANNA), held(COUPLE))
    assert found.people("source_key", "part") == [("1", "partner"), ("3", "who")]


def test_a_row_goes_whole_where_it_tells_of_nobody_else_and_the_ledger_counts_it(
    sealing: Any, listed: Any, held: Any
) -> None:
    found = sealing(listed(ANNA), held(COUPLE))
    assert found.rows(found.left.records, "source_key", "part") == [
        ("1", "home"), ("1", "partner"), ("3", "home"), ("3", "who"),
    ]  # fmt: skip
    people = next(r for r in found.left.received if r.table.name == "people")
    assert found.rows(people.rows, "source_key") == [("1",), ("3",)]
    assert found.rows(found.left.ledger, "table_name", "loaded", "sealed") == [
        ("list", "1", "0"), ("people", "3", "1"),
    ]  # fmt: skip


def test_who_is_dropped_from_the_list_stays_sealed(sealing: Any, listed: Any, held: Any) -> None:
    later = ANNA + "    2026-02-01 | s2 | - | - | Reed | Lee | 1990-01-01 | - | -\n"
    people = "key | family | given | born\n1 | Kowalska | Anna | 1984-03-05\n2 | Reed | Lee | 1990-01-01"
    assert sealing(listed(later), held(people)).keys() == []


STILL_SAID = """
    key                            | nino      | family | given  | born       | before   | called | email
    a family name of before        | -         | Reed   | Susan  | 1984-03-05 | Kowalska | Sue    | s.reed@example.org
    the same, written otherwise    | -         | Reed   | Susan  | 1984-03-05 | Kowalski | -      | -
    a name that she was called     | -         | Reed   | Susan  | 1984-03-05 | -        | Anna   | -
    both, by the insurance number  | ZX123456C | Reed   | Susan  | -          | Kowalska | Anna   | -
    an address for letters         | -         | Reed   | Susan  | 1984-03-05 | -        | -      | anna.kowalska@example.org
"""


def test_the_names_of_before_are_taken_out_of_the_new_identity(sealing: Any, listed: Any, held: Any) -> None:
    found = sealing(listed(ANNA), held(STILL_SAID))
    assert found.people("source_key", "family_name", "previous_family_name", "known_as", "email") == [
        ("a family name of before", "REED", "-", "SUE", "s.reed@example.org"),
        ("a name that she was called", "REED", "-", "-", "-"),
        ("an address for letters", "REED", "-", "-", "-"),
        ("both, by the insurance number", "REED", "-", "-", "-"),
        ("the same, written otherwise", "REED", "-", "-", "-"),
    ]


def test_other_people_keep_their_names_of_before(sealing: Any, listed: Any, held: Any) -> None:
    others = """
        key                          | family   | given | born       | before   | called | email
        born another day             | Reed     | Susan | 1971-03-05 | Kowalska | Anna   | anna@example.org
        born that day, another name  | Reed     | Susan | 1984-03-05 | Nowak    | Sue    | sue@example.org
        whose own name it is         | Kowalska | Ewa   | 1984-03-05 | Kowalska | Ewa    | e.kowalska@example.org
    """
    found = sealing(listed(ANNA), held(others))
    assert found.people("source_key", "previous_family_name", "known_as", "email") == [
        ("born another day", "KOWALSKA", "ANNA", "anna@example.org"),
        ("born that day, another name", "NOWAK", "SUE", "sue@example.org"),
        ("whose own name it is", "KOWALSKA", "EWA", "e.kowalska@example.org"),
    ]


def test_where_no_source_tells_of_the_sealed_everything_stays(sealing: Any, held: Any) -> None:
    found = sealing(held(TAKEN_OUT))
    assert found.keys() == keys_of(TAKEN_OUT)
    assert found.rows(found.left.ledger, "sealed") == [("0",)]


def test_a_list_that_was_not_read_whole_stops_the_build(sealing: Any, listed: Any, held: Any) -> None:
    """Whom a row in quarantine meant would be found. What other sources' rows in quarantine say is nothing to it."""
    with pytest.raises(SealedListIncomplete) as raised:
        sealing(listed(ANNA), held(LEFT), kept_out=["protected/list/2026-01-01"])
    assert [problem.what for problem in raised.value.problems] == [
        "2 of 3 rows are in quarantine, and seal nobody."
    ]
    assert "KOWALSKA" not in raised.value.text().upper()
    assert sealing(listed(ANNA), held(LEFT), kept_out=["tax/people/2026-01-01"]).keys() == keys_of(LEFT)


def test_a_list_that_was_mended_and_received_again_stops_it_no_longer(
    sealing: Any, listed: Any, held: Any
) -> None:
    mended = ANNA + "    2026-02-01 | s2 | - | - | Reed | Lee | 1990-01-01 | - | -\n"
    first, second = ("protected/list/2026-01-01", "protected/list/2026-02-01")
    assert sealing(listed(mended, latest="2026-02-01"), held(LEFT), kept_out=[first]).keys() == keys_of(LEFT)
    with pytest.raises(SealedListIncomplete):
        sealing(listed(mended, latest="2026-02-01"), held(LEFT), kept_out=[second])
    with pytest.raises(SealedListIncomplete):
        sealing(listed(mended, latest="2026-02-01", extract="changes"), held(LEFT), kept_out=[first])
