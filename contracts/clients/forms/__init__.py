"""What people type about clients, their places, people and devices."""

from datetime import date
from typing import Any
from zoneinfo import available_timezones

from django import forms

from contracts.clients.forms.dates import DateInput
from contracts.clients.forms.meters import DialForm, FixForm, MeterForm, ReadingForm
from contracts.clients.forms.units import (
    CorrectionForm,
    EndForm,
    LicenceForm,
    MarksForm,
    RegisterForm,
    SeatsForm,
)
from contracts.clients.models import Client, Contact, Device, Site

ZONES = sorted(zone for zone in available_timezones() if "/" in zone and not zone.startswith("Etc"))
KINDS = [("", "Choose a class"), *Device.Kind.choices]
ROLES = [choice for choice in Contact.Portal.choices if choice[0]]


class ClientForm(forms.Form):
    name = forms.CharField(max_length=120)
    zone = forms.ChoiceField(
        label="Time zone",
        choices=[(zone, zone.replace("_", " ")) for zone in ZONES],
        help_text="Decides the client's business dates, such as the day a device is added.",
    )
    currency = forms.CharField(max_length=3, min_length=3, help_text="Three letters, such as USD.")
    segment = forms.ChoiceField(choices=Client.Segment.choices)
    industry = forms.CharField(max_length=60, required=False)
    billing_email = forms.EmailField(label="Billing e-mail", required=False)
    address = forms.CharField(widget=forms.Textarea(attrs={"rows": 3}), required=False)
    tax_rate = forms.DecimalField(
        label="Tax rate", min_value=0, max_value=99, max_digits=6, decimal_places=3,
        help_text="Percent added to an invoice.",
    )  # fmt: skip
    payment_days = forms.IntegerField(label="Days to pay", min_value=0, max_value=365)
    approves_time = forms.BooleanField(
        label="Work is approved before it is billed", required=False,
        help_text="Otherwise whatever is written down by the end of a month is on its bill.",
    )  # fmt: skip
    warning = forms.CharField(
        label="Pinned warning", max_length=300, required=False,
        help_text="Shown on top of the client, its devices and tickets, before anybody acts.",
    )  # fmt: skip

    def clean_currency(self) -> str:
        return str(self.cleaned_data["currency"]).upper()


class SiteForm(forms.Form):
    name = forms.CharField(max_length=120)
    address = forms.CharField(widget=forms.Textarea(attrs={"rows": 3}), required=False)


class ContactForm(forms.Form):
    """A contact of one client; `new` also asks from when they count."""

    name = forms.CharField(max_length=120)
    email = forms.EmailField(label="E-mail", required=False)
    phone = forms.CharField(max_length=40, required=False)
    title = forms.CharField(label="Job title", max_length=80, required=False)
    site = forms.ModelChoiceField(Site.objects.none(), required=False, empty_label="No site")
    counts_from_on = forms.DateField(
        label="Counts as a user from", widget=DateInput, required=False,
        help_text="A user is a person the agreement may charge for. Leave empty if they are none.",
    )  # fmt: skip

    def __init__(self, *args: Any, client: Client, new: bool, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["site"].queryset = client.sites.all()
        if not new:
            del self.fields["counts_from_on"]


class PortalForm(forms.Form):
    role = forms.ChoiceField(label="Portal role", choices=ROLES)


class DayForm(forms.Form):
    """From when something starts or stops to count."""

    on = forms.DateField(label="From", widget=DateInput)


class DeviceForm(forms.Form):
    """A device of one client."""

    name = forms.CharField(max_length=80)
    kind = forms.ChoiceField(label="Class", choices=KINDS)
    counts_from_on = forms.DateField(label="Counts from", widget=DateInput)
    site = forms.ModelChoiceField(Site.objects.none(), required=False, empty_label="No site")
    owner = forms.ModelChoiceField(Contact.objects.none(), required=False, empty_label="Nobody")
    maker = forms.CharField(max_length=60, required=False)
    model = forms.CharField(max_length=80, required=False)
    serial = forms.CharField(label="Serial number", max_length=80, required=False)
    system = forms.CharField(label="Operating system", max_length=80, required=False)
    address = forms.CharField(label="Network address", max_length=60, required=False)
    warranty_until_on = forms.DateField(label="Warranty until", widget=DateInput, required=False)

    def __init__(self, *args: Any, client: Client, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["site"].queryset = client.sites.all()
        self.fields["owner"].queryset = client.contacts.filter(archived_at__isnull=True)


def initial_of(row: object, form: type[forms.Form]) -> dict[str, Any]:
    """A row's present values for the fields of a form."""
    return {name: getattr(row, name, None) for name in form.base_fields}


def first_day(today: date) -> dict[str, date]:
    """What a new device or user most often counts from."""
    return {"counts_from_on": today}


__all__ = [
    "ClientForm",
    "ContactForm",
    "CorrectionForm",
    "DateInput",
    "DayForm",
    "DeviceForm",
    "DialForm",
    "EndForm",
    "FixForm",
    "LicenceForm",
    "MarksForm",
    "MeterForm",
    "PortalForm",
    "ReadingForm",
    "RegisterForm",
    "SeatsForm",
    "SiteForm",
    "first_day",
    "initial_of",
]
