"""Who is on call, and the calls that were made, for programs."""

from datetime import UTC, datetime
from typing import Any

import django_filters
from django.urls import URLPattern, URLResolver, path
from drf_spectacular.utils import extend_schema, extend_schema_field
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from msp.kit.rest.endpoints import ListEndpoint, OneEndpoint
from msp.kit.rest.fields import Instant, WriteSerializer
from tenants.people.tokens import once
from tickets.dispatch import actions, queries
from tickets.dispatch.models import Call, Schedule


class PersonOnCall(serializers.Serializer):
    id = serializers.IntegerField()
    name = serializers.CharField()
    email = serializers.EmailField()


class ScheduleShown(serializers.ModelSerializer):
    on_call = serializers.SerializerMethodField()

    class Meta:
        model = Schedule
        fields = ("id", "name", "zone", "on_call")

    @extend_schema_field(PersonOnCall(allow_null=True))
    def get_on_call(self, schedule: Schedule) -> dict[str, Any] | None:
        """Who is called now; null where nobody is on call."""
        person = queries.on_call(schedule, datetime.now(UTC))
        return dict(PersonOnCall(person).data) if person else None


class Schedules(ListEndpoint):
    """On-call schedules with whom each names at this moment."""

    scope = "incidents"
    queryset = Schedule.objects.all()
    serializer_class = ScheduleShown


class CallShown(serializers.ModelSerializer):
    class Meta:
        model = Call
        fields = (
            "id", "source_key", "subject", "state", "began_at", "taken_at", "taken_by", "ended_at",
        )  # fmt: skip


class CallFilter(django_filters.FilterSet):
    state = django_filters.ChoiceFilter(choices=Call.State.choices)
    began_since = Instant(field_name="began_at", lookup_expr="gte")


class Calls(ListEndpoint):
    """Escalations that run or ran."""

    scope = "incidents"
    queryset = Call.objects.all()
    serializer_class = CallShown
    filterset_class = CallFilter


class TakeCall(OneEndpoint):
    scope = "incidents"
    queryset = Call.objects.all()
    serializer_class = CallShown
    http_method_names = ("post",)

    @extend_schema(summary="Take on a call", request=None, responses=CallShown)
    @once
    def post(self, request: Request, pk: int) -> Response:
        call = self.get_object()
        self.taken(WriteSerializer)
        actions.take_call(source_key=call.source_key, by=request.viewer.actor, at=datetime.now(UTC))
        return self.given(call)


urlpatterns: list[URLPattern | URLResolver] = [
    path("on-call", Schedules.as_view(), name="api-on-call"),
    path("calls", Calls.as_view(), name="api-calls"),
    path("calls/<int:pk>/take", TakeCall.as_view(), name="api-call-take"),
]
