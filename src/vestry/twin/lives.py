"""The lives of ids: what became of one, and of every id that it led to. Part of `twin.reader`."""

from __future__ import annotations

from vestry.twin import answers, shaping
from vestry.twin.search import Rows


def lives(rows: Rows, entity_id: str) -> dict[str, list[answers.LifeStep]]:
    """What happened to an id, and to every id that it led to since then, by id.

    What became of a successor before its records came to it, or in the same release, was of records that it had already.
    """
    found: dict[str, list[answers.LifeStep]] = {}
    since = {entity_id: ""}
    queue = [entity_id]
    while queue:
        asked = queue.pop()
        steps = rows.of(
            "SELECT * FROM identities WHERE entity_id = $1 AND at_release > $2 ORDER BY at_release",
            [asked, since[asked]],
        )
        found[asked] = [shaping.life_step(row) for row in steps]
        for step in found[asked]:
            one, at = step.into_entity, step.at_release
            if one and (one not in since or at < since[one]):
                since[one] = at
                queue.append(one)
    return found
