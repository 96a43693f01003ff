"""The table of contracts that somebody works on."""

from __future__ import annotations

from typing import ClassVar

from django.db import migrations, models


class Migration(migrations.Migration):
    """After the table of work."""

    dependencies: ClassVar = [("extracts", "0001_work")]

    operations = (
        migrations.CreateModel(
            name="Draft",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("word", models.CharField(max_length=32, unique=True)),
                ("source", models.CharField(max_length=200)),
                ("owner", models.CharField(max_length=100)),
                ("text", models.TextField()),
                ("based_on", models.CharField(max_length=64, blank=True)),
                ("sample", models.CharField(max_length=32, blank=True)),
                ("by", models.CharField(max_length=200)),
                ("organisation", models.CharField(max_length=100)),
                ("begun_at", models.DateTimeField()),
            ],
        ),
    )
