"""The register of agreements, marks and emergencies on the command line: what is done there is what everybody sees next."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable
from typing import Any

import duckdb
import pytest

from vestry.cli.app import run
from vestry.place import Place, open_place
from vestry.settings import Settings
from vestry.wiring import rooms_for

Ran = Callable[..., tuple[int, str, str]]


@pytest.fixture(scope="module")
def county(small: Any, tmp_path_factory: pytest.TempPathFactory) -> Place:
    """The small county with an office of its own, so that nobody else lives by what is done here."""
    folder = tmp_path_factory.mktemp("register") / "county"
    shutil.copytree(
        small.place.folder, folder, ignore=shutil.ignore_patterns("office*", "checkpoints", "keys")
    )
    return open_place(folder)


@pytest.fixture(scope="module")
def resident(county: Place) -> str:
    """An adult of working age whom council tax lists."""
    (current,) = (county.releases / "current").read_text(encoding="utf-8").split()
    with duckdb.connect(str(county.releases / current / "twin.duckdb"), read_only=True) as twin:
        found = twin.execute(
            "SELECT entity_id FROM subjects WHERE kind = 'person' AND born_last < '1990-01-01' AND NOT deceased "
            "AND len(list_filter(known_to, x -> contains(x, 'council-tax'))) > 0 "
            "AND list_contains(known_to, 'adult-social-care') ORDER BY len(known_to) DESC, 1 LIMIT 1"
        ).fetchone()
    assert found
    return str(found[0])


@pytest.fixture
def vestry(county: Place, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> Ran:
    monkeypatch.setenv("COLUMNS", "200")
    monkeypatch.chdir(county.folder)

    def ran(*arguments: str) -> tuple[int, str, str]:
        code = run(rooms_for(Settings()), arguments)
        captured = capsys.readouterr()
        return code, captured.out, captured.err

    return ran


def test_from_files_to_a_register_that_everybody_lives_by(vestry: Ran, resident: str, county: Place) -> None:
    look = ("show", resident, "--purpose", "council-tax", "--as", "revenues-officer", "--json")

    def by_agreement() -> tuple[str, ...]:
        code, out, _ = vestry(*look)
        return tuple(json.loads(out)["agreements"]) if code == 0 else ()

    code, out, _ = vestry("agreement", "list")
    assert code == 0 and "By agreements/ and signatures.yaml" in out
    before = by_agreement()
    assert "council-tax-recovery@1" in before
    code, _, err = vestry("agreement", "suspend", "council-tax-recovery", "--because", "a breach")
    assert code != 0 and "vestry agreement import" in err
    code, out, err = vestry("agreement", "import")
    assert code == 0 and "Taken in: 17 agreements" in out, err
    assert by_agreement() == before, "the same law as in files"
    code, out, _ = vestry("agreement", "check")
    assert code == 0 and "As the register of this place has them" in out

    code, out, _ = vestry(
        "agreement", "suspend", "council-tax-recovery", "--because", "a breach is looked into"
    )
    assert code == 0 and "suspended since" in out and "a breach is looked into" in out
    assert "council-tax-recovery@1" not in by_agreement(), "at once"
    assert vestry("agreement", "resume", "council-tax-recovery", "--because", "it was none")[0] == 0
    assert by_agreement() == before

    file = county.agreements / "council-tax-recovery.yaml"
    narrower = file.read_text(encoding="utf-8").replace("retention_days: ", "retention_days: 1")
    file.write_text(narrower, encoding="utf-8")
    assert "agreements/ has other words of council-tax-recovery" in vestry("agreement", "check")[1]
    code, out, err = vestry("agreement", "draft", "agreements/council-tax-recovery.yaml")
    assert code == 0 and "council-tax-recovery@2: draft." in out, err
    assert vestry("agreement", "propose", "council-tax-recovery")[0] == 0
    assert by_agreement() == before, "the version before holds until all have signed"
    code, _, err = vestry(
        "agreement", "sign", "council-tax-recovery", "--for", "somebody-else", "--title", "Clerk"
    )
    assert code != 0 and "somebody-else is no party" in err
    code, out, _ = vestry("agreement", "history", "council-tax-recovery")
    assert code == 0 and out.index("council-tax-recovery@1") < out.index("council-tax-recovery@2")
    assert "it was none" in out and "proposed: not signed by" in out
    code, out, _ = vestry("agreement", "yaml", "council-tax-recovery", "--version", "1")
    assert code == 0 and out != narrower and "version: 1" in out
    code, _, err = vestry("agreement", "yaml", "council-tax-recovery", "--version", "7")
    assert code != 0 and "it has: 1, 2" in err

    code, out, _ = vestry("agreement", "end", "council-tax-recovery", "--because", "no longer needed")
    assert code == 0 and "ended since" in out
    assert "council-tax-recovery@1" not in by_agreement(), "whatever was proposed after it"
    assert vestry("audit", "verify")[0] == 0
    code, out, _ = vestry("audit", "search", "--agreement", "council-tax-recovery@1", "--json")
    assert code == 0 and "agreement-suspended" in out


def test_who_is_marked_is_set_apart_from_then_on(vestry: Ran, resident: str) -> None:
    look = ("show", resident, "--purpose", "safeguarding", "--as", "adult-social-worker", "--json")
    code, out, err = vestry(*look)
    assert code == 0, err
    whole = json.loads(out)["entity"]["values"]
    code, _, err = vestry("marks", "set", resident, "restrictd", "--because", "asked for")
    assert code != 0 and "restricted" in err
    code, _, err = vestry("marks", "set", "P0000000000000000", "restricted", "--because", "asked for")
    assert code != 0 and "vestry find" in err
    code, out, err = vestry("marks", "set", resident, "restricted", "--because", "asked for by the lead")
    assert code == 0 and f"{resident} is marked" in out, err
    code, out, _ = vestry(*look)
    assert code != 0 or json.loads(out)["entity"]["values"] != whole
    assert "asked for by the lead" in vestry("marks", "list")[1]
    assert vestry("marks", "take-back", resident, "restricted")[0] == 0
    assert json.loads(vestry(*look)[1])["entity"]["values"] == whole
    assert "Nobody is marked so far." in vestry("marks", "list")[1]
    assert "asked for by the lead" in vestry("marks", "list", "--entity", resident)[1]


def test_an_emergency_is_told_and_then_reviewed(vestry: Ran, resident: str) -> None:
    look = ("show", resident, "--purpose", "emergency", "--as", "adult-social-worker")
    urgent = ("--emergency", "she has not been seen for a week", "--tell", "governance-officer")
    code, _, err = vestry(*look)
    assert code != 0 and "emergency" in err, "an emergency without anybody told opens nothing"
    for wrong in (urgent[:2], (*urgent[:3], "adult-social-worker"), (*urgent[:3], "nobody-at-all")):
        assert vestry(*look, *wrong)[0] != 0
    assert "No look for an emergency waits" in vestry("emergency", "list")[1]
    code, out, err = vestry(*look, *urgent)
    assert code == 0 and resident in out, err
    code, out, _ = vestry("emergency", "list", "--told", "governance-officer", "--json")
    (waits,) = json.loads(out)
    assert waits["user"] == "adult-social-worker" and not waits["overdue"]
    number = str(waits["number"])
    code, out, _ = vestry("emergency", "looks", number, "--json")
    (one,) = json.loads(out)
    assert (one["action"], one["outcome"]) == ("show", "shown") and resident in one["entities"]
    assert resident in vestry("emergency", "looks", number)[1]
    assert "Nothing was looked at" in vestry("emergency", "looks", "99")[1]
    assert "No look for an emergency was reviewed" in vestry("emergency", "list", "--reviewed")[1]
    code, _, err = vestry(
        "emergency", "review", number, "--found", "justified", "--as", "adult-social-worker"
    )
    assert code != 0 and "of their own" in err
    code, out, err = vestry(
        "emergency", "review", number, "--found", "justified", "--as", "governance-officer",
        "--because", "her neighbour had rung",
    )  # fmt: skip
    assert code == 0 and "justified, by governance-officer" in out, err
    assert "No look for an emergency waits" in vestry("emergency", "list")[1]
    (reviewed,) = json.loads(vestry("emergency", "list", "--reviewed", "--json")[1])
    assert (reviewed["found"], reviewed["because"]) == ("justified", "her neighbour had rung")
    assert (
        "her neighbour had rung"
        in vestry("emergency", "list", "--reviewed", "--told", "governance-officer")[1]
    )
