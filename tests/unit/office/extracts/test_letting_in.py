"""What the server lets in: large requests at the address that this office gave, and nowhere else; told, promised or in pieces."""

from __future__ import annotations

import shutil
import stat
from collections.abc import Iterator
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from django.conf import settings
from django.core import signing
from waitress.adjustments import Adjustments

from vestry.office.extracts import letting_in
from vestry.office.extracts.letting_in import LARGEST, is_good, limit, word_for
from vestry.place import Place

SMALL = 1_000_000
HUGE = 3_000_000_000


@pytest.fixture(autouse=True)
def _secret() -> Iterator[None]:
    settings.SECRET_KEY = "a secret of this test"
    yield


@pytest.fixture
def request_of(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Any:
    place = Place(folder=tmp_path, name="X")
    monkeypatch.setattr(shutil, "disk_usage", lambda _: SimpleNamespace(free=1 << 50))
    server = SimpleNamespace(channel_class=None)
    limit(server, place)
    assert stat.S_IMODE((tmp_path / "spool").stat().st_mode) == 0o700

    def begun(path: str, *headers: str, method: str = "POST") -> Any:
        one = server.channel_class.parser_class(Adjustments(max_request_body_size=SMALL))  # type: ignore[attr-defined]
        said = "\r\n".join([f"{method} {path} HTTP/1.1", "Host: localhost", *headers, "", ""])
        one.received(said.encode())
        return one

    return begun


def address(session: str = "s") -> str:
    return f"/extracts/receive/{word_for(session)}/"


@pytest.mark.parametrize(
    ("path", "length", "code"),
    [
        ("given", 1_500_000_000, None), ("given", LARGEST, 413), ("given", HUGE, 413),
        ("/extracts/receive/made-up/", SMALL, 413), ("/extracts/receive/", SMALL, 413), ("/find/", SMALL, 413),
        ("/find/", SMALL - 1, None), ("given?x=1", 1_500_000_000, None), ("given-and-more", SMALL, 413),
    ],
)  # fmt: skip
def test_by_the_length_that_is_told(request_of: Any, path: str, length: int, code: int | None) -> None:
    path = path.replace("given-and-more", address() + "more/").replace("given", address())
    one = request_of(path, f"Content-Length: {length}")
    assert (one.error.code if one.error else None) == code
    assert one.completed is (code is not None)


def test_who_asks_whether_to_go_on_is_not_told_to(request_of: Any) -> None:
    """Else all of it would be read first: waitress says go on to whoever asks, whatever the length."""
    one = request_of(address(), f"Content-Length: {HUGE}", "Expect: 100-continue")
    assert one.error.code == 413 and not one.expect_continue
    assert "2 GB" in one.error.body


def test_in_pieces_it_is_cut_off_where_it_lies(request_of: Any) -> None:
    one = request_of("/find/", "Transfer-Encoding: chunked")
    piece = b"%x\r\n%s\r\n" % (400_000, b"x" * 400_000)
    sent = 0
    while not one.completed:
        one.received(piece)
        sent += 1
        assert sent < 10
    assert one.error.code == 413 and sent == 3


def test_a_full_disk_is_told_before(request_of: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(shutil, "disk_usage", lambda _: SimpleNamespace(free=2_000_000_000))
    assert request_of(address(), "Content-Length: 900000000").error.code == 507
    assert request_of(address(), "Content-Length: 90000000").error is None


def test_a_word_is_of_its_session_and_lasts_for_a_while(monkeypatch: pytest.MonkeyPatch) -> None:
    word = word_for("s")
    assert is_good(word) and is_good(word, "s")
    assert not is_good(word, "t") and not is_good(word + "x") and not is_good("x")
    assert not is_good(signing.TimestampSigner(salt="another").sign("s"))
    monkeypatch.setattr(letting_in, "LASTS", -1)
    assert not is_good(word)
