"""How templates are read: the design system's macros beside ours. To misspell something of a page is an error."""

from __future__ import annotations

import dataclasses
from importlib.resources import files
from pathlib import Path
from typing import Any

from django.utils import translation
from jinja2 import (
    ChainableUndefined,
    ChoiceLoader,
    Environment,
    FileSystemLoader,
    PackageLoader,
    PrefixLoader,
)
from jinja2.exceptions import UndefinedError

from vestry.office.pages import statics, words
from vestry.office.pages.below import in_language


class Missing(ChainableUndefined):
    """What is not there. The design system's macros ask for much that nobody gave them, and find nothing; whatever is asked of
    one of our own dataclasses has to be there."""

    def __init__(
        self, hint: Any = None, obj: Any = None, name: Any = None, exc: Any = UndefinedError
    ) -> None:
        super().__init__(hint, obj, name, exc)
        if dataclasses.is_dataclass(obj):
            raise UndefinedError(f"{type(obj).__name__} has no {name}")


def environment(**options: Any) -> Environment:
    """Jinja's environment for every page, as Django asks for it. Everything is escaped."""
    macros = PrefixLoader({"govuk_frontend_jinja": PackageLoader("govuk_frontend_jinja")})
    made = Environment(
        autoescape=True,
        undefined=Missing,
        trim_blocks=True,
        lstrip_blocks=True,
        extensions=["jinja2.ext.i18n"],
        loader=ChoiceLoader([FileSystemLoader([str(folder) for folder in folders()]), macros]),
        auto_reload=bool(options.get("auto_reload", False)),
    )
    made.install_gettext_callables(translation.gettext, translation.ngettext, newstyle=True)  # type: ignore[attr-defined]
    made.filters |= {
        "in_language": in_language,
        "day": words.day,
        "instant": words.instant,
        "time_of_day": words.time_of_day,
        "number": words.number,
        "share": words.share,
        "seconds": words.seconds,
        "field_name": words.field_name,
        "listed": words.listed,
        "in_letters": words.in_letters,
    }
    made.globals |= {"static": statics.address_of, "value_said": words.value_said, "KINDS": words.KINDS}
    return made


def folders() -> list[Path]:
    """Every folder of templates: one for each app that has pages."""
    office = Path(str(files("vestry.office")))
    return sorted(path for path in office.glob("*/templates") if path.is_dir())
