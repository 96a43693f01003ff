"""What people decided of addresses that could not be found: one line for each word, read from `decisions/addresses/*.jsonl`.

A line names the address by a keyed hash, so that the file tells nobody where anyone lives. It holds for every record that writes
the address so, from whatever source, and as long as the gazetteer knows the property.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final, Literal, get_args

from vestry.decision_lines import read_lines

FOLDER: Final = "addresses"
"""In `decisions/`."""

AddressWord = Literal["uprn", "none", "withdrawn"]
IS: Final[AddressWord] = "uprn"
NOWHERE: Final[AddressWord] = "none"
WITHDRAWN: Final[AddressWord] = "withdrawn"
_WORDS: Final[tuple[AddressWord, ...]] = get_args(AddressWord)

NO_FIXED_ADDRESS: Final = "no fixed address"
CARE_OF: Final = "care of somebody: where post goes, not where anyone lives"
APART: Final = (NO_FIXED_ADDRESS, CARE_OF)
"""Why a text is no property's: nobody can say of which it is."""

Hashed = Callable[[str, str], str]
"""(address lines, postcode or "") -> the keyed hash by which a line names them."""


@dataclass(frozen=True, slots=True, kw_only=True)
class AddressLine:
    """One word: the address of hash `seen` is the property `uprn`, is none that the gazetteer knows, or is open again."""

    word: AddressWord
    seen: str
    uprn: str = ""
    by: str = ""
    at: str = ""
    reason: str = ""
    release: str = ""
    where: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class AddressesDecided:
    """Every line, the oldest first; the hash of every file, by its name under `decisions/`; how an address is hashed (None
    where the place has no key: then no line can be told to be about any). `last_file`: the name of the file of the last line."""

    lines: Sequence[AddressLine] = ()
    hashes: Mapping[str, str] = field(default_factory=dict)
    hashed: Hashed | None = None
    last_file: str = ""

    def file_for(self, at: str) -> str:
        """The name of the file in which a word that is said `at` that instant comes after all others: that of its day, unless a
        clock that ran ahead has begun a later one."""
        return max(f"{at[:10]}.jsonl", self.last_file)

    def standing(self) -> dict[str, AddressLine]:
        """The last word on each address, by its hash; none of those that were taken back."""
        words = {line.seen: line for line in self.lines}
        return {seen: line for seen, line in words.items() if line.word != WITHDRAWN}

    def of(self, texts: Iterable[Mapping[str, Any]]) -> dict[str, AddressLine]:
        """`text_id` -> the word that stands, for those of `texts` (text_id, address_lines, postcode) that are decided."""
        words = self.standing()
        if self.hashed is None or not words:
            return {}
        found = ((t["text_id"], self.hashed(t["address_lines"], t["postcode"] or "")) for t in texts)
        return {text_id: words[seen] for text_id, seen in found if seen in words}


def read_addresses_decided(folder: Path, hashed: Hashed | None) -> AddressesDecided:
    """Every line of every file of `folder`, in order of time: files are named by their day, and only added to.

    Raises DecisionsInvalid with every line that cannot be read.
    """
    lines, hashes = read_lines(
        folder,
        _line,
        called=f"decisions/{FOLDER}",
        problem="This line decides no address.",
        fix="take it out if it was cut short, and decide again: vestry review addresses",
    )
    return AddressesDecided(
        lines=[line for *_, line in lines],
        hashes={f"{FOLDER}/{name}": sha256 for name, sha256 in hashes.items()},
        hashed=hashed,
        last_file=lines[-1][0] if lines else "",
    )


def _line(said: Mapping[str, Any], where: str) -> AddressLine:
    word, uprn = said["decision"], str(said.get("uprn") or "")
    if word not in _WORDS or not isinstance(said["seen"], str) or (word == IS) != bool(uprn):
        raise ValueError("not a decision")
    told = {name: str(said.get(name) or "") for name in ("by", "at", "reason", "release")}
    return AddressLine(word=word, seen=said["seen"], uprn=uprn, where=where, **told)
