"""The ledger as pages: each source with its newest extract, one source with all of them, one extract with its tables."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import ClassVar, Final
from urllib.parse import urlencode

from vestry.contracts.contract import Contract
from vestry.intake.store import StoredExtract
from vestry.office.extracts.jobs import Job
from vestry.office.extracts.quarantine_page import Refusal
from vestry.sharing.standing import is_late
from vestry.twin.answers import LedgerLine

SHOWN: Final = ("all", "late", "waiting", "quarantined", "never")
"""What of the ledger can be asked for."""
AT_ONCE: Final = 25
"""Sources on one page."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Counts:
    """Rows of the ledger, added up."""

    received: int
    loaded: int
    repeated: int
    quarantined: int


@dataclass(frozen=True, slots=True, kw_only=True)
class ExtractLine:
    """One extract. `counts` is None until it is in a release: nobody has loaded it yet. `rows` is as received."""

    extract_id: str
    as_at: str
    rows: int
    file: str
    received_at: datetime | None
    counts: Counts | None

    @property
    def path(self) -> str:
        """Its own page."""
        return f"/extracts/sources/{self.extract_id}/"

    @property
    def waits(self) -> bool:
        """Whether it is received and in no release."""
        return self.counts is None

    @property
    def gone(self) -> bool:
        """Whether the release has it, and the place no longer does."""
        return self.received_at is None


@dataclass(frozen=True, slots=True, kw_only=True)
class SourceLine:
    """One source: its newest extract is `newest`, None where there never was one; `late` that one is overdue; `gone` counts
    extracts of the release that are no longer kept."""

    source: str
    title: str
    organisation: str
    organisation_name: str
    newest: ExtractLine | None
    built: ExtractLine | None
    waiting: int
    gone: int
    late: bool
    every_days: int | None
    mine: bool

    @property
    def path(self) -> str:
        """Its own page."""
        return f"/extracts/sources/{self.source}/"

    @property
    def quarantined(self) -> int:
        """Rows of the newest extract in the release that were kept out."""
        return self.built.counts.quarantined if self.built and self.built.counts else 0


@dataclass(frozen=True, slots=True, kw_only=True)
class LedgerPage:
    """A page of every source, or of those of what is `show`n. `numbers` counts each of `SHOWN` over the sources of the
    organisation and name that were asked for; `organisations` are (code, name, sources)."""

    template: ClassVar[str] = "extracts/ledger.html"
    lines: tuple[SourceLine, ...]
    numbers: Mapping[str, int]
    show: str
    organisation: str
    name: str
    organisations: tuple[tuple[str, str, int], ...]
    page: int
    waiting: int
    gone: int
    release: str
    built_at: str
    jobs: tuple[Job, ...]
    may_build: bool
    may_receive: bool
    inbox: int
    mistakes: int
    problem: str = ""

    @property
    def filtered(self) -> bool:
        """Whether less than everything was asked for."""
        return bool(self.organisation or self.name) or self.show != "all"

    @property
    def total(self) -> int:
        """Sources of what was asked for, on every page."""
        return self.numbers[self.show]

    @property
    def first(self) -> int:
        """Which of them the page begins with, from 1."""
        return (self.page - 1) * AT_ONCE + 1

    @property
    def pages(self) -> int:
        """How many pages there are."""
        return max(1, -(-self.total // AT_ONCE))

    def address(self, page: int) -> str:
        """Where another page of the same is."""
        asked = {"name": self.name, "organisation": self.organisation, "show": self.show, "page": page}
        return f"/extracts/?{urlencode({n: v for n, v in asked.items() if v})}"


@dataclass(frozen=True, slots=True, kw_only=True)
class SourcePage:
    """One source: its extracts, the newest first, and what was kept out of the newest that is in a release."""

    template: ClassVar[str] = "extracts/source.html"
    line: SourceLine
    extracts: tuple[ExtractLine, ...]
    refusals: tuple[Refusal, ...]
    version: str
    may_read: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class ExtractPage:
    """One extract: what became of each table's rows, and why rows were kept out."""

    template: ClassVar[str] = "extracts/extract.html"
    source: str
    title: str
    line: ExtractLine
    tables: tuple[LedgerLine, ...]
    stored: StoredExtract | None
    refusals: tuple[Refusal, ...]


def extract_lines(stored: Sequence[StoredExtract], ledger: Sequence[LedgerLine]) -> list[ExtractLine]:
    """Every extract that is kept or in the release, by source and age, the newest first. One that was destroyed since is in the
    release's ledger alone."""
    built: dict[str, list[LedgerLine]] = {}
    for line in ledger:
        built.setdefault(line.extract_id, []).append(line)
    found = {
        str(one.extract_id): ExtractLine(
            extract_id=str(one.extract_id), as_at=one.as_at.isoformat(),
            rows=sum(table.received for table in one.tables.values()), file=one.file_name,
            received_at=one.received_at, counts=_added(built.get(str(one.extract_id), ())),
        )
        for one in stored
    }  # fmt: skip
    for extract_id, lines in built.items():
        counts = _added(lines)
        if extract_id not in found and counts:
            found[extract_id] = ExtractLine(
                extract_id=extract_id, as_at=lines[0].as_at[:10], rows=counts.received, file="",
                received_at=None, counts=counts,
            )  # fmt: skip
    order = {str(one.extract_id): one.sequence for one in stored}
    return sorted(found.values(), key=lambda x: (x.as_at, order.get(x.extract_id, 0)), reverse=True)


def _added(lines: Iterable[LedgerLine]) -> Counts | None:
    lines = list(lines)
    if not lines:
        return None
    return Counts(
        received=sum(n.received for n in lines), loaded=sum(n.loaded for n in lines),
        repeated=sum(n.repeated for n in lines), quarantined=sum(n.quarantined for n in lines),
    )  # fmt: skip


def source_lines(
    contracts: Mapping[str, Contract],
    owners: Mapping[str, str],
    lines: Sequence[ExtractLine],
    names: Mapping[str, str],
    on: date,
    mine: Iterable[str],
) -> tuple[SourceLine, ...]:
    """Each source that has a contract or an extract. `owners` is source -> organisation of what is in a release or received,
    `lines` every extract (the newest first), `mine` the organisations for which whoever looks may take files in."""
    of: dict[str, list[ExtractLine]] = {}
    for line in lines:
        of.setdefault(line.extract_id.rpartition("/")[0], []).append(line)
    may = set(mine)
    found = []
    for source in sorted({*contracts, *of}):
        contract, extracts = contracts.get(source), of.get(source, [])
        organisation = contract.organisation if contract else owners.get(source, "")
        every = contract.freshness.every_days if contract else None
        newest = extracts[0] if extracts else None
        found.append(
            SourceLine(
                source=source, title=contract.title if contract else source, organisation=organisation,
                organisation_name=names.get(organisation, organisation), newest=newest,
                built=next((one for one in extracts if not one.waits), None),
                waiting=sum(one.waits for one in extracts), gone=sum(one.gone for one in extracts),
                late=newest is not None and is_late(newest.as_at, every, on), every_days=every,
                mine=organisation in may,
            )
        )  # fmt: skip
    return tuple(found)


def named(lines: Sequence[SourceLine], name: str) -> tuple[SourceLine, ...]:
    """The lines whose source or title has every word of `name` in it, whatever its case."""
    words = name.casefold().split()
    return tuple(n for n in lines if all(word in f"{n.source} {n.title}".casefold() for word in words))


def those_of(lines: Sequence[SourceLine], show: str) -> tuple[SourceLine, ...]:
    """The lines of what is asked for (one of `SHOWN`)."""
    return tuple(n for n in lines if _is(n, show))


def _is(line: SourceLine, show: str) -> bool:
    if show == "late":
        return line.late
    if show == "waiting":
        return line.waiting > 0
    if show == "quarantined":
        return line.quarantined > 0
    return show != "never" or line.newest is None
