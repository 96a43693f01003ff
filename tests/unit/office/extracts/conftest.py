"""A contract in few words."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from vestry.contracts.contract import Column, Contract, Freshness, LawfulBasis, Layout, Rule, Table
from vestry.office.project import set_up

set_up()


@pytest.fixture
def make_contract() -> Callable[..., Contract]:
    """`make_contract(source, every_days, rule=(name, check))`."""

    def made(source: str, every: int | None, rule: tuple[str, str] | None = None) -> Contract:
        rules = (Rule(name=rule[0], check=rule[1], dimension="validity", column="A"),) if rule else ()
        table = Table(name="rows", columns=(Column(name="A", physical_name="A"),), parts=(), rules=rules)
        return Contract(
            source=source, organisation="borough", title=source, version="1.0.0", path=Path("x"), sha256="",
            lawful_basis=LawfulBasis(article_6="6(1)(e)"), layout=Layout(format="csv"), tables=(table,),
            freshness=Freshness(every_days=every),
        )  # fmt: skip

    return made
