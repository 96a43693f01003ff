"""What most contracts never say: set, taken out, and left as it is written."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from vestry.contracts.editing_further import ColumnFurther, TableFurther, edit_column, edit_table
from vestry.contracts.yaml_text import text_of, tree_of

COLUMN = """\
name: SEEN
logicalType: date  # when somebody went
classification: personal
customProperties:
- {property: vestry.blanks, value: [01/01/1900, "NK"]}  # as their system has it
"""
TABLE = """\
name: visits
customProperties:
- {property: vestry.dated_by, value: SEEN}  # timeliness counts from here
- {property: vestry.deleted_when, value: {column: ACTION, equals: D}}
"""


@pytest.mark.parametrize(
    ("further", "text"),
    [
        (ColumnFurther(blanks=("01/01/1900", "NK"), earlier_names=(), classification="personal"), COLUMN),
        (
            ColumnFurther(blanks=(), earlier_names=("WENT", "yes"), classification="public"),
            COLUMN.replace("personal", "public")
            .replace("- {property: vestry.blanks, value: [01/01/1900, \"NK\"]}  # as their system has it\n", "")
            + '- {property: vestry.earlier_names, value: [WENT, "yes"]}\n',
        ),
        (
            ColumnFurther(blanks=("-",), earlier_names=(), classification=""),
            COLUMN.replace("classification: personal\n", "").replace('[01/01/1900, "NK"]}', '["-"]}             '),
        ),
    ],
    ids=["as it is", "others", "less"],
)  # fmt: skip
def test_of_a_column(further: ColumnFurther, text: str) -> None:
    tree = tree_of(COLUMN)
    edit_column(tree, further)
    assert text_of(tree) == text


def test_how_sensitive_a_column_is_stands_after_its_type() -> None:
    tree = tree_of("name: SEEN\nlogicalType: date\nrequired: true\n")
    edit_column(tree, ColumnFurther(blanks=(), earlier_names=(), classification="special-category"))
    assert (
        text_of(tree) == "name: SEEN\nlogicalType: date\nclassification: special-category\nrequired: true\n"
    )


@pytest.mark.parametrize(
    ("further", "changed"),
    [
        (TableFurther(dated_by="SEEN", deleted_when=("ACTION", "D")), lambda text: text),
        (
            TableFurther(dated_by="BEGUN", deleted_when=("ACTION", "no")),
            lambda text: text.replace("value: SEEN}  #", "value: BEGUN} #").replace(
                "equals: D", 'equals: "no"'
            ),
        ),
        (TableFurther(dated_by="", deleted_when=None), lambda _text: "name: visits\n"),
    ],
    ids=["as it is", "others", "none"],
)
def test_of_a_table(further: TableFurther, changed: Callable[[str], str]) -> None:
    tree = tree_of(TABLE)
    edit_table(tree, further)
    assert text_of(tree) == changed(TABLE)
