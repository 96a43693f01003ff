"""Every address of finding and looking. No name, number or date of anybody is in one: a search is kept, and named by chance."""

from __future__ import annotations

from typing import Final

from django.urls import path

from vestry.office.residents import find_views, views

urlpatterns: Final = [
    path("find/", find_views.find),
    path("find/<str:search>/", find_views.found),
    *(
        path(f"{kind}/<str:entity_id>/{rest}", view)
        for kind in ("residents", "households", "properties", "businesses")
        for rest, view in (
            ("", views.entity),
            ("sources/", views.sources),
            ("sources/<str:field>/", views.sources),
            ("looks/", views.looks),
            ("mistake/", views.mistake),
        )
    ),
]
