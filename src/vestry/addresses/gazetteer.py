"""The address gazetteer, from its extracts: every UPRN that is known, and every way its address is written.

AddressBase Premium is what it was made for; any source whose contract describes the gazetteer's parts will do.
The text of a local authority's address and of Royal Mail's come out in the same pieces.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import reduce
from typing import Final

import ibis
import ibis.expr.types as ir

from vestry.contracts.contract import Part
from vestry.engines.engine import Engine
from vestry.ids import digest
from vestry.intake.describing import indexed_values
from vestry.intake.loading import Received
from vestry.model import kinds
from vestry.model.fields import REFERENCE_FIELDS
from vestry.standardise.remembered import Remembered

SUCCESSIONS: Final = 4
"""So many renumberings of one property are followed; a longer chain ends where it got to."""

NOT_ADDRESSES: Final = ("PS", "O", "CZ", "CU11", "CR11", "LO", "LW")
"""Classes of AddressBase that nobody lives or trades at: streets, objects, signs, telephone boxes, cash machines,
open land and water."""

PIECES: Final = ("organisation", "unit", "building", "number", "street", "locality", "town")
"""Of an address, most particular first; `unit` is the flat in it."""

STATUSES: Final = {"approved": 0, "alternative": 1, "provisional": 2, "historical": 3}
_CLASS: Final = "^[A-Z]{1,2}[0-9]{0,2}[A-Z]{0,2}$"
"""AddressBase's own classes; those of the Valuation Office stand in the same table and are numbers."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Gazetteer:
    """`properties` has one row for each UPRN: `uprn, parent_uprn, status, classification, postcode, longitude,
    latitude, is_flat, goes_on_as` (the UPRN that replaced it, if it was one).

    `addresses` has one row for each way of writing one: `uprn, usrn, status, postcode, text, is_flat`, the pieces
    of `PIECES`, and their comparing forms as `<piece>_key`. `text` is the whole without its postcode.
    """

    properties: ir.Table
    addresses: ir.Table


def gazetteer_parts(received: Sequence[Received]) -> list[tuple[Part, Received]]:
    """Every part that describes a gazetteer, with the table it is in."""
    return [(p, r) for r in received for p in r.table.parts if p.kind in kinds.GAZETTEER_KINDS]


def extracts_digest(engine: Engine, received: Sequence[Received]) -> str:
    """One text for the contracts and extracts that the gazetteer is read from."""
    said = []
    for _, r in gazetteer_parts(received):
        rows = r.newest() if r.contract.extract == "full" else r.rows
        ids = engine.fetch(rows.select("extract_id").distinct()).column("extract_id").to_pylist()
        said.append(f"{r.contract.source}/{r.table.name}/{r.contract.sha256}/{'+'.join(sorted(ids))}")
    return digest(*sorted(said))


def content_digest(engine: Engine, gazetteer: Gazetteer) -> str:
    """One text for all that is in it, in whatever order: the same where it was sent again and nothing has changed."""
    said = []
    for table in (gazetteer.properties, gazetteer.addresses):
        rows = f"SELECT count(*), bit_xor(hash(t)), sum(hash(t)) FROM ({engine.statement(table)}) t"
        said += [str(told) for told in engine.connection().execute(rows).fetchone()]
    return digest(*said)


def read_gazetteer(engine: Engine, received: Sequence[Received], remembered: Remembered) -> Gazetteer:
    """Gather the gazetteer's parts of `received`."""
    facts = _gathered(
        engine, received, kinds.GAZETTEER_PROPERTY, remembered, ("uprn", "parent_uprn", "successor_uprn")
    )
    written = _gathered(engine, received, kinds.GAZETTEER_ADDRESS, remembered, ("uprn", "usrn"))
    streets = _gathered(engine, received, kinds.GAZETTEER_STREET, remembered, ("usrn",))
    known = engine.keep("gazetteer_known", _known(facts, written))
    addresses = _in_pieces(_on_streets(written, streets), known)
    addresses = addresses.union(_with_organisations(addresses, facts))
    addresses = engine.keep("gazetteer_pieces", addresses.distinct())
    addresses = engine.keep("gazetteer_addresses", _keyed(addresses, remembered))
    flats = addresses.filter(addresses.is_flat).select("uprn").distinct().mutate(in_a_building=True)
    properties = known.left_join(flats, "uprn").drop("uprn_right")
    properties = properties.mutate(
        is_flat=properties.in_a_building.fill_null(False)
        | properties.classification.startswith("RD06").fill_null(False)
    ).drop("in_a_building")
    properties = engine.keep("gazetteer_properties", _succeeded(properties, facts))
    return Gazetteer(properties=properties, addresses=addresses)


def _gathered(
    engine: Engine, received: Sequence[Received], kind: str, remembered: Remembered, numbers: Sequence[str]
) -> ir.Table:
    """Every part of one kind, a column of text for each of its fields; what has ended is left out."""
    schema = ibis.schema(dict.fromkeys(REFERENCE_FIELDS[kind], "string"))
    found = [_said(p, r).cast(schema) for p, r in gazetteer_parts(received) if p.kind == kind]
    whole = ibis.union(*found) if len(found) > 1 else found[0] if found else ibis.memtable([], schema=schema)
    whole = engine.keep(f"{kind}_said", whole.distinct().rename({f"{n}_said": n for n in numbers}))
    wanted = {f"{n}_said": (n.rpartition("_")[2], [n]) for n in numbers}
    whole = remembered.standard_forms(whole, wanted).drop(*wanted)
    if "postcode" in whole.columns:
        whole = whole.rename(postcode_said="postcode")
        whole = remembered.standard_forms(whole, {"postcode_said": ("postcode", ["postcode"])}).drop(
            "postcode_said"
        )
    return engine.keep(kind, whole.filter(whole[numbers[0]].notnull()))


def _said(part: Part, received: Received) -> ir.Table:
    rows = _living(received)
    values = indexed_values(received.table, part, rows)
    columns: dict[str, ir.Value] = {}
    for field in REFERENCE_FIELDS[part.kind]:
        pieces = [
            text.strip().nullif("")
            for (name, index), text in sorted(values.items(), key=lambda v: int(v[0][1] or 0))
            if name == field
        ]
        columns[field] = reduce(_together, pieces) if pieces else ibis.null("string")
    told = rows.select(latest=rows.as_at.cast("string"), **columns)
    return told.filter(told.ended_on.isnull() | (told.ended_on > told.latest)).drop("latest")


def _together(left: ir.StringValue, right: ir.StringValue) -> ir.StringValue:
    return ibis.coalesce(left + ", " + right, left, right)


def _living(received: Received) -> ir.Table:
    """The newest extract of a full supply; of changes, the newest word on each key that was not taken out."""
    if received.contract.extract == "full":
        return received.newest()
    rows = received.rows
    newest_first = ibis.window(
        group_by="source_key", order_by=[rows.as_at.desc(), rows.extract_id.desc(), rows.row_number.desc()]
    )
    rows = rows.mutate(nth_newest=ibis.row_number().over(newest_first))
    rows = rows.filter(rows.nth_newest == 0).drop("nth_newest")
    if received.table.deleted_when is None:
        return rows
    column, text = received.table.deleted_when
    return rows.filter(rows[column].isnull() | (rows[column] != text))


def _known(facts: ir.Table, written: ir.Table) -> ir.Table:
    """One row for each UPRN, of everything that is said of it; a tie goes to the value that sorts first."""
    classed = facts.classification.re_search(_CLASS).fill_null(False)
    said = facts.group_by("uprn").aggregate(
        parent_uprn=facts.parent_uprn.min(where=facts.parent_uprn != facts.uprn),
        status=facts.status.argmin(_standing(facts), where=facts.status.notnull()),
        classification=facts.classification.min(where=classed),
        postcode=facts.postcode.min(),
        longitude=facts.longitude.try_cast("float64").min(),
        latitude=facts.latitude.try_cast("float64").argmin(facts.longitude.try_cast("float64")),
    )
    others = written.select("uprn").distinct().anti_join(said, "uprn")
    nothing = {n: ibis.null(t) for n, t in said.schema().items() if n != "uprn"}
    said = said.union(others.mutate(**nothing).select(*said.columns))
    # Of a number that only a succession names, nothing is left.
    there = (
        written.select("uprn").union(facts.filter(facts.successor_uprn.isnull()).select("uprn")).distinct()
    )
    said = said.left_join(there.mutate(there=True), "uprn").drop("uprn_right")
    unsaid = ibis.ifelse(said.there, "approved", "historical")
    return said.mutate(status=ibis.coalesce(said.status, unsaid, "historical")).drop("there")


def _standing(table: ir.Table) -> ir.IntegerValue:
    return table.status.cases(*STATUSES.items(), else_=0)


def _on_streets(written: ir.Table, streets: ir.Table) -> ir.Table:
    """Street, locality and town by the USRN, where an address does not bring its own; English before Welsh."""
    ranked = streets.mutate(
        nth=ibis.row_number().over(
            ibis.window(
                group_by="usrn",
                order_by=[
                    (streets.language == "CYM").fill_null(False),
                    streets.street,
                    streets.locality,
                    streets.town,
                ],
            )
        )
    )
    named = ranked.filter(ranked.nth == 0).select(
        "usrn", named_street="street", named_locality="locality", named_town="town"
    )
    joined = written.left_join(named, "usrn").drop("usrn_right")
    bare = joined.street.isnull() & joined.address_lines.isnull()
    return joined.mutate(
        street=ibis.ifelse(bare, joined.named_street, joined.street),
        locality=ibis.ifelse(bare, joined.named_locality, joined.locality),
        town=ibis.ifelse(bare, joined.town.fill_null(joined.named_town), joined.town),
    )


def _range(table: ir.Table, prefix: str) -> ir.StringValue:
    """`12`, `12A`, `12-14`, from a first and a last number with their suffixes."""
    first = table[f"{prefix}number"] + table[f"{prefix}suffix" if prefix else "number_suffix"].fill_null("")
    last = table[f"{prefix}end_number"] + table[f"{prefix}end_suffix"].fill_null("")
    return ibis.coalesce(first + "-" + last, first)


def _in_pieces(written: ir.Table, known: ir.Table) -> ir.Table:
    """Each address as its pieces. Royal Mail has a number with a letter (12A) for a building's name."""
    facts = known.select("uprn", known_as="status", whose_class="classification", where="postcode")
    table = written.inner_join(facts, "uprn")
    numbered = table.building.re_search(r"^[0-9]+[A-Za-z]?(-[0-9]+[A-Za-z]?)?$").fill_null(False)
    numbered &= table.number.isnull()
    unit_range = _range(table, "unit_")
    number = ibis.ifelse(numbered, table.building, _range(table, ""))
    table = table.mutate(
        unit=ibis.coalesce(table.unit + " " + unit_range, table.unit, unit_range),
        number=number,
        building=ibis.coalesce(
            table.address_lines, ibis.ifelse(numbered, ibis.null("string"), table.building)
        ),
        postcode=table.postcode.fill_null(table["where"]),
        status=ibis.ifelse(
            table.known_as == "historical", "historical", table.status.fill_null(table.known_as)
        ),
    )
    named = reduce(
        lambda a, b: a | b, (table.whose_class.startswith(c).fill_null(False) for c in NOT_ADDRESSES)
    )
    street_itself = (table.building.upper() == "STREET RECORD").fill_null(False)
    table = table.filter(~named & ~street_itself)
    return table.select("uprn", "usrn", "status", "postcode", *(table[p].upper().name(p) for p in PIECES))


def _with_organisations(addresses: ir.Table, facts: ir.Table) -> ir.Table:
    """Each approved address once more, with who is there, where that is told apart from the address."""
    who = facts.filter(facts.organisation.notnull()).select("uprn", who=facts.organisation.upper()).distinct()
    plain = addresses.filter(addresses.organisation.isnull() & (addresses.status == "approved"))
    there = plain.inner_join(who, "uprn")
    return there.mutate(organisation=there.who).select(*addresses.columns)


def _keyed(addresses: ir.Table, remembered: Remembered) -> ir.Table:
    worded = [p for p in PIECES if p != "number"]
    keyed = remembered.standard_forms(addresses, {p: ("address_key", [f"{p}_key"]) for p in worded})
    keyed = keyed.mutate(number_key=keyed.number.re_replace(" ", ""))
    street = ibis.coalesce(keyed.number + " " + keyed.street, keyed.street, keyed.number)
    lines = [keyed.organisation, keyed.unit, keyed.building, street, keyed.locality, keyed.town]
    return keyed.mutate(text=reduce(_together, lines), is_flat=keyed.unit.notnull())


def _succeeded(properties: ir.Table, facts: ir.Table) -> ir.Table:
    """`goes_on_as`: the one UPRN that replaced another. One that became several flats is replaced by none."""
    told = facts.filter(facts.successor_uprn.notnull() & (facts.successor_uprn != facts.uprn))
    each = told.group_by("uprn").aggregate(
        heirs=told.successor_uprn.nunique(), goes_on_as=told.successor_uprn.min()
    )
    each = each.filter(each.heirs == 1).drop("heirs")
    for _ in range(SUCCESSIONS):
        then = each.rename(goes_on_as="uprn", then="goes_on_as")
        each = each.left_join(then, "goes_on_as").drop("goes_on_as_right")
        each = each.select(
            "uprn",
            goes_on_as=ibis.ifelse(
                each.then == each.uprn, each.goes_on_as, each.then.fill_null(each.goes_on_as)
            ),
        )
    known = properties.select(goes_on_as="uprn")
    each = each.semi_join(known, "goes_on_as")
    return properties.left_join(each, "uprn").drop("uprn_right")
