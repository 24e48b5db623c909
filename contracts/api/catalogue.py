"""The catalogue, for programs: services, tiers and bundles, and prices from a day on."""

from datetime import UTC, datetime

import django_filters
from django.urls import URLPattern, URLResolver, path
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from contracts import actions
from contracts.models import Offer, OfferPart, Price, PriceList, Service
from msp.kit.rest.endpoints import ListEndpoint, OneEndpoint
from msp.kit.rest.fields import Id, WriteSerializer, YesNo
from tenants.people.tokens import once


class ServiceShown(serializers.ModelSerializer):
    class Meta:
        model = Service
        fields = (
            "id", "code", "name", "domain", "nature", "partner", "description", "includes",
            "excludes", "cost", "retired_at",
        )  # fmt: skip


class ServiceNew(WriteSerializer):
    name = serializers.CharField(max_length=120)
    code = serializers.SlugField(max_length=40)
    domain = serializers.ChoiceField(choices=Service.Domain.choices, required=False)
    nature = serializers.ChoiceField(choices=Service.Nature.choices, required=False)
    partner = serializers.CharField(max_length=120, required=False, allow_blank=True)
    cost = serializers.DecimalField(
        max_digits=15, decimal_places=6, min_value=0, required=False, allow_null=True,
        help_text="What one of what a line counts costs us in a month.",
    )  # fmt: skip
    description = serializers.CharField(max_length=4000, required=False, allow_blank=True)
    includes = serializers.CharField(
        max_length=4000, required=False, allow_blank=True, help_text="One promise a line."
    )
    excludes = serializers.CharField(
        max_length=4000, required=False, allow_blank=True, help_text="One exclusion a line."
    )


class ServiceFilter(django_filters.FilterSet):
    domain = django_filters.ChoiceFilter(choices=Service.Domain.choices)
    nature = django_filters.ChoiceFilter(choices=Service.Nature.choices)
    code = django_filters.CharFilter()
    retired = YesNo(field_name="retired_at", lookup_expr="isnull", exclude=True)


class Services(ListEndpoint):
    scope = "agreements"
    queryset = Service.objects.all()
    serializer_class = ServiceShown
    filterset_class = ServiceFilter

    @extend_schema(summary="Add a service", request=ServiceNew, responses={201: ServiceShown})
    @once
    def post(self, request: Request) -> Response:
        given, now = self.taken(ServiceNew), datetime.now(UTC)
        return self.given(actions.add_service(**given, by=request.viewer.actor, at=now), 201)


class OneService(OneEndpoint):
    scope = "agreements"
    queryset = Service.objects.all()
    serializer_class = ServiceShown

    @extend_schema(summary="Change a service", request=ServiceNew, responses=ServiceShown)
    def patch(self, request: Request, pk: int) -> Response:
        service, given = self.get_object(), self.taken(ServiceNew, partial=True)
        now = datetime.now(UTC)
        return self.given(
            actions.change_service(service=service, by=request.viewer.actor, at=now, **given)
        )


class PartShown(serializers.ModelSerializer):
    service_id = serializers.IntegerField(read_only=True)

    class Meta:
        model = OfferPart
        fields = ("service_id", "verdict", "quantity", "note")


class OfferShown(serializers.ModelSerializer):
    parts = PartShown(many=True, read_only=True)

    class Meta:
        model = Offer
        fields = ("id", "kind", "code", "name", "rank", "description", "retired_at", "parts")


class OfferFilter(django_filters.FilterSet):
    kind = django_filters.ChoiceFilter(choices=Offer.Kind.choices)
    code = django_filters.CharFilter()


class Offers(ListEndpoint):
    scope = "agreements"
    queryset = Offer.objects.prefetch_related("parts")
    serializer_class = OfferShown
    filterset_class = OfferFilter


class PriceListShown(serializers.ModelSerializer):
    client_id = serializers.IntegerField(read_only=True, allow_null=True)

    class Meta:
        model = PriceList
        fields = ("id", "name", "currency", "client_id", "retired_at")


class PriceListFilter(django_filters.FilterSet):
    currency = django_filters.CharFilter()
    client_id = Id()


class PriceLists(ListEndpoint):
    scope = "agreements"
    queryset = PriceList.objects.all()
    serializer_class = PriceListShown
    filterset_class = PriceListFilter


class PriceShown(serializers.ModelSerializer):
    price_list_id = serializers.IntegerField(read_only=True)
    service_id = serializers.IntegerField(read_only=True, allow_null=True)
    offer_id = serializers.IntegerField(read_only=True, allow_null=True)
    facts = serializers.DictField(read_only=True, help_text="The terms of this kind.")

    class Meta:
        model = Price
        fields = (
            "id", "price_list_id", "service_id", "offer_id", "kind", "facts", "starts_on",
            "ends_on",
        )  # fmt: skip


class PriceNew(WriteSerializer):
    price_list_id = serializers.PrimaryKeyRelatedField(
        queryset=PriceList.objects.all(), source="price_list"
    )
    service_id = serializers.PrimaryKeyRelatedField(
        queryset=Service.objects.all(), source="service", required=False, allow_null=True
    )
    offer_id = serializers.PrimaryKeyRelatedField(
        queryset=Offer.objects.all(), source="offer", required=False, allow_null=True
    )
    kind = serializers.CharField(max_length=20)
    facts = serializers.DictField(help_text="The terms of the kind, amounts as text.")
    starts_on = serializers.DateField(help_text="The price before ends on this day.")


class PriceFilter(django_filters.FilterSet):
    price_list_id = Id()
    service_id = Id()
    offer_id = Id()


class Prices(ListEndpoint):
    scope = "agreements"
    queryset = Price.objects.all()
    serializer_class = PriceShown
    filterset_class = PriceFilter

    @extend_schema(summary="Write the next price", request=PriceNew, responses={201: PriceShown})
    @once
    def post(self, request: Request) -> Response:
        given, now = self.taken(PriceNew), datetime.now(UTC)
        return self.given(actions.set_price(**given, by=request.viewer.actor, at=now), 201)


urlpatterns: list[URLPattern | URLResolver] = [
    path("services", Services.as_view(), name="api-services"),
    path("services/<int:pk>", OneService.as_view(), name="api-service"),
    path("offers", Offers.as_view(), name="api-offers"),
    path("price-lists", PriceLists.as_view(), name="api-price-lists"),
    path("prices", Prices.as_view(), name="api-prices"),
]
