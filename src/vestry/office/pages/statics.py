"""The files that pages load: made at build time (`make setup`), each under a name that changes with its content."""

from __future__ import annotations

import json
from collections.abc import Mapping
from functools import cache
from importlib.resources import files
from pathlib import Path
from typing import Final

from django.http import Http404, HttpRequest, HttpResponse
from django.views.decorators.http import require_safe

from vestry.office.errors import PagesNotBuilt

FOLDER: Final = Path(str(files("vestry.office"))) / "static"
_TYPES: Final = {
    ".css": "text/css; charset=utf-8",
    ".js": "text/javascript; charset=utf-8",
    ".mjs": "text/javascript; charset=utf-8",
    ".svg": "image/svg+xml",
    ".png": "image/png",
}


@cache
def manifest() -> Mapping[str, str]:
    """Name -> where it is, below the folder. Raises PagesNotBuilt."""
    try:
        found: Mapping[str, str] = json.loads((FOLDER / "manifest.json").read_text(encoding="utf-8"))
        return found
    except FileNotFoundError:
        raise PagesNotBuilt(
            "What the office's pages load has not been made.", where=str(FOLDER), fix="make setup"
        ) from None


def address_of(name: str) -> str:
    """Where a browser finds the file of that name."""
    return f"/static/{manifest()[name]}"


@cache
def _content(path: str) -> bytes:
    return (FOLDER / path).read_bytes()


@require_safe
def static(_: HttpRequest, path: str) -> HttpResponse:
    """One of these files, and no other: what is not in the manifest is not there."""
    if path not in manifest().values():
        raise Http404
    return HttpResponse(
        _content(path),
        content_type=_TYPES[Path(path).suffix],
        headers={"Cache-Control": "public, max-age=31536000, immutable"},
    )
