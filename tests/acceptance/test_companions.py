"""A household that moved together: whoever surely moved tells of those who live with them, and of nobody else (promise 6 too)."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from contextlib import closing, contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

import duckdb
import pytest

from agreements_by_hand import POLICE_OFFICER, law_of, wide_agreement
from gateway_by_hand import HERE, open_gateway
from vestry.clock import FixedClock
from vestry.contracts.reading import read_contracts
from vestry.linkage.design import MOVED
from vestry.sharing.agreements.examples import as_if_in_force
from vestry.sharing.gateway import Gateway
from vestry.sharing.markers import Marked, MarkersGiven
from vestry.twin.explained import PairExplained

CLOCK = FixedClock(at=datetime(2026, 11, 20, 12, tzinfo=UTC))
FAMILIES = (
    "Ashdown", "Birtles", "Cawley", "Dunmore", "Eastgate", "Fairlie", "Gorse", "Halden", "Ibbot", "Jessop",
    "Kirton", "Lomas", "Marsh", "Norrey", "Ogden", "Pinder", "Quill", "Rudge", "Salter", "Thorley",
)  # fmt: skip
GIVEN = (
    "Alice",
    "Bernard",
    "Clara",
    "Derek",
    "Edith",
    "Frank",
    "Gwen",
    "Howard",
    "Irene",
    "John",
    "Peter",
    "Ann",
)
STREETS = ("High Street", "Low Road", "Mill Lane", "Church Row", "Station Way", "Abbey Close")
OLD = {"ADDRESS": "3 Orchard Rise", "POSTCODE": "AB12 4DE"}
NEW = {"ADDRESS": "90 Fen Drove", "POSTCODE": "YO19 7QQ"}
HELEN = {"FAMILY": "Marsh", "GIVEN": "Helen", "BORN": "1979-04-17", "EMAIL": "helen.marsh@example.org"}
JOHN, PETER, JANE, JULIA = (
    {"FAMILY": "Marsh", "GIVEN": name} for name in ("John Edmund", "Peter Amos", "Jane", "Julia")
)
SOURCES = ("tax", "gp")


def strangers() -> list[dict[str, str]]:
    """Two hundred and forty people in homes of two."""
    return [
        {
            "ID": f"s{number:03}", "GIVEN": GIVEN[number % 12], "FAMILY": FAMILIES[(number // 12 + number) % 20],
            "BORN": f"{1940 + number % 60}-{1 + number % 12:02}-{1 + number % 28:02}",
            "EMAIL": f"s{number:03}@example.org", "ADDRESS": f"{1 + number // 2 % 40} {STREETS[number // 2 % 6]}",
            "POSTCODE": f"AB{1 + number % 9} 1A{'ABDEF'[number % 5]}",
        }
        for number in range(240)
    ]  # fmt: skip


def at(home: Mapping[str, str], *people: Mapping[str, str]) -> list[dict[str, str]]:
    return [{"ID": who["GIVEN"], **who, **home} for who in people]


@dataclass(frozen=True, kw_only=True)
class Moved:
    """A release: who each record is of, its id, and of each pair that is linked the bits and how far the addresses agree."""

    release: str
    people: Mapping[tuple[str, str], str]
    records: Mapping[tuple[str, str], str]
    links: Mapping[frozenset[str], tuple[float, str]]

    def are_one(self, name: str) -> bool:
        """Whether the tax office's record of that name and the GP's are one."""
        return self.people["tax", name] == self.people["gp", name]

    def pair(self, one: Mapping[str, str], other: Mapping[str, str]) -> tuple[str, str]:
        """The ids of what the tax office has of the one and the GP of the other."""
        return self.records["tax", one["GIVEN"]], self.records["gp", other["GIVEN"]]


def released(tiny: Any) -> Moved:
    release = tiny.build().release_id
    with duckdb.connect(str(tiny.place.releases / release / "twin.duckdb"), read_only=True) as twin:
        records = twin.execute("SELECT source, source_key, record_id FROM members").fetchall()
        links = twin.execute(
            "SELECT left_record, right_record, l.weight, agreement FROM links l"
            " JOIN link_evidence e USING (left_record, right_record) WHERE field = 'address'"
        ).fetchall()
    return Moved(
        release=release,
        people=tiny.people(release),
        records={(source, key): record for source, key, record in records},
        links={frozenset((a, b)): (weight, agreement) for a, b, weight, agreement in links},
    )


def place_of(make_tiny: Callable[..., Any], folder: Any) -> Any:
    """The council's tax knows a household of four where it was, its GP three of them where they are now, and somebody new."""
    tiny = make_tiny(folder, tax={}, gp={}, library={})
    tiny.send("tax", "2026-01-01", *strangers(), *at(OLD, HELEN, JOHN, PETER, JANE))
    tiny.send("gp", "2026-01-01", *strangers()[::2], *at(NEW, HELEN, JOHN, JULIA))
    tiny.send("library", "2026-01-01", *strangers()[::3])
    return tiny


@contextmanager
def gateway_of(tiny: Any) -> Iterator[Gateway]:
    with closing(open_gateway(tiny.place, clock=CLOCK, operator=HERE)) as gateway:
        yield gateway


@pytest.fixture(scope="module")
def tiny(make_tiny: Callable[..., Any], tmp_path_factory: pytest.TempPathFactory) -> Any:
    return place_of(make_tiny, tmp_path_factory.mktemp("moved") / "place")


@pytest.fixture(scope="module")
def moved(tiny: Any) -> Moved:
    return released(tiny)


def test_who_moved_with_somebody_sure_is_one_and_nobody_else(moved: Moved) -> None:
    """John has no birth date, and two addresses: Helen, who surely moved, lives with him at both. Jane and Julia begin alike."""
    assert moved.are_one("Helen") and moved.are_one("John Edmund")
    _, agreement = moved.links[frozenset(moved.pair(JOHN, JOHN))]
    assert agreement == MOVED
    household = {moved.people[of] for of in moved.people if not of[1].startswith("s")}
    assert len(household) == 5, "Helen, John, Peter, Jane and Julia"
    assert [pair for pair, (_, said) in moved.links.items() if said == MOVED] == [
        frozenset(moved.pair(JOHN, JOHN))
    ]


def test_a_new_record_is_told_of_as_the_next_build_tells_of_it(tiny: Any, moved: Moved) -> None:
    with gateway_of(tiny) as gateway:
        typed = {"family_name": "Marsh", "given_names": "Peter Amos", "address_lines": ["90 Fen Drove"]}
        matched = gateway.match({**typed, "postcode": NEW["POSTCODE"]}, purpose="audit")
        elsewhere = gateway.match(
            {**typed, "address_lines": ["91 Fen Drove"], "postcode": NEW["POSTCODE"]}, purpose="audit"
        )
    assert matched.entity_id == moved.people["tax", "Peter Amos"]
    assert elsewhere.entity_id is None
    tiny.send("gp", "2026-02-01", *strangers()[::2], *at(NEW, HELEN, JOHN, JULIA, PETER))
    later = released(tiny)
    assert later.are_one("Peter Amos")
    bits, agreement = later.links[frozenset(later.pair(PETER, PETER))]
    assert agreement == MOVED
    assert matched.found[0].weight == pytest.approx(bits, abs=1e-3)
    (told,) = [e for e in matched.found[0].evidence if e.field == "address"]
    assert told.agreement == MOVED


def test_nobody_is_told_of_by_two_whom_a_reviewer_told_apart(
    make_tiny: Callable[..., Any], tmp_path: Any
) -> None:
    tiny = place_of(make_tiny, tmp_path / "place")
    tiny.decide("different", ("tax", "Helen"), ("gp", "Helen"))
    apart = released(tiny)
    assert not apart.are_one("Helen") and not apart.are_one("John Edmund")
    assert MOVED not in {agreement for _, agreement in apart.links.values()}


def test_on_the_councils_own_machine_it_is_told_that_somebody_lives_at_both(tiny: Any, moved: Moved) -> None:
    with gateway_of(tiny) as gateway:
        told = gateway.explain_pair(*moved.pair(JOHN, JOHN), purpose="audit")
        apart = gateway.explain_pair(*moved.pair(JANE, JULIA), purpose="audit")
        whole = gateway.explain(moved.people["tax", "John Edmund"], purpose="audit")
    assert "whom they live with" in told.path[0].sentence
    assert _tells_of_others(told) and any(
        e.agreement == MOVED for join in whole.joins for e in join.link.evidence
    )
    assert not apart.are_one and _tells_of_others(apart), "compared now"


@pytest.mark.parametrize("marker", ["", "restricted", "protected-address", "objects"])
def test_under_an_agreement_nothing_is_told_of_somebody_of_whom_nothing_may_be(
    tiny: Any, moved: Moved, marker: str
) -> None:
    """Where Helen may not be told of, what rests on her looks as what rests on a source that may not be used."""
    helen = moved.people["tax", "Helen"]
    marked = [Marked(entity_id=helen, marker=marker, of="housing" if marker == "objects" else "")]
    agreed = as_if_in_force(
        wide_agreement(SOURCES, "housing", "name", "birth", "sex", "address", "contact", "nhs-number", "nino", "upn")
    )  # fmt: skip
    markers = MarkersGiven(tuple(marked if marker else ()))
    law = law_of(tiny.place, read_contracts(tiny.place), (agreed,), markers)
    with gateway_of(tiny) as gateway:
        under = gateway.on_behalf_of(POLICE_OFFICER, law, CLOCK)
        told = under.explain_pair(*moved.pair(JOHN, JOHN), purpose="housing")
        apart = under.explain_pair(*moved.pair(JANE, JULIA), purpose="housing")
        whole = under.explain(moved.people["tax", "John Edmund"], purpose="housing")
    assert told.are_one and {o.source for o in whole.origins} == set(SOURCES)
    joins = [e for join in whole.joins for e in join.link.evidence]
    if marker:
        assert told.path == () and whole.joins == ()
        assert not any(e.agreement == MOVED for e in joins)
        assert not _tells_of_others(told) and not _tells_of_others(apart)
        assert "rests on sources that you may not use" in told.sentence
    else:
        assert _tells_of_others(told) and _tells_of_others(apart) and any(e.agreement == MOVED for e in joins)
    assert "Helen" not in str((told, apart, whole)) and helen not in str((told, apart, whole))


def _tells_of_others(told: PairExplained) -> bool:
    return any(e.agreement == MOVED for link in (*told.path, *told.links) for e in link.evidence)
