"""A whole evaluation of small twins: what is asked, what is left out, and what is wrong with a truth."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as parquet
import pytest

from vestry.errors import TruthInvalid
from vestry.linkage.evaluation.report import evaluate

RECORDS = "source,source_key,part,entity"
HOMES = "household,person,uprn,since,until"
PLACES = "source,source_key,part,as_at,uprn,form"

FOUR = [("a", "1", "x"), ("a", "2", "x"), ("b", "3", "x"), ("b", "4", "y")]
TRUE = [
    ("a", "1", "p", "T"),
    ("a", "2", "p", "T"),
    ("b", "3", "p", "U"),
    ("b", "4", "p", "U"),
    ("b", "5", "p", "U"),
]


def test_one_file(making: Any, tmp_path: Path) -> None:
    found = evaluate(making.twin(FOUR), making.csv(tmp_path / "truth.csv", RECORDS, TRUE))
    assert found.people is not None
    score = found.people.published.overall.pairs
    assert (score.right, score.wrong, score.missed) == (1, 2, 1)
    assert (score.precision, score.recall, score.f1) == pytest.approx((1 / 3, 1 / 2, 0.4))
    assert (found.people.records, found.people.absent, found.absent, found.on) == (4, 0, 1, "2026-11-01")
    assert (found.businesses, found.properties, found.households, found.addresses) == (None, None, None, None)
    assert found.left_out == ()


def test_parts_of_one_key_are_records_of_their_own(making: Any, tmp_path: Path) -> None:
    twin = making.twin(FOUR[:1])
    twin.rows["keys", "person"] += [("a", "1", "partner", "y", 1), ("a", "1", "carer", "x", 2)]
    truth = [("a", "1", "p", "T"), ("a", "1", "partner", "U"), ("a", "1", "child", "V")]
    found = evaluate(twin, making.csv(tmp_path / "truth.csv", RECORDS, truth))
    assert found.people is not None and (found.people.records, found.absent) == (2, 1)
    assert found.people.published.overall.entities.exactly_right == 2


def test_kinds_in_one_file_are_kept_apart(making: Any, tmp_path: Path) -> None:
    twin = making.twin(FOUR[:2])
    twin.rows["keys", "organisation"] = [("b", "3", "p", "o", 2), ("b", "4", "p", "o", 3)]
    twin.rows["addresses", "property"] = [("b", "5", "p", 4, "2026-11-01", None, None, "r")]
    twin.rows["sources", ""].append(("b", "borough", "2026-11-01"))
    found = evaluate(twin, making.csv(tmp_path / "truth.csv", RECORDS, TRUE))
    assert found.people and found.businesses and found.properties
    assert [r.published.overall.pairs.right for r in (found.people, found.businesses, found.properties)] == [
        1,
        1,
        0,
    ]
    assert found.properties.withheld is None
    assert found.absent == 0


def test_parquet_and_keys_that_stay_text(making: Any, tmp_path: Path) -> None:
    rows = {"source": ["a"], "source_key": ["001"], "part": ["p"], "entity": ["T"]}
    parquet.write_table(pa.table(rows), tmp_path / "truth.parquet")
    text = making.csv(tmp_path / "truth.csv", RECORDS, [("a", "001", "p", "T")])
    for path in (tmp_path / "truth.parquet", text):
        found = evaluate(making.twin([("a", "001", "x")]), path)
        assert found.people is not None and found.people.records == 1


@pytest.fixture
def folder(making: Any, tmp_path: Path) -> Path:
    """Everything that a truth may have, of four people in two homes, a shop, and an address."""
    making.csv(tmp_path / "people.csv", RECORDS, TRUE)
    making.csv(tmp_path / "organisations.csv", RECORDS, [("c", "9", "shop", "S")])
    making.csv(
        tmp_path / "residents.csv", "entity,family_name,sex", [("T", "Zzmark", "F"), ("U", "Zzmark", "M")]
    )
    making.csv(
        tmp_path / "households.csv",
        HOMES,
        [("H", "T", "1", "2020-01-01", ""), ("H", "U", "1", "", "2099-01-01")],
    )
    making.csv(tmp_path / "addresses.csv", PLACES, [("a", "1", "home", "2026-01-01", "100", "house")])
    making.csv(tmp_path / "changes.csv", "on,what", [("2026-01-01", "death")])
    return tmp_path


@pytest.fixture
def twin(making: Any) -> Any:
    made = making.twin(FOUR)
    made.rows["keys", "organisation"] = [("c", "9", "shop", "o", 4)]
    made.rows["sources", ""].append(("c", "borough", "2026-11-01"))
    made.rows["households", ""] = [("h1", "x"), ("h1", "y")]
    made.rows["addresses", "property"] = [("a", "1", "home", 9, "2026-11-01", "100", None, "r1")]
    return made


def test_a_folder(twin: Any, folder: Path) -> None:
    found = evaluate(twin, folder)
    assert found.left_out == ()
    assert found.people and found.people.absent == 1
    assert [(g.attribute, g.value) for g in found.people.published.by_group] == [("sex", "F"), ("sex", "M")]
    assert found.people.withheld is not None
    assert found.people.withheld.overall.pairs.wrong == 0  # without links everybody stands alone
    assert found.businesses and found.businesses.records == 1
    assert found.households and found.households.found.pairs.right == 1
    assert found.addresses and found.addresses.overall.right == 1


def test_only_what_is_asked_is_read(twin: Any, folder: Path) -> None:
    found = evaluate(twin, folder, only=["addresses"])
    assert found.addresses is not None and found.people is None and found.left_out == ()
    assert {name for name, _ in twin.asked} == {"sources", "rules", "addresses"}


def test_who_moved_is_what_they_are_where_they_live_now(making: Any, twin: Any, folder: Path) -> None:
    heading = "entity,sex,household_kind,gone_on"
    rows = [
        ("T", "F", "", "2020-01-01"),
        ("T", "F", "couple", ""),
        ("U", "M", "x", "2019-01-01"),
        ("U", "M", "y", "2020-01-01"),
    ]
    making.csv(folder / "residents.csv", heading, [*rows, rows[0]])
    found = evaluate(twin, folder)
    assert found.people is not None
    groups = [(g.attribute, g.value, g.people) for g in found.people.published.by_group]
    assert groups == [
        ("sex", "F", 1),
        ("sex", "M", 1),
        ("household_kind", "couple", 1),
        ("household_kind", "y", 1),
    ]


def test_two_rows_of_one_resident_must_agree(making: Any, twin: Any, folder: Path) -> None:
    making.csv(folder / "residents.csv", "entity,sex", [("T", "F"), ("T", "F"), ("U", "M")])
    assert evaluate(twin, folder).people is not None
    making.csv(folder / "residents.csv", "entity,sex", [("T", "F"), ("T", "M"), ("U", "M")])
    with pytest.raises(TruthInvalid) as refused:
        evaluate(twin, folder)
    assert refused.value.what.startswith("1 row too many")


def test_what_is_not_there_is_left_out_with_a_word(twin: Any, folder: Path) -> None:
    for name in ("organisations", "residents", "households", "addresses"):
        (folder / f"{name}.csv").unlink()
    found = evaluate(twin, folder)
    assert found.left_out == (
        "Businesses: left out; the truth has no organisations.csv.",
        "Households: left out; the truth has no households.csv.",
        "Addresses: left out; the truth has no addresses.csv.",
        "Groups of people: left out; the truth has no residents.csv.",
    )
    assert found.people is not None and found.people.published.by_group == ()


def test_a_release_without_its_rules(twin: Any, folder: Path) -> None:
    twin.rows["rules", ""] = []
    found = evaluate(twin, folder)
    assert found.people is not None and found.people.withheld is None
    assert [said for said in found.left_out if "vestry build --again" in said]


@pytest.mark.parametrize(
    "text",
    [
        "source,source_key,entity\na,1,T\n",
        f"{RECORDS}\n",
        f"{RECORDS}\nz,9,p,T\n",
        f"{RECORDS}\na,1,p,T\na,1,p,U\n",
        f"{RECORDS}\na,1,p\n",
        f"{RECORDS}\na,\xff,p,T\n",
        "",
    ],
)
def test_a_truth_that_is_none(making: Any, tmp_path: Path, text: str) -> None:
    path = tmp_path / "truth.csv"
    path.write_bytes(text.encode("latin-1"))
    with pytest.raises(TruthInvalid) as refused:
        evaluate(making.twin([("a", "1", "x")]), path)
    assert str(path) in refused.value.text()


def test_a_record_given_twice_alike_is_one(making: Any, tmp_path: Path) -> None:
    path = making.csv(tmp_path / "truth.csv", RECORDS, [*TRUE, TRUE[0], TRUE[0]])
    found = evaluate(making.twin(FOUR), path)
    assert found.people is not None and (found.people.records, found.absent) == (4, 1)


def test_a_record_of_nobody(making: Any, tmp_path: Path) -> None:
    """Two rows without an entity are not one entity."""
    path = making.csv(tmp_path / "truth.csv", RECORDS, [*TRUE, ("a", "8", "p", ""), ("b", "9", "p", " ")])
    with pytest.raises(TruthInvalid) as refused:
        evaluate(making.twin(FOUR), path)
    assert str(refused.value).startswith("The truth says of 2 records no entity.")
    assert "leave the row out" in refused.value.fix


def test_a_parquet_that_is_none(making: Any, tmp_path: Path) -> None:
    (tmp_path / "truth.parquet").write_bytes(b"PAR1, or so it says")
    with pytest.raises(TruthInvalid):
        evaluate(making.twin(FOUR), tmp_path / "truth.parquet")


def test_nothing_there(making: Any, tmp_path: Path) -> None:
    for path in (tmp_path, tmp_path / "none.csv"):
        with pytest.raises(TruthInvalid) as refused:
            evaluate(making.twin(FOUR), path)
        assert refused.value.fix


def test_nothing_of_what_was_asked(making: Any, tmp_path: Path) -> None:
    making.csv(tmp_path / "people.csv", RECORDS, TRUE)
    with pytest.raises(TruthInvalid) as refused:
        evaluate(making.twin(FOUR), tmp_path, only=["households", "addresses"])
    assert len(refused.value.problems) == 2


def test_one_file_does_not_say_who_lives_together(making: Any, tmp_path: Path) -> None:
    path = making.csv(tmp_path / "truth.csv", RECORDS, TRUE)
    with pytest.raises(TruthInvalid) as refused:
        evaluate(making.twin(FOUR), path, only=["households"])
    assert refused.value.what == "A truth in one file does not say who lives together."
    assert "households.csv and people.csv" in refused.value.fix
    found = evaluate(making.twin(FOUR), path, only=["households", "people"])
    assert found.people is not None
    (left_out,) = found.left_out
    assert left_out.startswith("Households: left out; a truth in one file does not say who lives together.")


def test_one_file_of_people_has_no_businesses(making: Any, tmp_path: Path) -> None:
    path = making.csv(tmp_path / "truth.csv", RECORDS, TRUE)
    with pytest.raises(TruthInvalid) as refused:
        evaluate(making.twin(FOUR), path, only=["businesses", "addresses", "households"])
    assert refused.value.what == "The truth names no record of the twin that is of businesses or addresses."
    assert refused.value.fix.endswith("; or ask for other sections")


def test_every_problem_at_once(making: Any, twin: Any, folder: Path) -> None:
    """And never a value: not the entity that is twice, nor the name that stands in the wrong place."""
    making.csv(folder / "people.csv", RECORDS, [*TRUE, ("a", "1", "p", "ZZMARK")])
    making.csv(folder / "organisations.csv", RECORDS, [("z", "ZZMARK", "shop", "S")])
    making.csv(folder / "residents.csv", "name,sex", [("ZZMARK", "F")])
    making.csv(folder / "households.csv", "household,person", [("H", "ZZMARK")])
    making.csv(
        folder / "addresses.csv", PLACES, [("a", "1", "home", "2026-01-01", u, "house") for u in ("1", "2")]
    )
    with pytest.raises(TruthInvalid) as refused:
        evaluate(twin, folder)
    said = refused.value.text()
    assert "ZZMARK" not in said
    assert [(Path(p.where).name, p.what) for p in refused.value.problems] == [
        ("addresses.csv", "The truth gives 1 record more than one address from the same day on."),
        ("people.csv", "The truth gives 1 record more than one entity."),
        ("residents.csv", "There is no column `entity`."),
        ("organisations.csv", "The truth names no record of the twin."),
        ("households.csv", "There is no column `since`."),
        ("households.csv", "There is no column `until`."),
    ]
