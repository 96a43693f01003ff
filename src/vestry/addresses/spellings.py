"""The spellings by which an address of the gazetteer is known at once: its pieces in every order that people write.

A spelling has no locality, town or county, and counts only within its postcode. One that the gazetteer itself
writes goes before one that is only derived from it, so `12A` is the house of that number where there is one,
and Flat A of number 12 where there is none. What two properties share decides nothing.
"""

from __future__ import annotations

from functools import reduce
from typing import Final

import ibis
import ibis.expr.types as ir

WRITTEN: Final = 0
DERIVED: Final = 1
ONCE_WRITTEN: Final = 2
"""Ranks of a spelling: as the gazetteer writes it now, derived from that, as it wrote it once."""

_LIVE: Final = ("approved", "alternative", "provisional")

_HOUSE: Final = (("building", "street"), ("number", "street"), ("building",))
_FLAT: Final = (
    ("unit", "number", "street"),
    ("unit", "building", "street"),
    ("unit", "building"),
    ("building", "unit", "number", "street"),
    ("building", "unit", "street"),
    ("building", "unit"),
    ("number", "street", "unit"),
    ("building", "number", "street", "unit"),
    ("bare", "building", "number", "street"),
    ("bare", "building", "street"),
    ("bare", "building"),
    ("bare", "number", "street"),
    ("numbered", "street"),
    ("flat", "numbered", "street"),
    ("bare_number", "street"),
    ("number_bare", "street"),
)
"""Of a flat: `bare` is A of FLAT A, `numbered` 12A of that and number 12, `bare_number` A-12."""
_LETTERED: Final = (("flat", "letter", "plain", "street"), ("flat", "lettered", "street"))
"""Of a house 12A that may be written as Flat A, 12, or as Flat 12A; `plain` is 12. Flat 2 in a street is not its house 2."""


def spellings(addresses: ir.Table) -> ir.Table:
    """Every spelling of every address as `spelling, postcode, uprn, rank, town_key, locality_key`.

    `addresses` is that of a `Gazetteer`. A lower `rank` goes before a higher one.
    """
    pieces = _pieces(addresses)
    live = pieces.status.isin(_LIVE)
    house, flat = live & pieces.unit.isnull(), live & pieces.unit.notnull()
    as_written = ibis.ifelse(live, WRITTEN, ONCE_WRITTEN)
    plain = ("unit", "building", "number", "street")
    found = [
        _of(pieces.filter(pieces.street.notnull() | pieces.building.notnull()), plain, as_written),
        _of(pieces.filter(pieces.organisation.notnull()), ("organisation", *plain), as_written),
    ]
    for forms, when in ((_HOUSE, house), (_FLAT, flat), (_LETTERED, house)):
        for form in forms:
            whole = reduce(lambda a, b: a & b, (pieces[n].notnull() for n in form))
            found.append(_of(pieces.filter(when & whole), form, ibis.literal(DERIVED)))
    everything = ibis.union(*found)
    return everything.group_by("spelling", "postcode", "uprn").aggregate(
        rank=everything["rank"].min(),
        town_key=everything.town_key.min(),
        locality_key=everything.locality_key.min(),
    )


def _pieces(addresses: ir.Table) -> ir.Table:
    table = addresses.select(
        "uprn", "status", "postcode", "locality_key", "town_key",
        **{n: addresses[f"{n}_key"] for n in ("organisation", "unit", "building", "number", "street")},
    )  # fmt: skip
    bare = table.unit.re_extract("^(?:FLAT|UNIT) ([0-9]+[A-Z]?|[A-Z])$", 1).nullif("")
    of_letter = bare.re_search("^[A-Z]$") & table.number.re_search("^[0-9]+$") & table.building.isnull()
    return table.mutate(
        bare=bare,
        flat=ibis.literal("FLAT"),
        letter=table.number.re_extract("^[0-9]+([A-Z])$", 1).nullif(""),
        lettered=table.number.re_extract("^([0-9]+[A-Z])$", 1).nullif(""),
        plain=table.number.re_extract("^([0-9]+)[A-Z]$", 1).nullif(""),
        numbered=ibis.ifelse(of_letter, table.number + bare, ibis.null("string")),
        bare_number=bare + "-" + table.number,
        number_bare=table.number + "-" + bare,
    )


def _of(pieces: ir.Table, form: tuple[str, ...], rank: ir.IntegerValue) -> ir.Table:
    """Spellings of one form; pieces that an address lacks are left out."""
    words = reduce(lambda a, b: ibis.coalesce(a + " " + b, a, b), [pieces[n] for n in form])
    return pieces.select(
        "postcode", "uprn", "town_key", "locality_key", spelling=words, rank=rank.cast("int64")
    )
