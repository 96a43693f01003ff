"""The table that says which place the database belongs to: one row."""

from __future__ import annotations

from django.db import models


class PlaceMark(models.Model):
    """The mark of the place; the same is in its folder, under `keys/place`."""

    slot = models.SmallIntegerField(primary_key=True, default=1)
    place_id = models.CharField(max_length=64)

    class Meta:
        """One row, whatever happens."""

        app_label = "places"
        db_table = "office_place"
        constraints = (models.CheckConstraint(condition=models.Q(slot=1), name="office_place_only_one"),)
