"""A real place for a set: a contract for each source and the files as extracts, as a data engineer would set it up.

No setting of a place is given, only a name: thresholds, model and rules are those of every place. A contract says what
the columns mean and nothing of how to link. Two things may surprise:

- FEBRL's postcodes are Australian, and Vestry's `postcode` takes the form of British ones only. They go into
  `address_lines`, after suburb and state, as every other part of the address; so does the `city` of fake_20000.
- FEBRL's own number of a person (`soc_sec_id`, seven digits) is neither `nhs_number`, `nino` nor `upn`, each of which has a
  form with check digits or letters. It is an `other_number`, which is compared as names are and decides nothing. Where
  identifiers are withheld, it goes nowhere.

A date of birth that is no date (19371233) is received, and nothing is known of it, as the contract asks with
`bad_value: ignore`; the row stays.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from benchmarks.linkage.sets import FEBRL, RecordSet, SetFile

from vestry.place import PLACE_FILE

AS_AT = "2020-01-01"
_REVIEW = re.compile(r"^review\s*=.*$", re.MULTILINE)

FEBRL_FIELDS = {
    "rec_id": "",
    "given_name": "person.given_names",
    "surname": "person.family_name",
    "street_number": "home.address_lines[1]",
    "address_1": "home.address_lines[2]",
    "address_2": "home.address_lines[3]",
    "suburb": "home.address_lines[4]",
    "postcode": "home.address_lines[6]",
    "state": "home.address_lines[5]",
    "date_of_birth": "person.birth_date",
    "soc_sec_id": "person.other_number[soc_sec_id]",
}
FAKE_FIELDS = {
    "unique_id": "",
    "first_name": "person.given_names",
    "surname": "person.family_name",
    "dob": "person.birth_date",
    "city": "home.address_lines[1]",
    "email": "person.email",
    "group": "",
}
"""Column: where it goes; nowhere for keys and the truth."""

_CONTRACT = """\
apiVersion: v3.1.0
kind: DataContract
id: {source}
version: 1.0.0
status: active
name: {title}, a published set of fictional people
customProperties:
- {{property: vestry.organisation, value: researchers}}
- {{property: vestry.lawful_basis, value: {{article_6: "none: nobody in it is real"}}}}
- {{property: vestry.may_link, value: true}}
- {{property: vestry.extract, value: full}}
- {{property: vestry.format, value: {{format: csv, header: true, encoding: utf-8}}}}
- property: vestry.surprise
  value: {{missing_column: refuse, extra_column: refuse, ragged_row: refuse, bad_value: ignore, repeated_key: refuse}}
schema:
- name: people
  customProperties:
  - {{property: vestry.holds_each_once, value: {once}}}
  - property: vestry.describes
    value:
      person: {{kind: person, lives_at: home}}
      home: {{kind: property}}
  properties:
"""
_COLUMN = "  - {{name: {name}, classification: personal{more}}}\n"


def contract(about: RecordSet, file: SetFile, *, withheld: bool) -> str:
    """The contract of one source, in YAML; with its identifier `withheld`, that column goes nowhere."""
    fields, dates = (FEBRL_FIELDS, "yyyyMMdd") if about.shape == FEBRL else (FAKE_FIELDS, "yyyy-MM-dd")
    text = _CONTRACT.format(
        source=file.source, title=about.title, once="true" if about.holds_each_once else "false"
    )
    for name, to in fields.items():
        more = ", primaryKey: true, required: true" if name == about.key else ""
        if to == "person.birth_date":
            more += f", logicalType: date, logicalTypeOptions: {{format: {dates}}}"
        else:
            more += ", logicalType: string"
        if to and not (withheld and name == about.identifier):
            more += f', customProperties: [{{property: vestry.field, value: "{to}"}}]'
        text += _COLUMN.format(name=name, more=more)
    return text


def make_place(about: RecordSet, folder: Path, *, withheld: bool) -> None:
    """An empty place with the contracts of a set, its identifier `withheld` or used."""
    contracts = folder / "contracts" / "researchers"
    contracts.mkdir(parents=True)
    settings = f'name = "{about.title}"\n\n[organisations]\nresearchers = "Researchers"\n'
    (folder / PLACE_FILE).write_text(settings, encoding="utf-8")
    for file in about.files:
        (contracts / f"{file.source}.yaml").write_text(
            contract(about, file, withheld=withheld), encoding="utf-8"
        )


@contextmanager
def looked_at_from(folder: Path, review: float) -> Iterator[None]:
    """While inside, the place keeps pairs from `review` up that nobody would be asked to look at; for curves."""
    path = folder / PLACE_FILE
    settings = path.read_text(encoding="utf-8")
    lowered, found = _REVIEW.subn(f"review = {review:.9f}", settings)
    if not found:
        lowered += f"\n[thresholds]\nreview = {review:.9f}\n"
    path.write_text(lowered, encoding="utf-8")
    try:
        yield
    finally:
        path.write_text(settings, encoding="utf-8")
