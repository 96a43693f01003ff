"""What several integration tests ask."""

from __future__ import annotations

import pytest

from gateway_by_hand import HERE, open_gateway
from vestry.clock import FixedClock
from vestry.office.project import set_up
from vestry.place import Place
from vestry.sharing.gateway import Gateway

# Before a module of tests imports what has tables.
set_up()


@pytest.fixture
def gateway(small_place: Place, clock: FixedClock) -> Gateway:
    return open_gateway(small_place, clock=clock, operator=HERE)
