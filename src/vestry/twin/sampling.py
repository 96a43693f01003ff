"""What a sample that measures a release is drawn from: pairs of people's records that it joined, and that it did not.

Part of `twin.reader`. What it did not join is counted in two parts: pairs in `links`, and pairs in no link that share a
cheap key (`_SHARED`). Pairs that share none are too many to draw from, and are in no stratum. Tables are made beside the
release, in memory, for as long as one request.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from typing import Any, Final

from vestry.linkage.evaluation.groups import AGES, NUMBERS, UNSAID, banded
from vestry.linkage.review.frames import FrameCell, FrameStratum, GroupSize
from vestry.model import kinds
from vestry.twin.search import Rows

LOOKED_FROM: Final = 100_000
"""Of so many units, drawn at random, the pairs in no link are counted; in a smaller release, of all."""

BAND: Final = """
    CASE WHEN decided_by IN ('identifier', 'reviewer') THEN decided_by WHEN probability >= 0.999 THEN '0.999 to 1'
         WHEN probability >= 0.99 THEN '0.99 to 0.999' WHEN probability >= 0.95 THEN '0.95 to 0.99'
         WHEN probability >= 0.8 THEN '0.8 to 0.95' ELSE 'below 0.8' END
"""
THROUGH_OTHERS: Final = "through others"
"""Joined without a link between the two: each is linked with a third."""

NO_LINK: Final = "no link"

_SHARED: Final[Mapping[str, str]] = {
    "same birth date and initial": "birth, left(given, 1)",
    "same postcode and given name": "postcode, given",
    "same name and birth year": "family, given, left(birth, 4)",
    "same name and postcode district": "family, given, district",
    "same telephone or email, and initial": "contact, left(given, 1)",
}
"""Keys of a pair in no link -> SQL of their parts, over `sampled_units`. A pair that shares several is in a band of its own."""

SEVERAL: Final = "several"

_LETTERS: Final = "nullif(regexp_replace(upper(strip_accents({})), '[^A-Z]', '', 'g'), '')"

_UNITS: Final = f"""
    CREATE OR REPLACE TEMP TABLE sampled_units AS
    SELECT m.unit_id, m.entity_id, m.record_id, m.source, coalesce(k.kind_of_source, m.source::VARCHAR) AS kind_of_source,
           {_LETTERS.format("split_part(trim(r.given_names), ' ', 1)")} AS given,
           {_LETTERS.format("r.family_name")} AS family,
           CASE WHEN coalesce(r.birth_date_accuracy, 'day') = 'day' THEN nullif(r.birth_date, '') END AS birth,
           nullif(replace(r.postcode, ' ', ''), '') AS postcode, nullif(split_part(r.postcode, ' ', 1), '') AS district,
           nullif(r.phone, '') AS phone, nullif(r.email, '') AS email
    FROM members m JOIN records r ON r.record_id = m.record_id
    LEFT JOIN (SELECT unnest($2::VARCHAR[]) AS source, unnest($3::VARCHAR[]) AS kind_of_source) k
    ON k.source = m.source::VARCHAR
    WHERE m.kind = $1 AND m.source::VARCHAR NOT IN (SELECT unnest($4::VARCHAR[]))
    QUALIFY row_number() OVER (PARTITION BY m.unit_id ORDER BY r.last_as_at || r.record_id DESC) = 1
"""

_LINKED: Final = f"""
    CREATE OR REPLACE TEMP TABLE sampled_links AS
    SELECT least(l.unit_id, r.unit_id) AS one, greatest(l.unit_id, r.unit_id) AS other,
           unnest(arg_max({{'left_record': k.left_record, 'right_record': k.right_record, 'band': {BAND}}},
                          (k.probability, k.left_record, k.right_record)))
    FROM links k JOIN members l ON l.record_id = k.left_record JOIN members r ON r.record_id = k.right_record
    WHERE k.kind = $1 AND l.unit_id <> r.unit_id GROUP BY one, other
"""

_CLASH: Final = """
    coalesce((left(a.birth, 4) <> left(b.birth, 4))::INT + (a.birth[6:7] <> b.birth[6:7])::INT
             + (a.birth[9:10] <> b.birth[9:10])::INT >= 2
             AND NOT (left(a.birth, 4) = left(b.birth, 4) AND a.birth[6:7] = b.birth[9:10]
                      AND a.birth[9:10] = b.birth[6:7]), false)
"""
"""Birth dates that differ in two parts or more, day and month in each other's place apart."""

_NEAR: Final = f"""
    CREATE OR REPLACE TEMP TABLE sampled_near AS
    WITH contacts AS (
        SELECT *, phone AS contact FROM sampled_units WHERE phone IS NOT NULL
        UNION ALL SELECT *, email FROM sampled_units WHERE email IS NOT NULL
    ), keys AS (
        {{keys}}
    ), owners AS (
        SELECT unit_id FROM sampled_units
        WHERE ('0x' || left(sha256($1 || unit_id), 8))::UBIGINT / 4294967296.0 < $2
    ), met AS (
        SELECT a.unit_id AS one, b.unit_id AS other, a.shared
        FROM keys a SEMI JOIN owners o ON o.unit_id = a.unit_id JOIN keys b
          ON b.key = a.key AND b.shared = a.shared AND b.unit_id > a.unit_id
    )
    SELECT one, other, CASE WHEN count(DISTINCT shared) > 1 THEN '{SEVERAL}' ELSE min(shared) END AS shared
    FROM met JOIN sampled_units a ON a.unit_id = one JOIN sampled_units b ON b.unit_id = other
    WHERE a.entity_id <> b.entity_id AND NOT {_CLASH}
    GROUP BY one, other
"""

_PAIRS: Final = f"""
    CREATE OR REPLACE TEMP TABLE sampled_pairs AS
    WITH pairs AS (
        SELECT l.unit_id AS one, r.unit_id AS other, true AS joined, coalesce(k.band, '{THROUGH_OTHERS}') AS band,
               coalesce(k.left_record, least(l.record_id, r.record_id)) AS left_record,
               coalesce(k.right_record, greatest(l.record_id, r.record_id)) AS right_record
        FROM sampled_units l JOIN sampled_units r ON r.entity_id = l.entity_id AND l.unit_id < r.unit_id
        LEFT JOIN sampled_links k ON k.one = l.unit_id AND k.other = r.unit_id
        UNION ALL
        SELECT k.one, k.other, false, k.band, k.left_record, k.right_record
        FROM sampled_links k JOIN sampled_units l ON l.unit_id = k.one JOIN sampled_units r ON r.unit_id = k.other
        WHERE l.entity_id <> r.entity_id
        UNION ALL
        SELECT n.one, n.other, false, '{NO_LINK}, ' || n.shared, least(l.record_id, r.record_id),
               greatest(l.record_id, r.record_id)
        FROM sampled_near n ANTI JOIN sampled_links k ON k.one = n.one AND k.other = n.other
        JOIN sampled_units l ON l.unit_id = n.one JOIN sampled_units r ON r.unit_id = n.other
    )
    SELECT p.joined, p.band, least(l.kind_of_source, r.kind_of_source) AS left_kind,
           greatest(l.kind_of_source, r.kind_of_source) AS right_kind, p.left_record, p.right_record,
           l.entity_id AS left_entity, r.entity_id AS right_entity
    FROM pairs p JOIN sampled_units l ON l.unit_id = p.one JOIN sampled_units r ON r.unit_id = p.other
"""

_STRATA: Final = """
    SELECT unnest($1::VARCHAR[]) AS stratum, unnest($2::BOOLEAN[]) AS joined, unnest($3::VARCHAR[]) AS band,
           unnest($4::VARCHAR[]) AS left_kind, unnest($5::VARCHAR[]) AS right_kind
"""
_BY: Final = "USING (joined, band, left_kind, right_kind)"

GROUPS: Final = ("age", "sex", "ethnicity", "years at home")
"""What people are grouped by: what the twin says of them. No column of it says where a name comes from."""

_GROUPED: Final = f"""
    SELECT p.entity_id, coalesce({{age}}, '{UNSAID}') AS age, coalesce(nullif(p.sex, ''), '{UNSAID}') AS sex,
           coalesce(nullif(p.ethnicity, ''), '{UNSAID}') AS ethnicity, coalesce({{home}}, '{UNSAID}') AS "years at home"
    FROM people p LEFT JOIN (
        SELECT entity_id, max(nullif(valid_from, '')) AS since FROM residences
        WHERE role = 'resident' AND coalesce(valid_to, '') = '' GROUP BY entity_id) h ON h.entity_id = p.entity_id
"""


class Sampling:
    """Questions of a sample to one release."""

    def __init__(self, rows: Rows) -> None:
        self._rows = rows

    def organisations(self) -> dict[str, str]:
        """Source -> the organisation that sends it."""
        found = self._rows.of(
            "SELECT source::VARCHAR AS source, min(organisation) AS organisation FROM ledger GROUP BY source"
        )
        return {row["source"]: row["organisation"] for row in found}

    def count(
        self, kinds_of_source: Mapping[str, str], seed: int, unlinked: Collection[str]
    ) -> tuple[list[FrameCell], dict[str, float]]:
        """Every cell with its size, and by band the share of its pairs that were counted, where not all were.

        Records of the sources in `unlinked` are in none of them.

        Must be called before `draw` and `group_sizes`, which ask of the same pairs.
        """
        sources = list(kinds_of_source)
        self._rows.of(_UNITS, [kinds.PERSON, sources, [kinds_of_source[s] for s in sources], list(unlinked)])
        self._rows.of(_LINKED, [kinds.PERSON])
        units = int(self._rows.of("SELECT count(*) AS n FROM sampled_units")[0]["n"])
        rate = min(1.0, LOOKED_FROM / max(units, 1))
        self._rows.of(_NEAR.format(keys=_keys()), [f"{seed} owner ", rate])
        self._rows.of(_PAIRS)
        found = self._rows.of(
            "SELECT joined, band, left_kind, right_kind, count(*) AS size FROM sampled_pairs GROUP BY ALL ORDER BY ALL"
        )
        rates = {row["band"]: rate for row in found if row["band"].startswith(NO_LINK)}
        return [
            FrameCell(**{**row, "size": round(row["size"] / rates.get(row["band"], 1.0))}) for row in found
        ], rates

    def group_sizes(self, strata: Sequence[FrameStratum]) -> dict[str, list[GroupSize]]:
        """Stratum -> of its pairs, how many touch somebody of each group."""
        rates = {s.name: s.rate for s in strata}
        self._group()
        found: dict[str, list[GroupSize]] = {s.name: [] for s in strata}
        for attribute in GROUPS:
            rows = self._rows.of(
                f"SELECT stratum, value, count(*) AS size FROM (SELECT s.stratum, unnest({_values(attribute)}) AS value "
                f"FROM sampled_pairs p JOIN ({_STRATA}) s {_BY} "
                "LEFT JOIN sampled_groups l ON l.entity_id = p.left_entity "
                "LEFT JOIN sampled_groups r ON r.entity_id = p.right_entity) GROUP BY ALL ORDER BY ALL",
                _named(strata),
            )
            for row in rows:
                size = round(row["size"] / rates[row["stratum"]])
                found[row["stratum"]].append(GroupSize(attribute=attribute, value=row["value"], size=size))
        return found

    def draw(
        self, strata: Sequence[FrameStratum], wanted: Mapping[str, int], seed: int
    ) -> list[dict[str, Any]]:
        """So many pairs of each stratum, in an order that only `seed` decides: record ids, stratum, joined, both sides."""
        sides = ", ".join(
            f"{{'source': {m}.source::VARCHAR, 'source_key': {m}.source_key, 'part': {m}.part, 'kind': {m}.kind::VARCHAR}} "
            f"AS {side}"
            for m, side in (("ml", "left"), ("mr", "right"))
        )
        return self._rows.of(
            f"""WITH ordered AS (
                SELECT s.stratum, p.joined, p.left_record, p.right_record,
                       sha256($6 || p.left_record || ' ' || p.right_record) AS drawn_by
                FROM sampled_pairs p JOIN ({_STRATA}) s {_BY}
            ), first AS (
                SELECT * FROM ordered JOIN (SELECT unnest($7::VARCHAR[]) AS stratum, unnest($8::BIGINT[]) AS wanted)
                USING (stratum) QUALIFY row_number() OVER (PARTITION BY stratum ORDER BY drawn_by) <= wanted
            )
            SELECT f.left_record, f.right_record, f.stratum, f.joined, {sides} FROM first f
            JOIN members ml ON ml.record_id = f.left_record JOIN members mr ON mr.record_id = f.right_record
            ORDER BY sha256('order' || f.drawn_by)""",
            [*_named(strata), f"{seed} ", list(wanted), list(wanted.values())],
        )

    def groups_of(self, pairs: Sequence[tuple[str, str]]) -> list[dict[str, tuple[str, ...]]]:
        """Of each pair of records, attribute -> what the twin says of the people whose records they are, once each."""
        self._group()
        columns = ", ".join(f'{_values(a)} AS "{a}"' for a in GROUPS)
        rows = self._rows.of(
            f"SELECT {columns} FROM (SELECT unnest($1::VARCHAR[]) AS one, unnest($2::VARCHAR[]) AS other, "
            "unnest(range(len($1::VARCHAR[]))) AS at) p "
            "LEFT JOIN members ml ON ml.record_id = p.one LEFT JOIN members mr ON mr.record_id = p.other "
            "LEFT JOIN sampled_groups l ON l.entity_id = ml.entity_id "
            "LEFT JOIN sampled_groups r ON r.entity_id = mr.entity_id ORDER BY p.at",
            [[one for one, _ in pairs], [other for _, other in pairs]],
        )
        return [{a: tuple(row[a]) for a in GROUPS} for row in rows]

    def close(self) -> None:
        """Let go of the tables that were made."""
        for name in ("units", "links", "near", "pairs", "groups"):
            self._rows.of(f"DROP TABLE IF EXISTS temp.sampled_{name}")

    def _group(self) -> None:
        day = str(self._rows.of("SELECT max(as_at)::VARCHAR AS day FROM ledger")[0]["day"])
        age, home = (
            banded(f"date_sub('year', TRY_CAST({column} AS DATE), DATE '{day}')", bands)
            for column, bands in (("p.birth_date", AGES), ("h.since", NUMBERS))
        )
        self._rows.of(f"CREATE OR REPLACE TEMP TABLE sampled_groups AS {_GROUPED.format(age=age, home=home)}")


def _keys() -> str:
    return " UNION ALL ".join(
        f"SELECT unit_id, '{name}' AS shared, hash({parts}) AS key "
        f"FROM {'contacts' if 'contact' in parts else 'sampled_units'} "
        f"WHERE {' AND '.join(f'{part} IS NOT NULL' for part in _parts(parts))}"
        for name, parts in _SHARED.items()
    )


def _parts(parts: str) -> Iterable[str]:
    named = ("birth", "given", "family", "postcode", "district", "contact")
    return [n for n in named if n in parts.replace("(", " ").replace(",", " ").split()]


def _values(attribute: str) -> str:
    """SQL for what two people say, once each, what is not said only where neither says anything."""
    told = f'list_distinct(list_filter([l."{attribute}", r."{attribute}"], lambda v: v <> \'{UNSAID}\'))'
    return f"CASE WHEN len({told}) = 0 THEN ['{UNSAID}'] ELSE list_sort({told}) END"


def _named(strata: Sequence[FrameStratum]) -> list[list[Any]]:
    """Cell by cell: stratum, joined, band and both kinds, as lists for `_STRATA`."""
    rows = [(s.name, c.joined, c.band, c.left_kind, c.right_kind) for s in strata for c in s.cells]
    return [list(column) for column in zip(*rows, strict=True)] or [[], [], [], [], []]
