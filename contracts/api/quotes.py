"""Quotes, for programs: read with what each option comes to, written whole, and sent."""

from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

import django_filters
from django.db import transaction
from django.urls import URLPattern, URLResolver, path
from drf_spectacular.utils import extend_schema, extend_schema_field
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from contracts import actions
from contracts.clients.models import Client, Contact
from contracts.models import Offer, Quote, QuoteVersion, Service, ServiceLevelVersion
from contracts.queries import quotes as queries
from msp.kit.refusals import Refused
from msp.kit.rest.endpoints import Endpoint, ListEndpoint, OneEndpoint
from msp.kit.rest.fields import Id, WriteSerializer
from tenants.people.tokens import once


class SumsShown(serializers.Serializer):
    """What an option comes to before tax, amounts as text."""

    option = serializers.CharField()
    name = serializers.CharField()
    month = serializers.CharField()
    quarter = serializers.CharField()
    year = serializers.CharField()
    once = serializers.CharField()
    first_year = serializers.CharField()


class QuoteVersionShown(serializers.ModelSerializer):
    service_level = serializers.CharField(source="level_version", read_only=True, allow_null=True)
    content = serializers.DictField(
        read_only=True, help_text="Options and lines; `facts` are net of the discount."
    )
    sums = serializers.SerializerMethodField()

    class Meta:
        model = QuoteVersion
        fields = (
            "id", "number", "intro", "terms", "valid_until_on", "starts_on", "term_months",
            "renews_months", "notice_days", "becomes", "service_level", "sent_at", "digest",
            "content", "sums",
        )  # fmt: skip

    @extend_schema_field(SumsShown(many=True))
    def get_sums(self, version: QuoteVersion) -> list[dict[str, Any]]:
        return [
            {
                "option": one.option.key, "name": one.option.name, "month": str(one.sums.month),
                "quarter": str(one.sums.quarter), "year": str(one.sums.year),
                "once": str(one.sums.once), "first_year": str(one.sums.first_year),
            }
            for one in queries.choices_of(version)
        ]  # fmt: skip


class QuoteShown(serializers.ModelSerializer):
    client_id = serializers.IntegerField(read_only=True)
    contact_id = serializers.IntegerField(read_only=True, allow_null=True)
    agreement_id = serializers.IntegerField(read_only=True, allow_null=True)

    class Meta:
        model = Quote
        fields = (
            "id", "number", "client_id", "contact_id", "name", "currency", "state", "created_at",
            "sent_at", "viewed_at", "closed_at", "expires_at", "agreement_id",
        )  # fmt: skip


class QuoteWhole(QuoteShown):
    versions = QuoteVersionShown(many=True, read_only=True)

    class Meta(QuoteShown.Meta):
        fields = (*QuoteShown.Meta.fields, "versions")


class OptionNew(WriteSerializer):
    key = serializers.CharField(
        max_length=8, required=False, help_text="A short word that lines name it by; else a, b, c."
    )
    name = serializers.CharField(max_length=80)
    text = serializers.CharField(max_length=2000, required=False, allow_blank=True)
    recommended = serializers.BooleanField(required=False)
    offer_id = serializers.PrimaryKeyRelatedField(
        queryset=Offer.objects.all(), source="offer", required=False, allow_null=True
    )


class LineNew(WriteSerializer):
    description = serializers.CharField(max_length=120)
    kind = serializers.CharField(
        max_length=20, help_text="A kind of agreement line, or `once` with a unit_price."
    )
    facts = serializers.DictField(help_text="The terms by the list, before any discount.")
    quantity = serializers.DecimalField(max_digits=9, decimal_places=4, required=False)
    options = serializers.ListField(
        child=serializers.CharField(max_length=8), required=False, max_length=4
    )
    optional = serializers.BooleanField(required=False)
    ticked = serializers.BooleanField(required=False)
    phase = serializers.CharField(
        max_length=80, required=False, allow_blank=True,
        help_text="Of the project it is a milestone of, where the quote becomes one.",
    )  # fmt: skip
    discount = serializers.DecimalField(
        max_digits=7, decimal_places=4, required=False, min_value=Decimal(0),
        max_value=Decimal(100),
    )  # fmt: skip
    service_id = serializers.PrimaryKeyRelatedField(
        queryset=Service.objects.all(), source="service", required=False, allow_null=True
    )


class QuoteNew(WriteSerializer):
    client_id = serializers.PrimaryKeyRelatedField(queryset=Client.objects.all(), source="client")
    contact_id = serializers.PrimaryKeyRelatedField(
        queryset=Contact.objects.all(), source="contact", required=False, allow_null=True
    )
    name = serializers.CharField(max_length=120)
    currency = serializers.CharField(max_length=3, required=False)
    intro = serializers.CharField(max_length=20_000, required=False, allow_blank=True)
    terms = serializers.CharField(max_length=20_000, required=False, allow_blank=True)
    valid_until_on = serializers.DateField(required=False, allow_null=True)
    starts_on = serializers.DateField(required=False, allow_null=True)
    term_months = serializers.IntegerField(required=False, min_value=1, max_value=120)
    renews_months = serializers.IntegerField(required=False, min_value=1, max_value=120)
    notice_days = serializers.IntegerField(required=False, min_value=0, max_value=730)
    becomes = serializers.ChoiceField(choices=QuoteVersion.Becomes.choices, required=False)
    service_level_version_id = serializers.PrimaryKeyRelatedField(
        queryset=ServiceLevelVersion.objects.all(), source="level_version", required=False,
        allow_null=True,
    )  # fmt: skip
    options = OptionNew(many=True, required=False)
    lines = LineNew(many=True, required=False)


class QuoteFilter(django_filters.FilterSet):
    client_id = Id()
    number = django_filters.CharFilter()
    state = django_filters.ChoiceFilter(choices=Quote.State.choices)


class Quotes(ListEndpoint):
    scope = "quotes"
    queryset = Quote.objects.all()
    serializer_class = QuoteShown
    filterset_class = QuoteFilter

    @extend_schema(
        summary="Draft a quote",
        description="Nobody of the client sees it until it is sent.",
        request=QuoteNew,
        responses={201: QuoteShown},
    )
    @once
    def post(self, request: Request) -> Response:
        given = self.taken(QuoteNew)
        who = {"by": request.viewer.actor, "at": datetime.now(UTC)}
        options, lines = given.pop("options", []), given.pop("lines", [])
        begun = {name: given.pop(name) for name in ("client", "name", "currency") if name in given}
        contact = given.pop("contact", None)
        with transaction.atomic():
            quote = actions.draft_quote(**begun, contact=contact, **who)
            options = options or [{"name": quote.name[:80]}]
            actions.write_quote(
                version=quote.versions.get(), contact=contact,
                options=[actions.OptionInput(**one) for one in options],
                lines=[
                    actions.QuotedInput(**{**one, "options": tuple(one.get("options", ()))})
                    for one in lines
                ],
                **given, **who,
            )  # fmt: skip
        return self.given(quote, 201)


class OneQuote(OneEndpoint):
    scope = "quotes"
    queryset = Quote.objects.prefetch_related("versions__level_version__level", "versions__quote")
    serializer_class = QuoteWhole


class SendQuote(Endpoint):
    scope = "quotes"
    queryset = Quote.objects.all()
    serializer_class = QuoteShown

    @extend_schema(
        summary="Send a quote",
        description="The newest draft is sealed and put before the client; its text is never"
        " edited again.",
        request=None,
        responses=QuoteShown,
    )
    @once
    def post(self, request: Request, pk: int) -> Response:
        quote = self.get_object()
        version = queries.draft_of(quote)
        if version is None:
            raise Refused("There is no draft to send.", code="no_draft")
        now = datetime.now(UTC)
        return self.given(actions.send_quote(version=version, by=request.viewer.actor, at=now))


urlpatterns: list[URLPattern | URLResolver] = [
    path("quotes", Quotes.as_view(), name="api-quotes"),
    path("quotes/<int:pk>", OneQuote.as_view(), name="api-quote"),
    path("quotes/<int:pk>/send", SendQuote.as_view(), name="api-quote-send"),
]
