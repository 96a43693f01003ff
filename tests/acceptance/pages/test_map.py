"""The map on a property's page: drawn by the browser, of nothing but what the page holds; and gone where it cannot be."""

from __future__ import annotations

import struct
import zlib
from typing import Any

import pytest

from office_pages import residents_found, ways

WORKER, PURPOSE = "children-social-worker", "safeguarding"
DRAWN = ".office-map[data-drawn]"
NO_WEBGL = """
const get = HTMLCanvasElement.prototype.getContext;
HTMLCanvasElement.prototype.getContext = function (kind, ...more) {
  return kind.startsWith("webgl") ? null : get.call(this, kind, ...more);
};
"""


def property_page(tab: Any) -> str:
    """To a property of somebody who was found; its address."""
    tab.sign_in(WORKER, PURPOSE)
    tab.go("/find/")
    tab.page.fill("#name", "a")
    tab.click("main button:has-text('Find')")
    way = next(path for path in ways(tab, residents_found(tab)) if path.startswith("/properties/"))
    tab.go(way)
    return way


def drawn(tab: Any) -> None:
    """Wait until it is drawn, where this machine's browser can draw at all."""
    if not tab.page.evaluate("() => !!document.createElement('canvas').getContext('webgl2')"):
        pytest.skip("the browser has no WebGL here")
    tab.page.wait_for_selector(DRAWN)


def colours(png: bytes) -> set[tuple[int, int, int]]:
    """The colours of a PNG of 8 bits for each of red, green and blue (RFC 2083)."""
    width, height, depth, kind = struct.unpack(">IIBB", png[16:26])
    assert depth == 8 and kind in (2, 6)
    each, at, packed = {2: 3, 6: 4}[kind], 8, b""
    while at < len(png):
        (length,) = struct.unpack(">I", png[at : at + 4])
        packed += png[at + 8 : at + 8 + length] if png[at + 4 : at + 8] == b"IDAT" else b""
        at += length + 12
    raw, above, found = zlib.decompress(packed), bytearray(width * each), set()
    for row in range(height):
        start = row * (width * each + 1)
        line = bytearray(raw[start + 1 : start + 1 + width * each])
        for n in range(len(line)):
            left = line[n - each] if n >= each else 0
            corner = above[n - each] if n >= each else 0
            nearest = min((left, above[n], corner), key=lambda v, b=n: abs(left + above[b] - corner - v))
            line[n] = (line[n] + (0, left, above[n], (left + above[n]) // 2, nearest)[raw[start]]) & 255
        found |= {tuple(line[n : n + 3]) for n in range(0, len(line), each)}
        above = line
    return found


def test_it_is_drawn_of_nothing_but_the_page(tabs: Any) -> None:
    with tabs() as tab:
        asked: list[str] = []
        way = property_page(tab)
        tab.page.on("request", lambda one: asked.append(one.resource_type + " " + one.url))
        tab.go(way)
        drawn(tab)
        canvas = tab.page.locator(".office-map canvas")
        assert canvas.get_attribute("aria-label") == "Map of where it is, which is told in words above"
        seen = colours(tab.page.locator(".office-map").screenshot())
        assert (212, 53, 28) in seen, "the property"
        assert (29, 91, 121) in seen, "the outlines"
        assert len(seen) > 20, "areas within areas"
        assert not [one for one in asked if one.startswith(("fetch", "xhr"))], "one look, one entry"
        assert [one for one in asked if "maplibre-gl-worker" in one], "its worker is our own"


def test_what_cannot_draw_leaves_no_empty_box(tabs: Any) -> None:
    with tabs() as tab:
        tab.page.add_init_script(NO_WEBGL)
        property_page(tab)
        tab.page.wait_for_load_state("networkidle")
        tab.page.wait_for_selector(".office-map", state="detached")
        assert not tab.says("Red dot") and tab.says("On the map") and tab.says("° north") and tab.says("Ward")


def test_a_narrow_screen_scrolls_on_over_it(tabs: Any) -> None:
    with tabs(width=390, has_touch=True, is_mobile=True) as tab:
        property_page(tab)
        drawn(tab)
        box = tab.page.locator(".office-map").bounding_box()
        assert box and box["x"] >= 0 and box["x"] + box["width"] <= 390
        action = "getComputedStyle(document.querySelector('.office-map canvas')).touchAction"
        assert tab.page.evaluate(action) == "pan-x pan-y", "one finger scrolls the page"


def test_keys_reach_it_and_move_it_and_paper_has_the_words(tabs: Any) -> None:
    with tabs() as tab:
        property_page(tab)
        drawn(tab)
        tab.page.locator("button[aria-label='Zoom in']").focus()
        tab.page.keyboard.press("Enter")
        tab.page.keyboard.press("Shift+Tab")
        assert tab.page.evaluate("document.activeElement.tagName") == "CANVAS"
        assert tab.page.evaluate("getComputedStyle(document.activeElement).outlineStyle") == "solid"
        before = tab.page.locator(".office-map").screenshot()
        tab.page.keyboard.press("ArrowRight")
        tab.page.wait_for_timeout(800)
        assert tab.page.locator(".office-map").screenshot() != before
        tab.page.emulate_media(media="print")
        assert not tab.page.locator(".office-map").is_visible() and not tab.says("Red dot")
        assert tab.says("On the map") and tab.says("° north")
