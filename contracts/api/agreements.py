"""Agreements, for programs: read with their versions and lines, and begun as a draft."""

from datetime import UTC, datetime

import django_filters
from django.urls import URLPattern, URLResolver, path
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from contracts import actions
from contracts.clients.models import Client
from contracts.models import Agreement, AgreementLine, AgreementVersion
from msp.kit.rest.endpoints import ListEndpoint, OneEndpoint
from msp.kit.rest.fields import Id, WriteSerializer
from tenants.people.tokens import once


class AgreementLineShown(serializers.ModelSerializer):
    service_id = serializers.IntegerField(read_only=True, allow_null=True)
    offer_id = serializers.IntegerField(read_only=True, allow_null=True)
    facts = serializers.DictField(
        read_only=True, help_text="The terms of this kind: price, classes, minimum and so on."
    )

    class Meta:
        model = AgreementLine
        fields = (
            "id", "line_key", "position", "description", "kind", "facts", "service_id",
            "offer_id",
        )  # fmt: skip


class VersionShown(serializers.ModelSerializer):
    service_level = serializers.CharField(source="level_version", read_only=True, allow_null=True)
    lines = AgreementLineShown(many=True, read_only=True)
    coverage = serializers.ListField(
        child=serializers.DictField(), read_only=True,
        help_text="The rows of the decision table, asked in this order.",
    )  # fmt: skip

    credits = serializers.DictField(
        read_only=True, help_text="What a missed promise gives back; empty where nothing."
    )

    class Meta:
        model = AgreementVersion
        fields = (
            "id", "number", "effective_on", "superseded_on", "published_at", "note",
            "service_level", "renews_months", "notice_days", "uplift_percent", "coverage",
            "credits", "lines",
        )  # fmt: skip


class AgreementShown(serializers.ModelSerializer):
    client_id = serializers.IntegerField(read_only=True)

    class Meta:
        model = Agreement
        fields = (
            "id", "number", "client_id", "name", "state", "currency", "starts_on", "ends_on",
            "notice_given_on", "created_at",
        )  # fmt: skip


class AgreementWhole(AgreementShown):
    versions = VersionShown(many=True, read_only=True)

    class Meta(AgreementShown.Meta):
        fields = (*AgreementShown.Meta.fields, "versions")


class AgreementNew(WriteSerializer):
    client_id = serializers.PrimaryKeyRelatedField(queryset=Client.objects.all(), source="client")
    name = serializers.CharField(max_length=120)
    starts_on = serializers.DateField()
    ends_on = serializers.DateField(
        required=False, allow_null=True, help_text="The first day without it."
    )
    currency = serializers.CharField(max_length=3, required=False)


class AgreementFilter(django_filters.FilterSet):
    client_id = Id()
    state = django_filters.ChoiceFilter(choices=Agreement.State.choices)
    number = django_filters.CharFilter()


class Agreements(ListEndpoint):
    scope = "agreements"
    queryset = Agreement.objects.all()
    serializer_class = AgreementShown
    filterset_class = AgreementFilter

    @extend_schema(
        summary="Draft an agreement",
        description="It covers and charges nothing until somebody adds lines and publishes it.",
        request=AgreementNew,
        responses={201: AgreementShown},
    )
    @once
    def post(self, request: Request) -> Response:
        given = self.taken(AgreementNew)
        now = datetime.now(UTC)
        return self.given(actions.draft_agreement(**given, by=request.viewer.actor, at=now), 201)


class OneAgreement(OneEndpoint):
    scope = "agreements"
    queryset = Agreement.objects.prefetch_related(
        "versions__lines", "versions__level_version__level"
    )
    serializer_class = AgreementWhole


urlpatterns: list[URLPattern | URLResolver] = [
    path("agreements", Agreements.as_view(), name="api-agreements"),
    path("agreements/<int:pk>", OneAgreement.as_view(), name="api-agreement"),
]
