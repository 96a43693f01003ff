"""The reference page of the contract notation: settings, kinds, fields, rules and examples."""

from __future__ import annotations

from markdown_text import codes, table

from vestry.contracts import notation
from vestry.contracts.notation_reference import EXAMPLES
from vestry.model import kinds
from vestry.model.fields import (
    ADDRESS_FIELDS,
    EPISODE_FIELDS,
    ORGANISATION_FIELDS,
    PERSON_FIELDS,
    REFERENCE_FIELDS,
    SEALED_FIELDS,
    Field,
)


def notation_page() -> list[str]:
    """The contract notation: settings, kinds, fields, rules and examples."""
    lines = [
        "# Contract notation",
        "",
        "A contract is one YAML file at `contracts/<organisation>/<source>.yaml`, in the Open Data",
        "Contract Standard",
        f"{notation.API_VERSION.removeprefix('v')}: any tool for that standard can read it. Its `id`",
        "is the source's name:",
        "small letters, digits and hyphens. What the standard has no words for is said in custom",
        "properties that",
        "begin with `vestry.`. `vestry contract check` names every problem of every contract at once.",
    ]
    titles = {
        "contract": "Of the whole contract",
        "table": "Of a schema (one table)",
        "column": "Of a property (one column)",
    }
    for level, title in titles.items():
        rows = [
            [f"`{s.name}`", s.says, "required" if s.required else ""]
            for s in notation.SETTINGS.values()
            if s.level == level
        ]
        lines += ["", f"## {title}", "", *table(("custom property", "says", ""), rows)]
    lines += [
        "",
        "From the standard itself Vestry reads `physicalName` (the name or XML path in the file,",
        "where it differs),",
        f"`logicalType` ({codes(notation.LOGICAL_TYPES)}), `logicalTypeOptions.format` (one date",
        "format, in JDK letters:",
        "`yyyy-MM-dd`), `required`, `unique`, `primaryKey` and `primaryKeyPosition`, `classification`",
        f"({codes(notation.CLASSIFICATIONS)}), `quality`, and of `slaProperties` `frequency` (an",
        "extract at least so often)",
        "and `latency` (its news is at most so old).",
        "",
        "## What to do with a surprise",
        "",
        *table(
            ("`vestry.surprise`", "may be"), [[f"`{k}`", codes(v)] for k, v in notation.SURPRISES.items()]
        ),
        "",
        "`refuse` takes nothing of the extract in; `quarantine` keeps the row out, with its reason;",
        "`ignore` goes on.",
        *_kinds_part(),
        *_fields_part(),
        *_quality_part(),
    ]
    for example in EXAMPLES:
        lines += ["", f"## Example: {example.title[0].lower()}{example.title[1:]}", "", example.shows, ""]
        lines += ["```yaml", example.contract.rstrip("\n"), "```"]
    return lines


def _kinds_part() -> list[str]:
    rows = []
    for kind in kinds.ALL_KINDS:
        must = notation.MUST_SAY.get(kind, ())
        may = [a for a in kinds.ATTRIBUTES[kind] if a not in must]
        rows.append([f"`{kind}`", codes(must), codes(may)])
    roles = [[f"`{a}`", codes(k)] for a, k in notation.REFERENCES.items()]
    return [
        "",
        "## What a row describes",
        "",
        "`vestry.describes` names each thing in a row (a *part*) and gives its kind. A part is there",
        "in every row, or",
        "only where the column that `present_when` names holds something.",
        "",
        "The key of a part is the row's, unless `keyed_by` names the column that holds its own: in a",
        "table of episodes",
        "the row's key is the episode's, and the child is another column. All rows of all tables of one",
        "source that",
        "give a part of one name the same key speak of one thing. Such a part is there where its column",
        "holds something,",
        "and need not be fed: another table may say who it is.",
        "",
        "`same_key_as: childrens-cases.child` says that the key is that of another source's part: a return",
        "that calls a child by",
        "the number of the case management system. Said in one table, it holds for the part in every table of",
        "the source. Records",
        "of one such key are joined where their birth dates allow it. The part named must be there, of the same",
        "kind, and have a",
        "key of its own.",
        "",
        *table(("kind", "must say", "may say"), rows),
        "",
        "These name other parts of the row:",
        "",
        *table(("attribute", "names a part of kind"), roles),
    ]


def _fields_part() -> list[str]:
    lines = [
        "",
        "## Fields",
        "",
        "`vestry.field` sends a column to `part.field`. Fields of one group are chosen whole: never",
        "a street from one",
        "source and a postcode from another. `[1]`, `[2]` put pieces in order. `other_number[uln]` says",
        "of what kind a number is: any short name will do, and numbers of one kind are compared.",
    ]
    for title, fields in (
        ("person", PERSON_FIELDS),
        ("organisation", ORGANISATION_FIELDS),
        ("property, and address", ADDRESS_FIELDS),
    ):
        rows = [[f"`{f.name}`", f"`{f.group}`", f.says, _remarks(f)] for f in fields.values()]
        lines += ["", f"### {title}", "", *table(("field", "group", "says", ""), rows)]
    lines += [
        "",
        "### episode",
        "",
        f"{codes(EPISODE_FIELDS)}.",
        "",
        "### sealed",
        "",
        "An earlier identity (adoption, gender recognition, protection) that must never be joined to",
        "anybody: what it",
        "was known by is read only to be taken out, and no row of it becomes a record. It is described",
        "alone, in a",
        "source that says `vestry.may_link: false`.",
        "",
        *table(("field", "says", ""), [[f"`{f.name}`", f.says, _remarks(f)] for f in SEALED_FIELDS.values()]),
        "",
        "### kinds that describe the place itself",
        "",
    ]
    rows = []
    for kind, names in REFERENCE_FIELDS.items():
        rows.append([f"`{kind}`", codes(names), codes(notation.MUST_FEED.get(kind, ()))])
    return [*lines, *table(("kind", "fields", "must be fed"), rows)]


def _remarks(field: Field) -> str:
    said = (
        (field.repeats, "may have several values"),
        (field.indexed, "sent in numbered pieces"),
        (field.of_a_kind, "says of what kind it is"),
        (field.coded, "coded"),
        (field.input_only, "taken apart into other fields"),
    )
    return "; ".join(text for true, text in said if true)


def _quality_part() -> list[str]:
    checks: list[list[str]] = []
    checks += [
        [f"`{c}`", "`type: library`, `metric: " + c + "`", d] for c, d in notation.LIBRARY_CHECKS.items()
    ]
    checks += [
        [f"`{c}`", "`type: custom`, `engine: vestry`, `implementation: " + c + "`", d]
        for c, d in notation.CUSTOM_CHECKS.items()
    ]
    spoken = [[f"`{w}`", m] for w, m in notation.DIMENSIONS.items() if w != m]
    return [
        "",
        "## Quality rules",
        "",
        "A rule with `severity: error` quarantines the row that breaks it; any other only measures.",
        "`required` and the",
        "key are such rules by themselves. A library rule compares with one of",
        f"{codes(notation.OPERATORS)}.",
        "",
        *table(("check", "written", "dimension"), checks),
        "",
        "Where the standard has another word for a dimension of the Government Data Quality Framework:",
        "",
        *table(("written", "measures"), spoken),
    ]
