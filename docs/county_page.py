"""The reference page of the fictional county: districts, sources, mistakes and their rates, records to look at.

Everything is read from the plan, the contracts, the rates and a small county made for the purpose. What no code says
in words (`FAILS`) is said here, and a new name without a sentence stops the page.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from importlib.resources import files
from typing import Any, Final

import yaml
from county_records import records
from county_samples import samples
from markdown_text import table

from vestry.synthetic.mistakes import rates, slips
from vestry.synthetic.mistakes.ways import MISTAKES
from vestry.synthetic.plan import DISTRICTS, ORGANISATIONS, DistrictPlan
from vestry.synthetic.reference import CONTRACTS
from vestry.synthetic.sending import Layout
from vestry.synthetic.sources import MONTHLY, ONCE, Source, sources_of

FAILS: Final[Mapping[str, str]] = {
    "not told of a move": "an account stays at the home that was left",
    "dead still listed": "somebody who died is there as if alive",
    "gone still listed": "somebody who left is there as if living here",
    "landlord pays": "of homes that stand empty, those for which a landlord has an account",
    "billed elsewhere": "the bill goes to another address",
    "executors": "of the dead still listed, those entered as `EXORS OF`",
    "shared phone": "of people in a home with a telephone of its own, those who give that one",
    "not registered": "somebody, or a business, who should be there and is not",
    "not registered after a move": "the same, of those who moved lately",
    "old number kept": "of electors who moved, those who stay under the old number at the old home",
    "newcomer not registered": "of people who arrived, those who have not come to a practice yet",
    "not named yet": "of births, those entered as `Baby`",
    "number not known again": "of second registrations of one person, those without the NHS number",
    "still waiting": "an applicant who was given a home and stays on the list",
    "registered twice": "a second registration of one person",
    "joined twice": "a second card of one person",
    "at school elsewhere": "of pupils, those at a school outside the county or an independent one",
    "stale name": "the legal name where the business trades under another",
    "no company number": "not given",
    "closed still listed": "a business that closed is there as if open",
    "no postcode": "an address without a postcode",
}
"""What a register fails to hear or do, in words. In which sources it happens, and how often, is in `mistakes.rates`."""


CHANGES: Final = ("an arrival", "a move", "a departure", "a new name")
"""What `mistakes.rates.HEARS` tells of."""

OF_DISTRICTS: Final = (
    "council-tax", "benefits", "electoral-register", "housing", "waiting-list", "waste", "business-rates", "food-register",
    "licensing",
)  # fmt: skip
"""Kinds of source, as `mistakes.rates` names them, that district councils have."""


def county_page() -> list[str]:
    """The lines of the page."""
    return [
        "# The fictional county",
        "",
        "What is in it, where everything is said with its figure. Why it is so is in",
        "[The fictional county](../explanation/the-fictional-county.md); how to make one in",
        "[Practise with a fictional county](../how-to/practise-with-a-fictional-county.md). Nobody in it lives.",
        "",
        "![A map of Eldershire: ten districts that lie in the open sea, divided into small areas that are darker where",
        "they are more deprived](../pictures/county.svg)",
        "",
        *_districts(),
        *_sources(),
        *_mistakes(),
        *_registers(),
        *_dial(),
        *records(samples()),
    ]


def _districts() -> list[str]:
    rows = [
        [
            d.name,
            d.town,
            _hundred(d.share),
            f"{d.rural:g}",
            f"{d.deprived:g}",
            f"{d.diversity:g}",
            d.supplier,
            "yes" if d.lets_homes else "no",
            _happens(d),
        ]
        for d in DISTRICTS
    ]
    heads = (
        "district", "main town", "of residents, in 100", "rural", "deprived", "diversity", "council tax system",
        "lets homes", "what happens between the extracts",
    )  # fmt: skip
    return [
        "## Districts",
        "",
        "`--districts N` makes the first N of them. *Rural* (0 to 1) is how thinly they live outside the town,",
        "*deprived* (0 to 1) how poor the poorest quarter is, *diversity* multiplies the county's share of families",
        "whose names are not English.",
        "",
        *table(heads, rows),
        "",
        "The county council (`eldershire`), the NHS (`nhs`) and the police (`police`) serve all of them. In",
        f"{_names(d.name for d in DISTRICTS if d.students)} students live in halls.",
        "",
    ]


def _happens(district: DistrictPlan) -> str:
    said = []
    if district.rekeys:
        said.append(
            "another supplier takes over council tax: every account has another number in the last extract"
        )
    if district.stops:
        said.append(f"`{district.organisation}-{district.stops}` is sent once and never again")
    if district.late:
        said.append("later extracts of its own tell of the day one extract earlier: a month behind")
    return "; ".join(said)


def _sources() -> list[str]:
    by_name: dict[str, tuple[Source, list[DistrictPlan]]] = {}
    for plan in DISTRICTS:
        for source in sources_of(plan):
            by_name.setdefault(source.contract, (source, []))[1].append(plan)
    own = sorted(
        (_source(s, plans) for s, plans in by_name.values() if not s.whole_county), key=lambda r: r[0]
    )
    county = [_source(s, plans) for s, plans in by_name.values() if s.whole_county]
    place = [
        [f"`{c['id']}`", _layout_of(c), "once", _gateway(c), _purpose(c)]
        for c in (_contract(f"{organisation}/{name}.yaml") for organisation, name in CONTRACTS)
    ]
    heads = ("source", "organisation", "files", "sent", "extract", "lawful basis", "what it holds", "LGSL")
    return [
        "## Sources",
        "",
        "Every one has a contract below `contracts/` of the place that is made; what follows is read from those.",
        "*LGSL* are the numbers in the Local Government Services List under which its episodes go, if it has any.",
        "`DISTRICT` stands for the short name of the council.",
        "",
        "### Of each district council",
        "",
        *table(heads, own),
        "",
        "### Of the whole county",
        "",
        *table(heads, county),
        "",
        "### Of the place itself",
        "",
        "They hold no people, are open and are never linked.",
        "",
        *table(("source", "form", "sent", "lawful basis", "what it holds"), place),
        "",
        "### Spoilt in sending",
        "",
        "In every extract of 20 rows or more these rows come to harm on the way; of a file of the whole county, in each",
        "district's part.",
        "",
        *table(
            (
                "source",
                "rows repeated",
                "with a column too many",
                "born on 31 February",
                "wrong NHS check digit",
            ),
            [r for s, plans in by_name.values() if (r := _blots(s, plans))],
        ),
        "",
    ]


def _source(source: Source, plans: Sequence[DistrictPlan]) -> list[str]:
    contract = _contract(source.contract)
    name = (
        source.name
        if source.whole_county
        else f"DISTRICT-{source.name.removeprefix(plans[0].organisation + '-')}"
    )
    who = ORGANISATIONS[source.organisation]
    if not source.whole_county:
        who = "each" if len(plans) == len(DISTRICTS) else _names(p.name for p in plans)
    sent = {MONTHLY: "every month", ONCE: "once"}.get(source.every, "first and last")
    services = sorted({int(s) for s in _services(contract)})
    link = "" if _custom(contract)["vestry.may_link"] else " Never linked."
    return [
        f"`{name}`",
        who,
        _layouts(source),
        sent,
        str(_custom(contract)["vestry.extract"]),
        _gateway(contract),
        _purpose(contract) + link,
        ", ".join(map(str, services)),
    ]


def _layouts(source: Source) -> str:
    forms = {_form(layout) for layout in source.files.values()}
    count = f"{len(source.files)} files: " if len(source.files) > 1 else ""
    return count + "; ".join(sorted(forms))


def _form(layout: Layout) -> str:
    if layout.wrapped:
        return "XML, gzipped"
    parted = {",": "commas", ";": "semicolons", "|": "bars"}[layout.delimiter]
    header = "" if layout.header else ", no header line"
    coded = {"utf-8": "UTF-8", "windows-1252": "Windows-1252"}[layout.encoding]
    return f"CSV, {parted}, {coded}{header}"


def _layout_of(contract: Mapping[str, Any]) -> str:
    form = _custom(contract)["vestry.format"]
    names = {"geojson": "GeoJSON", "csv": "CSV"}
    return names[form["format"]] + ("" if form.get("header", True) else ", no header line")


def _blots(source: Source, plans: Sequence[DistrictPlan]) -> list[str] | None:
    all_blots = [layout.blots for layout in source.files.values()]
    counts = [
        sum(b.repeated for b in all_blots),
        sum(b.ragged for b in all_blots),
        2 * sum(bool(b.impossible) for b in all_blots),
        3 * sum(b.wrong_check_digit is not None for b in all_blots),
    ]
    if not any(counts):
        return None
    name = source.contract.rpartition("/")[2].removesuffix(".yaml")
    return [f"`{name}`", *(str(n) if n else "" for n in counts)]


def _contract(name: str) -> dict[str, Any]:
    text = files("vestry.synthetic").joinpath("contracts", name).read_text(encoding="utf-8")
    read: dict[str, Any] = yaml.safe_load(text)
    return read


def _custom(of: Mapping[str, Any]) -> dict[str, Any]:
    return {p["property"]: p["value"] for p in of.get("customProperties", ())}


def _gateway(contract: Mapping[str, Any]) -> str:
    return str(_custom(contract)["vestry.lawful_basis"].get("gateway", ""))


def _purpose(contract: Mapping[str, Any]) -> str:
    return " ".join(str(contract["description"]["purpose"]).split())


def _services(contract: Mapping[str, Any]) -> Iterable[Any]:
    for rows in contract["schema"]:
        for part in _custom(rows)["vestry.describes"].values():
            if part.get("service") is not None:
                yield part["service"]


def _mistakes() -> list[str]:
    used = {way for said in rates.RATES.values() for way in said}
    unused = [way for way in MISTAKES if way not in used]
    return [
        "## How records go wrong",
        "",
        "Each way is a function of a few lines in `src/vestry/synthetic/mistakes/ways.py`. An entry goes in as it",
        "should be and comes out as the source will hold it. They are tried in this order, each once.",
        "",
        *table(
            ("function", "what it makes of the entry"),
            [[f"`{w}`{' *' if w in rates.HARDER_NAMES else ''}", _says(f)] for w, f in MISTAKES.items()],
        ),
        "",
        f"\\* {rates.HARDER_BY:g} times as often where the family's names are not English. Letters slip in",
        "`src/vestry/synthetic/mistakes/slips.py`:",
        "",
        *table(
            ("function", "what it does"),
            [
                [f"`{f.__name__}`", _says(f)]
                for f in (slips.mistype, slips.transpose_digits, slips.respell, slips.shortened)
            ],
        ),
        "",
        "### How often, in 100 entries",
        "",
        f"With the dial at {rates.DEFAULT:g}. Blank: never in this source.",
        *([f"In no source so far: {', '.join(f'`{way}`' for way in unused)}."] if unused else []),
        "",
        "Of the district councils:",
        "",
        *_matrix([kind for kind in rates.RATES if kind in OF_DISTRICTS]),
        "",
        "Of the county council, the NHS and the police; `children` stands for the case system and the returns made of it:",
        "",
        *_matrix([kind for kind in rates.RATES if kind not in OF_DISTRICTS]),
        "",
    ]


def _matrix(kinds: Sequence[str]) -> list[str]:
    """Ways down, kinds of source across."""
    rows = [
        [f"`{way}`", *(_rate(rates.RATES[kind].get(way)) for kind in kinds)]
        for way in MISTAKES
        if any(way in rates.RATES[kind] for kind in kinds)
    ]
    return table(("way", *kinds), rows)


def _says(function: object) -> str:
    return " ".join((function.__doc__ or "").strip().split("\n\n")[0].split())


def _registers() -> list[str]:
    found: dict[str, dict[str, float]] = {}
    for kind, said in rates.RATES.items():
        for way, rate in said.items():
            if way not in MISTAKES:
                found.setdefault(way, {})[kind] = rate
    rows = [
        [way, FAILS[way], "; ".join(f"{kind} {_rate(rate)}" for kind, rate in where.items())]
        for way, where in found.items()
    ]
    heard = [[kind, *(_rate(said.get(what)) for what in CHANGES)] for kind, said in rates.HEARS.items()]
    contacts = [[kind, str(round(days))] for kind, days in rates.CONTACT.items() if days]
    return [
        "### What a register fails to hear or do",
        "",
        "In 100 times that it might; a register asks for these itself.",
        "",
        *table(("way", "what happens", "in 100"), rows),
        "",
        "### What a register hears of",
        "",
        "Of 100 changes, those that the source hears of when they happen; of arrivals, of those whom it would hold at",
        "their age. Blank: all of them, or none, or by a way above.",
        "",
        *table(("source", *CHANGES), heard),
        "",
        "### How old the news is",
        "",
        "Mean days since a source last heard from somebody, spread exponentially. What it holds of them in the first",
        "extract, name and address together, is what was true that day. An account or a tenancy is of its home: there",
        "only the name is so old. The police write down what they are told on the day.",
        "",
        *table(("source", "days"), contacts),
        "",
    ]


def _dial() -> list[str]:
    fixed = sorted(rates._FIXED)
    return [
        "## The dial",
        "",
        f"`vestry synthesise DIR --dial {rates.EASY:g}` is easy, {rates.DEFAULT:g} as above,",
        f"{rates.HARD:g} hard; anything from 0.1 to 4 may be asked for. Every rate (up to 97 in 100) and every age of the",
        f"news is multiplied by it, but for these, which stay: {', '.join(fixed)}.",
        "",
    ]


def _rate(rate: float | None) -> str:
    return "" if rate is None else f"{rate * 100:.2g}" if rate < 0.1 else f"{rate * 100:.0f}"


def _hundred(share: float) -> str:
    return f"{share * 100:g}"


def _names(names: Iterable[str]) -> str:
    found = list(names)
    return found[0] if len(found) == 1 else f"{', '.join(found[:-1])} and {found[-1]}"
