"""Signals: keys that report, checks that wait for them, what was measured and how far we read."""

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q

from contracts.clients.models import Device, Site
from monitoring.rules.words import ABOVE_CAP
from tenants.people.rules.viewer import Viewer


class KeyQuerySet(models.QuerySet["EnrolmentKey"]):
    def visible_to(self, viewer: Viewer) -> "KeyQuerySet":
        """Only the MSP's people know of keys."""
        return self if viewer.is_staff else self.none()


class EnrolmentKey(models.Model):
    """A key devices of one site report with. Shown once; only its digest is kept.

    A name the client does not know yet enrols a device at the site, up to `cap`; what comes above
    the cap waits as a `RefusedName` for a person. A key with a `device` speaks for that one alone,
    whatever name is reported with it, and enrols nothing.

    After a rotation the secret before it works on until `old_until`. `seen` holds, for each tool
    that reported, what came last: when, from which hosts, which series and checks.
    """

    site = models.ForeignKey(Site, on_delete=models.PROTECT, related_name="+")
    device = models.ForeignKey(
        Device, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    name = models.CharField(max_length=80)
    prefix = models.CharField(max_length=16, unique=True)
    digest = models.CharField(max_length=64, unique=True)
    old_prefix = models.CharField(max_length=16, blank=True, default="", db_default="")
    old_digest = models.CharField(max_length=64, blank=True, default="", db_default="")
    old_until = models.DateTimeField(null=True, blank=True)
    cap = models.PositiveIntegerField(default=100)
    default_kind = models.CharField(max_length=12, default="workstation")
    created_at = models.DateTimeField()
    expires_at = models.DateTimeField(null=True, blank=True)
    revoked_at = models.DateTimeField(null=True, blank=True)
    last_used_at = models.DateTimeField(null=True)
    seen = models.JSONField(default=dict, db_default={})

    objects = KeyQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(old_digest="") | Q(old_until__isnull=False),
                name="an_old_secret_ends",
            )
        ]

    def __str__(self) -> str:
        return f"{self.name} ({self.prefix}…)"


class RefusedName(models.Model):
    """Something a key reported that was not let in, until a person decides."""

    key = models.ForeignKey(EnrolmentKey, on_delete=models.CASCADE, related_name="refused")
    name = models.CharField(max_length=200)
    reason = models.CharField(max_length=160)
    first_at = models.DateTimeField()
    last_at = models.DateTimeField()
    times = models.PositiveBigIntegerField(default=1)

    class Meta:
        ordering = ["-last_at"]
        constraints = [models.UniqueConstraint(fields=["key", "name"], name="one_refusal_per_name")]

    def __str__(self) -> str:
        return self.name

    @property
    def may_enter(self) -> bool:
        """Whether it is a device that only the cap keeps out."""
        return self.reason.startswith(ABOVE_CAP)

    @property
    def is_host(self) -> bool:
        """Whether it may be another name of a device: a job or a value has more beside it."""
        return " " not in self.name and ":" not in self.name


class Check(models.Model):
    """The hot row of one expected signal; a beat updates it, nothing else about the beat is a row.

    `due_at` = last beat + period + grace, rewritten with each beat and swept when it passes; it is
    not indexed, so that a beat rewrites the row in place. `status` is new (never seen), up, down or
    paused; "late" is derived between period and grace. `status_at` is since when it holds.
    `enrolled_by` is the key that made the device known, and what its cap counts. With a period of 0
    nothing is waited for: such a check is up or down because something said so.

    A check with a schedule is due at its ticks; the period is then only how often that usually is.
    A threshold watches a `series` against `limits`: over them it is degraded, and unknown when no
    value comes any more; `watch` is how far a level is raised or cleared. `words` say what a
    message means that says nothing else. `template` is what asked for it by itself, `let_go_at`
    since when no template does and it is paused for that.
    """

    class Kind(models.TextChoices):
        PERIOD = "period", "Every so often"
        CRON = "cron", "On a cron schedule"
        CALENDAR = "calendar", "On a systemd calendar"
        THRESHOLD = "threshold", "A value within limits"

    class Status(models.TextChoices):
        NEW = "new", "Waiting for the first beat"
        UP = "up", "Up"
        DOWN = "down", "Down"
        DEGRADED = "degraded", "Over its limit"
        UNKNOWN = "unknown", "No data"
        PAUSED = "paused", "Paused"

    device = models.ForeignKey(Device, on_delete=models.CASCADE, related_name="+")
    slug = models.SlugField(max_length=60, default="heartbeat")
    name = models.CharField(max_length=80, default="Heartbeat")
    period_seconds = models.PositiveIntegerField(default=60)
    grace_seconds = models.PositiveIntegerField(default=60)
    max_run_seconds = models.PositiveIntegerField(null=True, blank=True)
    enrolled_by = models.ForeignKey(
        EnrolmentKey, null=True, blank=True, on_delete=models.SET_NULL, related_name="checks"
    )
    status = models.CharField(max_length=8, choices=Status, default=Status.NEW)
    status_at = models.DateTimeField(null=True)
    last_seen_at = models.DateTimeField(null=True)
    last_sent_at = models.DateTimeField(null=True)
    last_started_at = models.DateTimeField(null=True)
    resumed_at = models.DateTimeField(null=True)
    run_id = models.CharField(max_length=64, blank=True)
    fails = models.PositiveIntegerField(default=0)
    duration_ms = models.PositiveBigIntegerField(null=True)
    sequence = models.BigIntegerField(null=True)
    boot_id = models.CharField(max_length=64, blank=True)
    due_at = models.DateTimeField(null=True)
    beats = models.PositiveBigIntegerField(default=0)
    facts = models.JSONField(default=dict)
    body = models.TextField(blank=True)
    created_at = models.DateTimeField()
    kind = models.CharField(max_length=10, choices=Kind, default=Kind.PERIOD, db_default="period")
    schedule = models.CharField(max_length=120, blank=True, default="", db_default="")
    zone = models.CharField(max_length=64, blank=True, default="", db_default="")
    fail_threshold = models.PositiveSmallIntegerField(default=1, db_default=1)
    words = models.JSONField(null=True, blank=True)
    series = models.ForeignKey(
        "Series", null=True, blank=True, on_delete=models.SET_NULL, related_name="checks"
    )
    limits = models.JSONField(null=True, blank=True)
    watch = models.JSONField(null=True, blank=True)
    template = models.ForeignKey(
        "CheckTemplate", null=True, blank=True, on_delete=models.SET_NULL, related_name="+",
        db_index=False,
    )  # fmt: skip
    let_go_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["device", "slug"], name="one_check_per_slug")
        ]

    def __str__(self) -> str:
        return f"{self.name} of {self.device_id}"


class Flip(models.Model):
    """A change of a check's state, at the instant it was true (not when it was noticed)."""

    check_row = models.ForeignKey(Check, on_delete=models.CASCADE, related_name="flips")
    status = models.CharField(max_length=8)
    at = models.DateTimeField()
    noticed_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["check_row", "at", "status"], name="one_flip_per_instant"
            )
        ]
        indexes = [models.Index(fields=["check_row", "at"], name="flips_of_check")]

    def __str__(self) -> str:
        return f"{self.status} at {self.at}"


class Series(models.Model):
    """One measured quantity of a device; `watched` where a threshold looks at its values."""

    device = models.ForeignKey(Device, on_delete=models.CASCADE, related_name="+")
    name = models.CharField(max_length=80)
    unit = models.CharField(max_length=16, blank=True)
    last_value = models.FloatField(null=True)
    last_at = models.DateTimeField(null=True)
    watched = models.BooleanField(default=False, db_default=False)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["device", "name"], name="one_series_per_name")
        ]

    def __str__(self) -> str:
        return self.name


class Reading(models.Model):
    """A value of a series. Written by COPY, thinned into `Rollup`, dropped by age.

    The key to the series is not checked by the database: that would cost more than the row.
    """

    pk = models.CompositePrimaryKey("series_id", "at")
    series = models.ForeignKey(
        Series, on_delete=models.CASCADE, related_name="+", db_index=False, db_constraint=False
    )
    at = models.DateTimeField()
    value = models.FloatField()

    def __str__(self) -> str:
        return f"{self.value} at {self.at}"


class Pack(models.Model):
    """A day of readings of one series in one row (monitoring/actions/thinning.py).

    `steps` are the microseconds from one reading to the next, the first from the start of the day
    in UTC. Distances repeat, so they compress to almost nothing; instants would not.
    """

    pk = models.CompositePrimaryKey("series_id", "day")
    series = models.ForeignKey(
        Series, on_delete=models.CASCADE, related_name="+", db_index=False, db_constraint=False
    )
    day = models.DateTimeField()
    steps = ArrayField(models.BigIntegerField())
    values = ArrayField(models.FloatField())

    def __str__(self) -> str:
        return f"{len(self.steps)} readings of {self.day:%Y-%m-%d}"


class Rollup(models.Model):
    """Readings of one series in one bucket: enough for a chart that keeps its spikes.

    A bucket is five minutes, an hour or a day wide (`seconds`); the wider are computed from the
    finer.
    """

    pk = models.CompositePrimaryKey("series_id", "seconds", "at")
    series = models.ForeignKey(
        Series, on_delete=models.CASCADE, related_name="+", db_index=False, db_constraint=False
    )
    seconds = models.PositiveIntegerField()
    at = models.DateTimeField()
    low = models.FloatField()
    high = models.FloatField()
    total = models.FloatField()
    count = models.PositiveIntegerField()
    last = models.FloatField()

    def __str__(self) -> str:
        return f"{self.seconds}s at {self.at}"


class Cursor(models.Model):
    """How far the stream of this MSP is in the database; moved in the batch's own transaction.

    `evaluated_at` is the stream clock: misses are judged against it, so a backlog never makes one.
    `pulse_at` is the last sign that the intake was open. `epoch` names the stream the cursor is
    about: one that lost its data starts anew. `rolled_until` is how far readings are thinned. One
    row; `only` sees to it.
    """

    only = models.BooleanField(default=True, unique=True)
    epoch = models.CharField(max_length=32, blank=True)
    last_id = models.CharField(max_length=40, default="0-0")
    evaluated_at = models.DateTimeField(null=True)
    pulse_at = models.DateTimeField(null=True)
    rolled_until = models.DateTimeField(null=True)

    class Meta:
        constraints = [models.CheckConstraint(condition=Q(only=True), name="one_cursor")]

    def __str__(self) -> str:
        return self.last_id


class Spooled(models.Model):
    """A message accepted while Valkey was away; drained before the stream."""

    received_at = models.DateTimeField()
    envelope = models.BinaryField()

    def __str__(self) -> str:
        return f"spooled at {self.received_at}"


class DeadLetter(models.Model):
    """A message that could not be stored, with the reason; a person may replay it."""

    entry_id = models.CharField(max_length=60, unique=True)
    error = models.TextField()
    envelope = models.BinaryField()
    at = models.DateTimeField()
    replayed_at = models.DateTimeField(null=True)

    def __str__(self) -> str:
        return f"{self.entry_id}: {self.error}"


class BlindInterval(models.Model):
    """A stretch in which we ourselves saw nothing; judged as unknown, never as down."""

    started_at = models.DateTimeField(unique=True)
    ended_at = models.DateTimeField()
    reason = models.CharField(max_length=120)

    def __str__(self) -> str:
        return f"blind from {self.started_at}"
