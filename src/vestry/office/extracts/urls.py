"""Every address of extracts. None names anybody: sources, extracts, and words of chance."""

from __future__ import annotations

from typing import Final

from django.urls import path

from vestry.office.extracts import (
    bringing_views,
    contract_views,
    editor_views,
    ledger_views,
    mistakes_views,
    quarantine_views,
    work_views,
)

urlpatterns: Final = [
    path("extracts/", ledger_views.ledger),
    path("extracts/sources/<str:source>/", ledger_views.source),
    path("extracts/sources/<str:source>/<str:name>/", ledger_views.extract),
    path("extracts/quarantine/", quarantine_views.quarantine),
    path("extracts/quarantine/<str:source>/", quarantine_views.of_source),
    path("extracts/quarantine/<str:source>/rows.csv", quarantine_views.rows),
    path("extracts/mistakes/", mistakes_views.mistakes),
    path("extracts/mistakes/<int:number>/", mistakes_views.mistake),
    path("extracts/receive/", bringing_views.receive),
    path("extracts/receive/<str:word>/", bringing_views.bring),
    path("extracts/inbox/", bringing_views.take),
    path("extracts/build/", work_views.build),
    path("extracts/work/", work_views.work_list),
    path("extracts/work/<str:word>/", work_views.work),
    path("extracts/contracts/", contract_views.contracts),
    path("extracts/contracts/drafts/<str:word>/", editor_views.editor),
    path("extracts/contracts/<str:source>/", contract_views.contract),
    path("extracts/contracts/<str:source>/begin/", contract_views.begin),
    path("extracts/work/<str:word>/draft/", contract_views.draft_from),
    path("extracts/work/<str:word>/receive/", work_views.receive),
    path("extracts/work/<str:word>/accept/", work_views.accept),
    path("extracts/work/<str:word>/refuse/", work_views.refuse),
    path("extracts/work/<str:word>/again/", work_views.again),
]
