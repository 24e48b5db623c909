"""Incidents: what is wrong, since when, and who was told."""

from django.db import models
from django.db.models import Q

from contracts.clients.models import Client, Device, OfClientQuerySet, Site
from contracts.models import Agreement, ServiceLevelVersion
from monitoring.models.signals import Check
from tenants.people.models import Person


class Incident(models.Model):
    """One problem of one device, against the promise that covered it when it began.

    `opened_at` is the deadline that passed, `detected_at` when we noticed; `words` is what the
    device itself said of it, `note` what a person did, `cause` what it was.

    `told` is the severity somebody was last told of, empty while nobody was; `quiet` is why not.
    At `wake_at` it is judged again. `recovered_at` is set where it is well but the end is not told
    yet, `flapping_since` while it goes and comes, `flaps` how often it came back. One with a `site`
    is about many of that site's devices. `behind` is the incident that is the cause of this one,
    `follows` the one it is a recurrence of. Where no agreement covers the device, `consent` is what
    the client answered to having it done by the hour.
    """

    class State(models.TextChoices):
        OPEN = "open", "Open"
        ACKNOWLEDGED = "acknowledged", "Acknowledged"
        RESOLVED = "resolved", "Resolved"

    class Consent(models.TextChoices):
        NONE = "", "Not asked"
        APPROVED = "approved", "Approved by the hour"
        QUOTE = "quote", "Wants a quote first"
        DECLINED = "declined", "Declined"

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
    site = models.ForeignKey(
        Site, null=True, blank=True, on_delete=models.SET_NULL, related_name="+"
    )
    owner = models.ForeignKey(
        Person, null=True, blank=True, on_delete=models.SET_NULL, related_name="+"
    )
    cause = models.CharField(max_length=300, blank=True, default="", db_default="")
    told = models.CharField(max_length=8, blank=True, default="", db_default="")
    quiet = models.CharField(max_length=12, blank=True, default="", db_default="")
    wake_at = models.DateTimeField(null=True, blank=True)
    snoozed_until = models.DateTimeField(null=True, blank=True)
    recovered_at = models.DateTimeField(null=True, blank=True)
    flapping_since = models.DateTimeField(null=True, blank=True)
    flaps = models.PositiveIntegerField(default=0, db_default=0)
    behind = models.ForeignKey(
        "self", null=True, blank=True, on_delete=models.SET_NULL, related_name="in_its_wake"
    )
    follows = models.ForeignKey(
        "self", null=True, blank=True, on_delete=models.SET_NULL, related_name="followed_by"
    )
    consent = models.CharField(max_length=8, choices=Consent, blank=True, default="", db_default="")
    consent_by = models.CharField(max_length=120, blank=True, default="", db_default="")
    consent_at = models.DateTimeField(null=True, blank=True)

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
            models.Index(
                fields=["wake_at"],
                condition=Q(resolved_at__isnull=True, wake_at__isnull=False),
                name="incidents_to_judge_again",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.number} {self.title}"


class IncidentNumber(models.Model):
    """The last number given; locked while the next is drawn."""

    last = models.PositiveBigIntegerField(default=100)

    def __str__(self) -> str:
        return str(self.last)


class Signal(models.Model):
    """A check's part in an incident: several may speak of one fault, and each ends alone."""

    incident = models.ForeignKey(Incident, on_delete=models.CASCADE, related_name="signals")
    check_row = models.ForeignKey(Check, on_delete=models.CASCADE, related_name="signals")
    severity = models.CharField(max_length=8)
    began_at = models.DateTimeField()
    cleared_at = models.DateTimeField(null=True, blank=True)
    words = models.CharField(max_length=300, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["check_row"],
                condition=Q(cleared_at__isnull=True),
                name="one_open_signal_per_check",
            ),
        ]
        indexes = [models.Index(fields=["incident"], name="signals_of_incident")]

    def __str__(self) -> str:
        return f"check {self.check_row_id} in incident {self.incident_id}"
