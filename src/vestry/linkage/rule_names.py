"""What the rules in a release's `linkage_rules` are called: for the build that writes them, and for whoever reads them."""

from __future__ import annotations

from typing import Final

LINK_FROM: Final = "link from"
REVIEW_FROM: Final = "review from"
HOLDS_EACH_ONCE: Final = "holds each once"
MAY_NOT_BE_LINKED: Final = "may not be linked"
PRIOR: Final = "odds before comparing"
YEARS: Final = "years of birth"
NEW_KEYS: Final = "new keys"
BASIS: Final = "basis"
