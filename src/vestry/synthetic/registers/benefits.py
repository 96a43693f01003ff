"""Housing benefit and council tax reduction: who claims, with whom, for which home and how much a week.

One claim may carry either award or both. Of people of working age most rent is paid by universal credit now, so
that their claims are for council tax alone. The National Insurance number is the key of this world: it is nearly
always there. Claims that ended in the last year stay in the extract.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date, timedelta
from typing import Final

from vestry.synthetic.ground.land import REFUGE, Property
from vestry.synthetic.mistakes.ways import Entry
from vestry.synthetic.people import person as life
from vestry.synthetic.people.person import Change, Household, Person
from vestry.synthetic.people.world import World
from vestry.synthetic.registers.clerk import Row, day, fitted, phone_text, readdressed, rewritten
from vestry.synthetic.registers.council_tax import BAND_D, NINTHS
from vestry.synthetic.registers.setting import Setting

COLUMNS: Final = (
    "CLAIM_REF", "STATUS", "TITLE", "SURNAME", "FORENAMES", "DOB", "NINO", "SEX", "PTNR_SURNAME", "PTNR_FORENAMES",
    "PTNR_DOB", "PTNR_NINO", "ADDR1", "ADDR2", "ADDR3", "ADDR4", "POSTCODE", "UPRN", "TENURE", "DEPENDANTS",
    "HB_WEEKLY", "CTR_WEEKLY", "CLAIM_START", "CLAIM_END", "PHONE", "EMAIL",
)  # fmt: skip

CLAIMING: Final = {
    "owned": (0.010, 0.045, 0.065), "private": (0.050, 0.260, 0.330), "social": (0.200, 0.420, 0.470),
}  # fmt: skip
"""Tenure -> households that claim: of working age, lone parents, of pension age. With `_POORER` near what a shire
pays: MHCLG counts 8 to 10 council tax reductions for 100 dwellings in the counties round London, 15 in England."""
_POORER: Final = (0.62, 1.0)
"""Those shares times the first in the least deprived LSOA, and so much more in the most."""
STILL_PAID_RENT: Final = 0.35
"""Of renters of working age who claim, how many still have housing benefit (DWP, natural migration)."""
PENSION_AGE: Final = 66
KEPT_ENDED: Final = 365
"""Days for which a claim that has ended stays in the extract."""
ENDED: Final = 0.12
"""For each claim that goes on, how many ended in the last year."""
NEW_EACH_MONTH, OVER_EACH_MONTH = 0.012, 0.010
SEALED_STILL_PAID: Final = 0.5
"""Of sealed earlier identities of adults that ended in these `LONG` days, how many have a claim that nobody ended."""
LONG: Final = 1_500
_RENTS: Final = {"owned": (0, 0), "social": (8_400, 13_900), "private": (12_600, 23_500)}
"""Pence a week, lowest and highest."""
_NO_CLAIMS: Final = ("care home", "hall", "students", "no fixed address")


@dataclass(frozen=True, slots=True, kw_only=True)
class _Claim:
    claimant: Entry
    partner: Entry | None
    tenure: str
    dependants: int
    rent: int
    tax: int
    since: date
    phone: str
    until: date | None = None


class Benefits:
    """The claims made to one district."""

    def __init__(self, setting: Setting) -> None:
        self.truths = setting.truths()
        self._rng, self._plan = setting.rng, setting.plan
        self._clerk = setting.clerk("benefits")
        self._claims: dict[str, _Claim] = {}
        self._of: dict[str, str] = {}
        self._count = 0

    def open(self, world: World) -> None:
        """Claims of those on low incomes where they lived when last heard from, of the dead and gone whom nobody ended."""
        for household in world.households.values():
            likely = self._likely(household, world)
            if not likely:
                continue
            dice = self._rng.random()
            if dice < likely:
                self._claim(world, household)
            elif dice < likely * (1 + ENDED):
                self._claim(
                    world, household, until=world.on - timedelta(days=self._rng.randint(5, KEPT_ENDED - 5))
                )
        for entity, gone_on in world.gone.items():
            if (world.on - gone_on).days < LONG:
                self._open_gone(world, world.people[entity], gone_on)
        if not self._claims:  # a hamlet of a district: a file without rows would be refused
            self._claim(world, next(h for h in world.households.values() if not h.communal))

    def _likely(self, household: Household, world: World) -> float:
        if household.kind in _NO_CLAIMS:
            return 0.0
        if household.kind == REFUGE:
            return 0.7  # specified accommodation: rent is still the council's to pay
        age = world.people[household.members[0]].age(world.on)
        lone = household.kind == "lone parent"
        return _likelihood(household.home, age, lone=lone) if self._ours(household.home) else 0.0

    def _ours(self, home: Property) -> bool:
        return home.uprn.startswith(f"999{self._plan.number:02}")

    def _open_gone(self, world: World, person: Person, gone_on: date) -> None:
        """A claim that ended with somebody's death or departure, or that goes on because nobody has heard of it."""
        days, sealed = (world.on - gone_on).days, person.entity[0] == "S"
        home, age = world.home_on(person.entity, gone_on), person.age(gone_on)
        if home is None or age < 18 or not self._ours(home):
            return
        if sealed:
            if self._rng.random() < SEALED_STILL_PAID:
                self._write(world, person, None, home, self._began(world, person, gone_on), until=None)
            return
        if days > KEPT_ENDED or world.stays[person.entity][-1].household in world.households:
            return
        if self._rng.random() < _likelihood(home, age, lone=False):
            way = "dead still listed" if person.death_date else "gone still listed"
            until = None if self._clerk.chance(way) else gone_on
            self._write(world, person, None, home, self._began(world, person, gone_on), until=until)

    def _claim(self, world: World, household: Household, until: date | None = None) -> None:
        """A household's claim in the name of its first adult, where they were living when last heard from."""
        adults = world.adults(household)
        if not adults:
            return
        claimant = adults[0]
        heard = min(self._clerk.heard(claimant, world), until or world.on)
        home = world.home_on(claimant.entity, heard)
        if home is None or not self._ours(home):
            home, heard = household.home, max(heard, household.moved_in_on)
        partner = adults[1] if household.couple and len(adults) > 1 else None
        since = self._began(world, claimant, min(heard, until or heard))
        self._write(
            world, claimant, partner, home, since, until=until, heard=heard,
            phone=household.phone, dependants=len(household.members) - len(adults), adults=len(adults),
        )  # fmt: skip

    def _began(self, world: World, person: Person, before: date) -> date:
        """A day on which the claim may have begun: since they came of age and came here."""
        stays = world.stays.get(person.entity)
        earliest = max(stays[0].since if stays else before, person.birth_date + timedelta(days=6_600))
        days = (before - earliest).days
        return before - timedelta(days=self._rng.randint(1, min(days, 3_000))) if days > 1 else before

    def _write(
        self,
        world: World,
        claimant: Person,
        partner: Person | None,
        home: Property,
        since: date,
        *,
        until: date | None,
        heard: date | None = None,
        phone: str = "",
        dependants: int = 0,
        adults: int = 1,
    ) -> None:
        clerk, rng = self._clerk, self._rng
        self._count += rng.randint(1, 4)
        key = f"8{self._plan.number:02}{self._count:06}"
        heard = heard or clerk.heard(claimant, world)
        shared = phone if phone and clerk.chance("shared phone") else claimant.phone
        entry = clerk.write(claimant, world, on=heard, home=home, phone=shared)
        rent, tax = self._awards(home, claimant.age(world.on), adults)
        self._claims[key] = _Claim(
            claimant=_numbered(entry, rng.random()),
            partner=None if partner is None else clerk.write(partner, world, on=heard),
            tenure=self._tenure(home),
            dependants=dependants,
            rent=rent,
            tax=tax,
            since=since,
            until=until,
            phone=phone_text(entry.phone, rng),
        )
        self.truths.person(key, "claimant", claimant.entity)
        self.truths.home(key, "home", home)
        if partner is not None:
            self.truths.person(key, "partner", partner.entity)
        if until is None:
            self._of[claimant.entity] = key
            if partner is not None:
                self._of[partner.entity] = key

    def _awards(self, home: Property, age: int, adults: int) -> tuple[int, int]:
        """Pence a week of housing benefit and of council tax reduction; never neither."""
        rng = self._rng
        if home.form == REFUGE:
            return rng.randint(21_000, 32_000), 0
        low, high = _RENTS.get(home.tenure, (0, 0))
        pensioner = age >= PENSION_AGE
        rent = rng.randint(low, high) if high and (pensioner or rng.random() < STILL_PAID_RENT) else 0
        tax = round(BAND_D * NINTHS.get(home.band, 9) / 9 / 52 * (0.75 if adults == 1 else 1.0) * 100)
        if rent and rng.random() < 0.05:
            return rent, 0
        return rent, tax if pensioner else round(tax * rng.choice((0.75, 0.75, 0.5, 0.8)))

    def _tenure(self, home: Property) -> str:
        if home.form == REFUGE:
            return "SUPPORTED"
        social = "COUNCIL" if self._plan.lets_homes else "HOUSING ASSOC"
        return {"social": social, "private": "PRIVATE TENANT"}.get(home.tenure, "OWNER")

    def hear(self, change: Change, world: World) -> None:
        """Deaths come from the registrar, mostly; moves from the claimant, since the money depends on them."""
        if change.what in (life.DEATH, life.DEPARTURE, life.INTO_CARE):
            way = "dead still listed" if change.what == life.DEATH else "gone still listed"
            if not self._clerk.chance(way):
                self._end(change, world)
        elif change.what == life.MOVE:
            if self._clerk.hears("a move"):
                self._readdress(change.people[:1], world.households[change.household].home)
        elif change.what == life.SEPARATION:
            self._part(change, world)
        elif change.what in (life.ARRIVAL, life.LEAVING_HOME):
            household = world.households[change.household]
            if self._rng.random() < self._likely(household, world):
                self._claim(world, household)
        elif change.what in (life.MARRIAGE, life.RENAMING) and self._clerk.hears("a new name"):
            self._rename(world.people[change.people[-1]], world)

    def _is_claimant(self, key: str, entity: str) -> bool:
        return self.truths.people[key, "claimant"] == entity

    def _end(self, change: Change, world: World) -> None:
        for entity in change.people:
            key = self._of.pop(entity, "")
            if not key or self._claims[key].until is not None:
                continue
            claim = self._claims[key]
            if not self._is_claimant(key, entity):
                if change.what != life.DEPARTURE:
                    self._claims[key] = replace(claim, partner=None)
                continue
            self._claims[key] = replace(claim, until=max(change.on, claim.since))
            left = world.households.get(change.household)
            if change.what == life.DEATH and claim.partner is not None and left is not None:
                self._of.pop(self.truths.people[key, "partner"], None)
                self._claim(world, left)

    def _readdress(self, people: tuple[str, ...], home: Property) -> None:
        for entity in people:
            if key := self._of.get(entity):
                claim = self._claims[key]
                entry = readdressed(claim.claimant, home)
                self._claims[key] = replace(claim, claimant=entry, tenure=self._tenure(home))
                self.truths.home(key, "home", home)

    def _part(self, change: Change, world: World) -> None:
        """One of a couple has gone: the claim goes with the claimant, the other is no longer on it."""
        goes = change.people[0]
        key = self._of.get(goes, "")
        if not key or self._claims[key].partner is None:
            return
        self._claims[key] = replace(self._claims[key], partner=None)
        self._of.pop(self.truths.people[key, "partner"], None)
        if self._is_claimant(key, goes):
            self._readdress(change.people, world.households[change.household].home)

    def _rename(self, person: Person, world: World) -> None:
        key = self._of.get(person.entity, "")
        if not key:
            return
        claim = self._claims[key]
        if self._is_claimant(key, person.entity):
            self._claims[key] = replace(claim, claimant=rewritten(claim.claimant, person, on=world.on))
        elif claim.partner is not None:
            self._claims[key] = replace(claim, partner=rewritten(claim.partner, person, on=world.on))

    def pass_month(self, world: World) -> None:
        """A month's new claims, those that ended because somebody found work, and old ones that drop out."""
        rng, kept = self._rng, world.on - timedelta(days=KEPT_ENDED)
        self._claims = {k: c for k, c in self._claims.items() if c.until is None or c.until > kept}
        live = [k for k, c in self._claims.items() if c.until is None]
        for key in rng.sample(live, round(len(live) * OVER_EACH_MONTH)):
            ended = max(self._claims[key].since, world.on - timedelta(days=rng.randint(1, 28)))
            self._claims[key] = replace(self._claims[key], until=ended)
            for part in ("claimant", "partner"):
                self._of.pop(self.truths.people.get((key, part), ""), None)
        households, wanted = list(world.households.values()), round(len(live) * NEW_EACH_MONTH)
        for _ in range(wanted * 60):
            household = rng.choice(households)
            if wanted <= 0:
                break
            if household.members[0] not in self._of and rng.random() < self._likely(household, world):
                self._claim(world, household)
                wanted -= 1

    def rows(self, file: str, *, first: bool) -> Iterator[Row]:
        """Every claim, in the order of its number."""
        for key, claim in self._claims.items():
            one, two = claim.claimant, claim.partner
            yield (
                key,
                "ENDED" if claim.until else "LIVE",
                one.title.upper(),
                *_person(one),
                one.sex,
                *(("",) * 4 if two is None else _person(two)),
                *(line.upper() for line in fitted(one.lines, 4)),
                one.postcode,
                one.uprn,
                claim.tenure,
                str(claim.dependants),
                f"{claim.rent / 100:.2f}" if claim.rent else "",
                f"{claim.tax / 100:.2f}" if claim.tax else "",
                day(claim.since),
                day(claim.until),
                claim.phone,
                one.email,
            )


def _likelihood(home: Property, age: int, *, lone: bool) -> float:
    """How likely somebody of that age in that home is to claim."""
    working, alone, pension = CLAIMING.get(home.tenure, CLAIMING["owned"])
    share = pension if age >= PENSION_AGE else alone if lone else working
    return share * (_POORER[0] + _POORER[1] * home.postcode.lsoa.deprivation)


def _numbered(entry: Entry, dice: float) -> Entry:
    """A National Insurance number in pairs, as the card has it, now and then."""
    number = entry.nino
    if not number or dice >= 0.04:
        return entry
    return replace(entry, nino=" ".join((number[:2], number[2:4], number[4:6], number[6:8], number[8:])))


def _person(entry: Entry) -> Row:
    """Family name, given names, birth date, National Insurance number."""
    return (entry.family_name.upper(), " ".join(entry.given_names).upper(), day(entry.birth_date), entry.nino)
