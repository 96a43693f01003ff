"""The layers of the house, as `[tool.importlinter]` in pyproject.toml draws them."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]


def lint(folder: Path) -> tuple[int, str]:
    """The exit code of import-linter on the house in `folder`, and all that it said."""
    ended = subprocess.run(
        [
            sys.executable,
            "-c",
            "import sys; from importlinter.cli import lint_imports_command; sys.exit(lint_imports_command())",
            "--no-cache",
        ],
        cwd=folder,
        env={**os.environ, "PYTHONPATH": str(folder / "src"), "NO_COLOR": "1", "COLUMNS": "200"},
        capture_output=True,
        text=True,
        check=False,
    )
    return ended.returncode, ended.stdout + ended.stderr


@pytest.fixture
def copy(tmp_path: Path) -> Path:
    """The house again, to break."""
    shutil.copytree(ROOT / "src", tmp_path / "src", ignore=shutil.ignore_patterns("__pycache__"))
    shutil.copy(ROOT / "pyproject.toml", tmp_path)
    return tmp_path


def test_every_room_imports_only_what_it_may() -> None:
    code, said = lint(ROOT)
    assert code == 0, said


# In one copy, so that the house is read once: each line breaks one contract and no other.
BROKEN = {
    "A room imports only what is below it": ("twin/claims.py", "import vestry.build"),
    "The command line is reached only through wiring": ("__main__.py", "import vestry.cli.app"),
    "Only the office imports Django": ("sharing/subjects.py", "import django.db"),
    "The office is reached only through wiring": ("twin/register.py", "import vestry.office.project"),
    "Only sharing.gateway reads a release for people": ("sharing/standing.py", "import vestry.twin.reader"),
    "Only linkage imports Splink": ("twin/entities.py", "import splink"),
    "Only addresses, and the fictional map, import Shapely": ("cli/show.py", "import shapely"),
}


def test_a_wrong_import_is_seen(copy: Path) -> None:
    for module, line in BROKEN.values():
        with (copy / "src" / "vestry" / module).open("a", encoding="utf-8") as text:
            text.write(f"\n{line}\n")
    code, said = lint(copy)
    assert code == 1
    assert set(re.findall(r"^(.+) BROKEN", said, re.MULTILINE)) == set(BROKEN)


def test_a_room_without_a_layer_is_seen(copy: Path) -> None:
    (copy / "src" / "vestry" / "attic.py").write_text('"""A new room."""\n', encoding="utf-8")
    code, said = lint(copy)
    assert code == 1
    assert "attic" in said
