"""Every address of emergencies. In none is more than the number of one."""

from __future__ import annotations

from typing import Final

from django.urls import path

from vestry.office.emergencies import review_views, views

urlpatterns: Final = [
    path("emergencies/", review_views.emergencies),
    path("emergencies/begin/", views.begin),
    path("emergencies/end/", views.end),
    path("emergencies/<int:number>/", review_views.emergency),
]
