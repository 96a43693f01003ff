"""Two records compared now, by the model and the comparisons of the build: for a pair that the build kept no score of.

The numbers are those that the build would have written (a test holds them together): the same conditions, chances and
frequencies, taken from the saved model and counted in the release. Nothing is trained, and nothing is kept.
"""

from __future__ import annotations

import hashlib
import math
from collections.abc import Collection, Mapping, Sequence
from functools import cache
from pathlib import Path
from typing import Any

import duckdb

from vestry.errors import ModelInvalid
from vestry.linkage.comparisons import DESIGNS
from vestry.linkage.profiles import COMPARED, KEYS
from vestry.linkage.scoring import UNSEEN, _load
from vestry.linkage.two_compared import Profiles, TwoCompared, Values
from vestry.place import Place
from vestry.standardise.remembered import texts_giving
from vestry.standardise.rules import RULES


class Comparing:
    """Compares records of one kind of one release, counting each frequency once."""

    def __init__(self, kind: str, *, model: Path, memory: Path, profiles: Profiles) -> None:
        self._kind = kind
        self._columns = COMPARED[kind]
        self._keys = KEYS[kind]
        self._design = DESIGNS[kind]
        self._settings = _load(model, self._design)
        self._memory = memory
        self._profiles = profiles
        self._told: dict[str, int] = {}
        self.chance = cache(self._chance)

    def two(self, left: Values, right: Values) -> TwoCompared:
        """`left` and `right` compared. Raises duckdb.Error where a condition asks for what the records do not have."""
        sides = {"l": self._keyed(left), "r": self._keyed(right)}
        met, *levels = self._conditions(sides)
        prior = float(self._settings["probability_two_random_records_match"])
        weight = prior_bits = math.log2(prior / (1 - prior))
        found = []
        for said, level in zip(self._settings["comparisons"], levels, strict=True):
            reached = said["comparison_levels"][level]
            bits = self._bits(reached, sides)
            weight += bits
            found.append((said["output_column_name"], reached["label_for_charts"], round(bits, 4)))
        odds = 2.0 ** max(-1000.0, min(weight, 1000.0))
        return TwoCompared(
            compared=tuple(found),
            prior=prior_bits,
            weight=round(weight, 4),
            probability=round(odds / (1 + odds), 6),
            met=bool(met),
        )

    def _keyed(self, record: Values) -> dict[str, str | None]:
        values = {c: record.get(c) or None for c in self._columns}
        for key in sorted(self._keys, key=lambda k: self._keys[k][1] in self._keys):
            rule, column = self._keys[key]
            text = values[column]
            values[key] = None if text is None else RULES[rule].function(text)[0]
        return values

    def _conditions(self, sides: Mapping[str, Mapping[str, str | None]]) -> list[int]:
        """Whether a rule brings them together, and the level of each comparison by its place in the settings."""
        parameters: list[str | None] = []
        rows = []
        for side, values in sides.items():
            named = []
            for name, value in values.items():
                parameters.append(value)
                named.append(f'${len(parameters)}::VARCHAR AS "{name}"')
            rows.append(f"(SELECT {', '.join(named)}) {side}")
        both = ", ".join(f'{side}."{name}" AS "{name}_{side}"' for side in sides for name in sides[side])
        tests = [_case(said["comparison_levels"]) for said in self._settings["comparisons"]]
        met = " OR ".join(f"coalesce({rule}, false)" for rule in self._design.blocking) or "true"
        with duckdb.connect() as connection:
            row = connection.execute(
                f"SELECT met, {', '.join(tests)} FROM (SELECT ({met})::INT AS met, {both} FROM {', '.join(rows)})",
                parameters,
            ).fetchone()
        return list(row or ())

    def _bits(self, level: Mapping[str, Any], sides: Mapping[str, Mapping[str, str | None]]) -> float:
        """log2 of m / u; where frequent values count for less, by how frequent the value is instead of `u`."""
        if level.get("is_null_level"):
            return 0.0
        chance = float(level["u_probability"])
        bits = math.log2(float(level["m_probability"]) / chance)
        if column := level.get("tf_adjustment_column"):
            values = [v for v in (sides["l"][column], sides["r"][column]) if v is not None]
            if values:
                shared = max(
                    [self.chance(column, v) for v in values] + [level.get("tf_minimum_u_value", 0.0)]
                )
                bits += float(level.get("tf_adjustment_weight", 1.0)) * math.log2(chance / shared)
        return bits

    def _chance(self, column: str, value: str) -> float:
        """How likely another entity is to share `value`: as `scoring` counts it, the two themselves apart."""
        base, texts, nameless = self._texts(column, value)
        held = self._profiles.held(self._kind, self._columns, base, texts)
        if column not in self._told:
            self._told[column] = self._profiles.told(self._kind, self._columns, base, nameless)
        told = self._told[column]
        return (max(held - 2, 0) + UNSEEN) / max(told, 1)

    def _texts(self, column: str, value: str) -> tuple[str, Collection[str], Collection[str]]:
        """The column of `records` that `column` is made from, its texts that give `value`, and those that give nothing."""
        if column not in self._keys:
            return column, [value], []
        rule, base = self._keys[column]
        given, nothing = texts_giving(
            RULES[rule], value, self._memory, lambda: self._profiles.texts(self._kind, base)
        )
        return base, given, nothing


def _case(levels: Sequence[Mapping[str, Any]]) -> str:
    """SQL that gives the place of the first level whose condition holds."""
    whens = [
        f"WHEN {v['sql_condition']} THEN {n}" for n, v in enumerate(levels) if v["sql_condition"] != "ELSE"
    ]
    return f"CASE {' '.join(whens)} ELSE {len(levels) - 1} END"


def compare_now(
    place: Place, kind: str, sha256: str, profiles: Profiles, pairs: Sequence[tuple[Values, Values]]
) -> Sequence[TwoCompared | None]:
    """Each pair of records of `kind` compared; None for one that cannot be.

    Nothing can where the place has no model for that kind, or not the one whose hash is `sha256`: a release is explained
    by the model that it was made with, or not at all.
    """
    comparing = _comparing(place, kind, sha256, profiles)
    found: list[TwoCompared | None] = []
    for left, right in pairs:
        try:
            found.append(comparing.two(left, right) if comparing else None)
        except (duckdb.Error, KeyError):
            found.append(None)  # what is compared today is not in the records of this release
    return found


def _comparing(place: Place, kind: str, sha256: str, profiles: Profiles) -> Comparing | None:
    model = place.models / f"{kind}.json"
    if kind not in DESIGNS or not sha256 or not model.is_file():
        return None
    if hashlib.sha256(model.read_bytes()).hexdigest() != sha256:
        return None
    try:
        return Comparing(kind, model=model, memory=place.memory, profiles=profiles)
    except ModelInvalid:
        return None
