"""The measures themselves, as plain values: pairs, B-cubed, entities that went wrong, and how sure a share is."""

from __future__ import annotations

from dataclasses import dataclass
from math import sqrt
from typing import Final

NORMAL_95: Final = 1.959964
"""Standard errors on either side that hold 95% of a normal distribution."""

FEW: Final = 1_000
"""A group with fewer true pairs than this is too small to say much about."""


def share(some: int, of: int) -> float | None:
    """What share `some` are; of nothing there is none."""
    return some / of if of else None


def harmonic(one: float | None, other: float | None) -> float | None:
    """The harmonic mean of two shares; 0 when one is, and none where there is only nothing to have a share of."""
    if one is None or other is None:
        return None if one is other else 0.0
    return 2 * one * other / (one + other) if one + other else 0.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Score:
    """Pairs put together by both (`right`), by the twin alone (`wrong`), by the truth alone (`missed`)."""

    right: int
    wrong: int
    missed: int

    @property
    def precision(self) -> float | None:
        """Of the pairs the twin put together, the share that are right; None when there are none."""
        return share(self.right, self.right + self.wrong)

    @property
    def recall(self) -> float | None:
        """Of the pairs that belong together, the share that the twin put together; None when there are none."""
        return share(self.right, self.right + self.missed)

    @property
    def f1(self) -> float | None:
        """Harmonic mean of precision and recall."""
        return harmonic(self.precision, self.recall)


@dataclass(frozen=True, slots=True, kw_only=True)
class BCubed:
    """B-cubed: what an average record sees of its own entity (Bagga and Baldwin 1998, "Entity-Based
    Cross-Document Coreferencing Using the Vector Space Model", COLING-ACL, section 3).

    Precision of a record: of the records that the twin puts with it (itself too), the share that truly belong;
    recall: of those that truly belong, the share that the twin puts with it. Both are averaged over records,
    so a large entity counts by its records and not by their square, as it does in pairs. None of no records.
    """

    precision: float | None
    recall: float | None

    @property
    def f1(self) -> float | None:
        """Harmonic mean of precision and recall."""
        return harmonic(self.precision, self.recall)


@dataclass(frozen=True, slots=True, kw_only=True)
class Entities:
    """Entities that are right and that are not, with the records they hold.

    `over_merged`: entities of the twin with records of two true ones or more. `over_split`: true entities whose
    records lie in two of the twin's or more. `exactly_right`: true entities whose records are one entity of the
    twin, which holds nothing else. Only records that both know are looked at.
    """

    twin: int
    true: int
    exactly_right: int
    exactly_right_records: int
    over_merged: int
    over_merged_records: int
    over_split: int
    over_split_records: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Clustering:
    """One grouping of records against the true one."""

    pairs: Score
    bcubed: BCubed
    entities: Entities


@dataclass(frozen=True, slots=True, kw_only=True)
class Interval:
    """Where a share (0 to 1) lies with a confidence of 95%."""

    low: float
    high: float


def wilson(share: float | None, trials: float) -> Interval:
    """Wilson's 95% interval for a share of `trials` (1927, JASA 22, 209-212); 0 to 1 when there is none.

    `trials` may be a fraction: an effective number (see `effective_trials`).
    """
    if share is None or trials <= 0:
        return Interval(low=0.0, high=1.0)
    squared = NORMAL_95 * NORMAL_95
    middle = (share + squared / (2 * trials)) / (1 + squared / trials)
    half = NORMAL_95 * sqrt(share * (1 - share) / trials + squared / (4 * trials * trials))
    half /= 1 + squared / trials
    return Interval(low=max(0.0, min(share, middle - half)), high=min(1.0, max(share, middle + half)))


@dataclass(frozen=True, slots=True, kw_only=True)
class Sums:
    """Pairs that came out right, of pairs in all, summed over `entities`; and the sums of their squares."""

    entities: int
    right: int
    total: int
    right_squared: int
    both: int
    total_squared: int


def effective_trials(sums: Sums) -> float:
    """How many pairs that fell out each for itself would tell as much as these.

    The pairs of one entity stand and fall together: a person whose ten records lie apart in two halves misses 25
    pairs at once. So the variance of the share is reckoned over entities, as for a ratio in a sample of clusters
    (Cochran 1977, "Sampling Techniques", 6.3 and 9A), and turned into a number of trials (Korn and Graubard 1998,
    Survey Methodology 24, 193-201). Never more than the pairs; where all or none are right, and there is no
    variance to go by, each entity is one trial.
    """
    if sums.total == 0:
        return 0.0
    share = sums.right / sums.total
    if sums.right in (0, sums.total) or sums.entities < 2:
        return float(min(sums.entities, sums.total))
    spread = sums.right_squared - 2 * share * sums.both + share * share * sums.total_squared
    if spread <= 0:
        return float(sums.total)
    spread *= sums.entities / (sums.entities - 1)
    return min(float(sums.total), share * (1 - share) * sums.total * sums.total / spread)
