"""Contracts in: every YAML file under `contracts/` checked, and made into `Contract` values.

Everything that is wrong with every file is told at once, because a person will mend them in one sitting.
"""

from __future__ import annotations

import codecs
import hashlib
import math
import re
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any, Final

from vestry.contracts.complaints import Complaints, Placed, nearest
from vestry.contracts.contract import Contract, Freshness, LawfulBasis, Layout, Surprises, Table, Tolerance
from vestry.contracts.notation import CSV_ONLY, FORMATS, SPAN_DAYS, SURPRISES
from vestry.contracts.odcs import check_standard
from vestry.contracts.passages import Passage
from vestry.contracts.shared_keys import Checked, check_shared_keys
from vestry.contracts.tables import read_table
from vestry.contracts.yaml_places import Document, read_yaml
from vestry.errors import ContractInvalid, Problem
from vestry.model import kinds
from vestry.model.fields import TRUSTED
from vestry.place import Place

_SOURCE: Final = re.compile(r"[a-z0-9]+(-[a-z0-9]+)*")


def read_contracts(place: Place) -> dict[str, Contract]:
    """Source -> contract, for every contract of the place, by name of source.

    Raises ContractInvalid with every problem of every file when there is any.
    """
    contracts, problems = check_contracts(place.contracts, place.organisations)
    if problems:
        count = "One problem" if len(problems) == 1 else f"{len(problems)} problems"
        raise ContractInvalid(
            f"{count} in the contracts of this place.",
            where=str(place.contracts),
            fix="mend each, then: vestry contract check",
            problems=problems,
        )
    return contracts


def check_text(
    text: str, organisations: Mapping[str, str], path: Path
) -> tuple[Contract | None, list[Placed]]:
    """(the contract in `text`, or None where it cannot be read at all; what is wrong with it by itself). `path` is where it would
    lie. What else the place has is not asked: `check_contracts` does that, with the text `instead`."""
    content = text.encode()
    document = read_yaml(content)
    complaints = Complaints(path.name, document)
    top = Passage(value=document.value, steps=(), complaints=complaints)
    contract = _read_contract(top, document, organisations, path, hashlib.sha256(content).hexdigest())
    return contract, complaints.placed()


def check_contracts(
    folder: Path, organisations: Mapping[str, str], instead: Mapping[Path, str] | None = None
) -> tuple[dict[str, Contract], list[Problem]]:
    """(source -> contract of every file without problems, every problem of the others) below `folder`.

    `organisations` are those of place.toml: name -> title. A folder that does not exist holds no contracts. `instead` are texts
    that files would have, or have now: path -> text.
    """
    found: list[tuple[Checked | None, Complaints]] = []
    first_of: dict[str, str] = {}
    problems: list[Problem] = []
    texts = dict(instead or {})
    there = {p for p in folder.rglob("*") if p.suffix in (".yaml", ".yml") and p.is_file()}
    paths = sorted({*there, *texts})
    for path in paths:
        name = path.relative_to(folder.parent).as_posix()
        try:
            content = texts[path].encode() if path in texts else path.read_bytes()
        except OSError:
            problems.append(
                Problem(what="The file cannot be read.", where=name, fix="give this account permission")
            )
            continue
        document = read_yaml(content)
        complaints = Complaints(name, document)
        top = Passage(value=document.value, steps=(), complaints=complaints)
        contract = _read_contract(top, document, organisations, path, hashlib.sha256(content).hexdigest())
        source = contract.source if contract is not None else None
        if source is not None and source in first_of:
            complaints.add(
                f"`{source}` is also the id of {first_of[source]}.",
                ("id",),
                "give each contract an id of its own",
            )
        elif source is not None:
            first_of[source] = name
        found.append((None if contract is None else Checked(contract=contract, top=top), complaints))
    read = [checked for checked, _ in found if checked is not None]
    check_shared_keys(read, all_read=len(read) == len(paths))
    problems += [problem for _, complaints in found for problem in complaints.problems()]
    faultless = [checked.contract for checked, complaints in found if checked is not None and not complaints]
    return {contract.source: contract for contract in faultless}, problems


def _read_contract(
    top: Passage, document: Document, organisations: Mapping[str, str], path: Path, sha256: str
) -> Contract | None:
    """The contract in `document`, which is `top` whole; what is wrong is complained of, and a default stands in."""
    if document.value is None and document.faults:
        return None
    if not check_standard(document.value, top.complaints):
        return None
    settings = top.settings("contract")
    layout = _layout(settings.get("vestry.format"))
    extract = (
        settings["vestry.extract"].choice("kind of extract", ("full", "changes"))
        if "vestry.extract" in settings
        else None
    )
    link = settings["vestry.may_link"].flag("vestry.may_link") if "vestry.may_link" in settings else None
    tables = _tables(top, layout)
    contract = Contract(
        source=_source(top),
        organisation=_organisation(settings.get("vestry.organisation"), organisations, path),
        title=str(document.value.get("name") or document.value.get("id")),
        version=str(document.value.get("version")),
        path=path,
        sha256=sha256,
        lawful_basis=_lawful_basis(settings.get("vestry.lawful_basis")),
        layout=layout,
        tables=tables,
        may_link=link is not False,
        extract="changes" if extract == "changes" else "full",
        tolerance=_tolerance(settings.get("vestry.tolerance")),
        surprises=_surprises(settings.get("vestry.surprise")),
        freshness=_freshness(top.below("slaProperties")),
        trust=_trust(settings.get("vestry.trust")),
    )
    _check_agreement(top, settings, contract)
    return contract


def _source(top: Passage) -> str:
    said = top.below("id")
    text = said.text("id") if said is not None else None
    if said is not None and text is not None and not _SOURCE.fullmatch(text):
        said.wrong("`id` is not a name for a source.", "use small letters, digits and hyphens: food-register")
    return text or ""


def _organisation(said: Passage | None, organisations: Mapping[str, str], path: Path) -> str:
    name = said.text("vestry.organisation") if said is not None else None
    if said is None or name is None:
        return ""
    if name not in organisations:
        near = nearest(name, organisations)
        known = (
            f"did you mean {near}?" if near else f"known: {', '.join(sorted(organisations)) or 'none yet'}"
        )
        said.wrong(
            f"`{name}` is not an organisation of this place.",
            f"add it to [organisations] of place.toml; {known}",
        )
    elif path.parent.name in organisations and path.parent.name != name:
        said.wrong(
            f"The contract of `{name}` lies in the folder of `{path.parent.name}`.",
            "move the file, or mend the name",
        )
    return name


def _lawful_basis(said: Passage | None) -> LawfulBasis:
    basis = (
        said.mapping("vestry.lawful_basis", ("article_6", "article_9", "gateway"))
        if said is not None
        else None
    )
    if said is None or basis is None:
        return LawfulBasis(article_6="")
    if "article_6" not in basis:
        said.wrong(
            "The lawful basis does not name an article 6 condition.",
            'add article_6: "6(1)(e) public task", or another',
        )
    texts = {name: passage.text(name) for name, passage in basis.items()}
    return LawfulBasis(
        article_6=texts.get("article_6") or "", article_9=texts.get("article_9"), gateway=texts.get("gateway")
    )


def _layout(said: Passage | None) -> Layout:
    settings = said.mapping("vestry.format", ("format", *CSV_ONLY)) if said is not None else None
    if said is None or settings is None:
        return Layout(format="")
    if "format" not in settings:
        said.wrong("`vestry.format` does not name a format.", f"add format: one of {', '.join(FORMATS)}")
    file_format = (settings["format"].choice("format", FORMATS) if "format" in settings else None) or ""
    given: dict[str, Any] = {}
    for name in CSV_ONLY:
        passage = settings.get(name)
        if passage is None:
            continue
        if file_format not in ("csv", ""):
            passage.wrong(f"`{name}` is for csv, but the format is {file_format}.", "take it out")
            continue
        value = passage.flag(name) if name == "header" else _csv_mark(name, passage)
        if value is not None:
            given[name] = value
    return Layout(format=file_format, **given)


def _csv_mark(name: str, passage: Passage) -> str | None:
    """A delimiter or quote of one character (a quote may be none), or the name of an encoding."""
    value = passage.value
    if name == "encoding":
        text = passage.text(name)
        try:
            codecs.lookup(text or "utf-8")
        except LookupError:
            passage.wrong(
                "The encoding is not one that Python knows.", "use utf-8, cp1252, latin-1 or utf-16"
            )
        return text
    if not isinstance(value, str) or len(value) > 1 or (name == "delimiter" and not value):
        passage.wrong(f"`{name}` is not one character.", 'write it in quotes; a tab is "\\t"')
        return None
    return value


def _tables(top: Passage, layout: Layout) -> tuple[Table, ...]:
    listed = top.below("schema")
    if listed is None or not isinstance(listed.value, list) or not listed.value:
        top.wrong(
            "The contract describes no table.", "add a schema with one object for each table of the extract"
        )
        return ()
    tables: list[Table] = []
    for spot in listed.items():
        table = read_table(spot, layout.format)
        if table is None:
            continue
        if table.name.lower() in {t.name.lower() for t in tables}:
            spot.wrong("Two schemas have this name (capitals do not count).", "rename one")
        if (
            len(listed.value) > 1
            and table.files is None
            and table.rows.path is None
            and table.rows.column is None
        ):
            spot.wrong(
                "Nothing says which rows or files are this schema's.", "add vestry.file, or vestry.rows"
            )
        tables.append(table)
    return tuple(tables)


def _tolerance(said: Passage | None) -> Tolerance:
    settings = said.mapping("vestry.tolerance", ("shrink", "swell")) if said is not None else None
    shrink = settings["shrink"].number("shrink", 0, 1) if settings and "shrink" in settings else None
    swell = settings["swell"].number("swell", 0, math.inf) if settings and "swell" in settings else None
    usual = Tolerance()
    return Tolerance(
        shrink=usual.shrink if shrink is None else shrink, swell=usual.swell if swell is None else swell
    )


def _surprises(said: Passage | None) -> Surprises:
    settings = said.mapping("vestry.surprise", SURPRISES) if said is not None else None
    chosen: dict[str, Any] = {}
    for name, passage in (settings or {}).items():
        choice = passage.choice(f"thing to do with {name}", SURPRISES[name])
        if choice is not None:
            chosen[name] = choice
    return Surprises(**chosen)


def _freshness(said: Passage | None) -> Freshness:
    days: dict[str, int] = {}
    for item in said.items() if said is not None and isinstance(said.value, list) else ():
        if not isinstance(item.value, dict) or item.value.get("property") not in ("frequency", "latency"):
            continue
        promise = str(item.value["property"])
        unit, value = str(item.value.get("unit", "")).lower(), item.value.get("value")
        if unit not in SPAN_DAYS:
            item.wrong(f"`{promise}` has no unit that Vestry knows.", "write unit: d, w, m or y")
        elif isinstance(value, bool) or not isinstance(value, int | float) or not 0 < value < 10_000:
            item.wrong(f"`{promise}` is not a number above 0.", "write value: 1, without quotes")
        else:
            days[promise] = math.ceil(value * SPAN_DAYS[unit])
    return Freshness(every_days=days.get("frequency"), latency_days=days.get("latency"))


def _trust(said: Passage | None) -> dict[str, int]:
    settings = said.mapping("vestry.trust", TRUSTED) if said is not None else None
    trust: dict[str, int] = {}
    for name, passage in (settings or {}).items():
        if (
            isinstance(passage.value, bool)
            or not isinstance(passage.value, int)
            or not 1 <= passage.value <= 9
        ):
            passage.wrong(
                f"The trust in `{name}` is not a whole number from 1 to 9.", "1 is least; 5 when unsaid"
            )
        else:
            trust[name] = passage.value
    return trust


def _check_agreement(top: Passage, settings: Mapping[str, Passage], contract: Contract) -> None:
    """Complain of settings that contradict each other across the contract."""
    spots = top.below("schema")
    for table, spot in _with_spots(contract.tables, spots):
        if contract.extract == "changes" and table.each_row_counts:
            settings["vestry.extract"].wrong(
                "An extract of changes needs a key to change, but a schema has none.", "give it a key"
            )
        if contract.extract == "full" and table.deleted_when is not None:
            spot.settings("table").get("vestry.deleted_when", spot).wrong(
                "`vestry.deleted_when` in a full extract, where a missing key says that already.",
                "write vestry.extract: changes, or take it out",
            )
    if contract.may_link and any(p.kind == kinds.SEALED for t in contract.tables for p in t.parts):
        settings.get("vestry.may_link", top).wrong(
            "Sealed identities in a source whose records may be linked.",
            "write {property: vestry.may_link, value: false}",
        )
    special = [c.name for t in contract.tables for c in t.columns if c.classification == "special-category"]
    basis = settings.get("vestry.lawful_basis")
    if special and basis is not None and isinstance(basis.value, dict) and "article_9" not in basis.value:
        basis.wrong(
            f"There are special-category columns ({', '.join(special[:5])}), but no article 9 condition.",
            "add article_9: the condition that you rely on",
        )


def _with_spots(tables: Iterable[Table], spots: Passage | None) -> Iterable[tuple[Table, Passage]]:
    by_name = (
        {s.value["name"]: s for s in spots.items() if isinstance(s.value, dict) and "name" in s.value}
        if spots
        else {}
    )
    return [(t, by_name[t.name]) for t in tables]
