"""Serializers' parts that every room uses."""

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

import django_filters
from django import forms
from django_filters.fields import IsoDateTimeField
from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers
from rest_framework.exceptions import ValidationError


class WriteSerializer(serializers.Serializer):
    """What a program may send. A field that is not known is refused by its name."""

    def to_internal_value(self, data: Any) -> Any:
        if isinstance(data, Mapping):
            unknown = sorted(str(name)[:60] for name in set(data) - set(self.fields))
            if unknown:
                raise ValidationError({name: ["There is no such field."] for name in unknown[:20]})
        return super().to_internal_value(data)


@extend_schema_field(
    {
        "type": "object",
        "required": ["amount", "currency"],
        "properties": {
            "amount": {"type": "string", "pattern": r"^-?\d+(\.\d+)?$", "examples": ["1240.00"]},
            "currency": {"type": "string", "minLength": 3, "maxLength": 3, "examples": ["USD"]},
        },
    }
)
class Money(serializers.Field):
    """An amount and its currency, the amount as a string so that nobody makes a float of it."""

    def __init__(self, *, currency: str = "currency", **kwargs: Any) -> None:
        self.path = currency
        super().__init__(read_only=True, **kwargs)

    def get_attribute(self, instance: Any) -> tuple[Decimal | None, str]:
        currency = instance
        for word in self.path.split("."):
            currency = getattr(currency, word)
        return getattr(instance, self.source or ""), str(currency)

    def to_representation(self, value: tuple[Decimal | None, str]) -> dict[str, str] | None:
        amount, currency = value
        return None if amount is None else {"amount": str(amount), "currency": currency}


@extend_schema_field({"type": "integer", "minimum": 1})
class Id(django_filters.NumberFilter):
    """A filter that takes the id of something."""

    field_class = forms.IntegerField

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(min_value=1, max_value=2**63 - 1, **kwargs)


class InstantField(IsoDateTimeField):
    """An instant that a database can hold in UTC, whatever offset it came with."""

    def clean(self, value: Any) -> Any:
        found = super().clean(value)
        if found is not None and not 1900 <= found.year <= 9000:
            raise forms.ValidationError("An instant between the years 1900 and 9000.")
        return found


class Instant(django_filters.IsoDateTimeFilter):
    """A filter that takes an instant, such as 2026-06-01T14:00:00Z."""

    field_class = InstantField


@extend_schema_field({"type": "string", "enum": ["true", "false"]})
class YesNo(django_filters.TypedChoiceFilter):
    """A filter that takes `true` or `false` and nothing else."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(
            choices=(("true", "true"), ("false", "false")),
            coerce=lambda text: text == "true",
            empty_value=None,
            **kwargs,
        )
