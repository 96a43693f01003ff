"""Households and addresses, by hand."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from vestry.linkage.evaluation.addresses import Addresses
from vestry.linkage.evaluation.households import Households
from vestry.linkage.evaluation.report import evaluate

RECORDS = "source,source_key,part,entity"
HOMES = "household,person,uprn,since,until"
PLACES = "source,source_key,part,as_at,uprn,form"


def homes(making: Any, folder: Path, twin: Any, people: list[Any], stays: list[Any]) -> Households:
    making.csv(folder / "people.csv", RECORDS, people)
    making.csv(folder / "households.csv", HOMES, stays)
    found = evaluate(twin, folder, only=["households"]).households
    assert found is not None
    return found


def test_households(making: Any, tmp_path: Path) -> None:
    """A, B and C live together, D alone; E has died; F has no record. The twin has A B, C D E, and a second A."""
    people = [("s", str(n), "p", e) for n, e in enumerate("AAABCDE")] + [("s", "99", "p", "F")]
    twin = making.twin(
        [
            ("s", "0", "a"),
            ("s", "1", "a"),
            ("s", "2", "a2"),
            ("s", "3", "b"),
            ("s", "4", "c"),
            ("s", "5", "d"),
            ("s", "6", "e"),
        ]
    )
    twin.rows["households", ""] = [
        ("h1", "a"),
        ("h1", "b"),
        ("h2", "c"),
        ("h2", "d"),
        ("h2", "e"),
        ("h3", "a2"),
    ]
    stays = [
        ("H1", "A", 1, "2020-01-01", ""), ("H1", "B", 1, "2020-01-01", ""), ("H1", "C", 1, "2020-01-01", "2026-11-02"),
        ("H2", "D", 2, "2026-11-01", ""), ("H2", "E", 2, "2020-01-01", "2026-11-01"), ("H1", "F", 1, "", ""),
    ]  # fmt: skip
    found = homes(making, tmp_path, twin, people, stays)
    assert (found.on, found.people, found.absent, found.not_here, found.nobodys) == ("2026-11-01", 5, 1, 1, 1)
    # Joined: A-B, C-D, C-E, D-E. True: A-B, A-C, B-C (E lived with D till that very day).
    score = found.found.pairs
    assert (score.right, score.wrong, score.missed) == (1, 3, 2)
    assert (found.found.entities.over_merged, found.found.entities.over_split) == (1, 1)
    assert (found.found.entities.over_merged_records, found.found.entities.over_split_records) == (3, 3)


def test_somebody_in_no_household_lives_alone(making: Any, tmp_path: Path) -> None:
    """Two people who are one entity, too: the twin does not say that they live together."""
    people = [("s", "0", "p", "A"), ("s", "1", "p", "B"), ("s", "2", "p", "C")]
    twin = making.twin([("s", "0", "x"), ("s", "1", "x"), ("s", "2", "c")])
    stays = [("H", e, 1, "", "") for e in "AB"] + [("H2", "C", 1, "", "")]
    score = homes(making, tmp_path, twin, people, stays).found.pairs
    assert (score.right, score.wrong, score.missed) == (0, 0, 1)


def test_who_moved_lives_where_they_moved_to(making: Any, tmp_path: Path) -> None:
    people = [("s", "0", "p", "A"), ("s", "1", "p", "B")]
    twin = making.twin([("s", "0", "a"), ("s", "1", "b")])
    twin.rows["households", ""] = [("h", "a"), ("h", "b")]
    stays = [("H1", "A", 1, "2020-01-01", "2026-10-01"), ("H2", "A", 1, "2026-10-01", ""), ("H2", "B", 1, "2020-01-01", ""),
             ("H9", "B", 1, "2026-12-01", "")]  # fmt: skip
    score = homes(making, tmp_path, twin, people, stays).found.pairs
    assert (score.right, score.wrong, score.missed) == (1, 0, 0)


def test_somebody_gone_who_is_one_with_somebody_here_is_not_counted_twice(
    making: Any, tmp_path: Path
) -> None:
    people = [("s", "0", "p", "A"), ("s", "1", "p", "GONE"), ("s", "2", "p", "B")]
    twin = making.twin([("s", "0", "x"), ("s", "1", "x"), ("s", "2", "b")])
    twin.rows["households", ""] = [("h", "x"), ("h", "b")]
    stays = [("H", "A", 1, "", ""), ("H", "B", 1, "", ""), ("H", "GONE", 1, "", "2020-01-01")]
    found = homes(making, tmp_path, twin, people, stays)
    assert (found.people, found.not_here, found.nobodys) == (2, 0, 0)
    assert (found.found.pairs.right, found.found.pairs.wrong) == (1, 0)


def test_a_main_entity_holds_most_records_and_of_several_sorts_first(making: Any, tmp_path: Path) -> None:
    people = [("s", str(n), "p", "A") for n in range(4)] + [("s", "9", "p", "B")]
    twin = making.twin([("s", "0", "z"), ("s", "1", "y"), ("s", "2", "z"), ("s", "3", "y"), ("s", "9", "b")])
    twin.rows["households", ""] = [("h", "y"), ("h", "b"), ("h2", "z")]
    found = homes(making, tmp_path, twin, people, [("H", "A", 1, "", ""), ("H", "B", 1, "", "")])
    assert (found.found.pairs.right, found.nobodys) == (1, 1)


def addresses(making: Any, folder: Path, said: list[Any], truth: list[Any]) -> Addresses:
    twin = making.twin([("north-tax", "0", "x"), ("south-tax", "0", "x"), ("gp", "0", "x")])
    twin.rows["sources", ""] = [
        ("gp", "nhs", "2026-11-01"),
        ("north-tax", "north", "2026-11-01"),
        ("south-tax", "south", "2026-11-01"),
    ]
    twin.rows["addresses", "property"] = [(s, k, "home", n, *rest) for n, (s, k, *rest) in enumerate(said)]
    making.csv(folder / "addresses.csv", PLACES, truth)
    found = evaluate(twin, folder).addresses
    assert found is not None
    return found


NEW = "2026-11-01"
SAID = [
    ("north-tax", "1", NEW, "100", "source", "r1"),  # right
    ("north-tax", "2", NEW, "000200", "exact", "r2"),  # right: noughts before say nothing
    ("south-tax", "3", NEW, "999", "library", "r1"),  # another's, and so in another's property
    ("south-tax", "4", NEW, None, None, "r4"),  # missed
    ("gp", "5", NEW, "500", "library", "r5"),  # given, where in truth there is none
    ("gp", "6", NEW, None, None, "r6"),  # rightly none
    ("gp", "7", "2026-06-30", "701", "exact", "r2"),  # ended before its truth changed
]
TRUTH = [
    ("north-tax", "1", "home", "2026-01-01", "100", "house"),
    ("north-tax", "2", "home", "2026-01-01", "1", "house"),
    ("north-tax", "2", "home", "2026-06-01", "200", "flat"),
    ("south-tax", "3", "home", "2026-01-01", "300", "flat"),
    ("south-tax", "4", "home", "2026-01-01", "200", "flat"),
    ("gp", "5", "home", "2026-01-01", "", "no fixed address"),
    ("gp", "6", "home", "2026-01-01", "", ""),
    ("gp", "7", "home", "2026-01-01", "701", "house"),
    ("gp", "7", "home", "2026-07-01", "702", "house"),
    ("gp", "8", "home", "2026-01-01", "800", "house"),
    ("library", "9", "home", "2026-01-01", "900", "house"),
]


def test_addresses(making: Any, tmp_path: Path) -> None:
    found = addresses(making, tmp_path, SAID, TRUTH)
    assert found.absent == 2
    counts = {
        f.name: (f.records, f.true, f.given, f.right) for f in (found.overall, found.flats, found.others)
    }
    assert counts == {"all": (7, 5, 5, 3), "flats": (3, 3, 2, 1), "others": (4, 2, 3, 2)}
    assert (found.overall.precision, found.overall.recall, round(found.overall.f1, 9)) == (0.6, 0.6, 0.6)
    assert {f.name: (f.true, f.given, f.right) for f in found.by_form} == {
        "house": (2, 2, 2), "flat": (3, 2, 1), "no fixed address": (0, 1, 0), "not said": (0, 0, 0),
    }  # fmt: skip
    assert {f.name: (f.true, f.given, f.right) for f in found.by_way} == {
        "exact": (5, 2, 2), "library": (5, 2, 0), "source": (5, 1, 1),
    }  # fmt: skip
    assert {f.name: (f.true, f.given, f.right) for f in found.by_source_kind} == {
        "gp": (1, 2, 1), "tax": (4, 3, 2),
    }  # fmt: skip


def test_records_of_one_address_as_one_property(making: Any, tmp_path: Path) -> None:
    """Twin r1: 1 and 3; r2: 2 and 7; r4: 4. Truth: 2 and 4 are one flat."""
    found = addresses(making, tmp_path, SAID, TRUTH)
    score = found.properties.pairs
    assert (score.right, score.wrong, score.missed) == (0, 2, 1)
    flats = found.flat_properties.pairs
    assert (flats.right, flats.wrong, flats.missed) == (0, 0, 1)


def test_how_a_uprn_was_found_need_not_be_told(making: Any, tmp_path: Path) -> None:
    found = addresses(making, tmp_path, [(*row[:4], None, row[5]) for row in SAID], TRUTH)
    assert found.by_way == ()
    assert found.overall.right == 3
