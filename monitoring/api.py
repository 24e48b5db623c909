"""Incidents, for programs."""

import django_filters
from django.urls import URLPattern, URLResolver, path
from rest_framework import serializers

from monitoring.models import Incident
from msp.kit.rest.endpoints import ListEndpoint, OneEndpoint
from msp.kit.rest.fields import Id, YesNo


class IncidentShown(serializers.ModelSerializer):
    client_id = serializers.IntegerField(read_only=True)
    device_id = serializers.IntegerField(read_only=True)
    agreement_id = serializers.IntegerField(read_only=True, allow_null=True)

    class Meta:
        model = Incident
        fields = (
            "id", "number", "client_id", "device_id", "ticket_id", "agreement_id", "title",
            "severity", "state", "coverage_reason", "opened_at", "detected_at", "acknowledged_at",
            "acknowledged_by", "resolved_at", "note",
        )  # fmt: skip


class IncidentFilter(django_filters.FilterSet):
    number = Id()
    client_id = Id()
    device_id = Id()
    state = django_filters.ChoiceFilter(choices=Incident.State.choices)
    open = YesNo(field_name="resolved_at", lookup_expr="isnull")
    opened_since = django_filters.IsoDateTimeFilter(field_name="opened_at", lookup_expr="gte")


class Incidents(ListEndpoint):
    scope = "incidents"
    queryset = Incident.objects.all()
    serializer_class = IncidentShown
    filterset_class = IncidentFilter


class OneIncident(OneEndpoint):
    scope = "incidents"
    queryset = Incident.objects.all()
    serializer_class = IncidentShown


urlpatterns: list[URLPattern | URLResolver] = [
    path("incidents", Incidents.as_view(), name="api-incidents"),
    path("incidents/<int:pk>", OneIncident.as_view(), name="api-incident"),
]
