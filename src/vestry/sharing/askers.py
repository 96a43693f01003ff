"""The users of a place as a file, `people.yaml`: who they are, for whom they work, what they were trained in. Read whole.

It says whom the place's accounts begin with. What a file cannot prove (that somebody is who they say) is no matter of it.
Every problem is told at once, with its line.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any, Final

from vestry.contracts.complaints import Complaints, suggestion
from vestry.contracts.passages import Passage
from vestry.contracts.yaml_places import read_yaml
from vestry.errors import Problem
from vestry.place import Place
from vestry.sharing.agreements.errors import PeopleInvalid
from vestry.sharing.asking import ROLES, Asker, RecordOf

SETTINGS: Final = {
    "user": "a lasting id: small letters, digits and hyphens",
    "name": "what they are called on screen",
    "works_for": "each organisation, with their title there and their roles",
    "training": "course: the last day on which it counts",
    "family": "records of themselves and their family (source, key, part), whom they may not look at",
    "system": "true for a partner's system, with nobody at it",
}
"""Name of each setting of a user -> what it says."""

SYSTEM: Final = "system"
"""The role of a system, which no person has."""

_NAME: Final = re.compile(r"[a-z0-9]+(-[a-z0-9]+)*")
_NEEDED: Final = ("user", "name", "works_for")


@dataclass(frozen=True, slots=True, kw_only=True)
class Post:
    """One organisation that somebody works for: their `title` there, and their roles."""

    organisation: str
    roles: frozenset[str]
    title: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class User:
    """One user. `training` is course -> the last day on which it counts; `family` they themselves and their family."""

    user: str
    name: str
    posts: tuple[Post, ...]
    training: Mapping[str, date] = field(default_factory=dict)
    family: tuple[RecordOf, ...] = ()
    is_system: bool = False

    def askers(self) -> tuple[Asker, ...]:
        """As whom the user may ask: one for each organisation."""
        return tuple(
            Asker(
                user=self.user,
                organisation=post.organisation,
                roles=post.roles,
                training=self.training,
                family=self.family,
                is_system=self.is_system,
            )
            for post in self.posts
        )


def read_people(place: Place, sources: Iterable[str]) -> tuple[Mapping[str, User], list[Problem]]:
    """(users by id, every problem) of `people.yaml`; none of either where there is no such file."""
    path = place.people
    if not path.is_file():
        return {}, []
    try:
        content = path.read_bytes()
    except OSError:
        return {}, [
            Problem(what="The file cannot be read.", where=path.name, fix="give this account permission")
        ]
    return check_people(content, path.name, place.organisations, sources)


def people_of(place: Place, sources: Iterable[str]) -> Mapping[str, User]:
    """The users of a place, by id. Raises PeopleInvalid with every problem of `people.yaml`."""
    found, problems = read_people(place, sources)
    if problems:
        raise PeopleInvalid(
            "people.yaml has problems.", where=str(place.people), fix="mend each", problems=problems
        )
    return found


def check_people(
    content: bytes, name: str, organisations: Iterable[str], sources: Iterable[str]
) -> tuple[Mapping[str, User], list[Problem]]:
    """(users by id, every problem): no users where there is any problem. `name` is what messages call the file."""
    document = read_yaml(content)
    complaints = Complaints(name, document)
    top = Passage(value=document.value, steps=(), complaints=complaints)
    said = top.mapping("people.yaml", ("people",)) if document.value is not None else {}
    found: dict[str, User] = {}
    known = frozenset(organisations), frozenset(sources)
    for item in said["people"].items() if said and "people" in said else ():
        user = _user(item, *known)
        if user is None:
            continue
        if user.user in found:
            item.wrong(f"`{user.user}` is there twice.", "give each user an id of their own")
        found[user.user] = user
    return ({} if complaints else found), complaints.problems()


def _user(passage: Passage, organisations: frozenset[str], sources: frozenset[str]) -> User | None:
    said = passage.mapping("user", SETTINGS)
    if said is None:
        return None
    for missing in [name for name in _NEEDED if name not in said]:
        passage.wrong(f"A user has no `{missing}`.", f"add it: {SETTINGS[missing]}")
    user = said["user"].text("user") if "user" in said else None
    if user and not _NAME.fullmatch(user):
        said["user"].wrong("`user` is not an id.", "use small letters, digits and hyphens")
    posts = [_post(one, organisations) for one in said["works_for"].items()] if "works_for" in said else []
    of = [post.organisation for post in posts if post]
    if len(set(of)) < len(of):
        said["works_for"].wrong("An organisation is there twice.", "put its roles together")
    is_system = bool(said["system"].flag("system")) if "system" in said else False
    _check_system(passage, is_system, [post for post in posts if post])
    return User(
        user=user or "",
        name=(said["name"].text("name") or "") if "name" in said else "",
        posts=tuple(post for post in posts if post),
        training=_training(said.get("training")),
        family=tuple(_each_record(said.get("family"), sources)),
        is_system=is_system,
    )


def _check_system(passage: Passage, is_system: bool, posts: Iterable[Post]) -> None:
    for post in posts:
        if is_system != (SYSTEM in post.roles):
            passage.wrong(
                "A system has the role `system` and says `system: true`; a person has neither.",
                "say both, or neither",
            )


def _post(passage: Passage, organisations: frozenset[str]) -> Post | None:
    said = passage.mapping("works_for", ("organisation", "as", "roles"))
    if said is None:
        return None
    for missing in [name for name in ("organisation", "roles") if name not in said]:
        passage.wrong(f"`works_for` has no `{missing}`.", "write {organisation: ..., as: ..., roles: [...]}")
    name = None
    if "organisation" in said:
        name = said["organisation"].choice("organisation of this place", sorted(organisations))
    roles = [item.choice("role", ROLES) for item in said["roles"].items()] if "roles" in said else []
    if "roles" in said and said["roles"].value == []:
        said["roles"].wrong("No role is named.", f"use one of: {', '.join(ROLES)}")
    title = (said["as"].text("as") or "") if "as" in said else ""
    named = frozenset(role for role in roles if role)
    return Post(organisation=name, roles=named, title=title) if name and named else None


def _training(passage: Passage | None) -> dict[str, date]:
    said = passage.mapping("training") if passage else None
    found = {}
    for course, one in (said or {}).items():
        text = one.text(course)
        try:
            found[course] = date.fromisoformat(text or "")
        except ValueError:
            if text:
                one.wrong(f"`{course}` does not count until a day.", "write the last one as 2026-04-01")
    return found


def _each_record(passage: Passage | None, sources: frozenset[str]) -> Iterable[RecordOf]:
    for item in passage.items() if passage else ():
        said: dict[str, Any] = item.mapping("family", ("source", "key", "part")) or {}
        if said.keys() != {"source", "key", "part"}:
            item.wrong(
                "A record of the family is not named whole.", "write {source: ..., key: ..., part: ...}"
            )
            continue
        source, key, part = (said[name].text(name) for name in ("source", "key", "part"))
        if source and source not in sources:
            said["source"].wrong(f"`{source}` is not a source of this place.", suggestion(source, sources))
        elif source and key and part:
            yield RecordOf(source=source, source_key=key, part=part)
