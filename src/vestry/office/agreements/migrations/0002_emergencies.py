"""An emergency lasts, and its review is said in words."""

from __future__ import annotations

from typing import ClassVar

from django.db import migrations, models


class Migration(migrations.Migration):
    """After the tables of agreements."""

    dependencies: ClassVar = [("agreements", "0001_agreements")]

    operations = (
        migrations.AddField("emergencylook", "until", models.DateTimeField(null=True)),
        migrations.AddField("emergencylook", "ended_at", models.DateTimeField(null=True)),
        migrations.AddField("emergencylook", "words", models.TextField(blank=True, default="")),
    )
