"""What a blocking rule compares for equality becomes a key; a rule that compares nothing so is refused."""

from __future__ import annotations

import pytest

from vestry.linkage.blocking_keys import columns_of, rule_keys
from vestry.linkage.comparisons import DESIGNS


@pytest.mark.parametrize("kind", sorted(DESIGNS))
def test_every_rule_of_every_design_has_keys(kind: str) -> None:
    rules = DESIGNS[kind].blocking
    assert len(rule_keys(kind, rules)) == len(rules)


def test_both_sides_of_an_equality() -> None:
    (keys,) = rule_keys("person", ["l.a = r.a AND left(r.b, 1) = left(l.b, 1) AND l.c <> r.c"])
    assert keys.left == keys.right == ("p.a", "left(p.b, 1)")
    assert keys.known() == keys.sought() == (("person 0", ("p.a", "left(p.b, 1)")),)


def test_a_rule_that_asks_something_else_of_either_side_is_looked_up_both_ways() -> None:
    (keys,) = rule_keys("person", ["l.a = r.b"])
    assert keys.known() == (("person 0 l", ("p.a",)), ("person 0 r", ("p.b",)))
    assert keys.sought() == (("person 0 r", ("p.a",)), ("person 0 l", ("p.b",)))


def test_what_stands_in_brackets_is_no_key() -> None:
    (keys,) = rule_keys("person", ["l.a = r.a AND (l.b = r.b AND l.c = r.c OR l.d = r.d)"])
    assert keys.left == ("p.a",)


@pytest.mark.parametrize("rule", ["l.a < r.a", "l.a = r.a OR l.b = r.b", "l.a = 'x'", "l.a = l.b", ""])
def test_a_rule_that_brings_no_two_together_by_a_key_is_refused(rule: str) -> None:
    with pytest.raises(ValueError, match="blocking rule person 0"):
        rule_keys("person", [rule])


def test_only_columns_that_are_read_are_kept() -> None:
    among = ["family_name", "previous_family_name", "name", "sound", "postcode", "unread"]
    rules, conditions = (
        ["l.sound = r.sound"],
        ["previous_family_name_l = family_name_r", "postcode_r IS NULL"],
    )
    assert columns_of(rules, conditions, among) == [
        "family_name",
        "previous_family_name",
        "sound",
        "postcode",
    ]
