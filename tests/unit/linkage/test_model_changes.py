"""What differs between two models: every chance that changed by more than a factor, the largest first."""

from __future__ import annotations

from dataclasses import replace

from vestry.linkage.comparisons import DESIGNS
from vestry.linkage.model import Chances, LinkageModel
from vestry.linkage.model_changes import model_change

DESIGN = DESIGNS["person"]
FIRST = DESIGN.comparisons[0]
MODEL = LinkageModel(
    match=1e-5,
    share_a_home=1e-4,
    comparisons={
        c.name: tuple(Chances(m=0.2, u=0.1, home=0.1) for _ in c.levels) for c in DESIGN.comparisons
    },
)


def changed(**chances: float) -> LinkageModel:
    """MODEL with the first level of its first comparison changed."""
    levels = MODEL.comparisons[FIRST.name]
    return replace(
        MODEL,
        comparisons={**MODEL.comparisons, FIRST.name: (replace(levels[0], **chances), *levels[1:])},
    )


def test_the_same_model_does_not_differ() -> None:
    found = model_change(DESIGN, MODEL, MODEL)
    assert (found.match, found.chances) == ((1e-5, 1e-5), ())


def test_small_changes_are_not_told_and_large_ones_by_their_size() -> None:
    found = model_change(DESIGN, MODEL, changed(m=0.25, u=0.01, home=0.9))
    assert [(c.field, c.agreement, c.of, c.before, c.after) for c in found.chances] == [
        (FIRST.name, FIRST.levels[0].label, "u", 0.1, 0.01),
        (FIRST.name, FIRST.levels[0].label, "home", 0.1, 0.9),
    ]


def test_what_was_impossible_has_changed_without_end() -> None:
    before, after = changed(home=0.0), changed(home=0.1)
    assert [c.of for c in model_change(DESIGN, before, after).chances] == ["home"]
    assert model_change(DESIGN, before, before).chances == ()
