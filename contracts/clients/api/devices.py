"""Devices. What is written here reaches the unit register through the same actions as a page."""

from datetime import UTC, datetime

import django_filters
from django.urls import path
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from contracts.clients import actions
from contracts.clients.models import Client, Contact, Device, Site
from msp.kit.rest.endpoints import ListEndpoint, OneEndpoint
from msp.kit.rest.fields import Id, WriteSerializer, YesNo
from tenants.people.tokens import once


class DeviceShown(serializers.ModelSerializer):
    client_id = serializers.IntegerField(read_only=True)
    site_id = serializers.IntegerField(read_only=True, allow_null=True)
    owner_id = serializers.IntegerField(read_only=True, allow_null=True)

    class Meta:
        model = Device
        fields = (
            "id", "client_id", "site_id", "owner_id", "name", "kind", "maker", "model", "serial",
            "system", "address", "warranty_until_on", "counts_from_on", "retired_on", "created_at",
        )  # fmt: skip


class DeviceChange(WriteSerializer):
    """Every field may be left out; what is left out stays."""

    site_id = serializers.PrimaryKeyRelatedField(
        queryset=Site.objects.all(), source="site", required=False, allow_null=True
    )
    owner_id = serializers.PrimaryKeyRelatedField(
        queryset=Contact.objects.all(), source="owner", required=False, allow_null=True
    )
    name = serializers.CharField(max_length=80, required=False)
    kind = serializers.ChoiceField(Device.Kind.choices, required=False)
    maker = serializers.CharField(max_length=60, required=False, allow_blank=True)
    model = serializers.CharField(max_length=80, required=False, allow_blank=True)
    serial = serializers.CharField(max_length=80, required=False, allow_blank=True)
    system = serializers.CharField(max_length=80, required=False, allow_blank=True)
    address = serializers.CharField(max_length=60, required=False, allow_blank=True)
    warranty_until_on = serializers.DateField(required=False, allow_null=True)


class DeviceNew(DeviceChange):
    client_id = serializers.PrimaryKeyRelatedField(queryset=Client.objects.all(), source="client")
    name = serializers.CharField(max_length=80)
    kind = serializers.ChoiceField(Device.Kind.choices)
    counts_from_on = serializers.DateField(help_text="The first day it counts on a bill.")


class DeviceEnd(WriteSerializer):
    on = serializers.DateField(help_text="The first day it no longer counts.")


class DeviceFilter(django_filters.FilterSet):
    client_id = Id()
    site_id = Id()
    kind = django_filters.ChoiceFilter(choices=Device.Kind.choices)
    name = django_filters.CharFilter(lookup_expr="icontains", label="Part of the name")
    serial = django_filters.CharFilter(lookup_expr="iexact")
    retired = YesNo(field_name="retired_on", lookup_expr="isnull", exclude=True)


class Devices(ListEndpoint):
    scope = "devices"
    queryset = Device.objects.all()
    serializer_class = DeviceShown
    filterset_class = DeviceFilter

    @extend_schema(summary="Add a device", request=DeviceNew, responses={201: DeviceShown})
    @once
    def post(self, request: Request) -> Response:
        given = self.taken(DeviceNew)
        now = datetime.now(UTC)
        device = actions.add_device(**given, source="api", by=request.viewer.actor, at=now)
        return self.given(device, 201)


class OneDevice(OneEndpoint):
    scope = "devices"
    queryset = Device.objects.all()
    serializer_class = DeviceShown

    @extend_schema(summary="Change a device", request=DeviceChange, responses=DeviceShown)
    def patch(self, request: Request, pk: int) -> Response:
        device, given = self.get_object(), self.taken(DeviceChange, partial=True)
        now = datetime.now(UTC)
        return self.given(
            actions.change_device(device=device, by=request.viewer.actor, at=now, **given)
        )


class RetireDevice(OneEndpoint):
    scope = "devices"
    queryset = Device.objects.all()
    serializer_class = DeviceShown
    http_method_names = ("post",)

    @extend_schema(summary="Retire a device", request=DeviceEnd, responses=DeviceShown)
    @once
    def post(self, request: Request, pk: int) -> Response:
        device, given = self.get_object(), self.taken(DeviceEnd)
        now = datetime.now(UTC)
        actions.retire_device(device=device, on=given["on"], by=request.viewer.actor, at=now)
        return self.given(device)


urlpatterns = [
    path("devices", Devices.as_view(), name="api-devices"),
    path("devices/<int:pk>", OneDevice.as_view(), name="api-device"),
    path("devices/<int:pk>/retire", RetireDevice.as_view(), name="api-device-retire"),
]
