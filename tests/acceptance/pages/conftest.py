"""The built county as it is served, by a process of its own, and a real browser in front of it."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest
from playwright import sync_api

from office_pages import SAMPLE
from vestry.cli.app import run
from vestry.place import Place, open_place
from vestry.settings import Settings
from vestry.wiring import rooms_for

CHROMIUM = next(
    (found for name in ("chromium", "chromium-browser", "google-chrome") if (found := shutil.which(name))), ""
)
FLAGS = (
    "--no-sandbox", "--disable-quic", "--no-first-run", "--disable-background-networking",
    "--disable-component-update", "--disable-sync", "--enable-unsafe-swiftshader",
)  # fmt: skip
NOTED = Path(__file__).with_name("serving_noted.py")
START = 90
"""Seconds that a server may take to answer for the first time on a busy machine."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Served:
    """A place and where it is served."""

    place: Place
    address: str
    notes: Path
    """Names of templates that were rendered, one on a line."""

    @property
    def word(self) -> str:
        """The demo's password."""
        return (self.place.keys / "demo").read_text().strip()


@pytest.fixture(scope="module")
def folder(small: Any, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The county of 400, built."""
    made = tmp_path_factory.mktemp("pages") / "place"
    small.copied(made)
    return made


@pytest.fixture(scope="module")
def served(folder: Path) -> Iterator[Served]:
    """That county, its users and its register in its office, served on a port of its own."""
    sample = ["review", "sample", "--name", SAMPLE, "--pairs", "2"]
    for words in (["people", "import"], ["agreement", "import"], sample):
        assert run(rooms_for(Settings()), [*words, "--place", str(folder)]) == 0
    said, notes = folder.parent / "said", folder.parent / "notes"
    with said.open("w") as out:
        process = subprocess.Popen(
            [sys.executable, str(NOTED), str(notes), "serve", "--port", "0", "--place", str(folder)],
            stdout=out, stderr=subprocess.STDOUT, env={**os.environ, "PYTHONUNBUFFERED": "1"},
        )  # fmt: skip
    try:
        until = time.monotonic() + START
        while "served at" not in said.read_text():
            assert time.monotonic() < until and process.poll() is None, said.read_text()
            time.sleep(0.1)
        address = said.read_text().split("served at ")[1].split("/\n")[0]
        yield Served(place=open_place(folder), address=address, notes=notes)
    finally:
        process.terminate()
        process.wait(20)


@pytest.fixture(scope="module")
def chromium() -> Iterator[Any]:
    """Debian's Chromium, without a screen. It ends with its module: while it is driven, a loop runs in this thread, and there
    Django lets nothing into its database."""
    if not CHROMIUM:
        pytest.skip("there is no browser here: apt install chromium")
    with sync_api.sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=list(FLAGS))
        yield browser
        browser.close()


@dataclass
class Tab:
    """One person's browser. `complaints` are errors of scripts and of the policy, and requests to any other host."""

    served: Served
    page: Any
    complaints: list[str] = field(default_factory=list)

    def go(self, path: str) -> None:
        """To a page of the office; once more where the page before was just coming back by itself, which the browser then does
        instead."""
        address = f"{self.served.address}{path}"
        try:
            self.page.goto(address)
        except sync_api.Error as error:
            if "ERR_ABORTED" not in error.message:
                raise
            self.page.wait_for_load_state()
            self.page.goto(address)

    def sign_in(self, user: str, purpose: str = "") -> None:
        """In by the demo's door, and for a purpose."""
        self.go("/sign-in/")
        self.page.select_option("#user", user)
        self.page.fill("#password", self.served.word)
        self.click("button:has-text('Look round')")
        if purpose:
            self.go("/purpose/?next=/")
            self.page.locator(f"input[value={purpose}]").check(force=True)
            self.click("main button:has-text('Continue')")

    def click(self, selector: str) -> None:
        """Click the first that the selector finds, and read the page that it leads to, if to any, to its end: a browser's own
        click comes back at the first byte of it."""
        self.page.locator(selector).first.click()
        self.page.wait_for_load_state()

    def press(self, button: str) -> None:
        """Press the first button of the main part that says so, and come to the page that it leads to."""
        with self.page.expect_navigation():
            self.page.locator(f"main button:has-text('{button}')").first.click()

    def follow(self, link: str) -> None:
        """Follow the first link that says so, or that the selector finds, and come to its page."""
        selector = link if re.search(r"[\[.#]", link) else f"a:has-text('{link}')"
        with self.page.expect_navigation():
            self.page.locator(selector).first.click()

    def says(self, text: str) -> bool:
        """Whether the page shows it."""
        self.page.wait_for_load_state()
        return text in self.page.locator("body").inner_text()

    @property
    def path(self) -> str:
        """Where it is."""
        return urlsplit(self.page.url).path

    @property
    def heading(self) -> str:
        """The one main heading."""
        self.page.wait_for_load_state()
        found = self.page.locator("h1").all_inner_texts()
        assert len(found) == 1, f"{self.path} has {len(found)} main headings"
        return str(found[0])


@pytest.fixture
def tabs(served: Served, chromium: Any) -> Any:
    """Opens tabs, each with its own cookies; what any of them complains of fails the test when it ends."""

    @contextmanager
    def opened(*, js: bool = True, width: int = 1280, bypass: bool = False, **said: Any) -> Iterator[Tab]:
        context = chromium.new_context(
            viewport={"width": width, "height": 900}, java_script_enabled=js, bypass_csp=bypass, **said
        )
        page = context.new_page()
        page.set_default_timeout(30_000)
        tab = Tab(served=served, page=page)
        page.on("pageerror", lambda error: tab.complaints.append(f"{tab.path}: {error}"))
        page.on(
            "console",
            lambda line: (
                tab.complaints.append(f"{tab.path}: {line.text}")
                if line.type == "error" and "the server responded with a status of" not in line.text
                else None
            ),
        )
        host = urlsplit(served.address).netloc
        page.on(
            "request",
            lambda asked: (
                None
                if urlsplit(asked.url).netloc == host or asked.url.startswith("data:")
                else tab.complaints.append(f"{tab.path} asks another host: {asked.url}")
            ),
        )
        try:
            yield tab
        finally:
            context.close()
        assert not tab.complaints

    return opened
