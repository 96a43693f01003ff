"""The table of reports of mistakes."""

from __future__ import annotations

from django.db import migrations, models


class Migration(migrations.Migration):
    """As it is at first."""

    initial = True

    dependencies = ()

    operations = (
        migrations.CreateModel(
            name="Mistake",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("entity_id", models.CharField(max_length=40)),
                ("kind", models.CharField(max_length=20)),
                ("field", models.CharField(blank=True, max_length=60)),
                ("what", models.TextField(max_length=2000)),
                ("by", models.CharField(max_length=200)),
                ("organisation", models.CharField(max_length=100)),
                ("purpose", models.CharField(max_length=60)),
                ("release", models.CharField(max_length=60)),
                ("at", models.DateTimeField()),
                ("done_by", models.CharField(blank=True, max_length=200)),
                ("done_at", models.DateTimeField(null=True)),
                ("outcome", models.CharField(blank=True, max_length=20)),
            ],
            options={
                "indexes": [models.Index(fields=["done_at"], name="mistake_open")],
            },
        ),
    )
