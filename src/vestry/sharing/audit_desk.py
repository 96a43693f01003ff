"""What can be asked of the audit log: whether it holds, who looked at whom, and what a resident may be told of it.

The office answers (`vestry.office.audit.desk`); these are the words that are passed.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final, Protocol

from vestry.errors import Problem, VestryError
from vestry.progress import Progress
from vestry.sharing.audit import AuditEntry, Operation


class AuditBroken(VestryError):
    """The audit log is not as it was written: an entry was changed, removed, put in between or cut off its end, or it does not
    continue what a signed checkpoint says.

    The first such entry is named. Nothing mends a log. Keep it as it is and compare it with a backup: from there on, its
    entries prove nothing.
    """

    code = "audit-broken"
    exit_code = 8


class CheckpointInvalid(VestryError):
    """A file that was given as a checkpoint of the audit log, or a key to check it with, cannot be read, or is none."""

    code = "checkpoint-invalid"
    exit_code = 2
    http_status = 422


@dataclass(frozen=True, slots=True, kw_only=True)
class Kept:
    """One entry as it is kept. `at` is an instant in ISO 8601 (UTC)."""

    number: int
    at: str
    operation: Operation
    entry: AuditEntry


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """Which entries are wanted: all that is given has to fit. `since` and `until` are ISO 8601; the last is not included.

    `entity` is a person's id, `user` a user or an account, `organisation` who asked or who received. `before` is the number of
    the entry before which they were written, for one page after the other; 0 for all.
    """

    entity: str = ""
    user: str = ""
    organisation: str = ""
    agreement: str = ""
    purpose: str = ""
    action: str = ""
    since: str = ""
    until: str = ""
    before: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class FoundEntries:
    """The newest entries that were wanted, newest first, and whether there are `more`."""

    entries: tuple[Kept, ...]
    more: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Look:
    """One time that somebody asked about a person: when, for whom and why, and what of them was shown.

    `by` is who asked, an id or an account. `outcome` is "shown", "nothing shown", "refused", "changed" or "not known" (asked, and
    no answer is entered: the process died).
    """

    number: int
    at: str
    operation: Operation
    action: str
    organisation: str
    recipient: str
    by: str
    purpose: str
    fields: tuple[str, ...]
    agreements: tuple[str, ...]
    outcome: str


@dataclass(frozen=True, slots=True, kw_only=True)
class UrgentLook:
    """One look that was made in an emergency. `entities` are the ids that were asked for or shown, `criteria` the names of what
    was searched by; `outcome` is as a `Look` has it."""

    at: str
    action: str
    criteria: tuple[str, ...]
    entities: tuple[str, ...]
    outcome: str


@dataclass(frozen=True, slots=True, kw_only=True)
class AboutSomebody:
    """Every look at one person, newest first. `ids` are the ids that they have had. `wholesale` are the looks at whole tables:
    the log does not say of each whom they held."""

    ids: tuple[str, ...]
    looks: tuple[Look, ...]
    wholesale: tuple[Look, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Proof:
    """A proof of RFC 6962: `hashes` (hex) that with the leaf, or the older root, come to `root` (hex) at `size`."""

    size: int
    root: str
    hashes: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Held:
    """One checkpoint that the log was held against: how large it said the log was, and where it came from.

    `outside` where it was given by hand and not found in the place. `consistency` proves that the log continues it.
    """

    size: int
    where: str
    outside: bool
    consistency: Proof


@dataclass(frozen=True, slots=True, kw_only=True)
class Included:
    """That one entry is in the log as it was at a checkpoint: its leaf (hex) and the proof."""

    number: int
    leaf: str
    proof: Proof


@dataclass(frozen=True, slots=True, kw_only=True)
class Verified:
    """What a check of the log came to. It holds where there are no `problems`; the first is the first bad entry.

    `window` is how many entries are younger than the last outside checkpoint (all, without one), from `window_from` (an
    instant, "" where there are none): whoever has the database and its keys could take those off the end unseen.
    """

    size: int
    root: str
    problems: tuple[Problem, ...]
    held: tuple[Held, ...]
    included: Included | None
    window: int
    window_from: str


class AuditDesk(Protocol):
    """Answers about the audit log of one place. What it is asked about people is entered in the log too."""

    def verify(
        self,
        *,
        outside: Sequence[Path] = (),
        key: str = "",
        entry: int | None = None,
        progress: Progress,
    ) -> Verified:
        """Go through the whole log, and hold it against its checkpoints and those given (files, or folders of them).

        `key` is the log's public key as an outsider kept it. With `entry`, prove that entry's inclusion. Raises
        AuditUnavailable, CheckpointInvalid, NotFound.
        """
        ...

    def checkpoint(self) -> str | None:
        """Sign the log as it is; the note. None of an empty log."""
        ...

    def key(self) -> str:
        """The public key that its checkpoints are checked with."""
        ...

    def search(self, wanted: Wanted, *, limit: int) -> FoundEntries:
        """The entries that are wanted."""
        ...

    def about(self, ids: Sequence[str]) -> AboutSomebody:
        """Who looked at somebody, by any of the ids that they have had."""
        ...

    def in_emergency(self, number: int) -> tuple[UrgentLook, ...]:
        """Every look that was made in the emergency of that number, the oldest first."""
        ...


DID: Final = {
    "find": "searched, and you were among those found",
    "match": "asked who a record is, and it may be you",
    "show": "looked at what is known of you",
    "explain": "looked at how what is known of you came together",
    "explain-pair": "looked at whether two records are both yours",
    "export": "took a table out",
    "evaluate": "measured how well records were put together",
    "quarantine-rows": "looked at rows that could not be read",
    "build": "put records together, yours perhaps among them",
    "model-train": "learnt from everybody's records, yours perhaps among them, how records are put together",
    "model-compare": "tried out another way of putting records together, yours perhaps among them",
    "review-look": "looked at two records, to decide whether they are both yours",
    "review-decide": "decided whether two records are both yours",
    "audit-search": "looked into this log about you",
    "audit-about": "asked this log who looked at you",
}
"""What an action is to the person whom it is about."""


def led_by(batches: Iterable[Any]) -> list[tuple[str, str]]:
    """(id, the id that it leads to) of all that were merged or split, of the table `identities` (Arrow)."""
    return [
        (row["entity_id"], row["into_entity"])
        for batch in batches
        for row in batch.filter(batch.column("into_entity").is_valid())
        .select(["entity_id", "into_entity"])
        .to_pylist()
        if row["into_entity"]
    ]


def ids_of(entity_id: str, led: Iterable[tuple[str, str]]) -> tuple[str, ...]:
    """`entity_id` and every id that has led to it: (id, the id that it leads to) of all that were merged or split."""
    before: dict[str, set[str]] = {}
    for old, new in led:
        before.setdefault(new, set()).add(old)
    found, waiting = {entity_id}, [entity_id]
    while waiting:
        more = before.get(waiting.pop(), set()) - found
        found |= more
        waiting += more
    return (entity_id, *sorted(found - {entity_id}))
