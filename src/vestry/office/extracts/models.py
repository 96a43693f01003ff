"""Work that was asked for in the office and is done by a process of its own: what, by whom, how far, and what came of it."""

from __future__ import annotations

from typing import ClassVar

from django.db import models


class Work(models.Model):
    """One receipt, or one build. `word` names it in addresses; `files` are names and sizes, which say nothing of anybody.

    `steps` are [name, seconds] of what is done, `step` the one at work, `far` units of it of `whole`. `problems` are [what,
    where, fix]; `outcome` is what a receipt or a build came to, in counts. `accepted`: taken though it is larger or smaller than
    the contract tolerates, which `accepted_by` said. Lists are kept as JSON in plain text: SQLite would want a function in the
    table's own rules, which the office's database is not trusted with.
    """

    word = models.CharField(max_length=32, unique=True)
    kind = models.CharField(max_length=20)
    state = models.CharField(max_length=20)
    source = models.CharField(max_length=200, blank=True)
    owner = models.CharField(max_length=100, blank=True)
    as_at = models.DateField(null=True)
    files = models.TextField(default="[]")
    from_inbox = models.BooleanField(default=False)
    anew = models.BooleanField(default=False)
    accepted = models.BooleanField(default=False)
    accepted_by = models.CharField(max_length=200, blank=True)
    by = models.CharField(max_length=200)
    organisation = models.CharField(max_length=100)
    asked_at = models.DateTimeField()
    begun_at = models.DateTimeField(null=True)
    ended_at = models.DateTimeField(null=True)
    step = models.CharField(max_length=200, blank=True)
    step_at = models.DateTimeField(null=True)
    far = models.BigIntegerField(default=0)
    whole = models.BigIntegerField(null=True)
    steps = models.TextField(default="[]")
    code = models.CharField(max_length=60, blank=True)
    what = models.TextField(blank=True)
    fix = models.TextField(blank=True)
    problems = models.TextField(default="[]")
    outcome = models.TextField(default="{}")

    class Meta:
        """What Django asks of it."""

        app_label = "extracts"
        indexes: ClassVar = [models.Index(fields=["state"], name="work_state")]


class Draft(models.Model):
    """A contract that somebody works on: `text` as it is so far, of the `source` of `owner`. `based_on` is the digest of the file
    that it is to be a newer version of, "" for a first one; `sample` the word of the work whose first file it is tried on.
    """

    word = models.CharField(max_length=32, unique=True)
    source = models.CharField(max_length=200)
    owner = models.CharField(max_length=100)
    text = models.TextField()
    based_on = models.CharField(max_length=64, blank=True)
    sample = models.CharField(max_length=32, blank=True)
    by = models.CharField(max_length=200)
    organisation = models.CharField(max_length=100)
    begun_at = models.DateTimeField()

    class Meta:
        """What Django asks of it."""

        app_label = "extracts"
