"""Contracts as pages: the list, and one as it is."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from vestry.contracts.contract import Contract
from vestry.errors import Problem
from vestry.office.extracts.editor_page import TableForm


@dataclass(frozen=True, slots=True, kw_only=True)
class ContractLine:
    """One contract of the list."""

    source: str
    title: str
    organisation: str
    version: str
    tables: int
    may_link: bool
    mine: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class ContractsPage:
    """Every contract, what is wrong with those that cannot be read, and what one works on."""

    template: ClassVar[str] = "extracts/contracts.html"
    lines: tuple[ContractLine, ...]
    problems: tuple[Problem, ...]
    drafts: tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class ContractPage:
    """One contract in force. `earlier` are its versions before, the newest first."""

    template: ClassVar[str] = "extracts/contract.html"
    contract: Contract
    organisation: str
    tables: tuple[TableForm, ...]
    earlier: tuple[str, ...]
    mine: bool
