"""The agreements of a place as files under `agreements/`: read, checked and tried together, with what was done with each."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from vestry.contracts.complaints import suggestion
from vestry.contracts.contract import Contract
from vestry.errors import Problem
from vestry.model.fields import SELDOM
from vestry.place import Place
from vestry.sharing.agreements.agreement import Agreement
from vestry.sharing.agreements.errors import AgreementUnknown
from vestry.sharing.agreements.examples import outcomes
from vestry.sharing.agreements.filing import Filing, read_filings
from vestry.sharing.agreements.lifecycle import Filed
from vestry.sharing.agreements.reading import Known, check_agreement
from vestry.sharing.agreements.registered import Register
from vestry.sharing.agreements.writing import digest
from vestry.sharing.holdings import Holdings, holdings
from vestry.sharing.subjects import SourceFacts


@dataclass(frozen=True, slots=True, kw_only=True)
class Agreements:
    """Every agreement of a place that has no problem, by name, and every problem of the others.

    They are those of its files or, once it keeps a register, of that: then `found` are the newest versions, and `registered` is
    every version as it stands. `filings` say what was done with those that are no drafts; `holds` which fields each source holds.
    """

    found: Mapping[str, Agreement]
    problems: Sequence[Problem]
    sources: Mapping[str, SourceFacts]
    filings: Mapping[str, Filing] = field(default_factory=dict)
    holds: Holdings = field(default_factory=dict)
    registered: tuple[Filed, ...] | None = None

    @property
    def filed(self) -> tuple[Filed, ...]:
        """Every agreement as it stands, in order of name: what decisions are made from."""
        if self.registered is not None:
            return self.registered
        return tuple(
            self.filings[name].filed(agreement)
            if name in self.filings
            else Filed(agreement=agreement, digest=digest(agreement))
            for name, agreement in sorted(self.found.items())
        )

    def named(self, name: str) -> Agreement:
        """The agreement called `name`. Raises AgreementUnknown, with the nearest."""
        if name not in self.found:
            raise AgreementUnknown(
                "There is no sound agreement of that name.",
                where="agreements/",
                fix=suggestion(name, self.found)
                if self.found
                else "vestry agreement check names what is wrong",
            )
        return self.found[name]


def source_facts(contracts: Mapping[str, Contract]) -> dict[str, SourceFacts]:
    """What decisions need to know of each source, by its contract's lawful basis.

    Records kept under Part 3 of the DPA 2018 are of law enforcement. Where the condition of Article 9 is health or social
    care, they are taken for confidential patient information: rather too often than once too seldom.
    """
    holds = holdings(contracts)
    return {
        name: SourceFacts(
            name=name,
            organisation=contract.organisation,
            law_enforcement="part 3" in contract.lawful_basis.article_6.lower(),
            patient=(contract.lawful_basis.article_9 or "").startswith("9(2)(h)"),
            lacks=frozenset(SELDOM) - holds[name],
        )
        for name, contract in contracts.items()
    }


def read_agreements(
    place: Place, contracts: Mapping[str, Contract], areas: frozenset[str] = frozenset()
) -> Agreements:
    """Every file under `agreements/`, and `signatures.yaml`; an example that does not come out as it says is a problem too.

    `areas` are the codes that the place has; where there are none yet, any code will do.
    """
    known = Known(organisations=frozenset(place.organisations), sources=source_facts(contracts), areas=areas)
    found: dict[str, Agreement] = {}
    problems: list[Problem] = []
    for path in sorted(p for p in place.agreements.rglob("*") if p.suffix in (".yaml", ".yml")):
        name = path.relative_to(place.folder).as_posix()
        agreement, faults = _checked(path, name, known)
        if agreement is not None and agreement.agreement_id in found:
            faults.append(
                Problem(
                    what=f"`{agreement.agreement_id}` is in two files.",
                    where=name,
                    fix="keep one, or rename one",
                )
            )
        elif agreement is not None:
            faults += wrong_examples(agreement, known.sources, name)
            if not faults:
                found[agreement.agreement_id] = agreement
        problems += faults
    filings, faults = read_filings(place, found) if not problems else ({}, [])
    return Agreements(
        found=found,
        problems=[*problems, *faults],
        sources=known.sources,
        filings=filings,
        holds=holdings(contracts),
    )


def registered_agreements(register: Register, contracts: Mapping[str, Contract]) -> Agreements:
    """What the register of a place holds. Raises DatabaseUnavailable."""
    newest = {kept.agreement.agreement_id: kept for kept in register.newest()}
    unreadable = register.unreadable()
    newest = {name: kept for name, kept in newest.items() if name not in unreadable}
    return Agreements(
        found={name: kept.agreement for name, kept in newest.items()},
        problems=[problem for problems in unreadable.values() for problem in problems],
        sources=source_facts(contracts),
        filings={name: kept.filing for name, kept in newest.items() if kept.filing},
        holds=holdings(contracts),
        registered=register.filed(),
    )


def wrong_examples(agreement: Agreement, sources: Mapping[str, SourceFacts], where: str) -> list[Problem]:
    """Each example that comes out otherwise than the agreement says; nobody may sign while there is one."""
    return [
        Problem(
            what=f'The example "{tried.example.says}" expects {tried.example.expect}, and comes out {tried.got}.',
            where=f"{where}, examples",
            fix=f"mend the example or the agreement{': ' + tried.why if tried.why else ''}",
        )
        for tried in outcomes(agreement, sources)
        if not tried.as_expected
    ]


def _checked(path: Path, name: str, known: Known) -> tuple[Agreement | None, list[Problem]]:
    try:
        content = path.read_bytes()
    except OSError:
        return None, [
            Problem(what="The file cannot be read.", where=name, fix="give this account permission")
        ]
    return check_agreement(content, name, known)
