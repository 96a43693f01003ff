"""What is truly so, written apart from the place: which entity each record part is, who lived with whom."""

from __future__ import annotations

import csv
from collections.abc import Iterable
from contextlib import ExitStack
from pathlib import Path
from types import TracebackType
from typing import Any, Final

from vestry.synthetic.people import World
from vestry.synthetic.registers.clerk import Truths

_RECORDS: Final = ("source", "source_key", "part", "entity")
HEADINGS: Final = {
    "people": _RECORDS,
    "organisations": _RECORDS,
    "households": ("household", "person", "uprn", "since", "until"),
    "residents": (
        "entity",
        "family_name",
        "given_names",
        "birth_date",
        "sex",
        "heritage",
        "nhs_number",
        "death_date",
    ),
    "changes": ("on", "what", "people", "household", "business"),
}
"""File (without `.csv`) -> its columns. Several people of one change are parted by spaces."""


class TruthFiles:
    """The truth's files, open while the districts are made one after another."""

    def __init__(self, folder: Path) -> None:
        folder.mkdir()
        self._stack = ExitStack()
        self._writers: dict[str, Any] = {}
        for name, heading in HEADINGS.items():
            file = self._stack.enter_context((folder / f"{name}.csv").open("w", encoding="utf-8", newline=""))
            self._writers[name] = csv.writer(file, lineterminator="\n")
            self._writers[name].writerow(heading)

    def __enter__(self) -> TruthFiles:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._stack.close()

    def write(self, world: World, truths: Iterable[Truths]) -> None:
        """Add one district, at the end of its history."""
        for truth in truths:
            self._writers["people"].writerows((truth.source, *at, e) for at, e in truth.people.items())
            self._writers["organisations"].writerows(
                (truth.source, *at, e) for at, e in truth.organisations.items()
            )
        self._writers["households"].writerows(
            (s.household, s.person, s.uprn, s.since, s.until or "") for s in world.stays
        )
        known = {**world.people, **{gone.person.entity: gone.person for gone in world.gone}}
        self._writers["residents"].writerows(
            (
                p.entity,
                p.family_name,
                " ".join(p.given_names),
                p.birth_date,
                p.sex,
                p.heritage,
                p.nhs_number,
                p.death_date or "",
            )
            for p in known.values()
        )
        self._writers["changes"].writerows(
            (c.on, c.what, " ".join(c.people), c.household, c.business) for c in world.changes
        )
