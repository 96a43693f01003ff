"""Who may come into which page: every address as every user for each of their organisations, and for their purposes.

`make test` takes each user with one purpose for each address, turn by turn, so that every two of user, purpose and address that
can meet do so over the addresses; `make test-deep` takes all of them.
"""

from __future__ import annotations

import itertools
import re
import shutil
from collections.abc import Iterator
from typing import Any

import duckdb
import pytest

from office_routes import ROUTES, path_of
from vestry.cli.app import run
from vestry.clock import SystemClock
from vestry.contracts.reading import read_contracts
from vestry.office.opening import opened
from vestry.office.project import set_up
from vestry.office.serving import site_at
from vestry.place import Place
from vestry.settings import Settings
from vestry.sharing.askers import User, people_of
from vestry.wiring import rooms_for

# Before what has tables is imported.
set_up()

from django.test import Client  # noqa: E402

from vestry.office.accounts.demo import demo_password  # noqa: E402
from vestry.office.accounts.site import KEY  # noqa: E402
from vestry.office.pages.purposes import offered  # noqa: E402

GUARDED = sorted(route for route, said in ROUTES.items() if said.roles)
LOOKED_AT = sorted(route for route in ROUTES if "<str:entity_id>" in route)
NOBODY = "P00000000000000a"
PARTS = 8
"""Into so many tests the whole product is parted: each of them takes minutes."""


@pytest.fixture(scope="module")
def served(small: Any, tmp_path_factory: pytest.TempPathFactory) -> Any:
    """The built county as it is served, with its users."""
    place: Place = small.copied(tmp_path_factory.mktemp("served") / "place")
    assert run(rooms_for(Settings()), ["people", "import", "--place", str(place.folder)]) == 0
    return site_at(opened(place), SystemClock())


@pytest.fixture(scope="module")
def users(served: Any) -> list[tuple[User, str]]:
    """Every user who can come in, with each organisation that they work for: partners' systems have no pages."""
    found = people_of(served.place, read_contracts(served.place)).values()
    return [(user, post.organisation) for user in found if not user.is_system for post in user.posts]


def in_for(served: Any, user: User, organisation: str, purpose: str = "") -> Client:
    """A browser in which the user has come in, for an organisation and a purpose."""
    client = Client(raise_request_exception=False, HTTP_HOST="localhost", **{KEY: served})
    word = demo_password(served.place)
    came = client.post("/sign-in/demo/", {"user": user.user, "password": word})
    assert came.status_code == 302, (user.user, came.content.decode()[-900:])
    if len(user.posts) > 1:
        assert client.post("/organisation/", {"organisation": organisation}).status_code == 302
    if purpose:
        assert client.post("/purpose/", {"purpose": purpose, "next": "/"}).status_code == 302
    return client


def roles_of(user: User, organisation: str) -> frozenset[str]:
    return next(post.roles for post in user.posts if post.organisation == organisation)


def test_work_that_takes_a_role_is_closed_to_everybody_else(
    served: Any, users: list[tuple[User, str]]
) -> None:
    """By the same words whether or not there is anything behind the address."""
    wrong, told = [], set()
    for user, organisation in users:
        client, mine = in_for(served, user, organisation), roles_of(user, organisation)
        for route in GUARDED:
            for method in ("get", "post"):
                answer = getattr(client, method)(path_of(route))
                if mine & ROUTES[route].roles:
                    closed = answer.status_code == 403 and "not part of your work" in answer.content.decode()
                    if closed or answer.status_code >= 500:
                        wrong.append(f"{user.user} for {organisation}: {method} {route} {answer.status_code}")
                elif answer.status_code not in (403, 405):
                    wrong.append(f"{user.user} for {organisation}: {method} {route} {answer.status_code}")
                elif answer.status_code == 403:
                    told.add(re.search(r"<h1.*?</main>", answer.content.decode(), re.S)[0])  # type: ignore[index]
    assert not wrong
    assert len(told) == 1, "a refusal says which page it was of"


@pytest.fixture(scope="module")
def ids(served: Any, tmp_path_factory: pytest.TempPathFactory) -> dict[str, list[str]]:
    """Some ids of each kind that the release has, by its table."""
    release = (served.place.releases / "current").read_text().strip()
    # A copy: the release is open in this process, in a way of its own.
    copy = shutil.copy(served.place.releases / release / "twin.duckdb", tmp_path_factory.mktemp("copy"))
    with duckdb.connect(str(copy), read_only=True) as twin:
        return {
            table: [
                row[0]
                for row in twin.execute(f"SELECT entity_id FROM {table} ORDER BY ALL LIMIT 4").fetchall()
            ]
            for table in ("people", "households", "properties", "organisations")
        }


KIND = {
    "residents": "people",
    "households": "households",
    "properties": "properties",
    "businesses": "organisations",
}


def meetings(
    served: Any, users: list[tuple[User, str]], *, whole: bool
) -> Iterator[tuple[User, str, str, str]]:
    """(user, organisation, purpose, route): all of them, or each user with one purpose for each address, turn by turn."""
    for at, (user, organisation) in enumerate(users):
        asker = {a.organisation: a for a in user.askers()}[organisation]
        shared, own = offered(served, asker)
        purposes = [one.code for one in (*shared, *own)]
        if not purposes:
            continue
        if whole:
            yield from ((user, organisation, *pair) for pair in itertools.product(purposes, LOOKED_AT))
        else:
            for turn, route in enumerate(LOOKED_AT):
                yield user, organisation, purposes[(at + turn) % len(purposes)], route


def walk(
    served: Any, users: list[tuple[User, str]], ids: dict[str, list[str]], *, whole: bool
) -> tuple[int, list[str]]:
    """How many of those that exist were told apart from nobody by anything but what may be seen, and how many were shown."""
    wrong: list[str] = []
    shown = 0
    clients: dict[tuple[str, str, str], Client] = {}
    for user, organisation, purpose, route in meetings(served, users, whole=whole):
        key = (user.user, organisation, purpose)
        if key not in clients:
            clients[key] = in_for(served, user, organisation, purpose)
        client = clients[key]
        nobody = client.get(path_of(route, entity_id=NOBODY))
        if nobody.status_code != 404:
            wrong.append(f"{key} {route}: {nobody.status_code} for nobody")
        for entity_id in ids[KIND[route.split("/")[0]]][: 4 if whole else 2]:
            answer = client.get(path_of(route, entity_id=entity_id))
            if answer.status_code == 200:
                shown += 1
            elif answer.status_code == 404:
                if body(answer, entity_id) != body(nobody, NOBODY):
                    wrong.append(f"{key} {route}: whoever is hidden is told apart from nobody")
            else:
                wrong.append(f"{key} {route}: {answer.status_code}")
    return shown, wrong


def body(answer: Any, entity_id: str) -> str:
    """An answer without the id that was asked for and the words that guard forms."""
    text = answer.content.decode().replace(entity_id, "ID")
    return re.sub(r'name="csrfmiddlewaretoken" value="\w+"', "", text)


def test_a_field_that_is_none_leads_nowhere(
    served: Any, users: list[tuple[User, str]], ids: dict[str, list[str]]
) -> None:
    """And no field of a source or of nobody is told apart from it."""
    user, organisation = users[0]
    client = in_for(served, user, organisation, "safeguarding")
    for entity_id in (*ids["people"], NOBODY):
        assert client.get(f"/residents/{entity_id}/sources/nonsense/").status_code == 404


def test_whoever_may_not_be_seen_is_as_nobody(
    served: Any, users: list[tuple[User, str]], ids: dict[str, list[str]]
) -> None:
    shown, wrong = walk(served, users, ids, whole=False)
    assert not wrong[:10], len(wrong)
    assert shown > 50, "and some may be seen, or the walk would say nothing"


def test_whatever_has_a_page_has_one_of_its_sources(
    served: Any, users: list[tuple[User, str]], ids: dict[str, list[str]]
) -> None:
    """Of a household too, of which no source that may be used says anything, but who lives in it may be seen."""
    user, organisation = next(one for one in users if one[0].user == "revenues-officer")
    client = in_for(served, user, organisation, "council-tax")
    pages = [f"/households/{one}/" for one in ids["households"]]
    pages = [page for page in pages if client.get(page).status_code == 200]
    told = [client.get(f"{page}sources/") for page in pages]
    assert pages and {one.status_code for one in told} == {200}
    assert any("rests on sources that you may not use" in one.content.decode() for one in told)


@pytest.mark.deep
@pytest.mark.parametrize("part", range(PARTS))
def test_whoever_may_not_be_seen_is_as_nobody_for_every_purpose(
    served: Any, users: list[tuple[User, str]], ids: dict[str, list[str]], part: int
) -> None:
    shown, wrong = walk(served, users[part::PARTS], ids, whole=True)
    assert not wrong, f"{len(wrong)}, {shown:,} were shown: {sorted(wrong)[:: max(1, len(wrong) // 20)]}"
    assert shown, "and some may be seen, or the walk would say nothing"
