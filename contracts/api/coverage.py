"""The one question of coverage, for programs: is it covered, by what, and why not by the others."""

from datetime import UTC, datetime
from typing import Any

from django.shortcuts import get_object_or_404
from django.urls import URLPattern, URLResolver, path
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from contracts import queries
from contracts.clients.models import Client, Device
from contracts.models import Agreement, ServiceLevelVersion
from msp.kit.rest.endpoints import Endpoint
from msp.kit.rest.fields import WriteSerializer

LAST = datetime(9000, 1, 1, tzinfo=UTC)
FIRST = datetime(1900, 1, 1, tzinfo=UTC)


class CoverageAsked(WriteSerializer):
    client_id = serializers.IntegerField(min_value=1, max_value=2**63 - 1)
    device_id = serializers.IntegerField(min_value=1, max_value=2**63 - 1, required=False)
    at = serializers.DateTimeField(required=False, help_text="Left out: now.")
    service_id = serializers.IntegerField(min_value=1, max_value=2**63 - 1, required=False)
    site_id = serializers.IntegerField(min_value=1, max_value=2**63 - 1, required=False)
    work_type = serializers.CharField(max_length=40, required=False)
    role = serializers.CharField(max_length=40, required=False)

    def validate_at(self, value: datetime) -> datetime:
        if not FIRST <= value <= LAST:
            raise serializers.ValidationError("An instant between the years 1900 and 9000.")
        return value


class CoverageShown(serializers.Serializer):
    covered = serializers.BooleanField()
    verdict = serializers.CharField(
        help_text="included, billable, no_charge, excluded or other: another agreement."
    )
    reason = serializers.CharField()
    failed = serializers.ListField(
        child=serializers.CharField(), help_text="Every condition that did not hold."
    )
    owner = serializers.CharField(help_text="Whose work it is: msp or client.")
    agreement_id = serializers.IntegerField(allow_null=True)
    line_id = serializers.IntegerField(allow_null=True)
    service_level = serializers.CharField(allow_blank=True)


class Coverage(Endpoint):
    scope = "agreements"
    queryset = Agreement.objects.all()
    serializer_class = CoverageShown

    def known_parameters(self) -> set[str]:
        return set(CoverageAsked().fields)

    @extend_schema(
        summary="Is it covered?",
        description="The same answer that tickets, incidents and time get.",
        parameters=[CoverageAsked],
        responses=CoverageShown,
    )
    def get(self, request: Request) -> Response:
        asked = CoverageAsked(data=request.query_params.dict())
        asked.is_valid(raise_exception=True)
        given: dict[str, Any] = dict(asked.validated_data)
        viewer: Any = request.viewer  # type: ignore[attr-defined]
        client = get_object_or_404(Client.objects.visible_to(viewer), pk=given.pop("client_id"))
        device_id, at = given.pop("device_id", None), given.pop("at", datetime.now(UTC))
        if device_id is not None:
            mine = Device.objects.visible_to(viewer).filter(client=client)
            get_object_or_404(mine, pk=device_id)
        cover = queries.coverage(
            client_id=client.pk, device_id=device_id, at=at, work=queries.Work(**given)
        )
        return Response(CoverageShown(_shown(cover)).data)


def _shown(cover: queries.Cover) -> dict[str, Any]:
    level = (
        ServiceLevelVersion.objects.select_related("level")
        .filter(pk=cover.level_version_id or 0)
        .first()
    )
    return {
        "covered": cover.covered, "verdict": cover.verdict, "reason": cover.reason,
        "failed": list(cover.failed), "owner": cover.owner, "agreement_id": cover.agreement_id,
        "line_id": cover.line_id, "service_level": str(level or ""),
    }  # fmt: skip


urlpatterns: list[URLPattern | URLResolver] = [
    path("coverage", Coverage.as_view(), name="api-coverage")
]
