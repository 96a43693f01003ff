"""`vestry evaluate`: against a truth, or by a sample that people answered."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from gateway_by_hand import entries
from vestry.place import Place

RECORDS = "source,source_key,part,entity"


@pytest.fixture
def truth(small_place: Place) -> Path:
    """Two people, two homes and a shop, as a folder of truth. Only the tests of evaluation look into it."""
    folder = small_place.folder / "truth"
    folder.mkdir()
    for name, lines in {
        "people": [
            RECORDS,
            "tax,100,person,A",
            "gp,G7,person,A",
            "library,L1,person,B",
            "tax,200,person,B",
            "x,9,p,C",
        ],
        "organisations": [RECORDS, "food,55,person,S"],
        "residents": ["entity,birth_date,sex", "A,1984-05-31,F", "B,1990-01-02,M"],
        "households": ["household,person,uprn,since,until", "H,A,1,,", "H,B,1,,", "K,C,2,,"],
    }.items():
        (folder / f"{name}.csv").write_text("\n".join(lines) + "\n", encoding="utf-8")
    return folder


def test_evaluate(vestry, truth: Path) -> None:
    ran = vestry("evaluate", "--truth", "truth/people.csv", "--purpose", "matching-review", "--json")
    told = json.loads(ran.out)
    assert (told["release_id"], told["on"], told["absent"], told["households"]) == (
        "rel-2",
        "2026-11-01",
        1,
        None,
    )
    found = told["people"]["published"]["overall"]
    assert found["pairs"] == {
        "right": 1, "wrong": 2, "missed": 1, "precision": 1 / 3, "recall": 1 / 2, "f1": pytest.approx(0.4),
    }  # fmt: skip
    assert told["people"]["withheld"]["overall"]["pairs"]["right"] == 1


def test_evaluate_a_truth_in_which_nobody_has_two_records(vestry, truth: Path) -> None:
    """Nothing can be found, so nothing is right: no share is told of nothing."""
    alone = [RECORDS, "tax,100,person,A", "gp,G7,person,B", "library,L1,person,C"]
    (truth / "people.csv").write_text("\n".join(alone) + "\n", encoding="utf-8")
    asked = ("evaluate", "--truth", "truth/people.csv", "--purpose", "matching-review")
    told = json.loads(vestry(*asked, "--json").out)["people"]["published"]["overall"]["pairs"]
    assert (told["right"], told["missed"], told["recall"]) == (0, 0, None)
    assert told["precision"] == (0.0 if told["wrong"] else None)
    ran = vestry(*asked)
    assert "no two of these records are of one" in ran.out and "–" in ran.out
    nothing = [RECORDS, "tax,100,person,A"]
    (truth / "people.csv").write_text("\n".join(nothing) + "\n", encoding="utf-8")
    ran = vestry(*asked)
    assert ran.exit_code == 0 and "1.0000  1.0000" not in ran.out.split("entities")[0]
    assert "pairs by kind of source" not in ran.out, "no table without a row"


def test_evaluate_a_folder(vestry, truth: Path) -> None:
    ran = vestry("evaluate", "--truth", "truth", "--purpose", "matching-review")
    assert ran.exit_code == 0
    for said in (
        "People", "as published", "identifiers withheld", "pairs by kind of source, worst first", "30-44", "few",
        "1 record of the truth is not in the twin", "Businesses", "Households on 2026-11-01",
        "Addresses: left out; the truth has no addresses.csv.",
    ):  # fmt: skip
        assert said in ran.out, said


def test_evaluate_some_of_a_folder(vestry, truth: Path, small_place: Place) -> None:
    ran = vestry(
        "evaluate", "--truth", "truth", "--only", "businesses", "--purpose", "matching-review", "--json"
    )
    told = json.loads(ran.out)
    assert [name for name in ("people", "businesses", "households", "addresses") if told[name]] == [
        "businesses"
    ]
    read = {entry["table"] for entry in entries(small_place)}
    assert read == {"ledger", "linkage_rules", "members", "records", "links"}
    ran = vestry(
        "evaluate", "--truth", "truth", "--only", "people", "--only", "pets", "--purpose", "matching-review"
    )
    assert (ran.exit_code, "choose from people" in ran.err) == (2, True)


def test_evaluate_shows_every_pair_when_asked(vestry, truth: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("vestry.cli.evaluation_tables.WORST", 1)
    some = vestry("evaluate", "--truth", "truth", "--only", "people", "--purpose", "matching-review").out
    every = vestry(
        "evaluate", "--truth", "truth", "--only", "people", "--all", "--purpose", "matching-review"
    ).out
    assert "The worst 1 of 3" in some
    assert "worst 1" not in every
    assert every.count("library") > some.count("library")


@pytest.mark.parametrize(
    ("name", "text"),
    [("people", f"{RECORDS}\n"), ("people", "a\n"), ("residents", "who\n"), ("households", "")],
)
def test_evaluate_a_truth_that_is_none(vestry, truth: Path, name: str, text: str) -> None:
    (truth / f"{name}.csv").write_text(text)
    ran = vestry("evaluate", "--truth", "truth", "--purpose", "matching-review")
    assert (ran.exit_code, ran.out) == (2, "")
    assert "truth-invalid" in ran.err and f"{name}.csv" in ran.err


@pytest.mark.parametrize(
    ("said", "why"),
    [
        ([], "--truth or --sample"),
        (["--truth", "truth", "--sample", "autumn"], "--truth or --sample"),
        (["--truth", "truth", "--pairs", "9"], "--pairs"),
        (["--sample", "autumn", "--only", "people"], "--only"),
        (["--sample", "autumn"], "vestry evaluate --sample autumn --pairs 400"),
        (["--sample", "Autumn!", "--pairs", "9"], "sample-invalid"),
    ],
)
def test_evaluate_wants_a_truth_or_a_sample(vestry, truth: Path, said: list[str], why: str) -> None:
    ran = vestry("evaluate", *said, "--purpose", "matching-review")
    assert ran.exit_code in (2, 7) and ran.out == ""
    assert why in ran.err


def test_evaluate_by_a_sample(vestry) -> None:
    why = ("--purpose", "matching-review")
    none = vestry("evaluate", "--sample", "autumn", *why)
    assert "vestry evaluate --sample autumn --pairs 400 --purpose matching-review" in none.err
    drawn = json.loads(vestry("evaluate", "--sample", "autumn", "--pairs", "9", "--json", *why).out)
    assert drawn["release"] == "rel-2" and sum(s["drawn"] for s in drawn["strata"]) > 0
    other = vestry("evaluate", "--sample", "other", "--pairs", "9", *why)
    assert "vestry evaluate --sample other --purpose matching-review" in other.out
    told = json.loads(vestry("evaluate", "--sample", "autumn", "--json", *why).out)
    assert told["answered"]["missing"] == told["answered"]["drawn"] > 0
    assert (told["overall"]["precision"], told["current"]) == (None, "rel-2")
    assert "Nothing can be told yet" in vestry("evaluate", "--sample", "autumn", *why).out


def test_a_sample_to_compare_reviewers_measures_nothing(vestry) -> None:
    assert vestry("review", "sample", "--name", "winter", "--pairs", "3").exit_code == 0
    ran = vestry("evaluate", "--sample", "winter", "--purpose", "matching-review")
    assert (ran.exit_code, ran.out) == (2, "")
    assert "never linked" in ran.err


@pytest.mark.parametrize("why", [[], ["--purpose", "council-tax"]])
@pytest.mark.parametrize("pairs", [[], ["--pairs", "9"]])
def test_a_sample_is_drawn_and_told_for_review_alone(
    vestry, small_place: Place, why: list[str], pairs: list[str]
) -> None:
    assert vestry("evaluate", "--sample", "autumn", "--pairs", "9", "--purpose", "training").exit_code == 0
    before = sorted(p.name for p in small_place.decisions.rglob("*.json"))
    name = "other" if pairs else "autumn"
    ran = vestry("evaluate", "--sample", name, *pairs, *why)
    assert (ran.exit_code, ran.out) == (2, "") and "purpose" in ran.err
    assert sorted(p.name for p in small_place.decisions.rglob("*.json")) == before
