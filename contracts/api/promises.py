"""Service levels and support hours, for programs."""

from datetime import UTC, datetime

from django.urls import URLPattern, URLResolver, path
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from contracts import actions
from contracts.models import Calendar, ServiceLevel, ServiceLevelVersion
from msp.kit.rest.endpoints import Endpoint, ListEndpoint, OneEndpoint
from msp.kit.rest.fields import WriteSerializer
from tenants.people.tokens import once

DEFINITION = (
    "`zone`; `windows` of weekday (0 is Monday), start and end as 09:00, up to 24:00; `overrides` "
    "of single dates; `holidays` that are fixed, floating or a list of dates; or `always_open`."
)
TARGETS = (
    'Seconds of support time by priority ("1" to "4"; "0" for a major incident and "5" may be left '
    "out) and promise: response, resolution and, where wanted, update."
)


class CalendarShown(serializers.ModelSerializer):
    definition = serializers.DictField(read_only=True, help_text=DEFINITION)

    class Meta:
        model = Calendar
        fields = ("id", "name", "definition")


class CalendarNew(WriteSerializer):
    name = serializers.CharField(max_length=80)
    definition = serializers.DictField(help_text=DEFINITION)


class LevelVersionShown(serializers.ModelSerializer):
    targets = serializers.DictField(read_only=True, help_text=TARGETS)
    policy = serializers.DictField(read_only=True)
    calendar = serializers.DictField(read_only=True, help_text=DEFINITION)

    class Meta:
        model = ServiceLevelVersion
        fields = (
            "id", "number", "targets", "policy", "pauses_response", "calendar_name", "calendar",
            "created_at",
        )  # fmt: skip


class LevelShown(serializers.ModelSerializer):
    class Meta:
        model = ServiceLevel
        fields = ("id", "name")


class LevelWhole(LevelShown):
    versions = LevelVersionShown(many=True, read_only=True)

    class Meta(LevelShown.Meta):
        fields = (*LevelShown.Meta.fields, "versions")


class LevelNew(WriteSerializer):
    name = serializers.CharField(max_length=80)
    targets = serializers.DictField(help_text=TARGETS)
    calendar_id = serializers.PrimaryKeyRelatedField(
        queryset=Calendar.objects.all(), source="calendar", required=False, allow_null=True,
        help_text="Left out: around the clock.",
    )  # fmt: skip
    pauses_response = serializers.BooleanField(required=False)
    policy = serializers.DictField(required=False, help_text="What is left out is the usual.")


class LevelRevision(WriteSerializer):
    targets = serializers.DictField(help_text=TARGETS)
    calendar_id = serializers.PrimaryKeyRelatedField(
        queryset=Calendar.objects.all(), source="calendar", required=False, allow_null=True
    )
    pauses_response = serializers.BooleanField(required=False)
    policy = serializers.DictField(required=False)


class Calendars(ListEndpoint):
    scope = "agreements"
    queryset = Calendar.objects.all()
    serializer_class = CalendarShown

    @extend_schema(
        summary="Add a support calendar", request=CalendarNew, responses={201: CalendarShown}
    )
    @once
    def post(self, request: Request) -> Response:
        given, now = self.taken(CalendarNew), datetime.now(UTC)
        return self.given(actions.add_calendar(**given, by=request.viewer.actor, at=now), 201)


class OneCalendar(OneEndpoint):
    scope = "agreements"
    queryset = Calendar.objects.all()
    serializer_class = CalendarShown


class Levels(ListEndpoint):
    scope = "agreements"
    queryset = ServiceLevel.objects.prefetch_related("versions")
    serializer_class = LevelWhole

    @extend_schema(summary="Add a service level", request=LevelNew, responses={201: LevelWhole})
    @once
    def post(self, request: Request) -> Response:
        given, now = self.taken(LevelNew), datetime.now(UTC)
        version = actions.add_level(**given, by=request.viewer.actor, at=now)
        return self.given(version.level, 201)


class OneLevel(OneEndpoint):
    scope = "agreements"
    queryset = ServiceLevel.objects.prefetch_related("versions")
    serializer_class = LevelWhole


class LevelVersions(Endpoint):
    scope = "agreements"
    queryset = ServiceLevel.objects.prefetch_related("versions")
    serializer_class = LevelWhole

    @extend_schema(
        summary="Revise a service level",
        description="The next version; open tickets and agreements keep the one they name.",
        request=LevelRevision,
        responses={201: LevelWhole},
    )
    @once
    def post(self, request: Request, pk: int) -> Response:
        level, given = self.get_object(), self.taken(LevelRevision)
        actions.revise_level(level=level, **given, by=request.viewer.actor, at=datetime.now(UTC))
        return self.given(level, 201)


urlpatterns: list[URLPattern | URLResolver] = [
    path("calendars", Calendars.as_view(), name="api-calendars"),
    path("calendars/<int:pk>", OneCalendar.as_view(), name="api-calendar"),
    path("service-levels", Levels.as_view(), name="api-levels"),
    path("service-levels/<int:pk>", OneLevel.as_view(), name="api-level"),
    path("service-levels/<int:pk>/versions", LevelVersions.as_view(), name="api-level-versions"),
]
