"""One account, and the form of each thing that can be done with it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, ClassVar, Final

from vestry.office.agreements.words import role_said
from vestry.office.pages.below import in_language
from vestry.office.pages.translating import gettext_lazy
from vestry.office.people.list_page import PersonLine
from vestry.sharing.askers import SYSTEM
from vestry.sharing.asking import ROLES


@dataclass(frozen=True, slots=True, kw_only=True)
class Act:
    """What can be done: its button, what comes of it, and whether it is one to think about."""

    button: Any
    comes: Any
    danger: bool = False


ACTS: Final[dict[str, Act]] = {
    "give": Act(
        button=gettext_lazy("Give roles"),
        comes=gettext_lazy("What they may see follows from their roles, and from agreements that name them."),
    ),
    "take": Act(
        button=gettext_lazy("Take roles away"),
        comes=gettext_lazy("They lose them at once, where they are looking too."),
        danger=True,
    ),
    "train": Act(
        button=gettext_lazy("Enter a course"),
        comes=gettext_lazy(
            "Agreements ask for courses that are in date. The last time that they took it counts."
        ),
    ),
    "invite": Act(
        button=gettext_lazy("Invite to enrol a passkey"),
        comes=gettext_lazy(
            "A link is made that counts once, for a day; earlier ones no longer do. Whoever has it can come in as them: "
            "give it to them yourself."
        ),
    ),
    "forget": Act(
        button=gettext_lazy("Remove their passkeys"),
        comes=gettext_lazy("For a device that was lost. All of theirs are removed, and their sessions end."),
        danger=True,
    ),
    "suspend": Act(
        button=gettext_lazy("Suspend"),
        comes=gettext_lazy("They are let in no more, and whatever they have open ends at once."),
        danger=True,
    ),
    "restore": Act(
        button=gettext_lazy("Restore"),
        comes=gettext_lazy("They are let in again, with the roles that they have."),
    ),
}
"""What can be done with an account -> how it is said."""


def roles_said() -> tuple[tuple[str, str, str], ...]:
    """(code, words, what whoever has it does) of every role of a person."""
    return tuple(
        (code, role_said(code), in_language(means)) for code, means in ROLES.items() if code != SYSTEM
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class PersonPage:
    """`actions` are (address, text, whether it is one to think about). `openid` is what the provider calls them."""

    template: ClassVar[str] = "people/person.html"
    person: PersonLine
    openid: str
    suspended_at: datetime | None
    mine: bool
    actions: tuple[tuple[str, str, bool], ...]


def offered(
    *, suspended: bool, ours: bool, has_roles: bool, passkeys: int, themselves: bool
) -> tuple[str, ...]:
    """Which acts are offered. What is not is refused by the desk too."""
    if not ours:
        return ()
    if suspended:
        return ("restore",)
    found = [] if themselves else ["give"]
    found += ["take"] if has_roles else []
    found += ["train", "invite"]
    found += ["forget"] if passkeys else []
    return (*found, "suspend")


@dataclass(frozen=True, slots=True, kw_only=True)
class ActPage:
    """The form of one act. `held` are (code, words) of roles that can be taken."""

    template: ClassVar[str] = "people/act.html"
    user: str
    name: str
    act: str
    words: Act
    organisation: str
    held: tuple[tuple[str, str], ...] = ()
    roles: tuple[tuple[str, str, str], ...] = field(default_factory=roles_said)
    chosen: tuple[str, ...] = ()
    given: Mapping[str, str] = field(default_factory=dict)
    problems: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class AddPage:
    """The form of a new account."""

    template: ClassVar[str] = "people/add.html"
    given: Mapping[str, str] = field(default_factory=dict)
    problems: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class InvitedPage:
    """The link, shown this once."""

    template: ClassVar[str] = "people/invited.html"
    user: str
    name: str
    link: str
    until: datetime
