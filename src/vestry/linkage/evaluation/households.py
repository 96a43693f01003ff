"""Whether people who truly live together are in one household of the twin, and nobody else with them.

What is grouped is true people, each standing where the entity stands that holds most of their records (of several,
the one whose id sorts first). Truth: the household of their stay on the release's day (`since` on or before it,
`until` blank or after it). Twin: the household in which that entity is now; somebody in none lives alone.

Looked at are those who truly live somewhere on that day and have a record in the twin, and those who do not but
whom the twin has in a household (moved away, or died): these truly live with nobody here. Who has no record at all is
counted as absent, and in no pair. Members of the twin's households who are nobody's main entity (split off from
somebody, or without a truth) are counted beside.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from vestry.linkage.evaluation import streams
from vestry.linkage.evaluation.counting import clustering
from vestry.linkage.evaluation.measures import Clustering
from vestry.linkage.evaluation.streams import Reading, bring, number


@dataclass(frozen=True, slots=True, kw_only=True)
class Households:
    """`found`: people grouped into households. `people` are looked at, `absent` have no record in the twin.

    `not_here`: of `people`, those who truly live nowhere here on that day. `nobodys`: members of the twin's
    households that are the main entity of no true person. `on`: the day.
    """

    on: str
    people: int
    absent: int
    not_here: int
    nobodys: int
    found: Clustering


def households(connection: Any, read: Reading, day: str) -> Households:
    """The households of the twin against `truth_households`; needs `known_person, twin_person, true_person`."""
    bring(connection, read, streams.HOUSEHOLDS, "", "CREATE TABLE living AS SELECT * FROM given")
    connection.execute(_MAINS)
    connection.execute(_STAYS, [day])
    connection.execute(_HOMES)
    absent = number(connection, "SELECT count(*) FROM stays ANTI JOIN mains USING (person)")
    nobodys = number(
        connection,
        "SELECT count(DISTINCT person_id) FROM living ANTI JOIN mains ON mains.entity_id = living.person_id",
    )
    return Households(
        on=day,
        people=number(connection, "SELECT count(*) FROM homes"),
        absent=absent,
        not_here=number(connection, "SELECT count(*) FROM homes WHERE not_here"),
        nobodys=nobodys,
        found=clustering(connection, "homes"),
    )


_MAINS = """
    CREATE TEMP TABLE mains AS
    SELECT entity AS person, arg_min(entity_id, (-n, entity_id)) AS entity_id
    FROM (SELECT truth, twin, count(*) AS n FROM known_person GROUP BY truth, twin)
    JOIN true_person USING (truth) JOIN twin_person USING (twin) GROUP BY entity
"""

_STAYS = """
    CREATE TEMP TABLE stays AS
    SELECT person, arg_max(household, (since, household)) AS household FROM truth_households
    WHERE (since = '' OR since <= $1) AND ("until" = '' OR "until" > $1) GROUP BY person
"""

_HOMES = """
    CREATE TEMP TABLE homes AS
    WITH placed AS (SELECT person_id, min(household_id) AS household_id FROM living GROUP BY person_id),
    here AS (SELECT person, household, entity_id FROM stays JOIN mains USING (person)),
    away AS (
        SELECT person, entity_id FROM mains ANTI JOIN stays USING (person)
        SEMI JOIN placed ON placed.person_id = mains.entity_id
        WHERE entity_id NOT IN (SELECT entity_id FROM here)
    )
    SELECT 'h' || household AS truth, coalesce('h' || household_id, 'p' || person) AS twin, false AS not_here
    FROM here LEFT JOIN placed ON placed.person_id = here.entity_id
    UNION ALL
    SELECT 'p' || person, 'h' || household_id, true FROM away JOIN placed ON placed.person_id = away.entity_id
"""
