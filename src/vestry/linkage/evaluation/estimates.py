"""Precision, recall and F1 from a stratified sample of pairs, each with a 95% interval. Pure.

What is estimated is of the pairs in the sample's strata. True pairs that lie in no stratum are in no figure here.

Intervals are put together from those of single strata by the method of variance estimates recovery (MOVER: Zou and
Donner 2008, Statistics in Medicine 27, 1693-1702), with Wilson's for each stratum (Yan and Su 2010, Statistics in
Biopharmaceutical Research 2, 329-335). Unlike one from a standard error it is not of zero width where every answer of a
stratum was the same, and it needs no draws of random numbers.

That method adds distances to the limits as if chance went as far to one side as to the other. What linkage gets wrong is rare,
and of what is rare a few finds in small samples of large strata stand for many at once, whereas none stand for none. So the
number of wrong and of missed pairs has another lower limit beside (`least`), and the lower of the two counts.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from math import inf, sqrt
from typing import Final

from vestry.linkage.evaluation.gamma import gamma_quantile
from vestry.linkage.evaluation.measures import NORMAL_95, wilson

LOWEST: Final = (0.0, 0.0512933, 0.3553615, 0.8176914)
"""Of 0 to 3 found: the Poisson mean below which so many or more come up once in twenty times."""
TOO_MANY: Final = 0.05
"""How often what is rare comes up so often that its lower limit lies above the truth: once in twenty times, as above. Its upper
limit hardly ever fails, for it allows for what was not met at all."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Cell:
    """Pairs that were drawn from together: `size` of them, of which `same` and `different` of those drawn were answered.

    `joined`: the release has each pair as one entity. `rate`: the share of the pairs that were counted, where not all
    were; `size` is then what the count was raised to. `borrowed`: nothing of it was answered, and what was answered of
    others of its stratum stands for it: it tells no more of this cell than one answer would, and never that some pair of it is
    what few of them are.
    """

    joined: bool
    size: float
    same: int
    different: int
    rate: float = 1.0
    borrowed: bool = False

    @property
    def answered(self) -> int:
        """Pairs with an answer."""
        return self.same + self.different


@dataclass(frozen=True, slots=True, kw_only=True)
class Estimate:
    """A share or a number, and where it lies with a confidence of 95%."""

    value: float
    low: float
    high: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Estimates:
    """What a sample tells of the pairs in its strata. None: nothing was answered that could tell it.

    `joined` pairs are known, not estimated; `right` of them are truly one, and `missed` are one and not joined.
    """

    joined: float
    right: Estimate | None
    missed: Estimate | None
    precision: Estimate | None
    recall: Estimate | None
    f1: Estimate | None


def estimated(cells: Iterable[Cell]) -> Estimates:
    """Precision = right / joined, recall = right / (right + missed) and F1 = 2 right / (joined + right + missed).

    The last two go up as missed / right, and (joined + missed) / right, go down; and what was joined and what was not
    was drawn apart, so each is a ratio of independent estimates (`ratio`).
    """
    of_them = [c for c in cells if c.size > 0]
    inside, outside = [c for c in of_them if c.joined], [c for c in of_them if not c.joined]
    joined = sum(c.size for c in inside)
    right, missed = total(inside), total(outside)
    right = replace(right, high=max(right.high, joined - least([(c, c.different) for c in inside])))
    missed = replace(missed, low=min(missed.low, least([(c, c.same) for c in outside])))
    told = any(c.answered for c in inside)
    told_outside = not outside or any(c.answered for c in outside)
    both = told and told_outside
    precision = recall = f1 = None
    if told:
        precision = Estimate(**{n: getattr(right, n) / joined for n in ("value", "low", "high")})
    if both and (right.value > 0 or missed.value > 0):
        recall = _falling(ratio(missed, right), 1.0)
    if both:
        wrong = replace(
            missed, value=missed.value + joined, low=missed.low + joined, high=missed.high + joined
        )
        f1 = _falling(ratio(wrong, right), 2.0)
    return Estimates(
        joined=joined, right=right if told else None, missed=missed if told_outside else None,
        precision=precision, recall=recall, f1=f1,
    )  # fmt: skip


def total(cells: Sequence[Cell]) -> Estimate:
    """How many of the pairs are truly one: the sum over cells of size times share.

    low = value - sqrt(sum (size (share - lower))^2), and so upwards. A cell without an answer is taken to be as the
    others of it are, and its interval reaches from none to all.
    """
    answered = [c for c in cells if c.answered]
    known = sum(c.size for c in answered)
    usual = sum(c.size * c.same / c.answered for c in answered) / known if known else 0.0
    value = below = above = 0.0
    for cell in cells:
        share, low, high = share_of(cell) if cell.answered else (usual, 0.0, 1.0)
        value += cell.size * share
        below += (cell.size * (share - low)) ** 2 + _counting(cell, share)
        above += (cell.size * (high - share)) ** 2 + _counting(cell, high)
    seen = [c for c in cells if not c.borrowed]
    least = sum(c.same for c in seen)
    most = sum(c.size for c in cells) - sum(c.different for c in seen)
    return Estimate(
        value=value, low=max(value - sqrt(below), min(least, value)), high=min(value + sqrt(above), max(most, value))
    )  # fmt: skip


def least(found: Sequence[tuple[Cell, int]]) -> float:
    """The lower limit of a number of pairs that are rare: of each cell, how many of its answers were such.

    Were each cell's share drawn from Beta(x, n - x + 1), whose lower quantile is Clopper and Pearson's limit (1934, Biometrika
    26, 404-413), the sum of size times share would have a mean and a variance that can be told; its lower quantile is that of a
    gamma distribution with these, as of a sum of weighted Poisson counts (Fay and Feuer 1997, Statistics in Medicine 16,
    791-801). n is as `_trials` says. Cells without such answers of their own add nothing.
    """
    sure = mean = variance = 0.0
    for cell, x in found:
        if not x or cell.borrowed:
            continue
        share = x / cell.answered
        n = _trials(cell)
        variance += _counting(cell, share) / NORMAL_95**2
        if n == inf:
            sure += cell.size * share
            continue
        x_of_n = n * share
        mean += cell.size * x_of_n / (n + 1)
        variance += cell.size**2 * x_of_n * (n - x_of_n + 1) / ((n + 1) ** 2 * (n + 2))
    low = sure
    if mean > 0:
        low += gamma_quantile(mean**2 / variance, TOO_MANY) * variance / mean
    return max(low, sum(x for cell, x in found if not cell.borrowed))


def _trials(cell: Cell) -> float:
    """How many trials the answers of a cell are worth: n (N - 1) / (N - n), for it was drawn without putting back (Cochran 1977,
    "Sampling Techniques", 3.7); of a borrowed one, one; infinitely many where all are answered."""
    if cell.borrowed:
        return 1.0
    size = max(cell.size * cell.rate, cell.answered)
    n = cell.answered
    return n * max(size - 1, n) / (size - n) if n < size else inf


def share_of(cell: Cell) -> tuple[float, float, float]:
    """(share, lower, upper) of the pairs of one cell that are truly one; some were answered.

    Wilson's interval, of as many trials as `_trials` says. Where one to three answers differ from the others, the limit beside
    them is the Poisson one (Brown, Cai and DasGupta 2001, Statistical Science 16, 101-133, section 4.1.1). None contradicts what
    was seen; and where all of it is borrowed, none contradicts that the pairs of this cell are alike, as most of the others are.
    """
    n, trials = cell.answered, _trials(cell)
    share = cell.same / n
    if trials == inf:
        return share, share, share
    found = wilson(share, trials)
    if cell.borrowed:
        return share, found.low if share > 0.5 else 0.0, found.high if share < 0.5 else 1.0
    size = max(cell.size * cell.rate, n)
    low, high = found.low, found.high
    if 0 < cell.same < len(LOWEST) and cell.different:
        low = min(low, LOWEST[cell.same] / n)
    if 0 < cell.different < len(LOWEST) and cell.same:
        high = max(high, 1 - LOWEST[cell.different] / n)
    return share, min(share, max(low, cell.same / size)), max(share, min(high, 1 - cell.different / size))


def ratio(one: Estimate, other: Estimate) -> Estimate:
    """`one` / `other`, two independent estimates of numbers that are not negative; infinite where `other` may be 0.

    Donner and Zou 2012, Statistical Methods in Medical Research 21, 347-359: with estimates a, b and limits l, u,

        upper = (ab + sqrt((ab)^2 - u_a (2a - u_a) l_b (2b - l_b))) / (l_b (2b - l_b))

    and the lower with l_a and u_b, its root subtracted; here that one is turned about, so that nothing is divided by 0.
    """
    product = one.value * other.value
    falls, under = one.low * (2 * one.value - one.low), other.high * (2 * other.value - other.high)
    root = sqrt(max(product**2 - falls * under, 0.0))
    low = falls / (product + root) if product + root else 0.0
    rises, over = one.high * (2 * one.value - one.high), other.low * (2 * other.value - other.low)
    high = inf
    if over > 0:
        high = (product + sqrt(max(product**2 - rises * over, 0.0))) / over
    elif one.high == 0:
        high = 0.0
    return Estimate(value=one.value / other.value if other.value else inf, low=max(low, 0.0), high=high)


def _falling(of: Estimate, most: float) -> Estimate:
    """most / (1 + x) of an estimate of x: what is low there is high here."""
    value, low, high = (most / (1 + x) for x in (of.value, of.high, of.low))
    return Estimate(value=value, low=min(low, value), high=min(max(high, value), 1.0))


def _counting(cell: Cell, share: float) -> float:
    """The variance of a number of true pairs that comes of counting only a share of all pairs, each as likely as another."""
    return NORMAL_95**2 * cell.size * share * (1 - cell.rate) / cell.rate
