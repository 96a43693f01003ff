"""Quality rules as expressions: given a rule and a table, which rows break it.

ODCS library metrics are said in Ibis; checks that need Python run once on each distinct text, and the
expression asks whether a row's text is among those that failed.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Sequence
from typing import Any, Final

import ibis
import ibis.expr.types as ir
import phonenumbers
import pyarrow as pa
from email_validator import EmailNotValidError, validate_email

from vestry.contracts.contract import Rule
from vestry.engines.engine import Engine
from vestry.ids import SEPARATOR
from vestry.model import identifiers
from vestry.model.dates import parse_date

REGION: Final = "GB"
"""Telephone numbers without a country code are read as British."""


def has_email_form(text: str) -> bool:
    """Whether `text` is one email address by its syntax (RFC 5322 as `email_validator` reads it)."""
    try:
        validate_email(text.strip(), check_deliverability=False)
    except EmailNotValidError:
        return False
    return True


def has_phone_form(text: str) -> bool:
    """Whether `text` is one number that a telephone network could have issued (Google's numbering plans)."""
    if len(text) > 64:
        return False
    try:
        return bool(phonenumbers.is_valid_number(phonenumbers.parse(text, REGION)))
    except phonenumbers.NumberParseException:
        return False


TEXT_CHECKS: Final[dict[str, Callable[[str], bool]]] = {
    "nhs-number-check-digit": lambda text: identifiers.nhs_number(text) is not None,
    "nino-form": lambda text: identifiers.nino(text) is not None,
    "postcode-form": lambda text: identifiers.postcode(text) is not None,
    "uprn-form": lambda text: identifiers.uprn(text) is not None,
    "email-form": has_email_form,
    "phone-form": has_phone_form,
}
"""Check -> whether one text passes; each text is tried once, however many rows hold it."""

DATE_NOT_AFTER_EXTRACT: Final = "date-not-after-extract"
ROW_COUNT: Final = "rowCount"


def is_for_rows(rule: Rule) -> bool:
    """Whether single rows can break the rule; a count of rows is broken by the table as a whole."""
    return rule.check != ROW_COUNT


def broken(
    rule: Rule, table: ir.Table, *, engine: Engine, name: str, formats: Sequence[str] = ()
) -> ir.BooleanValue:
    """Whether each row of `table` breaks `rule`; a row without a value breaks only rules about missing
    values.

    `table` has the contract's columns as text, blanks null, and `extract_id` and `as_at` (a date).
    `formats` are the date formats of the rule's column, for `date-not-after-extract`. Failed texts are kept
    in `engine` under `name`. Raises KeyError on a check that no contract can name, and on `rowCount`.
    """
    if rule.check == "duplicateValues":
        return _duplicate(rule, table)
    assert rule.column is not None, "contracts say the column of every rule but rowCount and duplicateValues"
    value = table[rule.column]
    if rule.check == "nullValues":
        return value.isnull()
    if rule.check == "missingValues":
        missing = [str(text) for text in rule.arguments.get("missingValues", ()) if text]
        return (value.isnull() | value.isin(missing)) if missing else value.isnull()
    if rule.check == "invalidValues":
        return _invalid(rule, table, engine=engine, name=name)
    if rule.check == DATE_NOT_AFTER_EXTRACT:
        return _after_extract(table, rule.column, formats, engine=engine, name=name)
    passes = TEXT_CHECKS[rule.check]
    return among(
        value, texts_that(lambda text: not passes(text), value, table, engine), engine=engine, name=name
    )


def texts_that(
    chosen: Callable[[str], bool], value: ir.StringValue, table: ir.Table, engine: Engine
) -> list[str]:
    """The distinct texts of `value` in `table` for which `chosen` is true; each is tried once."""
    distinct = table.select(text=value).distinct()
    texts = engine.fetch(distinct.filter(distinct.text.notnull())).column("text")
    return [text for text in texts.to_pylist() if chosen(text)]


def among(value: ir.StringValue, texts: Iterable[str], *, engine: Engine, name: str) -> ir.BooleanValue:
    """Whether `value` is one of `texts`, which are kept in `engine` as `name`; false where it is null."""
    listed = pa.table({"text": pa.array(list(texts), pa.string())})
    if not listed.num_rows:
        return ibis.literal(False)
    found: Any = value.isin(engine.bring(name, listed).text)
    return found & value.notnull()


def _invalid(rule: Rule, table: ir.Table, *, engine: Engine, name: str) -> ir.BooleanValue:
    value = table[rule.column]
    bad = ibis.literal(False)
    if "validValues" in rule.arguments:
        bad = value.notnull() & value.notin([str(text) for text in rule.arguments["validValues"]])
    if "pattern" in rule.arguments:
        # Python's own expressions, as the contract was checked by: engines differ in theirs.
        pattern = re.compile(str(rule.arguments["pattern"]))
        unlike = texts_that(lambda text: pattern.search(text) is None, value, table, engine)
        bad = bad | among(value, unlike, engine=engine, name=name)
    return bad


def _duplicate(rule: Rule, table: ir.Table) -> ir.BooleanValue:
    """Rows whose values stand in another row of the same extract too; a row without them all does not
    count.
    """
    columns = list(rule.arguments.get("properties") or ([rule.column] if rule.column else ()))
    if not columns:
        return ibis.literal(False)
    complete = table[columns[0]].notnull()
    for column in columns[1:]:
        complete = complete & table[column].notnull()
    return complete & (table.count().over(group_by=["extract_id", *columns]) > 1)


def _after_extract(
    table: ir.Table, column: str, formats: Sequence[str], *, engine: Engine, name: str
) -> ir.BooleanValue:
    """Dates later than the extract that holds them; a partial date only when even its first day is later."""
    dated = table[column] + SEPARATOR + table.as_at.cast("string")

    def later(text: str) -> bool:
        said, _, as_at = text.rpartition(SEPARATOR)
        parsed = parse_date(said, formats)
        return parsed is not None and parsed.iso > as_at[: len(parsed.iso)]

    return among(dated, texts_that(later, dated, table, engine), engine=engine, name=name)
