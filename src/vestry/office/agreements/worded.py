"""One version of an agreement in plain English: what of it a page and a signatory read. Built without a browser."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date

from vestry.contracts.contract import Contract
from vestry.office.agreements.words import (
    ACTS_AS,
    PRECISION,
    WAY,
    days_said,
    fields_said,
    organisations_said,
    role_said,
    sources_said,
    whom_said,
)
from vestry.office.pages.below import in_language
from vestry.office.pages.translating import _
from vestry.office.pages.words import course, listed
from vestry.sharing.agreements.agreement import Agreement, Share
from vestry.sharing.categories import FIELDS
from vestry.sharing.purposes import purpose_of


@dataclass(frozen=True, slots=True, kw_only=True)
class SharedLine:
    """Some fields, how precisely they are shown, and from which sources."""

    fields: str
    precisely: str
    sources: str


@dataclass(frozen=True, slots=True, kw_only=True)
class UsersLine:
    """Who may use it: roles at some organisations, and the course that has to be in date."""

    roles: str
    organisations: str
    training: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Worded:
    """All that one version says, in the order in which a person reads it. `law` are (what, where it stands)."""

    purpose: str
    code: str
    law: tuple[tuple[str, str], ...]
    parties: tuple[tuple[str, str], ...]
    shares: tuple[SharedLine, ...]
    whom: tuple[str, ...]
    users: tuple[UsersLine, ...]
    how: str
    retention: str
    starts: date
    ends: date
    review: date


@dataclass(frozen=True, slots=True, kw_only=True)
class Names:
    """What a place calls things: organisations and areas by code, contracts by source."""

    organisations: Mapping[str, str]
    contracts: Mapping[str, Contract]
    areas: Mapping[str, str]


def worded(agreement: Agreement, names: Names) -> Worded:
    """The agreement in plain English."""
    purpose, basis = purpose_of(agreement.purpose), agreement.basis
    law = (
        (_("What lets it be passed on"), basis.gateway),
        (_("UK GDPR, Article 6"), basis.article_6),
        (_("UK GDPR, Article 9"), basis.article_9),
        (_("Data Protection Act 2018"), basis.schedule_1),
        (_("Law enforcement (DPA 2018, Part 3)"), basis.part_3),
    )
    return Worded(
        purpose=in_language(purpose.means) if purpose else agreement.purpose,
        code=agreement.purpose,
        law=tuple((what, said) for what, said in law if said),
        parties=tuple(
            (
                str(ACTS_AS[acts_as]),
                listed(
                    names.organisations.get(p.organisation, p.organisation)
                    for p in agreement.parties
                    if p.acts_as == acts_as
                ),
            )
            for acts_as in ACTS_AS
            if any(p.acts_as == acts_as for p in agreement.parties)
        ),
        shares=tuple(line for share in agreement.shares for line in _shared(share, names)),
        whom=whom_said(agreement, names.contracts, names.areas),
        users=tuple(_users(agreement, names)),
        how=listed(str(said) for code, said in WAY.items() if code in agreement.how),
        retention=days_said(agreement.retention_days),
        starts=agreement.starts,
        ends=agreement.ends,
        review=agreement.review,
    )  # fmt: skip


def _shared(share: Share, names: Names) -> Iterable[SharedLine]:
    by_precision: dict[str, list[str]] = {}
    for field in sorted(share.fields):
        named = "index-only" if share.index_only else share.precision.get(FIELDS[field], "whole")
        by_precision.setdefault(named, []).append(field)
    for named, fields in sorted(by_precision.items(), key=lambda one: one[0] != "whole"):
        precisely = str(PRECISION[named])
        if share.desk:
            precisely = _("%(precisely)s: ask %(desk)s") % {"precisely": precisely, "desk": share.desk}
        yield SharedLine(
            fields=fields_said(fields),
            precisely=precisely[0].upper() + precisely[1:],
            sources=sources_said(share.sources, names.contracts),
        )


def _users(agreement: Agreement, names: Names) -> Iterable[UsersLine]:
    """Who may use it, organisations with the same roles and course together."""
    alike: dict[tuple[str, str], list[str]] = {}
    for users in agreement.users:
        roles = listed(role_said(role) for role in sorted(users.roles))
        alike.setdefault((roles, users.training), []).append(users.organisation)
    for (roles, training), organisations in alike.items():
        yield UsersLine(
            roles=roles,
            organisations=organisations_said(organisations, names.organisations),
            training=course(training),
        )
