"""Every address of the office, and what answers where there is none."""

from __future__ import annotations

from typing import Final

from django.urls import include, path

from vestry.office.pages import place_style, purposes, statics

urlpatterns: Final = [
    path("", include("vestry.office.accounts.urls")),
    path("", include("vestry.office.today.urls")),
    path("", include("vestry.office.residents.urls")),
    path("", include("vestry.office.reviewing.urls")),
    path("", include("vestry.office.agreements.urls")),
    path("", include("vestry.office.emergencies.urls")),
    path("", include("vestry.office.audit.urls")),
    path("", include("vestry.office.extracts.urls")),
    path("", include("vestry.office.people.urls")),
    path("purpose/", purposes.purpose),
    path("place.css", place_style.place_css),
    path("static/<path:path>", statics.static),
]

handler400 = "vestry.office.accounts.failing.not_understood"
handler403 = "vestry.office.accounts.failing.not_allowed"
handler404 = "vestry.office.accounts.failing.not_there"
handler500 = "vestry.office.accounts.failing.failed"
