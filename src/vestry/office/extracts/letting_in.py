"""What the server lets in: large requests at the one address where files are brought, which it gives to a data engineer's page
for a while; elsewhere small ones. What is told to be too large is refused before it is read, the rest cut off where it lies.

The address holds a word that this office signed. The server checks that before it reads on: whoever was not given one cannot have
it write gigabytes to the disk, signed in or not.
"""

from __future__ import annotations

import copy
import re
import shutil
from pathlib import Path
from typing import Any, Final

from django.core import signing
from waitress.channel import HTTPChannel
from waitress.parser import HTTPRequestParser
from waitress.utilities import Error, RequestEntityTooLarge

from vestry.ids import digest
from vestry.intake.writing import private_folder
from vestry.place import Place

LARGEST: Final = 2_000_000_000
"""Bytes of one request that brings files, from which up it is refused."""
LASTS: Final = 12 * 60 * 60
"""Seconds for which a page may be open before its address lets nothing large in any more."""
LEFT_FREE: Final = 1_000_000_000
"""Bytes that are left free on the disk: a file is written three times before it is received."""

_WRITTEN: Final = 3
_SALT: Final = "vestry.office.extracts.bringing"
_ADDRESS: Final = re.compile(r"/extracts/receive/([^/?]+)/")

TOO_LARGE: Final = "The files are larger than 2 GB together. Bring them one by one, packed with gzip, or leave them in the inbox."
NO_ROOM: Final = "The disk of the place has no room for these files. Nothing was kept. Tell whoever runs it."


def word_for(session: str) -> str:
    """A word that lets files in for a while, for the session of that key and no other."""
    return str(signing.TimestampSigner(salt=_SALT).sign(digest("bringing", session)))


def is_good(word: str, session: str = "") -> bool:
    """Whether this office gave the word, of late; and, where a `session` is named, to that."""
    try:
        said = signing.TimestampSigner(salt=_SALT).unsign(word, max_age=LASTS)
    except signing.BadSignature:
        return False
    return not session or said == digest("bringing", session)


def folder(place: Place) -> Path:
    """Where the server writes requests while they come: in the spool, its owner's alone."""
    private_folder(place.spool)
    return place.spool


class NoRoom(Error):
    """The disk is too full for what is to come."""

    code = 507
    reason = "Insufficient Storage"


def limit(server: Any, place: Place) -> None:
    """Have `server` (waitress's) go by all this."""
    spool = folder(place)

    class Request(HTTPRequestParser):
        """One request as it comes."""

        adj: Any
        error: Any

        def parse_header(self, header_plus: bytes) -> None:
            """Read what is said of it, and how much of it may come."""
            super().parse_header(header_plus)
            found = _ADDRESS.fullmatch(self.path)
            if self.command != "POST" or found is None or not is_good(found[1]):
                return
            self.adj = copy.copy(self.adj)
            self.adj.max_request_body_size = LARGEST

        def received(self, data: bytes) -> int:
            """Take in what came. What is refused is asked for no more of, whatever was promised."""
            consumed = int(super().received(data))
            if self.headers_finished and self.error is None and self.content_length > self.adj.inbuf_overflow:
                self._check_room()
            if self.error is not None:
                self.expect_continue = False
                if (
                    isinstance(self.error, RequestEntityTooLarge)
                    and self.adj.max_request_body_size == LARGEST
                ):
                    self.error = RequestEntityTooLarge(TOO_LARGE)
            return consumed

        def _check_room(self) -> None:
            if self.body_bytes_received:
                return
            if shutil.disk_usage(spool).free < self.content_length * _WRITTEN + LEFT_FREE:
                self.error = NoRoom(NO_ROOM)
                self.completed = True

    class Channel(HTTPChannel):
        """One connection."""

        parser_class = Request

    server.channel_class = Channel
