"""Goes through the whole log and says whether it is as it was written, and where it first is not.

Every entry is hashed again, its place in the chain and in the tree checked, and everything that the database keeps beside it
(time, words to search by, frontier, checkpoints, the triggers themselves) held against what was hashed.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import groupby
from operator import itemgetter
from typing import Any, Final

from vestry.errors import Problem
from vestry.office.audit.bodies import words_of
from vestry.office.audit.guards import missing_guards
from vestry.office.audit.notes import Checkpoint
from vestry.office.audit.tree import (
    Roots,
    consistency_spans,
    grow,
    inclusion_spans,
    is_continued,
    leaf_of,
    root_of,
)
from vestry.progress import Progress
from vestry.sharing.audit_desk import Held, Included, Proof

_AT_ONCE: Final = 5_000
_MOST: Final = 20
"""Problems after which no more are looked for."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Given:
    """A checkpoint to hold the log against, and where it is; `prove` for one that a proof of consistency is wanted of."""

    checkpoint: Checkpoint
    where: str
    outside: bool
    prove: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Walked:
    """What a walk through the log found. `times` has the instants of the entries that were asked for."""

    size: int
    root: bytes
    problems: tuple[Problem, ...]
    held: tuple[Held, ...]
    included: Included | None
    times: dict[int, str]


def walk(
    cursor: Any,
    given: Sequence[Given],
    *,
    prove: int | None,
    times_of: Sequence[int],
    where: str,
    progress: Progress,
) -> Walked:
    """Read every entry up to the head as it is now. What others append meanwhile is not looked at, and they need not wait."""
    cursor.execute("SELECT size, leaf, frontier, checkpoint_size FROM audit_head WHERE slot = 1")
    head = cursor.fetchone()
    if head is None:
        lost = Problem(
            what="The log's head was removed.", where=where, fix="compare the database with a backup"
        )
        return Walked(size=0, root=root_of([]), problems=(lost,), held=(), included=None, times={})
    walker = _Walker(cursor, size=head[0], where=where)
    newest = max((g.checkpoint.size for g in given if g.checkpoint.size <= head[0]), default=0)
    proving = (prove - 1, max(newest, prove)) if prove is not None and 1 <= prove <= head[0] else None
    wanted = {
        g.checkpoint.size: Roots(consistency_spans(g.checkpoint.size, head[0]))
        for g in given
        if g.prove and 0 < g.checkpoint.size <= head[0]
    }
    path = Roots(inclusion_spans(*proving)) if proving else Roots([])
    roots_at: dict[int, bytes] = {}
    frontier: list[bytes] = []
    leaf_proved, times = b"", {}
    sizes = {g.checkpoint.size for g in given} | ({proving[1]} if proving else set())
    for number, at, leaf in walker.entries(progress):
        grow(frontier, number - 1, leaf)
        if number in sizes:
            roots_at[number] = root_of(frontier)
        for roots in wanted.values():
            roots.add(leaf)
        if proving:
            path.add(leaf)
            if number == prove:
                leaf_proved = leaf
        if number in times_of:
            times[number] = at
        if len(walker.problems) >= _MOST:
            break
    root = root_of(frontier)
    if walker.reached == head[0]:
        walker.check_head(head, frontier)
    walker.check_guards()
    held = [h for g in given if (h := walker.hold(g, roots_at, wanted, root)) is not None]
    included = None
    if proving and leaf_proved and proving[1] in roots_at:
        included = Included(
            number=proving[0] + 1,
            leaf=leaf_proved.hex(),
            proof=_proof(proving[1], roots_at[proving[1]], path.all()),
        )
    return Walked(
        size=head[0],
        root=root,
        problems=tuple(walker.problems),
        held=tuple(held),
        included=included,
        times=times,
    )


class _Walker:
    """One walk; collects what is wrong."""

    def __init__(self, cursor: Any, *, size: int, where: str) -> None:
        self._cursor = cursor
        self._size = size
        self._where = where
        self.problems: list[Problem] = []
        self.reached = 0
        self._leaf = bytes(32)

    def entries(self, progress: Progress) -> Iterator[tuple[int, str, bytes]]:
        """(number, time, leaf) of each entry that is there, in order, each checked; ends where one is missing."""
        with progress.step("audit log"):
            while self.reached < self._size and len(self.problems) < _MOST:
                first = self.reached + 1
                last = min(self.reached + _AT_ONCE, self._size)
                rows = self._rows("number, at, leaf, body FROM audit_entries", first, last)
                said = self._rows("number, kind, word FROM audit_words", first, last)
                words = {n: {(k, w) for _, k, w in group} for n, group in groupby(said, key=itemgetter(0))}
                for number, at, leaf, body in rows:
                    if number != self.reached + 1:
                        self._missing(self.reached + 1)
                        return
                    leaf = bytes(leaf) if isinstance(leaf, bytes | memoryview) else b""
                    self._check(number, at, leaf, body, words.pop(number, set()))
                    self.reached, self._leaf = number, leaf
                    yield number, at, leaf
                if self.reached != last:
                    self._missing(self.reached + 1)
                    return
                for number in words:
                    self._wrong(number, "Words were added to the search of an entry that is not there.")
                progress.advance(self.reached, self._size)
            self._check_end()

    def _rows(self, what: str, first: int, last: int) -> list[Any]:
        self._cursor.execute(f"SELECT {what} WHERE number BETWEEN %s AND %s ORDER BY number", [first, last])
        found: list[Any] = self._cursor.fetchall()
        return found

    def _check(self, number: int, at: str, leaf: bytes, body: str, words: set[tuple[str, str]]) -> None:
        if not isinstance(body, str) or leaf_of(body.encode("utf-8", "surrogatepass")) != leaf:
            self._wrong(number, "This entry was changed.")
            return
        try:
            said = json.loads(body)
            mine = said["entry"], said["at"], said["previous"]
            own = set(words_of(said))
        except (ValueError, KeyError, TypeError, AttributeError, RecursionError):
            self._wrong(number, "This is no entry.")
            return
        if mine[2] != self._leaf.hex():
            self._wrong(
                number, "The entry before this one was changed or removed, or one was put in between."
            )
        elif mine[0] != number:
            self._wrong(number, "This entry was moved.")
        elif mine[1] != at:
            self._wrong(number, "The time beside this entry was changed.")
        elif own != words:
            self._wrong(number, "The words that this entry is searched by were changed.")

    def _check_end(self) -> None:
        for table in ("audit_entries", "audit_words"):
            self._cursor.execute(
                f"SELECT min(number), count(*) FROM {table} WHERE number > (SELECT size FROM audit_head) OR number < 1"
            )
            first, count = self._cursor.fetchone()
            if count:
                self._wrong(first, "This was put in past the end of the log.")

    def check_head(self, head: Sequence[Any], frontier: Sequence[bytes]) -> None:
        """Whether the row that the next append goes on from is what the entries come to."""
        if bytes(head[1]) != self._leaf or bytes(head[2]) != b"".join(frontier):
            self._wrong(self._size, "The log's head is not what its entries come to.")

    def check_guards(self) -> None:
        """Whether the triggers that refuse every change are there."""
        if missing := missing_guards(self._cursor):
            self.problems.append(
                Problem(
                    what="What keeps the log from being changed was taken away or switched off.",
                    where=f"{self._where}: {', '.join(missing)}",
                    fix="find out who did so; restore the database from a backup",
                )
            )

    def hold(
        self, given: Given, roots_at: dict[int, bytes], wanted: dict[int, Roots], root: bytes
    ) -> Held | None:
        """Hold the log against one checkpoint."""
        size = given.checkpoint.size
        if size > self._size:
            self._contradicts(
                given, f"The log ends at entry {self._size:,}; its end, up to entry {size:,}, was cut off."
            )
            return None
        if size and size not in roots_at:
            return None  # it broke off before, which has been told
        whole = size in wanted and self.reached == self._size
        proof = wanted[size].all() if whole else []
        if size and (
            roots_at[size] != given.checkpoint.root
            or (whole and not is_continued(size, given.checkpoint.root, self._size, root, proof))
        ):
            self._contradicts(
                given,
                f"The first {size:,} entries are not those that were signed, though each fits the next.",
            )
            return None
        return Held(
            size=size,
            where=given.where,
            outside=given.outside,
            consistency=_proof(self._size, root, proof),
        )

    def _contradicts(self, given: Given, what: str) -> None:
        self.problems.append(
            Problem(
                what=what,
                where=f"checkpoint {given.where}",
                fix="keep the log and the checkpoint as they are, and compare the log with a backup",
            )
        )

    def _missing(self, number: int) -> None:
        self._wrong(number, "This entry was removed.")

    def _wrong(self, number: Any, what: str) -> None:
        entry = f"{number:,}" if isinstance(number, int) else "without a number"
        self.problems.append(
            Problem(
                what=what,
                where=f"{self._where}, entry {entry}",
                fix="keep the log as it is, and compare it with a backup",
            )
        )


def _proof(size: int, root: bytes, hashes: Sequence[bytes]) -> Proof:
    return Proof(size=size, root=root.hex(), hashes=tuple(h.hex() for h in hashes))
