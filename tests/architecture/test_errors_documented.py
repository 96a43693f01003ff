"""Every deliberate error has a paragraph that says what to do, a code of its own, and sound exit codes."""

from __future__ import annotations

import inspect
import pkgutil
import re
from importlib import import_module
from pathlib import Path

import pytest

import vestry
from vestry.errors import VestryError, every_error
from vestry.office.project import set_up

PAGE = Path(__file__).parents[2] / "docs" / "reference" / "errors.md"

set_up()
for module in pkgutil.walk_packages(vestry.__path__, "vestry."):
    import_module(module.name)  # and with it the errors that it defines


@pytest.mark.parametrize("error", every_error(), ids=lambda e: e.__name__)
def test_an_error_is_documented(error: type[VestryError]) -> None:
    page = PAGE.read_text(encoding="utf-8")
    paragraph = page.partition(f"\n## {error.code}\n")[2].partition("\n## ")[0]
    assert inspect.cleandoc(error.__doc__ or "") in paragraph
    assert f"Exit code {error.exit_code}, HTTP status {error.http_status}." in paragraph


@pytest.mark.parametrize("error", every_error(), ids=lambda e: e.__name__)
def test_an_error_says_of_itself_what_it_is(error: type[VestryError]) -> None:
    own = vars(error)
    assert own.get("code"), "a class without a code of its own is told apart by nobody"
    assert re.fullmatch(r"[a-z]+(-[a-z]+)*", error.code)
    assert own.get("__doc__")
    assert 0 < error.exit_code < 256
    assert 400 <= error.http_status < 600


def test_codes_are_used_once() -> None:
    codes = [e.code for e in every_error()]
    assert len(codes) == len(set(codes))
