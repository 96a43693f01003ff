"""`signatures.yaml`: what was done with agreements, and that a signature is of what was signed, to the letter."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from random import Random

import pytest

from sharing_worlds import world
from vestry.sharing.agreements.agreement import Agreement
from vestry.sharing.agreements.filing import Filing, Signature, Stop, check_filings, filings_yaml
from vestry.sharing.agreements.writing import digest

AGREEMENT: Agreement = replace(
    world(Random(3))[0].agreement,
    agreement_id="a-1",
    version=2,
    signatories=("county", "police"),
    starts=date(2026, 1, 1),
    ends=date(2026, 12, 31),
)
KNOWN = {"a-1": AGREEMENT}


def signature(organisation: str, of: str = "") -> Signature:
    return Signature(
        organisation=organisation,
        by="Caldicott Guardian",
        day=date(2025, 12, 2),
        digest=of or digest(AGREEMENT),
    )


FILING = Filing(
    agreement_id="a-1",
    version=2,
    proposed_on=date(2025, 12, 1),
    signatures=(signature("county"), signature("police")),
)


def test_what_is_written_reads_as_the_same() -> None:
    stopped = replace(
        FILING,
        suspended=Stop(day=date(2026, 3, 1), because="it: is looked into, again"),
        ended=Stop(day=date(2026, 4, 1), because="'no'"),
    )
    for filing in (FILING, stopped, replace(FILING, signatures=())):
        assert check_filings(filings_yaml([filing]).encode(), "s.yaml", KNOWN) == ({"a-1": filing}, [])


@pytest.mark.parametrize(
    ("filing", "on", "state"),
    [
        (FILING, date(2025, 12, 31), "signed"),
        (FILING, date(2026, 1, 1), "in force"),
        (FILING, date(2026, 12, 31), "in force"),
        (FILING, date(2027, 1, 1), "ended"),
        (replace(FILING, signatures=(signature("county"),)), date(2026, 1, 1), "proposed"),
        (replace(FILING, signatures=(signature("county"), signature("police", "0" * 64))), date(2026, 1, 1), "proposed"),
        (replace(FILING, suspended=Stop(day=date(2026, 1, 1), because="x")), date(2026, 2, 1), "suspended"),
        (replace(FILING, ended=Stop(day=date(2026, 2, 1), because="x")), date(2026, 2, 1), "ended"),
    ],
)  # fmt: skip
def test_where_it_stands(filing: Filing, on: date, state: str) -> None:
    assert filing.filed(AGREEMENT).state(on) == state


def test_a_word_changed_afterwards_leaves_it_unsigned() -> None:
    edited = replace(AGREEMENT, retention_days=AGREEMENT.retention_days + 1)
    assert FILING.filed(edited).unsigned == ("county", "police")
    assert FILING.filed(AGREEMENT).unsigned == ()


def test_what_was_done_with_an_earlier_version_is_history() -> None:
    text = filings_yaml([replace(FILING, version=1)])
    assert check_filings(text.encode(), "s.yaml", KNOWN) == ({}, [])


@pytest.mark.parametrize(
    ("old", "new", "told"),
    [
        ("agreement: a-1", "agreement: a-2", "line 2 `a-2` is not an agreement of this place."),
        ("version: 2", "version: 3", "line 3 Version 3 of `a-1` is not in agreements/, where version 2 is."),
        (
            "organisation: county",
            "organisation: trust",
            "line 6 `trust` is not an organisation that signs it.",
        ),
        ("organisation: county", "organisation: police", "An organisation has signed twice."),
        ("proposed: 2025-12-01", "proposed: 2025-12-03", "It was signed before it was proposed."),
        ("proposed: 2025-12-01", "proposed: today", "line 4 That is not a day."),
        ("by: Caldicott Guardian, ", "", "line 6 A signature has no `by`."),
        (digest(AGREEMENT), "abc", "line 6 `digest` is not one."),
        ("  proposed: 2025-12-01\n", "", "line 2 What is filed has no `proposed`."),
        ("  signed:\n", "  suspended: {day: 2026-01-01}\n  signed:\n", "line 5 It is not said when, or why."),
    ],
)
def test_a_problem_is_named_with_its_line(old: str, new: str, told: str) -> None:
    text = filings_yaml([FILING])
    assert old in text
    _, found = check_filings(text.replace(old, new, 1).encode(), "s.yaml", KNOWN)
    assert any(told in f"{p.where} {p.what}" for p in found), found


def test_filed_twice_is_told() -> None:
    _, found = check_filings(filings_yaml([FILING, FILING]).encode(), "s.yaml", KNOWN)
    assert [p.what for p in found] == ["`a-1` is filed twice."]
