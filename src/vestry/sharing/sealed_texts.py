"""What lists of sealed identities say, held against rows that no step of a build has read (promise 10).

A row in quarantine is the source's own text: misspelt, mostly, or it would not be there. So what is compared are words
and digits anywhere in the row, a slip allowed. Where it may tell of somebody who is sealed, it does.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import pyarrow.parquet as pq

from vestry.contracts.reading import read_contracts
from vestry.intake.store import extracts
from vestry.model import identifiers, kinds
from vestry.place import Place

_NUMBERS = ("nhs_number", "upn", "nino", "other_number")
_TOLD = (*_NUMBERS, "family_name", "given_names", "birth_date")


@dataclass(frozen=True, slots=True, kw_only=True)
class SealedText:
    """One sealed identity: `numbers` without blanks, words of its names in capitals, the digits of its birth date."""

    numbers: frozenset[str]
    family: frozenset[str]
    given: frozenset[str]
    born: frozenset[str]

    def may_be_in(self, row: Sequence[str]) -> bool:
        """Whether a row, as the texts of its columns, may tell of it: by a number, or two of family, given and birth."""
        words = set(_words(" ".join(row)))
        days = {_digits_of_day(text) for text in row} - {""}
        told = (bool(words & self.family), bool(words & self.given), bool(days & self.born))
        compact = [re.sub(r"[^A-Z0-9]", "", text.upper()) for text in row]
        return sum(told) > 1 or any(_one_slip(n, text) for n in self.numbers for text in compact)


class SealedTexts:
    """All that the sealed lists of a place have ever said, rows in quarantine included."""

    def __init__(self, place: Place) -> None:
        contracts = read_contracts(place) if place.contracts.is_dir() else {}
        self._lists = {
            source
            for source, contract in contracts.items()
            if any(part.kind == kinds.SEALED for table in contract.tables for part in table.parts)
        }
        self._told: list[SealedText] = []
        for extract in extracts(place) if self._lists else ():
            for table in contracts[extract.source].tables if extract.source in self._lists else ():
                columns = {
                    target.field: column.physical_name
                    for column in table.columns
                    for target in column.targets
                    if target.field in _TOLD
                }
                if table.name in extract.tables:
                    path = extract.parquet(table.name)
                    there = set(
                        pq.read_schema(path).names
                    )  # an extract may be older than a column of its contract
                    columns = {f: c for f, c in columns.items() if c in there}
                    rows = pq.read_table(path, columns=list(columns.values())).to_pylist()
                    self._told += [_text({f: row[c] or "" for f, c in columns.items()}) for row in rows]

    def withhold(self, source: str, row: Iterable[str | None]) -> bool:
        """Whether a row of `source` must not be shown: it is of a sealed list, or may tell of somebody on one."""
        if source in self._lists:
            return True
        texts = [text for text in row if text]
        return any(one.may_be_in(texts) for one in self._told)


def _text(row: dict[str, str]) -> SealedText:
    return SealedText(
        numbers=frozenset(
            re.sub(r"[^A-Z0-9]", "", row[n].upper()) for n in _NUMBERS if n in row and _is_number(n, row[n])
        )
        - {""},
        family=frozenset(_words(row.get("family_name", ""))),
        given=frozenset(_words(row.get("given_names", ""))),
        born=frozenset({_digits_of_day(row.get("birth_date", ""))} - {""}),
    )


def _is_number(field: str, text: str) -> bool:
    """Whether a text may stand for somebody: a stand-in for a number of no set form would withhold rows of anybody."""
    return (
        field != "other_number" or identifiers.other_number(f"any{identifiers.KIND_ENDS}{text}") is not None
    )


def _words(text: str) -> list[str]:
    return [word for word in re.findall(r"[^\W\d_]+", text.upper()) if len(word) > 1]


def _digits_of_day(text: str) -> str:
    """The eight digits of a date in any order, sorted; blank for other texts."""
    digits = re.sub(r"\D", "", text)
    return "".join(sorted(digits)) if len(digits) == 8 and len(text) <= 10 else ""


def _one_slip(number: str, text: str) -> bool:
    """Whether a text is a number, give or take one character, or two that changed places."""
    if len(number) != len(text):
        return number in text
    apart = [at for at, (one, other) in enumerate(zip(number, text, strict=True)) if one != other]
    swapped = len(apart) == 2 and number[apart[0]] == text[apart[1]] and number[apart[1]] == text[apart[0]]
    return len(apart) < 2 or swapped
