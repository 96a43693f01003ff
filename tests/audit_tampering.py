"""Ways to tamper with the audit log, by somebody who may drop triggers and has the place's keys.

Inside a transaction that is rolled back afterwards, so that one log serves thousands.
"""

from __future__ import annotations

import json
import random
from collections.abc import Callable
from contextlib import contextmanager
from typing import Any

from vestry.office.audit.bodies import words_of
from vestry.office.audit.guards import sqlite_guards
from vestry.office.audit.notes import Signer
from vestry.office.audit.tree import grow, leaf_of, root_of

Way = Callable[["Tamperer"], None]


class Tamperer:
    """Somebody at the database, with chance to choose by. `outside` is how many entries a checkpoint elsewhere holds."""

    def __init__(self, cursor: Any, chance: random.Random, *, outside: int, signer: Signer) -> None:
        self.cursor, self.chance, self.outside, self.signer = cursor, chance, outside, signer
        self.size = self.one("SELECT size FROM audit_head")

    def one(self, query: str, *values: Any) -> Any:
        self.cursor.execute(query, list(values))
        return self.cursor.fetchone()[0]

    def do(self, query: str, *values: Any) -> None:
        self.cursor.execute(query, list(values))
        assert self.cursor.rowcount != 0, query

    def any(self, most: int | None = None) -> int:
        return self.chance.randint(1, most or self.size)

    def body(self, number: int) -> dict[str, Any]:
        return json.loads(self.one("SELECT body FROM audit_entries WHERE number = %s", number))

    def put(self, number: int, said: dict[str, Any], *, hashed: bool) -> None:
        text = json.dumps(said, separators=(",", ":"))
        self.do("UPDATE audit_entries SET body = %s WHERE number = %s", text, number)
        if hashed:
            self.do("UPDATE audit_entries SET leaf = %s WHERE number = %s", leaf_of(text.encode()), number)

    def changed(self, said: dict[str, Any]) -> dict[str, Any]:
        """The entry with one thing said otherwise, left out or added."""
        said = dict(said)
        name = self.chance.choice([n for n in said if n not in ("entry", "at", "previous", "stage")])
        way = self.chance.choice(["otherwise", "gone", "more"])
        if way == "gone":
            del said[name]
        elif way == "more":
            said["reason"] = said.get("reason", "") + "!"
        elif isinstance(said[name], list):
            said[name] = [*said[name], "p-0"]
        else:
            said[name] = said[name] + 1 if isinstance(said[name], int) else f"{said[name]}x"
        return said

    def written_anew(self, bodies: list[dict[str, Any]]) -> None:
        """Every entry, with every hash, word, head and checkpoint as if it had always been so."""
        for table in ("audit_words", "audit_entries", "audit_checkpoints"):
            self.cursor.execute(f"DELETE FROM {table}")
        frontier: list[bytes] = []
        leaf = bytes(32)
        for number, said in enumerate(bodies, start=1):
            said = {**said, "entry": number, "previous": leaf.hex()}
            text = json.dumps(said, separators=(",", ":"))
            leaf = leaf_of(text.encode())
            grow(frontier, number - 1, leaf)
            self.do(
                "INSERT INTO audit_entries (number, at, leaf, body) VALUES (%s, %s, %s, %s)",
                number, said["at"], leaf, text,
            )  # fmt: skip
            for kind, word in words_of(said):
                self.do(
                    "INSERT INTO audit_words (number, kind, word) VALUES (%s, %s, %s)", number, kind, word
                )
        size, packed = len(bodies), b"".join(frontier)
        self.do("UPDATE audit_head SET size = %s, leaf = %s, frontier = %s", size, leaf, packed)
        note = self.signer.sign(size, root_of(frontier))
        self.do("INSERT INTO audit_checkpoints (size, at, note) VALUES (%s, '', %s)", size, note)

    def all(self) -> list[dict[str, Any]]:
        self.cursor.execute("SELECT body FROM audit_entries ORDER BY number")
        return [json.loads(body) for (body,) in self.cursor.fetchall()]


@contextmanager
def unguarded(cursor: Any) -> Any:
    """While the triggers are away; they are put back as they were."""
    if cursor.db.vendor == "sqlite":
        for name in sqlite_guards():
            cursor.execute(f"DROP TRIGGER {name}")
        yield
        for made in sqlite_guards().values():
            cursor.execute(made)
        return
    tables = ("audit_entries", "audit_words", "audit_head", "audit_checkpoints")
    for table in tables:
        cursor.execute(f"ALTER TABLE {table} DISABLE TRIGGER ALL")
    yield
    for table in tables:
        cursor.execute(f"ALTER TABLE {table} ENABLE TRIGGER ALL")


def change_a_field(t: Tamperer) -> None:
    n = t.any()
    t.put(n, t.changed(t.body(n)), hashed=False)


def change_a_field_and_its_hash(t: Tamperer) -> None:
    n = t.any()
    t.put(n, t.changed(t.body(n)), hashed=True)


def change_a_hash(t: Tamperer) -> None:
    t.do("UPDATE audit_entries SET leaf = %s WHERE number = %s", t.chance.randbytes(32), t.any())


def change_the_time_beside(t: Tamperer) -> None:
    t.do("UPDATE audit_entries SET at = '2026-11-20T11:00:00.000000+00:00' WHERE number = %s", t.any())


def change_one_letter(t: Tamperer) -> None:
    n = t.any()
    body = t.one("SELECT body FROM audit_entries WHERE number = %s", n)
    at = t.chance.randrange(len(body))
    t.do(
        "UPDATE audit_entries SET body = %s WHERE number = %s",
        body[:at] + chr(ord(body[at]) ^ 1) + body[at + 1 :],
        n,
    )


def remove_one(t: Tamperer) -> None:
    n = t.any()
    t.do("DELETE FROM audit_words WHERE number = %s", n)
    t.do("DELETE FROM audit_entries WHERE number = %s", n)


def remove_one_and_close_up(t: Tamperer) -> None:
    n = t.any(t.size - 1)
    remove = ("DELETE FROM {} WHERE number = %s",)
    for table in ("audit_words", "audit_entries"):
        t.do(remove[0].format(table), n)
    for later in range(n + 1, t.size + 1):
        for table in ("audit_entries", "audit_words"):
            t.do(f"UPDATE {table} SET number = %s WHERE number = %s", later - 1, later)
    t.do("UPDATE audit_head SET size = size - 1")


def swap_two(t: Tamperer) -> None:
    a, b = t.chance.sample(range(1, t.size + 1), 2)
    for table in ("audit_entries", "audit_words"):
        for was, now in ((a, -1), (b, a), (-1, b)):
            t.do(f"UPDATE {table} SET number = %s WHERE number = %s", now, was)


def insert_one(t: Tamperer) -> None:
    n = t.any()
    for later in range(t.size, n - 1, -1):
        for table in ("audit_entries", "audit_words"):
            t.do(f"UPDATE {table} SET number = %s WHERE number = %s", later + 1, later)
    said = t.changed(t.body(n + 1))
    text = json.dumps(said, separators=(",", ":"))
    t.do(
        "INSERT INTO audit_entries (number, at, leaf, body) VALUES (%s, %s, %s, %s)",
        n, said["at"], leaf_of(text.encode()), text,
    )  # fmt: skip
    t.do("UPDATE audit_head SET size = size + 1")


def add_past_the_end(t: Tamperer) -> None:
    said = t.body(t.any())
    text = json.dumps(said, separators=(",", ":"))
    t.do(
        "INSERT INTO audit_entries (number, at, leaf, body) VALUES (%s, %s, %s, %s)",
        t.size + t.any(9), said["at"], leaf_of(text.encode()), text,
    )  # fmt: skip


def cut_the_end_off(t: Tamperer) -> None:
    n = t.any()
    for table in ("audit_words", "audit_entries"):
        t.do(f"DELETE FROM {table} WHERE number >= %s", n)


def cut_the_end_off_and_write_the_rest_anew(t: Tamperer) -> None:
    t.written_anew(t.all()[: t.any(t.outside) - 1])


def forge_what_somebody_else_holds(t: Tamperer) -> None:
    bodies, n = t.all(), t.any(t.outside) - 1
    bodies[n] = t.changed(bodies[n])
    t.written_anew(bodies)


def remove_what_somebody_else_holds(t: Tamperer) -> None:
    bodies = t.all()
    del bodies[t.any(t.outside) - 1]
    t.written_anew(bodies)


def insert_before_what_somebody_else_holds(t: Tamperer) -> None:
    bodies, n = t.all(), t.any(t.outside) - 1
    bodies.insert(n, t.changed(bodies[n]))
    t.written_anew(bodies)


def swap_what_somebody_else_holds(t: Tamperer) -> None:
    bodies, n = t.all(), t.any(t.outside - 1) - 1
    bodies[n], bodies[n + 1] = bodies[n + 1], bodies[n]
    t.written_anew(bodies)


def hide_from_search(t: Tamperer) -> None:
    n, kind, word = word_of(t)
    t.do("DELETE FROM audit_words WHERE number = %s AND kind = %s AND word = %s", n, kind, word)


def find_under_another(t: Tamperer) -> None:
    t.do(
        "UPDATE audit_words SET word = %s WHERE number = %s AND kind = %s AND word = %s", "else", *word_of(t)
    )


def find_under_more(t: Tamperer) -> None:
    t.do("INSERT INTO audit_words (number, kind, word) VALUES (%s, 'entity', 'p-more')", t.any())


def word_of(t: Tamperer) -> tuple[int, str, str]:
    t.cursor.execute("SELECT number, kind, word FROM audit_words WHERE number = %s", [t.any()])
    return t.chance.choice(sorted(t.cursor.fetchall()))


def change_the_head(t: Tamperer) -> None:
    column = t.chance.choice(["leaf", "frontier"])
    t.do(f"UPDATE audit_head SET {column} = %s", t.chance.randbytes(32))


def move_the_head_back(t: Tamperer) -> None:
    t.do("UPDATE audit_head SET size = size - %s", t.any(t.size))


def take_the_head(t: Tamperer) -> None:
    t.do("DELETE FROM audit_head")


def change_a_checkpoint(t: Tamperer) -> None:
    note = t.one("SELECT note FROM audit_checkpoints ORDER BY size LIMIT 1")
    at = t.chance.randrange(len(note) - 1)
    changed = note[:at] + ("A" if note[at] != "A" else "B") + note[at + 1 :]
    t.do("UPDATE audit_checkpoints SET note = %s WHERE note = %s", changed, note)


WAYS: list[Way] = [
    change_a_field, change_a_field_and_its_hash, change_a_hash, change_the_time_beside, change_one_letter,
    remove_one, remove_one_and_close_up, swap_two, insert_one, add_past_the_end, cut_the_end_off,
    cut_the_end_off_and_write_the_rest_anew, forge_what_somebody_else_holds, remove_what_somebody_else_holds,
    insert_before_what_somebody_else_holds, swap_what_somebody_else_holds, hide_from_search, find_under_another,
    find_under_more, change_the_head, move_the_head_back, take_the_head, change_a_checkpoint,
]  # fmt: skip
