"""Agreements out: as plain values in the order in which a person reads them, as YAML, and as the digest that is signed."""

from __future__ import annotations

import hashlib
import json
from typing import Any

import yaml

from vestry.sharing.agreements.agreement import About, Agreement, Example, Share
from vestry.sharing.categories import CATEGORIES


def as_plain(agreement: Agreement) -> dict[str, Any]:
    """What the agreement says, as `reading` reads it: texts, numbers, lists and mappings; sets in order."""
    basis = agreement.basis
    said: dict[str, Any] = {
        "agreement": agreement.agreement_id,
        "version": agreement.version,
        "title": agreement.title,
        "purpose": agreement.purpose,
        "basis": {name: getattr(basis, name) for name in basis.__dataclass_fields__ if getattr(basis, name)},
        "parties": [{"organisation": p.organisation, "acts_as": p.acts_as} for p in agreement.parties],
        "shares": [_share(share) for share in agreement.shares],
        "about": _about(agreement.about),
        "users": [
            {
                "organisation": u.organisation,
                "roles": sorted(u.roles),
                **({"training": u.training} if u.training else {}),
            }
            for u in agreement.users
        ],
        "how": sorted(agreement.how),
        "retention_days": agreement.retention_days,
        "starts": agreement.starts.isoformat(),
        "ends": agreement.ends.isoformat(),
        "review": agreement.review.isoformat(),
        "signatories": list(agreement.signatories),
        "examples": [_example(example) for example in agreement.examples],
    }
    return said


def agreement_yaml(agreement: Agreement) -> str:
    """The YAML of an agreement: read again, it is the same agreement."""
    return yaml.safe_dump(as_plain(agreement), sort_keys=False, allow_unicode=True, width=110)


def digest(agreement: Agreement) -> str:
    """The SHA-256 (64 hexadecimal letters) of all that an agreement says, which is what a signature is of."""
    said = json.dumps(as_plain(agreement), sort_keys=True, ensure_ascii=False, separators=(",", ":"))
    return hashlib.sha256(said.encode()).hexdigest()


def _share(share: Share) -> dict[str, Any]:
    whole = [name for name, fields in CATEGORIES.items() if share.fields.issuperset(fields)]
    rest = share.fields.difference(*(CATEGORIES[name] for name in whole))
    said: dict[str, Any] = {"fields": [*whole, *sorted(rest)], "from": sorted(share.sources)}
    if share.precision:
        said["precision"] = dict(sorted(share.precision.items()))
    if share.index_only:
        said["index_only"] = True
    if share.desk:
        said["desk"] = share.desk
    return said


def _about(about: About) -> dict[str, Any]:
    ages: dict[str, Any] = {"from": about.age_from}
    if about.age_to is not None:
        ages["to"] = about.age_to
    ages["unknown"] = about.age_unknown
    return {
        **({"areas": sorted(about.areas)} if about.areas else {}),
        "ages": ages,
        **({"known_to": sorted(about.known_to)} if about.known_to else {}),
        "deceased": about.deceased,
        "restricted": about.restricted,
        "staff": about.staff,
    }


def _example(example: Example) -> dict[str, Any]:
    about: dict[str, Any] = {
        **({"area": example.area} if example.area else {}),
        "age": "unknown" if example.age is None else example.age,
        **({"known_to": sorted(example.known_to)} if example.known_to else {}),
        **({"marked": sorted(example.marked)} if example.marked else {}),
    }
    return {
        "says": example.says,
        "organisation": example.organisation,
        "role": example.role,
        "trained": example.trained,
        "about": about,
        "how": example.how,
        "field": example.field,
        "from": example.source,
        "expect": example.expect,
    }
