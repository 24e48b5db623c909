"""Time worked on tickets, for programs."""

from datetime import UTC, datetime
from typing import Any

import django_filters
from django.urls import URLPattern, URLResolver, path
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from contracts.rules.decisions import ROLES
from msp.kit.refusals import Refused
from msp.kit.rest.endpoints import ListEndpoint, OneEndpoint
from msp.kit.rest.fields import Id, Instant, WriteSerializer
from tenants.people.models import Person
from tenants.people.tokens import once
from tickets import actions
from tickets.models import Ticket, TimeEntry

STAFF = Person.objects.filter(kind=Person.Kind.STAFF, is_active=True)
AS = [(one, one) for one in ROLES]


class TimePartShown(serializers.Serializer):
    """A stretch of one class of hours, with what coverage answered."""

    started_at = serializers.DateTimeField()
    ended_at = serializers.DateTimeField()
    seconds = serializers.IntegerField()
    hour_class = serializers.CharField()
    verdict = serializers.CharField()
    owner = serializers.CharField()
    agreement_id = serializers.IntegerField(allow_null=True)
    rate = serializers.CharField(allow_null=True)
    multiplier = serializers.CharField()
    reason = serializers.CharField()
    failed = serializers.ListField(child=serializers.CharField())


class TimeShown(serializers.ModelSerializer):
    ticket_id = serializers.IntegerField(read_only=True)
    client_id = serializers.IntegerField(read_only=True)
    person_id = serializers.IntegerField(read_only=True)
    parts = TimePartShown(many=True, read_only=True)

    class Meta:
        model = TimeEntry
        fields = (
            "id", "ticket_id", "client_id", "person_id", "work_type", "role", "started_at",
            "ended_at", "worked_on", "note", "override", "override_why", "parts", "billed_ref",
            "created_at", "updated_at",
        )  # fmt: skip


class TimeChange(WriteSerializer):
    """What is left out stays. A timer that runs is stopped by its end."""

    person_id = serializers.PrimaryKeyRelatedField(queryset=STAFF, source="person", required=False)
    started_at = serializers.DateTimeField(required=False)
    ended_at = serializers.DateTimeField(required=False)
    work_type = serializers.RegexField(
        r"^[a-z0-9_]{1,20}$",
        required=False,
        help_text="remote, onsite, project, training, travel, or a kind of the MSP's own.",
    )
    role = serializers.ChoiceField(AS, required=False)
    note = serializers.CharField(max_length=2000, required=False, allow_blank=True)
    override = serializers.ChoiceField(TimeEntry.Override.choices, required=False, allow_blank=True)
    override_why = serializers.CharField(
        max_length=200, required=False, allow_blank=True,
        help_text="Needed with a verdict that is not the agreed one.",
    )  # fmt: skip


class TimeNew(TimeChange):
    ticket_id = serializers.PrimaryKeyRelatedField(queryset=Ticket.objects.all(), source="ticket")
    person_id = serializers.PrimaryKeyRelatedField(queryset=STAFF, source="person")
    started_at = serializers.DateTimeField()
    ended_at = serializers.DateTimeField()


class TimeFilter(django_filters.FilterSet):
    ticket_id = Id()
    client_id = Id()
    person_id = Id()
    worked_on = django_filters.DateFilter()
    work_type = django_filters.CharFilter()
    updated_since = Instant(field_name="updated_at", lookup_expr="gte")


class TimeEntries(ListEndpoint):
    scope = "tickets"
    queryset = TimeEntry.objects.all()
    serializer_class = TimeShown
    filterset_class = TimeFilter

    @extend_schema(summary="Log time on a ticket", request=TimeNew, responses={201: TimeShown})
    @once
    def post(self, request: Request) -> Response:
        given = self.taken(TimeNew)
        entry = actions.log_time(**given, by=request.viewer.actor, at=datetime.now(UTC))
        return self.given(entry, 201)


class OneTimeEntry(OneEndpoint):
    scope = "tickets"
    queryset = TimeEntry.objects.select_related("ticket__client", "person")
    serializer_class = TimeShown

    @extend_schema(summary="Correct time", request=TimeChange, responses=TimeShown)
    def patch(self, request: Request, pk: int) -> Response:
        entry, given = self.get_object(), self.taken(TimeChange, partial=True)
        how: dict[str, Any] = {"by": request.viewer.actor, "at": datetime.now(UTC)}
        if entry.ended_at is not None:
            entry = actions.change_time(entry=entry, **given, **how)
        elif "ended_at" in given:
            entry = actions.stop_timer(entry=entry, **given, **how)
        else:
            raise Refused("The timer still runs. Say when it ended.", field="ended_at")
        return self.given(entry)

    @extend_schema(summary="Take time away that is not billed", responses={204: None})
    def delete(self, request: Request, pk: int) -> Response:
        actions.remove_time(entry=self.get_object(), by=request.viewer.actor, at=datetime.now(UTC))
        return Response(status=204)


urlpatterns: list[URLPattern | URLResolver] = [
    path("time-entries", TimeEntries.as_view(), name="api-time-entries"),
    path("time-entries/<int:pk>", OneTimeEntry.as_view(), name="api-time-entry"),
]
