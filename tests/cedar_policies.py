"""Agreements as Cedar policies: a second opinion on every decision, by another engine, written from the issue and not the code.

One policy for each share of each agreement, forbids for what stands above all. Days are numbers like 20260615, so that an age is
a difference. Any diagnostic of Cedar counts as a refusal: it skips a `forbid` that errs, and would answer Allow.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from datetime import date, datetime
from typing import Any
from zoneinfo import ZoneInfo

import cedarpy

from sharing_worlds import PURPOSES, Case
from vestry.sharing.agreements.agreement import Agreement, Share
from vestry.sharing.agreements.lifecycle import Filed
from vestry.sharing.categories import CATEGORIES
from vestry.sharing.precision import LADDERS

_OF_LAW = 'context.purpose == "law-enforcement"'
_URGENT = 'context.purpose == "emergency"'
_STRONG = "context.strongSeconds >= 0 && context.strongSeconds <= 900"
_LEADS_HOME = [f for c in ("address", "contact", "residence", "household") for f in CATEGORIES[c]]
_NO_OBJECTION = ("safeguarding", "emergency", "law-enforcement")
_NO_OPT_OUT = ("safeguarding", "emergency")

SCHEMA = cedarpy.Schema.from_str(
    """
    entity User; entity Value;
    action see appliesTo { principal: [User], resource: [Value], context: {
      level: Long, organisation: String, roles: Set<String>, basics: Long, safeguarding: Long, self: Set<String>,
      strongSeconds: Long, purpose: String, known: Bool, how: String, today: Long, told: Bool,
      field: String, source: String, sourceOrganisation: String, lawEnforcement: Bool, patient: Bool,
      entity: String, person: Bool, areas: Set<String>, bornFirst: Long, bornLast: Long, knownTo: Set<String>, deceased: Bool,
      restricted: Bool, protectedAddress: Bool, sealed: Bool, optedOut: Bool, staffOf: Set<String>,
      objectsTo: Set<String>, consentsTo: Set<String>
    } };
    """
)


def policies(filed: Sequence[Filed]) -> cedarpy.PolicySet:
    """Every agreement as policies. Raises AssertionError where Cedar finds any fault in them."""
    said = [_forbids(), _own()]
    for one in filed:
        if one.proposed and not one.suspended and _all_signed(one):
            said += [_permit(one, share) for share in one.agreement.shares]
    text = "\n".join(said)
    checked = cedarpy.validate_policies(text, SCHEMA)
    assert checked.validation_passed, [str(e) for e in checked.errors]
    return cedarpy.PolicySet.from_str(text)


def asked(case: Case, level: int) -> dict[str, Any]:
    """The request whether `case` may be seen at `level` or finer."""
    asker, subject = case.asking.asker, case.subject
    shown = asker.strong_at
    said = case.asking.emergency
    return {
        "principal": {"type": "User", "id": asker.user},
        "action": {"type": "Action", "id": "see"},
        "resource": {"type": "Value", "id": "v"},
        "context": {
            "level": level,
            "organisation": asker.organisation,
            "roles": sorted(asker.roles),
            **{c: _number(asker.training[c]) if c in asker.training else 0 for c in ("basics", "safeguarding")},
            "self": sorted(asker.entity_ids),
            "strongSeconds": -1 if shown is None else int((case.asking.at - shown).total_seconds()),
            "purpose": case.asking.purpose,
            "known": case.asking.purpose in PURPOSES,
            "how": case.asking.how,
            "today": _day(case.asking.at),
            "told": bool(said and said.reason_typed and said.told and said.told != asker.user),
            "field": case.field,
            "source": case.source.name,
            "sourceOrganisation": case.source.organisation,
            "lawEnforcement": case.source.law_enforcement,
            "patient": case.source.patient,
            "entity": subject.entity_id,
            "person": subject.kind == "person",
            "areas": sorted(subject.areas),
            "bornFirst": _number(subject.born[0]) if subject.born else 0,
            "bornLast": _number(subject.born[1]) if subject.born else 0,
            "knownTo": sorted(subject.known_to),
            "deceased": subject.deceased,
            "restricted": subject.restricted,
            "protectedAddress": subject.protected_address,
            "sealed": subject.sealed,
            "optedOut": subject.opted_out,
            "staffOf": sorted(subject.staff_of),
            "objectsTo": sorted(subject.objects_to),
            "consentsTo": sorted(subject.consents_to),
        },
    }  # fmt: skip


def allowed(requests: Sequence[dict[str, Any]], rules: cedarpy.PolicySet) -> list[bool]:
    """What Cedar says to each; any diagnostic is a refusal, and is told by failing."""
    answers = cedarpy.is_authorized_batch(requests, rules, [], SCHEMA)
    for answer in answers:
        assert not answer.diagnostics.errors, answer.diagnostics.errors
    return [answer.allowed for answer in answers]


def beside_cedar(filed: Sequence[Filed], drawn: Sequence[Case], levels: Sequence[int]) -> int:
    """How many of the requests `drawn` Cedar decides otherwise than `levels`: it must permit each at its level, and no finer."""
    rules = policies(filed)
    here = allowed([asked(case, max(level, 1)) for case, level in zip(drawn, levels, strict=True)], rules)
    higher = allowed(
        [asked(case, min(level, 8) + 1) for case, level in zip(drawn, levels, strict=True)], rules
    )
    return sum(
        at != (level > 0) or above != (level == 9)
        for level, at, above in zip(levels, here, higher, strict=True)
    )


def _number(day: date) -> int:
    return day.year * 10_000 + day.month * 100 + day.day


def _day(at: datetime) -> int:
    return _number(at.astimezone(ZoneInfo("Europe/London")).date())


def _set(names: Any) -> str:
    return json.dumps(sorted(names))


def _all_signed(one: Filed) -> bool:
    return bool(one.agreement.signatories) and all(
        one.signatures.get(o) == one.digest for o in one.agreement.signatories
    )


def _forbids() -> str:
    return f"""
    forbid(principal, action, resource) when {{ context.sealed }};
    forbid(principal, action, resource) when {{ context.self.contains(context.entity) }};
    forbid(principal, action, resource) when {{ !context.known }};
    forbid(principal, action, resource) when {{ {_URGENT} && !context.told }};
    forbid(principal, action, resource) when {{
      context.optedOut && context.patient && !({_set(_NO_OPT_OUT)}.contains(context.purpose)) }};
    forbid(principal, action, resource) when {{
      context.objectsTo.contains(context.purpose) && !({_set(_NO_OBJECTION)}.contains(context.purpose)) }};
    forbid(principal, action, resource) when {{ context.restricted && !({_STRONG}) }};
    forbid(principal, action, resource) when {{
      context.protectedAddress && {_set(_LEADS_HOME)}.contains(context.field) && !({_STRONG}) }};
    """


def _own() -> str:
    return f"""
    permit(principal, action, resource) when {{
      context.organisation == context.sourceOrganisation && ["look-up", "list", "extract"].contains(context.how)
      && !context.roles.isEmpty() && (!context.person || context.bornLast == 0 || context.today >= context.bornLast)
      && (!context.lawEnforcement || {_OF_LAW}) }};
    """


def _permit(one: Filed, share: Share) -> str:
    agreement = one.agreement
    lowered = [
        f"(context.level <= {LADDERS[c][n]} && {_set(share.fields & set(CATEGORIES[c]))}.contains(context.field))"
        for c, n in share.precision.items()
        if share.fields & set(CATEGORIES[c])
    ]
    plain = share.fields - {f for c in share.precision for f in CATEGORIES[c]}
    whole = f"{_set(plain)}.contains(context.field)" if plain else "false"
    fields = " || ".join([whole, *lowered])
    if share.index_only:
        fields = f"context.level <= 1 && {_set(share.fields)}.contains(context.field)"
    conditions = [
        f'context.purpose == "{agreement.purpose}"',
        f"context.today >= {_number(agreement.starts)} && context.today <= {_number(agreement.ends)}",
        f"context.today < {_number(one.ended_on)}" if one.ended_on else "true",
        f"({_who(agreement)})",
        f"{_set(agreement.how)}.contains(context.how)",
        f"{_set(share.sources)}.contains(context.source)",
        f"({fields})",
        f"(!context.lawEnforcement || {_OF_LAW})" if not agreement.basis.part_3 else "true",
        *_about(agreement),
    ]
    return "permit(principal, action, resource) when {\n  " + "\n  && ".join(conditions) + "\n};"


def _who(agreement: Agreement) -> str:
    parties = {p.organisation for p in agreement.parties}
    rows = ["false"]
    for user in agreement.users:
        if user.organisation in parties:
            trained = f" && context.{user.training} >= context.today" if user.training else ""
            rows.append(
                f'(context.organisation == "{user.organisation}"'
                f" && {_set(user.roles)}.containsAny(context.roles){trained})"
            )
    return " || ".join(rows)


def _about(agreement: Agreement) -> list[str]:
    about = agreement.about
    ages = [f"context.today - context.bornLast >= {about.age_from * 10_000}"]
    if about.age_to is not None:
        ages.append(f"context.today - context.bornFirst < {(about.age_to + 1) * 10_000}")
    known = f"context.bornLast != 0 && {' && '.join(ages)}"
    said = [f"(!context.person || {'context.bornLast == 0 || ' if about.age_unknown else ''}({known}))"]
    if about.areas:
        said.append(f"{_set(about.areas)}.containsAny(context.areas)")
    if about.known_to:
        said.append(f"{_set(about.known_to)}.containsAny(context.knownTo)")
    if not about.deceased:
        said.append("!context.deceased")
    if not about.staff:
        said.append(f"({_URGENT} || !context.staffOf.contains(context.organisation))")
    if not about.restricted:
        said.append(f"({_URGENT} || !context.restricted)")
        said.append(
            f"({_URGENT} || !(context.protectedAddress && {_set(_LEADS_HOME)}.contains(context.field)))"
        )
    if "(1)(a)" in agreement.basis.article_6:
        said.append(f'context.consentsTo.contains("{agreement.agreement_id}")')
    return said
