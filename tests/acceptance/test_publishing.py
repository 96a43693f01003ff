"""Publishing is all at once: killed, stopped or refused at any moment, the old release stays, and the next build
needs no cleaning up.

What `kill -9` leaves is what was on the disk at that moment. So one build is photographed: the whole place is
copied upon entering every step, and before every renaming; each copy is a place whose build was killed there.
Two builds are killed in earnest besides.
"""

from __future__ import annotations

import os
import random
import shutil
import signal
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from fnmatch import fnmatch
from pathlib import Path
from typing import Any

import pytest

from vestry.addresses.memory import OURS
from vestry.place import open_place
from vestry.progress import Silent
from vestry.twin.release import PUBLISHING

STEPS = (
    "take stock", "check", "standardise", "seal", "addresses", "place", "link", "identify", "assemble", "index", "measure",
    "publish",
)  # fmt: skip
LAST_MOMENTS = ("before rename 1", "before replace 1")
"""Before the release's folder has its name, and before `current` names it."""

PUBLISHED = "before unlink 1"
"""The new release is current; only the note that it was being published is still there."""

JANE = {"ID": "1", "NHS": "9434765919", "FAMILY": "Smith", "GIVEN": "Jane", "BORN": "1980-01-02"}
HOME = {"ADDRESS": "1 High Street", "POSTCODE": "AB1 2AD"}


@pytest.fixture(scope="module")
def published(make_tiny: Callable[..., Any], tmp_path_factory: pytest.TempPathFactory) -> Any:
    """A tiny place with one release, and one more extract that is in none yet."""
    tiny = make_tiny(tmp_path_factory.mktemp("publishing") / "place", tax={}, gp={})
    tiny.send("tax", "2026-01-01", {**JANE, **HOME}, {"ID": "2", "FAMILY": "Patel", "GIVEN": "Asha", **HOME})
    tiny.build()
    tiny.send("gp", "2026-01-02", {**JANE, "ID": "A"})
    return tiny


@pytest.fixture
def place(published: Any, tmp_path: Path) -> Any:
    """A copy of it for one test."""
    shutil.copytree(published.place.folder, tmp_path / "place")
    return open_place(tmp_path / "place")


@pytest.fixture(scope="module")
def photographed(published: Any, looking: Any, tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    """Moment -> the place as its second build had it on the disk then, were it killed at that moment."""
    album = tmp_path_factory.mktemp("album")
    place = open_place(shutil.copytree(published.place.folder, album / "place"))
    photographs: dict[str, Path] = {}

    def photograph(moment: str) -> None:
        photographs[moment] = Path(shutil.copytree(place.folder, album / moment.replace(" ", "-")))

    class Photographer(Silent):
        @contextmanager
        def step(self, name: str) -> Iterator[None]:
            photograph(f"entering {name}")
            yield

    with pytest.MonkeyPatch.context() as patch:
        for name in ("rename", "replace", "unlink"):
            _before_each_call(patch, name, place.releases, photograph)
        looking.built(place, progress=Photographer())
    return photographs


def _before_each_call(
    patch: pytest.MonkeyPatch, name: str, releases: Path, photograph: Callable[[str], None]
) -> None:
    original, calls = getattr(Path, name), [0]

    def called(self: Path, *arguments: Any, **named: Any) -> Any:
        if releases in self.parents and (name != "unlink" or self.name == PUBLISHING):
            calls[0] += 1
            photograph(f"before {name} {calls[0]}")
        return original(self, *arguments, **named)

    patch.setattr(Path, name, called)


def current(place: Any) -> str:
    return str((place.releases / "current").read_text(encoding="utf-8").strip())


def names(place: Any) -> list[str]:
    return sorted(p.name for p in place.releases.iterdir())


def assert_old_release_stays(place: Any, old: dict[str, str], looking: Any) -> None:
    now = looking.hashes(place.releases)
    assert {path: now.get(path) for path in old} == old


def assert_next_build_is_whole(place: Any, old: dict[str, str], looking: Any) -> None:
    """It succeeds, the release before is as it was, and nothing else is there."""
    manifest = looking.built(place)
    (first,) = {path.split("/")[0] for path in old if "/" in path}
    assert manifest.release_id == current(place) != first
    assert_old_release_stays(place, {path: h for path, h in old.items() if path != "current"}, looking)
    strange = [p for p in place.memory.glob("*") if p.suffix != ".parquet" and p != place.judged]
    assert [p.name for p in strange if not fnmatch(p.name, OURS) or p.suffix] == []
    judged = [p for p in place.judged.rglob("*") if p.is_file()]
    whole = {p.with_suffix("") for p in judged if p.suffix == ".json"}
    assert {p.parent / p.name.split(".")[0] for p in judged} == whole, "each judgement is whole"
    assert [p.name for p in place.models.iterdir() if p.suffix != ".json"] == []
    assert names(place) == sorted([first, current(place), "current"]), "something was left lying about"


def test_the_album_is_whole(photographed: dict[str, Path]) -> None:
    assert list(photographed) == [*(f"entering {step}" for step in STEPS), *LAST_MOMENTS, PUBLISHED]
    left = {
        moment: [p.name for p in (at / "releases").glob(".unfinished-*")]
        for moment, at in photographed.items()
    }
    assert left["entering publish"] != [], "or the sweep is not put to the test"


@pytest.mark.parametrize("moment", [*(f"entering {step}" for step in STEPS), *LAST_MOMENTS])
def test_killed_there_the_old_release_stays(
    published: Any, photographed: dict[str, Path], looking: Any, moment: str
) -> None:
    place = open_place(photographed[moment])
    assert_old_release_stays(place, looking.hashes(published.place.releases), looking)
    assert current(place) == current(published.place)
    finished = {
        p.parent.name for p in place.releases.glob("*/manifest.json") if not p.parent.name.startswith(".")
    }
    assert finished == {current(place)} or moment == "before replace 1"


def test_killed_at_the_very_last_moment_the_next_build_makes_that_release(
    published: Any, photographed: dict[str, Path], looking: Any, tmp_path: Path
) -> None:
    place = open_place(shutil.copytree(photographed["before replace 1"], tmp_path / "place"))
    assert_next_build_is_whole(place, looking.hashes(published.place.releases), looking)


def test_a_release_that_never_became_current_is_not_left_lying_about(
    published: Any, photographed: dict[str, Path], looking: Any, tmp_path: Path
) -> None:
    """Killed between its two renamings; then another extract comes, so that the next release is a different one."""
    place = open_place(shutil.copytree(photographed["before replace 1"], tmp_path / "place"))
    type(published)(place).send(
        "gp", "2026-01-03", {**JANE, "ID": "A"}, {"ID": "B", "FAMILY": "New", "GIVEN": "Ann"}
    )
    assert_next_build_is_whole(place, looking.hashes(published.place.releases), looking)


def test_killed_when_all_is_done_the_new_release_stays(
    published: Any, photographed: dict[str, Path], looking: Any, tmp_path: Path
) -> None:
    place = open_place(shutil.copytree(photographed[PUBLISHED], tmp_path / "place"))
    new, at = current(place), looking.hashes(place.releases)
    assert new != current(published.place)
    assert looking.built(place).release_id == new
    kept = {path: h for path, h in at.items() if path != PUBLISHING and not path.startswith(".unfinished")}
    assert looking.hashes(place.releases) == kept


def test_killed_in_earnest(place: Any, forks: Any, looking: Any) -> None:
    """In a step and at a random moment, the second upon what the first left."""
    old = looking.hashes(place.releases)
    for how in ({"at": "enter assemble"}, {"after": random.Random(11).uniform(0.5, 3)}):
        assert forks.run("build", "--place", place.folder, **how).code == -signal.SIGKILL
        assert_old_release_stays(place, old, looking)
        found = forks.run("find", "--name", "smith", "--purpose", "audit", "--place", place.folder)
        assert (found.code, found.err, "SMITH" in found.out) == (0, "", True)
    assert_next_build_is_whole(place, old, looking)


@pytest.mark.parametrize("moment", [{"at": "mkdir 2 done"}, {"at": "enter standardise"}, {"after": 1.5}])
def test_interrupted(place: Any, forks: Any, looking: Any, moment: dict[str, Any]) -> None:
    """Ctrl-C: said so, nothing changed, nothing left behind."""
    old = looking.hashes(place.releases)
    ran = forks.run("build", "--place", place.folder, by="SIGINT", **moment)
    assert ran.code == 130
    assert ran.err.splitlines()[0] == "Stopped."
    assert "Traceback" not in ran.err
    assert looking.hashes(place.releases) == old
    assert names(place) == sorted({*(p.split("/")[0] for p in old)})


def test_a_second_build_while_one_runs(place: Any, forks: Any) -> None:
    release = current(place)
    running = forks.start("build", "--place", place.folder, at="enter standardise", by="SIGSTOP")
    try:
        running.stopped()
        second = forks.run("build", "--place", place.folder)
        assert second.code == 6
        assert "code:  build-running" in second.err
        assert second.out == ""
        assert forks.run("status", "--place", place.folder).code == 0, "looking is not kept waiting"
    finally:
        running.send(signal.SIGKILL)
    assert running.ended().code == -signal.SIGKILL
    assert forks.run("build", "--place", place.folder, at="enter check").code == -signal.SIGKILL, (
        "the lock went with it"
    )
    assert current(place) == release


def test_a_folder_that_cannot_be_written(place: Any, forks: Any, looking: Any) -> None:
    """Whoever runs this, root included: a file stands where the lock, or the releases, should be."""
    old = looking.hashes(place.releases)
    if os.getuid() != 0:
        place.folder.chmod(0o500)
        place.releases.chmod(0o500)
        ran = forks.run("build", "--place", place.folder)
        place.folder.chmod(0o700)
        place.releases.chmod(0o700)
        assert (ran.code, "code:  place-not-writable" in ran.err) == (4, True)
    (place.folder / ".lock").unlink(missing_ok=True)
    (place.folder / ".lock").mkdir()
    ran = forks.run("build", "--place", place.folder)
    assert ran.code == 4
    assert "code:  place-not-writable" in ran.err and str(place.folder) in ran.err
    assert "Traceback" not in ran.err
    (place.folder / ".lock").rmdir()
    assert looking.hashes(place.releases) == old


@pytest.mark.parametrize("folder", ["releases", "memory", "models"])
def test_a_folder_of_the_place_is_not_one(place: Any, forks: Any, folder: str) -> None:
    shutil.rmtree(place.folder / folder)
    (place.folder / folder).write_text("not a folder", encoding="utf-8")
    ran = forks.run("build", "--place", place.folder)
    assert (ran.code, "code:  place-not-writable" in ran.err) == (4, True), ran.err
    assert "Traceback" not in ran.err


def test_a_full_disk(place: Any, forks: Any, looking: Any) -> None:
    """Files may grow to 512 kB and no more: the engine's own file cannot be written, the audit log's can."""
    old = looking.hashes(place.releases)
    ran = forks.run("build", "--place", place.folder, largest_file=1 << 19)
    assert (ran.code, "code:  place-not-writable" in ran.err) == (4, True), ran.err
    assert looking.hashes(place.releases) == old


def test_release_files_are_their_owners_alone(published: Any) -> None:
    (release,) = (p for p in published.place.releases.iterdir() if p.is_dir())
    assert {p.name: oct(p.stat().st_mode & 0o777) for p in release.iterdir()} == {
        "twin.duckdb": "0o600",
        "manifest.json": "0o600",
    }
    assert oct(release.stat().st_mode & 0o777) == "0o700"
    for folder in (published.place.memory, published.place.models, published.place.releases):
        assert oct(folder.stat().st_mode & 0o077) == "0o0", folder.name
        assert [p.name for p in folder.glob("*.*") if p.is_file() and p.stat().st_mode & 0o077] == []
