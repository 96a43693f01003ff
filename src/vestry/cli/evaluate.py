"""`vestry evaluate`: how well records were joined, homes put together and addresses found, against a known truth; or how
well people's records were joined, by what reviewers say of a sample."""

from __future__ import annotations

from functools import partial
from pathlib import Path
from typing import Annotated, Final

import typer

from vestry.cli import printing
from vestry.cli.evaluation_tables import print_evaluation, told
from vestry.cli.options import HERE, AsJson, PlaceFolder, PurposeCode, examples, opened, rooms_of
from vestry.cli.sample_tables import print_drawn, print_report
from vestry.linkage.review.samples import check_name

SECTIONS: Final = ("people", "businesses", "households", "addresses")

EXAMPLES: Final = examples(
    "vestry evaluate --truth truth --purpose matching-review",
    "vestry evaluate --truth truth --only people --only businesses --all --purpose matching-review",
    "vestry evaluate --truth pairs.csv --json --purpose matching-review",
    "vestry evaluate --sample autumn --pairs 400 --seed 1 --purpose matching-review",
    "vestry evaluate --sample autumn --purpose matching-review",
)


def evaluate(
    ctx: typer.Context,
    truth: Annotated[
        Path | None,
        typer.Option(
            "--truth",
            metavar="PATH",
            help="What is truly so: a folder as synthesise writes it, or one file, CSV or Parquet, with source, "
            "source_key, part, entity.",
            show_default="none: give --sample",
        ),
    ] = None,
    sample: Annotated[
        str,
        typer.Option(
            "--sample",
            metavar="NAME",
            help="Without a truth: what the answers to this sample of pairs tell. With --pairs it is drawn.",
            show_default="none: give --truth",
        ),
    ] = "",
    pairs: Annotated[
        int | None,
        typer.Option(
            "--pairs",
            min=1,
            max=100_000,
            metavar="N",
            help="Draw so many pairs as --sample.",
            show_default="none",
        ),
    ] = None,
    seed: Annotated[
        int, typer.Option("--seed", min=0, metavar="N", help="The same seed draws the same pairs.")
    ] = 1,
    only: Annotated[
        list[str] | None,
        typer.Option(
            "--only",
            metavar="SECTION",
            help=f"Only this section ({', '.join(SECTIONS)}); may be given again.",
            show_default="all of them",
        ),
    ] = None,
    everything: Annotated[
        bool, typer.Option("--all", help="Every pair of sources, not only the worst by kind.")
    ] = False,
    purpose: PurposeCode = None,
    as_json: AsJson = False,
    folder: PlaceFolder = HERE,
) -> None:
    """Measure a release: against a known truth (people, businesses, households, addresses, with and without identifiers),
    or by a sample of people's pairs that reviewers answer; by pair of sources and by group of people."""
    if bool(sample) == (truth is not None):
        raise typer.BadParameter("give one of the two", param_hint="--truth or --sample")
    if truth is None:
        _by_sample(
            ctx, sample, pairs=pairs, seed=seed, everything=everything, only=only, purpose=purpose, as_json=as_json,
            folder=folder,
        )  # fmt: skip
        return
    if pairs is not None:
        raise typer.BadParameter("pairs are drawn for a sample; give --sample", param_hint="--pairs")
    if any(s not in SECTIONS for s in only or ()):
        raise typer.BadParameter(
            f"there is no such section; choose from {', '.join(SECTIONS)}", param_hint="--only"
        )
    rooms = rooms_of(ctx)
    with opened(ctx, folder) as (_, gateway):
        release_id = next((r.release_id for r in gateway.releases() if r.is_current), None)
        found = rooms.evaluate(
            partial(gateway.evaluated, release_id=release_id, purpose=purpose),
            truth,
            only=only or SECTIONS,
            memory=rooms.settings.memory,
        )
    if as_json:
        printing.say_json({"release_id": release_id, **told(found)})
    else:
        print_evaluation(found, everything=everything)


def _by_sample(
    ctx: typer.Context,
    name: str,
    *,
    pairs: int | None,
    seed: int,
    everything: bool,
    only: list[str] | None,
    purpose: str | None,
    as_json: bool,
    folder: Path,
) -> None:
    """Draw a sample, or say what the answers to one tell."""
    if only:
        raise typer.BadParameter("a sample is of people alone", param_hint="--only")
    check_name(name, "--sample")
    with opened(ctx, folder) as (_, gateway):
        desk = gateway.samples(rooms_of(ctx).clock)
        if pairs is not None:
            drawn = desk.draw(name, pairs=pairs, seed=seed, purpose=purpose)
            if as_json:
                printing.say_json({"name": drawn.name, "release": drawn.release, "strata": drawn.strata})
            else:
                print_drawn(drawn, purpose)
            return
        found = desk.told(name, purpose=purpose)
        current = next((r.release_id for r in gateway.releases() if r.is_current), None)
    if as_json:
        printing.say_json({**told(found), "current": current})
    else:
        print_report(found, current, everything=everything)
