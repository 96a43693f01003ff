"""The same records put together again from the release's own links, as if no identifier had decided anything.

A pair joins when the model's probability reaches the place's threshold and it is not contested; a reviewer's word
stands; registers that hold each thing once keep apart what they list side by side. What decided by identifier, and the
rule that two NHS numbers are two people, is left out. `links` keeps the model's weight beside an identifier's decision,
and `linkage_rules` the thresholds and registers, so nothing is scored anew. What that does not show is in
docs/explanation/how-linkage-is-measured.md.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Final

import numpy as np
import pyarrow as pa

from vestry.linkage.clusters import BY_IDENTIFIER, BY_MODEL, BY_REVIEWER, Edge, Rules, clusters
from vestry.linkage.components import components
from vestry.linkage.evaluation import streams
from vestry.linkage.evaluation.streams import Reading, bring, number
from vestry.linkage.rule_names import LINK_FROM

AT_A_TIME: Final = 50_000
"""Units of doubtful components that are put together again at a time, so that memory stays small."""


@dataclass(frozen=True, slots=True, kw_only=True)
class StandingRules:
    """What a release was linked by. `link_from` None: it was built before releases kept that."""

    link_from: float | None


def load_rules(connection: Any, read: Reading) -> StandingRules:
    """The rules of the release."""
    bring(connection, read, streams.RULES, "", "CREATE TABLE rules AS SELECT * FROM given")
    row = connection.execute(f"SELECT max(value) FROM rules WHERE rule = '{LINK_FROM}'").fetchone()
    return StandingRules(link_from=row[0])


def cluster_again(connection: Any, read: Reading, kind: str, link_from: float) -> None:
    """Make `again_<kind>` (`unit_no, twin`): every unit of `known_<kind>` and its cluster without identifiers.

    A cluster is named by the number of one of its units. Records are numbered as `twin.evaluated` says.
    """
    for name, sql in (
        (streams.REPEATS, "CREATE TEMP TABLE repeats AS SELECT * FROM given"),
        (streams.HELD, _HELD),
        (streams.LINKS, _EDGES.format(link_from=f"{link_from:.9f}")),
    ):
        bring(connection, read, name, kind, sql)
    _components(connection, kind)
    _find_suspects(connection)
    connection.execute(
        "CREATE TEMP TABLE doubtful AS SELECT unit_no, heap FROM components JOIN suspects USING (component)"
    )
    bring(
        connection,
        read,
        streams.UNIT_IDS,
        kind,
        "CREATE TEMP TABLE ids AS SELECT d.unit_no AS record_no, g.unit_id, d.heap FROM given g "
        "JOIN doubtful d USING (unit_no)",
    )
    _mend(connection)
    connection.execute(
        f"CREATE TABLE again_{kind} AS SELECT unit_no, coalesce(m.twin, c.component) AS twin "
        f"FROM known_{kind} JOIN components c USING (unit_no) LEFT JOIN mended m USING (unit_no)"
    )
    for table in ("repeats", "held", "edges", "components", "suspects", "doubtful", "ids", "mended"):
        connection.execute(f"DROP TABLE {table}")


_HELD: Final = """
    CREATE TEMP TABLE held AS
    SELECT coalesce(r.unit_no, g.record_no) AS unit_no, min(register) AS register,
           min(first_as_at) AS first_as_at, max(last_as_at) AS last_as_at
    FROM given g LEFT JOIN repeats r USING (record_no) GROUP BY 1
"""

_EDGES: Final = f"""
    CREATE TEMP TABLE edges AS
    SELECT left_no, right_no, coalesce(weight, 0) AS weight, decided_by = '{BY_REVIEWER}' AS by_reviewer,
           decided_by = '{BY_REVIEWER}' AND probability = 0 AS apart
    FROM given
    WHERE decided_by = '{BY_REVIEWER}'
       OR NOT contested AND CASE decided_by WHEN '{BY_IDENTIFIER}' THEN round(1 / (1 + pow(2.0, -weight)), 6) ELSE probability END
          >= {{link_from}}
"""
"""An identifier's decision is taken for certain in `links`; the model's own probability is told by its weight."""


def _components(connection: Any, kind: str) -> None:
    """What links join by any way, each named by the smallest number in it, with what is one by its own key."""
    last = number(
        connection,
        f"SELECT max(n) FROM (SELECT max(unit_no) AS n FROM known_{kind} UNION ALL SELECT max(unit_no) FROM held "
        "UNION ALL SELECT max(record_no) FROM repeats "
        "UNION ALL SELECT greatest(max(left_no), max(right_no)) FROM edges)",
    )
    pairs = connection.execute(
        "SELECT left_no::BIGINT AS one, right_no::BIGINT AS other FROM edges WHERE NOT apart "
        "UNION ALL SELECT record_no, unit_no FROM repeats"
    ).to_arrow_table()
    found = components(pairs["one"].to_numpy(), pairs["other"].to_numpy(), last + 1).astype(np.int32)
    connection.register(
        "roots", pa.table({"unit_no": np.arange(last + 1, dtype=np.int32), "component": found})
    )
    connection.execute("CREATE TEMP TABLE components AS SELECT * FROM roots")
    connection.unregister("roots")


def _find_suspects(connection: Any) -> None:
    """Components in which a rule could keep two units apart, in heaps of about `AT_A_TIME` records."""
    connection.execute(
        f"""
        CREATE TEMP TABLE suspects AS
        WITH listed AS (
            SELECT component, first_as_at <= max(last_as_at) OVER (
                PARTITION BY component, register ORDER BY first_as_at, unit_no
                ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING) AS side_by_side
            FROM held JOIN components USING (unit_no)
        ), doubtful AS (
            SELECT component FROM listed WHERE side_by_side
            UNION
            SELECT l.component FROM edges e JOIN components l ON l.unit_no = e.left_no
            JOIN components r ON r.unit_no = e.right_no WHERE e.apart AND l.component = r.component
        ), sized AS (SELECT component, count(*) AS n FROM components SEMI JOIN doubtful USING (component) GROUP BY ALL)
        SELECT component, (sum(n) OVER (ORDER BY component) // {AT_A_TIME})::INTEGER AS heap FROM sized
        """
    )


def _mend(connection: Any) -> None:
    """Suspect components put together again by `linkage.clusters` itself, under its own rules."""
    connection.execute("CREATE TEMP TABLE mended (unit_no INTEGER, twin INTEGER)")
    for (heap,) in connection.execute("SELECT DISTINCT heap FROM suspects ORDER BY heap").fetchall():
        found = _mended(connection, heap)
        rows = pa.table(
            {"unit_no": pa.array(found, pa.int32()), "twin": pa.array(found.values(), pa.int32())}
        )
        connection.register("rows", rows)
        connection.execute("INSERT INTO mended SELECT * FROM rows")
        connection.unregister("rows")


def _mended(connection: Any, heap: int) -> dict[int, int]:
    units = connection.execute(
        "WITH u AS (SELECT unit_id, min(record_no) AS unit_no FROM ids WHERE heap = $1 GROUP BY unit_id) "
        "SELECT unit_id, unit_no, register, first_as_at, last_as_at FROM u LEFT JOIN held USING (unit_no) "
        "ORDER BY unit_id",
        [heap],
    ).fetchall()
    edges = connection.execute(
        "SELECT l.unit_id, r.unit_id, weight, by_reviewer, apart FROM edges JOIN ids l ON l.record_no = left_no "
        "JOIN ids r ON r.record_no = right_no WHERE l.heap = $1 AND r.heap = $1",
        [heap],
    ).fetchall()
    apart = [(left, right) for left, right, _, _, is_apart in edges if is_apart]
    joining = [
        Edge(left=left, right=right, weight=weight, decided_by=BY_REVIEWER if by_reviewer else BY_MODEL)
        for left, right, weight, by_reviewer, is_apart in edges
        if not is_apart
    ]
    rules = Rules(
        held={row[0]: (row[2], row[3], row[4]) for row in units if row[2] is not None},
        apart=frozenset(apart + [(right, left) for left, right in apart]),
    )
    number_of = {row[0]: row[1] for row in units}
    again = clusters(list(number_of), joining, rules)
    return {number_of[unit]: number_of[name] for unit, name in again.items()}
