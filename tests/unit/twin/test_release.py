"""Publishing by itself: what stands in the folder of releases after each moment at which it may be cut off."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from vestry.twin.manifest import CURRENT_FILE, Manifest, current_release, read_manifest
from vestry.twin.predecessor import TWIN_FILE
from vestry.twin.release import UNFINISHED, publish, release_id, sweep

OLD, NEW = "0001-aaaaaaaa", "0002-bbbbbbbb"


class Killed(BaseException):
    """Stands for the end of the process."""


def manifest(name: str, predecessor: str | None = OLD, **said: Any) -> Manifest:
    return Manifest(
        release_id=name, place="Test", built_at="2026-11-20T12:00:00+00:00", predecessor=predecessor, inputs=[],
        contracts={}, place_sha256="", decisions={}, models={}, rules={}, versions={}, **said,
    )  # fmt: skip


def written(releases: Path, text: str) -> Path:
    folder = releases / f"{UNFINISHED}release"
    folder.mkdir()
    (folder / TWIN_FILE).write_text(text, encoding="utf-8")
    return folder


@pytest.fixture
def releases(tmp_path: Path) -> Path:
    """A folder with one published release, OLD."""
    publish(tmp_path, written(tmp_path, "old"), manifest(OLD, None))
    return tmp_path


def standing(releases: Path) -> dict[str, str]:
    """Release -> what its file holds."""
    return {p.parent.name: p.read_text(encoding="utf-8") for p in releases.glob(f"*/{TWIN_FILE}")}


def test_published(releases: Path) -> None:
    publish(releases, written(releases, "new"), manifest(NEW))
    assert standing(releases) == {OLD: "old", NEW: "new"}
    assert current_release(releases) == NEW
    assert sorted(p.name for p in releases.iterdir()) == [OLD, NEW, CURRENT_FILE]
    assert read_manifest(releases / NEW).text() == manifest(NEW).text()


@pytest.mark.parametrize("call", range(1, 12))
@pytest.mark.parametrize("name", ["write_text", "rename", "replace", "unlink", "chmod"])
def test_cut_off_before_any_call_the_next_one_makes_it_whole(
    releases: Path, monkeypatch: pytest.MonkeyPatch, name: str, call: int
) -> None:
    """Then the same release is published, or another one: neither finds anything in its way, nor leaves any."""
    calls, original = [0], getattr(Path, name)

    def called(self: Path, *arguments: Any, **named: Any) -> Any:
        calls[0] += 1
        if calls[0] == call:
            raise Killed
        return original(self, *arguments, **named)

    unfinished = written(releases, "new")
    with monkeypatch.context() as patch:
        patch.setattr(Path, name, called)
        try:
            publish(releases, unfinished, manifest(NEW))
        except Killed:
            assert current_release(releases) == OLD or name == "unlink"
            assert standing(releases)[OLD] == "old"
        else:
            assert call > 1, "it makes no such call, and this test proves nothing"
    sweep(releases)
    left = {OLD} if current_release(releases) == OLD else {OLD, NEW}
    assert set(standing(releases)) == left
    if current_release(releases) == OLD:
        publish(releases, written(releases, "new"), manifest(NEW))
    sweep(releases)
    assert standing(releases) == {OLD: "old", NEW: "new"}
    assert sorted(p.name for p in releases.iterdir()) == [OLD, NEW, CURRENT_FILE]


def test_a_release_that_was_published_is_never_replaced_nor_removed(releases: Path) -> None:
    """Someone went back to the one before it, and built again: the same inputs, so the same id."""
    publish(releases, written(releases, "new"), manifest(NEW))
    (releases / CURRENT_FILE).write_text(OLD + "\n", encoding="utf-8")
    try:
        publish(releases, written(releases, "new, built once more"), manifest(NEW))
    finally:
        sweep(releases)
        assert standing(releases) == {OLD: "old", NEW: "new"}
    assert current_release(releases) == NEW


def test_an_id_counts_on_from_its_predecessor_and_depends_on_the_inputs() -> None:
    first = release_id(manifest("", None))
    assert first.startswith("0001-")
    assert release_id(manifest("", "0009-cccccccc")).startswith("0010-")
    other = Manifest(
        **{f: getattr(manifest("", None), f) for f in Manifest.__slots__} | {"models": {"m": "1"}}
    )
    assert release_id(other) != first
