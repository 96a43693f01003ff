from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import replace
from importlib.resources import files

from jsonschema import Draft201909Validator
from ruamel.yaml import YAML

from vestry.contracts.contract import Column, Contract, LawfulBasis, Layout, Part, Table, Target
from vestry.contracts.writing import Doubts, contract_yaml


def rewritten(contract: Contract, doubts: Doubts | None = None) -> str:
    return contract_yaml(
        source=contract.source,
        organisation=contract.organisation,
        title=contract.title,
        version=contract.version,
        lawful_basis=contract.lawful_basis,
        layout=contract.layout,
        tables=contract.tables,
        may_link=contract.may_link,
        extract=contract.extract,
        tolerance=contract.tolerance,
        surprises=contract.surprises,
        freshness=contract.freshness,
        trust=contract.trust,
        doubts=doubts,
    )


def test_written_and_read_again_is_the_same(good: str, check: Callable) -> None:
    contract = check(good)[0]["council-tax"]
    again, problems = check(rewritten(contract))
    assert problems == []
    assert replace(again["council-tax"], path=contract.path, sha256=contract.sha256) == contract


def test_what_is_written_is_valid_odcs(good: str, check: Callable) -> None:
    schema = json.loads(files("open_data_contract_standard").joinpath("schema.json").read_text())
    text = rewritten(check(good)[0]["council-tax"])
    errors = [e.message for e in Draft201909Validator(schema).iter_errors(YAML(typ="safe").load(text))]
    assert errors == []


def test_doubts_stand_at_their_lines(good: str, check: Callable) -> None:
    doubts = {
        ("vestry.organisation",): ["who?"],
        ("accounts",): ["what?"],
        ("accounts", "SEX"): ["one", "two"],
        ("accounts", "SEX", "vestry.codes"): ["three"],
    }
    text = rewritten(check(good)[0]["council-tax"], doubts)
    marked = [line.split("# doubt: ") for line in text.splitlines() if "# doubt: " in line]
    assert [(place.strip(" -{").split(":")[1].split(",")[0].strip(), said) for place, said in marked] == [
        ("vestry.organisation", "who?"),
        ("accounts", "what?"),
        ("SEX", "one; two"),
        ("vestry.codes", "three"),
    ]
    assert check(text)[1] == []


def test_text_that_other_readers_would_take_for_something_else_is_quoted() -> None:
    codes = {"1": "male", "no": "yes", "01": "1.0", "a: b": "#x", "": "2020-01-01", "-": "~"}
    column = Column(
        name="yes",
        physical_name="a: b",
        key_position=1,
        codes=codes,
        targets=(Target(part="thing", field="status"),),
    )
    text = contract_yaml(
        source="s",
        organisation="o",
        title="on",
        lawful_basis=LawfulBasis(article_6="6(1)(e)"),
        layout=Layout(format="csv"),
        tables=[Table(name="t", columns=(column,), parts=(Part(name="thing", kind="episode"),))],
    )
    old = YAML(typ="safe", pure=True)
    old.version = (1, 1)
    for loaded in (old.load(text), YAML(typ="safe").load(text)):
        assert loaded["name"] == "on"
        written = loaded["schema"][0]["properties"][0]
        assert (written["name"], written["physicalName"]) == ("yes", "a: b")
        assert {p["property"]: p["value"] for p in written["customProperties"]}["vestry.codes"] == codes
