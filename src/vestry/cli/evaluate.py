"""`vestry evaluate`: how well records were joined, against a known truth."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Final

import typer

from vestry.cli import printing
from vestry.cli.options import HERE, AsJson, PlaceFolder, PurposeCode, examples, opened, rooms_of
from vestry.errors import FileUnreadable

if TYPE_CHECKING:
    from vestry.linkage.evaluation import Evaluation, Score

EXAMPLES: Final = examples("vestry evaluate --truth truth.csv --purpose matching-review")


def evaluate(
    ctx: typer.Context,
    truth: Annotated[
        Path,
        typer.Option(
            "--truth",
            metavar="FILE",
            help="Which records truly are one: CSV or Parquet with source, source_key, part, entity.",
        ),
    ],
    purpose: PurposeCode = None,
    as_json: AsJson = False,
    folder: PlaceFolder = HERE,
) -> None:
    """Measure how well records were joined: precision, recall and F1 over pairs, against a known truth."""
    if not truth.is_file():
        raise FileUnreadable("There is no such file.", where=str(truth), fix="check its name")
    with opened(ctx, folder) as (_, gateway):
        found = rooms_of(ctx).evaluate(gateway.crossref(purpose=purpose), truth)
    if as_json:
        printing.say_json(found)
    else:
        print_evaluation(found)


def print_evaluation(found: Evaluation) -> None:
    """The scores as tables."""
    columns = ["", "precision", "recall", "F1", "right", "wrong", "missed"]
    kinds = found.by_kind if len(found.by_kind) > 1 else ()
    printing.table(columns, [_row(s) for s in (found.overall, *kinds, *found.by_source)])
    printing.say(f"{found.records:,} records of the truth are in the twin; {found.absent:,} are not.")


def _row(score: Score) -> list[object]:
    return [
        score.name,
        f"{score.precision:.4f}",
        f"{score.recall:.4f}",
        f"{score.f1:.4f}",
        score.right,
        score.wrong,
        score.missed,
    ]
