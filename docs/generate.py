"""Writes `docs/reference/` from the code. Run it after changing errors, commands, the notation or tables.

python docs/generate.py            write the pages
python docs/generate.py --check    write nothing; exit 1 when a page is not what it would write
"""

from __future__ import annotations

import inspect
import pkgutil
import sys
from collections.abc import Callable, Iterable, Mapping, Sequence
from importlib import import_module
from pathlib import Path
from typing import Any, Final

from typer.main import get_command

import vestry
from vestry.cli.app import app
from vestry.contracts import notation
from vestry.contracts.notation_reference import EXAMPLES
from vestry.errors import every_error
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
from vestry.sharing.decision import OPEN_TABLES
from vestry.sharing.purposes import PURPOSES
from vestry.twin.tables import TABLES

REFERENCE: Final = Path(__file__).parent / "reference"

MADE: Final = "<!-- Made from the code by docs/generate.py. Change the code, then run it. -->\n"

for module in pkgutil.walk_packages(vestry.__path__, "vestry."):
    import_module(module.name)  # and with it the errors that it defines


def errors_page() -> str:
    """Every deliberate error, by code."""
    lines = [
        "# Errors",
        "",
        "Every error that Vestry raises on purpose says what is wrong, where, and how to mend it.",
        "The last line of a",
        "message is its code; a program can rely on the code, the exit code and the HTTP status.",
        "",
        "Exit code 0 is success, 2 also a mistaken command, 70 a fault in Vestry itself, 130 Ctrl-C,",
        "and 141 that the",
        "reader of the output went away.",
    ]
    for error in every_error():
        lines += [
            "",
            f"## {error.code}",
            "",
            inspect.cleandoc(error.__doc__ or ""),
            "",
            f"Exit code {error.exit_code}, HTTP status {error.http_status}.",
        ]
    return _page(lines)


def command_line_page() -> str:
    """Every command with its arguments, options and examples."""
    lines = [
        "# Command line",
        "",
        "`vestry COMMAND --help` says the same. Results go to standard output; errors and progress",
        "to standard error.",
        "Exit codes are those of the [errors](errors.md).",
        "",
        "The environment may say: `VESTRY_THREADS` and `VESTRY_MEMORY` (as `4GB`) cap what is taken",
        "of the machine,",
        "`VESTRY_OPERATOR` is a name for the audit file beside the account's, and `VESTRY_DEBUG=1`",
        "shows tracebacks,",
        "which may hold values of records.",
    ]
    for name, command in _commands(get_command(app), ("vestry",)):
        lines += ["", f"## {name}", "", _sentence(command.help), "", "```", _usage(name, command), "```"]
        rows = [
            [f"`{_spelling(p)}`", _sentence(p.help), _default(p)] for p in command.params if p.name != "help"
        ]
        if rows:
            lines += ["", *_table(("", "says", "default"), rows)]
        examples = [line for line in (command.epilog or "").split("\n\n") if line.startswith("vestry")]
        if examples:
            lines += ["", "```", *examples, "```"]
    lines += ["", "## Purposes", "", "People are looked up for one of these (`--purpose`).", ""]
    lines += _table(("purpose", "means"), [[f"`{p.code}`", p.means] for p in PURPOSES])
    lines += ["", f"These tables hold no people and need none: {_codes(sorted(OPEN_TABLES))}."]
    return _page(lines)


def _commands(command: Any, path: Sequence[str]) -> Iterable[tuple[str, Any]]:
    for name, below in command.commands.items():
        if hasattr(below, "commands"):
            yield from _commands(below, (*path, name))
        else:
            yield " ".join((*path, name)), below


def _usage(name: str, command: Any) -> str:
    words = [name]
    for parameter in command.params:
        if parameter.param_type_name == "argument":
            word = parameter.metavar or parameter.name.upper()
            words.append(word if parameter.required else f"[{word}]")
        elif parameter.required:
            words.append(f"{parameter.opts[0]} {parameter.metavar or parameter.name.upper()}")
    return " ".join([*words, "[OPTIONS]"])


def _spelling(parameter: Any) -> str:
    if parameter.param_type_name == "argument":
        return str(parameter.metavar or parameter.name.upper())
    spelled = "/".join([*parameter.opts, *parameter.secondary_opts])
    if parameter.is_flag:
        return spelled
    return f"{spelled} {parameter.metavar or parameter.name.upper()}"


def _default(parameter: Any) -> str:
    if parameter.required:
        return "required"
    if isinstance(parameter.show_default, str):
        return parameter.show_default
    default = parameter.default
    if default is None or default == "" or default is False or callable(default):
        return ""
    return f"`{default}`" if default is not True else f"`{parameter.opts[0]}`"


def notation_page() -> str:
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
        lines += ["", f"## {title}", "", *_table(("custom property", "says", ""), rows)]
    lines += [
        "",
        "From the standard itself Vestry reads `physicalName` (the name or XML path in the file,",
        "where it differs),",
        f"`logicalType` ({_codes(notation.LOGICAL_TYPES)}), `logicalTypeOptions.format` (one date",
        "format, in JDK letters:",
        "`yyyy-MM-dd`), `required`, `unique`, `primaryKey` and `primaryKeyPosition`, `classification`",
        f"({_codes(notation.CLASSIFICATIONS)}), `quality`, and of `slaProperties` `frequency` (an",
        "extract at least so often)",
        "and `latency` (its news is at most so old).",
        "",
        "## What to do with a surprise",
        "",
        *_table(
            ("`vestry.surprise`", "may be"), [[f"`{k}`", _codes(v)] for k, v in notation.SURPRISES.items()]
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
    return _page(lines)


def _kinds_part() -> list[str]:
    rows = []
    for kind in kinds.ALL_KINDS:
        must = notation.MUST_SAY.get(kind, ())
        may = [a for a in kinds.ATTRIBUTES[kind] if a not in must]
        rows.append([f"`{kind}`", _codes(must), _codes(may)])
    roles = [[f"`{a}`", _codes(k)] for a, k in notation.REFERENCES.items()]
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
        *_table(("kind", "must say", "may say"), rows),
        "",
        "These name other parts of the row:",
        "",
        *_table(("attribute", "names a part of kind"), roles),
    ]


def _fields_part() -> list[str]:
    lines = [
        "",
        "## Fields",
        "",
        "`vestry.field` sends a column to `part.field`. Fields of one group are chosen whole: never",
        "a street from one",
        "source and a postcode from another. `[1]`, `[2]` put pieces in order.",
    ]
    for title, fields in (
        ("person", PERSON_FIELDS),
        ("organisation", ORGANISATION_FIELDS),
        ("property, and address", ADDRESS_FIELDS),
    ):
        rows = [[f"`{f.name}`", f"`{f.group}`", f.says, _remarks(f)] for f in fields.values()]
        lines += ["", f"### {title}", "", *_table(("field", "group", "says", ""), rows)]
    lines += [
        "",
        "### episode",
        "",
        f"{_codes(EPISODE_FIELDS)}.",
        "",
        "### sealed",
        "",
        "An earlier identity (adoption, gender recognition, protection) that must never be joined to",
        "anybody: what it",
        "was known by is read only to be taken out, and no row of it becomes a record. It is described",
        "alone, in a",
        "source that says `vestry.may_link: false`.",
        "",
        *_table(
            ("field", "says", ""), [[f"`{f.name}`", f.says, _remarks(f)] for f in SEALED_FIELDS.values()]
        ),
        "",
        "### kinds that describe the place itself",
        "",
    ]
    rows = []
    for kind, names in REFERENCE_FIELDS.items():
        rows.append([f"`{kind}`", _codes(names), _codes(notation.MUST_FEED.get(kind, ()))])
    return [*lines, *_table(("kind", "fields", "must be fed"), rows)]


def _remarks(field: Field) -> str:
    said = (
        (field.repeats, "may have several values"),
        (field.indexed, "sent in numbered pieces"),
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
        f"{_codes(notation.OPERATORS)}.",
        "",
        *_table(("check", "written", "dimension"), checks),
        "",
        "Where the standard has another word for a dimension of the Government Data Quality Framework:",
        "",
        *_table(("written", "measures"), spoken),
    ]


def tables_page() -> str:
    """Every table of a release."""
    lines = [
        "# Tables of a release",
        "",
        "A release is a DuckDB file, `releases/<release id>/twin.duckdb`. These names and columns",
        "are stable. People",
        "read them through `vestry export`, `find`, `show` and `explain`, which ask for a purpose",
        "and keep an audit entry.",
        "Dates are text in ISO 8601.",
    ]
    for table in TABLES:
        need = "" if table.name in OPEN_TABLES else " To export it takes a purpose."
        rows = [[f"`{c.name}`", c.type, c.says] for c in table.columns]
        lines += ["", f"## {table.name}", "", f"One row is {table.one_row_is}.{need}", ""]
        lines += _table(("column", "type", "says"), rows)
    lines += [
        "",
        "## crossref",
        "",
        "Made when it is exported: one row is one key of one source. It takes a purpose.",
        "",
    ]
    rows = [["`source`", "string", "source"], ["`source_key`", "string", "the key that the contract names"]]
    rows += [
        ["`part`", "string", "which of the things in the row"],
        ["`kind`", "string", "kind of the entity"],
    ]
    rows += [["`entity_id`", "string", "the entity that it belongs to now"]]
    return _page([*lines, *_table(("column", "type", "says"), rows)])


def _table(heads: Sequence[str], rows: Iterable[Sequence[str]]) -> list[str]:
    lines = [f"| {' | '.join(heads)} |", f"|{'---|' * len(heads)}"]
    for row in rows:
        cells = [cell.replace("|", "\\|").replace("\n", " ") for cell in row]
        lines.append(f"| {' | '.join(cells)} |")
    return lines


def _codes(words: Iterable[str]) -> str:
    return ", ".join(f"`{word}`" for word in words)


def _sentence(text: str | None) -> str:
    return " ".join((text or "").split())


def _page(lines: Sequence[str]) -> str:
    return MADE + "\n" + "\n".join(lines).rstrip() + "\n"


PAGES: Final[Mapping[str, Callable[[], str]]] = {
    "errors.md": errors_page,
    "command-line.md": command_line_page,
    "contract-notation.md": notation_page,
    "tables.md": tables_page,
}


def stale_pages() -> list[str]:
    """Names of pages whose file is not what the code makes."""
    stale = []
    for name, page in PAGES.items():
        path = REFERENCE / name
        if not path.is_file() or path.read_text(encoding="utf-8") != page():
            stale.append(name)
    return stale


def main(arguments: Sequence[str]) -> int:
    """Write the pages, or with `--check` only compare them. The exit code."""
    if "--check" in arguments:
        stale = stale_pages()
        for name in stale:
            print(f"docs/reference/{name} is stale; run: python docs/generate.py", file=sys.stderr)
        return 1 if stale else 0
    REFERENCE.mkdir(parents=True, exist_ok=True)
    for name, page in PAGES.items():
        (REFERENCE / name).write_text(page(), encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
