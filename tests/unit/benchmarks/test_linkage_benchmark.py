"""The benchmark of linkage: what it measures, what it gives each side, and what it draws."""

from __future__ import annotations

import gzip
import xml.etree.ElementTree as ET
from pathlib import Path

import pandas as pd
import pytest
import yaml
from benchmarks.linkage import counties, sets
from benchmarks.linkage.chart import chart
from benchmarks.linkage.contest import SPLINK, VESTRY, Contest, Entry
from benchmarks.linkage.curves import BITS, best, bits_of, probability
from benchmarks.linkage.measures import Measured, codes, measured
from benchmarks.linkage.places import contract, looked_at_from, make_place
from benchmarks.linkage.splink_settings import RECIPES, comparison_of, rule_text
from benchmarks.linkage.tables import as_json, markdown, table
from benchmarks.linkage.vestry_side import CPU

from vestry.contracts.reading import read_contracts
from vestry.linkage.evaluation.measures import Score
from vestry.place import open_place

HEADER = "rec_id, given_name, surname, street_number, address_1, address_2, suburb, postcode, state, date_of_birth, soc_sec_id"
ROW = "rec-7-org, ada, , 3, quarry lane, , brackmere, 4011, wa, 19081209, 6988048"


def told(clusters: str, entities: str) -> Measured:
    return measured(codes(list(clusters)), codes(list(entities)))


def test_pairs_and_b_cubed_of_one_wrong_join() -> None:
    found = told("aaaab", "xxyyy")
    # Pairs found: 6; true: 1 + 3; both: one of x, one of y.
    assert (found.right, found.wrong, found.missed) == (2, 4, 2)
    score = Score(right=2, wrong=4, missed=2)
    assert (found.precision, found.recall, found.f1) == (score.precision, score.recall, score.f1)
    assert found.b3_precision == pytest.approx((4 * 2 / 4 + 1) / 5)
    assert found.b3_recall == pytest.approx((1 + 1 + 2 / 3 + 2 / 3 + 1 / 3) / 5)


def test_nothing_joined_is_precise_and_finds_nothing() -> None:
    found = told("abcd", "xxyy")
    assert (found.precision, found.recall, found.f1) == (1.0, 0.0, 0.0)
    assert told("abcd", "wxyz").recall == 1.0


def test_names_of_clusters_say_nothing() -> None:
    assert told("aab", "xxy") == told("zzq", "112")


def test_bits_and_probabilities_are_each_others_reverse() -> None:
    assert probability(bits_of(0.95)) == pytest.approx(0.95)
    assert probability(0) == 0.5
    assert best({0: told("aab", "xxy"), 3: told("abc", "xxy")})[0] == 0


def folder_of(tmp_path: Path, *rows: str) -> Path:
    (tmp_path / "febrl").mkdir()
    for name in ("1", "2", "3", "4a", "4b"):
        with gzip.open(tmp_path / "febrl" / f"dataset{name}.csv.gz", "wt", encoding="utf-8") as out:
            out.write("\n".join([HEADER, *rows]) + "\n")
    return tmp_path


def test_blanks_are_missing_and_the_key_tells_the_truth(tmp_path: Path) -> None:
    frame = sets.frame(sets.SETS[3], folder_of(tmp_path, ROW, ROW.replace("-org", "-dup-0")))
    assert frame.surname.isna().all()
    assert list(frame.entity) == ["7"] * 4
    assert frame.record.is_unique
    assert set(frame.source) == {"febrl-4a", "febrl-4b"}


def test_every_missing_file_is_named_before_anything_runs(tmp_path: Path) -> None:
    with pytest.raises(sets.DataMissing) as refused:
        sets.assert_there(sets.SETS, tmp_path)
    said = str(refused.value)
    assert said.count("where:") == 6
    assert "--data" in said


@pytest.mark.parametrize("about", sets.SETS, ids=lambda s: s.name)
def test_a_set_is_a_place_whose_contracts_hold(about: sets.RecordSet, tmp_path: Path) -> None:
    make_place(about, tmp_path, withheld=False)
    place = open_place(tmp_path)
    found = read_contracts(place)
    assert set(found) == {file.source for file in about.files}
    assert all(c.may_link for c in found.values())
    assert [t.holds_each_once for c in found.values() for t in c.tables] == [about.name == "febrl4"] * len(
        found
    )
    assert place.thresholds == open_place(tmp_path).thresholds.__class__()


@pytest.mark.parametrize("about", sets.SETS, ids=lambda s: s.name)
@pytest.mark.parametrize("withheld", [True, False])
def test_neither_key_nor_truth_is_given_to_vestry_nor_a_number_that_is_withheld(
    about: sets.RecordSet, withheld: bool
) -> None:
    columns = yaml.safe_load(contract(about, about.files[0], withheld=withheld))["schema"][0]["properties"]
    silent = {c["name"] for c in columns if "customProperties" not in c}
    keys = {"rec_id"} if about.shape == sets.FEBRL else {"unique_id", "group"}
    assert silent == (keys | {about.identifier} if withheld and about.identifier else keys)


def test_a_curve_lowers_the_review_threshold_and_nothing_stays(tmp_path: Path) -> None:
    for before in ('name = "A"\n', 'name = "A"\n[thresholds]\nlink = 0.9\nreview = 0.5\n'):
        (tmp_path / "place.toml").write_text(before, encoding="utf-8")
        link = open_place(tmp_path).thresholds.link
        with looked_at_from(tmp_path, 0.05):
            assert open_place(tmp_path).thresholds.review == 0.05
            assert open_place(tmp_path).thresholds.link == link
        assert (tmp_path / "place.toml").read_text(encoding="utf-8") == before


def test_a_withheld_number_is_named_by_no_rule() -> None:
    for name in ("febrl3", "febrl4"):
        for recipe in RECIPES[name].values():
            assert "soc_sec_id" in str(recipe.published())
            assert "soc_sec_id" not in str(recipe.without("soc_sec_id").published())


def test_every_recipe_is_one_that_splink_understands() -> None:
    for recipes in RECIPES.values():
        for recipe in recipes.values():
            for written in recipe.comparisons.values():
                assert comparison_of(written).get_comparison("duckdb").comparison_levels
            assert all(rule_text(rule) for rule in (*recipe.blocking, *recipe.sure, *recipe.training))
            assert "docs/" in recipe.page


def test_numbers_of_people_are_withheld_from_every_contract_but_the_sealed(tmp_path: Path) -> None:
    folder = tmp_path / "contracts"
    folder.mkdir()
    column = "  - {name: NINO, customProperties: [{property: vestry.field, value: tenant.nino}]}\n"
    (folder / "housing.yaml").write_text(column, encoding="utf-8")
    (folder / "protected-identities.yaml").write_text(column, encoding="utf-8")
    counties.withhold(tmp_path)
    assert "tenant.nino" not in (folder / "housing.yaml").read_text(encoding="utf-8")
    assert yaml.safe_load((folder / "housing.yaml").read_text(encoding="utf-8"))
    assert (folder / "protected-identities.yaml").read_text(encoding="utf-8") == column


def test_a_number_that_is_mapped_in_another_way_stops_the_benchmark(tmp_path: Path) -> None:
    (tmp_path / "contracts").mkdir()
    left = '  - {name: N, customProperties: [{property: vestry.field, value: ["a.nino", "b.reference"]}]}\n'
    (tmp_path / "contracts" / "other.yaml").write_text(left, encoding="utf-8")
    with pytest.raises(SystemExit, match="still maps"):
        counties.withhold(tmp_path)


def contest() -> Contest:
    good, poor = told("aab", "xxy"), told("abcd", "xxyy")
    sides = [(VESTRY, "", good), (SPLINK, "accuracy", None)]
    entries = [
        Entry(
            side=side, recipe=recipe, curve={bits: good if bits < 5 else poor for bits in BITS}, fixed=fixed,
            stages={"link": 2.0, "publish": 1.0} if side == VESTRY else {"train": 1.5},
            beside={CPU: 4.0}, peak=2**20 * 300, settings={"page": "docs/x"},
        )
        for side, recipe, fixed in sides
    ]  # fmt: skip
    return Contest(
        name="one", title="One & two", identifiers="withheld", records=3, people=2, only_vestry=1, only_splink=0,
        entries=tuple(entries),
    )  # fmt: skip


def test_the_drawing_is_xml_with_both_curves_and_vestrys_own_threshold() -> None:
    drawn = ET.fromstring(chart(contest()))
    texts = "".join(drawn.itertext())
    assert "One & two, identifiers withheld" in texts
    assert "Vestry: best F1 1.0000" in texts
    assert "plain Splink, accuracy" in texts
    assert "recall" in texts and "precision" in texts
    paths = [p.get("d", "") for p in drawn.iter("{http://www.w3.org/2000/svg}path")]
    assert sum("l8 8l-8 8" in d for d in paths) == 1


def test_the_table_says_both_sides_and_what_was_left_aside() -> None:
    text = table([contest()])
    vestry, splink = text.splitlines()[2:4]
    assert vestry.split()[-4:] == ["3.0", "2.0", "4.0", "300"]
    assert splink.split()[-4:] == ["1.5", "1.5", "4.0", "300"]
    assert "1 of Vestry's" in text
    assert markdown([contest()]).startswith("| set |")
    (said,) = as_json([contest()])
    assert said["entries"][1]["settings"] == {"page": "docs/x"}
    assert len(said["entries"][0]["curve"]) == len(BITS)


def test_a_record_truth_is_a_part_of_a_row(tmp_path: Path) -> None:
    (tmp_path / "truth").mkdir()
    (tmp_path / "truth" / "people.csv").write_text(
        "source,source_key,part,entity\na,1,liable,p1\na,1,partner,p2\na,1,liable,p1\n", encoding="utf-8"
    )
    pd.testing.assert_series_equal(
        counties.truth(tmp_path).record,
        pd.Series(["a/1/liable", "a/1/partner"], name="record"),
        check_index=False,
    )
