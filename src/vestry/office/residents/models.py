"""Mistakes that people reported of what a page showed, until somebody has dealt with each."""

from __future__ import annotations

from typing import ClassVar

from django.db import models


class Mistake(models.Model):
    """One report. `what` was typed by a colleague and may name people: it is shown to data engineers alone, and is in no log.

    `field` is the field that it is about, "" for something else.
    """

    entity_id = models.CharField(max_length=40)
    kind = models.CharField(max_length=20)
    field = models.CharField(max_length=60, blank=True)
    what = models.TextField(max_length=2000)
    by = models.CharField(max_length=200)
    organisation = models.CharField(max_length=100)
    purpose = models.CharField(max_length=60)
    release = models.CharField(max_length=60)
    at = models.DateTimeField()
    done_by = models.CharField(max_length=200, blank=True)
    done_at = models.DateTimeField(null=True)
    outcome = models.CharField(max_length=20, blank=True)

    class Meta:
        """What Django asks of it."""

        app_label = "residents"
        indexes: ClassVar = [models.Index(fields=["done_at"], name="mistake_open")]
