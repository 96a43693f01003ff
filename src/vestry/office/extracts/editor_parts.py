"""What a row describes, in the editor: what each part says of itself, how parts belong together, and one that is taken out."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Final, Literal

from vestry.contracts.contract import Part, Table
from vestry.contracts.editing_parts import PartEdit
from vestry.contracts.notation import CHOICES, REFERENCES
from vestry.model import kinds
from vestry.office.pages.translating import gettext_lazy

How = Literal["one", "several", "column", "text", "list"]
"""How an attribute is chosen: one of those offered, several, a column, a text, or texts with commas."""

_LISTS: Final = ("within", "areas")
_MORE: Final = ("present_when", "keyed_by", "same_key_as")
"""Attributes that few contracts need: they are in a section that is closed."""

KIND_SAID: Final = {
    kinds.PERSON: gettext_lazy("Resident"),
    kinds.ORGANISATION: gettext_lazy("Business or organisation"),
    kinds.PROPERTY: gettext_lazy("Property"),
    kinds.ADDRESS: gettext_lazy("Postal address"),
    kinds.EPISODE: gettext_lazy("Dealing with a service"),
}
"""Kinds that can be added by choosing, and what a page calls them."""

_SAID: Final = {
    "lives_at": gettext_lazy("Lives at"),
    "based_at": gettext_lazy("Is at"),
    "post_to": gettext_lazy("Has its post sent to"),
    "run_by": gettext_lazy("Is run by"),
    "about": gettext_lazy("Is a dealing with"),
    "partner_of": gettext_lazy("Is the partner of"),
    "parent_of": gettext_lazy("Is a parent of"),
    "carer_of": gettext_lazy("Cares for"),
    "liable_with": gettext_lazy("Is liable together with"),
    "present_when": gettext_lazy("Is there where this column holds something"),
    "keyed_by": gettext_lazy("Its own key is in this column"),
    "same_key_as": gettext_lazy("Has the key of a part of another source"),
    "service": gettext_lazy("Service, by its number in the Local Government Services List"),
    "type": gettext_lazy("What sort of dealing it is"),
    "geography": gettext_lazy("Geography of its codes"),
    "vintage": gettext_lazy("Year of that geography"),
    "within": gettext_lazy("Geographies that it lies within"),
    "areas": gettext_lazy("Geographies of its areas"),
    "from_vintage": gettext_lazy("Year of the codes before"),
    "to_vintage": gettext_lazy("Year of the codes after"),
    "weights": gettext_lazy("How what lies across areas is shared out"),
    "measure": gettext_lazy("What is counted"),
    "period": gettext_lazy("For when"),
    "combine": gettext_lazy("How figures of several areas become one"),
    "weighted_by": gettext_lazy("Measure that means are weighted by"),
}
"""Attribute of a part -> what a page calls it."""

_HINTS: Final = {
    "same_key_as": gettext_lazy("As childrens-cases.child; empty where its key is its own"),
    "geography": gettext_lazy("As lsoa or ward"),
    "vintage": gettext_lazy("As 2021"),
    "within": gettext_lazy("As ward/2024; several with commas"),
    "areas": gettext_lazy("As ward/2024; several with commas"),
}
_NOTHING: Final = {
    "present_when": gettext_lazy("It is there in every row"),
    "keyed_by": gettext_lazy("It has the key of the row"),
}
"""What it means that a column is chosen for neither."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PartField:
    """One attribute of a part: its field's `name`, what may be chosen as (value, label), what is."""

    name: str
    label: str
    how: How
    hint: str
    offered: tuple[tuple[str, str], ...]
    chosen: tuple[str, ...]
    more: bool

    @property
    def text(self) -> str:
        """What is chosen, as a field of text holds it."""
        return ", ".join(self.chosen)


@dataclass(frozen=True, slots=True, kw_only=True)
class PartForm:
    """One part in the editor; `kind` in words."""

    name: str
    kind: str
    fields: tuple[PartField, ...]


def part_forms(table: Table) -> tuple[PartForm, ...]:
    """The parts of a table as a form."""
    return tuple(
        PartForm(name=part.name, kind=kind_said(part.kind), fields=tuple(_fields(table, part)))
        for part in table.parts
    )


def part_edits(form: Mapping[str, str], table: Table) -> tuple[PartEdit, ...]:
    """What a form says of the parts of a table. Of one that it does not hold, everything stays."""
    edits = []
    for part in table.parts:
        says: dict[str, tuple[str, ...]] = {}
        for attribute in _attributes(part) if field_of(part.name, "present_when") in form else ():
            name, how = field_of(part.name, attribute), _how(attribute)
            if how == "several":
                others = [value for value, _label in _offered(table, part, attribute)]
                says[attribute] = tuple(one for one in others if form.get(f"{name}-{one}") == "yes")
            elif name in form:
                texts = form[name].split(",") if how == "list" else [form[name]]
                says[attribute] = tuple(text.strip() for text in texts if text.strip())
        edits.append(PartEdit(name=part.name, says=says, taken_out=form.get("act") == f"out-{part.name}"))
    return tuple(edits)


def field_of(part: str, attribute: str) -> str:
    """The field of a form in which an attribute of a part is chosen."""
    return f"part-{part}-{attribute}"


def ties(part: Part, there: frozenset[str]) -> tuple[str, ...]:
    """How a part belongs to those of the others that are `there`, in words: "Lives at: home"."""
    found = []
    for attribute in REFERENCES:
        named = [name for name in _texts(part.attributes.get(attribute)) if name in there]
        if named:
            found.append(f"{_SAID[attribute]}: {', '.join(named)}")
    return tuple(found)


def kind_said(kind: str) -> str:
    """What a page calls a kind."""
    return str(KIND_SAID.get(kind, kind.replace("_", " ").capitalize()))


def kinds_offered() -> tuple[tuple[str, str], ...]:
    """The kinds of a part that can be added."""
    return tuple((kind, str(said)) for kind, said in KIND_SAID.items())


def _attributes(part: Part) -> tuple[str, ...]:
    return (*kinds.ATTRIBUTES[part.kind], "present_when")


def _fields(table: Table, part: Part) -> Iterator[PartField]:
    for attribute in _attributes(part):
        offered = _offered(table, part, attribute)
        chosen = _texts(part.present_when if attribute == "present_when" else part.attributes.get(attribute))
        if attribute in REFERENCES and not offered and not chosen:
            continue  # there is nothing that it could belong to
        yield PartField(
            name=field_of(part.name, attribute), label=str(_SAID[attribute]), how=_how(attribute),
            hint=str(_HINTS.get(attribute, "")), offered=offered, chosen=chosen, more=attribute in _MORE,
        )  # fmt: skip


def _how(attribute: str) -> How:
    if attribute in kinds.RELATIONSHIP_ATTRIBUTES or attribute == "about":
        return "several"
    if attribute in REFERENCES or attribute in CHOICES:
        return "one"
    if attribute in _NOTHING:
        return "column"
    return "list" if attribute in _LISTS else "text"


def _offered(table: Table, part: Part, attribute: str) -> tuple[tuple[str, str], ...]:
    if attribute in REFERENCES:
        others = [p.name for p in table.parts if p.name != part.name and p.kind in REFERENCES[attribute]]
        return tuple((name, name) for name in others)
    if attribute in CHOICES:
        return tuple((word, word) for word in CHOICES[attribute])
    if attribute in _NOTHING:
        nothing = (("", str(_NOTHING[attribute])),)
        return nothing + tuple((column.name, column.name) for column in table.columns)
    return ()


def _texts(value: Any) -> tuple[str, ...]:
    if value is None:
        return ()
    return tuple(map(str, value)) if isinstance(value, list | tuple) else (str(value),)
