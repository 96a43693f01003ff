"""Contracts that somebody works on: begun from a file or from the contract in force, changed, and saved as the next version.

Saving writes the file, keeps the version before it, and enters the change in the audit log: all of it, or nothing.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from django.db import transaction

from vestry.contracts.comparing import Difference, compare
from vestry.contracts.complaints import Placed
from vestry.contracts.contract import Contract
from vestry.contracts.drafting import draft_contract
from vestry.contracts.editing import as_version, next_version
from vestry.contracts.reading import check_contracts, check_text
from vestry.errors import ContractInvalid, NotFound, PlaceNotWritable
from vestry.intake.writing import close_on_disk, new_file, private_folder
from vestry.office.accounts.site import Site
from vestry.office.agreements.telling import database_told
from vestry.office.extracts import jobs
from vestry.office.extracts.models import Draft
from vestry.office.extracts.working import paths_of
from vestry.place import Place
from vestry.sharing.asking import Asker
from vestry.sharing.audit import AuditEntry
from vestry.sharing.receiving import check_may_receive, may_receive


@dataclass(frozen=True, slots=True, kw_only=True)
class Drafted:
    """A draft as it stands, with what is wrong with it by itself. `before` is the contract in force, None for a first one;
    `sample` the file that it is tried on."""

    word: str
    source: str
    owner: str
    text: str
    contract: Contract | None
    problems: tuple[Placed, ...]
    before: Contract | None
    sample: Path | None
    sample_work: str

    @property
    def path(self) -> str:
        """Its page."""
        return f"/extracts/contracts/drafts/{self.word}/"

    @property
    def changes(self) -> tuple[Difference, ...]:
        """What is different from the contract in force; breaking changes first."""
        return tuple(compare(self.before, self.contract)) if self.before and self.contract else ()

    @property
    def version(self) -> str:
        """The version that saving makes of it."""
        if self.before is None:
            return "1.0.0"
        return next_version(self.before.version, breaking=any(d.breaking for d in self.changes))


def begin_from_file(site: Site, asker: Asker, work: str, *, source: str, owner: str) -> str:
    """Draft a first contract from the first file of work that was brought; the draft's word. Raises SharingRefused, NotFound,
    FileUnreadable."""
    check_may_receive(site.place, asker, owner)
    brought = jobs.job(site, asker, work)
    text = draft_contract(paths_of(site.place, brought)[0], source=source, organisation=owner)
    return _begin(site, asker, source=source, owner=owner, text=text, based_on="", sample=work)


def begin_from_contract(site: Site, asker: Asker, contract: Contract, *, sample: str = "") -> str:
    """Begin a newer version of a contract, tried on files that were brought; the draft's word. Raises SharingRefused."""
    check_may_receive(site.place, asker, contract.organisation)
    if sample:
        jobs.job(site, asker, sample)
    text = contract.path.read_text(encoding="utf-8")
    return _begin(
        site, asker, source=contract.source, owner=contract.organisation, text=text, based_on=contract.sha256,
        sample=sample,
    )  # fmt: skip


def _begin(site: Site, asker: Asker, **said: str) -> str:
    with database_told(site.office), transaction.atomic():
        word = jobs.new_word()
        Draft.objects.create(
            word=word, by=asker.user, organisation=asker.organisation, begun_at=site.clock.now(), **said
        )
    return word


def drafts(site: Site, asker: Asker) -> tuple[tuple[str, str], ...]:
    """(source, word) of what `asker` works on, the youngest first."""
    with database_told(site.office):
        rows = Draft.objects.filter(by=asker.user, organisation=asker.organisation).order_by("-pk")
        return tuple((row.source, row.word) for row in rows[:50])


def draft(site: Site, asker: Asker, word: str, contracts: Mapping[str, Contract]) -> Drafted:
    """One of one's own. Raises NotFound."""
    row = _own(site, asker, word)
    contract, problems = check_text(row.text, site.place.organisations, path_of(site.place, row))
    return Drafted(
        word=word, source=row.source, owner=row.owner, text=row.text, contract=contract, problems=tuple(problems),
        before=contracts.get(row.source) if row.based_on else None, sample=_sample(site, asker, row.sample),
        sample_work=row.sample,
    )  # fmt: skip


def change(site: Site, asker: Asker, word: str, text: str) -> None:
    """Keep what was changed. Raises NotFound."""
    row = _own(site, asker, word)
    with database_told(site.office), transaction.atomic():
        Draft.objects.filter(pk=row.pk).update(text=text)


def throw_away(site: Site, asker: Asker, word: str) -> None:
    """Give a draft up. Raises NotFound."""
    row = _own(site, asker, word)
    with database_told(site.office), transaction.atomic():
        Draft.objects.filter(pk=row.pk).delete()


def save(site: Site, asker: Asker, word: str, contracts: Mapping[str, Contract]) -> Contract:
    """Make the draft the contract in force, as its next version. Raises ContractInvalid with every problem, of the place's other
    contracts too; SharingRefused; PlaceNotWritable."""
    one = draft(site, asker, word, contracts)
    row = _own(site, asker, word)
    check_may_receive(site.place, asker, one.owner)
    before = contracts.get(one.source)
    path = before.path if before else path_of(site.place, row)
    if (before.sha256 if before else "") != row.based_on or (before is None and path.exists()):
        raise ContractInvalid(
            "The contract was changed meanwhile, by somebody else or on the machine.", where=one.source,
            fix="begin the new version from the contract as it is now",
        )  # fmt: skip
    text = as_version(one.text, one.version)
    found, problems = check_contracts(site.place.contracts, site.place.organisations, {path: text})
    made = found.get(one.source)
    if problems or made is None or made.organisation != one.owner:
        raise ContractInvalid("The contract has problems.", where=one.source, problems=problems)
    with database_told(site.office), transaction.atomic():
        site.log.append_within(
            AuditEntry(
                stage="changed", action="contract-saved", user=asker.user, organisation=asker.organisation,
                source=one.source, reason=one.version,
            )
        )  # fmt: skip
        Draft.objects.filter(pk=row.pk).delete()
        _write(site.place, path, text, before)
    site.twin.changed()
    return made


def path_of(place: Place, row: Draft) -> Path:
    """The file of its contract: where the one in force lies, else contracts/ORGANISATION/SOURCE.yaml."""
    return place.contracts / str(row.owner) / f"{row.source}.yaml"


def _own(site: Site, asker: Asker, word: str) -> Draft:
    with database_told(site.office):
        row: Draft | None = Draft.objects.filter(
            word=word, by=asker.user, organisation=asker.organisation
        ).first()
    if row is None or not may_receive(site.place, asker, row.owner):
        raise NotFound(
            "There is no such draft of yours.", where="contracts", fix="look at the list of contracts"
        )
    return row


def _sample(site: Site, asker: Asker, work: str) -> Path | None:
    """The file that a draft is tried on, where it lies there still; only what one brought oneself."""
    if not work:
        return None
    try:
        brought = jobs.job(site, asker, work)
    except NotFound:
        return None
    paths = paths_of(site.place, brought)
    mine = brought.by == asker.user and brought.organisation == asker.organisation
    return paths[0] if mine and paths and not brought.from_inbox and paths[0].is_file() else None


def _write(place: Place, path: Path, text: str, before: Contract | None) -> None:
    """Write the file whole or not at all, and the version before it beside the others of its source."""
    unfinished = path.with_suffix(".unfinished")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        if before is not None:
            earlier = place.earlier_contracts / before.organisation
            private_folder(earlier)
            kept = earlier / f"{before.source}-{before.version}.yaml"
            if not kept.exists():
                with new_file(kept) as file:
                    file.write(before.path.read_bytes())
        unfinished.unlink(missing_ok=True)
        file = new_file(unfinished)
        file.write(text.encode())
        close_on_disk(file)
        unfinished.replace(path)
    except OSError:
        raise PlaceNotWritable(
            "The contract cannot be written.",
            where=str(path),
            fix="give this account permission to write there",
        ) from None
