"""A search under agreements, of a release made by hand: only rows count that may be searched."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing

import pytest

from vestry.place import Place
from vestry.twin.answers import Criteria
from vestry.twin.listed import Within
from vestry.twin.open_release import OpenRelease
from vestry.twin.reader import TwinReader


@pytest.fixture
def release(small_place: Place) -> Iterator[OpenRelease]:
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
    total, hits = release.found_within(criteria, 50, within(**allowed))
    assert (total, sorted(hits)) == (len(found), found)


def test_whether_somebody_is_current_is_told_by_rows_that_may_be_searched(release: OpenRelease) -> None:
    """Both records of that key have the name; the one that is over is all that holds the postcode too."""
    for criteria, current in ((Criteria(name="zoe"), True), (Criteria(name="formerly"), False)):
        _, hits = release.found_within(criteria, 50, within(name="tax"))
        assert hits["p-1"].current is current
    _, hits = release.found_within(
        Criteria(name="zoe", postcode="AB9 9ZZ"), 50, within(name="gp", postcode="tax")
    )
    assert hits["p-1"].current is True
    _, hits = release.found_within(Criteria(postcode="AB9 9ZZ"), 50, within(postcode="tax"))
    assert hits["p-1"].current is False


def test_whoever_nothing_opens_is_not_found(release: OpenRelease) -> None:
    nobody = Within(classes="''", parameters=(), marks=(), allowed={"name": ("|tax", "1|tax")})
    assert release.found_within(Criteria(name="zoe"), 50, nobody) == (0, {})
