"""Adult social care: people who receive it and those who care for them.

The first extract holds every client; later ones only what changed since, with an ACTION column: A added, C
changed, D ended, and the day it happened. Workers type birth dates as they please.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date, timedelta
from typing import Final

from vestry.synthetic.chance import Weighted, weighted
from vestry.synthetic.ground.land import Property
from vestry.synthetic.mistakes.ways import Entry
from vestry.synthetic.people import person as life
from vestry.synthetic.people.person import Change, Household, Person
from vestry.synthetic.people.world import World
from vestry.synthetic.registers.clerk import Row, day, fitted, phone_text, readdressed
from vestry.synthetic.registers.setting import Setting

COLUMNS: Final = (
    "ACTION", "CLIENT_ID", "NHS_NUMBER", "SURNAME", "FORENAME", "DATE_OF_BIRTH", "GENDER", "ETHNICITY",
    "ADDR_LINE1", "ADDR_LINE2", "ADDR_LINE3", "POSTCODE", "PHONE", "PRIMARY_SUPPORT_REASON", "SERVICE",
    "SERVICE_START", "SERVICE_END", "CARER_NAME", "CARER_PHONE", "CHANGED_ON",
)  # fmt: skip
CLIENTS: Final = ((85, 0.38), (75, 0.15), (65, 0.05), (18, 0.013))
"""From this age, the share who receive care: near what NHS England's activity report shows."""

FORMS: Final[Weighted[str]] = weighted(
    [("%d/%m/%Y", 0.7), ("%Y-%m-%d", 0.14), ("%d %b %Y", 0.1), ("%m/%Y", 0.03), ("%Y", 0.03)]
)
NEW_EACH_MONTH: Final = 0.02
_REASONS: Final = weighted([("PSI", 5), ("PSM", 2), ("LDS", 1), ("MHS", 2), ("SEN", 1), ("SOC", 1)])
_SERVICES: Final = weighted([("HOME CARE", 5), ("DIRECT PAYMENT", 2), ("EQUIPMENT", 2), ("DAY CARE", 1)])
_SEX: Final = {"M": "Male", "F": "Female", "": "Not known"}


@dataclass(frozen=True, slots=True, kw_only=True)
class _Client:
    action: str
    entity: str
    entry: Entry
    form: str
    reason: str
    service: str
    since: date
    changed_on: date
    until: date | None = None
    phone: str = ""
    carer: str = ""
    carer_phone: str = ""


class AdultSocialCare:
    """The clients who live in one district."""

    def __init__(self, setting: Setting) -> None:
        self.truths = setting.truths()
        self._rng, self._district = setting.rng, setting.plan.number
        self._clerk = setting.clerk("adult-social-care")
        self._clients: dict[str, _Client] = {}
        self._of: dict[str, str] = {}
        self._changed: dict[str, None] = {}
        self._count = 0

    def open(self, world: World) -> None:
        """Clients by age, their address as last visited, and some who have died since."""
        for household in world.households.values():
            for member in household.members:
                person = world.people[member]
                share = next((s for low, s in CLIENTS if person.age(world.on) >= low), 0.0)
                if household.kind != "care home" and self._rng.random() >= share:
                    continue
                since = world.on - timedelta(days=self._rng.randint(10, 1500))
                heard = max(since, self._clerk.heard(person, world))
                home = world.home_on(member, heard) or household.home
                self._take_on(world, person, household, home, heard, since)
        for entity, gone_on in world.gone.items():
            if (
                entity[3] != "-"
            ):  # moved to another district of the county, and is its client there if anywhere
                continue
            person = world.people[entity]
            if entity[3] != "-":
                continue  # whoever moved to another district is in that district's part
            way = "dead still listed" if person.death_date else "gone still listed"
            share = next((s for low, s in CLIENTS if person.age(gone_on) >= low), 0.0)
            if (world.on - gone_on).days > 400 or self._rng.random() >= share or not self._clerk.chance(way):
                continue
            last = world.home_on(entity, gone_on)
            if last is not None:
                since = gone_on - timedelta(days=self._rng.randint(30, 1500))
                self._take_on(world, person, None, last, gone_on - timedelta(days=1), since)

    def _take_on(
        self,
        world: World,
        person: Person,
        household: Household | None,
        home: Property,
        heard: date,
        since: date,
    ) -> None:
        rng = self._rng
        self._count += rng.randint(1, 3)
        key = f"{60 + self._district}{self._count:06}"
        shared = household is not None and household.phone and self._clerk.chance("shared phone")
        phone = household.phone if household and shared else person.phone
        entry = self._clerk.write(person, world, on=heard, home=home, phone=phone)
        adults = (
            [] if household is None else [a for a in world.adults(household) if a.entity != person.entity]
        )
        carer = adults[0] if adults and rng.random() < 0.6 else None
        written = None if carer is None else self._clerk.write(carer, world, on=heard)
        care_home = household is not None and household.kind == "care home"
        self._clients[key] = _Client(
            action="A",
            entity=person.entity,
            entry=entry,
            form=FORMS.draw(rng),
            reason=_REASONS.draw(rng),
            service="CARE HOME" if care_home else _SERVICES.draw(rng),
            since=since,
            changed_on=since,
            phone=phone_text(entry.phone, rng),
            carer=""
            if written is None
            else f"{' '.join(written.given_names[:1])} {written.family_name}".strip(),
            carer_phone="" if written is None else phone_text(written.phone, rng),
        )
        self._of[person.entity] = key
        self._changed[key] = None
        self.truths.person(key, "client", person.entity)
        self.truths.home(key, "home", home)
        if carer is not None:
            self.truths.person(key, "carer", carer.entity)

    def hear(self, change: Change, world: World) -> None:
        """Clients who die or go are ended when the worker knows; a move changes the address."""
        for entity in change.people:
            key = self._of.get(entity)
            if key is None:
                continue
            client = self._clients[key]
            if change.what in (life.DEATH, life.DEPARTURE):
                if not self._clerk.chance("dead still listed"):
                    self._note(key, replace(client, action="D", until=change.on, changed_on=change.on))
                    del self._of[entity]
            elif change.what in (life.MOVE, life.INTO_CARE, life.SEPARATION) and self._clerk.hears("a move"):
                home = world.households[change.household].home
                service = "CARE HOME" if change.what == life.INTO_CARE else client.service
                entry = readdressed(client.entry, home)
                self._note(
                    key, replace(client, action="C", entry=entry, service=service, changed_on=change.on)
                )
                self.truths.home(key, "home", home)

    def _note(self, key: str, client: _Client) -> None:
        if client.action == "C" and self._clients[key].action == "A" and key in self._changed:
            client = replace(client, action="A")
        self._clients[key] = client
        self._changed[key] = None

    def pass_month(self, world: World) -> None:
        """New clients of a month, from the oldest who have no care yet."""
        waiting = [
            (member, household)
            for household in world.households.values()
            for member in household.members
            if member not in self._of and world.people[member].age(world.on) >= 78
        ]
        wanted = max(1, round(len(self._clients) * NEW_EACH_MONTH))
        for member, household in self._rng.sample(waiting, min(wanted, len(waiting))):
            since = world.on - timedelta(days=self._rng.randint(1, 28))
            self._take_on(world, world.people[member], household, household.home, since, since)

    def rows(self, file: str, *, first: bool) -> Iterator[Row]:
        """All clients the first time; afterwards those added, changed or ended since the last call."""
        for key in list(self._clients) if first else list(self._changed):
            client = self._clients[key]
            entry = client.entry
            yield (
                client.action,
                key,
                entry.nhs_number,
                entry.family_name,
                " ".join(entry.given_names),
                day(entry.birth_date, client.form),
                _SEX[entry.sex],
                entry.ethnicity,
                *fitted(entry.lines, 3),
                entry.postcode,
                client.phone,
                client.reason,
                client.service,
                day(client.since),
                day(client.until),
                client.carer,
                client.carer_phone,
                day(client.changed_on),
            )
        self._changed.clear()
