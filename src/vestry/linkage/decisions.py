"""What reviewers decided, read from `decisions/*.jsonl`: append-only, and above every machine's opinion.

One line is one word on a pair: `{"decision", "left": {"source", "source_key", "part", "kind", "seen"}, "right": {...},
"by", "at", "reason", "release", "sample"}`. `decision` is a `Word`; what stands after `kind` may be missing (older
lines have no more). A line is never changed: `withdrawn` takes back what was said before.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Final, Literal, get_args

from vestry.decision_lines import read_lines
from vestry.ids import digest
from vestry.model import kinds

Word = Literal["same", "different", "cannot tell", "withdrawn"]
SAME: Final = "same"
DIFFERENT: Final = "different"
CANNOT_TELL: Final = "cannot tell"
WITHDRAWN: Final = "withdrawn"
WORDS: Final[tuple[Word, ...]] = get_args(Word)

KEY_FILE: Final = "key"
"""In `decisions/`: the secret of the keyed hashes in `seen`."""

Pair = tuple[str, str]
"""Two units, the one that sorts first on the left."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Side:
    """One of the two units of a decision; `seen` is the keyed hash of what it said then ("" in older lines)."""

    source: str
    source_key: str
    part: str
    kind: str
    seen: str = ""

    @property
    def unit(self) -> str:
        """The unit as `profiles.with_units` names it."""
        return digest(self.source, self.source_key, self.part, self.kind)


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """One line of a decision file. Sides are ordered, so that a pair has one name; `where` is file and line."""

    word: Word
    left: Side
    right: Side
    where: str
    by: str = ""
    at: str = ""
    reason: str = ""
    release: str = ""
    sample: str = ""

    @property
    def pair(self) -> Pair:
        """The units that it is about."""
        return self.left.unit, self.right.unit


@dataclass(frozen=True, slots=True, kw_only=True)
class Decision:
    """Two units, and whether they are one. Units are ordered, so that a pair has one name.

    `line` is the newest line that says so; None where a test says so.
    """

    left_unit: str
    right_unit: str
    same: bool
    line: Line | None = None

    @property
    def pair(self) -> Pair:
        """The units that it is about."""
        return self.left_unit, self.right_unit


@dataclass(frozen=True, slots=True, kw_only=True)
class DecisionFiles:
    """Every line, oldest first, and the hash of every file that it was read from (the key's too), by name. `last`: when the last
    of them was said, and in which file."""

    lines: Sequence[Line] = ()
    hashes: Mapping[str, str] = field(default_factory=dict)
    last: tuple[str, str] = ("", "")

    def file_for(self, at: str) -> str:
        """The name of the file in which a word that is said `at` that instant comes after all others: that of its day, unless a
        clock that ran ahead has written a later one elsewhere."""
        of_its_day = f"{at[:10]}.jsonl"
        return of_its_day if (instant(at), of_its_day) >= self.last else self.last[1]


def read_decision_files(folder: Path) -> DecisionFiles:
    """Every line of every file, in order of time; each file is read once, so that lines and hashes agree.

    In one file a later line is a later word, whatever the clock said. Raises DecisionsInvalid with every line that
    cannot be read.
    """
    lines, hashes = read_lines(
        folder,
        _line,
        called="decisions",
        problem="This line is not a review decision.",
        fix='write {"decision": "same", "left": {...}, "right": {...}, "by": ..., "reason": ...}, '
        "or take it out if it was cut short",
    )
    latest: dict[str, str] = {}
    found: list[tuple[str, str, int, Line]] = []
    for name, number, line in lines:
        latest[name] = max(latest.get(name, ""), instant(line.at))
        found.append((latest[name], name, number, line))
    key = folder / KEY_FILE
    if key.is_file():
        hashes[KEY_FILE] = hashlib.sha256(key.read_bytes()).hexdigest()
    found.sort(key=lambda told: told[:3])
    last = found[-1][:2] if found else ("", "")
    return DecisionFiles(lines=[line for *_, line in found], hashes=hashes, last=last)


def instant(at: str) -> str:
    """A time (ISO 8601; UTC, where it does not say) as text that sorts by time; "" of none. Raises ValueError of what is no
    time."""
    if not at:
        return ""
    told = datetime.fromisoformat(at)
    return (
        (told if told.tzinfo else told.replace(tzinfo=UTC)).astimezone(UTC).isoformat(timespec="microseconds")
    )


def read_decisions(folder: Path) -> list[Decision]:
    """Every decision in force, oldest first. Raises DecisionsInvalid with every line that cannot be read."""
    return in_force(read_decision_files(folder).lines)


def in_force(lines: Sequence[Line]) -> list[Decision]:
    """What holds of every pair that is decided, oldest first. `lines` are in order of time.

    The last word on a pair holds. Answers to a sample are asked of several reviewers, who do not see each other's, so
    none of them is the last: where they differ, or differ from what was said before, the pair is apart until somebody
    decides it outside the sample.
    """
    said = words_on(lines)
    deciding = {pair: [w for w in words if w.word in (SAME, DIFFERENT)] for pair, words in said.items()}
    found = []
    for pair, words in deciding.items():
        apart = [w for w in words if w.word == DIFFERENT]
        if words:
            line = (apart or words)[-1]
            found.append(Decision(left_unit=pair[0], right_unit=pair[1], same=not apart, line=line))
    return found


def words_on(lines: Iterable[Line]) -> dict[Pair, list[Line]]:
    """Of every pair the words that stand: the last outside a sample, then each reviewer's last in each sample since.

    Pairs are in the order of their newest lines; one whose words were all taken back is there with none.
    """
    standing: dict[Pair, dict[tuple[str, str], Line]] = {}
    for line in lines:
        words = standing[line.pair] = standing.pop(line.pair, {})
        if not line.sample:
            words.clear()
        key = (line.sample, line.by if line.sample else "")
        words.pop(key, None)
        if line.word != WITHDRAWN:
            words[key] = line
    return {pair: list(words.values()) for pair, words in standing.items()}


def _line(said: Mapping[str, Any], where: str) -> Line:
    if said["decision"] not in WORDS:
        raise ValueError("not a decision")
    if not isinstance(said.get("by") or "", str):
        raise ValueError("by nobody")
    left, right = sorted((_side(said["left"]), _side(said["right"])), key=lambda side: side.unit)
    told = {name: str(said.get(name) or "") for name in ("by", "at", "reason", "release", "sample")}
    instant(told["at"])
    if left.unit == right.unit:
        raise ValueError("one unit")
    return Line(word=said["decision"], left=left, right=right, where=where, **told)


def _side(said: Mapping[str, str]) -> Side:
    named = {name: said[name] for name in ("source", "source_key", "part", "kind")}
    if not all(isinstance(value, str) for value in named.values()) or named["kind"] not in kinds.RECORD_KINDS:
        raise ValueError("not a unit")
    return Side(**named, seen=str(said.get("seen") or ""))


def decided_apart(decisions: Sequence[Decision]) -> frozenset[Pair]:
    """Pairs decided to be different, each in both orders."""
    pairs = [d.pair for d in decisions if not d.same]
    return frozenset(pairs + [(right, left) for left, right in pairs])
