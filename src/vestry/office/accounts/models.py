"""The tables of accounts. No password is in any; what proves a system is kept as a hash, what proves a person is public."""

from __future__ import annotations

from django.db import models


class Account(models.Model):
    """One user, or one partner's system. `user` lasts: the audit log names it, so that no row is ever deleted.

    `openid` is what the provider calls them (the value of the claim that place.toml names): it counts until they first come in,
    which binds them to the provider's lasting id, `openid_subject` at `openid_issuer`. `handle` (32 bytes of chance) is what
    passkeys know them by. Sessions and tokens that began before `out_before` are over.
    """

    user = models.CharField(max_length=100, unique=True)
    name = models.CharField(max_length=200)
    is_system = models.BooleanField(default=False)
    openid = models.CharField(max_length=255, null=True, unique=True)
    openid_issuer = models.CharField(max_length=255, blank=True)
    openid_subject = models.CharField(max_length=255, blank=True)
    handle = models.BinaryField(max_length=32)
    added_at = models.DateTimeField()
    suspended_at = models.DateTimeField(null=True)
    out_before = models.DateTimeField(null=True)

    class Meta:
        """By id."""

        app_label = "accounts"
        db_table = "accounts_account"
        ordering = ("user",)
        constraints = (
            models.UniqueConstraint(
                fields=("openid_issuer", "openid_subject"),
                condition=~models.Q(openid_subject=""),
                name="accounts_account_bound_once",
            ),
        )


class Post(models.Model):
    """What somebody is at one organisation: their title, and their roles (codes of `sharing.asking.ROLES`, blanks between)."""

    account = models.ForeignKey(Account, on_delete=models.PROTECT, related_name="posts")
    organisation = models.CharField(max_length=100)
    title = models.CharField(max_length=200, blank=True)
    roles = models.TextField()

    class Meta:
        """One for each organisation."""

        app_label = "accounts"
        db_table = "accounts_post"
        constraints = (
            models.UniqueConstraint(fields=("account", "organisation"), name="accounts_post_once"),
        )
        ordering = ("organisation",)


class Training(models.Model):
    """A course that somebody took, and the last day on which it counts."""

    account = models.ForeignKey(Account, on_delete=models.PROTECT, related_name="training")
    course = models.CharField(max_length=100)
    until = models.DateField()

    class Meta:
        """The last time that they took it is what counts."""

        app_label = "accounts"
        db_table = "accounts_training"
        constraints = (models.UniqueConstraint(fields=("account", "course"), name="accounts_training_once"),)
        ordering = ("course",)


class Family(models.Model):
    """One record of the user or their family, whom they may not look at. A record outlasts builds, as no entity need."""

    account = models.ForeignKey(Account, on_delete=models.PROTECT, related_name="family")
    source = models.CharField(max_length=100)
    source_key = models.CharField(max_length=500)
    part = models.CharField(max_length=100)

    class Meta:
        """Each record once."""

        app_label = "accounts"
        db_table = "accounts_family"
        constraints = (
            models.UniqueConstraint(
                fields=("account", "source", "source_key", "part"), name="accounts_family_once"
            ),
        )
        ordering = ("id",)


class Invitation(models.Model):
    """A link with which one passkey may be enrolled, once, until then. `digest` is of the word in it (SHA-256)."""

    account = models.ForeignKey(Account, on_delete=models.PROTECT, related_name="invitations")
    digest = models.CharField(max_length=64, unique=True)
    made_at = models.DateTimeField()
    until = models.DateTimeField()
    used_at = models.DateTimeField(null=True)

    class Meta:
        """The newest last."""

        app_label = "accounts"
        db_table = "accounts_invitation"
        ordering = ("id",)


class Passkey(models.Model):
    """One passkey (WebAuthn credential) of a person. `sign_count` is the authenticator's, where it counts."""

    account = models.ForeignKey(Account, on_delete=models.PROTECT, related_name="passkeys")
    credential = models.CharField(max_length=1400, unique=True)
    public_key = models.BinaryField()
    sign_count = models.BigIntegerField(default=0)
    called = models.CharField(max_length=100, blank=True)
    added_at = models.DateTimeField()
    used_at = models.DateTimeField(null=True)

    class Meta:
        """The oldest first."""

        app_label = "accounts"
        db_table = "accounts_passkey"
        ordering = ("id",)


class Credential(models.Model):
    """What a partner's system proves itself with: a secret, of which an Argon2 hash is kept, or its public key (JWK)."""

    account = models.ForeignKey(Account, on_delete=models.PROTECT, related_name="credentials")
    client_id = models.CharField(max_length=120, unique=True)
    secret = models.CharField(max_length=255, blank=True)
    public_key = models.TextField(blank=True)
    added_at = models.DateTimeField()
    revoked_at = models.DateTimeField(null=True)

    class Meta:
        """The oldest first."""

        app_label = "accounts"
        db_table = "accounts_credential"
        ordering = ("id",)
        constraints = (
            models.CheckConstraint(
                condition=models.Q(secret="", public_key__gt="") | models.Q(secret__gt="", public_key=""),
                name="accounts_credential_one_proof",
            ),
        )


class Token(models.Model):
    """A token that a system was given, by its digest (SHA-256): who reads the database cannot use it."""

    credential = models.ForeignKey(Credential, on_delete=models.PROTECT, related_name="tokens")
    digest = models.CharField(max_length=64, primary_key=True)
    organisation = models.CharField(max_length=100)
    issued_at = models.DateTimeField()
    until = models.DateTimeField(db_index=True)
    revoked_at = models.DateTimeField(null=True)

    class Meta:
        """By digest."""

        app_label = "accounts"
        db_table = "accounts_token"


class UsedAssertion(models.Model):
    """A signed assertion that was used (RFC 7523, `jti`), until it would run out: none counts twice."""

    digest = models.CharField(max_length=64, primary_key=True)
    until = models.DateTimeField(db_index=True)

    class Meta:
        """By digest."""

        app_label = "accounts"
        db_table = "accounts_used_assertion"


class Failure(models.Model):
    """One proof that failed: of whom (a digest of the kind and the name), and when. For `lockout`."""

    whom = models.CharField(max_length=64)
    at = models.DateTimeField()

    class Meta:
        """Counted by whom, within the last minutes."""

        app_label = "accounts"
        db_table = "accounts_failure"
        indexes = (models.Index(fields=("whom", "at"), name="accounts_failure_whom"),)
