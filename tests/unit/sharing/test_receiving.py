"""Who may take in whose extracts, and who may build: a table of who asks, and what they may."""

from __future__ import annotations

from pathlib import Path

import pytest

from vestry.errors import SharingRefused
from vestry.place import Place
from vestry.sharing.asking import ROLES, Asker
from vestry.sharing.receiving import check_may_build, check_may_receive, may_build, may_receive

PLACE = Place(
    folder=Path("x"), name="X", organisations={"county": "", "district": "", "nhs": ""}, run_by="county"
)


def asker(organisation: str, *roles: str) -> Asker:
    return Asker(user="u", organisation=organisation, roles=frozenset(roles))


@pytest.mark.parametrize(
    ("organisation", "roles", "receives", "builds"),
    [
        ("county", ("data-engineer",), {"county", "district", "nhs"}, True),
        ("district", ("data-engineer",), {"district"}, False),
        ("county", ("governance-officer", "matching-reviewer"), set(), False),
        ("district", tuple(r for r in ROLES if r != "data-engineer"), set(), False),
        ("county", (), set(), False),
        ("", ("data-engineer",), set(), False),
    ],
)
def test_who_may_what(organisation: str, roles: tuple[str, ...], receives: set[str], builds: bool) -> None:
    one = asker(organisation, *roles)
    assert {o for o in PLACE.organisations if may_receive(PLACE, one, o)} == receives
    assert may_build(PLACE, one) is builds


def test_where_nobody_is_said_to_run_it_each_has_their_own() -> None:
    nobodys = Place(folder=Path("x"), name="X", organisations=PLACE.organisations)
    for organisation in PLACE.organisations:
        one = asker(organisation, "data-engineer")
        assert {o for o in PLACE.organisations if may_receive(nobodys, one, o)} == {organisation}
        assert not may_build(nobodys, one)
    assert not may_receive(nobodys, asker("", "data-engineer"), "")


def test_what_is_told() -> None:
    district = asker("district", "data-engineer")
    check_may_receive(PLACE, district, "district")
    with pytest.raises(SharingRefused, match="may not take in"):
        check_may_receive(PLACE, district, "nhs")
    with pytest.raises(SharingRefused, match="may not build"):
        check_may_build(PLACE, district)
