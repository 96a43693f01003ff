"""Whether a record's address was given its true UPRN, and whether records of one address are one property.

Looked at is the newest content of each property part that the truth speaks of, against the truth that holds from the
last day before its source last said so. Where the truth has no UPRN (an address that is in no gazetteer, or none at
all), any UPRN is wrong.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

import pyarrow as pa

from vestry.linkage.evaluation import streams
from vestry.linkage.evaluation.counting import clustering
from vestry.linkage.evaluation.measures import Clustering, harmonic, share
from vestry.linkage.evaluation.streams import Reading, bring, number
from vestry.model import kinds

FLAT: Final = "flat"


@dataclass(frozen=True, slots=True, kw_only=True)
class Found:
    """`records`, of which `true` have a true UPRN, `given` have one in the twin, and `right` have the true one.

    Where `name` is a way in which UPRNs were found, `true` are all that could be found in any way.
    """

    name: str
    records: int
    true: int
    given: int
    right: int

    @property
    def precision(self) -> float | None:
        """Of the records given a UPRN, the share whose it is; None when none was."""
        return share(self.right, self.given)

    @property
    def recall(self) -> float | None:
        """Of the records that have a true UPRN, the share that were given it; None when none has."""
        return share(self.right, self.true)

    @property
    def f1(self) -> float | None:
        """Harmonic mean of precision and recall."""
        return harmonic(self.precision, self.recall)


@dataclass(frozen=True, slots=True, kw_only=True)
class Addresses:
    """UPRNs found: in all, by form of address, by how they were found, and by kind of source.

    `flats` apart and the rest. `properties`, `flat_properties`: records of one true UPRN against records of one
    property of the twin. `absent` records are in the truth but not in the twin.
    """

    absent: int
    overall: Found
    flats: Found
    others: Found
    by_form: tuple[Found, ...]
    by_way: tuple[Found, ...]
    by_source_kind: tuple[Found, ...]
    properties: Clustering
    flat_properties: Clustering


def load_addresses(connection: Any, read: Reading) -> int:
    """How many records both know; makes `known_addresses` from `truth_addresses`."""
    bring(connection, read, streams.ADDRESSES, kinds.PROPERTY, _JOINED)
    connection.execute(_KNOWN)
    connection.execute("DROP TABLE joined")
    return number(connection, "SELECT count(*) FROM known_addresses")


def spoken_of(connection: Any) -> int:
    """How many records `truth_addresses` speaks of."""
    return number(
        connection, "SELECT count(*) FROM (SELECT 1 FROM truth_addresses GROUP BY source, source_key, part)"
    )


def addresses(connection: Any, absent: int, source_kinds: Mapping[str, str]) -> Addresses:
    """The measures of `known_addresses`, beside which so many records are `absent`."""
    connection.register("source_kinds", pa.table({
        "source": pa.array(list(source_kinds), pa.string()), "source_kind": pa.array(list(source_kinds.values()), pa.string()),
    }))  # fmt: skip
    none = {"records": 0, "true": 0, "given": 0, "right": 0}
    overall = next(iter(_found(connection, "'all'")), Found(name="all", **none))
    by_flat = {
        found.name: found
        for found in _found(connection, f"CASE form WHEN '{FLAT}' THEN 'flats' ELSE 'others' END")
    }
    result = Addresses(
        absent=absent,
        overall=overall,
        flats=by_flat.get("flats", Found(name="flats", **none)),
        others=by_flat.get("others", Found(name="others", **none)),
        by_form=_found(connection, "coalesce(nullif(form, ''), 'not said')"),
        by_way=_by_way(connection, overall.true),
        by_source_kind=_found(connection, "coalesce(source_kind, k.source::VARCHAR)"),
        properties=clustering(connection, _PROPERTIES),
        flat_properties=clustering(connection, _FLAT_PROPERTIES),
    )
    connection.unregister("source_kinds")
    return result


_JOINED: Final = """
    CREATE TEMP TABLE joined AS
    SELECT g.unit_no, t.source, t.as_at, t.form, t.uprn AS true_uprn, g.uprn, g.uprn_by, g.entity_id
    FROM (SELECT *, source::source_name AS of_source FROM given) g JOIN truth_addresses t
      ON t.source = g.of_source AND t.source_key = g.source_key AND t.part = g.part AND t.as_at <= g.last_as_at
"""

_KNOWN: Final = """
    CREATE TABLE known_addresses AS
    SELECT any_value(source) AS source, arg_max(form, as_at) AS form, ltrim(arg_max(true_uprn, as_at), '0') AS true_uprn,
           ltrim(coalesce(any_value(uprn), ''), '0') AS uprn, any_value(uprn_by) AS uprn_by, any_value(entity_id) AS entity_id
    FROM joined GROUP BY unit_no
"""

_PROPERTIES: Final = (
    "(SELECT entity_id AS twin, true_uprn AS truth FROM known_addresses WHERE true_uprn <> '')"
)
_FLAT_PROPERTIES: Final = _PROPERTIES.replace("WHERE", f"WHERE form = '{FLAT}' AND")

_COUNTS: Final = """
    count(*) AS records, count(*) FILTER (true_uprn <> '') AS "true", count(*) FILTER (uprn <> '') AS given,
    count(*) FILTER (uprn <> '' AND uprn = true_uprn) AS "right"
"""


def _found(connection: Any, by: str) -> tuple[Found, ...]:
    rows = connection.execute(
        f"SELECT {by} AS name, {_COUNTS} FROM known_addresses k LEFT JOIN source_kinds s ON s.source = k.source::VARCHAR "
        "GROUP BY 1 ORDER BY 1"
    ).fetchall()
    return tuple(Found(name=n, records=r, true=t, given=g, right=k) for n, r, t, g, k in rows)


def _by_way(connection: Any, true: int) -> tuple[Found, ...]:
    """Nothing where the release does not say how a UPRN was found."""
    rows = connection.execute(
        "SELECT uprn_by, count(*), count(*) FILTER (uprn = true_uprn) FROM known_addresses "
        "WHERE uprn <> '' AND uprn_by IS NOT NULL GROUP BY 1 ORDER BY 1"
    ).fetchall()
    return tuple(Found(name=n, records=g, true=true, given=g, right=k) for n, g, k in rows)
