"""The log's allow-list."""

from __future__ import annotations

import json

import pytest
import structlog

from vestry.log import configure_log, keep_allowed


def test_only_allowed_keys_are_kept() -> None:
    line = {"event": "received", "source": "tax", "family_name": "O'Brien", "row": {"a": 1}}
    assert keep_allowed(None, "info", line) == {"event": "received", "source": "tax", "dropped": 2}


def test_a_line_is_json_without_values(capsys: pytest.CaptureFixture[str]) -> None:
    configure_log(debug=True)
    try:
        structlog.get_logger().info("received", source="tax", nhs_number="9434765919")
    finally:
        structlog.reset_defaults()
    line = json.loads(capsys.readouterr().err)
    assert (line["event"], line["source"]) == ("received", "tax")
    assert "9434765919" not in json.dumps(line)
