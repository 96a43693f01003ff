"""A made county's files of children, and its truth, read by readers of their own."""

from __future__ import annotations

import csv
import gzip
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from functools import cached_property
from pathlib import Path
from xml.etree import ElementTree as Tree

from vestry.synthetic.registers.ssda903 import FILES

FIRST, LAST = "2025-09-01", "2025-12-01"
Rows = list[dict[str, str]]


@dataclass(frozen=True)
class County:
    """A made county, read by somebody else's readers."""

    folder: Path

    def rows(self, name: str, on: str = FIRST) -> Rows:
        """The rows of a delimited file, those with an impossible date or a cell too many left out."""
        path = self.folder / "incoming" / on / f"{name}.csv"
        with path.open(encoding="utf-8", newline="") as file:
            header, *lines = csv.reader(file)
        whole = [dict(zip(header, line, strict=True)) for line in lines if len(line) == len(header)]
        return [row for row in whole if "1990-02-31" not in row.values()]

    def census(self, on: str = FIRST) -> list[Tree.Element]:
        text = gzip.decompress((self.folder / "incoming" / on / "cin-census.xml.gz").read_bytes())
        root = Tree.fromstring(text)
        assert root.tag == "Message"
        assert root.findtext("Header/CollectionDetails/ReferenceDate") == on
        return root.findall("Children/Child")

    def truth(self, name: str) -> Rows:
        with (self.folder / "truth" / f"{name}.csv").open(encoding="utf-8", newline="") as file:
            return list(csv.DictReader(file))

    @cached_property
    def people(self) -> Mapping[tuple[str, str, str], str]:
        return {(r["source"], r["source_key"], r["part"]): r["entity"] for r in self.truth("people")}

    @cached_property
    def homes(self) -> Mapping[tuple[str, str, str], str]:
        return {(r["source"], r["source_key"], r["part"]): r["uprn"] for r in self.truth("addresses")}

    @cached_property
    def residents(self) -> Mapping[str, dict[str, str]]:
        return {r["entity"]: r for r in self.truth("residents")}

    @cached_property
    def sealed(self) -> Mapping[str, dict[str, str]]:
        """Earlier identity of an adopted child -> who they are now, and since when."""
        return {r["earlier"]: r for r in self.truth("sealed") if r["reason"] == "adoption"}

    def ages(self) -> list[int]:
        """Of everyone who lives there on the first day."""
        gone = [r for r in self.residents.values() if r["gone_on"] and r["gone_on"] <= FIRST]
        here = [r for r in self.residents.values() if r not in gone and r["here_since"] <= FIRST]
        return [age_on(date.fromisoformat(r["birth_date"])) for r in here if r["birth_date"] <= FIRST]


def age_on(born: date, on: date = date(2025, 9, 1)) -> int:
    return on.year - born.year - ((on.month, on.day) < (born.month, born.day))


def day_of(text: str) -> date:
    day, month, year = map(int, text.split("/"))
    return date(year, month, day)


def parts_of(county: County, on: str) -> Iterator[tuple[str, str, set[str]]]:
    """(source, key, parts that the row holds) of every row of the day, by what stands in its columns."""
    for row in county.rows("childrens-cases", on):
        held = {"child"} | {"parent"} & ({"parent"} if row["PARENT_SURNAME"] else set())
        yield "childrens-cases", row["CASE_ID"], held | ({"home"} if row["ADDRESS_1"] else set())
    for file in FILES:
        if not (county.folder / "incoming" / on / f"ssda903-{file}.csv").exists():
            continue
        for row in county.rows(f"ssda903-{file}", on):
            yield "ssda903", row["CHILD"], {"child"}
            if row.get("PL_POST"):
                yield "ssda903", f"{row['CHILD']}|{row['DECOM']}", {"placement"}
    for child in county.census(on):
        yield "cin-census", str(child.findtext("ChildIdentifiers/LAchildID")), {"child"}
    for row in county.rows("school-census", on):
        yield (
            "school-census",
            row["PupilID"],
            {"pupil", "home"} | ({"parent"} if row["ParentSurname"] else set()),
        )
    for row in county.rows("send", on):
        yield "send", row["SEN_REF"], {"pupil", "home"} | ({"parent"} if row["PARENT_SURNAME"] else set())
