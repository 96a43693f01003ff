"""A reviewer under agreements: pairs of which all that a look shows may be seen, and of no other so much as that it waits."""

from __future__ import annotations

import json
import shutil
from collections.abc import Iterator, Sequence
from contextlib import closing
from dataclasses import asdict, replace
from datetime import UTC, datetime
from typing import Any

import duckdb
import pytest

from agreements_by_hand import EVERYTHING, agreement, law_of, share
from gateway_by_hand import entries, open_gateway
from vestry.clock import FixedClock
from vestry.contracts.reading import read_contracts
from vestry.errors import NotFound, SharingRefused
from vestry.place import Place, open_place
from vestry.sharing.agreements.agreement import About, Agreement, Users
from vestry.sharing.agreements.examples import as_if_in_force
from vestry.sharing.asking import Asker
from vestry.sharing.by_agreement import ByAgreement
from vestry.sharing.gateway import Gateway
from vestry.sharing.markers import Marked, MarkersGiven
from vestry.sharing.own_machine import Operator

WHY = "matching-review"
REVIEWER = Asker(user="r-1", organisation="police", roles=frozenset({"matching-reviewer"}))
EVERYBODY = About(age_from=0, age_unknown=True, deceased=True)


class Held:
    """A copy of the small county, so that no decision made here is anybody else's."""

    def __init__(self, place: Place, release: str) -> None:
        self.place = place
        self.clock = FixedClock(at=datetime(2026, 11, 20, 12, tzinfo=UTC))
        with duckdb.connect(str(place.releases / release / "twin.duckdb"), read_only=True) as twin:
            sources = twin.execute("SELECT DISTINCT source FROM members ORDER BY 1").fetchall()
            known = twin.execute("SELECT entity_id, list(DISTINCT source) FROM members GROUP BY 1").fetchall()
            keys = twin.execute(
                "SELECT entity_id, list(DISTINCT source_key) FROM members GROUP BY 1"
            ).fetchall()
        self.sources = [source for (source,) in sources]
        self.known_to = {entity: frozenset(of) for entity, of in known}
        self.keys = {entity: frozenset(of) for entity, of in keys}
        self.gateway: Gateway = open_gateway(
            place, clock=self.clock, operator=Operator(account="alex", on_this_machine=True)
        )

    def agreed(self, sources: Sequence[str], *categories: str) -> Agreement:
        return agreement(
            "review",
            share(sources, *categories),
            purpose=WHY,
            about=EVERYBODY,
            users=(Users(organisation="police", roles=frozenset({"matching-reviewer", "police-officer"})),),
        )

    def under(
        self, agreed: Agreement, *, asker: Asker = REVIEWER, marked: Sequence[Marked] = ()
    ) -> ByAgreement:
        law = law_of(self.place, read_contracts(self.place), (), MarkersGiven(tuple(marked)))
        filed = (as_if_in_force(agreed),)
        return self.gateway.on_behalf_of(asker, replace(law, filed=lambda: filed), self.clock)


@pytest.fixture(scope="module")
def held(small: Any, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Held]:
    folder = tmp_path_factory.mktemp("reviewing") / "county"
    shutil.copytree(
        small.place.folder, folder, ignore=shutil.ignore_patterns("office*", "checkpoints", "keys")
    )
    made = Held(open_place(folder), small.manifests[-1].release_id)
    with closing(made.gateway):
        yield made


def test_whoever_may_see_everything_reviews_what_the_machine_s_operator_does(held: Held) -> None:
    whole = held.gateway.reviews(held.clock).queue(purpose=WHY).waiting
    mine = held.under(held.agreed(held.sources, *EVERYTHING)).reviews(held.clock).queue(purpose=WHY).waiting
    assert len(whole) > 5
    # The police's own records of law enforcement are kept apart from this purpose.
    police = {s for s in held.sources if s.startswith("police")}
    open_ = [w for w in whole if not police & (held.known_to[w.left_entity] | held.known_to[w.right_entity])]
    assert [w.left_record for w in mine if w.left_record in {o.left_record for o in open_}] == [
        w.left_record for w in open_
    ]


def test_a_pair_with_an_uncovered_source_is_as_one_that_never_was(held: Held) -> None:
    everything = held.under(held.agreed(held.sources, *EVERYTHING)).reviews(held.clock)
    waiting = everything.queue(purpose=WHY).waiting
    hidden = sorted(held.known_to[waiting[0].left_entity])[0]
    fewer = held.under(held.agreed([s for s in held.sources if s != hidden], *EVERYTHING)).reviews(held.clock)
    left = fewer.queue(purpose=WHY)
    assert left.total < len(waiting) and left.total == sum(left.by_why.values())
    assert all(
        hidden not in held.known_to[w.left_entity] | held.known_to[w.right_entity] for w in left.waiting
    )
    first = waiting[0]
    with pytest.raises(NotFound) as nobody:
        fewer.look("00000000000000000000", first.right_record, purpose=WHY)
    for look in (fewer.look, lambda a, b, purpose: fewer.decide(a, b, "same", purpose=purpose)):
        with pytest.raises(NotFound) as unseen:
            look(first.left_record, first.right_record, purpose=WHY)
        assert str(unseen.value) == str(nobody.value)


def test_a_field_that_is_not_shared_or_somebody_set_apart_hides_the_pair(held: Held) -> None:
    everything = held.agreed(held.sources, *EVERYTHING)
    first = held.under(everything).reviews(held.clock).queue(purpose=WHY).waiting[0]
    without = held.agreed(held.sources, *(c for c in EVERYTHING if c != "contact"))
    assert held.under(without).reviews(held.clock).queue(purpose=WHY).total == 0
    marked = [Marked(entity_id=first.left_entity, marker="restricted")]
    apart = held.under(everything, marked=marked).reviews(held.clock).queue(purpose=WHY).waiting
    assert first.left_entity not in {e for w in apart for e in (w.left_entity, w.right_entity)}


def test_services_and_keys_are_told_only_where_dealings_are_shared(held: Held) -> None:
    """Neither in words, nor by what a decision is worth."""
    whole = held.under(held.agreed(held.sources, *EVERYTHING)).reviews(held.clock)
    without = held.agreed(held.sources, *(c for c in EVERYTHING if c != "dealings"))
    fewer = held.under(without).reviews(held.clock)
    told = {frozenset((w.left_record, w.right_record)): w for w in whole.queue(purpose=WHY).waiting}
    served = [w for w in told.values() if w.services]
    assert served
    waiting = fewer.queue(purpose=WHY).waiting
    assert {frozenset((w.left_record, w.right_record)) for w in waiting} == told.keys()
    assert not [w for w in waiting if w.services]
    less = [w for w in waiting if w.worth < told[frozenset((w.left_record, w.right_record))].worth]
    assert len(less) == len(served)
    for first in served[:3]:
        seen = whole.look(first.left_record, first.right_record, purpose=WHY)
        unkeyed = fewer.look(first.left_record, first.right_record, purpose=WHY)
        blind = fewer.look(first.left_record, first.right_record, purpose=WHY, blind=True)
        assert all(side.side.source_key for side in (seen.left, seen.right))
        assert not any(side.side.source_key for look in (unkeyed, blind) for side in (look.left, look.right))
    fewer.decide(first.left_record, first.right_record, "same", purpose=WHY)
    (said,) = fewer.look(first.left_record, first.right_record, purpose=WHY).said
    assert said.word == "same" and not (said.left.source_key or said.right.source_key)
    (kept,) = whole.look(first.left_record, first.right_record, purpose=WHY).said
    assert kept.left.source_key and kept.right.source_key
    fewer.decide(first.left_record, first.right_record, "withdrawn", purpose=WHY)


def test_an_explanation_of_two_names_no_key_that_may_not_be_seen(held: Held) -> None:
    first = (
        held.under(held.agreed(held.sources, *EVERYTHING)).reviews(held.clock).queue(purpose=WHY).waiting[0]
    )
    pairs = ((first.left_record, first.right_record), (first.left_entity, first.right_entity))
    keys = {key for entity in pairs[1] for key in held.keys[entity]}
    for categories, named in ((EVERYTHING, True), ([c for c in EVERYTHING if c != "dealings"], False)):
        under = held.under(held.agreed(held.sources, *categories))
        for pair in pairs:
            told = json.dumps(asdict(under.explain_pair(*pair, purpose=WHY)))
            assert any(f'"{key}"' in told or f" {key} " in told for key in keys) == named


def test_a_decision_is_the_reviewer_s_and_is_entered_first(held: Held) -> None:
    desk = held.under(held.agreed(held.sources, *EVERYTHING)).reviews(held.clock)
    first = desk.queue(purpose=WHY).waiting[0]
    look = desk.look(first.left_record, first.right_record, purpose=WHY)
    assert look.left.values["family_name"] and not look.said
    assert desk.decide(first.left_record, first.right_record, "different", purpose=WHY).before == ""
    last = entries(held.place)[-1]
    assert last["action"] == "review-decide" and last["user"] == "r-1"
    assert list(last["agreements"]) == ["review@1"]
    (said,) = held.gateway.reviews(held.clock).look(first.left_record, first.right_record, purpose=WHY).said
    assert said.by == "r-1"


@pytest.mark.parametrize(
    ("role", "purpose"), [("police-officer", WHY), ("matching-reviewer", "law-enforcement")]
)
def test_neither_another_role_nor_another_purpose_reviews(held: Held, role: str, purpose: str) -> None:
    asker = replace(REVIEWER, roles=frozenset({role}))
    desk = held.under(held.agreed(held.sources, *EVERYTHING), asker=asker).reviews(held.clock)
    with pytest.raises(SharingRefused):
        desk.queue(purpose=purpose)


def test_what_counts_everybody_s_work_and_samples_are_not_for_users(held: Held) -> None:
    desk = held.under(held.agreed(held.sources, *EVERYTHING)).reviews(held.clock)
    with pytest.raises(SharingRefused):
        desk.standing(purpose=WHY)
    with pytest.raises(SharingRefused):
        desk.draw("autumn", pairs=10, seed=1, purpose=WHY)


def test_rows_in_quarantine_go_back_to_whoever_sent_them_and_to_nobody_else(held: Held) -> None:
    agreed = held.agreed(held.sources, *EVERYTHING)
    engineer = Asker(user="e-1", organisation="police", roles=frozenset({"data-engineer"}))
    groups = held.gateway.quarantine()
    contracts = read_contracts(held.place)
    mine = [s for s in held.sources if contracts[s].organisation == "police"]
    theirs = next(g.source for g in groups if g.source not in mine)
    under = held.under(agreed, asker=engineer)
    assert under.quarantine() == groups
    expected = held.gateway.quarantined_rows(source=mine[0], purpose="data-quality")
    assert under.quarantined_rows(source=mine[0], purpose="data-quality").count == expected.count
    with pytest.raises(NotFound):
        under.quarantined_rows(source=theirs, purpose="data-quality")
    with pytest.raises(SharingRefused):
        held.under(agreed).quarantined_rows(source=mine[0], purpose="data-quality")
