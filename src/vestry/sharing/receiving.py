"""Who may take in extracts and change contracts for whom, and who may build. The one place where that is decided.

A data engineer takes in what their own organisation sends, under the contracts of its own sources: whoever sends a file answers
for it. Those of the organisation that runs the place (`run_by` in place.toml) do it for all, as the operator of its machine does,
and build; to take a file in opens nothing of what is in it, which agreements alone do. Neither role nor organisation is enough by
itself, and who has another organisation chosen has its rights and no others.
"""

from __future__ import annotations

from typing import Final

from vestry.errors import SharingRefused
from vestry.place import Place
from vestry.sharing.asking import Asker

ENGINEER: Final = "data-engineer"


def runs(place: Place, asker: Asker) -> bool:
    """Whether they do it for everybody: a data engineer of the organisation that runs the place."""
    return ENGINEER in asker.roles and bool(place.run_by) and asker.organisation == place.run_by


def may_receive(place: Place, asker: Asker, organisation: str) -> bool:
    """Whether they may take in extracts of sources of `organisation`, and save their contracts."""
    own = ENGINEER in asker.roles and bool(organisation) and asker.organisation == organisation
    return own or runs(place, asker)


def may_build(place: Place, asker: Asker) -> bool:
    """Whether they may build: a release is made of everybody's records, and everybody looks at it."""
    return runs(place, asker)


def check_may_receive(place: Place, asker: Asker, organisation: str) -> None:
    """Raises SharingRefused where they may not."""
    if not may_receive(place, asker, organisation):
        raise SharingRefused(
            "You may not take in extracts of that organisation.",
            where="extracts",
            fix="its own data engineers may, and those of the organisation that runs the place",
        )


def check_may_build(place: Place, asker: Asker) -> None:
    """Raises SharingRefused where they may not."""
    if not may_build(place, asker):
        fix = "ask a data engineer of the organisation that runs the place"
        if not place.run_by:
            fix = "place.toml does not say who runs the place (run_by): whoever keeps it can say so, or build there"
        raise SharingRefused("You may not build a release.", where="extracts", fix=fix)
