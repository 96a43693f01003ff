"""The command line as one of the county's users: the same resident, and each sees what their agreements open."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import duckdb
import pytest

from vestry.cli.app import run
from vestry.place import Place
from vestry.settings import Settings
from vestry.wiring import rooms_for

Ran = Callable[..., tuple[int, Any, str]]


@pytest.fixture(scope="module")
def resident(small: Any) -> str:
    """An adult whom social care, the surgery, housing and council tax all know."""
    path = small.place.releases / small.manifests[-1].release_id / "twin.duckdb"
    with duckdb.connect(str(path), read_only=True) as twin:
        found = twin.execute(
            "SELECT entity_id FROM subjects s WHERE kind = 'person' AND born_last < '1990-01-01' AND NOT deceased "
            "AND list_contains(known_to, 'adult-social-care') AND list_contains(known_to, 'gp-registrations') "
            "AND len(list_filter(known_to, x -> contains(x, 'council-tax'))) > 0 "
            "AND entity_id IN (SELECT entity_id FROM claims WHERE field = 'nhs_number' AND source = 'gp-registrations') "
            "ORDER BY len(known_to) DESC, 1 LIMIT 1"
        ).fetchone()
    assert found
    return str(found[0])


@pytest.fixture
def vestry(small: Any, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> Ran:
    monkeypatch.setenv("COLUMNS", "200")
    place: Place = small.place

    def ran(*arguments: str) -> tuple[int, Any, str]:
        code = run(replace(rooms_for(Settings())), [*arguments, "--place", str(place.folder)])
        captured = capsys.readouterr()
        said = json.loads(captured.out) if code == 0 and "--json" in arguments else captured.out
        return code, said, captured.err

    return ran


def test_each_sees_what_their_agreements_open(vestry: Ran, resident: str) -> None:
    def shown(user: str, purpose: str, *more: str) -> Any:
        code, said, err = vestry("show", resident, "--purpose", purpose, "--as", user, "--json", *more)
        assert code == 0, err
        return said

    worker = shown("adult-social-worker", "safeguarding")
    revenues = shown("revenues-officer", "council-tax")
    doctor = shown("general-practitioner", "direct-care")
    assert doctor["entity"]["values"]["nhs_number"]
    assert {o["source"] for o in worker["origins"]} - {o["source"] for o in doctor["origins"]}
    assert "nhs_number" not in revenues["entity"]["values"]
    assert "nhs_number" in {w["field"] for w in revenues["withheld"]}
    assert {o["source"] for o in doctor["origins"]} == {"adult-social-care", "gp-registrations"}
    assert not any("care" in o["source"] or "gp" in o["source"] for o in revenues["origins"])
    assert all("council-tax-recovery@1" in said["agreements"] for said in (revenues,))
    auditor = shown("external-auditor", "audit")
    assert not {"family_name", "birth_date", "address_lines"} & set(auditor["entity"]["values"])
    for user, purpose in (("police-analyst", "law-enforcement"), ("external-auditor", "council-tax")):
        code, _, err = vestry("show", resident, "--purpose", purpose, "--as", user)
        assert code != 0 and resident not in err


def test_as_tables_for_people(vestry: Ran, resident: str) -> None:
    """What is printed: the precision, what is withheld and why, and under which agreements; and no fault for anybody."""
    for user, purpose in (
        ("adult-social-worker", "safeguarding"), ("revenues-officer", "council-tax"), ("external-auditor", "audit"),
        ("police-officer", "safeguarding"), ("general-practitioner", "direct-care"),
    ):  # fmt: skip
        for command in ("show", "explain"):
            code, out, err = vestry(command, resident, "--purpose", purpose, "--as", user)
            assert code == 0 or "fault" not in err, err
            if command == "show" and code == 0:
                assert "Seen under:" in out
    code, out, _ = vestry("show", resident, "--purpose", "council-tax", "--as", "revenues-officer")
    assert "Withheld, whether or not there is anything" in out


def test_who_asks_has_to_be_said_whole(vestry: Ran, resident: str) -> None:
    code, _, err = vestry("show", resident, "--purpose", "direct-care", "--as", "discharge-worker")
    assert code != 0 and "--for" in err
    code, _, err = vestry("show", resident, "--purpose", "audit", "--as", "external-auditer")
    assert code != 0 and "external-auditor" in err
    code, _, err = vestry("show", resident, "--purpose", "audit", "--for", "eldershire")
    assert code != 0 and "--as" in err


def test_own_family_is_as_nobody(vestry: Ran, small: Any, resident: str) -> None:
    """Whoever is named in a user's family by their record in a source."""
    path = small.place.releases / small.manifests[-1].release_id / "twin.duckdb"
    with duckdb.connect(str(path), read_only=True) as twin:
        key, part = twin.execute(
            "SELECT source_key, part FROM members WHERE entity_id = $1 AND source = 'gp-registrations' LIMIT 1",
            [resident],
        ).fetchone()  # type: ignore[misc]
    people = small.place.people
    before = people.read_text(encoding="utf-8")
    head, name, rest = before.partition("- user: general-practitioner\n")
    assert name
    mine, others = re.split(r"(?m)^(?=- user: )", rest, maxsplit=1)
    without = re.sub(r"(?m)^  family:\n(?:  - .*\n)+", "", mine)
    family = f"  family:\n  - {{source: gp-registrations, key: '{key}', part: {part}}}\n"
    try:
        people.write_text(f"{head}{name}{without.rstrip()}\n{family}{others}", encoding="utf-8")
        code, _, err = vestry("show", resident, "--purpose", "direct-care", "--as", "general-practitioner")
        assert code != 0 and "nothing of that id" in err
    finally:
        people.write_text(before, encoding="utf-8")


def test_match_as_a_user_is_by_what_they_may_see(vestry: Ran, resident: str, small: Any) -> None:
    path = small.place.releases / small.manifests[-1].release_id / "twin.duckdb"
    with duckdb.connect(str(path), read_only=True) as twin:
        said = twin.execute(
            "SELECT max(value) FILTER (field = 'family_name'), max(value) FILTER (field = 'given_names'), "
            "max(value) FILTER (field = 'birth_date') FROM claims WHERE entity_id = $1 AND source = 'gp-registrations'",
            [resident],
        ).fetchone()
    assert said
    record = ("--family-name", said[0], "--given-names", said[1], "--birth-date", said[2])
    code, found, err = vestry(
        "match", *record, "--purpose", "direct-care", "--as", "general-practitioner", "--json"
    )
    assert code == 0 and resident in {one["entity_id"] for one in found["found"]}, err
    _, said, err = vestry("match", *record, "--purpose", "law-enforcement", "--as", "police-analyst")
    assert resident not in said and resident not in err
