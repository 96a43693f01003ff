"""`vestry audit`: what is checked, signed, found and told, as it stands on the screen."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from gateway_by_hand import entries
from vestry.cli.audit import told
from vestry.clock import FixedClock
from vestry.office.audit.desk import audit_log
from vestry.office.audit.notes import verifier_of
from vestry.place import Place
from vestry.sharing.audit import AuditEntry
from vestry.sharing.audit_desk import Look, ids_of


@pytest.fixture
def asked(small_place: Place, clock: FixedClock, vestry: Callable[..., Any]) -> None:
    """Somebody of the borough was shown p-1 and refused p-2; the operator showed p-1 and exported everybody."""
    log = audit_log(small_place, clock=clock)
    who = {"user": "u-7", "organisation": "borough", "purpose": "council-tax"}
    first = log.append(AuditEntry(stage="asked", action="show", entities=("p-1",), **who))
    log.append(
        AuditEntry(
            stage="answered", action="show", entities=("p-1",), answers=first, count=1, agreements=("tax@1",),
            fields=("family_name", "postcode"), **who,
        )
    )  # fmt: skip
    log.append(AuditEntry(stage="refused", action="show", entities=("p-2",), reason="role", **who))
    assert vestry("show", "p-1", "--purpose", "audit").exit_code == 0
    assert vestry("export", "people", "--to", "people.csv", "--purpose", "audit").exit_code == 0


def test_an_empty_log_holds(vestry) -> None:
    ran = vestry("audit", "verify")
    assert (ran.exit_code, ran.out) == (0, "0 entries, each as it was written and in its place.\n")
    assert vestry("audit", "checkpoint").out.startswith("The audit log is empty")


def test_verify_states_its_window(vestry, asked: None) -> None:
    ran = vestry("audit", "verify")
    assert ran.exit_code == 0
    assert "7 entries, each as it was written and in its place." in ran.out
    assert "could have cut off any entry" in ran.out
    assert "--checkpoint PATH" in ran.out


def test_verify_against_what_somebody_else_kept(vestry, asked: None, tmp_path: Path) -> None:
    kept = tmp_path / "kept"
    kept.mkdir()
    (kept / "one.checkpoint").write_text(vestry("audit", "checkpoint").out, encoding="utf-8")
    ran = vestry("audit", "verify", "--checkpoint", str(kept))
    assert f"It continues {kept / 'one.checkpoint'}, of 7 entries." in ran.out
    assert "No entry could have been cut off its end unseen" in ran.out
    vestry("status")
    ran = vestry("audit", "verify", "--checkpoint", str(kept / "one.checkpoint"), "--entry", "2")
    assert "could have cut off the last 2 entries, from 2026-11-20 12:00:00 on" in ran.out
    assert "Entry 2 is in the log of 7 entries: 3 hashes prove it" in ran.out


def test_a_log_that_was_cut_is_found_by_it(
    vestry, asked: None, small_place: Place, clock: FixedClock, tmp_path: Path
) -> None:
    kept, key = tmp_path / "kept.checkpoint", vestry("audit", "key").out.strip()
    kept.write_text(vestry("audit", "checkpoint").out, encoding="utf-8")
    audit_log(small_place, clock=clock).close()
    for path in (small_place.office, *small_place.checkpoints.iterdir()):
        path.unlink()  # begun anew, by somebody who has the keys
    assert vestry("show", "p-1", "--purpose", "audit").exit_code == 0
    assert vestry("audit", "verify").exit_code == 0
    for words in ((), ("--key", key)):
        ran = vestry("audit", "verify", "--checkpoint", str(kept), *words)
        assert ran.exit_code == 8
        assert "its end, up to entry 7, was cut off" in ran.err
        assert "code:  audit-broken" in ran.err


def test_the_first_changed_entry_is_named(vestry, asked: None, small_place: Place, clock: FixedClock) -> None:
    log = audit_log(small_place, clock=clock)
    with log._connection().cursor() as cursor:
        cursor.execute("DROP TRIGGER audit_entries_no_update")
        cursor.execute("UPDATE audit_entries SET body = replace(body, 'u-7', 'u-8') WHERE number = 2")
    ran = vestry("audit", "verify")
    assert ran.exit_code == 8
    assert "This entry was changed." in ran.err and "office.sqlite3, entry 2" in ran.err
    assert "was taken away or switched off" in ran.err
    told = json.loads(vestry("audit", "verify", "--json").out)
    assert "entry 2" in told["problems"][0]["where"]


@pytest.mark.parametrize(
    ("words", "code"),
    [
        (("--checkpoint", "none.checkpoint"), "checkpoint-invalid"),
        (("--checkpoint", "place.toml"), "checkpoint-invalid"),
        (("--checkpoint", "releases"), "checkpoint-invalid"),
        (("--key", "nonsense"), "checkpoint-invalid"),
        (("--entry", "99"), "not-found"),
        (("--entry", "0"), "not-found"),
    ],
)
def test_what_cannot_be_checked_is_told(vestry, asked: None, words: tuple[str, ...], code: str) -> None:
    ran = vestry("audit", "verify", *words)
    assert ran.exit_code in (2, 7) and f"code:  {code}" in ran.err


def test_the_key_is_printed_for_others(vestry, small_place: Place) -> None:
    key = vestry("audit", "key").out.strip()
    assert verifier_of(key).name.startswith("vestry.audit/")
    assert vestry("audit", "key").out.strip() == key


@pytest.mark.parametrize(
    ("words", "found"),
    [
        (("--person", "p-1"), [5, 4, 2, 1]),
        (("--person", "p-2"), [3]),
        (("--user", "u-7"), [3, 2, 1]),
        (("--user", "alex"), [7, 6, 5, 4]),
        (("--organisation", "borough", "--person", "p-1"), [2, 1]),
        (("--agreement", "tax@1"), [2]),
        (("--purpose", "council-tax"), [3, 2, 1]),
        (("--action", "export"), [7, 6]),
        (("--since", "2026-11-20", "--until", "2026-11-20", "--person", "p-1"), [5, 4, 2, 1]),
        (("--since", "2026-11-21"), []),
        (("--until", "2026-11-19"), []),
        (("--person", "' OR 1=1 --"), []),
    ],
)
def test_search(vestry, asked: None, words: tuple[str, ...], found: list[int]) -> None:
    told = json.loads(vestry("audit", "search", *words, "--json").out)
    assert [kept["number"] for kept in told["entries"]] == found
    ran = vestry("audit", "search", *words)
    assert ran.exit_code == 0
    assert ("No entry." in ran.out) == (not found)


def test_a_search_is_itself_entered_without_what_is_no_id(vestry, asked: None, small_place: Place) -> None:
    vestry("audit", "search", "--person", "Zoe O'Brien", "--until", "2030-01-01")
    before, after = entries(small_place)[-2:]
    assert (before["action"], before["entities"]) == ("audit-search", ["not an id"])
    assert before["criteria"] == ["entity", "until"]
    assert (after["stage"], after["answers"]) == ("answered", before["entry"])


def test_a_search_says_when_there_is_more(vestry, asked: None) -> None:
    assert "The newest 2; there are more (--limit)." in vestry("audit", "search", "--limit", "2").out


@pytest.mark.parametrize("day", ["yesterday", "2026-13-01", "9999-12-31", "01/02/2026"])
def test_a_day_that_is_none(vestry, day: str) -> None:
    assert vestry("audit", "search", "--until", day).exit_code == 2


def test_who_looked_at_me(vestry, asked: None) -> None:
    ran = vestry("audit", "about", "p-1")
    ids, ours, of_p2, theirs, *_ = ran.out.splitlines()
    assert ids == "Looks at ids that have become this one are told too: p-2, p-both, p-mid, p-old."
    assert ours == (
        "20 November 2026, 12:00 (UTC): somebody at Test looked at what is known of you, "
        "to check that the twin, or the use made of it, is as it should be."
    )
    assert of_p2.endswith(". It was refused, and nothing was seen.")
    assert theirs.startswith("20 November 2026, 12:00 (UTC): The Borough looked at what is known of you, to ")
    assert theirs.endswith(". Seen: family_name, postcode.")
    assert "took a table out" in ran.out
    assert "u-7" not in ran.out and "alex" not in ran.out
    assert "The Borough (u-7) looked" in vestry("audit", "about", "p-1", "--users").out


def test_refused_and_nobody(vestry, asked: None) -> None:
    assert "It was refused, and nothing was seen." in vestry("audit", "about", "p-2").out
    assert "Nobody has looked at this person by their id." in vestry("audit", "about", "p-3").out
    told = json.loads(vestry("audit", "about", "p-2", "--json").out)
    assert [(look["outcome"], look["by"]) for look in told["looks"]][-1] == ("refused", "")


def test_an_unanswered_question_is_told_as_such(empty_place: Place) -> None:
    look = Look(
        number=1, at="2026-11-20T12:00:00.000000+00:00", operation="disclosure", action="show",
        organisation="borough", recipient="nhs", by="", purpose="", fields=(), agreements=(), outcome="not known",
    )  # fmt: skip
    assert told(look, empty_place) == (
        "The Borough looked at what is known of you. Whether anything was shown is not known. Passed on to nhs."
    )


def test_looks_at_an_id_that_has_become_this_one(vestry, small_place: Place, clock: FixedClock) -> None:
    """p-old was merged into p-mid, and that into p-1; p-both was split into p-1 and p-2, and p-2's records went to p-1."""
    log = audit_log(small_place, clock=clock)
    for entity in ("p-old", "p-gone"):
        log.append(AuditEntry(stage="refused", action="show", organisation="borough", entities=(entity,)))
    ran = vestry("audit", "about", "p-1")
    assert "told too: p-2, p-both, p-mid, p-old." in ran.out
    assert ran.out.count("The Borough looked at what is known of you. It was refused") == 1
    assert "Whole tables" not in ran.out, "the table of identities holds nobody's details"


def test_ids_go_round_in_no_circle() -> None:
    assert ids_of("a", [("b", "a"), ("c", "b"), ("a", "c"), ("x", "y")]) == ("a", "b", "c")
