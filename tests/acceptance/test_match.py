"""One record now: what `match` says of a record is what the build said of it, and who may not be found is not."""

from __future__ import annotations

import csv
import json
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import duckdb
import pytest

from gateway_by_hand import entries, log_text, open_gateway
from vestry.clock import FixedClock
from vestry.linkage.one_record import OneRecord
from vestry.linkage.typed import fields_of_a_record, standard_record
from vestry.place import Thresholds
from vestry.sharing.gateway import Gateway
from vestry.sharing.own_machine import Operator

CLOCK = FixedClock(at=datetime(2026, 11, 20, 12, tzinfo=UTC))
SEVERAL = ("phone", "email")


@contextmanager
def gateway_of(place: Any) -> Iterator[Gateway]:
    gateway = open_gateway(place, clock=CLOCK, operator=Operator(account="alex", on_this_machine=True))
    try:
        yield gateway
    finally:
        gateway.close()


def typed(row: dict[str, Any]) -> dict[str, Any]:
    """What somebody would type who copied a record."""
    return {n: v.split(" ") if n in SEVERAL else v for n, v in row.items() if v is not None}


@pytest.mark.parametrize("kind", ["person", "organisation"])
def test_a_record_is_matched_as_the_build_linked_it(small: Any, kind: str) -> None:
    """Every link of a sample of records: the same probability, bits and evidence, and by the same means.

    Not of a link that rests on the address of somebody else on the record's row: whoever types one record has no row.
    """
    path = small.place.releases / small.manifests[-1].release_id / "twin.duckdb"
    fields = [f for f in fields_of_a_record(kind) if f != "full_name"]
    one, compared, beside, unmet = OneRecord(), 0, 0, 0
    with duckdb.connect(str(path), read_only=True) as twin:
        rows = twin.execute(
            f"SELECT record_id, {', '.join(fields)} FROM records WHERE kind = $1 ORDER BY hash(record_id) LIMIT 250",
            [kind],
        ).fetchall()
        for record_id, *values in rows:
            said = typed(dict(zip(fields, values, strict=True)))
            if not said:
                continue
            looked = one.look(twin, standard_record(kind, said), at_least=Thresholds().review)
            found = {h.record_id: match for match in looked.matches for h in match.holders}
            other = f"CASE WHEN left_record = '{record_id}' THEN right_record ELSE left_record END"
            of_it = f"'{record_id}' IN (left_record, right_record)"
            for linked, probability, weight, decided_by in twin.execute(
                f"SELECT {other}, probability, weight, decided_by FROM links WHERE {of_it}"
            ).fetchall():
                evidence = twin.execute(
                    f"SELECT field, agreement, weight FROM link_evidence WHERE {of_it} AND {other} = $1",
                    [linked],
                ).fetchall()
                if any(agreement.startswith("that of somebody beside") for _, agreement, _ in evidence):
                    beside += 1
                    continue
                match = found[linked]
                if decided_by == "identifier" and match.weight is None and weight is not None:
                    unmet += 1
                    continue
                assert bool(match.numbers) == (decided_by == "identifier")
                assert match.probability == pytest.approx(probability, abs=1e-4)
                assert match.weight == (None if weight is None else pytest.approx(weight, abs=1e-4))
                said_here = sorted((c.field, c.agreement, c.weight) for c in match.compared)
                for here, (field, agreement, bits) in zip(said_here, sorted(evidence), strict=True):
                    assert here == (field, agreement, None if bits is None else pytest.approx(bits, abs=1e-4))
                compared += 1
        one.close()
    assert compared > (100 if kind == "person" else 20)
    assert beside < compared / 4
    assert unmet <= 3, "who meets somebody by the address beside alone"


def test_no_sealed_identity_is_matched(small: Any) -> None:
    """By the number and by the name and birth date that somebody had before, nobody is found."""

    def table(name: str) -> list[dict[str, str]]:
        with (small.place.folder / "truth" / f"{name}.csv").open(encoding="utf-8", newline="") as file:
            return list(csv.DictReader(file))

    residents = {r["entity"]: r for r in table("residents")}
    earlier = {r["earlier"] for r in table("sealed")}
    assert len(earlier) >= 3
    with gateway_of(small.place) as gateway:
        for entity in earlier:
            person = {n: residents[entity][n] for n in ("family_name", "given_names", "birth_date")}
            number = residents[entity]["nhs_number"]
            for said in (person, {"nhs_number": number}, {**person, "nhs_number": number}):
                asked = {name: value for name, value in said.items() if value}
                found = gateway.match(asked, purpose="audit")
                assert found.entity_id is None or number not in str(found)
                if "nhs_number" in asked:
                    assert [f for f in found.found if f.decided_by == "identifier"] == []


SMITH = {"ID": "1", "FAMILY": "Smithson", "GIVEN": "Jane Ada", "BORN": "1984-05-31", "NHS": "9434765919",
         "ADDRESS": "1 High Street", "POSTCODE": "AL1 1AA"}  # fmt: skip
JONES = {"ID": "2", "FAMILY": "Jones-Pryce", "GIVEN": "Owen", "BORN": "1971-02-03", "NHS": "9434765870",
         "ADDRESS": "9 Low Road", "POSTCODE": "AL2 2BB"}  # fmt: skip
BY_NAME = {"family_name": "Smithson", "given_names": "Jane Ada", "birth_date": "31/05/1984", "postcode": "al1 1aa",
           "address_lines": ["1 High Street"]}  # fmt: skip


@pytest.fixture(scope="module")
def tiny(make_tiny: Callable[..., Any], tmp_path_factory: pytest.TempPathFactory) -> Any:
    """A register of two people, and one of a hundred others that may not be linked, Smithson's double among them."""
    made = make_tiny(tmp_path_factory.mktemp("match") / "place", tax={}, police={"may_link": "false"})
    made.send("tax", "2026-01-01", SMITH, JONES)
    made.send("police", "2026-01-01", {"ID": "3", "FAMILY": "Hidden", "GIVEN": "Tom", "BORN": "1990-01-01",
                                       "NHS": "9434765927", "ADDRESS": "5 Mid Lane", "POSTCODE": "AL3 3BB"})  # fmt: skip
    made.build()
    return made


def test_who_it_is_by_name_and_by_number(tiny: Any) -> None:
    people = tiny.people((tiny.place.releases / "current").read_text(encoding="utf-8").strip())
    with gateway_of(tiny.place) as gateway:
        by_name = gateway.match(BY_NAME, purpose="audit")
        by_number = gateway.match({"nhs_number": "943 476 5919"}, purpose="audit")
        assert by_name.found[0].entity_id == by_number.entity_id == people["tax", "1"]
        assert by_name.found[0].decided_by == "model"
        assert by_number.found[0].decided_by == "identifier"
        stranger = gateway.match({"family_name": "Zq", "birth_date": "1950-01-01"}, purpose="audit")
        assert (stranger.outcome, stranger.found) == ("none", ())


def test_a_number_of_somebody_born_many_years_away_is_a_possible_answer(tiny: Any) -> None:
    """Not nobody: two cannot have it, and one of the two is told wrongly."""
    with gateway_of(tiny.place) as gateway:
        found = gateway.match({"nhs_number": "9434765919", "birth_date": "1930-01-01"}, purpose="audit")
        assert (found.entity_id, found.outcome) == (None, "possible")
        assert [f.apart for f in found.found] == ["its birth date is too many years from this one"]
        said = {e.field: (e.agreement, e.weight) for e in found.found[0].evidence}
        assert said["nhs_number"] == ("exact", None)
        assert said["birth_date"][1] is not None and said["birth_date"][1] < 0


def test_the_bits_that_are_told_add_up(tiny: Any) -> None:
    with gateway_of(tiny.place) as gateway:
        for asked in (
            BY_NAME,
            {"nhs_number": "9434765919", "family_name": "Zebedee", "given_names": "Quentin"},
        ):
            best = gateway.match(asked, purpose="audit").found[0]
            scored = [e.weight for e in best.evidence if e.weight is not None]
            assert len(scored) > 3
            assert best.before == pytest.approx(best.weight - sum(scored)) and best.before < 0


def test_another_nhs_number_keeps_a_likely_person_apart(tiny: Any) -> None:
    with gateway_of(tiny.place) as gateway:
        found = gateway.match(
            {**BY_NAME, "nhs_number": "9434765870", "birth_date": "1984-05-31"}, purpose="audit"
        )
        assert found.entity_id is None
        assert [f.apart for f in found.found if f.name.endswith("SMITHSON")] == ["it has another NHS number"]


def test_a_birth_date_many_years_away_keeps_a_likely_person_apart_as_in_a_build(
    make_tiny: Callable[..., Any], tmp_path: Path
) -> None:
    """Where what fits gives no birth date, and other records of the same person do."""
    made = make_tiny(tmp_path / "place", tax={}, police={})
    made.send("tax", "2026-01-01", SMITH, JONES)
    made.send("police", "2026-01-01", {**SMITH, "ID": "7", "BORN": "", "POSTCODE": "AL1 1AA"})
    made.build()
    with gateway_of(made.place) as gateway:
        father = gateway.match({**BY_NAME, "birth_date": "1951-05-31"}, purpose="audit")
        assert (father.entity_id, father.outcome) == (None, "possible")
        assert [f.apart for f in father.found] == ["its birth date is too many years from this one"]
        assert "cannot be: its birth date is too many years" in father.why
        near = gateway.match({**BY_NAME, "birth_date": "1983-05-31"}, purpose="audit")
        assert [f.apart for f in near.found] == [""]


def test_a_source_that_may_not_be_linked_is_not_matched(tiny: Any) -> None:
    hidden = {
        "family_name": "Hidden",
        "given_names": "Tom",
        "birth_date": "1990-01-01",
        "postcode": "AL3 3BB",
    }
    with gateway_of(tiny.place) as gateway:
        for said in (hidden, {"nhs_number": "9434765927"}, {**hidden, "nhs_number": "9434765927"}):
            assert gateway.match(said, purpose="audit").found == ()


def test_the_audit_log_holds_the_names_of_fields_only(tiny: Any) -> None:
    with gateway_of(tiny.place) as gateway:
        gateway.match({**BY_NAME, "email": "zoe.ada@example.org"}, purpose="audit")
    text = log_text(tiny.place)
    asked = entries(tiny.place)[-2]
    assert set(asked["criteria"]) == {*BY_NAME, "email"}
    for value in ("smithson", "1984", "high street", "al1", "zoe"):
        assert value not in text.lower()


def test_on_the_command_line(tiny: Any, forks: Any, tmp_path: Path) -> None:
    place = ("--place", tiny.place.folder)
    ran = forks.run("match", "--nhs-number", "9434765919", "--purpose", "audit", *place)
    assert (ran.code, ran.err) == (0, "")
    assert ran.out.startswith("It is P")
    ran = forks.run("match", "--family-name", "Zq", "--birth-date", "1950", "--purpose", "audit", *place)
    assert (ran.code, ran.out.split(".")[0]) == (0, "Nobody known")
    file = tmp_path / "one.json"
    file.write_text(
        json.dumps({**BY_NAME, "phone": None}), encoding="utf-8-sig"
    )  # as Windows' Notepad may save it
    ran = forks.run("match", "--file", file, "--json", "--purpose", "audit", *place)
    assert json.loads(ran.out)["found"][0]["name"] == "JANE ADA SMITHSON"
    for arguments, code in (
        (("--birth-date", "31/02/1984", "--purpose", "audit"), 2),
        (("--family-name", "Zq"), 2),
        (("--purpose", "audit"), 2),
        (("--file", tmp_path / "none.json", "--purpose", "audit"), 2),
    ):
        ran = forks.run("match", *arguments, *place)
        assert (ran.code, ran.out) == (code, "")
        assert "fix:" in ran.err
        assert "1984" not in ran.err
