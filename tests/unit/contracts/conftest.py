"""A good contract to break, and a place folder to put contracts in."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from vestry.contracts import odcs
from vestry.contracts.contract import Contract
from vestry.contracts.reading import check_contracts
from vestry.contracts.yaml_places import read_yaml
from vestry.errors import Problem

GOOD = """\
apiVersion: v3.1.0
kind: DataContract
id: council-tax
version: 1.0.0
status: active
name: Council tax
slaProperties:
- {property: frequency, value: 1, unit: m}
- {property: latency, value: 7, unit: d}
customProperties:
- {property: vestry.organisation, value: watford}
- {property: vestry.lawful_basis, value: {article_6: "6(1)(e) public task", gateway: "LGFA 1992"}}
- {property: vestry.may_link, value: true}
- {property: vestry.format, value: {format: csv, delimiter: "|", header: true}}
- {property: vestry.tolerance, value: {shrink: 0.1}}
- {property: vestry.surprise, value: {unknown_code: quarantine}}
- {property: vestry.trust, value: {address: 7}}
schema:
- name: accounts
  customProperties:
  - {property: vestry.holds_each_once, value: true}
  - {property: vestry.dated_by, value: STARTED}
  - property: vestry.describes
    value:
      liable: {kind: person, lives_at: home}
      partner: {kind: person, present_when: SURNAME2, lives_at: home, partner_of: liable}
      home: {kind: property}
      account: {kind: episode, service: 57, about: [liable, partner, home]}
  properties:
  - name: ACCOUNT
    primaryKey: true
    primaryKeyPosition: 1
    customProperties: [{property: vestry.field, value: account.reference}]
  - name: SURNAME
    required: true
    classification: personal
    customProperties: [{property: vestry.field, value: liable.family_name}]
  - name: SURNAME2
    customProperties: [{property: vestry.field, value: partner.family_name}]
  - name: STARTED
    logicalType: date
    logicalTypeOptions: {format: dd/MM/yyyy}
    customProperties:
    - {property: vestry.field, value: account.opened_on}
    - {property: vestry.formats, value: [dd/MM/yyyy, yyyy-MM-dd]}
    - {property: vestry.blanks, value: ["01/01/1900"]}
  - name: SEX
    customProperties:
    - {property: vestry.field, value: liable.sex}
    - {property: vestry.codes, value: {"1": male, "2": female}}
  - name: ADDRESS
    customProperties:
    - property: vestry.field
      value:
      - {to: "home.address_lines[1]", before: ","}
      - {to: "home.address_lines[2]", after: ","}
    quality:
    - {name: given, type: library, metric: nullValues, mustBe: 0, dimension: completeness}
    - {name: known, type: library, metric: invalidValues, arguments: {pattern: ".+"}, mustBe: 0}
  - name: NHS_NO
    unique: true
    customProperties: [{property: vestry.field, value: liable.nhs_number}]
    quality:
    - {name: nhs, type: custom, engine: vestry, implementation: nhs-number-check-digit, dimension: validity, severity: error}
"""

Checked = tuple[dict[str, Contract], list[Problem]]


def validators_agree(value: Any) -> None:
    """The compiled validator says yes exactly where the other finds no error."""
    errors = [f"{e.json_path}: {e.validator}" for e in odcs._validator().iter_errors(value)]
    assert odcs._compiled().is_valid(value) == (not errors), errors


@pytest.fixture
def agree() -> Callable[[Any], None]:
    """Shows a value to both validators of ODCS, which must agree on it."""
    return validators_agree


@pytest.fixture
def good() -> str:
    """A contract without problems that uses most of the notation."""
    return GOOD


@pytest.fixture
def check(tmp_path: Path) -> Callable[..., Checked]:
    """Checks contracts given as text, each written to a file of its name below `contracts/`.

    Whatever a test checks is also shown to both validators of ODCS, which must agree on it.
    """

    def checked(*texts: str, **named: str) -> Checked:
        folder = tmp_path / "contracts"
        folder.mkdir(exist_ok=True)
        for name, text in {**{f"c{n}": t for n, t in enumerate(texts)}, **named}.items():
            (folder / f"{name}.yaml").write_text(text)
            validators_agree(odcs._named_by_text(read_yaml(text.encode()).value))
        return check_contracts(folder, {"watford": "Watford Borough Council", "dacorum": "Dacorum"})

    return checked


@pytest.fixture
def shared() -> Path:
    """The folder of real published data; tests that need it are skipped where there is none."""
    found = os.environ.get("VESTRY_DATA")
    folder = Path(found) if found else Path(__file__).parents[4] / "shared" / "data"
    if not folder.is_dir():
        pytest.skip("no real data: set VESTRY_DATA to its folder, or put it at ../shared/data")
    return folder
