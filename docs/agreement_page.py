"""The reference page of agreements: every setting, purpose, category, precision, role and marker, from the code."""

from __future__ import annotations

from markdown_text import codes, table

from vestry.sharing.agreements.agreement import HOW
from vestry.sharing.agreements.reading import SETTINGS
from vestry.sharing.askers import SETTINGS as USER_SETTINGS
from vestry.sharing.asking import ROLES
from vestry.sharing.categories import CATEGORIES
from vestry.sharing.precision import names_for
from vestry.sharing.purposes import PURPOSES
from vestry.sharing.refusals import REASONS
from vestry.sharing.subjects import MARKERS


def agreement_page() -> list[str]:
    """How an agreement is written: settings, purposes, categories, precisions, roles and reasons."""
    lines = [
        "# How an agreement is written",
        "",
        "One YAML file for each, under `agreements/`. `vestry agreement check` names every problem and runs the examples;",
        "`vestry agreement simulate NAME` says what would be seen by whom.",
        "",
        *table(["setting", "says"], [[codes([name]), says] for name, says in SETTINGS.items()]),
        "",
        "## Purposes",
        "",
        *table(
            ["purpose", "means", "UK GDPR, Article 6", "Article 9", "gateway"],
            [
                [
                    codes([p.code]),
                    p.means,
                    p.basis.article_6 or p.basis.part_3,
                    p.basis.article_9,
                    p.basis.gateway,
                ]
                for p in PURPOSES
            ],
        ),
        "",
        "## Categories of fields, and how precisely each can be shown",
        "",
        *table(
            ["category", "fields", "precision"],
            [[codes([name]), codes(fields), codes(names_for(name))] for name, fields in CATEGORIES.items()],
        ),
        "",
        "## Ways of use",
        "",
        *table(["how", "is"], [[codes([name]), says] for name, says in HOW.items()]),
        "",
        "## Roles",
        "",
        *table(["role", "is who"], [[codes([name]), says] for name, says in ROLES.items()]),
        "",
        "## What may be said of the person in an example",
        "",
        *table(["marked", "means"], [[codes([name]), says] for name, says in MARKERS.items()]),
        "",
        "## Why something is withheld",
        "",
        "Of several reasons the lowest in this table is told.",
        "",
        *table(
            ["code", "says", "may be told to whoever asked"],
            [[codes([r.code]), r.says, "yes" if r.tellable else "no"] for r in REASONS],
        ),
        "",
        "## Who signed: `signatures.yaml`",
        "",
        "Beside `agreements/`. Of each version: when it was proposed, who signed it, and whether it was suspended or ended.",
        "The digest is of all that the agreement says: where a word of it is changed afterwards, nobody has signed it. An",
        "agreement that is not there is a draft.",
        "",
        "```yaml",
        "filed:",
        "- agreement: council-tax-recovery",
        "  version: 1",
        "  proposed: 2026-01-12",
        "  signed:",
        "  - {organisation: borough, by: Monitoring Officer, day: 2026-02-20, digest: 7ea56265…}",
        "  suspended: {day: 2026-09-01, because: a complaint is looked into}",
        "```",
        "",
        "## Users: `people.yaml`",
        "",
        "Whom the place begins with, under `people`.",
        "",
        *table(["setting", "says"], [[codes([name]), says] for name, says in USER_SETTINGS.items()]),
        "",
        "```yaml",
        "people:",
        "- user: discharge-worker",
        "  name: Jo Field",
        "  works_for:",
        "  - {organisation: county, as: Social worker, roles: [social-worker]}",
        "  - {organisation: hospital, as: Discharge co-ordinator, roles: [front-line-officer]}",
        "  training: {safeguarding: 2027-03-31}",
        "  family:",
        '  - {source: gp-registrations, key: "010000799", part: patient}',
        "```",
    ]
    return lines
