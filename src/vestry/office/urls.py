"""Every address of the office, and what answers where there is none."""

from __future__ import annotations

from typing import Final

from django.urls import include, path

urlpatterns: Final = [path("", include("vestry.office.accounts.urls"))]

handler400 = "vestry.office.accounts.failing.not_understood"
handler403 = "vestry.office.accounts.failing.not_allowed"
handler404 = "vestry.office.accounts.failing.not_there"
handler500 = "vestry.office.accounts.failing.failed"
