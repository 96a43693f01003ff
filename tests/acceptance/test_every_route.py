"""Promise 5, every address of the office walked: it opens a release for whoever may, after an entry, and breaks nowhere.

An address that is added fails `test_every_route_is_in_the_table` until it is entered in `office_routes.ROUTES`.
"""

from __future__ import annotations

from typing import Any

import pytest

from office_routes import ROUTES, USERS, path_of, routes
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

from vestry.office.accounts.demo import demo_password  # noqa: E402
from vestry.office.accounts.site import KEY  # noqa: E402
from ways_in import Watch, no_audit, watched  # noqa: E402

FOUND = list(routes())
WORKER = ("children-social-worker", "safeguarding")
"""(user, purpose) of somebody who may look at residents; what takes a role is walked by somebody who has it."""
WITH = {
    "matching-reviewer": "data-engineer",
    "data-engineer": "data-engineer",
    "governance-officer": "governance-officer",
    "auditor": "governance-officer",
}
"""Role -> a user of the county who has it."""


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


def coming_in(served: Any, user: str, purpose: str = "", **said: Any) -> Client:
    """Somebody's browser, signed in, for a purpose."""
    client = Client(raise_request_exception=False, HTTP_HOST="localhost", **{KEY: served}, **said)
    word = demo_password(served.place)
    assert client.post("/sign-in/demo/", {"user": user, "password": word}).status_code == 302
    if purpose:
        assert client.post("/purpose/", {"purpose": purpose, "next": "/"}).status_code == 302
    return client


def walker(route: str) -> tuple[str, str]:
    """(user, purpose) of whoever walks a route."""
    role = next(iter(sorted(ROUTES[route].roles)), "")
    return (WITH[role], "") if role else WORKER


@pytest.fixture(scope="module")
def known(served: Any) -> dict[str, str]:
    """Ids that the walkers may look at: a resident, and two records that wait for review."""
    worker = coming_in(served, *WORKER)
    found = worker.post("/find/", {"name": "a"})["Location"]
    page = worker.get(found).content.decode()
    entity = page.split('href="/residents/')[1].split("/")[0]
    reviewer = coming_in(served, WITH["matching-reviewer"])
    _, _, _, left, right, _ = reviewer.get("/review/next/")["Location"].split("/")
    return {"entity_id": entity, "left": left, "right": right}


def test_every_route_is_in_the_table() -> None:
    new, gone = sorted(set(FOUND) - ROUTES.keys()), sorted(ROUTES.keys() - set(FOUND))
    assert not new, f"enter in ROUTES, with whose personal data it gives: {', '.join(new)}"
    assert not gone, f"is no address any more, so take it out of ROUTES: {', '.join(gone)}"


@pytest.mark.parametrize("past_the_guard", [False, True], ids=["", "past the guard of forms"])
@pytest.mark.parametrize("method", ["get", "post"])
@pytest.mark.parametrize("route", FOUND, ids=lambda route: f"/{route}")
def test_to_a_stranger_nothing_is_opened_or_told(
    route: str, method: str, past_the_guard: bool, served: Any, names: frozenset[str], known: dict[str, str]
) -> None:
    """Past the guard of forms what is behind it is reached too."""
    client = Client(
        enforce_csrf_checks=not past_the_guard, raise_request_exception=False, HTTP_HOST="localhost", **{KEY: served}
    )  # fmt: skip
    watch = Watch(place=served.place, enters=frozenset())
    with watched(watch):
        answer = getattr(client, method)(path_of(route, **known))
    assert answer.status_code < 500
    assert not watch.opened
    if ROUTES[route].gives != USERS:
        assert not any(name in answer.content.decode() for name in names)


@pytest.mark.parametrize("method", ["get", "post"])
@pytest.mark.parametrize("route", FOUND, ids=lambda route: f"/{route}")
def test_a_release_is_opened_after_an_entry(
    route: str, method: str, served: Any, known: dict[str, str]
) -> None:
    user, purpose = walker(route)
    client = coming_in(served, user, purpose)
    path = path_of(route, **known)
    if route == "find/<str:search>/":
        path = client.post("/find/", {"name": "a"})["Location"]
    watch = Watch(place=served.place, enters=ROUTES[route].opens, user=user)
    with watched(watch):
        answer = getattr(client, method)(
            path, {"left": known["left"], "right": known["right"], "word": "different"}
        )
    assert answer.status_code < 500
    assert not watch.wrong
    if method == "get" and ROUTES[route].gives.startswith("of residents") and answer.status_code == 200:
        assert watch.opened or not ROUTES[route].opens, "what it gives was read of a release"


@pytest.mark.parametrize(
    "route", [r for r in FOUND if r in ROUTES and ROUTES[r].opens], ids=lambda route: f"/{route}"
)
def test_no_entry_no_data(route: str, served: Any, known: dict[str, str]) -> None:
    user, purpose = walker(route)
    client = coming_in(served, user, purpose)
    path = path_of(route, **known)
    if route == "find/<str:search>/":
        path = client.post("/find/", {"name": "a"})["Location"]
    watch = Watch(place=served.place, enters=frozenset())
    with no_audit(), watched(watch):
        answer = client.get(path)
    assert answer.status_code in (405, 503) or (
        answer.status_code == 302 and "sign-in" not in answer["Location"]
    )
    assert not watch.opened
