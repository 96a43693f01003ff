"""A browser without a screen, for tests: fetches the office's pages in this process, sends their forms, and shows passkeys."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

import requests
from django.test import Client

from soft_passkey import SoftPasskey
from vestry.office.accounts.site import KEY, Site


@dataclass
class MovingClock:
    """A clock that a test moves on."""

    at: datetime

    def now(self) -> datetime:
        """The instant that it was moved to."""
        return self.at

    def pass_by(self, **time: float) -> None:
        """Let time pass (as `timedelta` wants it)."""
        self.at += timedelta(**time)


@dataclass
class Browser:
    """One browser, with its cookies, at one address of the network."""

    site: Site
    address: str = "192.0.2.1"
    client: Any = None
    seen: list[Any] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.client = Client(
            enforce_csrf_checks=True, raise_request_exception=False, HTTP_HOST="localhost",
            REMOTE_ADDR=self.address, **{KEY: self.site},
        )  # fmt: skip

    def get(self, path: str) -> Any:
        """The page at `path`."""
        return self._kept(self.client.get(path))

    def send(self, path: str, *, page: str = "/sign-in/", **fields: Any) -> Any:
        """Send a form of `page` to `path`."""
        return self._kept(self.client.post(path, {**fields, "csrfmiddlewaretoken": self.form_word(page)}))

    def ask(self, path: str, *, page: str = "/sign-in/", said: Any = None) -> Any:
        """Send JSON, as the script of `page` does."""
        headers = {"X-CSRFToken": self.form_word(page)}
        body = json.dumps(said if said is not None else {})
        return self._kept(self.client.post(path, body, content_type="application/json", headers=headers))

    def form_word(self, page: str) -> str:
        """The word that guards the forms of a page: of the one that is open, or else of the page as it is fetched now."""
        shown = self.seen[-1] if self.seen and self.seen[-1].request["PATH_INFO"] == page else None
        if shown is None or b'name="csrfmiddlewaretoken"' not in shown.content:
            shown = self.get(page)
        found = re.search(r'name="csrfmiddlewaretoken" value="(\w+)"', shown.content.decode())
        assert found, page
        return found[1]

    def enrol(self, passkey: SoftPasskey, path: str) -> Any:
        """Enrol a passkey at the page `path` (an invitation, or one's own)."""
        options = self.ask(f"{path}options/", page=path)
        if options.status_code != 200:
            return options
        return self.ask(f"{path}passkey/", page=path, said=passkey.make(options.json()))

    def come_in(self, passkey: SoftPasskey) -> Any:
        """Sign in with a passkey."""
        options = self.ask("/sign-in/passkey/options/")
        return self.ask("/sign-in/passkey/", said=passkey.show(options.json()))

    def show_again(self, passkey: SoftPasskey) -> Any:
        """Show a passkey once more, signed in."""
        options = self.ask("/passkey/again/options/", page="/passkey/again/")
        return self.ask("/passkey/again/passkey/", page="/passkey/again/", said=passkey.show(options.json()))

    def by_openid(self, *, to: str = "/") -> Any:
        """Sign in with the provider: there, and back here with what it says."""
        led = self.send("/sign-in/openid/", next=to)
        if led.status_code != 302:
            return led
        return self.get(self.back_from(led["Location"]))

    def back_from(self, provider: str) -> str:
        """The path that the provider sends the browser back to."""
        answer = requests.get(provider, allow_redirects=False, timeout=10)
        return str(answer.headers["Location"]).removeprefix("http://localhost")

    def is_in(self) -> bool:
        """Whether the first page is shown, and not the door."""
        return bool(self.get("/").status_code == 200)

    def _kept(self, answer: Any) -> Any:
        self.seen.append(answer)
        return answer
