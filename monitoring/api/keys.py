"""Enrolment keys, for programs: made for a site or a device, given a new secret, ended."""

from datetime import UTC, datetime, timedelta
from typing import Any

import django_filters
from django.urls import URLPattern, URLResolver, path
from drf_spectacular.utils import extend_schema, extend_schema_view
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from contracts.clients.models import Device, Site
from monitoring import actions
from monitoring.models import EnrolmentKey
from msp.kit.refusals import Refused
from msp.kit.rest.endpoints import ListEndpoint, OneEndpoint
from msp.kit.rest.fields import Id, WriteSerializer, YesNo
from tenants.people.tokens import once

SCOPE = "keys"


class KeyShown(serializers.ModelSerializer):
    client_id = serializers.IntegerField(source="site.client_id", read_only=True)
    site_id = serializers.IntegerField(read_only=True)
    device_id = serializers.IntegerField(read_only=True, allow_null=True)

    class Meta:
        model = EnrolmentKey
        fields = (
            "id", "name", "prefix", "client_id", "site_id", "device_id", "cap", "default_kind",
            "created_at", "expires_at", "revoked_at", "last_used_at", "old_prefix", "old_until",
        )  # fmt: skip


class KeyMade(KeyShown):
    token = serializers.CharField(read_only=True, help_text="The secret; it is never shown again.")

    class Meta(KeyShown.Meta):
        fields = (*KeyShown.Meta.fields, "token")


class KeyFilter(django_filters.FilterSet):
    client_id = Id(field_name="site__client_id")
    site_id = Id()
    device_id = Id()
    revoked = YesNo(field_name="revoked_at", lookup_expr="isnull", exclude=True)


class KeyNew(WriteSerializer):
    """For a site's devices, or for one device, which stands at its own site."""

    name = serializers.CharField(max_length=80)
    site_id = serializers.PrimaryKeyRelatedField(
        queryset=Site.objects.all(), source="site", required=False
    )
    device_id = serializers.PrimaryKeyRelatedField(
        queryset=Device.objects.filter(retired_on__isnull=True).select_related("site"),
        source="device", required=False,
    )  # fmt: skip
    cap = serializers.IntegerField(
        min_value=0, max_value=100_000, default=100, help_text="How many devices it may enrol."
    )
    default_kind = serializers.ChoiceField(choices=Device.Kind.choices, default="workstation")
    expires_at = serializers.DateTimeField(required=False, allow_null=True)


class KeyChange(WriteSerializer):
    cap = serializers.IntegerField(min_value=0, max_value=100_000)


class Rotation(WriteSerializer):
    overlap = serializers.IntegerField(
        min_value=0, default=0, help_text="Seconds the secret before it works on, 30 days at most."
    )


class KeyEndpoint(OneEndpoint):
    scope = SCOPE
    queryset = EnrolmentKey.objects.select_related("site")
    serializer_class = KeyShown


@extend_schema_view(get=extend_schema(summary="List enrolment keys"))
class Keys(ListEndpoint):
    scope = SCOPE
    queryset = EnrolmentKey.objects.select_related("site")
    serializer_class = KeyShown
    filterset_class = KeyFilter

    @extend_schema(
        summary="Make an enrolment key",
        description="The answer is the only one that ever shows its token.",
        request=KeyNew,
        responses={201: KeyMade},
    )
    @once
    def post(self, request: Request) -> Response:
        given = self.taken(KeyNew)
        site = _site_of(given)
        key, token = actions.enrol_key(
            **(given | {"site": site}), by=request.viewer.actor, at=datetime.now(UTC)
        )
        return _made(key, token, 201)


class OneKey(KeyEndpoint):
    http_method_names: Any = ("get", "patch")

    @extend_schema(summary="Show an enrolment key")
    def get(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        return super().get(request, *args, **kwargs)

    @extend_schema(summary="Let it enrol more or fewer", request=KeyChange, responses=KeyShown)
    def patch(self, request: Request, pk: int) -> Response:
        key, given = self.get_object(), self.taken(KeyChange)
        actions.change_cap(key=key, **given, by=request.viewer.actor, at=datetime.now(UTC))
        return self.given(key)


class RotateKey(KeyEndpoint):
    http_method_names: Any = ("post",)

    @extend_schema(
        summary="Give it a new secret",
        description="The answer is the only one that ever shows the new token.",
        request=Rotation,
        responses=KeyMade,
    )
    @once
    def post(self, request: Request, pk: int) -> Response:
        key, given = self.get_object(), self.taken(Rotation)
        key, token = actions.rotate_key(
            key=key, overlap=timedelta(seconds=min(given["overlap"], 10**9)),
            by=request.viewer.actor, at=datetime.now(UTC),
        )  # fmt: skip
        return _made(key, token, 200)


class RevokeKey(KeyEndpoint):
    http_method_names: Any = ("post",)

    @extend_schema(
        summary="End an enrolment key",
        description="Within ten seconds it opens nothing more.",
        request=None,
        responses=KeyShown,
    )
    @once
    def post(self, request: Request, pk: int) -> Response:
        key = self.get_object()
        self.taken(WriteSerializer)
        actions.revoke_key(key=key, by=request.viewer.actor, at=datetime.now(UTC))
        return self.given(key)


def _site_of(given: dict[str, Any]) -> Site:
    """Where the key belongs: what was named, or where its device stands."""
    device = given.get("device")
    site: Site | None = given.get("site") or (device.site if device else None)
    if site is None:
        raise Refused("Name the site, or a device that stands at one.", field="site_id")
    return site


def _made(key: EnrolmentKey, token: str, status: int) -> Response:
    """The key with its token; sent again by the same Idempotency-Key it comes without."""
    shown = KeyShown(key).data
    answer: Any = Response({**shown, "token": token}, status=status)
    answer.kept = shown
    return answer  # type: ignore[no-any-return]


urlpatterns: list[URLPattern | URLResolver] = [
    path("enrolment-keys", Keys.as_view(), name="api-enrolment-keys"),
    path("enrolment-keys/<int:pk>", OneKey.as_view(), name="api-enrolment-key"),
    path("enrolment-keys/<int:pk>/rotate", RotateKey.as_view(), name="api-enrolment-key-rotate"),
    path("enrolment-keys/<int:pk>/revoke", RevokeKey.as_view(), name="api-enrolment-key-revoke"),
]
