"""What people type about services, offers and prices."""

from typing import Any

from django import forms

from contracts.actions import PartInput
from contracts.clients.forms import DateInput
from contracts.clients.models import Client
from contracts.forms.pricing import PriceFields
from contracts.models import Offer, OfferPart, Service

VERDICTS = [("", "Not named"), *OfferPart.Verdict.choices]


class ServiceForm(forms.Form):
    name = forms.CharField(max_length=120)
    code = forms.SlugField(max_length=40, help_text="Short and lasting, for lists and programs.")
    domain = forms.ChoiceField(choices=Service.Domain.choices)
    nature = forms.ChoiceField(choices=Service.Nature.choices, label="It is a")
    partner = forms.CharField(
        max_length=120, required=False, help_text="Who delivers it, where it is not us."
    )
    cost = forms.DecimalField(
        max_digits=15, decimal_places=6, min_value=0, required=False,
        label="What one costs us in a month",
        help_text="Of whatever a line counts. Clients never see it; the margin of a draft does.",
    )  # fmt: skip
    description = forms.CharField(
        widget=forms.Textarea(attrs={"rows": 3}), required=False,
        help_text="In the client's words; the portal shows it.",
    )  # fmt: skip
    includes = forms.CharField(
        label="What is in", widget=forms.Textarea(attrs={"rows": 4}), required=False,
        help_text="One promise a line.",
    )  # fmt: skip
    excludes = forms.CharField(
        label="What is not", widget=forms.Textarea(attrs={"rows": 3}), required=False,
        help_text="One exclusion a line; said before it is asked.",
    )  # fmt: skip


class OfferForm(forms.Form):
    """A tier or a bundle, with a verdict for every service."""

    kind = forms.ChoiceField(choices=Offer.Kind.choices)
    name = forms.CharField(max_length=120)
    code = forms.SlugField(max_length=40)
    rank = forms.IntegerField(min_value=1, max_value=99, help_text="Tiers stand in this order.")
    description = forms.CharField(widget=forms.Textarea(attrs={"rows": 3}), required=False)

    def __init__(self, *args: Any, services: list[Service], changes: bool = False, **kwargs: Any):
        super().__init__(*args, **kwargs)
        self.services = services
        if changes:
            del self.fields["kind"]
        for one in services:
            self.fields[f"part-{one.pk}"] = forms.ChoiceField(
                choices=VERDICTS, required=False, label=one.name
            )
            self.fields[f"times-{one.pk}"] = forms.IntegerField(
                min_value=1, max_value=999, required=False, label=f"How many of {one.name}"
            )

    @property
    def rows(self) -> list[tuple[Service, forms.BoundField, forms.BoundField]]:
        return [(one, self[f"part-{one.pk}"], self[f"times-{one.pk}"]) for one in self.services]

    def words(self) -> dict[str, Any]:
        """The offer's own fields."""
        named = ("kind", "name", "code", "rank", "description")
        return {name: self.cleaned_data[name] for name in named if name in self.cleaned_data}

    def parts(self) -> list[PartInput]:
        values = self.cleaned_data
        return [
            PartInput(one, values[f"part-{one.pk}"], values[f"times-{one.pk}"] or 1)
            for one in self.services
            if values[f"part-{one.pk}"]
        ]


def offer_initial(offer: Offer) -> dict[str, Any]:
    """A stored offer as it is typed."""
    parts = {
        f"{field}-{part.service_id}": value
        for part in offer.parts.all()
        for field, value in (("part", part.verdict), ("times", part.quantity))
    }
    return parts | {
        "name": offer.name, "code": offer.code, "rank": offer.rank,
        "description": offer.description,
    }  # fmt: skip


class PriceListForm(forms.Form):
    name = forms.CharField(max_length=80)
    currency = forms.CharField(max_length=3, min_length=3, help_text="Three letters, such as USD.")
    client = forms.ModelChoiceField(
        Client.objects.none(), required=False, empty_label="Everybody",
        help_text="A client's own list comes before the general one.",
    )  # fmt: skip

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["client"].queryset = Client.objects.filter(archived_at__isnull=True)

    def clean_currency(self) -> str:
        return str(self.cleaned_data["currency"]).upper()


class PriceForm(PriceFields):
    """A price of one service or offer from a day on."""

    sold = forms.ChoiceField(label="What")
    starts_on = forms.DateField(label="From", widget=DateInput)

    def __init__(self, *args: Any, sold: list[tuple[str, str]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["sold"].choices = sold

    def of(self) -> dict[str, Any]:
        """The service or the offer that is priced."""
        kind, _, pk = self.cleaned_data["sold"].partition("-")
        if kind == "service":
            return {"service": Service.objects.get(pk=pk)}
        return {"offer": Offer.objects.get(pk=pk)}


class UpliftForm(forms.Form):
    percent = forms.DecimalField(max_digits=6, decimal_places=3, min_value=0, label="Raise by")
    effective_on = forms.DateField(label="From", widget=DateInput)
