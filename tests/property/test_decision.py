"""Our decisions beside Cedar's, and one by one beside the filter for lists. Sizes for `make test`; the deep ones follow."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from itertools import islice
from random import Random

import duckdb
import pyarrow as pa
import pytest

from cedar_policies import beside_cedar
from sharing_worlds import SOURCES, Case, cases, world
from vestry.sharing.agreements.lifecycle import Filed
from vestry.sharing.decision import decide
from vestry.sharing.grants import Opened, open_grants
from vestry.sharing.row_filter import SUBJECTS, row_filter
from vestry.sharing.subjects import Subject

OF_A_WORLD = 500


def worlds(total: int, seed: int) -> Iterator[tuple[tuple[Filed, ...], list[Case]]]:
    """(agreements, requests) until `total` requests are drawn."""
    random = Random(seed)
    for _ in range(total // OF_A_WORLD):
        filed = world(random)
        yield filed, list(islice(cases(random, filed), OF_A_WORLD))


def decided_otherwise(total: int, seed: int) -> tuple[int, int]:
    """(requests that Cedar decides otherwise, requests that both permit) of `total`."""
    differ = permitted = 0
    for filed, drawn in worlds(total, seed):
        levels = [
            decide(open_grants(case.asking, filed, SOURCES), case.subject, case.field, case.source).level
            for case in drawn
        ]
        differ += beside_cedar(filed, drawn, levels)
        permitted += sum(level > 0 for level in levels)
    return differ, permitted


def test_cedar_decides_the_same() -> None:
    differ, permitted = decided_otherwise(20_000, seed=1)
    assert differ == 0
    assert 0.3 <= permitted / 20_000 <= 0.5


@pytest.mark.deep
def test_cedar_decides_the_same_a_million_times() -> None:
    differ, permitted = decided_otherwise(1_000_000, seed=2)
    print(
        f"1,000,000 requests beside Cedar: {differ} decided otherwise, {permitted / 10_000:.1f} in 100 permitted"
    )
    assert differ == 0
    assert 0.3 <= permitted / 1_000_000 <= 0.5


def beside_the_filter(total: int, seed: int) -> tuple[int, int]:
    """(pairs of person and field that the filter decides otherwise, pairs permitted), for requests drawn as above."""
    differ = permitted = 0
    people = 100
    for filed, drawn in worlds(total, seed):
        connection = duckdb.connect()
        subjects = {case.subject: None for case in drawn}
        for case in drawn[: OF_A_WORLD // people]:
            random = Random(f"{seed} {permitted} {differ}")
            chosen = random.sample(list(subjects), people)
            opened = open_grants(case.asking, filed, SOURCES)
            by_filter = _filtered(connection, opened, chosen, case)
            for at, subject in enumerate(chosen):
                single = decide(opened, subject, case.field, case.source).level
                permitted += single > 0
                differ += by_filter.get(at, 0) != single
    return differ, permitted


def _filtered(
    connection: duckdb.DuckDBPyConnection, opened: Opened, chosen: list[Subject], case: Case
) -> dict[int, int]:
    made = row_filter(opened)
    columns = ", ".join(f"subject.{name}::{kind} AS {name}" for name, kind in SUBJECTS.items())
    connection.register(
        "given", pa.table({"number": range(len(chosen)), "subject": [as_row(s) for s in chosen]})
    )
    classes = connection.execute(
        f"SELECT number, {made.classes} FROM (SELECT number, {columns} FROM given) s", made.parameters
    ).fetchall()
    found = {
        name: level for name, _, _, level in made.levels({c for _, c in classes}, [case.field], [case.source])
    }
    return {number: found.get(name, 0) for number, name in classes}


def as_row(subject: Subject) -> dict[str, object]:
    """A subject as a row of the table that the filter reads."""
    first, last = subject.born or (None, None)
    said = {name: getattr(subject, name, None) for name in SUBJECTS}
    said = {name: sorted(value) if isinstance(value, frozenset) else value for name, value in said.items()}
    return {**said, "born_first": first, "born_last": last}


def test_a_list_is_decided_as_each_by_itself() -> None:
    differ, permitted = beside_the_filter(10_000, seed=3)
    assert differ == 0
    assert permitted > 1_000


@pytest.mark.deep
def test_a_list_is_decided_as_each_by_itself_two_hundred_thousand_times() -> None:
    differ, permitted = beside_the_filter(200_000, seed=4)
    print(f"200,000 pairs by the filter: {differ} decided otherwise than one by one, {permitted} permitted")
    assert differ == 0


def test_the_requests_drawn_meet_every_reason() -> None:
    met: Counter[str] = Counter()
    for filed, drawn in worlds(20_000, seed=5):
        for case in drawn:
            decision = decide(open_grants(case.asking, filed, SOURCES), case.subject, case.field, case.source)
            if decision.reason:
                met[decision.reason.code] += 1
    assert met.keys() >= {
        "purpose-missing", "purpose-unknown", "emergency-not-told", "not-a-user", "not-proposed", "not-signed", "not-begun",
        "suspended", "ended", "role", "training", "how", "field", "source", "law-enforcement", "area", "age", "cohort",
        "deceased", "staff", "consent", "objection", "opt-out", "restricted", "protected-address", "step-up", "own-record",
        "sealed",
    }  # fmt: skip
