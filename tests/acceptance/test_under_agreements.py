"""A built place under agreements (promise 6): nothing from a source that is not covered, in no answer, however it is asked."""

from __future__ import annotations

import shutil
from collections.abc import Iterator, Sequence
from contextlib import closing
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime
from random import Random
from typing import Any

import duckdb
import pytest

from agreements_by_hand import PERSONAL, POLICE_OFFICER, agreement, law_of, share
from gateway_by_hand import entries, open_gateway
from vestry.clock import FixedClock
from vestry.contracts.reading import read_contracts
from vestry.errors import MemoryUsedUp, NotFound, PurposeMissing, SharingRefused, SourcesWithheld
from vestry.sharing.agreements.agreement import About, Agreement
from vestry.sharing.agreements.examples import as_if_in_force
from vestry.sharing.asking import Asker
from vestry.sharing.by_agreement import ByAgreement, Law
from vestry.sharing.gateway import Gateway
from vestry.sharing.lowering import ages_of
from vestry.sharing.markers import Marked, MarkersGiven
from vestry.sharing.own_machine import Operator
from vestry.sharing.purposes import purpose_of
from vestry.twin.answers import Criteria
from vestry.twin.open_release import OpenRelease
from vestry.twin.reader import TwinReader

PURPOSE = "housing"
WHO = POLICE_OFFICER


@dataclass(frozen=True)
class Held:
    """The place, its gateway, and its release read behind the gateway's back."""

    gateway: Gateway
    twin: duckdb.DuckDBPyConnection
    law: Law
    clock: FixedClock

    def under(self, *agreements: Agreement, marked: Sequence[Marked] = (), asker: Asker = WHO) -> ByAgreement:
        filed = tuple(as_if_in_force(one) for one in agreements)
        law = replace(self.law, filed=lambda: filed, markers=MarkersGiven(tuple(marked)))
        return self.gateway.on_behalf_of(asker, law, self.clock)

    def rows(self, sql: str, *parameters: Any) -> list[tuple[Any, ...]]:
        return self.twin.execute(sql, list(parameters)).fetchall()


@pytest.fixture(scope="module")
def held(small: Any, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Held]:
    place = small.place
    contracts = read_contracts(place)
    law = law_of(place, contracts, (), MarkersGiven())
    clock = FixedClock(at=datetime(2026, 11, 20, 12, tzinfo=UTC))
    # A copy: one process opens one file one way.
    path = tmp_path_factory.mktemp("behind") / "twin.duckdb"
    shutil.copy(place.releases / small.manifests[-1].release_id / "twin.duckdb", path)
    gateway = open_gateway(place, clock=clock, operator=Operator(account="alex", on_this_machine=True))
    with closing(gateway), duckdb.connect(str(path), read_only=True) as twin:
        yield Held(gateway, twin, law, clock)


def sources_of(held: Held, *, without: str = "police") -> list[str]:
    rows = held.rows("SELECT DISTINCT source FROM members ORDER BY 1")
    return [source for (source,) in rows if without not in source]


def made_up(held: Held, seed: int) -> Agreement:
    """An agreement with two overlapping shares of some sources and fields, some lowered."""
    random = Random(seed)
    sources = sources_of(held)
    shares = [
        share(
            random.sample(sources, random.randint(1, 5)),
            *random.sample(PERSONAL, random.randint(2, 6)),
            precision={
                "birth": random.choice(("age", "age-band", "year", "month", "whole")),
                "address": random.choice(("ward", "lsoa", "district", "postcode", "whole")),
            },
        )
        for _ in range(2)
    ]
    about = About(age_from=random.choice((0, 16, 18, 30)), deceased=True)
    return agreement(f"made-up-{seed}", *shares, about=about)


@pytest.mark.parametrize("seed", range(4))
def test_a_list_is_what_single_looks_show(held: Held, seed: int) -> None:
    """The whole table in one query beside every person by himself: the same people, the same values, as precisely."""
    under = held.under(made_up(held, seed))
    table = [row for batch in under.export("people", purpose=PURPOSE).batches for row in batch.to_pylist()]
    listed = {row.pop("entity_id"): row for row in table}
    seen = 0
    for (entity_id,) in held.rows(
        "SELECT entity_id FROM people ORDER BY hash(entity_id, $1) LIMIT 120", seed
    ):
        try:
            shown = under.show(entity_id, purpose=PURPOSE)
        except NotFound:
            assert entity_id not in listed
            continue
        assert shown.entity is not None
        values = {n: v for n, v in shown.entity.values.items() if not n.endswith("_accuracy")}
        precision = dict(shown.entity.precision)
        row = {n: v for n, v in listed.get(entity_id, {}).items() if v is not None}
        assert row.pop("birth_date_precision", "whole") == precision.pop("birth_date", "whole")
        row.pop("death_date_precision", None)
        area = row.pop("address_area", None)
        named = row.pop("address_precision", None)
        lowered = next((name for name in ("lsoa", "ward", "district") if name in values), None)
        if lowered:
            assert (named, area) == (lowered, values.pop(lowered).rpartition("(")[2].rstrip(")"))
        else:
            assert area is None
        assert row == values
        seen += bool(values)
    assert seen > 10


def test_a_list_of_many_spans_is_the_list_in_one(held: Held, monkeypatch: pytest.MonkeyPatch) -> None:
    under = held.under(made_up(held, 1))

    def people() -> list[dict[str, Any]]:
        stream = under.export("people", purpose=PURPOSE)
        rows = [row for batch in stream.batches for row in batch.to_pylist()]
        assert len(rows) == stream.count
        return rows

    whole = people()
    monkeypatch.setattr(OpenRelease.spans, "__defaults__", (7,))
    assert len(whole) > 3 * 7
    assert people() == whole


def test_a_list_for_which_memory_is_short_says_so(small: Any, held: Held) -> None:
    with (
        closing(TwinReader(small.place, memory="2MB")) as reader,
        pytest.raises(MemoryUsedUp, match="memory that a release may take"),
    ):
        reader.open(small.manifests[0].release_id).stream_of(
            "people", [("SELECT list(i::VARCHAR) FROM range(10_000_000) t(i)", [])]
        )


def test_every_value_is_one_that_a_covered_source_says(held: Held) -> None:
    """Not the chosen value of the release where it is another's: found again among those that may be used."""
    sources = sources_of(held)[:6]
    under = held.under(agreement("some", share(sources, *PERSONAL)))
    others = 0
    for (entity_id,) in held.rows("SELECT entity_id FROM people ORDER BY 1 LIMIT 100"):
        said = {
            (field, value)
            for field, value in held.rows(
                "SELECT field, value FROM claims WHERE entity_id = $1 AND source = ANY($2)",
                entity_id,
                sources,
            )
        }
        try:
            shown = under.show(entity_id, purpose=PURPOSE)
        except NotFound:
            assert not said
            continue
        assert shown.entity is not None
        for field, value in shown.entity.values.items():
            if not field.endswith("_accuracy"):
                assert (field, value) in said
        assert {o.source for o in shown.origins} <= set(sources)
        row = held.rows(
            "SELECT coalesce(family_name, ''), coalesce(postcode, '') FROM people WHERE entity_id = $1",
            entity_id,
        )[0]
        values = shown.entity.values
        others += row != (values.get("family_name", ""), values.get("postcode", ""))
    assert others > 2, "somebody's value was chosen again"


def test_a_search_finds_nobody_by_what_may_not_be_seen(held: Held) -> None:
    """A name or a birth date that only an uncovered source holds leads to nobody; nor does one that is shown as an age."""
    sources = sources_of(held)
    one, other = sources[:4], sources[4:]
    hidden = held.rows(
        "SELECT DISTINCT r.birth_date, m.entity_id FROM records r JOIN members m USING (record_id) "
        "WHERE r.kind = 'person' AND r.source = ANY($1) AND length(r.birth_date) = 10 AND m.entity_id IN "
        "(SELECT entity_id FROM members WHERE source = ANY($2)) AND r.birth_date NOT IN "
        "(SELECT birth_date FROM records WHERE source = ANY($2) AND birth_date IS NOT NULL)",
        other,
        one,
    )
    assert hidden
    under = held.under(agreement("some", share(one, "name", "birth")))
    for born, entity_id in hidden:
        page = under.find(Criteria(born=born), purpose=PURPOSE)
        assert entity_id not in {f.entity_id for f in page.found}
    open_ = held.rows(
        "SELECT DISTINCT r.birth_date, m.entity_id FROM records r JOIN members m USING (record_id) "
        "WHERE r.kind = 'person' AND r.source = ANY($1) AND length(r.birth_date) = 10 LIMIT 20",
        one,
    )
    lowered = held.under(agreement("aged", share(one, "name", "birth", precision={"birth": "age"})))
    for born, entity_id in open_:
        page = under.find(Criteria(born=born), purpose=PURPOSE, limit=500)
        assert entity_id in {f.entity_id for f in page.found}
        assert lowered.find(Criteria(born=born), purpose=PURPOSE).total == 0


def _whole(held: Held, **about: Any) -> Agreement:
    said = About(**{"age_from": 0, "deceased": True, **about})
    categories = (*PERSONAL, "residence", "household", "relationships", "dealings")
    return agreement("whole", share(sources_of(held, without="nobody"), *categories), about=said)


def _somebody(held: Held) -> str:
    entity_id = held.gateway.example("person", purpose="training")
    assert entity_id is not None
    return entity_id


@pytest.mark.parametrize("marker", ["restricted", "sealed", "staff"])
def test_whoever_is_set_apart_is_as_nobody(held: Held, marker: str) -> None:
    """The same words as of an id that never was; in no list, by no search, in no household, and entered as withheld."""
    entity_id = _somebody(held)
    whole = _whole(held)
    shown = held.under(whole).show(entity_id, purpose=PURPOSE)
    assert shown.entity is not None
    name = shown.entity.values["family_name"]
    households = [row["household_id"] for row in shown.related.households]
    assert households
    under = held.under(
        whole, marked=[Marked(entity_id=entity_id, marker=marker, of="police" if marker == "staff" else "")]
    )
    messages = []
    for asked in (entity_id, "P000000000000000"):
        for look in (under.show, under.explain):
            with pytest.raises(NotFound) as refused:
                look(asked, purpose=PURPOSE)
            messages.append(refused.value.code)
    assert len(set(messages)) == 1
    assert entity_id not in {
        f.entity_id for f in under.find(Criteria(name=name), purpose=PURPOSE, limit=999).found
    }
    for table, column in (
        ("people", "entity_id"), ("residences", "entity_id"), ("episodes", "entity_id"),
        ("relationships", "from_entity"), ("relationships", "to_entity"), ("crossref", "entity_id"),
    ):  # fmt: skip
        stream = under.export(table, purpose=PURPOSE)
        assert entity_id not in {v for b in stream.batches for v in b.column(column).to_pylist()}, table
    for household in households:
        with pytest.raises(NotFound):
            under.show(household, purpose=PURPOSE)


def test_a_protected_address_is_in_nothing_that_leads_there(held: Held) -> None:
    entity_id = _somebody(held)
    whole = _whole(held)
    before = held.under(whole).show(entity_id, purpose=PURPOSE)
    assert before.entity is not None and before.entity.values["address_lines"] and before.related.residences
    under = held.under(whole, marked=[Marked(entity_id=entity_id, marker="protected-address")])
    shown = under.show(entity_id, purpose=PURPOSE)
    assert shown.entity is not None
    home = {"address_lines", "postcode", "uprn", "usrn", "longitude", "latitude", "phone", "email"}
    assert not home & set(shown.entity.values)
    assert not {w.field for w in shown.withheld} & home, "that would tell"
    assert shown.related.residences == () and shown.related.households == ()
    property_id = before.related.residences[0]["property_id"]
    tied = under.show(property_id, purpose=PURPOSE).related.residences
    assert entity_id not in {row["entity_id"] for row in tied}
    row = next(
        row for batch in under.export("people", purpose=PURPOSE).batches for row in batch.to_pylist()
        if row["entity_id"] == entity_id
    )  # fmt: skip
    assert not {name for name in home if row.get(name)}


def test_own_record_and_objection(held: Held) -> None:
    entity_id = _somebody(held)
    whole = _whole(held)
    with pytest.raises(NotFound):
        held.under(whole, asker=replace(WHO, entity_ids=frozenset({entity_id}))).show(
            entity_id, purpose=PURPOSE
        )
    purpose = purpose_of(PURPOSE)
    assert purpose is not None
    under = held.under(whole, marked=[Marked(entity_id=entity_id, marker="objects", of=PURPOSE)])
    if purpose.objections:
        with pytest.raises(NotFound):
            under.show(entity_id, purpose=PURPOSE)
    else:
        assert under.show(entity_id, purpose=PURPOSE).entity is not None


def test_index_only_tells_that_and_since_when_and_whom_to_call(held: Held) -> None:
    care = "adult-social-care"
    rows = held.rows(
        "SELECT m.entity_id, min(r.first_as_at) FROM members m JOIN records r USING (record_id) "
        "WHERE m.source = $1 AND m.kind = 'person' AND r.current GROUP BY 1 ORDER BY 1 LIMIT 5",
        care,
    )
    assert rows
    under = held.under(
        agreement(
            "index", share([care], "name", "dealings", index_only=True, desk="the adult care duty desk")
        )
    )
    for entity_id, since in rows:
        shown = under.show(entity_id, purpose=PURPOSE)
        assert shown.entity is not None and not shown.entity.values
        assert shown.origins == () and shown.related.episodes == ()
        (known,) = shown.known_to
        assert (known.source, known.desk) == (care, "the adult care duty desk")
        assert known.since <= since or known.since
        with pytest.raises((SourcesWithheld, NotFound)):
            under.explain(entity_id, purpose=PURPOSE)


def test_silence_is_refusal(held: Held) -> None:
    whole = _whole(held)
    entity_id = _somebody(held)
    elsewhere = replace(WHO, organisation="nhs", roles=frozenset({"gp-practice"}))
    for agreements, asker, why in (
        ((), WHO, "no agreement is for this purpose"),
        ((replace(whole, users=()),), WHO, "is for this organisation"),
        ((whole,), replace(WHO, roles=frozenset({"auditor"})), "not for this role"),
        ((replace(whole, ends=date(2026, 11, 19)),), WHO, "has ended"),
        ((replace(whole, how=frozenset({"statistics"})),), WHO, "way of using it"),
    ):
        under = held.under(*agreements, asker=replace(asker, organisation="police"))
        with pytest.raises((SharingRefused, NotFound), match=why):
            under.show(entity_id, purpose="council-tax" if not agreements else PURPOSE)
    with pytest.raises(PurposeMissing):
        held.under(whole).show(entity_id, purpose=None)
    with pytest.raises(PurposeMissing):
        held.under(whole).show(entity_id, purpose="curiosity")
    # An organisation's own records stand open to it, and nothing else does.
    shown = [
        held.under(whole, asker=elsewhere).show(one, purpose=PURPOSE)
        for (one,) in held.rows(
            "SELECT DISTINCT entity_id FROM members WHERE source = 'gp-registrations' AND kind = 'person' LIMIT 5"
        )
    ]
    assert {o.source for s in shown for o in s.origins} == {"gp-registrations"}


def test_an_explanation_rests_on_nothing_that_is_not_covered(held: Held) -> None:
    sources = sources_of(held)[:5]
    under = held.under(agreement("some", share(sources, *PERSONAL)))
    told = 0
    for (entity_id,) in held.rows("SELECT entity_id FROM people ORDER BY 1 LIMIT 120"):
        try:
            explained = under.explain(entity_id, purpose=PURPOSE)
        except NotFound:
            continue
        records = {o.record_id for o in explained.origins}
        assert {o.source for o in explained.origins} <= set(sources)
        assert {c.source for c in explained.claims} <= set(sources)
        for join in explained.joins:
            assert {join.link.left_record, join.link.right_record} <= records
            told += 1
        assert explained.history == () and explained.withheld.records == 0
    assert told > 3


def test_the_log_says_which_agreement_fields_and_reasons(held: Held, small: Any) -> None:
    entity_id = _somebody(held)
    under = held.under(agreement("some", share(sources_of(held), "name")))
    under.show(entity_id, purpose=PURPOSE)
    entry = entries(small.place)[-1]
    assert entry["user"] == "u-1" and entry["organisation"] == "police"
    assert entry["agreements"] == ["some@1"]
    assert set(entry["fields"]) >= {"family_name", "given_names"}
    assert "field" in entry["withheld"]
    assert entry["entities"] == [entity_id]


@pytest.mark.parametrize(
    ("born", "ages"),
    [
        ("1990", (35, 36)),
        ("1990-11", (35, 36)),
        ("1990-11-20", (36, 36)),
        ("1990-11-21", (35, 35)),
        ("nonsense", None),
    ],
)
def test_ages_of_dates_in_part(born: str, ages: tuple[int, int] | None) -> None:
    assert ages_of(born, date(2026, 11, 20)) == ages
