"""The tables of the log, and the triggers that let them grow and nothing else."""

from __future__ import annotations

from typing import Any

from django.db import migrations

from vestry.office.audit.guards import TABLES, postgresql_guards, sqlite_guards


def make(_apps: Any, editor: Any) -> None:
    """The tables, an empty log's head, and then the triggers."""
    vendor = editor.connection.vendor
    kinds = (
        {"bytes": "BLOB", "count": "INTEGER", "compact": " WITHOUT ROWID"}
        if vendor == "sqlite"
        else {"bytes": "BYTEA", "count": "BIGINT", "compact": ""}
    )
    with editor.connection.cursor() as cursor:
        for table in TABLES:
            cursor.execute(table.format(**kinds))
        cursor.execute(
            "INSERT INTO audit_head (slot, size, leaf, frontier, checkpoint_size, checkpoint_at)"
            " VALUES (1, 0, %s, %s, 0, '')",
            [bytes(32), b""],
        )
        for trigger in sqlite_guards().values() if vendor == "sqlite" else postgresql_guards():
            cursor.execute(trigger)


class Migration(migrations.Migration):
    """Not to be undone: there is no way back that loses no entry."""

    initial = True
    operations = (migrations.RunPython(make),)
