"""A saved model is used again as it stands, and refused when it is not for these comparisons."""

from __future__ import annotations

import json
import math
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import ibis
import pytest

from vestry.engines.duckdb import DuckDBEngine
from vestry.errors import ModelInvalid
from vestry.linkage.blocks import block_keys
from vestry.linkage.comparisons import DESIGNS, MISSING, label_of
from vestry.linkage.evidence import unfolded
from vestry.linkage.identifiers import YEARS_APART
from vestry.linkage.model import (
    Chances,
    Commonness,
    first_beliefs,
    read_model,
    save_model,
    value_digest,
    where_unmet,
)
from vestry.linkage.scoring import (
    EXCEPTIONS,
    PROFILES,
    Scores,
    listed_twice,
    prior_bits,
    score,
    years_apart,
)

COLUMNS = (
    "organisation_name", "organisation_type", "postcode", "address_lines", "phone", "email", "rating", "rated_on",
    "organisation_core", "address_key", "building_number",
)  # fmt: skip


@pytest.fixture
def engine(tmp_path: Path) -> Iterator[DuckDBEngine]:
    made = DuckDBEngine(tmp_path / "work", threads=1)
    yield made
    made.close()


def profiles(engine: DuckDBEngine) -> ibis.Table:
    names = [f"NUMBER {i} CAFE" for i in range(60)]
    rows = [
        dict.fromkeys(COLUMNS)
        | {
            "profile_no": i, "repeated": False, "organisation_name": name, "organisation_core": name,
            "postcode": f"AL1 {i % 9}A{'ABDEFGHJLN'[i % 10]}", "address_key": f"{i} HIGH STREET",
            "address_lines": f"{i} HIGH STREET", "building_number": str(i), "organisation_type": "cafe",
        }
        for i, name in enumerate([*names, names[0]])
    ]  # fmt: skip
    rows[60] |= {k: rows[0][k] for k in ("postcode", "address_key", "address_lines", "building_number")}
    rows[60] |= {"organisation_type": "retailer"}
    schema = {"profile_no": "int64", "repeated": "boolean"} | dict.fromkeys(COLUMNS, "string")
    return engine.keep("profiles", ibis.memtable(rows, schema=ibis.schema(schema)))


def scored(engine: DuckDBEngine, model: Path) -> Scores:
    told = profiles(engine)
    blocks, _ = block_keys(engine, "organisation", told, DESIGNS["organisation"].blocking)
    return score(engine, told, "organisation", model, blocks=blocks, at_least=0.5)


def test_the_pair_that_agrees_is_found_with_its_evidence(engine: DuckDBEngine, tmp_path: Path) -> None:
    found = scored(engine, tmp_path / "m" / "organisation.json")
    (pair,) = engine.fetch(found.pairs).to_pylist()
    assert (pair["left_profile"], pair["right_profile"]) == (0, 60)
    assert pair["probability"] > 0.9
    left, right = (found.pairs[profile].cast("string") for profile in PROFILES)
    pairs = found.pairs.select(*PROFILES, left_record=left, right_record=right)
    evidence = unfolded(found.evidence(engine, pairs, "told"))
    said = {row["field"]: row["agreement"] for row in engine.fetch(evidence).to_pylist()}
    assert said["organisation_name"] == "exact"
    assert said["address"] == "exact"
    assert said["organisation_type"] == "different"
    assert said["phone"] == MISSING


def test_a_saved_model_is_not_trained_again(engine: DuckDBEngine, tmp_path: Path) -> None:
    model = tmp_path / "organisation.json"
    scored(engine, model)
    saved = json.loads(model.read_text())
    saved["two_random_records_match"] = 1e-9
    model.write_text(json.dumps(saved))
    found = scored(engine, model)
    assert engine.count(found.pairs) == 0
    assert prior_bits("organisation", model) == pytest.approx(-29.9, abs=0.1)
    assert model.stat().st_mode & 0o777 == 0o600


@pytest.mark.parametrize("text", ["", "{}", '{"design": "another"}', "[1]"])
def test_a_model_that_is_not_for_these_comparisons_is_refused(
    engine: DuckDBEngine, tmp_path: Path, text: str
) -> None:
    model = tmp_path / "organisation.json"
    model.write_text(text)
    with pytest.raises(ModelInvalid):
        scored(engine, model)


@pytest.mark.parametrize("kind", sorted(DESIGNS))
def test_beliefs_of_each_comparison_are_chances(kind: str) -> None:
    for comparison in DESIGNS[kind].comparisons:
        assert sum(level.m for level in comparison.levels) == pytest.approx(1, abs=0.005), comparison.name
        assert comparison.levels[-1].sql == "ELSE"
        assert label_of(comparison, -1) == MISSING
        assert label_of(comparison, 0) == comparison.levels[-1].label
        assert label_of(comparison, len(comparison.levels) - 1) == comparison.levels[0].label


@pytest.mark.parametrize(("differ", "expected"), [(EXCEPTIONS / 2, YEARS_APART), (EXCEPTIONS * 2, None)])
def test_years_of_birth_part_people_unless_many_pairs_of_one_person_would_break_the_rule(
    tmp_path: Path, differ: float, expected: int | None
) -> None:
    design, path = DESIGNS["person"], tmp_path / "person.json"
    model = first_beliefs(
        design, match=0.001, u={c.name: (1 / len(c.levels),) * len(c.levels) for c in design.comparisons}
    )
    *others, last = model.comparisons["birth_date"]
    learnt = (*others, Chances(m=differ, u=last.u, home=last.home))
    save_model(replace(model, comparisons={**model.comparisons, "birth_date": learnt}), design, path)
    assert years_apart("person", path) == expected


def test_before_any_model_years_of_birth_part_people_and_nothing_else(tmp_path: Path) -> None:
    assert years_apart("person", tmp_path / "person.json") == YEARS_APART
    assert years_apart("organisation", tmp_path / "organisation.json") is None


def test_what_a_pair_weighs_hangs_on_the_two_and_the_model(engine: DuckDBEngine, tmp_path: Path) -> None:
    """Not on who else is there: thirty more of that name, and it is no more common than when the model was learnt."""
    model = tmp_path / "organisation.json"
    (before,) = engine.fetch(scored(engine, model).scored).to_pylist()
    told = profiles(engine)
    more = told.filter(told.profile_no == 0).cross_join(ibis.range(30).unnest().name("n").as_table())
    more = more.mutate(profile_no=100 + more.n.cast("int64"), building_number=more.n.cast("string"))
    more = more.mutate(address_key=more.building_number + " HIGH STREET", postcode=ibis.null("string"))
    whole = engine.keep("more_profiles", told.union(more.select(*told.columns)))
    blocks, _ = block_keys(engine, "organisation", whole, DESIGNS["organisation"].blocking)
    found = score(engine, whole, "organisation", model, blocks=blocks, at_least=0.0).scored
    pair = found.filter((found.left_profile == 0) & (found.right_profile == 60))
    assert engine.fetch(pair).to_pylist() == [before]


def test_a_model_is_read_as_it_was_saved(tmp_path: Path) -> None:
    design, path = DESIGNS["organisation"], tmp_path / "organisation.json"
    model = replace(
        first_beliefs(design, match=0.001, u={c.name: (1 / 8,) * len(c.levels) for c in design.comparisons}),
        common={"postcode": Commonness(any_other=0.0001, shares={value_digest("AB1 2CD"): 0.02})},
    )
    save_model(model, design, path)
    saved = read_model(path, design)
    assert saved.common == model.common and saved.listed_twice is None
    assert "AB1" not in path.read_text(), "no value of anybody"
    learnt = listed_twice("organisation", path, lambda: {"register/rows/business": 0.01})
    assert learnt == {"register/rows/business": 0.01}
    assert listed_twice("organisation", path, dict) == learnt, "once"
    assert read_model(path, design) == replace(saved, listed_twice=learnt)
    said = json.loads(path.read_text())
    bad = [{"listed_twice": {"register/rows/business": times}} for times in (-1, math.inf, math.nan)]
    for spoilt in (*bad, {"two_random_records_match": 0}):
        path.write_text(json.dumps(said | spoilt))
        with pytest.raises(ModelInvalid):
            read_model(path, design)
    twice = json.loads(json.dumps(said))
    for level in next(iter(twice["comparisons"].values())):
        level["m"] = 0.9
    path.write_text(json.dumps(twice))
    with pytest.raises(ModelInvalid):
        read_model(path, design)
    for chance in ("m", "u"):
        never = json.loads(json.dumps(said))
        next(iter(never["comparisons"].values()))[0][chance] = 0
        path.write_text(json.dumps(never))
        with pytest.raises(ModelInvalid):
            read_model(path, design)
    path.write_text("[" * 200_000)
    with pytest.raises(ModelInvalid):
        read_model(path, design)


@pytest.mark.parametrize("conditions", [None, "others"])
def test_a_model_learnt_before_there_were_numbers_of_other_kinds_is_read_with_what_is_believed_of_them(
    tmp_path: Path, conditions: str | None
) -> None:
    """And so is one that learnt them by other conditions: its chances are of something else."""
    design, path = DESIGNS["person"], tmp_path / "person.json"
    unlike = {c.name: (1 / 16,) * len(c.levels) for c in design.comparisons}
    save_model(first_beliefs(design, match=0.001, u=unlike), design, path)
    assert {c.u for c in read_model(path, design).comparisons["other_number"]} == {0.0625}
    said = json.loads(path.read_text())
    if conditions is None:
        del said["comparisons"]["other_number"], said["where_said"]
    else:
        said["where_said"]["other_number"] = conditions
        said["comparisons"]["other_number"].pop()
    path.write_text(json.dumps(said))
    read = read_model(path, design)
    (about,) = (c for c in design.comparisons if c.name == "other_number")
    assert read.comparisons["other_number"] == tuple(
        Chances(m=level.m, u=where_unmet(level), home=level.home) for level in about.levels
    )
    assert {c.u for c in read.comparisons["family_name"]} == {0.0625}
