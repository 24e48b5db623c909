"""The unit register, for programs: what was countable on a day, as it was known at an instant."""

from datetime import UTC, datetime
from typing import Any

import django_filters
from django.db.models import F, Q, QuerySet
from django.urls import URLPattern, URLResolver, path
from drf_spectacular.utils import extend_schema, extend_schema_view
from rest_framework import serializers

from contracts.clients.models import UnitVersion
from contracts.clients.queries import UNIT_TYPES
from msp.kit.rest.endpoints import ListEndpoint
from msp.kit.rest.fields import Id, Instant


class RegisteredUnitShown(serializers.ModelSerializer):
    client_id = serializers.IntegerField(read_only=True)
    marks = serializers.DictField(
        read_only=True, help_text="By which other rules it counts: aside, shared, seat_id."
    )

    class Meta:
        model = UnitVersion
        fields = (
            "id", "interval_id", "unit_type", "unit_id", "unit_class", "name", "client_id",
            "site_id", "starts_on", "ends_on", "quantity", "marks", "payer_id", "note", "source",
            "recorded_at",
        )  # fmt: skip


class UnitFilter(django_filters.FilterSet):
    client_id = Id()
    unit_type = django_filters.ChoiceFilter(choices=[(one, one) for one in UNIT_TYPES])
    unit_class = django_filters.CharFilter()
    name = django_filters.CharFilter(lookup_expr="icontains", label="Part of the name")
    on = django_filters.DateFilter(method="there", label="Countable on this date")
    known_at = Instant(method="as_it_is", label="As known at this instant; left out: now")

    def filter_queryset(self, queryset: QuerySet[UnitVersion]) -> Any:
        """Each stretch once, by what was said of it last; one that was annulled is gone."""
        known_at = self.form.cleaned_data.get("known_at") or datetime.now(UTC)
        newest = (
            UnitVersion.objects.filter(recorded_at__lte=known_at)
            .order_by("interval_id", "-recorded_at", "-pk")
            .distinct("interval_id")
        )
        rows = queryset.filter(pk__in=newest.values("pk"), unit_type__in=UNIT_TYPES)
        annulled = Q(ends_on__isnull=False, ends_on__lte=F("starts_on"))
        return super().filter_queryset(rows.exclude(annulled))

    def there(self, rows: QuerySet[UnitVersion], name: str, day: Any) -> QuerySet[UnitVersion]:
        return rows.filter(Q(ends_on__isnull=True) | Q(ends_on__gt=day), starts_on__lte=day)

    def as_it_is(self, rows: QuerySet[UnitVersion], name: str, at: Any) -> QuerySet[UnitVersion]:
        return rows


@extend_schema_view(get=extend_schema(summary="List what counts"))
class Units(ListEndpoint):
    scope = "clients"
    queryset = UnitVersion.objects.all()
    serializer_class = RegisteredUnitShown
    filterset_class = UnitFilter


urlpatterns: list[URLPattern | URLResolver] = [
    path("units", Units.as_view(), name="api-units"),
]
