"""The whole command line: every command, and what becomes of an error on its way to the screen.

No traceback and no record value reaches a person: a deliberate error prints what, where and fix;
anything else prints its type and the line of code, unless VESTRY_DEBUG asks for more.
"""

from __future__ import annotations

import os
import sys
import traceback
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import replace
from pathlib import Path
from typing import Annotated, Final

import typer

from vestry import __version__
from vestry.cli import (
    agreement,
    audit,
    contract,
    demo,
    emergency,
    evaluate,
    explain,
    export,
    find,
    marks,
    match,
    model,
    new,
    people,
    purposes,
    quarantine,
    receive,
    register,
    releases,
    review,
    review_addresses,
    serve,
    show,
    status,
    synthesise,
    systems,
    work,
)
from vestry.cli import build as build_command
from vestry.cli.rooms import Rooms
from vestry.cli.stopping import Stopping
from vestry.cli.suggestions import for_place, suggesting
from vestry.errors import Interrupted, VestryError

BROKEN_PIPE: Final = 141
"""Exit code where the reader of our output went away: 128 and SIGPIPE, as other tools have it."""

FAULT: Final = 70
"""Exit code of a fault in Vestry itself (EX_SOFTWARE of sysexits.h)."""

app = typer.Typer(
    name="vestry",
    help="One trustworthy picture of a place, from the records of all who serve it.",
    epilog="New here? vestry demo --no-serve makes a fictional place; vestry new DIR begins your own.",
    no_args_is_help=True,
    add_completion=False,
    rich_markup_mode="rich",
    pretty_exceptions_enable=False,
)


def _version(asked: bool) -> None:
    if asked:
        typer.echo(f"vestry {__version__}")
        raise typer.Exit


@app.callback()
def vestry(
    version: Annotated[
        bool, typer.Option("--version", help="Say which version this is.", callback=_version, is_eager=True)
    ] = False,
) -> None:
    """Only the options that stand before any command."""


_START, _WORK, _LOOK, _PRACTISE = "Set up", "The main job", "Look", "Practise"

agreements = typer.Typer(
    no_args_is_help=True, help="Data sharing agreements: check, try, propose, sign, suspend and end them."
)
agreements.command("check", epilog=agreement.CHECK_EXAMPLES)(agreement.check)
agreements.command("simulate", epilog=agreement.SIMULATE_EXAMPLES)(agreement.simulate)
agreements.command("compare", epilog=agreement.COMPARE_EXAMPLES)(agreement.compare)
agreements.command("odrl", epilog=agreement.ODRL_EXAMPLES)(agreement.odrl)
agreements.command("import", epilog=register.IMPORT_EXAMPLES)(register.take_in)
agreements.command("list", epilog=register.LIST_EXAMPLES)(register.list_agreements)
agreements.command("history", epilog=register.HISTORY_EXAMPLES)(register.history)
agreements.command("draft", epilog=register.DRAFT_EXAMPLES)(register.draft)
agreements.command("propose", epilog=register.PROPOSE_EXAMPLES)(register.propose)
agreements.command("sign", epilog=register.SIGN_EXAMPLES)(register.sign)
agreements.command("suspend", epilog=register.SUSPEND_EXAMPLES)(register.suspend)
agreements.command("resume", epilog=register.RESUME_EXAMPLES)(register.resume)
agreements.command("end", epilog=register.END_EXAMPLES)(register.end)
agreements.command("renew", epilog=register.RENEW_EXAMPLES)(register.renew)
agreements.command("yaml", epilog=register.YAML_EXAMPLES)(register.yaml)

apart = typer.Typer(no_args_is_help=True, help="What sets single people apart: set, seen and taken back.")
apart.command("list", epilog=marks.LIST_EXAMPLES)(marks.list_marks)
apart.command("set", epilog=marks.SET_EXAMPLES)(marks.set_mark)
apart.command("take-back", epilog=marks.TAKE_BACK_EXAMPLES)(marks.take_back)

emergencies = typer.Typer(
    no_args_is_help=True, help="Looks that were made for an emergency, and their review."
)
emergencies.command("list", epilog=emergency.LIST_EXAMPLES)(emergency.list_emergencies)
emergencies.command("looks", epilog=emergency.LOOKS_EXAMPLES)(emergency.looks)
emergencies.command("review", epilog=emergency.REVIEW_EXAMPLES)(emergency.review)

contracts = typer.Typer(no_args_is_help=True, help="Check contracts, or draft one from a file.")
contracts.command("check", epilog=contract.CHECK_EXAMPLES)(contract.check)
contracts.command("draft", epilog=contract.DRAFT_EXAMPLES)(contract.draft)

users = typer.Typer(
    no_args_is_help=True, help="The users of a place: who they are to whom, and how they come in."
)
users.command("import", epilog=people.IMPORT_EXAMPLES)(people.import_people)
users.command("list", epilog=people.LIST_EXAMPLES)(people.list_people)
users.command("add", epilog=people.ADD_EXAMPLES)(people.add)
users.command("give", epilog=people.GIVE_EXAMPLES)(people.give)
users.command("take", epilog=people.TAKE_EXAMPLES)(people.take)
users.command("train", epilog=people.TRAIN_EXAMPLES)(people.train)
users.command("openid", epilog=people.OPENID_EXAMPLES)(people.openid)
users.command("invite", epilog=people.INVITE_EXAMPLES)(people.invite)
users.command("forget", epilog=people.FORGET_EXAMPLES)(people.forget)
users.command("suspend", epilog=people.SUSPEND_EXAMPLES)(people.suspend)
users.command("restore", epilog=people.RESTORE_EXAMPLES)(people.restore)

partners = typer.Typer(no_args_is_help=True, help="Partners' systems: what each proves itself with.")
partners.command("list", epilog=systems.LIST_EXAMPLES)(systems.list_systems)
partners.command("connect", epilog=systems.CONNECT_EXAMPLES)(systems.connect)
partners.command("revoke", epilog=systems.REVOKE_EXAMPLES)(systems.revoke)

kept = typer.Typer(no_args_is_help=True, help="See which releases are kept.")
kept.command("list", epilog=releases.EXAMPLES)(releases.list_releases)

log = typer.Typer(
    no_args_is_help=True, help="The log of who looked at what, and why: check, sign, search it."
)
log.command("verify", epilog=audit.VERIFY_EXAMPLES)(audit.verify)
log.command("checkpoint", epilog=audit.CHECKPOINT_EXAMPLES)(audit.checkpoint)
log.command("key", epilog=audit.KEY_EXAMPLES)(audit.key)
log.command("search", epilog=audit.SEARCH_EXAMPLES)(audit.search)
log.command("about", epilog=audit.ABOUT_EXAMPLES)(audit.about)

reviews = typer.Typer(invoke_without_command=True, callback=review.review)
reviews.command("next", epilog=review.NEXT_EXAMPLES)(review.next_pair)
reviews.command("list", epilog=review.LIST_EXAMPLES)(review.list_pairs)
reviews.command("show", epilog=review.SHOW_EXAMPLES)(review.show)
reviews.command("decide", epilog=review.DECIDE_EXAMPLES)(review.decide)
reviews.command("undo", epilog=review.UNDO_EXAMPLES)(review.undo)
reviews.command("addresses", epilog=review_addresses.LIST_EXAMPLES)(review_addresses.list_addresses)
reviews.command("address", epilog=review_addresses.DECIDE_EXAMPLES)(review_addresses.decide_address)
reviews.command("status", epilog=review.STATUS_EXAMPLES)(review.status)
reviews.command("sample", epilog=review.SAMPLE_EXAMPLES)(review.sample)
reviews.command("double", epilog=review.DOUBLE_EXAMPLES)(review.double)

models = typer.Typer(invoke_without_command=True, callback=model.model)
models.command("status", epilog=model.STATUS_EXAMPLES)(model.status)
models.command("train", epilog=model.TRAIN_EXAMPLES)(model.train)
models.command("compare", epilog=model.COMPARE_EXAMPLES)(model.compare)
models.command("adopt", epilog=model.ADOPT_EXAMPLES)(model.adopt)
models.command("discard", epilog=model.DISCARD_EXAMPLES)(model.discard)
models.command("restore", epilog=model.RESTORE_EXAMPLES)(model.restore)

app.command("new", epilog=new.EXAMPLES, rich_help_panel=_START)(new.new)
app.add_typer(contracts, name="contract", rich_help_panel=_START)
app.add_typer(agreements, name="agreement", rich_help_panel=_START)
app.add_typer(users, name="people", rich_help_panel=_START)
app.add_typer(partners, name="systems", rich_help_panel=_START)
app.command("receive", epilog=receive.EXAMPLES, rich_help_panel=_WORK)(receive.receive)
app.command("build", epilog=build_command.EXAMPLES, rich_help_panel=_WORK)(build_command.build)
app.command("serve", epilog=serve.EXAMPLES, rich_help_panel=_WORK)(serve.serve)
app.command("work", epilog=work.EXAMPLES, rich_help_panel=_WORK)(work.work)
app.command("status", epilog=status.EXAMPLES, rich_help_panel=_WORK)(status.status)
app.command("quarantine", epilog=quarantine.EXAMPLES, rich_help_panel=_WORK)(quarantine.quarantine)
app.add_typer(reviews, name="review", rich_help_panel=_WORK)
app.add_typer(models, name="model", rich_help_panel=_WORK)
app.add_typer(kept, name="releases", rich_help_panel=_WORK)
app.command("find", epilog=find.EXAMPLES, rich_help_panel=_LOOK)(find.find)
app.command("match", epilog=match.EXAMPLES, rich_help_panel=_LOOK)(match.match)
app.command("show", epilog=show.EXAMPLES, rich_help_panel=_LOOK)(show.show)
app.command("explain", epilog=explain.EXAMPLES, rich_help_panel=_LOOK)(explain.explain)
app.command("export", epilog=export.EXAMPLES, rich_help_panel=_LOOK)(export.export)
app.add_typer(log, name="audit", rich_help_panel=_LOOK)
app.add_typer(apart, name="marks", rich_help_panel=_WORK)
app.add_typer(emergencies, name="emergency", rich_help_panel=_WORK)
app.command("purposes", epilog=purposes.EXAMPLES, rich_help_panel=_LOOK)(purposes.purposes)
app.command("demo", epilog=demo.EXAMPLES, rich_help_panel=_PRACTISE)(demo.demo)
app.command("synthesise", epilog=synthesise.EXAMPLES, rich_help_panel=_PRACTISE)(synthesise.synthesise)
app.command("evaluate", epilog=evaluate.EXAMPLES, rich_help_panel=_PRACTISE)(evaluate.evaluate)


def run(rooms: Rooms, arguments: Sequence[str]) -> int:
    """Run one command and give its exit code; whatever goes wrong is told on standard error."""
    command, stopping = typer.main.get_command(app), Stopping()
    progress = rooms.progress
    rooms = replace(rooms, progress=lambda: stopping.on(progress()))
    with suggesting(command):
        try:
            with stopping.listening():
                ended = command.main(
                    args=list(arguments), prog_name="vestry", standalone_mode=False, obj=rooms
                )
            sys.stdout.flush()
        except (BrokenPipeError, SystemExit):
            _let_go_of_output()
            return BROKEN_PIPE
        except (KeyboardInterrupt, Exception) as error:
            return told(error, debug=rooms.settings.debug)
    if ended == Interrupted.exit_code:
        return told(KeyboardInterrupt(), debug=rooms.settings.debug)
    return ended if isinstance(ended, int) else 0


def told(error: BaseException, *, debug: bool) -> int:
    """Print what a person may know of `error` and give its exit code."""
    if debug:
        traceback.print_exception(error)
    if _was_interrupted(error):
        stopped = Interrupted("Stopped.", fix="start again when you like: nothing needs cleaning up")
        print(stopped.text(), file=sys.stderr)
        return stopped.exit_code
    if isinstance(error, VestryError):
        print(for_place(error.text()), file=sys.stderr)
        return error.exit_code
    if isinstance(error, typer.TyperException):
        show = getattr(error, "show", None)
        if show is not None:
            show()
        return error.exit_code
    print(_fault_text(error), file=sys.stderr)
    return FAULT


def _was_interrupted(error: BaseException | None) -> bool:
    """Whether Ctrl-C is behind it: a library may put an error of its own on top."""
    while error is not None:
        if isinstance(error, KeyboardInterrupt):
            return True
        error = error.__cause__ or error.__context__
    return False


def _fault_text(error: BaseException) -> str:
    where = "unknown"
    package = Path(__file__).parent.parent
    for frame in traceback.extract_tb(error.__traceback__):
        with suppress(ValueError):
            where = f"vestry/{Path(frame.filename).relative_to(package).as_posix()}, line {frame.lineno}"
    return "\n".join(
        (
            "Something is wrong with Vestry itself; what was published stays as it was.",
            f"  where: {where} ({type(error).__name__})",
            "  fix:   report it with these lines; they hold nothing from a record",
            "  code:  fault",
        )
    )


def _let_go_of_output() -> None:
    """So that Python does not complain of the broken pipe once more on its way out."""
    with suppress(OSError, ValueError):
        nowhere = os.open(os.devnull, os.O_WRONLY)
        os.dup2(nowhere, sys.stdout.fileno())
        os.close(nowhere)
