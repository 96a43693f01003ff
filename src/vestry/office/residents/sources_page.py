"""Why a page shows what it shows: who said each value, why it won, and why the records were taken for one."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import groupby
from typing import ClassVar

from vestry.linkage.design import MISSING
from vestry.linkage.wording import field_words
from vestry.office.pages.below import in_language
from vestry.office.pages.words import day, field_name, value_said
from vestry.twin.answers import Claim
from vestry.twin.explained import Explained, Join


@dataclass(frozen=True, slots=True, kw_only=True)
class Said:
    """What one source says of a field. `as_received` is how it wrote it, where that differs."""

    value: str
    as_received: str
    source: str
    organisation: str
    as_at: str
    extract: str
    row: int
    chosen: bool
    why: str


@dataclass(frozen=True, slots=True, kw_only=True)
class FieldSaid:
    """One field, and everybody who says something of it: the chosen first."""

    field: str
    label: str
    said: tuple[Said, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class JoinSaid:
    """One step of how the records came to be one, in words: its evidence as (strength, sentence)."""

    number: int
    sentence: str
    together: int
    evidence: tuple[tuple[str, str], ...]
    missing: tuple[str, ...]
    closing: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class SourcesPage:
    """One field, or all of them (`field` ""), and the joins."""

    template: ClassVar[str] = "residents/sources.html"
    heading: str
    path: str
    field: str
    fields: tuple[FieldSaid, ...]
    joins: tuple[JoinSaid, ...]
    before: str
    weakest: str
    records: int
    withheld: str
    agreements: tuple[str, ...]
    own: bool


def sources_page(
    told: Explained,
    *,
    heading: str,
    path: str,
    field: str,
    organisations: Mapping[str, str],
    owners: Mapping[str, str],
    agreements: Sequence[str],
    own: bool,
) -> SourcesPage:
    """The page of an explanation, of one field where one is named."""
    fields = []
    for name, claims in groupby(sorted(told.claims, key=lambda c: c.field), key=lambda c: c.field):
        if field in ("", name):
            said = sorted((_said(c, organisations, owners) for c in claims), key=lambda s: not s.chosen)
            fields.append(FieldSaid(field=name, label=field_name(name), said=tuple(said)))
    return SourcesPage(
        heading=heading,
        path=path,
        field=field_name(field) if field else "",
        fields=tuple(fields),
        joins=tuple(_join(join) for join in told.joins),
        before=in_language(told.joins[0].link.before) if told.joins else "",
        weakest=in_language(told.weakest.sentence) if told.weakest else "",
        records=len(told.origins),
        withheld=in_language(told.withheld.sentence),
        agreements=tuple(agreements),
        own=own,
    )


def no_sources_page(
    why: str, *, heading: str, path: str, field: str, agreements: Sequence[str], own: bool
) -> SourcesPage:
    """The page of something that may be seen, of which every source is withheld; `why` says so."""
    return SourcesPage(
        heading=heading, path=path, field=field_name(field) if field else "", fields=(), joins=(), before="", weakest="",
        records=0, withheld=in_language(why), agreements=tuple(agreements), own=own,
    )  # fmt: skip


def _said(claim: Claim, organisations: Mapping[str, str], owners: Mapping[str, str]) -> Said:
    owner = owners.get(claim.source, "")
    value = value_said(claim.field, claim.value)
    raw = claim.source_value
    return Said(
        value=value,
        as_received=raw if raw and raw not in (claim.value, value) else "",
        source=claim.source,
        organisation=organisations.get(owner, owner),
        as_at=day(claim.as_at),
        extract=claim.extract_id.removeprefix(f"{claim.source}/"),
        row=claim.row_number,
        chosen=claim.chosen,
        why=in_language(claim.reason),
    )


def _join(join: Join) -> JoinSaid:
    link = join.link
    return JoinSaid(
        number=join.number,
        sentence=in_language(link.sentence),
        together=join.together,
        evidence=tuple(
            (in_language(one.strength), in_language(one.sentence))
            for one in link.evidence
            if one.agreement != MISSING
        ),
        missing=tuple(field_words(one.field) for one in link.evidence if one.agreement == MISSING),
        closing=tuple(map(in_language, (*link.closing, *((link.threshold,) if link.threshold else ())))),
    )
