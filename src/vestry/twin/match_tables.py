"""The tables of a release by which single records are matched at once; written by `linkage.known`."""

from __future__ import annotations

from typing import Final

from vestry.twin.table_shape import table

MATCH_TABLES: Final = (
    table(
        "match_models",
        "how one kind was compared, for matching single records",
        ("kind", "person or organisation"),
        ("first_no", "the number of its first profile", "int64"),
        ("profiles", "how many profiles of that kind there are", "int64"),
        ("recipe", "comparisons, model and blocks as the build used them, and the SQL they came to, in JSON"),
        ("checked", "the key of a known text: whether the reading engine makes the same keys", "int64"),
    ),
    table(
        "match_shares",
        "a value that is common, for matching single records",
        ("kind", "person or organisation"),
        ("column_name", "what is compared"),
        ("value", "the first 16 hexadecimal letters of the SHA-256 of its standard form"),
        ("share", "how likely another entity is to share it, 0 to 1", "float64"),
    ),
    table(
        "match_keys",
        "the keys of blocks and identifiers that begin alike, for matching single records",
        (
            "bucket",
            "what the keys have in common: their first 18 bits, of which the first tells homes and the second identifiers",
            "int32",
        ),
        ("keys", "the other 24 bits of each", "array<int32>"),
        ("profiles", "the profile that each leads to", "array<int32>"),
        indexed_by=("bucket",),
    ),
    table(
        "match_common_keys",
        "a key that so many profiles share that it brings nobody together",
        ("kind", "person or organisation"),
        ("key", "the key, as a block makes it", "int64"),
        ("profiles", "how many share it", "int64"),
        ("at_most", "how many of its block may", "int64"),
    ),
    table(
        "match_profiles",
        "what some records say alike of what is compared, for matching single records",
        ("profile_no", "number of the profile, in this release", "int32"),
        ("profile_id", "a digest of all that is compared"),
        ("said", "its values in the order of the recipe's columns, with unit separators (U+001F) between"),
        indexed_by=("profile_no",),
    ),
    table(
        "match_movers",
        "one person at two homes, by two profiles that are surely one person's",
        ("left_profile", "number of a profile, in this release", "int32"),
        ("right_profile", "number of another, which is the higher", "int32"),
        ("left_home", "key of the home of the one", "int64"),
        ("right_home", "key of the home of the other", "int64"),
        ("initial", "how the given names of both begin"),
    ),
    table(
        "match_holders",
        "a record that says what a profile says, for matching single records",
        ("profile_no", "number of the profile, in this release", "int32"),
        ("record_id", "record"),
        ("entity_no", "number of the entity it belongs to, in `match_entities`", "int32"),
        (
            "numbers",
            "its identifiers that decide, in the order of the recipe's numbers, as `said`; empty: none",
        ),
        indexed_by=("profile_no",),
    ),
    table(
        "match_entities",
        "an entity that has a profile, and what is shown of one that matches",
        ("entity_no", "number of the entity, in this release", "int32"),
        ("entity_id", "entity"),
        ("said", "chosen values in the order of the recipe's `shown`, with unit separators (U+001F) between"),
        indexed_by=("entity_no",),
    ),
)
