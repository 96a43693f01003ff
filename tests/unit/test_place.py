"""What place.toml may say of signing in: every problem at once, and never a secret."""

from __future__ import annotations

from pathlib import Path

import pytest

from vestry.errors import PlaceInvalid
from vestry.place import Place, SignIn, open_place


def place(folder: Path, said: str) -> Place:
    (folder / "place.toml").write_text(f'name = "Test"\n{said}', encoding="utf-8")
    return open_place(folder)


def test_nothing_said(tmp_path: Path) -> None:
    opened = place(tmp_path, "")
    assert not opened.fictional and opened.sign_in == SignIn()


def test_everything_said(tmp_path: Path) -> None:
    opened = place(
        tmp_path,
        'fictional = true\n[sign_in]\naddress = "https://office.example.gov.uk"\nclient_id = "vestry"\n'
        'issuer = "https://login.example.gov.uk/tenant/v2.0"\nclaim = "email"\n',
    )
    assert opened.fictional
    assert opened.sign_in == SignIn(
        address="https://office.example.gov.uk",
        issuer="https://login.example.gov.uk/tenant/v2.0",
        client_id="vestry",
        claim="email",
    )


@pytest.mark.parametrize(
    "address",
    [
        "http://office.example.gov.uk",
        "https://",
        "https://office.example.gov.uk/",
        "https://office.example.gov.uk/path",
        "https://user:word@office.example.gov.uk",
        "https://office.example.gov.uk?x=1",
        "https://office.example.gov.uk:port",
        "office.example.gov.uk",
        "javascript:alert(1)",
    ],
)
def test_an_address_that_cannot_be_used(tmp_path: Path, address: str) -> None:
    with pytest.raises(PlaceInvalid):
        place(tmp_path, f'[sign_in]\naddress = "{address}"\n')


@pytest.mark.parametrize("address", ["http://localhost:8000", "http://127.0.0.1:8000", "http://[::1]:8000"])
def test_this_machine_may_be_plain(tmp_path: Path, address: str) -> None:
    assert place(tmp_path, f'[sign_in]\naddress = "{address}"\n').sign_in.address == address


def test_every_problem_at_once(tmp_path: Path) -> None:
    with pytest.raises(PlaceInvalid) as refused:
        place(
            tmp_path,
            'fictional = "yes"\n[sign_in]\nissuer = "http://login.example"\nclient_secret = "hunter2"\nclam = "x"\n'
            "claim = 3\n",
        )
    said = refused.value.text()
    assert len(refused.value.problems) == 7
    assert "hunter2" not in said
    for told in (
        "fictional",
        "issuer",
        "client_secret",
        "clam",
        "`claim` is not a text",
        "address",
        "client_id",
    ):
        assert told in said


def test_a_table_that_is_none(tmp_path: Path) -> None:
    with pytest.raises(PlaceInvalid):
        place(tmp_path, "sign_in = 3\n")


@pytest.mark.parametrize("colour", ["#1d5b79", "#000000"])
def test_a_place_has_a_colour_of_its_own(tmp_path: Path, colour: str) -> None:
    (tmp_path / "place.toml").write_text(f'name = "P"\ncolour = "{colour}"\n')
    assert open_place(tmp_path).colour == colour


@pytest.mark.parametrize(
    "colour", ['"#ffdd00"', '"blue"', '"#1d5b7"', "7", '"#1d5b79; } body { display: none"']
)
def test_a_colour_on_which_white_cannot_be_read_is_none(tmp_path: Path, colour: str) -> None:
    (tmp_path / "place.toml").write_text(f'name = "P"\ncolour = {colour}\n')
    with pytest.raises(PlaceInvalid):
        open_place(tmp_path)
