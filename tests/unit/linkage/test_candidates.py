"""Models beside the adopted ones: what is restored is what was retired, and the history loses nothing."""

from __future__ import annotations

import hashlib
import json
from pathlib import Path

import pytest

from vestry.errors import ModelInvalid
from vestry.linkage.candidates import CANDIDATE, HISTORY_FILE, RETIRED, adopt, history, models_in, restore
from vestry.linkage.comparisons import DESIGNS
from vestry.linkage.model import first_beliefs, save_model


@pytest.fixture
def models(tmp_path: Path) -> Path:
    """A folder for models, and for a candidate of each kind."""
    (tmp_path / CANDIDATE).mkdir()
    return tmp_path


def saved(folder: Path, kind: str, match: float) -> str:
    """Write a model that believes so many to match, and give its hash."""
    design, path = DESIGNS[kind], folder / f"{kind}.json"
    alike = {c.name: (1 / len(c.levels),) * len(c.levels) for c in design.comparisons}
    save_model(first_beliefs(design, match=match, u=alike), design, path)
    return hashlib.sha256(path.read_bytes()).hexdigest()


def adopted(models: Path) -> None:
    adopt(models, at="2026-01-01", by="alex", reason="tried", release_id="0001", counts={})


def both_replaced(models: Path) -> tuple[str, str]:
    """Models of both kinds, adopted in place of two that are retired now: the hashes of these."""
    old = saved(models, "person", 0.001), saved(models, "organisation", 0.001)
    saved(models / CANDIDATE, "person", 0.002)
    saved(models / CANDIDATE, "organisation", 0.002)
    adopted(models)
    return old


def test_models_of_two_kinds_are_restored_beside_each_other(models: Path) -> None:
    person, organisation = both_replaced(models)
    assert restore(models, person[:12]).beside == ()
    found = restore(models, organisation[:12])
    assert (found.sha256, found.instead_of, [m.sha256 for m in found.beside]) == (organisation, "", [person])
    assert {m.sha256 for m in models_in(models / CANDIDATE).values()} == {person, organisation}
    again = saved(models / CANDIDATE, "person", 0.003)
    assert restore(models, person[:12]).instead_of == again


def test_a_retired_model_that_was_altered_is_not_restored(models: Path) -> None:
    person, _ = both_replaced(models)
    path = models / RETIRED / f"{person}.json"
    said = json.loads(path.read_text(encoding="utf-8"))
    path.write_text(json.dumps(said | {"two_random_records_match": 0.5}), encoding="utf-8")
    with pytest.raises(ModelInvalid) as refused:
        restore(models, person[:12])
    assert str(path) in refused.value.where and not (models / CANDIDATE).exists()


@pytest.mark.parametrize("damage", [b'{"at": "2026', b"\xff\xfe\n", b"null\n", b"\n"])
def test_nothing_is_adopted_while_the_history_cannot_be_read(models: Path, damage: bytes) -> None:
    both_replaced(models)
    path, stays = models / HISTORY_FILE, (models / "person.json").read_bytes()
    whole = path.read_bytes()
    path.write_bytes(whole + damage)
    (models / CANDIDATE).mkdir()
    saved(models / CANDIDATE, "person", 0.003)
    for attempt in (lambda: history(models), lambda: adopted(models)):
        with pytest.raises(ModelInvalid) as refused:
            attempt()
        assert f"{path}, line 3" in refused.value.where
    assert (path.read_bytes(), (models / "person.json").read_bytes()) == (whole + damage, stays)


def test_a_history_whose_last_line_has_no_end_goes_on_in_another_line(models: Path) -> None:
    both_replaced(models)
    path = models / HISTORY_FILE
    path.write_bytes(path.read_bytes().removesuffix(b"\n"))
    (models / CANDIDATE).mkdir()
    saved(models / CANDIDATE, "person", 0.003)
    adopted(models)
    assert len(history(models)) == 3 == len([json.loads(line) for line in path.read_text().splitlines()])


def test_a_history_in_which_nothing_stands_is_one(models: Path) -> None:
    (models / HISTORY_FILE).touch()
    assert history(models) == []
    both_replaced(models)
    assert len(history(models)) == 2
