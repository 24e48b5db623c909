"""What meters showed, and when."""

from django.db import models
from django.db.models import Q

from tenants.people.rules.viewer import Viewer


class ReadingQuerySet(models.QuerySet["MeterReading"]):
    def visible_to(self, viewer: Viewer) -> "ReadingQuerySet":
        """Staff see every reading, portal people those of their own meters."""
        return self if viewer.is_staff else self.filter(meter__client=viewer.client_id)


class MeterReading(models.Model):
    """A figure a meter showed at an instant, as it was said at another (psa X5).

    Nothing is updated: a correction is a newer row of the same `reading_id`, and one without a
    value takes the reading back. `drop` says why a counter shows less than before. What a source
    sends under one `source_key` is one reading, however often it comes.
    """

    append_only = True

    reading_id = models.UUIDField()
    meter = models.ForeignKey(
        "clients.Holding", on_delete=models.PROTECT, related_name="readings", db_index=False
    )
    taken_at = models.DateTimeField()
    value = models.DecimalField(max_digits=22, decimal_places=6, null=True)
    drop = models.CharField(max_length=8, blank=True, default="")
    note = models.CharField(max_length=200, blank=True, default="")
    source = models.CharField(max_length=20)
    source_key = models.CharField(max_length=80, null=True)  # unique where it is
    recorded_at = models.DateTimeField()

    objects = ReadingQuerySet.as_manager()

    class Meta:
        ordering = ["taken_at", "pk"]
        constraints = [
            models.UniqueConstraint(fields=["meter", "source_key"], name="one_reading_per_source"),
            models.CheckConstraint(
                name="readings_are_not_negative", condition=Q(value__isnull=True) | Q(value__gte=0)
            ),
        ]
        indexes = [models.Index(fields=["meter", "taken_at"], name="readings_of_meter")]

    def __str__(self) -> str:
        return f"{self.value} at {self.taken_at:%Y-%m-%d %H:%M}"
