"""Who is on call when, whom an escalation calls, and the calls that were made."""

from django.db import models
from django.db.models import Q

from tenants.people.models import Person
from tenants.people.rules.viewer import Viewer


class OfStaffQuerySet(models.QuerySet):
    """Rows only the MSP's people read."""

    def visible_to(self, viewer: Viewer) -> "OfStaffQuerySet":
        return self if viewer.is_staff else self.none()


class Schedule(models.Model):
    """A rota: layers of people who take turns (rules/rota), in one time zone."""

    name = models.CharField(max_length=80, unique=True)
    zone = models.CharField(max_length=64)
    layers = models.JSONField(default=list)
    created_at = models.DateTimeField()

    objects = OfStaffQuerySet.as_manager()

    class Meta:
        ordering = ["name"]

    def __str__(self) -> str:
        return self.name


class Override(models.Model):
    """Somebody takes over for a stretch, whatever the layers say.

    A swap is asked first and counts when the other one agreed. One that hands the asker a stretch
    in return carries the same `swap`.
    """

    class State(models.TextChoices):
        AGREED = "agreed", "Agreed"
        ASKED = "asked", "Asked"
        DECLINED = "declined", "Declined"
        CANCELLED = "cancelled", "Taken back"

    schedule = models.ForeignKey(Schedule, on_delete=models.CASCADE, related_name="overrides")
    person = models.ForeignKey(Person, on_delete=models.CASCADE, related_name="+")
    asked_by = models.ForeignKey(Person, null=True, on_delete=models.SET_NULL, related_name="+")
    starts_at = models.DateTimeField()
    ends_at = models.DateTimeField()
    state = models.CharField(max_length=9, choices=State, default=State.AGREED)
    swap = models.CharField(max_length=32, blank=True)
    made_by = models.CharField(max_length=120)
    created_at = models.DateTimeField()
    agreed_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(ends_at__gt=models.F("starts_at")), name="an_override_runs_forward"
            )
        ]
        indexes = [models.Index(fields=["schedule", "ends_at"], name="overrides_by_end")]

    def __str__(self) -> str:
        return f"{self.person_id} from {self.starts_at}"


class Policy(models.Model):
    """An escalation: what it is for (`when`), whom it calls and in which steps (`chain`).

    Of the policies that fit, the one with the lowest rank is taken.
    """

    name = models.CharField(max_length=80, unique=True)
    rank = models.PositiveSmallIntegerField(default=1)
    when = models.JSONField(default=dict)
    chain = models.JSONField()
    created_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True)

    class Meta:
        ordering = ["rank", "pk"]
        verbose_name_plural = "policies"

    def __str__(self) -> str:
        return self.name


class Call(models.Model):
    """People are being called about something, until one of them takes it on or it is over.

    `source_key` names what it is about; `chain` is the policy's as it was when it began, so that
    a change of the policy touches no call that runs. `refs` are what the journal finds it by. Of
    one that is taken on `taker_id` is the person who is asked whether they still are on it.
    """

    class State(models.TextChoices):
        CALLING = "calling", "Calling"
        TAKEN = "taken", "Taken on"
        OVER = "over", "Over"

    source_key = models.CharField(max_length=60)
    subject = models.CharField(max_length=200)
    url = models.CharField(max_length=200)
    policy = models.ForeignKey(Policy, null=True, on_delete=models.SET_NULL, related_name="+")
    chain = models.JSONField()
    refs = models.JSONField(default=dict)
    state = models.CharField(max_length=8, choices=State, default=State.CALLING)
    began_at = models.DateTimeField()
    taken_at = models.DateTimeField(null=True)
    taken_by = models.CharField(max_length=120, blank=True)
    taker_id = models.BigIntegerField(null=True)
    ended_at = models.DateTimeField(null=True)

    objects = OfStaffQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["source_key"],
                condition=Q(ended_at__isnull=True),
                name="one_running_call",
            )
        ]
        indexes = [
            models.Index(fields=["source_key"], name="calls_of_a_thing"),
            models.Index(fields=["-began_at"], name="calls_newest"),
        ]

    def __str__(self) -> str:
        return self.subject

    @property
    def is_asked_about(self) -> bool:
        """Whether whoever took it on will be asked, or was: what the rows read with it say."""
        return any(step.done_at is None for step in self.steps.all())


class CallStep(models.Model):
    """One turn of a call: due at an instant, then done, with who was told and what came of it.

    A call has one turn that is not done. It is a row the sweep finds, never a timer. Of a call that
    is taken on a reminder asks whoever took it, and the turn after that lets them go.
    """

    call = models.ForeignKey(Call, on_delete=models.CASCADE, related_name="steps")
    number = models.PositiveSmallIntegerField()
    round = models.PositiveSmallIntegerField()
    step = models.PositiveSmallIntegerField()
    reminder = models.BooleanField(default=False)
    since = models.DateTimeField(null=True)
    due_at = models.DateTimeField()
    done_at = models.DateTimeField(null=True)
    told = models.JSONField(default=list)
    outcome = models.CharField(max_length=300, blank=True)

    class Meta:
        ordering = ["number"]
        constraints = [
            models.UniqueConstraint(fields=["call", "number"], name="one_turn_per_number"),
            models.UniqueConstraint(
                fields=["call"], condition=Q(done_at__isnull=True), name="one_turn_to_come"
            ),
        ]
        indexes = [
            models.Index(fields=["due_at"], name="turns_due", condition=Q(done_at__isnull=True))
        ]

    def __str__(self) -> str:
        return f"turn {self.number} of {self.call_id}"
