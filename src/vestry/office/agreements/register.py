"""The register of agreements: draft, propose, sign, suspend, end, renew. A change and its audit entry stand or fall together."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import date
from difflib import get_close_matches
from typing import Any, Protocol

from django.db import transaction

from vestry.clock import Clock
from vestry.errors import Problem
from vestry.office.agreements.acting import check_act, check_may, check_said, filed
from vestry.office.agreements.models import Act, Version
from vestry.office.agreements.telling import database_told
from vestry.office.project import Office
from vestry.sharing.agreements.agreement import Agreement
from vestry.sharing.agreements.errors import AgreementInvalid, AgreementUnknown
from vestry.sharing.agreements.filing import Filing
from vestry.sharing.agreements.folder import wrong_examples
from vestry.sharing.agreements.lifecycle import Filed, day_of
from vestry.sharing.agreements.reading import Known, check_agreement
from vestry.sharing.agreements.registered import Actor, Done, Imported, Kept, What
from vestry.sharing.agreements.writing import agreement_yaml, digest
from vestry.sharing.audit import AuditEntry


class ChangeLog(Protocol):
    """The audit log, for entries that are kept with a change or not at all."""

    def append_within(self, entry: AuditEntry) -> int:
        """Keep `entry` in the transaction that is open."""
        ...


Stamp = tuple[Any, ...]
"""What changes with the register: how many versions and acts there are, and the newest of each."""

_STAMP = """
    SELECT (SELECT count(*) FROM agreements_version), (SELECT max(drafted_at) FROM agreements_version),
           (SELECT count(*) FROM agreements_act), (SELECT max(id) FROM agreements_act)
"""


class AgreementRegister:
    """The agreements of one place. Every method raises DatabaseUnavailable where its database cannot be used."""

    def __init__(self, office: Office, log: ChangeLog, clock: Clock, known: Callable[[], Known]) -> None:
        self._office = office
        self._log = log
        self._clock = clock
        self._known = known
        self._read: dict[Any, tuple[Agreement | None, list[Problem]]] = {}
        self._filed: tuple[Stamp, tuple[Filed, ...]] | None = None
        self._holds_any = False

    def holds_any(self) -> bool:
        """Whether it holds any agreement. One that does always will: nothing in it is deleted."""
        if not self._holds_any:
            with database_told(self._office):
                self._holds_any = Version.objects.exists()
        return self._holds_any

    def take_in(
        self, agreements: Mapping[str, Agreement], filings: Mapping[str, Filing], by: Actor
    ) -> Imported:
        """Take agreements in from files, all or none, each with what was done with it and on which day; those that the register
        holds stay as they are. Nothing is checked that reading the files did not."""
        held = {kept.agreement.agreement_id: kept.filed.digest for kept in self.newest()}
        broken = self.unreadable()
        added, same, differ = list[str](), list[str](), list[str]()
        with database_told(self._office), transaction.atomic():
            for name, agreement in sorted(agreements.items()):
                if name in held or name in broken:
                    (same if held.get(name) == digest(agreement) else differ).append(name)
                else:
                    self._taken_in(agreement, filings.get(name), by)
                    added.append(name)
        return Imported(added=tuple(added), same=tuple(same), differ=tuple(differ))

    def draft(self, content: bytes, name: str, by: Actor, *, areas: frozenset[str] = frozenset()) -> Kept:
        """Keep what a file says as a draft. `name` is what messages call the file, `areas` the codes that the place has.

        A draft of the same number is replaced. One that has been proposed is not: its words, with those of the file, become the
        next version, which nobody has signed. Raises AgreementInvalid with every problem, examples included; ChangeRefused.
        """
        known = replace(self._known(), areas=areas)
        agreement, problems = check_agreement(content, name, known)
        if agreement is not None:
            problems = [*problems, *wrong_examples(agreement, known.sources, name)]
        if agreement is None or problems:
            raise AgreementInvalid(
                "The agreement has problems, and is not kept.",
                where=name,
                fix="mend each",
                problems=problems or [Problem(what="It says nothing.", where=name, fix="write it")],
            )
        return self._drafted(agreement, by)

    def renew(self, name: str, *, starts: date, ends: date, review: date, by: Actor) -> Kept:
        """The same words for another term, as a new draft: who agreed has to sign again. Raises as `draft`."""
        last = self.versions(name)[-1].agreement
        renewed = replace(last, version=last.version + 1, starts=starts, ends=ends, review=review)
        return self.draft(agreement_yaml(renewed).encode(), renewed.label, by)

    def propose(self, name: str, by: Actor, *, because: str = "") -> Kept:
        """Put the newest version to its signatories; its words stand from now on. Raises AgreementUnknown, AgreementNotReady
        and ChangeRefused."""
        return self._done(name, "proposed", by, because=because)

    def sign(self, name: str, by: Actor, *, organisation: str, title: str, signed: str = "") -> Kept:
        """Enter the signature of `organisation` on the newest version, by the holder of the office `title`.

        `signed` is the digest of what was read, where it is known. Raises as `propose`.
        """
        return self._done(name, "signed", by, organisation=organisation, title=title, digest=signed)

    def suspend(self, name: str, by: Actor, *, because: str) -> Kept:
        """Nothing comes of it from this moment on, until it is resumed.

        It is the version that all have signed, also while a later one waits for signatures. Raises as `propose`.
        """
        return self._done(name, "suspended", by, because=because)

    def resume(self, name: str, by: Actor, *, because: str) -> Kept:
        """Take the suspension away. Raises as `propose`."""
        return self._done(name, "resumed", by, because=because)

    def end(self, name: str, by: Actor, *, because: str, on: date | None = None) -> Kept:
        """End it before its time, with every version that has not ended: the day `on` (today) is the first on which none holds.
        Raises as `propose`."""
        return self._done(name, "ended", by, because=because, on=on)

    def filed(self) -> tuple[Filed, ...]:
        """Every version of every agreement, as it stands: what decisions go by.

        Of an agreement that names what the place no longer has, nothing comes: silence is refusal. `unreadable` tells of it.
        Whether anything was changed, by whatever process, is asked each time; what is kept is read again only then.
        """
        # Before the rows: what is changed between the two is read twice, and never missed.
        stamp = self._stamp()
        if self._filed is None or self._filed[0] != stamp:
            kept, broken = self._readable()
            filed = tuple(one.filed for one in kept if one.agreement.agreement_id not in broken)
            self._filed = (stamp, filed)
        return self._filed[1]

    def _stamp(self) -> Stamp:
        known = self._known()
        with database_told(self._office), self._office.connection().cursor() as cursor:
            cursor.execute(_STAMP)
            return (*cursor.fetchone(), known.organisations, frozenset(known.sources))

    def unreadable(self) -> dict[str, list[Problem]]:
        """Agreements that name what the place no longer has (a source, an organisation) -> what they name."""
        return self._readable()[1]

    def newest(self) -> tuple[Kept, ...]:
        """The newest version of each agreement, by name."""
        found = {kept.agreement.agreement_id: kept for kept in self._readable()[0]}
        return tuple(found[name] for name in sorted(found))

    def every(self) -> tuple[Kept, ...]:
        """Every version of every agreement that can be read, by name, of each the oldest first."""
        kept, broken = self._readable()
        return tuple(one for one in kept if one.agreement.agreement_id not in broken)

    def versions(self, name: str) -> tuple[Kept, ...]:
        """Every version of one agreement, the oldest first. Raises AgreementUnknown."""
        found = self._kept(name)
        if not found:
            with database_told(self._office):
                names = sorted(set(Version.objects.values_list("agreement", flat=True)))
            nearest = get_close_matches(name, names, n=1)
            raise AgreementUnknown(
                "The register holds no agreement of that name.",
                where=self._office.where,
                fix=f"did you mean {nearest[0]}?" if nearest else "see what there is: vestry agreement list",
            )
        return found

    def _taken_in(self, agreement: Agreement, filing: Filing | None, by: Actor) -> None:
        row = Version.objects.create(
            agreement=agreement.agreement_id, number=agreement.version, **self._said(agreement, by)
        )
        self._entered("agreement-drafted", agreement, by)
        for act in _acts_of(filing) if filing else ():
            Act.objects.create(version=row, by=by.user, at=self._clock.now(), **act)
            self._entered(f"agreement-{act['what']}", agreement, by, act.get("organisation", ""))

    def _said(self, agreement: Agreement, by: Actor) -> dict[str, Any]:
        return {
            "text": agreement_yaml(agreement),
            "digest": digest(agreement),
            "drafted_by": by.user,
            "drafted_at": self._clock.now(),
        }

    def _drafted(self, agreement: Agreement, by: Actor) -> Kept:
        with database_told(self._office), transaction.atomic():
            check_may(by, agreement)
            there = list(Version.objects.select_for_update().filter(agreement=agreement.agreement_id))
            last = there[-1] if there else None
            is_open = last is not None and not last.acts.exists()
            number = last.number + (0 if is_open else 1) if last is not None else agreement.version
            agreement = replace(agreement, version=max(number, agreement.version))
            said = {**self._said(agreement, by), "number": agreement.version}
            if last is not None and is_open:
                Version.objects.filter(pk=last.pk).update(**said)
            else:
                Version.objects.create(agreement=agreement.agreement_id, **said)
            self._entered("agreement-drafted", agreement, by)
        return self.versions(agreement.agreement_id)[-1]

    def _done(
        self,
        name: str,
        what: What,
        by: Actor,
        *,
        organisation: str = "",
        title: str = "",
        digest: str = "",
        because: str = "",
        on: date | None = None,
    ) -> Kept:
        self.versions(name)
        check_said(what, name, title=title, because=because)
        today = day_of(self._clock.now())
        with database_told(self._office), transaction.atomic():
            # Held until the change is kept: of two who act at once, the second sees what the first did.
            rows = list(Version.objects.select_for_update().filter(agreement=name).order_by("number"))
            held = {row.number: row for row in rows}
            acted = check_act(what, by, self._kept(name), today, organisation=organisation, digest=digest)
            for kept in acted:
                row = held[kept.agreement.version]
                Act.objects.create(
                    version=row,
                    what=what,
                    organisation=organisation,
                    title=title,
                    digest=row.digest if what == "signed" else "",
                    because=because,
                    on=on or today,
                    by=by.user,
                    at=self._clock.now(),
                )
                self._entered(f"agreement-{what}", kept.agreement, by, organisation)
        last = acted[-1].agreement.version
        return next(kept for kept in self.versions(name) if kept.agreement.version == last)

    def _entered(self, action: str, agreement: Agreement, by: Actor, organisation: str = "") -> None:
        self._log.append_within(
            AuditEntry(
                stage="changed",
                action=action,
                organisation=organisation or by.organisation,
                agreements=(agreement.label,),
                account=by.user if by.on_this_machine else "",
                user="" if by.on_this_machine else by.user,
            )
        )

    def _kept(self, name: str) -> tuple[Kept, ...]:
        kept, broken = self._readable(name)
        if broken:
            raise AgreementInvalid(
                "The agreement names what the place no longer has, so nothing comes of it.",
                where=self._office.where,
                fix="bring back what it names, or draft another version",
                problems=[problem for problems in broken.values() for problem in problems],
            )
        return kept

    def _readable(self, name: str = "") -> tuple[tuple[Kept, ...], dict[str, list[Problem]]]:
        """(the versions that can be read, agreement -> why one of its versions cannot)."""
        known, kept = self._known(), list[Kept]()
        broken: dict[str, list[Problem]] = {}
        with database_told(self._office):
            rows = Version.objects.prefetch_related("acts").order_by("agreement", "number")
            for row in rows.filter(agreement=name) if name else rows:
                agreement, problems = self._agreement(row, known)
                if agreement is None:
                    broken.setdefault(row.agreement, []).extend(problems)
                else:
                    kept.append(_kept(row, agreement))
        return tuple(kept), broken

    def _agreement(self, row: Version, known: Known) -> tuple[Agreement | None, list[Problem]]:
        """What a version says. The same words of a place with the same sources are read once."""
        key = (row.agreement, row.number, row.digest, frozenset(known.sources), known.organisations)
        if key not in self._read:
            where = f"{row.agreement}@{row.number}"
            self._read[key] = check_agreement(row.text.encode(), where, known)
        return self._read[key]


def _kept(row: Version, agreement: Agreement) -> Kept:
    acts = tuple(
        Done(
            what=act.what, on=act.on, by=act.by, at=act.at, organisation=act.organisation, title=act.title,
            digest=act.digest, because=act.because,
        )
        for act in row.acts.all()
    )  # fmt: skip
    return Kept(
        filed=filed(agreement, row.digest, acts),
        text=row.text,
        drafted_by=row.drafted_by,
        drafted_at=row.drafted_at,
        acts=acts,
    )


def _acts_of(filing: Filing) -> list[dict[str, Any]]:
    """The acts of a filing, as `Act` has them, each on its day."""
    signed = [
        {"what": "signed", "organisation": s.organisation, "title": s.by, "digest": s.digest, "on": s.day}
        for s in filing.signatures
    ]
    stops = (("suspended", filing.suspended), ("ended", filing.ended))
    stopped = [{"what": what, "on": stop.day, "because": stop.because} for what, stop in stops if stop]
    return [{"what": "proposed", "on": filing.proposed_on}, *signed, *stopped]
