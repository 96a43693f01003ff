"""`vestry match`: who one new record is, for a purpose."""

from __future__ import annotations

import json
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Final

import typer

from vestry.cli import printing
from vestry.cli.options import (
    HERE,
    AsJson,
    AsUser,
    ForOrganisation,
    PlaceFolder,
    PurposeCode,
    asking,
    examples,
    rooms_of,
)
from vestry.errors import FileUnreadable, RecordUnreadable

if TYPE_CHECKING:
    from vestry.twin.matching import Matched, MatchedEntity

EXAMPLES: Final = examples(
    "vestry match --family-name Okafor --given-names Grace --birth-date 1984-05-31 --purpose council-tax",
    "vestry match --given-names Tom --postcode 'AB1 2DE' --phone '01632 960123' --purpose housing --json",
    "vestry match --file one.json --purpose data-quality",
    "vestry match --file one.json --purpose council-tax --as revenues-officer",
    "vestry match --kind organisation --organisation-name 'The Fox' --postcode 'AB1 2DE' --purpose licensing",
)


class Kind(StrEnum):
    """Kinds whose records are scored."""

    PERSON = "person"
    ORGANISATION = "organisation"


def _option(name: str, says: str) -> Any:
    return typer.Option(f"--{name}", help=says, show_default=False)


def match(
    ctx: typer.Context,
    family_name: Annotated[str, _option("family-name", "Family name.")] = "",
    given_names: Annotated[str, _option("given-names", "Given names, in order.")] = "",
    full_name: Annotated[
        str, _option("full-name", "The whole name, where it was not asked for in parts.")
    ] = "",
    previous_family_name: Annotated[str, _option("previous-family-name", "An earlier family name.")] = "",
    known_as: Annotated[str, _option("known-as", "The name the person goes by.")] = "",
    birth_date: Annotated[str, _option("birth-date", "1990-05-31, 31/05/1990, 1990-05 or 1990.")] = "",
    sex: Annotated[str, _option("sex", "female or male.")] = "",
    organisation_name: Annotated[str, _option("organisation-name", "Of an organisation: its name.")] = "",
    organisation_type: Annotated[
        str, _option("organisation-type", "What it does, in the sources' words.")
    ] = "",
    address: Annotated[list[str] | None, _option("address", "A line of the address; once for each.")] = None,
    postcode: Annotated[str, _option("postcode", "The whole postcode.")] = "",
    uprn: Annotated[str, _option("uprn", "Unique property reference number.")] = "",
    phone: Annotated[list[str] | None, _option("phone", "A telephone number; once for each.")] = None,
    email: Annotated[list[str] | None, _option("email", "An email address; once for each.")] = None,
    nhs_number: Annotated[str, _option("nhs-number", "NHS number.")] = "",
    nino: Annotated[str, _option("nino", "National Insurance number.")] = "",
    upn: Annotated[str, _option("upn", "Unique pupil number.")] = "",
    other_number: Annotated[
        str, _option("other-number", "Another number, its kind as the contracts name it: uln:4310589627.")
    ] = "",
    company_number: Annotated[str, _option("company-number", "Companies House number.")] = "",
    ods_code: Annotated[str, _option("ods-code", "NHS organisation code.")] = "",
    school_urn: Annotated[str, _option("school-urn", "A school's unique reference number.")] = "",
    file: Annotated[
        Path | None,
        typer.Option(
            "--file", metavar="FILE", help="Field -> value in JSON, instead or besides; - reads from a pipe."
        ),
    ] = None,
    kind: Annotated[Kind, typer.Option("--kind", help="What the record is of.")] = Kind.PERSON,
    purpose: PurposeCode = None,
    user: AsUser = "",
    organisation: ForOrganisation = "",
    as_json: AsJson = False,
    folder: PlaceFolder = HERE,
) -> None:
    """Say who one new record is: the same comparisons and model as the build, and why.

    Give whatever the record says. Nothing of it is kept; only the names of the fields are entered in the audit log.
    """
    typed: dict[str, str | list[str] | None] = {
        "full_name": full_name, "family_name": family_name, "given_names": given_names,
        "previous_family_name": previous_family_name, "known_as": known_as, "birth_date": birth_date, "sex": sex,
        "organisation_name": organisation_name, "organisation_type": organisation_type, "address_lines": address,
        "postcode": postcode, "uprn": uprn, "phone": phone, "email": email, "nhs_number": nhs_number, "nino": nino,
        "upn": upn, "other_number": other_number, "company_number": company_number, "ods_code": ods_code,
        "school_urn": school_urn,
    }  # fmt: skip
    record = {**(_from_file(file) if file else {}), **{name: value for name, value in typed.items() if value}}
    with asking(ctx, folder, user, organisation) as gateway:
        found = gateway.match(
            record, kind=kind.value, purpose=purpose, today=rooms_of(ctx).clock.now().date()
        )
    if as_json:
        printing.say_json({**printing.plain(found), "entity_id": found.entity_id})
        return
    print_matched(found, purpose, user)


def _from_file(file: Path) -> dict[str, str | list[str]]:
    """Field -> text or several. Raises FileUnreadable, RecordUnreadable."""
    try:
        text = (
            typer.get_text_stream("stdin").read()
            if str(file) == "-"
            else file.read_text(encoding="utf-8-sig")
        )
    except (OSError, UnicodeDecodeError) as error:
        raise FileUnreadable(
            "The record's file cannot be read.", where=str(file), fix="name a JSON file"
        ) from error
    try:
        said = json.loads(text)
    except (ValueError, RecursionError):  # nested deeper than any record
        said = None
    if not isinstance(said, dict) or not all(_is_value(value) for value in said.values()):
        raise RecordUnreadable(
            "The file does not hold one record.",
            where=str(file),
            fix='write it as {"family_name": "...", "birth_date": "1990-05-31", "address_lines": ["...", "..."]}',
        )
    return {
        name: value if isinstance(value, list) else str(value)
        for name, value in said.items()
        if value is not None
    }


def _is_value(value: object) -> bool:
    """A text, a number, nothing, or a list of texts."""
    if isinstance(value, list):
        return all(isinstance(piece, str) for piece in value)
    return value is None or (isinstance(value, str | int) and not isinstance(value, bool))


def print_matched(found: Matched, purpose: str | None, user: str) -> None:
    """Who it is, or may be, and why."""
    if not found.found:
        printing.say(
            f"Nobody known{' whom you may see' if user else ''}. {found.why}{_compared(found)} Release {found.release_id}."
        )
        return
    said = {"match": f"It is {found.entity_id}.", "possible": "It may be one of these."}
    printing.say(f"{said[found.outcome.value]} {found.why}")
    printing.table(
        ["entity", "name", "born", "postcode", "probability", "bits", ""],
        [
            [f.entity_id, f.name, f.born, f.postcode, _probability(f), _bits(f.weight), _remarks(f)]
            for f in found.found
        ],
    )
    best = found.found[0]
    by_number = "decides" if best.decided_by == "identifier" else "doubted"
    before = best.before
    printing.heading(f"Why {best.entity_id}")
    printing.table(
        ["compared", "found", "bits"],
        [
            *([e.field.replace("_", " "), e.agreement, _bits(e.weight, by_number)] for e in best.evidence),
            *([["odds before comparing", "", _bits(before)]] if before is not None else []),
        ],
    )
    records = printing.some_of(best.records)
    printing.say(f"Said by {printing.count(len(best.records), 'record')}: {records}.")
    as_user = f" --as {user}" if user else ""
    if found.more:
        printing.say(f"{found.more:,} more are possible and not shown.")
    printing.say(
        f"Release {found.release_id}. Next: vestry show {best.entity_id} --purpose {purpose}{as_user}"
    )


def _compared(found: Matched) -> str:
    """How many were compared; nothing of it is told under an agreement."""
    if not found.compared:
        return ""
    share = "shares" if found.compared == 1 else "share"
    return f" Compared with {printing.count(found.compared, 'profile')} that {share} something with it."


def _remarks(found: MatchedEntity) -> str:
    return "; ".join(text for text in (found.apart, "" if found.current else "no longer current") if text)


def _probability(found: MatchedEntity) -> str:
    if found.decided_by == "identifier":
        return "decided"
    return f"{found.probability:.6f}" if found.probability < 1 else "over 0.999999"


def _bits(weight: float | None, otherwise: str = "") -> str:
    return otherwise if weight is None else f"{weight:+.1f}"
