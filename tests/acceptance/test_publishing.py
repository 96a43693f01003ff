"""Publishing is all at once: killed, stopped or refused at any moment, the old release stays, and the next build
needs no cleaning up.

Each kill falls on what the kill before it left behind.
"""

from __future__ import annotations

import os
import random
import shutil
import signal
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from vestry.place import open_place

STEPS = ("take stock", "check", "standardise", "place", "link", "identify", "assemble", "measure", "publish")
JANE = {"ID": "1", "NHS": "9434765919", "FAMILY": "Smith", "GIVEN": "Jane", "BORN": "1980-01-02"}
HOME = {"ADDRESS": "1 High Street", "POSTCODE": "AB1 2CD"}


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


def current(place: Any) -> str:
    return str((place.releases / "current").read_text(encoding="utf-8").strip())


def names(place: Any) -> list[str]:
    return sorted(p.name for p in place.releases.iterdir())


def assert_readable(place: Any, forks: Any, release: str) -> None:
    """Its own bytes are as they were, and the command line reads it."""
    found = forks.run("find", "--name", "smith", "--purpose", "audit", "--place", place.folder)
    assert (found.code, found.err) == (0, "")
    assert "SMITH" in found.out.upper()
    listed = forks.run("releases", "list", "--json", "--place", place.folder)
    assert listed.code == 0 and f'"{release}"' in listed.out


def assert_next_build_is_whole(place: Any, forks: Any, old: dict[str, str], looking: Any) -> None:
    ran = forks.run("build", "--place", place.folder)
    assert (ran.code, ran.err) == (0, "")
    first = next(path for path in old if "/" in path).split("/")[0]
    assert current(place).startswith("0002-")
    assert names(place) == sorted([first, current(place), "current"]), "something was left lying about"
    now = looking.hashes(place.releases)
    assert {path: now[path] for path in old if path != "current"} == {p: h for p, h in old.items() if p != "current"}
    assert sorted(p.name for p in place.memory.iterdir() if p.suffix != ".parquet") == []
    assert sorted(p.name for p in place.models.iterdir() if p.suffix != ".json") == []
    assert_readable(place, forks, current(place))


def test_killed_on_entering_every_step(place: Any, forks: Any, looking: Any) -> None:
    old = looking.hashes(place.releases)
    release = current(place)
    for step in STEPS:
        ran = forks.run("build", "--place", place.folder, at=f"enter {step}")
        assert ran.code == -signal.SIGKILL, step
        assert current(place) == release, step
        kept = looking.hashes(place.releases)
        assert {path: kept[path] for path in old} == old, step
        assert not any(p.startswith("0002-") for p in kept), step
    assert_readable(place, forks, release)
    assert_next_build_is_whole(place, forks, old, looking)


LAST_MOMENTS = ("leave publish", "rename 1", "replace 1", "write_text 1", "write_text 2")
"""The table file is written; before the folder gets its name, before `current` does, before either is written."""


@pytest.mark.parametrize("at", LAST_MOMENTS)
def test_killed_in_the_last_moments(place: Any, forks: Any, looking: Any, at: str) -> None:
    old, release = looking.hashes(place.releases), current(place)
    assert forks.run("build", "--place", place.folder, at=at).code == -signal.SIGKILL
    assert current(place) == release
    assert {path: h for path, h in looking.hashes(place.releases).items() if path in old} == old
    listed = forks.run("releases", "list", "--json", "--place", place.folder)
    assert listed.code == 0
    if at in ("rename 1", "replace 1"):
        assert_next_build_is_whole(place, forks, old, looking)


def test_a_release_that_never_became_current_is_not_left_lying_about(
    published: Any, place: Any, forks: Any, make_tiny: Callable[..., Any], looking: Any
) -> None:
    """Killed between its two renames; then another extract comes, so that the next release is a different one."""
    old = looking.hashes(place.releases)
    assert forks.run("build", "--place", place.folder, at="replace 1").code == -signal.SIGKILL
    type(published)(place).send("gp", "2026-01-03", {**JANE, "ID": "A"}, {"ID": "B", "FAMILY": "New", "GIVEN": "Ann"})
    assert_next_build_is_whole(place, forks, old, looking)


def test_killed_at_random_moments(place: Any, forks: Any, looking: Any) -> None:
    old, release, rng = looking.hashes(place.releases), current(place), random.Random(11)
    killed = 0
    for _ in range(5):
        ran = forks.run("build", "--place", place.folder, after=rng.uniform(0.1, 4))
        killed += ran.code == -signal.SIGKILL
        if ran.code == 0:
            break
        assert current(place) == release
        kept = looking.hashes(place.releases)
        assert {path: kept[path] for path in old} == old
    assert killed
    assert_next_build_is_whole(place, forks, old, looking)


@pytest.mark.parametrize("moment", [{"at": "enter standardise"}, {"after": 1.5}, {"at": "leave assemble"}])
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
        running.send(signal.SIGCONT)
    assert running.ended().code == 0, "the first was not disturbed"
    assert current(place) != release


def test_the_lock_goes_with_the_process_that_held_it(place: Any, forks: Any) -> None:
    assert forks.run("build", "--place", place.folder, at="enter check").code == -signal.SIGKILL
    assert forks.run("build", "--place", place.folder, at="enter check").code == -signal.SIGKILL


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
    """Files may grow to 64 kB and no more: the engine's own file cannot be written."""
    old = looking.hashes(place.releases)
    ran = forks.run("build", "--place", place.folder, largest_file=1 << 16)
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
