"""What reviewers decided, read from `decisions/*.jsonl`: append-only, and above every machine's opinion.

One line is one decision: `{"decision": "same" | "different", "left": {"source", "source_key", "part", "kind"},
"right": {...}, "by", "at", "reason"}`. The last decision on a pair holds.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from vestry.errors import DecisionsInvalid, Problem
from vestry.ids import digest


@dataclass(frozen=True, slots=True, kw_only=True)
class Decision:
    """Two units, and whether they are one. Units are ordered, so that a pair has one name."""

    left_unit: str
    right_unit: str
    same: bool


def read_decisions(folder: Path) -> list[Decision]:
    """Every decision in force, oldest first. Raises DecisionsInvalid with every line that cannot be read."""
    problems: list[Problem] = []
    latest: dict[tuple[str, str], Decision] = {}
    for path in sorted(folder.glob("*.jsonl")) if folder.is_dir() else []:
        for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), start=1):
            if not line.strip():
                continue
            try:
                decision = _decision(json.loads(line))
            except (ValueError, KeyError, TypeError):
                problems.append(
                    Problem(
                        what="This line is not a review decision.",
                        where=f"decisions/{path.name}, line {number}",
                        fix='write {"decision": "same", "left": {...}, "right": {...}, "by": ..., "reason": ...}',
                    )
                )
                continue
            latest.pop((decision.left_unit, decision.right_unit), None)
            latest[decision.left_unit, decision.right_unit] = decision
    if problems:
        raise DecisionsInvalid("Some review decisions cannot be read.", problems=problems)
    return list(latest.values())


def _decision(said: Mapping[str, Any]) -> Decision:
    if said["decision"] not in ("same", "different"):
        raise ValueError("not a decision")
    left, right = sorted((_unit(said["left"]), _unit(said["right"])))
    return Decision(left_unit=left, right_unit=right, same=said["decision"] == "same")


def _unit(side: Mapping[str, str]) -> str:
    return digest(side["source"], side["source_key"], side["part"], side["kind"])


def decided_apart(decisions: Sequence[Decision]) -> frozenset[tuple[str, str]]:
    """Pairs decided to be different, each in both orders."""
    pairs = [(d.left_unit, d.right_unit) for d in decisions if not d.same]
    return frozenset(pairs + [(right, left) for left, right in pairs])
