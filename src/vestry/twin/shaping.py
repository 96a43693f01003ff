"""Rows of a release as the answers that the gateway gives: one small function for each."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from vestry.twin import answers
from vestry.twin.manifest import Manifest
from vestry.twin.search import address_of, name_of, text


def summary(manifest: Manifest, current: str | None) -> answers.ReleaseSummary:
    """A release as its manifest tells it."""
    return answers.ReleaseSummary(
        release_id=manifest.release_id,
        built_at=manifest.built_at,
        predecessor=manifest.predecessor or "",
        is_current=manifest.release_id == current,
        inputs=len(manifest.inputs),
        counts={**{name: int(t["rows"]) for name, t in manifest.tables.items()}, **manifest.counts},
        steps=tuple((str(step["name"]), float(step["seconds"])) for step in manifest.steps),
    )


def found_entity(kind: str, row: Mapping[str, Any], counts: Mapping[str, Any], matched: str) -> answers.Found:
    """One entity that a search found; `counts` has its `sources` and `records`."""
    return answers.Found(
        entity_id=row["entity_id"],
        kind=kind,
        name=name_of(kind, row),
        born=text(row.get("birth_date")),
        address=address_of(row),
        postcode=text(row.get("postcode")),
        sources=int(counts.get("sources", 0)),
        records=int(counts.get("records", 0)),
        current=row.get("current") is not False,
        matched=matched,
    )


def life_step(row: Mapping[str, Any]) -> answers.LifeStep:
    """One row of `identities`."""
    return answers.LifeStep(**{name: text(row.get(name)) for name in answers.LifeStep.__dataclass_fields__})


def origin(row: Mapping[str, Any]) -> answers.Origin:
    """Where a record came from."""
    names = answers.Origin.__dataclass_fields__
    said: dict[str, Any] = {name: text(row.get(name)) for name in names}
    said |= {"row_number": int(row["row_number"]), "current": row.get("current") is not False}
    return answers.Origin(**said)


def claim(row: Mapping[str, Any]) -> answers.Claim:
    """One row of `claims`, with its extract and row."""
    # All but two are texts, which need not be made so: a page of people found has a thousand of these.
    said: dict[str, Any] = {name: row.get(name) or "" for name in answers.Claim.__dataclass_fields__}
    said |= {"row_number": int(said["row_number"] or 0), "chosen": bool(said["chosen"])}
    return answers.Claim(**said)


def plain(value: Any) -> Any:
    """A whole number as it is, anything else as text."""
    return value if isinstance(value, int) else text(value)


def texts(row: Mapping[str, Any]) -> dict[str, str]:
    """A row with every value as text."""
    return {name: text(value) for name, value in row.items()}
