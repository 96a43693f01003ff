"""What is compared between two records of organisations: name, address, type, inspection, telephone, email."""

from __future__ import annotations

from typing import Final

from vestry.linkage.design import (
    NUMBER_AND_POSTCODE,
    Comparison,
    Design,
    Level,
    alike,
    block,
    either_missing,
    exact_or_not,
    same,
)

_TOKENS: Final = "string_split(organisation_core_{0}, ' ')"
_SHARED: Final = f"len(list_intersect({_TOKENS.format('l')}, {_TOKENS.format('r')}))"
_SMALLER: Final = f"least(len({_TOKENS.format('l')}), len({_TOKENS.format('r')}))"

ORGANISATION_NAME: Final = Comparison(
    name="organisation_name",
    missing=either_missing("organisation_core"),
    levels=(
        Level(label="exact", sql=same("organisation_core"), m=0.7, common="organisation_core"),
        Level(label="one holds the other", sql=f"{_SHARED} = {_SMALLER} AND {_SMALLER} >= 2", m=0.12),
        Level(
            label="close",
            sql=alike("organisation_core", 0.92),
            m=0.06,
        ),
        Level(label="most words agree", sql=f"{_SHARED} >= 2 AND {_SHARED} >= 0.6 * {_SMALLER}", m=0.05),
        Level(label="a word agrees", sql=f"{_SHARED} >= 1", m=0.04),
        Level(label="different", sql="ELSE", m=0.03),
    ),
)

ORGANISATION_ADDRESS: Final = Comparison(
    name="address",
    missing="coalesce(postcode_l, address_key_l) IS NULL OR coalesce(postcode_r, address_key_r) IS NULL",
    levels=(
        Level(label="exact", sql=same("address_key"), m=0.5, common="address_key"),
        Level(label="number and postcode agree", sql=NUMBER_AND_POSTCODE, m=0.2),
        Level(label="postcode agrees", sql=same("postcode"), m=0.22, common="postcode"),
        Level(
            label="town agrees", sql="split_part(postcode_l, ' ', 1) = split_part(postcode_r, ' ', 1)", m=0.05
        ),
        Level(label="different", sql="ELSE", m=0.03),
    ),
)

INSPECTION: Final = Comparison(
    name="inspection",
    missing=either_missing("rated_on"),
    levels=(
        Level(label="exact", sql=f"{same('rated_on')} AND {same('rating')}", m=0.78),
        Level(label="date agrees", sql=same("rated_on"), m=0.02),
        Level(label="inspected again", sql="ELSE", m=0.2),
    ),
)
"""A new inspection says little against a pair; the same day and outcome says much for it."""

ORGANISATION: Final = Design(
    comparisons=(
        ORGANISATION_NAME,
        ORGANISATION_ADDRESS,
        exact_or_not("organisation_type", m=0.9),
        INSPECTION,
        exact_or_not("phone", m=0.7),
        exact_or_not("email", m=0.7),
    ),
    blocking=(
        block("organisation_core"),
        block("postcode"),
        block("address_key"),
        block("phone"),
        block("rated_on", "left(organisation_core, 4)"),
    ),
    sure=("l.organisation_core = r.organisation_core AND l.postcode = r.postcode",),
    recall=0.8,
)
