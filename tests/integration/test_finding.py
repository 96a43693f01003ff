"""A search under agreements, of a release made by hand: only rows count that may be searched."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing

import duckdb
import pytest

from vestry.place import Place
from vestry.twin.answers import Criteria
from vestry.twin.listed import Within
from vestry.twin.open_release import OpenRelease
from vestry.twin.reader import TwinReader


@pytest.fixture(params=["by its index", "without one"])
def release(small_place: Place, request: pytest.FixtureRequest) -> Iterator[OpenRelease]:
    """The release, and the same as it was written before releases had an index."""
    if request.param == "without one":
        with duckdb.connect(str(small_place.releases / "rel-2" / "twin.duckdb")) as twin:
            twin.execute(
                "DROP TABLE search_words; DROP TABLE search_places; ALTER TABLE subjects DROP subject_no"
            )
    with closing(TwinReader(small_place)) as reader:
        yield reader.open()


def within(**allowed: str) -> Within:
    """Everybody is of the class 1; each criterion may be searched of the sources named, by spaces."""
    return Within(
        classes="'1'",
        parameters=(),
        marks=(),
        allowed={
            name: tuple(f"1|{source}" for source in sources.split()) for name, sources in allowed.items()
        },
    )


@pytest.mark.parametrize(
    ("criteria", "allowed", "found"),
    [
        (Criteria(name="formerly"), {"name": "tax"}, ["p-1"]),
        (Criteria(name="formerly"), {"name": "gp library"}, []),
        (Criteria(name="zoe formerly"), {"name": "tax"}, ["p-1"]),
        (Criteria(name="obrien formerly"), {"name": "tax"}, []),  # two names of one source are not one
        (Criteria(name="smith"), {"name": "tax food"}, ["p-2"]),  # the name of a business is another field
        (Criteria(name="smith"), {"organisation": "tax food"}, ["o-1"]),
        (Criteria(name="zoe", nhs_number="9434765919"), {"name": "tax", "nhs_number": "gp"}, ["p-1"]),
        (Criteria(name="zoe", nhs_number="9434765919"), {"name": "gp", "nhs_number": "tax"}, []),
        (Criteria(address="high street"), {"address": "tax"}, ["p-1"]),
        (Criteria(address="high street"), {"address": "gp"}, []),
        (Criteria(uprn="100023336"), {"uprn": "tax"}, ["p-2"]),
        (Criteria(uprn="100023336"), {"address": "tax"}, []),
        (Criteria(reference="200"), {"reference": "tax"}, ["p-2"]),
        (Criteria(reference="200"), {"dealing": "tax"}, []),
        (Criteria(reference="CT77/1"), {"dealing": "tax"}, ["p-2"]),
        (Criteria(reference="CT77/1"), {"reference": "tax"}, []),
        (Criteria(born="1984"), {"born": "library"}, ["p-1"]),
        (Criteria(born="1984-05"), {"born": "library"}, []),
        (Criteria(name="zoe", kind="organisation"), {"name": "tax"}, []),
    ],
)
def test_only_rows_that_may_be_searched_count(
    release: OpenRelease, criteria: Criteria, allowed: dict[str, str], found: list[str]
) -> None:
    total, hits = release.search(criteria).found(50, within(**allowed))
    assert (total, sorted(hits)) == (len(found), found)


def test_whether_somebody_is_current_is_told_by_rows_that_may_be_searched(release: OpenRelease) -> None:
    """Both records of that key have the name; the one that is over is all that holds the postcode too."""
    for criteria, current in ((Criteria(name="zoe"), True), (Criteria(name="formerly"), False)):
        _, hits = release.search(criteria).found(50, within(name="tax"))
        assert hits["p-1"].current is current
    _, hits = release.search(Criteria(name="zoe", postcode="AB9 9ZZ")).found(
        50, within(name="gp", postcode="tax")
    )
    assert hits["p-1"].current is True
    _, hits = release.search(Criteria(postcode="AB9 9ZZ")).found(50, within(postcode="tax"))
    assert hits["p-1"].current is False


def test_whoever_nothing_opens_is_not_found(release: OpenRelease) -> None:
    nobody = Within(classes="''", parameters=(), marks=(), allowed={"name": ("|tax", "1|tax")})
    assert release.search(Criteria(name="zoe")).found(50, nobody) == (0, {})


@pytest.fixture
def indexed(small_place: Place) -> Iterator[OpenRelease]:
    with closing(TwinReader(small_place)) as reader:
        yield reader.open()


@pytest.mark.parametrize(
    ("criteria", "found"),
    [
        (Criteria(name="zoey"), ["p-1"]),  # sounds alike
        (Criteria(name="obrein"), ["p-1"]),  # two letters exchanged
        (Criteria(name="smihtson"), ["p-2"]),
        (Criteria(name="smartzen"), []),  # three wrong
        (Criteria(name="smythe"), ["o-1"]),
        (Criteria(name="smitnsan"), ["p-2"]),  # two wrong of eight
        (Criteria(name="ainn"), ["p-1"]),
        (Criteria(name="zoe o'brian", kind="person"), ["p-1"]),  # the one exactly, the other nearly
        (Criteria(name="jane smithson", born="1990-02-01"), ["p-2"]),  # day and month exchanged
        (Criteria(name="jane", born="1991-01-02"), ["p-2"]),  # a year too many
        (Criteria(name="jane", born="1989"), ["p-2"]),
        (Criteria(name="jane", born="1992-01-02"), []),
        (Criteria(name="ann", born="1984-05-30"), ["p-1"]),  # of whom one source knows the year alone
        (Criteria(born="1990-02-01"), []),  # by itself a date is found as it is
        (Criteria(born="1991-01-02", kind="person"), []),
    ],
)
def test_what_is_nearly_so_is_found_and_told(
    indexed: OpenRelease, criteria: Criteria, found: list[str]
) -> None:
    page = indexed.find(criteria, 50)
    assert [(f.entity_id, f.matched) for f in page.found] == [(one, "nearly") for one in found]


def test_what_is_nearly_so_comes_last(indexed: OpenRelease) -> None:
    page = indexed.find(Criteria(name="smith"), 50)
    assert [(f.entity_id, f.matched) for f in page.found] == [("o-1", "exactly"), ("p-2", "exactly")]
    page = indexed.find(Criteria(name="smiths"), 50)
    assert [(f.entity_id, f.matched) for f in page.found] == [("p-2", "exactly"), ("o-1", "nearly")]


def test_nearly_so_is_no_way_to_what_may_not_be_searched(indexed: OpenRelease) -> None:
    for criteria in (Criteria(name="zoey"), Criteria(name="obrein"), Criteria(name="formely")):
        assert indexed.search(criteria).found(50, within(name="library"))[0] == (criteria.name != "formely")
        assert indexed.search(criteria).found(50, within(organisation="tax gp library")) == (0, {})
    criteria = Criteria(name="jane", born="1990-02-01")
    assert indexed.search(criteria).found(50, within(name="tax", born="tax"))[0] == 1
    assert indexed.search(criteria).found(50, within(name="tax", born="gp")) == (0, {})
