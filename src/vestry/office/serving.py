"""Serves the office of one place to people's browsers and partners' systems: on this machine alone.

Whoever is to reach it from elsewhere comes through a proxy on this machine, which ends TLS. What that proxy says of whence a
request came is believed where place.toml has an `address` with https, and from this machine alone.
"""

from __future__ import annotations

import signal
import sys
import tempfile
from collections.abc import Callable
from importlib import import_module
from pathlib import Path
from typing import Any, Final

import waitress
from django.conf import settings
from django.core.handlers.wsgi import WSGIHandler

from vestry.clock import Clock
from vestry.office.audit.log import DatabaseLog
from vestry.office.errors import OpenIdSecretUnreadable, PortInUse
from vestry.office.keeping import read_owned
from vestry.office.opening import opened
from vestry.office.project import Office
from vestry.office.work import starter
from vestry.place import Place

HOST: Final = "127.0.0.1"
_YEAR: Final = 365 * 24 * 60 * 60
_LIMITS: Final[dict[str, Any]] = {
    "threads": 8,
    "connection_limit": 200,
    "channel_timeout": 60,
    "max_request_header_size": 32_768,
    "max_request_body_size": 1_000_000,
}

_EACH: Final = 1
"""Threads for one question to a release: where many people ask at once, each is sooner done with one. Whoever serves few people
and a large county gives it more (VESTRY_THREADS)."""
_TURN: Final = 0.0005
"""Seconds that a thread may go on before another's turn, in place of 5 ms. Each of the dozens of questions that a page asks of
its databases ends with a wait for its turn, so that pages that were asked for at once kept each other waiting."""


def serve(
    place: Place,
    *,
    port: int,
    clock: Clock,
    database_url: str | None = None,
    secret_key_file: Path | None = None,
    openid_secret_file: Path | None = None,
    threads: int | None = None,
    memory: str | None = None,
    ready: Callable[[str], None],
) -> None:
    """Serve `place` until the process is ended. `port` 0 is any that is free; `ready` is told the address. `threads` and `memory`
    are what a release may take.

    Raises PortInUse, OpenIdSecretUnreadable, PagesNotBuilt, and what opening the office raises.
    """
    office = opened(place, database_url=database_url, secret_key_file=secret_key_file)
    site = site_at(
        office, clock, openid_secret=_secret(openid_secret_file), threads=threads or _EACH, memory=memory,
        start_work=starter(place),
    )  # fmt: skip
    import_module("vestry.office.pages.statics").manifest()
    if place.fictional:
        import_module("vestry.office.accounts.demo").demo_password(place)
    letting_in = import_module("vestry.office.extracts.letting_in")
    # A large request is written to a file as it comes: beside what will be made of it, and not where it may be held in memory.
    tempfile.tempdir = str(letting_in.folder(place))
    try:
        server = waitress.create_server(
            application(site), host=HOST, port=port, ident=None, clear_untrusted_proxy_headers=True,
            **_LIMITS, **_proxy(place),
        )  # fmt: skip
        letting_in.limit(server, place)
    except OSError:
        raise PortInUse(
            "The port is taken, or is not this account's to take.",
            where=f"{HOST}:{port}",
            fix="end what serves there, or give another: --port",
        ) from None
    # Whoever keeps services ends them so; what is being answered is answered first.
    signal.signal(signal.SIGTERM, _end)
    site.start_work()
    sys.setswitchinterval(_TURN)
    ready(place.sign_in.address or f"http://localhost:{server.effective_port}")
    server.run()


def _end(*_: object) -> None:
    raise SystemExit(0)


def site_at(
    office: Office,
    clock: Clock,
    *,
    openid_secret: str = "",
    threads: int | None = None,
    memory: str | None = None,
    start_work: Callable[[], None] = lambda: None,
) -> Any:
    """The place of `office` as it is served, and Django set for how it is reached. `start_work` starts what does what waits."""
    # Its tables want Django set, which opening the office did.
    sites = import_module("vestry.office.accounts.site")
    place, secure = office.place, sites.is_secure(office.place)
    said = {
        "ALLOWED_HOSTS": sites.hosts_of(place),
        "CSRF_TRUSTED_ORIGINS": [place.sign_in.address] if secure else [],
        "LOCALE_PATHS": [place.folder / "locale"],
        "SESSION_COOKIE_SECURE": secure,
        "CSRF_COOKIE_SECURE": secure,
        # A browser takes these names only from this very host, over TLS, for all of its paths.
        "SESSION_COOKIE_NAME": "__Host-session" if secure else "vestry-session",
        "CSRF_COOKIE_NAME": "__Host-form" if secure else "vestry-form",
        "SECURE_SSL_REDIRECT": secure,
        "SECURE_HSTS_SECONDS": _YEAR if secure else 0,
        "SECURE_HSTS_INCLUDE_SUBDOMAINS": secure,
    }
    for name, value in said.items():
        setattr(settings, name, value)
    log = DatabaseLog(office, clock)
    twin = import_module("vestry.office.twin").Twin(
        office=office, clock=clock, log=log, threads=threads, memory=memory
    )
    return sites.Site(
        office=office, log=log, clock=clock, twin=twin, openid_secret=openid_secret, start_work=start_work
    )


def application(site: Any) -> Callable[..., Any]:
    """The office as WSGI, every request of which knows its site."""
    handler, key = WSGIHandler(), import_module("vestry.office.accounts.site").KEY

    def answer(environment: dict[str, Any], start_response: Callable[..., Any]) -> Any:
        environment[key] = site
        return handler(environment, start_response)

    return answer


def _proxy(place: Place) -> dict[str, Any]:
    if not place.sign_in.address.startswith("https://"):
        return {}
    return {
        "trusted_proxy": HOST,
        "trusted_proxy_count": 1,
        "trusted_proxy_headers": {"x-forwarded-for", "x-forwarded-proto"},
    }


def _secret(path: Path | None) -> str:
    if path is None:
        return ""
    try:
        found = read_owned(path).decode("utf-8").strip()
    except (OSError, UnicodeDecodeError):
        found = ""
    if not found:
        raise OpenIdSecretUnreadable(
            "The secret for the OpenID Connect provider cannot be read.",
            where=f"{path} (VESTRY_OPENID_SECRET_FILE)",
            fix="let this account own and read it; it may be no link, and not empty",
        )
    return found
