"""The tables of the log, and the triggers that let them grow and nothing else."""

from __future__ import annotations

from typing import Any

from django.db import migrations

TABLES = (
    # `body` is what is hashed, byte for byte: JSON that holds everything the entry says and the hash before it.
    """CREATE TABLE audit_entries (
        number BIGINT NOT NULL PRIMARY KEY, at VARCHAR(32) NOT NULL, leaf {bytes} NOT NULL, body TEXT NOT NULL)""",
    "CREATE INDEX audit_entries_at ON audit_entries (at)",
    # What entries are searched by; each word of it is said in a body too.
    """CREATE TABLE audit_words (
        number BIGINT NOT NULL REFERENCES audit_entries (number), kind VARCHAR(16) NOT NULL, word TEXT NOT NULL,
        PRIMARY KEY (number, kind, word)){compact}""",
    "CREATE INDEX audit_words_word ON audit_words (kind, word, number)",
    # How far the log is: the row that an append holds while it works.
    """CREATE TABLE audit_head (
        slot SMALLINT NOT NULL PRIMARY KEY CHECK (slot = 1), size BIGINT NOT NULL, leaf {bytes} NOT NULL,
        frontier {bytes} NOT NULL, checkpoint_size BIGINT NOT NULL, checkpoint_at VARCHAR(32) NOT NULL)""",
    """CREATE TABLE audit_checkpoints (
        size BIGINT NOT NULL PRIMARY KEY, at VARCHAR(32) NOT NULL, note TEXT NOT NULL)""",
)

GROWING = ("audit_entries", "audit_words", "audit_checkpoints")

# An entry, and its words, come as the next number; the head takes one step, to an entry that is there.
NEXT = "NEW.number <> (SELECT size + 1 FROM audit_head)"
STEP = """NEW.slot = OLD.slot AND (
    (NEW.size = OLD.size + 1 AND NEW.checkpoint_size = OLD.checkpoint_size AND NEW.checkpoint_at = OLD.checkpoint_at
     AND EXISTS (SELECT 1 FROM audit_entries WHERE number = NEW.size AND leaf = NEW.leaf))
    OR (NEW.size = OLD.size AND NEW.leaf = OLD.leaf AND NEW.frontier = OLD.frontier
        AND NEW.checkpoint_size >= OLD.checkpoint_size AND NEW.checkpoint_size <= NEW.size
        AND NEW.checkpoint_at >= OLD.checkpoint_at))"""
SAYS = "the audit log only grows"


def sqlite_triggers() -> list[str]:
    """BEFORE INSERT as well: INSERT OR REPLACE would take a row away without the DELETE being told."""

    def refuse(name: str, when: str, on: str, unless: str = "") -> str:
        condition = f"WHEN {unless} " if unless else ""
        return (
            f"CREATE TRIGGER {on}_{name} BEFORE {when} ON {on} FOR EACH ROW {condition}"
            f"BEGIN SELECT RAISE(ABORT, '{SAYS}'); END"
        )

    return [
        *(refuse(f"no_{when.lower()}", when, on) for on in GROWING for when in ("UPDATE", "DELETE")),
        *(refuse("in_order", "INSERT", on, NEXT) for on in ("audit_entries", "audit_words")),
        refuse("once", "INSERT", "audit_checkpoints", "NEW.size IN (SELECT size FROM audit_checkpoints)"),
        refuse("no_delete", "DELETE", "audit_head"),
        refuse("once", "INSERT", "audit_head", "EXISTS (SELECT 1 FROM audit_head)"),
        refuse("steps", "UPDATE", "audit_head", f"NOT ({STEP})"),
    ]


def postgresql_triggers() -> list[str]:
    """The same; TRUNCATE too, which is told of no row."""
    refusing = (
        "CREATE FUNCTION audit_refuses() RETURNS trigger LANGUAGE plpgsql AS "
        f"$$ BEGIN RAISE EXCEPTION '{SAYS}' USING ERRCODE = 'integrity_constraint_violation'; END $$"
    )

    def checking(name: str, condition: str) -> str:
        return (
            f"CREATE FUNCTION {name}() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN IF {condition} THEN "
            f"RAISE EXCEPTION '{SAYS}' USING ERRCODE = 'integrity_constraint_violation'; END IF; RETURN NEW; END $$"
        )

    def trigger(name: str, when: str, on: str, calls: str, each: str = "ROW") -> str:
        return f"CREATE TRIGGER {on}_{name} BEFORE {when} ON {on} FOR EACH {each} EXECUTE FUNCTION {calls}()"

    return [
        refusing,
        checking("audit_in_order", NEXT),
        checking("audit_steps", f"NOT ({STEP})"),
        checking("audit_one_head", "EXISTS (SELECT 1 FROM audit_head)"),
        *(
            trigger(f"no_{when.lower()}", when, on, "audit_refuses")
            for on in GROWING
            for when in ("UPDATE", "DELETE")
        ),
        *(
            trigger("no_truncate", "TRUNCATE", on, "audit_refuses", "STATEMENT")
            for on in (*GROWING, "audit_head")
        ),
        *(trigger("in_order", "INSERT", on, "audit_in_order") for on in ("audit_entries", "audit_words")),
        trigger("no_delete", "DELETE", "audit_head", "audit_refuses"),
        trigger("once", "INSERT", "audit_head", "audit_one_head"),
        trigger("steps", "UPDATE", "audit_head", "audit_steps"),
    ]


def make(_apps: Any, editor: Any) -> None:
    """The tables, an empty log's head, and then the triggers."""
    vendor = editor.connection.vendor
    kinds = {"bytes": "BLOB", "compact": " WITHOUT ROWID"} if vendor == "sqlite" else {"bytes": "BYTEA", "compact": ""}
    with editor.connection.cursor() as cursor:
        for table in TABLES:
            cursor.execute(table.format(**kinds))
        cursor.execute(
            "INSERT INTO audit_head (slot, size, leaf, frontier, checkpoint_size, checkpoint_at)"
            " VALUES (1, 0, %s, %s, 0, '')",
            [bytes(32), b""],
        )
        for trigger in sqlite_triggers() if vendor == "sqlite" else postgresql_triggers():
            cursor.execute(trigger)


class Migration(migrations.Migration):
    """Not to be undone: there is no way back that loses no entry."""

    initial = True
    operations = (migrations.RunPython(make),)
