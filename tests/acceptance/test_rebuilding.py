"""Promise 2: a release is a function of its inputs, whatever the order of rows, the threads or the memory."""

from __future__ import annotations

import json
import shutil
from hashlib import sha256
from pathlib import Path
from typing import Any

import duckdb
import pytest

from vestry.contracts.reading import read_contracts
from vestry.twin.tables import BY_NAME

TABLES = sorted(BY_NAME)


@pytest.fixture(scope="module")
def of_shuffled(shuffled: Any, looking: Any) -> dict[str, list[tuple[Any, ...]]]:
    found: dict[str, list[tuple[Any, ...]]] = looking.contents(
        shuffled.place, shuffled.manifest.release_id, without=(*looking.sender, "at_release")
    )
    return found


@pytest.fixture(scope="module")
def of_first(small: Any, looking: Any) -> dict[str, list[tuple[Any, ...]]]:
    found: dict[str, list[tuple[Any, ...]]] = looking.contents(
        small.place, small.manifests[0].release_id, without=(*looking.sender, "at_release")
    )
    return found


def test_the_files_were_shuffled(small: Any, shuffled: Any) -> None:
    """Or the tests below would prove nothing."""
    one, other = (
        {(i["source"], i["sha256"]) for i in m.inputs} for m in (small.manifests[0], shuffled.manifest)
    )
    same = {source for source, _ in one & other}
    assert {"areas-district", "areas-lsoa", "areas-ward", "brackmere-housing", "cin-census"} <= same
    assert len(one - other) > 15


@pytest.mark.parametrize("table", TABLES)
def test_the_order_of_rows_and_the_threads_change_no_table(
    table: str, of_first: dict[str, Any], of_shuffled: dict[str, Any]
) -> None:
    """Only which file and row said it may differ. One thread, against as many as the machine has."""
    assert of_shuffled[table] == of_first[table]


def test_training_on_shuffled_rows_gives_the_same_model(small: Any, shuffled: Any) -> None:
    assert shuffled.trained.keys() == {"person.json", "organisation.json"}
    for name, trained in shuffled.trained.items():
        assert trained.decode() == (small.place.models / name).read_text(encoding="utf-8")


@pytest.fixture(scope="module")
def rebuilt(small: Any, looking: Any, tmp_path_factory: pytest.TempPathFactory) -> Any:
    """The last release of `small` built once more from the same predecessor: two threads, no memory."""
    place = small.copied(tmp_path_factory.mktemp("rebuilt") / "place")
    shutil.rmtree(place.releases / small.manifests[-1].release_id)
    (place.releases / "current").write_text(small.manifests[-2].release_id + "\n", encoding="utf-8")
    shutil.rmtree(place.memory)
    return place, looking.built(place, threads=2)


def test_the_same_inputs_after_the_same_release_make_the_same_release(
    small: Any, rebuilt: Any, looking: Any
) -> None:
    place, manifest = rebuilt
    assert manifest.release_id == small.manifests[-1].release_id
    one, other = (looking.contents(p, manifest.release_id) for p in (small.place, place))
    assert {name for name in TABLES if one[name] != other[name]} == set()
    assert manifest.tables == small.manifests[-1].tables


def test_memory_may_be_deleted(rebuilt: Any, small: Any) -> None:
    """It came back as it was, so that nothing but it was at stake."""
    place, _ = rebuilt
    assert {p.name for p in place.memory.iterdir()} == {p.name for p in small.place.memory.iterdir()}


def test_a_published_release_never_changes(small: Any, looking: Any) -> None:
    first, last = small.after_each
    kept = {path: digest for path, digest in first.items() if path != "current"}
    assert len(kept) == 2
    assert {path: last[path] for path in kept} == kept
    assert looking.hashes(small.place.releases) == last, "or a test changed the shared place"


def test_the_manifest_has_the_hash_of_the_file(small: Any) -> None:
    for manifest in small.manifests:
        twin = small.place.releases / manifest.release_id / "twin.duckdb"
        assert manifest.sha256 == sha256(twin.read_bytes()).hexdigest()


def test_the_manifest_names_every_input(small: Any) -> None:
    manifest = small.manifests[-1]
    assert manifest.predecessor == small.manifests[0].release_id
    sent = json.loads((small.place.folder / "incoming" / "manifest.json").read_text(encoding="utf-8"))
    assert {(i["source"], i["as_at"], i["sha256"]) for i in manifest.inputs} == {
        (a["source"], a["as_at"], sha256((small.place.folder / a["file"]).read_bytes()).hexdigest())
        for a in sent
    }
    assert len(manifest.inputs) == len(sent) > 60
    assert len(manifest.contracts) == len(read_contracts(small.place)) > 20
    assert set(manifest.models) == {"person.json", "organisation.json"}
    assert all(step["seconds"] >= 0 for step in manifest.steps)
    assert [step["name"] for step in manifest.steps] == [
        "take stock", "check", "standardise", "seal", "addresses", "place", "link", "identify", "assemble", "index", "measure",
        "publish",
    ]  # fmt: skip
    assert set(manifest.tables) == set(TABLES)


def test_nothing_new_makes_no_new_release(small: Any, looking: Any, tmp_path: Path) -> None:
    place = small.copied(tmp_path / "place")
    assert looking.built(place).release_id == small.manifests[-1].release_id
    assert looking.hashes(place.releases) == small.after_each[-1]


RUNS = 5
"""A table may be made of so many parts, each in order: the evidence of two kinds scored and three identified."""


@pytest.mark.parametrize(
    ("table", "column"),
    [
        ("claims", "entity_id"), ("link_evidence", "left_record"), ("links", "left_record"),
        ("members", "source"), ("records", "record_id"),
    ],
)  # fmt: skip
def test_what_belongs_together_lies_together(small: Any, table: str, column: str) -> None:
    """So that whoever looks somebody up reads little. Some tables are put in order before they are joined to others."""
    release = small.place.releases / small.manifests[-1].release_id / "twin.duckdb"
    with duckdb.connect(str(release), read_only=True) as twin:
        rows, back = twin.execute(
            f"SELECT count(*), count(*) FILTER (here < before) FROM "
            f"(SELECT {column} AS here, lag({column}) OVER (ORDER BY rowid) AS before FROM {table})"
        ).fetchone() or (0, 0)
    assert rows > 500
    assert back < RUNS
