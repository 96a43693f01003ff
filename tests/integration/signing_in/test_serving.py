"""The office as a process of its own: what is revoked is refused, what fails is told plainly, and who may reach it."""

from __future__ import annotations

import os
import re
import signal
import socket
import sqlite3
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
import requests

from openid_provider import CLIENT_ID, SECRET, Provider
from postgresql import Server
from vestry.place import Place, open_place

START = 60
"""Seconds that a server may take to answer for the first time on a busy machine."""


@dataclass
class Served:
    """A server that runs, and the place that it serves."""

    place: Place
    address: str
    environment: dict[str, str]
    process: Any
    said: Path

    def vestry(self, *arguments: str) -> subprocess.CompletedProcess[str]:
        """Run another command beside it."""
        return vestry(self.place, self.environment, *arguments)

    def token(self, client_id: str, secret: str) -> str:
        """A new token for a partner's system."""
        answer = requests.post(
            f"{self.address}/oauth/token",
            data={"grant_type": "client_credentials"},
            auth=(client_id, secret),
            timeout=30,
        )
        assert answer.status_code == 200, answer.text
        return str(answer.json()["access_token"])

    def shown(self, word: str, timeout: float = 30) -> requests.Response:
        """The answer to a token."""
        headers = {"Authorization": f"Bearer {word}"}
        return requests.get(f"{self.address}/who-am-i", headers=headers, timeout=timeout)


def vestry(place: Place, environment: dict[str, str], *arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "vestry", *arguments, "--place", str(place.folder)],
        env=environment, capture_output=True, text=True, timeout=120, check=False,
    )  # fmt: skip


def environment_for(database: str | None) -> dict[str, str]:
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("VESTRY", "DATABASE"))}
    return {**kept, **({"DATABASE_URL": database} if database else {})}


def free_port() -> int:
    with socket.socket() as one:
        one.bind(("127.0.0.1", 0))
        return int(one.getsockname()[1])


def start(place: Place, environment: dict[str, str], folder: Path, *, port: int = 0) -> Served:
    said = folder / "said"
    process = subprocess.Popen(
        [sys.executable, "-m", "vestry", "serve", "--port", str(port), "--place", str(place.folder)],
        env=environment, stdout=subprocess.PIPE, stderr=said.open("w"), text=True,
    )  # fmt: skip
    line: list[str] = []
    reader = threading.Thread(target=lambda: line.append(process.stdout.readline()), daemon=True)
    reader.start()
    reader.join(START)
    found = re.search(r"http://localhost:\d+", line[0] if line else "")
    assert found, said.read_text()
    return Served(place=place, address=found[0], environment=environment, process=process, said=said)


@pytest.fixture
def served(empty_place: Place, office_database: str | None, tmp_path: Path) -> Iterator[Served]:
    one = start(empty_place, environment_for(office_database), tmp_path)
    yield one
    # Not by SIGINT, which a shell may have begun all this with ignored.
    one.process.send_signal(signal.SIGTERM)
    try:
        assert one.process.wait(20) == 0
    finally:
        one.process.kill()


@pytest.fixture
def on_sqlite(empty_place: Place, tmp_path: Path) -> Iterator[Served]:
    one = start(empty_place, environment_for(None), tmp_path)
    yield one
    one.process.kill()
    one.process.wait(20)


def connected(served: Served) -> tuple[str, str]:
    ran = served.vestry("systems", "connect", "line", "--for", "borough", "--name", "Line")
    assert ran.returncode == 0, ran.stderr
    found = [re.search(rf"client {what}: +(\S+)", ran.stdout) for what in ("id", "secret")]
    assert all(found)
    return tuple(match[1] for match in found if match)  # type: ignore[return-value]


def test_a_revoked_token_is_refused_within_a_second(served: Served) -> None:
    client_id, secret = connected(served)
    word, another = served.token(client_id, secret), served.token(client_id, secret)
    for _ in range(3):
        assert served.shown(word).status_code == 200
    ended = requests.post(
        f"{served.address}/oauth/revoke", data={"token": another}, auth=(client_id, secret), timeout=30
    )
    assert ended.status_code == 200 and served.shown(another).status_code == 401
    heard: list[tuple[float, int]] = []
    stop = threading.Event()

    def keep_asking() -> None:
        while not stop.is_set():
            began = time.monotonic()
            heard.append((began, served.shown(word).status_code))

    asking = threading.Thread(target=keep_asking)
    asking.start()
    ran = served.vestry("systems", "revoke", client_id)
    revoked = time.monotonic()
    time.sleep(1.5)
    stop.set()
    asking.join(30)
    assert ran.returncode == 0, ran.stderr
    assert {status for began, status in heard if began > revoked} == {401}, "from the next request on"
    assert heard[0][1] == 200 and {status for _, status in heard} == {200, 401}


def test_postgresql_gone_in_mid_request(empty_place: Place, postgresql: Server, tmp_path: Path) -> None:
    address = postgresql.new_database()
    served = start(empty_place, environment_for(address), tmp_path)
    try:
        client_id, secret = connected(served)
        word = served.token(client_id, secret)
        answers: list[requests.Response] = []
        holding = postgresql.connect(address)
        holding.execute("LOCK TABLE accounts_token IN ACCESS EXCLUSIVE MODE")
        asking = threading.Thread(target=lambda: answers.append(served.shown(word)))
        asking.start()
        _until_somebody_waits(postgresql, address)
        postgresql.stop()
        holding.close()
        asking.join(30)
        page = requests.get(f"{served.address}/sign-in/", cookies={"vestry-session": "x" * 32}, timeout=60)
        for answer in (*answers, page):
            assert answer.status_code == 503 and answer.headers["Retry-After"]
            _says_nothing(answer.text, address)
        assert answers[0].json()["error"] == "database-unavailable" and "<h1" in page.text
        postgresql.start()
        assert served.shown(word).status_code == 200, "and it goes on by itself"
        said = served.said.read_text()
        assert "request-failed" in said and "Traceback" not in said and word not in said
    finally:
        served.process.kill()
        served.process.wait(20)
        if postgresql.running.poll() is not None:
            postgresql.start()
        postgresql.drop(address)


def _until_somebody_waits(server: Server, address: str) -> None:
    until = time.monotonic() + 30
    with server.connect(address) as looking:
        looking.autocommit = True
        while time.monotonic() < until:
            waiting = looking.execute(
                "SELECT count(*) FROM pg_stat_activity WHERE wait_event_type = 'Lock' AND datname = current_database()"
            ).fetchone()
            if waiting and waiting[0]:
                return
            time.sleep(0.05)
    raise AssertionError("nobody waits")


def _says_nothing(text: str, *secrets: str) -> None:
    for word in ("Traceback", "psycopg", "OperationalError", "sqlite", "127.0.0.1", "SELECT", *secrets):
        assert word not in text, word


def test_sqlite_locked_by_another(on_sqlite: Served) -> None:
    client_id, secret = connected(on_sqlite)
    word = on_sqlite.token(client_id, secret)
    holding = sqlite3.connect(on_sqlite.place.office, isolation_level=None)
    holding.execute("BEGIN EXCLUSIVE")
    try:
        answer = on_sqlite.shown(word, timeout=60)
    finally:
        holding.execute("ROLLBACK")
        holding.close()
    assert answer.status_code == 503 and answer.json()["error"] == "database-unavailable"
    _says_nothing(answer.text, str(on_sqlite.place.folder))
    assert on_sqlite.shown(word).status_code == 200
    assert "Traceback" not in on_sqlite.said.read_text()


def test_sqlite_held_for_a_moment_is_waited_for(on_sqlite: Served) -> None:
    client_id, secret = connected(on_sqlite)
    holding = sqlite3.connect(on_sqlite.place.office, isolation_level=None, check_same_thread=False)
    holding.execute("BEGIN EXCLUSIVE")
    release = threading.Timer(1.0, lambda: holding.execute("ROLLBACK"))
    release.start()
    assert on_sqlite.token(client_id, secret)
    release.join()


def test_only_this_machine_reaches_it(on_sqlite: Served) -> None:
    port = int(on_sqlite.address.rpartition(":")[2])
    others = {info[4][0] for info in socket.getaddrinfo(socket.gethostname(), None, socket.AF_INET)}
    for address in [other for other in others if not other.startswith("127.")]:
        with pytest.raises(OSError), socket.create_connection((address, port), timeout=2):
            pass
    answer = requests.get(
        f"http://127.0.0.1:{port}/sign-in/", headers={"Host": "elsewhere.example"}, timeout=30
    )
    assert answer.status_code == 400
    assert "Server" not in answer.headers


def test_the_port_is_taken(on_sqlite: Served) -> None:
    port = on_sqlite.address.rpartition(":")[2]
    ran = on_sqlite.vestry("serve", "--port", port)
    assert ran.returncode == 9 and "port-in-use" in ran.stderr and "Traceback" not in ran.stderr


def test_behind_a_proxy_that_ends_tls(empty_place: Place, tmp_path: Path) -> None:
    with (empty_place.folder / "place.toml").open("a") as settings:
        settings.write('\n[sign_in]\naddress = "https://office.example.gov.uk"\n')
    environment = environment_for(None)
    said = tmp_path / "said"
    port = free_port()
    process = subprocess.Popen(
        [sys.executable, "-m", "vestry", "serve", "--port", str(port), "--place", str(empty_place.folder)],
        env=environment, stdout=subprocess.PIPE, stderr=said.open("w"), text=True,
    )  # fmt: skip
    try:
        assert "https://office.example.gov.uk/" in process.stdout.readline()  # type: ignore[union-attr]
        here, host = f"http://127.0.0.1:{port}/sign-in/", {"Host": "office.example.gov.uk"}
        plain = requests.get(here, headers=host, allow_redirects=False, timeout=30)
        assert (
            plain.status_code == 301 and plain.headers["Location"] == "https://office.example.gov.uk/sign-in/"
        )
        safe = requests.get(
            here,
            headers={**host, "X-Forwarded-Proto": "https", "X-Forwarded-For": "203.0.113.9, 192.0.2.7"},
            timeout=30,
        )
        assert safe.status_code == 200
        cookie = safe.headers["Set-Cookie"]
        assert cookie.startswith("__Host-form=") and "Secure" in cookie and "HttpOnly" in cookie
        assert safe.headers["Strict-Transport-Security"] == "max-age=31536000; includeSubDomains"
    finally:
        process.kill()
        process.wait(20)


def test_in_by_a_provider_from_the_command_line_to_the_first_page(
    empty_place: Place, tmp_path: Path, provider: Provider
) -> None:
    port = free_port()
    provider.now = time.time
    with (empty_place.folder / "place.toml").open("a") as settings:
        settings.write(
            f'\n[sign_in]\naddress = "http://localhost:{port}"\nissuer = "{provider.issuer}"\n'
            f'client_id = "{CLIENT_ID}"\nclaim = "email"\n'
        )
    secret = tmp_path / "secret"
    secret.write_text(f"{SECRET}\n")
    environment = {**environment_for(None), "VESTRY_OPENID_SECRET_FILE": str(secret)}
    served = start(open_place(empty_place.folder), environment, tmp_path, port=port)
    try:
        assert (
            served.vestry("people", "add", "gale", "--name", "Gale Ash", "--openid", "gale@x").returncode == 0
        )
        assert served.vestry("people", "give", "gale", "borough", "auditor").returncode == 0
        with requests.Session() as browser:
            door = browser.get(f"{served.address}/", timeout=30)
            word = re.search(r'name="csrfmiddlewaretoken" value="(\w+)"', door.text)
            assert word and door.url.endswith("/sign-in/?next=%2F")
            said = {"csrfmiddlewaretoken": word[1], "next": "/"}
            first = browser.post(f"{served.address}/sign-in/openid/", data=said, timeout=30)
            assert first.url == f"{served.address}/" and "Gale Ash, The Borough" in first.text
            assert [one.status_code for one in first.history] == [302, 302, 302]
        assert SECRET not in served.said.read_text()
    finally:
        served.process.kill()
        served.process.wait(20)


def test_a_secret_file_that_cannot_be_read(empty_place: Place, tmp_path: Path) -> None:
    environment = {**environment_for(None), "VESTRY_OPENID_SECRET_FILE": str(tmp_path / "none")}
    ran = vestry(open_place(empty_place.folder), environment, "serve", "--port", "0")
    assert ran.returncode == 9 and "openid-secret-unreadable" in ran.stderr
