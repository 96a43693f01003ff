# ruff: noqa: E501 - a case is easier to read on one line
"""One thing broken at a time: what is said of it, and on which line."""

from __future__ import annotations

from collections.abc import Callable

import pytest

BREAKS = [
    # (what is replaced, by what, the line, words of the problem, words of the fix)
    ("kind: DataContract", "kind: Contract", 2, "not a kind that ODCS knows", "DataContract"),
    ("version: 1.0.0", "version: 1.0", 4, "`version` is not of the right kind", "quotes"),
    ("version: 1.0.0\n", "", 1, "`version` is missing", "add version"),
    ("name: Council tax", "nmae: Council tax", 6, "`nmae` is not a word", "did you mean name?"),
    ("id: council-tax", "id: Council Tax", 3, "not a name for a source", "small letters"),
    ("unit: m}", "unit: fortnight}", 8, "no unit", "d, w, m or y"),
    ("value: 7, unit: d", "value: soon, unit: d", 9, "`latency` is not a number", "value: 1"),
    ("value: watford", "value: watfrod", 11, "not an organisation of this place", "did you mean watford?"),
    ("vestry.lawful_basis", "vestry.lawful_bases", 12, "not a property of Vestry", "did you mean vestry.lawful_basis?"),
    ("vestry.lawful_basis", "vestry.lawful_bases", 1, "`vestry.lawful_basis` is missing", "article_6"),
    ("article_6:", "article_9:", 12, "does not name an article 6", "add article_6"),
    ("vestry.may_link, value: true", "vestry.may_link, value: perhaps", 13, "not true or false", "without quotes"),
    ('value: {format: csv, delimiter: "|"', 'value: {format: cvs, delimiter: "|"', 14, "`cvs` is not a format", "csv"),
    ('delimiter: "|"', 'delimiter: "||"', 14, "`delimiter` is not one character", "quotes"),
    ("header: true", "encoding: klingon", 14, "encoding is not one", "utf-8"),
    ('csv, delimiter: "|"', 'parquet, delimiter: "|"', 14, "`delimiter` is for csv", "take it out"),
    ("shrink: 0.1", "shrink: 10", 15, "not a number from 0 to 1", "without quotes"),
    ("shrink: 0.1", "shrnk: 0.1", 15, "not a setting of `vestry.tolerance`", "shrink"),
    ("unknown_code: quarantine", "unknown_code: explode", 16, "thing to do with unknown_code", "quarantine"),
    ("unknown_code: quarantine", "unknwon_code: ignore", 16, "not a setting of", "did you mean unknown_code?"),
    ("address: 7", "address: 70", 17, "from 1 to 9", "5 when unsaid"),
    ("address: 7", "adress: 7", 17, "not a setting of `vestry.trust`", "did you mean address?"),
    ("name: accounts", "name: ../accounts", 19, "cannot be the name of a file", "letters"),
    ("vestry.holds_each_once", "vestry.each_row_counts", 21, "on a schema that has a key", "keep one"),
    ("vestry.dated_by, value: STARTED", "vestry.dated_by, value: STRATED", 22, "names a column", "did you mean STARTED?"),
    ("vestry.dated_by, value: STARTED", "vestry.dated_by, value: SEX", 22, "not a date", "logicalType: date"),
    ("{kind: person, lives_at", "{kind: persn, lives_at", 25, "`persn` is not a kind", "did you mean person?"),
    ("present_when: SURNAME2", "present_when: SURNAME3", 26, "`present_when` names a column", "SURNAME"),
    ("lives_at: home, partner_of", "lives_in: home, partner_of", 26, "has no `lives_in`", "did you mean lives_at?"),
    ("partner_of: liable", "partner_of: home", 26, "names a part of kind property", "person"),
    ("partner_of: liable", "partner_of: liabel", 26, "names a part that no row describes", "did you mean liable?"),
    ("partner_of: liable", "partner_of: partner", 26, "`partner_of` itself", "another"),
    ("home: {kind: property}", "home: {kind: property, vintage: x}", 27, "has no `vintage`", "kind"),
    ("home: {kind: property}", "home: {kind: property, keyed_by: ADRESS}", 27, "`keyed_by` names a column", "did you mean ADDRESS?"),
    ("home: {kind: property}", "home: {kind: property, keyed_by: [ADDRESS]}", 27, "`keyed_by` is not text", "write text"),
    ("{kind: episode, service", "{kind: episode, keyed_by: ACCOUNT, service", 28, "kind episode has no `keyed_by`", "kind"),
    ("about: [liable, partner, home]", "about: [liable, hoem]", 28, "`about` names a part", "did you mean home?"),
    ("    primaryKey: true\n    primaryKeyPosition: 1\n", "", 19, "has no key", "each_row_counts"),
    ("    primaryKey: true\n", "", 30, "a place in the key but is not in it", "primaryKey"),
    ("primaryKey: true", "primaryKey: true\n    required: false", 30, "also not required", "required: false"),
    ("liable.family_name", "liable.surname", 37, "`liable.surname` is not a field of a person", "family_name"),
    ("liable.family_name", "liable.postcode", 37, "not a field of a person", "field of a property"),
    ("liable.family_name", "laible.family_name", 37, "not a part", "did you mean liable?"),
    ("liable.family_name", "family_name", 37, "`family_name` is not a field", "part.field"),
    ("liable.family_name", '"liable.family_name[2]"', 37, "takes no index", "liable.family_name"),
    ("partner.family_name", "liable.family_name", 38, "More than one column, or piece of one, feeds `liable.family_name`", "keep the better"),
    ("classification: personal", "classification: private", 36, "not a classification", "personal"),
    ("classification: personal", "classification: special-category", 12, "no article 9 condition", "article_9"),
    ("name: SURNAME2", "name: surname", 38, "Two columns of the schema have this name", "rename"),
    ("name: SURNAME2", "name: row_number", 38, "a name that Vestry uses itself", "physicalName"),
    ("logicalType: date", "logicalType: dtae", 41, "`dtae` is not a logicalType", "did you mean date?"),
    ("logicalType: date", "logicalType: array", 40, "cannot be of logicalType array", "string"),
    ("    logicalType: date\n    logicalTypeOptions: {format: dd/MM/yyyy}\n", "", 42, "is a date, but", "logicalType: date"),
    ("[dd/MM/yyyy, yyyy-MM-dd]", "[dd/MM/yyyy, dd/QQ/yyyy]", 45, "letters that mean nothing in it: QQ", "yyyy, MM"),
    ("[dd/MM/yyyy, yyyy-MM-dd]", "[yyyy-MM-dd]", 42, "not one of `vestry.formats`", "add it there"),
    ('value: ["01/01/1900"]', "value: [0]", 46, "not text", "quotes"),
    ('"1": male', "1: male", 50, "A code in `vestry.codes` is not text", "01 stays 01"),
    ('"1": male', '"1": 5', 50, "does not stand for text", "quotes"),
    ("name: SEX", "name: SEX\n    requird: true", 48, "`requird` is not a word", "did you mean required?"),
    ("liable.family_name", "liable.other_number", 37, "does not say of what kind the number is", "[uln]"),
    ("liable.family_name", '"liable.other_number[a b]"', 37, "does not say of what kind the number is", "[uln]"),
    ("value: liable.nhs_number", 'value: ["liable.other_number[a]", "liable.other_number[b]"]', 60, "feeds `liable.other_number`", "keep the better"),
    ('"home.address_lines[1]"', '"home.address_lines[0]"', 55, "not a numbered line", "[1]"),
    ("{to: \"home.address_lines[1]\", before", "{too: \"home.address_lines[1]\", before", 55, "not a setting", "to"),
    ("metric: nullValues", "metric: nulValues", 58, "`nulValues` is not a metric", "did you mean nullValues?"),
    ("metric: nullValues, mustBe: 0", "metric: nullValues", 58, "exactly one comparison", "mustBe"),
    ('arguments: {pattern: ".+"}, ', "", 59, "which values are valid", "validValues"),
    ('pattern: ".+"', 'pattern: "("', 59, "not a regular expression", "mend"),
    ("metric: invalidValues", "metric: rowCount", 59, "belongs to a schema", "move it"),
    ("implementation: nhs-number-check-digit", "implementation: nhs-check", 64, "not a check of Vestry", "nhs-number"),
    ("dimension: validity", "dimension: validty", 64, "`validty` is not a dimension", "did you mean validity?"),
    ("severity: error", "severity: fatal", 64, "`fatal` is not a severity", "error"),
    ("value: liable.nhs_number", "value: liable.nhs_number}, {property: vestry.cods, value: {}", 62, "vestry.cods", "vestry.codes"),
    ("value: watford", 'value: "?"', 11, "still to be filled in", "only a person"),
]  # fmt: skip


@pytest.mark.parametrize(("old", "new", "line", "what", "fix"), BREAKS, ids=[b[3] for b in BREAKS])
def test_a_break_is_told_with_its_line(
    good: str, check: Callable, old: str, new: str, line: int, what: str, fix: str
) -> None:
    assert old in good
    contracts, problems = check(good.replace(old, new, 1))
    told = [p for p in problems if what in p.what]
    assert told, [p.lines() for p in problems]
    places = [p.where.split(" (")[0] for p in told]
    assert f"contracts/c0.yaml, line {line}" in places
    assert any(fix in p.fix for p in told), [p.fix for p in told]
    assert not contracts
    assert len(problems) <= 5, [p.lines() for p in problems]


EPISODES = """\
apiVersion: v3.1.0
kind: DataContract
id: children
version: 1.0.0
status: active
customProperties:
- {property: vestry.organisation, value: watford}
- {property: vestry.lawful_basis, value: {article_6: "6(1)(e) public task"}}
- {property: vestry.format, value: {format: csv}}
schema:
- name: episodes
  customProperties:
  - property: vestry.describes
    value:
      child: {kind: person, keyed_by: CHILD}
      care: {kind: episode, service: 159, about: [child]}
  properties:
  - {name: ROW, primaryKey: true}
  - {name: CHILD}
  - {name: BEGAN, logicalType: date, customProperties: [{property: vestry.field, value: care.opened_on}]}
"""


def test_a_part_with_a_key_of_its_own_need_not_be_told_of_in_every_table(check: Callable) -> None:
    contracts, problems = check(EPISODES)
    assert problems == []
    assert contracts["children"].tables[0].part("child").keyed_by == "CHILD"


@pytest.mark.parametrize(
    ("old", "new", "told"),
    [
        (", keyed_by: CHILD", "", ["No column feeds the part `child`."]),
        ("keyed_by: CHILD", "keyed_by: CHLID", ["`keyed_by` names a column that the schema does not have."]),
    ],
)
def test_a_key_that_is_not_there_is_told_once(check: Callable, old: str, new: str, told: list[str]) -> None:
    assert [p.what for p in check(EPISODES.replace(old, new, 1))[1]] == told


SEALED = """\
apiVersion: v3.1.0
kind: DataContract
id: protected
version: 1.0.0
status: active
customProperties:
- {property: vestry.organisation, value: watford}
- {property: vestry.lawful_basis, value: {article_6: "6(1)(c) legal obligation"}}
- {property: vestry.format, value: {format: csv}}
- {property: vestry.may_link, value: false}
schema:
- name: identities
  customProperties:
  - property: vestry.describes
    value:
      earlier: {kind: sealed}
  properties:
  - {name: REFERENCE, primaryKey: true}
  - {name: REASON, customProperties: [{property: vestry.field, value: earlier.reason}]}
  - {name: SINCE, logicalType: date, customProperties: [{property: vestry.field, value: earlier.since}]}
  - {name: NHS_NUMBER, customProperties: [{property: vestry.field, value: earlier.nhs_number}]}
  - {name: ADDRESS, customProperties: [{property: vestry.field, value: "earlier.address_lines[1]"}]}
"""


def test_a_sealed_identity(check: Callable) -> None:
    contracts, problems = check(SEALED)
    assert problems == []
    assert [p.kind for p in contracts["protected"].tables[0].parts] == ["sealed"]


@pytest.mark.parametrize(
    ("old", "new", "line", "what"),
    [
        ("value: false", "value: true", 10, "in a source whose records may be linked"),
        ("- {property: vestry.may_link, value: false}\n", "", 1, "in a source whose records may be linked"),
        ("{kind: sealed}", "{kind: sealed}\n      person: {kind: person}", 15, "and something else"),
        ("earlier.reason", "earlier.sex", 16, "No column feeds `earlier.reason`"),
        ("earlier.nhs_number", "earlier.phone", 21, "`earlier.phone` is not a field of a sealed identity"),
        ("earlier.since", "earlier.death_date", 20, "not a field of a sealed identity"),
        ("{kind: sealed}", "{kind: sealed, keyed_by: REFERENCE}", 16, "kind sealed has no `keyed_by`"),
    ],
)
def test_a_sealed_identity_broken(check: Callable, old: str, new: str, line: int, what: str) -> None:
    assert old in SEALED
    problems = check(SEALED.replace(old, new, 1))[1]
    told = [p for p in problems if what in p.what]
    assert told, [p.lines() for p in problems]
    assert f"contracts/c0.yaml, line {line}" in {p.where.split(" (")[0] for p in told}, [
        p.where for p in told
    ]


PLACES = """\
apiVersion: v3.1.0
kind: DataContract
id: places
version: 1.0.0
status: active
customProperties:
- {property: vestry.organisation, value: watford}
- {property: vestry.lawful_basis, value: {article_6: "none needed"}}
- {property: vestry.format, value: {format: xml}}
schema:
- name: rows
  customProperties:
  - {property: vestry.rows, value: {path: Things/Thing}}
  - property: vestry.describes
    value:
      lsoa: {kind: area, geography: lsoa, vintage: 2021, within: [ward/2024]}
      crime: {kind: measure, measure: "crime: {category}", geography: lsoa, vintage: "2021", combine: sum}
  properties:
  - {name: code, primaryKey: true, customProperties: [{property: vestry.field, value: [lsoa.area_code, crime.area_code]}]}
  - {name: ward, customProperties: [{property: vestry.field, value: "lsoa.parent_code[ward/2024]"}]}
  - {name: type, customProperties: [{property: vestry.field, value: crime.category}]}
"""


def test_reference_parts(check: Callable) -> None:
    contracts, problems = check(PLACES)
    assert problems == []
    part = contracts["places"].tables[0].part("lsoa")
    assert part.attributes == {"geography": "lsoa", "vintage": "2021", "within": ["ward/2024"]}


@pytest.mark.parametrize(
    ("old", "new", "line", "what"),
    [
        (", vintage: 2021, within", ", within", 16, "does not say its `vintage`"),
        ("within: [ward/2024]", "within: [ward]", 16, "geography without its vintage"),
        ("geography: lsoa, vintage: 2021", "geography: lsoa/2021, vintage: 2021", 16, "holds a vintage too"),
        ("combine: sum", "combine: add", 17, "`add` is not a combine"),
        ("parent_code[ward/2024]", "parent_code[ward/2025]", 20, "not listed in `within`"),
        ("[lsoa.area_code, crime.area_code]", "lsoa.area_code", 17, "No column feeds `crime.area_code`"),
        ("crime.category", '"lsoa.name"', 17, "speaks of {category}"),
        ("  - {property: vestry.rows, value: {path: Things/Thing}}\n", "", 11, "`vestry.rows` is missing"),
        ("value: {path: Things/Thing}", 'value: {column: 1, equals: "2"}', 13, "gives a column"),
        (
            "- name: rows",
            "- name: rows\n  quality: [{type: sql, query: x, mustBe: 0}]",
            12,
            "does not run SQL",
        ),
    ],
)
def test_reference_parts_broken(check: Callable, old: str, new: str, line: int, what: str) -> None:
    assert old in PLACES
    problems = check(PLACES.replace(old, new, 1))[1]
    assert any(what in p.what and p.where.split(" (")[0].endswith(f"line {line}") for p in problems), [
        p.lines() for p in problems
    ]


@pytest.mark.parametrize("text", ["", "just words", "- a\n- b\n", "42", "null"])
def test_what_is_no_contract_at_all(check: Callable, text: str) -> None:
    contracts, problems = check(text)
    assert not contracts and len(problems) == 1
