"""Plain Splink's settings for each set: those that its own documentation gives, written down once and published.

`febrl3`: docs/demos/examples/duckdb/febrl3 ("Deduplicating the febrl3 dataset") of
https://github.com/moj-analytical-services/splink, word for word. FEBRL 1 and 2 have the same columns and the same task,
and no page of their own: they are given the same.

`febrl4`: docs/demos/examples/duckdb/febrl4 ("Linking the febrl4 datasets"), the detailed model of the two there.

`fake20000` has no page of its own. Splink's documentation works on its first 1,000 records in several ways; the three
that train and evaluate a model are all here, and the one with the best F1 on this set is the rival:
`accuracy` is docs/demos/examples/duckdb/accuracy_analysis_from_labels_column, which is there to measure F1;
`tutorial` is docs/demos/tutorials/04_Estimating_model_parameters with the looser blocking rules that 07_Evaluation puts
in their place "to achieve decent recall"; `quickstart` is the example of the front page (docs/index.md, README.md).

Two things are done that the pages do not do. Blanks are read as missing: the pages' own copies of FEBRL hold them as
texts of nothing, which agree with each other. And the sample that `u` is estimated from has a seed. Where the identifier
is withheld, its comparison and every rule that names it go, and all else stays.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import splink.comparison_library as cl
from splink import ColumnExpression, block_on

MAX_PAIRS = 1e6
SEED = 1

Rule = tuple[str, ...] | str
"""Columns that agree, or a condition in SQL on `l.` and `r.`."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Recipe:
    """One way to set Splink up. `comparisons` are made new for each run; names are of columns."""

    page: str
    comparisons: Mapping[str, str]
    blocking: tuple[Rule, ...]
    sure: tuple[Rule, ...]
    recall: float
    training: tuple[Rule, ...]
    link_type: str = "dedupe_only"
    without_term_frequencies: bool = False

    def without(self, column: str) -> Recipe:
        """The same, and nothing that names `column`."""

        def kept(rules: tuple[Rule, ...]) -> tuple[Rule, ...]:
            return tuple(rule for rule in rules if column not in rule)

        return Recipe(
            page=self.page, comparisons={k: v for k, v in self.comparisons.items() if k != column},
            blocking=kept(self.blocking), sure=kept(self.sure), recall=self.recall, training=kept(self.training),
            link_type=self.link_type, without_term_frequencies=self.without_term_frequencies,
        )  # fmt: skip

    def published(self) -> dict[str, Any]:
        """As JSON, to stand beside a result."""
        return {
            "page": self.page, "link_type": self.link_type, "comparisons": dict(self.comparisons),
            "blocking": [rule_text(r) for r in self.blocking], "sure": [rule_text(r) for r in self.sure],
            "recall": self.recall, "training": [rule_text(r) for r in self.training],
            "u": f"random sampling, max_pairs={MAX_PAIRS:.0e}, seed={SEED}",
        }  # fmt: skip


def rule_text(rule: Rule) -> str:
    """A rule as Splink's users write it."""
    return rule if isinstance(rule, str) else f"block_on({', '.join(rule)})"


def rule_of(rule: Rule) -> Any:
    """A rule as Splink takes it."""
    return rule if isinstance(rule, str) else block_on(*rule)


def comparison_of(written: str) -> Any:
    """A comparison from how it is written in a recipe; only names of this module are known there."""
    return eval(
        written, {"cl": cl, "ColumnExpression": ColumnExpression}
    )  # our own text, published as it runs


_PAGES = "docs/demos/examples/duckdb"
_TF = ".configure(term_frequency_adjustments=True)"

FEBRL3 = Recipe(
    page=f"{_PAGES}/febrl3",
    comparisons={
        "given_name": 'cl.NameComparison("given_name")',
        "surname": 'cl.NameComparison("surname")',
        "date_of_birth": 'cl.DateOfBirthComparison("date_of_birth", input_is_string=True, datetime_format="%Y%m%d")',
        "soc_sec_id": 'cl.DamerauLevenshteinAtThresholds("soc_sec_id", [2])',
        "street_number": f'cl.ExactMatch("street_number"){_TF}',
        "postcode": f'cl.ExactMatch("postcode"){_TF}',
    },
    blocking=(("soc_sec_id",), ("given_name",), ("surname",), ("date_of_birth",), ("postcode",)),
    sure=(
        ("soc_sec_id",),
        ("given_name", "surname", "date_of_birth"),
        "l.given_name = r.surname and l.surname = r.given_name and l.date_of_birth = r.date_of_birth",
    ),
    recall=0.9,
    training=(("date_of_birth",), ("postcode",)),
)

FEBRL4 = Recipe(
    page=f"{_PAGES}/febrl4 (the detailed model)",
    link_type="link_only",
    comparisons={
        "given_name": f'cl.NameComparison("given_name"){_TF}',
        "surname": f'cl.NameComparison("surname"){_TF}',
        "date_of_birth": (
            'cl.DateOfBirthComparison("date_of_birth", input_is_string=True, datetime_format="%Y%m%d",'
            " invalid_dates_as_null=True)"
        ),
        "soc_sec_id": 'cl.DamerauLevenshteinAtThresholds("soc_sec_id", [1, 2])',
        "street_number": f'cl.ExactMatch("street_number"){_TF}',
        "postcode": f'cl.DamerauLevenshteinAtThresholds("postcode", [1, 2]){_TF}',
    },
    blocking=(
        ("given_name", "surname"),
        "l.given_name = r.surname and l.surname = r.given_name",
        ("date_of_birth",),
        ("soc_sec_id",),
        ("state", "address_1"),
        ("street_number", "address_1"),
        ("postcode",),
    ),
    sure=(("soc_sec_id",), ("given_name", "surname", "date_of_birth")),
    recall=0.8,
    training=(("date_of_birth",), ("postcode",)),
    without_term_frequencies=True,
)

_FAKE_SURE = (
    "l.first_name = r.first_name and levenshtein(r.dob, l.dob) <= 1",
    "l.surname = r.surname and levenshtein(r.dob, l.dob) <= 1",
    "l.first_name = r.first_name and levenshtein(r.surname, l.surname) <= 2",
    ("email",),
)
_FAKE_CITY = f'cl.ExactMatch("city"){_TF}'
_FAKE_EMAIL = 'cl.EmailComparison("email")'

FAKE: Mapping[str, Recipe] = {
    "accuracy": Recipe(
        page=f"{_PAGES}/accuracy_analysis_from_labels_column",
        comparisons={
            "names": 'cl.ForenameSurnameComparison("first_name", "surname")',
            "dob": 'cl.DateOfBirthComparison("dob", input_is_string=True)',
            "city": _FAKE_CITY,
            "email": _FAKE_EMAIL,
        },
        blocking=(("first_name",), ("surname",), ("dob",), ("email",)),
        sure=_FAKE_SURE,
        recall=0.7,
        training=(("dob",), ("email",), ("first_name", "surname")),
        without_term_frequencies=True,
    ),
    "tutorial": Recipe(
        page="docs/demos/tutorials/04_Estimating_model_parameters, blocking of 07_Evaluation",
        comparisons={
            "first_name": 'cl.NameComparison("first_name")',
            "surname": 'cl.NameComparison("surname")',
            "dob": 'cl.LevenshteinAtThresholds("dob", 1)',
            "city": _FAKE_CITY,
            "email": _FAKE_EMAIL,
        },
        blocking=(("first_name",), ("city",), ("email",), ("dob",)),
        sure=(
            ("first_name", "dob"),
            "l.first_name = r.first_name and levenshtein(r.surname, l.surname) <= 2",
            ("email",),
        ),
        recall=0.7,
        training=(("first_name", "surname"), ("dob",)),
    ),
    "quickstart": Recipe(
        page="docs/index.md (the front page's example)",
        comparisons={
            "first_name": 'cl.NameComparison("first_name")',
            "surname": 'cl.JaroAtThresholds("surname")',
            "dob": 'cl.DateOfBirthComparison("dob", input_is_string=True)',
            "city": _FAKE_CITY,
            "email": _FAKE_EMAIL,
        },
        blocking=(("first_name", "dob"), ("surname",)),
        sure=(("first_name", "surname"),),
        recall=0.7,
        training=(("first_name", "surname"), ("email",)),
    ),
}

RECIPES: Mapping[str, Mapping[str, Recipe]] = {
    "febrl1": {"febrl3": FEBRL3},
    "febrl2": {"febrl3": FEBRL3},
    "febrl3": {"febrl3": FEBRL3},
    "febrl4": {"febrl4": FEBRL4},
    "fake20000": FAKE,
}
"""Recipes by set, and within it by name."""

COUNTY_SETTINGS: Mapping[str, Any] = {
    "page": "none: benchmarks/plain_splink.py, as a competent user would set it up"
}
"""The county is nobody else's set."""
