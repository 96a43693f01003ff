"""Every deliberate error: what went wrong, where, and how to mend it.

Promise 7: no message holds a value from a record. Each class has a code, an exit code and an HTTP
status, and a paragraph in `docs/reference/errors.md`, which is generated from the docstrings here.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import ClassVar


@dataclass(frozen=True, slots=True, kw_only=True)
class Problem:
    """One thing to mend: `what` is wrong, `where` (file and place in it), how to `fix` it."""

    what: str
    where: str = ""
    fix: str = ""

    def lines(self) -> list[str]:
        """The problem as indented lines of plain text."""
        out = [self.what]
        if self.where:
            out.append(f"  where: {self.where}")
        if self.fix:
            out.append(f"  fix:   {self.fix}")
        return out


class VestryError(Exception):
    """Something Vestry refuses to do; the base of every error that it raises on purpose."""

    code: ClassVar[str] = "vestry-error"
    exit_code: ClassVar[int] = 1
    http_status: ClassVar[int] = 500

    def __init__(
        self, what: str, *, where: str = "", fix: str = "", problems: Sequence[Problem] = ()
    ) -> None:
        self.what = what
        self.where = where
        self.fix = fix
        self.problems = tuple(problems)
        super().__init__(what)

    def text(self) -> str:
        """The whole message as a person reads it: what, every problem, where, fix and code."""
        lines = Problem(what=self.what, where=self.where, fix=self.fix).lines()
        for problem in self.problems:
            lines += ["", *problem.lines()]
        if self.problems:
            lines.append("")
        lines.append(f"  code:  {self.code}")
        return "\n".join(lines)


class PlaceMissing(VestryError):
    """The folder is not a place (it has no `place.toml`), or its `place.toml` cannot be read.

    Give `--place DIR`, change to the place's folder, or make one with `vestry new DIR`.
    """

    code = "place-missing"
    exit_code = 2
    http_status = 500


class PlaceInvalid(VestryError):
    """`place.toml` says something that Vestry does not understand. Each problem is listed."""

    code = "place-invalid"
    exit_code = 2


class PlaceNotWritable(VestryError):
    """The place's folder, or one in it, cannot be written to, or its disk is full.

    Give the account that runs Vestry permission to write there, or free some space; nothing was changed.
    """

    code = "place-not-writable"
    exit_code = 4


class MemoryUsedUp(VestryError):
    """A build has used up the memory that it may take, and the disk that it may spill to; or a question to a release its memory
    (2 GB if not said; the details of people are spilled to no disk). Nothing was changed.

    Give it more in `VESTRY_MEMORY` (as `8GB`), or free some space on the place's disk: three quarters of what is free
    there may be used.
    """

    code = "memory-used-up"
    exit_code = 4


class ContractInvalid(VestryError):
    """One or more contracts have problems. All of them are listed, each with its file and place."""

    code = "contract-invalid"
    exit_code = 3
    http_status = 422


class SourceUnknown(VestryError):
    """No contract in the place describes that source. The nearest names are suggested."""

    code = "source-unknown"
    exit_code = 2
    http_status = 404


class FileUnreadable(VestryError):
    """A named file does not exist, is a folder, or may not be read by this account."""

    code = "file-unreadable"
    exit_code = 2


class AsAtInvalid(VestryError):
    """The as-at date is not a date, lies in the future, or comes before the last extract received."""

    code = "as-at-invalid"
    exit_code = 2
    http_status = 422


class ExtractRefused(VestryError):
    """An extract breaks its contract so far that none of it is taken in. The file is not kept.

    The message names each reason: a missing column, a file cut short, a count that does not agree,
    more or fewer rows than the contract tolerates. `--accept` takes an extract that is only too
    small, too large, or the same file again.
    """

    code = "extract-refused"
    exit_code = 5
    http_status = 422

    acceptable = False
    """Whether a person may take it all the same: no reason is other than its size, or that it was received before."""


class BuildRunning(VestryError):
    """Another build or receipt is at work in this place. Wait until it ends, then try again."""

    code = "build-running"
    exit_code = 6
    http_status = 409


class NothingReceived(VestryError):
    """There is nothing to build from: no extract has been received in this place."""

    code = "nothing-received"
    exit_code = 7
    http_status = 409


class ExtractDamaged(VestryError):
    """A file under `extracts/` is missing or no longer has the hash it was received with.

    Restore the place from a backup. Vestry will not build from a file that has changed.
    """

    code = "extract-damaged"
    exit_code = 8


class LedgerUnbalanced(VestryError):
    """Promise 1 would be broken: the rows of an extract do not add up. Nothing was published.

    This is a fault in Vestry, not in your file. Keep the file and report it.
    """

    code = "ledger-unbalanced"
    exit_code = 70


class SealedListIncomplete(VestryError):
    """A list of sealed identities has rows in quarantine. Nothing was published.

    A row that is kept out seals nobody, and whom it meant would be found. `vestry quarantine` with the source's name says
    which rows they are and what is wrong with them. Have the list mended and receive it again.
    """

    code = "sealed-list-incomplete"
    exit_code = 5
    http_status = 422


class ReleaseMissing(VestryError):
    """No release of that name, or none published yet. `vestry releases list` shows what there is."""

    code = "release-missing"
    exit_code = 7
    http_status = 404


class PurposeMissing(VestryError):
    """People are looked up for a stated purpose only. Give `--purpose` with one from the list."""

    code = "purpose-missing"
    exit_code = 2
    http_status = 422


class SharingRefused(VestryError):
    """No agreement that is in force lets whoever asks do this for that purpose. What came nearest is told."""

    code = "sharing-refused"
    exit_code = 4
    http_status = 403


class SourcesWithheld(VestryError):
    """All that is known of what you asked about rests on sources that you may not use, so nothing is told.

    An agreement that covers those sources would change it.
    """

    code = "sources-withheld"
    exit_code = 4
    http_status = 403


class AuditUnavailable(VestryError):
    """The audit log cannot be written, so nothing may be read (promise 5: no audit entry, no data).

    Its database is gone, full or held by another process. It is tried again with the next request.
    """

    code = "audit-unavailable"
    exit_code = 9
    http_status = 503


class NotFound(VestryError):
    """Nothing of that name or id: an entity, a table, a source, a rule."""

    code = "not-found"
    exit_code = 7
    http_status = 404


class TruthInvalid(VestryError):
    """A truth for `vestry evaluate` is not there, lacks a column, says two things of one record, or names no record
    that the twin has. Every problem of every file is named at once."""

    code = "truth-invalid"
    exit_code = 2


class ModelInvalid(VestryError):
    """A saved linkage model cannot be read (it may be cut short), or was trained by another version. Nothing was published.

    The message names the file. Restore it from a backup, or make another: `vestry model train`, then `vestry model
    compare` and `vestry model adopt`, which work although it cannot be read.
    """

    code = "model-invalid"
    exit_code = 8


class CandidateMissing(VestryError):
    """There is no candidate for a linkage model, or no retired model of that hash. `vestry model train` makes a candidate,
    `vestry model status` says what there is.
    """

    code = "candidate-missing"
    exit_code = 7


class CandidateNotCompared(VestryError):
    """A linkage model is adopted only after a comparison of exactly that model with what is current: the release, what
    was received, contracts, decisions and models. Run `vestry model compare` (again), and read what it says.
    """

    code = "candidate-not-compared"
    exit_code = 6


class RecordUnreadable(VestryError):
    """A record that was given to be matched has a date or a number that cannot be read, a field that does not exist, or says
    nothing at all. Every problem is named by its field; what was typed is not repeated."""

    code = "record-unreadable"
    exit_code = 2
    http_status = 422


class MatchUnavailable(VestryError):
    """Single records cannot be matched with this release: it was built by another version. Build again."""

    code = "match-unavailable"
    exit_code = 7
    http_status = 409


class DecisionsInvalid(VestryError):
    """A file under `decisions/` cannot be read. Each problem is listed with its line."""

    code = "decisions-invalid"
    exit_code = 3


class PairNotReviewable(VestryError):
    """Two records of which nobody can say that they are one or two: contents of one key, of different kinds, properties,
    or of a source that may not be linked. Also a decision to be taken back where there is none, and a reason that is too long.
    """

    code = "pair-not-reviewable"
    exit_code = 2
    http_status = 422


class AddressNotReviewable(VestryError):
    """An address of which nobody needs to say what property it is, since the gazetteer has it, or of which there is none. Also a
    decision to be taken back where there is none, and a reason that is too long.
    """

    code = "address-not-reviewable"
    exit_code = 2
    http_status = 422


class SampleInvalid(VestryError):
    """A review sample cannot be drawn, kept or read: its name is taken or is none, its file is damaged, or the release
    has no pairs to draw from. Also a sample that does not measure a release, where one is wanted that does.
    """

    code = "sample-invalid"
    exit_code = 2
    http_status = 422


class FolderInUse(VestryError):
    """The folder that was to be made already holds something else. Name another, or empty it."""

    code = "folder-in-use"
    exit_code = 2


class Interrupted(VestryError):
    """Ctrl-C. What was published stays as it was; the next run needs no cleaning up."""

    code = "interrupted"
    exit_code = 130


def every_error() -> list[type[VestryError]]:
    """Every error class below `VestryError`, by code; for the reference page and its test."""
    found: list[type[VestryError]] = []
    queue = list(VestryError.__subclasses__())
    while queue:
        cls = queue.pop()
        found.append(cls)
        queue += cls.__subclasses__()
    return sorted(found, key=lambda c: c.code)
