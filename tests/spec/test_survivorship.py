"""Which claim wins, and why."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import ibis
import ibis.expr.types as ir
import pytest

from vestry.engines.engine import Engine
from vestry.ids import SEPARATOR
from vestry.twin.claims import STATEMENT, Claims
from vestry.twin.survivorship import chosen

ORGANISATIONS = {"tax": "borough", "housing": "borough", "gp": "nhs", "police": "police"}
Choose = Callable[..., dict[str, tuple[list[str], str]]]


def stated(said: ir.Table) -> ir.Table:
    """The statements that claims make: one for each group of fields that a record gives."""
    statement = [
        *STATEMENT,
        "entity_id",
        "group_name",
        "source",
        "record_id",
        "valid_from",
        "as_at",
        "current",
    ]
    pair = said.field + "=" + said.value
    found = said.group_by(statement).aggregate(
        group_value=pair.group_concat(SEPARATOR, order_by=said.field),
        fields=said.count(),
        accuracy=said.accuracy.max(),
    )
    entity = found.entity_id.dense_rank().cast("int64")
    return found.mutate(subject=entity * 1000 + found.group_no)


SAID = (*STATEMENT, "field", "value", "accuracy", "source_value")
SPEAKER = (
    "record_no", "record_id", "entity_no", "entity_id", "kind", "source", "valid_from", "valid_to", "as_at", "current",
)  # fmt: skip


def as_claims(engine: Engine, drawn: ir.Table) -> Claims:
    """Claims drawn wide, as `twin.claims` gives them."""
    speakers = drawn.select(*SPEAKER).distinct()
    named = engine.fetch(drawn.select("group_no", "group_name").distinct()).to_pylist()
    groups = {row["group_no"]: row["group_name"] for row in named}
    return Claims(said=drawn.select(*SAID), speakers=speakers, statements=stated(drawn), groups=groups)


@pytest.fixture
def choose(engine: Engine, tables: Any) -> Choose:
    """`choose(table, trust)`: record -> (values chosen from it, its reason). Columns left out are filled in."""

    def choosing(
        drawn: str, trust: Mapping[str, Mapping[str, int]] | None = None
    ) -> dict[str, tuple[list[str], str]]:
        claims = tables.of(drawn)
        usual = {
            "entity_id": "p1", "kind": "person", "item": "1", "source": "tax", "accuracy": None, "source_value": None,
            "valid_from": "2026-01-01", "as_at": "2026-06-01", "now": "yes",
        }  # fmt: skip
        for name, value in usual.items():
            if name not in claims.columns:
                claims = claims.mutate(**{name: ibis.literal(value, "string")})
        if "group_name" not in claims.columns:
            claims = claims.mutate(group_name="field")
        current = claims.now == "yes"
        claims = claims.mutate(
            current=current,
            valid_to=ibis.ifelse(current, ibis.null("string"), claims.as_at),
            record_no=claims.record_id.dense_rank().cast("int64"),
            group_no=claims.group_name.dense_rank().cast("int64"),
            entity_no=claims.entity_id.dense_rank().cast("int64"),
            item=claims.item.cast("int64"),
        )
        drawn_claims = engine.keep("claims_drawn", claims.drop("now"))
        found: dict[str, tuple[list[str], str]] = {}
        for row in engine.fetch(
            chosen(engine, as_claims(engine, drawn_claims), ORGANISATIONS, trust or {})
            .all()
            .order_by("record_id", "field")
        ).to_pylist():
            values, _ = found.setdefault(row["record_id"], ([], row["reason"]))
            if row["chosen"]:
                values.append(row["value"])
        return found

    return choosing


def winner(found: Mapping[str, tuple[list[str], str]]) -> str:
    (record,) = (r for r, (values, _) in found.items() if values)
    return record


def test_the_only_value_wins(choose: Choose) -> None:
    assert choose("record_id | field | value\nr1 | sex | male") == {
        "r1": (["male"], "it is the only value said")
    }


def test_trust_beats_recency_and_voices(choose: Choose) -> None:
    found = choose(
        """
        record_id | source  | field         | value   | as_at
        r1        | gp      | birth_date    | 1980    | 2020-01-01
        r2        | tax     | birth_date    | 1981    | 2026-01-01
        r3        | police  | birth_date    | 1981    | 2026-01-01
        """,
        {"gp": {"birth_date": 8}},
    )
    assert winner(found) == "r1"
    assert found["r1"][1] == "its source is trusted most for this"
    assert found["r2"][1].startswith("another was chosen: ")


def test_trust_is_for_a_field_and_not_for_a_source(choose: Choose) -> None:
    found = choose(
        """
        record_id | source  | field | value | as_at
        r1        | gp      | phone | 1     | 2020-01-01
        r2        | tax     | phone | 2     | 2026-01-01
        """,
        {"gp": {"birth_date": 9}, "tax": {"phone": 6}},
    )
    assert winner(found) == "r2"


def test_what_is_said_now_beats_what_was_said_once_by_a_source_trusted_more(choose: Choose) -> None:
    found = choose(
        """
        record_id | source | field | value | as_at      | now
        r1        | gp     | phone | 1     | 2026-05-01 | no
        r2        | tax    | phone | 2     | 2020-01-01 | yes
        """,
        {"gp": {"phone": 9}},
    )
    assert winner(found) == "r2"
    assert found["r2"][1] == "it is said now, where others have stopped saying theirs"


def test_when_nobody_says_anything_now_the_last_word_stays(choose: Choose) -> None:
    found = choose(
        """
        record_id | field | value | valid_from | as_at      | now
        r1        | phone | 1     | 2019-01-01 | 2020-01-01 | no
        r2        | phone | 2     | 2020-01-01 | 2021-01-01 | no
        """
    )
    assert winner(found) == "r2"


def test_of_an_address_the_newest_word_counts_before_the_voices(choose: Choose) -> None:
    found = choose(
        """
        record_id | source | group_name | field    | value   | valid_from
        r1        | tax    | address    | postcode | AB1 2AD | 2020-01-01
        r2        | gp     | address    | postcode | AB1 2AD | 2020-01-01
        r3        | police | address    | postcode | AB9 9ZZ | 2026-05-01
        """
    )
    assert winner(found) == "r3"
    assert found["r3"][1] == "it is the newest word"


def test_of_a_birth_date_the_voices_count_before_the_newest_word(choose: Choose) -> None:
    found = choose(
        """
        record_id | source | field      | value      | valid_from | as_at
        r1        | tax    | birth_date | 1980-01-01 | 2020-01-01 | 2025-01-01
        r2        | gp     | birth_date | 1980-01-01 | 2020-01-01 | 2025-01-01
        r3        | police | birth_date | 1981-01-01 | 2026-05-01 | 2026-06-01
        """
    )
    assert winner(found) in ("r1", "r2")
    assert found[winner(found)][1] == "most organisations say it"


def test_voices_are_organisations_and_not_sources(choose: Choose) -> None:
    """Tax and housing are one borough: two systems of one organisation are one voice."""
    found = choose(
        """
        record_id | source  | field | value  | as_at
        r1        | tax     | sex   | male   | 2026-01-01
        r2        | housing | sex   | male   | 2026-01-01
        r3        | gp      | sex   | female | 2026-02-01
        """
    )
    assert winner(found) == "r3"
    assert found["r3"][1] == "it is the newest word"


def test_the_more_exact_date_wins(choose: Choose) -> None:
    found = choose(
        """
        record_id | source | field      | value      | accuracy | as_at
        r1        | tax    | birth_date | 1980       | year     | 2026-01-01
        r2        | gp     | birth_date | 1980-05-06 | day      | 2020-01-01
        """
    )
    assert winner(found) == "r2"
    assert found["r2"][1] == "it is the most exact"


def test_groups_are_chosen_whole(choose: Choose) -> None:
    """The newer address has no street: none is borrowed from the older one."""
    found = choose(
        """
        record_id | group_name | field         | value         | valid_from
        r1        | address    | address_lines | 1 HIGH STREET | 2020-01-01
        r1        | address    | postcode      | AB1 2AD       | 2020-01-01
        r2        | address    | postcode      | AB9 9ZZ       | 2026-01-01
        """
    )
    assert found["r2"][0] == ["AB9 9ZZ"]
    assert found["r1"][0] == []


def test_a_group_agrees_as_a_whole_or_not_at_all(choose: Choose) -> None:
    """The same street in another town is another address."""
    found = choose(
        """
        record_id | group_name | field         | value         | valid_from
        r1        | address    | address_lines | 1 HIGH STREET | 2020-01-01
        r1        | address    | postcode      | AB1 2AD       | 2020-01-01
        r2        | address    | address_lines | 1 HIGH STREET | 2026-01-01
        r2        | address    | postcode      | AB9 9ZZ       | 2026-01-01
        """
    )
    assert found["r2"] == (["1 HIGH STREET", "AB9 9ZZ"], "it is the newest word")
    assert found["r1"] == ([], "another was chosen: it is the newest word")


def test_of_two_that_agree_one_speaks_and_the_other_agrees(choose: Choose) -> None:
    found = choose(
        """
        record_id | source | field | value
        r1        | tax    | sex   | male
        r2        | gp     | sex   | male
        """
    )
    assert sorted(len(values) for values, _ in found.values()) == [0, 1]
    assert {reason for _, reason in found.values()} == {
        "it is the only value said",
        "agrees with the chosen value",
    }


def test_of_several_values_of_one_record_one_is_chosen(choose: Choose) -> None:
    found = choose(
        """
        record_id | item | field | value
        r1        | 1    | phone | 1
        r1        | 2    | phone | 2
        """
    )
    assert len(found["r1"][0]) == 1


def test_a_tie_is_settled_the_same_way_whatever_the_order(choose: Choose) -> None:
    drawn = ["r1 | tax | phone | 2", "r2 | gp | phone | 1"]
    found = [
        choose("record_id | source | field | value\n" + "\n".join(rows)) for rows in (drawn, drawn[::-1])
    ]
    assert found[0] == found[1]
    assert winner(found[0]) == "r2"
    assert found[0]["r2"][1] == "nothing tells them apart, and it is the first in order"


def test_each_entity_and_each_group_chooses_for_itself(choose: Choose) -> None:
    found = choose(
        """
        entity_id | record_id | field | value
        p1        | r1        | sex   | male
        p1        | r1        | phone | 1
        p2        | r2        | sex   | female
        """
    )
    assert found["r1"][0] == ["1", "male"]
    assert found["r2"][0] == ["female"]
