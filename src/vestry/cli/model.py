"""`vestry model`: learn a linkage model, see what it would change, and adopt it or not."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Final

import typer

from vestry.cli import printing
from vestry.cli.options import HERE, AsJson, PlaceFolder, examples, rooms_of
from vestry.place import open_place

if TYPE_CHECKING:
    from vestry.linkage.candidates import ModelFile
    from vestry.linkage.model_changes import ModelChange
    from vestry.retraining import Comparison, Retraining
    from vestry.twin.entity_changes import Change, Score

STATUS_EXAMPLES: Final = examples("vestry model", "vestry model status --json")
TRAIN_EXAMPLES: Final = examples("vestry model train", "vestry model train --place our-county")
COMPARE_EXAMPLES: Final = examples(
    "vestry model compare", "vestry model compare --limit 100", "vestry model compare --json"
)
ADOPT_EXAMPLES: Final = examples(
    'vestry model adopt --reason "two new sources since it was trained"',
    'vestry model adopt --reason "agreed on 3 November" --yes',
)
DISCARD_EXAMPLES: Final = examples("vestry model discard")
RESTORE_EXAMPLES: Final = examples("vestry model restore 4f1d8a0c2b77", "vestry model compare")

SHORT: Final = 12
CHANCES_SHOWN: Final = 12

Reason = Annotated[
    str, typer.Option("--reason", metavar="TEXT", help="Why, for whoever looks next; kept in the history.")
]
Yes = Annotated[bool, typer.Option("--yes", help="Say yes here, where nobody can be asked.")]
Limit = Annotated[int, typer.Option("--limit", min=0, metavar="N", help="Changes to print.")]
Hash = Annotated[str, typer.Argument(metavar="HASH", help="A retired model, from vestry model status.")]


def _retraining(ctx: typer.Context, folder: Path) -> Retraining:
    return rooms_of(ctx).retraining(open_place(folder))


def model(ctx: typer.Context) -> None:
    """Retrain the linkage model: train, compare, adopt. Without more: which models the place in this folder has."""
    if ctx.invoked_subcommand is None:
        status(ctx)


def status(ctx: typer.Context, folder: PlaceFolder = HERE, as_json: AsJson = False) -> None:
    """Say which models are adopted and since when, whether there is a candidate, and who adopted what."""
    found = _retraining(ctx, folder).standing()
    if as_json:
        printing.say_json(found)
        return
    if not found.adopted:
        printing.say("No linkage model yet: the first build trains them. Next: vestry build")
    else:
        printing.table(
            ["adopted", "hash", "since", ""],
            [
                [m.kind, m.sha256[:SHORT], found.since.get(m.kind) or "not in any release", m.trouble]
                for m in found.adopted
            ],
        )
    if found.candidate:
        printing.heading("Candidate")
        _print_models(found.candidate)
        printing.say(
            "Compared with what is current. Next: vestry model adopt, or vestry model discard"
            if found.compared
            else "Not compared with what is current. Next: vestry model compare"
        )
    elif found.adopted:
        printing.say("No candidate. To retrain: vestry model train")
    if found.history:
        printing.heading("History")
        rows = [
            [line.at, line.kind, line.adopted[:SHORT], line.retired[:SHORT], line.by, line.reason]
            for line in reversed(found.history)
        ]
        printing.table(["when", "kind", "adopted", "in place of", "by", "reason"], rows)
    if found.retired:
        printing.say("", "To go back to one that was replaced: vestry model restore HASH")


def train(ctx: typer.Context, folder: PlaceFolder = HERE, as_json: AsJson = False) -> None:
    """Learn a candidate from everything received. The adopted models stay as they are.

    A candidate that was there before is replaced.
    """
    found = _retraining(ctx, folder).train(rooms_of(ctx).progress())
    if as_json:
        printing.say_json(found)
    elif not found:
        printing.say("There is too little to learn from: no two people or organisations that may be linked.")
    else:
        _print_models(found)
        printing.say("Next: vestry model compare")


def compare(
    ctx: typer.Context, limit: Limit = 10, folder: PlaceFolder = HERE, as_json: AsJson = False
) -> None:
    """Find which entities would change with the candidate, and why. Publishes nothing.

    Runs the steps of a build up to identities; entities and records are told by their ids.
    """
    found = _retraining(ctx, folder).compare(rooms_of(ctx).progress())
    if as_json:
        printing.say_json(found)
        return
    _print_comparison(found, limit)


def adopt(
    ctx: typer.Context, reason: Reason, yes: Yes = False, folder: PlaceFolder = HERE, as_json: AsJson = False
) -> None:
    """Make the candidate the model that builds use. It must have been compared with what is current.

    Asks, on a terminal; elsewhere say --yes. The model it replaces is kept.
    """
    if not reason.strip():
        raise typer.BadParameter("say why", param_hint="--reason")
    retraining = _retraining(ctx, folder)
    said = retraining.check_compared()
    if not yes:
        if not (sys.stdin.isatty() and sys.stdout.isatty()):
            raise typer.BadParameter("nobody can be asked here; add --yes", param_hint="--yes")
        _print_counts(said["counts"])
        if not typer.confirm("Adopt this candidate?"):
            printing.say("Not adopted; the candidate stays. To remove it: vestry model discard")
            return
    lines = retraining.adopt(reason.strip())
    if as_json:
        printing.say_json(lines)
    elif not lines:
        printing.say("The candidate was the adopted model; nothing has changed.")
    else:
        for line in lines:
            instead = f" in place of {line.retired[:SHORT]}, which is kept" if line.retired else ""
            adopted = f"Adopted {line.adopted[:SHORT]}" if line.adopted else "Removed one that cannot be used"
            printing.say(f"{adopted} for {line.kind}{instead}.")
        printing.say("It counts from the next build on. Next: vestry build")


def discard(ctx: typer.Context, folder: PlaceFolder = HERE, as_json: AsJson = False) -> None:
    """Remove the candidate."""
    found = _retraining(ctx, folder).discard()
    if as_json:
        printing.say_json(found)
    else:
        printing.say("Removed the candidate. The adopted models are as they were.")


def restore(ctx: typer.Context, sha256: Hash, folder: PlaceFolder = HERE, as_json: AsJson = False) -> None:
    """Make a retired model the candidate, to be compared and adopted like any other.

    A candidate of the same kind that was there before is replaced; one of another kind stays beside it.
    """
    found = _retraining(ctx, folder).restore(sha256)
    if as_json:
        printing.say_json(found)
    else:
        instead = f", in place of {found.instead_of[:SHORT]}" if found.instead_of else ""
        printing.say(f"{found.sha256[:SHORT]} is the candidate for {found.kind}{instead}.")
        for other in found.beside:
            printing.say(f"Beside it stays {other.sha256[:SHORT]} for {other.kind}.")
        printing.say("Next: vestry model compare")


def _print_models(found: Sequence[ModelFile]) -> None:
    printing.table(["candidate", "hash", ""], [[m.kind, m.sha256[:SHORT], m.trouble] for m in found])


def _print_comparison(found: Comparison, limit: int) -> None:
    printing.say(f"Compared with release {found.release_id}; nothing was published.")
    for kind, trouble in found.unreadable.items():
        printing.say(
            f"The adopted model of {kind} cannot be used, so only entities are compared. ({trouble})"
        )
    if found.also_changed:
        printing.say(
            f"Also changed since that release: {', '.join(found.also_changed)}. What that does is among what follows;"
            " to see the model by itself, build first."
        )
    printing.heading("Entities")
    _print_counts(found.counts)
    for kind, change in found.models.items():
        _print_model_change(kind, change)
    if found.changes:
        printing.heading("Which, and why")
        printing.say(f"A pair joins from a probability of {found.link_from:g}.")
    for one in found.changes[:limit]:
        _print_change(one)
    if len(found.changes) > limit:
        printing.say(
            "", f"{len(found.changes) - limit:,} more: vestry model compare --limit {len(found.changes)}"
        )
    printing.say("", "Next: vestry model adopt --reason TEXT, or vestry model discard")


def _print_counts(counts: dict[str, dict[str, int]] | object) -> None:
    assert isinstance(counts, dict)
    words = list(next(iter(counts.values()), {}))
    printing.table(["kind", *words], [[kind, *(said[w] for w in words)] for kind, said in counts.items()])


def _print_model_change(kind: str, change: ModelChange) -> None:
    printing.heading(f"The model of {kind}")
    if change.match[0] == change.match[1] and not change.chances:
        printing.say("As the adopted one, or nearly so.")
        return
    said = [["two random records match", *map(_short, change.match)]]
    if any(change.share_a_home):
        said.append(["two random records share a home", *map(_short, change.share_a_home)])
    of = {"m": "of one entity", "u": "of strangers", "home": "of two of one home"}
    said += [
        [f"{c.field}: {c.agreement}, {of[c.of]}", _short(c.before), _short(c.after)]
        for c in change.chances[:CHANCES_SHOWN]
    ]
    printing.table(["chance that", "adopted", "candidate"], said)
    if len(change.chances) > CHANCES_SHOWN:
        printing.say(f"{len(change.chances) - CHANCES_SHOWN:,} more that changed as much: --json has all.")


def _print_change(change: Change) -> None:
    printing.say("", f"{change.kind} {change.entity_id} {change.happened} into {change.into_entity}")
    if not change.left_record:
        printing.say("  No single pair tells why: what joins it hangs on several.")
        return
    printing.say(f"  {change.left_record} and {change.right_record}: {change.how}")
    printing.say(f"  before {_score(change.before)}, now {_score(change.after)}")
    if change.why:
        printing.say(f"  {change.why}")
    rows = [[f.field, f.agreement, _bits(f.before), _bits(f.after)] for f in change.fields]
    if rows:
        printing.table(["compared", "agreement", "bits before", "bits now"], rows)


def _score(score: Score | None) -> str:
    if score is None:
        return "no link that is kept"
    if score.decided_by == "identifier" and score.contested:
        return "an identifier that is doubted"
    if score.decided_by in ("identifier", "reviewer"):
        return f"decided by {'an' if score.decided_by == 'identifier' else 'a'} {score.decided_by}"
    bits = f" ({score.weight:.1f} bits)" if score.weight is not None else ""
    return f"{score.probability:.4f}{bits}" + (", but contested by a rival" if score.contested else "")


def _bits(weight: float | None) -> str:
    return "" if weight is None else f"{weight:+.1f}"


def _short(chance: float) -> str:
    return f"{chance:.3g}"
