"""Which reports of mistakes somebody is to deal with: those that their own organisation's people made, and all for whoever runs
the place. They may name people."""

from __future__ import annotations

from vestry.office.accounts.site import Site
from vestry.office.residents.reporting import Reported, waiting
from vestry.sharing.asking import Asker
from vestry.sharing.receiving import may_receive


def waiting_for(site: Site, asker: Asker) -> tuple[Reported, ...]:
    """The reports that wait for `asker`, the oldest first."""
    return tuple(one for one in waiting(site) if may_receive(site.place, asker, one.organisation))
