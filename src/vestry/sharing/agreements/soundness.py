"""What an agreement must be beyond well-formed: those who share are parties, and the law it names opens what it opens."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from vestry.contracts.passages import Passage
from vestry.sharing.agreements.agreement import Agreement
from vestry.sharing.categories import FIELDS
from vestry.sharing.precision import WHOLE, level_of
from vestry.sharing.purposes import purpose_of
from vestry.sharing.subjects import SourceFacts

SPECIAL: Final = frozenset({"ethnicity", "identity"})
"""Categories that are special by themselves (UK GDPR, Article 9(1)); what a patient's source holds is special whatever it is."""


def check_soundness(agreement: Agreement, top: Passage, sources: Mapping[str, SourceFacts]) -> None:
    """Complain of everything in a well-formed `agreement` that cannot stand."""
    _check_parties(agreement, top, sources)
    _check_law(agreement, top, sources)
    _check_days(agreement, top)
    _check_examples(agreement, top)


def _at(top: Passage, name: str, number: int | None = None) -> Passage:
    found = top.below(name) or top
    return (found.below(number) or found) if number is not None else found


def _check_parties(agreement: Agreement, top: Passage, sources: Mapping[str, SourceFacts]) -> None:
    parties = [p.organisation for p in agreement.parties]
    if len(set(parties)) < len(parties):
        _at(top, "parties").wrong("An organisation is a party twice.", "name each once")
    if not parties:
        _at(top, "parties").wrong("An agreement needs parties.", "name those who share and those who use")
    for at, share in enumerate(agreement.shares):
        for name in sorted(share.sources):
            owner = sources[name].organisation
            if owner not in parties:
                _at(top, "shares", at).wrong(
                    f"`{name}` is {owner}'s, which is no party.",
                    f"add {owner} to `parties`, or leave the source out",
                )
    for at, users in enumerate(agreement.users):
        if users.organisation not in parties:
            _at(top, "users", at).wrong(
                f"{users.organisation} uses it and is no party.", f"add {users.organisation} to `parties`"
            )
    for party in agreement.parties:
        if party.acts_as != "processor" and party.organisation not in agreement.signatories:
            _at(top, "signatories").wrong(
                f"{party.organisation} is a controller and does not sign.",
                f"add {party.organisation} to `signatories`",
            )
    for name in agreement.signatories:
        if name not in parties:
            _at(top, "signatories").wrong(f"{name} signs and is no party.", f"add {name} to `parties`")


def _check_law(agreement: Agreement, top: Passage, sources: Mapping[str, SourceFacts]) -> None:
    purpose = purpose_of(agreement.purpose)
    basis = agreement.basis
    assert purpose is not None
    if not basis.gateway:
        _at(top, "basis").wrong(
            "No statute opens the gate.", "name it as `gateway`: Care Act 2014, section 45"
        )
    if not (basis.article_6 or basis.part_3) and purpose.code != "training":
        _at(top, "basis").wrong(
            "No lawful basis is named.", "name `article_6` of the UK GDPR, or `part_3` of the DPA 2018"
        )
    special = basis.article_9 or basis.part_3
    for at, share in enumerate(agreement.shares):
        categories = {FIELDS[field] for field in share.fields}
        patients = sorted(s for s in share.sources if sources[s].patient)
        if not special and (categories & SPECIAL or patients):
            _at(top, "shares", at).wrong(
                "It shares special-category data, and no condition of Article 9 is named.",
                "name `article_9` and `schedule_1` in `basis`, or leave these fields and sources out",
            )
        closed = sorted(s for s in share.sources if sources[s].law_enforcement)
        if closed and not (purpose.enforces_law or basis.part_3):
            _at(top, "shares", at).wrong(
                f"`{closed[0]}` holds records of law enforcement, which are kept apart from other purposes.",
                "leave it out, or name in `basis` the `part_3` provision that allows this use (DPA 2018, section 36(4))",
            )


def _check_days(agreement: Agreement, top: Passage) -> None:
    if agreement.ends < agreement.starts:
        _at(top, "ends").wrong("It ends before it starts.", "give a later day")
    elif not agreement.starts <= agreement.review <= agreement.ends:
        _at(top, "review").wrong("Its review is not while it runs.", "give a day from `starts` to `ends`")


def _check_examples(agreement: Agreement, top: Passage) -> None:
    expected = {example.expect for example in agreement.examples}
    if "withheld" not in expected or len(expected) < 2:
        _at(top, "examples").wrong(
            "The examples do not show both sides.",
            "give one of what may be seen, and one that expects: withheld",
        )
    for at, example in enumerate(agreement.examples):
        if example.expect != "withheld" and not 0 < level_of(example.field, example.expect) <= WHOLE:
            _at(top, "examples", at).wrong(
                f"`{example.expect}` is no precision of `{example.field}`.",
                "use whole, withheld, or one of its own",
            )
