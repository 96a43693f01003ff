"""What stands around every page: the place, who is in and for whom, why they look, and the ways on that are open to them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from django.db import Error

from vestry.errors import VestryError
from vestry.office.accounts.site import site_of
from vestry.office.accounts.users import name_of
from vestry.office.pages.below import in_language
from vestry.office.pages.translating import gettext_lazy
from vestry.office.pages.urgent import PURPOSE, emergency_in
from vestry.sharing.grants import EMERGENCY
from vestry.sharing.purposes import purpose_of

SAID: Final = "said"
"""Under which the session keeps what the next page says was done."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Section:
    """One of the office's areas of work. `roles` may come in; none named: everybody. A page's own view decides, not this."""

    text: Any
    href: str
    roles: frozenset[str] = frozenset()


SECTIONS: Final = (
    Section(text=gettext_lazy("Today"), href="/"),
    Section(text=gettext_lazy("Find"), href="/find/"),
    Section(text=gettext_lazy("Review"), href="/review/", roles=frozenset({"matching-reviewer"})),
    Section(text=gettext_lazy("Extracts"), href="/extracts/", roles=frozenset({"data-engineer"})),
    Section(
        text=gettext_lazy("Agreements"),
        href="/agreements/",
        roles=frozenset({"governance-officer", "auditor"}),
    ),
    Section(text=gettext_lazy("Audit"), href="/audit/", roles=frozenset({"governance-officer", "auditor"})),
    Section(text=gettext_lazy("People"), href="/people/", roles=frozenset({"governance-officer"})),
)
"""In the order of the navigation. A new area of work is entered here, and in `office.urls`."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Urgent:
    """The emergency that stands: why, in the words of whoever began it, who was told, and until when. `weak`: they have a
    passkey, and have not shown it lately enough for restricted records."""

    why: str
    told: str
    until: datetime
    weak: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Shell:
    """The frame of one page. `purpose` is the code that was chosen, "" for none, or the one that the work
    has (`fixed`); `said` is what was just done, `emergency` the one that stands."""

    place: str
    fictional: bool
    language: str
    user: str = ""
    organisation: str = ""
    several: bool = False
    purpose: str = ""
    means: str = ""
    fixed: bool = False
    sections: tuple[tuple[str, str, bool], ...] = ()
    path: str = "/"
    said: str = ""
    emergency: Urgent | None = None

    @property
    def signed_in(self) -> bool:
        """Whether somebody is."""
        return bool(self.user)


def sections_for(roles: frozenset[str]) -> tuple[Section, ...]:
    """The areas of work that somebody with these roles comes into."""
    return tuple(one for one in SECTIONS if not one.roles or one.roles & roles)


def shell_of(request: Any, purpose: str = "") -> Shell:
    """The frame of the page that was asked for. What was said is said once. `purpose` is of work that has no other."""
    place = site_of(request).place
    member = getattr(request, "signed_in", None)
    if member is None:
        return Shell(place=place.name, fictional=place.fictional, language=place.language)
    asker = member.asker()
    roles = asker.roles if asker else frozenset()
    here = request.path
    urgent = _urgent(request)
    code = purpose or request.session.get(PURPOSE, "")
    chosen = purpose_of(code) if asker and (code != EMERGENCY or urgent) else None
    sections = tuple(
        (str(one.text), one.href, here == "/" if one.href == "/" else here.startswith(one.href))
        for one in (sections_for(roles) if asker else ())
    )
    return Shell(
        place=place.name,
        fictional=place.fictional,
        language=place.language,
        user=member.user.name,
        organisation=place.organisations.get(member.organisation, member.organisation),
        several=len(member.user.posts) > 1,
        purpose=chosen.code if chosen else "",
        means=in_language(chosen.means) if chosen else "",
        fixed=bool(purpose),
        sections=sections,
        path=here,
        said=request.session.pop(SAID, ""),
        emergency=urgent,
    )


def _urgent(request: Any) -> Urgent | None:
    """The emergency that stands, as every page says it. None where nobody can know: the page then says what else is wrong."""
    member, site = request.signed_in, site_of(request)
    try:
        standing = emergency_in(request)
        if standing is None:
            return None
        strong = member.is_strong(site.clock.now())
        return Urgent(
            why=standing.reason,
            told=name_of(standing.emergency.told),
            until=standing.until,
            weak=not strong and member.account.passkeys.exists(),
        )
    except (VestryError, Error):
        return None


def say(request: Any, said: str) -> None:
    """Have the next page say what was done."""
    request.session[SAID] = str(said)
