"""One value of a contract, and where it is written, so that whoever reads it can complain in place."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any, Final

from vestry.contracts.complaints import UNFILLED, Complaints, suggestion
from vestry.contracts.notation import SETTINGS, Level
from vestry.contracts.yaml_places import Step, Steps

_LEVEL_WORDS: Final = {"contract": "the contract", "table": "a schema", "column": "a column"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Passage:
    """A `value` at `steps` of a file. Its readers complain, and return None, of what is not as it must be."""

    value: Any
    steps: Steps
    complaints: Complaints

    def wrong(self, what: str, fix: str = "") -> None:
        """Complain of this passage."""
        self.complaints.add(what, self.steps, fix)

    def below(self, step: Step) -> Passage | None:
        """The passage at `step` inside this one; None when there is none."""
        try:
            value = self.value[step]
        except (KeyError, IndexError, TypeError):
            return None
        return Passage(value=value, steps=(*self.steps, step), complaints=self.complaints)

    def items(self) -> Iterator[Passage]:
        """Each item of a list; a single value counts as a list of one."""
        if not isinstance(self.value, list):
            yield self
            return
        for at in range(len(self.value)):
            below = self.below(at)
            assert below is not None
            yield below

    def mapping(self, name: str, known: Iterable[str] | None = None) -> dict[str, Passage] | None:
        """Name -> passage of a mapping; complains when it is none, and of every name that is not `known`."""
        if self.unfilled(name):
            return None
        if not isinstance(self.value, dict):
            self.wrong(f"`{name}` is not a mapping.", "write {name: value, ...}")
            return None
        names = None if known is None else sorted(known)
        out: dict[str, Passage] = {}
        for key in self.value:
            below = self.below(key)
            assert below is not None
            if names is not None and key not in names:
                below.wrong(f"`{key}` is not a setting of `{name}`.", suggestion(str(key), names))
            else:
                out[str(key)] = below
        return out

    def unfilled(self, name: str) -> bool:
        """Whether a draft's mark still stands here; complains if so."""
        if self.value == UNFILLED:
            self.wrong(
                f"`{name}` is still to be filled in.", "only a person can say; write it in place of the `?`"
            )
            return True
        return False

    def text(self, name: str, *, numbers: bool = False) -> str | None:
        """The text here, not blank. `numbers` are taken as text where they cannot be misread (a vintage)."""
        if self.unfilled(name):
            return None
        if numbers and isinstance(self.value, int) and not isinstance(self.value, bool):
            return str(self.value)
        if not isinstance(self.value, str) or not self.value.strip():
            self.wrong(f"`{name}` is not text.", "write text, in quotes if it looks like a number")
            return None
        return self.value

    def choice(self, name: str, known: Iterable[str]) -> str | None:
        """One of the texts `known`."""
        names = tuple(known)
        text = self.text(name)
        if text is not None and text not in names:
            article = "an" if name[:1] in "aeio" else "a"
            self.wrong(f"`{text}` is not {article} {name}.", suggestion(text, names))
            return None
        return text

    def flag(self, name: str) -> bool | None:
        """True or false."""
        if self.unfilled(name):
            return None
        if not isinstance(self.value, bool):
            self.wrong(f"`{name}` is not true or false.", "write true or false, without quotes")
            return None
        return self.value

    def number(self, name: str, low: float, high: float) -> float | None:
        """A number from `low` to `high`."""
        value = self.value
        if self.unfilled(name):
            return None
        if isinstance(value, bool) or not isinstance(value, int | float) or not low <= value <= high:
            self.wrong(
                f"`{name}` is not a number from {low:g} to {high:g}.", "write such a number, without quotes"
            )
            return None
        return float(value)

    def texts(self, name: str) -> tuple[str, ...]:
        """A list of texts (one alone will do); what is not text is complained of and left out."""
        found = []
        for item in self.items():
            if isinstance(item.value, str):
                found.append(item.value)
            else:
                item.wrong(f"`{name}` holds something that is not text.", "put it in quotes")
        return tuple(found)

    def settings(self, level: Level) -> dict[str, Passage]:
        """The `vestry.` custom properties here; complains of unknown, misplaced and repeated ones.

        Custom properties of other tools are left alone.
        """
        listed = self.below("customProperties")
        out: dict[str, Passage] = {}
        for item in listed.items() if listed is not None and isinstance(listed.value, list) else ():
            name = item.value.get("property") if isinstance(item.value, dict) else None
            value = item.below("value")
            if not isinstance(name, str) or not name.lower().startswith("vestry") or value is None:
                continue
            known = [s.name for s in SETTINGS.values() if s.level == level]
            if name not in SETTINGS:
                item.wrong(f"`{name}` is not a property of Vestry's notation.", suggestion(name, known))
            elif SETTINGS[name].level != level:
                item.wrong(
                    f"`{name}` does not belong to {_LEVEL_WORDS[level]}.",
                    f"move it to the customProperties of {_LEVEL_WORDS[SETTINGS[name].level]}",
                )
            elif name in out:
                item.wrong(f"`{name}` is said twice.", "keep one of the two")
            else:
                out[name] = value
        for setting in SETTINGS.values():
            if setting.required and setting.level == level and setting.name not in out:
                self.wrong(f"`{setting.name}` is missing.", f"add it under customProperties: {setting.says}")
        return out
