"""What one version of an agreement says otherwise than the one before it: in what is opened, to the single field. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

from vestry.sharing.agreements.agreement import Agreement
from vestry.sharing.agreements.writing import as_plain
from vestry.sharing.categories import CATEGORIES, FIELDS
from vestry.sharing.precision import name_of

_NO_DIFFERENCE: Final = frozenset({"agreement", "version", "shares", "about"})
"""What names a version, and what is compared by what it means."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Reopened:
    """Fields of one category that are shown from `sources` otherwise than before: `before` and `now` are precisions."""

    fields: tuple[str, ...]
    before: str
    now: str
    sources: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Reworded:
    """One setting that says something else. Of a list, what was `removed` and what was `added`; of the rest, both whole."""

    setting: str
    removed: tuple[Any, ...]
    added: tuple[Any, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Difference:
    """All that differs between two versions. Of neither: their words are the same but for the number."""

    reopened: tuple[Reopened, ...]
    reworded: tuple[Reworded, ...]

    def __bool__(self) -> bool:
        """Whether anything does."""
        return bool(self.reopened or self.reworded)


def difference(before: Agreement, now: Agreement) -> Difference:
    """What `now` says otherwise than `before`."""
    old, new = as_plain(before), as_plain(now)
    flat = [({**said, **_about(said["about"])}) for said in (old, new)]
    names = [name for name in {**flat[0], **flat[1]} if name not in _NO_DIFFERENCE]
    found = [_reworded(name, flat[0].get(name), flat[1].get(name)) for name in names]
    return Difference(
        reopened=_reopened(_levels(before), _levels(now)),
        reworded=tuple(one for one in found if one is not None),
    )


def _about(said: Mapping[str, Any]) -> dict[str, Any]:
    ages = {f"about.ages.{name}": value for name, value in said.get("ages", {}).items()}
    return {**ages, **{f"about.{name}": value for name, value in said.items() if name != "ages"}}


def _reworded(setting: str, before: Any, now: Any) -> Reworded | None:
    if before == now:
        return None
    if isinstance(before, list) or isinstance(now, list):
        old, new = before or [], now or []
        removed, added = [one for one in old if one not in new], [one for one in new if one not in old]
        if not (removed or added):
            return None  # the same, in another order
        return Reworded(setting=setting, removed=tuple(removed), added=tuple(added))
    if isinstance(before, dict) and isinstance(now, dict):
        keys = [key for key in {**before, **now} if before.get(key) != now.get(key)]
        pick = [tuple(said[key] for key in keys if key in said) for said in (before, now)]
        return Reworded(setting=setting, removed=pick[0], added=pick[1])
    return Reworded(
        setting=setting,
        removed=() if before is None else (before,),
        added=() if now is None else (now,),
    )


def _levels(agreement: Agreement) -> dict[tuple[str, str], str]:
    """(field, source) -> the precision at which it is shared."""
    found: dict[tuple[str, str], int] = {}
    for share in agreement.shares:
        for field in share.fields:
            for source in share.sources:
                key = (field, source)
                found[key] = max(found.get(key, 0), share.level(field, source))
    return {key: name_of(key[0], level) for key, level in found.items()}


def _reopened(before: dict[tuple[str, str], str], now: dict[tuple[str, str], str]) -> tuple[Reopened, ...]:
    by_change: dict[tuple[str, str, str], dict[str, list[str]]] = {}
    for field in (field for fields in CATEGORIES.values() for field in fields):
        for source in sorted({s for f, s in {**before, **now} if f == field}):
            was, is_ = (said.get((field, source), "withheld") for said in (before, now))
            if was != is_:
                by_change.setdefault((FIELDS[field], was, is_), {}).setdefault(source, []).append(field)
    found = []
    for (_, was, is_), of_source in by_change.items():
        alike: dict[tuple[str, ...], list[str]] = {}
        for source, fields in of_source.items():
            alike.setdefault(tuple(fields), []).append(source)
        found += [
            Reopened(fields=fields, before=was, now=is_, sources=tuple(sources))
            for fields, sources in alike.items()
        ]
    return tuple(found)
