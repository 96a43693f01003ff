"""The office under load: fifty people at their work, each with a request every ten seconds, and a release swapped meanwhile.

    python benchmarks/office_load.py PLACE_FOLDER [--people 50] [--every 10] [--seconds 120] [--postgresql]

Serves the place (with agreements and people.yaml) by a process of its own, with an office of its own: a new database,
SQLite or a PostgreSQL that is started for it. Signs so many browsers in, as users whose agreements let them look at residents,
each for a purpose of theirs. Each then finds somebody (a family name drawn from the place's own, with a year of birth one time
in three, or a postcode) and looks at one of those whom it found, in turn, at its own pace. Half way through, `releases/current`
is written anew, as a build that publishes does.

Prints milliseconds at the 50th, 95th and 99th percentile and at most of finds (the post, its redirect and the list) and of
residents' pages, the audit entries included, and how many answers were no page. The rival is asked for in the same run: the
page of one's organisations, which reads nothing of the twin.
"""

from __future__ import annotations

import argparse
import os
import random
import re
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import duckdb
import requests
from look_up import AT, with_office
from match import released

from vestry.place import Place, open_place

WORKERS = (
    ("children-social-worker", "safeguarding"),
    ("adult-social-worker", "safeguarding"),
    ("revenues-officer", "council-tax"),
    ("housing-officer", "housing"),
)
"""(user, purpose) of those who look at residents; taken in turn."""
START = 120


@dataclass
class Person:
    """One of them, in a browser of their own."""

    address: str
    session: requests.Session
    chance: random.Random
    names: list[str]
    postcodes: list[str]
    took: dict[str, list[float]] = field(default_factory=dict)
    wrong: list[str] = field(default_factory=list)
    ways: list[str] = field(default_factory=list)

    def word(self, page: str) -> str:
        """The word that guards the forms of a page."""
        found = re.search(r'name="csrfmiddlewaretoken" value="(\w+)"', page)
        return found[1] if found else ""

    def sign_in(self, user: str, purpose: str, password: str) -> None:
        """In, for a purpose."""
        page = self.session.get(f"{self.address}/sign-in/", timeout=60).text
        said = {
            "csrfmiddlewaretoken": self.word(page),
            "user": user,
            "password": password,
            "next": "/purpose/",
        }
        page = self.session.post(f"{self.address}/sign-in/demo/", data=said, timeout=60).text
        said = {"csrfmiddlewaretoken": self.word(page), "purpose": purpose, "next": "/find/"}
        self.page = self.session.post(f"{self.address}/purpose/", data=said, timeout=60).text
        assert "Find a resident" in self.page, user

    def timed(self, what: str, method: str, path: str, **said: Any) -> str:
        """The text of an answer, whose time is noted."""
        began = time.perf_counter()
        answer = self.session.request(method, f"{self.address}{path}", timeout=120, **said)
        self.took.setdefault(what, []).append((time.perf_counter() - began) * 1000)
        if answer.status_code != 200:
            self.wrong.append(f"{what}: {answer.status_code}")
        return answer.text

    def find(self) -> None:
        """Somebody, by a name or a postcode."""
        sort = self.chance.random()
        said = {"name": self.chance.choice(self.names)}
        if sort < 0.33:
            said["born-year"] = str(self.chance.randint(1940, 2018))
        elif sort < 0.5:
            said = {"postcode": self.chance.choice(self.postcodes)}
        said["csrfmiddlewaretoken"] = self.word(self.page)
        text = self.timed("find", "POST", "/find/", data=said)
        self.ways = re.findall(r'href="(/residents/P[0-9a-f]+/)"', text)

    def look(self) -> None:
        """At one of those whom the last search found, or else find again."""
        if self.ways:
            self.timed("resident", "GET", self.chance.choice(self.ways))
        else:
            self.find()

    def work(self, until: float, every: float) -> None:
        """Until then, with a request every so many seconds."""
        time.sleep(self.chance.random() * every)
        turn = self.chance.randrange(2)  # half of them begin with a look, so that not all find at once
        while time.monotonic() < until:
            began = time.monotonic()
            (self.find if turn % 2 == 0 else self.look)()
            if turn % 10 == 9:
                self.timed("nothing read (rival)", "GET", "/organisation/")
            turn += 1
            time.sleep(max(0.0, every - (time.monotonic() - began)))


def under_law(stack: ExitStack, folder: Path, address: str | None) -> Place:
    """The place of a folder with a release (built for now, where it has none), its agreements and users, and an office of its own
    for as long as `stack` is open."""
    place, _ = stack.enter_context(with_office(stack.enter_context(released(open_place(folder))), address))
    for name in ("agreements", "signatures.yaml", "people.yaml"):
        if not (place.folder / name).exists():
            (place.folder / name).symlink_to((folder / name).absolute())
    return place


@contextmanager
def served(place: Place, environment: dict[str, str]) -> Iterator[tuple[str, str]]:
    """Where it is served, and the demo's password."""
    vestry = [sys.executable, "-m", "vestry"]
    for words in (["people", "import"], ["agreement", "import"]):
        subprocess.run(
            [*vestry, *words, "--place", str(place.folder)],
            check=True,
            env=environment,
            stdout=subprocess.DEVNULL,
        )
    out = place.folder / "served.out"
    with out.open("w") as to:
        process = subprocess.Popen(
            [*vestry, "serve", "--port", "0", "--place", str(place.folder)],
            env=environment,
            stdout=to,
            stderr=to,
        )
    try:
        until = time.monotonic() + START
        while "served at" not in out.read_text():
            assert time.monotonic() < until and process.poll() is None, out.read_text()
            time.sleep(0.1)
        yield (
            out.read_text().split("served at ")[1].split("/\n")[0],
            (place.keys / "demo").read_text().strip(),
        )
    finally:
        process.terminate()
        process.wait(30)


def drawn(place: Place, chance: random.Random) -> tuple[list[str], list[str]]:
    """Family names as often as they are borne, and postcodes."""
    release = (place.releases / "current").read_text().strip()
    with duckdb.connect(str(place.releases / release / "twin.duckdb"), read_only=True) as twin:
        names = twin.execute(
            "SELECT family_name FROM people WHERE family_name IS NOT NULL USING SAMPLE 2000 ROWS"
        ).fetchall()
        codes = twin.execute(
            "SELECT DISTINCT postcode FROM people WHERE postcode IS NOT NULL ORDER BY 1"
        ).fetchall()
    return [row[0] for row in names], chance.sample([row[0] for row in codes], min(500, len(codes)))


def swapped(place: Place, after: float) -> None:
    """The pointer to the current release, written anew after so many seconds, as a build that publishes does."""
    time.sleep(after)
    current = place.releases / "current"
    fresh = current.with_name(".current-new")
    fresh.write_text(current.read_text())
    fresh.replace(current)


def main() -> None:
    """Fifty people for two minutes."""
    parser = argparse.ArgumentParser(description="The office under load.")
    parser.add_argument("place", type=Path)
    parser.add_argument("--people", type=int, default=50)
    parser.add_argument(
        "--every", type=float, default=10.0, help="seconds between two requests of one person"
    )
    parser.add_argument("--seconds", type=float, default=120.0)
    parser.add_argument(
        "--postgresql", action="store_true", help="the office on PostgreSQL, started for this"
    )
    asked = parser.parse_args()
    chance = random.Random(1)
    with ExitStack() as stack:
        address = None
        if asked.postgresql:
            sys.path.insert(0, str(Path(__file__).parents[1] / "tests"))
            import postgresql

            server = postgresql.begin()
            stack.callback(server.close)
            address = server.new_database()
        place = under_law(stack, asked.place, address)
        names, postcodes = drawn(place, chance)
        environment = {
            **os.environ,
            "PYTHONUNBUFFERED": "1",
            **({"DATABASE_URL": address} if address else {}),
        }
        where, password = stack.enter_context(served(place, environment))
        people = []
        for at in range(asked.people):
            one = Person(
                address=where,
                session=requests.Session(),
                chance=random.Random(at),
                names=names,
                postcodes=postcodes,
            )
            one.sign_in(*WORKERS[at % len(WORKERS)], password)
            people.append(one)
        people[0].find()  # the release is opened once, before anything is timed
        people[0].took.clear()
        until = time.monotonic() + asked.seconds
        threads = [threading.Thread(target=one.work, args=(until, asked.every)) for one in people]
        threads.append(threading.Thread(target=swapped, args=(place, asked.seconds / 2)))
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
    took: dict[str, list[float]] = {}
    for one in people:
        for what, times in one.took.items():
            took.setdefault(what, []).extend(times)
    database = "PostgreSQL" if address else "SQLite"
    print(
        f"{asked.people} people, a request every {asked.every:.0f} s each, for {asked.seconds:.0f} s; {database}"
    )
    print(
        f"{'milliseconds':22}{'asked':>8}" + "".join(f"{'most' if at == 100 else f'p{at}':>10}" for at in AT)
    )
    for what, times in sorted(took.items()):
        times.sort()
        at_ = [times[min(len(times) - 1, int(len(times) * at / 100))] for at in AT]
        print(f"{what:22}{len(times):8,}" + "".join(f"{value:10.1f}" for value in at_))
    wrong = [line for one in people for line in one.wrong]
    print(f"answers that were no page: {len(wrong)}{': ' + ', '.join(sorted(set(wrong))) if wrong else ''}")


if __name__ == "__main__":
    main()
