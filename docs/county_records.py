"""The part of the county's page that shows records: one family as every system has it, and lines of several files."""

from __future__ import annotations

from county_samples import DISTRICTS, RESIDENTS, SEED, Held, Samples
from markdown_text import table

from vestry.synthetic.county import FIRST_AS_AT


def records(shown: Samples) -> list[str]:
    place = f"{RESIDENTS:,} residents in {DISTRICTS} districts with seed {SEED}"
    lines = [
        "## Records to look at",
        "",
        f"From a county of {place}, as at {FIRST_AS_AT.day} {FIRST_AS_AT:%B %Y}:",
        "",
        "```",
        f"vestry synthesise practice --residents {RESIDENTS} --districts {DISTRICTS} --seed {SEED}",
        "```",
        "",
        "### One family, side by side",
        "",
        f"Four people truly live together at the property {shown.home}. This is every row that holds one of them,"
        if len(shown.members) == 4
        else f"These people truly live together at the property {shown.home}. Every row that holds one of them,",
        "each value as the file has it. Parts of a name that stand in columns of their own are parted by a dot.",
    ]
    for member in shown.members:
        truly = member.truly
        lines += [
            "",
            f"**{truly['given_names']} {truly['family_name']}**, born {truly['birth_date']}, NHS number {truly['nhs_number']}",
            "",
            *table(
                ("source, key and part", "name", "born", "address", "telephone, email", "numbers"),
                map(_held, member.held),
            ),
        ]
    lines += ["", "### A few lines of several files", ""]
    for what, name, text in shown.files:
        lines += [
            *([f"**{what[0].upper()}{what[1:]}**", ""] if what else []),
            f"`{name}`",
            "",
            "```",
            text,
            "```",
            "",
        ]
    return lines


def _held(held: Held) -> list[str]:
    said = held.said
    address = " ".join(said[f] for f in ("address_lines", "postcode") if said.get(f))
    uprn = f" (UPRN {said['uprn']})" if said.get("uprn") else ""
    reached = ", ".join(said[f] for f in ("phone", "email") if said.get(f))
    return [
        f"`{held.source}` {held.key} {held.part}",
        held.name,
        said.get("birth_date", ""),
        address + uprn,
        reached,
        held.numbers,
    ]
