"""Django's sessions in the database, kept by a digest of their word: who reads the database cannot take one over."""

from __future__ import annotations

import hashlib
from typing import Any

from django.contrib.sessions.backends.db import SessionStore as DatabaseStore
from django.utils import timezone


class SessionStore(DatabaseStore):
    """A session, by the word in its cookie. The row has a digest of it."""

    def _get_session_from_db(self) -> Any:
        found = self.model.objects.filter(
            session_key=kept_as(self.session_key), expire_date__gt=timezone.now()
        ).first()
        if found is None:
            self._session_key = None
        return found

    def exists(self, session_key: str) -> bool:
        """Whether a session of that word is kept."""
        return bool(self.model.objects.filter(session_key=kept_as(session_key)).exists())

    def create_model_instance(self, data: Any) -> Any:
        """The row to keep."""
        row = super().create_model_instance(data)
        row.session_key = kept_as(row.session_key)
        return row

    def delete(self, session_key: str | None = None) -> None:
        """Keep the session of that word, or this one, no longer."""
        word = session_key or self.session_key
        if word:
            self.model.objects.filter(session_key=kept_as(word)).delete()


def kept_as(word: str) -> str:
    """160 bits of the word's SHA-256, in hexadecimal: as long as Django's column. The word itself is of as many bits."""
    return hashlib.sha256(word.encode("utf-8", "surrogatepass")).hexdigest()[:40]
