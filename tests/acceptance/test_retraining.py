"""A retrained linkage model is compared before it is adopted, and someone has to say yes."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import pytest

from gateway_by_hand import entries
from tiny_people import ASHA, JANE, OMAR, TOM
from vestry.errors import AuditUnavailable, CandidateMissing, CandidateNotCompared, ModelInvalid
from vestry.linkage.candidates import HISTORY_FILE, models_in
from vestry.office.audit.desk import audit_log
from vestry.place import Place, open_place
from vestry.progress import Silent
from vestry.retraining import Retraining
from vestry.sharing.own_machine import Operator
from ways_in import Watch, no_audit, watched

ALEX = Operator(account="alex", on_this_machine=True)
TAX = [{"ID": str(n), **who} for n, who in enumerate((JANE, TOM, ASHA, OMAR), start=1)]
GP = [
    {"ID": "A", **JANE},
    {"ID": "B", **TOM, "ADDRESS": "77 Hill", "POSTCODE": "AB7 7AB"},
    {"ID": "C", **ASHA, "FAMILY": "Haddad"},
]


@dataclass(frozen=True, kw_only=True)
class Made:
    """A tiny place with one release; copy it before changing it."""

    tiny: Any
    release_id: str


@pytest.fixture(scope="module")
def made(make_tiny: Callable[..., Any], tmp_path_factory: pytest.TempPathFactory) -> Made:
    tiny = make_tiny(tmp_path_factory.mktemp("retraining") / "place", tax={}, gp={})
    tiny.send("tax", "2026-01-01", *TAX)
    tiny.send("gp", "2026-01-01", *GP)
    return Made(tiny=tiny, release_id=tiny.build().release_id)


@pytest.fixture
def tiny(made: Made, tmp_path: Path) -> Any:
    shutil.copytree(made.tiny.place.folder, tmp_path / "place")
    return type(made.tiny)(open_place(tmp_path / "place"))


@pytest.fixture
def retraining(tiny: Any, clock: Any) -> Retraining:
    return Retraining(tiny.place, clock=clock, audit=audit_log(tiny.place, clock=clock), operator=ALEX)


def doubting(folder: Path) -> None:
    """Change a model so that it believes that hardly any two records match."""
    path = folder / "person.json"
    said = json.loads(path.read_text())
    said["two_random_records_match"] = 1e-13
    path.write_text(json.dumps(said))


def changed_ids(found: Any, happened: str) -> set[str]:
    return {c.entity_id for c in found.changes if c.happened == happened}


def test_a_candidate_changes_nothing_by_being_there(tiny: Any, retraining: Retraining, looking: Any) -> None:
    before = looking.hashes(tiny.place.models)
    found = retraining.train(Silent())
    assert {m.kind for m in found} == {"person"}
    candidate = tiny.place.models / "candidate" / "person.json"
    assert candidate.stat().st_mode & 0o777 == 0o600
    assert {name: sha for name, sha in looking.hashes(tiny.place.models).items() if "/" not in name} == before
    current = (tiny.place.releases / "current").read_text()
    doubting(candidate.parent)
    assert tiny.build().release_id == current.strip(), "the build stands on what it did"


def test_the_same_model_changes_no_entity(tiny: Any, retraining: Retraining) -> None:
    with watched(Watch(place=tiny.place, enters=frozenset())) as learning:
        retraining.train(Silent())
    with watched(Watch(place=tiny.place, enters=frozenset({"model-compare"}))) as comparing:
        found = retraining.compare(Silent())
    assert not learning.opened and comparing.opened and not comparing.wrong, (
        "nothing is read that was not entered"
    )
    told = [(one["stage"], one["action"], one["account"]) for one in entries(tiny.place)[-4:]]
    assert told == [
        (stage, f"model-{what}", "alex") for what in ("train", "compare") for stage in ("asked", "answered")
    ]
    assert found.candidate["person"] == found.adopted["person"], "nothing was received: it learns the same"
    assert found.changes == ()
    assert found.also_changed == ()
    assert all(c[w] == 0 for c in found.counts.values() for w in c if w != "stay")
    assert found.counts["person"]["stay"] > 0
    assert found.models["person"].chances == ()


def test_what_splits_is_told_with_the_pair_that_no_longer_joins(
    tiny: Any, retraining: Retraining, looking: Any
) -> None:
    everything = looking.hashes(tiny.place.releases)
    retraining.train(Silent())
    doubting(tiny.place.models / "candidate")
    found = retraining.compare(Silent())
    assert looking.hashes(tiny.place.releases) == everything, "it publishes nothing"
    people = tiny.people(found.release_id)
    together = {e for e in people.values() if list(people.values()).count(e) > 1}
    assert together
    assert changed_ids(found, "split") == together
    for change in found.changes:
        assert change.how == "no longer joins"
        assert change.before is not None and change.before.probability >= found.link_from
        assert change.after is None or change.after.probability < found.link_from
        assert {"family_name", "birth_date"} <= {f.field for f in change.fields}
    assert found.models["person"].match[1] == 1e-13
    kept = json.loads((tiny.place.models / "candidate" / "comparison.json").read_text())
    assert kept["counts"]["person"]["split"] == len(together)


def test_no_audit_nothing_learnt_nor_compared(tiny: Any, retraining: Retraining) -> None:
    with watched(Watch(place=tiny.place, enters=frozenset())) as watch, no_audit():
        for work in (retraining.train, retraining.compare):
            with pytest.raises(AuditUnavailable):
                work(Silent())
    assert not watch.opened and not (tiny.place.models / "candidate").exists()


def test_nobody_adopts_what_was_not_compared(tiny: Any, retraining: Retraining) -> None:
    with pytest.raises(CandidateMissing):
        retraining.adopt("why not")
    retraining.train(Silent())
    with pytest.raises(CandidateNotCompared):
        retraining.adopt("why not")
    retraining.compare(Silent())
    doubting(tiny.place.models / "candidate")  # another candidate than the one that was compared
    with pytest.raises(CandidateNotCompared):
        retraining.adopt("why not")
    retraining.compare(Silent())
    tiny.send("tax", "2026-02-01", *TAX, {"ID": "9", **JANE})  # and now other inputs
    with pytest.raises(CandidateNotCompared):
        retraining.adopt("why not")
    assert not (tiny.place.models / HISTORY_FILE).exists()


def test_who_adopts_signs_as_they_call_themselves(tiny: Any, clock: Any) -> None:
    audit = audit_log(tiny.place, clock=clock)
    retraining = Retraining(
        tiny.place, clock=clock, audit=audit, operator=replace(ALEX, account="office", stated="alex")
    )
    retraining.train(Silent())
    doubting(tiny.place.models / "candidate")
    retraining.compare(Silent())
    assert {line.by for line in retraining.adopt("believes too easily")} == {"office/alex"}


def test_adopting_is_remembered_told_and_undone(tiny: Any, retraining: Retraining, looking: Any) -> None:
    old = models_in(tiny.place.models)["person"].sha256
    retraining.train(Silent())
    doubting(tiny.place.models / "candidate")
    said = retraining.compare(Silent())
    (line,) = retraining.adopt("believes too easily")
    assert (line.by, line.kind, line.retired, line.reason) == ("alex", "person", old, "believes too easily")
    assert line.adopted == said.candidate["person"] == models_in(tiny.place.models)["person"].sha256
    assert not (tiny.place.models / "candidate").exists()
    after = tiny.build().release_id
    told = looking.rows_of(
        tiny.place, after,
        "SELECT entity_id, into_entity, reason, model, decided_by, left_record, right_record FROM identities"
        " WHERE happened = 'split' AND kind = 'person'",
    )  # fmt: skip
    assert {t[0] for t in told} == changed_ids(said, "split"), "what was said would happen did"
    foreseen = {(c.entity_id, c.into_entity, c.left_record, c.right_record) for c in said.changes}
    assert {(e, into, left, right) for e, into, *_, left, right in told} == foreseen
    for _, _, reason, model, decided_by, *_ in told:
        assert reason.endswith("(linkage model changed)")
        assert model == line.adopted[:12]
        assert decided_by in ("model", "repeat")

    assert retraining.restore(old[:8]).sha256 == old
    back = retraining.compare(Silent())
    assert changed_ids(back, "merged")
    assert {c.how for c in back.changes} == {"joins"}
    retraining.adopt("it was right after all")
    people = tiny.people(tiny.build().release_id)
    assert people[("tax", "1")] == people[("gp", "A")]
    assert len(retraining.standing().history) == 2


def spoil(place: Place, how: str) -> Path:
    """Make the model of people one that cannot be used."""
    path = place.models / "person.json"
    text = path.read_text()
    path.write_text(
        text[: len(text) // 2] if how == "cut short" else text.replace('"design": "', '"design": "0')
    )
    return path


@pytest.mark.parametrize("spoilt", ["cut short", "another version"])
def test_a_model_that_cannot_be_used_is_named(spoilt: str, tiny: Any, retraining: Retraining) -> None:
    path = spoil(tiny.place, spoilt)
    with pytest.raises(ModelInvalid) as error:
        tiny.build(again=True)
    assert str(path) in error.value.where
    assert "vestry model train" in error.value.fix
    assert retraining.standing().adopted[0].trouble


@pytest.mark.parametrize("spoilt", ["cut short", pytest.param("another version", marks=pytest.mark.deep)])
def test_a_model_that_cannot_be_used_is_mended(spoilt: str, tiny: Any, retraining: Retraining) -> None:
    spoil(tiny.place, spoilt)
    assert retraining.standing().adopted[0].trouble
    retraining.train(Silent())
    found = retraining.compare(Silent())
    assert set(found.unreadable) == {"person"}
    assert found.models == {}
    assert found.changes == ()
    retraining.adopt("the file was spoilt")
    assert not retraining.standing().adopted[0].trouble
    tiny.build(again=True)


def test_a_candidate_that_is_cut_short_is_not_compared(tiny: Any, retraining: Retraining) -> None:
    retraining.train(Silent())
    path = tiny.place.models / "candidate" / "person.json"
    path.write_text(path.read_text()[:100])
    with pytest.raises(ModelInvalid) as error:
        retraining.compare(Silent())
    assert str(path) in error.value.where


def test_what_a_reviewer_decided_is_told_as_his(tiny: Any, looking: Any) -> None:
    tiny.decide("same", ("tax", "2"), ("tax", "4"))
    tiny.decide("different", ("tax", "1"), ("gp", "A"))
    after = tiny.build().release_id
    told: Mapping[str, str] = dict(
        looking.rows_of(
            tiny.place, after,
            "SELECT happened, reason || ': ' || reviewer FROM identities WHERE decided_by = 'reviewer' AND kind = 'person'",
        )
    )  # fmt: skip
    assert told == {
        "merged": "a reviewer said that they are one: a reviewer",
        "split": "a reviewer said that they are two: a reviewer",
    }


def test_a_split_that_a_reviewer_s_same_has_caused_is_told_as_his(tiny: Any, looking: Any) -> None:
    """Jane of the one list is said to be Thomas of the other, so she can no longer be the Jane who has another number."""
    numbers = ({"NHS": "9434765919"}, {"NHS": "9434765870"}, {}, {})
    tiny.send("tax", "2026-02-01", *(row | number for row, number in zip(TAX, numbers, strict=True)))
    before = tiny.people(tiny.build().release_id)
    assert before["tax", "1"] == before["gp", "A"]
    tiny.decide("same", ("tax", "2"), ("gp", "A"))
    after = tiny.build().release_id
    people = tiny.people(after)
    assert people["tax", "1"] != people["gp", "A"] == people["tax", "2"]
    sql = "SELECT entity_id, into_entity, decided_by, reason FROM identities WHERE happened = 'split' AND kind = 'person'"
    assert looking.rows_of(tiny.place, after, sql) == [
        (
            people["tax", "1"],
            people["tax", "2"],
            "reviewer",
            "a reviewer said that some of its records are of that one",
        )
    ]
