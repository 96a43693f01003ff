"""The records that twin and truth both know, as numbers: which entity each is in, by either.

Units, entities and true entities are the number of the unit in which they come first: four bytes for each, where
a county has millions.
"""

from __future__ import annotations

from typing import Any

from vestry.linkage.evaluation import streams
from vestry.linkage.evaluation.streams import Reading, bring, number
from vestry.model import kinds


def load_sources(connection: Any, read: Reading) -> tuple[dict[str, str], str]:
    """Source -> organisation, and the day that the release describes: the newest as-at of any extract.

    Makes the type `source_name`, so that a source is a byte or two.
    """
    bring(connection, read, streams.SOURCES, "", "CREATE TABLE sources AS SELECT * FROM given")
    connection.execute("CREATE TYPE source_name AS ENUM (SELECT source FROM sources ORDER BY source)")
    rows = connection.execute("SELECT source, organisation, as_at FROM sources ORDER BY source").fetchall()
    return {source: organisation or "" for source, organisation, _ in rows}, max(
        (as_at for _, _, as_at in rows if as_at), default=""
    )


def load_known(connection: Any, read: Reading, kind: str, truth: str) -> int:
    """How many records of `kind` both know.

    Makes `known_<kind>` (`unit_no, source, twin, truth`), `twin_<kind>` (`entity_id, twin`) and `true_<kind>`
    (`entity, truth`) from the table `truth_<truth>`.
    """
    bring(
        connection,
        read,
        streams.ADDRESSES if kind == kinds.PROPERTY else streams.KEYS,
        kind,
        "CREATE TEMP TABLE joined AS SELECT g.unit_no, t.source, g.entity_id, t.entity "
        f"FROM (SELECT *, source::source_name AS of_source FROM given) g JOIN truth_{truth} t "
        "ON t.source = g.of_source AND t.source_key = g.source_key AND t.part = g.part",
    )
    for table, column, name in (("twin", "entity_id", "twin"), ("true", "entity", "truth")):
        connection.execute(
            f"CREATE TABLE {table}_{kind} AS SELECT {column}, min(unit_no) AS {name} FROM joined GROUP BY {column}"
        )
    connection.execute(
        f"CREATE TABLE known_{kind} AS SELECT unit_no, source, twin, truth FROM joined "
        f"JOIN twin_{kind} USING (entity_id) JOIN true_{kind} USING (entity)"
    )
    connection.execute("DROP TABLE joined")
    return number(connection, f"SELECT count(*) FROM known_{kind}")
