"""Every address of the office, what stands for the parts of it that change, who comes in, and what an answer may rest on."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, Final

from django.urls import URLPattern, URLResolver, get_resolver

REVIEWER, ENGINEER, GOVERNANCE, AUDITOR = (
    "matching-reviewer",
    "data-engineer",
    "governance-officer",
    "auditor",
)

NOBODY: Final = ""
ACCOUNT: Final = "of the account that is signed in"
INVITED: Final = "of the account that was invited, to whoever has its word"
TOLD: Final = "of the user who looked, to whoever was told and their own governance officers"
USERS: Final = "names of users, where the place is fictional and anybody may come in as one of them"


@dataclass(frozen=True, slots=True, kw_only=True)
class Route:
    """What one address is. `gives` says whose personal data it gives; `opens` are the actions of which an entry lets it open a
    release, for somebody of `roles` (any, where none is named). `purpose`: a purpose is chosen before it answers."""

    gives: str = NOBODY
    opens: frozenset[str] = frozenset()
    roles: frozenset[str] = frozenset()
    purpose: bool = False


def _look(*opens: str, roles: tuple[str, ...] = (), purpose: bool = False) -> Route:
    return Route(
        gives="of residents, through the gateway", opens=frozenset(opens), roles=frozenset(roles), purpose=purpose
    )  # fmt: skip


def _extracts(*opens: str, purpose: bool = False) -> Route:
    return Route(opens=frozenset(opens), roles=frozenset({ENGINEER}), purpose=purpose)


_REVIEW: Final = (REVIEWER,)
_GOVERNED: Final = frozenset({GOVERNANCE, AUDITOR})
_LISTS: Final = frozenset({"export"})
"""Names of areas, and which ids lead to which, are of open tables."""

ROUTES: Final[dict[str, Route]] = {
    "": Route(gives=ACCOUNT, opens=frozenset({"status", "review-queue"})),
    "purpose/": Route(gives=ACCOUNT),
    "emergencies/": Route(gives=TOLD),
    "emergencies/begin/": Route(gives="names of officers, to whoever may act in an emergency"),
    "emergencies/end/": Route(),
    "emergencies/<int:number>/": Route(gives=TOLD),
    "place.css": Route(),
    "static/<path:path>": Route(),
    "sign-in/": Route(gives=USERS),
    "sign-in/openid/": Route(),
    "sign-in/openid/back/": Route(),
    "sign-in/demo/": Route(gives=USERS),
    "sign-in/passkey/options/": Route(),
    "sign-in/passkey/": Route(),
    "sign-out/": Route(),
    "organisation/": Route(gives=ACCOUNT),
    "enrol/<str:word>/": Route(gives=INVITED),
    "enrol/<str:word>/options/": Route(gives=INVITED),
    "enrol/<str:word>/passkey/": Route(),
    "passkeys/": Route(gives=ACCOUNT),
    "passkeys/options/": Route(gives=ACCOUNT),
    "passkeys/passkey/": Route(),
    "passkeys/<int:number>/remove/": Route(),
    "passkey/again/": Route(),
    "passkey/again/options/": Route(),
    "passkey/again/passkey/": Route(),
    "oauth/token": Route(),
    "oauth/revoke": Route(),
    "who-am-i": Route(gives="of the system that shows its token"),
    "find/": Route(purpose=True),
    "find/<str:search>/": _look("find", purpose=True),
    **{
        f"{kind}/<str:entity_id>/{rest}": _look(action, purpose=True)
        for kind in ("residents", "households", "properties", "businesses")
        for rest, action in (
            ("", "show"),
            ("sources/", "explain"),
            ("sources/<str:field>/", "explain"),
            ("looks/", "show"),
            ("mistake/", "show"),
        )
    },
    "review/": _look("review-queue", roles=_REVIEW),
    "review/next/": _look("review-queue", roles=_REVIEW),
    "review/pair/<str:left>/<str:right>/": _look("review-look", "review-queue", roles=_REVIEW),
    "review/decide/": _look("review-decide", roles=_REVIEW),
    "review/undo/": _look("review-decide", roles=_REVIEW),
    "review/skip/": _look(roles=_REVIEW),
    "review/sample/<str:name>/": _look(roles=_REVIEW),
    "review/addresses/": _look("review-queue", roles=_REVIEW),
    "review/addresses/decide/": _look("review-decide", "review-queue", roles=_REVIEW),
    "agreements/": Route(roles=_GOVERNED),
    "agreements/<slug:name>/": Route(roles=_GOVERNED),
    "agreements/<slug:name>/<int:number>.yaml": Route(roles=_GOVERNED),
    "agreements/<slug:name>/simulate/": Route(roles=_GOVERNED),
    "agreements/<slug:name>/redraft/": Route(roles=frozenset({GOVERNANCE})),
    "agreements/draft/new/": Route(roles=frozenset({GOVERNANCE}), opens=_LISTS),
    "agreements/draft/yaml/": Route(roles=frozenset({GOVERNANCE})),
    **{
        f"agreements/<slug:name>/{act}/": Route(roles=frozenset({GOVERNANCE}))
        for act in ("propose", "suspend", "end", "renew", "sign", "resume")
    },
    "audit/": Route(roles=_GOVERNED),
    "audit/found/<str:search>/": Route(roles=_GOVERNED),
    "audit/found/<str:search>/entries.csv": Route(roles=_GOVERNED),
    "audit/resident/": Route(roles=_GOVERNED),
    "audit/resident/<str:search>/": Route(roles=_GOVERNED, opens=_LISTS),
    "audit/verify/": Route(roles=_GOVERNED),
    "extracts/": _extracts("status"),
    "extracts/sources/<str:source>/": _extracts("status", "quarantine"),
    "extracts/sources/<str:source>/<str:name>/": _extracts("status", "quarantine"),
    "extracts/quarantine/": _extracts("status", "quarantine"),
    "extracts/quarantine/<str:source>/": _extracts("status", "quarantine"),
    "extracts/quarantine/<str:source>/rows.csv": _extracts("quarantine-rows", purpose=True),
    "extracts/mistakes/": _extracts(),
    "extracts/mistakes/<int:number>/": _extracts(),
    "extracts/receive/": _extracts(),
    "extracts/receive/<str:word>/": _extracts(),
    "extracts/inbox/": _extracts(),
    "extracts/build/": _extracts(),
    "extracts/contracts/": _extracts(),
    "extracts/contracts/drafts/<str:word>/": _extracts(),
    "extracts/contracts/<str:source>/": _extracts(),
    "extracts/contracts/<str:source>/begin/": _extracts(),
    "extracts/work/": _extracts(),
    "extracts/work/<str:word>/": _extracts(),
    **{
        f"extracts/work/<str:word>/{act}/": _extracts()
        for act in ("receive", "draft", "accept", "refuse", "again")
    },
    "people/": Route(gives="of users, to a governance officer", roles=frozenset({GOVERNANCE})),
    "people/new/account/": Route(roles=frozenset({GOVERNANCE})),
    "people/<slug:user>/": Route(gives="of users, to a governance officer", roles=frozenset({GOVERNANCE})),
    **{
        f"people/<slug:user>/{act}/": Route(roles=frozenset({GOVERNANCE}))
        for act in ("give", "train", "invite", "restore", "take", "suspend", "forget")
    },
}
"""Every address. One that is added fails `test_every_route_is_in_the_table` until it is entered here."""


def routes(patterns: Any = None, before: str = "") -> Iterator[str]:
    """Every route of the office, however deep."""
    for one in patterns or get_resolver("vestry.office.urls").url_patterns:
        route = f"{before}{one.pattern}"
        if isinstance(one, URLResolver):
            yield from routes(one.url_patterns, route)
        else:
            assert isinstance(one, URLPattern)
            yield route


def path_of(route: str, **said: str) -> str:
    """The route with something in its parts that change: what is `said`, else what is nothing."""
    parts = {
        "<str:word>": "x" * 43, "<int:number>": "1", "<path:path>": "x/x.css", "<str:search>": "x" * 16,
        "<str:entity_id>": "P000000000000000", "<str:field>": "given_names", "<str:left>": "0" * 20,
        "<str:right>": "1" * 20, "<str:name>": "nothing", "<slug:name>": "nothing", "<str:source>": "nothing",
        "<slug:user>": "nobody",
    }  # fmt: skip
    for part, nothing in parts.items():
        route = route.replace(part, said.get(part.split(":")[1].rstrip(">"), nothing))
    assert "<" not in route, f"say in path_of what stands for that part of {route}"
    return f"/{route}"
