"""`vestry people` and `vestry systems`, as their user types them."""

from __future__ import annotations

import json
import re
from typing import Any

import pytest

from vestry.place import Place

PEOPLE = """\
people:
- user: gale
  name: "Gale Ash"
  works_for:
  - {organisation: borough, as: "Social worker", roles: [social-worker]}
  training: {safeguarding: 2027-03-31}
- user: line
  name: "Police line"
  works_for:
  - {organisation: borough, as: "Line", roles: [system]}
  system: true
"""


@pytest.fixture
def with_people(small_place: Place) -> Place:
    small_place.people.write_text(PEOPLE, encoding="utf-8")
    return small_place


def test_people_from_the_file_to_the_list(vestry: Any, with_people: Place) -> None:
    ran = vestry("people", "import")
    assert (ran.exit_code, ran.err) == (0, "")
    assert "Added 2 accounts, replaced 0, of 2 users in people.yaml." in ran.out
    assert "gale" in vestry("people", "list").out
    (gale, line) = json.loads(vestry("people", "list", "--json").out)
    assert gale["works_for"] == [
        {"organisation": "borough", "as": "Social worker", "roles": ["social-worker"]}
    ]
    assert gale["training"] == {"safeguarding": "2027-03-31"} and line["system"]
    assert vestry("people", "list", "--organisation", "police").out.startswith("No accounts yet")


def test_a_file_that_says_something_else_is_told_of(vestry: Any, with_people: Place) -> None:
    vestry("people", "import")
    with_people.people.write_text(PEOPLE.replace("2027", "2028"), encoding="utf-8")
    assert "not as the file has them: gale." in vestry("people", "import").out
    assert "replaced 1" in vestry("people", "import", "--replace").out


def test_somebody_comes_and_goes(vestry: Any, small_place: Place) -> None:
    assert vestry("people", "add", "sam", "--name", "Sam Elm", "--openid", "sam@x").exit_code == 0
    assert vestry("people", "give", "sam", "borough", "auditor", "--title", "Audit").exit_code == 0
    assert vestry("people", "train", "sam", "safeguarding", "--until", "2027-01-01").exit_code == 0
    assert "OpenID Connect" in vestry("people", "list").out
    assert vestry("people", "openid", "sam").exit_code == 0
    assert "nothing yet" in vestry("people", "list").out
    ran = vestry("people", "invite", "sam")
    assert re.fullmatch(r"http://localhost:8000/enrol/[\w-]{43}/\n", ran.out)
    assert "2026-11-21 12:00 UTC" in ran.err
    assert vestry("people", "forget", "sam").out == "Took away 0 passkeys of sam.\n"
    assert vestry("people", "suspend", "sam").exit_code == 0
    assert "suspended" in vestry("people", "list").out
    assert vestry("people", "restore", "sam").exit_code == 0
    assert vestry("people", "take", "sam", "borough", "auditor").exit_code == 0
    assert "changed_user" in vestry("audit", "search", "--user", "sam", "--json").out


def test_who_is_not_there(vestry: Any, small_place: Place) -> None:
    ran = vestry("people", "invite", "nobody")
    assert ran.exit_code == 7 and "account-unknown" in ran.err and "vestry people import" in ran.err


def test_a_systems_secret_is_shown_once(vestry: Any, small_place: Place) -> None:
    ran = vestry("systems", "connect", "line", "--for", "borough", "--name", "Line")
    client_id = re.search(r"client id: +(line-[0-9a-f]{8})\n", ran.out)
    secret = re.search(r"client secret: ([\w-]{43})\n", ran.out)
    assert client_id and secret
    listed = vestry("systems", "list").out
    assert (
        client_id[1] in listed
        and secret[1] not in listed
        and secret[1] not in vestry("systems", "list", "--json").out
    )
    assert vestry("systems", "revoke", client_id[1]).exit_code == 0
    assert "revoked" in vestry("systems", "list").out


def test_a_systems_key(vestry: Any, small_place: Place) -> None:
    (small_place.folder / "key.pem").write_text("no key")
    ran = vestry("systems", "connect", "line", "--for", "borough", "--name", "Line", "--key", "key.pem")
    assert ran.exit_code == 2 and "key-unusable" in ran.err
    assert vestry("systems", "connect", "line", "--key", "absent.pem").exit_code == 2
    assert vestry("systems", "list").out.startswith("No systems yet")
