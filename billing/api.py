"""Invoices, for programs: with lines, and behind each line the devices and people it counted."""

from datetime import UTC, datetime
from typing import Any

import django_filters
from django.core.exceptions import PermissionDenied
from django.http import Http404
from django.urls import URLPattern, URLResolver, path
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from billing import actions
from billing.models import Invoice, InvoiceLine, LineTime, LineUnit
from msp.kit.rest.endpoints import ListEndpoint, OneEndpoint
from msp.kit.rest.fields import Id, Money, WriteSerializer
from tenants.people.rules.roles import Permission
from tenants.people.tokens import once


class InvoiceLineShown(serializers.ModelSerializer):
    agreement_id = serializers.IntegerField(read_only=True, allow_null=True)
    unit_price = Money(currency="invoice.currency")
    amount = Money(currency="invoice.currency")
    missed = serializers.DictField(
        source="trace.missed", read_only=True, default=None, allow_null=True,
        help_text="Behind a credit: the ticket, its clock and target, or the availability.",
    )  # fmt: skip

    class Meta:
        model = InvoiceLine
        fields = (
            "id", "position", "agreement_id", "kind", "description", "quantity", "unit_price",
            "amount", "starts_on", "ends_on", "missed",
        )  # fmt: skip


class InvoiceShown(serializers.ModelSerializer):
    client_id = serializers.IntegerField(read_only=True)
    net = Money()
    tax = Money()
    total = Money()

    class Meta:
        model = Invoice
        fields = (
            "id", "number", "title", "client_id", "state", "starts_on", "ends_on", "net", "tax",
            "total", "tax_rate", "issued_on", "due_on",
        )  # fmt: skip


class InvoiceWhole(InvoiceShown):
    lines = InvoiceLineShown(many=True, read_only=True)

    class Meta(InvoiceShown.Meta):
        fields = (*InvoiceShown.Meta.fields, "lines")


class UnitShown(serializers.ModelSerializer):
    class Meta:
        model = LineUnit
        fields = (
            "id", "unit_type", "unit_id", "unit_class", "name", "site_name", "starts_on",
            "ends_on", "days",
        )  # fmt: skip


class BilledTimeShown(serializers.ModelSerializer):
    class Meta:
        model = LineTime
        fields = (
            "id", "entry_id", "ticket_number", "person", "work_type", "worked_on", "started_at",
            "ended_at", "seconds", "hour_class", "verdict", "reason", "outcome", "minutes", "rate",
            "multiplier",
        )  # fmt: skip


class InvoiceFilter(django_filters.FilterSet):
    number = django_filters.CharFilter()
    client_id = Id()
    state = django_filters.ChoiceFilter(choices=Invoice.State.choices)
    starts_on = django_filters.DateFilter()


class Invoices(ListEndpoint):
    scope = "invoices"
    queryset = Invoice.objects.all()
    serializer_class = InvoiceShown
    filterset_class = InvoiceFilter


class OneInvoice(OneEndpoint):
    scope = "invoices"
    queryset = Invoice.objects.prefetch_related("lines__invoice")
    serializer_class = InvoiceWhole


class OfLine(ListEndpoint):
    """What stands behind one line of a bill."""

    scope = "invoices"

    def line(self) -> InvoiceLine:
        """The line of the address, where whoever asks may see its bill."""
        invoices = Invoice.objects.visible_to(self.request.viewer)
        line = InvoiceLine.objects.filter(
            pk=self.kwargs["line_pk"], invoice_id=self.kwargs["pk"], invoice__in=invoices
        ).first()
        if line is None:
            raise Http404
        return line


class Evidence(OfLine):
    """The devices and people behind one line, with the days each counted."""

    queryset = LineUnit.objects.all()
    serializer_class = UnitShown

    def get_queryset(self) -> Any:
        if getattr(self, "swagger_fake_view", False):
            return self.queryset
        return self.line().units.all()


class Work(OfLine):
    """The time behind one line, part by part, with what coverage said and what became of it."""

    queryset = LineTime.objects.all()
    serializer_class = BilledTimeShown

    def get_queryset(self) -> Any:
        if getattr(self, "swagger_fake_view", False):
            return self.queryset
        return self.line().times.all()


class Waiving(WriteSerializer):
    reason = serializers.CharField(max_length=200, help_text="Why nothing is given back.")


class WaiveCredit(OneEndpoint):
    scope = "invoices"
    queryset = Invoice.objects.prefetch_related("lines__invoice")
    serializer_class = InvoiceWhole
    http_method_names: Any = ("post",)

    @extend_schema(
        summary="Waive a drafted credit",
        description="The bill is counted anew without it. Only a draft can be changed.",
        request=Waiving,
        responses=InvoiceWhole,
    )
    @once
    def post(self, request: Request, pk: int, line_pk: int) -> Response:
        if not request.viewer.may(Permission.BILLING_APPROVE):
            raise PermissionDenied
        invoice = self.get_object()
        line = invoice.lines.filter(pk=line_pk, kind="credit").first()
        if line is None:
            raise Http404
        given = self.taken(Waiving)
        actions.waive_credit(line=line, **given, by=request.viewer.actor, at=datetime.now(UTC))
        return self.given(invoice)


urlpatterns: list[URLPattern | URLResolver] = [
    path("invoices", Invoices.as_view(), name="api-invoices"),
    path("invoices/<int:pk>", OneInvoice.as_view(), name="api-invoice"),
    path(
        "invoices/<int:pk>/lines/<int:line_pk>/evidence",
        Evidence.as_view(),
        name="api-invoice-evidence",
    ),
    path(
        "invoices/<int:pk>/lines/<int:line_pk>/waive",
        WaiveCredit.as_view(),
        name="api-credit-waive",
    ),
    path("invoices/<int:pk>/lines/<int:line_pk>/time", Work.as_view(), name="api-invoice-time"),
]
