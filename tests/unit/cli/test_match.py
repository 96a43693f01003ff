"""`vestry match`: what it prints of whom it found."""

from __future__ import annotations

import shlex

import pytest

from vestry.cli.match import EXAMPLES, print_matched
from vestry.linkage.typed import standard_record
from vestry.twin.matching import Matched, MatchedEntity, Outcome


@pytest.mark.parametrize(
    ("records", "said"),
    [
        (("a",), "Said by 1 record: a.\n"),
        (("a", "b", "c"), "Said by 3 records: a, b, c.\n"),
        (("a", "b", "c", "d"), "Said by 4 records: a, b, c and 1 more.\n"),
    ],
)
def test_who_says_so(capsys: pytest.CaptureFixture[str], records: tuple[str, ...], said: str) -> None:
    one = MatchedEntity(
        entity_id="p-1", kind="person", name="", born="", address="", postcode="", current=True, probability=1.0,
        weight=None, decided_by="identifier", evidence=(), records=records,
    )  # fmt: skip
    found = Matched(
        release_id="rel-2", outcome=Outcome.MATCH, why="", found=(one,), more=0, compared=1, left_out=0
    )
    print_matched(found, "housing", "")
    assert said in capsys.readouterr().out


def typed_in(example: str) -> dict[str, str]:
    """What an example of the help page says of a record: field -> text."""
    words = iter(shlex.split(example)[2:])
    pairs = [(word, next(words)) for word in words if word not in ("--json",)]
    said = {option.removeprefix("--").replace("-", "_"): value for option, value in pairs}
    return {name: value for name, value in said.items() if name not in ("purpose", "as")}


@pytest.mark.parametrize("example", [e for e in EXAMPLES.splitlines() if "--" in e and "--file" not in e])
def test_examples_can_be_typed_as_they_are(example: str) -> None:
    said = typed_in(example)
    kind = said.pop("kind", "person")
    assert all(standard_record(kind, said).value(name) for name in said)
