"""The reference pages are what the code makes."""

from __future__ import annotations

import importlib.util
from pathlib import Path
from types import ModuleType

import pytest

ROOT = Path(__file__).parents[2]


@pytest.fixture(scope="module")
def generate() -> ModuleType:
    spec = importlib.util.spec_from_file_location("docs_generate", ROOT / "docs" / "generate.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.mark.parametrize(
    "page", ["errors.md", "command-line.md", "contract-notation.md", "tables.md", "fictional-county.md"]
)
def test_a_page_is_current(generate: ModuleType, page: str) -> None:
    path = ROOT / "docs" / "reference" / page
    assert path.read_text(encoding="utf-8") == generate.PAGES[page](), "run: python docs/generate.py"


def test_no_page_is_forgotten(generate: ModuleType) -> None:
    assert generate.stale_pages() == []
    assert set(generate.PAGES) <= {p.name for p in (ROOT / "docs" / "reference").glob("*.md")}
