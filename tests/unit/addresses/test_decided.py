"""What people decided of addresses: the last word stands, a cut line is named, and the library is overruled."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from vestry.addresses import uprns
from vestry.addresses.decided import APART, AddressesDecided, AddressLine, read_addresses_decided
from vestry.errors import DecisionsInvalid


def hashed(lines: str, postcode: str) -> str:
    return f"{lines}|{postcode}"


def line(seen: str, word: Any, uprn: str = "") -> AddressLine:
    return AddressLine(word=word, seen=seen, uprn=uprn)


def write(folder: Path, name: str, *lines: dict[str, str] | str) -> None:
    folder.mkdir(exist_ok=True)
    text = "\n".join(said if isinstance(said, str) else json.dumps(said) for said in lines)
    (folder / name).write_text(text + "\n", encoding="utf-8")


def test_the_last_word_on_an_address_stands(tmp_path: Path) -> None:
    write(
        tmp_path,
        "2026-11-02.jsonl",
        {"decision": "none", "seen": "a"},
        {"decision": "withdrawn", "seen": "b"},
    )
    write(
        tmp_path,
        "2026-11-01.jsonl",
        {"decision": "uprn", "seen": "a", "uprn": "1", "by": "ann"},
        {"decision": "uprn", "seen": "b", "uprn": "2"},
        {"decision": "uprn", "seen": "c", "uprn": "3"},
    )
    found = read_addresses_decided(tmp_path, hashed)
    assert {seen: (said.word, said.uprn) for seen, said in found.standing().items()} == {
        "a": ("none", ""),
        "c": ("uprn", "3"),
    }
    assert sorted(found.hashes) == ["addresses/2026-11-01.jsonl", "addresses/2026-11-02.jsonl"]


def test_every_line_that_decides_nothing_is_named(tmp_path: Path) -> None:
    write(
        tmp_path,
        "2026-11-01.jsonl",
        {"decision": "uprn", "seen": "a"},
        {"decision": "maybe", "seen": "a"},
        {"decision": "none"},
        {"decision": "none", "seen": "a", "uprn": "1"},
        '{"decision": "no',
        {"decision": "none", "seen": "a"},
    )
    with pytest.raises(DecisionsInvalid) as told:
        read_addresses_decided(tmp_path, hashed)
    assert [p.where[-1] for p in told.value.problems] == ["1", "2", "3", "4", "5"]


def test_no_folder_and_no_key_decide_nothing(tmp_path: Path) -> None:
    texts = [{"text_id": "t", "address_lines": "a", "postcode": None}]
    assert read_addresses_decided(tmp_path / "none", hashed).of(texts) == {}
    assert AddressesDecided(lines=[line("a|", "none")], hashed=None).of(texts) == {}
    assert set(AddressesDecided(lines=[line("a|", "none")], hashed=hashed).of(texts)) == {"t"}


@pytest.fixture(scope="module")
def memory(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """What the library said of each text: it is asked of all of them once, which takes seconds, and of none again."""
    return tmp_path_factory.mktemp("memory")


@pytest.fixture
def everything(cases: Any, engine: Any, find: Any, memory: Path) -> list[dict[str, Any]]:
    """What is found of every hard case, with nothing decided."""
    rows = [{"lines": text, "postcode": postcode} for text, postcode, *_ in cases["cases"]]
    found: list[dict[str, Any]] = engine.fetch(find(rows, memory=memory).matches).to_pylist()
    return found


@pytest.fixture
def outcome(engine: Any, find: Any, memory: Path) -> Any:
    """(uprn, method, reason) of the address, and the UPRN of its record and how that was come by."""

    def found(row: Any, *words: AddressLine) -> tuple[Any, ...]:
        decided = AddressesDecided(lines=words, hashed=hashed)
        asked = [{"lines": row["address_lines"], "postcode": row["postcode"]}]
        addressed = find(asked, decided=decided, memory=memory)
        (match,) = engine.fetch(addressed.matches).to_pylist()
        (record,) = engine.fetch(addressed.records.select("uprn", "uprn_by", "uprn_why")).to_pylist()
        return (match["uprn"], match["method"], match["reason"], *record.values())

    return found


def test_a_person_outranks_what_the_machine_makes_of_a_text(
    outcome: Any, everything: list[dict[str, Any]]
) -> None:
    for method in ("library", "review", "none"):
        row = next(r for r in everything if r["method"] == method and r["reason"] not in APART)
        other = next(r["uprn"] for r in everything if r["uprn"] and r["uprn"] != row["uprn"])
        seen = hashed(row["address_lines"], row["postcode"] or "")
        said = outcome(row, line(seen, "uprn", other))
        assert said == (other, "reviewer", uprns.A_REVIEWER_SAID, other, "reviewer", uprns.A_REVIEWER_SAID)
        assert outcome(row, line(seen, "none")) == (
            None, "reviewer", uprns.A_REVIEWER_FOUND_NONE, None, None, uprns.A_REVIEWER_FOUND_NONE,
        )  # fmt: skip
        alone = outcome(row)
        assert alone[:2] == (row["uprn"], method)
        # A property that the gazetteer does not know cannot be meant; and a word that was taken back says nothing.
        assert outcome(row, line(seen, "uprn", "404")) == alone
        assert outcome(row, line(seen, "none"), line(seen, "withdrawn")) == alone


def test_the_gazetteer_s_own_address_is_not_decided(outcome: Any, everything: list[dict[str, Any]]) -> None:
    row = next(r for r in everything if r["method"] == "exact")
    alone = outcome(row)
    assert outcome(row, line(hashed(row["address_lines"], row["postcode"] or ""), "none")) == alone
