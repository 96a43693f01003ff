from __future__ import annotations

from collections.abc import Callable

import pytest

from vestry.contracts.comparing import compare


@pytest.mark.parametrize(
    ("old", "new", "breaking", "what", "where"),
    [
        ("name: Council tax", "name: The council tax", False, "title changed", ""),
        ('delimiter: "|"', 'delimiter: ","', True, "layout changed", ""),
        ("may_link, value: true", "may_link, value: false", True, "may link changed", ""),
        ("    required: true\n", "", False, "no longer required", "accounts.SURNAME"),
        ("  - name: SURNAME2", "  - name: SURNAME2\n    required: true", True, "now required", "accounts.SURNAME2"),
        ("[dd/MM/yyyy, yyyy-MM-dd]", "[dd/MM/yyyy, yyyy-MM-dd, yyyyMMdd]", False, "date formats changed", "accounts.STARTED"),
        ("[dd/MM/yyyy, yyyy-MM-dd]", "[dd/MM/yyyy, yyyy]", True, "date formats changed", "accounts.STARTED"),
        ('"2": female}', '"2": female, "3": other}', False, "code list changed", "accounts.SEX"),
        ('"2": female}', '"2": other}', True, "code list changed", "accounts.SEX"),
        ("name: SEX", "name: GENDER", True, "column taken away", "accounts.SEX"),
        ("name: SEX", "name: GENDER", True, "column added", "accounts.GENDER"),
        ("liable.sex", "liable.gender", True, "targets changed", "accounts.SEX"),
        ("name: accounts", "name: bills", True, "table taken away", "accounts"),
        ("  - name: SURNAME\n", "  - name: SURNAME\n    primaryKey: true\n", True, "key changed", "accounts"),
    ],
)  # fmt: skip
def test_a_change_is_seen(
    good: str, check: Callable, old: str, new: str, breaking: bool, what: str, where: str
) -> None:
    assert old in good
    before = check(good)[0]["council-tax"]
    after, problems = check(good.replace(old, new, 1))
    assert problems == []
    found = [(d.what, d.where, d.breaking) for d in compare(before, after["council-tax"])]
    assert (what, where, breaking) in found


def test_nothing_changed(good: str, check: Callable) -> None:
    contract = check(good)[0]["council-tax"]
    assert compare(contract, contract) == []
