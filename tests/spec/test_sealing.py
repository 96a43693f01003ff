"""Whom a list of sealed identities takes out, whom it leaves, and what goes with them.

The key of each row below says what it is an example of.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from typing import Any

import ibis
import ibis.expr.types as ir
import pytest

from vestry.contracts.contract import Part
from vestry.engines.engine import Engine
from vestry.errors import SealedListIncomplete
from vestry.intake.loading import Loaded, Received
from vestry.linkage.sealing import Unsealed, seal
from vestry.standardise.records import standardise
from vestry.standardise.remembered import Remembered

EARLIER = Part(name="earlier", kind="sealed")
PERSON = Part(name="who", kind="person", attributes={"lives_at": "home"})
PARTNER = Part(name="partner", kind="person", attributes={"lives_at": "home"}, present_when="partner_given")
HOME = Part(name="home", kind="property")

OF_THE_SEALED = {
    "nhs": "earlier.nhs_number",
    "upn": "earlier.upn",
    "nino": "earlier.nino",
    "family": "earlier.family_name",
    "given": "earlier.given_names",
    "born": "earlier.birth_date",
    "address": "earlier.address_lines[1]",
    "postcode": "earlier.postcode",
    "in": "earlier.held_in",
    "as": "earlier.held_as",
}
OF_PEOPLE = {
    "nhs": "who.nhs_number",
    "upn": "who.upn",
    "nino": "who.nino",
    "family": "who.family_name",
    "given": "who.given_names",
    "before": "who.previous_family_name",
    "called": "who.known_as",
    "email": "who.email",
    "born": "who.birth_date",
    "partner_family": "partner.family_name",
    "partner_given": "partner.given_names",
    "partner_born": "partner.birth_date",
    "address": "home.address_lines[1]",
    "postcode": "home.postcode",
}
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


@dataclass(frozen=True, slots=True, kw_only=True)
class Sealing:
    """What is left of some tables once the sealed are taken out."""

    engine: Engine
    left: Unsealed

    def rows(self, table: ir.Table, *columns: str) -> list[tuple[str, ...]]:
        found = self.engine.fetch(table.select(*columns)).to_pylist()
        return sorted(tuple("-" if r[c] is None else str(r[c]) for c in columns) for r in found)

    def people(self, *columns: str) -> list[tuple[str, ...]]:
        """Those columns of every record of a person that is left."""
        return self.rows(self.left.records.filter(self.left.records.kind == "person"), *columns)

    def keys(self) -> list[str]:
        return [key for (key,) in self.people("source_key")]


@pytest.fixture
def sealing(engine: Engine, tables: Any) -> Any:
    """`sealing(tables...)`: those tables standardised and sealed; of the extracts `kept_out`, two rows each are in
    quarantine."""

    def made(*received: Received, kept_out: Collection[str] = ()) -> Sealing:
        remembered = Remembered(engine, None)
        entries = [
            r.rows.group_by("extract_id")
            .aggregate(loaded=r.rows.count(), as_at=r.rows.as_at.cast("string").max())
            .mutate(
                source=ibis.literal(r.contract.source),
                table_name=ibis.literal(r.table.name),
                received=ibis._.loaded + 2,
                quarantined=ibis._.extract_id.isin(list(kept_out) or ["-"]).ifelse(2, 0),
            )
            for r in received
        ]
        ledger = engine.keep("ledger_drawn", ibis.union(*entries) if len(entries) > 1 else entries[0])
        loaded = Loaded(received=received, ledger=ledger, quarantine=ledger)
        records = standardise(engine, received, remembered).records
        return Sealing(engine=engine, left=seal(engine, records, loaded, remembered))

    return made


@pytest.fixture
def listed(tables: Any) -> Any:
    """`listed(drawn)`: a list of sealed identities."""

    def made(drawn: str, **said: Any) -> Received:
        rows = tables.of(drawn)
        fields = {n: to for n, to in OF_THE_SEALED.items() if n in rows.columns}
        found: Received = tables.received(
            rows,
            parts=[EARLIER],
            fields=fields,
            source="protected",
            table="list",
            formats=["yyyy-MM-dd"],
            **said,
        )
        return found

    return made


@pytest.fixture
def held(tables: Any) -> Any:
    """`held(drawn)`: a register of people at home. A table that names no day is of 1 January 2026."""

    def made(drawn: str, **said: Any) -> Received:
        rows = tables.of(drawn)
        if "as_at" not in rows.columns:
            rows = rows.mutate(as_at=ibis.literal("2026-01-01"))
        fields = {n: to for n, to in OF_PEOPLE.items() if n in rows.columns}
        parts = [PERSON, HOME] if "partner_given" not in fields else [PERSON, PARTNER, HOME]
        found: Received = tables.received(
            rows, parts=parts, fields=fields, table="people", formats=["yyyy-MM-dd"], **said
        )
        return found

    return made


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


CHILD = Part(name="child", kind="person")
NUMBERED = Part(name="child", kind="person", attributes={"same_key_as": "cases.child"})
OF_CHILDREN = {n: to.replace("who.", "child.") for n, to in OF_PEOPLE.items() if to.startswith("who.")}
ADOPTED = """
    as_at      | key | upn           | family | given | born       | in | as
    2026-01-01 | s1  | R999010003001 | Nowak  | Lena  | 2019-04-02 | -  | -
"""


@pytest.fixture
def numbered(tables: Any) -> Any:
    """`numbered(drawn, "census")`: children of a source that calls them by the numbers of `cases`."""

    def made(drawn: str, source: str, part: Part = NUMBERED) -> Received:
        rows = tables.of(drawn).mutate(as_at=ibis.literal("2026-01-01"))
        fields = {n: to for n, to in OF_CHILDREN.items() if n in rows.columns}
        found: Received = tables.received(
            rows, parts=[part], fields=fields, source=source, table="children", formats=["yyyy-MM-dd"]
        )
        return found

    return made


def test_a_return_without_names_goes_with_the_case_whose_key_it_has(
    sealing: Any, listed: Any, numbered: Any
) -> None:
    """Neither number nor name of 77 in the return tells of anybody; that it is 77 does. 78 is who she is now."""
    cases = numbered(
        "key | family | given | born\n77 | Nowak | Lena | 2019-04-02\n78 | Reed | Amy | 2019-04-02",
        "cases",
        CHILD,
    )
    census = numbered("key | born | upn\n77 | 2019-04-02 | -\n78 | 2019-04-02 | N999010006002", "census")
    found = sealing(listed(ADOPTED), cases, census)
    assert found.people("source", "source_key") == [("cases", "78"), ("census", "78")]


def test_what_one_return_is_told_by_takes_the_key_out_of_all(
    sealing: Any, listed: Any, numbered: Any
) -> None:
    """The census has the pupil number of before. The case management system wrote the new name over the old one, and
    the other return has moved to her new number: either would lead from the one to the other."""
    cases = numbered("key | family | given | born\n77 | Reed | Amy | 2019-04-02", "cases", CHILD)
    census = numbered("key | born | upn\n77 | 2019-04-02 | R999010003001", "census")
    care = numbered("key | born | upn\n77 | 2019-04-02 | N999010006002", "care")
    assert sealing(listed(ADOPTED), cases, census, care).people("source", "source_key") == []


@pytest.mark.parametrize("told_of", ["cases", "census"])
def test_the_list_names_a_key_by_any_source_that_has_it(
    sealing: Any, listed: Any, numbered: Any, told_of: str
) -> None:
    """Also by one that holds nothing of it any more."""
    sealed = f"as_at | key | family | in | as\n2026-01-01 | s1 | Nowak | {told_of} | 77"
    drawn = "key | born\n{} | 2019-04-02\n80 | 2019-04-02"
    cases = numbered(drawn.format("79"), "cases", CHILD)
    census, care = numbered(drawn.format("76"), "census"), numbered(drawn.format("77"), "care")
    found = sealing(listed(sealed), cases, census, care)
    assert found.people("source", "source_key") == [
        ("care", "80"), ("cases", "79"), ("cases", "80"), ("census", "76"), ("census", "80"),
    ]  # fmt: skip


def test_who_only_happens_to_have_that_number_in_another_source_stays(
    sealing: Any, listed: Any, numbered: Any
) -> None:
    cases = numbered("key | family | given | born\n77 | Nowak | Lena | 2019-04-02", "cases", CHILD)
    pupils = numbered("key | born\n77 | 2019-04-02", "pupils", CHILD)
    assert sealing(listed(ADOPTED), cases, pupils).people("source", "source_key") == [("pupils", "77")]
