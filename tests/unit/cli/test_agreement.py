"""`vestry agreement`: what is said of the files under `agreements/`, and what comes of mistakes."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from vestry.place import Place
from vestry.sharing.agreements.folder import read_agreements

TEXT = """\
agreement: tax-recovery
version: 1
title: Council tax recovery
purpose: council-tax
parties:
- {organisation: ORGANISATION}
shares:
- fields: [name, birth]
  from: [tax]
  precision: {birth: age}
users:
- {organisation: ORGANISATION, roles: [revenues-officer]}
how: [look-up]
retention_days: 30
starts: 2026-04-01
ends: 2027-03-31
review: 2027-01-31
signatories: [ORGANISATION]
examples:
- {says: own records, organisation: ORGANISATION, role: revenues-officer, how: look-up, field: family_name, from: tax,
   expect: whole}
- {says: by notice, organisation: ORGANISATION, role: revenues-officer, how: notice, field: family_name, from: tax,
   expect: withheld}
"""


@pytest.fixture
def ready(small_place: Place, vestry: Callable[..., Any], rooms: Any) -> Callable[..., Any]:
    """`vestry` in a place whose only agreement is `TEXT`, where `tax` is the first organisation's source."""
    organisation = sorted(small_place.organisations)[0]
    small_place.agreements.mkdir()
    written = TEXT.replace("ORGANISATION", organisation)
    (small_place.agreements / "tax-recovery.yaml").write_text(written, encoding="utf-8")

    class Law:
        article_6, article_9 = "6(1)(e) public task", None

    class Tax:
        lawful_basis = Law()

    Tax.organisation = organisation  # type: ignore[attr-defined]

    def ran(*arguments: str) -> Any:
        return vestry(
            *arguments,
            read_contracts=lambda place: {},
            read_agreements=lambda place, contracts: read_agreements(place, {"tax": Tax()}),  # type: ignore[dict-item]
        )

    return ran


def test_check_lists_what_is_sound(ready: Callable[..., Any]) -> None:
    ran = ready("agreement", "check")
    assert ran.exit_code == 0
    assert "tax-recovery" in ran.out and "1 agreement, no problems" in ran.out


def test_check_tells_every_problem_and_every_example_that_is_not_so(
    ready: Callable[..., Any], small_place: Place
) -> None:
    file = small_place.agreements / "tax-recovery.yaml"
    good = file.read_text(encoding="utf-8")
    file.write_text(
        good.replace("[name, birth]", "[nmae, birth]").replace("[look-up]", "[lookup]"), encoding="utf-8"
    )
    ran = ready("agreement", "check")
    assert ran.exit_code == 3
    assert "did you mean name?" in ran.err and "did you mean look-up?" in ran.err
    file.write_text(good.replace("expect: whole", "expect: withheld"), encoding="utf-8")
    ran = ready("agreement", "check")
    assert ran.exit_code == 3 and "both sides" in ran.err
    file.write_text(good.replace("how: notice", "how: look-up"), encoding="utf-8")
    ran = ready("agreement", "check")
    assert ran.exit_code == 3 and "expects withheld, and comes out whole" in ran.err


def test_two_files_of_one_name_are_told(ready: Callable[..., Any], small_place: Place) -> None:
    text = (small_place.agreements / "tax-recovery.yaml").read_text(encoding="utf-8")
    (small_place.agreements / "z.yaml").write_text(text, encoding="utf-8")
    ran = ready("agreement", "check")
    assert ran.exit_code == 3 and "is in two files" in ran.err


def test_simulate_says_who_sees_what(ready: Callable[..., Any]) -> None:
    ran = ready("agreement", "simulate", "tax-recovery")
    assert ran.exit_code == 0
    assert "revenues-officer" in ran.out and "people of 18 and over" in ran.out
    assert "Everybody else sees nothing by it." in ran.out


def test_a_name_that_is_not_there_suggests_the_nearest(ready: Callable[..., Any]) -> None:
    ran = ready("agreement", "simulate", "tax-recovry")
    assert ran.exit_code == 2 and "did you mean tax-recovery?" in ran.err


def test_odrl_to_the_screen_and_to_a_file(ready: Callable[..., Any], tmp_path: Path) -> None:
    assert json.loads(ready("agreement", "odrl", "tax-recovery").out)["@type"] == "Agreement"
    ran = ready("agreement", "odrl", "tax-recovery", "--to", str(tmp_path / "o" / "a.json"))
    assert ran.exit_code == 0
    assert json.loads((tmp_path / "o" / "a.json").read_text(encoding="utf-8"))["@type"] == "Agreement"


def test_without_agreements_it_says_what_to_do(vestry: Callable[..., Any]) -> None:
    ran = vestry("agreement", "check")
    assert ran.exit_code == 0 and "No agreements yet" in ran.out
