"""`people.yaml`: who may ask as whom, and every problem of the file told at once with its line."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from vestry.place import Place
from vestry.sharing.agreements.errors import PeopleInvalid
from vestry.sharing.askers import check_people, people_of, read_people

TEXT = """\
people:
- user: ann
  name: Ann Billing
  works_for:
  - {organisation: county, as: Social worker, roles: [social-worker]}
  - {organisation: trust, roles: [front-line-officer, social-worker]}
  training: {safeguarding: 2027-01-31, basics: 2025-12-31}
  family:
  - {source: gp, key: "0100", part: patient}
  - {source: gp, key: "0200", part: patient}
- user: records
  name: Records
  works_for: [{organisation: trust, roles: [system]}]
  system: true
"""


def problems(text: str) -> list[str]:
    users, found = check_people(text.encode(), "people.yaml", ["county", "trust"], ["gp"])
    assert users == {}
    return [f"{p.where} {p.what} {p.fix}" for p in found]


def test_one_asker_for_each_organisation() -> None:
    users, found = check_people(TEXT.encode(), "people.yaml", ["county", "trust"], ["gp"])
    assert found == []
    ann = users["ann"]
    first, second = ann.askers()
    assert (first.user, first.organisation, first.roles) == ("ann", "county", {"social-worker"})
    assert (second.user, second.organisation) == ("ann", "trust")
    assert second.roles == {"front-line-officer", "social-worker"}
    assert first.training == {"safeguarding": date(2027, 1, 31), "basics": date(2025, 12, 31)}
    # Whom the records are of, a release says.
    assert first.family == second.family == ann.family and len(ann.family) == 2
    assert first.entity_ids == second.entity_ids == frozenset()
    (system,) = users["records"].askers()
    assert system.is_system and system.roles == {"system"}
    assert not first.is_system


@pytest.mark.parametrize(
    ("old", "new", "told"),
    [
        ("organisation: county", "organisation: conty", "`conty` is not an organisation of this place. did you mean county?"),
        ("[social-worker]", "[socialworker]", "line 5 `socialworker` is not a role. did you mean social-worker?"),
        ("[social-worker]", "[]", "line 5 No role is named."),
        ("2027-01-31", "January", "line 7 `safeguarding` does not count until a day."),
        ("- user: records", "- user: ann", "line 11 `ann` is there twice."),
        ("user: ann", "user: Ann B", "line 2 `user` is not an id."),
        ("  name: Ann Billing\n", "", "line 2 A user has no `name`."),
        ("  name:", "  nmae:", "`nmae` is not a setting of `user`. did you mean name?"),
        ("source: gp, key: \"0100\"", "source: gq, key: \"0100\"", "line 9 `gq` is not a source of this place."),
        (", part: patient", "", "line 9 A record of the family is not named whole."),
        ("organisation: trust, roles: [front", "organisation: county, roles: [front", "An organisation is there twice."),
        ("  system: true\n", "", "line 11 A system has the role `system` and says `system: true`; a person has neither."),
        ("[social-worker]", "[social-worker, system]", "A system has the role `system`"),
    ],
)  # fmt: skip
def test_a_problem_is_named_with_its_line(old: str, new: str, told: str) -> None:
    assert any(told in one for one in problems(TEXT.replace(old, new, 1))), problems(
        TEXT.replace(old, new, 1)
    )


def test_every_problem_is_told_at_once() -> None:
    broken = TEXT.replace("county", "conty").replace("2027-01-31", "soon").replace("[system]", "[sistem]")
    assert len(problems(broken)) == 3


def test_the_file_of_a_place_is_read_or_refused_whole(empty_place: Place) -> None:
    assert read_people(empty_place, []) == ({}, [])
    empty_place.people.write_text(
        "people: [{user: a, name: A, works_for: [{organisation: borough, roles: [auditor]}]}]",
        encoding="utf-8",
    )
    assert list(people_of(empty_place, [])) == ["a"]
    empty_place.people.write_text("people: [{user: a}]", encoding="utf-8")
    with pytest.raises(PeopleInvalid) as raised:
        people_of(empty_place, [])
    assert len(raised.value.problems) == 2
    empty_place.people.unlink()
    empty_place.people.mkdir()
    assert read_people(empty_place, []) == ({}, [])
    assert Path(raised.value.where).name == "people.yaml"
