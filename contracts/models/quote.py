"""Quotes, what clients answered to what we sent them, and road maps."""

from datetime import date, timedelta

from django.db import models
from django.db.models import Q

from contracts.clients.models import Client, Contact, OfClientQuerySet
from contracts.rules.quoting import State
from tenants.people.rules.viewer import Viewer


class QuoteQuerySet(OfClientQuerySet):
    def visible_to(self, viewer: Viewer) -> "OfClientQuerySet":
        """A client sees what was sent to it, never what we only think about."""
        rows = super().visible_to(viewer)
        return rows if viewer.is_staff else rows.filter(sent_at__isnull=False)


class Quote(models.Model):
    """What we offer one client. What it says is in its versions; the newest sent one can be
    answered until `expires_at`.

    `serial` counts without a gap: a quote is withdrawn, never deleted. `agreement` is what an
    accepted one became, once. One that changes an agreement names the version it was written
    against (`amends`) and the one that came of it (`amended`).
    """

    class State(models.TextChoices):
        DRAFT = State.DRAFT.value, "Draft"
        SENT = State.SENT.value, "Sent"
        VIEWED = State.VIEWED.value, "Viewed"
        ACCEPTED = State.ACCEPTED.value, "Accepted"
        DECLINED = State.DECLINED.value, "Declined"
        EXPIRED = State.EXPIRED.value, "Expired"
        WITHDRAWN = State.WITHDRAWN.value, "Withdrawn"

    client = models.ForeignKey(Client, on_delete=models.PROTECT, related_name="quotes")
    contact = models.ForeignKey(
        Contact, null=True, blank=True, on_delete=models.SET_NULL, related_name="+"
    )
    owner = models.ForeignKey(
        "people.Person", null=True, blank=True, on_delete=models.SET_NULL, related_name="+"
    )
    roadmap = models.ForeignKey(
        "contracts.Roadmap", null=True, blank=True, on_delete=models.SET_NULL,
        related_name="quotes",
    )  # fmt: skip
    serial = models.PositiveIntegerField(unique=True)
    number = models.CharField(max_length=20, unique=True)
    name = models.CharField(max_length=120)
    currency = models.CharField(max_length=3)
    state = models.CharField(max_length=9, choices=State, default=State.DRAFT)
    created_at = models.DateTimeField()
    sent_at = models.DateTimeField(null=True, blank=True)
    viewed_at = models.DateTimeField(null=True, blank=True)
    closed_at = models.DateTimeField(null=True, blank=True)
    expires_at = models.DateTimeField(null=True, blank=True)
    agreement = models.OneToOneField(
        "contracts.Agreement", null=True, blank=True, on_delete=models.PROTECT, related_name="quote"
    )
    amends = models.ForeignKey(
        "contracts.AgreementVersion", null=True, blank=True, on_delete=models.PROTECT,
        related_name="+", db_index=False,
    )  # fmt: skip
    amended = models.ForeignKey(
        "contracts.AgreementVersion", null=True, blank=True, on_delete=models.PROTECT,
        related_name="+", db_index=False,
    )  # fmt: skip
    conversion_note = models.CharField(max_length=400, blank=True)

    objects = QuoteQuerySet.as_manager()

    class Meta:
        ordering = ["-serial"]
        constraints = [
            models.CheckConstraint(
                name="sent_quotes_have_an_instant",
                condition=Q(state__in=["draft", "withdrawn"]) | Q(sent_at__isnull=False),
            ),
            models.CheckConstraint(
                name="only_accepted_quotes_become_agreements",
                condition=Q(agreement__isnull=True) | Q(state="accepted"),
            ),
            models.CheckConstraint(
                name="only_accepted_quotes_amend",
                condition=Q(amended__isnull=True) | Q(state="accepted", amends__isnull=False),
            ),
        ]
        indexes = [
            models.Index(
                fields=["expires_at"],
                name="quotes_to_expire",
                condition=Q(state__in=["sent", "viewed"]),
            ),
            models.Index(fields=["client", "-serial"], name="quotes_of_client"),
        ]

    def __str__(self) -> str:
        return f"{self.number} {self.name}"


class QuoteVersion(models.Model):
    """What a quote says. A trigger refuses every change of a version that was sent.

    `content` is read by `rules.quoting`. `valid_until_on` is its last day on the client's calendar.
    `becomes` says what an acceptance turns it into. The recurring lines make an agreement; what is
    delivered once is billed, or is the milestones of a project.
    """

    class Becomes(models.TextChoices):
        DRAFT = "draft", "A draft of an agreement, to look at"
        PUBLISHED = "published", "An agreement in effect from the start that was agreed"
        PROJECT = "project", "A project whose milestones are what is delivered once"

    quote = models.ForeignKey(Quote, on_delete=models.PROTECT, related_name="versions")
    number = models.PositiveIntegerField()
    intro = models.TextField(blank=True)
    terms = models.TextField(blank=True)
    content = models.JSONField(default=dict)
    level_version = models.ForeignKey(
        "contracts.ServiceLevelVersion", null=True, blank=True, on_delete=models.PROTECT,
        related_name="+",
    )  # fmt: skip
    valid_until_on = models.DateField(null=True, blank=True)
    starts_on = models.DateField(null=True, blank=True)
    term_months = models.PositiveSmallIntegerField(null=True, blank=True)
    renews_months = models.PositiveSmallIntegerField(null=True, blank=True)
    notice_days = models.PositiveSmallIntegerField(default=30)
    becomes = models.CharField(max_length=9, choices=Becomes, default=Becomes.DRAFT)
    created_at = models.DateTimeField()
    sent_at = models.DateTimeField(null=True, blank=True)
    digest = models.CharField(max_length=64, blank=True)

    class Meta:
        ordering = ["quote", "number"]
        constraints = [
            models.UniqueConstraint(fields=["quote", "number"], name="one_quote_version_a_number"),
            models.UniqueConstraint(
                fields=["quote"], condition=Q(sent_at__isnull=True), name="one_draft_per_quote"
            ),
            models.CheckConstraint(
                name="sent_versions_are_sealed",
                condition=Q(sent_at__isnull=True, digest="")
                | Q(sent_at__isnull=False, digest__gt="", valid_until_on__isnull=False),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.quote.number} v{self.number}"

    @property
    def expires_on(self) -> date | None:
        """The first day on which it no longer holds."""
        return self.valid_until_on + timedelta(days=1) if self.valid_until_on else None


class Answer(models.Model):
    """What a client's person said to exactly what we sent: yes or no, when, and from where.

    One for each thing sent: a version of a quote, or a request to approve a version of an
    agreement. `document` is what was accepted, `digest` its mark.
    """

    append_only = True

    class Verdict(models.TextChoices):
        ACCEPTED = "accepted", "Accepted"
        DECLINED = "declined", "Declined"

    client = models.ForeignKey(Client, on_delete=models.PROTECT, related_name="+")
    quote_version = models.OneToOneField(
        QuoteVersion, null=True, on_delete=models.PROTECT, related_name="answer"
    )
    agreement_version = models.ForeignKey(
        "contracts.AgreementVersion", null=True, on_delete=models.PROTECT, related_name="answers"
    )
    asked_at = models.DateTimeField()
    verdict = models.CharField(max_length=8, choices=Verdict)
    contact = models.ForeignKey(Contact, on_delete=models.PROTECT, related_name="+")
    contact_name = models.CharField(max_length=120)
    typed_name = models.CharField(max_length=120, blank=True)
    reason = models.CharField(max_length=1000, blank=True)
    document = models.JSONField(default=dict)
    digest = models.CharField(max_length=64)
    address = models.GenericIPAddressField(null=True)
    user_agent = models.CharField(max_length=400, blank=True)
    at = models.DateTimeField()

    objects = OfClientQuerySet.as_manager()

    class Meta:
        ordering = ["-at"]
        constraints = [
            models.CheckConstraint(
                name="answers_answer_one_thing",
                condition=Q(quote_version__isnull=False, agreement_version__isnull=True)
                | Q(quote_version__isnull=True, agreement_version__isnull=False),
            ),
            models.UniqueConstraint(
                fields=["agreement_version", "asked_at"], name="one_answer_per_request"
            ),
            models.CheckConstraint(
                name="acceptances_are_signed",
                condition=Q(verdict="declined", reason__gt="")
                | Q(verdict="accepted", typed_name__gt=""),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.contact_name} {self.verdict} {self.digest[:12]}"


class RoadmapQuerySet(OfClientQuerySet):
    def visible_to(self, viewer: Viewer) -> "OfClientQuerySet":
        """A client sees the plans that were shared with it."""
        rows = super().visible_to(viewer)
        return rows if viewer.is_staff else rows.filter(shared_at__isnull=False)


class Roadmap(models.Model):
    """An assessment of a client and the plan that follows from it.

    `answers` maps a question to its answer; `questions` are those it was assessed by, none where
    they are the ones every MSP begins with. `signals` is what our own rooms showed then, `phases`
    the plan, read by `rules.roadmap`.
    """

    client = models.ForeignKey(Client, on_delete=models.PROTECT, related_name="roadmaps")
    name = models.CharField(max_length=120)
    currency = models.CharField(max_length=3)
    answers = models.JSONField(default=dict)
    questions = models.JSONField(default=list, db_default=[])
    signals = models.JSONField(default=dict)
    assessed_at = models.DateTimeField(null=True, blank=True)
    phases = models.JSONField(default=list)
    shared_at = models.DateTimeField(null=True, blank=True)
    created_at = models.DateTimeField()
    changed_at = models.DateTimeField()

    objects = RoadmapQuerySet.as_manager()

    class Meta:
        ordering = ["-created_at"]

    def __str__(self) -> str:
        return self.name


class QuestionSet(models.Model):
    """What this MSP asks in an assessment; the newest holds, and without one what all begin with.

    A road map keeps the questions it was assessed by, so that its scores stay what they were.
    """

    append_only = True

    questions = models.JSONField()
    created_at = models.DateTimeField()

    class Meta:
        ordering = ["-pk"]

    def __str__(self) -> str:
        return f"{len(self.questions)} questions"
