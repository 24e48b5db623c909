"""Projects: work with a start and an end, paid by milestones, by the hour, or up to a cap."""

from django.db import models
from django.db.models import Q

from contracts.clients.models import Client, OfClientQuerySet
from contracts.models import Agreement, Quote
from tenants.people.models import Person
from tenants.people.rules.viewer import Viewer
from tickets.models import Ticket
from tickets.projects.rules import states


def _amount() -> models.DecimalField:
    return models.DecimalField(max_digits=18, decimal_places=4, default=0)


class ProjectQuerySet(OfClientQuerySet):
    def visible_to(self, viewer: Viewer) -> "OfClientQuerySet":
        """A client sees its projects from the day they were started, not what we only plan."""
        rows = super().visible_to(viewer)
        return rows if viewer.is_staff else rows.filter(started_at__isnull=False)


class Project(models.Model):
    """What is done for a client from a first day to a last.

    `amount` is the fee of a fixed one, always what its milestones sum to, and the cap of a capped
    one. `bills_on` says what makes a milestone billable: the client's word or ours.
    """

    class State(models.TextChoices):
        PLANNED = states.State.PLANNED.value, "Planned"
        RUNNING = states.State.RUNNING.value, "Running"
        DONE = states.State.DONE.value, "Done"
        CANCELLED = states.State.CANCELLED.value, "Cancelled"

    class Fee(models.TextChoices):
        FIXED = states.Fee.FIXED.value, "A fixed fee, by milestones"
        TIME = states.Fee.TIME.value, "Time and materials, as the agreement says"
        CAPPED = states.Fee.CAPPED.value, "Time and materials up to a cap"

    class BillsOn(models.TextChoices):
        ACCEPTED = "accepted", "When the client accepts it"
        DONE = "done", "When we say it is done"

    client = models.ForeignKey(Client, on_delete=models.PROTECT, related_name="+")
    agreement = models.ForeignKey(
        Agreement, null=True, blank=True, on_delete=models.PROTECT, related_name="+",
        db_index=False,
    )  # fmt: skip
    owner = models.ForeignKey(
        Person, null=True, blank=True, on_delete=models.SET_NULL, related_name="+", db_index=False
    )
    name = models.CharField(max_length=120)
    scope = models.TextField(blank=True)
    state = models.CharField(max_length=9, choices=State, default=State.PLANNED)
    fee = models.CharField(max_length=6, choices=Fee, default=Fee.FIXED)
    bills_on = models.CharField(max_length=8, choices=BillsOn, default=BillsOn.ACCEPTED)
    amount = _amount()
    currency = models.CharField(max_length=3)
    starts_on = models.DateField()
    due_on = models.DateField()
    created_at = models.DateTimeField()
    started_at = models.DateTimeField(null=True, blank=True)
    closed_at = models.DateTimeField(null=True, blank=True)

    objects = ProjectQuerySet.as_manager()

    class Meta:
        ordering = ["-pk"]
        constraints = [
            models.CheckConstraint(
                name="projects_run_forward", condition=Q(due_on__gte=models.F("starts_on"))
            ),
            models.CheckConstraint(
                name="closed_projects_have_an_instant",
                condition=Q(state__in=["done", "cancelled"], closed_at__isnull=False)
                | Q(state__in=["planned", "running"], closed_at__isnull=True),
            ),
            models.CheckConstraint(
                name="caps_are_above_nought", condition=~Q(fee="capped") | Q(amount__gt=0)
            ),
        ]

    def __str__(self) -> str:
        return f"{self.number} {self.name}"

    @property
    def number(self) -> str:
        """What people call it by; numbers may have gaps, as those of agreements."""
        return f"P-{self.pk:04}"


class Milestone(models.Model):
    """A step of a project that can be done, accepted and billed. What was accepted is frozen.

    `due_on` is the last day it is in time. `order` is the change order that brought it, 0 for what
    was planned from the start.
    """

    class Via(models.TextChoices):
        PORTAL = "portal", "In the portal"
        PAPER = "paper", "On paper"

    project = models.ForeignKey(Project, on_delete=models.CASCADE, related_name="milestones")
    position = models.PositiveSmallIntegerField()
    order = models.PositiveSmallIntegerField(default=0)
    phase = models.CharField(max_length=80)
    title = models.CharField(max_length=120)
    amount = _amount()
    due_on = models.DateField(null=True, blank=True)
    done_at = models.DateTimeField(null=True, blank=True)
    accepted_at = models.DateTimeField(null=True, blank=True)
    accepted_name = models.CharField(max_length=120, blank=True)
    accepted_via = models.CharField(max_length=6, choices=Via, blank=True)

    class Meta:
        ordering = ["position", "pk"]
        constraints = [
            models.CheckConstraint(
                name="accepted_milestones_are_done_and_signed",
                condition=Q(accepted_at__isnull=True, accepted_name="")
                | Q(accepted_at__isnull=False, done_at__isnull=False, accepted_name__gt=""),
            ),
            models.CheckConstraint(
                name="milestones_cost_nothing_or_more", condition=Q(amount__gte=0)
            ),
        ]

    def __str__(self) -> str:
        return self.title


class ProjectTicket(models.Model):
    """A ticket whose work belongs to a project; a ticket belongs to one at most."""

    ticket = models.OneToOneField(
        Ticket, primary_key=True, on_delete=models.CASCADE, related_name="+"
    )
    project = models.ForeignKey(Project, on_delete=models.CASCADE, related_name="tickets")
    added_at = models.DateTimeField()

    def __str__(self) -> str:
        return f"{self.ticket_id} of {self.project_id}"


class ProjectQuote(models.Model):
    """The quote a project came of (number 0), and each that changes it: its change orders.

    Of a change order the row stands from the day it is drafted; `applied_at` is when the client's
    yes became milestones or a higher cap.
    """

    quote = models.OneToOneField(
        Quote, primary_key=True, on_delete=models.PROTECT, related_name="+"
    )
    project = models.ForeignKey(
        Project, on_delete=models.PROTECT, related_name="quotes", db_index=False
    )
    number = models.PositiveSmallIntegerField()
    applied_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["number"]
        constraints = [
            models.UniqueConstraint(fields=["project", "number"], name="one_order_a_number")
        ]

    def __str__(self) -> str:
        return f"{self.project_id}/{self.number}"
