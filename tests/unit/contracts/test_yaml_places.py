from __future__ import annotations

import math
from typing import Any

import pytest
import yaml

from vestry.contracts import yaml_places
from vestry.contracts.yaml_places import DEEPEST, LARGEST, read_yaml


@pytest.fixture(params=["libyaml", "pure Python"], autouse=True)
def parser(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    """Everything here is said of both parsers: not every machine's PyYAML was built with libyaml."""
    loader = "CSafeLoader" if request.param == "libyaml" else "SafeLoader"
    if not hasattr(yaml, loader):
        pytest.skip("this PyYAML was built without libyaml")
    monkeypatch.setattr(yaml_places, "_LOADER", getattr(yaml, loader))


def test_every_value_has_its_line() -> None:
    document = read_yaml(b"a: 1\nb:\n- c: x\n  d: {e: 2}\n- f\n")
    assert document.value == {"a": 1, "b": [{"c": "x", "d": {"e": 2}}, "f"]}
    assert document.line(("b", 0, "d", "e")) == 4
    assert document.line(("b", 1)) == 5
    assert document.line(("b", 0, "nothing", "there")) == 3


@pytest.mark.parametrize(
    ("text", "line", "says"),
    [
        (b"a: 1\nb: 2\na: 3\n", 3, "said twice"),
        (b"a: &x [1]\nb: *x\n", 1, "anchors"),
        (b"a: !!python/object/apply:os.system [x]\n", 1, "tags"),
        (b"a: 1\nb: !own x\n", 2, "tags"),
        (b'a: 1\nb: ["x", "N\\0K"]\n', 2, "no file can"),
        (b'a: 1\n"b\\0": 2\n', 2, "not plain text"),
        (b"a: 1\n!own b: 2\n", 2, "not plain text"),
        (b"a: 1\n? [b, c]\n: 2\n", 2, "not plain text"),
        (b"a: 1\n&x b: 2\n", 2, "not plain text"),
        (b"a:\n- {b: 1, b: 2}\n", 2, "said twice"),
        (b"a: 1\nb: [1,\n", 2, "not valid YAML"),
        (b"a: 1\n\tb: 2\n", 2, "not valid YAML"),
        (b"a: 1\nb: \xff\n", 2, "not UTF-8"),
        (b"a: 1\n---\nb: 2\n", 2, "not valid YAML"),
        (b"[" * 5000, 0, "nested too deeply"),
        (b"{" * 5000, 0, "nested too deeply"),
        (b"- " * 5000, 0, "nested too deeply"),
        (b"a: &x " + b"[" * 5000, 0, "nested too deeply"),
        (b"", 0, "empty"),
        (b"a: \x00\n", 0, "not valid YAML"),
        (b"#" * (LARGEST + 1), 0, "larger than 1 MB"),
    ],
)
def test_what_is_refused_says_where(text: bytes, line: int, says: str) -> None:
    faults = read_yaml(text).faults
    assert any(says in f.what and abs(f.line - line) <= 1 for f in faults), faults
    assert all(f.fix for f in faults)


def test_a_bomb_of_aliases_does_not_grow() -> None:
    levels = "\n".join(f"a{n}: &a{n} [{', '.join([f'*a{n - 1}'] * 9) if n else 'x'}]" for n in range(30))
    assert len(read_yaml(levels.encode()).faults) < 1000


def test_what_is_refused_is_passed_over_whole() -> None:
    document = read_yaml(
        b"a: &x [1, {b: 2}]\n? {c: [3]}\n: [4, [5]]\nd: 1\nd: {e: [6]}\nf: !t {g: 7}\nh: 8\n"
    )
    assert document.value == {"a": None, "d": 1, "f": None, "h": 8}
    assert [f.line for f in document.faults] == [1, 2, 5, 6]
    assert document.line(("h",)) == 7


def test_as_deep_as_may_be_and_one_deeper() -> None:
    def nested(depth: int) -> bytes:
        return b"[" * depth + b"]" * depth

    assert not read_yaml(nested(DEEPEST)).faults
    assert read_yaml(nested(DEEPEST + 1)).value is None


@pytest.mark.parametrize(
    ("text", "value"),
    [
        # YAML 1.2, section 10.3.2
        *((t, None) for t in ("", "~", "null", "Null", "NULL")),
        *((t, True) for t in ("true", "True", "TRUE")),
        *((t, False) for t in ("false", "False", "FALSE")),
        *(("0", 0), ("-19", -19), ("+12", 12), ("017", 17), ("0o17", 15), ("0x3A", 58)),
        *(("0.", 0.0), ("-.5", -0.5), ("+12e03", 12000.0), ("-2E+05", -200000.0), ("1.50", 1.5)),
        *((".inf", math.inf), ("-.Inf", -math.inf), ("+.INF", math.inf)),
        # what it does not know is text
        *((t, t) for t in ("nULL", "tRUE", "yes", "No", "on", "off", "y", "n", "none")),
        *((t, t) for t in ("1_000", "0b11", "1.2.3", "1e", "e3", ".", "--1", "12:30", "1,5", "inf", "nan")),
        *((t, t) for t in ("2020-06-30", "2020-06-30T12:00:00Z", "<<", "=")),
        # and so is whatever stands in quotes
        *(("'1'", "1"), ('"true"', "true"), ("''", ""), ("|\n  1\n", "1\n"), (">-\n  null\n", "null")),
        # Python reads no number this long
        ("1" * 5000, "1" * 5000),
    ],
)
def test_plain_words_are_resolved_by_the_core_schema(text: str, value: Any) -> None:
    found = read_yaml(f"a: {text}\n".encode()).value["a"]
    assert found == value and type(found) is type(value)


def test_not_a_number_is_a_number() -> None:
    assert math.isnan(read_yaml(b"a: .nan\n").value["a"])


def test_names_are_resolved_like_values() -> None:
    assert read_yaml(b'1: a\n"01": b\nno: c\n').value == {1: "a", "01": "b", "no": "c"}


def test_dates_and_codes_stay_text() -> None:
    assert read_yaml(b'a: 2020-06-30\nb: "01"\nc: no\n').value == {"a": "2020-06-30", "b": "01", "c": "no"}
