"""The words of Vestry's contract notation: custom properties, settings, checks and dimensions.

ODCS has the words for schema and quality; what it lacks is said in custom properties that begin `vestry.`.
These tables are what the checker knows, and what the reference page of the notation is made from.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final, Literal

from vestry.model import kinds

API_VERSION: Final = "v3.1.0"

Level = Literal["contract", "table", "column"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Setting:
    """One custom property: where it may stand, whether it must, and what it says, for the reference page."""

    name: str
    level: Level
    says: str
    required: bool = False


SETTINGS: Final = {
    s.name: s
    for s in (
        Setting(
            name="vestry.organisation",
            level="contract",
            required=True,
            says="who sends this; a name under [organisations] of place.toml",
        ),
        Setting(
            name="vestry.lawful_basis",
            level="contract",
            required=True,
            says="article_6, article_9 where there are special-category columns, and the gateway (statute)",
        ),
        Setting(
            name="vestry.may_link",
            level="contract",
            says="true or false: may these records be joined to others",
        ),
        Setting(name="vestry.extract", level="contract", says="full (default) or changes"),
        Setting(
            name="vestry.format",
            level="contract",
            required=True,
            says="format: csv, xml, geojson or parquet; for csv also delimiter, quote, header, encoding",
        ),
        Setting(
            name="vestry.tolerance", level="contract", says="shrink and swell: shares of the extract before"
        ),
        Setting(
            name="vestry.surprise",
            level="contract",
            says="what to do with what the contract does not foresee",
        ),
        Setting(name="vestry.trust", level="contract", says="field or group: 1 (least) to 9; 5 when unsaid"),
        Setting(
            name="vestry.rows", level="table", says="path of the repeating XML element; or column and equals"
        ),
        Setting(
            name="vestry.file", level="table", says="pattern for the names of the files that hold this table"
        ),
        Setting(
            name="vestry.control_total", level="table", says="XML path of the count that the file states"
        ),
        Setting(
            name="vestry.describes", level="table", required=True, says="the things that one row describes"
        ),
        Setting(
            name="vestry.each_row_counts", level="table", says="true: no key, and equal rows are no repeats"
        ),
        Setting(
            name="vestry.holds_each_once",
            level="table",
            says="true: a register, and nobody that its rows are of is in it twice",
        ),
        Setting(name="vestry.deleted_when", level="table", says="column and equals: the row ends its key"),
        Setting(name="vestry.dated_by", level="table", says="the date column from which timeliness counts"),
        Setting(
            name="vestry.field", level="column", says="part.field, a list of them, or {to, after, before}"
        ),
        Setting(name="vestry.formats", level="column", says="every date format that is used in this column"),
        Setting(name="vestry.codes", level="column", says="the source's code: the standard's"),
        Setting(name="vestry.earlier_names", level="column", says="what older extracts call this column"),
        Setting(name="vestry.blanks", level="column", says="texts that mean that nothing is known"),
    )
}
"""Custom property -> what the checker and the reference page know of it."""

FORMATS: Final = ("csv", "xml", "geojson", "parquet")
CSV_ONLY: Final = ("delimiter", "quote", "header", "encoding")

CLASSIFICATIONS: Final = ("public", "personal", "special-category")

LOGICAL_TYPES: Final = ("string", "date", "timestamp", "time", "number", "integer", "boolean")
"""ODCS logical types that one column can have; `object` and `array` do not fit into a table of text."""

SURPRISES: Final = {
    "missing_column": ("refuse", "ignore"),
    "extra_column": ("refuse", "ignore"),
    "ragged_row": ("refuse", "quarantine"),
    "bad_value": ("refuse", "quarantine", "ignore"),
    "unknown_code": ("refuse", "quarantine", "ignore"),
    "repeated_key": ("refuse", "quarantine"),
}
"""What may surprise -> what may be done with it."""

DIMENSIONS: Final = {
    "completeness": "completeness",
    "uniqueness": "uniqueness",
    "consistency": "consistency",
    "timeliness": "timeliness",
    "validity": "validity",
    "accuracy": "accuracy",
    "conformity": "validity",
    "coverage": "completeness",
}
"""Dimension as written -> one of the six of the Government Data Quality Framework.

ODCS has no `validity`: it says `conformity`, and `coverage` for what the Framework calls completeness.
"""

LIBRARY_CHECKS: Final = {
    "nullValues": "completeness",
    "missingValues": "completeness",
    "invalidValues": "validity",
    "duplicateValues": "uniqueness",
    "rowCount": "completeness",
}
"""ODCS library metric -> the dimension it measures unless the rule says."""

CUSTOM_CHECKS: Final = {
    "nhs-number-check-digit": "validity",
    "nino-form": "validity",
    "postcode-form": "validity",
    "uprn-form": "validity",
    "email-form": "validity",
    "phone-form": "validity",
    "date-not-after-extract": "validity",
}
"""Check of ours (`type: custom`, `engine: vestry`) -> the dimension it measures unless the rule says."""

OPERATORS: Final = (
    "mustBe",
    "mustNotBe",
    "mustBeGreaterThan",
    "mustBeGreaterOrEqualTo",
    "mustBeLessThan",
    "mustBeLessOrEqualTo",
    "mustBeBetween",
    "mustNotBeBetween",
)
"""ODCS comparison operators of a library rule."""

SPAN_DAYS: Final = {
    "d": 1, "day": 1, "days": 1,
    "w": 7, "week": 7, "weeks": 7,
    "m": 31, "month": 31, "months": 31,
    "y": 366, "yr": 366, "yrs": 366, "year": 366, "years": 366,
}  # fmt: skip
"""Unit of an ODCS service level -> days, as many as it can be: no promise is broken before that."""

REFERENCES: Final = {
    "lives_at": (kinds.PROPERTY,),
    "based_at": (kinds.PROPERTY,),
    "post_to": (kinds.ADDRESS, kinds.PROPERTY),
    "run_by": (kinds.PERSON, kinds.ORGANISATION),
    "about": kinds.RECORD_KINDS,
    **dict.fromkeys(kinds.RELATIONSHIP_ATTRIBUTES, (kinds.PERSON,)),
}
"""Attribute that names other parts of the row -> kinds that those may be of."""

CHOICES: Final = {
    "weights": ("postcodes", "equal"),
    "combine": ("sum", "mean", "none"),
}
"""Attribute of a part -> the words that it may take."""

MUST_SAY: Final = {
    kinds.AREA: ("geography", "vintage"),
    kinds.POSTCODE: ("areas",),
    kinds.CROSSWALK: ("geography", "from_vintage", "to_vintage"),
    kinds.MEASURE: ("measure", "geography", "vintage"),
}
"""Kind of a reference part -> attributes without which its figures mean nothing."""

MUST_FEED: Final = {
    kinds.SEALED: ("reason",),
    kinds.AREA: ("area_code",),
    kinds.POSTCODE: ("postcode",),
    kinds.CROSSWALK: ("from_code", "to_code"),
    kinds.MEASURE: ("area_code",),
    kinds.GAZETTEER_PROPERTY: ("uprn",),
    kinds.GAZETTEER_ADDRESS: ("uprn",),
    kinds.GAZETTEER_STREET: ("usrn", "street"),
}
"""Kind of a part -> fields that some column must feed."""

INDEXED_BY: Final = {
    (kinds.AREA, "parent_code"): "within",
    (kinds.POSTCODE, "area_code"): "areas",
}
"""(kind, field) -> the attribute that lists what may stand in the field's square brackets."""
