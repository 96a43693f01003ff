"""The content of a record in one text, from which its id, its profile and its keyed hash are made."""

from __future__ import annotations

from collections.abc import Iterable

import ibis
import ibis.expr.types as ir

from vestry.ids import SEPARATOR
from vestry.model.fields import SELDOM


def in_one_text(records: ir.Table, columns: Iterable[str]) -> ir.StringValue:
    """The values of `columns` in one text. Those that few records have stand at its end with their names, and only where they
    say something: a record without them has the text that it had before there were such columns.
    """
    said = list(columns)
    text = ibis.literal(SEPARATOR).join([records[c].fill_null("") for c in said if c not in SELDOM])
    for column in SELDOM:
        if column in said:
            text += (ibis.literal(f"{SEPARATOR}{column} ") + records[column]).fill_null("")
    return text
