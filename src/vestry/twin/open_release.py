"""One published release, open for one request: every answer that it can give. `twin.reader` opens it, and nothing else may.

SQL is DuckDB's; every value that comes from outside is a parameter.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from difflib import get_close_matches
from typing import Any, Final

import pyarrow as pa

from vestry.errors import NotFound
from vestry.linkage.typed import StandardRecord
from vestry.model import kinds
from vestry.twin import answers, evaluated, shaping
from vestry.twin.addresses_for_review import AddressesForReview
from vestry.twin.explained_rows import ExplainedRows
from vestry.twin.finding import by_index
from vestry.twin.listed import Text, Within, who
from vestry.twin.lives import lives
from vestry.twin.matching import Heed, Matched, Matching
from vestry.twin.ranking import Search
from vestry.twin.reviewing import Reviewing
from vestry.twin.sampling import Sampling
from vestry.twin.scanning import by_scanning
from vestry.twin.search import Rows, among, memory_told, text
from vestry.twin.tables import ENTITY_TABLES as RECORD_ENTITY_TABLES
from vestry.twin.whereabouts import Locating
from vestry.twin.whom import Lineage, Whom

ENTITY_TABLES: Final = {**RECORD_ENTITY_TABLES, "household": "households"}

CROSSREF: Final = "crossref"

_CROSSREF_SQL: Final = """
    SELECT r.source, r.source_key, r.part, r.kind,
           arg_max(m.entity_id, (r.current, r.last_as_at, r.record_id)) AS entity_id
    FROM records r JOIN members m ON m.record_id = r.record_id
    GROUP BY r.source, r.source_key, r.part, r.kind
    ORDER BY ALL
"""

_QUARANTINE_SQL: Final = """
    SELECT l.source, q.extract_id, q.table_name, q.rule, coalesce(q.column_name, '') AS column_name,
           list(q.row_number ORDER BY q.row_number) AS rows
    FROM quarantine q JOIN (SELECT DISTINCT extract_id, source FROM ledger) l ON l.extract_id = q.extract_id
    WHERE ($1 = '' OR l.source = $1) AND ($2 = '' OR q.rule = $2)
    GROUP BY ALL ORDER BY ALL
"""


_ORIGIN: Final = ", ".join(f"'{name}'" for name in answers.Origin.__dataclass_fields__)
"""The columns of a record that say where it came from (an older release has fewer). All of a record's would take three times as
long to read."""

_OF_A_CLAIM: Final = (
    "entity_id",
    *(n for n in answers.Claim.__dataclass_fields__ if n not in ("extract_id", "row_number")),
)
"""The columns of `claims` of which a claim is made, but for where its record came from."""

_OF_A_LINE: Final = {
    "person": "entity_id, current, given_names, family_name, birth_date, address_lines, postcode",
    "organisation": "entity_id, current, organisation_name, address_lines, postcode",
    "property": "entity_id, current, address_lines, postcode",
}
"""Kind -> the columns of an entity that a line of a list shows."""

_TIED: Final = {
    "residences": ("residences", ("entity_id", "property_id")),
    "households": ("household_members", ("person_id", "household_id")),
    "relationships": ("relationships", ("from_entity", "to_entity")),
}
"""What ties an entity to others -> (table, the columns that may name it, each with an index: OR would use none)."""


class OpenRelease:
    """One release, open for one request."""

    def __init__(self, release_id: str, cursor: Any, matching: Matching, lineage: Lineage) -> None:
        self.release_id = release_id
        self._rows = Rows(cursor)
        self._cursor = cursor
        self.reviewing = Reviewing(self._rows)
        self.sampling = Sampling(self._rows)
        self.addresses = AddressesForReview(self._rows)
        self._matching = matching
        self._lineage = lineage

    def find(self, criteria: answers.Criteria, limit: int) -> answers.FoundPage:
        """Entities that match, in order (`answers.FoundPage`). Counts all, gives `limit`."""
        total, hits = self.search(criteria).found(limit, None)
        ids = list(hits)
        if not ids:
            return answers.FoundPage(release_id=self.release_id, total=total, found=())
        which, parameters = among("entity_id", ids)
        behind = {
            row["entity_id"]: row
            for row in self._rows.of(
                "SELECT entity_id, count(DISTINCT source) AS sources, count(*) AS records FROM members "
                f"WHERE {which} GROUP BY entity_id",
                parameters,
            )
        }
        found = {}
        for kind in sorted({hit.kind for hit in hits.values()}):
            which, parameters = among("entity_id", [i for i in ids if hits[i].kind == kind])
            for row in self._rows.of(
                f"SELECT {_OF_A_LINE[kind]} FROM {ENTITY_TABLES[kind]} WHERE {which}", parameters
            ):
                counts = behind.get(row["entity_id"], {})
                found[row["entity_id"]] = shaping.found_entity(
                    kind, row, counts, hits[row["entity_id"]].matched
                )
        in_order = tuple(found[i] for i in ids if i in found)
        return answers.FoundPage(release_id=self.release_id, total=total, found=in_order)

    def search(self, criteria: answers.Criteria) -> Search:
        """Whoever may be found by `criteria`, to be asked about before it is said who is."""
        indexed = self._lineage.of(self._rows).has_index
        sought = Text()
        hits = (by_index if indexed else by_scanning)(self._rows, criteria, sought)
        by = "subject_no" if indexed else "entity_id"
        return Search(self._rows, criteria, hits, sought.parameters, by=by)

    def match(self, record: StandardRecord, heed: Heed | None = None) -> Matched:
        """Who a new record is, by the comparisons and the model of this release, and by no more than `heed` lets be told. Raises
        MatchUnavailable."""
        return self._matching.matched(self._cursor, record, self.release_id, heed)

    def resolve(self, entity_id: str) -> answers.Resolution:
        """What the id stands for now, following merges and splits to their ends. Raises NotFound."""
        steps = lives(self._rows, entity_id)
        held = self._held(sorted(steps))
        current = tuple(i for i in sorted(steps) if held.get(i))
        now = current or tuple(i for i in sorted(steps) if i in held)
        if entity_id in held and (held[entity_id] or not current):
            # Still itself, even where some of its records were split away or it was once retired.
            now = (entity_id,)
        if not now and not steps[entity_id]:
            raise NotFound(
                "No entity has that id.",
                where=f"release {self.release_id}",
                fix="find its id with: vestry find",
            )
        return answers.Resolution(
            asked=entity_id,
            now=now,
            others=tuple(i for i in current if i not in now),
            steps=tuple(step for i in sorted(steps) for step in steps[i]),
        )

    def _held(self, ids: Sequence[str]) -> dict[str, bool]:
        """Of these ids, those that have a row in an entity table -> whether it is current."""
        sql = " UNION ALL ".join(
            f"SELECT entity_id, current FROM {table} WHERE entity_id IN (SELECT unnest($1::VARCHAR[]))"
            for table in ENTITY_TABLES.values()
        )
        return {row["entity_id"]: row["current"] is not False for row in self._rows.of(sql, [list(ids)])}

    def entity(self, entity_id: str) -> answers.Entity:
        """The chosen values of an id that is its own successor. Raises NotFound."""
        for kind, table in ENTITY_TABLES.items():
            for row in self._rows.of(f"SELECT * FROM {table} WHERE entity_id = $1", [entity_id]):
                hidden = ("entity_id", "current", "sources")
                values = {name: text(value) for name, value in row.items() if name not in hidden}
                return answers.Entity(
                    entity_id=entity_id,
                    kind=kind,
                    current=row.get("current") is not False,
                    values={name: value for name, value in values.items() if value},
                )
        raise NotFound("No entity has that id.", where=f"release {self.release_id}", fix="vestry find")

    def origins(self, entity_id: str) -> tuple[answers.Origin, ...]:
        """The records of an entity: current ones first, then by source and key."""
        # Two statements: of a join, the index of the larger table is not used.
        mine = self._rows.of("SELECT record_id FROM members WHERE entity_id = $1", [entity_id])
        which, parameters = among("record_id", sorted({row["record_id"] for row in mine}))
        rows = self._rows.of(f"SELECT COLUMNS(c -> c IN ({_ORIGIN})) FROM records WHERE {which}", parameters)
        found = sorted(map(shaping.origin, rows), key=lambda o: o.record_id)
        found.sort(key=lambda o: o.last_as_at, reverse=True)
        return tuple(sorted(found, key=lambda o: (not o.current, o.source, o.source_key, o.part)))

    def claims(self, entity_id: str) -> tuple[answers.Claim, ...]:
        """Every claim about an entity, by group, item and field; the chosen one first, then newest."""
        rows = self._rows.of(
            "SELECT c.*, r.extract_id, r.row_number FROM claims c "
            "LEFT JOIN records r ON r.record_id = c.record_id WHERE c.entity_id = $1 "
            "ORDER BY c.group_name, c.item, c.field, c.chosen DESC, c.as_at DESC, c.source, c.record_id",
            [entity_id],
        )
        return tuple(shaping.claim(row) for row in rows)

    def claims_of(self, ids: Sequence[str]) -> dict[str, tuple[answers.Claim, ...]]:
        """Every claim about each of several entities, in no order; without extract and row of any."""
        found: dict[str, list[answers.Claim]] = {}
        for row in self._rows.each("claims", "entity_id", ids, ", ".join(_OF_A_CLAIM)):
            found.setdefault(row["entity_id"], []).append(shaping.claim(row))
        return {entity_id: tuple(claims) for entity_id, claims in found.items()}

    @property
    def whom(self) -> Whom:
        """What decisions read of people."""
        return Whom(self._rows, self.release_id, self._lineage)

    @property
    def explained(self) -> ExplainedRows:
        """What only explanations read."""
        return ExplainedRows(self._rows, comparing=self._matching.on(self._cursor))

    def link(self, left: str, right: str) -> answers.Link | None:
        """The strongest link between two records, either way round, with its evidence; None when there is none."""
        return next(iter(self.explained.links([left], [right])), None)

    def related(
        self,
        entity_id: str,
        only: Collection[str] = ("residences", "households", "relationships", "episodes"),
    ) -> answers.Related:
        """Homes, households, relationships and episodes of an entity (of those, `only`), newest first; only ids of others."""
        tied = {name: self._tied(*_TIED[name], entity_id) for name in _TIED if name in only}
        if tied.get("households") == ():  # of a property: those that live there
            at_home = self._rows.of("SELECT entity_id FROM households WHERE property_id = $1", [entity_id])
            each = (self._tied(*_TIED["households"], row["entity_id"]) for row in at_home)
            tied["households"] = tuple(row for rows in each for row in rows)
        return answers.Related(**tied, episodes=self._episodes(entity_id) if "episodes" in only else ())

    def _episodes(self, entity_id: str) -> tuple[Mapping[str, str], ...]:
        mine = self._rows.of(
            "SELECT episode_id, role FROM episode_entities WHERE entity_id = $1", [entity_id]
        )
        if not mine:
            return ()
        which, parameters = among("episode_id", sorted({row["episode_id"] for row in mine}))
        rows = self._rows.of(
            f"SELECT * FROM episodes WHERE {which} ORDER BY opened_on DESC NULLS LAST, episode_id", parameters
        )
        roles: dict[str, list[str]] = {}
        for row in mine:
            roles.setdefault(row["episode_id"], []).append(row["role"])
        return tuple(
            shaping.texts({**row, "role": role}) for row in rows for role in sorted(roles[row["episode_id"]])
        )

    def _tied(self, table: str, ends: Sequence[str], entity_id: str) -> tuple[Mapping[str, str], ...]:
        either = " UNION ALL ".join(f"SELECT * FROM {table} WHERE {end} = $1" for end in ends)
        # Made one, and put in order, here: for so few rows the database takes longer over either.
        rows = {tuple(row.values()): row for row in map(shaping.texts, self._rows.of(either, [entity_id]))}
        in_order = (rows[row] for row in sorted(rows))
        return tuple(sorted(in_order, key=lambda row: row["valid_from"], reverse=True))

    @property
    def locating(self) -> Locating:
        """Where properties and areas are."""
        return Locating(self._rows, gazetteer=self._lineage.of(self._rows).has_positions)

    def ledger(self) -> tuple[answers.LedgerLine, ...]:
        """The whole ledger, by source, date and table."""
        names = answers.LedgerLine.__dataclass_fields__
        rows = self._rows.of("SELECT * FROM ledger ORDER BY source, as_at, extract_id, table_name")
        return tuple(
            answers.LedgerLine(**{n: shaping.plain(row[n]) for n in names if n in row}) for row in rows
        )

    def quality(self) -> tuple[answers.QualityFigure, ...]:
        """Passed and total of every source and dimension."""
        rows = self._rows.of(
            "SELECT coalesce(source, '') AS source, dimension, sum(passed)::BIGINT AS passed, "
            "sum(total)::BIGINT AS total FROM quality GROUP BY ALL ORDER BY ALL"
        )
        return tuple(answers.QualityFigure(**row) for row in rows)

    def addresses_for_review(self) -> int:
        """How many texts of addresses a person should look at; none in a release from before they were matched."""
        if "address_matches" not in self.tables():
            return 0
        rows = self._rows.of("SELECT count(*) AS n FROM address_matches WHERE method = 'review'")
        return int(rows[0]["n"])

    def quarantine(self, source: str, rule: str) -> tuple[answers.QuarantineGroup, ...]:
        """Refused rows, put together by extract, table, rule and column; "" for every source or rule.

        Raises NotFound when nothing was ever received from `source`.
        """
        sources = [row["source"] for row in self._rows.of("SELECT DISTINCT source FROM ledger ORDER BY 1")]
        if source and source not in sources:
            raise _not_found(
                "The release holds nothing from a source of that name.", self.release_id, source, sources
            )
        rows = self._rows.of(_QUARANTINE_SQL, [source, rule])
        return tuple(answers.QuarantineGroup(**{**row, "rows": tuple(row["rows"])}) for row in rows)

    def tables(self) -> tuple[str, ...]:
        """What may be exported: the tables of the release, and the cross-reference."""
        rows = self._rows.of("SELECT table_name FROM duckdb_tables() WHERE NOT internal ORDER BY ALL")
        return (*(row["table_name"] for row in rows), CROSSREF)

    def stream(self, table: str, batch_rows: int = 50_000) -> answers.TableStream:
        """A whole table, or `crossref` (source, key, part, kind -> entity), as Arrow. Raises NotFound."""
        if table not in self.tables():
            raise _not_found("The release has no table of that name.", self.release_id, table, self.tables())
        sql = _CROSSREF_SQL if table == CROSSREF else f'SELECT * FROM "{table}"'
        count = int(self._rows.of(f"SELECT count(*) AS n FROM ({sql})")[0]["n"])
        batches = self._cursor.execute(sql).to_arrow_reader(batch_rows)
        return answers.TableStream(name=table, schema=batches.schema, count=count, batches=batches)

    def spans(self, kind: str, each: int = 50_000) -> list[tuple[str, str]]:
        """The first and the last id of every so many subjects of `kind`, in order of id."""
        rows = self._rows.of(
            "SELECT min(entity_id) AS first, max(entity_id) AS last FROM (SELECT entity_id, "
            "(row_number() OVER (ORDER BY entity_id) - 1) // $2 AS span FROM subjects WHERE kind = $1) "
            "GROUP BY span ORDER BY span",
            [kind, each],
        )
        return [(row["first"], row["last"]) for row in rows]

    def stream_of(
        self, table: str, queries: Iterable[tuple[str, Sequence[Any]]], batch_rows: int = 50_000
    ) -> answers.TableStream:
        """What queries of `twin.listed` give, one after the other, as Arrow, under the name of the table that they are of."""
        # Worked out once and counted: a count by itself would cost as much again.
        with memory_told():
            found = pa.concat_tables(
                self._cursor.execute(sql, parameters).to_arrow_table(batch_rows)
                for sql, parameters in queries
            )
        return answers.TableStream(
            name=table,
            schema=found.schema,
            count=found.num_rows,
            batches=iter(found.to_batches(max_chunksize=batch_rows)),
        )

    def classes(self, within: Within) -> list[str]:
        """Every class that a subject is of."""
        text = Text(within.parameters)
        rows = self._rows.of(f"SELECT DISTINCT class FROM ({who(within, text)})", text.parameters)
        return [row["class"] for row in rows]

    def people_by_class(self, within: Within) -> dict[str, int]:
        """How many people are of each class."""
        text = Text(within.parameters)
        of_people = f"b.kind = {text.put(kinds.PERSON)}"
        counted = f"SELECT class, count(*) AS n FROM ({who(within, text, of_people)}) GROUP BY class"
        return {row["class"]: int(row["n"]) for row in self._rows.of(counted, text.parameters)}

    def evaluated(self, name: str, kind: str, batch_rows: int = 50_000) -> answers.TableStream:
        """One of the streams of `twin.evaluated`, of one kind. `count` is rows of the table behind it.

        Nothing comes of a table that the release does not have: it was built before there was one.
        """
        table = evaluated.TABLE_OF[name]
        named = "SELECT column_name FROM duckdb_columns() WHERE table_name = $1"
        columns = {row["column_name"] for row in self._rows.of(named, [table])}
        of_kind = "kind" if "kind" in columns else "$1"
        counted = f'SELECT count(*) AS n FROM "{table}" WHERE $1 = {of_kind}'
        count = int(self._rows.of(counted, [kind])[0]["n"]) if columns else 0
        queries = evaluated.queries(name, count, frozenset(columns))
        schema = (
            self._cursor.execute(f"SELECT * FROM ({queries[0]}) LIMIT 0", [kind]).to_arrow_reader().schema
        )
        batches = (
            batch
            for sql in queries
            for batch in self._cursor.execute(sql, [kind]).to_arrow_reader(batch_rows)
        )
        return answers.TableStream(name=name, schema=schema, count=count, batches=batches)

    def most_sourced(self, kind: str) -> str | None:
        """The id of a current entity that the most sources know of; the first by id of several."""
        return next(iter(self.most_sourced_of(kind, 1)), None)

    def most_sourced_of(self, kind: str, limit: int) -> list[str]:
        """So many ids of current entities, first those that the most sources know of."""
        rows = self._rows.of(
            f"SELECT m.entity_id FROM members m JOIN {ENTITY_TABLES[kind]} e ON e.entity_id = m.entity_id "
            "WHERE e.current GROUP BY m.entity_id "
            "ORDER BY count(DISTINCT m.source) DESC, count(*) DESC, m.entity_id LIMIT $1",
            [limit],
        )
        return [row["entity_id"] for row in rows]


def _not_found(what: str, release_id: str, asked: str, names: Sequence[str]) -> NotFound:
    nearest = get_close_matches(asked, names, n=1)
    fix = f"did you mean {nearest[0]}?" if nearest else f"choose from: {', '.join(names)}"
    return NotFound(what, where=f"release {release_id}", fix=fix)
