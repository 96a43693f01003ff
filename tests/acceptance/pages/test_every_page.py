"""What every page keeps: axe-core finds nothing at three widths, nothing is wider than the screen, and it prints."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

import pytest
from jinja2 import meta

from office_pages import AXE, WALKS
from vestry.office.pages.jinja import environment, folders
from vestry.office.project import set_up
from vestry.twin.answers import Resolution, Shown

set_up()

from vestry.office.pages.shell import SECTIONS, Shell  # noqa: E402
from vestry.office.residents.several_page import several_page  # noqa: E402

WIDTHS = (1280, 768, 390)
RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]

EVERY = pytest.mark.parametrize(("who", "walk"), [w[1:] for w in WALKS], ids=[w[0] for w in WALKS])

NEVER = {
    "residents/several.html": "no id of the small county stands for several; it is rendered by hand, for axe",
}
"""Template that no walk comes to -> why."""


def stops(tab: Any, who: Any, walk: Any) -> Iterator[str]:
    """Every page of a walk, where the one main heading is there, and no sentence runs into the next."""
    tab.sign_in(*who)
    for at in walk(tab):
        assert tab.heading, at
        said = " ".join(tab.page.locator("main p, main li").all_inner_texts())
        assert not (run := re.search(r"\w+[a-z]\.[A-Z][a-z]+ \w+", said)), f"{at} runs together: {run[0]}"
        yield at


CUT = """[...document.querySelectorAll('.office-wide')].filter(e => e.scrollWidth > e.clientWidth)
    .map(e => e.getAttribute('aria-label')).join(', ')"""
"""On a screen that is wide no table needs to be scrolled: what is cut off there is missed."""


def too_wide(tab: Any) -> bool:
    """Whether the page has to be scrolled sideways."""
    return bool(tab.page.evaluate("document.documentElement.scrollWidth > innerWidth"))


def faults(tab: Any) -> list[str]:
    """What axe-core finds: the rule, and where."""
    tab.page.add_script_tag(path=str(AXE))
    found = tab.page.evaluate(
        "rules => axe.run(document, {runOnly: {type: 'tag', values: rules}})"
        ".then(r => r.violations.map(v => v.id + ': ' + v.nodes.map(n => n.target.join(' ')).slice(0, 3).join('; ')))",
        RULES,
    )
    return [f"{tab.path} {one}" for one in found]


@pytest.mark.parametrize("width", WIDTHS)
@EVERY
def test_axe_finds_nothing_and_nothing_is_too_wide(tabs: Any, who: Any, walk: Any, width: int) -> None:
    wrong = []
    # The policy is passed by for axe alone: it is put into the page as a script of its own.
    with tabs(width=width, bypass=True) as tab:
        tab.go("/sign-in/")
        wrong += faults(tab)
        for at in stops(tab, who, walk):
            wrong += [f"{at}: {one}" for one in faults(tab)]
            if too_wide(tab):
                wrong.append(f"{at} is wider than the screen")
            if width == WIDTHS[0] and (cut := tab.page.evaluate(CUT)):
                wrong.append(f"{at} cuts off: {cut}")
    assert not wrong


@pytest.mark.parametrize("width", WIDTHS)
def test_axe_finds_nothing_where_an_id_stands_for_several(tabs: Any, served: Any, width: int) -> None:
    """The page that no walk comes to, under an address of the office: so its styles and scripts are the office's."""
    path = "/residents/P0000000000000001/"
    with tabs(width=width, bypass=True) as tab:
        tab.page.route(
            f"{served.address}{path}",
            lambda route: route.fulfill(content_type="text/html; charset=utf-8", body=several(path)),
        )
        tab.go(path)
        assert tab.heading == "These records turned out to be several"
        assert tab.page.locator("main a[href^='/residents/P']").count() == 2
        assert tab.page.evaluate("getComputedStyle(document.body).margin") == "0px", "it has no styles"
        assert not faults(tab) and not too_wide(tab)


def several(path: str) -> str:
    """The page of a person who turned out to be two, in the frame that somebody sees who may come in everywhere."""
    now = ("P0000000000000002", "P0000000000000003")
    looked = Shown(
        release_id="r", resolution=Resolution(asked=path.split("/")[2], now=now, others=(), steps=())
    )
    page = several_page(looked)
    shell = Shell(
        place="Eldershire", fictional=True, language="en", user="Craig Ash", organisation="Eldershire", several=True,
        purpose="safeguarding", means="protect somebody from harm", path=path,
        sections=tuple((str(one.text), one.href, one.href == "/find/") for one in SECTIONS),
    )  # fmt: skip
    return environment().get_template(page.template).render(page=page, shell=shell)


def test_axe_would_find_what_is_wrong(tabs: Any) -> None:
    """A page with faults planted, so that silence means something."""
    with tabs(bypass=True) as tab:
        tab.go("/sign-in/")
        tab.page.evaluate(
            "document.querySelector('main').insertAdjacentHTML('beforeend', '<img src=/static/x><input id=y>')"
        )
        found = " ".join(faults(tab))
        assert "image-alt" in found and "label" in found


@EVERY
def test_every_page_works_at_twice_the_size_and_on_paper(tabs: Any, who: Any, walk: Any) -> None:
    with tabs(width=640, device_scale_factor=2) as tab:
        for at in stops(tab, who, walk):
            assert not too_wide(tab), at
            tab.page.emulate_media(media="print")
            assert not tab.page.locator(".govuk-service-navigation").is_visible(), at
            assert tab.page.locator("h1").is_visible(), at
            tab.page.emulate_media(media="screen")


def test_the_walks_come_to_every_template(tabs: Any, served: Any) -> None:
    """On a telephone, without scripts. What is added is walked to, or its name and a reason are entered in NEVER."""
    served.notes.write_text("")
    wide = []
    for _name, who, walk in WALKS:
        with tabs(js=False, width=390) as tab:
            tab.go("/sign-in/")
            wide += [at for at in stops(tab, who, walk) if too_wide(tab)]
    assert not wide
    never = pages() - set(served.notes.read_text().splitlines())
    assert sorted(never) == sorted(NEVER), "have a walk come to it, or say in NEVER why none does"


def pages() -> set[str]:
    """Every template that is a page: whatever no other extends or takes parts from."""
    jinja = environment()
    names = {path.relative_to(folder).as_posix() for folder in folders() for path in folder.rglob("*.html")}
    taken = {
        other
        for name in names
        for other in meta.find_referenced_templates(jinja.parse(jinja.loader.get_source(jinja, name)[0]))  # type: ignore[union-attr]
    }
    return names - taken


def test_by_keyboard_alone_from_signing_in_to_a_saved_review(tabs: Any) -> None:
    with tabs() as tab:
        tab.go("/sign-in/")
        page = tab.page

        def to(selector: str) -> None:
            for _ in range(80):
                if page.evaluate("s => document.activeElement.matches(s)", selector):
                    box = page.evaluate(
                        "(style => style.outlineStyle + style.boxShadow)(getComputedStyle(document.activeElement))"
                    )
                    assert box != "nonenone", f"{selector} does not show that it has the focus"
                    return
                page.keyboard.press("Tab")
            raise AssertionError(f"no key leads to {selector} on {tab.path}")

        to("#user")
        page.keyboard.type("Craig")
        if page.locator("#user").input_value() != "data-engineer":
            page.select_option("#user", "data-engineer")
        to("#password")
        page.keyboard.type(tab.served.word)
        page.keyboard.press("Enter")
        page.wait_for_selector(".govuk-service-navigation")
        to("a[href='/review/']")
        page.keyboard.press("Enter")
        page.wait_for_selector("text=Start with the first")
        to("a[href^='/review/next/']")
        page.keyboard.press("Enter")
        page.wait_for_url("**/review/pair/**")
        page.wait_for_selector("kbd")
        before = page.url
        page.keyboard.press("c")
        page.wait_for_url(lambda now: now != before)
        assert tab.says("The last pair was written down as: cannot tell")
        page.wait_for_selector("kbd")
        page.keyboard.press("u")
        page.wait_for_url(before)
        assert not tab.says("The last pair was written down")
        page.locator("button:has-text('Turn the keys off')").focus()
        page.keyboard.press("Enter")
        page.keyboard.press("d")
        page.wait_for_timeout(500)
        assert page.url == before, "keys that are turned off decide nothing"
