"""Files that are bad, each in its own way, and what becomes of each."""

from __future__ import annotations

import dataclasses
import gzip
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

from vestry.contracts.contract import (
    Column,
    Contract,
    LawfulBasis,
    Layout,
    Rows,
    Surprises,
    Table,
)

PLANTED = "Zebedee"
"""A record's value: no message may hold it."""

PEOPLE = Table(
    name="people",
    columns=(
        Column(name="ID", physical_name="ID", key_position=1, required=True),
        Column(name="NAME", physical_name="NAME"),
        Column(name="BORN", physical_name="BORN", logical_type="date", formats=("dd/MM/yyyy",)),
    ),
    parts=(),
)
CSV = Contract(
    source="register",
    organisation="borough",
    title="Register",
    version="1.0.0",
    path=Path("register.yaml"),
    sha256="0" * 64,
    lawful_basis=LawfulBasis(article_6="6(1)(e)"),
    layout=Layout(format="csv"),
    tables=(PEOPLE,),
)
XML = dataclasses.replace(
    CSV, layout=Layout(format="xml"), tables=(dataclasses.replace(PEOPLE, rows=Rows(path="Row")),)
)
STRICT = dataclasses.replace(CSV, surprises=Surprises(extra_column="refuse"))
REFUSING = dataclasses.replace(
    CSV, surprises=Surprises(ragged_row="refuse", bad_value="refuse", repeated_key="refuse")
)

HEAD = b"ID,NAME,BORN\n"
GOOD = HEAD + f"1,{PLANTED},28/02/1990\n2,{PLANTED},\n".encode()
XML_GOOD = f"<R><Row><ID>1</ID><NAME>{PLANTED}</NAME></Row><Row><ID>2</ID></Row></R>".encode()


@dataclass(frozen=True, kw_only=True)
class Bad:
    """A file, and what becomes of it: `says` in a refusal, or (received, loaded, repeated, quarantined)."""

    name: str
    content: bytes
    contract: Contract = CSV
    says: tuple[str, ...] = ()
    counts: tuple[int, int, int, int] = (0, 0, 0, 0)
    rules: frozenset[tuple[str, str | None]] = field(default=frozenset())


def rows(*lines: str) -> bytes:
    return HEAD + "\n".join(lines).encode() + b"\n"


def broke(*rules: tuple[str, str | None]) -> frozenset[tuple[str, str | None]]:
    return frozenset(rules)


BAD: Sequence[Bad] = [
    Bad(
        name="missing column",
        content=b"ID,NAME\n1,Zebedee\n",
        says=("lacks the column `BORN`", "missing_column"),
    ),
    Bad(name="extra column", content=b"ID,NAME,BORN,X\n1,Zebedee,,Zebedee\n", counts=(1, 1, 0, 0)),
    Bad(
        name="extra column, refused",
        content=b"ID,NAME,BORN,HEIGHT\n1,Zebedee,,9\n",
        contract=STRICT,
        says=("does not know: `HEIGHT`",),
    ),
    Bad(
        name="renamed column",
        content=b"ID,NAME,Born\n1,Zebedee,\n",
        says=("lacks the column `BORN`", "the file has `Born`"),
    ),
    Bad(
        name="no header after all",
        content=b"1,Zebedee,28/02/1990\n2,Zebedee,\n",
        says=("lacks the column `ID`", "lacks the column `NAME`"),
    ),
    Bad(
        name="renamed column in XML",
        content=XML_GOOD.replace(b"NAME", b"Name"),
        contract=XML,
        says=("lacks the column `NAME`", "the file has `Name`"),
    ),
    Bad(
        name="ragged rows",
        content=rows("1,Zebedee", "2,Zebedee,,,", "3,Zebedee,"),
        counts=(3, 1, 0, 2),
        rules=broke(("row-ragged", None)),
    ),
    Bad(
        name="ragged rows, refused",
        content=rows("1,Zebedee", "2,,"),
        contract=REFUSING,
        says=("1 of 2 rows breaks the rule row-ragged", "first at row 1"),
    ),
    Bad(
        name="unclosed quote",
        content=rows('1,"Zebedee,', "2,Zebedee,", "3,,"),
        counts=(3, 2, 0, 1),
        rules=broke(("row-quoting", None)),
    ),
    Bad(
        name="NUL bytes",
        content=rows("1,Zebedee\x00,", "2,Zebedee,"),
        counts=(2, 1, 0, 1),
        rules=broke(("row-nul", None)),
    ),
    Bad(
        name="wrong encoding",
        content=HEAD + b"1,Zebed\xe9e,\n2,Zebedee,\n",
        counts=(2, 1, 0, 1),
        rules=broke(("row-encoding", None)),
    ),
    Bad(
        name="another encoding altogether",
        content=GOOD.decode().encode("utf-16"),
        says=("begins with the mark of utf-16", "encoding: utf-16"),
    ),
    Bad(name="byte-order mark", content=b"\xef\xbb\xbf" + GOOD, counts=(2, 2, 0, 0)),
    Bad(name="empty file", content=b"", says=("The file is empty",)),
    Bad(name="empty file, packed", content=gzip.compress(b""), says=("The file has no rows",)),
    Bad(name="header only", content=HEAD, says=("The file has no rows",)),
    Bad(
        name="a field of ten million characters",
        content=rows("1," + "Zebedee" * 1_500_000 + ",", "2,Zebedee,"),
        counts=(2, 2, 0, 0),
    ),
    Bad(name="identical rows", content=rows("1,Zebedee,", "1,Zebedee,"), counts=(2, 1, 1, 0)),
    Bad(
        name="repeated keys",
        content=rows("1,Zebedee,", "1,Zeb,", "2,,"),
        counts=(3, 1, 0, 2),
        rules=broke(("key-repeated", "ID")),
    ),
    Bad(
        name="repeated keys, refused",
        content=rows("1,Zebedee,", "1,Zeb,"),
        contract=REFUSING,
        says=("2 of 2 rows break the rule key-repeated",),
    ),
    Bad(
        name="no key", content=rows(",Zebedee,", "2,,"), counts=(2, 1, 0, 1), rules=broke(("required", "ID"))
    ),
    Bad(
        name="31/02/1990",
        content=rows("1,Zebedee,31/02/1990", "2,,28/02/1990"),
        counts=(2, 1, 0, 1),
        rules=broke(("not-a-date", "BORN")),
    ),
    Bad(
        name="31/02/1990, refused",
        content=rows("1,Zebedee,31/02/1990"),
        contract=REFUSING,
        says=("1 of 1 rows breaks the rule not-a-date", "column BORN"),
    ),
    Bad(
        name="XML with entities",
        content=b"<!DOCTYPE R [<!ENTITY e 'Zebedee'>]><R><Row><ID>&e;</ID></Row></R>",
        contract=XML,
        says=("document type or entities",),
    ),
    Bad(
        name="XML that names a file",
        content=b"<!DOCTYPE R [<!ENTITY e SYSTEM 'file:///etc/passwd'>]><R><Row><ID>&e;</ID></Row></R>",
        contract=XML,
        says=("document type or entities",),
    ),
    Bad(name="XML cut short", content=XML_GOOD[:-15], contract=XML, says=("The XML is cut short", "line 1")),
    Bad(
        name="XML of no known element",
        content=b"<R><Zebedee/></R>",
        contract=XML,
        says=("The file has no rows",),
    ),
    Bad(name="gzip", content=gzip.compress(GOOD), counts=(2, 2, 0, 0)),
    Bad(name="gzip cut short", content=gzip.compress(GOOD)[:-10], says=("gzip file is cut short",)),
    Bad(name="gzip cut short in its head", content=gzip.compress(GOOD)[:5], says=("gzip file is cut short",)),
    Bad(
        name="gzip of XML cut short",
        content=gzip.compress(XML_GOOD)[:-10],
        contract=XML,
        says=("gzip file is cut short",),
    ),
    Bad(
        name="gzip that expands a thousandfold",
        content=gzip.compress(HEAD + (b"1,Zebedee," + b" " * 1_000_000 + b"\n") * 60, 9),
        says=("unpacks to more than 200 times",),
    ),
    Bad(
        name="a picture",
        content=b"\x89PNG\r\n\x1a\n" + bytes(range(256)) * 20,
        says=("header line of the file cannot be read",),
    ),
    Bad(name="all of it in one column", content=GOOD.replace(b",", b";"), says=("lacks the column `ID`",)),
]
