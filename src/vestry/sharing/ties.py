"""What ties an entity to others, for one request: each row only where whoever it is about may be seen in it (promise 6)."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from typing import Final, Protocol

from vestry.sharing.precision import INDEX_ONLY, WHOLE
from vestry.sharing.sight import Sight, Whom
from vestry.sharing.subjects import Subject
from vestry.twin.answers import Related

_DEALING: Final = {
    "kind": "dealing.type",
    "status": "dealing.status",
    "opened_on": "dealing.opened_on",
    "closed_on": "dealing.closed_on",
    "amount": "dealing.amount",
    "reference": "dealing.reference",
}
"""Column of a dealing -> the field that an agreement must share for it. All else in its row is of `dealing.service`."""

_SERVICE: Final = "dealing.service"

Row = Mapping[str, str]


class WhomTied(Whom, Protocol):
    """`twin.whom.Whom`."""

    def tied(self, record_ids: Sequence[str]) -> Mapping[str, str]: ...
    def households(self, ids: Sequence[str]) -> Mapping[str, tuple[frozenset[str], frozenset[str]]]: ...


TIED: Final = {
    "residences": ("residence",),
    "households": ("household",),
    "relationships": ("relationship",),
    "episodes": (_SERVICE,),
}
"""What ties an entity to others -> the fields of which an agreement must share one."""


class Ties:
    """Rows that tie one entity to others, held against what one request may see."""

    def __init__(self, sight: Sight, whom: WhomTied) -> None:
        self._sight = sight
        self._whom = whom

    def seen(self, related: Related, known: Mapping[str, str], *, at_home: bool = False) -> Related:
        """Of `related`, all that an entity is tied to, what may be seen; but for its dealings. `known` is record -> source of
        the records that were read already. `at_home`: its households are those that live there."""
        rows = (*related.residences, *related.relationships)
        households = self.households(sorted({row["household_id"] for row in related.households}))
        if at_home:
            households = self.at_home(sorted(households))
        people = {row[c] for row in rows for c in ("entity_id", "from_entity", "to_entity") if row.get(c)}
        subjects = self._sight.subjects(self._whom, people)
        others = sorted({row["record_id"] for row in rows} - known.keys())
        source_of = {**known, **self._whom.tied(others)}
        return Related(
            residences=tuple(
                row
                for row in related.residences
                if self._may([row["entity_id"]], "residence", [source_of.get(row["record_id"], "")], subjects)
            ),
            households=tuple(row for row in related.households if row["household_id"] in households),
            relationships=tuple(
                row
                for row in related.relationships
                if self._may(
                    [row["from_entity"], row["to_entity"]],
                    "relationship",
                    [source_of.get(row["record_id"], "")],
                    subjects,
                )
            ),
        )

    def households(self, ids: Sequence[str]) -> frozenset[str]:
        """Of these households, those that may be seen: of everybody who has been in it, from every source that it rests on."""
        return self._households(ids, "household")

    def at_home(self, ids: Sequence[str]) -> frozenset[str]:
        """Of these households, those of which it may be seen where everybody lives, from every source that they rest on."""
        return self._households(ids, "residence")

    def _households(self, ids: Sequence[str], field: str) -> frozenset[str]:
        if not ids:
            return frozenset()
        within = self._whom.households(ids)
        subjects = self._sight.subjects(self._whom, {one for people, _ in within.values() for one in people})
        return frozenset(
            household
            for household, (people, sources) in within.items()
            if self._may(sorted(people), field, sources, subjects)
        )

    def dealings(self, subject: Subject, episodes: Sequence[Row]) -> tuple[Row, ...]:
        """Dealings of `subject`, each with the columns that may be seen, the others empty; index-only ones are left out."""
        found = []
        for row in episodes:
            source = row["source"]
            if self._sight.level(subject, _SERVICE, source) < WHOLE:
                continue
            shown = {n: f for n, f in _DEALING.items() if self._sight.level(subject, f, source) >= WHOLE}
            self._sight.shown(subject, [_SERVICE, *shown.values()], source)
            found.append(
                {name: value if name not in _DEALING or name in shown else "" for name, value in row.items()}
            )
        return tuple(found)

    def _may(
        self,
        people: Sequence[str],
        field: str,
        sources: Collection[str],
        subjects: Mapping[str, Subject],
    ) -> bool:
        """Whether `field` may be seen of each of `people`, from each of `sources`. Of somebody unknown it may not."""
        if not people or not sources or not all(one in subjects for one in people):
            return False
        if any(
            self._sight.level(subjects[one], field, source) <= INDEX_ONLY
            for one in people
            for source in sources
        ):
            return False
        for one in people:
            for source in sources:
                self._sight.shown(subjects[one], [field], source)
        return True
