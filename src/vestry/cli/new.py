"""`vestry new`: an empty place, with a `place.toml` that explains itself."""

from __future__ import annotations

import shlex
from pathlib import Path
from typing import Annotated, Final

import typer

from vestry.cli import printing
from vestry.cli.options import examples
from vestry.errors import FolderInUse, PlaceNotWritable

EXAMPLES: Final = examples("vestry new our-county", 'vestry new our-county --name "Our county"')

_PLACE_TOML: Final = """\
# A place: one folder, one deployment. Every setting but `name` may be left out.
name = "{name}"

# The organisation that runs the place for all: its data engineers receive extracts for every other, and build, in the office.
# Unsaid: the only organisation there is; where there are several, each receives its own, and nobody builds in the office.
# run_by = "county"

# The organisations whose records come in. Contracts go in contracts/<organisation>/.
[organisations]
# borough = "The Borough Council"
# county  = "The County Council"

# Geographies that records are placed in, finest first, each with its vintage.
[areas]
# geographies = ["lsoa/2021", "ward/2024", "district/2024"]

# Probabilities. From `link` up two records are joined; from `review` up to `link` a person should look.
[thresholds]
# link   = 0.6
# review = 0.3
# Of addresses, in bits of evidence: a text gets its UPRN from `address_link` up, if no other is within
# `address_lead` of it; from `address_review` up to that a person should look.
# address_link   = 10
# address_review = 0
# address_lead   = 5

# How far each source is trusted for a group of fields, 1 (least) to 9; 5 when unsaid.
# [trust.borough-council-tax]
# address = 8
# phone   = 3

# Measures counted from the twin itself, for every area.
# [[measures]]
# measure = "food rating: {{value}}"
# count   = "organisation"
# by      = "rating"
"""

_CONTRACTS_README: Final = """\
# Contracts

One YAML file for each source, at `<organisation>/<source>.yaml`: what its extracts look like, what each
column means, and on what lawful basis it is held. The notation is the Open Data Contract Standard 3.1.

    vestry contract draft FILE --source NAME --organisation NAME --to contracts/ORGANISATION/NAME.yaml
    vestry contract check
"""

_GITIGNORE: Final = """\
# Everything here that holds, or is made from, people's details.
/extracts/
/releases/
/inbox/
/spool/
/memory/
/models/
/decisions/
/office.sqlite3*
/checkpoints/
/.lock
/.office.lock
# Secrets.
/keys/
"""


def new(
    folder: Annotated[Path, typer.Argument(metavar="DIR", help="The folder to make.")],
    name: Annotated[
        str, typer.Option("--name", help="What the place is called.", show_default="the folder's name")
    ] = "",
) -> None:
    """Make an empty place: a folder with a place.toml that explains itself."""
    if folder.exists() and (not folder.is_dir() or any(folder.iterdir())):
        raise FolderInUse(
            "That folder already holds something.", where=str(folder), fix="name another, or empty it"
        )
    title = (name or folder.resolve().name).strip()
    quoted = title.replace("\\", "\\\\").replace('"', '\\"')
    try:
        (folder / "contracts").mkdir(parents=True)
        folder.chmod(0o700)
        (folder / "place.toml").write_text(_PLACE_TOML.format(name=quoted), encoding="utf-8")
        (folder / "contracts" / "README.md").write_text(_CONTRACTS_README, encoding="utf-8")
        (folder / ".gitignore").write_text(_GITIGNORE, encoding="utf-8")
    except OSError as error:
        raise PlaceNotWritable(
            "The folder cannot be made.", where=str(folder), fix="choose another"
        ) from error
    printing.say(
        f"Made an empty place in {folder}.",
        f"Next: go there (cd {shlex.quote(str(folder))}), name its organisations in place.toml, then:"
        " vestry contract draft FILE",
    )
