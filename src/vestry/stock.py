"""What a build stands on: every input, found, checked and hashed before any work begins."""

from __future__ import annotations

import hashlib
import platform
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from importlib.metadata import version
from pathlib import Path
from typing import Any, Final

from vestry import __version__
from vestry.addresses.decided import FOLDER as ADDRESSES_DECIDED
from vestry.addresses.decided import AddressesDecided, read_addresses_decided
from vestry.clock import Clock
from vestry.contracts.contract import Contract
from vestry.contracts.reading import read_contracts
from vestry.errors import NothingReceived
from vestry.intake.store import StoredExtract, extracts, verify
from vestry.linkage.decisions import DecisionFiles, read_decision_files
from vestry.linkage.review.contents import ContentKey, read_key
from vestry.model import kinds
from vestry.place import PLACE_FILE, Place
from vestry.standardise.rules import RULES
from vestry.twin.manifest import Manifest, current_release, read_manifest

LIBRARIES: Final = (
    "duckdb", "ibis-framework", "splink", "uk_address_matcher", "rapidfuzz", "pyarrow", "phonenumbers", "shapely",
)  # fmt: skip
"""Libraries whose version may change what a release holds."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Stock:
    """The inputs of one build. `extracts` are those whose source has a contract, oldest first.

    Decisions and their hashes are of one moment: what a reviewer decides while a build runs is in the next one.
    """

    place: Place
    contracts: Mapping[str, Contract]
    extracts: Sequence[StoredExtract]
    decisions: DecisionFiles
    content_key: ContentKey | None
    addresses: AddressesDecided
    predecessor: str | None

    @property
    def today(self) -> str:
        """The day that the release describes (ISO): the newest as-at date of any extract that tells of people,
        organisations or properties, or of any at all where none does."""
        telling = {
            s
            for s, c in self.contracts.items()
            for t in c.tables
            for p in t.parts
            if p.kind in kinds.RECORD_KINDS
        }
        days = [e.as_at for e in self.extracts if e.source in telling] or [e.as_at for e in self.extracts]
        return max(days).isoformat()

    def gone(self) -> frozenset[str]:
        """The ids of extracts that the current release was made of, and that are not among these."""
        return frozenset(i["extract_id"] for i in self._gone())

    def gazetteer_gone(self) -> bool:
        """Whether extracts are gone that the current release read of a gazetteer, and no newer one stands in their place. Of a
        source without a contract nobody knows whether it was one."""
        lost: dict[str, str] = {}
        for one in self._gone():
            lost[one["source"]] = max(one["as_at"], lost.get(one["source"], ""))
        return any(
            self._newest(source) <= as_at
            for source, as_at in lost.items()
            if source not in self.contracts or _of_gazetteer(self.contracts[source])
        )

    def _gone(self) -> list[Mapping[str, Any]]:
        if self.predecessor is None:
            return []
        kept = {e.extract_id for e in self.extracts}
        inputs = read_manifest(self.place.releases / self.predecessor).inputs
        return [one for one in inputs if one["extract_id"] not in kept]

    def _newest(self, source: str) -> str:
        """The day (ISO) of the newest extract that replaces all before it; "" where none does."""
        contract = self.contracts.get(source)
        if contract is None or contract.extract != "full":
            return ""
        return max((e.as_at.isoformat() for e in self.extracts if e.source == source), default="")

    def other_models(self, used: Mapping[str, str]) -> frozenset[str]:
        """The kinds whose linkage model (kind -> hash) is another than the current release was made with."""
        if self.predecessor is None:
            return frozenset()
        before = read_manifest(self.place.releases / self.predecessor).models
        return frozenset(k for k, sha in used.items() if before.get(f"{k}.json", sha) != sha)

    def manifest(self, clock: Clock) -> Manifest:
        """The manifest of a release made from this stock, before anything is counted. Models must be trained."""
        inputs: list[dict[str, Any]] = [
            {
                "extract_id": e.extract_id, "source": e.source, "as_at": e.as_at.isoformat(), "sha256": e.sha256,
                "rows": {name: t.received for name, t in e.tables.items()},
            }
            for e in self.extracts
        ]  # fmt: skip
        place = self.place
        bare = Manifest(
            release_id="",
            place=place.name,
            built_at=clock.now().isoformat(timespec="seconds"),
            predecessor=self.predecessor,
            inputs=inputs,
            gone=sorted(self.gone()),
            contracts={source: c.sha256 for source, c in sorted(self.contracts.items())},
            place_sha256=_sha256(place.folder / PLACE_FILE),
            decisions={**self.decisions.hashes, **self.addresses.hashes},
            models=_hashes(place.models, "*.json"),
            rules={name: rule.version for name, rule in sorted(RULES.items())},
            versions={"vestry": __version__, "python": platform.python_version()}
            | {n: version(n) for n in LIBRARIES},
        )
        return bare


def take_stock(place: Place) -> Stock:
    """Find and check every input of a build.

    Raises ContractInvalid, ExtractDamaged, DecisionsInvalid, and NothingReceived when there is no extract.
    """
    contracts = read_contracts(place)
    kept = [e for e in extracts(place) if e.source in contracts]
    if not kept:
        raise NothingReceived(
            "Nothing has been received in this place yet.",
            where=str(place.folder),
            fix="receive a first file: vestry receive SOURCE FILE --as-at DATE",
        )
    for extract in kept:
        verify(extract)
    key = read_key(place.decisions)
    return Stock(
        place=place,
        contracts=contracts,
        extracts=kept,
        decisions=read_decision_files(place.decisions),
        content_key=key,
        addresses=read_addresses_decided(
            place.decisions / ADDRESSES_DECIDED, key.hashed_address if key else None
        ),
        predecessor=current_release(place.releases),
    )


def _of_gazetteer(contract: Contract) -> bool:
    return any(part.kind in kinds.GAZETTEER_KINDS for table in contract.tables for part in table.parts)


def _hashes(folder: Path, pattern: str) -> dict[str, str]:
    return {p.name: _sha256(p) for p in sorted(folder.glob(pattern))} if folder.is_dir() else {}


def _sha256(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()
