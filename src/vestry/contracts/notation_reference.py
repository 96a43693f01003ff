"""Whole contracts to learn the notation from: the reference page shows them, and a test checks each."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final


@dataclass(frozen=True, slots=True, kw_only=True)
class Example:
    """A contract that `vestry contract check` finds no fault in, and what it shows."""

    title: str
    shows: str
    organisation: str
    contract: str


PEOPLE: Final = """\
apiVersion: v3.1.0
kind: DataContract
id: midtown-council-tax
version: 1.0.0
status: active
name: Council tax accounts, Midtown
slaProperties:
- {property: frequency, value: 1, unit: m}      # an extract every month
- {property: latency, value: 7, unit: d}        # news in it is at most a week old
customProperties:
- {property: vestry.organisation, value: midtown}
- property: vestry.lawful_basis
  value: {article_6: "6(1)(e) public task", gateway: "Local Government Finance Act 1992"}
- {property: vestry.may_link, value: true}
- {property: vestry.extract, value: full}       # every account each time
- {property: vestry.format, value: {format: csv, delimiter: "|", encoding: cp1252}}
- {property: vestry.tolerance, value: {shrink: 0.1, swell: 0.3}}
- property: vestry.surprise
  value: {missing_column: refuse, extra_column: ignore, ragged_row: quarantine, bad_value: quarantine}
- {property: vestry.trust, value: {address: 8, phone: 3}}
schema:
- name: accounts
  customProperties:
  - property: vestry.describes
    value:
      liable:  {kind: person, lives_at: home, post_to: billing}
      partner: {kind: person, present_when: SURNAME2, lives_at: home, liable_with: liable}
      home:    {kind: property}
      billing: {kind: address}
      account: {kind: episode, service: 57, about: [liable, partner, home]}
  properties:
  - name: ACCOUNT
    primaryKey: true
    logicalType: string
    classification: personal
    customProperties: [{property: vestry.field, value: account.reference}]
  - name: SURNAME
    required: true
    classification: personal
    customProperties: [{property: vestry.field, value: liable.family_name}]
  - name: FORENAMES
    classification: personal
    customProperties:
    - {property: vestry.field, value: liable.given_names}
    - {property: vestry.earlier_names, value: [FORENAME1]}
  - name: DOB
    logicalType: date
    classification: personal
    customProperties:
    - {property: vestry.field, value: liable.birth_date}
    - {property: vestry.formats, value: [dd/MM/yyyy, yyyy-MM-dd, MM/yyyy, yyyy]}
    - {property: vestry.blanks, value: ["01/01/1900", "NK"]}
  - name: SEX
    classification: personal
    customProperties:
    - {property: vestry.field, value: liable.sex}
    - {property: vestry.codes, value: {"1": male, "2": female}}
  - name: SURNAME2
    classification: personal
    customProperties: [{property: vestry.field, value: partner.family_name}]
  - name: ADDR1
    classification: personal
    customProperties: [{property: vestry.field, value: "home.address_lines[1]"}]
  - name: ADDR2
    classification: personal
    customProperties: [{property: vestry.field, value: "home.address_lines[2]"}]
  - name: PCODE
    classification: personal
    customProperties: [{property: vestry.field, value: home.postcode}]
    quality:
    - {name: postcode-form, type: custom, engine: vestry, implementation: postcode-form}
  - name: BILLADDR
    classification: personal
    customProperties:
    - property: vestry.field
      value:
      - {to: billing.address_lines, before: ";"}    # the text before the first semicolon
      - {to: billing.postcode, after: ";"}          # the text after it
  - name: OPENED
    logicalType: date
    logicalTypeOptions: {format: dd/MM/yyyy}
    customProperties: [{property: vestry.field, value: account.opened_on}]
"""

REGISTER: Final = """\
apiVersion: v3.1.0
kind: DataContract
id: midtown-food
version: 1.0.0
status: active
name: Food hygiene register, Midtown
customProperties:
- {property: vestry.organisation, value: midtown}
- {property: vestry.lawful_basis, value: {article_6: "6(1)(e) public task", gateway: "Food Safety Act 1990"}}
- {property: vestry.format, value: {format: xml}}
schema:
- name: establishments
  customProperties:
  - {property: vestry.rows, value: {path: EstablishmentCollection/EstablishmentDetail}}   # below the root
  - {property: vestry.control_total, value: Header/ItemCount}     # the count that the file itself states
  - {property: vestry.holds_each_once, value: true}               # nothing is in it twice on one date
  - {property: vestry.dated_by, value: RatingDate}                # timeliness counts from here
  - property: vestry.describes
    value:
      establishment: {kind: organisation, based_at: premises}
      premises: {kind: property}
  properties:
  - name: FHRSID
    primaryKey: true
    classification: public
    customProperties: [{property: vestry.field, value: establishment.fhrs_id}]
  - name: BusinessName
    required: true
    classification: public
    customProperties: [{property: vestry.field, value: establishment.organisation_name}]
  - name: PostCode
    classification: public
    customProperties: [{property: vestry.field, value: premises.postcode}]
  - name: Hygiene
    physicalName: Scores/Hygiene              # the path in the file, where it differs from the name
    classification: public
  - name: RatingDate
    logicalType: date
    logicalTypeOptions: {format: yyyy-MM-dd}
    classification: public
    customProperties: [{property: vestry.field, value: establishment.rated_on}]
"""

KEYED: Final = """\
apiVersion: v3.1.0
kind: DataContract
id: looked-after
version: 1.0.0
status: active
name: Children looked after, and where
customProperties:
- {property: vestry.organisation, value: midtown}
- property: vestry.lawful_basis
  value:
    article_6: "6(1)(e) public task"
    article_9: "9(2)(g) substantial public interest"
    gateway: "Children Act 1989, section 83"
- {property: vestry.format, value: {format: csv}}
schema:
- name: children
  customProperties:
  - {property: vestry.file, value: "*children.csv"}
  - property: vestry.describes
    value:
      child: {kind: person}
  properties:
  - {name: CHILD, primaryKey: true, classification: special-category}
  - name: UPN
    classification: special-category
    customProperties: [{property: vestry.field, value: child.upn}]
- name: episodes
  customProperties:
  - {property: vestry.file, value: "*episodes.csv"}
  - property: vestry.describes
    value:
      child:     {kind: person, keyed_by: CHILD, lives_at: placement}   # the same as in children
      placement: {kind: property, present_when: PL_POST}
      care:      {kind: episode, service: 159, about: [child]}
  properties:
  - {name: CHILD, primaryKey: true, primaryKeyPosition: 1, classification: special-category}
  - name: DECOM
    primaryKey: true
    primaryKeyPosition: 2                     # the row's key: the child and the day it began
    logicalType: date
    logicalTypeOptions: {format: dd/MM/yyyy}
    classification: special-category
    customProperties: [{property: vestry.field, value: care.opened_on}]
  - name: PL_POST
    classification: special-category
    customProperties: [{property: vestry.field, value: placement.postcode}]
"""

PLACE_ITSELF: Final = """\
apiVersion: v3.1.0
kind: DataContract
id: postcodes
version: 1.0.0
status: active
name: Postcodes and the areas they lie in
customProperties:
- {property: vestry.organisation, value: statistics-office}
- {property: vestry.lawful_basis, value: {article_6: "none: no personal details"}}
- {property: vestry.format, value: {format: csv}}
schema:
- name: postcodes
  customProperties:
  - {property: vestry.file, value: "postcodes*.csv"}      # a source of several files says which is which
  - property: vestry.describes
    value:
      where: {kind: postcode, areas: [lsoa/2021, ward/2024]}
  properties:
  - name: pcd
    primaryKey: true
    customProperties: [{property: vestry.field, value: where.postcode}]
  - name: lsoa
    customProperties: [{property: vestry.field, value: "where.area_code[lsoa/2021]"}]
  - name: ward
    customProperties: [{property: vestry.field, value: "where.area_code[ward/2024]"}]
- name: crimes
  customProperties:
  - {property: vestry.file, value: "crimes*.csv"}
  - {property: vestry.each_row_counts, value: true}       # no key: two equal rows are two crimes
  - property: vestry.describes
    value:
      crime: {kind: measure, measure: "crime: {category}", geography: lsoa, vintage: "2011"}
  properties:
  - name: LSOA code
    customProperties: [{property: vestry.field, value: crime.area_code}]
  - name: Crime type
    customProperties: [{property: vestry.field, value: crime.category}]
  - name: Month
    customProperties: [{property: vestry.field, value: crime.period}]
"""

EXAMPLES: Final = (
    Example(
        title="People, their homes and an account",
        shows="Several things in one row; date formats, blanks and codes; one column that feeds two fields.",
        organisation="midtown",
        contract=PEOPLE,
    ),
    Example(
        title="A register in XML",
        shows="Rows by path, a control total, and a register that holds each thing once.",
        organisation="midtown",
        contract=REGISTER,
    ),
    Example(
        title="Rows about somebody with a key of their own",
        shows="Two files of one source; whoever a row is about is another column than the row's key.",
        organisation="midtown",
        contract=KEYED,
    ),
    Example(
        title="The place itself",
        shows="Reference tables: postcodes and their areas, and a measure in which every row counts one.",
        organisation="statistics-office",
        contract=PLACE_ITSELF,
    ),
)
