"""The tables of accounts."""

from __future__ import annotations

import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    """As they are at first."""

    initial = True

    dependencies = ()

    operations = (
        migrations.CreateModel(
            name="Account",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("user", models.CharField(max_length=100, unique=True)),
                ("name", models.CharField(max_length=200)),
                ("is_system", models.BooleanField(default=False)),
                ("openid", models.CharField(max_length=255, null=True, unique=True)),
                ("openid_issuer", models.CharField(blank=True, max_length=255)),
                ("openid_subject", models.CharField(blank=True, max_length=255)),
                ("handle", models.BinaryField(max_length=32)),
                ("added_at", models.DateTimeField()),
                ("suspended_at", models.DateTimeField(null=True)),
                ("out_before", models.DateTimeField(null=True)),
            ],
            options={
                "db_table": "accounts_account",
                "ordering": ("user",),
                "constraints": (
                    models.UniqueConstraint(
                        condition=models.Q(("openid_subject", ""), _negated=True),
                        fields=("openid_issuer", "openid_subject"),
                        name="accounts_account_bound_once",
                    ),
                ),
            },
        ),
        migrations.CreateModel(
            name="UsedAssertion",
            fields=[
                ("digest", models.CharField(max_length=64, primary_key=True, serialize=False)),
                ("until", models.DateTimeField(db_index=True)),
            ],
            options={
                "db_table": "accounts_used_assertion",
            },
        ),
        migrations.CreateModel(
            name="Credential",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("client_id", models.CharField(max_length=120, unique=True)),
                ("secret", models.CharField(blank=True, max_length=255)),
                ("public_key", models.TextField(blank=True)),
                ("added_at", models.DateTimeField()),
                ("revoked_at", models.DateTimeField(null=True)),
                (
                    "account",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="credentials",
                        to="accounts.account",
                    ),
                ),
            ],
            options={
                "db_table": "accounts_credential",
                "ordering": ("id",),
            },
        ),
        migrations.CreateModel(
            name="Failure",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("whom", models.CharField(max_length=64)),
                ("at", models.DateTimeField()),
            ],
            options={
                "db_table": "accounts_failure",
                "indexes": [models.Index(fields=["whom", "at"], name="accounts_failure_whom")],
            },
        ),
        migrations.CreateModel(
            name="Family",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("source", models.CharField(max_length=100)),
                ("source_key", models.CharField(max_length=500)),
                ("part", models.CharField(max_length=100)),
                (
                    "account",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="family",
                        to="accounts.account",
                    ),
                ),
            ],
            options={
                "db_table": "accounts_family",
                "ordering": ("id",),
            },
        ),
        migrations.CreateModel(
            name="Invitation",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("digest", models.CharField(max_length=64, unique=True)),
                ("made_at", models.DateTimeField()),
                ("until", models.DateTimeField()),
                ("used_at", models.DateTimeField(null=True)),
                (
                    "account",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="invitations",
                        to="accounts.account",
                    ),
                ),
            ],
            options={
                "db_table": "accounts_invitation",
                "ordering": ("id",),
            },
        ),
        migrations.CreateModel(
            name="Passkey",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("credential", models.CharField(max_length=1400, unique=True)),
                ("public_key", models.BinaryField()),
                ("sign_count", models.BigIntegerField(default=0)),
                ("called", models.CharField(blank=True, max_length=100)),
                ("added_at", models.DateTimeField()),
                ("used_at", models.DateTimeField(null=True)),
                (
                    "account",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="passkeys",
                        to="accounts.account",
                    ),
                ),
            ],
            options={
                "db_table": "accounts_passkey",
                "ordering": ("id",),
            },
        ),
        migrations.CreateModel(
            name="Post",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("organisation", models.CharField(max_length=100)),
                ("title", models.CharField(blank=True, max_length=200)),
                ("roles", models.TextField()),
                (
                    "account",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="posts",
                        to="accounts.account",
                    ),
                ),
            ],
            options={
                "db_table": "accounts_post",
                "ordering": ("organisation",),
            },
        ),
        migrations.CreateModel(
            name="Token",
            fields=[
                ("digest", models.CharField(max_length=64, primary_key=True, serialize=False)),
                ("organisation", models.CharField(max_length=100)),
                ("issued_at", models.DateTimeField()),
                ("until", models.DateTimeField(db_index=True)),
                ("revoked_at", models.DateTimeField(null=True)),
                (
                    "credential",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="tokens",
                        to="accounts.credential",
                    ),
                ),
            ],
            options={
                "db_table": "accounts_token",
            },
        ),
        migrations.CreateModel(
            name="Training",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("course", models.CharField(max_length=100)),
                ("until", models.DateField()),
                (
                    "account",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="training",
                        to="accounts.account",
                    ),
                ),
            ],
            options={
                "db_table": "accounts_training",
                "ordering": ("course",),
            },
        ),
        migrations.AddConstraint(
            model_name="credential",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("public_key__gt", ""), ("secret", "")),
                    models.Q(("public_key", ""), ("secret__gt", "")),
                    _connector="OR",
                ),
                name="accounts_credential_one_proof",
            ),
        ),
        migrations.AddConstraint(
            model_name="family",
            constraint=models.UniqueConstraint(
                fields=("account", "source", "source_key", "part"), name="accounts_family_once"
            ),
        ),
        migrations.AddConstraint(
            model_name="post",
            constraint=models.UniqueConstraint(fields=("account", "organisation"), name="accounts_post_once"),
        ),
        migrations.AddConstraint(
            model_name="training",
            constraint=models.UniqueConstraint(fields=("account", "course"), name="accounts_training_once"),
        ),
    )
