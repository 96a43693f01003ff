"""A retrained linkage model: learnt beside the adopted one, compared with the current release, then adopted or not.

Comparing runs the build's own steps up to identities with the candidate in place of the adopted model, and publishes
nothing. Adopting asks for a comparison of exactly this candidate with what is current: nobody says yes unseen.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any, Final

from vestry.build import Identified, identified, located
from vestry.clock import Clock
from vestry.errors import CandidateMissing, CandidateNotCompared, ReleaseMissing
from vestry.line import line
from vestry.linkage.candidates import (
    CANDIDATE,
    Adopted,
    ModelFile,
    Restored,
    adopt,
    candidates,
    discard,
    hashes,
    history,
    models_in,
    new_candidate,
    overlaid,
    read_comparison,
    restore,
    retired,
    write_comparison,
)
from vestry.linkage.comparisons import DESIGNS
from vestry.linkage.identity import CREATED, KEPT, MERGED, RESTORED, RETIRED, SPLIT
from vestry.linkage.linking_all import GoesBy, link_all
from vestry.linkage.model import read_model
from vestry.linkage.model_changes import ModelChange, model_change
from vestry.linkage.review.carrying import decisions_for
from vestry.place import Place
from vestry.progress import Progress
from vestry.sharing.audit import AuditEntry
from vestry.sharing.door import AuditLog
from vestry.sharing.own_machine import Operator
from vestry.sharing.recording import recorded
from vestry.stock import Stock, take_stock
from vestry.twin.entity_changes import Change, entity_changes
from vestry.twin.manifest import Manifest, read_manifest
from vestry.twin.release import UNFINISHED

OVERLAID: Final = f"{UNFINISHED}models"
"""Folder beside the releases, swept when a run ends, with the models that a build would have."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Comparison:
    """What adopting the candidate would change.

    `adopted`, `candidate`: kind -> hash; `unreadable`: kinds of which the adopted model cannot be used. `counts`: kind ->
    how many ids stay, merge, split, appear, retire, come back. `also_changed`: other things that are not as they were
    when the release was made, whose effects are among the changes.
    """

    at: str
    release_id: str
    inputs: str
    adopted: Mapping[str, str]
    candidate: Mapping[str, str]
    unreadable: Mapping[str, str]
    link_from: float
    counts: Mapping[str, Mapping[str, int]]
    models: Mapping[str, ModelChange]
    also_changed: tuple[str, ...]
    changes: tuple[Change, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Standing:
    """The models of a place. `since`: kind -> when the adopted one was (UTC; of one that nobody adopted, the first release
    that it made), empty when no release was made with it. `compared`: the candidate was compared with what is current.
    """

    adopted: tuple[ModelFile, ...]
    since: Mapping[str, str]
    candidate: tuple[ModelFile, ...]
    compared: bool
    retired: Mapping[str, str]
    history: tuple[Adopted, ...]


_WORDS: Final = {
    "stay": KEPT, "merge": MERGED, "split": SPLIT, "appear": CREATED, "retire": RETIRED, "come back": RESTORED,
}  # fmt: skip


class Retraining:
    """What an operator does with the linkage models of a place.

    What reads people's records is entered in the audit log before it begins, as a build is: no audit entry, no work.
    """

    def __init__(
        self,
        place: Place,
        *,
        clock: Clock,
        audit: AuditLog,
        operator: Operator,
        threads: int | None = None,
        memory: str | None = None,
    ) -> None:
        self._place = place
        self._clock = clock
        self._audit = audit
        self._operator = operator
        self._threads = threads
        self._memory = memory

    def train(self, progress: Progress) -> list[ModelFile]:
        """Learn a candidate from what is received now. The adopted models are neither read nor touched.

        Returns the candidates; none where there is too little to learn from. Raises AuditUnavailable, and any error of the
        build's first steps.
        """
        return recorded(self._audit, self._asked("model-train"), lambda: self._train(progress), lambda _: {})

    def _train(self, progress: Progress) -> list[ModelFile]:
        place = self._place
        with place.locked(), line(place, progress, threads=self._threads, memory=self._memory) as at:
            with at.step("take stock"):
                stock = take_stock(place)
            found = located(at, stock)
            with at.step("train"), new_candidate(place.models) as folder:
                decided = decisions_for(at.engine, found.records, stock.decisions.lines, stock.content_key)
                # Linking is what teaches: how often records of one entity agree, and how often a list has somebody twice.
                by = GoesBy(
                    contracts=stock.contracts, thresholds=place.thresholds, decisions=decided, models=folder
                )
                link_all(at.engine, found.records, by, at.remembered)
        return list(models_in(place.models / CANDIDATE).values())

    def compare(self, progress: Progress) -> Comparison:
        """Find what the candidate would change in the current release, and keep that beside the candidate.

        Raises CandidateMissing, ModelInvalid (of a candidate), ReleaseMissing, AuditUnavailable, and any error of the build's
        steps.
        """
        return recorded(
            self._audit,
            self._asked("model-compare"),
            lambda: self._compare(progress),
            lambda compared: {"release": compared.release_id, "count": len(compared.changes)},
        )

    def _compare(self, progress: Progress) -> Comparison:
        place = self._place
        with place.locked(), line(place, progress, threads=self._threads, memory=self._memory) as at:
            with at.step("take stock"):
                stock = take_stock(place)
                chosen = candidates(place.models)
                if stock.predecessor is None:
                    raise ReleaseMissing(
                        "There is no release to compare the candidate with.",
                        where=str(place.releases),
                        fix="make one: vestry build; or vestry model discard",
                    )
                overlaid(place.models, place.releases / OVERLAID)
            found = located(at, stock)
            of = identified(at, stock, found, models=place.releases / OVERLAID, anew=True)
            with at.step("compare"):
                now = models_in(place.models)
                compared = Comparison(
                    at=self._clock.now().isoformat(timespec="seconds"),
                    release_id=stock.predecessor,
                    inputs=stock.manifest(self._clock).inputs_digest(),
                    adopted=hashes(now),
                    candidate=hashes(chosen),
                    unreadable={kind: m.trouble for kind, m in now.items() if m.trouble},
                    link_from=place.thresholds.link,
                    counts=_counts(of),
                    models=_models(place, now, chosen),
                    also_changed=_also_changed(stock, self._clock),
                    changes=tuple(
                        entity_changes(
                            at.engine,
                            of.turned,
                            of.linked.links,
                            of.linked.evidence,
                            of.before,
                            link_from=place.thresholds.link,
                        )
                    ),
                )
                write_comparison(place.models, asdict(compared))
        return compared

    def check_compared(self) -> Mapping[str, Any]:
        """What comparing exactly this candidate with what is current found.

        Raises CandidateMissing, and CandidateNotCompared when it was not, or something has changed since.
        """
        candidates(self._place.models)
        said = read_comparison(self._place.models)
        if said is None or not self._is_of_now(said):
            raise CandidateNotCompared(
                "This candidate was not compared with what is current."
                if said is None
                else "Something has changed since the candidate was compared.",
                where=str(self._place.models / CANDIDATE),
                fix="compare it, and read what it would change: vestry model compare",
            )
        return said

    def adopt(self, reason: str) -> list[Adopted]:
        """Make the candidate the model that builds use, and enter that in the history. Raises as `check_compared`, and
        ModelInvalid where the history cannot be read."""
        with self._place.locked():
            said = self.check_compared()
            totals: Counter[str] = Counter()
            for counts in said["counts"].values():
                totals.update(counts)
            return adopt(
                self._place.models,
                at=self._clock.now().isoformat(timespec="seconds"),
                by=self._operator.signature,
                reason=reason,
                release_id=said["release_id"],
                counts=dict(totals),
            )

    def discard(self) -> list[ModelFile]:
        """Remove the candidate. Raises CandidateMissing when there is none."""
        with self._place.locked():
            found = discard(self._place.models)
        if not found:
            raise CandidateMissing(
                "There is no candidate to discard.",
                where=str(self._place.models / CANDIDATE),
                fix="see what there is: vestry model status",
            )
        return found

    def restore(self, sha256: str) -> Restored:
        """Make a retired model the candidate of its kind, to be compared like any other. `sha256`: its first letters are enough.

        Raises CandidateMissing when it is not the hash of one retired model, ModelInvalid when that cannot be used, or is not
        what was retired.
        """
        with self._place.locked():
            return restore(self._place.models, sha256)

    def standing(self) -> Standing:
        """What there is: adopted, candidate, retired, and the history."""
        models = self._place.models
        adopted, chosen, lines = models_in(models), models_in(models / CANDIDATE), history(models)
        said = read_comparison(models) if chosen else None
        return Standing(
            adopted=tuple(adopted.values()),
            since=_since(self._place, adopted, lines),
            candidate=tuple(chosen.values()),
            compared=said is not None and self._is_of_now(said),
            retired=retired(models),
            history=tuple(lines),
        )

    def _asked(self, action: str) -> AuditEntry:
        return AuditEntry(
            stage="asked", action=action, account=self._operator.account, operator=self._operator.stated
        )

    def _is_of_now(self, said: Mapping[str, Any]) -> bool:
        stock = take_stock(self._place)
        now = {
            "release_id": stock.predecessor,
            "inputs": stock.manifest(self._clock).inputs_digest(),
            "adopted": hashes(models_in(self._place.models)),
            "candidate": hashes(models_in(self._place.models / CANDIDATE)),
        }
        return all(said.get(name) == value for name, value in now.items())


def _counts(of: Identified) -> dict[str, dict[str, int]]:
    """Kind -> how many ids stay as the same one, merge, and so on. One that is split is counted once, and does not stay."""
    found = {}
    for kind, told in of.named.happenings.items():
        ids: dict[str, set[str]] = defaultdict(set)
        for entity, happened in zip(told["entity_id"].to_pylist(), told["happened"].to_pylist(), strict=True):
            ids[happened].add(entity)
        ids[KEPT] -= ids[SPLIT]
        found[kind] = {word: len(ids[happened]) for word, happened in _WORDS.items()}
    return found


def _models(
    place: Place, now: Mapping[str, ModelFile], chosen: Mapping[str, ModelFile]
) -> dict[str, ModelChange]:
    """What differs between the adopted model and the candidate, of the kinds that have both and can be read."""
    found = {}
    for kind in chosen:
        if kind in now and not now[kind].trouble:
            before, after = (
                read_model(folder / f"{kind}.json", DESIGNS[kind])
                for folder in (place.models, place.models / CANDIDATE)
            )
            found[kind] = model_change(DESIGNS[kind], before, after)
    return found


def _also_changed(stock: Stock, clock: Clock) -> tuple[str, ...]:
    """What, apart from models, is not as it was when the current release was made."""
    assert stock.predecessor is not None
    before, now = read_manifest(stock.place.releases / stock.predecessor), stock.manifest(clock)

    def parts(manifest: Manifest) -> dict[str, Any]:
        return {
            "extracts": [(i["extract_id"], i["sha256"]) for i in manifest.inputs],
            "contracts": manifest.contracts,
            "place.toml": manifest.place_sha256,
            "decisions": manifest.decisions,
            "Vestry or its libraries": [manifest.rules, manifest.versions],
        }

    old = parts(before)
    return tuple(name for name, part in parts(now).items() if part != old[name])


def _since(place: Place, adopted: Mapping[str, ModelFile], lines: Sequence[Adopted]) -> dict[str, str]:
    since = {
        line.kind: line.at
        for line in lines
        if line.kind in adopted and line.adopted == adopted[line.kind].sha256
    }
    manifests = []
    for path in sorted(place.releases.glob("[0-9]*/manifest.json")):
        try:
            manifests.append(read_manifest(path.parent))
        except ReleaseMissing:
            continue
    manifests.sort(key=lambda manifest: manifest.built_at)
    for kind, model in adopted.items():
        used = (m.built_at for m in manifests if m.models.get(f"{kind}.json") == model.sha256)
        since.setdefault(kind, next(used, ""))
    return since
