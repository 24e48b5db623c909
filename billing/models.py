"""Money: a month's run, its drafts, and invoices that never change once issued.

That they never change is the database's word, not ours: migration 0002 refuses every change of an
issued invoice, its lines and their evidence, whoever asks.
"""

from django.contrib.postgres.constraints import ExclusionConstraint
from django.db import models
from django.db.models import Q

from contracts.clients.models import Client
from contracts.models import Agreement
from tenants.people.rules.viewer import Viewer


def _amount(**options: object) -> models.DecimalField:
    """An amount in a currency; four places hold what any currency can pay."""
    return models.DecimalField(max_digits=18, decimal_places=4, **options)  # type: ignore[arg-type]


class Run(models.Model):
    """The billing of one month for all clients. There is one run per month, whoever starts it.

    `asked_at` is the knowledge time of the count that was asked for last, `asked_by` the actor
    who asked: the work is done later, by whoever of the workers comes first.
    """

    class State(models.TextChoices):
        COUNTING = "counting", "Counting"
        REVIEW = "review", "Review"
        ISSUED = "issued", "Issued"

    starts_on = models.DateField(unique=True)
    ends_on = models.DateField()
    state = models.CharField(max_length=8, choices=State, default=State.COUNTING)
    opened_at = models.DateTimeField()
    asked_at = models.DateTimeField(null=True)
    asked_by = models.JSONField(default=dict)
    counted_at = models.DateTimeField(null=True)

    class Meta:
        ordering = ["-starts_on"]
        constraints = [
            models.CheckConstraint(
                name="run_forward", condition=Q(ends_on__gt=models.F("starts_on"))
            )
        ]

    def __str__(self) -> str:
        return f"{self.starts_on:%B %Y}"


class RunItem(models.Model):
    """One client's place in a run: still to count, counted, or parked with what went wrong.

    Its row is the lock of that client's count, so that of two workers one counts. `waived` are the
    credits somebody decided not to give: what they are known by, their words, amount, reason, who
    and when.
    """

    class State(models.TextChoices):
        WAITING = "waiting", "Waiting"
        COUNTED = "counted", "Counted"
        FAILED = "failed", "Could not count"

    run = models.ForeignKey(Run, on_delete=models.CASCADE, related_name="items")
    client = models.ForeignKey(Client, on_delete=models.PROTECT, related_name="+")
    state = models.CharField(max_length=8, choices=State, default=State.WAITING)
    error = models.CharField(max_length=400, blank=True)
    counted_at = models.DateTimeField(null=True)
    waived = models.JSONField(
        default=list, db_default=models.Value([], output_field=models.JSONField())
    )

    class Meta:
        ordering = ["pk"]
        constraints = [
            models.UniqueConstraint(fields=["run", "client"], name="one_item_per_client"),
            models.CheckConstraint(
                name="failed_items_say_why",
                condition=Q(state="failed", error__gt="") | (~Q(state="failed") & Q(error="")),
            ),
        ]
        indexes = [models.Index(fields=["run"], name="items_waiting", condition=Q(state="waiting"))]

    def __str__(self) -> str:
        return f"{self.run_id}/{self.client_id} {self.state}"


class InvoiceQuerySet(models.QuerySet["Invoice"]):
    def visible_to(self, viewer: Viewer) -> "InvoiceQuerySet":
        """Staff see every bill; a client sees its own once they are issued, never a draft."""
        if viewer.is_staff:
            return self
        return self.filter(client_id=viewer.client_id, state__in=Invoice.SHOWN)


class Invoice(models.Model):
    """A bill of one client for one run: recomputed while a draft, frozen once issued (I2).

    One without a run bills what is delivered once: `source_key` says what it follows from and is
    there once, `title` is what people call it.

    `party` holds names and addresses as they were. `known_at` is the knowledge time of the count:
    counting again with it gives the same numbers for ever. `checks` is what the review should
    look at, each `{"code", "text", "blocks"}`.
    """

    class State(models.TextChoices):
        DRAFT = "draft", "Draft"
        HELD = "held", "Held"
        APPROVED = "approved", "Approved"
        ISSUED = "issued", "Issued"
        VOID = "void", "Void"

    SHOWN = ("issued", "void")

    run = models.ForeignKey(Run, null=True, on_delete=models.PROTECT, related_name="invoices")
    source_key = models.CharField(max_length=80, null=True, unique=True)
    title = models.CharField(max_length=120, blank=True, default="", db_default="")
    client = models.ForeignKey(Client, on_delete=models.PROTECT, related_name="+")
    state = models.CharField(max_length=8, choices=State, default=State.DRAFT)
    number = models.CharField(max_length=30, null=True, unique=True)
    currency = models.CharField(max_length=3)
    starts_on = models.DateField()
    ends_on = models.DateField()
    net = _amount(default=0)
    tax = _amount(default=0)
    total = _amount(default=0)
    tax_rate = models.DecimalField(max_digits=6, decimal_places=3, default=0)
    previous_total = _amount(null=True)
    verdict = models.CharField(max_length=12, default="unchanged")
    explanation = models.CharField(max_length=400, blank=True)
    checks = models.JSONField(default=list)
    hold_reason = models.CharField(max_length=200, blank=True)
    party = models.JSONField(default=dict)
    known_at = models.DateTimeField()
    approved_at = models.DateTimeField(null=True)
    approved_by = models.CharField(max_length=120, blank=True)
    issue_asked_at = models.DateTimeField(null=True)
    issue_asked_by = models.JSONField(default=dict)
    issue_error = models.CharField(max_length=400, blank=True)
    issued_at = models.DateTimeField(null=True)
    issued_on = models.DateField(null=True)
    due_on = models.DateField(null=True)

    objects = InvoiceQuerySet.as_manager()

    class Meta:
        ordering = ["-starts_on", "client__name", "pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["run", "client", "currency"],
                condition=~Q(state="void"),
                name="one_invoice_per_run",
            ),
            models.CheckConstraint(
                name="of_a_run_or_of_something_else",
                condition=Q(run__isnull=False, source_key__isnull=True)
                | Q(run__isnull=True, source_key__isnull=False),
            ),
            models.CheckConstraint(
                name="issued_invoices_have_a_number",
                condition=Q(
                    state__in=["issued", "void"],
                    number__isnull=False,
                    issued_at__isnull=False,
                    issued_on__isnull=False,
                    due_on__isnull=False,
                )
                | (~Q(state="issued") & Q(number__isnull=True)),
            ),
            models.CheckConstraint(
                name="invoice_sums_up", condition=Q(total=models.F("net") + models.F("tax"))
            ),
        ]
        indexes = [
            models.Index(fields=["client", "-starts_on"], name="invoices_of_client"),
            models.Index(fields=["state", "-starts_on"], name="invoices_by_state"),
            models.Index(
                fields=["run"],
                name="invoices_to_issue",
                condition=Q(state="approved", issue_asked_at__isnull=False),
            ),
        ]

    def __str__(self) -> str:
        return self.number or f"draft {self.pk}"

    @property
    def time_ref(self) -> str:
        """The name by which time entries say that they stand on this bill."""
        return f"{self.starts_on:%B %Y}, bill {self.pk}"

    @property
    def subject(self) -> str:
        """What it is for: the month of its run, or what was delivered once."""
        return str(self.run) if self.run else self.title


class InvoiceLine(models.Model):
    """One line: what, how many, at what price, for which days, and the trace that computed it.

    `line_key` names the promise through all versions of its agreement; no two lines may charge
    the same promise for the same day, whichever runs they stand in.
    """

    invoice = models.ForeignKey(Invoice, on_delete=models.CASCADE, related_name="lines")
    position = models.PositiveSmallIntegerField()
    agreement = models.ForeignKey(Agreement, null=True, on_delete=models.PROTECT, related_name="+")
    agreement_line_id = models.BigIntegerField(null=True)
    line_key = models.UUIDField(null=True)
    source_key = models.CharField(max_length=120)
    kind = models.CharField(max_length=20)
    description = models.CharField(max_length=200)
    quantity = models.DecimalField(max_digits=18, decimal_places=6)
    unit_price = models.DecimalField(max_digits=18, decimal_places=6)
    amount = _amount()
    tax = _amount(default=0)
    starts_on = models.DateField()
    ends_on = models.DateField()
    trace = models.JSONField(default=dict)

    class Meta:
        ordering = ["position", "pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["invoice", "source_key"], name="billed_once_per_invoice"
            ),
            models.UniqueConstraint(
                fields=["source_key"], condition=Q(kind="credit"), name="credited_once"
            ),
            models.CheckConstraint(
                name="line_forward", condition=Q(ends_on__gt=models.F("starts_on"))
            ),
            ExclusionConstraint(
                name="no_day_is_billed_twice",
                expressions=[
                    ("line_key", "="),
                    (models.Func("starts_on", "ends_on", function="daterange"), "&&"),
                ],
                condition=Q(line_key__isnull=False),
            ),
        ]
        indexes = [models.Index(fields=["agreement"], name="lines_of_agreement")]

    def __str__(self) -> str:
        return self.description


class LineUnit(models.Model):
    """A run of days one unit counted on a line; several where it was away between.

    `quantity` is how many it was: the seats of a licence.
    """

    line = models.ForeignKey(InvoiceLine, on_delete=models.CASCADE, related_name="units")
    unit_type = models.CharField(max_length=8)
    unit_id = models.BigIntegerField()
    unit_class = models.CharField(max_length=20)
    name = models.CharField(max_length=120)
    site_name = models.CharField(max_length=120, blank=True)
    starts_on = models.DateField()
    ends_on = models.DateField()
    days = models.PositiveSmallIntegerField()
    quantity = models.PositiveIntegerField(default=1, db_default=1)

    class Meta:
        ordering = ["name", "unit_id", "starts_on"]
        constraints = [
            models.CheckConstraint(
                name="unit_days_are_its_dates",
                condition=Q(days__gt=0)
                & Q(
                    ends_on=models.ExpressionWrapper(
                        models.F("starts_on") + models.F("days"), output_field=models.DateField()
                    )
                ),
            )
        ]
        indexes = [models.Index(fields=["unit_type", "unit_id"], name="lines_of_unit")]

    def __str__(self) -> str:
        return f"{self.name}, {self.days} days"


class LineTime(models.Model):
    """A part of a time entry on a line: who worked when, what coverage said, what became of it.

    `minutes` are those that count after rounding and multiplying; what was drawn from hours or
    money paid ahead names the grant and how much of it. Copied from the entry, so that the line
    explains itself whatever happens to the entry; an entry's part is on one bill, whoever counts.
    """

    line = models.ForeignKey(InvoiceLine, on_delete=models.CASCADE, related_name="times")
    entry_id = models.BigIntegerField()
    part = models.PositiveSmallIntegerField()
    share = models.PositiveSmallIntegerField()
    ticket_number = models.PositiveBigIntegerField()
    person = models.CharField(max_length=120)
    work_type = models.CharField(max_length=20)
    worked_on = models.DateField()
    started_at = models.DateTimeField()
    ended_at = models.DateTimeField()
    seconds = models.PositiveIntegerField()
    hour_class = models.CharField(max_length=10, blank=True)
    verdict = models.CharField(max_length=10)
    reason = models.TextField(blank=True)
    outcome = models.CharField(max_length=10)
    minutes = models.DecimalField(max_digits=14, decimal_places=6)
    rate = models.DecimalField(max_digits=18, decimal_places=6)
    multiplier = models.DecimalField(max_digits=6, decimal_places=3)
    grant_key = models.CharField(max_length=80, blank=True)
    quantity = models.DecimalField(max_digits=18, decimal_places=6, default=0)

    class Meta:
        ordering = ["started_at", "entry_id", "part", "share"]
        constraints = [
            models.UniqueConstraint(
                fields=["entry_id", "part", "share"], name="time_is_billed_once"
            )
        ]

    def __str__(self) -> str:
        return f"{self.person}, {self.minutes} min"


class Paper(models.Model):
    """The PDF of an issued invoice, with the digest that proves it is the same one."""

    append_only = True

    invoice = models.OneToOneField(Invoice, on_delete=models.PROTECT, related_name="paper")
    content = models.BinaryField()
    digest = models.CharField(max_length=64)
    made_at = models.DateTimeField()

    def __str__(self) -> str:
        return self.digest


class NumberSeries(models.Model):
    """The last number of an invoice series; locked by the transaction that issues (I3)."""

    prefix = models.CharField(max_length=20, unique=True)
    last = models.PositiveIntegerField(default=0)

    def __str__(self) -> str:
        return f"{self.prefix}{self.last}"
