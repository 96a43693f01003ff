"""What a profile of a person is compared by that needs no memory: made of its other columns, in tables or one at a time.

A test holds both forms together.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Final

import ibis
import ibis.expr.types as ir

from vestry.model import kinds

FIRST_DAY: Final = date(1900, 1, 1)
"""Days of birth are counted from here, so that how far two are apart is a subtraction."""


def worked_out(table: ir.Table, kind: str) -> ir.Table:
    """Profiles of people with: the address to compare by, its own or one beside (`at_key, at_postcode, at_uprn`; `beside`: it
    has none of its own); whether the family name has several words; the day of birth as a number; the first given name
    and the initials of the others; of an address without postcode
    number and last word, and number and street; up to two telephones.
    """
    if kind != kinds.PERSON:
        return table
    numbers = table.phone.split(" ")
    return table.mutate(
        at_key=ibis.coalesce(table.address_key, table.beside_key),
        at_postcode=ibis.coalesce(table.postcode, table.beside_postcode),
        at_uprn=ibis.coalesce(table.uprn, table.beside_uprn),
        beside=table.address_lines.isnull() & table.postcode.isnull() & table.uprn.isnull(),
        family_words=table.family_name.re_search("[ -]"),
        birth_day=table.birth_date.try_cast("date").delta(FIRST_DAY.isoformat(), unit="day"),
        first_given=table.given_names.split(" ")[0],
        initials=table.given_names.re_replace(r"^[^ ]+ ?", "").re_replace(r"([^ ])[^ ]* ?", r"\1").nullif(""),
        number_and_end=_unplaced(table, table.building_number + " " + table.address_key.split(" ")[-1]),
        number_and_street=_unplaced(table, table.building_number + " " + _street(table)),
        phone_1=numbers[0],
        phone_2=numbers[1],
    )


def _unplaced(table: ir.Table, text: ir.StringValue) -> ir.StringValue:
    """`text` where an address has neither postcode nor UPRN, and must be told by what it says."""
    return ibis.ifelse(table.postcode.isnull() & table.uprn.isnull(), text, ibis.null("string"))


def _street(table: ir.Table) -> ir.StringValue:
    """The word after the number of the building."""
    after = (ibis.literal(" ") + table.address_key).split(ibis.literal(" ") + table.building_number + " ")
    return after[1].split(" ")[0]


def worked_out_of(kind: str, values: Mapping[str, str]) -> dict[str, str]:
    """The same of one profile, as texts; "" where there is nothing. `values` are its columns and keys."""
    if kind != kinds.PERSON:
        return {}
    postcode, uprn, lines = (values.get(c, "") for c in ("postcode", "uprn", "address_lines"))
    address, number = values.get("address_key", ""), values.get("building_number", "")
    family = values.get("family_name", "")
    first, *others = values.get("given_names", "").split(" ")
    unplaced = bool(number) and not postcode and not uprn
    after = f" {address}".split(f" {number} ")[1:2] or [""]
    phones = [*values.get("phone", "").split(" "), ""]
    return {
        "at_key": address or values.get("beside_key", ""),
        "at_postcode": postcode or values.get("beside_postcode", ""),
        "at_uprn": uprn or values.get("beside_uprn", ""),
        "beside": "false" if lines or postcode or uprn else "true",
        "family_words": ("true" if " " in family or "-" in family else "false") if family else "",
        "birth_day": _day(values.get("birth_date", "")),
        "first_given": first,
        "initials": "".join(name[:1] for name in others),
        "number_and_end": f"{number} {address.split(' ')[-1]}" if unplaced else "",
        "number_and_street": f"{number} {after[0].split(' ')[0]}" if unplaced and after[0] else "",
        "phone_1": phones[0],
        "phone_2": phones[1],
    }


def _day(text: str) -> str:
    try:
        return str((date.fromisoformat(text) - FIRST_DAY).days)
    except ValueError:
        return ""
