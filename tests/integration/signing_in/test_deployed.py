"""Django's own list for deployments finds nothing, and a migration is written for every change of a table."""

from __future__ import annotations

from dataclasses import replace

import pytest
from django.conf import settings
from django.core.checks import run_checks
from django.core.management import call_command

from browser import MovingClock
from vestry.office.project import Office
from vestry.office.serving import site_at
from vestry.place import SignIn


def test_checked_for_deployment(office: Office, clock: MovingClock) -> None:
    place = replace(office.place, sign_in=SignIn(address="https://office.example.gov.uk"))
    try:
        site_at(replace(office, place=place), clock)
        found = run_checks(include_deployment_checks=True, databases=["default"])
        assert [one for one in found if not one.is_silenced()] == []
        assert settings.ALLOWED_HOSTS == ["office.example.gov.uk"]
        assert len(settings.SILENCED_SYSTEM_CHECKS) == 1
    finally:
        site_at(office, clock)
    assert run_checks(include_deployment_checks=True), "without TLS it has something to say"


def test_no_migration_is_missing(office: Office) -> None:
    try:
        call_command("makemigrations", check=True, dry_run=True, verbosity=0)
    except SystemExit as missing:
        pytest.fail(f"a migration is missing: {missing.code}")
