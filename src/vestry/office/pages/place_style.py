"""The place's own colour, as a stylesheet of one line: a style in the page itself would need a laxer policy."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.views.decorators.http import require_safe

from vestry.office.accounts.site import site_of


@require_safe
def place_css(request: HttpRequest) -> HttpResponse:
    """`--place-colour`, where place.toml gives one."""
    colour = site_of(request).place.colour
    return HttpResponse(
        f":root {{ --place-colour: {colour}; }}\n" if colour else "",
        content_type="text/css; charset=utf-8",
        headers={"Cache-Control": "max-age=300"},
    )
