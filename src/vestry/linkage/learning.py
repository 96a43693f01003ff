"""Learns how often records of one person agree, and those of two people of one home, from pairs nobody has labelled.

Fellegi and Sunter (1969) know two kinds of pair: of one entity, and of two. But two people of one home agree in address,
family name and telephone as if they were one, and a model that knows only strangers takes them for one. So there are
three kinds here. How often strangers agree is measured on random pairs; the rest is found by expectation and
maximisation (Dempster, Laird and Rubin 1977) over how many pairs were seen of each pattern of agreement. What is believed
at first counts as so many pairs seen, so that a rare level is not learnt from a handful. How two people of one home differ in
what tells them apart (given names, birth date, sex) is believed and not learnt, or that kind could come to mean any other.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Final

import numpy as np
import numpy.typing as npt

from vestry.linkage.comparisons import Design
from vestry.linkage.model import Chances, LinkageModel

ROUNDS: Final = 200
SETTLED: Final = 1e-5
BELIEVED: Final = 30.0
"""So many pairs the first beliefs about each comparison are worth."""

Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int64]


@dataclass(frozen=True, slots=True, kw_only=True)
class Seen:
    """`levels`: one row for each pattern, a column for each comparison: how far it agreed (as Splink's gamma: -1 missing, then
    0 for the last level, counting up). `counts`: how many pairs showed it. `pairs`: of how many pairs in all, those that no rule
    brought together among them.
    """

    levels: Ints
    counts: Floats
    pairs: float


def learnt(design: Design, beliefs: LinkageModel, seen: Seen) -> LinkageModel:
    """The model under which what was `seen` is most likely, `beliefs` being what is thought before."""
    first = [beliefs.comparisons[c.name] for c in design.comparisons]
    unlike = [np.array([level.u for level in levels]) for levels in first]
    believed = {
        kind: [np.array([getattr(level, kind) for level in levels]) for levels in first]
        for kind in ("m", "home")
    }
    chances = dict(believed)
    at = _places(design, seen.levels)
    strangers = _logs(unlike, at)
    prior = {"m": beliefs.match, "home": beliefs.share_a_home}
    kinds = [kind for kind in ("m", "home") if prior[kind] > 0]
    for _ in range(ROUNDS):
        logs = np.stack([strangers, *(np.log(prior[k]) + _logs(chances[k], at) for k in kinds)])
        share = np.exp(logs - logs.max(axis=0))
        share *= seen.counts / share.sum(axis=0)
        before = dict(prior)
        for row, kind in enumerate(kinds, start=1):
            prior[kind] = min(float(share[row].sum()) / seen.pairs, 0.5)
            chances[kind] = _shares(share[row], at, believed[kind])
        chances["home"] = [
            believed["home"][n] if c.tells_housemates_apart else chances["home"][n]
            for n, c in enumerate(design.comparisons)
        ]
        if all(abs(prior[k] - before[k]) <= SETTLED * before[k] for k in kinds):
            break
    return replace(
        beliefs,
        match=prior["m"],
        share_a_home=prior["home"],
        comparisons={
            c.name: tuple(
                Chances(m=float(m), u=level.u, home=float(home))
                for m, home, level in zip(chances["m"][n], chances["home"][n], first[n], strict=True)
            )
            for n, c in enumerate(design.comparisons)
        },
    )


def _places(design: Design, levels: Ints) -> list[Ints]:
    """Of each comparison, which of its levels (from the first) each pattern shows; -1 where it is missing."""
    return [
        np.where(levels[:, n] < 0, -1, len(c.levels) - 1 - levels[:, n])
        for n, c in enumerate(design.comparisons)
    ]


def _logs(chances: Sequence[Floats], at: Sequence[Ints]) -> Floats:
    """The log of each pattern's chance, what is missing saying nothing."""
    total = np.zeros(len(at[0]))
    for of_levels, place in zip(chances, at, strict=True):
        total += np.append(np.log(of_levels), 0.0)[place]
    return total


def _shares(weights: Floats, at: Sequence[Ints], believed: Sequence[Floats]) -> list[Floats]:
    found = []
    for place, beliefs in zip(at, believed, strict=True):
        given = place >= 0
        counted = np.bincount(place[given], weights[given], minlength=len(beliefs))
        counted = counted + BELIEVED * beliefs / beliefs.sum()
        found.append(counted / counted.sum())
    return found
