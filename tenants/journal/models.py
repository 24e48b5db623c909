"""What happened: audit trail, timeline, outbox and evidence in one table.

Entries hold no foreign keys, so they survive what they speak of. The database role of the product
may insert and read them and nothing else (`append_only`, granted in `tenants/provision/roles.py`).
"""

from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.indexes import GinIndex
from django.db import models


class Entry(models.Model):
    """One thing that happened, by whom, about what."""

    append_only = True

    at = models.DateTimeField()
    recorded_at = models.DateTimeField(auto_now_add=True)
    kind = models.CharField(max_length=80)
    actor_kind = models.CharField(max_length=10)
    actor_id = models.BigIntegerField(null=True)
    actor_name = models.CharField(max_length=120)
    refs = ArrayField(models.CharField(max_length=60), default=list)
    facts = models.JSONField(default=dict)

    class Meta:
        db_table = "journal_entry"
        indexes = [
            GinIndex(fields=["refs"], name="journal_entry_refs"),
            models.Index(fields=["at"], name="journal_entry_at"),
        ]

    def __str__(self) -> str:
        return f"{self.kind} #{self.pk}"


class Delivery(models.Model):
    """One reaction owed to one entry; it stays as the proof that it ran, or of why it failed."""

    entry = models.ForeignKey(Entry, on_delete=models.CASCADE, related_name="deliveries")
    reaction = models.CharField(max_length=160)
    tries = models.PositiveSmallIntegerField(default=0)
    next_at = models.DateTimeField()
    done_at = models.DateTimeField(null=True)
    error = models.TextField(blank=True)

    class Meta:
        db_table = "journal_delivery"
        constraints = [
            models.UniqueConstraint(fields=["entry", "reaction"], name="one_delivery_per_reaction")
        ]
        indexes = [
            models.Index(
                fields=["next_at"],
                name="journal_delivery_due",
                condition=models.Q(done_at__isnull=True),
            )
        ]

    def __str__(self) -> str:
        return f"{self.reaction} of {self.entry_id}"
