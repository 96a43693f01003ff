"""A first contract from a file: what can be seen is written down, what cannot is marked `# doubt:`.

Promise 7: a draft holds no values from rows, but codes of code lists that cannot be names.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace
from itertools import combinations
from pathlib import Path
from typing import Final

from vestry.contracts.complaints import UNFILLED
from vestry.contracts.contract import Column, LawfulBasis, Rows, Rule, Table, Target
from vestry.contracts.guessing import Guess, guess
from vestry.contracts.recognising import CATEGORY, KEY_LIKE, NEVER_CODES, SPECIAL, normalise
from vestry.contracts.sampling import (
    GEOMETRY,
    Sample,
    SampleTable,
    first_bytes,
    sample_geojson,
    sample_parquet,
)
from vestry.contracts.sampling_csv import sample_csv
from vestry.contracts.sampling_xml import sample_xml
from vestry.contracts.things import Things, find_things, standard_codes
from vestry.contracts.writing import contract_yaml
from vestry.errors import FileUnreadable
from vestry.model import kinds

_CHECKS: Final = {
    "nhs_number": "nhs-number-check-digit",
    "nino": "nino-form",
    "postcode": "postcode-form",
    "uprn": "uprn-form",
    "email": "email-form",
    "phone": "phone-form",
    **dict.fromkeys(("birth_date", "death_date", "opened_on", "rated_on"), "date-not-after-extract"),
}
"""Field -> the check that its column gets."""

_TEXT_FIELDS: Final = frozenset(_CHECKS) - {"birth_date", "death_date", "opened_on", "rated_on"} | {
    *(
        "usrn",
        "upn",
        "other_number",
        "address_lines",
        "ods_code",
        "fhrs_id",
        "school_urn",
        "company_number",
        "reference",
    ),
}
"""Fields whose digits are a name, not a number: 0123 is not 123."""

_NO_KEY: Final = frozenset(
    {"title", "family_name", "given_names", "full_name", "birth_date", "death_date", "email", "phone"}
    | {"postcode", "longitude", "latitude", "address_lines", "amount", "boundary", "organisation_name", "sex"}
)
_KEYS: Final = frozenset({"area_code", "fhrs_id", "ods_code", "school_urn", "uprn"})
"""Fields that name the very thing that a row is about, and so make the best keys."""

_MOST_KEY_COLUMNS: Final = 8


def draft_contract(file: Path, *, source: str, organisation: str) -> str:
    """The YAML text of a first contract for `file`: CSV, XML, GeoJSON or Parquet, plain or gzip.

    The first 20,000 rows are looked at. What only a person can say (the lawful basis; the organisation, when
    "") is written as `?`, which `check_contracts` reports until it is filled in. Raises FileUnreadable.
    """
    sample = look_into(file)
    doubts: dict[tuple[str, ...], list[str]] = {
        ("vestry.lawful_basis",): [
            "which conditions and which statute; ask your information governance officer"
        ],
        ("vestry.may_link",): ["whether these records may be joined to those of other sources at all"],
        ("vestry.extract",): ["whether the source sends everything each time (full), or changes only"],
        ("vestry.format",): list(sample.doubts),
    }
    if not organisation:
        doubts["vestry.organisation",] = ["who sends it: a name under [organisations] of place.toml"]
    tables = [_draft_table(t, sample, doubts) for t in sample.tables]
    special = any(c.classification == "special-category" for t in tables for c in t.columns)
    return contract_yaml(
        source=source,
        organisation=organisation or UNFILLED,
        title=source.replace("-", " ").capitalize(),
        lawful_basis=LawfulBasis(
            article_6=UNFILLED, article_9=UNFILLED if special else None, gateway=UNFILLED if special else None
        ),
        layout=sample.layout,
        tables=tables,
        status="draft",
        description={"purpose": "Drafted from a file; every line is a guess until someone has read it."},
        doubts={k: v for k, v in doubts.items() if v},
    )


def look_into(file: Path) -> Sample:
    """The first rows of a file, whatever its format. Raises FileUnreadable when it holds none."""
    content, whole = first_bytes(file)
    start = content[:1000].lstrip(b"\xef\xbb\xbf \t\r\n")
    if content.startswith(b"PAR1"):
        sample: Sample | None = sample_parquet(file, content, whole)
    elif start.startswith(b"{"):
        sample = sample_geojson(file, content, whole)
    elif start.startswith(b"<"):
        sample = sample_xml(file)
    else:
        sample = sample_csv(content, whole)
    if sample is None or not any(t.rows for t in sample.tables):
        raise FileUnreadable(
            "No rows were found in the file.",
            where=str(file),
            fix="give a CSV, XML, GeoJSON or Parquet file with at least one row",
        )
    return sample


def _draft_table(sampled: SampleTable, sample: Sample, doubts: dict[tuple[str, ...], list[str]]) -> Table:
    guesses = []
    for at, name in enumerate(sampled.physical_names):
        words = normalise(name)
        dated = any(w in words for w in ("date", "dob", "open", "close", "birth", "start", "end"))
        values = [] if sample.layout.format == "geojson" and name == GEOMETRY else sampled.column(at)
        guesses.append(guess(values, dated=dated))
    things = find_things(sampled, guesses)
    key, key_doubts = _key(sampled, guesses, things)
    about = list(sampled.doubts) + things.row_doubts + key_doubts
    if sum(g.always_filled for g in guesses):
        extent = "" if sample.whole else "first "
        about.append(
            f"required are the columns that were never blank in the {extent}{len(sampled.rows)} rows"
        )
    if not things.of_people:
        about.append("classified public, because no column speaks of people")
    doubts[(sampled.name,)] = about
    columns, rules = [], list[Rule]()
    for at, guessed in enumerate(guesses):
        column, found = _draft_column(sampled, at, guessed, things, key)
        columns.append(column)
        rules += found
        notes = [*guessed.doubts, *things.column_doubts.get(at, ())]
        if column.codes and not standard_codes(things.targets.get(at), guessed.codes)[1]:
            notes.append("what these codes stand for: write the standard's on the right")
        if column.classification == "personal" and not things.of_people:
            notes.append("personal where it is one person's own")
        doubts[(sampled.name, column.name)] = notes
    rows = Rows(path=sampled.path)
    if sampled.equals is not None:
        rows = Rows(column=1, equals=sampled.equals)
    return Table(
        name=sampled.name,
        columns=tuple(columns),
        parts=tuple(things.parts.values()),
        rows=rows,
        control_total=sampled.control_total,
        each_row_counts=not key,
        rules=tuple(rules),
    )


def _draft_column(
    sampled: SampleTable, at: int, guessed: Guess, things: Things, key: Sequence[int]
) -> tuple[Column, list[Rule]]:
    target = things.targets.get(at)
    name = sampled.names[at]
    words = normalise(sampled.physical_names[at])
    logical_type = guessed.logical_type
    if logical_type in ("integer", "number") and (
        at in key or (target is not None and target.field in _TEXT_FIELDS) or KEY_LIKE.fullmatch(words)
    ):
        logical_type = "string"
    column = Column(
        name=name,
        physical_name=sampled.physical_names[at],
        logical_type=logical_type,
        formats=guessed.formats,
        codes=_codes(words, guessed, things, target, at in key),
        targets=(target,) if target is not None else (),
        required=guessed.always_filled,
        key_position=key.index(at) + 1 if at in key else None,
        classification=_classification(words, guessed, things, target),
        blanks=guessed.blanks,
    )
    if column.codes and column.logical_type in ("integer", "number"):
        column = replace(column, logical_type="string")
    check = _CHECKS.get(target.field) if target is not None else None
    if check is None:
        return column, []
    return column, [Rule(name=check, check=check, dimension="validity", column=name)]


def _codes(words: str, guessed: Guess, things: Things, target: Target | None, keyed: bool) -> dict[str, str]:
    """The code list of a column, if it has one that may be written down."""
    coded = target is not None and target.field in (
        *("sex", "gender", "ethnicity", "organisation_type", "rating", "status", "type"),
    )
    if (
        keyed
        or guessed.logical_type == "boolean"
        or NEVER_CODES.search(words)
        or (target is not None and not coded)
    ):
        return {}
    texts = guessed.codes
    if re.fullmatch(r"column \d+", words) and any(t.isalpha() and len(t) > 1 for t in texts):
        return {}  # without a header nothing says that Lee and Ng are no names
    if not texts and guessed.words and CATEGORY.search(words) and not things.of_people:
        texts = guessed.words
    if guessed.logical_type in ("integer", "number") and not coded and not KEY_LIKE.fullmatch(words):
        return {}  # a small number of something, as likely as a code
    return standard_codes(target, texts)[0]


def _classification(words: str, guessed: Guess, things: Things, target: Target | None) -> str:
    if things.of_people:
        return "special-category" if SPECIAL.search(words) else "personal"
    kind = things.parts[target.part].kind if target is not None else ""
    if guessed.identifier in ("email", "nhs_number", "nino", "upn"):
        return "personal"
    if kind == kinds.ORGANISATION and target is not None and target.field in ("email", "phone"):
        return "personal"
    return "public"


def _key(sampled: SampleTable, guesses: Sequence[Guess], things: Things) -> tuple[tuple[int, ...], list[str]]:
    """(positions of the key's columns, doubts): one column, else two or three together, else none."""
    fit = []
    for at, guessed in enumerate(guesses):
        target = things.targets.get(at)
        named = target is not None and target.field in _NO_KEY and target.part != "where"
        if guessed.always_filled and guessed.logical_type not in ("number", "boolean") and not named:
            fit.append(at)
    like = {at: KEY_LIKE.fullmatch(normalise(sampled.physical_names[at])) is not None for at in fit}
    few = len(sampled.rows) < 20
    doubt = [f"the key: too few rows ({len(sampled.rows)}) to be sure of it"] if few else []
    alone = [at for at in fit if guesses[at].unique and guesses[at].logical_type in ("string", "integer")]
    if alone:
        naming = {at for at, t in things.targets.items() if t.field in _KEYS}
        best = min(alone, key=lambda at: (at not in naming, not like[at], at))
        return (best,), doubt
    several = sorted(fit, key=lambda at: (not like[at], -guesses[at].distinct, at))[:_MOST_KEY_COLUMNS]
    for size in (2, 3):
        for chosen in combinations(several, size):
            seen = {tuple(row[at] for at in chosen) for row in sampled.rows}
            if len(seen) == len(sampled.rows):
                return tuple(sorted(chosen)), [
                    *doubt,
                    f"the key: only {size} columns together are never repeated",
                ]
    return (), ["no column, nor two or three together, is never blank and never repeated: is there a key?"]
