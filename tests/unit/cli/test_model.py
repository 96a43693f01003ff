"""`vestry model` on screen: what it says, and that nobody adopts by accident. What it does is in tests/acceptance."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest

from vestry.errors import CandidateNotCompared
from vestry.linkage.candidates import Adopted, ModelFile
from vestry.linkage.model_changes import ChanceChange, ModelChange
from vestry.retraining import Comparison, Standing
from vestry.twin.entity_changes import RULED, Change, FieldCompared, Score

OLD, NEW = "a" * 64, "b" * 64
COUNTS = {"person": {"stay": 40, "merge": 0, "split": 1, "appear": 1, "retire": 0, "come back": 0}}
SPLIT = Change(
    kind="person",
    entity_id="P1",
    happened="split",
    into_entity="P2",
    left_record="r1",
    right_record="r2",
    how="no longer joins",
    before=Score(probability=0.91, weight=3.4, decided_by="model", contested=False),
    after=None,
    fields=(FieldCompared(field="birth_date", agreement="exact", before=12.5, after=None),),
)
RULED_OUT = replace(
    SPLIT,
    entity_id="P3",
    before=Score(probability=0.6924, weight=1.2, decided_by="model", contested=False),
    after=Score(probability=0.7845, weight=1.9, decided_by="model", contested=False),
    why=RULED,
)
FOUND = Comparison(
    at="2026-11-20T12:00:00+00:00",
    release_id="0001-4f1d8a0c",
    inputs="x",
    adopted={"person": OLD},
    candidate={"person": NEW},
    unreadable={},
    link_from=0.6,
    counts=COUNTS,
    models={
        "person": ModelChange(
            match=(1e-5, 1e-6),
            share_a_home=(0.0, 0.0),
            chances=(ChanceChange(field="sex", agreement="exact", of="m", before=0.4, after=0.9),),
        )
    },
    also_changed=("extracts",),
    changes=(SPLIT, RULED_OUT),
)
LINE = Adopted(
    at="2026-11-20T12:00:00+00:00", by="alex", kind="person", adopted=NEW, retired=OLD, reason="more sources",
    release_id="0001-4f1d8a0c",
)  # fmt: skip
NOTHING = Standing(adopted=(), since={}, candidate=(), compared=False, retired={}, history=())


class Stand:
    """A retraining that was already done."""

    def __init__(self, *, compared: bool = True, standing: Standing = NOTHING) -> None:
        self.adopted: list[str] = []
        self._compared = compared
        self._standing = standing

    def train(self, progress: Any) -> list[ModelFile]:
        return [ModelFile(kind="person", sha256=NEW)]

    def compare(self, progress: Any) -> Comparison:
        return FOUND

    def check_compared(self) -> dict[str, Any]:
        if not self._compared:
            raise CandidateNotCompared("Not compared.", fix="vestry model compare")
        return {"counts": COUNTS}

    def adopt(self, reason: str) -> list[Adopted]:
        self.adopted.append(reason)
        return [LINE]

    def standing(self) -> Standing:
        return self._standing


def test_a_place_without_models_says_what_to_do(vestry: Callable[..., Any]) -> None:
    ran = vestry("model", retraining=lambda place: Stand())
    assert ran.exit_code == 0
    assert "vestry build" in ran.out


def test_status_tells_what_is_adopted_and_that_a_candidate_waits(vestry: Callable[..., Any]) -> None:
    standing = replace(
        NOTHING,
        adopted=(ModelFile(kind="person", sha256=OLD),),
        since={"person": "2026-01-02T00:00:00+00:00"},
        candidate=(ModelFile(kind="person", sha256=NEW),),
        history=(LINE,),
    )
    ran = vestry("model", "status", retraining=lambda place: Stand(standing=standing))
    for said in (OLD[:12], NEW[:12], "2026-01-02", "vestry model compare", "alex", "more sources"):
        assert said in ran.out
    assert json.loads(
        vestry("model", "status", "--json", retraining=lambda place: Stand(standing=standing)).out
    )["history"]


def test_a_comparison_says_which_and_why(vestry: Callable[..., Any]) -> None:
    ran = vestry("model", "compare", retraining=lambda place: Stand())
    for said in (
        "P1 split into P2", "r1 and r2: no longer joins", "before 0.9100 (3.4 bits), now no link that is kept",
        "birth_date", "+12.5", "sex: exact, of one entity", "Also changed since that release: extracts", "0.6",
        f"  before 0.6924 (1.2 bits), now 0.7845 (1.9 bits)\n  {RULED}\n",
    ):  # fmt: skip
        assert said in ran.out
    ran = vestry("model", "compare", "--limit", "0", retraining=lambda place: Stand())
    assert "P1" not in ran.out and "2 more" in ran.out
    assert json.loads(vestry("model", "compare", "--json", retraining=lambda place: Stand()).out)["changes"]


@pytest.mark.parametrize(
    ("arguments", "compared"),
    [
        (("--reason", "more sources"), True),  # nobody can be asked here, and nobody said yes
        (("--reason", " ", "--yes"), True),
        (("--yes",), True),
        (("--reason", "more sources", "--yes"), False),
    ],
)
def test_nothing_is_adopted_unless_someone_says_yes_and_why(
    arguments: tuple[str, ...], compared: bool, vestry: Callable[..., Any]
) -> None:
    stand = Stand(compared=compared)
    ran = vestry("model", "adopt", *arguments, retraining=lambda place: stand)
    assert ran.exit_code != 0
    assert stand.adopted == []


def test_what_was_adopted_is_said(vestry: Callable[..., Any]) -> None:
    stand = Stand()
    ran = vestry("model", "adopt", "--reason", "more sources", "--yes", retraining=lambda place: stand)
    assert ran.exit_code == 0
    assert stand.adopted == ["more sources"]
    assert f"Adopted {NEW[:12]} for person in place of {OLD[:12]}" in ran.out
    assert "vestry build" in ran.out
