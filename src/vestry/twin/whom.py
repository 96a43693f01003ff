"""Whom a decision to share is about, read of a release: places, ages, sources; which ids led to whom. Part of `twin.reader`."""

from __future__ import annotations

import threading
from collections.abc import Callable, Collection, Mapping, Sequence
from typing import Any

from vestry.errors import ReleaseMissing
from vestry.twin.search import Rows, among, text
from vestry.twin.whereabouts import in_words


class Lineage:
    """Which ids led to which, who sends what, and what areas are called, of one release: read once, since it never changes. Safe
    to share between threads."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._read = False
        self._back: dict[str, list[_Way]] = {}
        self._on: dict[str, list[_Way]] = {}
        self.organisations: Mapping[str, str] = {}
        self.areas: Mapping[tuple[str, str, str], str] = {}
        self.whose: dict[frozenset[tuple[str, str, str]], dict[tuple[str, str, str], str]] = {}
        self.has_subjects = False
        self.has_index = False
        self.has_positions = False

    def of(self, rows: Rows) -> Lineage:
        """Itself, once it has been read."""
        with self._lock:
            if not self._read:
                self._fill(rows)
        return self

    def led_to(self, entity_id: str) -> dict[str, bool]:
        """Every id that led to this one, itself too -> whether it did so only through a split."""
        return _walked(entity_id, self._back, lambda at, since: not since or at < since)

    def led_from(self, entity_id: str) -> dict[str, bool]:
        """Every id that this one led to, itself too -> whether only through a split."""
        return _walked(entity_id, self._on, lambda at, since: at > since)

    def _fill(self, rows: Rows) -> None:
        for row in rows.of(
            "SELECT DISTINCT entity_id, into_entity, happened = 'split' AS split, at_release FROM identities "
            "WHERE into_entity IS NOT NULL"
        ):
            way = row["split"], row["at_release"]
            self._back.setdefault(row["into_entity"], []).append((row["entity_id"], *way))
            self._on.setdefault(row["entity_id"], []).append((row["into_entity"], *way))
        sent = rows.of("SELECT DISTINCT source, organisation FROM ledger")
        self.organisations = {row["source"]: row["organisation"] for row in sent}
        named = rows.of("SELECT area_code, geography, vintage, name FROM areas")
        self.areas = {(r["area_code"], r["geography"], r["vintage"]): text(r["name"]) for r in named}
        tables = {row["table_name"] for row in rows.of("SELECT table_name FROM duckdb_tables()")}
        self.has_subjects, self.has_index = "subjects" in tables, "search_places" in tables
        self.has_positions = bool(
            rows.of(
                "SELECT 1 FROM duckdb_columns() WHERE table_name = 'address_matches' AND column_name = 'longitude'"
            )
        )
        self._read = True


_Way = tuple[str, bool, str]
"""Another id, whether the way there is a split, and the release that tells so."""


def _walked(
    start: str, ways: Mapping[str, Sequence[_Way]], goes_on: Callable[[str, str], bool]
) -> dict[str, bool]:
    """Everything that can be reached from `start` -> whether every way there has a split in it.

    A way `goes_on` from one that was told of at a release (the second; "" at the start) if it was told of at another: what an id
    had lost before others came to it, or as they did, was none of theirs.
    """
    found = {start: False}
    reached = {(start, False, "")}
    queue = list(reached)
    while queue:
        at, through, since = queue.pop()
        for after, split, told in ways.get(at, ()):
            state = after, through or split, told
            if goes_on(told, since) and state not in reached:
                reached.add(state)
                queue.append(state)
                found[after] = found.get(after, True) and state[1]
    return found


class Whom:
    """One release, read for decisions."""

    def __init__(self, rows: Rows, release_id: str, lineage: Lineage) -> None:
        self._rows = rows
        self._release_id = release_id
        self._lineage = lineage.of(rows)

    def subjects(self, ids: Collection[str]) -> dict[str, Mapping[str, Any]]:
        """The rows of `subjects` of these entities, by id. Raises ReleaseMissing of a release from before there were any."""
        if not self._lineage.has_subjects:
            raise ReleaseMissing(
                "The release does not say whom an agreement is about: it was built before agreements were asked.",
                where=f"release {self._release_id}",
                fix="vestry build --again",
            )
        if not ids:
            return {}
        which, parameters = among("entity_id", ids)
        rows = self._rows.of(f"SELECT * FROM subjects WHERE {which}", parameters)
        return {row["entity_id"]: row for row in rows}

    def led_to(self, ids: Collection[str]) -> dict[str, dict[str, bool]]:
        """Each of these ids -> every id that led to it, itself too -> whether it did so only through a split."""
        return {one: self._lineage.led_to(one) for one in ids}

    def led_from(self, ids: Collection[str]) -> list[tuple[str, str, bool]]:
        """(id, an id that it led to, itself too, whether only through a split) for each of these ids."""
        return [(one, now, split) for one in ids for now, split in self._lineage.led_from(one).items()]

    def may_be(self, asked: str) -> list[str]:
        """Whom an id may stand for now: itself, and every id that it led to."""
        return list(self._lineage.led_from(asked))

    def organisations(self) -> Mapping[str, str]:
        """source -> the organisation that sends it."""
        return self._lineage.organisations

    def areas(self, record_ids: Sequence[str]) -> dict[str, dict[str, str]]:
        """Each of these records -> geography ("ward") -> name and code of the area that it is in, the newest boundaries'."""
        which, parameters = among("record_id", record_ids, few=1)
        rows = self._rows.of(
            f"SELECT record_id, geography, area_code, vintage FROM placements WHERE {which} ORDER BY vintage",
            parameters,
        )
        found: dict[str, dict[str, str]] = {}
        for row in rows:
            name = self._lineage.areas.get((row["area_code"], row["geography"], row["vintage"]), "")
            found.setdefault(row["record_id"], {})[row["geography"]] = in_words({**row, "name": name})
        return found

    def holding(self, field: str) -> frozenset[str]:
        """The sources of which some record says `field`, a column of `records`."""
        has = "SELECT 1 FROM duckdb_columns() WHERE table_name = 'records' AND column_name = $1"
        if not self._rows.of(has, [field]):
            return frozenset()
        found = self._rows.of(f'SELECT DISTINCT source FROM records WHERE "{field}" IS NOT NULL', [])
        return frozenset(row["source"] for row in found)

    def tied(self, record_ids: Sequence[str]) -> dict[str, str]:
        """Record -> its source."""
        if not record_ids:
            return {}
        which, parameters = among("record_id", record_ids)
        rows = self._rows.of(f"SELECT record_id, source FROM records WHERE {which}", parameters)
        return {row["record_id"]: row["source"] for row in rows}

    def entities_of(self, records: Collection[tuple[str, str, str]]) -> dict[tuple[str, str, str], str]:
        """Each of these (source, key, part) of a person -> whom it is of. Kept: users ask of their own family with every look."""
        asked = frozenset(records)
        if asked not in self._lineage.whose:
            self._lineage.whose[asked] = self._entities_of(asked)
        return self._lineage.whose[asked]

    def _entities_of(self, records: Collection[tuple[str, str, str]]) -> dict[tuple[str, str, str], str]:
        named = [dict(zip(("source", "source_key", "part"), one, strict=True)) for one in sorted(records)]
        rows = self._rows.of(
            "SELECT m.source, m.source_key, m.part, max(m.entity_id) AS entity_id FROM members m "
            "SEMI JOIN (SELECT unnest($1::STRUCT(source VARCHAR, source_key VARCHAR, part VARCHAR)[], "
            "recursive := true)) k USING (source, source_key, part) WHERE m.kind = 'person' "
            "GROUP BY m.source, m.source_key, m.part",
            [named],
        )
        return {(row["source"], row["source_key"], row["part"]): row["entity_id"] for row in rows}

    def households(self, ids: Sequence[str]) -> dict[str, tuple[frozenset[str], frozenset[str]]]:
        """Household -> (whoever has been in it, every source that says anything of them or of their home)."""
        wanted = list(ids)
        within: dict[str, set[str]] = {one: set() for one in wanted}
        people: dict[str, set[str]] = {one: set() for one in wanted}
        its, parameters = among("household_id", wanted)
        itself, _ = among("entity_id", wanted)
        for row in self._rows.of(
            f"SELECT household_id, person_id, NULL AS property_id FROM household_members WHERE {its} UNION ALL "
            f"SELECT entity_id, NULL, property_id FROM households WHERE {itself}",
            parameters,
        ):
            if row["person_id"]:
                people[row["household_id"]].add(row["person_id"])
            elif row["property_id"]:
                within[row["household_id"]].add(row["property_id"])
        for household, members in people.items():
            within[household] |= members
        sources = self.sources_of({one for each in within.values() for one in each})
        return {
            household: (
                frozenset(people[household]),
                frozenset(source for one in each for source in sources.get(one, ())),
            )
            for household, each in within.items()
            if any(one in sources for one in each)
        }

    def sources_of(self, ids: Collection[str]) -> dict[str, set[str]]:
        """Entity -> every source that has a record of it."""
        found: dict[str, set[str]] = {}
        which, parameters = among("entity_id", sorted(ids))
        for row in self._rows.of(f"SELECT entity_id, source FROM members WHERE {which}", parameters):
            found.setdefault(row["entity_id"], set()).add(row["source"])
        return found
