"""Meters and their readings, for programs that read them."""

from datetime import UTC, datetime
from typing import Any

import django_filters
from django.db.models import QuerySet
from django.shortcuts import get_object_or_404
from django.urls import URLPattern, URLResolver, path
from drf_spectacular.utils import extend_schema, extend_schema_view
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from contracts.clients import actions
from contracts.clients.models import Holding, MeterReading
from contracts.clients.queries import dial_of
from msp.kit.rest.endpoints import ListEndpoint, OneEndpoint
from msp.kit.rest.fields import Id, Instant, WriteSerializer, YesNo
from tenants.people.tokens import once


class MeterShown(serializers.ModelSerializer):
    client_id = serializers.IntegerField(read_only=True)
    device_id = serializers.IntegerField(read_only=True, allow_null=True)
    dial = serializers.SerializerMethodField(
        help_text="What its figures mean: shows (counter, amounts or level), wraps_at, resets."
    )

    class Meta:
        model = Holding
        fields = ("id", "client_id", "device_id", "name", "measure", "dial", "ended_on")

    def get_dial(self, meter: Holding) -> dict[str, Any]:
        return {"shows": dial_of(meter).shows} | dial_of(meter).write()


class MeterFilter(django_filters.FilterSet):
    client_id = Id()
    device_id = Id()
    measure = django_filters.CharFilter(lookup_expr="iexact")
    ended = YesNo(field_name="ended_on", lookup_expr="isnull", exclude=True)


class ReadingShown(serializers.ModelSerializer):
    meter_id = serializers.IntegerField(read_only=True)
    value = serializers.DecimalField(
        max_digits=22, decimal_places=6, read_only=True, allow_null=True,
        help_text="Empty where the reading was taken back.",
    )  # fmt: skip

    class Meta:
        model = MeterReading
        fields = (
            "id", "reading_id", "meter_id", "taken_at", "value", "drop", "note", "source",
            "source_key", "recorded_at",
        )  # fmt: skip


class ReadingFilter(django_filters.FilterSet):
    since = Instant(field_name="taken_at", lookup_expr="gte", label="Read at or after")
    before = Instant(field_name="taken_at", lookup_expr="lt", label="Read before")


class ReadingNew(WriteSerializer):
    value = serializers.DecimalField(max_digits=21, decimal_places=6, min_value=0)
    taken_at = serializers.DateTimeField(help_text="When the meter showed it.")
    source_key = serializers.CharField(
        max_length=80, required=False,
        help_text="The source's own name of the reading; sent twice it is one reading.",
    )  # fmt: skip
    note = serializers.CharField(max_length=200, required=False, allow_blank=True)


@extend_schema_view(get=extend_schema(summary="List meters"))
class Meters(ListEndpoint):
    scope = "clients"
    queryset = Holding.objects.filter(kind=Holding.Kind.METER)
    serializer_class = MeterShown
    filterset_class = MeterFilter


@extend_schema_view(get=extend_schema(summary="Show a meter"))
class OneMeter(OneEndpoint):
    scope = "clients"
    queryset = Holding.objects.filter(kind=Holding.Kind.METER)
    serializer_class = MeterShown


@extend_schema_view(get=extend_schema(summary="List what was said of a meter's readings"))
class Readings(ListEndpoint):
    """Every statement in the order it was made; a later one of a `reading_id` replaces it."""

    scope = "clients"
    queryset = MeterReading.objects.all()
    serializer_class = ReadingShown
    filterset_class = ReadingFilter

    def get_queryset(self) -> QuerySet[MeterReading]:
        rows: QuerySet[MeterReading] = super().get_queryset()
        return rows.filter(meter=self._meter()) if "pk" in self.kwargs else rows

    @extend_schema(
        summary="Record a reading of a meter", request=ReadingNew, responses={201: ReadingShown}
    )
    @once
    def post(self, request: Request, pk: int) -> Response:
        given, meter = self.taken(ReadingNew), self._meter()
        row = actions.record_reading(
            meter=meter, source="api", by=request.viewer.actor, at=datetime.now(UTC), **given
        )
        return self.given(row, 201)

    def _meter(self) -> Holding:
        rows = Holding.objects.visible_to(self.request.viewer).filter(kind=Holding.Kind.METER)
        return get_object_or_404(rows, pk=self.kwargs["pk"])


urlpatterns: list[URLPattern | URLResolver] = [
    path("meters", Meters.as_view(), name="api-meters"),
    path("meters/<int:pk>", OneMeter.as_view(), name="api-meter"),
    path("meters/<int:pk>/readings", Readings.as_view(), name="api-readings"),
]
