"""The kinds of thing that a row can describe, and what a contract may say of each."""

from __future__ import annotations

from typing import Final

PERSON: Final = "person"
ORGANISATION: Final = "organisation"
PROPERTY: Final = "property"
HOUSEHOLD: Final = "household"

RECORD_KINDS: Final = (PERSON, ORGANISATION, PROPERTY)
"""Kinds that become rows of `records` and are joined into entities."""

ADDRESS: Final = "address"
"""Where post is sent; not a property that anyone is said to live in."""

EPISODE: Final = "episode"
"""One dealing with a service."""

SEALED: Final = "sealed"
"""An earlier identity that must never be joined to anybody (adoption, gender recognition, protection). It says what
is to be taken out; it is not a person of the twin and never becomes a record."""

AREA: Final = "area"
POSTCODE: Final = "postcode"
CROSSWALK: Final = "crosswalk"
MEASURE: Final = "measure"

GAZETTEER_PROPERTY: Final = "gazetteer_property"
"""What an address gazetteer says of one UPRN; several tables may each say some of it."""

GAZETTEER_ADDRESS: Final = "gazetteer_address"
"""One way in which a gazetteer writes the address of a UPRN."""

GAZETTEER_STREET: Final = "gazetteer_street"
"""The name of a USRN, for addresses that give the street by its number alone."""

GAZETTEER_KINDS: Final = (GAZETTEER_PROPERTY, GAZETTEER_ADDRESS, GAZETTEER_STREET)

REFERENCE_KINDS: Final = (AREA, POSTCODE, CROSSWALK, MEASURE, *GAZETTEER_KINDS)
"""Kinds that describe the place itself rather than who is in it."""

ALL_KINDS: Final = (*RECORD_KINDS, ADDRESS, EPISODE, SEALED, *REFERENCE_KINDS)

RELATIONSHIP_ATTRIBUTES: Final = {
    "partner_of": "partner",
    "parent_of": "parent",
    "carer_of": "carer",
    "liable_with": "liable_jointly",
}
"""Attribute of a person part -> role in `relationships`; its value names the other part of the row."""

ATTRIBUTES: Final = {
    PERSON: ("keyed_by", "same_key_as", "lives_at", "post_to", *RELATIONSHIP_ATTRIBUTES),
    ORGANISATION: ("keyed_by", "same_key_as", "based_at", "post_to", "run_by"),
    PROPERTY: ("keyed_by",),
    ADDRESS: (),
    EPISODE: ("service", "about", "type"),
    SEALED: (),
    AREA: ("geography", "vintage", "within"),
    POSTCODE: ("areas",),
    CROSSWALK: ("geography", "from_vintage", "to_vintage", "weights"),
    MEASURE: ("measure", "geography", "vintage", "period", "combine", "weighted_by"),
    **dict.fromkeys(GAZETTEER_KINDS, ()),
}
"""What else a part may say of itself, by kind. Every part may also say `present_when`.

`keyed_by` names the column that holds the part's own key, where that is another than the row's: the child of a
row that is one of the child's episodes. `same_key_as` names the part of another source (`source.part`) whose key it is:
a return that calls a child by the number of the case management system.
"""
