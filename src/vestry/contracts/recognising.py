"""What the header of a column says it is: names that the systems of councils and their partners use.

Sources: the National Fraud Initiative's field lists (council tax, electoral register, housing, passes),
the Food Hygiene Rating Scheme's XML, AddressBase Premium, electoral management exports, the SSDA903 and
Children in Need returns, NHS ODS `epraccur`, and police.uk.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Final

PERSON, PARTNER, ORGANISATION, PROPERTY, BILLING, EPISODE, PLACE = (
    *("person", "partner", "organisation", "property", "billing", "episode", "place"),
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Meaning:
    """The thing and field that a header speaks of; `index` orders the lines of an address, or is the kind of a number."""

    thing: str
    field: str
    index: int | str | None = None


_ADDRESS: Final = r"(property |home |premises |current |street |postal )?"
_RULES: Final = tuple(
    (re.compile(pattern), thing, field)
    for pattern, thing, field in (
        (r"(new )?nhs( ?(no|num|number|id))?( number)?", PERSON, "nhs_number"),
        (r"ni( ?(no|num|number))?|nino|national insurance( ?(no|number))?", PERSON, "nino"),
        (r"upn|unique pupil (number|no)", PERSON, "upn"),
        (r"(person |client |applicant )?title", PERSON, "title"),
        (r"(previous|former|maiden|birth) (sur|family |last )?name", PERSON, "previous_family_name"),
        (r"known as|preferred name|alias", PERSON, "known_as"),
        (r".*\b(surname|family ?name|last ?name)|sname", PERSON, "family_name"),
        (
            r".*\b(fore ?names?|first ?names?|given ?names?|christian names?)( s)?|fname|forenames",
            PERSON,
            "given_names",
        ),
        (r"middle.*|initials?", PERSON, "given_names"),
        (
            r"(full|resident|tenant|client|applicant|customer|payer|patient|pupil|child|person)s? name"
            r"|(full ?|elector |claimant )name",
            PERSON,
            "full_name",
        ),
        (r"(date of birth|dob|d o b|(person )?birth ?date|birth|person birth date)", PERSON, "birth_date"),
        (r"(date of death|dod|death ?date|person death date|deceased date)", PERSON, "death_date"),
        (r"sex", PERSON, "sex"),
        (r"gender( current)?", PERSON, "gender"),
        (r"ethnic(ity| origin| group| code)?", PERSON, "ethnicity"),
        (r"(contact |home )?e ?mail( ?address)?", PERSON, "email"),
        (
            r"(contact |home |mobile |work |daytime )?(tele)?phone( ?(no|number))?"
            r"|(home |mobile )?tel( ?(no|num))?|mobile( ?(no|number))?",
            PERSON,
            "phone",
        ),
        (
            r"(business|organi[sz]ation|establishment|school|practice|company|trading|premises) ?name"
            r"|(provider|venue) name|organi[sz]ation|legal name",
            ORGANISATION,
            "organisation_name",
        ),
        (r"business type|(organi[sz]ation|establishment|school) type", ORGANISATION, "organisation_type"),
        (r"company (no|number|reg.*)|crn|companies house.*", ORGANISATION, "company_number"),
        (r"(ods|organi[sz]ation|practice) code", ORGANISATION, "ods_code"),
        (r"(school |establishment )urn", ORGANISATION, "school_urn"),
        (r"fhrs ?id", ORGANISATION, "fhrs_id"),
        (r"local authority business id|business (ref|reference|id)", ORGANISATION, "business_reference"),
        (r"rating value", ORGANISATION, "rating"),
        (r"rating date", ORGANISATION, "rated_on"),
        (r"open ?date|opened( on)?", ORGANISATION, "opened_on"),
        (r"close ?date|closed( on)?", ORGANISATION, "closed_on"),
        (_ADDRESS + r"(post ?code( locator)?|pcds?|zip)|home post", PROPERTY, "postcode"),
        (r"uprn|unique property reference( number)?( uprn)?", PROPERTY, "uprn"),
        (r"usrn|unique street reference( number)?", PROPERTY, "usrn"),
        (r"long(itude)?", PROPERTY, "longitude"),
        (r"lat(itude)?", PROPERTY, "latitude"),
        (_ADDRESS + r"(full )?address( text)?", PROPERTY, "address_lines"),
        (r".*\b(reference|ref)( (no|number))?", EPISODE, "reference"),
        (r"decom|.*\b(start|commencement|liability from|moved in|referral) ?date", EPISODE, "opened_on"),
        (r"date (from|started|in|placed)|mis start|reg date", EPISODE, "opened_on"),
        (r"dec|.*\b(end|expiry|cease[ds]?|closure|leaving) ?date", EPISODE, "closed_on"),
        (r"date (to|ended|out|placed ceased)|mis end", EPISODE, "closed_on"),
        (r"(account |case )?status", EPISODE, "status"),
        (r".*\b(amount|balance)", EPISODE, "amount"),
        (r"lsoa ?(\d\d )?(code|cd)?|lsoa \d\d cd", PLACE, "area_code"),
        (r"(month|period|year)", PLACE, "period"),
        (r"(crime|outcome) type|category", PLACE, "category"),
    )
)  # fmt: skip

_LINE: Final = re.compile(_ADDRESS + r"(?:address ?(?:line)?|addr?) ?(\d)")
_PIECES: Final = {
    **dict.fromkeys(("sub building name", "sao text", "flat"), 1),
    **dict.fromkeys(("building name", "pao text", "house name"), 2),
    **dict.fromkeys(("building number", "house number", "house no"), 3),
    **dict.fromkeys(("dependent thoroughfare",), 4),
    **dict.fromkeys(("thoroughfare", "throughfare", "street", "street name", "road", "street descriptor"), 5),
    **dict.fromkeys(("double dependent locality",), 6),
    **dict.fromkeys(("dependent locality", "locality", "district"), 7),
    **dict.fromkeys(("post town", "posttown", "town", "town name", "city"), 8),
    **dict.fromkeys(("county",), 9),
}
"""Named piece of an address (AddressBase Premium, and as others call it) -> its place among the lines."""

_NO: Final = "(no|num|number|id|ref|reference)"
NUMBERS: Final = tuple(
    (re.compile(pattern), kind)
    for pattern, kind in (
        (rf"(uln|unique learner)( {_NO})?", "uln"),
        (rf"(uci|unique candidate identifier)( {_NO})?", "uci"),
        (rf"driv(ing|ers?( s)?) licen[cs]e( {_NO})?", "driving_licence"),
        (rf"passport {_NO}", "passport"),
        (rf"(hmpps )?prison(er)? {_NO}", "prison"),
    )
)
"""Numbers of a person that have no field of their own -> their kind, one of `fields.NUMBER_KINDS`."""

_OTHER: Final = re.compile(r"\b(other liable( person)?|partner s?|partner|spouse|joint|second|other)\b")
_BILLING: Final = re.compile(r"\b(billing|correspondence|forwarding|mailing)\b")
_ELSEWHERE: Final = re.compile(
    r"\b(previous|former|old|polling|station|landlord|agent|owner|delegate|mother|mc|school post|web ?site)\b"
)
"""Words of headers that speak of somebody or somewhere else than the row's own person, business or home."""

SPECIAL: Final = re.compile(
    r"ethnic|religio|faith|disab|health|medical|diagnos|sexual|orientation|union|politic|immunis|sdq|substance"
    r"|convict|offen[cs]e|teeth|dental|biometric|impairment|mental|pregnan|prison|hmpps|probation"
)
"""Headers of UK GDPR article 9 data, and of article 10 (convictions), which asks for as much care."""

NEVER_CODES: Final = re.compile(
    r"name|initial|worker|officer|manager|user|author|created by|updated by|address|addr|street|town|road"
    r"|phone|mobile|e ?mail|post ?code|comment|note|text|descri|reason text|contact|owner|doctor|title|nmw?$"
)
"""Headers of columns whose texts a draft never repeats, however few they are."""

CATEGORY: Final = re.compile(
    r"type|categor|status|class|group|band|reason|outcome|rating|scheme|result|kind|level|sector|tenure|phase"
)
"""Headers of columns whose words are a list somebody chose, and not names."""

IDENTIFYING: Final = frozenset(
    {
        "nhs_number", "nino", "upn", "other_number", "family_name", "given_names", "full_name", "birth_date",
        "death_date",
    }
)  # fmt: skip
"""Fields of which a table must have one to be about people one by one; sex alone is a census."""

OF_PEOPLE: Final = re.compile(
    r"\b(child|person|people|client|patient|pupil|resident|tenant|service user|elector|claimant|carer)\b"
)
"""Headers of tables about people that name nobody: each row belongs to a person all the same."""

KEY_LIKE: Final = re.compile(r".*\b(id|ids|ref|reference|key|code|cd|number|no|num|urn|uprn|usrn|child)|.*id")


def normalise(header: str) -> str:
    """`AddressLine1`, `ADDRESS_LINE_1` and `Address line 1:` as `address line 1`."""
    text = re.sub(r"([a-z])([A-Z])", r"\1 \2", header.rsplit("/", 1)[-1])
    text = re.sub(r"([A-Za-z])([0-9])", r"\1 \2", text)
    text = re.sub(r"\(and following[^)]*\)", "", text.lower())
    return re.sub(r"[^a-z0-9]+", " ", text).strip()


def recognise(header: str) -> Meaning | None:
    """What the header speaks of, or None."""
    said = normalise(header)
    if re.fullmatch(r"(pl|placement) post(code)?", said):
        return Meaning(thing="placement", field="postcode")
    if _ELSEWHERE.search(said) and not re.fullmatch(r"(previous|former|maiden) (sur|family )?name", said):
        return None
    thing = None
    if _BILLING.search(said):
        thing, said = BILLING, re.sub(r" +", " ", _BILLING.sub(" ", said)).strip()
    elif _OTHER.search(said):
        thing, said = PARTNER, re.sub(r"^of | of$", "", re.sub(r" +", " ", _OTHER.sub(" ", said)).strip())
    elif re.fullmatch(r".*[a-z] [12]", said) and not _LINE.fullmatch(said):
        thing, said = (PARTNER if said.endswith("2") else PERSON), said[:-2]
    meaning = _meaning(said)
    if meaning is None or thing is None:
        return meaning
    wanted = (PROPERTY,) if thing == BILLING else (PERSON,)
    return Meaning(thing=thing, field=meaning.field, index=meaning.index) if meaning.thing in wanted else None


def _meaning(said: str) -> Meaning | None:
    said = re.sub(r" of$| s$", "", said)
    line = _LINE.match(said)
    if line:
        return Meaning(thing=PROPERTY, field="address_lines", index=int(line.group(2)))
    if said in _PIECES:
        return Meaning(thing=PROPERTY, field="address_lines", index=_PIECES[said])
    for pattern, kind in NUMBERS:
        if pattern.fullmatch(said):
            return Meaning(thing=PERSON, field="other_number", index=kind)
    for pattern, thing, field in _RULES:
        if pattern.fullmatch(said):
            return Meaning(thing=thing, field=field)
    return None
