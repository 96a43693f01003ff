"""For `make strings`: what a module gives to `_()`, and what rooms below the office say that pages show."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from io import BytesIO
from pathlib import Path
from typing import Any, BinaryIO

from babel.messages.extract import extract_python

from vestry.office.pages.below import SOURCE, strings_in


def extracted(
    file: BinaryIO, keywords: Mapping[str, Any], tags: Collection[str], options: Mapping[str, str]
) -> Iterator[tuple[int, str | None, str, list[str]]]:
    """As Babel asks of a method of extraction: (line, function, message, comments) of each string."""
    content = file.read()
    yield from extract_python(BytesIO(content), keywords, tags, options)
    path = Path(file.name).resolve().relative_to(SOURCE)
    for line, template in strings_in(path):
        yield line, None, template, []
