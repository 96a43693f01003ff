"""The table of the place's mark."""

from __future__ import annotations

from django.db import migrations, models


class Migration(migrations.Migration):
    """One row, which says whose database this is."""

    initial = True

    operations = (
        migrations.CreateModel(
            name="PlaceMark",
            fields=[
                ("slot", models.SmallIntegerField(default=1, primary_key=True, serialize=False)),
                ("place_id", models.CharField(max_length=64)),
            ],
            options={
                "db_table": "office_place",
                "constraints": [
                    models.CheckConstraint(condition=models.Q(("slot", 1)), name="office_place_only_one")
                ],
            },
        ),
    )
