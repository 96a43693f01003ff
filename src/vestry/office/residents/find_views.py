"""Find: what is typed is posted, and kept under a word of chance; the page of what was found is asked for by that word."""

from __future__ import annotations

from typing import Any, Final

from django.http import HttpResponse, HttpResponseRedirect
from django.views.decorators.http import require_http_methods, require_safe

from vestry.office.pages.door import door, for_a_purpose, purpose_in
from vestry.office.pages.showing import shown
from vestry.office.residents import searches
from vestry.office.residents.find_page import FindPage, FoundList, asked_words, criteria_of, listed_lines

SHOWN: Final = 20
"""Found on one page, the best first. Whoever is not among them is sooner found by a word more than by reading on."""


@require_http_methods(["GET", "POST"])
@for_a_purpose
def find(request: Any) -> HttpResponse:
    """The form; and on to what it finds."""
    if request.method != "POST":
        return shown(request, FindPage())
    criteria, problems = criteria_of(request.POST)
    if criteria is None:
        given = {name: value for name, value in request.POST.items() if name != "csrfmiddlewaretoken"}
        return shown(request, FindPage(given=given, problems=problems), status=422)
    return HttpResponseRedirect(f"/find/{searches.keep(request.session, criteria)}/")


@require_safe
@for_a_purpose
def found(request: Any, search: str) -> HttpResponse:
    """What it found. A search of another session, or of long ago, is typed anew."""
    criteria = searches.kept(request.session, search)
    if criteria is None:
        return HttpResponseRedirect("/find/")
    page = door(request).find(criteria, purpose=purpose_in(request), limit=SHOWN)
    return shown(
        request,
        FoundList(asked=asked_words(criteria), total=page.total, lines=listed_lines(page)),
    )
