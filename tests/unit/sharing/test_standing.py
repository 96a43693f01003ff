"""What fell since the release before."""

from __future__ import annotations

from datetime import date

from vestry.sharing.standing import Fall, what_fell
from vestry.twin.answers import LedgerLine, QualityFigure, Standing

ON = date(2026, 11, 20)


def line(
    source: str = "tax", as_at: str = "2026-11-01", quarantined: int = 0, loaded: int = 10
) -> LedgerLine:
    return LedgerLine(
        source=source, organisation="b", extract_id=f"{source}/{as_at}-x", table_name="t", as_at=as_at,
        received=10, loaded=loaded, repeated=0, quarantined=quarantined,
    )  # fmt: skip


def figure(passed: int, source: str = "tax", dimension: str = "validity") -> QualityFigure:
    return QualityFigure(source=source, dimension=dimension, passed=passed, total=1000)


def fell(
    *lines: LedgerLine,
    now: tuple[QualityFigure, ...] = (),
    before: tuple[QualityFigure, ...] = (),
    every: dict[str, int | None] | None = None,
) -> list[tuple[str, str]]:
    standing = Standing(release_id="r", ledger=lines, quality=now, quality_before=before)
    found: tuple[Fall, ...] = what_fell(standing, every or {}, ON)
    return [(f.kind, f.source) for f in found]


def test_nothing() -> None:
    assert fell(line(), now=(figure(990),), before=(figure(990),), every={"tax": 31}) == []


def test_lower_quality() -> None:
    assert fell(now=(figure(989),), before=(figure(990),)) == [("quality", "tax")]
    assert fell(now=(figure(991),), before=(figure(990),)) == []
    assert fell(now=(figure(5, source="new"),), before=(figure(990),)) == []


def test_rows_kept_out_of_the_newest_extract_only() -> None:
    old, new = line(as_at="2026-10-01", quarantined=3, loaded=7), line(quarantined=1, loaded=9)
    assert fell(old, line()) == []
    assert fell(old, new) == [("quarantine", "tax")]


def test_late() -> None:
    assert fell(line(), every={"tax": 18}) == [("late", "tax")]
    assert fell(line(), every={"tax": 19}) == []
    assert fell(line(), every={"tax": None}) == []


def test_a_ledger_that_does_not_add_up() -> None:
    assert fell(line(loaded=9)) == [("ledger", "tax")]
