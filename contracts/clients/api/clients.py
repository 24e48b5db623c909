"""Clients and sites."""

from datetime import UTC, datetime

import django_filters
from django.urls import path
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from contracts.clients import actions
from contracts.clients.models import Client, Site
from msp.kit.rest.endpoints import ListEndpoint, OneEndpoint
from msp.kit.rest.fields import Id, WriteSerializer, YesNo
from tenants.people.tokens import once


class ClientShown(serializers.ModelSerializer):
    class Meta:
        model = Client
        fields = (
            "id", "name", "slug", "zone", "currency", "segment", "industry", "billing_email",
            "address", "tax_rate", "payment_days", "approves_time", "warning", "created_at",
            "archived_at",
        )  # fmt: skip


class ClientNew(WriteSerializer):
    name = serializers.CharField(max_length=120)
    zone = serializers.CharField(max_length=64, help_text="IANA time zone: America/Chicago.")
    currency = serializers.CharField(max_length=3, required=False)
    segment = serializers.ChoiceField(Client.Segment.choices, required=False)
    industry = serializers.CharField(max_length=60, required=False, allow_blank=True)
    billing_email = serializers.EmailField(max_length=254, required=False, allow_blank=True)
    address = serializers.CharField(max_length=1000, required=False, allow_blank=True)
    tax_rate = serializers.DecimalField(
        max_digits=6, decimal_places=3, min_value=0, required=False, help_text="Percent."
    )
    payment_days = serializers.IntegerField(min_value=0, max_value=365, required=False)
    approves_time = serializers.BooleanField(
        required=False, help_text="Work is approved before it comes on a bill."
    )
    warning = serializers.CharField(max_length=300, required=False, allow_blank=True)


class ClientChange(ClientNew):
    """Every field may be left out; what is left out stays."""


class ClientFilter(django_filters.FilterSet):
    name = django_filters.CharFilter(lookup_expr="icontains", label="Part of the name")
    slug = django_filters.CharFilter()
    segment = django_filters.ChoiceFilter(choices=Client.Segment.choices)
    archived = YesNo(field_name="archived_at", lookup_expr="isnull", exclude=True)


class Clients(ListEndpoint):
    scope = "clients"
    queryset = Client.objects.all()
    serializer_class = ClientShown
    filterset_class = ClientFilter

    @extend_schema(summary="Add a client", request=ClientNew, responses={201: ClientShown})
    @once
    def post(self, request: Request) -> Response:
        given = self.taken(ClientNew)
        now = datetime.now(UTC)
        return self.given(actions.add_client(**given, by=request.viewer.actor, at=now), 201)


class OneClient(OneEndpoint):
    scope = "clients"
    queryset = Client.objects.all()
    serializer_class = ClientShown

    @extend_schema(summary="Change a client", request=ClientChange, responses=ClientShown)
    def patch(self, request: Request, pk: int) -> Response:
        client, given = self.get_object(), self.taken(ClientChange, partial=True)
        now = datetime.now(UTC)
        return self.given(
            actions.change_client(client=client, by=request.viewer.actor, at=now, **given)
        )


class SiteShown(serializers.ModelSerializer):
    client_id = serializers.IntegerField(read_only=True)

    class Meta:
        model = Site
        fields = ("id", "client_id", "name", "address", "created_at")


class SiteNew(WriteSerializer):
    client_id = serializers.PrimaryKeyRelatedField(queryset=Client.objects.all(), source="client")
    name = serializers.CharField(max_length=120)
    address = serializers.CharField(max_length=1000, required=False, allow_blank=True)


class SiteChange(WriteSerializer):
    name = serializers.CharField(max_length=120, required=False)
    address = serializers.CharField(max_length=1000, required=False, allow_blank=True)


class SiteFilter(django_filters.FilterSet):
    client_id = Id()
    name = django_filters.CharFilter(lookup_expr="icontains", label="Part of the name")


class Sites(ListEndpoint):
    scope = "sites"
    queryset = Site.objects.all()
    serializer_class = SiteShown
    filterset_class = SiteFilter

    @extend_schema(summary="Add a site", request=SiteNew, responses={201: SiteShown})
    @once
    def post(self, request: Request) -> Response:
        given = self.taken(SiteNew)
        now = datetime.now(UTC)
        return self.given(actions.add_site(**given, by=request.viewer.actor, at=now), 201)


class OneSite(OneEndpoint):
    scope = "sites"
    queryset = Site.objects.all()
    serializer_class = SiteShown

    @extend_schema(summary="Change a site", request=SiteChange, responses=SiteShown)
    def patch(self, request: Request, pk: int) -> Response:
        site, given = self.get_object(), self.taken(SiteChange, partial=True)
        now = datetime.now(UTC)
        return self.given(actions.change_site(site=site, by=request.viewer.actor, at=now, **given))


urlpatterns = [
    path("clients", Clients.as_view(), name="api-clients"),
    path("clients/<int:pk>", OneClient.as_view(), name="api-client"),
    path("sites", Sites.as_view(), name="api-sites"),
    path("sites/<int:pk>", OneSite.as_view(), name="api-site"),
]
