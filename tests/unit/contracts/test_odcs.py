"""The compiled validator and the one that explains read the same schema in the same way."""

from __future__ import annotations

import copy
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from vestry.contracts import odcs
from vestry.contracts.yaml_places import read_yaml

EXAMPLES = sorted(
    p
    for folder in ("examples", "src/vestry/synthetic/contracts")
    for p in (Path(__file__).parents[3] / folder).rglob("*.yaml")
)


def holders(value: Any) -> Iterator[Any]:
    """Every mapping and list in `value`."""
    if isinstance(value, dict | list):
        yield value
        for below in value.values() if isinstance(value, dict) else value:
            yield from holders(below)


def broken(value: Any) -> Iterator[Any]:
    """`value` with one thing in it broken, for every thing in it: taken out, of another kind, or renamed."""
    for at, holder in enumerate(holders(value)):
        for turn, key in enumerate(list(holder) if isinstance(holder, dict) else range(len(holder))):
            worse = copy.deepcopy(value)
            spot = list(holders(worse))[at]
            was = spot.pop(key)
            if isinstance(spot, dict) and turn % 3 == 1:
                spot[f"{key}x"] = was
            elif isinstance(spot, dict) and turn % 3 == 2:
                spot[key] = [was] if isinstance(was, str) else "x y"
            yield worse


def test_the_schema_is_of_the_draft_that_both_apply() -> None:
    assert odcs._schema()["$schema"] == "https://json-schema.org/draft/2019-09/schema"


@pytest.mark.parametrize("path", EXAMPLES[:: max(1, len(EXAMPLES) // 12)], ids=lambda p: p.stem)
def test_both_find_our_own_contracts_valid(path: Path) -> None:
    value = odcs._named_by_text(read_yaml(path.read_bytes()).value)
    assert odcs._compiled().is_valid(value)
    assert not list(odcs._validator().iter_errors(value))


def test_both_agree_whatever_is_broken(good: str, agree: Callable[[Any], None]) -> None:
    worse = list(broken(read_yaml(good.encode()).value))
    # Every fifth, because the validator that explains takes its time; none of the ways to break is left out.
    for value in worse[::5]:
        agree(odcs._named_by_text(value))
    assert len(worse) > 100


@pytest.mark.parametrize(
    ("change", "valid"),
    [
        # unevaluatedProperties, which looks through $ref and allOf, came with draft 2019-09
        (lambda v: v["schema"][0].update(unheard=1), False),
        (lambda v: v["schema"][0]["properties"][0].update(unheard=1), False),
        (lambda v: v["schema"][0]["properties"][0].update(businessName="Account"), True),
        # `format` is a remark in that draft: a word for a date is for somebody else to refuse
        (lambda v: v.update(contractCreatedTs="yesterday"), True),
        # names and numbers at the edges of JSON
        (lambda v: v["customProperties"][0].update(value={"a": float("inf"), "b": 10**400}), True),
        (lambda v: v.update(id=10**400), False),
        (lambda v: v["schema"][0].update(name="accounts\n"), True),
    ],
)
def test_both_apply_the_draft(
    good: str, agree: Callable[[Any], None], change: Callable[[Any], object], valid: bool
) -> None:
    value = read_yaml(good.encode()).value
    change(value)
    agree(value)
    assert odcs._compiled().is_valid(value) is valid
