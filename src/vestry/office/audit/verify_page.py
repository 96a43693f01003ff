"""Whether the log is as it was written: what a check came to, in words, and what it cannot see."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import ClassVar

from vestry.errors import Problem
from vestry.office.audit.checking import Check
from vestry.office.pages.below import problem_told
from vestry.office.pages.translating import _, ngettext
from vestry.office.pages.words import instant, number
from vestry.sharing.audit_desk import Verified


@dataclass(frozen=True, slots=True, kw_only=True)
class VerifyPage:
    """`running`: it is under way, `done` of `total` entries. `holds` is None before one has ended since the process began."""

    template: ClassVar[str] = "audit/verify.html"
    running: bool = False
    done: int = 0
    total: int = 0
    by: str = ""
    ended_at: datetime | None = None
    holds: bool | None = None
    said: tuple[str, ...] = ()
    cannot_see: tuple[str, ...] = ()
    root: str = ""
    problems_found: tuple[Problem, ...] = ()
    failed: str = ""
    key: str = ""
    given: Mapping[str, str] = field(default_factory=dict)
    problems: Mapping[str, str] = field(default_factory=dict)


def verify_page(check: Check | None, *, key: str) -> VerifyPage:
    """The page of the newest check."""
    if check is None:
        return VerifyPage(key=key)
    if check.running:
        return VerifyPage(running=True, done=check.done, total=check.total, by=check.by, key=key)
    if check.found is None:
        failed = check.failed
        why = problem_told(failed) if failed else _("It broke off. Begin it again.")
        return VerifyPage(by=check.by, ended_at=check.ended_at, failed=why, key=key)
    found = check.found
    return VerifyPage(
        by=check.by,
        ended_at=check.ended_at,
        holds=not found.problems,
        said=_said(found),
        cannot_see=_cannot_see(found),
        root=found.root if found.size else "",
        problems_found=found.problems,
        key=key,
    )  # fmt: skip


def _said(found: Verified) -> tuple[str, ...]:
    if found.problems:
        return ()
    lines = [
        ngettext(
            "%(n)s entry, as it was written and in its place.",
            "%(n)s entries, each as it was written and in its place.",
            found.size,
        )
        % {"n": number(found.size)}
    ]
    own = [held for held in found.held if not held.outside]
    lines += [
        _("It continues the checkpoint of %(n)s entries that somebody else kept.") % {"n": number(held.size)}
        for held in found.held
        if held.outside
    ]
    if own:
        lines.append(
            ngettext(
                "It continues the checkpoint that the place itself keeps; who can write here could have replaced that.",
                "It continues the %(n)s checkpoints that the place itself keeps; who can write here could have replaced those.",
                len(own),
            )
            % {"n": number(len(own))}
        )
    return tuple(lines)


def _cannot_see(found: Verified) -> tuple[str, ...]:
    """What the check cannot see: entries of which nobody else has a checkpoint."""
    if found.problems or not found.size:
        return ()
    if not found.window:
        return (
            _("No entry could have been cut off its end unseen: the checkpoint from outside holds them all."),
        )
    if any(held.outside for held in found.held):
        return (
            _(
                "Whoever can write to the database and read its keys could have cut off or rewritten the last %(n)s entries, "
                "from %(at)s on."
            )
            % {"n": number(found.window), "at": instant(found.window_from)},
            _("Give its checkpoints to a second organisation every hour to keep that window small."),
        )  # fmt: skip
    return (
        _("Whoever can write to the database and read its keys could have cut off or rewritten any entry."),
        _("Hold it against a checkpoint that somebody else kept, below."),
    )
