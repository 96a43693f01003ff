"""What is learnt from pairs that nobody has labelled: made here by known chances, and found again."""

from __future__ import annotations

import numpy as np
import pytest

from vestry.linkage.comparisons import Comparison, Design, Level
from vestry.linkage.learning import Seen, learnt
from vestry.linkage.model import LinkageModel, first_beliefs

PAIRS = 2_000_000
TRUE = {
    "match": (4_000, {"family": (0.95, 0.05), "given": (0.9, 0.1), "home": (0.8, 0.2), "birth": (0.97, 0.03)}),
    "share": (5_000, {"family": (0.85, 0.15), "given": (0.02, 0.98), "home": (0.97, 0.03), "birth": (0.02, 0.98)}),
}  # fmt: skip
UNLIKE = {
    "family": (0.004, 0.996),
    "given": (0.006, 0.994),
    "home": (0.0005, 0.9995),
    "birth": (0.0002, 0.9998),
}


def comparison(name: str, m: float, home: float, *, tells: bool = False) -> Comparison:
    levels = (
        Level(label="exact", sql=f"{name}_l = {name}_r", m=m, home=home),
        Level(label="different", sql="ELSE", m=1 - m, home=1 - home),
    )
    return Comparison(name=name, missing=f"{name}_l IS NULL", levels=levels, tells_housemates_apart=tells)


DESIGN = Design(
    comparisons=(
        comparison("family", 0.8, 0.7), comparison("given", 0.8, 0.02, tells=True), comparison("home", 0.6, 0.9),
        comparison("birth", 0.9, 0.02, tells=True),
    ),
    blocking=(), sure=(), recall=0.8,
)  # fmt: skip


def patterns() -> tuple[np.ndarray, np.ndarray]:
    """Every pattern of agreement and how many pairs show it, were they as frequent as `TRUE` and `UNLIKE` say."""
    levels = np.array(
        [[f, g, h, b] for f in (1, 0) for g in (1, 0) for h in (1, 0) for b in (1, 0)], np.int64
    )
    counts = np.zeros(len(levels))
    kinds = [*TRUE.values(), (PAIRS - 9_000, UNLIKE)]
    for many, chances in kinds:
        share = np.full(len(levels), float(many))
        for n, name in enumerate(("family", "given", "home", "birth")):
            share *= np.where(levels[:, n] == 1, chances[name][0], chances[name][1])
        counts += share
    return levels, counts


def found(design: Design = DESIGN, *, missing: bool = False) -> LinkageModel:
    levels, counts = patterns()
    if missing:  # the birth date is not said in half of the pairs of each pattern
        unsaid = levels.copy()
        unsaid[:, 3] = -1
        levels, counts = np.vstack([levels, unsaid]), np.concatenate([counts / 2, counts / 2])
    beliefs = first_beliefs(design, match=1e-4, u=UNLIKE)
    return learnt(design, beliefs, Seen(levels=levels, counts=counts, pairs=PAIRS))


@pytest.mark.parametrize("missing", [False, True])
def test_what_pairs_were_made_by_is_found_again(missing: bool) -> None:
    model = found(missing=missing)
    assert model.match == pytest.approx(0.002, rel=0.05)
    assert model.share_a_home == pytest.approx(0.0025, rel=0.05)
    for name, chances in TRUE["match"][1].items():
        assert model.comparisons[name][0].m == pytest.approx(chances[0], abs=0.02), name
    assert model.comparisons["home"][0].home == pytest.approx(0.97, abs=0.01)
    assert model.comparisons["family"][0].home == pytest.approx(0.85, abs=0.01)


def test_how_strangers_agree_is_measured_and_not_learnt() -> None:
    model = found()
    assert {name: tuple(c.u for c in chances) for name, chances in model.comparisons.items()} == UNLIKE


def test_what_tells_two_of_one_home_apart_is_believed() -> None:
    model = found()
    assert [c.home for c in model.comparisons["given"]] == [0.02, 0.98]


def test_without_homes_their_pairs_are_taken_for_matches() -> None:
    """The fault that the third kind mends: two of one family come out as likely one as not."""
    levels = {c.name: c for c in DESIGN.comparisons}
    blind = Design(
        comparisons=tuple(
            Comparison(
                name=c.name, missing=c.missing,
                levels=tuple(Level(label=x.label, sql=x.sql, m=x.m) for x in c.levels),
            )
            for c in levels.values()
        ),
        blocking=(), sure=(), recall=0.8,
    )  # fmt: skip
    assert not blind.tells_homes_apart
    assert found(blind).match > 0.004
    assert found(blind).comparisons["given"][0].m < 0.6


def test_a_level_that_was_never_seen_stays_possible() -> None:
    levels, counts = patterns()
    always = levels[:, 0] == 1
    beliefs = first_beliefs(DESIGN, match=1e-4, u=UNLIKE)
    model = learnt(DESIGN, beliefs, Seen(levels=levels[always], counts=counts[always], pairs=PAIRS))
    assert 0 < model.comparisons["family"][1].m < 0.01
