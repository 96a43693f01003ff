from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from vestry.contracts.contract import Freshness, Layout, Part, Surprises, Table, Target, Tolerance
from vestry.contracts.reading import read_contracts
from vestry.errors import ContractInvalid
from vestry.place import Place


def test_a_good_contract_becomes_a_value(good: str, check: Callable) -> None:
    contracts, problems = check(good)
    assert problems == []
    contract = contracts["council-tax"]
    assert contract.organisation == "watford"
    assert contract.layout == Layout(format="csv", delimiter="|")
    assert contract.tolerance == Tolerance(shrink=0.1)
    assert contract.surprises == Surprises(unknown_code="quarantine")
    assert contract.freshness == Freshness(every_days=31, latency_days=7)
    assert contract.trust == {"address": 7}
    table = contract.table("accounts")
    assert table.key == ("ACCOUNT",)
    assert table.holds_each_once and not table.each_row_counts and table.dated_by == "STARTED"
    assert table.held_once == ("liable",)
    assert table.part("partner").present_when == "SURNAME2"
    assert table.part("partner").attributes == {"lives_at": "home", "partner_of": "liable"}
    assert table.part("account").attributes == {"service": "57", "about": ["liable", "partner", "home"]}
    assert table.column("STARTED").formats == ("dd/MM/yyyy", "yyyy-MM-dd")
    assert table.column("STARTED").blanks == ("01/01/1900",)
    assert table.column("SEX").codes == {"1": "male", "2": "female"}
    assert table.column("ADDRESS").targets == (
        Target(part="home", field="address_lines", index="1", before=","),
        Target(part="home", field="address_lines", index="2", after=","),
    )


def test_rules_stated_and_implied(good: str, check: Callable) -> None:
    table = check(good)[0]["council-tax"].table("accounts")
    found = {(r.column, r.check, r.dimension, r.severity) for r in table.rules}
    assert found == {
        ("ACCOUNT", "nullValues", "completeness", "error"),
        ("SURNAME", "nullValues", "completeness", "error"),
        ("ADDRESS", "nullValues", "completeness", "warning"),
        ("ADDRESS", "invalidValues", "validity", "warning"),
        ("NHS_NO", "duplicateValues", "uniqueness", "warning"),
        ("NHS_NO", "nhs-number-check-digit", "validity", "error"),
    }
    known = next(r for r in table.rules if r.name == "known")
    assert known.arguments == {"pattern": ".+", "mustBe": 0}


def test_conformity_is_what_odcs_calls_validity(good: str, check: Callable) -> None:
    contracts, problems = check(good.replace("dimension: validity", "dimension: conformity"))
    assert not problems
    rules = contracts["council-tax"].table("accounts").rules
    assert [r.dimension for r in rules if r.name == "nhs"] == ["validity"]


def test_all_problems_of_all_files_are_told_at_once(good: str, tmp_path: Path) -> None:
    folder = tmp_path / "contracts" / "watford"
    folder.mkdir(parents=True)
    (folder / "a.yaml").write_text(
        good.replace("liable.family_name", "liable.famly_name").replace("v3.1.0", "v3.0.0")
    )
    (folder / "b.yml").write_text("id: [")
    place = Place(folder=tmp_path, name="x", organisations={"watford": "W"})
    with pytest.raises(ContractInvalid) as caught:
        read_contracts(place)
    text = caught.value.text()
    assert "contracts/watford/a.yaml, line 1" in text
    assert "contracts/watford/a.yaml, line 37 (schema accounts, column SURNAME)" in text
    assert "`liable.famly_name` is not a field of a person." in text
    assert "did you mean family_name?" in text
    assert "contracts/watford/b.yml, line" in text
    assert len(caught.value.problems) == 3


def test_two_contracts_with_one_id(good: str, check: Callable) -> None:
    contracts, problems = check(good, good)
    assert [p.where for p in problems] == ["contracts/c1.yaml, line 3"]
    assert "contracts/c0.yaml" in problems[0].what
    assert list(contracts) == ["council-tax"]


def test_a_contract_in_the_folder_of_another_organisation(good: str, tmp_path: Path) -> None:
    from vestry.contracts.reading import check_contracts

    (tmp_path / "contracts" / "dacorum").mkdir(parents=True)
    (tmp_path / "contracts" / "dacorum" / "a.yaml").write_text(good)
    problems = check_contracts(tmp_path / "contracts", {"watford": "W", "dacorum": "D"})[1]
    assert ["folder of `dacorum`" in p.what for p in problems] == [True]


def test_no_contracts_at_all(tmp_path: Path) -> None:
    assert read_contracts(Place(folder=tmp_path, name="x")) == {}


@pytest.mark.parametrize(
    ("parts", "held"),
    [
        ([Part(name="pupil", kind="person"), Part(name="home", kind="property")], ("pupil",)),
        ([Part(name="pupil", kind="person"), Part(name="mother", kind="person", attributes={"parent_of": "pupil"})], ("pupil",)),
        ([Part(name="firm", kind="organisation", attributes={"run_by": "owner"}), Part(name="owner", kind="person")], ("firm",)),
        ([Part(name="first", kind="person"), Part(name="second", kind="person")], ("first", "second")),
        ([Part(name="building", kind="property")], ("building",)),
    ],
    ids=["a home is of many", "a mother has several", "an owner has several", "two of a kind", "nothing but properties"],
)  # fmt: skip
def test_a_register_holds_once_whom_its_rows_are_of(parts: list[Part], held: tuple[str, ...]) -> None:
    table = Table(name="rows", columns=(), parts=tuple(parts), holds_each_once=True)
    assert table.held_once == held
    assert replace(table, holds_each_once=False).held_once == ()
