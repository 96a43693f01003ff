"""Whoever names a place is told commands that name it; whoever stands in it is told them without."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import typer

from vestry.cli.app import app
from vestry.cli.suggestions import for_place, named, suggesting
from vestry.place import Place


def told(text: str, folder: str) -> str:
    with suggesting(typer.main.get_command(app)):
        named(Path(folder))
        return for_place(text)


@pytest.mark.parametrize(
    ("text", "for_it"),
    [
        ("Next: vestry build", "Next: vestry build --place 'our county'"),
        (
            "see vestry review status, or vestry review show A B.",
            "see vestry review status --place 'our county', or vestry review show --place 'our county' A B.",
        ),
        (
            "see vestry review addresses, then vestry review address A",
            "see vestry review addresses --place 'our county', then vestry review address --place 'our county' A",
        ),
        ("with vestry serve --place elsewhere", "with vestry serve --place elsewhere"),
        ("make one: vestry new DIR; see vestry purposes", "make one: vestry new DIR; see vestry purposes"),
        ("the vestry builds, and vestry build-up", "the vestry builds, and vestry build-up"),
    ],
)
def test_the_place_is_put_into_every_command_that_takes_it(text: str, for_it: str) -> None:
    assert told(text, "our county") == for_it
    assert told(text, ".") == text


def test_a_place_is_named_for_one_command_only() -> None:
    told("vestry build", "one")
    with suggesting(typer.main.get_command(app)):
        assert for_place("vestry build") == "vestry build"
    assert for_place("vestry build") == "vestry build"


def test_what_is_said_and_what_is_refused_name_it(vestry: Any, small_place: Place, tmp_path: Path) -> None:
    folder = str(small_place.folder)
    listed, refused = ("review", "list"), ("review", "show", "none", "none")
    assert "Next: vestry review next, or vestry review show " in vestry(*listed).out
    assert "fix:   see what waits: vestry review list\n" in vestry(*refused).err
    said = vestry(*listed, "--place", folder).out
    assert f"Next: vestry review next --place {folder}, or vestry review show --place {folder} " in said
    assert f"see what waits: vestry review list --place {folder}\n" in vestry(*refused, "--place", folder).err
    assert f"vestry quarantine --place {folder} " in vestry("status", "--place", folder).out
