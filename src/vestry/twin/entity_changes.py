"""Which entities a release, or a candidate for a linkage model, changes, and what the pairs came to that this hangs on."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

import ibis
import ibis.expr.types as ir
import pyarrow as pa

from vestry.engines.engine import Engine
from vestry.twin.predecessor import Predecessor, evidence_of, links_of
from vestry.twin.turning_points import JOINS, JOINS_NO_LONGER, TurningPoint


@dataclass(frozen=True, slots=True, kw_only=True)
class Score:
    """What a pair came to: `probability` 0 to 1, `weight` in bits (None where an identifier or a person decided).
    `contested`: likely enough to join by itself, but not beside its rivals."""

    probability: float
    weight: float | None
    decided_by: str
    contested: bool

    def joins(self, link_from: float) -> bool:
        """Whether it is such that it joins, unless a rule of clusters forbids it."""
        return not self.contested and self.probability >= link_from


RULED: Final = (
    "By its score it would join still. In its turn that would break a rule: of those whom stronger pairs put with either of the"
    " two, something keeps them apart (as two NHS numbers, birth dates many years apart, a register that lists both, or a"
    " reviewer's word)."
)
RULED_BEFORE: Final = (
    "By its score it would have joined before too. A rule, or stronger pairs, stood in its way then."
)
"""Why a pair joins no longer, or joins only now, though its score was enough throughout (`linkage.clusters`)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class FieldCompared:
    """One thing compared of a pair, with its bits in the release and with the candidate; None: not kept."""

    field: str
    agreement: str
    before: float | None
    after: float | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """One entity that would change, and the two records that this hangs on, empty where no single pair tells it.

    `how`: joins, no longer joins, or said to be two; `why`, where the scores do not tell it. A score is None where the pair came
    to less than the review threshold, and so was not kept.
    """

    kind: str
    entity_id: str
    happened: str
    into_entity: str
    left_record: str = ""
    right_record: str = ""
    how: str = ""
    why: str = ""
    before: Score | None = None
    after: Score | None = None
    fields: tuple[FieldCompared, ...] = ()


def entity_changes(
    engine: Engine,
    turned: Sequence[TurningPoint],
    links: ir.Table,
    evidence: ir.Table,
    before: Predecessor,
    *,
    link_from: float,
) -> list[Change]:
    """Each merge and split, with what its pair came to in the release `before` and in `links` and `evidence` now. A pair joins
    from a probability of `link_from`."""
    pairs = sorted({(p.pair.left_record, p.pair.right_record) for p in turned if p.pair})
    then = {_pair_of(row): row for row in links_of(before, pairs)}
    now = {_pair_of(row): row for row in _of_pairs(engine, links, pairs)}
    compared = _compared(evidence_of(before, pairs), _of_pairs(engine, evidence, pairs))
    return [_change(point, then, now, compared, link_from) for point in turned]


def _change(
    point: TurningPoint,
    then: Mapping[tuple[str, str], Mapping[str, Any]],
    now: Mapping[tuple[str, str], Mapping[str, Any]],
    compared: Mapping[tuple[str, str], tuple[FieldCompared, ...]],
    link_from: float,
) -> Change:
    known: dict[str, Any] = {}
    if (pair := point.pair) is not None:
        key = (pair.left_record, pair.right_record)
        before, after = _score(then.get(key)), _score(now.get(key))
        known = {
            "left_record": pair.left_record, "right_record": pair.right_record, "how": pair.how,
            "why": why_by_rule(pair.how, before, after, link_from), "before": before, "after": after,
            "fields": compared.get(key, ()),
        }  # fmt: skip
    return Change(
        kind=point.kind,
        entity_id=point.entity_id,
        happened=point.happened,
        into_entity=point.into_entity,
        **known,
    )


def why_by_rule(how: str, before: Score | None, after: Score | None, link_from: float) -> str:
    """Why a pair turned though its score did not, in a sentence; "" where the scores tell it."""
    if how == JOINS_NO_LONGER and after is not None and after.joins(link_from):
        return RULED
    if how == JOINS and before is not None and before.joins(link_from):
        return RULED_BEFORE
    return ""


def _compared(
    before: Iterable[Mapping[str, Any]], after: Iterable[Mapping[str, Any]]
) -> dict[tuple[str, str], tuple[FieldCompared, ...]]:
    """Of each pair, what was compared then and what is now."""
    found: dict[tuple[str, str], dict[str, dict[str, Any]]] = defaultdict(lambda: defaultdict(dict))
    for side, rows in (("before", before), ("after", after)):
        for row in rows:
            said = found[_pair_of(row)][row["field"]]
            said[side] = row["weight"]
            said["agreement"] = row["agreement"]
    return {
        pair: tuple(
            FieldCompared(
                field=name,
                agreement=said["agreement"] or "",
                before=said.get("before"),
                after=said.get("after"),
            )
            for name, said in fields.items()
        )
        for pair, fields in found.items()
    }


def _of_pairs(engine: Engine, table: ir.Table, pairs: Sequence[tuple[str, str]]) -> list[dict[str, Any]]:
    """The rows of `table` about these pairs of records."""
    if not pairs:
        return []
    wanted = engine.bring(
        "pairs_wanted",
        pa.table(
            {side: pa.array([p[n] for p in pairs]) for n, side in enumerate(("left_record", "right_record"))}
        ),
    )
    found: list[dict[str, Any]] = engine.fetch(
        table.semi_join(wanted, ["left_record", "right_record"]).order_by(
            ibis._.left_record, ibis._.right_record
        )
    ).to_pylist()
    return found


def _pair_of(row: Mapping[str, Any]) -> tuple[str, str]:
    return row["left_record"], row["right_record"]


def _score(row: Mapping[str, Any] | None) -> Score | None:
    if row is None:
        return None
    return Score(
        probability=row["probability"], weight=row["weight"], decided_by=row["decided_by"],
        contested=bool(row.get("contested")),
    )  # fmt: skip
