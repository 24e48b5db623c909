"""Incidents, for programs."""

from datetime import UTC, datetime

import django_filters
from django.urls import URLPattern, URLResolver, path
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from monitoring import actions
from monitoring.models import Incident
from msp.kit.rest.endpoints import ListEndpoint, OneEndpoint
from msp.kit.rest.fields import Id, Instant, WriteSerializer, YesNo
from tenants.people.tokens import once


class IncidentShown(serializers.ModelSerializer):
    client_id = serializers.IntegerField(read_only=True)
    device_id = serializers.IntegerField(read_only=True)
    agreement_id = serializers.IntegerField(read_only=True, allow_null=True)
    site_id = serializers.IntegerField(read_only=True, allow_null=True)
    behind_id = serializers.IntegerField(read_only=True, allow_null=True)
    follows_id = serializers.IntegerField(read_only=True, allow_null=True)

    class Meta:
        model = Incident
        fields = (
            "id", "number", "client_id", "device_id", "ticket_id", "agreement_id", "title",
            "severity", "state", "coverage_reason", "opened_at", "detected_at", "acknowledged_at",
            "acknowledged_by", "resolved_at", "note", "cause", "quiet", "snoozed_until", "site_id",
            "behind_id", "follows_id", "consent",
        )  # fmt: skip


class IncidentFilter(django_filters.FilterSet):
    number = Id()
    client_id = Id()
    device_id = Id()
    state = django_filters.ChoiceFilter(choices=Incident.State.choices)
    open = YesNo(field_name="resolved_at", lookup_expr="isnull")
    opened_since = Instant(field_name="opened_at", lookup_expr="gte")


class Incidents(ListEndpoint):
    scope = "incidents"
    queryset = Incident.objects.all()
    serializer_class = IncidentShown
    filterset_class = IncidentFilter


class OneIncident(OneEndpoint):
    scope = "incidents"
    queryset = Incident.objects.all()
    serializer_class = IncidentShown


class AcknowledgeIncident(OneEndpoint):
    scope = "incidents"
    queryset = Incident.objects.all()
    serializer_class = IncidentShown
    http_method_names = ("post",)

    @extend_schema(summary="Acknowledge an incident", request=None, responses=IncidentShown)
    @once
    def post(self, request: Request, pk: int) -> Response:
        incident = self.get_object()
        self.taken(WriteSerializer)
        actions.acknowledge(incident=incident, by=request.viewer.actor, at=datetime.now(UTC))
        return self.given(incident)


urlpatterns: list[URLPattern | URLResolver] = [
    path("incidents", Incidents.as_view(), name="api-incidents"),
    path("incidents/<int:pk>", OneIncident.as_view(), name="api-incident"),
    path(
        "incidents/<int:pk>/acknowledge",
        AcknowledgeIncident.as_view(),
        name="api-incident-acknowledge",
    ),
]
