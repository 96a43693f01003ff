"""The pages of extracts, as data engineers of two organisations see them: the ledger, files that are brought, and work."""

from __future__ import annotations

import gzip
import re
import stat
from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from browser import Browser, MovingClock
from governed_office import NOON, come_in, people_of, served
from served_office import entered
from vestry.errors import BuildRunning
from vestry.intake.receive import receive
from vestry.intake.store import extracts
from vestry.office.extracts import jobs
from vestry.office.extracts.models import Work
from vestry.office.extracts.spool import nobody_works, turn
from vestry.office.extracts.working import Worker, look_after
from vestry.office.project import Office
from vestry.sharing.askers import Post, User

ROWS = "KEY,NAME,BORN\n" + "".join(f"{n},Zacharias{n},01/02/1980\n" for n in range(1, 21))


def engineer(user: str, organisation: str) -> User:
    post = Post(organisation=organisation, roles=frozenset({"data-engineer"}))
    return User(user=user, name=user.title(), posts=(post,))


@pytest.fixture
def clock() -> MovingClock:
    return MovingClock(at=NOON)


@pytest.fixture
def site(office: Office, clock: MovingClock) -> Any:
    """The police run the place, and the borough has the one contract."""
    site = served(replace(office, place=replace(office.place, run_by="police")), clock)
    people_of(site).import_people(
        [engineer("dana", "borough"), engineer("rory", "police"), engineer("nils", "nhs")]
    )
    return site


@pytest.fixture
def dana(site: Any) -> Browser:
    return come_in(site, "dana")


@pytest.fixture
def rory(site: Any) -> Browser:
    return come_in(site, "rory")


class Built:
    """A build that only counts."""

    def __init__(self) -> None:
        self.times = 0
        self.fails: Exception | None = None

    def __call__(self, place: Any, *, clock: Any, progress: Any, again: bool) -> Any:
        self.times += 1
        with progress.step("check"):
            progress.advance(3, 9)
        if self.fails:
            raise self.fails
        return SimpleNamespace(release_id="0001-x", counts={"people": 7})


def worker(site: Any, build: Any = None, **said: Any) -> Worker:
    return Worker(
        office=site.office, clock=site.clock, log=site.twin.log, rooms=SimpleNamespace(receive=receive, build=build or Built()),
        **said,
    )  # fmt: skip


def bring(browser: Browser, *files: tuple[str, bytes], to: str = "") -> Any:
    page = browser.get("/extracts/receive/").content.decode()
    path = re.search(r'action="(/extracts/receive/[^"]+/)"', page)
    word = re.search(r'name="csrfmiddlewaretoken" value="(\w+)"', page)
    assert path and word
    sent = [SimpleUploadedFile(name, content) for name, content in files]
    return browser.client.post(to or path[1], {"csrfmiddlewaretoken": word[1], "files": sent})


def brought(browser: Browser, content: str = ROWS, day: str = "2026-11-01", source: str = "tax") -> str:
    """The page of a receipt that was asked for."""
    path = str(bring(browser, ("tax.csv", content.encode()))["Location"])
    answer = browser.send(f"{path}receive/", page=path, source=source, as_at=day)
    assert answer.status_code == 302, words(answer)
    return path


def words(answer: Any) -> str:
    text = re.sub(r"<(script|style).*?</\1>", " ", answer.content.decode(), flags=re.S)
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", text))


def in_spool(site: Any) -> list[str]:
    return sorted(p.name for p in site.place.spool.rglob("*") if p.is_file() and not p.name.startswith("."))


def test_from_a_file_to_an_extract(site: Any, dana: Browser) -> None:
    """Brought, recognised, described, received by the worker as dana's work, and told with what became of each row."""
    path = bring(dana, ("tax.csv", (ROWS + "21,Zacharias,32/13/1980\n").encode()))["Location"]
    (kept,) = list(site.place.spool.rglob("tax.csv"))
    assert stat.S_IMODE(kept.stat().st_mode) == 0o600 and stat.S_IMODE(kept.parent.stat().st_mode) == 0o700
    page = dana.get(path)
    assert '<option value="tax" selected' in page.content.decode()
    for said in ({"source": "other", "as_at": "2026-11-01"}, {"source": "tax", "as_at": "2026-11-21"},
                 {"source": "tax", "as_at": "x"}):  # fmt: skip
        assert dana.send(f"{path}receive/", page=path, **said).status_code == 422
    assert dana.send(f"{path}receive/", page=path, source="tax", as_at="2026-11-01").status_code == 302
    waits = dana.get(path).content.decode()
    assert "Waits for its turn" in waits and 'http-equiv="refresh"' in waits
    assert worker(site).work() == 1
    done = words(dana.get(path))
    assert "Done" in done and "no date in any format" in done and "Zacharias" not in done
    assert 'http-equiv="refresh"' not in dana.get(path).content.decode()
    (kept_extract,) = extracts(site.place)
    assert kept_extract.as_at.isoformat() == "2026-11-01" and in_spool(site) == []
    asked, answered = entered(site, action="receive")
    assert [(e.user, e.organisation, e.source) for e in (asked, answered)] == [("dana", "borough", "tax")] * 2
    assert answered.count == 21
    ledger = words(dana.get("/extracts/"))
    assert "tax" in ledger and "To be built" in ledger and "1 November 2026" in ledger
    assert "21" in words(dana.get("/extracts/sources/tax/"))
    assert "in no release yet" in words(dana.get(f"/extracts/sources/{kept_extract.extract_id}/"))


def test_what_was_refused_stands_on_today_until_it_is_mended(site: Any, dana: Browser) -> None:
    """By one number for a source; neither for those of another organisation, nor when the next extract was received."""
    for _ in range(2):
        path = brought(dana, ROWS.replace("NAME", "OTHER"))
        worker(site).work()
        assert "What went wrong" in words(dana.get(path))
    today = dana.get("/").content.decode()
    assert "<strong>1</strong><span>extract refused</span>" in today and f'href="{path}"' in today
    assert "extract refused" not in words(come_in(site, "nils").get("/"))
    brought(dana)
    worker(site).work()
    assert "extract refused" not in words(dana.get("/"))


def test_one_that_shrank_waits_and_is_accepted_or_refused(site: Any, dana: Browser) -> None:
    brought(dana)
    worker(site).work()
    half = "".join(ROWS.splitlines(keepends=True)[:9])
    path = brought(dana, half, "2026-11-02")
    worker(site).work()
    page = words(dana.get(path))
    assert "Waits for a decision" in page and "shrank from 20 rows to 8" in page and "--accept" not in page
    assert "tax.csv" in in_spool(site)
    assert len(extracts(site.place)) == 1
    assert dana.send(f"{path}accept/", page=path).status_code == 302
    worker(site).work()
    assert "Done" in words(dana.get(path)) and "accepted by dana" in words(dana.get(path))
    assert len(extracts(site.place)) == 2
    assert [e.user for e in entered(site, action="extract-accepted")] == ["dana"]
    other = brought(dana, "KEY,NAME,BORN\n1,A,\n", "2026-11-03")
    worker(site).work()
    dana.send(f"{other}refuse/", page=other)
    assert "Refused" in words(dana.get(other)) and in_spool(site) == []
    assert len(extracts(site.place)) == 2
    assert dana.send(f"{other}accept/", page="/extracts/receive/").status_code == 404
    assert [e.user for e in entered(site, action="extract-turned-away")] == ["dana"]


def test_what_breaks_the_contract_is_not_to_be_accepted(site: Any, dana: Browser) -> None:
    path = brought(dana, "KEY,NAMES\n1,A\n")
    worker(site).work()
    page = words(dana.get(path))
    assert "Failed" in page and "lacks the column" in page and "Accept it" not in page
    assert str(site.place.folder) not in page
    assert dana.send(f"{path}accept/", page=path).status_code == 404
    assert dana.send(f"{path}refuse/", page=path).status_code == 302 and in_spool(site) == []


def test_files_that_are_refused_at_once_leave_nothing(site: Any, dana: Browser) -> None:
    for files, said in (
        ([("a.csv", b"")], "empty"),
        ([("a.csv", ROWS.encode()), ("b.zip", b"PK\x03\x04")], "ZIP"),
        ([("a.csv", b"A\n"), ("A.csv", b"B\n")], "same name"),
        ([(f"{n}.csv", b"A\n") for n in range(21)], "at most 20"),
        ([(".a.csv", b"A\n")], "Rename it"),
        ([], "Choose a file"),
    ):  # fmt: skip
        answer = bring(dana, *files)
        assert answer.status_code == 422 and said in words(answer)
        assert in_spool(site) == []
    assert not Work.objects.exists()
    path = bring(dana, ("../../../tmp/tax.csv", ROWS.encode()))["Location"]
    assert in_spool(site) == ["tax.csv"] and "tax.csv" in words(dana.get(path))


def test_a_bomb_is_told(site: Any, dana: Browser) -> None:
    path = bring(dana, ("tax.csv.gz", gzip.compress(b"\0" * 60_000_000)))["Location"]
    dana.send(f"{path}receive/", page=path, source="tax", as_at="2026-11-01")
    worker(site).work()
    page = words(dana.get(path))
    assert "Failed" in page and "unpacks to more than" in page and not extracts(site.place)


def test_where_files_are_not_asked_for_nothing_of_them_is_kept(site: Any, dana: Browser) -> None:
    word = dana.form_word("/purpose/")
    sent = SimpleUploadedFile("x.csv", b"A\n")
    assert dana.client.post("/purpose/", {"csrfmiddlewaretoken": word, "purpose": sent}).status_code == 422
    # Without the form's word, and with another's address, nothing is taken either.
    mine = re.search(r'action="(/extracts/receive/[^"]+/)"', dana.get("/extracts/receive/").content.decode())
    assert mine
    assert dana.client.post(mine[1], {"files": SimpleUploadedFile("x.csv", b"A\n")}).status_code == 403
    assert bring(come_in(site, "rory"), ("x.csv", b"A\n"), to=mine[1]).status_code == 422
    assert in_spool(site) == []


def test_whose_is_whose(site: Any, dana: Browser, rory: Browser) -> None:
    """The borough's engineer takes in the borough's; whoever runs the place takes in all, and builds; others see neither."""
    path = brought(dana)
    assert "tax" in words(rory.get(path))
    nils = come_in(site, "nils")
    assert nils.get(path).status_code == 404 and nils.get("/extracts/").status_code == 200
    mine = bring(nils, ("tax.csv", ROWS.encode()))["Location"]
    assert "Council tax" not in words(nils.get(mine))
    assert nils.send(f"{mine}receive/", page=mine, source="tax", as_at="2026-11-01").status_code == 422
    assert dana.get(mine).status_code == 404
    assert dana.send("/extracts/build/", page="/extracts/receive/").status_code == 403
    assert "Build a release" not in words(dana.get("/extracts/"))
    assert rory.send("/extracts/build/", page="/extracts/work/").status_code == 302
    clerk = come_in(site, "clerk")
    for address in ("/extracts/", "/extracts/work/", path, "/extracts/mistakes/", "/extracts/quarantine/"):
        assert clerk.get(address).status_code == 403


def test_a_build_is_asked_for_once_and_watched(site: Any, rory: Browser) -> None:
    started: list[int] = []
    site = replace(site, start_work=lambda: started.append(1))
    rory = come_in(site, "rory")
    first = rory.send("/extracts/build/", page="/extracts/work/")["Location"]
    assert rory.send("/extracts/build/", page="/extracts/work/")["Location"] == first
    assert len(started) >= 2
    build = Built()
    assert worker(site, build).work() == 1 and build.times == 1
    page = words(rory.get(first))
    assert "Published release 0001-x" in page and "Check every row" in page
    asked, answered = entered(site, action="build")
    assert (asked.user, asked.organisation, answered.release) == ("rory", "police", "0001-x")
    build.fails = RuntimeError("Zoë O'Brien cannot be cast")
    second = rory.send("/extracts/build/", page="/extracts/work/")["Location"]
    worker(site, build).work()
    page = words(rory.get(second))
    assert "Failed" in page and "Brien" not in page
    build.fails = None
    assert rory.send(f"{second}again/", page=second).status_code == 302
    worker(site, build).work()
    assert "Published" in words(rory.get(second))


def test_another_build_is_waited_for(site: Any, rory: Browser) -> None:
    tries: list[float] = []

    def build(place: Any, **how: Any) -> Any:
        if len(tries) < 2:
            raise BuildRunning("Another build is at work.")
        return SimpleNamespace(release_id="0001-x", counts={})

    path = rory.send("/extracts/build/", page="/extracts/work/")["Location"]
    assert worker(site, build, pause=tries.append).work() == 1 and len(tries) == 2
    assert "Published" in words(rory.get(path))


def test_work_whose_process_died_is_told_and_what_waits_is_begun(site: Any, rory: Browser) -> None:
    path = rory.send("/extracts/build/", page="/extracts/work/")["Location"]
    started: list[int] = []
    look_after(site.office, site.clock, lambda: started.append(1))
    assert started == [1]
    Work.objects.update(state=jobs.RUNNING)
    with turn(site.place) as mine:  # it is at work
        assert mine
        with nobody_works(site.place) as nobody:
            assert not nobody
        look_after(site.office, site.clock, lambda: started.append(2))
        assert "At work" in words(rory.get(path))
    assert "ended before it was done" in words(rory.get(path)) and started == [1]
    assert rory.send(f"{path}again/", page=path).status_code == 302


def test_one_waits_in_line_and_no_more(site: Any) -> None:
    with turn(site.place) as first:
        assert first
        import threading

        said: list[bool] = []

        def queue() -> None:
            with turn(site.place) as mine:
                said.append(mine)

        second = threading.Thread(target=queue)
        second.start()
        while not (site.place.spool / ".next").exists():
            pass
        second.join(0.3)
        with turn(site.place) as third:
            assert third is False
        assert second.is_alive()
    second.join(10)
    assert said == [True]


def test_the_inbox_is_received_with_one_click(site: Any, dana: Browser) -> None:
    folder: Path = site.place.inbox / "tax"
    folder.mkdir(parents=True)
    (folder / "tax-2026-11-03.csv").write_text(ROWS)
    page = dana.get("/extracts/receive/").content.decode()
    assert 'value="2026-11-03"' in page and "tax-2026-11-03.csv" in page
    said = {"source": "tax", "name": "tax-2026-11-03.csv", "page": "/extracts/receive/"}
    assert dana.send("/extracts/inbox/", **said, as_at="2027-01-01").status_code == 422
    assert (
        dana.send(
            "/extracts/inbox/", **{**said, "name": "../tax/tax-2026-11-03.csv"}, as_at="2026-11-03"
        ).status_code
        == 404
    )
    path = dana.send("/extracts/inbox/", **said, as_at="2026-11-03")["Location"]
    worker(site).work()
    assert "Done" in words(dana.get(path)) and not list(folder.iterdir())
    assert come_in(site, "nils").get("/extracts/receive/").content.decode().count("tax-2026") == 0


def test_files_that_nobody_describes_are_taken_away(site: Any, dana: Browser, clock: MovingClock) -> None:
    path = bring(dana, ("tax.csv", ROWS.encode()))["Location"]
    worker(site).work()
    assert in_spool(site) == ["tax.csv"]
    clock.pass_by(days=8)
    worker(site).work()
    assert in_spool(site) == []
    dana = come_in(site, "dana")
    assert "taken away" in words(dana.get(path))
