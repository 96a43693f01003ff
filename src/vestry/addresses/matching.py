"""From an address as text to its UPRN: an exact pass, then the library for the rest, each text worked out once.

What cannot be told apart goes to a person, and is never guessed. The outcome of a text depends on the gazetteer
and on that text alone, so it may be remembered, and comes out the same from memory or afresh.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Final

import ibis
import ibis.expr.types as ir
import pyarrow as pa

from vestry.addresses.decided import CARE_OF, NO_FIXED_ADDRESS
from vestry.addresses.exact import exact_matches, place_names
from vestry.addresses.fitting import Written, objection
from vestry.addresses.gazetteer import Gazetteer, content_digest, extracts_digest, read_gazetteer
from vestry.addresses.library import candidates, library_versions
from vestry.addresses.memory import OUTCOMES, AddressMemory
from vestry.addresses.spellings import spellings
from vestry.engines.engine import Engine
from vestry.ids import SEPARATOR, digest
from vestry.intake.loading import Received
from vestry.standardise.remembered import Remembered
from vestry.standardise.rules import RULES

VERSION: Final = "2"
"""Changes with anything in this room that may change an outcome: what was remembered is then worked out again."""

NO_PREMISES: Final = "names no premises: a place or a street at most"

_CARE_OF: Final = r"(^|, ?)(C/O|C\.O\.|CARE OF)\b"
_PIECES: Final = ("unit", "building", "number", "street", "locality", "town")


def text_id(table: ir.Table) -> ir.StringValue:
    """A text and its postcode as one: what is worked out once and remembered."""
    return table.address_lines + SEPARATOR + table.postcode.fill_null("")


class Finder:
    """Finds texts in one gazetteer, which is read only when something in it must be looked up afresh."""

    def __init__(
        self, engine: Engine, received: Sequence[Received], remembered: Remembered, folder: Path | None
    ) -> None:
        self._engine = engine
        self._received = received
        self._remembered = remembered
        rules = [f"{n}={RULES[n].version}" for n in ("address_lines", "address_key", "postcode", "uprn")]
        by = (library_versions(), *rules, VERSION)
        self._gazetteer: Gazetteer | None = None
        self._memory = AddressMemory(
            engine,
            folder,
            digest(extracts_digest(engine, received), *by),
            lambda: digest(content_digest(engine, self._read()), *by),
        )

    def properties(self) -> ir.Table:
        """`properties` of the gazetteer."""
        return self._memory.kept("properties", lambda: self._read().properties)

    def outcomes(self, texts: ir.Table) -> ir.Table:
        """What is known of each text, with the columns of `memory.OUTCOMES`.

        `texts` has `text_id, address_lines, postcode` and `needed`: whether the library should be asked.
        """
        known = self._memory.outcomes()
        fresh = self._engine.keep("texts_fresh", texts.anti_join(known, "text_id"))
        if self._engine.count(fresh):
            known = self._engine.keep("uprn_looked_up", known.union(self._looked_up(fresh)))
        open_still = known.filter(known.apart.isnull() & known.exact_uprn.isnull() & ~known.asked)
        asked = texts.filter(texts.needed).semi_join(open_still, "text_id")
        asked = self._engine.keep("texts_asked", asked)
        if self._engine.count(asked):
            answers = self._engine.bring("uprn_answers", self._asked(asked))
            known = self._engine.keep("uprn_known", known.anti_join(answers, "text_id").union(answers))
            self._memory.remember(known)
        elif self._engine.count(fresh):
            self._memory.remember(known)
        return self._engine.keep("uprn_outcomes", known.semi_join(texts, "text_id"))

    def written(self, uprns: ir.Table) -> ir.Table:
        """`uprn, address`: one way to write the address of each of `uprns` (a column `uprn`), with its postcode."""
        said = self._addresses().semi_join(uprns, "uprn")
        whole = said.text + ibis.coalesce(ibis.literal(", ") + said.postcode, "")
        return said.group_by("uprn").aggregate(address=whole.min())

    def _read(self) -> Gazetteer:
        if self._gazetteer is None:
            self._gazetteer = read_gazetteer(self._engine, self._received, self._remembered)
        return self._gazetteer

    def _addresses(self) -> ir.Table:
        return self._memory.kept("addresses", lambda: self._read().addresses)

    def _looked_up(self, fresh: ir.Table) -> ir.Table:
        """The exact pass on texts that nothing is remembered of."""
        addresses = self._addresses()
        known = self._memory.kept(
            "spellings", lambda: self._engine.keep("address_spellings", spellings(addresses))
        )
        fresh = self._remembered.standard_forms(
            fresh.mutate(lines=fresh.address_lines), {"lines": ("address_key", ["address_key"])}
        )
        care_of = fresh.address_lines.re_search(_CARE_OF)
        apart = ibis.cases(
            (fresh.address_key.isnull(), NO_FIXED_ADDRESS), (care_of, CARE_OF), else_=ibis.null("string")
        )
        fresh = self._engine.keep("texts_keyed", fresh.mutate(apart=apart))
        places = place_names(self._engine, addresses)
        found = exact_matches(self._engine, fresh.filter(fresh.apart.isnull()), known, places)
        found = found.rename(exact_uprn="uprn", exact_why="why")
        joined = fresh.left_join(found, "text_id").drop("text_id_right")
        nothing = {n: ibis.null("string") for n in ("best_uprn", "second_uprn", "objection")}
        numbers = {n: ibis.null("float64") for n in ("score", "lead")}
        return joined.mutate(asked=False, **nothing, **numbers).select(*OUTCOMES.names)

    def _asked(self, asked: ir.Table) -> pa.Table:
        """The library's answers, each held against the numbers and flats of the text."""
        addresses = self._addresses()
        lives = self.properties().filter(ibis._.status != "historical")
        found = candidates(
            self._engine, asked, addresses.semi_join(lives, "uprn"), self._memory.folder("prepared")
        )
        asked = self._remembered.standard_forms(
            asked.mutate(lines=asked.address_lines), {"lines": ("address_key", ["address_key"])}
        )
        texts = self._engine.fetch(asked.select("text_id", "address_key", "postcode")).to_pylist()
        written = _written(self._engine, addresses.semi_join(found, "uprn"))
        scored: dict[str, list[tuple[float, str]]] = {t["text_id"]: [] for t in texts}
        for row in self._engine.fetch(found).to_pylist():
            scored[row["text_id"]].append((row["score"], row["uprn"]))
        rows = []
        for t in sorted(texts, key=lambda t: str(t["text_id"])):
            best = best_of(t["address_key"] or "", t["postcode"] or "", scored[t["text_id"]], written)
            rows.append({"text_id": t["text_id"], "asked": True, **best})
        return pa.Table.from_pylist(rows, schema=OUTCOMES)


def _written(engine: Engine, addresses: ir.Table) -> dict[str, list[Written]]:
    keys = [addresses[f"{p}_key"].name(p) for p in _PIECES]
    table = addresses.select("uprn", "postcode", *keys).distinct()
    found: dict[str, list[Written]] = {}
    for row in engine.fetch(table).to_pylist():
        pieces = {p: row[p] or "" for p in (*_PIECES, "postcode")}
        found.setdefault(row["uprn"], []).append(Written(**pieces))
    return found


def best_of(
    key: str, postcode: str, scored: Sequence[tuple[float, str]], written: Mapping[str, Sequence[Written]]
) -> dict[str, object]:
    """The best candidate that fits, else the best of all with what speaks against it.

    `scored` are (bits, UPRN). `lead` is how far the best stands before the next that fits; empty when none does.
    """
    ranked = sorted(scored, key=lambda s: (-s[0], s[1]))
    if not ranked:
        return {}
    against: dict[str, str | None] = {}
    for _, uprn in ranked:
        said = [objection(key, postcode, w) for w in written.get(uprn, ())]
        against[uprn] = None if None in said else min((s for s in said if s), default=NO_PREMISES)
    fitting = [s for s in ranked if against[s[1]] is None]
    score, uprn = (fitting or ranked)[0]
    rest = [s for s in (fitting or ranked) if s[1] != uprn]
    return {
        "best_uprn": uprn,
        "score": score,
        "objection": against[uprn],
        "second_uprn": rest[0][1] if rest else None,
        "lead": round(score - rest[0][0], 3) if rest else None,
    }
