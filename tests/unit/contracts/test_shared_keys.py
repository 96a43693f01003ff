"""`same_key_as`: the part of another source whose key a part has."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from vestry.contracts.contract import Contract
from vestry.contracts.reading import read_contracts
from vestry.contracts.shared_keys import key_owners
from vestry.contracts.writing import contract_yaml
from vestry.place import Place

LIABLE = "liable: {kind: person, lives_at: home}"
NUMBERED = "liable: {kind: person, same_key_as: %s, lives_at: home}"


def numbered(good: str, owner: str, *, source: str = "return", part: str = LIABLE) -> str:
    """The good contract under another id, whose person has the key of `owner`."""
    assert part in good
    return good.replace("id: council-tax", f"id: {source}").replace(part, NUMBERED % owner)


def owners(contracts: dict[str, Contract]) -> dict[tuple[str, str], tuple[str, str]]:
    return key_owners(contracts.values())


def test_a_part_names_whose_key_it_has(good: str, check: Callable) -> None:
    contracts, problems = check(good, numbered(good, "council-tax.liable"))
    assert problems == []
    assert contracts["return"].table("accounts").part("liable").same_key_as == ("council-tax", "liable")
    assert contracts["council-tax"].table("accounts").part("liable").same_key_as is None
    assert owners(contracts) == {("return", "liable"): ("council-tax", "liable")}


def test_where_no_contract_says_so_no_key_is_anothers(good: str, check: Callable) -> None:
    assert owners(check(good)[0]) == {}


def test_it_comes_back_from_being_written(good: str, tmp_path: Path) -> None:
    folder = tmp_path / "contracts"
    folder.mkdir()
    (folder / "a.yaml").write_text(good)
    (folder / "b.yaml").write_text(numbered(good, "council-tax.liable"))
    place = Place(folder=tmp_path, name="x", organisations={"watford": "W"})
    before = read_contracts(place)["return"]
    said = ("source", "organisation", "title", "lawful_basis", "layout", "tables", "freshness")
    (folder / "b.yaml").write_text(contract_yaml(**{name: getattr(before, name) for name in said}))
    after = read_contracts(place)["return"]
    assert after.tables == before.tables
    assert after.table("accounts").part("liable").same_key_as == ("council-tax", "liable")


@pytest.mark.parametrize(
    ("owner", "what", "fix"),
    [
        ("liable", "does not name a part of a source", "source.part: childrens-cases.child"),
        ("Council Tax.liable", "does not name a part of a source", "source.part"),
        ("council-tax.liable.key", "does not name a part of a source", "source.part"),
        ("[council-tax.liable]", "`same_key_as` is not text", "write text"),
        ("council-tx.liable", "names a source that no contract is of", "did you mean council-tax?"),
        ("council-tax.liabel", "names a part that `council-tax` does not have", "did you mean liable?"),
        ("council-tax.home", "names a part of another kind", "kind person"),
        ("return.liable", "The part `liable` is `same_key_as` itself", "another source"),
        ("register.liable", "`register.liable` has itself the key of another", "name council-tax.liable"),
    ],
)
def test_a_break_is_told_with_its_line(good: str, check: Callable, owner: str, what: str, fix: str) -> None:
    register = numbered(good, "council-tax.liable", source="register")
    contracts, problems = check(good, register, numbered(good, owner))
    assert [(p.where.split(" (")[0], what in p.what, fix in p.fix) for p in problems] == [
        ("contracts/c2.yaml, line 25", True, True)
    ], [p.lines() for p in problems]
    assert set(contracts) == {"council-tax", "register"}


def test_a_property_has_no_key_of_anothers(good: str, check: Callable) -> None:
    _, problems = check(good.replace("home: {kind: property}", "home: {kind: property, same_key_as: a.b}"))
    assert ["has no `same_key_as`" in p.what for p in problems] == [True]


def test_two_tables_that_say_it_differently(good: str, check: Callable) -> None:
    two = numbered(good, "council-tax.liable")
    other = two[two.index("- name: accounts") :].replace("- name: accounts", "- name: visits")
    other = other.replace("council-tax.liable", "council-tax.partner")
    files = ("accounts", "visits")
    both = two + other
    for name in files:
        both = both.replace(
            f"- name: {name}\n  customProperties:\n",
            f'- name: {name}\n  customProperties:\n  - {{property: vestry.file, value: "*{name}.csv"}}\n',
        )
    _, problems = check(good, both)
    assert ["Another table says" in p.what for p in problems] == [True], [p.lines() for p in problems]
    assert problems[0].where.startswith("contracts/c1.yaml") and "schema visits" in problems[0].where


def test_a_contract_with_problems_of_its_own_is_still_asked_for_its_parts(good: str, check: Callable) -> None:
    broken = good.replace("liable.family_name", "liable.famly_name")
    contracts, problems = check(broken, numbered(good, "council-tax.liable"))
    assert ["famly_name" in p.what for p in problems] == [True]
    assert set(contracts) == {"return"}


def test_a_source_is_not_missed_while_a_contract_cannot_be_read(good: str, tmp_path: Path) -> None:
    from vestry.contracts.reading import check_contracts

    folder = tmp_path / "contracts"
    folder.mkdir()
    (folder / "a.yaml").write_text("id: [")
    (folder / "b.yaml").write_text(numbered(good, "council-tax.liable"))
    _, problems = check_contracts(folder, {"watford": "W"})
    assert problems and all(p.where.startswith("contracts/a.yaml") for p in problems)
