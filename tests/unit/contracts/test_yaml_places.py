from __future__ import annotations

import pytest

from vestry.contracts.yaml_places import LARGEST, read_yaml


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
        (b"a: 1\nb: [1,\n", 2, "not valid YAML"),
        (b"a: 1\n\tb: 2\n", 2, "not valid YAML"),
        (b"a: 1\nb: \xff\n", 2, "not UTF-8"),
        (b"a: 1\n---\nb: 2\n", 2, "not valid YAML"),
        (b"[" * 5000, 0, "nested too deeply"),
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


def test_dates_and_codes_stay_text() -> None:
    assert read_yaml(b'a: 2020-06-30\nb: "01"\nc: no\n').value == {"a": "2020-06-30", "b": "01", "c": "no"}
