"""The office as it is served: one place, where it is reached, and who is behind each thing that it asks."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final
from urllib.parse import urlsplit

from django.http import HttpRequest

from vestry.clock import Clock
from vestry.office.accounts.changing import ChangeLog, Changes, Doer
from vestry.office.audit.checking import Checks
from vestry.office.project import Office
from vestry.place import Place
from vestry.place_file import is_loopback
from vestry.sharing.asking import Asker
from vestry.sharing.grants import Emergency

if TYPE_CHECKING:
    from vestry.office.twin import Twin
    from vestry.sharing.by_agreement import ByAgreement

KEY: Final = "vestry.site"
"""Under which a request's environment holds it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Site:
    """One served place. `openid_secret` is in no representation; `twin` is opened with the first look; `checks` are those of the
    audit log. `start_work` starts a process that does what waits (`office.work`); a site that nobody serves starts none."""

    office: Office
    log: ChangeLog
    clock: Clock
    twin: Twin
    openid_secret: str = ""
    checks: Checks = field(default_factory=Checks)
    start_work: Callable[[], None] = lambda: None

    def __repr__(self) -> str:
        return f"Site({self.place.folder})"

    @property
    def place(self) -> Place:
        """The place that is served."""
        return self.office.place

    def door_for(self, asker: Asker, emergency: Emergency | None = None) -> ByAgreement:
        """The twin as `asker` may see it."""
        return self.twin.door_for(asker, emergency)

    def changes(self, by: Doer) -> Changes:
        """Where `by` changes accounts."""
        return Changes(office=self.office, log=self.log, by=by)

    def origin(self, request: HttpRequest) -> str:
        """Where it is reached ("https://office.example.gov.uk"): as place.toml says, else as this machine was called."""
        return self.place.sign_in.address or f"http://{request.get_host()}"


def site_of(request: HttpRequest) -> Site:
    """The site that a request was sent to."""
    found = request.META[KEY]
    assert isinstance(found, Site)
    return found


def host_of(address: str) -> str:
    """The host of an address, without its port."""
    return urlsplit(address).hostname or ""


def is_secure(place: Place) -> bool:
    """Whether it is reached over TLS."""
    return place.sign_in.address.startswith("https://")


def hosts_of(place: Place) -> list[str]:
    """The hosts that a request may name, as Django's ALLOWED_HOSTS."""
    address = place.sign_in.address
    return [host_of(address)] if address and not is_loopback(host_of(address)) else _HERE


_HERE: Final = ["localhost", "127.0.0.1", "[::1]"]
