"""Which fields a source holds, by its contract."""

from __future__ import annotations

from vestry.contracts.contract import Column, Contract, LawfulBasis, Layout, Part, Table, Target
from vestry.sharing.holdings import held, holdings

from pathlib import Path  # isort: skip


def contract(parts: dict[str, dict[str, str]], *targets: str) -> Contract:
    """A contract of those parts (name -> kind and attributes) with one column for each `part.field`."""
    columns = tuple(
        Column(name=t, physical_name=t, targets=(Target(part=t.split(".")[0], field=t.split(".")[1]),))
        for t in targets
    )
    made = tuple(
        Part(name=name, kind=said["kind"], attributes={k: v for k, v in said.items() if k != "kind"})
        for name, said in parts.items()
    )
    return Contract(
        source="s", organisation="o", title="s", version="1.0.0", path=Path("x"), sha256="",
        lawful_basis=LawfulBasis(article_6="x"), layout=Layout(format="csv"),
        tables=(Table(name="rows", columns=columns, parts=made),),
    )  # fmt: skip


def of(parts: dict[str, dict[str, str]], *targets: str) -> set[str]:
    return set(holdings({"s": contract(parts, *targets)})["s"])


def test_a_name_in_one_column_is_two_fields() -> None:
    assert of({"p": {"kind": "person"}}, "p.full_name", "p.upn") == {"family_name", "given_names", "upn"}


def test_whoever_sends_an_address_sends_what_is_found_by_it() -> None:
    found = of({"p": {"kind": "person", "lives_at": "h"}, "h": {"kind": "property"}}, "h.postcode")
    assert found == {
        "residence",
        "household",
        "address_lines",
        "postcode",
        "uprn",
        "usrn",
        "longitude",
        "latitude",
    }
    assert of({"b": {"kind": "address"}}, "b.postcode") == {"postal_address_lines", "postal_postcode"}


def test_dealings_and_ties() -> None:
    parts = {
        "e": {"kind": "episode", "service": "57"},
        "p": {"kind": "person", "partner_of": "q"},
        "q": {"kind": "person"},
    }
    assert of(parts, "e.amount") == {"dealing.service", "dealing.amount", "relationship"}


def test_a_list_of_sealed_identities_and_a_gazetteer_hold_nothing_to_show() -> None:
    assert of({"s": {"kind": "sealed"}}, "s.family_name") == set()
    assert of({"g": {"kind": "gazetteer_property"}}, "g.uprn") == set()


def test_what_is_not_known_is_taken_to_hold_everything() -> None:
    assert held(("sex", "upn"), "a", {"a": frozenset({"upn"})}) == ("upn",)
    assert held(("sex", "upn"), "b", {"a": frozenset({"upn"})}) == ("sex", "upn")
