"""Puts the county under law: `agreements/`, `signatures.yaml` and `people.yaml` of its folder."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from pathlib import Path
from typing import Final

from vestry.contracts.reading import read_contracts
from vestry.place import open_place
from vestry.sharing.agreements.errors import AgreementInvalid
from vestry.sharing.agreements.filing import filings_yaml
from vestry.sharing.agreements.folder import read_agreements
from vestry.synthetic.chance import stream
from vestry.synthetic.law.drafting import drafts, ends_on
from vestry.synthetic.law.signing import signed
from vestry.synthetic.law.users import offices, people_yaml
from vestry.synthetic.plan import DistrictPlan

SIGNATURES_HEAD: Final = """\
# What was done with the agreements of the county: who proposed, signed, suspended which, and when. A digest is of all that an
# agreement says; where a word of it is changed afterwards, it is signed no more, and `vestry agreement check` says so.
"""


def write_agreements(folder: Path, plans: Sequence[DistrictPlan], last: date, seed: int) -> int:
    """Write the agreements of a county whose contracts are in `folder`, and who signed them. How many there are.

    They are read again before anybody signs, as in any place: the digests are of what is read. Raises AgreementInvalid.
    """
    place = open_place(folder)
    place.agreements.mkdir()
    for draft in drafts(plans, last):
        (place.agreements / f"{draft.name}.yaml").write_text(draft.text, encoding="utf-8")
    read = read_agreements(place, read_contracts(place))
    if read.problems:
        raise AgreementInvalid(
            "The fictional county's agreements have problems.",
            where=str(place.agreements),
            fix="report it: this is a fault in Vestry",
            problems=read.problems,
        )
    filings = signed(read.found.values(), stream(seed, "signatures"))
    place.signatures.write_text(SIGNATURES_HEAD + filings_yaml(filings), encoding="utf-8")
    return len(filings)


def write_people(folder: Path, first: DistrictPlan, truth: Path, dates: Sequence[date], seed: int) -> int:
    """Write the users of the county; `truth` is the folder of what is truly so in its first district. How many there are."""
    text = people_yaml(first.organisation, truth, dates[0], ends_on(dates[-1]), stream(seed, "users"))
    open_place(folder).people.write_text(text, encoding="utf-8")
    return len(offices(first.organisation))
