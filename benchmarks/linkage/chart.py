"""A precision and recall curve of one contest as SVG, drawn with the standard library alone.

Both sides' curves over all thresholds, the point of each side's best F1 (a ring), the point of Vestry's own threshold
(a filled diamond), and faint lines of equal F1 to judge distances by. The axes begin where something is to be seen.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from html import escape

from benchmarks.linkage.contest import VESTRY, Contest, Entry
from benchmarks.linkage.curves import probability
from benchmarks.linkage.measures import Measured

WIDTH, HEIGHT = 760, 560
LEFT, RIGHT, TOP, BOTTOM = 74, 24, 64, 150
COLOURS = ("#0b5fa5", "#b4460f", "#6b6b6b", "#7a4f9a")
DASHES = ("", "7 4", "2 4", "10 3 2 3")
STEPS = (0.005, 0.01, 0.02, 0.05, 0.1, 0.2)
FONT = "font-family='Helvetica, Arial, sans-serif'"


class Frame:
    """Where a recall and a precision lie on the page: both axes from `low` to 1."""

    def __init__(self, low: tuple[float, float]) -> None:
        self.low = low

    def x(self, recall: float) -> float:
        """Points from the left."""
        return LEFT + (recall - self.low[0]) / (1 - self.low[0]) * (WIDTH - LEFT - RIGHT)

    def y(self, precision: float) -> float:
        """Points from the top."""
        return HEIGHT - BOTTOM - (precision - self.low[1]) / (1 - self.low[1]) * (HEIGHT - TOP - BOTTOM)

    def at(self, found: Measured) -> tuple[float, float]:
        """Where a measure lies."""
        return self.x(found.recall), self.y(found.precision)

    def holds(self, found: Measured) -> bool:
        """Whether a measure is in the frame."""
        return found.recall >= self.low[0] and found.precision >= self.low[1]


def chart(contest: Contest) -> str:
    """The whole drawing."""
    frame = _frame(contest.entries)
    drawn = [*_axes(frame), *_equal_f1(frame)]
    for number, entry in reversed(list(enumerate(contest.entries))):
        drawn += _curve(frame, entry, number)
    drawn += _legend(contest)
    title = contest.heading
    about = (
        f"{contest.records:,} records of {contest.people:,} people; pairs within clusters, at every threshold"
    )
    return (
        f"<svg xmlns='http://www.w3.org/2000/svg' viewBox='0 0 {WIDTH} {HEIGHT}' role='img' aria-labelledby='t d'>\n"
        f"<title id='t'>{escape(title)}</title>\n<desc id='d'>{escape(_described(contest))}</desc>\n"
        f"<rect width='{WIDTH}' height='{HEIGHT}' fill='white'/>\n"
        f"<text x='{LEFT}' y='28' {FONT} font-size='18' font-weight='bold' fill='#222'>{escape(title)}</text>\n"
        f"<text x='{LEFT}' y='48' {FONT} font-size='13' fill='#555'>{escape(about)}</text>\n"
        + "\n".join(drawn)
        + "\n</svg>\n"
    )


def _described(contest: Contest) -> str:
    said = []
    for entry in contest.entries:
        _, top = entry.best
        said.append(f"{_name(entry)}: best F1 {top.f1:.4f}")
        if entry.fixed:
            said[-1] += f", at its own threshold {entry.fixed.f1:.4f}"
    return "Precision over recall. " + "; ".join(said) + "."


def _frame(entries: Sequence[Entry]) -> Frame:
    shown = [p for e in entries for p in (e.best[1], e.fixed) if p]
    # Every curve's useful part: where F1 is within a tenth of the best of all.
    top = max(e.best[1].f1 for e in entries)
    shown += [p for e in entries for p in e.curve.values() if p.f1 >= top - 0.1]
    lows = [min(getattr(p, of) for p in shown) for of in ("recall", "precision")]
    return Frame(tuple(max(0.0, math.floor((low - 0.02 * (1 - low) - 0.002) * 100) / 100) for low in lows))  # type: ignore[arg-type]


def _ticks(low: float) -> list[float]:
    step = next((s for s in STEPS if (1 - low) / s <= 8), STEPS[-1])
    return [n * step for n in range(math.ceil(low / step - 1e-9), round(1 / step) + 1)]


def _axes(frame: Frame) -> list[str]:
    bottom, right = HEIGHT - BOTTOM, WIDTH - RIGHT
    drawn = []
    for tick in _ticks(frame.low[0]):
        x = frame.x(tick)
        drawn += [
            f"<line x1='{x:.1f}' y1='{TOP}' x2='{x:.1f}' y2='{bottom}' stroke='#e4e4e4'/>",
            f"<text x='{x:.1f}' y='{bottom + 18}' {FONT} font-size='12' fill='#333' text-anchor='middle'>{tick:.3g}</text>",
        ]
    for tick in _ticks(frame.low[1]):
        y = frame.y(tick)
        drawn += [
            f"<line x1='{LEFT}' y1='{y:.1f}' x2='{right}' y2='{y:.1f}' stroke='#e4e4e4'/>",
            f"<text x='{LEFT - 8}' y='{y + 4:.1f}' {FONT} font-size='12' fill='#333' text-anchor='end'>{tick:.3g}</text>",
        ]
    middle = (TOP + bottom) / 2
    drawn += [
        f"<path d='M{LEFT} {TOP}V{bottom}H{right}' fill='none' stroke='#222' stroke-width='1.4'/>",
        f"<text x='{(LEFT + right) / 2}' y='{bottom + 38}' {FONT} font-size='13' fill='#222' text-anchor='middle'>recall</text>",
        f"<text x='22' y='{middle}' {FONT} font-size='13' fill='#222' text-anchor='middle' "
        f"transform='rotate(-90 22 {middle})'>precision</text>",
    ]
    return drawn


def _equal_f1(frame: Frame) -> list[str]:
    drawn = []
    for f1 in (0.5, 0.6, 0.7, 0.8, 0.9, 0.95, 0.98, 0.99, 0.995):
        points = []
        for n in range(201):
            recall = frame.low[0] + (1 - frame.low[0]) * n / 200
            if 2 * recall <= f1:
                continue
            precision = f1 * recall / (2 * recall - f1)
            if frame.low[1] <= precision <= 1:
                points.append(f"{frame.x(recall):.1f} {frame.y(precision):.1f}")
        if len(points) > 12:
            at = points[-1].split()
            drawn += [
                f"<path d='M{' L'.join(points)}' fill='none' stroke='#c9c9c9' stroke-width='0.8' stroke-dasharray='2 3'/>",
                f"<text x='{float(at[0]) - 4:.1f}' y='{float(at[1]) - 4:.1f}' {FONT} font-size='10' fill='#999' "
                f"text-anchor='end'>F1 {f1:g}</text>",
            ]
    return drawn


def _curve(frame: Frame, entry: Entry, number: int) -> list[str]:
    colour, dash = COLOURS[number % len(COLOURS)], DASHES[number % len(DASHES)]
    held = [frame.at(m) for _, m in sorted(entry.curve.items()) if frame.holds(m)]
    drawn = []
    if held:
        line = " L".join(f"{x:.1f} {y:.1f}" for x, y in held)
        drawn.append(
            f"<path d='M{line}' fill='none' stroke='{colour}' stroke-width='2.2' stroke-linejoin='round'"
            + (f" stroke-dasharray='{dash}'" if dash else "")
            + "/>"
        )
        drawn += [f"<circle cx='{x:.1f}' cy='{y:.1f}' r='2' fill='{colour}'/>" for x, y in held]
    x, y = frame.at(entry.best[1])
    drawn.append(
        f"<circle cx='{x:.1f}' cy='{y:.1f}' r='6' fill='white' stroke='{colour}' stroke-width='2.4'/>"
    )
    if entry.fixed:
        x, y = frame.at(entry.fixed)
        drawn.append(f"<path d='{_diamond(x, y)}' fill='{colour}' stroke='white' stroke-width='1.2'/>")
    return drawn


def _diamond(x: float, y: float) -> str:
    return f"M{x:.1f} {y - 8:.1f}l8 8l-8 8l-8 -8z"


def _legend(contest: Contest) -> list[str]:
    drawn = []
    y = HEIGHT - BOTTOM + 62
    for number, entry in enumerate(contest.entries):
        colour, dash = COLOURS[number % len(COLOURS)], DASHES[number % len(DASHES)]
        bits, top = entry.best
        text = f"{_name(entry)}: best F1 {top.f1:.4f} at {probability(bits):.4g}"
        drawn.append(
            f"<line x1='{LEFT}' y1='{y - 4}' x2='{LEFT + 34}' y2='{y - 4}' stroke='{colour}' stroke-width='2.4'"
            + (f" stroke-dasharray='{dash}'" if dash else "")
            + "/>"
        )
        drawn.append(
            f"<circle cx='{LEFT + 17}' cy='{y - 4}' r='5' fill='white' stroke='{colour}' stroke-width='2.2'/>"
        )
        if entry.side == VESTRY and entry.fixed:
            text += f";  \u25c6 at its own threshold {entry.fixed.f1:.4f}"
        drawn.append(f"<text x='{LEFT + 44}' y='{y}' {FONT} font-size='13' fill='#222'>{escape(text)}</text>")
        y += 20
    return drawn


def _name(entry: Entry) -> str:
    return f"{entry.side}, {entry.recipe}" if entry.recipe else entry.side
