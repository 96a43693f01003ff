"""The first page."""

from __future__ import annotations

from typing import Final

from django.urls import path

from vestry.office.today import views

urlpatterns: Final = [path("", views.today)]
