"""What people type into a draft of an agreement."""

from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from django import forms
from django.forms import BaseFormSet, formset_factory

from contracts.actions import LineInput
from contracts.clients.forms import DateInput
from contracts.clients.models import Device
from contracts.models import AgreementLine, AgreementVersion
from contracts.queries import Catalogue, Planned
from contracts.rules.terms import TERMS, PerDevice, Terms, read_terms

KINDS = [("per_device", "Per device"), ("per_user", "Per user"), ("flat", "Flat amount")]
COUNTINGS = [
    ("daily", "by the day"),
    ("snapshot_start", "as of the first day"),
    ("snapshot_end", "as of the last day"),
    ("peak", "at its most"),
]


class NewAgreementForm(forms.Form):
    name = forms.CharField(max_length=120, initial="Managed services")
    starts_on = forms.DateField(label="Starts", widget=DateInput)
    last_on = forms.DateField(label="Last day", widget=DateInput, required=False)
    currency = forms.CharField(max_length=3, min_length=3)

    def clean_currency(self) -> str:
        return str(self.cleaned_data["currency"]).upper()


class TermsForm(forms.Form):
    """The head of a draft. People name a last day; the house keeps the day after."""

    name = forms.CharField(max_length=120)
    effective_on = forms.DateField(label="In effect from", widget=DateInput)
    last_on = forms.DateField(label="Last day", widget=DateInput, required=False)
    level = forms.TypedChoiceField(
        label="Service level", required=False, coerce=int, empty_value=None
    )
    note = forms.CharField(
        label="Why this version", max_length=300, required=False,
        help_text="Shown with the version, to us and to the client.",
    )  # fmt: skip

    def __init__(self, *args: Any, catalogue: Catalogue, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["level"].choices = [("", "No promise"), *catalogue.level_choices]

    @property
    def ends_on(self) -> date | None:
        last_on = self.cleaned_data.get("last_on")
        return last_on + timedelta(days=1) if last_on else None


class LineForm(forms.Form):
    """One line of a draft. Which fields matter depends on the kind."""

    line_key = forms.UUIDField(widget=forms.HiddenInput, required=False)
    description = forms.CharField(max_length=120, label="Line")
    kind = forms.ChoiceField(choices=KINDS, label="Counts")
    device_classes = forms.MultipleChoiceField(
        choices=Device.Kind.choices, required=False, label="Classes",
        widget=forms.CheckboxSelectMultiple,
    )  # fmt: skip
    price = forms.DecimalField(max_digits=15, decimal_places=6, min_value=0, label="Rate")
    counting = forms.ChoiceField(choices=COUNTINGS, required=False, label="Counted")
    included = forms.IntegerField(min_value=0, required=False, label="First ones included")
    minimum = forms.IntegerField(min_value=0, required=False, label="At least charged")
    prorate = forms.BooleanField(required=False, label="Part of a month costs its part")
    service = forms.TypedChoiceField(label="Service", required=False, coerce=int, empty_value=None)
    level = forms.TypedChoiceField(
        label="Service level of this line", required=False, coerce=int, empty_value=None
    )

    def __init__(self, *args: Any, catalogue: Catalogue, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.catalogue = catalogue
        self.fields["service"].choices = [("", "No service"), *catalogue.service_choices]
        self.fields["level"].choices = [("", "As the agreement"), *catalogue.level_choices]

    def facts(self) -> dict[str, Any]:
        """The facts of the kind that was chosen, as they are stored."""
        values = self.cleaned_data
        price = f"{values['price']:f}"
        if values["kind"] == "flat":
            return {"amount": price, "prorate": values["prorate"]}
        facts: dict[str, Any] = {
            "unit_price": price,
            "counting": values["counting"] or "daily",
            "included": values["included"] or 0,
            "minimum": values["minimum"] or 0,
        }
        if values["kind"] == PerDevice.kind:
            facts["device_classes"] = values["device_classes"]
        return facts

    def terms(self) -> Terms:
        return read_terms(self.cleaned_data["kind"], self.facts())

    def line(self) -> LineInput:
        values = self.cleaned_data
        return LineInput(
            description=values["description"], kind=values["kind"], facts=self.facts(),
            service=self.catalogue.services.get(values["service"]),
            level_version=self.catalogue.levels.get(values["level"]),
            line_key=values["line_key"],
        )  # fmt: skip

    def planned(self) -> Planned:
        """The line as the outlook reads it."""
        values = self.cleaned_data
        return Planned(values["description"], self.terms(), values["service"], values["line_key"])


class LinesBase(BaseFormSet):
    """The lines in the order they stand; one that is ticked away is gone."""

    def kept(self) -> list[LineForm]:
        """The forms of the lines that stay and can be read."""
        return [
            form
            for form in self.forms
            if form.is_valid() and form.cleaned_data and not form.cleaned_data.get("DELETE")
        ]


Lines = formset_factory(LineForm, formset=LinesBase, extra=0, can_delete=True, max_num=60)


def line_initial(line: AgreementLine) -> dict[str, Any]:
    """A stored line as it is typed."""
    facts = line.facts
    price = Decimal(facts.get("amount") or facts.get("unit_price") or 0)
    return {
        "line_key": line.line_key,
        "description": line.description,
        "kind": line.kind if line.kind in TERMS else "flat",
        "device_classes": facts.get("device_classes", []),
        "price": _shown(price),
        "counting": facts.get("counting", "daily"),
        "included": facts.get("included", 0),
        "minimum": facts.get("minimum", 0),
        "prorate": facts.get("prorate", True),
        "service": line.service_id,
        "level": line.level_version_id,
    }


def terms_initial(version: AgreementVersion) -> dict[str, Any]:
    """A draft's head as it is typed."""
    agreement = version.agreement
    return {
        "name": agreement.name,
        "effective_on": version.effective_on,
        "last_on": agreement.ends_on - timedelta(days=1) if agreement.ends_on else None,
        "level": version.level_version_id,
        "note": version.note,
    }


class AmendForm(forms.Form):
    effective_on = forms.DateField(label="New terms from", widget=DateInput)


class EndForm(forms.Form):
    last_on = forms.DateField(label="Last day", widget=DateInput)


def _shown(price: Decimal) -> str:
    """At least the cents, and every digit beyond that is there."""
    places = max(2, -int(price.normalize().as_tuple().exponent))
    return f"{price:.{places}f}"
