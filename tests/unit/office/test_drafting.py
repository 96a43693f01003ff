"""The form of a draft says all that the notation can: an agreement goes through it unchanged."""

from __future__ import annotations

from dataclasses import replace

import pytest
import yaml

from agreements_by_hand import agreement, share
from vestry.office.agreements.drafting import SIGNING_PROCESSOR, blocks, given_of, led_back, plain_of, text_of
from vestry.sharing.agreements.agreement import About, Agreement, Example, Party, Share, Users
from vestry.sharing.agreements.folder import wrong_examples
from vestry.sharing.agreements.reading import Known, check_agreement
from vestry.sharing.subjects import SourceFacts

KNOWN = Known(
    organisations=frozenset({"police", "eldershire", "hauliers"}),
    sources={name: SourceFacts(name=name, organisation="eldershire") for name in ("tax", "homes")},
)


def example(says: str, expect: str, **said: object) -> Example:
    made = Example(
        says=says, organisation="police", role="police-officer", how="look-up", field="family_name", source="tax", expect=expect
    )  # fmt: skip
    return replace(made, **said)  # type: ignore[arg-type]


PLAIN = replace(
    agreement("debt", share(["tax"], "name"), about=About()),
    examples=(example("one", "whole"), example("two", "withheld", role="auditor")),
)
RICH = replace(
    PLAIN,
    parties=(*PLAIN.parties, Party(organisation="hauliers", acts_as="processor")),
    signatories=("police", "eldershire", "hauliers"),
    shares=(
        share(["tax", "homes"], "name", "birth", "address", precision={"birth": "year", "address": "ward"}),
        Share(fields=frozenset({"email"}), sources=frozenset({"homes"}), index_only=True, desk="the duty desk"),
    ),
    about=About(
        age_from=10, age_to=17, age_unknown=False, areas=frozenset({"E1", "E2"}), known_to=frozenset({"tax"}),
        restricted=True, staff=True,
    ),
    users=(*PLAIN.users, Users(organisation="eldershire", roles=frozenset({"auditor", "social-worker"}), training="safety")),
    examples=(
        example("one", "whole", age=None, trained=False, area="E1"),
        example("two", "withheld", marked=frozenset({"restricted"}), known_to=frozenset({"tax"})),
    ),
)  # fmt: skip


@pytest.mark.parametrize("made", [PLAIN, RICH], ids=["plain", "rich"])
def test_an_agreement_goes_through_the_form_unchanged(made: Agreement) -> None:
    plain, problems = plain_of(given_of(made), made.version)
    assert not problems
    read, faults = check_agreement(text_of(plain).encode(), "draft", KNOWN)
    assert not faults
    assert read == made


def test_a_processor_signs_only_where_the_form_says_so() -> None:
    given = given_of(RICH)
    assert given["party-hauliers"] == [SIGNING_PROCESSOR]
    plain, _ = plain_of({**given, "party-hauliers": ["processor"]}, 1)
    assert plain["signatories"] == ["police", "eldershire"]


def test_a_block_with_nothing_in_it_is_none() -> None:
    given = {
        **given_of(PLAIN),
        "examples-5-trained": ["yes"],
        "users-3-training": [""],
        "shares-2-desk": [" "],
    }
    assert (blocks(given, "examples"), blocks(given, "users"), blocks(given, "shares")) == ([0, 1], [0], [0])


def test_what_is_wrong_is_led_back_to_its_field() -> None:
    """To the block that it is in, though one before it is empty; what is missing, to where it would be."""
    given = {name: value for name, value in given_of(RICH).items() if name != "title"}
    given |= {
        "users-3-organisation": ["nobody"],
        "users-3-roles": ["auditor"],
        "how": ["fly"],
        "about-from": ["old"],
    }
    given |= {
        "examples-1-expect": ["whole-ish"],
        "retention_days": ["0"],
        "purpose": [""],
        "shares-1-desk": [""],
    }
    text = text_of(plain_of(given, 1)[0])
    assert yaml.safe_load(text)
    found = led_back(check_agreement(text.encode(), "draft", KNOWN)[1], text, given)
    assert set(found) == {
        "title", "users-3", "how", "about-from", "examples-1", "retention_days", "purpose", "shares-1",
    }  # fmt: skip


def test_an_example_that_comes_out_otherwise_is_led_back() -> None:
    made = replace(PLAIN, examples=(example("one", "whole"), example("two", "whole", role="auditor")))
    given = given_of(made)
    found = led_back(wrong_examples(made, KNOWN.sources, "draft"), text_of(plain_of(given, 1)[0]), given)
    assert set(found) == {"examples-1"} and "comes out withheld" in found["examples-1"]
