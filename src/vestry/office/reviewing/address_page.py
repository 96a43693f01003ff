"""The page of addresses that lead to no property for certain."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import ClassVar

from vestry.office.pages.words import in_letters
from vestry.sharing.reviewing_addresses import AddressesPage


@dataclass(frozen=True, slots=True, kw_only=True)
class MayBe:
    """A property that it may be."""

    uprn: str
    address: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Open:
    """One address that waits."""

    record_id: str
    written: str
    why: str
    records: int
    may_be: tuple[MayBe, ...]
    problem: str


@dataclass(frozen=True, slots=True, kw_only=True)
class AddressReviewPage:
    """The first of `total`; `decided` wait for the next build. `last` is a record whose address was decided last, "" for none."""

    template: ClassVar[str] = "reviewing/addresses.html"
    total: int
    decided: int
    open: tuple[Open, ...]
    last: str

    @property
    def problems(self) -> Mapping[str, str]:
        """What is wrong, by the id of the form that it is of."""
        return {f"uprn-{one.record_id}": one.problem for one in self.open if one.problem}


def addresses_page(found: AddressesPage, problems: Mapping[str, str], last: str) -> AddressReviewPage:
    """The page of what waits."""
    return AddressReviewPage(
        total=found.total,
        decided=found.decided,
        open=tuple(
            Open(
                record_id=one.record_id,
                written=_written(one.address_lines, one.postcode),
                why=one.reason, records=one.records,
                may_be=tuple(MayBe(uprn=m.uprn, address=in_letters(m.address)) for m in one.likely),
                problem=problems.get(one.record_id, ""),
            )
            for one in found.waiting
        ),
        last=last,
    )  # fmt: skip


def _written(lines: str, postcode: str) -> str:
    """The address as records write it, on one line."""
    written = in_letters(lines.replace("\n", ", "))
    return f"{written}, {postcode}" if postcode else written
