"""The tables of a release that people are found by: `twin.search_index` writes them, `twin.finding` reads them."""

from __future__ import annotations

from typing import Final

from vestry.twin.table_shape import table

SEARCH_TABLES: Final = (
    table(
        "search_words",
        "one word that somebody may be found by",
        (
            "field",
            "name or address, of which every word counts; born, postcode, nhs_number, uprn, key (of a record) or dealing "
            "(the reference of one), which count as a whole",
        ),
        (
            "word",
            "the word, without accents and apostrophes, in small letters; of a whole value, as it is written, spaces apart",
        ),
        ("word_no", "its place in the order of fields and words, from 0", "int32"),
        ("sound", "of a word of a name: how it sounds; names that sound alike have one"),
    ),
    table(
        "search_places",
        "one place where a word is said",
        ("word_no", "the word, by its number in `search_words`", "int32"),
        ("subject_no", "of whom it is said, by its number in `subjects`", "int32"),
        ("source", "the source that says so"),
        ("variant", "which of the names or the addresses that the source has for it, from 0", "int32"),
        ("kind", "person, organisation or property"),
        ("current", "a record that still holds says so, or a dealing that does", "boolean"),
    ),
)
