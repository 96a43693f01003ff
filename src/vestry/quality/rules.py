"""Quality rules as expressions: given a rule and a table, which rows break it.

ODCS library metrics are said in Ibis; checks that need Python run once on each distinct text, and the
expression asks whether a row's text is among those that failed.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
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


Broken = Callable[[], ir.BooleanValue]
"""Whether each row breaks a rule; to be called once every rule of its table has been asked about."""


class DistinctTexts:
    """The distinct texts of one table, for checks that need Python: each is tried once, however many rows hold it.

    Questions are asked first, and all of them looked up together when the first answer is wanted: one pass over the
    table. Texts that were chosen are kept in `engine` under names that begin with `name`.
    """

    def __init__(self, engine: Engine, table: ir.Table, name: str) -> None:
        self._engine, self._table, self._name = engine, table, name
        self._asked: list[tuple[ir.StringValue, Callable[[str], bool]]] = []
        self._chosen: list[list[str]] = []

    def that(self, chosen: Callable[[str], bool], value: ir.StringValue) -> Broken:
        """Whether `value` is a text for which `chosen` is true; false where it is null."""
        at = len(self._asked)
        self._asked.append((value, chosen))
        return lambda: self._among(at)

    def _among(self, at: int) -> ir.BooleanValue:
        if len(self._chosen) < len(self._asked):
            self._try_all()
        texts = self._chosen[at]
        if not texts:
            return ibis.literal(False)
        value, _ = self._asked[at]
        listed = self._engine.bring(
            f"{self._name}_texts_{at}", pa.table({"text": pa.array(texts, pa.string())})
        )
        found: Any = value.isin(listed.text)
        return found & value.notnull()

    def _try_all(self) -> None:
        fresh = range(len(self._chosen), len(self._asked))
        lists = {f"texts_{at}": self._asked[at][0].collect(distinct=True) for at in fresh}
        found = self._engine.fetch(self._table.aggregate(**lists)).to_pylist()[0]
        for at in fresh:
            chosen = self._asked[at][1]
            self._chosen.append([text for text in found[f"texts_{at}"] or () if chosen(text)])


def broken(rule: Rule, table: ir.Table, *, texts: DistinctTexts, formats: Sequence[str] = ()) -> Broken:
    """Whether each row of `table` breaks `rule`; a row without a value breaks only rules about missing
    values.

    `table` has the contract's columns as text, blanks null, and `extract_id` and `as_at` (a date); `texts` are its
    own. `formats` are the date formats of the rule's column, for `date-not-after-extract`. Raises KeyError on a
    check that no contract can name, and on `rowCount`.
    """
    if rule.check == "duplicateValues":
        return lambda: _duplicate(rule, table)
    assert rule.column is not None, "contracts say the column of every rule but rowCount and duplicateValues"
    value = table[rule.column]
    if rule.check == "nullValues":
        return lambda: value.isnull()
    if rule.check == "missingValues":
        missing = [str(text) for text in rule.arguments.get("missingValues", ()) if text]
        return lambda: (value.isnull() | value.isin(missing)) if missing else value.isnull()
    if rule.check == "invalidValues":
        return _invalid(rule, table, texts)
    if rule.check == DATE_NOT_AFTER_EXTRACT:
        return _after_extract(table, rule.column, formats, texts)
    passes = TEXT_CHECKS[rule.check]
    return texts.that(lambda text: not passes(text), value)


def _invalid(rule: Rule, table: ir.Table, texts: DistinctTexts) -> Broken:
    value = table[rule.column]
    listed = ibis.literal(False)
    if "validValues" in rule.arguments:
        listed = value.notnull() & value.notin([str(text) for text in rule.arguments["validValues"]])
    if "pattern" not in rule.arguments:
        return lambda: listed
    # Python's own expressions, as the contract was checked by: engines differ in theirs.
    pattern = re.compile(str(rule.arguments["pattern"]))
    unlike = texts.that(lambda text: pattern.search(text) is None, value)
    return lambda: listed | unlike()


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


def _after_extract(table: ir.Table, column: str, formats: Sequence[str], texts: DistinctTexts) -> Broken:
    """Dates later than the extract that holds them; a partial date only when even its first day is later."""
    dated = table[column] + SEPARATOR + table.as_at.cast("string")

    def later(text: str) -> bool:
        said, _, as_at = text.rpartition(SEPARATOR)
        parsed = parse_date(said, formats)
        return parsed is not None and parsed.iso > as_at[: len(parsed.iso)]

    return texts.that(later, dated)
