"""Every address of review. Ids of records say nothing of anybody."""

from __future__ import annotations

from typing import Final

from django.urls import path

from vestry.office.reviewing import address_views, views

urlpatterns: Final = [
    path("review/", views.front),
    path("review/next/", views.onward),
    path("review/pair/<str:left>/<str:right>/", views.pair),
    path("review/decide/", views.decide),
    path("review/undo/", views.undo),
    path("review/skip/", views.skip),
    path("review/sample/<str:name>/", views.sample),
    path("review/addresses/", address_views.waiting),
    path("review/addresses/decide/", address_views.decide),
]
