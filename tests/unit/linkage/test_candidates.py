"""Models beside the adopted ones: what is restored is what was retired, and the history loses nothing."""

from __future__ import annotations

import hashlib
import json
from pathlib import Path

import pytest

from vestry.errors import ModelInvalid
from vestry.linkage import candidates
from vestry.linkage.candidates import CANDIDATE, HISTORY_FILE, RETIRED, adopt, history, models_in, restore


@pytest.fixture
def models(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder of models that are read by nobody here."""
    monkeypatch.setattr(candidates, "read_model", lambda *_: None)
    (tmp_path / CANDIDATE).mkdir()
    return tmp_path


def saved(folder: Path, kind: str, content: str) -> str:
    """Write a model, and give its hash."""
    (folder / f"{kind}.json").write_text(content, encoding="utf-8")
    return hashlib.sha256(content.encode()).hexdigest()


def adopted(models: Path) -> None:
    adopt(models, at="2026-01-01", by="alex", reason="tried", release_id="0001", counts={})


def both_replaced(models: Path) -> tuple[str, str]:
    """Models of both kinds, adopted in place of two that are retired now: the hashes of these."""
    old = saved(models, "person", "p1"), saved(models, "organisation", "o1")
    saved(models / CANDIDATE, "person", "p2")
    saved(models / CANDIDATE, "organisation", "o2")
    adopted(models)
    return old


def test_models_of_two_kinds_are_restored_beside_each_other(models: Path) -> None:
    person, organisation = both_replaced(models)
    assert restore(models, person[:12]).beside == ()
    found = restore(models, organisation[:12])
    assert (found.sha256, found.instead_of, [m.sha256 for m in found.beside]) == (organisation, "", [person])
    assert {m.sha256 for m in models_in(models / CANDIDATE).values()} == {person, organisation}
    again = saved(models / CANDIDATE, "person", "p3")
    assert restore(models, person[:12]).instead_of == again


def test_a_retired_model_that_was_altered_is_not_restored(models: Path) -> None:
    person, _ = both_replaced(models)
    path = models / RETIRED / f"{person}.json"
    path.write_text("p1, but for a figure", encoding="utf-8")
    with pytest.raises(ModelInvalid) as refused:
        restore(models, person[:12])
    assert str(path) in refused.value.where and not (models / CANDIDATE).exists()


@pytest.mark.parametrize("damage", [b'{"at": "2026', b"\xff\xfe\n", b"null\n", b"\n"])
def test_nothing_is_adopted_while_the_history_cannot_be_read(models: Path, damage: bytes) -> None:
    both_replaced(models)
    path = models / HISTORY_FILE
    whole = path.read_bytes()
    path.write_bytes(whole + damage)
    (models / CANDIDATE).mkdir()
    saved(models / CANDIDATE, "person", "p3")
    for attempt in (lambda: history(models), lambda: adopted(models)):
        with pytest.raises(ModelInvalid) as refused:
            attempt()
        assert f"{path}, line 3" in refused.value.where
    assert path.read_bytes() == whole + damage and (models / "person.json").read_text() == "p2"


def test_a_history_whose_last_line_has_no_end_goes_on_in_another_line(models: Path) -> None:
    both_replaced(models)
    path = models / HISTORY_FILE
    path.write_bytes(path.read_bytes().removesuffix(b"\n"))
    (models / CANDIDATE).mkdir()
    saved(models / CANDIDATE, "person", "p3")
    adopted(models)
    assert len(history(models)) == 3 == len([json.loads(line) for line in path.read_text().splitlines()])
