"""Pairwise precision, recall and F1, held against pairs that are made one by one."""

from __future__ import annotations

import itertools
from pathlib import Path

import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st

from vestry.errors import TruthInvalid
from vestry.linkage.evaluation import evaluate

COLUMNS = "source,source_key,part,entity"


def crossref(rows: list[tuple[str, str, str]]) -> pa.Table:
    """(source, key, entity) as `export crossref` has it."""
    return pa.table(
        {
            "source": pa.array([r[0] for r in rows], pa.string()),
            "source_key": pa.array([r[1] for r in rows], pa.string()),
            "part": pa.array(["p"] * len(rows), pa.string()),
            "kind": pa.array(["person"] * len(rows), pa.string()),
            "entity_id": pa.array([r[2] for r in rows], pa.string()),
        }
    )


def truth(folder: Path, rows: list[tuple[str, str, str]]) -> Path:
    path = folder / "truth.csv"
    path.write_text("\n".join([COLUMNS, *(f"{s},{k},p,{e}" for s, k, e in rows)]) + "\n", encoding="utf-8")
    return path


GROUPS = st.lists(
    st.tuples(st.sampled_from("abc"), st.integers(0, 3), st.integers(0, 3)), min_size=1, max_size=14
)


@given(GROUPS)
@hypothesis_settings(max_examples=25, deadline=None)
def test_against_pairs_made_one_by_one(
    tmp_path_factory: pytest.TempPathFactory, rows: list[tuple[str, int, int]]
) -> None:
    records = [(source, str(n), f"t{twin}", f"e{true}") for n, (source, twin, true) in enumerate(rows)]
    found = evaluate(
        crossref([(s, n, twin) for s, n, twin, _ in records]),
        truth(tmp_path_factory.mktemp("t"), [(s, n, true) for s, n, _, true in records]),
    )

    def count(source: str | None) -> tuple[int, int, int]:
        right = wrong = missed = 0
        for one, two in itertools.combinations(records, 2):
            if source is not None and source not in (one[0], two[0]):
                continue
            joined, true = one[2] == two[2], one[3] == two[3]
            right, wrong, missed = (
                right + (joined and true),
                wrong + (joined > true),
                missed + (true > joined),
            )
        return right, wrong, missed

    assert (found.overall.right, found.overall.wrong, found.overall.missed) == count(None)
    for score in found.by_source:
        assert (score.right, score.wrong, score.missed) == count(score.name)
    assert {s.name for s in found.by_source} == {r[0] for r in records}


def test_figures(tmp_path: Path) -> None:
    found = evaluate(
        crossref([("a", "1", "x"), ("a", "2", "x"), ("b", "3", "x"), ("b", "4", "y")]),
        truth(
            tmp_path, [("a", "1", "T"), ("a", "2", "T"), ("b", "3", "U"), ("b", "4", "U"), ("b", "5", "U")]
        ),
    )
    assert (found.overall.right, found.overall.wrong, found.overall.missed) == (1, 2, 1)
    assert found.overall.precision == pytest.approx(1 / 3)
    assert found.overall.recall == pytest.approx(1 / 2)
    assert found.overall.f1 == pytest.approx(0.4)
    assert (found.records, found.absent) == (4, 1)


@pytest.mark.parametrize(
    "text",
    [
        "source,source_key,entity\na,1,T\n",
        f"{COLUMNS}\n",
        f"{COLUMNS}\nz,9,p,T\n",
        f"{COLUMNS}\na,1,p,T\na,1,p,U\n",
        "",
    ],
)
def test_a_truth_that_is_none(tmp_path: Path, text: str) -> None:
    path = tmp_path / "truth.csv"
    path.write_text(text)
    with pytest.raises(TruthInvalid):
        evaluate(crossref([("a", "1", "x")]), path)


def test_keys_stay_text(tmp_path: Path) -> None:
    assert evaluate(crossref([("a", "001", "x")]), truth(tmp_path, [("a", "001", "T")])).records == 1
