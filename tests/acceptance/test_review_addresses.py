"""An address that nobody could find is put to a person: what they say holds from the next build on, for all who write it so."""

from __future__ import annotations

import json
import re
import shutil
from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import duckdb
import pytest

from agreements_by_hand import EVERYTHING, agreement, law_of, share
from gateway_by_hand import entries, log_text, open_gateway
from vestry.build import build
from vestry.cli.app import run
from vestry.clock import FixedClock
from vestry.contracts.reading import read_contracts
from vestry.errors import AddressNotReviewable, NotFound
from vestry.place import Place, open_place
from vestry.progress import Silent
from vestry.settings import Settings
from vestry.sharing.agreements.agreement import About, Users
from vestry.sharing.agreements.examples import as_if_in_force
from vestry.sharing.asking import Asker
from vestry.sharing.markers import Marked, MarkersGiven
from vestry.sharing.own_machine import Operator
from vestry.wiring import rooms_for

WHY = "matching-review"
HERE = Operator(account="ann", on_this_machine=True)


@dataclass(frozen=True)
class County:
    """A copy of the small county, to decide addresses in."""

    place: Place
    clock: FixedClock

    @property
    def release(self) -> str:
        return (self.place.releases / "current").read_text().strip()

    def rows(self, sql: str, *parameters: Any) -> list[tuple[Any, ...]]:
        """What a query finds in the current release."""
        path = self.place.releases / self.release / "twin.duckdb"
        with duckdb.connect(str(path), read_only=True) as twin:
            return twin.execute(sql, list(parameters)).fetchall()


@pytest.fixture(scope="module")
def county(small: Any, tmp_path_factory: pytest.TempPathFactory) -> County:
    folder = tmp_path_factory.mktemp("addresses") / "county"
    shutil.copytree(
        small.place.folder,
        folder,
        ignore=shutil.ignore_patterns("office*", "checkpoints", "keys", "decisions"),
    )
    # So sure is the library never: what it would have found in the small county waits for a person.
    with (folder / "place.toml").open("a", encoding="utf-8") as toml:
        toml.write("\n[thresholds]\naddress_link = 1000.0\n")
    made = County(open_place(folder), FixedClock(at=datetime(2026, 11, 20, 12, tzinfo=UTC)))
    build(made.place, clock=made.clock, progress=Silent())
    return made


@pytest.fixture
def waits(county: County) -> tuple[str, str, str | None]:
    """(record, address lines, postcode) of a person's address that waits."""
    found = county.rows(
        "SELECT r.record_id, r.address_lines, r.postcode FROM records r JOIN address_matches a "
        "ON a.address_lines = r.address_lines AND a.postcode IS NOT DISTINCT FROM r.postcode "
        "WHERE a.method = 'review' AND r.kind = 'person' AND r.current ORDER BY 1 LIMIT 1"
    )
    assert found
    return found[0]


@pytest.fixture
def vestry(county: County, capsys: pytest.CaptureFixture[str]) -> Any:
    def ran(*arguments: str) -> tuple[int, Any, str]:
        code = run(
            replace(rooms_for(Settings()), clock=county.clock),
            [*arguments, "--place", str(county.place.folder)],
        )
        said = capsys.readouterr()
        return code, json.loads(said.out) if code == 0 and "--json" in arguments else said.out, said.err

    return ran


def test_a_word_on_an_address_holds_from_the_next_build_on(
    county: County, waits: tuple[str, str, str | None], vestry: Any
) -> None:
    record, lines, postcode = waits
    ((uprn, home),) = county.rows(
        "SELECT uprn, entity_id FROM properties WHERE uprn IS NOT NULL AND current ORDER BY entity_id LIMIT 1"
    )

    code, said, err = vestry(
        "review", "address", record, "--uprn", uprn, "--reason", "an old name of it", "--json"
    )
    assert code == 0, err
    assert said["known"] and said["records"] > 0 and said["before"] == ""
    kept = (county.place.folder / said["file"]).read_text(encoding="utf-8")
    assert lines not in kept and "an old name of it" in kept, "the file tells nobody where anyone lives"
    assert (county.place.folder / said["file"]).stat().st_mode & 0o077 == 0
    assert lines not in log_text(county.place)

    build(county.place, clock=county.clock, progress=Silent())
    assert county.rows(
        "SELECT DISTINCT uprn, uprn_by FROM records WHERE address_lines = $1 AND postcode IS NOT DISTINCT FROM $2 "
        "AND uprn_given IS NULL",
        lines,
        postcode,
    ) == [(uprn, "reviewer")]
    lived = "SELECT count(*) FROM residences r JOIN members m USING (entity_id) WHERE m.record_id = $1 AND r.property_id = $2"
    assert county.rows(lived, record, home) != [(0,)], "whoever wrote it lives in that property now"
    code, said, err = vestry("review", "address", record, "--undo", "--json")
    assert (code, said["before"]) == (0, uprn), err


def test_what_is_decided_waits_no_longer(vestry: Any) -> None:
    _, page, _ = vestry("review", "addresses", "--json")
    assert page["total"] > 1 and page["decided"] == 0
    counts = [address["records"] for address in page["waiting"]]
    assert counts == sorted(counts, reverse=True)
    assert all(address["likely"][0]["address"] for address in page["waiting"])
    first = page["waiting"][0]["record_id"]
    code, text, err = vestry("review", "addresses", "--limit", "1")
    assert code == 0 and re.search(rf"vestry review address --place \S+ {first}", text), err
    assert vestry("review", "address", first, "--none")[0] == 0
    _, after, _ = vestry("review", "addresses", "--json")
    assert (after["total"], after["decided"]) == (page["total"] - 1, 1)
    assert vestry("review", "address", first, "--undo")[0] == 0
    assert vestry("review", "addresses", "--json")[1]["total"] == page["total"]


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (("--uprn", "12x"), "no UPRN"),
        (("--undo",), "no decision on that address"),
        (("--none", "--reason", "x" * 1001), "1,000 letters"),
        ((), "say one of the three"),
        (("--none", "--undo"), "say one of the three"),
    ],
)
def test_a_word_that_is_none_is_refused(
    waits: tuple[str, str, str | None], vestry: Any, arguments: tuple[str, ...], says: str
) -> None:
    code, _, err = vestry("review", "address", waits[0], *arguments)
    assert code != 0 and says in err and waits[1] not in err


def test_an_address_of_the_gazetteer_needs_no_word(county: County, vestry: Any) -> None:
    ((record,),) = county.rows(
        "SELECT r.record_id FROM records r JOIN address_matches a USING (address_lines, postcode) "
        "WHERE a.method = 'exact' ORDER BY 1 LIMIT 1"
    )
    ((homeless,),) = county.rows(
        "SELECT min(r.record_id) FROM records r JOIN address_matches a USING (address_lines) WHERE a.reason = 'no fixed address'"
    )
    for settled in (record, homeless):
        code, _, err = vestry("review", "address", settled, "--none")
        assert code == AddressNotReviewable.exit_code and "gazetteer's own" in err
    assert vestry("review", "address", "0" * 20, "--none")[0] == NotFound.exit_code


@pytest.fixture
def gateway(county: County) -> Iterator[Any]:
    made = open_gateway(county.place, clock=county.clock, operator=HERE)
    with closing(made):
        yield made


def test_under_an_agreement_only_addresses_that_may_be_seen_of_all_who_write_them(
    county: County, gateway: Any, waits: tuple[str, str, str | None], monkeypatch: pytest.MonkeyPatch
) -> None:
    record, lines, _ = waits
    contracts = read_contracts(county.place)
    sources = sorted(s for s in contracts if "police" not in s)
    asker = Asker(user="r-1", organisation="police", roles=frozenset({"matching-reviewer"}))

    def desk(*categories: str, marked: tuple[Marked, ...] = (), who: Asker = asker) -> Any:
        agreed = agreement(
            "review", share(sources, *categories), purpose=WHY,
            about=About(age_from=0, age_unknown=True, deceased=True),
            users=(Users(organisation="police", roles=frozenset({"matching-reviewer"})),),
        )  # fmt: skip
        filed = (as_if_in_force(agreed),)
        law = replace(law_of(county.place, contracts, (), MarkersGiven(marked)), filed=lambda: filed)
        return gateway.on_behalf_of(who, law, county.clock).address_reviews(county.clock)

    writers = county.rows(
        "SELECT DISTINCT m.entity_id, m.source FROM records r JOIN members m USING (record_id) WHERE r.address_lines = $1",
        lines,
    )
    assert all("police" not in source for _, source in writers)
    ((settled,),) = county.rows(
        "SELECT min(r.record_id) FROM records r JOIN address_matches a USING (address_lines, postcode) WHERE a.method = 'exact'"
    )
    recorded = desk(*EVERYTHING).decide(record, "none", purpose=WHY)
    assert recorded.records > 0 and not recorded.known
    newest = entries(county.place)[-1]
    assert (newest["user"], newest["organisation"], newest["stage"]) == ("r-1", "police", "answered")
    assert set(newest["fields"]) == {"address_lines", "postcode", "uprn"}
    desk(*EVERYTHING).decide(record, "withdrawn", purpose=WHY)
    with pytest.raises(NotFound) as unseen:
        desk(*EVERYTHING).decide(settled, "none", purpose=WHY)
    with pytest.raises(NotFound) as nobody:
        desk(*EVERYTHING).decide("0" * 20, "none", purpose=WHY)
    assert unseen.value.text() == nobody.value.text(), "what needs no decision is as what is not there"
    hidden = Marked(entity_id=writers[0][0], marker="protected-address")
    for may_not in (desk("name", "birth"), desk(*EVERYTHING, marked=(hidden,))):
        with pytest.raises(NotFound):
            may_not.decide(record, "none", purpose=WHY)
    lines_kept = sum(
        len(p.read_text().splitlines()) for p in Path(county.place.decisions / "addresses").glob("*.jsonl")
    )
    with pytest.raises(Exception, match="Refused"):
        desk(*EVERYTHING, who=replace(asker, roles=frozenset({"police-officer"}))).decide(
            record, "none", purpose=WHY
        )
    assert lines_kept == sum(
        len(p.read_text().splitlines()) for p in Path(county.place.decisions / "addresses").glob("*.jsonl")
    )
