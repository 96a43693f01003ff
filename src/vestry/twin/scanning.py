"""A search that looks at every record of a release: what one without an index of words is searched by. Part of `twin.reader`."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from vestry.model import identifiers
from vestry.twin.answers import Criteria
from vestry.twin.listed import Text
from vestry.twin.ranking import BEGUN, WHOLLY, searched_by
from vestry.twin.search import Rows

BETWEEN_WORDS: Final = r"[^\p{L}\p{N}]+"
_BEFORE_WORD: Final = r"(^|[^\p{L}\p{N}])"


def folded(expression: str) -> str:
    """SQL that takes away case, accents and apostrophes, so that O'Brien and obrien are the same."""
    return f"replace(replace(lower(strip_accents({expression})), '''', ''), '’', '')"


def closed_up(expression: str) -> str:
    """SQL of a postcode or a reference in capitals, without spaces."""
    return f"upper(replace({expression}, ' ', ''))"


def words_of(rows: Rows, said: str) -> list[str]:
    """The words of a name or an address as they are searched for: letters and digits only."""
    found = rows.of(f"SELECT string_split_regex({folded('$1')}, $2) AS words", [said, BETWEEN_WORDS])
    return [word for word in found[0]["words"] if word]


def by_scanning(rows: Rows, criteria: Criteria, text: Text) -> str:
    """The hits of a release (`twin.ranking`), by looking at every record; and at every dealing, for a reference."""
    tests = {criterion: _test(rows, criterion, criteria, text) for criterion in searched_by(criteria)}
    either = " OR ".join(f"({test})" for test, _ in tests.values()) or "false"
    held = ", ".join(
        f"CASE WHEN {test} THEN {how} ELSE 0 END AS q{at}" for at, (test, how) in enumerate(tests.values())
    )
    hits = (
        f"SELECT m.entity_id, m.kind, r.source, r.current, false AS dealing, {held} FROM ({_SEARCHED}) r "
        f"JOIN members m ON m.record_id = r.record_id WHERE {either}"
    )
    if criteria.reference:
        only = ", ".join(str(WHOLLY if criterion == "reference" else 0) for criterion in tests)
        hits += (
            f" UNION ALL SELECT DISTINCT x.entity_id, m.kind, e.source, e.current, true, {only} "
            "FROM episodes e JOIN episode_entities x USING (episode_id) JOIN members m ON m.entity_id = x.entity_id "
            f"WHERE {closed_up('e.reference')} = {closed_up(text.put(criteria.reference))}"
        )
    return hits


NAMES: Final = folded(
    "concat_ws(' ', given_names, family_name, known_as, previous_family_name, organisation_name)"
)
"""SQL of the text whose words are those of the name of a record."""
HOME: Final = folded("concat_ws(' ', address_lines, postcode)")
"""And of its address."""
_SEARCHED: Final = (
    "SELECT record_id, source, source_key, current, birth_date AS born, nhs_number, uprn, "
    f"{closed_up('postcode')} AS postcode, {NAMES} AS names, {HOME} AS home FROM records"
)


def _test(rows: Rows, criterion: str, criteria: Criteria, text: Text) -> tuple[str, str]:
    """(SQL that holds of a record where `criterion` does, SQL of how well it holds there)."""
    wholly = str(WHOLLY)
    if criterion in ("name", "address"):
        column = "r.names" if criterion == "name" else "r.home"
        words = words_of(rows, getattr(criteria, criterion))
        if not words:
            return "false", wholly
        whole = f"list_has_all(string_split_regex({column}, '{BETWEEN_WORDS}'), {text.put(words)}::VARCHAR[])"
        return _begins(column, words, text), f"CASE WHEN {whole} THEN {WHOLLY} ELSE {BEGUN} END"
    if criterion == "born":
        return f"starts_with(r.born, {text.put(criteria.born)})", wholly
    if criterion == "postcode":
        return f"r.postcode = {closed_up(text.put(criteria.postcode))}", wholly
    if criterion == "nhs_number":
        return f"r.nhs_number = {text.put(identifiers.nhs_number(criteria.nhs_number))}", wholly
    if criterion == "uprn":
        return f"r.uprn = {text.put(identifiers.uprn(criteria.uprn))}", wholly
    if criterion == "reference":
        return f"{closed_up('r.source_key')} = {closed_up(text.put(criteria.reference))}", wholly
    source, key = criteria.key or ("", "")
    return (
        f"r.source = {text.put(source)} AND {closed_up('r.source_key')} = {closed_up(text.put(key))}",
        wholly,
    )


def _begins(column: str, words: Sequence[str], text: Text) -> str:
    """Whether each of `words` begins a word of `column`."""
    each = []
    for word in words:
        # The plain test first: it is ten times as fast, and lets few rows through to the pattern.
        each.append(f"contains({column}, {text.put(word)})")
        each.append(f"regexp_matches({column}, {text.put(_BEFORE_WORD + word)})")
    return " AND ".join(each)
