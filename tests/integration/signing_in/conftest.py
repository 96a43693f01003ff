"""A place that is served, its provider, two users and a browser."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import pytest

from openid_provider import CLIENT_ID, SECRET, Provider, running
from served_office import GALE, ORGANISATIONS, SAM
from vestry.office.project import Office, set_up
from vestry.office.serving import site_at
from vestry.place import SignIn

# Before what has tables is imported.
set_up()

from browser import Browser, MovingClock  # noqa: E402
from vestry.office.accounts.changing import Changes, Doer  # noqa: E402
from vestry.office.accounts.people import People  # noqa: E402
from vestry.office.accounts.systems import Systems  # noqa: E402


@pytest.fixture(scope="module")
def _server() -> Iterator[Provider]:
    with running() as provider:
        yield provider


@pytest.fixture
def clock() -> MovingClock:
    """Now, until a test moves it on."""
    return MovingClock(at=datetime.now(UTC).replace(microsecond=0))


@pytest.fixture
def provider(_server: Provider, clock: MovingClock) -> Provider:
    """A provider with whom gale is signed in, and which tells no lies."""
    _server.person = {"sub": "s-1", "email": "gale@x", "email_verified": True}
    _server.lies, _server.header, _server.metadata = {}, {}, {}
    _server.signs_with, _server.forges, _server.refuses = None, None, ""
    _server.now = lambda: clock.now().timestamp()
    return _server


@pytest.fixture
def site(office: Office, provider: Provider, clock: MovingClock) -> Any:
    """A real place, at http://localhost."""
    said = SignIn(address="http://localhost", issuer=provider.issuer, client_id=CLIENT_ID, claim="email")
    place = replace(office.place, organisations=ORGANISATIONS, sign_in=said)
    return site_at(replace(office, place=place), clock, openid_secret=SECRET)


@pytest.fixture
def changes(site: Any) -> Changes:
    """Changes by whoever runs the machine."""
    return Changes(office=site.office, log=site.log, by=Doer(account="alex"))


@pytest.fixture
def people(changes: Changes, clock: MovingClock) -> People:
    """The desk of users: gale, and sam who works for two."""
    found = People(changes, clock, ORGANISATIONS)
    found.import_people([GALE, SAM])
    found.name_at_provider("gale", "gale@x")
    found.name_at_provider("sam", "sam@x")
    clock.pass_by(seconds=1)
    return found


@pytest.fixture
def systems(changes: Changes, clock: MovingClock) -> Systems:
    """The desk of partners' systems."""
    return Systems(changes, clock, ORGANISATIONS)


@pytest.fixture
def browser(site: Any, people: People) -> Browser:
    """A browser that nobody is signed in with."""
    return Browser(site)
