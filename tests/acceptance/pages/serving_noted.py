"""`vestry`, which writes down the template of each page that it makes: python serving_noted.py NOTES serve …"""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

from jinja2 import Template


def noted(notes: Path) -> None:
    """From now on each template that is rendered is a line of `notes`; those that others take parts of are not among them."""
    render = Template.render

    def noting(template: Template, *args: Any, **said: Any) -> str:
        with notes.open("a", encoding="utf-8") as file:
            file.write(f"{template.name}\n")
        return render(template, *args, **said)

    Template.render = noting  # type: ignore[method-assign]


if __name__ == "__main__":
    noted(Path(sys.argv.pop(1)))
    from vestry.wiring import main

    main()
