"""The same records put together again from the release's own links, as if no identifier had decided anything.

A pair joins when the model's probability reaches the place's threshold; a reviewer's word stands; registers that
hold each thing once keep apart what they list side by side. What decided by identifier, and the rule that two
NHS numbers are two people, is left out. `links` keeps the model's weight beside an identifier's decision, and
`linkage_rules` the thresholds and registers, so nothing is scored anew. What that does not show is in
docs/explanation/how-linkage-is-measured.md.
"""

from __future__ import annotations

from array import array
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, Final

import pyarrow as pa

from vestry.linkage.clusters import BY_IDENTIFIER, BY_MODEL, BY_REVIEWER, Edge, Rules, clusters
from vestry.linkage.evaluation import streams
from vestry.linkage.evaluation.streams import Reading, bring, number
from vestry.linkage.standing_rules import HOLDS_EACH_ONCE, LINK_FROM

AT_A_TIME: Final = 50_000
"""Units of doubtful components that are put together again at a time, so that memory stays small."""


@dataclass(frozen=True, slots=True, kw_only=True)
class StandingRules:
    """What a release was linked by. `link_from` None: it was built before releases kept that."""

    link_from: float | None


def load_rules(connection: Any, read: Reading) -> StandingRules:
    """The rules of the release; makes `held_once` (`source, table_name`)."""
    bring(connection, read, streams.RULES, "", "CREATE TABLE rules AS SELECT * FROM given")
    connection.execute(
        f"CREATE TABLE held_once AS SELECT source, table_name FROM rules WHERE rule = '{HOLDS_EACH_ONCE}'"
    )
    row = connection.execute(f"SELECT max(value) FROM rules WHERE rule = '{LINK_FROM}'").fetchone()
    return StandingRules(link_from=row[0])


def cluster_again(connection: Any, read: Reading, kind: str, link_from: float) -> None:
    """Make `again_<kind>` (`unit_no, twin`): every unit of `kind` and the cluster that it is in without identifiers.

    `held_once` must be there. A cluster is named by the number of one of its units.
    """
    bring(
        connection,
        read,
        streams.UNITS,
        kind,
        "CREATE TEMP TABLE units AS SELECT g.unit_no, g.unit_id, "
        "CASE WHEN h.source IS NULL THEN NULL ELSE g.source || '/' || g.table_name END AS register, "
        "g.first_as_at, g.last_as_at FROM given g LEFT JOIN held_once h USING (source, table_name)",
    )
    bring(
        connection,
        read,
        streams.LINKS,
        kind,
        f"""
        CREATE TEMP TABLE edges AS
        SELECT left_no, right_no, coalesce(weight, 0) AS weight, decided_by = '{BY_REVIEWER}' AS by_reviewer,
               decided_by = '{BY_REVIEWER}' AND probability = 0 AS apart
        FROM given
        WHERE decided_by = '{BY_REVIEWER}'
           OR CASE decided_by WHEN '{BY_IDENTIFIER}' THEN round(1 / (1 + pow(2.0, -weight)), 6) ELSE probability END
              >= {link_from:.9f}
        """,
    )
    _components(connection)
    _mend(connection)
    connection.execute(
        f"CREATE TABLE again_{kind} AS SELECT c.unit_no, coalesce(m.twin, c.component) AS twin "
        "FROM components c LEFT JOIN mended m USING (unit_no)"
    )
    for table in ("units", "edges", "components", "suspects", "mended"):
        connection.execute(f"DROP TABLE {table}")


def _components(connection: Any) -> None:
    """Connected components, by joining roots: two arrays of small numbers, however many links there are."""
    root = array("i", range(number(connection, "SELECT max(unit_no) + 1 FROM units")))
    found = connection.execute("SELECT left_no, right_no FROM edges WHERE NOT apart").to_arrow_reader(100_000)
    for batch in found:
        for left, right in zip(batch.column(0).to_pylist(), batch.column(1).to_pylist(), strict=True):
            while root[left] != left:
                root[left] = left = root[root[left]]
            while root[right] != right:
                root[right] = right = root[root[right]]
            if left < right:
                root[right] = left
            elif right < left:
                root[left] = right
    for unit in range(len(root)):  # a root is never after what hangs on it, so one pass settles all
        root[unit] = root[root[unit]]
    numbered = pa.Array.from_buffers(pa.int32(), len(root), [None, pa.py_buffer(root)])
    connection.register(
        "roots", pa.table({"unit_no": pa.array(range(len(root)), pa.int32()), "component": numbered})
    )
    connection.execute(
        "CREATE TEMP TABLE components AS SELECT r.* FROM roots r SEMI JOIN units USING (unit_no)"
    )
    connection.unregister("roots")


def _mend(connection: Any) -> None:
    """Components in which a rule is broken, taken apart and put together by `linkage.clusters` itself."""
    connection.execute(
        f"""
        CREATE TEMP TABLE suspects AS
        WITH listed AS (
            SELECT component, first_as_at <= max(last_as_at) OVER (
                PARTITION BY component, register ORDER BY first_as_at, unit_no
                ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING) AS side_by_side
            FROM units JOIN components USING (unit_no) WHERE register IS NOT NULL
        ), doubtful AS (
            SELECT component FROM listed WHERE side_by_side
            UNION
            SELECT l.component FROM edges e JOIN components l ON l.unit_no = e.left_no
            JOIN components r ON r.unit_no = e.right_no WHERE e.apart AND l.component = r.component
        ), sized AS (SELECT component, count(*) AS n FROM components SEMI JOIN doubtful USING (component) GROUP BY ALL)
        SELECT component, (sum(n) OVER (ORDER BY component) // {AT_A_TIME})::INTEGER AS heap FROM sized
        """
    )
    connection.execute("CREATE TEMP TABLE mended (unit_no INTEGER, twin INTEGER)")
    for (heap,) in connection.execute("SELECT DISTINCT heap FROM suspects ORDER BY heap").fetchall():
        rows = list(_mended(connection, heap))
        connection.register("rows", pa.table(
            {"unit_no": pa.array([r[0] for r in rows], pa.int32()), "twin": pa.array([r[1] for r in rows], pa.int32())}
        ))  # fmt: skip
        connection.execute("INSERT INTO mended SELECT * FROM rows")
        connection.unregister("rows")


def _mended(connection: Any, heap: int) -> Iterator[tuple[int, int]]:
    units = connection.execute(
        "SELECT unit_id, unit_no, register, first_as_at, last_as_at FROM units JOIN components USING (unit_no) "
        "SEMI JOIN suspects s ON s.component = components.component AND s.heap = $1 ORDER BY unit_id",
        [heap],
    ).fetchall()
    number_of = {row[0]: row[1] for row in units}
    edges = connection.execute(
        "SELECT l.unit_id, r.unit_id, e.weight, e.by_reviewer, e.apart FROM edges e "
        "JOIN components c ON c.unit_no = e.left_no SEMI JOIN suspects s ON s.component = c.component AND s.heap = $1 "
        "JOIN units l ON l.unit_no = e.left_no JOIN units r ON r.unit_no = e.right_no",
        [heap],
    ).fetchall()
    apart = [(left, right) for left, right, _, _, is_apart in edges if is_apart]
    joining = [
        Edge(left=left, right=right, weight=weight, decided_by=BY_REVIEWER if by_reviewer else BY_MODEL)
        for left, right, weight, by_reviewer, is_apart in edges
        if not is_apart and left in number_of and right in number_of
    ]
    rules = Rules(
        held={row[0]: (row[2], row[3], row[4]) for row in units if row[2] is not None},
        apart=frozenset(apart + [(right, left) for left, right in apart]),
    )
    for unit, name in clusters([row[0] for row in units], joining, rules).items():
        yield number_of[unit], number_of[name]
