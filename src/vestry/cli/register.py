"""`vestry agreement`, what changes: the register of agreements, with every version and each act, from draft to end."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Final

import typer

from vestry.cli import agreement_tables, printing
from vestry.cli.agreement import NONE_YET, Name, areas_of, desk_of, today
from vestry.cli.options import HERE, AsJson, Force, PlaceFolder, day, examples, may_write, rooms_of, write_out
from vestry.place import open_place
from vestry.sharing.agreements import wording
from vestry.sharing.agreements.errors import AgreementInvalid, AgreementUnknown

if TYPE_CHECKING:
    from vestry.sharing.agreements.registered import Actor, Kept, Register

IMPORT_EXAMPLES: Final = examples("vestry agreement import")
LIST_EXAMPLES: Final = examples("vestry agreement list", "vestry agreement list --json")
HISTORY_EXAMPLES: Final = examples("vestry agreement history safeguarding-hub")
DRAFT_EXAMPLES: Final = examples("vestry agreement draft agreements/safeguarding-hub.yaml")
PROPOSE_EXAMPLES: Final = examples("vestry agreement propose safeguarding-hub")
SIGN_EXAMPLES: Final = examples(
    'vestry agreement sign safeguarding-hub --for eldershire-police --title "Chief Constable"'
)
SUSPEND_EXAMPLES: Final = examples(
    'vestry agreement suspend safeguarding-hub --because "a breach is looked into"'
)
RESUME_EXAMPLES: Final = examples('vestry agreement resume safeguarding-hub --because "it was none"')
END_EXAMPLES: Final = examples(
    'vestry agreement end safeguarding-hub --because "the hub has closed" --on 2027-03-31'
)
RENEW_EXAMPLES: Final = examples(
    "vestry agreement renew safeguarding-hub --starts 2027-04-01 --ends 2028-03-31 --review 2027-10-01"
)
YAML_EXAMPLES: Final = examples(
    "vestry agreement yaml safeguarding-hub",
    "vestry agreement yaml safeguarding-hub --version 1 --to old.yaml",
)
BY_FILES: Final = "By agreements/ and signatures.yaml. To keep every version and each act from now on: vestry agreement import."

Because = Annotated[str, typer.Option("--because", metavar="TEXT", help="Why; whoever asks later reads it.")]


def take_in(ctx: typer.Context, folder: PlaceFolder = HERE) -> None:
    """Take the files under agreements/, with what signatures.yaml says was done with them, into the place's register.

    From then on decisions go by the register, which keeps every version and each act. What it holds already stays as it is.
    """
    place = open_place(folder)
    read = desk_of(ctx, place).written()
    if not read.found:
        printing.say(NONE_YET)
        return
    rooms = rooms_of(ctx)
    came = rooms.register(place).take_in(read.found, read.filings, rooms.actor)
    printing.say(
        f"Taken in: {printing.count(len(came.added), 'agreement')}; there already: {len(came.same)}."
    )
    for name in came.differ:
        printing.say(
            f"The register has other words of {name}, which stay: vestry agreement draft FILE makes a next version."
        )
    printing.say("Decisions go by the register of this place from now on, and no longer by signatures.yaml.")


def list_agreements(ctx: typer.Context, as_json: AsJson = False, folder: PlaceFolder = HERE) -> None:
    """Every agreement: where it stands today, for what, between whom, until when."""
    place = open_place(folder)
    standing = desk_of(ctx, place).standing(today(ctx))
    if as_json:
        printing.say_json([agreement_tables.standing_row(one) for one in standing])
        return
    if not standing:
        printing.say(NONE_YET)
        return
    agreement_tables.print_standing(standing)
    register = rooms_of(ctx).law(place).register
    if register is None or not register.holds_any():
        printing.say(BY_FILES)


def history(ctx: typer.Context, name: Name, as_json: AsJson = False, folder: PlaceFolder = HERE) -> None:
    """Every version of an agreement, and what was done with each, when and by whom."""
    versions = _register(ctx, folder).versions(name)
    if as_json:
        printing.say_json(
            [
                {
                    "version": kept.agreement.version,
                    "stands": kept.filed.state(today(ctx)),
                    "digest": kept.filed.digest,
                    "drafted_by": kept.drafted_by,
                    "drafted_at": kept.drafted_at.isoformat(),
                    "acts": [
                        {
                            "what": act.what, "organisation": act.organisation, "title": act.title,
                            "on": act.on.isoformat(), "because": act.because, "by": act.by, "at": act.at.isoformat(),
                        }
                        for act in kept.acts
                    ],
                }
                for kept in versions
            ]
        )  # fmt: skip
        return
    for kept in versions:
        stands = wording.stands(kept.filed, kept.filing, today(ctx))
        printing.heading(f"{kept.agreement.label}, {stands}")
        printing.say(f"Digest, which signatures name: {kept.filed.digest}")
        rows = [["drafted", "", kept.drafted_at.date().isoformat(), kept.drafted_by, ""]]
        for act in kept.acts:
            who = ", ".join(said for said in (act.organisation, act.title) if said)
            rows.append([act.what, who, act.on.isoformat(), act.by, act.because])
        printing.table(["what", "for", "from", "entered by", "because"], rows)


def draft(
    ctx: typer.Context,
    file: Annotated[
        Path, typer.Argument(metavar="FILE", help="The agreement, as docs/reference has its words.")
    ],
    folder: PlaceFolder = HERE,
) -> None:
    """Keep what a file says as a draft: the agreement's next version, or in place of one that is a draft still.

    A version that was proposed never changes. Its examples must come out as they say.
    """
    place = open_place(folder)
    rooms = rooms_of(ctx)
    try:
        content = file.read_bytes()
    except OSError as error:
        raise AgreementInvalid(
            "The file cannot be read.", where=str(file), fix="give a file that this account may read"
        ) from error
    register = _register(ctx, folder)
    kept = register.draft(content, file.name, rooms.actor, areas=areas_of(rooms, place))
    _say(ctx, kept, "vestry agreement propose " + kept.agreement.agreement_id)


def propose(ctx: typer.Context, name: Name, because: Because = "", folder: PlaceFolder = HERE) -> None:
    """Put the newest version to its signatories. From then on its words stand: a change is another version."""
    kept = _act(ctx, folder, lambda register, by: register.propose(name, by, because=because))
    _say(ctx, kept, f"vestry agreement sign {name} --for ORGANISATION --title OFFICE")


def sign(
    ctx: typer.Context,
    name: Name,
    organisation: Annotated[
        str, typer.Option("--for", metavar="ORGANISATION", help="The signatory.", show_default=False)
    ],
    title: Annotated[
        str,
        typer.Option(
            "--title", metavar="OFFICE", help="The office of whoever signed for it.", show_default=False
        ),
    ],
    digest: Annotated[
        str,
        typer.Option(
            "--digest", metavar="DIGEST", help="Of what they signed, to be held against what it says."
        ),
    ] = "",
    folder: PlaceFolder = HERE,
) -> None:
    """Enter that an organisation has signed the newest version. Once all have, it is in force from the day it starts."""
    if not title.strip():
        raise typer.BadParameter("say in which office they signed", param_hint="--title")
    _say(
        ctx,
        _act(
            ctx,
            folder,
            lambda register, by: register.sign(
                name, by, organisation=organisation, title=title, signed=digest
            ),
        ),
    )


def suspend(ctx: typer.Context, name: Name, because: Because, folder: PlaceFolder = HERE) -> None:
    """Stop an agreement at once, in the version that all have signed: nothing is shown by it until it is resumed."""
    kept = _act(ctx, folder, lambda register, by: register.suspend(name, by, because=because), because)
    _say(ctx, kept, f"vestry agreement resume {name} --because TEXT")


def resume(ctx: typer.Context, name: Name, because: Because, folder: PlaceFolder = HERE) -> None:
    """Let a suspended agreement go on."""
    _say(ctx, _act(ctx, folder, lambda register, by: register.resume(name, by, because=because), because))


def end(
    ctx: typer.Context,
    name: Name,
    because: Because,
    on: Annotated[
        str,
        typer.Option(
            "--on", metavar="DATE", help="The first day on which it no longer holds.", show_default="today"
        ),
    ] = "",
    folder: PlaceFolder = HERE,
) -> None:
    """End an agreement before its time, with every version of it. That cannot be undone: renew it, and have it signed."""
    last = day(on, "--on") if on else None
    _say(
        ctx, _act(ctx, folder, lambda register, by: register.end(name, by, because=because, on=last), because)
    )


def renew(
    ctx: typer.Context,
    name: Name,
    starts: Annotated[str, typer.Option("--starts", metavar="DATE", show_default=False)],
    ends: Annotated[str, typer.Option("--ends", metavar="DATE", show_default=False)],
    review: Annotated[str, typer.Option("--review", metavar="DATE", show_default=False)],
    folder: PlaceFolder = HERE,
) -> None:
    """Draft the same words for another term, to be proposed and signed by all anew."""
    days = {"starts": day(starts, "--starts"), "ends": day(ends, "--ends"), "review": day(review, "--review")}
    kept = _act(ctx, folder, lambda register, by: register.renew(name, by=by, **days))
    _say(ctx, kept, f"vestry agreement propose {name}")


def yaml(
    ctx: typer.Context,
    name: Name,
    version: Annotated[
        int | None,
        typer.Option("--version", metavar="NUMBER", help="Which version.", show_default="the newest"),
    ] = None,
    to: Annotated[
        Path | None, typer.Option("--to", metavar="PATH", help="Write it there and not to the screen.")
    ] = None,
    force: Force = False,
    folder: PlaceFolder = HERE,
) -> None:
    """Write a version of an agreement as the register keeps it, as YAML: to be read, sent to a party, or drafted from."""
    if to is not None:
        may_write(to, force=force, option="--to", make_folder=True)
    versions = {kept.agreement.version: kept for kept in _register(ctx, folder).versions(name)}
    number = max(versions) if version is None else version
    if number not in versions:
        raise AgreementUnknown(
            f"{name} has no version {number}.",
            where="the register",
            fix=f"it has: {', '.join(str(n) for n in sorted(versions))}",
        )
    write_out(versions[number].text, to)


def _register(ctx: typer.Context, folder: Path) -> Register:
    """The register of the place. Raises AgreementUnknown where its agreements are in files still, and it holds none of them."""
    place, rooms = open_place(folder), rooms_of(ctx)
    register = rooms.register(place)
    if not register.holds_any() and any(place.agreements.glob("**/*.y*ml")):
        raise AgreementUnknown(
            "The agreements of this place are in files, and its register holds none of them.",
            where=str(place.agreements),
            fix="take them in first: vestry agreement import",
        )
    return register


def _act(
    ctx: typer.Context, folder: Path, does: Callable[[Register, Actor], Kept], because: str = "-"
) -> Kept:
    """Do it, for whoever runs this machine, and with a reason where one is needed."""
    if not because.strip():
        raise typer.BadParameter("say why", param_hint="--because")
    return does(_register(ctx, folder), rooms_of(ctx).actor)


def _say(ctx: typer.Context, kept: Kept, then: str = "") -> None:
    on: date = today(ctx)
    printing.say(f"{kept.agreement.label}: {wording.stands(kept.filed, kept.filing, on)}.")
    if then:
        printing.say(f"Next: {then}")
