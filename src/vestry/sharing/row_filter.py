"""The same decision as `decision`, for everybody at once: one filter over rows and columns, so that a list is one query.

Whom each grant is about becomes one condition in SQL over a table of subjects. People of whom the same conditions hold are
of one class, of which there are few; for each class, field and source the level is known before any row is read. So a list of
a million people costs two joins. Values reach the SQL as parameters. A test holds that both ways agree.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any, Final

from vestry.model import kinds
from vestry.sharing.categories import LEAD_HOME
from vestry.sharing.grants import EMERGENCY, Grant, Opened
from vestry.sharing.subjects import SourceFacts

SUBJECTS: Final = {
    "entity_id": "VARCHAR",
    "kind": "VARCHAR",
    "areas": "VARCHAR[]",
    "born_first": "DATE",
    "born_last": "DATE",
    "known_to": "VARCHAR[]",
    "deceased": "BOOLEAN",
    "restricted": "BOOLEAN",
    "protected_address": "BOOLEAN",
    "sealed": "BOOLEAN",
    "opted_out": "BOOLEAN",
    "staff_of": "VARCHAR[]",
    "objects_to": "VARCHAR[]",
    "consents_to": "VARCHAR[]",
}
"""Column of the table of subjects -> its type: what a `Subject` is, as a row. Nothing in it may be null but the dates."""


@dataclass(slots=True)
class _Text:
    """SQL in the making: what is said of parameters goes into the list, and its place into the text."""

    parameters: list[Any] = field(default_factory=list)

    def put(self, value: Any) -> str:
        self.parameters.append(value)
        return f"${len(self.parameters)}"


@dataclass(frozen=True, slots=True, kw_only=True)
class RowFilter:
    """A request, compiled. Of DuckDB, which takes parameters by number.

    `classes` is an expression over a row of subjects (alias `s`): the name of its class, a text with a 1 or a 0 for each thing
    that may hold of a person ("" for those whom nothing opens). `parameters` are its own.
    """

    opened: Opened
    classes: str
    parameters: tuple[Any, ...]

    def levels(
        self, classes: Iterable[str], fields: Sequence[str], sources: Sequence[SourceFacts]
    ) -> list[tuple[str, str, str, int]]:
        """(class, field, source, level) wherever anything may be seen, for each of `classes`.

        Sources from which every grant shares a field alike, and of one kind, have one level: it is worked out once for them.
        """
        named = [name for name in classes if name]
        found: list[tuple[str, str, str, int]] = []
        known: dict[tuple[object, ...], list[tuple[str, int]]] = {}
        for source in sources:
            for name in fields:
                shared = tuple(grant.level(name, source.name) for grant in self.opened.grants)
                if not any(shared):
                    continue
                key = (shared, source.law_enforcement, source.patient, name in LEAD_HOME)
                if key not in known:
                    levels = ((c, self._level(c, shared, source, name in LEAD_HOME)) for c in named)
                    known[key] = [(c, level) for c, level in levels if level]
                found += [(c, name, source.name, level) for c, level in known[key]]
        return found

    def _level(self, name: str, shared: Sequence[int], source: SourceFacts, leads_home: bool) -> int:
        """The level for those of the class `name`, of what each grant shares at the level in `shared`."""
        asking, purpose = self.opened.asking, self.opened.purpose
        assert purpose is not None
        opted_out, has_protected_address, *about = (said == "1" for said in name)
        if opted_out and source.patient and purpose.opt_out:
            return 0
        guarded = has_protected_address and leads_home
        urgent = asking.purpose == EMERGENCY
        return max(
            (
                level
                for grant, level, holds in zip(self.opened.grants, shared, about, strict=True)
                if holds
                and (grant.part_3 or not source.law_enforcement)
                and not (guarded and not (asking.strong and (grant.about.restricted or urgent)))
            ),
            default=0,
        )


def row_filter(opened: Opened) -> RowFilter:
    """What stands open to a request, as one filter. Where nothing does, every class is "" and no level comes of it."""
    text = _Text()
    if opened.purpose is None or not opened.grants:
        return RowFilter(opened=opened, classes="''", parameters=())
    holds = [
        "s.opted_out",
        "s.protected_address",
        *(_condition(opened, grant, text) for grant in opened.grants),
    ]
    told = " || ".join(f"CASE WHEN {one} THEN '1' ELSE '0' END" for one in holds)
    nobody = f"s.sealed OR list_contains({text.put(sorted(opened.asking.asker.entity_ids))}::VARCHAR[], s.entity_id)"
    return RowFilter(
        opened=opened,
        classes=f"CASE WHEN {nobody} THEN '' ELSE {told} END",
        parameters=tuple(text.parameters),
    )


def _condition(opened: Opened, grant: Grant, text: _Text) -> str:
    """Whether `grant` is about a person, as `decision.outside` has it."""
    about, asking = grant.about, opened.asking
    assert opened.purpose is not None
    urgent = asking.purpose == EMERGENCY
    said = [_ages(grant, asking.on, text)]
    if about.areas:
        said.append(f"list_has_any(s.areas, {text.put(sorted(about.areas))}::VARCHAR[])")
    if about.known_to:
        said.append(f"list_has_any(s.known_to, {text.put(sorted(about.known_to))}::VARCHAR[])")
    if not about.deceased:
        said.append("NOT s.deceased")
    if not (about.staff or urgent):
        said.append(f"NOT list_contains(s.staff_of, {text.put(asking.asker.organisation)})")
    if grant.consent:
        said.append(f"list_contains(s.consents_to, {text.put(grant.consent)})")
    if opened.purpose.objections:
        said.append(f"NOT list_contains(s.objects_to, {text.put(opened.purpose.code)})")
    if not (asking.strong and (about.restricted or urgent)):
        said.append("NOT s.restricted")
    return " AND ".join(f"({one})" for one in said if one)


def _ages(grant: Grant, on: date, text: _Text) -> str:
    about = grant.about
    bounds = []
    if about.age_from > 0:
        bounds.append(f"s.born_last <= {text.put(born_by(about.age_from, on))}::DATE")
    else:
        # Whoever is born after the day is of no age on it.
        bounds.append(f"s.born_last <= {text.put(on)}::DATE")
    if about.age_to is not None:
        bounds.append(f"s.born_first > {text.put(born_by(about.age_to + 1, on))}::DATE")
    known = f"s.born_first IS NOT NULL AND {' AND '.join(bounds)}"
    said = f"s.born_first IS NULL OR ({known})" if about.age_unknown else known
    return f"s.kind <> '{kinds.PERSON}' OR {said}"


def born_by(age: int, on: date) -> date:
    """The last birth date of those who are `age` whole years old, or more, on the day `on`."""
    year = on.year - age
    if year < 1:
        return date.min
    try:
        return on.replace(year=year)
    except ValueError:
        # 29 February, of a year that had none: whoever was born on 28 February is that old, and nobody on the day after.
        return date(year, 2, 28)
