"""A real PostgreSQL for tests: its own folder, its own port on 127.0.0.1, and gone with the process that began it."""

from __future__ import annotations

import ctypes
import os
import pwd
import secrets
import shutil
import signal
import socket
import subprocess
import tempfile
import time
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import psycopg

SECONDS = 60
"""How long the server may take to answer for the first time."""


class NoServer(Exception):
    """Why there is no PostgreSQL here, in words for whoever reads which tests were left out."""


def programs() -> Path:
    """The folder of initdb and postgres. Raises NoServer."""
    folders = [*Path("/usr/lib/postgresql").glob("*/bin"), *Path("/opt").glob("*/postgresql*/bin")]
    folders += [Path(found).parent for name in ("postgres", "initdb") if (found := shutil.which(name))]
    for folder in sorted(folders, key=lambda f: [int(p) for p in f.parts if p.isdigit()], reverse=True):
        if (folder / "postgres").exists() and (folder / "initdb").exists():
            return folder
    raise NoServer("PostgreSQL's server is not installed (on Debian and Ubuntu: apt install postgresql)")


@dataclass
class Server:
    """A running server. `account` is whom it runs as, where that is not us: it refuses to run as root."""

    folder: Path
    port: int
    account: str | None
    bin: Path
    password: str = field(default_factory=lambda: secrets.token_hex(16))
    running: Any = None

    def start(self) -> None:
        """Start it, or start it again, and wait until it answers. Raises NoServer."""
        self.running = subprocess.Popen(
            [str(self.bin / "postgres"), "-D", str(self.folder / "cluster")],
            stdin=subprocess.DEVNULL,
            stdout=(self.folder / "said").open("ab"),
            stderr=subprocess.STDOUT,
            cwd=self.folder,
            preexec_fn=_goes_with_its_parent,
            **self._as(),
        )
        until = time.monotonic() + SECONDS
        while self.running.poll() is None and time.monotonic() < until:
            with suppress(psycopg.OperationalError):
                psycopg.connect(self.address("postgres"), connect_timeout=5).close()
                return
            time.sleep(0.05)
        self.stop()
        raise NoServer(f"PostgreSQL does not start here: {self._last_words()}")

    def stop(self, how: signal.Signals = signal.SIGQUIT) -> None:
        """Stop it: at once, or as `how` says (SIGINT: in good order; SIGKILL: as a machine that loses its power)."""
        if self.running is not None and self.running.poll() is None:
            self.running.send_signal(how)
            self.running.wait(timeout=SECONDS)

    def close(self) -> None:
        """Stop it and take away all that it wrote."""
        self.stop()
        shutil.rmtree(self.folder, ignore_errors=True)

    def address(self, database: str) -> str:
        """The address of a database, as DATABASE_URL has it."""
        return f"postgresql://vestry:{self.password}@127.0.0.1:{self.port}/{database}"

    def new_database(self) -> str:
        """The address of a new, empty database."""
        name = f"test_{secrets.token_hex(6)}"
        with psycopg.connect(self.address("postgres"), autocommit=True) as connection:
            connection.execute(f'CREATE DATABASE "{name}"')
        return self.address(name)

    def fill(self, address: str, like: str) -> None:
        """Make a database that nobody is connected to a copy of another."""
        name, other = (one.rpartition("/")[2] for one in (address, like))
        with psycopg.connect(self.address("postgres"), autocommit=True) as connection:
            connection.execute(f'DROP DATABASE "{name}"')
            connection.execute(f'CREATE DATABASE "{name}" TEMPLATE "{other}"')

    def connect(self, address: str) -> psycopg.Connection[Any]:
        """A connection of somebody else to a database."""
        return psycopg.connect(address)

    def drop(self, address: str) -> None:
        """Drop a database, whoever is still connected."""
        with psycopg.connect(self.address("postgres"), autocommit=True) as connection:
            connection.execute(f'DROP DATABASE IF EXISTS "{address.rpartition("/")[2]}" WITH (FORCE)')

    def _as(self) -> dict[str, Any]:
        return {"user": self.account, "group": self.account, "extra_groups": []} if self.account else {}

    def _last_words(self) -> str:
        said = self.folder / "said"
        return said.read_text(errors="replace").strip().rpartition("\n")[2] if said.exists() else "no word"


def begin() -> Server:
    """A new server that runs. Raises NoServer with the reason why it cannot be."""
    found, account = programs(), None
    if os.geteuid() == 0:
        account = "postgres"
        try:
            pwd.getpwnam(account)
        except KeyError:
            raise NoServer("PostgreSQL does not run as root, and there is no account postgres") from None
    folder = Path(tempfile.mkdtemp(prefix="vestry-postgresql-"))
    server = Server(folder=folder, port=_free_port(), account=account, bin=found)
    try:
        if account:
            shutil.chown(folder, account, account)
        secret = folder / "password"
        secret.write_text(server.password)
        if account:
            shutil.chown(secret, account, account)
        made = subprocess.run(
            [
                *(
                    str(found / "initdb"),
                    "-D",
                    str(folder / "cluster"),
                    "-U",
                    "vestry",
                    "--pwfile",
                    str(secret),
                ),
                *("--auth", "scram-sha-256", "-E", "UTF8", "--locale", "C.UTF-8", "--no-instructions"),
            ],
            capture_output=True,
            text=True,
            cwd=folder,
            timeout=SECONDS * 2,
            check=False,
            **server._as(),
        )
        if made.returncode:
            raise NoServer(f"PostgreSQL's initdb fails here: {made.stderr.strip().rpartition(chr(10))[2]}")
        # Without fsync only a machine that loses its power loses anything: a server that is killed does not.
        with (folder / "cluster" / "postgresql.conf").open("a") as conf:
            conf.write(
                f"listen_addresses = '127.0.0.1'\nport = {server.port}\nunix_socket_directories = ''\n"
                "max_connections = 40\nshared_buffers = 32MB\nfsync = off\n"
            )
        server.start()
    except OSError as error:
        server.close()
        raise NoServer(f"PostgreSQL cannot be started here: {error.strerror}") from error
    except NoServer:
        server.close()
        raise
    return server


def _free_port() -> int:
    with socket.socket() as one:
        one.bind(("127.0.0.1", 0))
        return int(one.getsockname()[1])


def _goes_with_its_parent() -> None:
    """Linux: the server is told to stop when whoever began it dies, even by kill -9."""
    with suppress(OSError, AttributeError):
        ctypes.CDLL(None).prctl(1, signal.SIGQUIT, 0, 0, 0)
