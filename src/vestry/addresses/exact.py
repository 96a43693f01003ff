"""The exact pass: a text whose spelling is the gazetteer's own, or one that follows from it, within its postcode.

Whatever a flat is called stands in the spelling, so a flat is never taken for its building nor for its
neighbour: a text that says no flat finds the building, if the gazetteer has it as one property, and nothing
where there are only flats.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence, Set
from typing import Final

import ibis
import ibis.expr.types as ir
import pyarrow as pa

from vestry.addresses.spellings import DERIVED, WRITTEN
from vestry.engines.engine import Engine

AS_WRITTEN: Final = "written as the gazetteer writes it"
OTHERWISE_WRITTEN: Final = "another spelling of the gazetteer's address, and of no other in its postcode"
ONCE_WRITTEN: Final = "written as the gazetteer once wrote it"
NO_POSTCODE: Final = "without a postcode, but no other in that town is written so"

LONGEST_PLACE: Final = 4
"""Words of a locality's or town's name that are looked for at the end of a text."""

ENDINGS = pa.schema([(n, pa.string()) for n in ("text_id", "spelling", "places")])


def without_places(key: str, places: Set[str]) -> Iterator[tuple[str, tuple[str, ...]]]:
    """The key itself, then without each further locality or town at its end: (what is left, places taken off).

    `places` are the comparing forms of all localities and towns that may stand there.
    """
    words, taken = key.split(), tuple[str, ...]()
    yield key, taken
    while True:
        for size in range(min(LONGEST_PLACE, len(words) - 1), 0, -1):
            ending = " ".join(words[-size:])
            if ending in places:
                words, taken = words[:-size], (*taken, ending)
                yield " ".join(words), taken
                break
        else:
            return


def place_names(engine: Engine, addresses: ir.Table) -> frozenset[str]:
    """The comparing forms of every locality and town of the gazetteer."""
    named = addresses.select(place="town_key").union(addresses.select(place="locality_key"))
    return frozenset(engine.fetch(named.filter(named.place.notnull()).distinct()).column("place").to_pylist())


def exact_matches(engine: Engine, texts: ir.Table, known: ir.Table, places: Set[str]) -> ir.Table:
    """`text_id, uprn, why` for each text that one property alone answers to.

    `texts` has `text_id, address_key, postcode`; `known` is that of `spellings`.
    """
    endings = engine.bring("address_endings", _endings(engine, texts, places))
    endings = endings.inner_join(texts.select("text_id", "postcode"), "text_id")
    best = engine.keep("address_spellings_best", _best(known, ("spelling", "postcode")))
    here = endings.inner_join(best, ["spelling", "postcode"])
    why = here["rank"].cases((WRITTEN, AS_WRITTEN), (DERIVED, OTHERWISE_WRITTEN), else_=ONCE_WRITTEN)
    found = here.select("text_id", "uprn", "rank", why=why)
    lost = endings.filter(endings.postcode.isnull() & (endings.places != "")).drop("postcode")
    anywhere = engine.keep(
        "address_spellings_anywhere", _best(known, ("spelling", "town_key", "locality_key"))
    )
    lost = lost.inner_join(anywhere, "spelling")
    named = [lost.places.contains("|" + lost[k] + "|").fill_null(False) for k in ("town_key", "locality_key")]
    lost = lost.filter(named[0] | named[1])
    found = found.union(lost.select("text_id", "uprn", "rank", why=ibis.literal(NO_POSTCODE)))
    return engine.keep("address_exact", _alone(found))


def _endings(engine: Engine, texts: ir.Table, places: Set[str]) -> pa.Table:
    table = engine.fetch(texts.filter(texts.address_key.notnull()).select("text_id", "address_key"))
    ids: list[str] = []
    left: list[str] = []
    taken: list[str] = []
    for text_id, key in zip(*(table.column(c).to_pylist() for c in table.column_names), strict=True):
        for spelling, names in without_places(key, places):
            ids.append(text_id)
            left.append(spelling)
            taken.append(f"|{'|'.join(names)}|" if names else "")
    return pa.table({"text_id": ids, "spelling": left, "places": taken}, schema=ENDINGS)


def _best(known: ir.Table, by: Sequence[str]) -> ir.Table:
    """For each spelling the one property of the best rank; `uprn` is empty where several have it."""
    first = known.group_by(*by).aggregate(best=known["rank"].min())
    same = [known[c].identical_to(first[c]) for c in by]
    ranked = known.inner_join(first, [*same, known["rank"] == first.best])
    one = ranked.group_by(*by, "rank").aggregate(lowest=ranked.uprn.min(), highest=ranked.uprn.max())
    return one.select(
        *by, "rank", uprn=ibis.ifelse(one.lowest == one.highest, one.lowest, ibis.null("string"))
    )


def _alone(found: ir.Table) -> ir.Table:
    """The texts for which all that was found at the best rank is one property."""
    first = found.group_by("text_id").aggregate(best=found["rank"].min())
    ranked = found.inner_join(first, "text_id")
    ranked = ranked.filter(ranked["rank"] == ranked.best)
    one = ranked.group_by("text_id").aggregate(
        uprn=ranked.uprn.min(),
        highest=ranked.uprn.max(),
        why=ranked.why.min(),
        shared=ranked.uprn.isnull().any(),
    )
    return one.filter(~one.shared & (one.uprn == one.highest)).select("text_id", "uprn", "why")
