"""What people type about coverage: a question, and the rows of a decision table."""

from typing import Any

from django import forms
from django.forms import BaseFormSet, formset_factory

from contracts.clients.models import Client, Device
from contracts.forms.working import work_choices
from contracts.models import Agreement, Service
from contracts.rules import decisions


class QuestionForm(forms.Form):
    """A piece of work to ask about; what is left open is not known."""

    device = forms.TypedChoiceField(required=False, coerce=int, empty_value=None)
    work_type = forms.ChoiceField(
        choices=lambda: [("", "Not known"), *work_choices()], required=False
    )
    role = forms.ChoiceField(choices=[("", "Not known"), *decisions.ROLES.items()], required=False)
    service = forms.TypedChoiceField(required=False, coerce=int, empty_value=None)
    site = forms.TypedChoiceField(required=False, coerce=int, empty_value=None)
    at = forms.DateTimeField(
        required=False, label="When", widget=forms.DateTimeInput(
            attrs={"type": "datetime-local"}, format="%Y-%m-%dT%H:%M"
        ),
    )  # fmt: skip

    def __init__(self, *args: Any, client: Client, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        devices = client.devices.filter(retired_on__isnull=True).values_list("pk", "name")
        self.fields["device"].choices = [("", "No device"), *devices]
        sites = client.sites.values_list("pk", "name")
        self.fields["site"].choices = [("", "Its own, or none"), *sites]
        services = Service.objects.filter(retired_at=None).values_list("pk", "name")
        self.fields["service"].choices = [("", "The line's"), *services]


class RowForm(forms.Form):
    """One row of a decision table."""

    name = forms.CharField(max_length=80, label="Row", required=False)
    verdict = forms.ChoiceField(choices=list(decisions.VERDICTS.items()), required=False)
    owner = forms.ChoiceField(
        choices=list(decisions.OWNERS.items()), label="The work is", required=False
    )
    device_classes = forms.MultipleChoiceField(
        choices=Device.Kind.choices, required=False, label="Device classes",
        widget=forms.CheckboxSelectMultiple,
    )  # fmt: skip
    hour_classes = forms.MultipleChoiceField(
        choices=list(decisions.HOUR_CLASSES.items()), required=False, label="Hours",
        widget=forms.CheckboxSelectMultiple,
    )  # fmt: skip
    work_types = forms.MultipleChoiceField(
        choices=work_choices, required=False, label="Kinds of work",
        widget=forms.CheckboxSelectMultiple,
    )  # fmt: skip
    roles = forms.MultipleChoiceField(
        choices=list(decisions.ROLES.items()), required=False, label="Done by",
        widget=forms.CheckboxSelectMultiple,
    )  # fmt: skip
    site_ids = forms.TypedMultipleChoiceField(
        required=False, coerce=int, label="Sites", widget=forms.CheckboxSelectMultiple
    )
    service_ids = forms.TypedMultipleChoiceField(
        required=False, coerce=int, label="Services", widget=forms.CheckboxSelectMultiple
    )
    rate = forms.DecimalField(
        min_value=0, max_digits=15, decimal_places=6, required=False, label="An hour costs"
    )
    multiplier = forms.DecimalField(
        min_value=0, max_value=10, max_digits=5, decimal_places=2, required=False, label="Times"
    )
    agreement_id = forms.TypedChoiceField(
        required=False, coerce=int, empty_value=None, label="The other agreement"
    )

    def __init__(self, *args: Any, agreement: Agreement, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        client = agreement.client
        self.fields["site_ids"].choices = list(client.sites.values_list("pk", "name"))
        self.fields["service_ids"].choices = list(
            Service.objects.filter(retired_at=None).values_list("pk", "name")
        )
        others = client.agreements.exclude(pk=agreement.pk).values_list("pk", "name")
        self.fields["agreement_id"].choices = [("", "None"), *others]

    def row(self) -> dict[str, Any]:
        """The row as it is stored."""
        values = self.cleaned_data
        named = ("device_classes", "hour_classes", "work_types", "roles", "site_ids", "service_ids")
        facts = {name: values[name] for name in named if values[name]}
        facts |= {name: f"{values[name]:f}" for name in ("rate", "multiplier") if values[name]}
        if values["agreement_id"]:
            facts["agreement_id"] = values["agreement_id"]
        return facts | {
            "name": values["name"],
            "verdict": values["verdict"] or "included",
            "owner": values["owner"] or "msp",
        }


class RowsBase(BaseFormSet):
    """The rows in the order they are asked; a row without a name is not there."""

    def kept(self) -> list[RowForm]:
        """The rows that stay."""
        return [
            form
            for form in self.forms
            if form.cleaned_data.get("name") and not form.cleaned_data.get("DELETE")
        ]


Rows = formset_factory(
    RowForm, formset=RowsBase, extra=2, can_delete=True, max_num=40, absolute_max=40
)
