"""Every address of the audit log's pages. No id that somebody typed is in one: it is kept, and named by chance."""

from __future__ import annotations

from typing import Final

from django.urls import path

from vestry.office.audit import views

urlpatterns: Final = [
    path("audit/", views.search),
    path("audit/found/<str:search>/", views.found),
    path("audit/found/<str:search>/entries.csv", views.entries),
    path("audit/resident/", views.resident),
    path("audit/resident/<str:search>/", views.about),
    path("audit/verify/", views.verify),
]
