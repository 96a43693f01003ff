"""The tables of agreements: versions, what was done with each, and what sets single people apart. Nothing in them is deleted."""

from __future__ import annotations

from django.db import models


class Version(models.Model):
    """One version of one agreement, as YAML. Its words change only while it is a draft; `digest` is of them."""

    agreement = models.CharField(max_length=100)
    number = models.PositiveIntegerField()
    text = models.TextField()
    digest = models.CharField(max_length=64)
    drafted_by = models.CharField(max_length=200)
    drafted_at = models.DateTimeField()

    class Meta:
        """One row for each number of an agreement."""

        app_label = "agreements"
        db_table = "agreements_version"
        constraints = (
            models.UniqueConstraint(fields=("agreement", "number"), name="agreements_version_once"),
        )
        ordering = ("agreement", "number")


class Act(models.Model):
    """One thing that was done with a version: proposed, signed, suspended, resumed or ended. Rows are only added.

    A signature has the `organisation` that signs, the `title` of whoever signed for it, and the `digest` of what was signed.
    `on` is the day from which it holds.
    """

    version = models.ForeignKey(Version, on_delete=models.PROTECT, related_name="acts")
    what = models.CharField(max_length=20)
    organisation = models.CharField(max_length=100, blank=True)
    title = models.CharField(max_length=200, blank=True)
    digest = models.CharField(max_length=64, blank=True)
    because = models.TextField(blank=True)
    on = models.DateField()
    by = models.CharField(max_length=200)
    at = models.DateTimeField()

    class Meta:
        """In the order in which they were done."""

        app_label = "agreements"
        db_table = "agreements_act"
        ordering = ("id",)
        constraints = (
            models.UniqueConstraint(
                fields=("version", "organisation", "digest"),
                condition=models.Q(what="signed"),
                name="agreements_signed_once",
            ),
        )


class Mark(models.Model):
    """That an entity is set apart (`sharing.subjects.MARKERS`), since when, and until when."""

    entity_id = models.CharField(max_length=40)
    marker = models.CharField(max_length=30)
    of = models.CharField(max_length=100, blank=True)
    because = models.TextField(blank=True)
    by = models.CharField(max_length=200)
    at = models.DateTimeField()
    ended_by = models.CharField(max_length=200, blank=True)
    ended_at = models.DateTimeField(null=True)

    class Meta:
        """Looked up by entity."""

        app_label = "agreements"
        db_table = "agreements_mark"
        indexes = (models.Index(fields=("entity_id",), name="agreements_mark_entity"),)
        constraints = (
            models.UniqueConstraint(
                fields=("entity_id", "marker", "of"),
                condition=models.Q(ended_at__isnull=True),
                name="agreements_marked_once",
            ),
        )


class EmergencyLook(models.Model):
    """An emergency in which somebody looks: why, in their words; who was told at once; what a review made of it.

    `until` is when it ends by itself, `ended_at` when it was ended sooner; of one look on the command line there is neither.
    `words` are the reviewer's.
    """

    user = models.CharField(max_length=200)
    organisation = models.CharField(max_length=100)
    reason = models.TextField()
    told = models.CharField(max_length=200)
    at = models.DateTimeField()
    review_by = models.DateTimeField()
    until = models.DateTimeField(null=True)
    ended_at = models.DateTimeField(null=True)
    seen_at = models.DateTimeField(null=True)
    reviewed_by = models.CharField(max_length=200, blank=True)
    reviewed_at = models.DateTimeField(null=True)
    found = models.CharField(max_length=20, blank=True)
    words = models.TextField(blank=True, default="")

    class Meta:
        """The oldest first."""

        app_label = "agreements"
        db_table = "agreements_emergency"
        ordering = ("at",)
