"""The tables of a release, as a public interface: names and columns that other people's programs use."""

from __future__ import annotations

from typing import Final

from vestry.model.fields import ADDRESS_FIELDS, OF_KINDS, ORGANISATION_FIELDS, PERSON_FIELDS, record_columns
from vestry.twin.match_tables import MATCH_TABLES
from vestry.twin.search_tables import SEARCH_TABLES
from vestry.twin.table_shape import ColumnDefinition, TableDefinition, table

__all__ = [
    "BY_NAME", "ENTITY_TABLES", "TABLES", "ColumnDefinition", "TableDefinition", "entity_columns", "says",
]  # fmt: skip


_SAYS: Final = {
    name: f.says
    for fields in (PERSON_FIELDS, ORGANISATION_FIELDS, ADDRESS_FIELDS)
    for name, f in fields.items()
}


def says(column: str) -> str:
    """What a model column holds, in a few words."""
    if column.endswith("_accuracy"):
        return f"how exact {column.removesuffix('_accuracy')} is: day, month or year"
    if column.endswith("_raw"):
        return f"{column.removesuffix('_raw')} in the source's own code"
    if column.startswith("postal_"):
        return f"{_SAYS[column.removeprefix('postal_')]}, where post is sent"
    return _SAYS[column]


def _of_entity(kind: str) -> list[tuple[str, str]]:
    several = dict.fromkeys(OF_KINDS, "; one of each kind, a gap between")
    return [(c, says(c) + several.get(c, "")) for c in entity_columns(kind)]


def entity_columns(kind: str) -> list[str]:
    """The model columns of an entity table, in order."""
    fields = {"person": PERSON_FIELDS, "organisation": ORGANISATION_FIELDS, "property": {}}[kind]
    names: list[str] = []
    for name, field in (*fields.items(), *ADDRESS_FIELDS.items()):
        if not field.input_only:
            names += [name, f"{name}_accuracy"] if name in ("birth_date", "death_date") else [name]
    return names


_EXTRACT: Final = ("extract_id", "extract: source/as-at-hash")
_ENTITY_HEAD: Final = (
    ("entity_id", "lasting id of the entity"),
    ("current", "false: no source lists it any longer, and what is shown is history", "boolean"),
    ("sources", "how many sources describe it", "int64"),
)

TABLES: Final = (
    table(
        "ledger",
        "one table of one extract",
        ("source", "source"),
        ("organisation", "organisation that sent it"),
        _EXTRACT,
        ("table_name", "table of the contract"),
        ("as_at", "the day the extract describes"),
        ("received", "rows parsed, header and trailer apart", "int64"),
        ("loaded", "rows taken in", "int64"),
        ("repeated", "rows identical to one already in the same extract", "int64"),
        ("quarantined", "rows kept out, with a reason each", "int64"),
        ("sealed", "of the rows loaded, those withheld because they tell of a sealed identity", "int64"),
    ),
    table(
        "quarantine",
        "one rule that one refused row broke",
        _EXTRACT,
        ("table_name", "table of the contract"),
        ("row_number", "logical row of the file, from 1", "int64"),
        ("rule", "the rule it broke"),
        ("column_name", "the column at fault, where it is one"),
    ),
    table(
        "records",
        "one thing that one row describes, standardised",
        ("record_id", "id made from the content; never from a row's place"),
        ("source", "source"),
        ("table_name", "table of the contract"),
        ("source_key", "the key that the contract names"),
        ("part", "which of the things in the row it is"),
        ("kind", "person, organisation or property"),
        ("extract_id", "the newest extract that holds it"),
        ("row_number", "its row in that extract, from 1", "int64"),
        ("first_as_at", "the first day its source said this"),
        ("last_as_at", "the last day its source said this"),
        (
            "listed_until",
            "the day until which its source said so: of its newest extract where it does still, if that sends changes only and "
            "does not repeat it",
        ),
        ("current", "its source still says this, and the dealing it is in is open", "boolean"),
        ("ended_on", "the day on which that dealing was closed"),
        *((c, says(c)) for c in record_columns()),
        ("postal_address_lines", "address where post is sent"),
        ("postal_postcode", "postcode where post is sent"),
        ("uprn_given", "the UPRN that the source itself gives"),
        (
            "uprn_by",
            "source, exact (the text of its address), reviewer or library (the likeliest by it); empty: none found",
        ),
        ("uprn_why", "why its UPRN is not the one given, or there is none; or how its text was found"),
        ("uprn_agrees", "its address leads to its UPRN; empty: nothing to compare", "boolean"),
        ("placed_by", "postcode, coordinates or outside; empty: not placed"),
        ("placed_why", "why it is outside, not placed, or placed without its postcode"),
        indexed_by=("record_id",),
    ),
    table(
        "links",
        "one scored pair",
        ("left_record", "record, the one that sorts first"),
        ("right_record", "record"),
        ("probability", "that both describe one entity, 0 to 1", "float64"),
        ("decided_by", "model, identifier, repeat (alike in everything compared) or reviewer"),
        ("weight", "evidence for the pair in bits (log2); empty when not scored", "float64"),
        (
            "rest",
            "of people whom a number joins: bits for one that all else says, without the odds",
            "float64",
        ),
        ("kind", "person, organisation or property"),
        ("contested", "joins nothing by itself: for rivals, years of birth or a doubted number", "boolean"),
        ("joined", "its two records came to be of one entity, by this pair or by others", "boolean"),
    ),
    table(
        "link_evidence",
        "one thing compared between a pair",
        ("left_record", "record"),
        ("right_record", "record"),
        ("field", "what was compared"),
        ("agreement", "how well it agreed, in words"),
        ("weight", "evidence in bits; negative: against", "float64"),
    ),
    table(
        "told_apart",
        "two units that stay apart, though the records that told them apart are gone",
        ("left_unit", "unit, the one that sorts first"),
        ("right_unit", "unit"),
        ("kind", "person, organisation or property"),
        ("told_apart_in", "the last release that had those records"),
    ),
    table(
        "linkage_rules",
        "one rule that links went by",
        (
            "rule",
            "link from, review from (thresholds), holds each once, may not be linked, years of birth, odds before comparing, "
            "new keys (a register was given them) or basis",
        ),
        ("source", "the source that it is about; empty: all"),
        ("table_name", "the table that it is about"),
        (
            "value",
            "of a threshold: the probability; of years of birth: how many part two people, 0 where none do; of odds: how "
            "likely two records are to be one, and of new keys how likely an old one goes on as a new one, in bits (log2)",
            "float64",
        ),
        ("about", "of odds and years of birth: the kind; of holds each once: the part; of new keys: when"),
        ("model", "of odds: the hash of the linkage model; of the basis: a digest of what linkage went by"),
    ),
    table(
        "members",
        "a record's entity",
        ("source", "source"),
        ("source_key", "the key that the contract names"),
        ("part", "which of the things in the row it is"),
        ("record_id", "record"),
        ("kind", "person, organisation or property"),
        ("entity_id", "the entity it belongs to"),
        ("unit_id", "its source, key, part and kind as one text; identities last by it"),
        (
            "fingerprint",
            "a number made of all that linkage reads of it: who has the same is compared the same",
            "int64",
        ),
        indexed_by=("entity_id",),
    ),
    table(
        "identities",
        "one thing that happened to an entity id",
        ("entity_id", "lasting id"),
        ("kind", "person, organisation, property or household"),
        ("happened", "created, kept, merged, split, retired or restored"),
        ("at_release", "release at which it did"),
        ("into_entity", "where a merged or split id leads"),
        ("reason", "why, in words"),
        (
            "model",
            "of a merged or split id: the first letters of the hash of the linkage model that was used",
        ),
        (
            "left_record",
            "of a merged or split id: one of the two records that it hangs on, where there are two",
        ),
        ("right_record", "the other of the two"),
        ("decided_by", "what joined them, or no longer does: model, repeat, identifier or reviewer"),
        ("reviewer", "of what a reviewer decided and still says: who"),
    ),
    *MATCH_TABLES,
    table(
        "people",
        "one person, chosen values",
        *_ENTITY_HEAD,
        *_of_entity("person"),
        indexed_by=("entity_id",),
    ),
    table(
        "organisations",
        "one organisation, chosen values",
        *_ENTITY_HEAD,
        *_of_entity("organisation"),
        indexed_by=("entity_id",),
    ),
    table(
        "properties",
        "one property, chosen values",
        *_ENTITY_HEAD,
        *_of_entity("property"),
        indexed_by=("entity_id",),
    ),
    table(
        "households",
        "people who live at one property now",
        ("entity_id", "lasting id of the household"),
        ("current", "false: it no longer exists", "boolean"),
        ("property_id", "where it lives"),
        ("people", "how many live in it", "int64"),
        indexed_by=("entity_id", "property_id"),
    ),
    table(
        "subjects",
        "what a decision to share needs to know of a person, an organisation or a property",
        ("entity_id", "lasting id of the entity"),
        ("kind", "person, organisation or property"),
        ("areas", "codes of the areas of its chosen address, in every geography", "array<string>"),
        ("born_first", "the first day on which a person can have been born; empty: not known"),
        ("born_last", "the last such day"),
        ("deceased", "a date of death is known", "boolean"),
        ("known_to", "the sources that list it now", "array<string>"),
        ("subject_no", "its place in the order of ids, from 0; `search_places` names it by that", "int32"),
        indexed_by=("entity_id",),
    ),
    table(
        "claims",
        "what one record says about one field of an entity",
        ("entity_id", "entity"),
        ("group_name", "fields chosen together; of numbers of other kinds each kind: other_number[uln]"),
        ("item", "which of several in the record (a second telephone)"),
        ("field", "field"),
        ("value", "what the record says, in standard form"),
        ("accuracy", "of a date: day, month or year; of a UPRN that no source gave: how it was found"),
        ("valid_from", "the first day its source said this; empty: over before any extract told of it"),
        ("valid_to", "the last day, once it has stopped saying so"),
        ("record_id", "record"),
        ("source", "source"),
        ("as_at", "the newest extract that says so"),
        ("chosen", "it won", "boolean"),
        ("reason", "why it won, or what beat it"),
        ("source_value", "the source's own code or UPRN, where it was translated or replaced"),
    ),
    table(
        "address_matches",
        "one text of an address with its postcode, and what the gazetteer makes of it",
        ("address_lines", "the text, in standard form"),
        ("postcode", "postcode, where the records give one"),
        ("uprn", "the UPRN it leads to; empty: none, or not certain"),
        ("method", "exact, reviewer, library, source (all its records came with a UPRN), review or none"),
        ("reason", "why, in words"),
        ("score", "of library and review: evidence in bits", "float64"),
        ("lead", "bits by which the best stands before the next that could be meant", "float64"),
        ("best_uprn", "of library and review: the best found"),
        ("second_uprn", "the next best"),
        ("best_address", "how the gazetteer writes the best"),
        ("second_address", "and the next best"),
        (
            "is_flat",
            "the property is a flat or unit in a building; without one, the text names one",
            "boolean",
        ),
        ("records", "records that write it so", "int64"),
        ("longitude", "where the gazetteer has that UPRN: degrees east, WGS 84", "float64"),
        ("latitude", "degrees north", "float64"),
    ),
    table(
        "residences",
        "who lived (or traded) where, when",
        ("entity_id", "person or organisation"),
        ("property_id", "property"),
        ("role", "resident or occupier"),
        ("valid_from", "the first day a source said so; empty: over before any extract told of it"),
        ("valid_to", "the last day, once it stopped"),
        ("record_id", "record that says so"),
        indexed_by=("entity_id", "property_id"),
    ),
    table(
        "household_members",
        "who lived together, when",
        ("household_id", "household"),
        ("person_id", "person"),
        ("valid_from", "the first day a source said so; empty: over before any extract told of it"),
        ("valid_to", "the last day, once it stopped"),
        indexed_by=("household_id", "person_id"),
    ),
    table(
        "relationships",
        "parent, partner, carer, liable jointly",
        ("from_entity", "person"),
        ("role", "parent, partner, carer or liable_jointly"),
        ("to_entity", "the person it is to"),
        ("valid_from", "the first day a source said so; empty: over before any extract told of it"),
        ("valid_to", "the last day, once it stopped"),
        ("record_id", "record that says so"),
        indexed_by=("from_entity", "to_entity"),
    ),
    table(
        "episodes",
        "one dealing with a service",
        ("episode_id", "id made from source, key and part"),
        ("service", "Local Government Services List number"),
        ("organisation", "organisation that gives the service"),
        ("kind", "what sort of dealing, in the source's words"),
        ("status", "status, in the source's words"),
        ("opened_on", "day it began"),
        ("closed_on", "day it ended"),
        ("amount", "pounds", "float64"),
        ("reference", "the service's own reference"),
        ("record_id", "record of the first person or thing it is about"),
        ("source", "source"),
        ("current", "its source still lists it", "boolean"),
        indexed_by=("episode_id",),
    ),
    table(
        "episode_entities",
        "who or what an episode was about",
        ("episode_id", "episode"),
        ("entity_id", "entity"),
        ("role", "the part it plays, in the contract's word"),
        indexed_by=("entity_id",),
    ),
    *SEARCH_TABLES,
    table(
        "areas",
        "one area in one geography",
        ("area_code", "code"),
        ("geography", "lsoa, ward, district, ..."),
        ("vintage", "year whose boundaries these are"),
        ("name", "name"),
        ("parent_code", "the next larger area"),
        ("boundary", "GeoJSON geometry, degrees WGS 84"),
    ),
    table(
        "area_within",
        "one area lying in a larger one",
        *((c, "code, geography or vintage") for c in ("area_code", "geography", "vintage")),
        *((c, "the same, of the larger area") for c in ("in_code", "in_geography", "in_vintage")),
    ),
    table(
        "placements",
        "the area of a record in one geography",
        ("record_id", "record"),
        ("geography", "geography"),
        ("vintage", "vintage"),
        ("area_code", "area"),
        ("placed_by", "postcode or coordinates"),
    ),
    table(
        "area_measures",
        "one figure for one area",
        ("area_code", "area; `outside` and `not-placed` keep the totals whole"),
        ("measure", "what is measured"),
        ("period", "month, day or year it is for"),
        ("value", "the figure, in the measure's unit", "float64"),
        ("source", "source, or `twin` when counted from the twin"),
        ("geography", "geography of the area"),
        ("vintage", "vintage of the area"),
    ),
    table(
        "quality",
        "one measurement",
        ("source", "source"),
        ("table_name", "table of the contract"),
        ("field", "field or column; empty: the whole table"),
        ("dimension", "completeness, uniqueness, consistency, timeliness, validity or accuracy"),
        ("rule", "what was counted"),
        ("passed", "how many passed", "int64"),
        ("total", "of how many", "int64"),
    ),
)

BY_NAME: Final = {t.name: t for t in TABLES}
ENTITY_TABLES: Final = {"person": "people", "organisation": "organisations", "property": "properties"}
