"""Who asks the gateway in tests, and what it wrote of them."""

from __future__ import annotations

import json
from typing import Any

from vestry.place import Place
from vestry.sharing.own_machine import Operator

HERE = Operator(account="alex", on_this_machine=True, stated="Alex")


def entries(place: Place) -> list[dict[str, Any]]:
    return [json.loads(line) for line in place.audit.read_text(encoding="utf-8").splitlines()]
