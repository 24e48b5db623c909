"""What people type about incidents, checks and keys."""

from typing import Any

from django import forms

from contracts.clients.models import Device, Site


class ResolveForm(forms.Form):
    note = forms.CharField(
        label="Why it is over", max_length=300, widget=forms.Textarea(attrs={"rows": 3}),
        help_text="Kept with the incident. The next silence opens a new one.",
    )  # fmt: skip


class CheckForm(forms.Form):
    """How often a check must be heard of, and how long we wait on top."""

    period = forms.IntegerField(
        label="Expected every", min_value=10, max_value=86400 * 31, help_text="Seconds."
    )
    grace = forms.IntegerField(
        label="Wait on top", min_value=10, max_value=86400 * 31,
        help_text="Seconds after which it is down.",
    )  # fmt: skip


class KeyForm(forms.Form):
    """A key for the devices of one site."""

    site = forms.ModelChoiceField(Site.objects.none(), empty_label="Choose a site")
    name = forms.CharField(max_length=80, help_text="Where it is used, such as Agents.")
    default_kind = forms.ChoiceField(
        label="Class of new devices", choices=Device.Kind.choices, initial="workstation",
        help_text="Where a device does not say what it is. It decides what is billed.",
    )  # fmt: skip
    cap = forms.IntegerField(
        label="Devices at most", min_value=0, max_value=100_000, initial=100,
        help_text="What reports above it waits for your decision.",
    )  # fmt: skip

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field = self.fields["site"]
        field.queryset = (
            Site.objects.filter(client__archived_at__isnull=True)
            .select_related("client")
            .order_by("client__name", "name")
        )
        field.label_from_instance = lambda site: f"{site.client.name}, {site.name}"


class CapForm(forms.Form):
    cap = forms.IntegerField(label="Devices at most", min_value=0, max_value=100_000)
