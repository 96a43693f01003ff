"""What rooms below the office say, in another language: whole sentences, what they hold put in anew, and piece by piece."""

from __future__ import annotations

import pytest
from django.utils import translation

from vestry.office.project import set_up

set_up()

from vestry.errors import Problem  # noqa: E402
from vestry.office.pages import below  # noqa: E402
from vestry.office.pages.below import in_language, problem_told, strings_below, strings_of  # noqa: E402
from vestry.sharing.refusals import REASONS  # noqa: E402

CATALOGUE = {
    "it is the only value said": "dyma'r unig werth",
    "another was chosen: ": "dewiswyd un arall: ",
    "the newest extract is %(age)s days old; one is promised every %(promised)s": "%(promised)s; %(age)s oed",
    "speaks strongly for it": "yn gryf o blaid",
    "The %(field)s %(is)s the same in both": "%(field)s: yr un",
    "Both hold the same %(it)s. %(it1)s %(it2)s only.": "%(it2)s / %(it1)s / %(it)s",
    "family name": "cyfenw",
    # Placeholders that do not fit: a name that is not there, none, a figure, a sign of per cent that is not doubled.
    "%(name)s has no version %(number)s.": "%(enw)s: dim %(number)s",
    "%(user)s works for %(it)s": "%s: gweithio i %s",
    "%(out)s of %(received)s rows of the newest extract are in quarantine": "%(out)d o %(received)d",
    "%(file_name)s is not a file that the contract of %(source)s expects.": "100% nid %(file_name)s",
}


@pytest.fixture
def welsh(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(translation, "get_language", lambda: "cy")
    monkeypatch.setattr(translation, "gettext", lambda text: CATALOGUE.get(text, text))


@pytest.mark.usefixtures("welsh")
@pytest.mark.parametrize(
    ("said", "told"),
    [
        ("it is the only value said", "dyma'r unig werth"),
        ("another was chosen: it is the only value said", "dewiswyd un arall: dyma'r unig werth"),
        ("the newest extract is 40 days old; one is promised every 31", "31; 40 oed"),
        ("exact: speaks strongly for it", "exact: yn gryf o blaid"),
        ("Close, 12 The", "Close, 12 The"),
        ("nobody translated this; it is the only value said", "nobody translated this; dyma'r unig werth"),
        ("", ""),
        ("The family name is the same in both", "cyfenw: yr un"),
        ("The given names are the same in both. Who knows?", "given names: yr un. Who knows?"),
        (
            "The UPRN (the number of the property) is the same in both",
            "UPRN (the number of the property): yr un",
        ),
        (
            "Both hold the same NHS number. Such a number belongs to one person only.",
            "person / Such a number belongs to one / NHS number",
        ),
    ],
)
def test_a_sentence_in_another_language(said: str, told: str) -> None:
    assert in_language(said) == told


@pytest.mark.usefixtures("welsh")
@pytest.mark.parametrize(
    "said",
    [
        "parking has no version 3.", "ada works for eldershire", "12 of 40 rows of the newest extract are in quarantine",
        "a.csv is not a file that the contract of parking expects.",
    ],
)  # fmt: skip
def test_a_translation_that_does_not_fit_leaves_the_sentence_in_english(said: str) -> None:
    assert in_language(said) == said
    assert in_language(f"another was chosen: {said}") == f"dewiswyd un arall: {said}"


def test_in_english_nothing_is_looked_for(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(translation, "get_language", lambda: "en-gb")
    monkeypatch.setattr(below, "_said", None)
    assert in_language("it is the only value said") == "it is the only value said"


def test_what_is_wrong_and_how_it_is_mended_are_sentences() -> None:
    fall = Problem(what="The port is taken.", fix="choose another")
    assert problem_told(fall) == "The port is taken. Choose another."
    assert problem_told(Problem(what="The port is taken.")) == "The port is taken."


@pytest.mark.parametrize(
    ("source", "whole", "found"),
    [
        ('raise NotFound("No such pair.", fix="ask x; or look")', False, {"No such pair.", "ask x; or look", "ask x"}),
        ('raise NotFound(f"{n:,} rows of {a.name} are out.")', False, {"%(n)s rows of %(name)s are out."}),
        ('x = "not shown to anybody"', False, set()),
        ('x = "shown to everybody"', True, {"shown to everybody"}),
        ('"""What it is for."""\nx = 1', True, set()),
        ('x = "so " + why + " it is"', True, {"so %(why)s it is"}),
        ('x = f"a {b} of {b} is 5% of it"', True, {"a %(b)s of %(b1)s is 5%% of it"}),
        ('x = "The {field} {is} 5% off"', True, {"The %(field)s %(is)s 5%% off"}),
        ('x = "the {is} is what {is} is"', True, {"the %(is)s is what %(is)s is"}),
        ('x = "5% of it"', True, {"5% of it"}),
        ('x = "write {day: 2026-04-01, why: ...}"', True, set()),
        ('x = "so many: [0-9]{1,4}"', True, set()),
        ('x = "this {} and that {0}"', True, set()),
        ('x = "an open { is none"', True, set()),
        ('x = f"write {{name}} of {a}"', True, set()),
        ('notes.append("no longer listed")', True, {"no longer listed"}),
        ('c.execute("SELECT a FROM b")', True, set()),
    ],
)  # fmt: skip
def test_what_a_module_says(source: str, whole: bool, found: set[str]) -> None:
    assert {template for _, template in strings_of(source, whole=whole)} == found


def test_what_pages_show_is_among_them() -> None:
    every = set(strings_below())
    assert {reason.says for reason in REASONS if " " in reason.says} <= every
    assert "There is no draft of yours." not in every and len(every) > 500


def test_single_words_are_found_where_they_are_shown() -> None:
    source = 'STRONG = "strong"\nFIELDS = {"nhs_number": "number"}\nx = "a sentence of it"'
    assert {one for _, one in strings_of(source, whole=True)} == {"a sentence of it"}
    assert {one for _, one in strings_of(source, whole=True, words=True)} == {
        "strong",
        "number",
        "a sentence of it",
    }
    assert {"strong", "against", "decides", "exact", "person", "address"} <= set(strings_below())
