"""Maintenance windows, for programs: read, agreed on for any part, and ended."""

from datetime import UTC, datetime
from typing import Any

import django_filters
from django.urls import URLPattern, URLResolver, path
from drf_spectacular.utils import extend_schema, extend_schema_view
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from contracts.clients.models import Client, Device, Site
from monitoring import actions
from monitoring.models import Check, MaintenanceWindow
from monitoring.rules.windows import LONGEST_OF_MANY
from msp.kit.refusals import Refused
from msp.kit.rest.endpoints import ListEndpoint, OneEndpoint
from msp.kit.rest.fields import Id, Instant, WriteSerializer
from tenants.people.tokens import once

LONGEST = int(LONGEST_OF_MANY.total_seconds())
PARTS = ("client", "site", "device", "check")


class WindowShown(serializers.ModelSerializer):
    client_id = serializers.IntegerField(read_only=True, allow_null=True)
    site_id = serializers.IntegerField(read_only=True, allow_null=True)
    device_id = serializers.IntegerField(read_only=True, allow_null=True)
    check_id = serializers.IntegerField(source="check_row_id", read_only=True, allow_null=True)
    triggers = serializers.ListField(
        child=serializers.DateTimeField(), read_only=True,
        help_text="The first problems in the time of a flexible window: it was on from each.",
    )  # fmt: skip

    class Meta:
        model = MaintenanceWindow
        fields = (
            "id", "name", "client_id", "site_id", "device_id", "check_id", "starts_at", "ends_at",
            "schedule", "zone", "lasts", "flexible", "triggers", "for_client", "made_by",
            "created_at", "cancelled_at",
        )  # fmt: skip


class WindowFilter(django_filters.FilterSet):
    client_id = Id()
    site_id = Id()
    device_id = Id()
    check_id = Id(field_name="check_row_id")
    ends_since = Instant(field_name="ends_at", lookup_expr="gte")


class WindowNew(WriteSerializer):
    """One of the parts at most, and none for everything; once with an end, or by a schedule."""

    name = serializers.CharField(max_length=80)
    client_id = serializers.PrimaryKeyRelatedField(
        queryset=Client.objects.all(), source="client", required=False
    )
    site_id = serializers.PrimaryKeyRelatedField(
        queryset=Site.objects.all(), source="site", required=False
    )
    device_id = serializers.PrimaryKeyRelatedField(
        queryset=Device.objects.all(), source="device", required=False
    )
    check_id = serializers.PrimaryKeyRelatedField(
        queryset=Check.objects.select_related("device__client", "device__site"), source="check",
        required=False,
    )  # fmt: skip
    starts_at = serializers.DateTimeField()
    ends_at = serializers.DateTimeField(required=False, allow_null=True)
    schedule = serializers.CharField(
        max_length=120, required=False, help_text="A cron line, for one that comes again."
    )
    zone = serializers.CharField(max_length=64, default="UTC", help_text="Whose clock it goes by.")
    lasts = serializers.IntegerField(
        min_value=0, max_value=LONGEST, required=False,
        help_text="Seconds each lasts that comes again.",
    )  # fmt: skip
    flexible = serializers.IntegerField(
        min_value=0, max_value=LONGEST, required=False,
        help_text="Seconds it is on from the first problem in that time; 0: all of it.",
    )  # fmt: skip
    for_client = serializers.BooleanField(default=True)


@extend_schema_view(get=extend_schema(summary="List maintenance windows"))
class Windows(ListEndpoint):
    """Maintenance windows: once, recurring by a cron line, or flexible within either."""

    scope = "windows"
    queryset = MaintenanceWindow.objects.all()
    serializer_class = WindowShown
    filterset_class = WindowFilter

    @extend_schema(
        summary="Agree on a maintenance window",
        description="For one client, site, device or check, or without any of them for all.",
        request=WindowNew,
        responses={201: WindowShown},
    )
    @once
    def post(self, request: Request) -> Response:
        given = self.taken(WindowNew)
        _one_part(given)
        made = actions.agree_window(**given, by=request.viewer.actor, at=datetime.now(UTC))
        return self.given(made, 201)


@extend_schema_view(get=extend_schema(summary="Show a maintenance window"))
class OneWindow(OneEndpoint):
    scope = "windows"
    queryset = MaintenanceWindow.objects.all()
    serializer_class = WindowShown


class EndWindow(OneEndpoint):
    scope = "windows"
    queryset = MaintenanceWindow.objects.all()
    serializer_class = WindowShown
    http_method_names: Any = ("post",)

    @extend_schema(
        summary="End a maintenance window",
        description="Now. What it excused stays excused; what is wrong is told.",
        request=None,
        responses=WindowShown,
    )
    @once
    def post(self, request: Request, pk: int) -> Response:
        window = self.get_object()
        self.taken(WriteSerializer)
        actions.cancel_window(window=window, by=request.viewer.actor, at=datetime.now(UTC))
        return self.given(window)


def _one_part(given: dict[str, Any]) -> None:
    named = [part for part in PARTS if part in given]
    if len(named) > 1:
        raise Refused(f"Name one part only: {named[0]} or {named[1]}.", field=f"{named[1]}_id")


urlpatterns: list[URLPattern | URLResolver] = [
    path("maintenance-windows", Windows.as_view(), name="api-windows"),
    path("maintenance-windows/<int:pk>", OneWindow.as_view(), name="api-window"),
    path("maintenance-windows/<int:pk>/end", EndWindow.as_view(), name="api-window-end"),
]
