"""Lists of sealed identities and registers of people, drawn as tables, for tests of sealing."""

from __future__ import annotations

from dataclasses import dataclass

import ibis.expr.types as ir

from vestry.contracts.contract import Part
from vestry.engines.engine import Engine
from vestry.linkage.sealing import Unsealed

EARLIER = Part(name="earlier", kind="sealed")
PERSON = Part(name="who", kind="person", attributes={"lives_at": "home"})
PARTNER = Part(name="partner", kind="person", attributes={"lives_at": "home"}, present_when="partner_given")
HOME = Part(name="home", kind="property")

OF_THE_SEALED = {
    "nhs": "earlier.nhs_number",
    "upn": "earlier.upn",
    "nino": "earlier.nino",
    "uln": "earlier.other_number[uln]",
    "family": "earlier.family_name",
    "given": "earlier.given_names",
    "born": "earlier.birth_date",
    "address": "earlier.address_lines[1]",
    "postcode": "earlier.postcode",
    "in": "earlier.held_in",
    "as": "earlier.held_as",
}
OF_PEOPLE = {
    "nhs": "who.nhs_number",
    "upn": "who.upn",
    "nino": "who.nino",
    "uln": "who.other_number[uln]",
    "uci": "who.other_number[uci]",
    "family": "who.family_name",
    "given": "who.given_names",
    "before": "who.previous_family_name",
    "called": "who.known_as",
    "email": "who.email",
    "born": "who.birth_date",
    "partner_family": "partner.family_name",
    "partner_given": "partner.given_names",
    "partner_born": "partner.birth_date",
    "address": "home.address_lines[1]",
    "postcode": "home.postcode",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Sealing:
    """What is left of some tables once the sealed are taken out."""

    engine: Engine
    left: Unsealed

    def rows(self, table: ir.Table, *columns: str) -> list[tuple[str, ...]]:
        found = self.engine.fetch(table.select(*columns)).to_pylist()
        return sorted(tuple("-" if r[c] is None else str(r[c]) for c in columns) for r in found)

    def people(self, *columns: str) -> list[tuple[str, ...]]:
        """Those columns of every record of a person that is left."""
        return self.rows(self.left.records.filter(self.left.records.kind == "person"), *columns)

    def keys(self) -> list[str]:
        return [key for (key,) in self.people("source_key")]
