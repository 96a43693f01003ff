"""Council tax: an account for each home, who is liable for it, and where the bill goes.

Fields are those of the National Fraud Initiative's council tax extract. The ten districts run three suppliers'
systems, which send them under other headings, with other dates and codes. Accounts that ended in the last year
stay in the extract, so one person may have several.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date, timedelta
from typing import Final

from vestry.synthetic.chance import words
from vestry.synthetic.ground.land import Property, address_lines
from vestry.synthetic.mistakes.ways import Entry
from vestry.synthetic.people import person as life
from vestry.synthetic.people.person import Change, Household, Person
from vestry.synthetic.people.world import World
from vestry.synthetic.registers.clerk import Row, day, fitted, phone_text, rewritten
from vestry.synthetic.registers.setting import Setting

BAND_D: Final = 2184.60
"""Pounds a year; the other bands are ninths of it (Local Government Finance Act 1992, s.5)."""
NINTHS: Final = dict(zip("ABCDEFGH", (6, 7, 8, 9, 11, 13, 15, 18), strict=True))
KEPT_CLOSED: Final = 365
"""Days for which an account that has ended stays in the extract."""
_TESTS: Final = (("TEST", "TEST"), ("DO NOT USE", "TRAINING"), ("TESTING", "MR"))


@dataclass(frozen=True, slots=True, kw_only=True)
class Supplier:
    """One supplier's version of the layout. `fields` are its headings in the order of `_FIELDS`."""

    columns: Row
    dates: str
    codes: dict[str, str]
    open: str
    closed: str
    upper: bool = True


_FIELDS: Final = words("""
    reference uprn title surname forename middle born a1 a2 a3 a4 postcode title2 surname2 forename2 middle2 born2
    discount_from discount disregard exemption benefit band amount reduction b1 b2 b3 bpostcode phone email status
    since until""")

SUPPLIERS: Final = {
    "ledgerway": Supplier(
        columns=(
            "AccountRef", "UPRN", "LiableTitle", "LiableSurname", "LiableForename", "LiableMiddle", "LiableDOB",
            "Address1", "Address2", "Address3", "Address4", "Postcode", "Title2", "Surname2", "Forename2",
            "Middle2", "DOB2", "DiscountStart", "DiscountCode", "DisregardCode", "ExemptionCode",
            "BenefitRecipient", "Band", "AnnualCharge", "DiscountAmount", "BillAddress1", "BillAddress2",
            "BillAddress3", "BillPostcode", "Phone", "Email", "Status", "LiableFrom", "LiableTo",
        ),
        dates="%d/%m/%Y",
        codes={"single": "SPD25", "students": "STUD", "empty": "EMPTY", "exempt": "N", "executors": "F"},
        open="LIVE",
        closed="CLOSED",
    ),
    "civicore": Supplier(
        columns=(
            "ACCOUNT_ID", "PROP_UPRN", "TITLE_1", "SURNAME_1", "FORENAME_1", "MIDDLE_1", "DOB_1", "PROP_ADD_1",
            "PROP_ADD_2", "PROP_ADD_3", "PROP_ADD_4", "PROP_PCODE", "TITLE_2", "SURNAME_2", "FORENAME_2",
            "MIDDLE_2", "DOB_2", "DISC_FROM", "DISC_TYPE", "DISREG", "EXEMPT_CLASS", "CTR_FLAG", "VO_BAND",
            "CHARGE", "DISC_AMT", "CORR_ADD_1", "CORR_ADD_2", "CORR_ADD_3", "CORR_PCODE", "TEL", "EMAIL_ADDR",
            "ACC_STATE", "START_DT", "END_DT",
        ),
        dates="%Y%m%d",
        codes={"single": "25", "students": "ST", "empty": "EC", "exempt": "CLASSN", "executors": "CLASSF"},
        open="A",
        closed="E",
    ),
    "ratebook": Supplier(
        columns=(
            "Account reference", "Unique property reference", "Title", "Last name", "First name", "Other names",
            "Date of birth", "Property line 1", "Property line 2", "Property line 3", "Property line 4",
            "Property postcode", "Title (2)", "Last name (2)", "First name (2)", "Other names (2)",
            "Date of birth (2)", "Discount start", "Discount", "Disregard", "Exemption", "On benefit",
            "Council tax band", "Council tax amount", "Discount amount", "Billing line 1", "Billing line 2",
            "Billing line 3", "Billing postcode", "Telephone", "E-mail", "State", "Liable from", "Liable to",
        ),
        dates="%d-%b-%Y",
        codes={"single": "Single person", "students": "Students", "empty": "Empty", "exempt": "Students only",
               "executors": "Deceased"},
        open="Current",
        closed="Ended",
        upper=False,
    ),
}  # fmt: skip


@dataclass(frozen=True, slots=True, kw_only=True)
class _Account:
    home: Property
    liable: Entry
    phone: str
    discount: str
    since: date
    until: date | None = None
    partner: Entry | None = None
    billing: tuple[str, ...] = ()
    billing_postcode: str = ""
    executors: bool = False


class CouncilTax:
    """The accounts of one district."""

    def __init__(self, setting: Setting) -> None:
        self.truths = setting.truths()
        self._plan, self._rng = setting.plan, setting.rng
        self._supplier = SUPPLIERS[setting.plan.supplier]
        self._clerk = setting.clerk("council-tax")
        self._accounts: dict[str, _Account] = {}
        self._of: dict[str, str] = {}
        self._next = setting.plan.number * 10_000_000 + self._rng.randint(1000, 4000)
        self._again: dict[str, str] = {}

    def open(self, world: World) -> None:
        """An account for each household, those that ended in the last year, landlords' for empty homes."""
        for home in list(world.households.values()):
            if not home.communal:
                self._open_household(world, home)
        for person, gone_on in world.gone.items():
            self._open_gone(world, world.people[person], gone_on)
        landlords = [h for h in world.households.values() if h.kind in ("couple", "couple over 65")]
        for empty in world.vacant:
            if landlords and self._clerk.chance("landlord pays"):
                self._let_stand_empty(world, empty, self._rng.choice(landlords))
        for family, given in _TESTS[: 1 + len(self._accounts) // 1000]:
            self._test(world, family, given)

    def _open_household(self, world: World, home: Household) -> None:
        moved = (world.on - home.moved_in_on).days
        adults = world.adults(home)
        former = world.former_home(adults[0].entity) if adults and moved < KEPT_CLOSED else None
        if former is not None and former.uprn and self._ours(former):
            if self._clerk.chance("not told of a move") or moved < 8:
                self._add(
                    world, replace(home, home=former, moved_in_on=home.moved_in_on - timedelta(days=900))
                )
                return
            since = home.moved_in_on - timedelta(days=self._rng.randint(300, 2000))
            self._add_for(world, adults[0], former, since, until=home.moved_in_on)
        self._add(world, home)

    def _ours(self, home: Property) -> bool:
        return home.uprn.startswith(f"999{self._plan.number:02}")

    def _open_gone(self, world: World, person: Person, gone_on: date) -> None:
        """Accounts of those who died or left: those that ended lately, and those that nobody has ended yet."""
        home = world.home_on(person.entity, gone_on)
        if home is None or not home.uprn or not self._ours(home) or person.age(gone_on) < 18:
            return
        days = (world.on - gone_on).days
        way = "dead still listed" if person.death_date else "gone still listed"
        still = days < 400 and self._clerk.chance(way) and person.entity[0] != "S"
        alone = world.stays[person.entity][-1].household not in world.households
        if alone and (days < KEPT_CLOSED or still):
            since = world.stays[person.entity][-1].since
            self._add_for(
                world, person, home, since, until=None if still else gone_on,
                executors=still and person.death_date is not None and self._clerk.chance("executors"),
            )  # fmt: skip

    def _let_stand_empty(self, world: World, empty: Property, lord: Household) -> None:
        owner = world.people[lord.members[0]]
        since = world.on - timedelta(days=self._rng.randint(20, 700))
        self._add_for(
            world, owner, empty, since, discount="empty", billing=address_lines(lord.home),
            billing_postcode=lord.home.postcode.postcode, main=False,
        )  # fmt: skip

    def _test(self, world: World, family: str, given: str) -> None:
        """A record that somebody made to try the system, and left there."""
        self._next += 1
        key, home = str(self._next), world.ground.dwellings[0]
        entry = Entry(family_name=family, given_names=(given,), lines=address_lines(home))
        self._accounts[key] = _Account(home=home, liable=entry, phone="", discount="", since=date(2000, 1, 1))
        self.truths.person(key, "liable", f"T{self._plan.number:02}-{key}")

    def _add(self, world: World, household: Household) -> None:
        adults = world.adults(household)
        if not adults:
            return
        second = adults[1] if len(adults) > 1 and (household.couple or self._rng.random() < 0.5) else None
        discount = "students" if household.kind == "students" else "" if len(adults) > 1 else "single"
        billing: tuple[str, ...] = ()
        code = ""
        if self._clerk.chance("billed elsewhere"):
            other = self._rng.choice(world.ground.dwellings)
            billing, code = address_lines(other), other.postcode.postcode
        self._add_for(
            world, adults[0], household.home, household.moved_in_on, partner=second, discount=discount,
            billing=billing, billing_postcode=code, phone=household.phone,
        )  # fmt: skip

    def _add_for(
        self,
        world: World,
        person: Person,
        home: Property,
        since: date,
        *,
        until: date | None = None,
        partner: Person | None = None,
        discount: str = "",
        billing: tuple[str, ...] = (),
        billing_postcode: str = "",
        phone: str = "",
        main: bool = True,
        executors: bool = False,
    ) -> None:
        clerk = self._clerk
        self._next += self._rng.randint(1, 9)
        key = str(self._next)
        entry = clerk.write(
            person, world, on=clerk.heard(person, world), home=home, phone=person.phone or phone
        )
        second = None
        if partner is not None:
            second = clerk.write(partner, world, on=clerk.heard(partner, world), phone="")
        self._accounts[key] = _Account(
            home=home, liable=entry, partner=second, phone=phone_text(entry.phone, self._rng), discount=discount,
            since=since, until=until, billing=billing, billing_postcode=billing_postcode, executors=executors,
        )  # fmt: skip
        self.truths.person(key, "liable", person.entity)
        self.truths.home(key, "home", home)
        if partner is not None:
            self.truths.person(key, "partner", partner.entity)
        if until is None and main:
            self._of[person.entity] = key
            if partner is not None:
                self._of[partner.entity] = key

    def hear(self, change: Change, world: World) -> None:
        """Moves and deaths are mostly heard of; a change of name half the time."""
        if change.what in (life.ARRIVAL, life.LEAVING_HOME):
            self._add(world, world.households[change.household])
        elif change.what in (life.MOVE, life.SEPARATION):
            if not self._clerk.chance("not told of a move"):
                self._end(change)
                self._add(world, world.households[change.household])
        elif change.what in (life.DEPARTURE, life.INTO_CARE):
            if not self._clerk.chance("gone still listed"):
                self._end(change)
        elif change.what == life.DEATH and not self._clerk.chance("dead still listed"):
            self._bereave(change, world)
        elif change.what in (life.MARRIAGE, life.RENAMING) and self._clerk.hears("a new name"):
            self._rename(world.people[change.people[-1]], world)

    def _end(self, change: Change) -> None:
        for person in change.people:
            key = self._of.pop(person, "")
            if key and self._accounts[key].until is None and self._part(key, person) == "liable":
                self._accounts[key] = replace(self._accounts[key], until=change.on)

    def _part(self, key: str, person: str) -> str:
        return "partner" if self.truths.people.get((key, "partner")) == person else "liable"

    def _bereave(self, change: Change, world: World) -> None:
        key = self._of.pop(change.people[0], "")
        if not key:
            return
        account, survivors = self._accounts[key], world.households.get(change.household)
        if self._part(key, change.people[0]) == "partner":
            self._accounts[key] = replace(account, partner=None)
            return
        self._accounts[key] = replace(account, until=change.on)
        if survivors is not None:
            for other in survivors.members:
                self._of.pop(other, None)
            self._add(world, replace(survivors, moved_in_on=change.on))

    def _rename(self, person: Person, world: World) -> None:
        key = self._of.get(person.entity, "")
        if not key:
            return
        account = self._accounts[key]
        if self._part(key, person.entity) == "liable":
            self._accounts[key] = replace(account, liable=rewritten(account.liable, person, on=world.on))
        elif account.partner is not None:
            self._accounts[key] = replace(account, partner=rewritten(account.partner, person, on=world.on))

    def rows(self, file: str, *, first: bool) -> Iterator[Row]:
        """Every account, in the order of opening. After a change of supplier each has another number."""
        if self._plan.rekeys and not first and not self._again:
            self._rekey()
        for key, account in self._accounts.items():
            yield self._row(self._again.get(key, key), account)

    def _rekey(self) -> None:
        for at, key in enumerate(sorted(self._accounts, key=lambda k: k[::-1])):
            new = f"9{self._plan.number:02}{at * 7 + 100_003:08}"
            self._again[key] = new
            for part in ("liable", "partner"):
                if (key, part) in self.truths.people:
                    self.truths.person(new, part, self.truths.people[key, part])
            self.truths.home(new, "home", self._accounts[key].home)

    def _row(self, key: str, account: _Account) -> Row:
        supplier, liable, other = self._supplier, account.liable, account.partner
        case = str.upper if supplier.upper else str
        whole = BAND_D * NINTHS.get(account.home.band, 9) / 9
        off = 0.25 * whole if account.discount == "single" else 0.0
        exempt = {"students": "exempt"}.get(account.discount, "executors" if account.executors else "")
        discount = account.discount if account.discount in ("single", "empty") else ""
        return (
            key,
            liable.uprn,
            *self._names(liable, account.executors),
            *(case(x) for x in fitted(liable.lines, 4)),
            liable.postcode,
            *(("",) * 5 if other is None else self._names(other, False)),
            day(account.since, supplier.dates) if discount else "",
            supplier.codes.get(discount, ""),
            supplier.codes["students"] if account.discount == "students" else "",
            supplier.codes.get(exempt, ""),
            "Y" if account.home.tenure == "social" and account.home.band in "AB" else "N",
            account.home.band,
            f"{whole:.2f}",
            f"{off:.2f}",
            *(case(x) for x in fitted(account.billing, 3)),
            account.billing_postcode,
            account.phone,
            liable.email,
            supplier.closed if account.until else supplier.open,
            day(account.since, supplier.dates),
            day(account.until, supplier.dates),
        )

    def _names(self, entry: Entry, executors: bool) -> Row:
        """Title, family name, first name, others, birth date; of the dead whose estate pays, `EXORS OF`."""
        case = str.upper if self._supplier.upper else str
        born = day(entry.birth_date, self._supplier.dates)
        if executors:
            whole = " ".join((*entry.given_names, entry.family_name))
            return ("", case(f"Exors of {whole}"), "", "", born)
        first, middle = entry.given_names[:1], " ".join(entry.given_names[1:])
        return (entry.title, case(entry.family_name), case("".join(first)), case(middle), born)
