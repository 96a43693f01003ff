"""What a page calls the states and steps of work."""

from __future__ import annotations

from typing import Final

from vestry.office.pages.translating import _, gettext_lazy

BROUGHT, WAITING, RUNNING, ASKS = "brought", "waiting", "running", "asks"
DONE, FAILED, REFUSED = "done", "failed", "refused"
"""States of work: of files that were `brought`, source and day are not said yet; what `asks` waits for a person."""

STATE_SAID: Final = {
    BROUGHT: (gettext_lazy("To be described"), "yellow"),
    WAITING: (gettext_lazy("Waits for its turn"), "grey"),
    RUNNING: (gettext_lazy("At work"), "blue"),
    ASKS: (gettext_lazy("Waits for a decision"), "yellow"),
    DONE: (gettext_lazy("Done"), "green"),
    FAILED: (gettext_lazy("Failed"), "red"),
    REFUSED: (gettext_lazy("Refused"), "grey"),
}
"""State -> what a page says, and the colour of its tag."""

STEP_SAID: Final = {
    "take stock": gettext_lazy("Take stock of what was received"),
    "check": gettext_lazy("Check every row against its contract"),
    "standardise": gettext_lazy("Bring values into standard form"),
    "seal": gettext_lazy("Take out the sealed"),
    "addresses": gettext_lazy("Find addresses in the gazetteer"),
    "place": gettext_lazy("Place records in areas"),
    "link": gettext_lazy("Link the records of one person"),
    "identify": gettext_lazy("Give lasting identities"),
    "assemble": gettext_lazy("Choose values and put the picture together"),
    "measure": gettext_lazy("Measure quality"),
    "publish": gettext_lazy("Publish"),
    "wait for another build or receipt": gettext_lazy("Wait for another build or receipt in this place"),
}
"""Step of a build -> what a page calls it."""


def state_said(state: str) -> tuple[str, str]:
    """What a page says of a state, and the colour of its tag."""
    said, colour = STATE_SAID[state]
    return str(said), colour


def step_said(name: str) -> str:
    """What a page calls a step."""
    if name.startswith("receive "):
        return _("Read and check %(file)s") % {"file": name.removeprefix("receive ")}
    return str(STEP_SAID.get(name, name[:1].upper() + name[1:]))
