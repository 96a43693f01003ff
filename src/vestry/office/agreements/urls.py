"""Every address of agreements. What opens records stands apart from what closes them: it asks for a passkey."""

from __future__ import annotations

from typing import Final

from django.urls import path

from vestry.office.agreements import draft_views, views

urlpatterns: Final = [
    path("agreements/", views.agreements),
    path("agreements/draft/new/", draft_views.new),
    path("agreements/draft/yaml/", draft_views.paste),
    path("agreements/<slug:name>/", views.one),
    path("agreements/<slug:name>/redraft/", draft_views.redraft),
    path("agreements/<slug:name>/<int:number>.yaml", views.text),
    path("agreements/<slug:name>/simulate/", views.simulate),
    *(path(f"agreements/<slug:name>/{act}/", views.act, {"act": act}) for act in ("propose", "suspend", "end", "renew")),
    *(path(f"agreements/<slug:name>/{act}/", views.act_that_opens, {"act": act}) for act in ("sign", "resume")),
]  # fmt: skip
