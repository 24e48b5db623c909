"""Promises: what is sold, to whom, at what price, and how fast we answer."""

from datetime import date, timedelta

from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.indexes import GinIndex, OpClass
from django.db import models
from django.db.models import Q
from django.db.models.functions import Lower, Upper

from contracts.clients.models import Client, OfClientQuerySet
from contracts.models.quote import Answer, QuestionSet, Quote, QuoteVersion, Roadmap
from contracts.models.service import (
    Offer,
    OfferPart,
    Price,
    PriceList,
    Service,
    StaffOnlyQuerySet,
)
from contracts.models.working import WorkKind

__all__ = [
    "Agreement",
    "AgreementLine",
    "AgreementVersion",
    "Answer",
    "Calendar",
    "FallbackLevel",
    "Offer",
    "OfferPart",
    "Price",
    "PriceList",
    "QuestionSet",
    "Quote",
    "QuoteVersion",
    "Roadmap",
    "Service",
    "ServiceLevel",
    "ServiceLevelVersion",
    "StaffOnlyQuerySet",
    "WorkKind",
]


class ServiceLevel(models.Model):
    """A named promise of response and resolution; what it says is in its versions."""

    name = models.CharField(max_length=80)

    objects = StaffOnlyQuerySet.as_manager()

    class Meta:
        ordering = ["name"]
        constraints = [models.UniqueConstraint(Lower("name"), name="one_level_per_name")]

    def __str__(self) -> str:
        return self.name


class ServiceLevelVersion(models.Model):
    """Targets and calendar as they were at a time; a ticket keeps the version it began with (S6).

    `targets` maps a priority ("0" for a major incident, "1".."5") to seconds by promise;
    `calendar` is `contracts.rules.calendar.to_dict` of the support calendar, frozen; `policy` is
    read by `contracts.rules.policy`.
    """

    append_only = True

    level = models.ForeignKey(ServiceLevel, on_delete=models.PROTECT, related_name="versions")
    number = models.PositiveIntegerField()
    targets = models.JSONField()
    calendar_name = models.CharField(max_length=80)
    calendar = models.JSONField()
    pauses_response = models.BooleanField(default=False)
    policy = models.JSONField(
        default=dict, db_default=models.Value({}, output_field=models.JSONField())
    )
    created_at = models.DateTimeField()

    class Meta:
        ordering = ["level", "number"]
        constraints = [
            models.UniqueConstraint(fields=["level", "number"], name="one_level_version_per_number")
        ]

    def __str__(self) -> str:
        return f"{self.level} v{self.number}"


class FallbackLevel(models.Model):
    """What holds where no agreement names a level: for one client, or without one for everybody.

    No level means that nothing is promised, on purpose (S5).
    """

    client = models.ForeignKey(Client, null=True, on_delete=models.CASCADE, related_name="+")
    level = models.ForeignKey(
        ServiceLevel, null=True, on_delete=models.PROTECT, related_name="fallbacks"
    )

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["client"], name="one_fallback_per_client", nulls_distinct=False
            )
        ]

    def __str__(self) -> str:
        return f"{self.level or 'no level'} for {self.client or 'everybody'}"


class Calendar(models.Model):
    """Support hours as people edit them; a service level freezes a copy into its version."""

    name = models.CharField(max_length=80)
    definition = models.JSONField()

    objects = StaffOnlyQuerySet.as_manager()

    class Meta:
        ordering = ["name"]
        constraints = [models.UniqueConstraint(Lower("name"), name="one_calendar_per_name")]

    def __str__(self) -> str:
        return self.name


class Agreement(models.Model):
    """What one client bought and what we promised. What it says is in its versions."""

    class State(models.TextChoices):
        DRAFT = "draft", "Draft"
        ACTIVE = "active", "Active"
        ENDED = "ended", "Ended"

    client = models.ForeignKey(Client, on_delete=models.PROTECT, related_name="agreements")
    name = models.CharField(max_length=120)
    number = models.CharField(max_length=20, unique=True)
    state = models.CharField(max_length=8, choices=State, default=State.DRAFT)
    currency = models.CharField(max_length=3, default="USD")
    starts_on = models.DateField()
    ends_on = models.DateField(null=True, blank=True)
    notice_given_on = models.DateField(null=True, blank=True)
    created_at = models.DateTimeField()

    objects = OfClientQuerySet.as_manager()

    class Meta:
        ordering = ["client__name", "name"]
        constraints = [
            models.CheckConstraint(
                name="agreement_runs_forward",
                condition=Q(ends_on__isnull=True) | Q(ends_on__gt=models.F("starts_on")),
            )
        ]
        indexes = [
            GinIndex(OpClass(Upper("name"), name="gin_trgm_ops"), name="agreement_name_search")
        ]

    def __str__(self) -> str:
        return f"{self.number} {self.name}"

    @property
    def last_on(self) -> date | None:
        """The last day it holds, as people name the end."""
        return self.ends_on - timedelta(days=1) if self.ends_on else None


class AgreementVersion(models.Model):
    """The terms from one date on. A published version is never edited; the next replaces it.

    `coverage` holds the rows of its decision table, read by `rules.decisions`, `credits` what a
    missed promise gives back, read by `rules.credits`. An agreement with a
    last day goes on for `renews_months` unless notice was given `notice_days` before; without
    `renews_months` it ends there. One without a last day runs on until notice is given.
    `approval_asked_at` and `approval_digest` say since when, and in which wording, the client is
    asked to approve it before it is published.
    """

    agreement = models.ForeignKey(Agreement, on_delete=models.PROTECT, related_name="versions")
    number = models.PositiveIntegerField()
    effective_on = models.DateField()
    superseded_on = models.DateField(null=True, blank=True)
    level_version = models.ForeignKey(
        ServiceLevelVersion, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    note = models.CharField(max_length=300, blank=True)
    renews_months = models.PositiveSmallIntegerField(null=True, blank=True)
    notice_days = models.PositiveSmallIntegerField(default=30, db_default=30)
    uplift_percent = models.DecimalField(max_digits=6, decimal_places=3, null=True, blank=True)
    coverage = models.JSONField(
        default=list, db_default=models.Value([], output_field=models.JSONField()), blank=True
    )
    credits = models.JSONField(
        default=dict, db_default=models.Value({}, output_field=models.JSONField()), blank=True
    )
    published_at = models.DateTimeField(null=True, blank=True)
    approval_asked_at = models.DateTimeField(null=True, blank=True)
    approval_digest = models.CharField(max_length=64, blank=True, default="", db_default="")

    class Meta:
        ordering = ["agreement", "number"]
        constraints = [
            models.UniqueConstraint(
                fields=["agreement", "number"], name="one_agreement_version_per_number"
            ),
            models.CheckConstraint(
                name="agreement_version_forward",
                condition=Q(superseded_on__isnull=True)
                | Q(superseded_on__gte=models.F("effective_on")),
            ),
            ExclusionConstraint(
                name="published_versions_do_not_overlap",
                expressions=[
                    ("agreement", "="),
                    (models.Func("effective_on", "superseded_on", function="daterange"), "&&"),
                ],
                condition=Q(published_at__isnull=False),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.agreement.number} v{self.number}"


class AgreementLine(models.Model):
    """One thing that is counted and priced: `kind` and `facts` are read by `rules.terms`.

    `offer` is the tier or the bundle of the catalogue it was taken as.

    A trigger (migration 0002) refuses every change once the version is published.
    """

    version = models.ForeignKey(AgreementVersion, on_delete=models.CASCADE, related_name="lines")
    position = models.PositiveSmallIntegerField()
    service = models.ForeignKey(
        Service, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    offer = models.ForeignKey(
        Offer, null=True, blank=True, on_delete=models.PROTECT, related_name="+", db_index=False
    )
    description = models.CharField(max_length=120)
    kind = models.CharField(max_length=20)
    facts = models.JSONField()
    level_version = models.ForeignKey(
        ServiceLevelVersion, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    line_key = models.UUIDField()

    class Meta:
        ordering = ["position", "pk"]
        constraints = [
            models.UniqueConstraint(fields=["version", "line_key"], name="one_line_key_per_version")
        ]

    def __str__(self) -> str:
        return self.description
