"""What rooms below the office say in English, in the language of the page: those rooms know of no language but one.

A sentence that holds a figure or a name is made anew from what its f-string, or its text for `str.format`, is translated as:
`strings_below` finds the templates in the code, for translators (`make strings`) and for `in_language` alike. In English nothing
is looked for, and a translation that asks for more than its sentence holds leaves that in English.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Collection, Iterator, Mapping
from functools import lru_cache
from pathlib import Path
from string import Formatter
from typing import Final

from django.utils import translation

import vestry
from vestry.errors import Problem, VestryError

SPEAK: Final = (
    "contracts/drafting.py", "contracts/guessing.py", "linkage/review/queue.py", "linkage/wording.py", "sharing/",
    "twin/claims.py", "twin/survivorship.py",
)  # fmt: skip
"""Modules, or folders, whose sentences are shown. Of all others only what their errors and problems say is."""

WORDS: Final = ("linkage/wording.py",)
"""Of these, what is one word: how strong evidence is, and what was compared."""

SOURCE: Final = Path(vestry.__file__).parent

_ARGUMENTS: Final = ("what", "fix", "sentence")
_NO_SENTENCE: Final = re.compile(
    r"\b(SELECT|FROM|WHERE|INSERT|UPDATE|DELETE|CREATE|JOIN|UNION|VALUES|CASE WHEN)\b|[{}\\<>]|^\W*$"
)
_BETWEEN: Final = ("; ", ". ", ": ", ", ", " and ")
"""What stands between the pieces of a text; the first of these that is there parts it."""
_LITERAL: Final = 5
"""Letters that a template says of its own: one with fewer would be found in anything."""


def in_language(text: str) -> str:
    """`text`, which a room below made, in the language of the page; as it is where no catalogue has it."""
    if not text or (translation.get_language() or "en").startswith("en"):
        return text
    return _said(text)


def problem_told(problem: Problem | VestryError) -> str:
    """What is wrong and how it is mended, as sentences in the language of the page."""
    what, fix = in_language(problem.what), in_language(problem.fix)
    return f"{what} {fix[:1].upper()}{fix[1:]}{'.' if fix else ''}".strip()


def strings_in(path: Path) -> Iterator[tuple[int, str]]:
    """(line, template) of what a module says that is shown; `path` is below SOURCE."""
    name, source = path.as_posix(), (SOURCE / path).read_text(encoding="utf-8")
    yield from strings_of(source, whole=name.startswith(SPEAK), words=name.startswith(WORDS))


def strings_of(source: str, *, whole: bool, words: bool = False) -> Iterator[tuple[int, str]]:
    """(line, template) of what a module's errors say, and of all its sentences where the `whole` of it speaks; single `words` too
    where they are shown. What an f-string holds, or `{name}` of a text for `str.format`, is `%(name)s` in its template."""
    tree = ast.parse(source)
    docs = {
        id(n.value) for n in ast.walk(tree) if isinstance(n, ast.Expr) and isinstance(n.value, ast.Constant)
    }
    for node in _said_by(tree) if not whole else [tree]:
        for line, template in _templates(node, docs):
            # Of several ways to mend something a page leaves out those that are typed at a command line.
            for one in {template, *re.split(r"; (?:or )?", template)}:
                sentence = " " in one.strip() and not _NO_SENTENCE.search(one)
                if sentence or (words and one.isalpha()):
                    yield line, one


def _said_by(tree: ast.AST) -> Iterator[ast.AST]:
    """What errors and problems are given to say."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Call):
            name = getattr(node.func, "id", getattr(node.func, "attr", ""))
            if name in _errors():
                yield from node.args[:1]
            yield from (one.value for one in node.keywords if one.arg in _ARGUMENTS)


def _templates(node: ast.AST, docs: Collection[int]) -> Iterator[tuple[int, str]]:
    if id(node) in docs:
        return
    if isinstance(node, ast.Constant) and isinstance(node.value, str):
        yield node.lineno, _formatted(node.value)
    elif pieces := _pieces(node):
        names: list[str] = []
        yield getattr(node, "lineno", 0), "".join(_piece(one, names) for one in pieces)
        for one in pieces:
            if not isinstance(one, ast.Constant):
                yield from _templates(one, docs)
    else:
        for child in ast.iter_child_nodes(node):
            yield from _templates(child, docs)


def _formatted(text: str) -> str:
    """The template of a text for `str.format`. Any other is left as it is, and so is one whose braces hold more than a name: that
    is a pattern, or YAML."""
    if "{" not in text:
        return text
    try:
        parts = list(Formatter().parse(text))
    except ValueError:
        return text
    named = [(name, spec or how) for _, name, spec, how in parts if name is not None]
    if not all(name.isidentifier() and not more for name, more in named):
        return text
    return "".join(said.replace("%", "%%") + (f"%({name})s" if name else "") for said, name, _, _ in parts)


def _pieces(node: ast.AST) -> list[ast.expr]:
    """What a text is put together of: an f-string, or texts that are added; nothing where it is neither."""
    if isinstance(node, ast.JoinedStr):
        return [one.value if isinstance(one, ast.FormattedValue) else one for one in node.values]
    if isinstance(node, ast.BinOp) and isinstance(node.op, ast.Add):
        sides = [_pieces(side) or [side] for side in (node.left, node.right)]
        both = [*sides[0], *sides[1]]
        return (
            both if any(isinstance(one, ast.Constant) and isinstance(one.value, str) for one in both) else []
        )
    return []


def _piece(one: ast.expr, names: list[str]) -> str:
    if isinstance(one, ast.Constant):
        return str(one.value).replace("%", "%%")
    name = getattr(one, "id", getattr(one, "attr", "it"))
    name = name if name not in names else f"{name}{len(names)}"
    names.append(name)
    return f"%({name})s"


@lru_cache(maxsize=1)
def _errors() -> frozenset[str]:
    """Names of the classes that say what went wrong."""
    found = {"Problem", "VestryError"}
    for module in _modules():
        for node in ast.walk(ast.parse(module.read_text(encoding="utf-8"))):
            if isinstance(node, ast.ClassDef) and {getattr(base, "id", "") for base in node.bases} & found:
                found.add(node.name)
    return frozenset(found)


def _modules() -> list[Path]:
    return sorted(SOURCE.rglob("*.py"))


@lru_cache(maxsize=1)
def strings_below() -> tuple[str, ...]:
    """Every template, the longest first."""
    found = {template for module in _modules() for _, template in strings_in(module.relative_to(SOURCE))}
    return tuple(sorted(found, key=lambda one: (-len(one), one)))


@lru_cache(maxsize=1)
def _patterns() -> tuple[tuple[re.Pattern[str], str], ...]:
    """(what a sentence made of it looks like, template) of those that hold something."""
    found = []
    for template in strings_below():
        pieces = re.split(r"%\((\w+)\)s", template)
        if len(pieces) > 1 and sum(map(str.isalpha, "".join(pieces[::2]))) >= _LITERAL:
            found.append((re.compile("".join(_pattern(pieces)), re.DOTALL), template))
    return tuple(found)


def _pattern(pieces: list[str]) -> Iterator[str]:
    """Each piece of a template, its own words and names by turns. A name takes in as much as it can, for what it stands for
    may hold the very words that follow: "The UPRN (the number of the property) is different"."""
    for at, piece in enumerate(pieces):
        if at % 2 == 0:
            yield re.escape(piece.replace("%%", "%"))
        else:
            yield f"(?P={piece})" if piece in pieces[1:at:2] else f"(?P<{piece}>.*)"


def _said(text: str) -> str:
    """The text as a whole, or else piece by piece: several sentences, or the parts of a list."""
    whole = _found(text)
    if whole is not None:
        return whole
    mark = next((one for one in _BETWEEN if one in text), "")
    if not mark:
        return text
    first, _, rest = text.partition(mark)
    closed = mark.rstrip()
    for said, after in ((first + mark, ""), (first + closed, mark.removeprefix(closed)), (first, mark)):
        if (piece := _found(said)) is not None:
            return piece + after + _said(rest)
    return _said(first) + mark + _said(rest)


def _found(text: str) -> str | None:
    if (said := translation.gettext(text)) != text:
        return str(said)
    for pattern, template in _patterns():
        if (match := pattern.fullmatch(text)) and (said := translation.gettext(template)) != template:
            told = _filled(str(said), {name: _said(value) for name, value in match.groupdict().items()})
            if told is not None:
                return told
    return None


def _filled(said: str, values: Mapping[str, str]) -> str | None:
    """A translation around what its sentence holds. None where its placeholders do not fit: it is as though nobody had translated
    it, for no slip in a catalogue may take a page away."""
    # One without a name would be filled with all the values, as Python writes them.
    if "%s" in said.replace("%%", ""):
        return None
    try:
        return said % values
    except (KeyError, TypeError, ValueError):
        return None
