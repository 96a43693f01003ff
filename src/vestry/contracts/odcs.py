"""Is it a contract at all? Holds a document against the ODCS 3.1 JSON schema, in plain English.

The schema is the one that ships in the `open_data_contract_standard` package, so a contract that passes here
is valid for any tool that speaks ODCS. Two validators read it: a compiled one, many times as fast, that only
says yes; and one whose errors can be put in plain English, asked when the first did not say yes. A test holds
them together.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from functools import cache
from importlib.resources import files
from typing import Any, Final

import jsonschema_rs
from jsonschema import Draft201909Validator
from jsonschema.exceptions import ValidationError

from vestry.contracts.complaints import Complaints, suggestion
from vestry.contracts.notation import API_VERSION, OPERATORS
from vestry.contracts.yaml_places import Steps

_TYPES: Final = {
    "string": "text (put it in quotes)",
    "array": "a list",
    "object": "a mapping (name: value)",
    "boolean": "true or false",
    "integer": "a whole number",
    "number": "a number",
}


@cache
def _schema() -> dict[str, Any]:
    text = files("open_data_contract_standard").joinpath("schema.json").read_text(encoding="utf-8")
    loaded: dict[str, Any] = json.loads(text)
    # The Framework's own word may stand beside the ODCS one (`conformity`): our councils know it.
    loaded["$defs"]["DataQuality"]["properties"]["dimension"]["enum"].append("validity")
    return loaded


@cache
def _validator() -> Draft201909Validator:
    return Draft201909Validator(_schema())


@cache
def _compiled() -> jsonschema_rs.Draft201909Validator:
    # As the other validator reads it: `format` is only a remark (JSON Schema Validation, section 7.2).
    return jsonschema_rs.Draft201909Validator(_schema(), validate_formats=False, offline=True)


@cache
def _names(*definitions: str) -> frozenset[str]:
    """Every name that may stand in the things so called in the schema."""
    return frozenset(n for d in definitions for n in _schema()["$defs"][d].get("properties", {}))


def _known_names(steps: Steps) -> frozenset[str]:
    """The names that may stand in the mapping at `steps`, wherever the schema has them."""
    holder = next((s for s in reversed(steps) if isinstance(s, str)), "")
    if holder == "quality":
        return _names("DataQuality", "DataQualityLibrary", "DataQualitySql", "DataQualityCustom") | set(
            OPERATORS
        )
    if holder == "schema":
        return _names("SchemaElement", "SchemaObject")
    if holder in ("properties", "items"):
        return _names("SchemaElement", "SchemaBaseProperty", "SchemaProperty") | {"items", "properties"}
    return frozenset()


def _leaves(error: ValidationError) -> Iterator[ValidationError]:
    """The errors at the bottom of `error`: those of the branch that was meant, not of every alternative."""
    if error.validator in ("anyOf", "oneOf") or not error.context:
        yield error
        return
    for below in error.context:
        yield from _leaves(below)


def _extra_names(error: ValidationError, steps: Steps) -> tuple[list[str], frozenset[str]]:
    """(names that may not stand here, names that may)."""
    instance = error.instance
    own = frozenset(error.schema.get("properties", {})) if isinstance(error.schema, Mapping) else frozenset()
    known = own if error.validator == "additionalProperties" else _known_names(steps)
    if not known:
        return [], known
    return [str(n) for n in instance if n not in known], known


def _required(error: ValidationError) -> list[str]:
    return [n for n in error.validator_value if n not in error.instance]


def _complain(error: ValidationError, complaints: Complaints) -> None:
    steps: Steps = tuple(error.absolute_path)
    name = next((str(s) for s in reversed(steps) if isinstance(s, str)), "the file")
    rule = error.validator
    if rule in ("additionalProperties", "unevaluatedProperties"):
        extra, known = _extra_names(error, steps)
        for unwanted in extra:
            complaints.add(
                f"`{unwanted}` is not a word of the Open Data Contract Standard here.",
                (*steps, unwanted),
                suggestion(unwanted, known),
            )
    elif rule == "required":
        for missing in _required(error):
            complaints.add(f"`{missing}` is missing.", steps, f"add {missing}: ...")
    elif rule == "type":
        wanted = error.validator_value
        kinds = [wanted] if isinstance(wanted, str) else list(wanted)
        complaints.add(
            f"`{name}` is not of the right kind.",
            steps,
            f"write {' or '.join(_TYPES.get(k, k) for k in kinds)}",
        )
    elif rule in ("enum", "const"):
        allowed = error.validator_value if rule == "enum" else [error.validator_value]
        complaints.unknown(
            f"`{error.instance}` is not a {name} that ODCS knows.", str(error.instance), allowed, steps
        )
    elif rule == "oneOf" and any(op in json.dumps(error.validator_value) for op in OPERATORS):
        complaints.add(
            "A library rule needs exactly one comparison.", steps, f"give one of: {', '.join(OPERATORS)}"
        )
    elif rule == "pattern":
        complaints.add(
            f"`{name}` holds characters that ODCS does not allow.", steps, "use letters, digits, - and _"
        )
    else:
        complaints.add(
            f"`{name}` does not follow the Open Data Contract Standard ({rule}).", steps, "see ODCS 3.1"
        )


def _named_by_text(value: Any) -> Any:
    """`value` with every name as text, as JSON has it; YAML allows `1: male`."""
    if isinstance(value, dict):
        return {str(k): _named_by_text(v) for k, v in value.items()}
    return [_named_by_text(v) for v in value] if isinstance(value, list) else value


def check_standard(value: Any, complaints: Complaints) -> bool:
    """Complain of everything in `value` that ODCS 3.1 does not allow; True when it is at least a mapping."""
    if not isinstance(value, dict):
        complaints.add(
            "This is not a contract: the file holds no `name: value` lines.", (), "start from a draft"
        )
        return False
    if "apiVersion" in value and value["apiVersion"] != API_VERSION:
        complaints.add(
            f"`apiVersion` is not {API_VERSION}.", ("apiVersion",), f"write apiVersion: {API_VERSION}"
        )
        value = {**value, "apiVersion": API_VERSION}
    named = _named_by_text(value)
    if not _compiled().is_valid(named):
        for error in _validator().iter_errors(named):
            for leaf in _leaves(error):
                _complain(leaf, complaints)
    return True
