"""What people agreed on: when nobody is called, what stands behind what, what a device gets and
is called."""

from django.db import models
from django.db.models import Q
from django.db.models.functions import Lower

from contracts.clients.models import Client, Device, OfClientQuerySet, Site
from contracts.models import Offer
from monitoring.models.signals import Check


class MaintenanceWindow(models.Model):
    """A stretch in which nobody is called for what happens (rules/windows).

    It holds for one client, site, device or check, or without any of them for all. With a
    `schedule` it comes again and again, `lasts` seconds each; without one it is from `starts_at` to
    `ends_at`. A `flexible` one lasts so many seconds from the first problem in such a stretch;
    `triggers` are those instants. It is never deleted: what it excused stays excused.
    """

    name = models.CharField(max_length=80)
    client = models.ForeignKey(Client, null=True, on_delete=models.CASCADE, related_name="+")
    site = models.ForeignKey(Site, null=True, on_delete=models.CASCADE, related_name="+")
    device = models.ForeignKey(Device, null=True, on_delete=models.CASCADE, related_name="+")
    check_row = models.ForeignKey(Check, null=True, on_delete=models.CASCADE, related_name="+")
    starts_at = models.DateTimeField()
    ends_at = models.DateTimeField(null=True)
    schedule = models.CharField(max_length=120, blank=True)
    zone = models.CharField(max_length=64)
    lasts = models.PositiveIntegerField(default=0)
    flexible = models.PositiveIntegerField(default=0, db_default=0)
    triggers = models.JSONField(
        default=list, db_default=models.Value([], output_field=models.JSONField())
    )
    for_client = models.BooleanField(default=True)
    made_by = models.CharField(max_length=120)
    created_at = models.DateTimeField()
    cancelled_at = models.DateTimeField(null=True)

    objects = OfClientQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(ends_at__isnull=False) | ~Q(schedule=""), name="a_window_ends"
            ),
            models.CheckConstraint(
                condition=Q(ends_at__isnull=True) | Q(ends_at__gt=models.F("starts_at")),
                name="a_window_runs_forward",
            ),
        ]

    def __str__(self) -> str:
        return self.name


class Dependency(models.Model):
    """A device, or a whole site, stands behind a parent device (rules/behind).

    Parents of one `group` stand in for each other; one without a group is needed.
    """

    device = models.ForeignKey(Device, null=True, on_delete=models.CASCADE, related_name="+")
    site = models.ForeignKey(Site, null=True, on_delete=models.CASCADE, related_name="+")
    parent = models.ForeignKey(Device, on_delete=models.CASCADE, related_name="+")
    group = models.CharField(max_length=40, blank=True)

    class Meta:
        verbose_name_plural = "dependencies"
        constraints = [
            models.CheckConstraint(
                condition=Q(device__isnull=False, site__isnull=True)
                | Q(device__isnull=True, site__isnull=False),
                name="a_device_or_a_site_stands_behind",
            ),
            models.UniqueConstraint(
                fields=["device", "site", "parent"],
                nulls_distinct=False,
                name="one_dependency_per_pair",
            ),
        ]

    def __str__(self) -> str:
        return f"behind {self.parent_id}"


class CheckTemplate(models.Model):
    """A check every device of a class gets: a signal it waits for, or a value it watches.

    With an `offer` only those get it that are looked after by this tier or bundle, in place of the
    one of the same slug for all. `past` holds what it asked for before, so that what a person made
    of a check is told from what the template did. `series` may end in `*`: one check for each
    series that begins so, made when it first reports.
    """

    device_class = models.CharField(max_length=12)
    slug = models.SlugField(max_length=40)
    name = models.CharField(max_length=80)
    kind = models.CharField(max_length=10, choices=Check.Kind)
    series = models.CharField(max_length=80, blank=True)
    period_seconds = models.PositiveIntegerField(default=60)
    grace_seconds = models.PositiveIntegerField(default=60)
    schedule = models.CharField(max_length=120, blank=True)
    zone = models.CharField(max_length=64, blank=True)
    fail_threshold = models.PositiveSmallIntegerField(default=1)
    limits = models.JSONField(null=True)
    offer = models.ForeignKey(
        Offer, null=True, blank=True, on_delete=models.CASCADE, related_name="+", db_index=False
    )
    past = models.JSONField(
        default=list, db_default=models.Value([], output_field=models.JSONField())
    )

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["device_class", "slug", "offer"], nulls_distinct=False,
                name="one_template_per_class_offer_and_slug",
            )
        ]  # fmt: skip

    def __str__(self) -> str:
        return f"{self.name} for {self.device_class}"


class HostAlias(models.Model):
    """Another name a device reports under: it is the same device, and nothing new enrols for it."""

    client = models.ForeignKey(Client, on_delete=models.CASCADE, related_name="+", db_index=False)
    device = models.ForeignKey(Device, on_delete=models.CASCADE, related_name="+", db_index=False)
    name = models.CharField(max_length=200)

    class Meta:
        verbose_name_plural = "host aliases"
        ordering = ["name"]
        constraints = [
            models.UniqueConstraint("client", Lower("name"), name="one_device_per_alias")
        ]

    def __str__(self) -> str:
        return self.name
