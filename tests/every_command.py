"""Every command there is, for tests/acceptance/test_every_way_in.py: how it is run, or why it reads no release.

In braces is what that test knows of its place: a resident, records, files. `{new}` is an empty folder.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import NamedTuple

from vestry.errors import CandidateMissing, CandidateNotCompared, NotFound
from vestry.office.agreements.errors import MarkUnknown

PEOPLE, COUNTS, OTHERS = True, False, None


class Reads(NamedTuple):
    """How a command is run that reads a release, what it enters, and whether it tells of the resident (PEOPLE), of whoever it
    may be (OTHERS), or of nobody (COUNTS).

    `first` are commands that are run before, unwatched. `asked` is what is asked as a user, where the command takes --as. Of one
    that `halts`, the steps of a build are left out, and it is ended where it first opens a release.
    """

    arguments: str
    enters: str
    tells: bool | None = COUNTS
    first: tuple[str, ...] = ()
    asked: str | None = None
    halts: bool = False


class ReadsNone(NamedTuple):
    """Why a command opens no release, and with what it is run to show that; None where it cannot be run simply."""

    why: str
    arguments: str | None = None
    first: tuple[str, ...] = ()
    ends: int = 0


PAIR = "{left} {right}"
MEASURED = "evaluate --sample {name} --pairs 5 --purpose matching-review"
IMPORTED = "agreement import"
READS: Mapping[str, Sequence[Reads]] = {
    "status": [Reads("", "status")],
    "quarantine": [
        Reads("", "quarantine"),
        Reads("--as external-auditor", "quarantine"),
        Reads(
            "{source} --rows {new}/rows.csv --purpose data-quality", "quarantine-rows", asked="{source} --rows {new}/rows.csv"
        ),
    ],
    "find": [
        Reads("--name {family} --purpose council-tax", "find", PEOPLE, asked="--postcode {postcode}"),
        Reads("--name {family} --purpose direct-care --as general-practitioner", "find", PEOPLE),
    ],
    "match": [
        Reads("{record} --purpose data-quality", "match", PEOPLE, asked="{record}"),
        Reads("{record} --purpose direct-care --as general-practitioner", "match", PEOPLE),
    ],
    "show": [
        Reads("{resident} --purpose housing", "show", PEOPLE, asked="{resident}"),
        Reads("{resident} --purpose direct-care --as general-practitioner", "show", PEOPLE),
        Reads(
            "{resident} --purpose emergency --as adult-social-worker --emergency fire --tell governance-officer",
            "show", PEOPLE,
        ),
    ],
    "explain": [
        Reads("{resident} --purpose data-quality", "explain", PEOPLE, asked="{resident}"),
        Reads("{resident} --purpose direct-care --as general-practitioner", "explain", PEOPLE),
        Reads("{two} --purpose data-quality", "explain-pair", PEOPLE, asked="{two}"),
    ],
    "export": [
        Reads("people --to {new}/t.csv --purpose planning", "export", asked="people --to {new}/t.csv"),
        Reads("area_measures --to {new}/t.csv", "export"),
        Reads("people --to {new}/t.csv --purpose audit --as external-auditor", "export"),
    ],
    "evaluate": [
        Reads("--truth {place}/truth --only people --purpose training", "evaluate"),
        Reads("--sample {name} --pairs 5 --purpose matching-review", "review-sample"),
        Reads("--sample {name} --purpose matching-review", "review-sample", first=(MEASURED,)),
    ],
    "review": [Reads("", "review-queue review-look", OTHERS)],
    "review next": [Reads("", "review-queue review-look", OTHERS, asked="")],
    "review list": [Reads("", "review-queue", asked=""), Reads("--as data-engineer", "review-queue")],
    "review show": [Reads(PAIR, "review-look", OTHERS, asked=PAIR)],
    "review decide": [Reads(f"{PAIR} cannot-tell", "review-decide", asked=f"{PAIR} same")],
    "review undo": [Reads(PAIR, "review-decide", first=(f"review decide {PAIR} cannot-tell",), asked=PAIR)],
    "review addresses": [Reads("", "review-queue", OTHERS, asked="")],
    "review address": [Reads("{misspelt} --none", "review-decide", asked="{misspelt} --none")],
    "review status": [Reads("", "review-status")],
    "review sample": [Reads("--name {name} --pairs 5", "review-sample")],
    "review double": [Reads("{name}", "review-look", OTHERS, first=("review sample --name {name} --pairs 5",))],
    "audit about": [Reads("{resident}", "export")],
    "marks set": [Reads("{resident} objects --of planning --because asked", "status", PEOPLE)],
    "agreement check": [Reads("", "export")],
    "agreement import": [Reads("", "export")],
    "agreement draft": [Reads("{new}/carers-support.yaml", "export", first=(IMPORTED,))],
    "model compare": [Reads("", "model-compare", halts=True)],
    "build": [Reads("--again", "build", halts=True)],
    "demo": [Reads("--no-serve --dir {new}/demo --residents 400", "status evaluate example export", OTHERS)],
}  # fmt: skip
"""Every command that gives or reads anything of a release -> the ways in which it is run."""

AGREED = "the register of agreements is the office's"
ACCOUNTS = "accounts are the office's"
MODELS = "reads models and manifests"
READS_NONE: Mapping[str, ReadsNone] = {
    "new": ReadsNone("makes an empty folder", "{new}/one"),
    "contract check": ReadsNone("reads contracts", ""),
    "contract draft": ReadsNone("reads the file that it is given", "{incoming}"),
    "agreement simulate": ReadsNone("reads agreements and contracts", "carers-support"),
    "agreement compare": ReadsNone("is of a resident who is described, not looked up", "--age 81"),
    "agreement odrl": ReadsNone("reads agreements", "carers-support"),
    "agreement list": ReadsNone(AGREED, ""),
    "agreement history": ReadsNone(AGREED, "carers-support", (IMPORTED,)),
    "agreement propose": ReadsNone(AGREED, "blue-badge-residence", (IMPORTED, "agreement renew blue-badge-residence {term}")),
    "agreement sign": ReadsNone(
        AGREED, "carers-support --for eldershire --title Head",
        (IMPORTED, "agreement renew carers-support {term}", "agreement propose carers-support"),
    ),
    "agreement suspend": ReadsNone(AGREED, "national-fraud-initiative --because asked", (IMPORTED,)),
    "agreement resume": ReadsNone(
        AGREED, "free-school-meals --because asked", (IMPORTED, "agreement suspend free-school-meals --because asked")
    ),
    "agreement end": ReadsNone(AGREED, "known-to-care --because asked", (IMPORTED,)),
    "agreement renew": ReadsNone(AGREED, "homelessness-prevention {term}", (IMPORTED,)),
    "agreement yaml": ReadsNone(AGREED, "carers-support", (IMPORTED,)),
    "people import": ReadsNone(ACCOUNTS, ""),
    "people list": ReadsNone(ACCOUNTS, ""),
    "people add": ReadsNone(ACCOUNTS, "ann-{name} --name Ann"),
    "people give": ReadsNone(ACCOUNTS, "badge-clerk eldershire auditor", ("people import",)),
    "people take": ReadsNone(ACCOUNTS, "badge-clerk eldershire", ("people import",)),
    "people train": ReadsNone(ACCOUNTS, "badge-clerk safeguarding --until 2030-01-01", ("people import",)),
    "people openid": ReadsNone(ACCOUNTS, "badge-clerk clerk@x", ("people import",)),
    "people invite": ReadsNone(ACCOUNTS, "badge-clerk", ("people import",)),
    "people forget": ReadsNone(ACCOUNTS, "badge-clerk", ("people import",)),
    "people suspend": ReadsNone(ACCOUNTS, "fire-control", ("people import",)),
    "people restore": ReadsNone(ACCOUNTS, "housing-officer", ("people import", "people suspend housing-officer")),
    "systems list": ReadsNone(ACCOUNTS, ""),
    "systems connect": ReadsNone(ACCOUNTS, "line-{name} --for police --name Line"),
    "systems revoke": ReadsNone(ACCOUNTS, "{client}", ("systems connect line-{name} --for police --name Line",)),
    "receive": ReadsNone("takes extracts in, and enters that", "{source} {incoming} --as-at {day} --accept"),
    "work": ReadsNone("does what was asked for in the office; of nothing that waits, nothing", ""),
    "serve": ReadsNone("serves until it is ended; its routes are walked in test_every_route.py"),
    "model": ReadsNone(MODELS, ""),
    "model status": ReadsNone(MODELS, ""),
    "model train": ReadsNone("learns from extracts, and enters that; tests/acceptance/test_retraining.py watches it"),
    "model adopt": ReadsNone(MODELS, "--reason asked --yes", ends=CandidateNotCompared.exit_code),
    "model discard": ReadsNone(MODELS, ""),
    "model restore": ReadsNone(MODELS, "0123456789ab", ends=CandidateMissing.exit_code),
    "releases list": ReadsNone("reads manifests: counts, and no release", ""),
    "audit verify": ReadsNone("reads the log", ""),
    "audit checkpoint": ReadsNone("reads the log", ""),
    "audit key": ReadsNone("reads a key", ""),
    "audit search": ReadsNone("reads the log, and enters that", "--action show"),
    "marks list": ReadsNone("marks are the office's", ""),
    "marks take-back": ReadsNone("marks are the office's", "{resident} sealed", ends=MarkUnknown.exit_code),
    "emergency list": ReadsNone("emergencies are the office's", ""),
    "emergency looks": ReadsNone("reads the log, and enters that", "1"),
    "emergency review": ReadsNone(
        "emergencies are the office's", "99 --found justified --as governance-officer", ends=NotFound.exit_code
    ),
    "purposes": ReadsNone("prints a list of this program", ""),
    "synthesise": ReadsNone("makes a fictional county", "{new}/county --residents 100 --districts 1 --months 0"),
}  # fmt: skip
"""Every other command -> why it reads no release, and how it is run to see that."""

NOT_ASKED_AS = {"emergency review": "--as says who reviews; what it shows is that it was entered"}
"""Commands whose --as is not as whom a release is read."""

HAVE_NO_PLACE = {"new", "contract draft", "purposes", "synthesise", "demo", "review", "model"}


@dataclass(frozen=True, kw_only=True)
class Way:
    """One way in which one command is run."""

    command: str
    arguments: str
    enters: frozenset[str] = frozenset()
    tells: bool | None = COUNTS
    first: tuple[str, ...] = ()
    halts: bool = False
    ends: int = 0

    def __str__(self) -> str:
        return f"{self.command} {self.arguments}".strip()

    @property
    def user(self) -> str:
        """As whom it asks."""
        return (re.findall(r"--as (\S+)", self.arguments) or [""])[0]

    def asked_for(self, purpose: str, user: str) -> Way:
        """The same, as somebody and for something."""
        return replace(self, arguments=f"{self.arguments} --purpose {purpose} --as {user}".strip())


def _way(command: str, said: Reads, arguments: str) -> Way:
    return Way(
        command=command, arguments=arguments, enters=frozenset(said.enters.split()), tells=said.tells, first=said.first,
        halts=said.halts,
    )  # fmt: skip


WAYS = [_way(command, said, said.arguments) for command, each in READS.items() for said in each]
ASKED = [
    _way(command, said, said.asked)
    for command, each in READS.items()
    for said in each
    if said.asked is not None
]
"""What is asked as a user, of each command that can be asked so, but for whom and for what."""
SHOWN_TO_READ_NONE = [
    Way(command=command, arguments=said.arguments, first=said.first, ends=said.ends)
    for command, said in READS_NONE.items()
    if said.arguments is not None
]
