"""The table of work that was asked for."""

from __future__ import annotations

from django.db import migrations, models


class Migration(migrations.Migration):
    """As it is at first."""

    initial = True

    dependencies = ()

    operations = (
        migrations.CreateModel(
            name="Work",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("word", models.CharField(max_length=32, unique=True)),
                ("kind", models.CharField(max_length=20)),
                ("state", models.CharField(max_length=20)),
                ("source", models.CharField(max_length=200, blank=True)),
                ("owner", models.CharField(max_length=100, blank=True)),
                ("as_at", models.DateField(null=True)),
                ("files", models.TextField(default="[]")),
                ("from_inbox", models.BooleanField(default=False)),
                ("anew", models.BooleanField(default=False)),
                ("accepted", models.BooleanField(default=False)),
                ("accepted_by", models.CharField(max_length=200, blank=True)),
                ("by", models.CharField(max_length=200)),
                ("organisation", models.CharField(max_length=100)),
                ("asked_at", models.DateTimeField()),
                ("begun_at", models.DateTimeField(null=True)),
                ("ended_at", models.DateTimeField(null=True)),
                ("step", models.CharField(max_length=200, blank=True)),
                ("step_at", models.DateTimeField(null=True)),
                ("far", models.BigIntegerField(default=0)),
                ("whole", models.BigIntegerField(null=True)),
                ("steps", models.TextField(default="[]")),
                ("code", models.CharField(max_length=60, blank=True)),
                ("what", models.TextField(blank=True)),
                ("fix", models.TextField(blank=True)),
                ("problems", models.TextField(default="[]")),
                ("outcome", models.TextField(default="{}")),
            ],
            options={
                "indexes": [models.Index(fields=["state"], name="work_state")],
            },
        ),
    )
