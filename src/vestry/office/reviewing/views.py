"""Review: one pair after another, a key for each decision. What is decided is on the disk before the next is shown."""

from __future__ import annotations

import time
from typing import Any, Final, cast

from django.http import HttpResponse, HttpResponseRedirect
from django.views.decorators.http import require_POST, require_safe

from vestry.errors import NotFound, PairNotReviewable, VestryError
from vestry.linkage.decisions import CANNOT_TELL, DIFFERENT, SAME, WITHDRAWN, Word
from vestry.office.accounts.site import site_of
from vestry.office.pages.below import in_language
from vestry.office.pages.door import asker_in, door, roles_only
from vestry.office.pages.showing import shown
from vestry.office.pages.translating import _
from vestry.office.reviewing.page import WORD, DonePage, FrontPage, pair_page
from vestry.office.reviewing.queues import Queue, Queues
from vestry.sharing.review_words import WHY
from vestry.sharing.reviewing import ReviewDesk
from vestry.sharing.reviewing_within import REVIEW_PURPOSE, REVIEWER

WORDS: Final[tuple[Word, ...]] = (SAME, DIFFERENT, CANNOT_TELL)
_SEEN, _LAST, _BLIND, _PASSED = "review-seen", "review-last", "review-blind", "review-passed"
_REMEMBERED: Final = 2000
"""Pairs that a session remembers to have decided or skipped."""
_QUEUES: Final = Queues(time.monotonic)


@require_safe
@roles_only(REVIEWER)
def front(request: Any) -> HttpResponse:
    """How it stands, and where to begin."""
    desk = _desk(request)
    queue, standing = _queue(request, desk, anew=True), desk.progress()
    try:
        addresses = (
            door(request)
            .address_reviews(site_of(request).clock)
            .waiting(purpose=REVIEW_PURPOSE, limit=0)
            .total
        )
    except VestryError:
        addresses = 0
    page = FrontPage(
        waiting=queue.page.total,
        by_why=tuple((in_language(WHY[why]), count) for why, count in queue.page.by_why.items()),
        mine=standing.by_reviewer.get(desk.reviewer, 0),
        decided=standing.lines,
        same=standing.same,
        set_aside=standing.set_aside,
        different=standing.different,
        cannot_tell=standing.cannot_tell,
        addresses=addresses,
        samples=standing.samples,
        contradictions=len(standing.contradictions),
        me=desk.reviewer,
    )
    return shown(request, page, purpose=REVIEW_PURPOSE)


@require_safe
@roles_only(REVIEWER)
def onward(request: Any) -> HttpResponse:
    """On to the next pair, or that there is none."""
    if "blind" in request.GET:
        request.session[_BLIND] = request.GET["blind"] == "1"
    desk = _desk(request)
    if path := _next_pair(request, desk):
        return HttpResponseRedirect(path)
    rest = _queue(request, desk)
    page = DonePage(rest=rest.page.total, last=_last(request))
    return shown(request, page, purpose=REVIEW_PURPOSE)


@require_safe
@roles_only(REVIEWER)
def pair(request: Any, left: str, right: str) -> HttpResponse:
    """Two records beside each other. Of a sample they are shown blind, whatever was chosen."""
    desk, sample_name = _desk(request), request.GET.get("sample", "")
    blind = bool(sample_name) or request.session.get(_BLIND, False)
    try:
        look = desk.look(left, right, purpose=REVIEW_PURPOSE, blind=blind)
    except NotFound:
        if not sample_name or not _pass_over(request, desk, sample_name, (left, right)):
            raise
        return HttpResponseRedirect(f"/review/sample/{sample_name}/")
    how: dict[str, Any] = {"decided": len(request.session.get(_SEEN, [])), "last": _last(request)}
    if sample_name:
        position = desk.position(sample_name)
        how |= {"sample": sample_name, "done": position.answered, "of": position.of}
    waiting = None if blind else _queue(request, desk).of((left, right))
    return shown(request, pair_page(look, waiting, **how), purpose=REVIEW_PURPOSE)


@require_POST
@roles_only(REVIEWER)
def decide(request: Any) -> HttpResponse:
    """Write a word down, and on."""
    left, right, word = (request.POST.get(name, "") for name in ("left", "right", "word"))
    if word not in WORDS:
        raise PairNotReviewable(
            _("No decision was chosen."), where="review", fix=_("choose one of the three")
        )
    sample_name, desk = request.POST.get("sample", ""), _desk(request)
    desk.decide(
        left, right, cast(Word, word), reason=request.POST.get("reason", "").strip()[:500], sample=sample_name,
        purpose=REVIEW_PURPOSE,
    )  # fmt: skip
    _remember(request, left, right)
    if sample_name:
        request.session.pop(_LAST, None)
    else:
        request.session[_LAST] = [left, right, word]
    way = f"/review/sample/{sample_name}/" if sample_name else _next_pair(request, desk)
    return HttpResponseRedirect(way or "/review/next/")


@require_POST
@roles_only(REVIEWER)
def skip(request: Any) -> HttpResponse:
    """Leave a pair for later, or for another."""
    _remember(request, request.POST.get("left", ""), request.POST.get("right", ""))
    return HttpResponseRedirect(_next_pair(request, _desk(request)) or "/review/next/")


@require_POST
@roles_only(REVIEWER)
def undo(request: Any) -> HttpResponse:
    """Take back what was decided last, and look at it again."""
    last = request.session.pop(_LAST, None)
    if last is None:
        raise NotFound(_("There is nothing to take back."), where="review", fix=_("go on with the next"))
    left, right, _word = last
    _desk(request).decide(left, right, WITHDRAWN, purpose=REVIEW_PURPOSE)
    seen = [pair for pair in request.session.get(_SEEN, []) if pair != [left, right]]
    request.session[_SEEN] = seen
    return HttpResponseRedirect(f"/review/pair/{left}/{right}/")


@require_safe
@roles_only(REVIEWER)
def sample(request: Any, name: str) -> HttpResponse:
    """On to the next pair of a sample that this reviewer has not answered."""
    passed = _passed(request, name)
    found = _desk(request).position(name, without=passed)
    if found.pair is None:
        page = DonePage(rest=0, sample=name, passed=len(passed))
        return shown(request, page, purpose=REVIEW_PURPOSE)
    left, right = found.pair.left_record, found.pair.right_record
    return HttpResponseRedirect(f"/review/pair/{left}/{right}/?sample={name}")


def _next_pair(request: Any, desk: ReviewDesk) -> str:
    """Where the next pair is that this session has neither decided nor skipped; "" where none waits, when the queue was read
    anew."""
    seen = {tuple(pair) for pair in request.session.get(_SEEN, [])}
    waiting = _queue(request, desk).after(seen) or _queue(request, desk, anew=True).after(seen)
    return f"/review/pair/{waiting.left_record}/{waiting.right_record}/" if waiting else ""


def _desk(request: Any) -> ReviewDesk:
    return door(request).reviews(site_of(request).clock)


def _queue(request: Any, desk: ReviewDesk, *, anew: bool = False) -> Queue:
    asker, site = asker_in(request), site_of(request)
    release = next((r.release_id for r in site.twin.gateway.releases() if r.is_current), "")
    key = (asker.user, asker.organisation, f"{site.place.folder}|{release}")
    return _QUEUES.of(key, lambda: desk.queue(purpose=REVIEW_PURPOSE), anew=anew)


def _passed(request: Any, sample_name: str) -> set[tuple[str, str]]:
    """The pairs of a sample that this session passed over."""
    return {(left, right) for name, left, right in request.session.get(_PASSED, []) if name == sample_name}


def _pass_over(request: Any, desk: ReviewDesk, sample_name: str, pair: tuple[str, str]) -> bool:
    """Pass over the next pair of a sample, of which this reviewer may not see a record; whether it was the next. A sample is
    drawn of the whole release, by whoever runs the place."""
    if not (found := desk.position(sample_name, without=_passed(request, sample_name)).pair):
        return False
    if pair != (found.left_record, found.right_record):
        return False
    request.session[_PASSED] = [*request.session.get(_PASSED, []), [sample_name, *found.pair]][-_REMEMBERED:]
    return True


def _remember(request: Any, left: str, right: str) -> None:
    seen = [pair for pair in request.session.get(_SEEN, []) if pair != [left, right]]
    request.session[_SEEN] = [*seen, [left, right]][-_REMEMBERED:]


def _last(request: Any) -> tuple[str, str, str] | None:
    """What was decided last: (left, right, word)."""
    last = request.session.get(_LAST)
    return (last[0], last[1], str(WORD.get(last[2], last[2]))) if last else None
