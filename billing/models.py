"""Money: a month's run, its drafts, and invoices that never change once issued."""

import pgtrigger
from django.db import models
from django.db.models import Q

from contracts.clients.models import Client, OfClientQuerySet
from contracts.models import Agreement


class Run(models.Model):
    """The billing of one period for all clients. There is one run per period, whoever starts it."""

    class State(models.TextChoices):
        COUNTING = "counting", "Counting"
        REVIEW = "review", "Review"
        ISSUED = "issued", "Issued"

    starts_on = models.DateField(unique=True)
    ends_on = models.DateField()
    state = models.CharField(max_length=8, choices=State, default=State.COUNTING)
    opened_at = models.DateTimeField()
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


class Invoice(models.Model):
    """A bill of one client for one run: recomputed while a draft, frozen once issued (I2).

    `party` holds names and addresses as they were. `known_at` is the knowledge time of the count:
    counting again with it gives the same numbers for ever.
    """

    class State(models.TextChoices):
        DRAFT = "draft", "Draft"
        HELD = "held", "Held"
        APPROVED = "approved", "Approved"
        ISSUED = "issued", "Issued"
        VOID = "void", "Void"

    run = models.ForeignKey(Run, on_delete=models.PROTECT, related_name="invoices")
    client = models.ForeignKey(Client, on_delete=models.PROTECT, related_name="+")
    state = models.CharField(max_length=8, choices=State, default=State.DRAFT)
    number = models.CharField(max_length=30, null=True, unique=True)
    currency = models.CharField(max_length=3)
    starts_on = models.DateField()
    ends_on = models.DateField()
    net = models.DecimalField(max_digits=14, decimal_places=2, default=0)
    tax = models.DecimalField(max_digits=14, decimal_places=2, default=0)
    total = models.DecimalField(max_digits=14, decimal_places=2, default=0)
    tax_rate = models.DecimalField(max_digits=6, decimal_places=3, default=0)
    previous_total = models.DecimalField(max_digits=14, decimal_places=2, null=True)
    verdict = models.CharField(max_length=12, default="unchanged")
    explanation = models.CharField(max_length=400, blank=True)
    party = models.JSONField(default=dict)
    known_at = models.DateTimeField()
    approved_at = models.DateTimeField(null=True)
    approved_by = models.CharField(max_length=120, blank=True)
    issued_at = models.DateTimeField(null=True)
    issued_on = models.DateField(null=True)
    due_on = models.DateField(null=True)

    objects = OfClientQuerySet.as_manager()

    class Meta:
        ordering = ["-starts_on", "client__name"]
        constraints = [
            models.UniqueConstraint(
                fields=["run", "client"], condition=~Q(state="void"), name="one_invoice_per_run"
            ),
            models.CheckConstraint(
                name="issued_invoices_have_a_number",
                condition=Q(state__in=["issued", "void"], number__isnull=False, issued_at__isnull=False)
                | (~Q(state="issued") & Q(number__isnull=True)),
            ),
        ]
        triggers = [
            pgtrigger.Trigger(
                name="issued_is_frozen",
                level=pgtrigger.Row,
                when=pgtrigger.Before,
                operation=pgtrigger.Update | pgtrigger.Delete,
                condition=pgtrigger.Q(old__state="issued"),
                func="RAISE EXCEPTION 'Invoice % is issued and cannot change; issue a credit note.', OLD.number USING ERRCODE = 'integrity_constraint_violation';",
            )
        ]

    def __str__(self) -> str:
        return self.number or f"draft {self.pk}"


class InvoiceLine(models.Model):
    """One line: what, how many, at what price, for which days, and the trace that computed it."""

    invoice = models.ForeignKey(Invoice, on_delete=models.CASCADE, related_name="lines")
    position = models.PositiveSmallIntegerField()
    agreement = models.ForeignKey(Agreement, null=True, on_delete=models.PROTECT, related_name="+")
    agreement_line_id = models.BigIntegerField(null=True)
    source_key = models.CharField(max_length=120)
    kind = models.CharField(max_length=20)
    description = models.CharField(max_length=200)
    quantity = models.DecimalField(max_digits=18, decimal_places=6)
    unit_price = models.DecimalField(max_digits=18, decimal_places=6)
    amount = models.DecimalField(max_digits=14, decimal_places=2)
    starts_on = models.DateField()
    ends_on = models.DateField()
    trace = models.JSONField(default=dict)

    class Meta:
        ordering = ["position", "pk"]
        constraints = [
            models.UniqueConstraint(fields=["invoice", "source_key"], name="billed_once_per_invoice")
        ]
        triggers = [
            pgtrigger.Trigger(
                name="line_is_frozen",
                level=pgtrigger.Row,
                when=pgtrigger.Before,
                operation=pgtrigger.Insert | pgtrigger.Update | pgtrigger.Delete,
                declare=[("parent_state", "text")],
                func=(
                    "SELECT state INTO parent_state FROM billing_invoice"
                    " WHERE id = COALESCE(OLD.invoice_id, NEW.invoice_id);"
                    " IF parent_state = 'issued' THEN RAISE EXCEPTION"
                    " 'The lines of an issued invoice cannot change.'"
                    " USING ERRCODE = 'integrity_constraint_violation'; END IF;"
                    " IF TG_OP = 'DELETE' THEN RETURN OLD; END IF; RETURN NEW;"
                ),
            )
        ]

    def __str__(self) -> str:
        return self.description


class LineUnit(models.Model):
    """One device or person behind a line, with the days it counted."""

    line = models.ForeignKey(InvoiceLine, on_delete=models.CASCADE, related_name="units")
    unit_type = models.CharField(max_length=8)
    unit_id = models.BigIntegerField()
    unit_class = models.CharField(max_length=20)
    name = models.CharField(max_length=120)
    site_name = models.CharField(max_length=120, blank=True)
    starts_on = models.DateField()
    ends_on = models.DateField()
    days = models.PositiveSmallIntegerField()

    class Meta:
        ordering = ["name", "starts_on"]
        triggers = [
            pgtrigger.Trigger(
                name="unit_is_frozen",
                level=pgtrigger.Row,
                when=pgtrigger.Before,
                operation=pgtrigger.Insert | pgtrigger.Update | pgtrigger.Delete,
                declare=[("parent_state", "text")],
                func=(
                    "SELECT i.state INTO parent_state FROM billing_invoice i"
                    " JOIN billing_invoiceline l ON l.invoice_id = i.id"
                    " WHERE l.id = COALESCE(OLD.line_id, NEW.line_id);"
                    " IF parent_state = 'issued' THEN RAISE EXCEPTION"
                    " 'The evidence of an issued invoice cannot change.'"
                    " USING ERRCODE = 'integrity_constraint_violation'; END IF;"
                    " IF TG_OP = 'DELETE' THEN RETURN OLD; END IF; RETURN NEW;"
                ),
            )
        ]

    def __str__(self) -> str:
        return f"{self.name}, {self.days} days"


class Paper(models.Model):
    """The PDF of an issued invoice, with the digest that proves it is the same one."""

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
