"""Accounts in a real database: SQLite, and PostgreSQL where it may be. A change and its audit entry stand or fall together."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import date, timedelta
from typing import Any

import pytest
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ec, ed25519, rsa

from vestry.clock import FixedClock
from vestry.errors import AuditUnavailable
from vestry.office.accounts.changing import Changes, Doer
from vestry.office.accounts.models import Account, Credential, Invitation
from vestry.office.accounts.people import People
from vestry.office.accounts.systems import Systems
from vestry.office.audit.log import DatabaseLog
from vestry.office.audit.searching import search
from vestry.office.project import Office
from vestry.sharing.accounts_desk import AccountNotChanged, AccountUnknown, KeyUnusable
from vestry.sharing.askers import Post, User
from vestry.sharing.asking import RecordOf
from vestry.sharing.audit import AuditEntry
from vestry.sharing.audit_desk import Wanted

ORGANISATIONS = {"borough": "The Borough", "police": "The Police"}
GALE = User(
    user="gale",
    name="Gale Ash",
    posts=(
        Post(organisation="borough", roles=frozenset({"social-worker"}), title="Social worker"),
        Post(organisation="police", roles=frozenset({"police-officer"})),
    ),
    training={"safeguarding": date(2027, 3, 31)},
    family=(RecordOf(source="tax", source_key="100", part="person"),),
)


class NoLog:
    """An audit log that cannot be written."""

    def append_within(self, entry: AuditEntry) -> int:
        raise AuditUnavailable("The audit log cannot be written.")


@pytest.fixture
def changes(office: Office, clock: FixedClock) -> Changes:
    return Changes(office=office, log=DatabaseLog(office, clock), by=Doer(account="alex", stated="Alex"))


@pytest.fixture
def people(changes: Changes, clock: FixedClock) -> People:
    return People(changes, clock, ORGANISATIONS)


@pytest.fixture
def systems(changes: Changes, clock: FixedClock) -> Systems:
    return Systems(changes, clock, ORGANISATIONS)


def entered(office: Office, **wanted: Any) -> list[AuditEntry]:
    with office.connection().cursor() as cursor:
        return [kept.entry for kept in search(cursor, Wanted(**wanted), 100, 1_000).entries][::-1]


def held(people: People, user: str) -> User:
    return next(one.user for one in people.people() if one.user.user == user)


def test_the_file_comes_in_once_and_whole(people: People, office: Office) -> None:
    done = people.import_people([GALE])
    assert (done.added, done.replaced, done.differ) == (("gale",), (), ())
    assert held(people, "gale") == GALE
    again = people.import_people([GALE])
    assert again == replace(again, added=(), replaced=(), differ=())
    (entry,) = entered(office)
    assert (entry.action, entry.changed_user, entry.account, entry.operator) == (
        "account-imported",
        "gale",
        "alex",
        "Alex",
    )
    assert entry.fields == ("borough/social-worker", "police/police-officer")


def test_who_is_there_is_left_until_told_to_replace(people: People) -> None:
    people.import_people([GALE])
    moved = replace(GALE, posts=GALE.posts[:1], family=())
    assert people.import_people([moved]).differ == ("gale",)
    assert held(people, "gale") == GALE
    assert people.import_people([moved], replace=True).replaced == ("gale",)
    assert held(people, "gale") == moved


def test_from_nobody_to_a_role_and_back(people: People, office: Office) -> None:
    people.add("sam", "Sam Elm")
    people.give("sam", "borough", ["auditor", "housing-officer"], title="Auditor")
    people.give("sam", "borough", ["auditor"])
    people.train("sam", "safeguarding", date(2027, 1, 1))
    people.train("sam", "safeguarding", date(2028, 1, 1))
    sam = held(people, "sam")
    assert sam.posts == (
        Post(organisation="borough", roles=frozenset({"auditor", "housing-officer"}), title="Auditor"),
    )
    assert sam.training == {"safeguarding": date(2028, 1, 1)}
    people.take("sam", "borough", ["auditor"])
    assert held(people, "sam").posts[0].roles == {"housing-officer"}
    people.take("sam", "borough")
    assert held(people, "sam").posts == ()
    assert [(e.action, e.fields) for e in entered(office, user="sam")] == [
        ("account-added", ()),
        ("roles-given", ("borough/auditor", "borough/housing-officer")),
        ("training-entered", ("safeguarding",)),
        ("training-entered", ("safeguarding",)),
        ("roles-taken", ("borough/auditor",)),
        ("roles-taken", ("borough/housing-officer",)),
    ]


@pytest.mark.parametrize(
    "change",
    [
        lambda p: p.import_people([replace(GALE, user="new")]),
        lambda p: p.add("new", "New"),
        lambda p: p.give("gale", "borough", ["auditor"]),
        lambda p: p.take("gale", "borough"),
        lambda p: p.train("gale", "other", date(2027, 1, 1)),
        lambda p: p.name_at_provider("gale", "g@x"),
        lambda p: p.suspend("gale"),
        lambda p: p.invite("gale"),
        lambda p: p.forget_passkeys("gale"),
    ],
)
def test_no_entry_no_change(people: People, office: Office, clock: FixedClock, change: Any) -> None:
    people.import_people([GALE])
    before = (people.people(), Invitation.objects.count())
    unheard = People(Changes(office=office, log=NoLog(), by=Doer()), clock, ORGANISATIONS)
    with pytest.raises(AuditUnavailable):
        change(unheard)
    assert (people.people(), Invitation.objects.count()) == before


def test_what_is_not_known_is_refused_with_the_nearest(people: People) -> None:
    people.import_people([GALE])
    for change, near in (
        (lambda: people.give("gael", "borough", ["auditor"]), "gale"),
        (lambda: people.give("gale", "borrough", ["auditor"]), "borough"),
        (lambda: people.give("gale", "borough", ["auditr"]), "auditor"),
    ):
        with pytest.raises(AccountUnknown) as refused:
            change()
        assert near in refused.value.fix


@pytest.mark.parametrize(
    "change",
    [
        lambda p: p.add("gale", "Gale"),
        lambda p: p.add("Gale Ash", "Gale"),
        lambda p: p.give("gale", "borough", ["system"]),
        lambda p: p.take("gale", "borough", ["auditor"]),
        lambda p: p.restore("gale"),
        lambda p: (p.suspend("gale"), p.suspend("gale")),
        lambda p: (p.suspend("gale"), p.invite("gale")),
        lambda p: (p.add("sam", "Sam", openid="x"), p.name_at_provider("gale", "x")),
    ],
)
def test_what_cannot_be(people: People, change: Any) -> None:
    people.import_people([GALE])
    with pytest.raises(AccountNotChanged):
        change(people)


def test_an_invitation_is_shown_once_and_kept_as_a_digest(
    people: People, office: Office, clock: FixedClock
) -> None:
    people.import_people([GALE])
    first, second = people.invite("gale"), people.invite("gale")
    assert second.until == clock.now() + timedelta(days=1)
    words = [invited.path.split("/")[2] for invited in (first, second)]
    kept = list(Invitation.objects.all())
    assert [one.used_at is None for one in kept] == [False, True], "a new link takes the place of the old"
    assert not any(word in one.digest for word in words for one in kept)


def pem(key: Any) -> bytes:
    public = key.public_key()
    return public.public_bytes(serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo)


def test_a_systems_secret_is_kept_as_an_argon2_hash(systems: Systems, office: Office) -> None:
    made = systems.connect("line", organisation="police", name="Line")
    kept = Credential.objects.get(client_id=made.client_id)
    assert kept.secret.startswith("argon2$argon2id$") and made.secret not in kept.secret
    assert Account.objects.get(user="line").is_system
    second = systems.connect("line")
    assert second.client_id != made.client_id and second.secret != made.secret
    systems.revoke(made.client_id)
    assert [(s.client_id, s.revoked_at is None) for s in systems.systems()] == [
        (made.client_id, False),
        (second.client_id, True),
    ]
    assert [e.action for e in entered(office, user="line")] == [
        "account-added",
        "system-connected",
        "system-connected",
        "system-revoked",
    ]
    with pytest.raises(AccountNotChanged):
        systems.revoke(made.client_id)


@pytest.mark.parametrize(
    "key",
    [
        rsa.generate_private_key(public_exponent=65537, key_size=2048),
        ec.generate_private_key(ec.SECP256R1()),
        ed25519.Ed25519PrivateKey.generate(),
    ],
    ids=["rsa", "p-256", "ed25519"],
)
def test_a_systems_public_key_is_kept(systems: Systems, key: Any) -> None:
    made = systems.connect("line", organisation="police", name="Line", key=pem(key))
    assert made.secret == ""
    said = json.loads(Credential.objects.get(client_id=made.client_id).public_key)
    assert "d" not in said and said["kty"] in ("RSA", "EC", "OKP")
    again = systems.connect("line", key=json.dumps(said).encode())
    assert json.loads(Credential.objects.get(client_id=again.client_id).public_key) == said


@pytest.mark.parametrize(
    "content",
    [
        b"no key",
        b"{}",
        b"[1]",
        b"{",
        b'{"kty": "oct", "k": "c2VjcmV0"}',
        b'{"kty": "EC", "crv": "P-256", "x": "AA", "y": "AA"}',
        pem(rsa.generate_private_key(public_exponent=65537, key_size=1024)),
        pem(ec.generate_private_key(ec.SECP384R1())),
        ec.generate_private_key(ec.SECP256R1()).private_bytes(
            serialization.Encoding.PEM,
            serialization.PrivateFormat.PKCS8,
            serialization.NoEncryption(),
        ),
    ],
)
def test_what_is_no_public_key(systems: Systems, content: bytes) -> None:
    with pytest.raises(KeyUnusable):
        systems.connect("line", organisation="police", name="Line", key=content)
    assert systems.systems() == []


def test_a_person_gets_no_secret_and_a_system_no_passkey(people: People, systems: Systems) -> None:
    people.import_people([GALE])
    with pytest.raises(AccountNotChanged):
        systems.connect("gale")
    systems.connect("line", organisation="police", name="Line")
    with pytest.raises(AccountNotChanged):
        people.invite("line")
    with pytest.raises(AccountNotChanged):
        people.name_at_provider("line", "x")
    with pytest.raises(AccountNotChanged):
        systems.connect("line", organisation="borough")
    with pytest.raises(AccountNotChanged):
        people.give("line", "borough", ["system"])
    with pytest.raises(AccountUnknown):
        systems.connect("other")
