"""A search by the index of a release (`twin.search_index`): what it costs goes by how many are found. Part of `twin.reader`."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from vestry.model import identifiers
from vestry.twin.answers import Criteria
from vestry.twin.listed import Text
from vestry.twin.nearly import dates_near, names_near
from vestry.twin.ranking import BEGUN, NEARLY, WHOLLY, searched_by
from vestry.twin.scanning import closed_up, words_of
from vestry.twin.search import Rows
from vestry.twin.search_index import DEALING

_PLACE: Final = "subject_no, kind, source, variant, current"
_AFTER_ALL: Final = chr(0x10FFFF)
"""After every letter there is: the words that begin with W lie between W and W with this."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Meant:
    """Words of the index that may be meant by what was typed, by number: `first` to `last` begin so (-1: none does), of which
    `whole` is just so; `near` are nearly so. `begun` is how well those hold that only begin so."""

    first: int = -1
    last: int = -1
    whole: int = -1
    near: tuple[int, ...] = ()
    begun: int = BEGUN

    def places(self) -> str:
        """A query of the places of all of them, and `how` well each holds. Numbers are written out: by parameters DuckDB could
        not tell which part of the table they lie in, nor by ranges joined with OR."""
        how = f"CASE WHEN word_no = {self.whole} THEN {WHOLLY} ELSE {self.begun} END"
        parts = [
            f"SELECT {_PLACE}, {how} AS how FROM search_places WHERE word_no BETWEEN {self.first} AND {self.last}"
        ]
        if self.near:
            near = ", ".join(map(str, self.near))
            parts.append(
                f"SELECT {_PLACE}, {NEARLY} AS how FROM search_places JOIN (SELECT unnest([{near}]) AS word_no) USING (word_no)"
            )
        return " UNION ALL ".join(parts)


def by_index(rows: Rows, criteria: Criteria, text: Text) -> str:
    """The hits of a release (`twin.ranking`), by its index; whom they are of by `subject_no`."""
    given = searched_by(criteria)
    parts = []
    for at, criterion in enumerate(given):
        for field, places in _places(rows, criterion, criteria, text).items():
            held = ", ".join(f"{'how' if other == at else 0} AS q{other}" for other in range(len(given)))
            dealing = "true" if field == DEALING else "false"
            parts.append(
                f"SELECT subject_no, kind, source, current, {dealing} AS dealing, {held} FROM ({places})"
            )
    return " UNION ALL ".join(parts)


def _places(rows: Rows, criterion: str, criteria: Criteria, text: Text) -> dict[str, str]:
    """Field of the index -> a query of the places in which `criterion` holds, and of how well."""
    if criterion in ("name", "address"):
        words = words_of(rows, getattr(criteria, criterion))
        return {criterion: _of_one_text([_begun(rows, criterion, word) for word in words])}
    if criterion == "born":
        return {criterion: _born(rows, criteria).places()}
    if criterion == "key":
        source, key = criteria.key or ("", "")
        places = _whole(rows, "key", key).places()
        return {"key": f"SELECT * FROM ({places}) WHERE source = {text.put(source)}"}
    if criterion == "reference":
        return {field: _whole(rows, field, criteria.reference).places() for field in ("key", DEALING)}
    said = {
        "postcode": criteria.postcode,
        "nhs_number": identifiers.nhs_number(criteria.nhs_number),
        "uprn": identifiers.uprn(criteria.uprn),
    }[criterion]
    return {criterion: _whole(rows, criterion, said or "").places()}


def _of_one_text(words: Sequence[Meant]) -> str:
    """A query of the places of texts in which every one of `words` is."""
    if not words:
        return Meant().places()
    joined = "".join(
        f" JOIN ({word.places()}) w{at} USING (subject_no, source, variant)"
        for at, word in enumerate(words[1:], start=1)
    )
    how = ", ".join(f"w{at}.how" for at in range(len(words)))
    return (
        f"SELECT subject_no, w0.kind, source, variant, w0.current, least({how}) AS how "
        f"FROM ({words[0].places()}) w0{joined}"
    )


def _begun(rows: Rows, field: str, word: str) -> Meant:
    """The words that begin with one that was typed; those of names that are nearly it too."""
    begun = _stretch(rows, field, word, BEGUN)
    if field != "name":
        return begun
    near = (number for number in names_near(rows, word) if not begun.first <= number <= begun.last)
    return Meant(first=begun.first, last=begun.last, whole=begun.whole, near=tuple(near))


def _born(rows: Rows, criteria: Criteria) -> Meant:
    """The birth dates that a date or a part of one stands for; beside another criterion those too that it may be mistyped for."""
    born = _stretch(rows, "born", criteria.born, WHOLLY)
    if searched_by(criteria) == ("born",):
        return born
    near: set[int] = set()
    for date in dates_near(criteria.born):
        found = _stretch(rows, "born", date, WHOLLY)
        # A date known in part is not every date that begins so.
        last = found.whole if criteria.born.startswith(date) else found.last
        near.update(range(found.first, last + 1) if found.first >= 0 else ())
    near -= set(range(born.first, born.last + 1))
    return Meant(first=born.first, last=born.last, whole=born.whole, near=tuple(sorted(near)), begun=WHOLLY)


def _stretch(rows: Rows, field: str, word: str, begun: int) -> Meant:
    """The words of a field that begin with `word`: they lie together."""
    (found,) = rows.of(
        "SELECT coalesce(min(word_no), -1) AS first, coalesce(max(word_no), -1) AS last, "
        "coalesce(max(word_no) FILTER (word = $2), -1) AS whole FROM search_words "
        "WHERE field = $1 AND word >= $2 AND word < $3",
        [field, word, word + _AFTER_ALL],
    )
    return Meant(**found, begun=begun)


def _whole(rows: Rows, field: str, value: str) -> Meant:
    """The one word of a field that `value` is, spaces and case apart."""
    if not value:
        return Meant()
    found = rows.of(
        f"SELECT word_no FROM search_words WHERE field = $1 AND word = {closed_up('$2')}", [field, value]
    )
    number = found[0]["word_no"] if found else -1
    return Meant(first=number, last=number, whole=number)
