"""Work: tickets, what was said on them, and the clocks that run."""

from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.indexes import GinIndex, OpClass
from django.db import models
from django.db.models import Q
from django.db.models.functions import Upper

from contracts.clients.models import Client, Contact, Device, Site
from contracts.models import Agreement, ServiceLevelVersion
from tenants.people.models import Person, Team
from tenants.people.rules.viewer import Viewer


class TicketQuerySet(models.QuerySet["Ticket"]):
    def visible_to(self, viewer: Viewer) -> "TicketQuerySet":
        """Staff see all; a client's administrator the client's; a client's user the own ones."""
        if viewer.is_staff:
            return self
        mine = self.filter(client_id=viewer.client_id)
        return mine if viewer.role == "admin" else mine.filter(contact_id=viewer.contact_id)


class Ticket(models.Model):
    """Something that must be done for a client, under the promise that covered it when it began.

    `due_at` is the next deadline of its running clocks, `client_wrote_at` the oldest word of the
    client that nobody answered, `touched_at` the last time a person and not the product acted;
    `policy_reason` says why this promise holds, `policy_failed` why the others do not, and
    `level_chosen` that somebody chose it by hand, `verdict` is what coverage said of work on it.
    `paid_by` names what pays for work on it, such as a fixed fee, so that its time is not charged.
    `client_since` is set where the client was wrong before: what was said until then is not theirs
    to read. `resumes_at` is the exact instant a wait
    ends by itself, and `resume_cause` whether a date was agreed or the longest wait is over.
    Solving its `parent` solves a ticket too.
    """

    class Priority(models.IntegerChoices):
        """Major stands outside the matrix of impact and urgency and needs a permission (S8)."""

        MAJOR = 0, "Major incident"
        CRITICAL = 1, "Critical"
        HIGH = 2, "High"
        MEDIUM = 3, "Medium"
        LOW = 4, "Low"
        LOWEST = 5, "Lowest"

    class Grade(models.IntegerChoices):
        """How many are held up (impact), and how much it presses (urgency)."""

        HIGH = 1, "High"
        MEDIUM = 2, "Medium"
        LOW = 3, "Low"

    class ResumeCause(models.TextChoices):
        DATE = "date", "The agreed time came"
        LIMIT = "limit", "The longest wait was over"

    class Channel(models.TextChoices):
        PORTAL = "portal", "Portal"
        EMAIL = "email", "E-mail"
        PHONE = "phone", "Phone"
        API = "api", "API"
        MONITORING = "monitoring", "Monitoring"

    number = models.PositiveBigIntegerField(unique=True)
    client = models.ForeignKey(Client, on_delete=models.PROTECT, related_name="+")
    site = models.ForeignKey(
        Site, null=True, blank=True, on_delete=models.SET_NULL, related_name="+"
    )
    contact = models.ForeignKey(
        Contact, null=True, blank=True, on_delete=models.SET_NULL, related_name="+"
    )
    device = models.ForeignKey(
        Device, null=True, blank=True, on_delete=models.SET_NULL, related_name="+"
    )
    subject = models.CharField(max_length=200)
    status = models.CharField(max_length=16, default="new")
    pause_reason = models.CharField(max_length=200, blank=True)
    priority = models.PositiveSmallIntegerField(choices=Priority, default=Priority.MEDIUM)
    impact = models.PositiveSmallIntegerField(choices=Grade, null=True, blank=True)
    urgency = models.PositiveSmallIntegerField(choices=Grade, null=True, blank=True)
    channel = models.CharField(max_length=10, choices=Channel)
    source_key = models.CharField(max_length=80, null=True, blank=True, unique=True)
    owner = models.ForeignKey(
        Person, null=True, blank=True, on_delete=models.SET_NULL, related_name="+"
    )
    team = models.ForeignKey(
        Team, null=True, blank=True, on_delete=models.SET_NULL, related_name="+"
    )
    agreement = models.ForeignKey(
        Agreement, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    agreement_line_id = models.BigIntegerField(null=True, blank=True)
    level_version = models.ForeignKey(
        ServiceLevelVersion, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    level_chosen = models.BooleanField(default=False, db_default=False)
    covered = models.BooleanField(default=False)
    verdict = models.CharField(max_length=10, blank=True, default="", db_default="")
    paid_by = models.CharField(max_length=160, blank=True, default="", db_default="")
    policy_reason = models.TextField(blank=True)
    policy_failed = ArrayField(models.TextField(), default=list, blank=True)
    opened_at = models.DateTimeField()
    responded_at = models.DateTimeField(null=True, blank=True)
    resolved_at = models.DateTimeField(null=True, blank=True)
    closed_at = models.DateTimeField(null=True, blank=True)
    touched_at = models.DateTimeField(null=True, blank=True)
    updated_at = models.DateTimeField()
    client_wrote_at = models.DateTimeField(null=True, blank=True)
    due_at = models.DateTimeField(null=True, blank=True)
    resumes_at = models.DateTimeField(null=True, blank=True)
    resume_cause = models.CharField(
        max_length=8, choices=ResumeCause, blank=True, default="", db_default=""
    )
    contested_at = models.DateTimeField(null=True, blank=True)
    reopens = models.PositiveSmallIntegerField(default=0)
    client_since = models.DateTimeField(null=True, blank=True)
    follows = models.ForeignKey(
        "self", null=True, blank=True, on_delete=models.SET_NULL, related_name="followers"
    )
    parent = models.ForeignKey(
        "self", null=True, blank=True, on_delete=models.SET_NULL, related_name="children"
    )
    merged_into = models.ForeignKey(
        "self", null=True, blank=True, on_delete=models.SET_NULL, related_name="merged"
    )

    objects = TicketQuerySet.as_manager()

    class Meta:
        indexes = [
            models.Index(
                fields=["due_at", "id"],
                name="open_tickets_by_due",
                condition=Q(resolved_at__isnull=True),
            ),
            models.Index(
                fields=["resumes_at"],
                name="tickets_resuming",
                condition=Q(resumes_at__isnull=False),
            ),
            models.Index(fields=["client", "-updated_at"], name="tickets_of_client"),
            models.Index(
                fields=["device"],
                name="open_tickets_of_device",
                condition=Q(resolved_at__isnull=True),
            ),
            models.Index(fields=["-updated_at", "-id"], name="tickets_by_update"),
            GinIndex(OpClass(Upper("subject"), name="gin_trgm_ops"), name="ticket_subject_search"),
        ]

    def __str__(self) -> str:
        return f"#{self.number} {self.subject}"


class Message(models.Model):
    """Something said on a ticket: to the client, or a note among ourselves.

    `key` names one sending of a form or a program, so that sending it twice says it once.
    """

    class Kind(models.TextChoices):
        OPENING = "opening", "How it began"
        REPLY = "reply", "Reply"
        NOTE = "note", "Internal note"
        CLIENT = "client", "From the client"

    ticket = models.ForeignKey(Ticket, on_delete=models.CASCADE, related_name="messages")
    kind = models.CharField(max_length=8, choices=Kind)
    author_kind = models.CharField(max_length=10)
    author_id = models.BigIntegerField(null=True)
    author_name = models.CharField(max_length=120)
    body = models.TextField()
    html = models.TextField()
    key = models.CharField(max_length=80, null=True, blank=True)
    at = models.DateTimeField()

    class Meta:
        ordering = ["at", "pk"]
        constraints = [
            models.UniqueConstraint(fields=["ticket", "key"], name="one_message_per_key")
        ]

    def __str__(self) -> str:
        return f"{self.kind} on {self.ticket_id}"


class Clock(models.Model):
    """One promise counting on one ticket. Everything shown is derived from its spans (S1).

    `due_at` is the exact instant it would be missed, null while paused or stopped; it is a row so
    that a sweep finds it, never a timer in memory. `warn_at` is the same for the next share of the
    target somebody is told of, `warned` the target each share was told for. A promise given again
    (the next question, another agreement) is the next `cycle`; only the highest counts. `pauses`
    says whether a waiting status stops it, `carried` what an earlier promise had used, `raised`
    that the target was over when it was set, `level_version` whose hours it counts.
    """

    class Target(models.TextChoices):
        RESPONSE = "response", "First reply"
        UPDATE = "update", "Next word"
        RESOLUTION = "resolution", "Fix"

    ticket = models.ForeignKey(Ticket, on_delete=models.CASCADE, related_name="clocks")
    target = models.CharField(max_length=10, choices=Target)
    cycle = models.PositiveIntegerField(default=1, db_default=1)
    level_version = models.ForeignKey(
        ServiceLevelVersion, null=True, on_delete=models.PROTECT, related_name="+"
    )
    seconds = models.PositiveIntegerField()
    carried = models.PositiveIntegerField(default=0)
    pauses = models.BooleanField(default=True)
    raised = models.BooleanField(default=False)
    due_at = models.DateTimeField(null=True)
    warn_at = models.DateTimeField(null=True)
    warned = models.JSONField(
        default=dict, db_default=models.Value({}, output_field=models.JSONField())
    )
    met_at = models.DateTimeField(null=True)
    missed_at = models.DateTimeField(null=True)
    stopped_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["ticket", "target", "cycle"], name="one_clock_per_cycle"
            )
        ]
        indexes = [
            models.Index(
                fields=["due_at"],
                name="clocks_due",
                condition=Q(met_at__isnull=True, missed_at__isnull=True, due_at__isnull=False),
            ),
            models.Index(
                fields=["warn_at"], name="clocks_warning", condition=Q(warn_at__isnull=False)
            ),
        ]

    def __str__(self) -> str:
        return f"{self.target} of {self.ticket_id}"

    @property
    def breach_cause(self) -> str:
        """Why it was missed, where it was not by taking long: the target came too late (S9)."""
        return "raised" if self.raised and self.missed_at is not None else ""


class ClockSpan(models.Model):
    """A stretch during which a clock ran."""

    clock = models.ForeignKey(Clock, on_delete=models.CASCADE, related_name="spans")
    started_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True)

    class Meta:
        ordering = ["started_at"]
        constraints = [
            models.UniqueConstraint(
                fields=["clock"], condition=Q(ended_at__isnull=True), name="one_running_span"
            )
        ]

    def __str__(self) -> str:
        return f"{self.started_at} of {self.clock_id}"


class TicketNumber(models.Model):
    """The last number given; locked while the next is drawn."""

    last = models.PositiveBigIntegerField(default=1000)

    def __str__(self) -> str:
        return str(self.last)


class TimeQuerySet(models.QuerySet["TimeEntry"]):
    def visible_to(self, viewer: Viewer) -> "TimeQuerySet":
        """Only the MSP's people read entries; a client is told in sentences what concerns them."""
        return self if viewer.is_staff else self.none()

    def done(self) -> "TimeQuerySet":
        """Entries that are over; a running timer is not time yet."""
        return self.filter(ended_at__isnull=False)


class TimeEntry(models.Model):
    """Work on a ticket, from when to when. One without an end is a timer that runs.

    `parts` holds a stretch for each class of hours with what coverage answered when it was written
    down: verdict, rate, reason, and every condition that failed. `override` puts another verdict in
    its place, with the reason why. `worked_on` is the client's date. Once it stands on an approved
    bill (`billed_ref`) it does not change; one that was wrong all the same is voided, and the next
    bill gives back what it was charged. `approved_at` matters for clients whose time is approved.
    """

    class Override(models.TextChoices):
        NONE = "", "As agreed"
        NO_CHARGE = "no_charge", "Without charge"
        BILLABLE = "billable", "Billable"

    ticket = models.ForeignKey(Ticket, on_delete=models.PROTECT, related_name="time")
    client = models.ForeignKey(Client, on_delete=models.PROTECT, related_name="+")
    person = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+")
    work_type = models.CharField(max_length=20)
    role = models.CharField(max_length=12)
    started_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True)
    worked_on = models.DateField()
    note = models.TextField(blank=True)
    override = models.CharField(max_length=10, choices=Override, blank=True, default="")
    override_why = models.CharField(max_length=200, blank=True)
    parts = models.JSONField(default=list)
    key = models.CharField(max_length=80, null=True)
    created_at = models.DateTimeField()
    updated_at = models.DateTimeField()
    billed_ref = models.CharField(max_length=40, blank=True)
    approved_at = models.DateTimeField(null=True, blank=True)
    approved_by = models.CharField(max_length=120, blank=True, default="", db_default="")
    voided_at = models.DateTimeField(null=True, blank=True)
    void_why = models.CharField(max_length=200, blank=True, default="", db_default="")

    objects = TimeQuerySet.as_manager()

    class Meta:
        ordering = ["started_at", "pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["person"], condition=Q(ended_at__isnull=True), name="one_timer_per_person"
            ),
            models.UniqueConstraint(fields=["ticket", "key"], name="one_time_entry_per_key"),
            models.CheckConstraint(
                name="time_runs_forward",
                condition=Q(ended_at__isnull=True) | Q(ended_at__gte=models.F("started_at")),
            ),
            models.CheckConstraint(
                name="another_verdict_says_why",
                condition=Q(override="", override_why="") | (~Q(override="") & ~Q(override_why="")),
            ),
        ]
        indexes = [
            models.Index(
                fields=["client", "worked_on"],
                name="time_to_bill",
                condition=Q(billed_ref="", ended_at__isnull=False),
            ),
            models.Index(fields=["client", "-worked_on"], name="time_of_client"),
            models.Index(fields=["person", "-started_at"], name="time_of_person"),
        ]

    def __str__(self) -> str:
        return f"{self.person_id} on {self.ticket_id} at {self.started_at}"

    @property
    def seconds(self) -> int:
        """How long it took; nothing while it still runs."""
        return int((self.ended_at - self.started_at).total_seconds()) if self.ended_at else 0
