"""Agreements as a page says them: categories, precisions, ways of use, states and acts in plain English."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any, Final

from vestry.contracts.contract import Contract
from vestry.office.pages.translating import _, gettext_lazy, ngettext
from vestry.office.pages.words import field_name, listed, number
from vestry.sharing.agreements.agreement import Agreement
from vestry.sharing.agreements.wording import FEW
from vestry.sharing.categories import CATEGORIES, FIELDS

CATEGORY: Final = {
    "name": gettext_lazy("names"),
    "birth": gettext_lazy("date of birth"),
    "death": gettext_lazy("date of death"),
    "sex": gettext_lazy("sex"),
    "identity": gettext_lazy("gender identity"),
    "ethnicity": gettext_lazy("ethnicity"),
    "nhs-number": gettext_lazy("NHS number"),
    "nino": gettext_lazy("National Insurance number"),
    "upn": gettext_lazy("unique pupil number"),
    "other-number": gettext_lazy("numbers of other kinds"),
    "address": gettext_lazy("addresses"),
    "contact": gettext_lazy("email and telephone"),
    "residence": gettext_lazy("where they live and lived"),
    "household": gettext_lazy("who lives together"),
    "relationships": gettext_lazy("parents, partners and carers"),
    "dealings": gettext_lazy("dealings with services"),
    "business": gettext_lazy("business details"),
}
"""Category of fields -> what it is called."""

PRECISION: Final = {
    "whole": gettext_lazy("as it is held"),
    "month": gettext_lazy("month and year only"),
    "year": gettext_lazy("year only"),
    "age": gettext_lazy("age in years only"),
    "age-band": gettext_lazy("ten-year age band only"),
    "postcode": gettext_lazy("postcode only"),
    "lsoa": gettext_lazy("small area (LSOA) only"),
    "ward": gettext_lazy("ward only"),
    "district": gettext_lazy("district only"),
    "index-only": gettext_lazy("only that something is held"),
    "withheld": gettext_lazy("withheld"),
}
"""Precision -> how much is shown of a value."""

WAY: Final = {
    "look-up": gettext_lazy("looking up one person"),
    "list": gettext_lazy("a list on a screen"),
    "extract": gettext_lazy("a file that leaves"),
    "notice": gettext_lazy("a message about one person"),
    "statistics": gettext_lazy("counts of which nobody can be told"),
}
"""Way of use -> what it is."""

STATE: Final = {
    "draft": gettext_lazy("Draft"),
    "proposed": gettext_lazy("Waiting for signatures"),
    "signed": gettext_lazy("Signed, not begun"),
    "in force": gettext_lazy("In force"),
    "suspended": gettext_lazy("Suspended"),
    "ended": gettext_lazy("Ended"),
}
COLOUR: Final = {
    "draft": "grey",
    "proposed": "yellow",
    "signed": "light-blue",
    "in force": "green",
    "suspended": "red",
    "ended": "grey",
}
"""State -> the colour of its tag."""

ACT: Final = {
    "drafted": gettext_lazy("Drafted"),
    "proposed": gettext_lazy("Proposed for signature"),
    "signed": gettext_lazy("Signed"),
    "suspended": gettext_lazy("Suspended"),
    "resumed": gettext_lazy("Resumed"),
    "ended": gettext_lazy("Ended"),
}
ACTS_AS: Final = {
    "controller": gettext_lazy("Controller"),
    "joint-controller": gettext_lazy("Joint controller"),
    "processor": gettext_lazy("Processor"),
}
MARKED: Final = {
    "deceased": gettext_lazy("has died"),
    "restricted": gettext_lazy("has a restricted record"),
    "protected-address": gettext_lazy("has a protected address"),
    "sealed": gettext_lazy("is a sealed identity"),
    "opted-out": gettext_lazy("has opted out of other uses of patient information"),
    "staff": gettext_lazy("works for whoever asks"),
    "objects": gettext_lazy("has objected"),
    "consented": gettext_lazy("has said yes"),
}
"""What sets somebody apart -> how an example says so."""


ROLE: Final = {
    "auditor": gettext_lazy("auditor"),
    "benefits-officer": gettext_lazy("benefits officer"),
    "data-engineer": gettext_lazy("data engineer"),
    "education-officer": gettext_lazy("education officer"),
    "front-line-officer": gettext_lazy("front line officer"),
    "governance-officer": gettext_lazy("governance officer"),
    "gp-practice": gettext_lazy("GP practice"),
    "housing-officer": gettext_lazy("housing officer"),
    "licensing-officer": gettext_lazy("licensing officer"),
    "matching-reviewer": gettext_lazy("matching reviewer"),
    "police-analyst": gettext_lazy("police analyst"),
    "police-officer": gettext_lazy("police officer"),
    "public-health-analyst": gettext_lazy("public health analyst"),
    "revenues-officer": gettext_lazy("revenues officer"),
    "social-worker": gettext_lazy("social worker"),
    "system": gettext_lazy("system"),
}


def role_said(role: str) -> str:
    """ "social worker" of a code."""
    return str(ROLE[role]) if role in ROLE else role.replace("-", " ")


def fields_said(fields: Iterable[str]) -> str:
    """Fields in words: a category where all of it is there, else single ones."""
    given = frozenset(fields)
    said = []
    for category, all_ in CATEGORIES.items():
        mine = [field for field in all_ if field in given]
        if len(mine) == len(all_):
            said.append(str(CATEGORY[category]))
        else:
            said += [one_field_said(field) for field in mine]
    return listed(said)


def one_field_said(field: str) -> str:
    """One field, as it stands within a sentence."""
    if len(CATEGORIES[FIELDS[field]]) == 1:
        return str(CATEGORY[FIELDS[field]])
    name = field_name(field)
    return name if name[:2].isupper() else name[0].lower() + name[1:]


def sources_said(sources: Iterable[str], contracts: Mapping[str, Contract]) -> str:
    """Sources by their titles; those of more than a few organisations that end alike as "Housing, of 10 organisations"."""
    alike: dict[str, list[str]] = {}
    for name in sorted(sources):
        owner = contracts[name].organisation if name in contracts else ""
        alike.setdefault(name.removeprefix(f"{owner}-") if owner else name, []).append(name)
    said = []
    for ending, names in alike.items():
        if len(names) > FEW:
            said.append(
                _("%(what)s of %(n)s organisations")
                % {"what": ending.replace("-", " "), "n": number(len(names))}
            )
        else:
            said += [contracts[name].title if name in contracts else name for name in names]
    return listed(said)


def organisations_said(codes: Iterable[str], names: Mapping[str, str], few: int = FEW * 2) -> str:
    """Organisations by name; of more than a few, the first ones and how many there are besides."""
    said = [names.get(code, code) for code in codes]
    if len(said) <= few:
        return listed(said)
    more = len(said) - FEW
    return _("%(first)s and %(n)s more") % {"first": ", ".join(said[:FEW]), "n": number(more)}


def whom_said(
    agreement: Agreement, contracts: Mapping[str, Contract], areas: Mapping[str, str]
) -> tuple[str, ...]:
    """Whose records, one line for each thing that is said. `areas` is code -> name."""
    about = agreement.about
    ages = {"from": about.age_from, "to": about.age_to}
    if about.age_to is not None:
        first = _("People from %(from)d to %(to)d years old") % ages
    elif about.age_from:
        first = _("People of %(from)d years and over") % ages
    else:
        first = _("People of every age")
    said = [first + (_(", and those whose age is not known") if about.age_unknown else "")]
    if agreement.rests_on_consent:
        said.append(_("Only those who have said yes"))
    if about.areas:
        said.append(_("In %(areas)s") % {"areas": listed(areas.get(one, one) for one in sorted(about.areas))})
    if about.known_to:
        said.append(_("Known to %(sources)s now") % {"sources": sources_said(about.known_to, contracts)})
    for too, words, left in (
        (about.deceased, _("The dead too"), _("Not the dead")),
        (about.restricted, _("Restricted records too, to whoever has just shown a passkey"), _("Not restricted records")),
        (about.staff, _("The staff of whoever asks too"), _("Not the staff of whoever asks")),
    ):  # fmt: skip
        said.append(words if too else left)
    return tuple(said)


def days_said(days: int) -> str:
    """ "2 years" of 730, "90 days" of 90."""
    if days % 365 == 0:
        years = days // 365
        return ngettext("%(n)s year", "%(n)s years", years) % {"n": number(years)}
    return ngettext("%(n)s day", "%(n)s days", days) % {"n": number(days)}


def person_said(age: int | None, marked: Iterable[str], known_to: Iterable[str], contracts: Any) -> str:
    """Whoever an example is about: "somebody of 81, known to Adult social care, who has a restricted record"."""
    said = [_("somebody of no known age") if age is None else _("somebody of %(age)d") % {"age": age}]
    if known := tuple(known_to):
        said.append(_("known to %(sources)s") % {"sources": sources_said(known, contracts)})
    if what := [str(MARKED.get(one, one)) for one in sorted(marked)]:
        said.append(_("who %(what)s") % {"what": listed(what)})
    return ", ".join(said)
