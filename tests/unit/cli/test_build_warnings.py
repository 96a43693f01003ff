"""What `vestry build` says on standard error beside the release that it made."""

from __future__ import annotations

import pytest

from vestry.cli.build import warn_of_trust


def test_trust_in_a_source_that_no_contract_describes(capsys: pytest.CaptureFixture[str]) -> None:
    warn_of_trust({"council_tx": {"address": 8}, "gp_list": {"phone": 3}}, {"council_tax", "gp_list"})
    said = capsys.readouterr()
    assert said.out == ""
    assert "how far to trust `council_tx`, which no contract describes" in said.err
    assert "write [trust.council_tax], if that was meant" in said.err
    assert "gp_list" not in said.err


def test_nothing_is_near_it(capsys: pytest.CaptureFixture[str]) -> None:
    warn_of_trust({"zzz": {}}, {"council_tax"})
    assert "fix:   take it out; which sources" in capsys.readouterr().err


def test_nothing_to_say(capsys: pytest.CaptureFixture[str]) -> None:
    warn_of_trust({"council_tax": {}}, {"council_tax"})
    assert capsys.readouterr().err == ""
