"""Every string of a page is ready for translation: no template says anything outside of `_()` and `trans`."""

from __future__ import annotations

import io
import re
from pathlib import Path

import pytest
from babel.messages.extract import extract
from jinja2 import Environment
from jinja2.ext import babel_extract

OFFICE = Path(__file__).parents[2] / "src" / "vestry" / "office"
TEMPLATES = sorted(OFFICE.glob("*/templates/**/*.html"))


def bare(text: str) -> list[str]:
    """What a template says of its own accord: words between tags, and in attributes that are read out."""
    said, within = "", False
    for _line, kind, piece in Environment().lex(text):
        if kind == "name" and piece in ("trans", "endtrans"):
            within = piece == "trans"
        elif kind == "data" and not within:
            said += piece
        elif kind == "variable_begin":
            said += "{"
    text = said
    spoken = re.findall(r'(?:aria-label|title|alt|placeholder|data-label)="([^"{]*[A-Za-z]{2}[^"{]*)"', text)
    text = re.sub(r"<!DOCTYPE[^>]*>|<[^>]*>", "\n", text)
    return [*spoken, *re.findall(r"[A-Za-z][A-Za-z' ,]{2,}", text)]


@pytest.mark.parametrize("path", TEMPLATES, ids=lambda path: path.name)
def test_a_template_says_nothing_that_cannot_be_translated(path: Path) -> None:
    assert not bare(path.read_text(encoding="utf-8"))


def test_what_is_bare_would_be_found() -> None:
    assert bare('<p>{{ _("Good") }} Bare words</p><nav aria-label="Areas of work">') == [
        "Areas of work",
        "Bare words",
    ]


def test_strings_are_found_by_babel() -> None:
    """As `make strings` gathers them, from pages and from code."""
    pages = {
        message
        for path in TEMPLATES
        for _, _, message, _ in babel_extract(
            io.BytesIO(path.read_bytes()), ("_", "gettext", "ngettext"), [], {"newstyle_gettext": "true"}
        )
    }
    code = {
        message
        for path in OFFICE.rglob("*.py")
        for _, message, _, _ in extract(
            "python",
            io.BytesIO(path.read_bytes()),
            keywords={"_": None, "gettext_lazy": None, "ngettext": (1, 2)},
        )
    }
    assert "Why do you look?" in pages and len(pages) > 150
    assert "Type something to find somebody by" in code
