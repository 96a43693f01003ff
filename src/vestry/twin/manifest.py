"""What a release was made from: every input with its hash, every count, every duration."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any, Final

from vestry.errors import ReleaseMissing
from vestry.ids import digest

MANIFEST_FILE: Final = "manifest.json"
CURRENT_FILE: Final = "current"


@dataclass(frozen=True, slots=True, kw_only=True)
class Manifest:
    """`inputs`: extracts with their hashes; `contracts`, `decisions`, `models`, `rules`: name -> hash or version.

    `gone`: the ids of extracts that the predecessor was made of, and this is not.
    `tables`: rows and a digest of the content of each; `steps`: `{name, seconds}` in order; `sha256`: of `twin.duckdb`.
    """

    release_id: str
    place: str
    built_at: str
    predecessor: str | None
    inputs: Sequence[Mapping[str, Any]]
    contracts: Mapping[str, str]
    place_sha256: str
    decisions: Mapping[str, str]
    models: Mapping[str, str]
    rules: Mapping[str, int]
    versions: Mapping[str, str]
    gone: Sequence[str] = ()
    counts: Mapping[str, int] = field(default_factory=dict)
    tables: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)
    steps: Sequence[Mapping[str, Any]] = ()
    sha256: str = ""

    def inputs_digest(self) -> str:
        """One digest over everything that the content of a release depends on, its predecessor apart."""
        named = [
            json.dumps(part, sort_keys=True, default=str)
            for part in (
                [(i["extract_id"], i["sha256"]) for i in self.inputs],
                self.contracts, self.place_sha256, self.decisions, self.models, self.rules, self.versions,
            )
        ]  # fmt: skip
        return digest(*named)

    def text(self) -> str:
        """The manifest as JSON, ready to be written."""
        return json.dumps(asdict(self), indent=1, sort_keys=True, default=str) + "\n"


def read_manifest(folder: Path) -> Manifest:
    """The manifest of the release in `folder`. Raises ReleaseMissing when there is none that can be read."""
    try:
        return Manifest(**json.loads((folder / MANIFEST_FILE).read_text(encoding="utf-8")))
    except (OSError, ValueError, TypeError) as error:
        raise ReleaseMissing(
            "There is no release of that name.",
            where=str(folder),
            fix="see what there is: vestry releases list",
        ) from error


def current_release(releases: Path) -> str | None:
    """The id of the published release, or None before the first."""
    try:
        return (releases / CURRENT_FILE).read_text(encoding="utf-8").strip() or None
    except (FileNotFoundError, NotADirectoryError):
        return None
