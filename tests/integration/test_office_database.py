"""The office's database is made, brought up to date and guarded by itself, on SQLite and on a real PostgreSQL."""

from __future__ import annotations

import subprocess
import sys
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

import postgresql as postgresql_server
from vestry.errors import PlaceNotWritable
from vestry.office.errors import DatabaseNewer, DatabaseOfAnotherPlace, DatabaseUnavailable
from vestry.office.opening import opened
from vestry.office.project import Office
from vestry.place import Place, open_place


def one(office: Office, query: str) -> Any:
    with office.connection().cursor() as cursor:
        cursor.execute(query)
        return cursor.fetchone()[0]


def another(place: Place, name: str) -> Place:
    folder = place.folder.parent / name
    folder.mkdir()
    (folder / "place.toml").write_text('name = "Other"\n', encoding="utf-8")
    return open_place(folder)


def test_it_is_made_by_itself_and_opened_again(empty_place: Place, office_database: str | None) -> None:
    office = opened(empty_place, database_url=office_database)
    mark = one(office, "SELECT place_id FROM office_place")
    assert mark == (office.place.keys / "place").read_text().strip()
    again = opened(office.place, database_url=office_database)
    assert one(again, "SELECT place_id FROM office_place") == mark
    assert one(again, "SELECT count(*) FROM django_migrations") == one(
        office, "SELECT count(*) FROM (SELECT DISTINCT app, name FROM django_migrations) AS told"
    )
    office.close()


def test_many_may_begin_at_once(empty_place: Place, office_database: str | None) -> None:
    code = (
        "import sys; from pathlib import Path; from vestry.place import open_place\n"
        "from vestry.office.opening import opened\n"
        "opened(open_place(Path(sys.argv[1])), database_url=sys.argv[2] or None).close()"
    )
    begun = [
        subprocess.Popen(
            [sys.executable, "-c", code, str(empty_place.folder), office_database or ""],
            stderr=subprocess.PIPE,
            text=True,
        )
        for _ in range(4)
    ]
    ended = [(p.communicate(timeout=120)[1], p.returncode) for p in begun]
    assert ended == [("", 0)] * 4
    office = opened(empty_place, database_url=office_database)
    assert one(office, "SELECT count(*) FROM office_place") == 1
    office.close()


def test_a_newer_database_is_left_alone(office: Office, office_database: str | None) -> None:
    with office.connection().cursor() as cursor:
        cursor.execute(
            "INSERT INTO django_migrations (app, name, applied) VALUES ('places', '9999_later', '2030-01-01')"
        )
    with pytest.raises(DatabaseNewer) as refused:
        opened(office.place, database_url=office_database)
    assert "places.9999_later" in refused.value.where


def test_two_places_never_share_a_database(empty_place: Place, postgresql: postgresql_server.Server) -> None:
    address = postgresql.new_database()
    office = opened(empty_place, database_url=address)
    with pytest.raises(DatabaseOfAnotherPlace) as refused:
        opened(another(empty_place, "other"), database_url=address)
    assert postgresql.password not in refused.value.text()
    office.close()


def test_a_process_may_turn_from_one_place_to_another(office: Office) -> None:
    other = opened(another(office.place, "other"))
    marks = {one(o, "SELECT place_id FROM office_place") for o in (office, other, office, other)}
    assert len(marks) == 2
    other.close()


def test_files_are_their_owners_alone(empty_place: Place) -> None:
    office = opened(empty_place)
    kept = [empty_place.office, *empty_place.keys.iterdir()]
    assert {p.name for p in kept} == {"office.sqlite3", "place", "sessions"}
    assert {p.stat().st_mode & 0o777 for p in kept} == {0o600}
    assert empty_place.keys.stat().st_mode & 0o777 == 0o700
    empty_place.office.chmod(0o644)
    opened(empty_place)
    assert empty_place.office.stat().st_mode & 0o777 == 0o600
    office.close()


def test_sqlite_writes_before_it_says_so(empty_place: Place) -> None:
    office = opened(empty_place)
    assert one(office, "PRAGMA journal_mode") == "truncate"
    assert one(office, "PRAGMA synchronous") == 2
    office.close()


def test_postgresql_writes_before_it_says_so(
    empty_place: Place, postgresql: postgresql_server.Server
) -> None:
    address = postgresql.new_database()
    office = opened(empty_place, database_url=address)
    assert one(office, "SHOW synchronous_commit") == "on"
    office.close()


def test_a_link_in_the_place_of_the_file_is_refused(empty_place: Place, tmp_path: Path) -> None:
    (tmp_path / "elsewhere").touch()
    empty_place.office.symlink_to(tmp_path / "elsewhere")
    with pytest.raises(DatabaseUnavailable):
        opened(empty_place)


def test_a_link_in_the_place_of_a_key_is_refused(empty_place: Place, tmp_path: Path) -> None:
    (tmp_path / "elsewhere").touch()
    empty_place.keys.mkdir()
    (empty_place.keys / "sessions").symlink_to(tmp_path / "elsewhere")
    with pytest.raises(PlaceNotWritable):
        opened(empty_place)


def test_a_file_that_is_no_database_is_told(empty_place: Place) -> None:
    empty_place.office.write_text("no database, but long enough to be told from one" * 100)
    with pytest.raises(DatabaseUnavailable):
        opened(empty_place)


def test_keys_that_were_lost_do_not_lock_a_file_out(empty_place: Place) -> None:
    office = opened(empty_place)
    mark = one(office, "SELECT place_id FROM office_place")
    (empty_place.keys / "place").unlink()
    opened(empty_place).close()
    assert (empty_place.keys / "place").read_text().strip() == mark


def test_a_server_that_is_not_there_is_told_without_its_password(empty_place: Place) -> None:
    with pytest.raises(DatabaseUnavailable) as refused:
        opened(empty_place, database_url="postgresql://ann:secret@127.0.0.1:1/office")
    assert refused.value.what == "The office's database does not answer."
    assert "secret" not in refused.value.text()


def test_a_server_that_refuses_is_told_apart(
    empty_place: Place, postgresql: postgresql_server.Server
) -> None:
    address = postgresql.new_database()
    with pytest.raises(DatabaseUnavailable, match="refuses the user or the password"):
        opened(empty_place, database_url=replace(postgresql, password="wrong").address("postgres"))
    with pytest.raises(DatabaseUnavailable, match="is not there"):
        opened(empty_place, database_url=f"{address}x")
