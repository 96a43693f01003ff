"""The page of the law under which the fictional county lives: agreements, users, and what five of them see of one resident."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Final

from markdown_text import codes, table

from vestry.contracts.reading import read_contracts
from vestry.place import open_place
from vestry.sharing.agreements.comparing import Look, compared
from vestry.sharing.agreements.describing import Described
from vestry.sharing.agreements.folder import Agreements, read_agreements
from vestry.sharing.agreements.wording import organisations_told, stands, told_of
from vestry.sharing.asking import Asker
from vestry.sharing.categories import CATEGORIES
from vestry.synthetic.county import FIRST_AS_AT, later, write_place
from vestry.synthetic.law.drafting import Draft, drafts, ends_on
from vestry.synthetic.law.users import Office, offices
from vestry.synthetic.law.writing import write_agreements
from vestry.synthetic.plan import DISTRICTS, PARTNERS

MONTHS: Final = 3
SEED: Final = 1
FIVE: Final = (
    ("adult-social-worker", "safeguarding"),
    ("revenues-officer", "council-tax"),
    ("general-practitioner", "direct-care"),
    ("police-analyst", "law-enforcement"),
    ("external-auditor", "audit"),
)
"""(user, purpose) of those who look at one resident."""

HER: Final = Described(
    age=81,
    areas=frozenset({DISTRICTS[0].code}),
    known_to=frozenset({"adult-social-care", "gp-registrations", f"{DISTRICTS[0].organisation}-council-tax"}),
)

INTRODUCTION: Final = """\
The [fictional county](the-fictional-county.md) is made with the law that it lives under, so that sharing can be practised
as everything else can: `vestry synthesise` and `vestry demo` write data sharing agreements into `agreements/`, who signed
them into `signatures.yaml`, and twenty users into `people.yaml`. They are between the county's own organisations; none
is anybody's real agreement. [How an agreement is written](../reference/agreement-notation.md) has the words.

```
vestry agreement check                      where each stands today, and every problem of any of them
vestry agreement simulate safeguarding-hub  what would be seen by it, by whom
vestry agreement compare --age 81           what each user sees of one resident, as the agreements stand
```

They are made to be true on any day. A signature is of the words to the letter (a digest), and was made by reading them; change
one word of a file and `vestry agreement check` says who must sign again. The county's own days are those of its
extracts, which are fixed; so terms and courses run ten years past the last of them, far longer than a real one would,
and what is in force is so on the county's days and on the day that you practise. One agreement's review is overdue.

Besides those who send records, these are party to agreements:"""

SEEN: Final = """\
## One resident, five people

She is 81, lives in Brackmere, has a council tax account, a general practice, and care. Each of five people asks about her for
the purpose of their work. In the cells: how precisely they see it, by agreement. What their own organisation sent itself
they see besides."""

LIMITS: Final = """\
## What is unlike life

- Which law opens which gate is for a data protection officer to say. The statutes named are those that such agreements name;
  the county's are shorter than any real one, and leave out schedules of security, incidents and complaints.
- Terms and courses are too long, as said above, and nobody has ever refused to renew one.
- No role is that of a registration officer, or of a clerk for badges: front-line officers stand in for them.
- Who objects, has opted out or has said yes is known of nobody: no extract tells it.
- An organisation sees what it sent itself, whole, for any purpose. So the county's blue badge clerk may look up the
  county's own care records: within one organisation, agreements divide nothing."""


@dataclass(frozen=True, slots=True, kw_only=True)
class _County:
    read: Agreements
    written: Sequence[Draft]


def law_page() -> list[str]:
    """The lines of the page."""
    county = _county()
    return [
        "# The county under law",
        "",
        *INTRODUCTION.splitlines(),
        "",
        *table(["", "organisation"], [[f"`{name}`", title] for name, title in PARTNERS.items()]),
        "",
        "## The agreements",
        "",
        f"As they stand on {_last().day} {_last():%B %Y}, the day of the last extracts, in a county of all ten districts.",
        "",
        *table(
            ["agreement", "for", "law that opens the gate", "between", "who uses it", "by", "stands"],
            [_row(county.read, draft.name) for draft in county.written],
        ),
        "",
        *_paragraphs(county),
        *SEEN.splitlines(),
        "",
        *_five(county.read),
        "",
        "`vestry agreement compare` prints the same for all twenty, and for whomever you describe.",
        "",
        "## The users",
        "",
        "Their names are drawn with the county. Four live in it: their families' records are named, by key, and they may not",
        "look at those. A course counts until its day; one has lapsed.",
        "",
        *table(["user", "works for", "roles", "trained in"], [_user(office) for office in offices(DISTRICTS[0].organisation)]),
        "",
        *LIMITS.splitlines(),
    ]  # fmt: skip


def _last() -> date:
    return later(FIRST_AS_AT, MONTHS)


def _county() -> _County:
    with TemporaryDirectory() as made:
        folder = Path(made)
        write_place(folder, 20_000, SEED, MONTHS, DISTRICTS)
        write_agreements(folder, DISTRICTS, _last(), SEED)
        place = open_place(folder)
        return _County(read=read_agreements(place, read_contracts(place)), written=drafts(DISTRICTS, _last()))


def _row(read: Agreements, name: str) -> list[str]:
    (filed,) = (f for f in read.filed if f.agreement.agreement_id == name)
    agreement = filed.agreement
    users = sorted({role for users in agreement.users for role in users.roles})
    return [
        f"[`{name}`](#{name})",
        agreement.purpose,
        agreement.basis.gateway,
        organisations_told(p.organisation for p in agreement.parties),
        ", ".join(users),
        ", ".join(sorted(agreement.how)),
        stands(filed, None, _last()).partition(":")[0],
    ]


def _paragraphs(county: _County) -> list[str]:
    lines: list[str] = []
    for draft in county.written:
        agreement = county.read.found[draft.name]
        about = told_of(agreement.about, county.read.sources)
        lines += [
            f"### {draft.name}",
            "",
            f"**{agreement.title}.** {draft.because}",
            "",
            f"About {about}. Kept {agreement.retention_days:,} days at most.",
            "",
        ]
    return lines


def _five(read: Agreements) -> list[str]:
    by_name = {office.user: office for office in offices(DISTRICTS[0].organisation)}
    at = datetime.combine(_last(), datetime.min.time(), UTC) + timedelta(hours=12)
    looks = [compared([_asker(by_name[user])], HER, read, at, purpose)[0] for user, purpose in FIVE]
    heads = ["", *(f"`{user}`, {purpose}" for user, purpose in FIVE)]
    rows = [[category, *(_cell(look, category) for look in looks)] for category in CATEGORIES]
    return table(heads, [row for row in rows if any(row[1:])])


def _cell(look: Look, category: str) -> str:
    """How precisely, of what part of the category, by agreement."""
    said = []
    for seen in look.seen:
        if seen.category == category and set(seen.rests_on) != {"own records"}:
            part = (
                ""
                if seen.whole_category
                else f" ({', '.join(f.removeprefix('dealing.') for f in seen.fields)})"
            )
            said.append(f"{seen.precision}{part}")
    return "; ".join(dict.fromkeys(said))


def _asker(office: Office) -> Asker:
    ((organisation, (_, roles)),) = office.works_for.items()
    return Asker(
        user=office.user,
        organisation=organisation,
        roles=frozenset(roles),
        training=dict.fromkeys(office.courses, ends_on(_last())),
    )


def _user(office: Office) -> list[str]:
    return [
        f"`{office.user}`",
        "; ".join(f"{organisation}: {title}" for organisation, (title, _) in office.works_for.items()),
        codes(dict.fromkeys(role for _, roles in office.works_for.values() for role in roles)),
        ", ".join([*office.courses, *(f"{course} (lapsed)" for course in office.lapsed)]),
    ]
