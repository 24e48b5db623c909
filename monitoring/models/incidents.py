"""Incidents: what is wrong, since when, and who was told."""

from django.db import models
from django.db.models import Q

from contracts.clients.models import Client, Device, OfClientQuerySet
from contracts.models import Agreement, ServiceLevelVersion
from monitoring.models.signals import Check


class Incident(models.Model):
    """One problem of one device, against the promise that covered it when it began.

    `opened_at` is the deadline that passed, `detected_at` when we noticed; `words` is what the
    device itself said of it, `note` what a person did.
    """

    class State(models.TextChoices):
        OPEN = "open", "Open"
        ACKNOWLEDGED = "acknowledged", "Acknowledged"
        RESOLVED = "resolved", "Resolved"

    number = models.PositiveBigIntegerField(unique=True)
    problem_key = models.CharField(max_length=120)
    check_row = models.ForeignKey(
        Check, null=True, on_delete=models.SET_NULL, related_name="incidents"
    )
    device = models.ForeignKey(Device, on_delete=models.PROTECT, related_name="+")
    client = models.ForeignKey(Client, on_delete=models.PROTECT, related_name="+")
    title = models.CharField(max_length=200)
    severity = models.CharField(max_length=8, default="critical")
    state = models.CharField(max_length=12, choices=State, default=State.OPEN)
    agreement = models.ForeignKey(
        Agreement, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    agreement_line_id = models.BigIntegerField(null=True, blank=True)
    level_version = models.ForeignKey(
        ServiceLevelVersion, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    covered = models.BooleanField(default=False)
    coverage_reason = models.TextField(blank=True)
    ticket_id = models.BigIntegerField(null=True, blank=True)
    opened_at = models.DateTimeField()
    detected_at = models.DateTimeField()
    acknowledged_at = models.DateTimeField(null=True, blank=True)
    acknowledged_by = models.CharField(max_length=120, blank=True)
    resolved_at = models.DateTimeField(null=True, blank=True)
    resolved_by = models.CharField(max_length=120, blank=True)
    note = models.CharField(max_length=300, blank=True)
    words = models.CharField(max_length=300, blank=True)

    objects = OfClientQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["problem_key"],
                condition=Q(resolved_at__isnull=True),
                name="one_open_incident",
            )
        ]
        indexes = [
            models.Index(fields=["device", "-opened_at"], name="incidents_of_device"),
            models.Index(fields=["-opened_at"], name="incidents_by_opening"),
        ]

    def __str__(self) -> str:
        return f"{self.number} {self.title}"


class IncidentNumber(models.Model):
    """The last number given; locked while the next is drawn."""

    last = models.PositiveBigIntegerField(default=100)

    def __str__(self) -> str:
        return str(self.last)
