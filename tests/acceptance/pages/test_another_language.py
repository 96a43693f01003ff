"""Every page in a language that nobody speaks: what the catalogue has is in brackets, and what is outside of them it has not."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po

from office_pages import DRAFT, WALKS
from vestry.place import PLACE_FILE

ROOT = Path(__file__).parents[3]
WORDS = re.compile(r"\b[a-z]{2,} [a-z]{2,} [a-z]{2,}")
"""Three plain words in a row: a sentence, or a part of one."""
TEXT = """() => {
    const closed = [...document.querySelectorAll('details:not([open])')];
    closed.forEach(one => one.open = true);
    const said = document.body.innerText;
    closed.forEach(one => one.open = false);
    return said;
}"""
"""What the page says, and what it says once whatever is closed on it is opened."""


@pytest.fixture(scope="module")
def folder(folder: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The county, whose office speaks by a catalogue of what `make strings` finds."""
    found = tmp_path_factory.mktemp("strings") / "vestry.pot"
    bracketed(folder / "locale" / "eo" / "LC_MESSAGES" / "django.mo", found)
    said = (folder / PLACE_FILE).read_text()
    (folder / PLACE_FILE).write_text(f'language = "eo"\n{said}')
    return folder


def bracketed(to: Path, template: Path) -> None:
    """The catalogue: each string of the template in brackets."""
    subprocess.run(
        [
            sys.executable, "-m", "babel.messages.frontend", "-q", "extract", "-F", "babel.cfg", "-k", "gettext_lazy",
            "-k", "ngettext:1,2", "-o", str(template), "."
        ],
        cwd=ROOT, check=True, env={**os.environ, "PYTHONPATH": "docs"},
    )  # fmt: skip
    with template.open("rb") as file:
        catalogue = read_po(file, locale="eo")
    for message in catalogue:
        if message.id:
            both = message.id if isinstance(message.id, tuple) else (message.id,)
            said = tuple(f"⟦{one}⟧" for one in both)
            message.string = said if isinstance(message.id, tuple) else said[0]
    to.parent.mkdir(parents=True)
    with to.open("wb") as file:
        write_mo(file, catalogue)


def outside(text: str) -> str:
    """What is within no brackets."""
    while (less := re.sub(r"⟦[^⟦⟧]*⟧", "", text)) != text:
        text = less
    return text


def test_every_sentence_is_of_the_catalogue(tabs: Any, served: Any) -> None:
    """But what people wrote: contracts, agreements, names, and what is typed here."""
    theirs = " ".join(
        path.read_text(encoding="utf-8")
        for pattern in ("*.toml", "*.yaml", "contracts/**/*.yaml", "agreements/*.yaml")
        for path in served.place.folder.glob(pattern)
    )
    theirs = " ".join(f"{theirs} {DRAFT} {TYPED}".split())
    missed: dict[str, str] = {}
    for _name, who, walk in WALKS:
        with tabs(js=False) as tab:
            tab.sign_in(*who)
            for at in walk(tab):
                for line in outside(tab.page.evaluate(TEXT)).splitlines():
                    if not all(words in theirs for words in WORDS.findall(line)):
                        missed.setdefault(line.strip()[:200], at)
    assert not missed, "\n".join(f"{at}: {line}" for line, at in missed.items())


TYPED = """The house number is. A child has not come home. The police had rung. """
