"""How soon a reviewer sees the next pair: from the key that decides one until the next is painted, in a real browser.

    python benchmarks/next_pair.py PLACE_FOLDER [--decisions 30] [--browser /usr/bin/chromium]

Serves the place (with agreements and people.yaml) by a process of its own, with an office of its own and so with a queue of
its own, as `office_load.py` does. A browser signs in as the reviewer and decides so many pairs by the key C (cannot tell).

The browser takes the time by its own clock: from the event of the key until the frame is presented in which the next pair's
heading is painted (Element Timing). Within it are the decision (checked, entered in the log and written to the disk), the
redirect, the next pair (entered, read and made into a page), its styles and its layout. The first two are left out: they fill
caches. Prints milliseconds at the 50th and 95th percentile and at most, of the whole, and of what of it went by until the
server's answer was there. The rival is asked for as often, in the same browser: another page that reads nothing of it, from a
click to its first contentful paint.
"""

from __future__ import annotations

import argparse
import os
import shutil
from collections.abc import Callable
from contextlib import ExitStack
from pathlib import Path
from typing import Any

from office_load import served, under_law
from playwright.sync_api import sync_playwright

REVIEWER = "data-engineer"
LEFT_OUT = 2
NOTE = """for (const sort of ['keydown', 'click']) addEventListener(sort, (event) => {
    if (event.isTrusted) sessionStorage.setItem('began', performance.timeOrigin + event.timeStamp);
}, true)"""
"""Keeps when somebody pressed or clicked last. The click that a script makes of a key is none of theirs."""
WATCH = """() => { window.next = new Promise((done) => {
    new PerformanceObserver((list) => {
        const [answer] = performance.getEntriesByType('resource').filter((one) => one.initiatorType === 'fetch').slice(-1);
        const before = performance.timeOrigin - Number(sessionStorage.getItem('began'));
        done([before + list.getEntries()[0].renderTime, before + answer.responseEnd]);
    }).observe({type: 'element'});
    const main = document.getElementById('main-content');
    new MutationObserver(() => main.querySelector('h1').setAttribute('elementtiming', 'next')).observe(main, {childList: true});
}); }"""
"""Keeps, of the next pair that is put into this page, (milliseconds until it was painted, until its answer was there)."""
WAITED = """() => new Promise((done) => {
    const told = () => {
        const [paint] = performance.getEntriesByName('first-contentful-paint');
        if (!paint) return setTimeout(told, 5);
        const before = performance.timeOrigin - Number(sessionStorage.getItem('began'));
        done([before + paint.startTime, before + performance.getEntriesByType('navigation')[0].responseEnd]);
    };
    told();
})"""
"""The same of another page that was come to."""


def decided(page: Any) -> tuple[float, float]:
    """Decide a pair by its key: milliseconds until the next is painted, and until its answer was there."""
    page.wait_for_selector("kbd")  # keys count from then on
    page.evaluate(WATCH)
    page.keyboard.press("c")
    painted, answered = page.evaluate("() => window.next")
    return painted, answered


def gone(page: Any, act: Callable[[], object]) -> tuple[float, float]:
    """The same of the page that `act` leads to."""
    with page.expect_navigation():
        act()
    painted, answered = page.evaluate(WAITED)
    return painted, answered


def said(what: str, took: list[float]) -> str:
    """One line."""
    took = sorted(took)
    at = [took[len(took) // 2], took[min(len(took) - 1, len(took) * 95 // 100)], took[-1]]
    return f"{what:34}{len(took):6}" + "".join(f"{value:10.1f}" for value in at)


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
        page.add_init_script(NOTE)
        page.goto(f"{where}/sign-in/")
        page.select_option("#user", REVIEWER)
        page.fill("#password", password)
        page.click("button:has-text('Look round')")
        page.goto(f"{where}/review/next/?blind=0")
        pairs, nothing = [], []
        for _ in range(asked.decisions + LEFT_OUT):
            pairs.append(decided(page))
        for _ in range(asked.decisions + LEFT_OUT):
            page.goto(f"{where}/review/")
            nothing.append(gone(page, lambda: page.click("a[href='/passkeys/']")))
        browser.close()
    print(f"{'milliseconds':34}{'asked':>6}{'p50':>10}{'p95':>10}{'most':>10}")
    for what, took in (("the next pair", pairs), ("nothing read (rival)", nothing)):
        print(said(what, [painted for painted, _ in took[LEFT_OUT:]]))
        print(said("  until its answer was there", [answered for _, answered in took[LEFT_OUT:]]))


if __name__ == "__main__":
    main()
