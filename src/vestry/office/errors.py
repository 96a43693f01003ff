"""What can be wrong with the office's database."""

from __future__ import annotations

from vestry.errors import VestryError


class DatabaseUnavailable(VestryError):
    """The office's database cannot be reached or used: a server that does not answer or refuses, an address that cannot be
    read, a file that another account owns or another process holds.

    The message says which. `DATABASE_URL` names a PostgreSQL database; without it the place's own `office.sqlite3` is used.
    """

    code = "database-unavailable"
    exit_code = 9
    http_status = 503


class DatabaseNewer(VestryError):
    """The office's database was made, or changed, by a newer version of Vestry than this one. Nothing was done to it.

    Use that version, or restore the database from a backup of before.
    """

    code = "database-newer"
    exit_code = 8


class DatabaseOfAnotherPlace(VestryError):
    """`DATABASE_URL` names the database of another place. Two places never share one: their audit logs would run together.

    Make a database of its own for this place and name that.
    """

    code = "database-of-another-place"
    exit_code = 3


class PortInUse(VestryError):
    """The office cannot be served there: another process serves on that port, or this account may not take it (below 1024)."""

    code = "port-in-use"
    exit_code = 9


class OpenIdSecretUnreadable(VestryError):
    """VESTRY_OPENID_SECRET_FILE names a file that cannot be read, is empty, or is a link."""

    code = "openid-secret-unreadable"
    exit_code = 9


class PagesNotBuilt(VestryError):
    """What the office's pages load, their style and scripts, has not been made yet. `make setup` makes it, with Node.

    An installed package carries it.
    """

    code = "pages-not-built"
    exit_code = 5
