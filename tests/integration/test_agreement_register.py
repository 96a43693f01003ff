"""The register of agreements, of marks and of emergencies, in a real database: SQLite, and PostgreSQL where it may be."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest

from agreements_by_hand import POLICE_OFFICER, agreement, share
from vestry.clock import FixedClock
from vestry.office.agreements.emergencies import Emergencies
from vestry.office.agreements.errors import AgreementNotReady, ChangeRefused, EmergencyUnknown, MarkUnknown
from vestry.office.agreements.marks import Marks
from vestry.office.agreements.register import AgreementRegister
from vestry.sharing.agreements.agreement import About, Example
from vestry.sharing.agreements.errors import AgreementInvalid, AgreementUnknown
from vestry.sharing.agreements.filing import Filing, Signature, Stop
from vestry.sharing.agreements.reading import Known, read_agreement
from vestry.sharing.agreements.registered import Actor
from vestry.sharing.agreements.writing import agreement_yaml, digest
from vestry.sharing.audit import AuditEntry
from vestry.sharing.markers import Marked
from vestry.sharing.subjects import SourceFacts

NOON = datetime(2026, 11, 20, 12, tzinfo=UTC)
KNOWN = Known(
    organisations=frozenset({"police", "eldershire"}),
    sources={"tax": SourceFacts(name="tax", organisation="eldershire")},
)
COUNTY = Actor(user="gale", organisation="eldershire", roles=frozenset({"governance-officer"}))
POLICE = Actor(user="sam", organisation="police", roles=frozenset({"governance-officer"}))
HERE = Actor(user="alex", on_this_machine=True)


class Entered:
    """Entries as they are kept with a change; `broken` refuses them."""

    def __init__(self) -> None:
        self.entries: list[AuditEntry] = []
        self.broken = False

    def append_within(self, entry: AuditEntry) -> int:
        if self.broken:
            raise RuntimeError("no entry")
        self.entries.append(entry)
        return len(self.entries)


@pytest.fixture
def log() -> Entered:
    return Entered()


Open = Callable[..., AgreementRegister]


@pytest.fixture
def open_register(office: Any, log: Entered) -> Iterator[Open]:
    def opened(at: datetime = NOON, known: Known = KNOWN) -> AgreementRegister:
        return AgreementRegister(office, log, FixedClock(at=at), lambda: known)

    yield opened


def example(says: str, role: str, expect: str) -> Example:
    return Example(
        says=says, organisation="police", role=role, how="look-up", field="family_name", source="tax", expect=expect
    )  # fmt: skip


EXAMPLES = (
    example("a police officer sees a name", "police-officer", "whole"),
    example("an auditor does not", "auditor", "withheld"),
)


def text(**said: Any) -> bytes:
    made = agreement("debt", share(["tax"], "name"), about=About(), examples=EXAMPLES, **said)
    return agreement_yaml(made).encode()


def signed(register: AgreementRegister) -> None:
    register.draft(text(), "debt.yaml", COUNTY)
    register.propose("debt", COUNTY)
    for actor in (COUNTY, POLICE):
        register.sign("debt", actor, organisation=actor.organisation, title="Director")


def test_from_draft_to_its_end(open_register: Open, log: Entered) -> None:
    """Each state in turn; what decisions go by says so at once; each act is entered with it."""
    register = open_register()
    today = NOON.date()

    def state() -> str:
        (one,) = register.filed()
        return one.state(today)

    register.draft(text(), "debt.yaml", COUNTY)
    assert state() == "draft"
    register.propose("debt", COUNTY)
    assert state() == "proposed"
    register.sign("debt", COUNTY, organisation="eldershire", title="Director")
    assert state() == "proposed" and register.newest()[0].filed.unsigned == ("police",)
    register.sign("debt", POLICE, organisation="police", title="Chief Constable")
    assert state() == "in force"
    register.suspend("debt", COUNTY, because="a breach is looked into")
    assert state() == "suspended"
    register.resume("debt", COUNTY, because="it was none")
    assert state() == "in force"
    register.end("debt", POLICE, because="no longer needed")
    assert state() == "ended"
    assert [e.action for e in log.entries] == [
        f"agreement-{what}"
        for what in ("drafted", "proposed", "signed", "signed", "suspended", "resumed", "ended")
    ]
    assert all(e.stage == "changed" and e.agreements == ("debt@1",) and not e.reason for e in log.entries)
    (kept,) = register.versions("debt")
    assert [act.what for act in kept.acts][-3:] == ["suspended", "resumed", "ended"]


def test_a_signed_agreement_edited_is_a_new_version_that_nobody_has_signed(open_register: Open) -> None:
    register = open_register()
    signed(register)
    narrower = register.draft(text(retention_days=5), "debt.yaml", COUNTY)
    assert narrower.agreement.version == 2
    assert narrower.filed.state(NOON.date()) == "draft" and len(narrower.filed.unsigned) == 2
    first, second = register.filed()
    assert first.state(NOON.date()) == "in force", "until the next one is signed"
    assert (first.agreement.retention_days, second.agreement.retention_days) == (30, 5)
    # The draft itself may still change, under its number.
    assert register.draft(text(retention_days=6), "debt.yaml", COUNTY).agreement.version == 2


def test_a_stop_is_of_what_holds_whatever_is_drafted_after_it(open_register: Open) -> None:
    """A next version that waits for signatures keeps nobody from stopping the one that is in force."""
    register, today = open_register(), NOON.date()
    signed(register)
    register.draft(text(retention_days=5), "debt.yaml", COUNTY)

    def states() -> list[str]:
        return [one.state(today) for one in register.filed()]

    for propose in (False, True):
        if propose:
            register.propose("debt", COUNTY)
        second = states()[1]
        assert register.suspend("debt", COUNTY, because="a breach").agreement.version == 1
        assert states() == ["suspended", second]
        assert register.resume("debt", COUNTY, because="it was none").agreement.version == 1
        assert states() == ["in force", second]
    register.end("debt", COUNTY, because="no longer needed")
    assert states() == ["ended", "ended"]
    with pytest.raises(AgreementNotReady):
        register.suspend("debt", COUNTY, because="again")


def test_renewed_it_waits_for_everybody_again(open_register: Open) -> None:
    register = open_register()
    signed(register)
    renewed = register.renew(
        "debt", starts=date(2027, 1, 2), ends=date(2028, 1, 1), review=date(2027, 7, 1), by=COUNTY
    )
    assert renewed.agreement.label == "debt@2" and len(renewed.filed.unsigned) == 2


def test_what_was_read_is_what_is_signed(open_register: Open) -> None:
    register = open_register()
    register.draft(text(), "debt.yaml", COUNTY)
    with pytest.raises(AgreementNotReady, match="cannot be signed"):
        register.sign("debt", COUNTY, organisation="eldershire", title="Director")
    register.propose("debt", COUNTY)
    with pytest.raises(AgreementNotReady, match="not what it says now"):
        register.sign("debt", COUNTY, organisation="eldershire", title="Director", signed="0" * 64)
    register.sign("debt", COUNTY, organisation="eldershire", title="Director")
    with pytest.raises(AgreementNotReady, match="has signed it"):
        register.sign("debt", COUNTY, organisation="eldershire", title="Director")


@pytest.mark.parametrize(
    "actor",
    [
        replace(COUNTY, roles=frozenset({"auditor"})),
        replace(COUNTY, organisation="nhs"),
        POLICE,
    ],
)
def test_nobody_signs_for_another(open_register: Open, log: Entered, actor: Actor) -> None:
    register = open_register()
    register.draft(text(), "debt.yaml", COUNTY)
    register.propose("debt", COUNTY)
    before = len(log.entries)
    with pytest.raises(ChangeRefused):
        register.sign("debt", actor, organisation="eldershire", title="Director")
    assert register.newest()[0].filed.signatures == {} and len(log.entries) == before


def test_the_place_s_own_machine_enters_what_was_signed_on_paper(open_register: Open, log: Entered) -> None:
    register = open_register()
    register.draft(text(), "debt.yaml", HERE)
    register.propose("debt", HERE)
    register.sign("debt", HERE, organisation="police", title="Chief Constable")
    assert log.entries[-1].account == "alex" and log.entries[-1].organisation == "police"


def test_no_entry_no_change(open_register: Open, log: Entered) -> None:
    register = open_register()
    signed(register)
    log.broken = True
    with pytest.raises(RuntimeError):
        register.suspend("debt", COUNTY, because="a breach")
    assert register.newest()[0].filed.state(NOON.date()) == "in force"


def test_a_draft_with_problems_is_not_kept(open_register: Open) -> None:
    register = open_register()
    with pytest.raises(AgreementInvalid) as refused:
        register.draft(text().replace(b"tax", b"taxx"), "debt.yaml", COUNTY)
    assert any("tax" in problem.fix for problem in refused.value.problems)
    assert register.filed() == ()
    with pytest.raises(AgreementUnknown):
        register.versions("debt")


def test_of_one_that_names_what_is_gone_nothing_comes(open_register: Open) -> None:
    """A source that left the place: no version of it counts, not even an earlier one that could be read."""
    signed(open_register())
    gone = open_register(known=replace(KNOWN, sources={}))
    assert gone.filed() == ()
    assert list(gone.unreadable()) == ["debt"]
    with pytest.raises(AgreementInvalid):
        gone.versions("debt")


def test_the_nearest_name_is_suggested(open_register: Open) -> None:
    register = open_register()
    signed(register)
    with pytest.raises(AgreementUnknown) as unknown:
        register.propose("dept", COUNTY)
    assert "debt" in unknown.value.fix


def test_files_are_taken_in_with_what_was_done_and_on_which_day(open_register: Open, log: Entered) -> None:
    """Signatures on paper come in with their days; what the register holds stays, and is told where the files differ."""
    register = open_register()
    assert not register.holds_any()
    debt = read_agreement(text(), "debt.yaml", KNOWN)
    again = replace(debt, agreement_id="again", title="Another")
    signatures = tuple(
        Signature(organisation=name, by="Director", day=date(2026, 3, 2), digest=digest(debt))
        for name in debt.signatories
    )
    filing = Filing(
        agreement_id="debt",
        version=1,
        proposed_on=date(2026, 3, 1),
        signatures=signatures,
        ended=Stop(day=date(2026, 11, 21), because="no longer needed"),
    )
    came = register.take_in({"debt": debt, "again": again}, {"debt": filing}, HERE)
    assert (came.added, came.same, came.differ) == (("again", "debt"), (), ())
    assert register.holds_any()
    held = {kept.agreement.agreement_id: kept for kept in register.newest()}
    assert held["debt"].filing == filing and held["again"].filing is None
    assert held["debt"].filed.state(NOON.date()) == "in force"
    assert held["debt"].filed.state(date(2026, 11, 21)) == "ended"
    assert [e.action for e in log.entries].count("agreement-signed") == 2
    before = len(log.entries)
    came = register.take_in({"debt": replace(debt, retention_days=9), "again": again}, {}, HERE)
    assert (came.added, came.same, came.differ) == ((), ("again",), ("debt",))
    assert len(log.entries) == before and register.newest()[1].agreement.retention_days == 30


def test_all_files_are_taken_in_or_none(open_register: Open, log: Entered) -> None:
    register = open_register()
    log.broken = True
    with pytest.raises(RuntimeError):
        register.take_in({"debt": read_agreement(text(), "debt.yaml", KNOWN)}, {}, HERE)
    assert not register.holds_any()


def test_marks_hold_until_they_are_taken_back(office: Any, log: Entered) -> None:
    marks = Marks(office, log, FixedClock(at=NOON))
    marks.mark("P1", "restricted", because="asked for it", by="gale")
    marks.mark("P1", "restricted", because="asked again", by="gale")
    marks.mark("P2", "objects", of="council-tax", because="wrote to us", by="gale")
    assert set(marks.all()) == {
        Marked(entity_id="P1", marker="restricted"),
        Marked(entity_id="P2", marker="objects", of="council-tax"),
    }
    assert marks.on(["P2", "P3"]) == [Marked(entity_id="P2", marker="objects", of="council-tax")]
    marks.take_back("P1", "restricted", by="gale")
    assert marks.on(["P1"]) == []
    assert [one.entity_id for one in marks.listed()] == ["P2"]
    (ended,) = marks.listed("P1")
    assert (ended.because, ended.ended_by) == ("asked for it", "gale")
    assert [e.action for e in log.entries] == ["marked-restricted", "marked-objects", "unmarked-restricted"]
    for marker, of in (("loud", ""), ("objects", ""), ("restricted", "tax"), ("deceased", "")):
        with pytest.raises(MarkUnknown):
            marks.mark("P1", marker, of=of, because="", by="gale")
    with pytest.raises(MarkUnknown):
        marks.take_back("P1", "restricted", by="gale")


def test_an_emergency_is_told_first_and_reviewed_by_somebody_else(office: Any, log: Entered) -> None:
    emergencies = Emergencies(office, log, FixedClock(at=NOON))
    for reason, told in (
        ("", "gale"),
        ("a child is missing", ""),
        ("a child is missing", POLICE_OFFICER.user),
    ):
        with pytest.raises(ChangeRefused):
            emergencies.begin(POLICE_OFFICER, reason=reason, told=told)
    assert log.entries == []
    emergency = emergencies.begin(POLICE_OFFICER, reason="a child is missing", told="gale")
    assert emergency.reason_typed and emergency.told == "gale"
    (waits,) = emergencies.waiting(told="gale")
    assert waits.review_by == NOON + timedelta(days=3) and not waits.overdue
    assert emergencies.waiting(told="sam") == ()
    late = Emergencies(office, log, FixedClock(at=NOON + timedelta(days=3, seconds=1)))
    assert late.waiting()[0].overdue
    with pytest.raises(ChangeRefused):
        emergencies.review(waits.number, by=POLICE_OFFICER.user, found="justified")
    emergencies.review(waits.number, by="gale", found="justified")
    assert emergencies.waiting() == ()
    assert emergencies.reviewed()[0].words == ""
    assert emergencies.standing(waits.number, POLICE_OFFICER) is None, "a single look does not last"
    with pytest.raises(EmergencyUnknown):
        emergencies.review(waits.number, by="gale", found="justified")
    assert [e.action for e in log.entries] == ["emergency-begun", "emergency-justified"]
    assert not any("child" in str(e) for e in log.entries), "what was typed is not in the log"
