"""Linkage models of a place: the adopted ones, a candidate beside them, those that were retired, and the history.

A build stands on `models/<kind>.json` alone. A candidate is in a folder of its own, so that nothing about a release
changes until somebody adopts it; what it replaces is kept, by its hash, and can be made a candidate again.
"""

from __future__ import annotations

import hashlib
import json
import os
import shutil
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any, Final

from vestry.errors import CandidateMissing, ModelInvalid
from vestry.linkage.comparisons import DESIGNS
from vestry.linkage.model import read_model

CANDIDATE: Final = "candidate"
RETIRED: Final = "retired"
HISTORY_FILE: Final = "history.jsonl"
COMPARISON_FILE: Final = "comparison.json"
SHORT: Final = 12
"""Letters of a model's hash that tell it from others."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ModelFile:
    """One saved model. `trouble` says why it cannot be used; empty: it can."""

    kind: str
    sha256: str
    trouble: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Restored(ModelFile):
    """A retired model that is a candidate now: `instead_of` which other of its kind (a hash; "" where there was none), and
    `beside` which candidates of other kinds, which stay."""

    instead_of: str = ""
    beside: tuple[ModelFile, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Adopted:
    """One line of the history: who adopted which model of a kind, when (UTC), why, and what it was said to change."""

    at: str
    by: str
    kind: str
    adopted: str
    retired: str
    reason: str
    release_id: str
    counts: Mapping[str, int] = field(default_factory=dict)


def models_in(folder: Path) -> dict[str, ModelFile]:
    """The model of each kind that `folder` holds."""
    found = {}
    for kind, design in DESIGNS.items():
        path = folder / f"{kind}.json"
        if path.is_file():
            trouble = ""
            try:
                read_model(path, design)
            except ModelInvalid as error:
                trouble = error.what
            found[kind] = ModelFile(kind=kind, sha256=_sha256(path), trouble=trouble)
    return found


def check_models(models: Path) -> None:
    """Raises ModelInvalid, which names the file, when a saved model cannot be used."""
    for kind, design in DESIGNS.items():
        path = models / f"{kind}.json"
        if path.is_file():
            read_model(path, design)


def candidates(models: Path) -> dict[str, ModelFile]:
    """The candidate of each kind. Raises CandidateMissing when there is none, ModelInvalid when one cannot be used."""
    found = models_in(models / CANDIDATE)
    if not found:
        raise CandidateMissing(
            "There is no candidate for a linkage model.",
            where=str(models / CANDIDATE),
            fix="make one: vestry model train",
        )
    check_models(models / CANDIDATE)
    return found


@contextmanager
def new_candidate(models: Path) -> Iterator[Path]:
    """A folder to save models in that becomes the candidate at the end, in place of any other; not if it fails."""
    unfinished = models / f"{CANDIDATE}.unfinished"
    shutil.rmtree(unfinished, ignore_errors=True)
    models.mkdir(mode=0o700, exist_ok=True)
    unfinished.mkdir(mode=0o700)
    try:
        yield unfinished
        discard(models)
        if models_in(unfinished):
            unfinished.rename(models / CANDIDATE)
    finally:
        shutil.rmtree(unfinished, ignore_errors=True)


def overlaid(models: Path, folder: Path) -> None:
    """Fill `folder` with the models that a build would have if the candidate were adopted."""
    folder.mkdir(mode=0o700)
    for kind, model in models_in(models).items():
        if not model.trouble:
            shutil.copy(models / f"{kind}.json", folder)
    for kind in models_in(models / CANDIDATE):
        shutil.copy(models / CANDIDATE / f"{kind}.json", folder)


def discard(models: Path) -> list[ModelFile]:
    """Remove the candidate, and what was found by comparing it. Returns what it was; nothing when there was none."""
    found = list(models_in(models / CANDIDATE).values())
    shutil.rmtree(models / CANDIDATE, ignore_errors=True)
    return found


def retired(models: Path) -> dict[str, str]:
    """Hash -> kind of every model that was replaced and is still kept."""
    kinds = {line.retired: line.kind for line in history(models)}
    return {p.stem: kinds.get(p.stem, "") for p in sorted((models / RETIRED).glob("*.json"))}


def restore(models: Path, beginning: str) -> Restored:
    """Make the retired model whose hash begins so the candidate of its kind; those of other kinds stay.

    Raises CandidateMissing when that is not one, ModelInvalid when it cannot be used, or is not what was retired.
    """
    kept = retired(models)
    wanted = [sha for sha in kept if beginning and sha.startswith(beginning.lower())]
    if len(wanted) != 1 or kept[wanted[0]] not in DESIGNS:
        raise CandidateMissing(
            "No retired model has a hash that begins so."
            if not wanted
            else "That is not the hash of one model.",
            where=str(models / RETIRED),
            fix="take one from: vestry model status",
        )
    sha256, kind = wanted[0], kept[wanted[0]]
    path = models / RETIRED / f"{sha256}.json"
    read_model(path, DESIGNS[kind])
    if _sha256(path) != sha256:
        raise ModelInvalid(
            "That retired model is no longer what it was when it was replaced.",
            where=str(path),
            fix="restore the file from a backup; or train another: vestry model train",
        )
    before = models_in(models / CANDIDATE)
    instead = before.pop(kind, None)
    with new_candidate(models) as folder:
        for other in before:
            _copy(models / CANDIDATE / f"{other}.json", folder / f"{other}.json")
        _copy(path, folder / f"{kind}.json")
    return Restored(
        kind=kind, sha256=sha256, instead_of=instead.sha256 if instead else "", beside=tuple(before.values())
    )


def adopt(
    models: Path, *, at: str, by: str, reason: str, release_id: str, counts: Mapping[str, int]
) -> list[Adopted]:
    """Put the candidate in place of the adopted models, keep those, and enter it in the history.

    An adopted model that cannot be used and has no candidate, there being nothing to learn from, goes as well. Kind by
    kind, and each at once: whoever is interrupted compares what is left of the candidate, and adopts it. Raises ModelInvalid
    where the history cannot be read.
    """
    history(models)
    now, chosen = models_in(models), models_in(models / CANDIDATE)
    lines = []
    for kind in sorted({*chosen, *(k for k, m in now.items() if m.trouble)}):
        old, new = now.get(kind), chosen.get(kind)
        if old == new:
            continue
        if old is not None:
            (models / RETIRED).mkdir(mode=0o700, exist_ok=True)
            _copy(models / f"{kind}.json", models / RETIRED / f"{old.sha256}.json")
        if new is None:
            (models / f"{kind}.json").unlink()
        else:
            _copy(models / CANDIDATE / f"{kind}.json", models / f"{kind}.json")
        line = Adopted(
            at=at, by=by, kind=kind, adopted=new.sha256 if new else "", retired=old.sha256 if old else "",
            reason=reason, release_id=release_id, counts=counts,
        )  # fmt: skip
        _enter(models / HISTORY_FILE, line)
        lines.append(line)
    discard(models)
    return lines


def history(models: Path) -> list[Adopted]:
    """Every adoption, oldest first. Raises ModelInvalid for a line that cannot be read."""
    path = models / HISTORY_FILE
    content = path.read_bytes() if path.is_file() else b""
    found = []
    for number, line in enumerate(content.removesuffix(b"\n").split(b"\n") if content else [], start=1):
        try:
            found.append(Adopted(**json.loads(line.decode())))
        except (ValueError, TypeError) as error:
            raise ModelInvalid(
                "A line of the history of linkage models cannot be read.",
                where=f"{path}, line {number}",
                fix="mend that line, or restore the file",
            ) from error
    return found


def write_comparison(models: Path, found: Mapping[str, Any]) -> None:
    """Keep what a comparison of the candidate found beside it."""
    path = models / CANDIDATE / COMPARISON_FILE
    unfinished = path.with_suffix(".unfinished")
    unfinished.touch(mode=0o600)
    unfinished.write_text(json.dumps(found, indent=1, sort_keys=True) + "\n", encoding="utf-8")
    unfinished.replace(path)


def read_comparison(models: Path) -> Mapping[str, Any] | None:
    """What the last comparison of this candidate found; None when there was none, or it cannot be read."""
    try:
        said = json.loads((models / CANDIDATE / COMPARISON_FILE).read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return None
    return said if isinstance(said, dict) else None


def hashes(found: Mapping[str, ModelFile]) -> dict[str, str]:
    """Kind -> hash."""
    return {kind: model.sha256 for kind, model in found.items()}


def _enter(path: Path, line: Adopted) -> None:
    """Add a line, on the disk when this returns; one of its own, also where a hand left the last without an end."""
    whole = not path.exists() or path.read_bytes()[-1:] in (b"", b"\n")
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
    with os.fdopen(descriptor, "a", encoding="utf-8") as file:
        file.write(("" if whole else "\n") + json.dumps(asdict(line), sort_keys=True) + "\n")
        file.flush()
        os.fsync(file.fileno())


def _copy(source: Path, to: Path) -> None:
    """Copy a file, whole or not at all, for its owner alone."""
    unfinished = to.with_suffix(".unfinished")
    shutil.copyfile(source, unfinished)
    unfinished.chmod(0o600)
    unfinished.replace(to)


def _sha256(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()


def short(sha256: str) -> str:
    """As much of a hash as a person needs."""
    return sha256[:SHORT]
