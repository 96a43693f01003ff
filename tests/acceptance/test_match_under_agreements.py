"""Who one new record is, for somebody under agreements: told by covered sources alone, and of nobody else."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import closing
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import duckdb
import pytest

from agreements_by_hand import PERSONAL, POLICE_OFFICER, agreement, law_of, share
from gateway_by_hand import entries, open_gateway
from vestry.clock import FixedClock
from vestry.contracts.reading import read_contracts
from vestry.sharing.agreements.examples import as_if_in_force
from vestry.sharing.by_agreement import ByAgreement
from vestry.sharing.gateway import Gateway
from vestry.sharing.markers import Marked, MarkersGiven
from vestry.sharing.own_machine import Operator

PURPOSE = "housing"
COVERED, OTHER = "adult-social-care", "gp-registrations"
GIVEN = ("family_name", "given_names", "birth_date", "nhs_number")
HOME = ("address_lines", "postcode")
NAMED = "name", "birth", "nhs-number"


class Held:
    """The place's gateway, and what two sources say of whom."""

    def __init__(self, place: Any, gateway: Gateway, clock: FixedClock, release: str) -> None:
        self.place, self.gateway, self.clock = place, gateway, clock
        told = ", ".join(f"max(value) FILTER (field = '{name}') AS {name}" for name in (*GIVEN, *HOME))
        path = place.releases / release / "twin.duckdb"
        with duckdb.connect(str(path), read_only=True) as twin:
            sql = (
                f"SELECT source, entity_id, {told} FROM claims WHERE kind_of(entity_id) = 'P' AND source IN ($1, $2) "
                "GROUP BY source, entity_id HAVING family_name <> '' AND given_names <> '' AND len(birth_date) = 10"
            ).replace("kind_of(entity_id)", "left(entity_id, 1)")
            rows = twin.execute(sql, [COVERED, OTHER]).fetchall()
            known = "SELECT entity_id, list(DISTINCT source) FROM members GROUP BY 1"
            self.sources: Mapping[str, Sequence[str]] = dict(twin.execute(known).fetchall())
        self.said = {
            (source, entity): dict(zip((*GIVEN, *HOME), values, strict=True))
            for source, entity, *values in rows
        }

    def under(self, *shares: Any, marked: Sequence[Marked] = ()) -> ByAgreement:
        filed = (as_if_in_force(agreement("some", *shares)),)
        law = law_of(self.place, read_contracts(self.place), (), MarkersGiven(tuple(marked)))
        return self.gateway.on_behalf_of(POLICE_OFFICER, replace(law, filed=lambda: filed), self.clock)

    def people(self, source: str, *, covered: bool) -> list[str]:
        """People whom `source` knows, and the covered source does or does not; the police none of them."""
        return [
            entity
            for (of, entity) in sorted(self.said)
            if of == source
            and (COVERED in self.sources[entity]) == covered
            and not any("police" in s for s in self.sources[entity])
        ]

    def record(self, source: str, entity: str, *, home: bool = False) -> dict[str, str]:
        said, names = self.said[(source, entity)], (*GIVEN, *HOME) if home else GIVEN
        return {name: said[name] for name in names if said[name]}


@pytest.fixture(scope="module")
def held(small: Any) -> Iterator[Held]:
    clock = FixedClock(at=datetime(2026, 11, 20, 12, tzinfo=UTC))
    release = small.manifests[-1].release_id
    made = Held(small.place, None, clock, release)  # type: ignore[arg-type]  # one process opens one file one way
    made.gateway = open_gateway(
        small.place, clock=clock, operator=Operator(account="alex", on_this_machine=True)
    )
    with closing(made.gateway):
        yield made


def test_somebody_of_a_covered_source_is_found(held: Held) -> None:
    under = held.under(share([COVERED], *PERSONAL))
    found, asked = 0, held.people(COVERED, covered=True)[:40]
    assert len(asked) >= 10
    for entity in asked:
        matched = under.match(held.record(COVERED, entity), purpose=PURPOSE)
        found += matched.entity_id == entity
        assert matched.compared == 0 and matched.left_out == 0
    assert found >= 0.9 * len(asked)


def test_nobody_is_found_of_whom_only_others_know(held: Held) -> None:
    """Nor anything said of them: the answer is the one that there is of a stranger."""
    under = held.under(share([COVERED], *PERSONAL))
    operator = held.gateway
    only_others = held.people(OTHER, covered=False)[:25]
    assert len(only_others) >= 5
    known = 0
    for entity in only_others:
        record = held.record(OTHER, entity)
        known += operator.match(record, purpose=PURPOSE).entity_id == entity
        matched = under.match(record, purpose=PURPOSE)
        assert entity not in {one.entity_id for one in matched.found}
    assert known >= 0.8 * len(only_others), "the machine itself knows them"


def test_a_field_that_is_not_shared_or_is_lowered_finds_nobody(held: Held) -> None:
    people = held.people(COVERED, covered=True)
    entity = next(one for one in people if "nhs_number" in held.record(COVERED, one))
    record = held.record(COVERED, entity)
    for shares in (
        share([COVERED], "name", "birth"),
        share([COVERED], *NAMED, precision={"birth": "age"}),
    ):
        assert under_found(held.under(shares), record) == set()
    del record["nhs_number"]
    assert entity in under_found(held.under(share([COVERED], "name", "birth")), record)


def test_a_birth_date_that_is_seen_to_speak_against_it_is_said(held: Held) -> None:
    """Also where others know of them whose birth dates may not be seen: by what may be, it cannot be."""
    under, said = held.under(share([COVERED], *PERSONAL)), 0
    for entity in held.people(COVERED, covered=True)[:20]:
        record = held.record(COVERED, entity, home=True)
        record.pop("nhs_number", None)
        year = int(record["birth_date"][:4])
        record["birth_date"] = f"{year + 40 if year < 1970 else year - 40}{record['birth_date'][4:]}"
        matched = under.match(record, purpose=PURPOSE)
        assert matched.entity_id != entity
        said += any("birth date" in one.apart for one in matched.found if one.entity_id == entity)
    assert said


def test_what_is_shown_of_them_is_what_a_list_shows(held: Held) -> None:
    entity = held.people(COVERED, covered=True)[0]
    matched = held.under(share([COVERED], *NAMED)).match(held.record(COVERED, entity), purpose=PURPOSE)
    (one,) = [f for f in matched.found if f.entity_id == entity]
    said = held.said[(COVERED, entity)]
    assert said["family_name"] in one.name and (one.address, one.postcode) == ("", "")


@pytest.mark.parametrize("marker", ["restricted", "sealed"])
def test_nobody_who_is_set_apart_is_found(held: Held, marker: str) -> None:
    entity = held.people(COVERED, covered=True)[0]
    marked = [Marked(entity_id=entity, marker=marker)]
    under = held.under(share([COVERED], *PERSONAL), marked=marked)
    assert entity not in under_found(under, held.record(COVERED, entity))


def test_it_is_entered_with_fields_and_agreement_and_without_values(held: Held) -> None:
    entity = held.people(COVERED, covered=True)[1]
    record = held.record(COVERED, entity)
    assert entity in under_found(held.under(share([COVERED], *PERSONAL)), record)
    last = entries(held.place)[-1]
    assert last["action"] == "match" and list(last["agreements"]) == ["some@1"] and entity in last["entities"]
    assert set(record) <= set(last["fields"])
    assert not any(value in str(last) for value in record.values())


def test_for_another_purpose_nobody_is_found_but_by_own_records(held: Held) -> None:
    under = held.under(share([COVERED], *PERSONAL))
    record = held.record(COVERED, held.people(COVERED, covered=True)[0])
    assert under.match(record, purpose="planning").found == ()


def under_found(under: ByAgreement, record: Mapping[str, str]) -> set[str]:
    return {one.entity_id for one in under.match(record, purpose=PURPOSE).found}
