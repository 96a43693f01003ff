"""Nobody looks for an emergency of which nobody was told: who may say that there is one, and who may hand it to the gateway."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

import vestry

SOURCE = Path(vestry.__file__).parent

MAY_SAY_THERE_IS_ONE = {"office/agreements/emergencies.py"}
"""Where one begins, which tells somebody first, and where one that stands is read of the database."""
SUPPOSE_ONE = {
    "sharing/grants.py",
    "sharing/agreements/comparing.py",
    "sharing/agreements/examples.py",
    "sharing/agreements/simulating.py",
}
"""What asks what an agreement would open, and looks at nobody."""
MAY_HAND_IT_ON = {"office/pages/door.py", "office/accounts/site.py"}
MAY_CHOOSE_A_PURPOSE = {"office/pages/urgent.py", "office/pages/purposes.py"}


def made(source: str, name: str) -> int:
    """How often `name` is called."""
    calls = [node.func for node in ast.walk(ast.parse(source)) if isinstance(node, ast.Call)]
    return sum(
        (isinstance(f, ast.Name) and f.id == name) or (isinstance(f, ast.Attribute) and f.attr == name) for f in calls
    )  # fmt: skip


def sets_a_purpose(source: str) -> bool:
    """Whether something is put into a session as the purpose, by assignment."""
    keys = [
        node.slice
        for one in ast.walk(ast.parse(source))
        if isinstance(one, ast.Assign)
        for target in one.targets
        for node in ast.walk(target)
        if isinstance(node, ast.Subscript)
        and isinstance(node.value, (ast.Name, ast.Attribute))
        and getattr(node.value, "attr", getattr(node.value, "id", "")) == "session"
    ]
    return any(
        (isinstance(key, ast.Name) and key.id == "PURPOSE") or (isinstance(key, ast.Constant) and key.value == "purpose")
        for key in keys
    )  # fmt: skip


def modules() -> Iterator[tuple[str, str]]:
    """(path below src/vestry, its text) of every module."""
    for path in sorted(SOURCE.rglob("*.py")):
        yield path.relative_to(SOURCE).as_posix(), path.read_text(encoding="utf-8")


def test_only_its_desk_says_that_there_is_an_emergency() -> None:
    found = {path for path, text in modules() if made(text, "Emergency")}
    assert found == MAY_SAY_THERE_IS_ONE | SUPPOSE_ONE


def test_only_the_door_of_pages_hands_one_to_the_gateway() -> None:
    assert {
        path for path, text in modules() if path.startswith("office/") and made(text, "door_for")
    } == MAY_HAND_IT_ON


def test_only_these_put_a_purpose_into_a_session() -> None:
    assert {path for path, text in modules() if sets_a_purpose(text)} == MAY_CHOOSE_A_PURPOSE


def test_what_is_forbidden_would_be_found() -> None:
    assert made("x = grants.Emergency(told='')", "Emergency") and made("f(Emergency())", "Emergency")
    assert not made("def f(e: Emergency): ...", "Emergency")
    assert sets_a_purpose("request.session['purpose'] = 'emergency'")
    assert sets_a_purpose("session[PURPOSE], session[NUMBER] = a, b")
    assert not sets_a_purpose("x = session[PURPOSE]") and not sets_a_purpose("problems['purpose'] = x")
