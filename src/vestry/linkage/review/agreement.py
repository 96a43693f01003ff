"""How far two reviewers agree beyond chance: Cohen's kappa, with how sure it is. Pure."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from math import sqrt
from typing import Final

from vestry.linkage.evaluation.measures import NORMAL_95

FEWEST: Final = 18
"""Pairs below which kappa has no interval. Simulations with this very standard error found it good from about 2 k^2 on, for k
words (Cicchetti 1981, Applied Psychological Measurement 5, 101-104); reviewers choose from three."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Agreement:
    """Of two reviewers over `pairs` that both answered: the share `agreed` on (0 to 1), and kappa with its interval.

    Kappa is 1 when they always agree, 0 when as often as by chance. It is None where both have only ever said one and
    the same word: chance alone would do that too, so nothing can be said. There is no interval over fewer than `FEWEST`
    pairs, and none where the standard error is nought: no number of pairs makes anybody that sure.
    """

    one: str
    other: str
    pairs: int
    agreed: float
    kappa: float | None
    low: float | None
    high: float | None


def agreement(one: str, other: str, answers: Iterable[tuple[str, str]]) -> Agreement | None:
    """The agreement of two reviewers, from what each said of the same pairs; None where both answered none.

    With p_ij the share of pairs of which the first said i and the second j, p_o = sum p_ii, p_e = sum p_i. p_.i:
    kappa = (p_o - p_e) / (1 - p_e) (Cohen 1960, Educational and Psychological Measurement 20, 37-46). The 95% interval
    is kappa -/+ 1.96 standard errors, not below -1 or above 1 (see `Agreement` for where there is none), with the standard
    error of Fleiss, Cohen and Everitt (1969, Psychological Bulletin 72, 323-327, formula 13):

        n (1 - p_e)^4 se^2 = sum_i p_ii [(1 - p_e) - (p_i. + p_.i)(1 - p_o)]^2
                             + (1 - p_o)^2 sum_(i != j) p_ij (p_.i + p_j.)^2 - (p_o p_e - 2 p_e + p_o)^2
    """
    counted = Counter(answers)
    n = counted.total()
    if not n:
        return None
    share = {pair: count / n for pair, count in counted.items()}
    rows: dict[str, float] = defaultdict(float)
    columns: dict[str, float] = defaultdict(float)
    for (first, second), p in share.items():
        rows[first] += p
        columns[second] += p
    agreed = sum(p for (first, second), p in share.items() if first == second)
    chance = sum(rows[word] * columns[word] for word in list(rows))
    if 1 - chance < 1e-12:
        return Agreement(one=one, other=other, pairs=n, agreed=agreed, kappa=None, low=None, high=None)
    kappa = (agreed - chance) / (1 - chance)
    on = sum(
        p * ((1 - chance) - (rows[first] + columns[first]) * (1 - agreed)) ** 2
        for (first, second), p in share.items()
        if first == second
    )
    off = sum(
        p * (columns[first] + rows[second]) ** 2 for (first, second), p in share.items() if first != second
    )
    spread = on + (1 - agreed) ** 2 * off - (agreed * chance - 2 * chance + agreed) ** 2
    if n < FEWEST or spread < 1e-12:
        return Agreement(one=one, other=other, pairs=n, agreed=agreed, kappa=kappa, low=None, high=None)
    margin = NORMAL_95 * sqrt(spread / n) / (1 - chance) ** 2
    return Agreement(
        one=one, other=other, pairs=n, agreed=agreed, kappa=kappa,
        low=max(kappa - margin, -1.0), high=min(kappa + margin, 1.0),
    )  # fmt: skip
