"""What is truly so, written apart from the place: whom and where each record part is about, who lived with whom."""

from __future__ import annotations

import csv
import shutil
from collections.abc import Iterable, Sequence
from contextlib import ExitStack
from datetime import date
from pathlib import Path
from types import TracebackType
from typing import Any, Final

from vestry.synthetic.people.person import Sealed
from vestry.synthetic.people.world import World
from vestry.synthetic.registers.clerk import Truths

_RECORDS: Final = ("source", "source_key", "part", "entity")
HEADINGS: Final = {
    "people": _RECORDS,
    "organisations": _RECORDS,
    "addresses": ("source", "source_key", "part", "as_at", "uprn", "form"),
    "households": ("household", "person", "uprn", "since", "until"),
    "residents": (
        "entity", "family_name", "given_names", "birth_date", "sex", "heritage", "ethnicity", "nhs_number",
        "here_since", "gone_on", "death_date", "household_kind",
    ),
    "changes": ("on", "what", "people", "household", "left_uprn", "business"),
    "sealed": ("entity", "earlier", "reason", "since", "source", "source_key", "part"),
}  # fmt: skip
"""File (without `.csv`) -> its columns. Several people of one change are parted by spaces.

In `addresses` a row holds from the extract of that day on, and `uprn` is blank where the address is not in the
gazetteer. In `sealed`, the record parts that hold an earlier identity.
"""


class TruthPart:
    """One district's truth: files without headings in a folder of its own."""

    def __init__(self, folder: Path) -> None:
        folder.mkdir(parents=True)
        self._stack = ExitStack()
        self._writers: dict[str, Any] = {}
        for name in HEADINGS:
            file = self._stack.enter_context((folder / f"{name}.csv").open("w", encoding="utf-8", newline=""))
            self._writers[name] = csv.writer(file, lineterminator="\n")

    def __enter__(self) -> TruthPart:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._stack.close()

    def addresses(self, truths: Iterable[Truths], as_at: date) -> None:
        """What addresses mean from the extracts of a day on, as far as that is new."""
        for truth in truths:
            self._writers["addresses"].writerows(
                (truth.source, key, part, as_at, home.uprn if home.in_gazetteer else "", home.form)
                for key, part, home in truth.moved()
            )

    def write(self, world: World, truths: Sequence[Truths], sealed: Sequence[Sealed]) -> None:
        """Everything else, at the end of the district's history."""
        for truth in truths:
            self._writers["people"].writerows((truth.source, *at, e) for at, e in truth.people.items())
            self._writers["organisations"].writerows(
                (truth.source, *at, e) for at, e in truth.organisations.items()
            )
        own = f"999{world.ground.plan.number:02}"
        self._writers["households"].writerows(
            (s.household, s.person, s.home.uprn, s.since, s.until or "")
            for stays in world.stays.values()
            for s in stays
            if not s.home.uprn or s.home.uprn.startswith(own)
        )
        self._residents(world)
        self._writers["changes"].writerows(
            (c.on, c.what, " ".join(c.people), c.household, c.left.uprn if c.left else "", c.business)
            for c in world.changes
        )
        self._sealed(truths, sealed)

    def _residents(self, world: World) -> None:
        self._writers["residents"].writerows(
            (
                p.entity, p.family_name, " ".join(p.given_names), p.birth_date, p.sex, p.heritage, p.ethnicity,
                p.nhs_number, p.here_since or "", world.gone.get(p.entity, ""), p.death_date or "",
                world.home(p.entity).kind if p.entity in world.household_of else "",
            )
            for p in world.people.values()
        )  # fmt: skip

    def _sealed(self, truths: Sequence[Truths], sealed: Sequence[Sealed]) -> None:
        held: dict[str, list[tuple[str, str, str]]] = {s.earlier: [] for s in sealed}
        for truth in truths:
            for (key, part), entity in truth.people.items():
                if entity in held:
                    held[entity].append((truth.source, key, part))
        for one in sealed:
            said = (one.entity, one.earlier, one.reason, one.since)
            self._writers["sealed"].writerows((*said, *at) for at in held[one.earlier] or [("", "", "")])


def join_truth(folder: Path, parts: Sequence[Path]) -> None:
    """The truth's files out of those of the districts, in order, each with its heading."""
    folder.mkdir()
    for name, heading in HEADINGS.items():
        with (folder / f"{name}.csv").open("wb") as whole:
            whole.write((",".join(heading) + "\n").encode())
            for part in parts:
                with (part / f"{name}.csv").open("rb") as file:
                    shutil.copyfileobj(file, whole, 1 << 20)
