"""The quality rules of a contract: those it states in ODCS, and those that its columns imply."""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping
from typing import Any

from vestry.contracts.complaints import suggestion
from vestry.contracts.contract import Column, Rule, Severity
from vestry.contracts.notation import CUSTOM_CHECKS, DIMENSIONS, LIBRARY_CHECKS, OPERATORS
from vestry.contracts.passages import Passage


def implied_rules(column: Column, unique: bool) -> list[Rule]:
    """What `required`, `primaryKey` and `unique` promise of a column.

    A row without a required value is quarantined; of two rows with the same `unique` value nobody knows
    which is wrong, so that is only measured (a repeated key is settled by `vestry.surprise`).
    """
    rules = []
    if column.required:
        rules.append(
            Rule(
                name="required",
                check="nullValues",
                dimension="completeness",
                column=column.name,
                severity="error",
                arguments={"mustBe": 0},
            )
        )
    if unique:
        rules.append(
            Rule(
                name="unique",
                check="duplicateValues",
                dimension="uniqueness",
                column=column.name,
                arguments={"mustBe": 0},
            )
        )
    return rules


def stated_rules(passage: Passage, column: str | None, columns: Collection[str]) -> list[Rule]:
    """The rules in the `quality` list of a column, or of a schema when `column` is None.

    `type: text` is for people and `type: custom` of another engine is for that engine: both are left alone.
    """
    listed = passage.below("quality")
    if listed is None or not isinstance(listed.value, list):
        return []
    found = [_stated_rule(item, column, columns) for item in listed.items() if isinstance(item.value, dict)]
    return [rule for rule in found if rule is not None]


def _stated_rule(passage: Passage, column: str | None, columns: Collection[str]) -> Rule | None:
    raw: Mapping[str, Any] = passage.value
    kind = raw.get("type", "library")
    if kind == "text" or (kind == "custom" and raw.get("engine") != "vestry"):
        return None
    if kind == "sql":
        passage.wrong(
            "Vestry does not run SQL rules.", "use a library metric, or type: custom with engine: vestry"
        )
        return None
    known = CUSTOM_CHECKS if kind == "custom" else LIBRARY_CHECKS
    said = passage.below("implementation" if kind == "custom" else "metric")
    if said is None or not isinstance(said.value, str):
        if said is not None:
            said.wrong("The check is not named by text.", f"use one of: {', '.join(sorted(known))}")
        return None
    check = said.value
    if check not in known:
        if kind == "custom":  # of a library metric the standard's own schema has complained
            said.wrong(f"`{check}` is not a check of Vestry.", suggestion(check, known))
        return None
    if (check == "rowCount") != (column is None) and not (check == "duplicateValues" and column is None):
        wanted = "a schema" if check == "rowCount" else "a column"
        said.wrong(f"The check `{check}` belongs to {wanted}.", f"move it to the quality list of {wanted}")
        return None
    dimension = passage.below("dimension")
    measured = DIMENSIONS.get(str(dimension.value)) if dimension is not None else None
    return Rule(
        name=str(raw.get("name") or check),
        check=check,
        dimension=measured or known[check],
        column=column,
        severity=_severity(passage),
        arguments=_arguments(passage, check, columns),
    )


def _severity(passage: Passage) -> Severity:
    said = passage.below("severity")
    if said is None or said.value == "info":
        return "warning"
    return "error" if said.choice("severity", ("error", "warning", "info")) == "error" else "warning"


def _arguments(passage: Passage, check: str, columns: Collection[str]) -> dict[str, Any]:
    """The rule's own arguments, with its comparison (`mustBe`, ...) and unit among them."""
    raw = passage.value
    given = passage.below("arguments")
    arguments: dict[str, Any] = (
        dict(given.value) if given is not None and isinstance(given.value, dict) else {}
    )
    if check == "invalidValues" and not {"validValues", "pattern"} & set(arguments):
        passage.wrong(
            "The rule does not say which values are valid.",
            "add arguments: {validValues: [...]} or {pattern: ...}",
        )
    if given is not None and "pattern" in arguments:
        try:
            re.compile(str(arguments["pattern"]))
        except re.error:
            given.wrong("The pattern is not a regular expression.", "mend it")
    for name in ("validValues", "missingValues"):
        values = given.below(name) if given is not None else None
        if values is not None:
            # ODCS's own example of missingValues begins with null, which is missing in any case.
            kept = [item for item in values.items() if item.value is not None]
            arguments[name] = [text for item in kept for text in item.texts(name) if text]
    if check == "duplicateValues" and "properties" in arguments and given is not None:
        for name in arguments["properties"] if isinstance(arguments["properties"], list) else []:
            if name not in columns:
                given.wrong(
                    "The rule names a column that the schema does not have.", suggestion(str(name), columns)
                )
    for operator in (*OPERATORS, "unit"):
        if operator in raw:
            arguments[operator] = raw[operator]
    return arguments
