"""Promise 5, every address of the office walked, as a stranger and signed in: it opens no release, and breaks nowhere.

An address that is added fails `test_every_route_is_in_the_table` until it is entered in `ROUTES`.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from vestry.cli.app import run
from vestry.clock import SystemClock
from vestry.contracts.reading import read_contracts
from vestry.office.opening import opened
from vestry.office.project import set_up
from vestry.office.serving import site_at
from vestry.place import Place
from vestry.settings import Settings
from vestry.sharing.askers import people_of
from vestry.wiring import rooms_for

# Before what has tables is imported.
set_up()

from django.test import Client  # noqa: E402
from django.urls import URLPattern, URLResolver, get_resolver  # noqa: E402

from vestry.office.accounts.demo import demo_password  # noqa: E402
from vestry.office.accounts.site import KEY  # noqa: E402
from ways_in import Watch, watched  # noqa: E402

USER = "police-officer"

NOTHING, ACCOUNT, INVITED = (
    "",
    "of the account that is signed in",
    "of the account that was invited, to whoever has its word",
)
DOOR = "names of users, where the place is fictional and anybody may come in as one of them"
ROUTES = {
    "": ACCOUNT,
    "sign-in/": DOOR,
    "sign-in/openid/": NOTHING,
    "sign-in/openid/back/": NOTHING,
    "sign-in/demo/": NOTHING,
    "sign-in/passkey/options/": NOTHING,
    "sign-in/passkey/": NOTHING,
    "sign-out/": NOTHING,
    "organisation/": ACCOUNT,
    "enrol/<str:word>/": INVITED,
    "enrol/<str:word>/options/": INVITED,
    "enrol/<str:word>/passkey/": NOTHING,
    "passkeys/": ACCOUNT,
    "passkeys/options/": ACCOUNT,
    "passkeys/passkey/": NOTHING,
    "passkeys/<int:number>/remove/": NOTHING,
    "passkey/again/": NOTHING,
    "passkey/again/options/": NOTHING,
    "passkey/again/passkey/": NOTHING,
    "oauth/token": NOTHING,
    "oauth/revoke": NOTHING,
    "who-am-i": "of the system that shows its token",
    "static/<str:name>": NOTHING,
}
"""Every address -> whose personal data it gives. Of residents none gives any yet: of one that will, the walk has to say which
entry lets it open a release (`Watch.enters`)."""


def routes(patterns: Any, before: str = "") -> Iterator[str]:
    """Every route of a resolver, however deep."""
    for one in patterns:
        route = f"{before}{one.pattern}"
        if isinstance(one, URLResolver):
            yield from routes(one.url_patterns, route)
        else:
            assert isinstance(one, URLPattern)
            yield route


FOUND = list(routes(get_resolver("vestry.office.urls").url_patterns))


@pytest.fixture(scope="module")
def served(small: Any, tmp_path_factory: pytest.TempPathFactory) -> Any:
    """The built county as it is served, with its users."""
    place: Place = small.copied(tmp_path_factory.mktemp("served") / "place")
    assert run(rooms_for(Settings()), ["people", "import", "--place", str(place.folder)]) == 0
    return site_at(opened(place), SystemClock())


@pytest.fixture(scope="module")
def names(served: Any) -> frozenset[str]:
    """What its users are called."""
    return frozenset(user.name for user in people_of(served.place, read_contracts(served.place)).values())


def test_every_route_is_in_the_table() -> None:
    new, gone = sorted(set(FOUND) - ROUTES.keys()), sorted(ROUTES.keys() - set(FOUND))
    assert not new, f"enter in ROUTES, with whose personal data it gives: {', '.join(new)}"
    assert not gone, f"is no address any more, so take it out of ROUTES: {', '.join(gone)}"


@pytest.mark.parametrize("who", ["stranger", "stranger past the guard of forms", "signed in"])
@pytest.mark.parametrize("method", ["get", "post"])
@pytest.mark.parametrize("route", FOUND, ids=lambda route: f"/{route}")
def test_no_address_opens_a_release(
    route: str, method: str, who: str, served: Any, names: frozenset[str]
) -> None:
    """Past the guard of forms what is behind it is reached too."""
    path = "/" + route.replace("<str:word>", "x" * 43).replace("<int:number>", "1").replace(
        "<str:name>", "x.css"
    )
    assert "<" not in path, "say in this test what stands for that part of the address"
    client = Client(
        enforce_csrf_checks=who == "stranger",
        raise_request_exception=False,
        HTTP_HOST="localhost",
        **{KEY: served},
    )
    if who == "signed in":
        word = demo_password(served.place)
        assert client.post("/sign-in/demo/", {"user": USER, "password": word}).status_code == 302
    watch = Watch(place=served.place, enters=frozenset())
    with watched(watch):
        answer = getattr(client, method)(path)
    assert answer.status_code < 500
    assert not watch.opened
    if who != "signed in" and ROUTES[route] != DOOR:
        assert not any(name in answer.content.decode() for name in names)
