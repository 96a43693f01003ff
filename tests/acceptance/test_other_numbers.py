"""A number of the person's own that has no field of its own: compared with others of its kind, and with nothing else."""

from __future__ import annotations

import re
import shutil
from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import Any

import pytest

from agreements_by_hand import EVERYTHING, POLICE_OFFICER, agreement, law_of, share
from gateway_by_hand import entries
from tiny_people import ASHA, JANE, MARY, OMAR, TOM
from vestry.clock import FixedClock
from vestry.contracts.reading import read_contracts
from vestry.errors import RecordUnreadable
from vestry.sharing.agreements.examples import as_if_in_force
from vestry.sharing.agreements.folder import source_facts
from vestry.sharing.by_agreement import ByAgreement
from vestry.sharing.gateway import Gateway
from vestry.sharing.markers import MarkersGiven
from vestry.twin.answers import Shown

ULN, UCI = "uln", "uci"
OF_JANE, OF_ASHA, OF_MARY = "4310589627", "7720413895", "8892250146"
ASHA_AT_BOARD, TRAINER_HAS = "6651443322", OF_ASHA.replace("13", "31")
TRUSTED = "- {property: vestry.trust, value: {other_number: 8}}\n"
MARRIED = {**JANE, "FAMILY": "Walker", "ADDRESS": "8 Far Away", "POSTCODE": "AB9 9ZZ"}
ASHA_AGAIN = {**ASHA, "FAMILY": "Desai", "ADDRESS": "7 Far Away", "POSTCODE": "AB9 9ZX"}
MARY_AGAIN = {**MARY, "FAMILY": "Pascoe", "ADDRESS": "6 Far Away", "POSTCODE": "AB9 9ZW"}
PURPOSE = "matching-review"
_COLUMN = re.compile(r"  - name: NHS\n.*?(?=  - \{name: FAMILY)", re.DOTALL)


def numbered_by(place: Any, source: str, kind: str) -> None:
    """The column of numbers of a source of a tiny place holds numbers of that kind."""
    path = place.place.contracts / "borough" / f"{source}.yaml"
    field = f'{{property: vestry.field, value: "person.other_number[{kind}]"}}'
    column = (
        f"  - {{name: NHS, logicalType: string, classification: personal, customProperties: [{field}]}}\n"
    )
    path.write_text(_COLUMN.sub(column, path.read_text(encoding="utf-8")), encoding="utf-8")


@pytest.fixture(scope="module")
def place(small: Any, make_tiny: Callable[..., Any], tmp_path_factory: pytest.TempPathFactory) -> Any:
    """A college and a trainer that know people by their learner number, and a board that knows them by another number."""
    tiny = make_tiny(
        tmp_path_factory.mktemp("numbers") / "place", college={}, trainer={}, board={}, agency={}
    )
    shutil.copytree(small.place.models, tiny.place.models)
    for source, kind in (("college", ULN), ("trainer", "ULN"), ("board", UCI), ("agency", ULN)):
        numbered_by(tiny, source, kind)
    contract = tiny.place.contracts / "borough" / "trainer.yaml"
    text = contract.read_text(encoding="utf-8")
    mark = "- {property: vestry.may_link"
    contract.write_text(text.replace(mark, f"{TRUSTED}{mark}"), encoding="utf-8")
    tiny.send(
        "college",
        "2026-01-01",
        {"ID": "1", "NHS": OF_JANE, **JANE},
        {"ID": "2", "NHS": "9999999999", **TOM},
        {"ID": "3", "NHS": OF_ASHA, **ASHA},
        {"ID": "4", **OMAR},
        {"ID": "5", "NHS": OF_MARY, **MARY},
    )
    tiny.send(
        "trainer",
        "2026-01-01",
        {"ID": "A", "NHS": "4310-589 627", **MARRIED},
        {"ID": "B", "NHS": "9999999999", **TOM},
        {"ID": "C", "NHS": TRAINER_HAS, **ASHA_AGAIN},
        {"ID": "D", **OMAR},
    )
    tiny.send(
        "board",
        "2026-01-01",
        {"ID": "I", "NHS": OF_MARY, **MARY_AGAIN},
        {"ID": "J", "NHS": ASHA_AT_BOARD, **ASHA},
    )
    tiny.send("agency", "2026-01-01", {"ID": "K", "NHS": OF_ASHA, **ASHA})
    tiny.build()
    return tiny


def evidence(place: Any, looking: Any) -> dict[tuple[str, str], tuple[str, float]]:
    """The keys of each two records whose numbers were compared -> how far they agree, and the bits."""
    sql = """
        SELECT least(a.source_key, b.source_key), greatest(a.source_key, b.source_key), e.agreement, e.weight
        FROM link_evidence e JOIN records a ON a.record_id = e.left_record JOIN records b ON b.record_id = e.right_record
        WHERE e.field = 'other_number'
    """
    return {(a, b): (said, bits) for a, b, said, bits in looking.rows_of(place.place, place.current, sql)}


def test_it_is_kept_with_its_kind_and_stand_ins_are_none(place: Any, looking: Any) -> None:
    sql = "SELECT source_key, other_number FROM records WHERE kind = 'person' AND other_number IS NOT NULL"
    assert dict(looking.rows_of(place.place, place.current, sql)) == {
        "1": f"ULN:{OF_JANE}", "A": f"ULN:{OF_JANE}", "3": f"ULN:{OF_ASHA}",
        "C": f"ULN:{TRAINER_HAS}", "5": f"ULN:{OF_MARY}", "I": f"UCI:{OF_MARY}",
        "J": f"UCI:{ASHA_AT_BOARD}", "K": f"ULN:{OF_ASHA}",
    }  # fmt: skip


def test_whoever_moved_and_married_is_one_person_by_it(place: Any, looking: Any) -> None:
    people = place.people()
    assert people["college", "1"] == people["trainer", "A"]
    assert people["college", "3"] == people["trainer", "C"], "two digits exchanged"
    found = evidence(place, looking)
    assert found["1", "A"][0] == "exact"
    assert found["3", "C"][0] == "two characters apart"
    assert found["1", "A"][1] > found["3", "C"][1] > 0


def test_numbers_of_two_kinds_are_not_compared(place: Any, looking: Any) -> None:
    people = place.people()
    assert people["college", "5"] != people["board", "I"], "the digits are the same, and the kinds are not"
    assert ("5", "I") not in evidence(place, looking)


def test_it_is_told_of_only_where_both_have_one(place: Any, looking: Any) -> None:
    people = place.people()
    assert people["college", "4"] == people["trainer", "D"]
    assert set(evidence(place, looking)) <= {("1", "A"), ("3", "C"), ("3", "K"), ("C", "K")}


def test_a_reader_is_told_of_it_in_words(
    place: Any, gateway: Gateway, clock: FixedClock, looking: Any
) -> None:
    named = dict(
        looking.rows_of(
            place.place, place.current, "SELECT source_key, record_id FROM records WHERE kind = 'person'"
        )
    )
    told = gateway.explain_pair(named["1"], named["A"], purpose=PURPOSE)
    assert "The number of another kind is the same in both" in str(told)
    assert OF_JANE not in str(told)


def test_one_record_is_found_by_it(place: Any, gateway: Gateway, looking: Any) -> None:
    people = place.people()
    asked = {"given_names": "Jane", "postcode": "AB1 9QQ", "other_number": f"uln: {OF_JANE}"}
    found = gateway.match(asked, purpose=PURPOSE)
    assert found.entity_id == people["college", "1"]
    assert "other_number" in str(found.found[0]) and OF_JANE not in str(found)
    of_another_kind = {**asked, "other_number": f"uci: {OF_JANE}"}
    assert gateway.match(of_another_kind, purpose=PURPOSE).entity_id is None
    with pytest.raises(RecordUnreadable) as raised:
        gateway.match({"other_number": OF_ASHA}, purpose=PURPOSE)
    assert "uln:4310589627" in raised.value.text() and OF_ASHA not in raised.value.text()


def test_a_number_of_a_kind_that_nobody_has_is_told_to_be_one(
    place: Any, gateway: Gateway, clock: FixedClock
) -> None:
    """And which kinds there are; to readers under agreements neither."""
    asked = {"given_names": "Jane", "postcode": "AB1 9QQ"}
    says = (
        "No source of this place has numbers of the kind that was given as other_number: there are uci, uln."
    )
    of_none = {**asked, "other_number": "passport: 431058962"}
    assert says in gateway.match(of_none, purpose=PURPOSE).why
    for number in (f"ULN: {OF_JANE}", f"uci: {OF_JANE}", ""):
        assert says not in gateway.match({**asked, "other_number": number}, purpose=PURPOSE).why
    reader = under(place, gateway, clock, *EVERYTHING, "other-number")
    assert "No source" not in reader.match(of_none, purpose="housing").why


def numbers_of(shown: Shown) -> str:
    assert shown.entity is not None
    return shown.entity.values.get("other_number", "")


def test_each_kind_is_chosen_for_itself(place: Any, looking: Any, gateway: Gateway) -> None:
    """By trust in the trainer, as its contract has it for all such numbers."""
    asha = place.people()["board", "J"]
    assert asha == place.people()["college", "3"]
    sql = "SELECT group_name, value FROM claims WHERE entity_id = ? AND field = 'other_number' AND chosen"
    assert dict(looking.rows_of(place.place, place.current, sql, asha)) == {
        "other_number[uci]": f"UCI:{ASHA_AT_BOARD}", "other_number[uln]": f"ULN:{TRAINER_HAS}",
    }  # fmt: skip
    assert numbers_of(gateway.show(asha, purpose=PURPOSE)) == f"UCI:{ASHA_AT_BOARD} ULN:{TRAINER_HAS}"


def test_so_it_is_of_what_a_reader_may_use(place: Any, gateway: Gateway, clock: FixedClock) -> None:
    """One by one, and in a list; where all that is said of a kind may be used, and where not."""
    asha = place.people()["board", "J"]
    for sources, told in (
        (("college",), f"ULN:{OF_ASHA}"),
        (("college", "board"), f"UCI:{ASHA_AT_BOARD} ULN:{OF_ASHA}"),
        (("college", "trainer"), f"ULN:{TRAINER_HAS}"),
        (("college", "trainer", "agency", "board"), f"UCI:{ASHA_AT_BOARD} ULN:{TRAINER_HAS}"),
    ):
        reader = under(place, gateway, clock, *EVERYTHING, "other-number", of=sources)
        assert numbers_of(reader.show(asha, purpose="housing")) == told
        listed = reader.export("people", purpose="housing")
        rows = [row for batch in listed.batches for row in batch.to_pylist()]
        assert [row["other_number"] for row in rows if row["entity_id"] == asha] == [told]


def test_every_agreement_that_opened_one_is_named(place: Any, gateway: Gateway, clock: FixedClock) -> None:
    """To the reader, and in the audit log."""
    made = [agreement(f"of-{of}", share([of], "other-number")) for of in ("college", "board")]
    law = law_of(place.place, read_contracts(place.place), (), MarkersGiven(()))
    law = replace(law, filed=lambda: tuple(map(as_if_in_force, made)))
    reader = gateway.on_behalf_of(POLICE_OFFICER, law, clock)
    shown = reader.show(place.people()["board", "J"], purpose="housing")
    assert numbers_of(shown) == f"UCI:{ASHA_AT_BOARD} ULN:{OF_ASHA}"
    assert len(shown.agreements) == 2
    assert entries(place.place)[-1]["agreements"] == sorted(shown.agreements)


def under(
    place: Any,
    gateway: Gateway,
    clock: FixedClock,
    *categories: str,
    of: Sequence[str] = ("college", "trainer"),
) -> ByAgreement:
    """As the police may see those sources, by those categories."""
    made = agreement("numbers", share(of, *categories))
    law = law_of(place.place, read_contracts(place.place), (), MarkersGiven(()))
    return gateway.on_behalf_of(POLICE_OFFICER, replace(law, filed=lambda: (as_if_in_force(made),)), clock)


def test_who_may_not_see_the_number_is_not_told_what_rests_on_it(
    place: Any, gateway: Gateway, clock: FixedClock
) -> None:
    jane = place.people()["college", "1"]
    all_else = [c for c in (*EVERYTHING, "business") if c != "dealings"]
    without = under(place, gateway, clock, *all_else)
    assert without.explain(jane, purpose="housing").joins == ()
    assert OF_JANE not in str(without.show(jane, purpose="housing"))
    asked = {"given_names": "Jane", "other_number": f"uln: {OF_JANE}"}
    assert without.match(asked, purpose="housing").entity_id is None
    shared = under(place, gateway, clock, *all_else, "other-number")
    assert shared.explain(jane, purpose="housing").joins
    assert shared.match(asked, purpose="housing").entity_id == jane


def test_a_source_that_has_none_by_its_contract_needs_share_none(place: Any) -> None:
    contracts = read_contracts(place.place)
    assert source_facts(contracts)["college"].lacks == frozenset()
    path = place.place.contracts / "borough" / "college.yaml"
    other = re.sub(r"person\.other_number\[\w+\]", "person.title", path.read_text(encoding="utf-8"))
    (copy := path.with_name("copy.yaml")).write_text(
        other.replace("id: college", "id: copy"), encoding="utf-8"
    )
    try:
        assert source_facts(read_contracts(place.place))["copy"].lacks == {"other_number"}
    finally:
        copy.unlink()


def test_a_contract_that_no_longer_names_it_opens_nothing_of_a_release_that_has_it(
    place: Any, gateway: Gateway, clock: FixedClock
) -> None:
    """Until the place is built again, what the release has counts, and not what the contract says."""
    jane = place.people()["college", "1"]
    asked = {"given_names": "Jane", "other_number": f"uln: {OF_JANE}"}
    paths = [place.place.contracts / "borough" / f"{source}.yaml" for source in ("college", "trainer")]
    before = [path.read_text(encoding="utf-8") for path in paths]
    for path, text in zip(paths, before, strict=True):
        path.write_text(re.sub(r'"person\.other_number\[\w+\]"', "person.title", text), encoding="utf-8")
    try:
        assert source_facts(read_contracts(place.place))["college"].lacks == {"other_number"}
        all_else = [c for c in (*EVERYTHING, "business") if c != "dealings"]
        without = under(place, gateway, clock, *all_else)
        assert without.match(asked, purpose="housing").entity_id is None
        assert without.explain(jane, purpose="housing").joins == ()
    finally:
        for path, text in zip(paths, before, strict=True):
            path.write_text(text, encoding="utf-8")
