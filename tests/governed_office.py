"""A served place with a contract, officers of two organisations, an auditor and a clerk, each with a passkey: for its pages."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime
from typing import Any

from agreements_by_hand import agreement, share
from browser import Browser, MovingClock
from soft_passkey import SoftPasskey
from vestry.office.accounts.changing import Changes, Doer
from vestry.office.accounts.people import People
from vestry.office.project import Office
from vestry.office.serving import site_at
from vestry.sharing.agreements.agreement import About, Example
from vestry.sharing.agreements.writing import agreement_yaml
from vestry.sharing.askers import Post, User

ORGANISATIONS = {"borough": "The Borough", "police": "The Police"}
NOON = datetime(2026, 11, 20, 12, tzinfo=UTC)
CONTRACT = """\
apiVersion: v3.1.0
kind: DataContract
id: tax
version: 1.0.0
status: active
name: Council tax
customProperties:
- {property: vestry.organisation, value: borough}
- {property: vestry.lawful_basis, value: {article_6: "6(1)(e) public task"}}
- {property: vestry.format, value: {format: csv}}
schema:
- name: accounts
  customProperties: [{property: vestry.describes, value: {person: {kind: person}}}]
  properties:
  - {name: KEY, primaryKey: true}
  - {name: NAME, customProperties: [{property: vestry.field, value: person.family_name}]}
  - {name: BORN, logicalType: date, customProperties: [{property: vestry.field, value: person.birth_date}]}
"""


def _user(user: str, name: str, organisation: str, role: str, title: str = "") -> User:
    post = Post(organisation=organisation, roles=frozenset({role}), title=title)
    return User(user=user, name=name, posts=(post,))


USERS = (
    _user("olga", "Olga Fern", "borough", "governance-officer", "Monitoring Officer"),
    _user("pat", "Pat Reed", "police", "governance-officer"),
    _user("audrey", "Audrey Sedge", "borough", "auditor"),
    _user("clerk", "Chris Rush", "borough", "revenues-officer"),
)


def served(office: Office, clock: MovingClock | None = None) -> Any:
    """The place as it is served at noon, with its users and its contract; no agreement yet."""
    folder = office.place.contracts / "borough"
    folder.mkdir(parents=True)
    (folder / "tax.yaml").write_text(CONTRACT, encoding="utf-8")
    place = replace(office.place, organisations=ORGANISATIONS)
    site = site_at(replace(office, place=place), clock or MovingClock(at=NOON))
    people_of(site).import_people(USERS)
    return site


def people_of(site: Any) -> People:
    """The desk of its users, for whoever runs the machine."""
    return People(
        Changes(office=site.office, log=site.log, by=Doer(account="alex")), site.clock, ORGANISATIONS
    )


def come_in(site: Any, user: str) -> Browser:
    """A browser in which that user has just come in, with a passkey."""
    browser = Browser(site)
    link = people_of(site).invite(user)
    assert browser.enrol(SoftPasskey(), link.path).status_code == 200
    return browser


def _example(says: str, role: str, expect: str) -> Example:
    return Example(
        says=says, organisation="police", role=role, how="look-up", field="family_name", source="tax", expect=expect
    )  # fmt: skip


EXAMPLES = (
    _example("a police officer sees a name", "police-officer", "whole"),
    _example("an auditor does not", "auditor", "withheld"),
)


def text(name: str = "debt", **said: Any) -> str:
    """The YAML of an agreement: the Borough shares names with the Police."""
    made = agreement(
        name, share(["tax"], "name"), about=About(), examples=EXAMPLES, title="Debt recovery", **said
    )
    made = replace(
        made,
        parties=tuple(
            replace(p, organisation="borough") if p.organisation == "eldershire" else p for p in made.parties
        ),
        signatories=("police", "borough"),
        ends=said.get("ends", date(2027, 12, 31)),
    )
    return agreement_yaml(made)
