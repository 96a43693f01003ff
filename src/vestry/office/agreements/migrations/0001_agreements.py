"""The tables of agreements, of what sets people apart, and of emergencies."""

from __future__ import annotations

import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    """As they are at first."""

    initial = True

    dependencies = ()

    operations = (
        migrations.CreateModel(
            name="EmergencyLook",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("user", models.CharField(max_length=200)),
                ("organisation", models.CharField(max_length=100)),
                ("reason", models.TextField()),
                ("told", models.CharField(max_length=200)),
                ("at", models.DateTimeField()),
                ("review_by", models.DateTimeField()),
                ("seen_at", models.DateTimeField(null=True)),
                ("reviewed_by", models.CharField(blank=True, max_length=200)),
                ("reviewed_at", models.DateTimeField(null=True)),
                ("found", models.CharField(blank=True, max_length=20)),
            ],
            options={
                "db_table": "agreements_emergency",
                "ordering": ("at",),
            },
        ),
        migrations.CreateModel(
            name="Mark",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("entity_id", models.CharField(max_length=40)),
                ("marker", models.CharField(max_length=30)),
                ("of", models.CharField(blank=True, max_length=100)),
                ("because", models.TextField(blank=True)),
                ("by", models.CharField(max_length=200)),
                ("at", models.DateTimeField()),
                ("ended_by", models.CharField(blank=True, max_length=200)),
                ("ended_at", models.DateTimeField(null=True)),
            ],
            options={
                "db_table": "agreements_mark",
                "indexes": [models.Index(fields=["entity_id"], name="agreements_mark_entity")],
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(("ended_at__isnull", True)),
                        fields=("entity_id", "marker", "of"),
                        name="agreements_marked_once",
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="Version",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("agreement", models.CharField(max_length=100)),
                ("number", models.PositiveIntegerField()),
                ("text", models.TextField()),
                ("digest", models.CharField(max_length=64)),
                ("drafted_by", models.CharField(max_length=200)),
                ("drafted_at", models.DateTimeField()),
            ],
            options={
                "db_table": "agreements_version",
                "ordering": ("agreement", "number"),
                "constraints": [
                    models.UniqueConstraint(fields=("agreement", "number"), name="agreements_version_once")
                ],
            },
        ),
        migrations.CreateModel(
            name="Act",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("what", models.CharField(max_length=20)),
                ("organisation", models.CharField(blank=True, max_length=100)),
                ("title", models.CharField(blank=True, max_length=200)),
                ("digest", models.CharField(blank=True, max_length=64)),
                ("because", models.TextField(blank=True)),
                ("on", models.DateField()),
                ("by", models.CharField(max_length=200)),
                ("at", models.DateTimeField()),
                (
                    "version",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="acts",
                        to="agreements.version",
                    ),
                ),
            ],
            options={
                "db_table": "agreements_act",
                "ordering": ("id",),
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(("what", "signed")),
                        fields=("version", "organisation", "digest"),
                        name="agreements_signed_once",
                    )
                ],
            },
        ),
    )
