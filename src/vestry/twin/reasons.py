"""Why an id was merged or split, in words and with its evidence: which pair, who decided it, by which linkage model."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import replace
from typing import Any, Final

import pyarrow as pa
import pyarrow.compute as pc

from vestry.linkage.candidates import short
from vestry.linkage.clusters import BY_REVIEWER
from vestry.linkage.decisions import Decision, Pair
from vestry.linkage.identity import HAPPENINGS, SPLIT
from vestry.twin.register import Register
from vestry.twin.turning_points import JOINS, JOINS_NO_LONGER, SAID_TO_BE_TWO, TurningPoint

_BY_A_REVIEWER: Final = {
    JOINS: "a reviewer said that they are one",
    SAID_TO_BE_TWO: "a reviewer said that they are two",
    JOINS_NO_LONGER: "no reviewer says any longer that they are one",
}
_DRAWN_BY_A_REVIEWER: Final = "a reviewer said that some of its records are of that one"
MODEL_CHANGED: Final = " (linkage model changed)"

_TOLD: Final = pa.schema(
    [
        *HAPPENINGS,
        *((name, pa.string()) for name in ("model", "left_record", "right_record", "decided_by", "reviewer")),
    ]
)


def with_reasons(
    named: Register,
    points: Iterable[TurningPoint],
    decided: Iterable[Decision],
    *,
    models: Mapping[str, str],
    changed: Collection[str],
) -> Register:
    """`named` with the evidence of what was merged and split beside its reasons.

    `decided` is what linkage went by of reviewers' words; `models`: kind -> hash of the linkage model that was used; `changed`:
    kinds of which it is another than at the release before.
    """
    reviewers = {d.pair: d.line.by for d in decided if d.line}
    of_kind: dict[str, dict[tuple[str, str, str], TurningPoint]] = {}
    for point in points:
        key = (point.entity_id, point.happened, point.into_entity)
        of_kind.setdefault(point.kind, {})[key] = point
    happenings = dict(named.happenings)
    for kind, found in of_kind.items():
        happenings[kind] = _told(
            happenings[kind],
            found,
            reviewers,
            model=short(models.get(kind, "")) or None,
            changed=kind in changed,
        )
    return replace(named, happenings=happenings)


def _told(
    happenings: pa.Table,
    points: Mapping[tuple[str, str, str], TurningPoint],
    reviewers: Mapping[Pair, str],
    *,
    model: str | None,
    changed: bool,
) -> pa.Table:
    turned = pc.is_in(
        happenings["happened"], value_set=pa.array(sorted({p.happened for p in points.values()}))
    )
    rows = []
    for row in happenings.filter(turned).to_pylist():
        point = points[row["entity_id"], row["happened"], row["into_entity"]]
        rows.append(_with_reason(row, point, reviewers, changed=changed) | {"model": model})
    others = happenings.filter(pc.invert(turned))
    return pa.concat_tables([others, pa.Table.from_pylist(rows, schema=_TOLD)], promote_options="default")


def _with_reason(
    row: dict[str, Any], point: TurningPoint, reviewers: Mapping[Pair, str], *, changed: bool
) -> dict[str, Any]:
    pair = point.pair
    if pair is not None and pair.decided_by == BY_REVIEWER:
        drawn = point.happened == SPLIT and pair.how == JOINS
        row = row | {"reason": _DRAWN_BY_A_REVIEWER if drawn else _BY_A_REVIEWER[pair.how]}
    elif changed:
        row = row | {"reason": row["reason"] + MODEL_CHANGED}
    if pair is None:
        return row
    one, other = sorted(pair.units)
    return row | {
        "left_record": pair.left_record, "right_record": pair.right_record, "decided_by": pair.decided_by,
        "reviewer": reviewers.get((one, other)) or None if pair.decided_by == BY_REVIEWER else None,
    }  # fmt: skip
