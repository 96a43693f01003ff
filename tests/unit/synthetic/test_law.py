"""The law of the fictional county: sound for any number of districts, in force on any day, signed to the letter; its users."""

from __future__ import annotations

import csv
from collections import Counter
from datetime import UTC, date, datetime, timedelta

import pytest

from vestry.contracts.contract import Contract
from vestry.contracts.reading import read_contracts
from vestry.place import Place, open_place
from vestry.sharing.agreements.comparing import compared
from vestry.sharing.agreements.describing import Described
from vestry.sharing.agreements.desk import AgreementDesk
from vestry.sharing.agreements.folder import Agreements, read_agreements
from vestry.sharing.askers import people_of
from vestry.sharing.asking import ROLES
from vestry.synthetic import county, synthesise
from vestry.synthetic.county import FIRST_AS_AT
from vestry.synthetic.law.drafting import TERM, drafts, ends_on
from vestry.synthetic.plan import DISTRICTS

LAST = date(2025, 12, 1)


@pytest.fixture(scope="module", params=[1, 10])
def place(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Place:
    folder = tmp_path_factory.mktemp("law") / "place"
    synthesise(folder, residents=120 * request.param, seed=3, districts=request.param)
    return open_place(folder)


@pytest.fixture(scope="module")
def contracts(place: Place) -> dict[str, Contract]:
    return dict(read_contracts(place))


@pytest.fixture(scope="module")
def read(place: Place, contracts: dict[str, Contract]) -> Agreements:
    areas = frozenset(d.code for d in DISTRICTS)
    return read_agreements(place, contracts, areas)


def test_all_of_it_is_sound_and_every_example_comes_out(place: Place, read: Agreements) -> None:
    assert [p.lines() for p in read.problems] == []
    assert len(read.found) == 17
    assert all(len(a.examples) >= 3 for a in read.found.values())


@pytest.mark.parametrize("on", [FIRST_AS_AT, LAST, date(2026, 11, 27), LAST.replace(year=LAST.year + TERM)])
def test_it_stands_the_same_on_the_countys_days_and_when_somebody_practises(
    read: Agreements, on: date
) -> None:
    states = Counter(filed.state(on) for filed in read.filed)
    assert states == {"in force": 14, "ended": 1, "suspended": 1, "proposed": 1}


def test_terms_reach_past_any_number_of_months() -> None:
    for months in (0, 3, 6, 7, 120):
        last = county.later(FIRST_AS_AT, months)
        assert ends_on(last) >= last.replace(year=last.year + TERM)
        assert all(
            str(ends_on(last)) in d.text for d in drafts(DISTRICTS, last) if d.name != "supporting-families"
        )


def test_all_but_one_are_signed_by_everybody_and_to_the_letter(read: Agreements) -> None:
    by_name = {filed.agreement.agreement_id: filed for filed in read.filed}
    unsigned = {name: filed.unsigned for name, filed in by_name.items() if filed.unsigned}
    last = by_name["blue-badge-residence"].agreement.signatories[-1]
    assert unsigned == {"blue-badge-residence": (last,)}
    for filing in read.filings.values():
        starts = read.found[filing.agreement_id].starts
        assert all(filing.proposed_on < s.day < starts for s in filing.signatures)


def test_a_word_changed_in_a_file_unsigns_it(place: Place, contracts: dict[str, Contract]) -> None:
    file = place.agreements / "carers-support.yaml"
    said = file.read_text(encoding="utf-8")
    try:
        file.write_text(said.replace("retention_days: 365", "retention_days: 366"), encoding="utf-8")
        again = read_agreements(place, contracts)
        (filed,) = (f for f in again.filed if f.agreement.agreement_id == "carers-support")
        assert filed.unsigned == ("eldershire", "carers-centre")
    finally:
        file.write_text(said, encoding="utf-8")


def test_what_was_asked_of_them_is_there(read: Agreements) -> None:
    found = read.found.values()
    assert [a.agreement_id for a in found if a.rests_on_consent] == ["carers-support"]
    assert {a.agreement_id for a in found if any(s.index_only for s in a.shares)} == {"known-to-care"}
    lowered = {tuple(sorted(s.precision.items())) for a in found for s in a.shares if s.precision}
    assert (("address", "ward"), ("birth", "age")) in lowered
    assert {a.agreement_id for a in found if a.basis.part_3 and a.purpose == "law-enforcement"} == {
        "community-safety"
    }
    assert len({a.purpose for a in found}) >= 10


def test_everything_shared_is_held_by_some_source(read: Agreements) -> None:
    """A field that no source of a share holds was written by mistake."""
    for agreement in read.found.values():
        for share in agreement.shares:
            held = frozenset().union(*(read.holds[source] for source in share.sources))
            categories = {field.split("_")[0] for field in share.fields - held}
            # Whole categories are named, of which no source holds everything.
            assert categories <= {"title", "known", "previous", "postal", "dealing.type", "dealing.status",
                                  "dealing.reference", "dealing.amount", "dealing.closed", "email", "phone", "ods", "school"}, (
                agreement.agreement_id, sorted(share.fields - held))  # fmt: skip


def test_twenty_users_of_whom_one_has_lapsed_one_is_a_system_and_one_works_for_two(
    place: Place, contracts: dict[str, Contract]
) -> None:
    users = people_of(place, contracts)
    assert len(users) == 20
    on = date(2026, 11, 27)
    assert [u.user for u in users.values() if any(day < FIRST_AS_AT for day in u.training.values())] == [
        "customer-services"
    ]
    assert all(
        day > on + timedelta(days=365 * 5)
        for u in users.values()
        for day in u.training.values()
        if day > FIRST_AS_AT
    )
    assert [u.user for u in users.values() if u.is_system] == ["practice-system"]
    assert [u.user for u in users.values() if len(u.posts) == 2] == ["discharge-worker"]
    assert set(ROLES) == {role for u in users.values() for post in u.posts for role in post.roles}
    assert len({u.name for u in users.values()}) == 20
    with_family = [u for u in users.values() if u.family]
    assert len(with_family) == 4
    assert all(len(u.family) >= 2 for u in with_family)


def test_a_family_is_of_one_household(place: Place, contracts: dict[str, Contract]) -> None:
    def rows(name: str) -> list[dict[str, str]]:
        with (place.folder / "truth" / f"{name}.csv").open(encoding="utf-8", newline="") as file:
            return list(csv.DictReader(file))

    entity = {r["source_key"]: r["entity"] for r in rows("people") if r["source"] == "gp-registrations"}
    lives = {r["person"]: r["household"] for r in rows("households") if not r["until"]}
    names = {r["entity"]: r for r in rows("residents")}
    for user in people_of(place, contracts).values():
        if user.family:
            family = {entity[record.source_key] for record in user.family}
            assert len({lives[person] for person in family}) == 1
            assert any(
                user.name == f"{names[p]['given_names'].split()[0]} {names[p]['family_name']}" for p in family
            )


def test_every_user_whom_an_agreement_names_is_trained_for_it_but_one(
    place: Place, read: Agreements, contracts: dict[str, Contract]
) -> None:
    askers = [asker for user in people_of(place, contracts).values() for asker in user.askers()]
    noon = datetime(2026, 11, 27, 12, tzinfo=UTC)
    looks = compared(askers, Described(age=40, known_to=frozenset(read.sources)), read, noon)
    untrained = {look.user for look in looks if look.why is not None and look.why.code == "training"}
    assert untrained == {"customer-services"}
    # The others of whom nothing is said have no agreement, and their own organisation's records.
    assert {a.user for a in askers} - {look.user for look in looks} == {"governance-officer"}


def test_the_desk_finds_it_clean(place: Place, contracts: dict[str, Contract]) -> None:
    desk = AgreementDesk(place, contracts, lambda: frozenset(d.code for d in DISTRICTS))
    checked = desk.checked(date(2026, 11, 27))
    assert (len(checked.standing), checked.users, checked.areas_known) == (17, 20, True)
    overdue = [s.agreement.agreement_id for s in checked.standing if "overdue" in s.review]
    assert overdue == ["national-fraud-initiative"]


def test_the_files_are_for_people(place: Place) -> None:
    for path in [*place.agreements.glob("*.yaml"), place.people, place.signatures]:
        text = path.read_text(encoding="utf-8")
        assert text.startswith("# ") and "$" not in text
        assert max(map(len, text.splitlines())) <= 175, path.name
