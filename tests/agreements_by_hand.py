"""Agreements and the law of a place for tests, made without files."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import date
from typing import Any

from vestry.contracts.contract import Contract
from vestry.place import Place
from vestry.sharing.agreements.agreement import About, Agreement, Party, Share, Users
from vestry.sharing.agreements.folder import source_facts
from vestry.sharing.agreements.lifecycle import Filed
from vestry.sharing.asking import Asker
from vestry.sharing.by_agreement import Law
from vestry.sharing.categories import CATEGORIES
from vestry.sharing.markers import Markers
from vestry.sharing.purposes import purpose_of
from vestry.twin.choosing import trust_in

POLICE_OFFICER = Asker(user="u-1", organisation="police", roles=frozenset({"police-officer"}))
EVERY_AGE = About(age_from=0)
PERSONAL = ("name", "birth", "sex", "address", "contact", "nhs-number", "nino", "ethnicity")
EVERYTHING = (
    *PERSONAL,
    "upn",
    "identity",
    "death",
    "business",
    "residence",
    "household",
    "relationships",
    "dealings",
)


def agreement(
    name: str, *shares: Share, purpose: str = "housing", about: About = EVERY_AGE, **said: Any
) -> Agreement:
    """One of the police and the county, in force in 2026, for police officers."""
    on_the_list = purpose_of(purpose)
    assert on_the_list is not None
    made = Agreement(
        agreement_id=name, version=1, title=name,
        parties=(Party(organisation="police"), Party(organisation="eldershire")), purpose=purpose,
        basis=on_the_list.basis, shares=shares, about=about,
        users=(Users(organisation="police", roles=frozenset({"police-officer"})),),
        how=frozenset({"look-up", "extract"}), retention_days=30, starts=date(2026, 1, 1), ends=date(2027, 1, 1),
        review=date(2026, 12, 1), signatories=("police", "eldershire"),
    )  # fmt: skip
    return replace(made, **said)


def share(sources: Sequence[str], *categories: str, **said: Any) -> Share:
    """Those categories of those sources."""
    fields = frozenset(field for category in categories for field in CATEGORIES[category])
    return Share(fields=fields, sources=frozenset(sources), **said)


def wide_agreement(sources: Sequence[str], purpose: str, *categories: str) -> Agreement:
    """One that shares those categories of everybody, the dead too."""
    about = About(age_from=0, deceased=True)
    return agreement("wide", share(sources, *categories), purpose=purpose, about=about)


def law_of(place: Place, contracts: Mapping[str, Contract], filed: Sequence[Filed], markers: Markers) -> Law:
    """The law of a place, with these agreements and markers."""
    facts, trust = source_facts(contracts), trust_in(place, list(contracts.values()))
    standing = tuple(filed)
    return Law(filed=lambda: standing, sources=lambda: facts, trust=lambda: trust, markers=markers)
