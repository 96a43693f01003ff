"""The quarantine: which rows were kept out and why; and the rows themselves, for whoever may have them, for a purpose."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Final

from django.http import HttpResponse, StreamingHttpResponse
from django.views.decorators.http import require_safe

from vestry.errors import NotFound
from vestry.intake.writing import private_folder
from vestry.office.accounts.site import site_of
from vestry.office.extracts.ledger_views import contracts_of
from vestry.office.extracts.quarantine_page import (
    QuarantinePage,
    SourceQuarantinePage,
    refusals_of,
    rule_lines,
)
from vestry.office.pages.door import asker_in, door, for_a_purpose, purpose_in, roles_only
from vestry.office.pages.showing import shown
from vestry.sharing.file_formats import write_table
from vestry.sharing.receiving import ENGINEER
from vestry.sharing.standing import newest_lines

_PIECE: Final = 1 << 16


@require_safe
@roles_only(ENGINEER)
def quarantine(request: Any) -> HttpResponse:
    """Every source and rule: of the newest extracts, or of all."""
    site, gateway = site_of(request), door(request)
    newest_only = request.GET.get("extracts") != "all"
    if not any(r.is_current for r in gateway.releases()):
        return shown(request, QuarantinePage(lines=(), total=0, newest_only=newest_only))
    standing = gateway.standing()
    groups = gateway.quarantine()
    if newest_only:
        newest = {line.extract_id for line in newest_lines(standing)}
        groups = tuple(g for g in groups if g.extract_id in newest)
    owners = {line.source: line.organisation for line in standing.ledger}
    contracts, _problem = contracts_of(site)
    lines = rule_lines(refusals_of(groups, contracts), owners, site.place.organisations)
    # A row that breaks two rules is one row.
    rows = {(g.extract_id, g.table_name, n) for g in groups for n in g.rows}
    return shown(request, QuarantinePage(lines=lines, total=len(rows), newest_only=newest_only))


@require_safe
@roles_only(ENGINEER)
def of_source(request: Any, source: str) -> HttpResponse:
    """One source: each extract, table, rule and column, with row numbers."""
    site, asker, gateway = site_of(request), asker_in(request), door(request)
    standing = gateway.standing()
    owner = next((line.organisation for line in standing.ledger if line.source == source), None)
    if owner is None:
        raise NotFound(
            "No release holds an extract of that source.", where="extracts", fix="look at the ledger"
        )
    contracts, _problem = contracts_of(site)
    every = refusals_of(gateway.quarantine(source=source), contracts)
    rule = request.GET.get("rule", "")
    rules = tuple(sorted({one.rule for one in every}))
    rule = rule if rule in rules else ""
    page = SourceQuarantinePage(
        source=source, title=contracts[source].title if source in contracts else source,
        organisation=site.place.organisations.get(owner, owner),
        refusals=tuple(one for one in every if not rule or one.rule == rule), rules=rules, rule=rule,
        may_read=asker.organisation == owner, purpose=purpose_in(request),
    )  # fmt: skip
    return shown(request, page)


@require_safe
@roles_only(ENGINEER)
@for_a_purpose
def rows(request: Any, source: str) -> HttpResponse | StreamingHttpResponse:
    """The rows themselves as CSV: those that the organisation one is in for sent, through the gateway."""
    site = site_of(request)
    stream = door(request).quarantined_rows(
        source=source, rule=request.GET.get("rule", ""), purpose=purpose_in(request)
    )
    private_folder(site.place.spool)
    with tempfile.TemporaryDirectory(dir=site.place.spool) as folder:
        path = Path(folder) / "rows.csv"
        write_table(stream, path)
        file = path.open("rb")
    answer = StreamingHttpResponse(_pieces(file), content_type="text/csv; charset=utf-8")
    answer["Content-Disposition"] = f'attachment; filename="{_safe(source)}-quarantine.csv"'
    return answer


def _pieces(file: Any) -> Iterator[bytes]:
    with file:
        while piece := file.read(_PIECE):
            yield piece


def _safe(source: str) -> str:
    return "".join(c for c in source if c.isascii() and (c.isalnum() or c in "-_")) or "rows"
