"""Habits of the house that a reviewer would otherwise have to remember."""

from __future__ import annotations

import ast
import re
import subprocess
import sys
import tomllib
from collections.abc import Iterator
from importlib.metadata import packages_distributions
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
SOURCE = ROOT / "src" / "vestry"
MODULES = sorted(SOURCE.rglob("*.py"))

LINES = 400
LONGER: dict[str, str] = {}
"""Modules that are longer on purpose: path below src/vestry, and why."""

VAGUE = {
    "util",
    "utils",
    "helper",
    "helpers",
    "manager",
    "common",
    "misc",
    "data",
    "info",
    "process",
    "handle",
}

DEPENDENCY = re.compile(r"""^\s*"[A-Za-z0-9][^"]*",?\s*(#.*)?$""")


def tracked() -> list[Path]:
    """Every file that git knows or would take, or all but what is made where this is no checkout."""
    listed = subprocess.run(
        ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    if listed.returncode == 0:
        return [path for name in listed.stdout.split("\0") if name and (path := ROOT / name).is_file()]
    made = {".venv", "build", "__pycache__", ".git"}
    return [
        p
        for p in ROOT.rglob("*")
        if p.is_file() and not any(part in made or part.endswith("_cache") for part in p.parts)
    ]


TRACKED = tracked()
PAGES = [path for path in TRACKED if path.suffix == ".md"]


def below_root(path: Path) -> str:
    return path.relative_to(ROOT).as_posix()


def text_of(path: Path) -> str:
    return path.read_bytes().decode("utf-8", errors="replace")


# Modules


def test_no_module_is_too_long() -> None:
    lengths = {m.relative_to(SOURCE).as_posix(): len(text_of(m).splitlines()) for m in MODULES}
    long = {name: length for name, length in lengths.items() if length > LINES and name not in LONGER}
    assert not long
    assert all(lengths.get(name, 0) > LINES for name in LONGER), "no longer needs to be in LONGER"


def test_no_module_has_a_vague_name() -> None:
    words = {m: set(m.stem.split("_")) | set(m.parent.name.split("_")) for m in MODULES}
    assert not [below_root(m) for m, said in words.items() if said & VAGUE]


NAMED_ELSEWHERE = {
    "receive_data_chunk": "what Django calls it in what takes an upload",
    "process_exception": "what Django calls it in a middleware",
    "process_assertion_claims": "what Authlib calls it, of an assertion",
}


def test_nothing_has_a_vague_name() -> None:
    named = {
        f"{below_root(module)}:{node.lineno}": re.sub(r"([a-z])([A-Z])", r"\1_\2", node.name).lower()
        for module in MODULES
        for node in ast.walk(ast.parse(text_of(module)))
        if isinstance(node, ast.FunctionDef | ast.ClassDef)
    }
    vague = {place: name for place, name in named.items() if set(name.split("_")) & VAGUE}
    assert set(vague.values()) == set(NAMED_ELSEWHERE), vague


@pytest.mark.parametrize("path", MODULES, ids=below_root)
def test_a_module_opens_by_saying_what_it_owns(path: Path) -> None:
    said = ast.get_docstring(ast.parse(text_of(path)))
    assert said
    assert said.split("\n\n")[0].rstrip().endswith((".", ":", "?")), "a sentence"


# Dependencies


def without_reason(project: str) -> list[str]:
    """The lines of pyproject.toml that name a dependency with no comment beside or above them."""
    extras = tomllib.loads(project)["project"].get("optional-dependencies", {})
    opens = {f"{name} = [" for name in ("dependencies", *extras)}
    before, found, inside = "", [], False
    for line in project.splitlines():
        if (
            inside
            and (match := DEPENDENCY.match(line))
            and not match[1]
            and not before.strip().startswith("#")
        ):
            found.append(line.strip())
        inside = line in opens or (inside and not line.startswith("]"))
        before = line
    return found


def test_every_dependency_says_why_it_is_there() -> None:
    assert without_reason(text_of(ROOT / "pyproject.toml")) == []


def test_a_dependency_without_a_reason_is_seen() -> None:
    project = (
        '[project]\ndependencies = [\n  # Why.\n  "one",\n  "two",\n  "three",  # why\n]\n'
        '[project.optional-dependencies]\ndev = [\n  "four",\n]\n'
    )
    assert without_reason(project) == ['"two",', '"four",']


NOT_IMPORTED = {
    "sqlglot": "a limit, for Ibis",
    "pandas": "a limit, for Splink and Ibis",
    "open-data-contract-standard": "read as a file: its JSON schema",
    "psycopg": "Django imports it",
    "argon2-cffi": "Django imports it",
    "govuk-frontend-jinja": "its templates, which Jinja loads by name",
}


def imported() -> set[str]:
    """The distributions from which src imports, by their normalised names."""
    modules = {
        name.split(".")[0]
        for module in MODULES
        for node in ast.walk(ast.parse(text_of(module)))
        for name in (
            [alias.name for alias in node.names]
            if isinstance(node, ast.Import)
            else [node.module or ""]
            if isinstance(node, ast.ImportFrom)
            else []
        )
    }
    provided = packages_distributions()
    return {
        normal(provided.get(module, [module])[0])
        for module in modules - set(sys.stdlib_module_names) - {"vestry"}
    }


def test_src_imports_what_is_declared_and_no_more() -> None:
    project = tomllib.loads(text_of(ROOT / "pyproject.toml"))["project"]
    assert names_in(project["dependencies"]) - set(NOT_IMPORTED) == imported()


def normal(name: str) -> str:
    return re.sub(r"[-_.]+", "-", name).lower()


def names_in(requirements: list[str]) -> set[str]:
    return {normal(re.split(r"[\[<>=~!; ]", requirement)[0]) for requirement in requirements}


def locked(name: str) -> dict[str, set[str]]:
    """Every version of every distribution that a lock file names. Asserts that each has a hash."""
    found: dict[str, set[str]] = {}
    for entry in re.split(r"\n(?=[a-z0-9])", text_of(ROOT / name)):
        if match := re.match(r"([a-z0-9.-]+)==([^ \\]+)", entry):
            assert "--hash=sha256:" in entry, match[0]
            found.setdefault(match[1].replace(".", "-"), set()).add(match[2])
    return found


def test_the_locks_hold_every_dependency_and_agree() -> None:
    project = tomllib.loads(text_of(ROOT / "pyproject.toml"))["project"]
    to_run, to_develop = locked("requirements.lock"), locked("requirements-dev.lock")
    assert names_in(project["dependencies"]) <= set(to_run), "run: make lock"
    assert names_in(project["optional-dependencies"]["dev"]) <= set(to_develop), "run: make lock"
    assert to_run.items() <= to_develop.items(), "run: make lock"


def test_the_locks_name_no_place_to_fetch_from() -> None:
    for name in ("requirements.lock", "requirements-dev.lock"):
        lines = text_of(ROOT / name).splitlines()
        assert not [line for line in lines if line.startswith("-") or "://" in line or " @ " in line]


# What no file may hold. The patterns are put together here, so that this file does not hold them itself.

REGISTRY = re.compile(
    r"|".join(
        [
            r"\b(?:files\.)?python" + r"hosted\.org",
            r"\bpy" + r"pi\.(?:org|python\.org)",
            r"\bregistry\." + r"npmjs\.org",
            r"\b(?:deb|security)\." + r"debian\.org",
            r"--(?:extra-)?index" + r"-url[= ]",
            r"--find" + r"-links[= ]",
            r"\bindex" + r"-url\s*=",
        ]
    )
)
MACHINE = re.compile(
    r"""(?<![\w.~*])/(?:"""
    + "|".join(["home/[a-z]", "Users/[A-Za-z]", r"root/\.", "work/", "tmp/[a-z]", "opt/[a-z]", "mnt/"])
    + ")"
)


def found_in(pattern: re.Pattern[str], path: Path) -> Iterator[str]:
    for number, line in enumerate(text_of(path).splitlines(), 1):
        if pattern.search(line):
            yield f"{below_root(path)}:{number}"


def test_no_file_names_a_registry() -> None:
    assert not [place for path in TRACKED for place in found_in(REGISTRY, path)]


def test_no_file_names_a_folder_of_one_machine() -> None:
    assert not [place for path in TRACKED for place in found_in(MACHINE, path)]


@pytest.mark.parametrize(
    ("pattern", "line"),
    [
        (REGISTRY, "https://files.python" + "hosted.org/packages/x"),
        (REGISTRY, "pip install --index" + "-url https://example.org x"),
        (MACHINE, 'open("/' + 'home/ann/vestry/x")'),
        (MACHINE, "see /" + "work/somewhere"),
    ],
)
def test_what_no_file_may_hold_is_seen(pattern: re.Pattern[str], line: str) -> None:
    assert pattern.search(line)


# Documents


def anchors(page: str) -> set[str]:
    """The anchors of a page's headings, as they are rendered on the web."""
    heads = re.findall(r"^#{1,6} +(.+?) *#*$", re.sub(r"^```.*?^```", "", page, flags=re.M | re.S), re.M)
    return {re.sub(r"[^\w\- ]", "", head.lower()).replace(" ", "-") for head in heads}


def broken_links(page: Path) -> list[str]:
    """The links of a page that lead to no file, or to no heading of the file that they lead to."""
    text = re.sub(r"^```.*?^```|`[^`\n]+`", "", text_of(page), flags=re.M | re.S)
    broken = []
    for link in re.findall(r"\]\(<?([^)\s>]+)>?(?: \"[^\"]*\")?\)", text):
        if re.match(r"[a-z]+:", link):
            continue
        name, _, anchor = link.partition("#")
        target = (page.parent / name).resolve() if name else page
        if not target.exists() or (
            anchor and target.suffix == ".md" and anchor not in anchors(text_of(target))
        ):
            broken.append(link)
    return broken


@pytest.mark.parametrize("page", PAGES, ids=below_root)
def test_links_lead_somewhere(page: Path) -> None:
    assert broken_links(page) == []


def test_a_broken_link_is_seen(tmp_path: Path) -> None:
    page = tmp_path / "page.md"
    page.write_text(
        "# A page\n\n[one](#a-page) [two](#b-page) [three](gone.md) [four](page.md#a-page)\n"
        "[five](page.md#x)\n```\n[six](gone.md)\n```\n",
        encoding="utf-8",
    )
    assert broken_links(page) == ["#b-page", "gone.md", "page.md#x"]


def test_the_make_file_and_the_hook_agree() -> None:
    assert (ROOT / ".ci" / "run").stat().st_mode & 0o111
    assert "make test" in text_of(ROOT / ".ci" / "run")
