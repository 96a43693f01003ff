"""Takes sealed identities out, before anything is placed, blocked or linked (promise 10).

A source may tell of identities that must never be joined to anybody: what a person was called before an adoption, a
recognition of gender, or a flight into protection. Every record that tells of such an identity is taken out of the
line here, together with the row that it came in where that row tells of nobody else. It is in no table of the release:
only how many rows were withheld is said, extract by extract. Where it is not certain whether a record tells of a
sealed identity, it does: a record too many is missed by somebody; one too few can cost a life.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Final

import ibis
import ibis.expr.types as ir

from vestry.contracts.contract import Part
from vestry.contracts.shared_keys import SourcePart, key_owners
from vestry.engines.engine import Engine
from vestry.errors import Problem, SealedListIncomplete
from vestry.intake.describing import raw_values
from vestry.intake.loading import Loaded, Received
from vestry.linkage.shared_keys import owner_table, with_key_owner
from vestry.model import kinds
from vestry.model.fields import SEALED_FIELDS
from vestry.model.identifiers import KIND_ENDS
from vestry.standardise.remembered import Remembered

A_GENERATION: Final = 14
"""Years between the births of two people of one name in one home from which they are parent and child."""

SLIPS, SHORT = 2, 4
"""Two names of more than `SHORT` letters are one if so many slips part them; of shorter ones, if one does. More than
linkage would allow, on purpose."""

_ROW: Final = ["source", "table_name", "row_key"]
_THING: Final = ["source", "source_key", "part"]
_THING_BY_KEY: Final = ["key_source", "source_key", "key_part"]

COMPARED: Final = (
    "nhs_number", "upn", "nino", "other_number", "family_name", "given_names", "birth_date", "postcode",
    "address_lines",
)  # fmt: skip
TOGETHER: Final = ("nhs_number", "upn", "nino", "other_number", "birth_date", "postcode", "family_name")
"""A record and an identity that share one of these are looked at together; what shares none of them is not alike."""
HOLDING: Final = ("held_in", "held_as")


@dataclass(frozen=True, slots=True, kw_only=True)
class Unsealed:
    """`records` and `received` without sealed identities; `ledger` with `sealed`, the loaded rows withheld of each extract."""

    records: ir.Table
    received: Sequence[Received]
    ledger: ir.Table


def seal(engine: Engine, records: ir.Table, loaded: Loaded, remembered: Remembered) -> Unsealed:
    """Take every record of an identity that some part of kind `sealed` describes out of `records` and what was loaded.

    `records` as `standardise` gives them. A row goes with its person; a row that tells of somebody else too stays,
    without the one. Where no source tells of sealed identities, everything stays. Raises SealedListIncomplete.
    """
    received, ledger = loaded.received, loaded.ledger
    owners = key_owners(r.contract for r in received)
    parts = [(r, p) for r in received for p in r.table.parts if p.kind == kinds.SEALED]
    if not parts:
        return Unsealed(records=records, received=received, ledger=ledger.mutate(sealed=ibis.literal(0)))
    _assert_complete(engine, parts, ledger)
    with engine.workbench() as bench:
        identities = engine.keep("sealed_identities", _identities(parts, remembered))
        sealed = engine.keep("sealed_records", _told_of(engine, records, identities, remembered, owners))
        gone = engine.keep("sealed_rows", _whole_rows(records, sealed))
        withheld = records.semi_join(gone, _ROW).select("record_id").union(sealed)
        withheld = engine.keep("records_withheld", withheld.distinct())
        # A few records: the wide table is written again without them by the next step that writes it anyway.
        unsealed = _without_names_of_before(engine, records.anti_join(withheld, "record_id"), identities)
        losing = {
            (row["source"], row["table_name"])
            for row in engine.fetch(gone.drop("row_key").distinct()).to_pylist()
        }
        left = [_without(r, gone) if (r.contract.source, r.table.name) in losing else r for r in received]
        counted = engine.keep("ledger_sealed", _counted(ledger, received, gone, losing))
        bench.leave(unsealed, counted, gone)
    return Unsealed(records=unsealed, received=left, ledger=counted)


def _assert_complete(engine: Engine, parts: Sequence[tuple[Received, Part]], ledger: ir.Table) -> None:
    """Raise SealedListIncomplete where a list as it now stands has rows in quarantine."""
    kept_out = engine.fetch(
        ledger.filter(
            ledger.source.isin(sorted({r.contract.source for r, _ in parts})) & (ledger.quarantined > 0)
        )
    ).to_pylist()
    latest = {
        (r.contract.source, r.table.name): r.latest_as_at if r.contract.extract == "full" else ""
        for r, _ in parts
    }
    problems = [
        Problem(
            what=f"{row['quarantined']:,} of {row['received']:,} rows are in quarantine, and seal nobody.",
            where=f"{row['extract_id']}, {row['table_name']}",
            fix=f"vestry quarantine {row['source']}; then have the list mended, and receive it again",
        )
        for row in sorted(kept_out, key=lambda r: (r["extract_id"], r["table_name"]))
        if (at := (row["source"], row["table_name"])) in latest and row["as_at"] >= latest[at]
    ]
    if problems:
        raise SealedListIncomplete("A list of sealed identities was not read whole.", problems=problems)


def _identities(parts: Sequence[tuple[Received, Part]], remembered: Remembered) -> ir.Table:
    """What is known of every sealed identity, in standard form and with the keys that names are compared by.

    By every extract ever received, not the newest alone: an order of a court does not end because a row was left out
    of a list, and what other sources hold of the identity is still there. Who must be unsealed is unsealed by taking
    the extracts away that name them, which leaves a trace.
    """
    told = []
    for received, part in parts:
        values = raw_values(received.table, part, received.rows)
        said = {f"raw_{n}": values.get(n, ibis.null("string")) for n in COMPARED}
        told.append(received.rows.select(**said, **{n: values.get(n, ibis.null("string")) for n in HOLDING}))
    wanted = {
        f"raw_{n}": (SEALED_FIELDS[n].rule, [n] if n != "birth_date" else [n, "accuracy"]) for n in COMPARED
    }
    table = remembered.standard_forms(ibis.union(*told), wanted).select(*COMPARED, *HOLDING)
    return _keyed(table, remembered)


def _keyed(table: ir.Table, remembered: Remembered) -> ir.Table:
    keys = {
        "text_family": ("family_sound", ["family_sound"]),
        "text_given": ("given_key", ["given_key"]),
        "text_address": ("address_key", ["address_key"]),
    }
    texts = table.mutate(
        text_family=table.family_name, text_given=table.given_names, text_address=table.address_lines
    )
    return remembered.standard_forms(texts, keys).drop(*keys)


def _told_of(
    engine: Engine,
    records: ir.Table,
    identities: ir.Table,
    remembered: Remembered,
    owners: Mapping[SourcePart, SourcePart],
) -> ir.Table:
    """`record_id` of every person record of a thing of which some record tells of one of `identities`.

    All that a source has ever held under one key goes: which of it tells of whom, nobody can say. So does all that
    other sources hold under that key, if by contract it is theirs too: else a return without names would lead from
    who somebody was to who they are.
    """
    people = _bare(records.filter(records.kind == kinds.PERSON))
    identities = _bare(identities)
    said = identities.rename({f"{c}_sealed": c for c in identities.columns})
    near = ibis.union(*(_sharing(people, identities, column) for column in TOGETHER))
    some = people.semi_join(near, "record_id").select("record_id", "known_as", *COMPARED)
    some = engine.keep("sealed_candidates", _keyed(engine.keep("sealed_near", some), remembered))
    pairs = [some.inner_join(said, some[c] == said[f"{c}_sealed"]) for c in TOGETHER]
    told = ibis.union(*(pair.filter(_same(pair)).select("record_id") for pair in pairs)).distinct()
    named = said.select(source="held_in_sealed", source_key="held_as_sealed").distinct()
    by_key = people.semi_join(named, ["source", "source_key"]).select("record_id")
    seed = told.union(by_key).distinct()
    keyed = with_key_owner(people.select("record_id", *_THING), owners, others=True)
    things = keyed.semi_join(seed, "record_id").select(*_THING_BY_KEY)
    if owners:
        # The list may name a key by one source's name of which only another still holds anything.
        listed = named.inner_join(owner_table(owners), "source")
        things = things.union(listed.select(*_THING_BY_KEY))
    return keyed.semi_join(things.distinct(), _THING_BY_KEY).select("record_id").union(seed).distinct()


def _sharing(people: ir.Table, identities: ir.Table, column: str) -> ir.Table:
    listed = identities.filter(identities[column].notnull()).select(column)
    return people.select("record_id", column).semi_join(listed, column).select("record_id")


def _bare(table: ir.Table) -> ir.Table:
    """Insurance numbers without their last letter, which is not always sent, and other numbers without their kind, which two
    contracts may name otherwise."""
    return table.mutate(nino=table.nino.left(8), other_number=table.other_number.split(KIND_ENDS)[1])


def _same(pairs: ir.Table) -> ir.BooleanValue:
    """Whether a record tells of a sealed identity: by a number of its own, or by name with birth date or home."""

    def equal(column: str) -> ir.BooleanValue:
        return (pairs[column] == pairs[f"{column}_sealed"]).fill_null(False)

    first, first_sealed = pairs.given_names.split(" ")[0], pairs.given_names_sealed.split(" ")[0]
    initial = (first.length() == 1) & (first == first_sealed.left(1))
    same_letter = (first.left(1) == first_sealed.left(1)).fill_null(
        False
    )  # NICKY for Nicola, PETER for Piotr
    known = (pairs.known_as == pairs.given_names_sealed).fill_null(False)
    kept = equal("nino") | equal("other_number")  # numbers that somebody may keep as who they are now
    given = equal("given_key") | _alike(first, first_sealed) | initial.fill_null(False) | known
    any_given = given | _holds(pairs.given_names, first_sealed)
    family = (
        equal("family_sound")
        | _alike(pairs.family_name, pairs.family_name_sealed)
        | _holds(pairs.family_name, pairs.family_name_sealed)
    )
    swapped = _alike(pairs.family_name, first_sealed) & _alike(first, pairs.family_name_sealed)
    name = (family & any_given) | swapped
    near_birth = (pairs.birth_date.levenshtein(pairs.birth_date_sealed) <= 2).fill_null(False)
    year, year_sealed = (pairs[c].left(4).cast("int64") for c in ("birth_date", "birth_date_sealed"))
    same_year = (year == year_sealed).fill_null(False)
    parent_or_child = ((year - year_sealed).abs() >= A_GENERATION).fill_null(False)
    home = equal("postcode") | equal("address_key")
    unborn = pairs.birth_date.isnull()
    exactly = family & (first == first_sealed).fill_null(False)
    return ibis.or_(
        equal("nhs_number"),
        equal("upn"),
        kept & any_given,
        equal("birth_date") & (name | (family & same_letter)),
        near_birth & name & (home | kept),
        same_year & name & home,
        unborn & (name | (family & same_letter)) & home,
        exactly & home & ~parent_or_child,
    )


def _alike(left: ir.StringValue, right: ir.StringValue) -> ir.BooleanValue:
    slips = left.levenshtein(right)
    long_enough = ibis.least(left.length(), right.length()) > SHORT
    return ((slips <= 1) | ((slips <= SLIPS) & long_enough)).fill_null(False)


def _holds(text: ir.StringValue, name: ir.StringValue) -> ir.BooleanValue:
    return text.contains(name).fill_null(False)


def _without_names_of_before(engine: Engine, records: ir.Table, identities: ir.Table) -> ir.Table:
    """`records` without the sealed name where whoever bore it is still said to: a name of before, one that they are
    known as, an address for letters with it in.

    The list does not say who somebody is now. So that is done of everyone with the birth date of a sealed identity, its
    insurance number or one of another kind, or with its home and no birth date. Their own names stay as they are.
    """
    people = _bare(records.filter(records.kind == kinds.PERSON)).select(
        "record_id", "family_name", "given_names", "previous_family_name", "known_as", "email", "birth_date",
        "postcode", "other_number", "nino",
    )  # fmt: skip
    said = _bare(identities)
    said = said.rename({f"{c}_sealed": c for c in said.columns})
    pairs = ibis.union(
        people.inner_join(said, people.birth_date == said.birth_date_sealed),
        people.inner_join(said, people.nino == said.nino_sealed),
        people.inner_join(said, people.other_number == said.other_number_sealed),
        people.filter(people.birth_date.isnull()).inner_join(said, people.postcode == said.postcode_sealed),
    )
    family, given = pairs.family_name_sealed, pairs.given_names_sealed
    first, email = given.split(" ")[0], pairs.email
    another_family = ~_holds(pairs.family_name, family)
    another_given = ~_holds(pairs.given_names, first)
    told = pairs.select(
        "record_id",
        previous_family_name=another_family
        & (_alike(pairs.previous_family_name, family) | _holds(pairs.previous_family_name, family)),
        known_as=~_holds(pairs.given_names, pairs.known_as)
        & (_alike(pairs.known_as, first) | _holds(given, pairs.known_as) | _holds(pairs.known_as, family)),
        email=(another_family & _holds(_letters(email), _letters(family)))
        | (another_given & _holds(_letters(email), _letters(first))),
    )
    names = ("previous_family_name", "known_as", "email")
    any_told = told.group_by("record_id").aggregate(**{f"told_{n}": told[n].any() for n in names})
    some = engine.keep(
        "sealed_names_told", any_told.filter(ibis.or_(*(any_told[f"told_{n}"] for n in names)))
    )
    joined = records.left_join(some, "record_id")
    blanked = {
        n: ibis.ifelse(joined[f"told_{n}"].fill_null(False), ibis.null("string"), joined[n]) for n in names
    }
    return joined.mutate(**blanked).select(*records.columns)


def _letters(text: ir.StringValue) -> ir.StringValue:
    """A name as it stands in an address for letters; null where it is too short to be told there."""
    plain = text.lower().re_replace("[^a-z]", "")
    return ibis.ifelse(plain.length() > 2, plain, ibis.null("string"))


def _whole_rows(records: ir.Table, sealed: ir.Table) -> ir.Table:
    """Rows (`source, table_name, row_key`) that tell of sealed people and of nobody else."""
    people = records.filter(records.kind == kinds.PERSON)
    marked = people.left_join(sealed.mutate(out=True), "record_id").drop("record_id_right")
    counted = marked.group_by(_ROW).aggregate(people=marked.count(), out=marked.out.sum().fill_null(0))
    return counted.filter((counted.out > 0) & (counted.out == counted.people)).select(*_ROW)


def _without(received: Received, gone: ir.Table) -> Received:
    return replace(received, rows=received.rows.anti_join(_keys_of(received, gone), "source_key"))


def _among(received: Received, gone: ir.Table) -> ir.Table:
    return received.rows.semi_join(_keys_of(received, gone), "source_key").select("extract_id")


def _keys_of(received: Received, gone: ir.Table) -> ir.Table:
    of_table = (gone.source == received.contract.source) & (gone.table_name == received.table.name)
    return gone.filter(of_table).select(source_key="row_key")


def _counted(
    ledger: ir.Table, received: Sequence[Received], gone: ir.Table, losing: Collection[tuple[str, str]]
) -> ir.Table:
    """`ledger` with `sealed`: how many loaded rows of each extract are among `gone`."""
    withheld = [
        _among(r, gone)
        .group_by("extract_id")
        .aggregate(sealed=ibis._.count())
        .mutate(table_name=ibis.literal(r.table.name))
        for r in received
        if (r.contract.source, r.table.name) in losing
    ]
    if not withheld:
        return ledger.mutate(sealed=ibis.literal(0))
    whole = ibis.union(*withheld) if len(withheld) > 1 else withheld[0]
    joined = ledger.left_join(whole, ["extract_id", "table_name"]).drop(
        "extract_id_right", "table_name_right"
    )
    return joined.mutate(sealed=joined.sealed.fill_null(0))
