"""Writes `docs/reference/`, the county's map and the page of its law from the code.

Run it after changing errors, commands, the notation, tables or the fictional county.

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

from agreement_page import agreement_page
from county import map_svg
from county_page import county_page
from law_page import law_page
from markdown_text import codes, sentence, table
from notation_page import notation_page
from typer.main import get_command

import vestry
from vestry.cli.app import app
from vestry.errors import every_error
from vestry.office.project import set_up
from vestry.sharing.purposes import PURPOSES
from vestry.sharing.request import OPEN_TABLES
from vestry.twin.release import READABLE_FROM
from vestry.twin.tables import TABLES

DOCS: Final = Path(__file__).parent
REFERENCE: Final = DOCS / "reference"
EXPLANATION: Final = DOCS / "explanation"
PICTURES: Final = DOCS / "pictures"

MADE: Final = "<!-- Made from the code by docs/generate.py. Change the code, then run it. -->\n"

set_up()
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
        "`VESTRY_OPERATOR` is a name for the audit log beside the account's, and `VESTRY_DEBUG=1`",
        "shows tracebacks,",
        "which may hold values of records. `DATABASE_URL` (`postgresql://USER:PASSWORD@HOST:PORT/NAME`) is a",
        "PostgreSQL database for the office, in place of `office.sqlite3` in the place, and",
        "`VESTRY_SECRET_KEY_FILE` another file than `keys/sessions` for what sessions are signed with;",
        "`VESTRY_OPENID_SECRET_FILE` is the file with what the office proves itself with to the OpenID Connect provider.",
    ]
    for name, command in _commands(get_command(app), ("vestry",)):
        lines += ["", f"## {name}", "", sentence(command.help), "", "```", _usage(name, command), "```"]
        rows = [
            [f"`{_spelling(p)}`", sentence(p.help), _default(p)] for p in command.params if p.name != "help"
        ]
        if rows:
            lines += ["", *table(("", "says", "default"), rows)]
        examples = [line for line in (command.epilog or "").split("\n\n") if line.startswith("vestry")]
        if examples:
            lines += ["", "```", *examples, "```"]
    lines += ["", "## Purposes", "", "People are looked up for one of these (`--purpose`).", ""]
    lines += table(("purpose", "means"), [[f"`{p.code}`", p.means] for p in PURPOSES])
    lines += ["", f"These tables hold no people and need none: {codes(sorted(OPEN_TABLES))}."]
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


def tables_page() -> str:
    """Every table of a release."""
    lines = [
        "# Tables of a release",
        "",
        f"A release is a DuckDB file (for DuckDB {READABLE_FROM.removeprefix('v')} or later),",
        "`releases/<release id>/twin.duckdb`. These names and columns",
        "are stable. People",
        "read them through `vestry export`, `find`, `show` and `explain`, which ask for a purpose",
        "and keep an audit entry.",
        "Dates are text in ISO 8601.",
    ]
    for one in TABLES:
        need = "" if one.name in OPEN_TABLES else " To export it takes a purpose."
        rows = [[f"`{c.name}`", c.type, c.says] for c in one.columns]
        lines += ["", f"## {one.name}", "", f"One row is {one.one_row_is}.{need}", ""]
        lines += table(("column", "type", "says"), rows)
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
    return _page([*lines, *table(("column", "type", "says"), rows)])


def _page(lines: Sequence[str]) -> str:
    return MADE + "\n" + "\n".join(lines).rstrip() + "\n"


PAGES: Final[Mapping[str, Callable[[], str]]] = {
    "errors.md": errors_page,
    "command-line.md": command_line_page,
    "contract-notation.md": lambda: _page(notation_page()),
    "agreement-notation.md": lambda: _page(agreement_page()),
    "tables.md": tables_page,
    "fictional-county.md": lambda: _page(county_page()),
}


EXPLAINED: Final[Mapping[str, Callable[[], str]]] = {
    "the-county-under-law.md": lambda: _page(law_page()),
}
"""Pages of `docs/explanation/` that the code makes; the others were written by hand."""


DRAWN: Final[Mapping[str, Callable[[], str]]] = {"county.svg": map_svg}
"""Pictures that the code draws, in `docs/pictures/`; the others were drawn by hand."""


def made() -> dict[Path, Callable[[], str]]:
    """Every file that the code makes, with what makes it."""
    return {
        **{REFERENCE / name: page for name, page in PAGES.items()},
        **{EXPLANATION / name: page for name, page in EXPLAINED.items()},
        **{PICTURES / name: picture for name, picture in DRAWN.items()},
    }


def stale_pages() -> list[str]:
    """Names of pages and pictures whose file is not what the code makes."""
    return [
        path.name
        for path, make in made().items()
        if not path.is_file() or path.read_text(encoding="utf-8") != make()
    ]


def main(arguments: Sequence[str]) -> int:
    """Write the pages and pictures, or with `--check` only compare them. The exit code."""
    if "--check" in arguments:
        stale = stale_pages()
        for name in stale:
            print(f"{name} is stale; run: python docs/generate.py", file=sys.stderr)
        return 1 if stale else 0
    REFERENCE.mkdir(parents=True, exist_ok=True)
    for path, make in made().items():
        path.write_text(make(), encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
