"""`vestry agreement`: what is said of the files under `agreements/`, and what comes of mistakes."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import replace
from datetime import date
from functools import partial
from pathlib import Path
from typing import Any

import duckdb
import pytest

from vestry.contracts.contract import Column, Contract, LawfulBasis, Layout, Part, Table, Target
from vestry.place import Place
from vestry.sharing.agreements.filing import Filing, Signature, Stop, filings_yaml
from vestry.sharing.agreements.reading import Known, read_agreement
from vestry.sharing.agreements.writing import digest
from vestry.sharing.subjects import SourceFacts

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


PEOPLE = """\
people:
- {user: taxer, name: Ann Billing, works_for: [{organisation: ORGANISATION, roles: [revenues-officer]}]}
- {user: carer, name: Bo Careful, works_for: [{organisation: ORGANISATION, roles: [social-worker]}]}
"""


@pytest.fixture
def ready(small_place: Place, vestry: Callable[..., Any]) -> Callable[..., Any]:
    """`vestry` in a place whose only agreement is `TEXT`, where `tax` is the first organisation's source."""
    organisation = sorted(small_place.organisations)[0]
    small_place.agreements.mkdir()
    written = TEXT.replace("ORGANISATION", organisation)
    (small_place.agreements / "tax-recovery.yaml").write_text(written, encoding="utf-8")
    liable = Part(name="liable", kind="person")
    column = Column(
        name="N",
        physical_name="N",
        targets=(Target(part="liable", field="full_name"), Target(part="liable", field="birth_date")),
    )
    tax = Contract(
        source="tax", organisation=organisation, title="tax", version="1.0.0", path=Path("x"), sha256="",
        lawful_basis=LawfulBasis(article_6="x"), layout=Layout(format="csv"),
        tables=(Table(name="rows", columns=(column,), parts=(liable,)),),
    )  # fmt: skip
    return partial(vestry, read_contracts=lambda place: {"tax": tax})


def test_check_lists_what_is_sound(ready: Callable[..., Any]) -> None:
    ran = ready("agreement", "check")
    assert ran.exit_code == 0
    assert "tax-recovery" in ran.out and "1 agreement, no problems" in ran.out
    assert " draft " in ran.out


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


def test_check_says_where_a_signed_one_stands_and_that_a_word_was_changed(
    ready: Callable[..., Any], small_place: Place
) -> None:
    file = small_place.agreements / "tax-recovery.yaml"
    known = Known(
        organisations=frozenset(small_place.organisations),
        sources={"tax": SourceFacts(name="tax", organisation="borough")},
    )
    said = digest(read_agreement(file.read_bytes(), "a.yaml", known))
    signature = Signature(organisation="borough", by="Monitoring Officer", day=date(2026, 3, 2), digest=said)
    filing = Filing(
        agreement_id="tax-recovery", version=1, proposed_on=date(2026, 3, 1), signatures=(signature,)
    )
    small_place.signatures.write_text(filings_yaml([filing]), encoding="utf-8")
    assert " in force " in ready("agreement", "check").out
    file.write_text(
        file.read_text(encoding="utf-8").replace("retention_days: 30", "retention_days: 31"), encoding="utf-8"
    )
    assert "edited since signed by borough" in ready("agreement", "check").out
    ended = replace(filing, ended=Stop(day=date(2026, 11, 20), because="nobody is billed any longer"))
    small_place.signatures.write_text(filings_yaml([ended]), encoding="utf-8")
    assert "ended since 2026-11-20: nobody is billed any longer" in ready("agreement", "check").out


def test_check_tells_problems_of_signatures_and_of_people_too(
    ready: Callable[..., Any], small_place: Place
) -> None:
    small_place.signatures.write_text(
        "filed:\n- {agreement: tax-recovry, version: 1, proposed: 2026-03-01}\n", encoding="utf-8"
    )
    small_place.people.write_text(PEOPLE.replace("ORGANISATION", "burough"), encoding="utf-8")
    ran = ready("agreement", "check")
    assert ran.exit_code == 3
    assert "signatures.yaml, line 2" in ran.err and "did you mean tax-recovery?" in ran.err
    assert "people.yaml, line 2" in ran.err and "did you mean borough?" in ran.err


def test_codes_of_areas_are_those_of_the_release(ready: Callable[..., Any], small_place: Place) -> None:
    file = small_place.agreements / "tax-recovery.yaml"
    good = file.read_text(encoding="utf-8")
    about = "about: {area: E05000001, age: 30}, how: look-up"
    file.write_text(
        good.replace("users:", "about: {areas: [E05000001]}\nusers:").replace("how: look-up", about),
        encoding="utf-8",
    )
    ran = ready("agreement", "check")
    assert ran.exit_code == 0 and "once there is a release that has areas" in ran.out
    with duckdb.connect(str(small_place.releases / "rel-2" / "twin.duckdb")) as twin:
        twin.execute("INSERT INTO areas (area_code, geography) VALUES ('E05000002', 'ward')")
    ran = ready("agreement", "check")
    assert ran.exit_code == 3
    assert "`E05000001` is not an area of this place." in ran.err and "did you mean E05000002?" in ran.err


def test_compare_sets_users_side_by_side(ready: Callable[..., Any], small_place: Place) -> None:
    small_place.people.write_text(PEOPLE.replace("ORGANISATION", "borough"), encoding="utf-8")
    ran = ready("agreement", "compare")
    assert ran.exit_code == 0
    assert "taxer (borough)" in ran.out and "the agreement is a draft" in ran.out
    assert "carer" not in ran.out
    ran = ready("agreement", "compare", "--user", "taxxer")
    assert ran.exit_code == 2 and "did you mean taxer?" in ran.err
    ran = ready("agreement", "compare", "--known-to", "taxes")
    assert ran.exit_code == 2 and "did you mean tax?" in ran.err
    ran = ready("agreement", "compare", "--on", "1 May")
    assert ran.exit_code == 2 and "--on" in ran.err
    ran = ready("agreement", "compare", "--user", "carer")
    assert ran.exit_code == 0 and "No agreement names anybody" in ran.out


def test_odrl_to_the_screen_and_to_a_file(ready: Callable[..., Any], tmp_path: Path) -> None:
    assert json.loads(ready("agreement", "odrl", "tax-recovery").out)["@type"] == "Agreement"
    ran = ready("agreement", "odrl", "tax-recovery", "--to", str(tmp_path / "o" / "a.json"))
    assert ran.exit_code == 0
    assert json.loads((tmp_path / "o" / "a.json").read_text(encoding="utf-8"))["@type"] == "Agreement"


def test_without_agreements_it_says_what_to_do(vestry: Callable[..., Any]) -> None:
    ran = vestry("agreement", "check")
    assert ran.exit_code == 0 and "No agreements yet" in ran.out
