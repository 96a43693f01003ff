"""What place.toml may say of signing in and of trust: every problem at once, and never a secret."""

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


def test_trust_in_a_source(tmp_path: Path) -> None:
    said = place(tmp_path, "[trust.gp]\naddress = 8\nother_number = 1\n[trust.tax]\nphone = 9\n")
    assert said.trust == {"gp": {"address": 8, "other_number": 1}, "tax": {"phone": 9}}


def test_trust_for_what_is_no_field_or_no_number_is_refused(tmp_path: Path) -> None:
    with pytest.raises(PlaceInvalid) as raised:
        place(tmp_path, "[trust.gp]\nadress = 8\nshoe_size_worn = 3\nphone = 12\nemail = true\naddress = 8\n")
    problems = raised.value.problems
    assert [p.what for p in problems] == [
        "`adress` is no field, and no group of fields.",
        "`shoe_size_worn` is no field, and no group of fields.",
        "The trust in `phone` is not a whole number from 1 to 9.",
        "The trust in `email` is not a whole number from 1 to 9.",
    ]
    assert {p.where for p in problems} == {f"{tmp_path / 'place.toml'}, trust.gp"}
    assert problems[0].fix == "did you mean address?" and problems[1].fix.startswith("use one of: ")


@pytest.mark.parametrize("said", ["[trust]\naddress = 8\n", "trust = 3\n"])
def test_trust_says_of_which_source(tmp_path: Path, said: str) -> None:
    with pytest.raises(PlaceInvalid, match="problems") as raised:
        place(tmp_path, said)
    assert "[trust.SOURCE]" in raised.value.problems[0].fix


@pytest.mark.parametrize(
    ("said", "what"),
    [
        ("name = 3", "`name` is not a text."),
        ("thresholds = 3", "`thresholds` is not a table."),
        ("thresholds = {linc = 0.5}", "`thresholds.linc` is no threshold."),
        ("thresholds = {link = true}", "`thresholds.link` is not a probability."),
        ("areas = 3", "`areas` is not a table."),
        ("areas = {geographies = 3}", "`areas.geographies` is not a list."),
        ("areas = {geographies = [3]}", "A geography lacks its vintage."),
        ("organisations = 3", "`organisations` is not a table."),
        ("organisations = {a = 3}", "`a` has no name."),
        ("organisations = {a = {names = 3}}", "`a` has no name."),
        ("measures = 3", "`measures` is not a list of tables."),
        ("measures = [3]", "A measure is not a table."),
        ("measures = [{measure = 'x'}]", "A measure lacks count and by."),
        ("measures = [{measure = 'x', count = 'person', by = 3, of = 'y'}]", "`by` is not a text."),
        ("language = 3", "`language` is not a text."),
        ("run_by = []", "`run_by` is not a text."),
        ("colour = 3", "`colour` is not a text."),
    ],
)
def test_what_is_of_another_type_is_told_and_is_no_fault(tmp_path: Path, said: str, what: str) -> None:
    text = said if said.startswith("name") else f'name = "Here"\n{said}'
    (tmp_path / "place.toml").write_text(text, encoding="utf-8")
    with pytest.raises(PlaceInvalid) as error:
        open_place(tmp_path)
    assert what in [problem.what for problem in error.value.problems]
