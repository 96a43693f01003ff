"""Every address of people. What lets somebody in stands apart from what keeps them out: it asks for a passkey."""

from __future__ import annotations

from typing import Final

from django.urls import path

from vestry.office.people import views

urlpatterns: Final = [
    path("people/", views.people),
    path("people/new/account/", views.add),
    path("people/<slug:user>/", views.person),
    *(
        path(f"people/<slug:user>/{act}/", views.let_in, {"act": act})
        for act in ("give", "train", "invite", "restore")
    ),
    *(
        path(f"people/<slug:user>/{act}/", views.close, {"act": act})
        for act in ("take", "suspend", "forget")
    ),
]  # fmt: skip
