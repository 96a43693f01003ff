"""How soon a reviewer sees the next pair: from the key that decides one until the next is painted, in a real browser.

    python benchmarks/next_pair.py PLACE_FOLDER [--decisions 30] [--browser /usr/bin/chromium]

Serves the place (with agreements and people.yaml) by a process of its own, with an office of its own and so with a queue of
its own, as `office_load.py` does. A browser signs in as the reviewer and decides so many pairs by a key. Prints milliseconds at
the 50th and 95th percentile and at most. The rival is asked for as often, in the same browser: a page that reads nothing of it.
"""

from __future__ import annotations

import argparse
import os
import shutil
import time
from collections.abc import Callable
from contextlib import ExitStack
from pathlib import Path
from typing import Any

from office_load import served, under_law
from playwright.sync_api import sync_playwright

REVIEWER = "data-engineer"
PAINTED = "() => new Promise((done) => requestAnimationFrame(() => setTimeout(done, 0)))"
"""Ends when what stands in the page has been painted."""


def timed(page: Any, act: Callable[[], object], arrived: str) -> float:
    """Milliseconds until `arrived` (a script that holds on the page that is led to) and that page is painted."""
    began = time.perf_counter()
    act()
    page.wait_for_function(arrived, polling="raf")
    page.evaluate(PAINTED)
    return (time.perf_counter() - began) * 1000


def said(what: str, took: list[float]) -> str:
    took = sorted(took)
    at = [took[len(took) // 2], took[min(len(took) - 1, len(took) * 95 // 100)], took[-1]]
    return f"{what:24}{len(took):6}" + "".join(f"{value:10.1f}" for value in at)


def main() -> None:
    """Thirty decisions, and as many pages that read nothing."""
    parser = argparse.ArgumentParser(description="The next pair in a browser.")
    parser.add_argument("place", type=Path)
    parser.add_argument("--decisions", type=int, default=30)
    parser.add_argument("--browser", default=shutil.which("chromium") or "/usr/bin/chromium")
    asked = parser.parse_args()
    with ExitStack() as stack:
        place = under_law(stack, asked.place, None)
        where, password = stack.enter_context(served(place, {**os.environ, "PYTHONUNBUFFERED": "1"}))
        browser = stack.enter_context(sync_playwright()).chromium.launch(
            executable_path=asked.browser, args=["--no-sandbox", "--disable-background-networking"]
        )
        page = browser.new_page()
        page.goto(f"{where}/sign-in/")
        page.select_option("#user", REVIEWER)
        page.fill("#password", password)
        page.click("button:has-text('Look round')")
        page.goto(f"{where}/review/")
        page.click("a[href^='/review/next/']")
        next_pair, nothing = [], []
        for _ in range(asked.decisions):
            page.wait_for_selector("kbd")
            was = page.url
            arrived = f"location.href !== {was!r} && !!document.querySelector('kbd')"
            next_pair.append(timed(page, lambda: page.keyboard.press("c"), arrived))
        for _ in range(asked.decisions):
            page.goto(f"{where}/review/")
            arrived = "location.pathname === '/passkeys/' && document.readyState === 'complete'"
            nothing.append(timed(page, lambda: page.click("a[href='/passkeys/']"), arrived))
        browser.close()
    print(f"{'milliseconds':24}{'asked':>6}{'p50':>10}{'p95':>10}{'most':>10}")
    print(said("the next pair", next_pair))
    print(said("nothing read (rival)", nothing))


if __name__ == "__main__":
    main()
