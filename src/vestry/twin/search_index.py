"""The index that people are found by: every word that may be searched for, and where it is said. Written with a release.

A word is one of a name or an address, folded as `twin.scanning` folds it, or a value as a whole: a birth date, a postcode, a
number, a reference. The index holds what `records` and `episodes` hold and nothing else, so what is not in those is not found by
it. Words are in order, and so are the places of each: the few that are asked for lie together, and the rest is not read.
"""

from __future__ import annotations

from typing import Final

import ibis.expr.types as ir
import pyarrow as pa

from vestry.engines.engine import Engine
from vestry.standardise.sound import sound
from vestry.twin.scanning import BETWEEN_WORDS, HOME, NAMES, closed_up

TEXTS: Final = {"name": NAMES, "address": HOME}
"""Field of the index of which every word counts -> SQL of its text, folded, of a record."""
VALUES: Final = {
    "born": "birth_date",
    "postcode": closed_up("postcode"),
    "nhs_number": "nhs_number",
    "uprn": "uprn",
    "key": closed_up("source_key"),
}
"""Field that counts as a whole -> SQL of it, of a record."""
DEALING: Final = "dealing"
"""The field of what the reference of a dealing is."""


def search_tables(
    engine: Engine,
    *,
    records: ir.Table,
    members: ir.Table,
    subjects: ir.Table,
    episodes: ir.Table,
    episode_entities: ir.Table,
) -> dict[str, ir.Table]:
    """`search_words` and `search_places`, as `twin.tables` has them. `subjects` has `entity_id, subject_no`."""
    with engine.workbench() as bench:
        _said(engine, records, members, subjects)
        _texts(engine)
        _values(engine, subjects, episodes, episode_entities)
        words = _words(engine)
        places = engine.compute(
            "search_places",
            "SELECT w.word_no, t.subject_no, t.source, t.variant, t.kind, t.current FROM search_texts t "
            "JOIN search_spelled USING (field, said) JOIN search_words w USING (field, word) UNION ALL "
            "SELECT w.word_no, v.subject_no, v.source, 0::INTEGER, v.kind, v.current FROM search_values v "
            "JOIN search_words w USING (field, word)",
        )
        bench.leave(words, places)
    return {"search_words": words, "search_places": places}


def _said(engine: Engine, records: ir.Table, members: ir.Table, subjects: ir.Table) -> None:
    """`search_said`: what each record says in every field, and of whom."""
    wanted = ", ".join(f"{sql} AS {field}" for field, sql in {**TEXTS, **VALUES}.items())
    engine.compute(
        "search_said",
        f"SELECT s.subject_no, m.kind, r.* FROM (SELECT record_id, source, current, {wanted} FROM "
        f"({engine.statement(records)})) r JOIN ({engine.statement(members.select('record_id', 'kind', 'entity_id'))}) m "
        f"USING (record_id) JOIN ({engine.statement(subjects.select('entity_id', 'subject_no'))}) s USING (entity_id)",
    )


def _texts(engine: Engine) -> None:
    """`search_texts`: every text of a source about somebody, numbered from 0, and `search_spelled`: the words of each."""
    each = " UNION ALL ".join(
        f"SELECT '{field}' AS field, subject_no, kind, source, current, {field} AS said FROM search_said WHERE {field} <> ''"
        for field in TEXTS
    )
    engine.compute(
        "search_texts",
        "SELECT field, subject_no, kind, source, said, bool_or(current) AS current, "
        "(row_number() OVER (PARTITION BY field, subject_no, source ORDER BY said) - 1)::INTEGER AS variant "
        f"FROM ({each}) GROUP BY field, subject_no, kind, source, said",
    )
    engine.compute(
        "search_spelled",
        "SELECT field, said, word FROM (SELECT field, said, "
        f"unnest(list_distinct(string_split_regex(said, '{BETWEEN_WORDS}'))) AS word "
        "FROM (SELECT DISTINCT field, said FROM search_texts)) WHERE word <> ''",
    )


def _values(engine: Engine, subjects: ir.Table, episodes: ir.Table, about: ir.Table) -> None:
    """`search_values`: every other value of a source about somebody, the references of dealings too."""
    each = " UNION ALL ".join(
        f"SELECT '{field}' AS field, subject_no, kind, source, current, {field} AS word FROM search_said WHERE {field} <> ''"
        for field in VALUES
    )
    told = episodes.filter(episodes.reference != "").select("episode_id", "source", "current", "reference")
    engine.compute(
        "search_values",
        f"SELECT field, subject_no, kind, source, word, bool_or(current) AS current FROM ({each} UNION ALL "
        f"SELECT '{DEALING}', s.subject_no, s.kind, e.source, e.current, {closed_up('e.reference')} "
        f"FROM ({engine.statement(told)}) e JOIN ({engine.statement(about)}) x USING (episode_id) "
        f"JOIN ({engine.statement(subjects.select('entity_id', 'subject_no', 'kind'))}) s USING (entity_id)) "
        "GROUP BY field, subject_no, kind, source, word",
    )


def _words(engine: Engine) -> ir.Table:
    """`search_words`: every word, numbered in order, and how those of names sound: worked out once for each."""
    engine.compute(
        "search_numbered",
        "SELECT field, word, (row_number() OVER (ORDER BY field, word) - 1)::INTEGER AS word_no FROM "
        "(SELECT DISTINCT field, word FROM search_spelled UNION SELECT DISTINCT field, word FROM search_values)",
    )
    numbered = engine.table("search_numbered")
    names = engine.fetch(numbered.filter(numbered.field == "name").select("word")).column("word").to_pylist()
    sounds = {"field": ["name"] * len(names), "word": names, "sound": [sound(name) for name in names]}
    engine.bring("search_heard", pa.table(sounds, schema=pa.schema(dict.fromkeys(sounds, pa.string()))))
    return engine.compute(
        "search_words",
        "SELECT field, word, word_no, sound FROM search_numbered LEFT JOIN search_heard USING (field, word)",
    )
