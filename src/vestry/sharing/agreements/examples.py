"""Runs the examples that an agreement carries, as if it were in force by itself: before anybody signs, each must come out."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, time

from vestry.sharing.agreements.agreement import Agreement, Example
from vestry.sharing.agreements.describing import Described, subject_of
from vestry.sharing.agreements.lifecycle import LONDON, Filed
from vestry.sharing.asking import Asker
from vestry.sharing.decision import decide
from vestry.sharing.grants import Asking, Emergency, open_grants
from vestry.sharing.precision import name_of
from vestry.sharing.subjects import SourceFacts


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """What came of an example: the precision that it `got`, and for a refusal `why`."""

    example: Example
    got: str
    why: str = ""

    @property
    def as_expected(self) -> bool:
        """Whether it came out as the agreement says that it must."""
        return self.got == self.example.expect


def as_if_in_force(agreement: Agreement) -> Filed:
    """The agreement signed by everybody, for trying it."""
    return Filed(
        agreement=agreement,
        digest="tried",
        proposed=True,
        signatures=dict.fromkeys(agreement.signatories, "tried"),
    )


def outcomes(agreement: Agreement, sources: Mapping[str, SourceFacts]) -> tuple[Outcome, ...]:
    """What comes of each example of `agreement`, at noon on its first day."""
    at = datetime.combine(agreement.starts, time(12), LONDON)
    filed = (as_if_in_force(agreement),)
    return tuple(_outcome(agreement, example, filed, sources, at) for example in agreement.examples)


def _outcome(
    agreement: Agreement,
    example: Example,
    filed: Sequence[Filed],
    sources: Mapping[str, SourceFacts],
    at: datetime,
) -> Outcome:
    courses = {users.training for users in agreement.users} - {""}
    asker = Asker(
        user="example",
        organisation=example.organisation,
        roles=frozenset({example.role}),
        training=dict.fromkeys(courses, agreement.ends) if example.trained else {},
        strong_at=at,
    )
    asking = Asking(
        asker=asker,
        purpose=agreement.purpose,
        how=example.how,
        at=at,
        emergency=Emergency(reason_typed=True, told="somebody else"),
    )
    subject = subject_of(
        Described(
            age=example.age,
            areas=frozenset({example.area} - {""}),
            known_to=example.known_to,
            marked=example.marked,
        ),
        on=at.date(),
        organisation=example.organisation,
        purpose=agreement.purpose,
        agreements=(agreement.agreement_id,),
    )
    decision = decide(open_grants(asking, filed, sources), subject, example.field, sources[example.source])
    return Outcome(
        example=example,
        got=name_of(example.field, decision.level),
        why=decision.reason.says if decision.reason else "",
    )
