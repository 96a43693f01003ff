"""What the audit log costs: the two entries of a look-up, on SQLite and on PostgreSQL, and going through the whole log.

python benchmarks/audit.py [PLACE] [--pairs 2000] [--postgresql URL]

PLACE is only asked where its disk is: the log is made in a folder beside it, and taken away. Without a URL a server is started
for the measurement, where PostgreSQL is installed; else that line is left out and says so.
"""

from __future__ import annotations

import argparse
import shutil
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1] / "tests"))

import postgresql as postgresql_server
from vestry.clock import SystemClock
from vestry.office.audit.desk import Desk
from vestry.office.audit.log import DatabaseLog
from vestry.office.opening import opened
from vestry.place import open_place
from vestry.progress import Silent
from vestry.sharing.audit import AuditEntry
from vestry.sharing.own_machine import Operator

AT = (50, 95, 99)


def pair(log: DatabaseLog, n: int) -> None:
    """The entries of one look-up under an agreement."""
    who = {
        "user": f"u-{n % 40}",
        "organisation": "borough",
        "purpose": "council-tax",
        "release": "2026-11-20-1",
    }
    entity = f"P{n % 5000:016x}"
    asked = log.append(AuditEntry(stage="asked", action="show", entities=(entity,), **who))  # type: ignore[arg-type]
    log.append(
        AuditEntry(
            stage="answered",
            action="show",
            entities=(entity,),
            agreements=("council-tax-recovery@3",),
            fields=("family_name", "given_names", "birth_date", "address_lines", "postcode"),
            withheld=("field", "source"),
            answers=asked,
            count=1,
            **who,  # type: ignore[arg-type]
        )
    )


@contextmanager
def database(name: str, given: str) -> Iterator[str | None]:
    """What DATABASE_URL says."""
    if name == "SQLite" or given:
        yield given or None
        return
    server = postgresql_server.begin()
    try:
        yield server.new_database()
    finally:
        server.close()


def measured(name: str, folder: Path, address: str | None, pairs: int) -> str:
    """One line of figures."""
    folder.mkdir()
    (folder / "place.toml").write_text('name = "Benchmark"\n', encoding="utf-8")
    office = opened(open_place(folder), database_url=address)
    log = DatabaseLog(office, SystemClock())
    for n in range(50):
        pair(log, n)
    taken = []
    for n in range(pairs):
        began = time.perf_counter()
        pair(log, n)
        taken.append((time.perf_counter() - began) * 1000)
    began = time.perf_counter()
    operator = Operator(account="benchmark", on_this_machine=True)
    verified = Desk(office, log, operator).verify(progress=Silent())
    seconds = time.perf_counter() - began
    assert not verified.problems and verified.size == 2 * (pairs + 50)
    office.close()
    ordered = sorted(taken)
    figures = "".join(f"{ordered[min(len(ordered) - 1, len(ordered) * p // 100)]:>9.2f}" for p in AT)
    return f"{name:<12}{pairs:>9,}{figures}{verified.size / seconds:>16,.0f}"


def main() -> None:
    """Print a table."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("place", nargs="?", type=Path, default=Path())
    parser.add_argument("--pairs", type=int, default=2000)
    parser.add_argument("--postgresql", default="")
    given = parser.parse_args()
    print(f"{'':<12}{'pairs':>9}" + "".join(f"{f'p{p} ms':>9}" for p in AT) + f"{'verified a second':>18}")
    where = Path(tempfile.mkdtemp(prefix=".audit-", dir=given.place))
    try:
        for name in ("SQLite", "PostgreSQL"):
            try:
                with database(name, given.postgresql if name == "PostgreSQL" else "") as address:
                    print(measured(name, where / name.lower(), address, given.pairs), flush=True)
            except postgresql_server.NoServer as error:
                print(f"Left out: {error}")
    finally:
        shutil.rmtree(where)


if __name__ == "__main__":
    main()
