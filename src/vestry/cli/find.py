"""`vestry find`: look for people, organisations and properties, for a purpose."""

from __future__ import annotations

from collections.abc import Callable
from enum import StrEnum
from typing import Annotated, Final

import typer

from vestry.cli import printing
from vestry.cli.options import (
    HERE,
    AsJson,
    AsUser,
    EmergencyReason,
    ForOrganisation,
    PlaceFolder,
    PurposeCode,
    TellUser,
    Urgent,
    asking,
    birth_date,
    examples,
)
from vestry.model import identifiers
from vestry.twin.answers import FIND_LIMIT, Criteria

EXAMPLES: Final = examples(
    'vestry find --name "jane smith" --born 1984 --purpose council-tax',
    "vestry find --address 'flat 2 high street' --postcode 'AB1 2DE' --purpose housing",
    "vestry find --postcode 'AB1 2DE' --kind property --purpose housing",
    "vestry find --reference 100234 --purpose council-tax",
    "vestry find --key borough-council-tax 100234 --purpose data-quality",
)


class Kind(StrEnum):
    """Kinds that have records to be found by."""

    PERSON = "person"
    ORGANISATION = "organisation"
    PROPERTY = "property"


def find(
    ctx: typer.Context,
    name: Annotated[
        str, typer.Option("--name", help="Words of a name, or how they begin, in any order.")
    ] = "",
    born: Annotated[
        str, typer.Option("--born", metavar="DATE", help="Birth date, whole or in part: 1984, 1984-05.")
    ] = "",
    address: Annotated[
        str,
        typer.Option(
            "--address",
            help="Words of an address, or how they begin, in any order: house, flat, street, town.",
        ),
    ] = "",
    postcode: Annotated[str, typer.Option("--postcode", help="The whole postcode.")] = "",
    nhs_number: Annotated[str, typer.Option("--nhs-number", help="The whole NHS number.")] = "",
    uprn: Annotated[str, typer.Option("--uprn", help="The UPRN of a home or of premises.")] = "",
    reference: Annotated[
        str,
        typer.Option(
            "--reference",
            help="What any source calls somebody, or a dealing with them: an account number, a case number.",
        ),
    ] = "",
    key: Annotated[
        tuple[str, str] | None,
        typer.Option("--key", metavar="SOURCE KEY", help="A source and its key for the record."),
    ] = None,
    kind: Annotated[Kind | None, typer.Option("--kind", help="Only entities of that kind.")] = None,
    purpose: PurposeCode = None,
    user: AsUser = "",
    organisation: ForOrganisation = "",
    emergency: EmergencyReason = "",
    tell: TellUser = "",
    limit: Annotated[int, typer.Option("--limit", min=1, max=1000, help="Entities to show.")] = FIND_LIMIT,
    as_json: AsJson = False,
    folder: PlaceFolder = HERE,
) -> None:
    """Find entities by any of their records: an earlier name or address finds them too."""
    criteria = Criteria(
        name=name.strip(),
        born=birth_date(born) if born else "",
        address=address.strip(),
        postcode=postcode.strip(),
        nhs_number=_number(nhs_number, identifiers.nhs_number, "--nhs-number"),
        uprn=_number(uprn, identifiers.uprn, "--uprn"),
        reference=reference.strip(),
        key=key,
        kind=kind.value if kind else "",
    )
    if not set(criteria.names()) - {"kind"}:
        raise typer.BadParameter(
            "say what to look for: --name, --born, --address, --postcode, --nhs-number, --uprn, --reference or --key"
        )
    urgent = Urgent(purpose=purpose, reason=emergency, tell=tell)
    with asking(ctx, folder, user, organisation, urgent) as gateway:
        page = gateway.find(criteria, purpose=purpose, limit=limit)
    if as_json:
        printing.say_json(page)
        return
    if not page.found:
        printing.say(f"Nothing found. {_advice(criteria)}")
        return
    printing.table(
        ["entity", "kind", "name", "born", "address", "postcode", "sources", "records", ""],
        [
            [
                f.entity_id,
                f.kind,
                f.name,
                f.born,
                f.address if f.kind != Kind.PROPERTY else "",
                f.postcode,
                f.sources,
                f.records,
                ", ".join(_REMARKS[remark] for remark in (f.current, f.matched) if remark in _REMARKS),
            ]
            for f in page.found
        ],
    )
    more = "" if page.total == len(page.found) else f" of {page.total:,}; narrow the search, or give --limit"
    printing.say(f"{len(page.found)} shown{more}. Next: vestry show ENTITY --purpose {purpose}")


_REMARKS: Final = {False: "no longer current", "nearly": "nearly"}
"""What is remarked of a line: of whom no source lists any longer, and of what is only nearly what was searched for."""


def _number(text: str, rule: Callable[[str], str | None], option: str) -> str:
    """A number as typed in its one form. Raises BadParameter, which does not repeat it."""
    number = rule(text) if text.strip() else ""
    if number is None:
        raise typer.BadParameter("no such number can be: look for a digit mistyped", param_hint=option)
    return number


def _advice(criteria: Criteria) -> str:
    """What to try after a search that found nothing, by what was searched for."""
    if criteria.key is not None:
        return "Check the name of the source and the whole key, or search by --name."
    tries = ["fewer words, or only how they begin"] if criteria.name or criteria.address else []
    if criteria.born:
        tries.append("a part of the birth date (its year)")
    if criteria.postcode:
        tries.append("the whole postcode, or none")
    if criteria.nhs_number or criteria.uprn or criteria.reference:
        tries.append("a name or an address: not every source holds the number")
    if criteria.kind:
        tries.append("no --kind")
    return f"Try {'; '.join(tries)}."
