"""Users side by side: what each sees of one resident, on which agreement it rests, and why of nothing."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime
from typing import Any

import pytest

from sharing_worlds import SOURCES
from vestry.sharing.agreements.agreement import About, Agreement, Party, Share, Users
from vestry.sharing.agreements.comparing import Look, compared
from vestry.sharing.agreements.describing import Described
from vestry.sharing.agreements.filing import Filing, Signature, Stop
from vestry.sharing.agreements.folder import Agreements
from vestry.sharing.agreements.writing import digest
from vestry.sharing.asking import Asker
from vestry.sharing.categories import CATEGORIES
from vestry.sharing.purposes import Basis

NOON = datetime(2026, 6, 15, 12, tzinfo=UTC)
NAMES = frozenset(CATEGORIES["name"])


def agreement(**said: Any) -> Agreement:
    made = Agreement(
        agreement_id="hub",
        version=1,
        title="Hub",
        parties=(Party(organisation="county"), Party(organisation="police")),
        purpose="safeguarding",
        basis=Basis(article_6="6(1)(e) public task", gateway="Care Act 2014, section 45"),
        shares=(
            Share(fields=NAMES, sources=frozenset({"adult-care"})),
            Share(
                fields=frozenset(CATEGORIES["dealings"]),
                sources=frozenset({"adult-care"}),
                index_only=True,
                desk="the duty desk",
            ),
            Share(
                fields=frozenset({"birth_date"}),
                sources=frozenset({"schools"}),
                precision={"birth": "age"},
            ),
        ),
        about=About(age_from=18),
        users=(Users(organisation="police", roles=frozenset({"police-officer"}), training="basics"),),
        how=frozenset({"list", "look-up"}),
        retention_days=30,
        starts=date(2026, 1, 1),
        ends=date(2026, 12, 31),
        review=date(2026, 6, 1),
        signatories=("county", "police"),
    )
    return replace(made, **said)


def looks(
    one: Agreement, *, signed_by: tuple[str, ...] = ("county", "police"), suspended: bool = False, **said: Any
) -> tuple[Look, ...]:
    asker = {"user": "pc", "organisation": "police", "roles": frozenset({"police-officer"}),
             "training": {"basics": date(2026, 12, 31)}}  # fmt: skip
    described = said.pop("described", Described(age=40))
    purpose = said.pop("purpose", "")
    signatures = tuple(
        Signature(organisation=o, by="x", day=date(2025, 12, 1), digest=digest(one)) for o in signed_by
    )
    filing = Filing(
        agreement_id="hub",
        version=1,
        proposed_on=date(2025, 11, 1),
        signatures=signatures,
        suspended=Stop(day=date(2026, 2, 1), because="x") if suspended else None,
    )
    agreements = Agreements(
        found={"hub": one},
        problems=[],
        sources=SOURCES,
        filings={"hub": filing},
        holds={"custody": frozenset({"sex"}), "incidents": frozenset()},
    )
    return compared([Asker(**(asker | said))], described, agreements, NOON, purpose)


def seen(look: Look) -> list[tuple[Any, ...]]:
    return [(s.category, s.precision, s.sources, s.rests_on, s.desks) for s in look.seen]


def test_what_is_seen_says_how_precisely_from_where_and_on_what_it_rests() -> None:
    (look,) = looks(agreement())
    assert (look.user, look.purpose, look.how, look.why) == ("pc", "safeguarding", "look-up", None)
    # Its own records of custody are of law enforcement, and safeguarding is no such purpose.
    assert seen(look) == [
        ("name", "whole", ("adult-care",), ("hub@1",), ()),
        ("birth", "age", ("schools",), ("hub@1",), ()),
        ("dealings", "index-only", ("adult-care",), ("hub@1",), ("the duty desk",)),
    ]


def test_own_records_are_seen_beside_and_what_agreements_withhold_is_told() -> None:
    lawful = agreement(purpose="law-enforcement", users=agreement().users)
    (look,) = looks(lawful, signed_by=("county",))
    assert seen(look) == [("sex", "whole", ("custody",), ("own records",), ())]
    assert look.why is not None and look.why.code == "not-signed"


@pytest.mark.parametrize(
    ("said", "code"),
    [
        ({"signed_by": ("county",)}, "not-signed"),
        ({"suspended": True}, "suspended"),
        ({"training": {}}, "training"),
        ({"described": Described(age=17)}, "age"),
        ({"described": Described(age=40, marked=frozenset({"deceased"}))}, "deceased"),
        ({"described": Described(age=40, marked=frozenset({"restricted"}))}, "restricted"),
        ({"described": Described(age=40, marked=frozenset({"staff"}))}, "staff"),
        ({"described": Described(age=40, marked=frozenset({"sealed"}))}, "sealed"),
    ],
)
def test_of_nothing_the_nearest_reason_is_told(said: dict[str, Any], code: str) -> None:
    (look,) = looks(agreement(), **said)
    assert look.seen == ()
    assert look.why is not None and look.why.code == code


def test_consent_is_a_mark_of_the_resident() -> None:
    resting = agreement(basis=Basis(article_6="6(1)(a) consent", gateway="x"))
    (without,) = looks(resting)
    assert without.why is not None and without.why.code == "consent"
    (given,) = looks(resting, described=Described(marked=frozenset({"consented"})))
    assert [s.category for s in given.seen] == ["name", "birth", "dealings"]


def test_somebody_whom_no_agreement_names_has_no_look_but_for_a_purpose() -> None:
    assert looks(agreement(), roles=frozenset({"auditor"})) == ()
    (look,) = looks(agreement(), roles=frozenset({"auditor"}), purpose="safeguarding")
    assert look.why is not None and look.why.code == "role"
