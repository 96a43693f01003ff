"""An agreement as ODRL 2.2 (W3C Recommendation, Open Digital Rights Language), for catalogues and other organisations' tools.

It says what ODRL has words for. What it lacks (age bands, index only, training) stands in left operands of Vestry's own
profile; nothing reads this back, and nothing is decided by it.
"""

from __future__ import annotations

from typing import Any, Final

from vestry.sharing.agreements.agreement import Agreement, Share, Users

CONTEXT: Final = "http://www.w3.org/ns/odrl.jsonld"
PROFILE: Final = "urn:vestry:odrl"
_ACTIONS: Final = {
    "look-up": "display",
    "list": "display",
    "extract": "extract",
    "notice": "inform",
    "statistics": "aggregate",
}
"""Way of use -> the action of the ODRL vocabulary that is nearest to it."""


def odrl(agreement: Agreement) -> dict[str, Any]:
    """The agreement as JSON-LD, ready for `json.dumps`."""
    return {
        "@context": CONTEXT,
        "@type": "Agreement",
        "uid": f"urn:vestry:agreement:{agreement.agreement_id}:{agreement.version}",
        "profile": PROFILE,
        "permission": [
            _permission(agreement, share, users) for share in agreement.shares for users in agreement.users
        ],
        "obligation": [
            {
                "assignee": f"urn:vestry:organisation:{users.organisation}",
                "action": "delete",
                "constraint": [_constraint("elapsedTime", "lteq", f"P{agreement.retention_days}D")],
            }
            for users in agreement.users
        ],
    }


def _permission(agreement: Agreement, share: Share, users: Users) -> dict[str, Any]:
    about = agreement.about
    constraints = [
        _constraint("purpose", "eq", agreement.purpose),
        _constraint("dateTime", "gteq", agreement.starts.isoformat()),
        _constraint("dateTime", "lteq", agreement.ends.isoformat()),
        _constraint("vestry:role", "isAnyOf", sorted(users.roles)),
        _constraint("vestry:age", "gteq", about.age_from),
    ]
    if about.age_to is not None:
        constraints.append(_constraint("vestry:age", "lteq", about.age_to))
    if users.training:
        constraints.append(_constraint("vestry:trainingInDate", "eq", users.training))
    if about.areas:
        constraints.append(_constraint("spatial", "isAnyOf", sorted(about.areas)))
    if about.known_to:
        constraints.append(_constraint("vestry:knownTo", "isAnyOf", sorted(about.known_to)))
    if share.precision:
        lowered = [f"{category}={name}" for category, name in sorted(share.precision.items())]
        constraints.append(_constraint("vestry:precision", "isAllOf", lowered))
    if share.index_only:
        constraints.append(_constraint("vestry:indexOnly", "eq", True))
    return {
        "assigner": [
            f"urn:vestry:organisation:{p.organisation}" for p in agreement.parties if p.acts_as != "processor"
        ],
        "assignee": f"urn:vestry:organisation:{users.organisation}",
        "target": [
            f"urn:vestry:source:{source}:{field}"
            for source in sorted(share.sources)
            for field in sorted(share.fields)
        ],
        "action": sorted({_ACTIONS[way] for way in agreement.how}),
        "constraint": constraints,
    }


def _constraint(left: str, operator: str, right: Any) -> dict[str, Any]:
    return {"leftOperand": left, "operator": operator, "rightOperand": right}
