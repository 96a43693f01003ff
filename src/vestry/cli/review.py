"""`vestry review`: pairs that the machine could not decide, put to a person; and what people decided."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Final

import typer

from vestry.cli import printing
from vestry.cli.options import (
    HERE,
    AsJson,
    AsUser,
    ForOrganisation,
    PlaceFolder,
    asking,
    examples,
    rooms_of,
)
from vestry.cli.review_screens import (
    print_end,
    print_look,
    print_queue,
    print_sample,
    print_standing,
    say_recorded,
)
from vestry.linkage.decisions import CANNOT_TELL, DIFFERENT, SAME, WITHDRAWN, Word
from vestry.linkage.review.queue import CHANGED, Waiting
from vestry.linkage.review.samples import check_name
from vestry.sharing.words_told import LONGEST_REASON

if TYPE_CHECKING:
    from vestry.sharing.review_answers import PairLook
    from vestry.sharing.reviewing import ReviewDesk

NEXT_EXAMPLES: Final = examples("vestry review", "vestry review next --place our-county")
LIST_EXAMPLES: Final = examples("vestry review list --limit 20", "vestry review list --json")
SHOW_EXAMPLES: Final = examples("vestry review show RECORD RECORD")
DECIDE_EXAMPLES: Final = examples(
    'vestry review decide RECORD RECORD different --reason "father and son"',
    "vestry review decide RECORD RECORD cannot-tell",
)
UNDO_EXAMPLES: Final = examples('vestry review undo RECORD RECORD --reason "the wrong pair"')
STATUS_EXAMPLES: Final = examples("vestry review status", "vestry review status --json")
SAMPLE_EXAMPLES: Final = examples("vestry review sample --pairs 200 --seed 1 --name autumn")
DOUBLE_EXAMPLES: Final = examples("vestry review double autumn")

TYPED: Final[dict[str, Word]] = {"same": SAME, "different": DIFFERENT, "cannot-tell": CANNOT_TELL}

Purpose = Annotated[
    str | None,
    typer.Option("--purpose", metavar="CODE", help="Why you look: matching-review, or training to practise."),
]
FirstRecord = Annotated[str, typer.Argument(metavar="RECORD", help="A record id, from vestry review list.")]
OtherRecord = Annotated[str, typer.Argument(metavar="RECORD", help="The record to compare it with.")]
Reason = Annotated[
    str, typer.Option("--reason", metavar="TEXT", help="Why, for whoever looks next; kept with the decision.")
]
SampleName = Annotated[
    str,
    typer.Option("--sample", metavar="NAME", help="The answer is to that sample.", show_default="no sample"),
]

WHY: Final = "matching-review"
AT_ONCE: Final = 20
"""Pairs that are asked about before the queue is read again: somebody else may have decided some of them."""


@contextmanager
def _desk(ctx: typer.Context, folder: Path, user: str = "", organisation: str = "") -> Iterator[ReviewDesk]:
    with asking(ctx, folder, user, organisation) as gateway:
        yield gateway.reviews(rooms_of(ctx).clock)


def review(ctx: typer.Context) -> None:
    """Decide the pairs that the machine could not. Without more: the next pair of the place in this folder."""
    if ctx.invoked_subcommand is None:
        next_pair(ctx)


def next_pair(
    ctx: typer.Context,
    purpose: Purpose = WHY,
    user: AsUser = "",
    organisation: ForOrganisation = "",
    folder: PlaceFolder = HERE,
) -> None:
    """Show what waits, one pair after another, the most worth first, and ask what they are.

    Where nobody sits at a terminal, the first pair is shown and nothing is asked.
    """
    with _desk(ctx, folder, user, organisation) as desk:
        skipped: set[tuple[str, str]] = set()
        while True:
            page = desk.queue(purpose=purpose, limit=AT_ONCE + len(skipped))
            mine = [
                w for w in page.waiting if _is_for(desk, w) and (w.left_record, w.right_record) not in skipped
            ]
            if not mine:
                print_end(page, skipped=len(skipped))
                return
            for waiting in mine:
                look = desk.look(waiting.left_record, waiting.right_record, purpose=purpose)
                printing.heading(_place_in_queue(page.total, len(skipped)))
                print_look(look, waiting)
                if not _somebody_is_there():
                    pair = f"{waiting.left_record} {waiting.right_record}"
                    printing.say(f"Decide with: vestry review decide {pair} same|different|cannot-tell")
                    return
                if not ask_and_decide(desk, look, input, purpose=purpose):
                    return
                skipped.add((waiting.left_record, waiting.right_record))


def list_pairs(
    ctx: typer.Context,
    limit: Annotated[int, typer.Option("--limit", min=1, metavar="N", help="Lines to show.")] = 20,
    purpose: Purpose = WHY,
    user: AsUser = "",
    organisation: ForOrganisation = "",
    as_json: AsJson = False,
    folder: PlaceFolder = HERE,
) -> None:
    """List what waits for a reviewer, the most worth first: record ids, why, and what hangs on it. No names."""
    with _desk(ctx, folder, user, organisation) as desk:
        page = desk.queue(purpose=purpose, limit=limit)
    if as_json:
        printing.say_json(page)
    else:
        print_queue(page)


def show(
    ctx: typer.Context,
    left: FirstRecord,
    right: OtherRecord,
    purpose: Purpose = WHY,
    user: AsUser = "",
    organisation: ForOrganisation = "",
    as_json: AsJson = False,
    folder: PlaceFolder = HERE,
) -> None:
    """Show two records beside each other: what they say, how it compares, and what was decided on them."""
    with _desk(ctx, folder, user, organisation) as desk:
        look = desk.look(left, right, purpose=purpose)
    if as_json:
        printing.say_json({**asdict(look), "are_one": look.are_one})
    else:
        print_look(look)


def decide(
    ctx: typer.Context,
    left: FirstRecord,
    right: OtherRecord,
    word: Annotated[
        str, typer.Argument(metavar="DECISION", help="same, different or cannot-tell.", show_default=False)
    ],
    reason: Reason = "",
    sample: SampleName = "",
    purpose: Purpose = WHY,
    user: AsUser = "",
    organisation: ForOrganisation = "",
    as_json: AsJson = False,
    folder: PlaceFolder = HERE,
) -> None:
    """Say of two records that they are the same, different, or that you cannot tell. It takes effect at the next build."""
    if word not in TYPED:
        raise typer.BadParameter("say same, different or cannot-tell", param_hint="DECISION")
    if sample:
        check_name(sample, "--sample")
    with _desk(ctx, folder, user, organisation) as desk:
        recorded = desk.decide(left, right, TYPED[word], reason=reason, sample=sample, purpose=purpose)
    if as_json:
        printing.say_json(recorded)
    else:
        say_recorded(recorded)


def undo(
    ctx: typer.Context,
    left: FirstRecord,
    right: OtherRecord,
    reason: Reason = "",
    sample: SampleName = "",
    purpose: Purpose = WHY,
    user: AsUser = "",
    organisation: ForOrganisation = "",
    as_json: AsJson = False,
    folder: PlaceFolder = HERE,
) -> None:
    """Take back what was decided on two records. The decision stays in its file; a line after it takes it back."""
    if sample:
        check_name(sample, "--sample")
    with _desk(ctx, folder, user, organisation) as desk:
        recorded = desk.decide(left, right, WITHDRAWN, reason=reason, sample=sample, purpose=purpose)
    if as_json:
        printing.say_json(recorded)
    else:
        say_recorded(recorded)


def status(
    ctx: typer.Context, purpose: Purpose = WHY, as_json: AsJson = False, folder: PlaceFolder = HERE
) -> None:
    """Show how review stands: decisions by reviewer, what contradicts, what has changed since, agreement, what waits."""
    with _desk(ctx, folder) as desk:
        standing = desk.standing(purpose=purpose)
    if as_json:
        printing.say_json(standing)
    else:
        print_standing(standing)


def sample(
    ctx: typer.Context,
    name: Annotated[str, typer.Option("--name", help="What to call it.", show_default="the seed's")] = "",
    pairs: Annotated[
        int, typer.Option("--pairs", min=1, max=100_000, metavar="N", help="Pairs to draw.")
    ] = 100,
    seed: Annotated[
        int, typer.Option("--seed", min=0, metavar="N", help="The same seed draws the same pairs.")
    ] = 1,
    purpose: Purpose = WHY,
    as_json: AsJson = False,
    folder: PlaceFolder = HERE,
) -> None:
    """Draw a sample of pairs, sure ones too, that two reviewers answer without seeing each other's answers."""
    if name:
        check_name(name, "--name")
    with _desk(ctx, folder) as desk:
        drawn = desk.draw(name or f"seed-{seed}", pairs=pairs, seed=seed, purpose=purpose)
    if as_json:
        printing.say_json({"name": drawn.name, "release": drawn.release, "strata": drawn.strata})
    else:
        print_sample(drawn)


def double(
    ctx: typer.Context,
    name: Annotated[str, typer.Argument(metavar="NAME", help="The sample, from vestry review sample.")],
    purpose: Purpose = WHY,
    as_json: AsJson = False,
    folder: PlaceFolder = HERE,
) -> None:
    """Answer a sample, pair by pair: neither what others answered nor what the machine thinks is shown.

    Where nobody sits at a terminal, the next pair is shown and nothing is asked.
    """
    check_name(name, "NAME")
    with _desk(ctx, folder) as desk:
        skipped: set[tuple[str, str]] = set()
        while True:
            at = desk.position(name, without=skipped)
            if at.pair is None and as_json:
                printing.say_json({"sample": name, "answered": at.answered, "of": at.of, "look": None})
                return
            if at.pair is None:
                left = f"; {len(skipped):,} of the others you passed over just now" if skipped else ""
                printing.say(f"{at.answered:,} of {at.of:,} pairs of {name} are answered by you{left}.")
                return
            look = desk.look(at.pair.left_record, at.pair.right_record, purpose=purpose, blind=True)
            if as_json:
                printing.say_json({"sample": name, "answered": at.answered, "of": at.of, "look": look})
                return
            printing.heading(f"{name}: pair {at.answered + len(skipped) + 1:,} of {at.of:,}")
            print_look(look)
            if not _somebody_is_there():
                pair = f"{at.pair.left_record} {at.pair.right_record}"
                printing.say(
                    f"Answer: vestry review decide {pair} same|different|cannot-tell --sample {name}"
                )
                return
            if not ask_and_decide(desk, look, input, purpose=purpose, sample=name, skipped=skipped):
                return


def _place_in_queue(total: int, looked_at: int) -> str:
    """Which pair it is of so many that wait; of what was decided since they were counted, none waits any longer."""
    if looked_at:
        return f"The next most worth, after {printing.count(looked_at, 'pair')} that you looked at just now"
    return f"The most worth of {printing.count(total, 'pair')} that {'waits' if total == 1 else 'wait'}"


def ask_and_decide(
    desk: ReviewDesk,
    look: PairLook,
    ask: Callable[[str], str],
    *,
    purpose: str | None,
    sample: str = "",
    skipped: set[tuple[str, str]] | None = None,
) -> bool:
    """Ask what the two are, and write the answer down. Whether to go on: false when the reviewer stops."""
    keys: dict[str, Word] = {
        "s": SAME, "same": SAME, "d": DIFFERENT, "different": DIFFERENT, "c": CANNOT_TELL, "cannot tell": CANNOT_TELL,
        "cannot-tell": CANNOT_TELL,
    }  # fmt: skip
    while True:
        try:
            said = (
                ask("\nAre they one? (s)ame, (d)ifferent, (c)annot tell, skip (k), quit (q): ")
                .strip()
                .lower()
            )
        except EOFError:
            return False
        if said in ("q", "quit"):
            return False
        if said in ("k", "skip"):
            if skipped is not None:
                left, right = sorted((look.left.side.unit, look.right.side.unit))
                skipped.add((left, right))
            return True
        if said in keys:
            break
        printing.say("Type s, d, c, k or q.")
    try:
        while len(reason := ask("Why? (Enter to leave it out): ").strip()) > LONGEST_REASON:
            printing.say(f"Say it in {LONGEST_REASON:,} letters at most.")
    except EOFError:
        return False
    recorded = desk.decide(
        look.left.record_id, look.right.record_id, keys[said], reason=reason, sample=sample, purpose=purpose
    )
    say_recorded(recorded)
    return True


def _is_for(desk: ReviewDesk, waiting: Waiting) -> bool:
    """What one reviewer could not tell is for another; what changed since is looked at with `show`."""
    return waiting.why != CHANGED and desk.reviewer not in waiting.untold


def _somebody_is_there() -> bool:
    return sys.stdin.isatty() and sys.stdout.isatty()
