"""A county that was built: the same resident looks rightly different to each of its users, by the agreements as signed."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import pytest

from vestry.cli.app import run
from vestry.contracts.reading import read_contracts
from vestry.place import Place
from vestry.settings import Settings
from vestry.sharing.agreements.comparing import Look, looked_at
from vestry.sharing.agreements.folder import Agreements, read_agreements
from vestry.sharing.askers import User, people_of
from vestry.sharing.asking import RecordOf
from vestry.sharing.grants import Asking, Emergency
from vestry.sharing.subjects import Subject
from vestry.wiring import rooms_for

NOON = datetime(2026, 11, 27, 12, tzinfo=UTC)
OWN = "own records"
Sight = dict[tuple[str, str], set[str]]
"""(category, precision) -> the sources from which it is seen."""


@pytest.fixture(scope="module")
def law(small: Any) -> Agreements:
    return read_agreements(small.place, read_contracts(small.place))


@pytest.fixture(scope="module")
def users(small: Any) -> Mapping[str, User]:
    return people_of(small.place, read_contracts(small.place))


def resident(
    small: Any, looking: Any, *known_to: str, born_before: str = "9", born_after: str = ""
) -> Subject:
    """The first person of the newest release whom all those sources list and who was born between two days."""
    listed = ", ".join(f"'{source}'" for source in known_to)
    rows = looking.rows_of(
        small.place, small.manifests[-1].release_id,
        f"SELECT entity_id, areas, born_first, born_last, known_to FROM subjects WHERE kind = 'person' AND NOT deceased"
        f" AND list_has_all(known_to, [{listed}]) AND born_last < ? AND born_first > ? ORDER BY entity_id LIMIT 1",
        born_before, born_after,
    )  # fmt: skip
    ((entity_id, areas, first, last, known),) = rows
    return Subject(
        entity_id=entity_id,
        areas=frozenset(areas),
        born=(date.fromisoformat(first), date.fromisoformat(last)),
        known_to=frozenset(known),
    )


def look(
    user: User, purpose: str, subject: Subject, law: Agreements, *, how: str = "look-up", **said: Any
) -> Look:
    (asker, *_) = user.askers()
    asking = Asking(
        asker=replace(asker, **said),
        purpose=purpose,
        how=how,
        at=NOON,
        emergency=Emergency(reason_typed=True, told="somebody else"),
    )
    return looked_at(asking, subject, law.filed, law.sources, law.holds)


def by_agreement(one: Look) -> Sight:
    """What agreements show; what the organisation sent itself left out."""
    found: Sight = {}
    for seen in one.seen:
        if set(seen.rests_on) - {OWN}:
            found.setdefault((seen.category, seen.precision), set()).update(seen.sources)
    return found


def categories(sight: Sight) -> set[str]:
    return {category for category, _ in sight}


def sources(sight: Sight) -> set[str]:
    return set().union(*sight.values())


def test_an_old_woman_in_care_looks_different_to_five_people(
    small: Any, looking: Any, law: Agreements, users: Mapping[str, User]
) -> None:
    her = resident(
        small, looking, "adult-social-care", "gp-registrations", "brackmere-council-tax", born_before="1960"
    )
    worker = by_agreement(look(users["adult-social-worker"], "safeguarding", her, law))
    revenues = by_agreement(look(users["revenues-officer"], "council-tax", her, law))
    doctor = by_agreement(look(users["general-practitioner"], "direct-care", her, law))
    analyst = by_agreement(look(users["police-analyst"], "law-enforcement", her, law, how="list"))
    auditor = by_agreement(look(users["external-auditor"], "audit", her, law))

    assert worker["name", "whole"] == {
        "adult-social-care", "gp-registrations", "police-incidents", "brackmere-housing",
    }  # fmt: skip
    assert worker["dealings", "whole"] == {
        "adult-social-care", "blue-badges", "police-incidents", "brackmere-housing",
    }  # fmt: skip
    assert not sources(worker) & {"brackmere-council-tax", "brackmere-benefits", "school-census"}

    assert sources(revenues) == {"brackmere-council-tax"}
    assert categories(revenues) == {"name", "address", "contact", "residence", "dealings"}

    assert sources(doctor) == {"adult-social-care", "gp-registrations"}
    assert doctor["dealings", "whole"] == {"adult-social-care"}
    assert "household" not in categories(doctor)
    index = look(users["general-practitioner"], "safeguarding", her, law).seen
    assert [(s.category, s.precision, s.sources, s.desks) for s in index] == [
        ("dealings", "index-only", ("adult-social-care",), ("adult care duty desk, 01632 960400",)),
        ("dealings", "index-only", ("childrens-cases",), ("children's front door, 01632 960500",)),
    ]

    assert {(c, p) for c, p in analyst if c in ("name", "birth", "address")} == {
        ("birth", "age-band"), ("address", "lsoa"),
    }  # fmt: skip
    assert not sources(analyst) & {"adult-social-care", "gp-registrations", "brackmere-council-tax"}

    assert categories(auditor) == {"dealings"}
    assert sources(auditor) == {
        "adult-social-care", "brackmere-benefits", "brackmere-council-tax", "brackmere-housing",
    }  # fmt: skip

    seen = (worker, revenues, doctor, analyst, auditor)
    assert all(one != other for at, one in enumerate(seen) for other in seen[:at])


def test_a_child_known_to_care_does_so_too(
    small: Any, looking: Any, law: Agreements, users: Mapping[str, User]
) -> None:
    child = resident(
        small, looking, "childrens-cases", "gp-registrations", born_after="2012", born_before="2026"
    )
    worker = by_agreement(look(users["children-social-worker"], "safeguarding", child, law))
    assert "police-incidents" in worker["dealings", "whole"]
    doctor = look(users["general-practitioner"], "direct-care", child, law)
    assert doctor.seen == () and doctor.why is not None and doctor.why.code == "age"
    assert by_agreement(look(users["revenues-officer"], "council-tax", child, law)) == {}
    housing = by_agreement(look(users["housing-officer"], "safeguarding", child, law))
    assert set(housing) == {("dealings", "index-only")}


@pytest.mark.parametrize(
    ("user", "purpose", "code"),
    [
        ("children-social-worker", "childrens-social-care", "ended"),
        ("badge-clerk", "service-delivery", "not-signed"),
        ("customer-services", "electoral-registration", "suspended"),
        ("customer-services", "emergency", "training"),
        ("carers-adviser", "service-delivery", "consent"),
    ],
)
def test_what_is_not_in_force_shows_nothing(
    small: Any, looking: Any, law: Agreements, users: Mapping[str, User], user: str, purpose: str, code: str
) -> None:
    her = resident(small, looking, "adult-social-care", "gp-registrations", born_before="1960")
    seen = look(
        users[user], purpose, her, law, how="list" if purpose == "electoral-registration" else "look-up"
    )
    assert by_agreement(seen) == {}
    assert seen.why is not None and seen.why.code == code


def test_public_health_counts_ages_and_wards_and_looks_nobody_up(
    small: Any, looking: Any, law: Agreements, users: Mapping[str, User]
) -> None:
    her = resident(small, looking, "adult-social-care", "gp-registrations", born_before="1960")
    counted = by_agreement(look(users["public-health-analyst"], "public-health", her, law, how="statistics"))
    assert counted["birth", "age"] == counted["address", "ward"] == {"gp-registrations"}
    assert "name" not in categories(counted)
    assert by_agreement(look(users["public-health-analyst"], "public-health", her, law)) == {}


def test_nobody_sees_their_own_family(
    small: Any, looking: Any, law: Agreements, users: Mapping[str, User]
) -> None:
    release = small.manifests[-1].release_id
    found = looking.rows_of(
        small.place, release, "SELECT source, source_key, part, entity_id FROM members WHERE kind = 'person'"
    )
    entities = {RecordOf(source=s, source_key=k, part=p): e for s, k, p, e in found}
    asks_for = {
        "children-social-worker": "safeguarding",
        "adult-social-worker": "safeguarding",
        "revenues-officer": "council-tax",
        "general-practitioner": "direct-care",
    }
    assert asks_for.keys() == {name for name, user in users.items() if user.family}
    for name, purpose in asks_for.items():
        user = users[name]
        family = {entities[record] for record in user.family}
        assert len(family) >= 2
        for entity in sorted(family):
            subject = Subject(entity_id=entity, born=(date(1990, 1, 1), date(1990, 1, 1)))
            refused = look(user, purpose, subject, law, entity_ids=frozenset(family))
            assert refused.seen == () and refused.why is not None and refused.why.code == "own-record"


def test_a_code_of_an_area_that_the_county_has_not_is_told(
    small: Any, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    place: Place = small.copied(tmp_path / "place")
    where = ["--place", str(place.folder)]
    assert run(rooms_for(Settings()), ["agreement", "check", *where]) == 0
    said = capsys.readouterr().out
    assert "17 agreements, no problems" in said and "once there is a release" not in said
    file = place.agreements / "gp-care-coordination.yaml"
    file.write_text(
        file.read_text(encoding="utf-8").replace("areas: [E07990001]", "areas: [E07990002]"), encoding="utf-8"
    )
    assert run(rooms_for(Settings()), ["agreement", "check", *where]) == 3
    assert "`E07990002` is not an area of this place." in capsys.readouterr().err
