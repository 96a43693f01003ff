"""What was done with the agreements of a place, as a file, `signatures.yaml`: proposed, signed by whom, suspended, ended.

A signature names the digest of what was signed. Of an agreement whose words are others now it holds no longer, and that is
seen without anybody having to remember. Every problem of the file is told at once, with its line.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Final

import yaml

from vestry.contracts.complaints import Complaints
from vestry.contracts.passages import Passage
from vestry.contracts.yaml_places import read_yaml
from vestry.errors import Problem
from vestry.place import Place
from vestry.sharing.agreements.agreement import Agreement
from vestry.sharing.agreements.lifecycle import Filed
from vestry.sharing.agreements.writing import digest

_DIGEST: Final = re.compile(r"[0-9a-f]{64}")
_FIRST, _LAST = 1, 9_999
_ANY_WIDTH: Final = 10_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Signature:
    """One organisation's signature: `by` is the office of whoever signed for it, `digest` what exactly was signed."""

    organisation: str
    by: str
    day: date
    digest: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Stop:
    """That an agreement was suspended, or ended before its time: the first day of it, and why."""

    day: date
    because: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Filing:
    """What was done with one version of one agreement, in the order of days."""

    agreement_id: str
    version: int
    proposed_on: date
    signatures: tuple[Signature, ...] = ()
    suspended: Stop | None = None
    ended: Stop | None = None

    def filed(self, agreement: Agreement) -> Filed:
        """The agreement as it stands after all this."""
        return Filed(
            agreement=agreement,
            digest=digest(agreement),
            proposed=True,
            signatures={signature.organisation: signature.digest for signature in self.signatures},
            suspended=self.suspended is not None,
            ended_on=self.ended.day if self.ended else None,
        )


def read_filings(
    place: Place, agreements: Mapping[str, Agreement]
) -> tuple[Mapping[str, Filing], list[Problem]]:
    """(filings by agreement, every problem) of `signatures.yaml`, of the versions that `agreements` holds."""
    path = place.signatures
    if not path.is_file():
        return {}, []
    try:
        content = path.read_bytes()
    except OSError:
        return {}, [
            Problem(what="The file cannot be read.", where=path.name, fix="give this account permission")
        ]
    return check_filings(content, path.name, agreements)


def check_filings(
    content: bytes, name: str, agreements: Mapping[str, Agreement]
) -> tuple[Mapping[str, Filing], list[Problem]]:
    """(filings by agreement, every problem). Those of a version before the one in `agreements` are history, and left out."""
    document = read_yaml(content)
    complaints = Complaints(name, document)
    top = Passage(value=document.value, steps=(), complaints=complaints)
    said = top.mapping("signatures.yaml", ("filed",)) if document.value is not None else {}
    found: dict[str, Filing] = {}
    for item in said["filed"].items() if said and "filed" in said else ():
        filing = _filing(item, agreements)
        if filing is None:
            continue
        if filing.agreement_id in found:
            item.wrong(f"`{filing.agreement_id}` is filed twice.", "put what was done with it together")
        found[filing.agreement_id] = filing
    return found, complaints.problems()


def filings_yaml(filings: Iterable[Filing]) -> str:
    """The file of those filings: read again, they are the same. A signature stands on a line by itself."""
    lines = ["filed:"]
    for filing in filings:
        lines += [
            f"- agreement: {filing.agreement_id}",
            f"  version: {filing.version}",
            f"  proposed: {filing.proposed_on}",
            "  signed:" if filing.signatures else "  signed: []",
            *(f"  - {_on_a_line(_plain(signature))}" for signature in filing.signatures),
        ]
        stops = (("suspended", filing.suspended), ("ended", filing.ended))
        lines += [f"  {name}: {_on_a_line({'day': s.day, 'because': s.because})}" for name, s in stops if s]
    return "\n".join(lines) + "\n"


def _plain(signature: Signature) -> dict[str, object]:
    return {name: getattr(signature, name) for name in ("organisation", "by", "day", "digest")}


def _on_a_line(said: Mapping[str, object]) -> str:
    return yaml.safe_dump(
        said, sort_keys=False, default_flow_style=True, allow_unicode=True, width=_ANY_WIDTH
    ).strip()


def _filing(passage: Passage, agreements: Mapping[str, Agreement]) -> Filing | None:
    said = passage.mapping("filed", ("agreement", "version", "proposed", "signed", "suspended", "ended"))
    if said is None:
        return None
    for missing in [name for name in ("agreement", "version", "proposed") if name not in said]:
        passage.wrong(f"What is filed has no `{missing}`.", "say which version of which agreement, and when")
    name = said["agreement"].choice("agreement of this place", agreements) if "agreement" in said else None
    number = said["version"].number("version", _FIRST, _LAST) if "version" in said else None
    proposed = _day(said.get("proposed"))
    if name is None or number is None or proposed is None or number < agreements[name].version:
        return None
    agreement = agreements[name]
    if number > agreement.version:
        said["version"].wrong(
            f"Version {number:g} of `{name}` is not in agreements/, where version {agreement.version} is.",
            "put it there",
        )
    signatures = [_signature(one, agreement) for one in said["signed"].items()] if "signed" in said else []
    signed = tuple(s for s in signatures if s)
    if len({s.organisation for s in signed}) < len(signed):
        said["signed"].wrong("An organisation has signed twice.", "keep the later of the two")
    if any(s.day < proposed for s in signed):
        said["signed"].wrong("It was signed before it was proposed.", "mend one of the two days")
    return Filing(
        agreement_id=name,
        version=int(number),
        proposed_on=proposed,
        signatures=signed,
        suspended=_stop(said.get("suspended")),
        ended=_stop(said.get("ended")),
    )


def _signature(passage: Passage, agreement: Agreement) -> Signature | None:
    said = passage.mapping("signed", ("organisation", "by", "day", "digest"))
    if said is None:
        return None
    if missing := sorted({"organisation", "by", "day", "digest"} - said.keys()):
        passage.wrong(f"A signature has no `{missing[0]}`.", "say who signed, for whom, when and what")
        return None
    name = said["organisation"].choice("organisation that signs it", agreement.signatories)
    by, day, signed = said["by"].text("by"), _day(said["day"]), said["digest"].text("digest", numbers=True)
    if signed and not _DIGEST.fullmatch(signed):
        said["digest"].wrong("`digest` is not one.", "it has 64 letters from 0 to 9 and a to f")
    if not (name and by and day and signed):
        return None
    return Signature(organisation=name, by=by, day=day, digest=signed)


def _stop(passage: Passage | None) -> Stop | None:
    said = passage.mapping("stop", ("day", "because")) if passage else None
    if passage is None or said is None:
        return None
    if said.keys() != {"day", "because"}:
        passage.wrong("It is not said when, or why.", "write {day: 2026-04-01, because: ...}")
        return None
    day, because = _day(said["day"]), said["because"].text("because")
    return Stop(day=day, because=because) if day and because else None


def _day(passage: Passage | None) -> date | None:
    text = passage.text("the day") if passage else None
    if passage is None or text is None:
        return None
    try:
        return date.fromisoformat(text)
    except ValueError:
        passage.wrong("That is not a day.", "write it as 2026-04-01")
        return None
