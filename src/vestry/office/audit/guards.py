"""The tables of the log, and the triggers that let them grow and nothing else.

Whoever may drop a trigger can get past it: they are against mistakes, and against accounts that may write and no more. What
shows a change is the chain; `missing_guards` shows that somebody made one possible.
"""

from __future__ import annotations

from typing import Any, Final

TABLES: Final = (
    # `body` is what is hashed, byte for byte: JSON that holds everything the entry says and the hash before it.
    """CREATE TABLE audit_entries (
        number {count} NOT NULL PRIMARY KEY, at VARCHAR(32) NOT NULL, leaf {bytes} NOT NULL, body TEXT NOT NULL)""",
    "CREATE INDEX audit_entries_at ON audit_entries (at)",
    # What entries are searched by; each word of it is said in a body too.
    """CREATE TABLE audit_words (
        number {count} NOT NULL, kind VARCHAR(16) NOT NULL, word TEXT NOT NULL,
        PRIMARY KEY (number, kind, word)){compact}""",
    "CREATE INDEX audit_words_word ON audit_words (kind, word, number)",
    # How far the log is: the row that an append holds while it works.
    """CREATE TABLE audit_head (
        slot SMALLINT NOT NULL PRIMARY KEY CHECK (slot = 1), size BIGINT NOT NULL, leaf {bytes} NOT NULL,
        frontier {bytes} NOT NULL, checkpoint_size BIGINT NOT NULL, checkpoint_at VARCHAR(32) NOT NULL)""",
    """CREATE TABLE audit_checkpoints (
        size {count} NOT NULL PRIMARY KEY, at VARCHAR(32) NOT NULL, note TEXT NOT NULL)""",
)

GROWING: Final = ("audit_entries", "audit_words", "audit_checkpoints")

# An entry, and its words, come as the next number; the head takes one step, to an entry that is there.
NEXT: Final = "NEW.number <> (SELECT size + 1 FROM audit_head)"
STEP: Final = """NEW.slot = OLD.slot AND (
    (NEW.size = OLD.size + 1 AND NEW.checkpoint_size = OLD.checkpoint_size AND NEW.checkpoint_at = OLD.checkpoint_at
     AND EXISTS (SELECT 1 FROM audit_entries WHERE number = NEW.size AND leaf = NEW.leaf))
    OR (NEW.size = OLD.size AND NEW.leaf = OLD.leaf AND NEW.frontier = OLD.frontier
        AND NEW.checkpoint_size >= OLD.checkpoint_size AND NEW.checkpoint_size <= NEW.size
        AND NEW.checkpoint_at >= OLD.checkpoint_at))"""
SAYS: Final = "the audit log only grows"


def sqlite_guards() -> dict[str, str]:
    """Name -> statement. BEFORE INSERT as well: INSERT OR REPLACE would take a row away without the DELETE being told."""
    made: dict[str, str] = {}

    def refuse(name: str, when: str, on: str, unless: str = "") -> None:
        condition = f"WHEN {unless} " if unless else ""
        made[f"{on}_{name}"] = (
            f"CREATE TRIGGER {on}_{name} BEFORE {when} ON {on} FOR EACH ROW {condition}"
            f"BEGIN SELECT RAISE(ABORT, '{SAYS}'); END"
        )

    for on in GROWING:
        refuse("no_update", "UPDATE", on)
        refuse("no_delete", "DELETE", on)
    refuse("in_order", "INSERT", "audit_entries", NEXT)
    refuse("in_order", "INSERT", "audit_words", NEXT)
    refuse("once", "INSERT", "audit_checkpoints", "NEW.size IN (SELECT size FROM audit_checkpoints)")
    refuse("no_delete", "DELETE", "audit_head")
    refuse("once", "INSERT", "audit_head", "EXISTS (SELECT 1 FROM audit_head)")
    refuse("steps", "UPDATE", "audit_head", f"NOT ({STEP})")
    return made


_FUNCTIONS: Final = {
    "audit_refuses": f" BEGIN RAISE EXCEPTION '{SAYS}' USING ERRCODE = 'integrity_constraint_violation'; END ",
    **{
        name: f" BEGIN IF {when} THEN RAISE EXCEPTION '{SAYS}' USING ERRCODE = 'integrity_constraint_violation'; "
        "END IF; RETURN NEW; END "
        for name, when in (
            ("audit_in_order", NEXT),
            ("audit_steps", f"NOT ({STEP})"),
            ("audit_one_head", "EXISTS (SELECT 1 FROM audit_head)"),
        )
    },
}

_TRIGGERS: Final = {
    **{
        f"{on}_no_{when.lower()}": (when, on, "audit_refuses")
        for on in GROWING
        for when in ("UPDATE", "DELETE")
    },
    **{f"{on}_no_truncate": ("TRUNCATE", on, "audit_refuses") for on in (*GROWING, "audit_head")},
    "audit_entries_in_order": ("INSERT", "audit_entries", "audit_in_order"),
    "audit_words_in_order": ("INSERT", "audit_words", "audit_in_order"),
    "audit_head_no_delete": ("DELETE", "audit_head", "audit_refuses"),
    "audit_head_once": ("INSERT", "audit_head", "audit_one_head"),
    "audit_head_steps": ("UPDATE", "audit_head", "audit_steps"),
}


def postgresql_guards() -> list[str]:
    """The statements. TRUNCATE too, which is told of no row."""
    functions = [
        f"CREATE FUNCTION {name}() RETURNS trigger LANGUAGE plpgsql AS $${body}$$"
        for name, body in _FUNCTIONS.items()
    ]
    triggers = [
        f"CREATE TRIGGER {name} BEFORE {when} ON {on} FOR EACH {'STATEMENT' if when == 'TRUNCATE' else 'ROW'} "
        f"EXECUTE FUNCTION {calls}()"
        for name, (when, on, calls) in _TRIGGERS.items()
    ]
    return functions + triggers


def missing_guards(cursor: Any) -> list[str]:
    """The names of those that are not there as they were made: gone, switched off or changed."""
    if cursor.db.vendor == "sqlite":
        cursor.execute("SELECT name, sql FROM sqlite_master WHERE type = 'trigger'")
        wanted: dict[str, Any] = dict(sqlite_guards())
        there: dict[str, Any] = dict(cursor.fetchall())
    else:
        cursor.execute(
            "SELECT tgname, proname, prosrc FROM pg_trigger JOIN pg_proc ON pg_proc.oid = tgfoid "
            "WHERE tgrelid IN ('audit_entries'::regclass, 'audit_words'::regclass, 'audit_head'::regclass, "
            "'audit_checkpoints'::regclass) AND tgenabled IN ('O', 'A') AND NOT tgisinternal"
        )
        there = {name: (calls, body) for name, calls, body in cursor.fetchall()}
        wanted = {name: (calls, _FUNCTIONS[calls]) for name, (_, _, calls) in _TRIGGERS.items()}
    return sorted(name for name, made in wanted.items() if there.get(name) != made)
