"""`vestry audit`: whether the log of who looked at what holds, its signed checkpoints, and what it says of whom."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Final

import typer

from vestry.cli import printing
from vestry.cli.options import HERE, AsJson, PlaceFolder, examples, opened, rooms_of
from vestry.errors import ReleaseMissing
from vestry.place import open_place
from vestry.sharing.audit_desk import (
    DID,
    AuditBroken,
    AuditDesk,
    Kept,
    Look,
    Verified,
    Wanted,
    ids_of,
    led_by,
)
from vestry.sharing.purposes import purpose_of

if TYPE_CHECKING:
    from vestry.place import Place

VERIFY_EXAMPLES: Final = examples(
    "vestry audit verify",
    "vestry audit verify --checkpoint kept-by-the-nhs/",
    "vestry audit verify --checkpoint 000000120000.checkpoint --entry 4711 --json",
)
CHECKPOINT_EXAMPLES: Final = examples("vestry audit checkpoint")
KEY_EXAMPLES: Final = examples("vestry audit key")
SEARCH_EXAMPLES: Final = examples(
    "vestry audit search --person P3f2a9c0de1b24567 --since 2026-10-01",
    "vestry audit search --organisation police --agreement safeguarding-hub --json",
)
ABOUT_EXAMPLES: Final = examples("vestry audit about P3f2a9c0de1b24567")


def verify(
    ctx: typer.Context,
    checkpoints: Annotated[
        list[Path] | None,
        typer.Option(
            "--checkpoint",
            metavar="PATH",
            help="A checkpoint that somebody else kept, or a folder of them; may be repeated.",
        ),
    ] = None,
    key: Annotated[
        str, typer.Option("--key", metavar="KEY", help="The log's public key as they kept it.")
    ] = "",
    entry: Annotated[
        int | None, typer.Option("--entry", metavar="NUMBER", help="Prove that this entry is in the log.")
    ] = None,
    as_json: AsJson = False,
    folder: PlaceFolder = HERE,
) -> None:
    """Go through the whole audit log: is it as it was written, and does it continue what others kept of it?"""
    _, desk = _desk(ctx, folder)
    verified = desk.verify(outside=checkpoints or (), key=key, entry=entry, progress=rooms_of(ctx).progress())
    if as_json:
        printing.say_json(verified)
    if verified.problems:
        raise AuditBroken(
            f"The audit log is broken in {printing.count(len(verified.problems), 'place')}, first here:",
            where=verified.problems[0].where,
            fix="keep it as it is, and compare it with a backup: what follows proves nothing",
            problems=verified.problems,
        )
    if not as_json:
        _say_verified(verified)


def _say_verified(verified: Verified) -> None:
    printing.say(f"{_entries(verified.size)}, each as it was written and in its place.")
    if verified.size:
        printing.say(f"Root of the tree: {verified.root}")
    for held in verified.held:
        if held.outside:
            printing.say(f"It continues {held.where}, of {_entries(held.size)}.")
    own = [held for held in verified.held if not held.outside]
    if own:
        printing.say(
            f"It continues the {printing.count(len(own), 'checkpoint')} that the place itself keeps; "
            "who can write here could have replaced those."
        )
    if verified.included is not None:
        proof = verified.included.proof
        printing.say(
            f"Entry {verified.included.number:,} is in the log of {_entries(proof.size)}: "
            f"{'1 hash proves' if len(proof.hashes) == 1 else f'{len(proof.hashes)} hashes prove'} it "
            "(--json shows the proof)."
        )
    printing.say(*window_of(verified))


def window_of(verified: Verified) -> Sequence[str]:
    """In words, what this check cannot see: entries that nobody else has a checkpoint of."""
    if not verified.size:
        return ()
    outside = any(held.outside for held in verified.held)
    if not verified.window:
        return (
            "No entry could have been cut off its end unseen: the newest checkpoint from outside holds them all.",
        )
    since = (
        f"the last {_entries(verified.window)}, from {_instant(verified.window_from)} on,"
        if outside
        else "any entry"
    )
    fix = (
        "Give its checkpoints to a second organisation every hour to keep that window small."
        if outside
        else "Hold it against a checkpoint that somebody else kept: --checkpoint PATH."
    )
    return (
        f"Not seen by this check: whoever can write to the database and read keys/ could have cut off {since} "
        "or written them anew.",
        fix,
    )


def checkpoint(ctx: typer.Context, folder: PlaceFolder = HERE) -> None:
    """Sign the log as it is now, into the folder checkpoints; print what was signed, for somebody else to keep."""
    place, desk = _desk(ctx, folder)
    note = desk.checkpoint()
    if note is None:
        printing.say("The audit log is empty; there is nothing to sign.")
        return
    typer.echo(note, nl=False)
    typer.echo(f"Kept in {place.checkpoints}. Give it to the second organisation.", err=True)


def key(ctx: typer.Context, folder: PlaceFolder = HERE) -> None:
    """Print the public key that checkpoints are checked with, for the second organisation to keep."""
    typer.echo(_desk(ctx, folder)[1].key())


def search(
    ctx: typer.Context,
    person: Annotated[str, typer.Option("--person", metavar="ID", help="About this entity.")] = "",
    user: Annotated[str, typer.Option("--user", metavar="NAME", help="By this user or account.")] = "",
    organisation: Annotated[
        str, typer.Option("--organisation", metavar="NAME", help="Asked, sent or received by it.")
    ] = "",
    agreement: Annotated[str, typer.Option("--agreement", metavar="NAME", help="Under this agreement.")] = "",
    purpose: Annotated[str, typer.Option("--purpose", metavar="CODE", help="For this purpose.")] = "",
    action: Annotated[
        str, typer.Option("--action", metavar="NAME", help="Of this kind, as show or build.")
    ] = "",
    since: Annotated[
        str, typer.Option("--since", metavar="DATE", help="On this day (UTC) or later: YYYY-MM-DD.")
    ] = "",
    until: Annotated[
        str, typer.Option("--until", metavar="DATE", help="On this day (UTC) or earlier: YYYY-MM-DD.")
    ] = "",
    limit: Annotated[
        int, typer.Option("--limit", min=1, max=100_000, help="So many at most, the newest.")
    ] = 100,
    as_json: AsJson = False,
    folder: PlaceFolder = HERE,
) -> None:
    """Find entries: who asked, changed, received or brought together what, when and why. The search is entered too."""
    wanted = Wanted(
        entity=person,
        user=user,
        organisation=organisation,
        agreement=agreement,
        purpose=purpose,
        action=action,
        since=_day("--since", since),
        until=_day("--until", until, add=1),
    )
    found = _desk(ctx, folder)[1].search(wanted, limit=limit)
    if as_json:
        printing.say_json(found)
        return
    if not found.entries:
        printing.say("No entry.")
        return
    printing.table(
        [
            "entry",
            "when (UTC)",
            "what",
            "action",
            "stage",
            "who",
            "organisation",
            "purpose",
            "agreements",
            "rows",
        ],
        [_row(kept) for kept in found.entries],
    )
    printing.say(
        f"The newest {limit:,}; there are more (--limit)."
        if found.more
        else f"{_entries(len(found.entries))}."
    )


def _row(kept: Kept) -> list[object]:
    entry = kept.entry
    stage = f"answers {entry.answers}" if entry.answers else entry.stage
    who = entry.user or (f"{entry.account} ({entry.operator})" if entry.operator else entry.account)
    to = f"{entry.organisation} to {entry.recipient}" if entry.recipient else entry.organisation
    return [
        str(kept.number), _instant(kept.at), kept.operation, entry.action, stage, who, to, entry.purpose,
        ", ".join(entry.agreements), "" if entry.count is None else entry.count,
    ]  # fmt: skip


def about(
    ctx: typer.Context,
    entity_id: Annotated[str, typer.Argument(metavar="ID", help="The person's entity id.")],
    users: Annotated[
        bool, typer.Option("--users", help="Name who it was, for whoever answers; not for the resident.")
    ] = False,
    as_json: AsJson = False,
    folder: PlaceFolder = HERE,
) -> None:
    """Say in plain words who looked at somebody, when and for which purpose: what a resident may ask for."""
    place, desk = _desk(ctx, folder)
    found = desk.about(ids_of(entity_id, _led(ctx, folder)))
    if not users:
        found = replace(
            found,
            looks=tuple(replace(look, by="") for look in found.looks),
            wholesale=tuple(replace(look, by="") for look in found.wholesale),
        )
    if as_json:
        printing.say_json(found)
        return
    if len(found.ids) > 1:
        printing.say(f"Looks at ids that have become this one are told too: {', '.join(found.ids[1:])}.")
    if not found.looks:
        printing.say("Nobody has looked at this person by their id.")
    for look in found.looks:
        printing.say(f"{_when(look.at)}: {told(look, place)}")
    if found.wholesale:
        printing.say(
            "",
            "Whole tables were read too. The log does not say whom they held; you may have been among them.",
        )
        for look in found.wholesale:
            printing.say(f"{_when(look.at)}: {told(look, place)}")


def _led(ctx: typer.Context, folder: Path) -> list[tuple[str, str]]:
    """As `led_by`, by the current release; nothing where there is none yet."""
    try:
        with opened(ctx, folder) as (_, gateway):
            return led_by(gateway.export("identities", purpose=None).batches)
    except ReleaseMissing:
        return []


def told(look: Look, place: Place) -> str:
    """One look, to the person who was looked at."""
    organisation = place.organisations.get(look.organisation, look.organisation)
    who = organisation or f"somebody at {place.name}"
    if look.by:
        who += f" ({look.by})"
    did = DID.get(look.action, f"did {look.action}")
    purpose = purpose_of(look.purpose)
    why = f", to {purpose.means}" if purpose else ""
    came = {
        "refused": ". It was refused, and nothing was seen",
        "nothing shown": ". Nothing was shown",
        "not known": ". Whether anything was shown is not known",
    }.get(look.outcome, "")
    shown = f". Seen: {', '.join(look.fields)}" if look.fields else ""
    to = f". Passed on to {place.organisations.get(look.recipient, look.recipient)}" if look.recipient else ""
    return f"{who} {did}{why}{came}{shown}{to}."


def _desk(ctx: typer.Context, folder: Path) -> tuple[Place, AuditDesk]:
    place = open_place(folder)
    return place, rooms_of(ctx).audit(place)


def _day(option: str, text: str, *, add: int = 0) -> str:
    if not text:
        return ""
    try:
        if re.fullmatch(r"\d{4}-\d{2}-\d{2}", text, re.ASCII):
            return (date.fromisoformat(text) + timedelta(days=add)).isoformat()
    except (ValueError, OverflowError):
        pass
    raise typer.BadParameter("not a day; write 2026-11-01", param_hint=option)


def _entries(count: int) -> str:
    return "1 entry" if count == 1 else f"{count:,} entries"


def _instant(at: str) -> str:
    return at[:19].replace("T", " ")


def _when(at: str) -> str:
    return datetime.fromisoformat(at).astimezone(UTC).strftime("%-d %B %Y, %H:%M (UTC)")
